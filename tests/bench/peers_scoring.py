"""AUC, average precision, Brier score and log loss, and the points of the precision-recall curve: with scikit-learn.

    python tests/bench/peers_scoring.py FOLDER [--repeat N]

The library's measures have more in them: standard errors, limits, the decomposition by recalibration, slope and intercept, the expected
calibration error.
"""

import sys

import numpy as np
from peers import Peer, Task, close, main

NAMES = ("auc", "average_precision", "brier", "log_loss")


def measures_in_sklearn(columns, threads):
    del threads
    from sklearn import metrics

    score, outcome = columns["score"], columns["outcome"].astype(np.int8)
    functions = (metrics.roc_auc_score, metrics.average_precision_score, metrics.brier_score_loss, metrics.log_loss)
    return lambda: {name: np.array([function(outcome, score)]) for name, function in zip(NAMES, functions)}


def compare_measures(columns, theirs):
    return [close(name, columns[f"result_{name}"], theirs[name], 1e-9) for name in NAMES]


def auc_in_sklearn(columns, threads):
    del threads
    from sklearn.metrics import roc_auc_score

    score, outcome = columns["score"], columns["outcome"].astype(np.int8)
    return lambda: {"auc": np.array([roc_auc_score(outcome, score)])}


def compare_auc(columns, theirs):
    return [close("auc", columns["result_auc"], theirs["auc"], 1e-12)]


def points_in_sklearn(columns, threads):
    del threads
    from sklearn.metrics import precision_recall_curve

    score, outcome = columns["score"], columns["outcome"].astype(np.int8)

    def work():
        precision, recall, _ = precision_recall_curve(outcome, score)
        return {"precision": precision[-2::-1], "recall": recall[-2::-1]}
    return work


def compare_points(columns, theirs):
    return [close(name, columns[f"result_{name}"], theirs[name], 1e-12) for name in ("precision", "recall")]


def tasks(folder):
    del folder
    return [Task("scoring_auc", "scoring", "score", [Peer("scikit-learn", auc_in_sklearn)], compare_auc),
            Task("scoring_measures", "scoring", "score", [Peer("scikit-learn", measures_in_sklearn)], compare_measures),
            Task("scoring_points", "scoring", "score", [Peer("scikit-learn", points_in_sklearn)], compare_points)]


if __name__ == "__main__":
    sys.exit(main(tasks))
