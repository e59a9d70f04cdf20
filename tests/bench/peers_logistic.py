"""Logistic regression with an l2 penalty of 1, a million rows of twenty columns: scikit-learn's two fastest solvers, at their defaults.

    python tests/bench/peers_logistic.py FOLDER [--repeat N]

Their results differ from the optimum by their tolerance; how far the objective of either is above the library's is printed, as a share of it.
"""

import sys

import numpy as np
from peers import Comparison, Peer, Task, close, main


def objective(columns, coefficient):
    """sum of log(1 + exp(-margin)) + half the sum of squares of the slopes."""
    table = columns["table"].reshape(len(columns["outcome"]), -1)
    margin = (2 * columns["outcome"] - 1) * (coefficient[0] + table @ coefficient[1:])
    return np.logaddexp(0.0, -margin).sum() + 0.5 * (coefficient[1:] ** 2).sum()


def fit_with(solver):
    def prepare(columns, threads):
        del threads
        from sklearn.linear_model import LogisticRegression

        table = columns["table"].reshape(len(columns["outcome"]), -1)
        outcome = columns["outcome"].astype(np.int8)

        def work():
            model = LogisticRegression(C=1.0, solver=solver).fit(table, outcome)
            return {"coefficient": np.append(model.intercept_, model.coef_)}
        return work
    return prepare


def compare_fit(columns, theirs):
    ours, others = objective(columns, columns["result_coefficient"]), objective(columns, theirs["coefficient"])
    above = Comparison("their objective above ours, share", (others - ours) / ours, 1e-6)
    below = Comparison("our objective above theirs, share", max(0.0, (ours - others) / ours), 1e-13)
    return [above, below, close("coefficient", columns["result_coefficient"], theirs["coefficient"], 2e-2)]


def ask_sklearn(columns, threads):
    del threads
    from sklearn.linear_model import LogisticRegression

    table, coefficient = columns["table"].reshape(len(columns["outcome"]), -1), columns["result_coefficient"]
    model = LogisticRegression()
    model.classes_, model.coef_, model.intercept_ = np.array([0, 1]), coefficient[None, 1:], coefficient[:1]
    return lambda: {"risk": model.predict_proba(table)[:, 1]}


def tasks(folder):
    del folder
    solvers = [Peer(f"scikit-learn {solver}", fit_with(solver)) for solver in ("lbfgs", "newton-cholesky")]
    return [Task("logistic_fit", "logistic", "outcome", solvers, compare_fit),
            Task("logistic_probability", "logistic", "outcome", [Peer("scikit-learn", ask_sklearn)],
                 lambda columns, theirs: [close("risk", columns["result_risk"], theirs["risk"], 1e-12)])]


if __name__ == "__main__":
    sys.exit(main(tasks))
