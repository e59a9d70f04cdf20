"""The discrete-time hazard of customers with five predictors: scikit-learn's logistic regression on a row for each customer and month, with a
column of 0 and 1 for each month. Expanding the rows is part of the task.

    python tests/bench/peers_hazard.py FOLDER [--repeat N]

Beyond 100,000 customers the expanded table does not fit into the memory of an ordinary computer.
"""

import sys

import numpy as np
from peers import Peer, Task, close, main


def fit_expanded(columns, threads):
    del threads
    from sklearn.linear_model import LogisticRegression

    exit, event = columns["exit"].astype(np.int64), columns["event"]
    x = columns["x"].reshape(-1, len(exit)).T

    def work():
        customer = np.repeat(np.arange(len(exit)), exit)
        end = np.cumsum(exit)
        month = np.arange(len(customer)) - np.repeat(end - exit, exit)
        left = np.zeros(len(customer), dtype=np.int8)
        left[end - 1] = event
        table = np.zeros((len(customer), exit.max() + x.shape[1]))
        table[np.arange(len(customer)), month] = 1.0
        table[:, exit.max() :] = x[customer]
        model = LogisticRegression(C=np.inf, fit_intercept=False, solver="newton-cholesky").fit(table, left)
        return {"baseline": model.coef_[0, : exit.max()], "coefficient": model.coef_[0, exit.max() :], "mean": x.mean(axis=0)}

    return work


def compare_fit(columns, theirs):
    baseline = theirs["baseline"] + theirs["mean"] @ theirs["coefficient"]  # ours is that of the average customer
    return [close("coefficient", columns["result_coefficient"], theirs["coefficient"], 1e-5), close("baseline", columns["result_baseline"], baseline, 1e-5)]


def tasks(folder):
    del folder
    return [Task("hazard_fit", "hazard", "exit", [Peer("scikit-learn on expanded rows", fit_expanded, most_rows=100_000)], compare_fit)]


if __name__ == "__main__":
    sys.exit(main(tasks))
