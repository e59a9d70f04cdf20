"""Cox regression with Efron's method: with lifelines. R's survival is not among the packages that pip installs; docs/performance.md has what it took once.

    python tests/bench/peers_cox.py FOLDER [--repeat N]
"""

import sys

import numpy as np
from peers import Peer, Task, close, main

COLUMNS = 5


def fit_in_lifelines(column):
    def prepare(columns, threads):
        del threads
        import pandas as pd
        from lifelines import CoxPHFitter

        x = columns["x"].reshape(COLUMNS, -1)
        frame = pd.DataFrame({f"x{j}": x[j] for j in range(COLUMNS)} | {"time": columns[column], "event": columns["event"]})

        def work():
            fitter = CoxPHFitter().fit(frame, "time", "event")
            return {"coefficients": fitter.params_.to_numpy(), "errors": fitter.standard_errors_.to_numpy(),
                    "value": np.array([fitter.log_likelihood_])}
        return work
    return prepare


def compare_fit(result):
    def compare(columns, theirs):
        return [close("coefficients", columns[f"result_{result}"], theirs["coefficients"], 1e-5),
                close("errors", columns[f"result_{result}_error"], theirs["errors"], 1e-4),
                close("log-likelihood", columns[f"result_{result}_value"], theirs["value"], 1e-9)]
    return compare


def tasks(folder):
    del folder
    return [Task("cox_fit", "cox", "exit", [Peer("lifelines", fit_in_lifelines("exit"))], compare_fit("seconds")),
            Task("cox_fit_days", "cox", "days", [Peer("lifelines", fit_in_lifelines("days"))], compare_fit("days"))]


if __name__ == "__main__":
    sys.exit(main(tasks))
