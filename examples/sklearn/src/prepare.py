"""Writes the breast cancer measurements that scikit-learn brings along as a table; counts what is left out.

Usage: prepare.py TABLE.csv COUNTS.json
"""

import json
import pathlib
import sys

from sklearn.datasets import load_breast_cancer


def main(table, counts):
    data = load_breast_cancer(as_frame=True)
    frame = data.frame.rename(columns=lambda name: name.replace(" ", "_"))
    # In the original, 1 is benign; what is looked for should be the positive class.
    frame["target"] = 1 - frame["target"]
    frame = frame.rename(columns={"target": "malignant"})
    whole = len(frame)
    frame = frame.dropna().drop_duplicates().reset_index(drop=True)
    frame.to_csv(table, index=False)
    found = {
        "rows": len(frame),
        "malignant": int(frame["malignant"].sum()),
        "columns": len(frame.columns),
        "leftOut": whole - len(frame),
    }
    pathlib.Path(counts).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"{found['rows']} rows, {found['malignant']} of them malignant; {found['leftOut']} left out")


main(*sys.argv[1:])
