"""Trains one model and scores it by five-fold cross-validation of the training part.

Usage: train.py TRAIN.csv LEARNER SCALING SEED MODEL.joblib METRICS.json
"""

import json
import pathlib
import sys

import joblib
import pandas
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def learner_of(name, seed):
    return {
        "logistic": lambda: LogisticRegression(solver="liblinear", random_state=seed),
        "forest": lambda: RandomForestClassifier(n_estimators=100, random_state=seed),
        "neighbours": lambda: KNeighborsClassifier(n_neighbors=7),
    }[name]()


def main(table, learner, scaling, seed, model_file, metrics_file):
    frame = pandas.read_csv(table, float_precision="round_trip")
    features, labels = frame.drop(columns="malignant"), frame["malignant"]
    steps = [StandardScaler()] if scaling == "standard" else []
    model = make_pipeline(*steps, learner_of(learner, int(seed)))

    folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=int(seed))
    scores = cross_validate(model, features, labels, cv=folds, scoring=("accuracy", "f1"))
    metrics = {
        "accuracy": round(scores["test_accuracy"].mean(), 6),
        "accuracyDeviation": round(scores["test_accuracy"].std(), 6),
        "f1": round(scores["test_f1"].mean(), 6),
    }
    model.fit(features, labels)
    joblib.dump(model, model_file)
    pathlib.Path(metrics_file).write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    print(f"{learner}, scaling {scaling}: accuracy {metrics['accuracy']}, F1 {metrics['f1']}")


main(*sys.argv[1:])
