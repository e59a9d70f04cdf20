"""Boosted trees: with scikit-learn's histogram gradient boosting, the same depth, rounds, bins and limits of leaves.

    python tests/bench/peers_boosting.py FOLDER [--repeat N]

Trees are not the same: scikit-learn cuts columns into bins by a sample of 200,000 rows. The log loss on the rows of the fit must agree.
"""

import sys

import numpy as np
from peers import Peer, Task, close, main

OPTIONS = {"max_iter": 100, "max_depth": 3, "max_leaf_nodes": None, "learning_rate": 0.1, "l2_regularization": 1.0, "min_samples_leaf": 20, "early_stopping": False}


def table(columns):
    rows = len(columns["outcome"])
    return columns["block"].reshape(-1, rows).T, columns["outcome"].astype(np.int8)


def fit_in_sklearn(columns, threads):
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    X, y = table(columns)

    def work():
        with threadpool_limits(threads):
            return HistGradientBoostingClassifier(**OPTIONS).fit(X, y), X, y
    return work


def log_loss(result):
    model, X, y = result
    p = model.predict_proba(X)[:, 1]
    return {"log_loss": -np.mean(np.log(np.where(y == 1, p, 1 - p)))}


def compare_fit(columns, theirs):
    return [close("log_loss", columns["result_log_loss"], np.array([theirs["log_loss"]]), 0.005)]


def tasks(folder):
    del folder
    return [Task("boosting_fit", "boosting", "outcome", [Peer("scikit-learn", fit_in_sklearn, log_loss)], compare_fit)]


if __name__ == "__main__":
    sys.exit(main(tasks))
