"""Deals the rows to a part to train on (three quarters) and one to test with, with the same share of each class.

Usage: split.py TABLE.csv SEED DIRECTORY
"""

import pathlib
import sys

import pandas
from sklearn.model_selection import train_test_split


def main(table, seed, directory):
    frame = pandas.read_csv(table, float_precision="round_trip")
    parts = train_test_split(frame, test_size=0.25, random_state=int(seed), stratify=frame["malignant"])
    folder = pathlib.Path(directory)
    folder.mkdir()
    for name, part in zip(("train", "test"), parts):
        part.to_csv(folder / f"{name}.csv", index=False)
        print(f"{name}: {len(part)} rows, {int(part['malignant'].sum())} of them malignant")


main(*sys.argv[1:])
