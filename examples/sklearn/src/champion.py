"""Picks the model with the best cross-validated score, and only then looks at the test part, once.

Usage: champion.py METRIC SCORES_DIRECTORY MODELS_DIRECTORY TEST.csv MODEL CHOICE.json METRICS.json TEST.json
"""

import json
import pathlib
import shutil
import sys

import joblib
import pandas
from sklearn.inspection import permutation_importance
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, roc_auc_score, roc_curve


def write(path, value):
    pathlib.Path(path).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def candidates(directory):
    """What index.json of a fan-in lists: the settings of each task, and its scores."""
    folder = pathlib.Path(directory)
    for task in json.loads((folder / "index.json").read_text(encoding="utf-8")):
        scores = json.loads((folder / task["entry"]).read_text(encoding="utf-8"))
        yield {"entry": task["entry"], **task["matrix"], **scores}


def main(metric, scores, models, test, model_file, choice_file, metrics_file, test_file):
    best = max(candidates(scores), key=lambda candidate: candidate[metric])
    entry = best.pop("entry")
    chosen = pathlib.Path(models) / entry
    shutil.copyfile(chosen, model_file)
    model = joblib.load(chosen)

    frame = pandas.read_csv(test, float_precision="round_trip")
    features, labels = frame.drop(columns="malignant"), frame["malignant"]
    predicted = model.predict(features)
    probability = model.predict_proba(features)[:, 1]
    metrics = {
        "testAccuracy": round(accuracy_score(labels, predicted), 6),
        "testF1": round(f1_score(labels, predicted), 6),
        "testRocAuc": round(roc_auc_score(labels, probability), 6),
    }
    false_rate, true_rate, _ = roc_curve(labels, probability)
    importance = permutation_importance(model, features, labels, n_repeats=10, random_state=0)
    ranked = sorted(zip(importance.importances_mean, features.columns), key=lambda pair: (-pair[0], pair[1]))

    write(choice_file, {"metric": metric, **best})
    write(metrics_file, metrics)
    write(
        test_file,
        {
            **metrics,
            "rows": len(frame),
            "confusion": confusion_matrix(labels, predicted).tolist(),
            "roc": [[round(x, 6), round(y, 6)] for x, y in zip(false_rate, true_rate)],
            "importance": [[name, round(float(mean), 6)] for mean, name in ranked[:8]],
        },
    )
    print(f"best by {metric}: {best['learner']}, scaling {best['scaling']}; test accuracy {metrics['testAccuracy']}")


main(*sys.argv[1:])
