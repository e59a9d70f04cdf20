"""Cox regression with Efron's method: with the core of coxph of R's survival, and with lifelines.

    python tests/bench/peers_cox.py FOLDER [--repeat N]
"""

import sys

import numpy as np
from peers import Peer, Task, close, main, r_peer

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


def peers_of(task, column):
    return [r_peer("R: coxph.fit", task), Peer("lifelines", fit_in_lifelines(column))]


def tasks(folder):
    del folder
    return [Task("cox_fit", "cox", "exit", peers_of("cox_fit", "exit"), compare_fit("seconds")),
            Task("cox_fit_days", "cox", "days", peers_of("cox_fit_days", "days"), compare_fit("days"))]


if __name__ == "__main__":
    sys.exit(main(tasks))
