"""Accelerated failure time: with survreg of R's survival, and with lifelines, whose table of rows is made before the clock starts. Median times left are asked of a lifelines model that has our
parameters.

    python tests/bench/peers_accelerated.py FOLDER [--repeat N]

lifelines differentiates its likelihood with autograd; fits are not tried beyond 100,000 rows, where they take seconds already.
"""

import sys

import numpy as np
from peers import Peer, Task, close, main, r_peer

COLUMNS = 5
FITTERS = {"weibull": ("WeibullAFTFitter", "lambda_", "rho_"), "log_logistic": ("LogLogisticAFTFitter", "alpha_", "beta_"),
           "log_normal": ("LogNormalAFTFitter", "mu_", "sigma_")}


def frame_of(columns):
    import pandas as pd

    x = columns["x"].reshape(COLUMNS, -1)
    return pd.DataFrame({f"x{j}": x[j] for j in range(COLUMNS)} | {"time": columns["exit"], "event": columns["event"]})


def make_fitter(family):
    import lifelines

    return getattr(lifelines, FITTERS[family][0])()


def places(family):
    """Where lifelines keeps our numbers: log scale, log shape (of the log-normal: minus its logarithm), coefficients."""
    _, scale, shape = FITTERS[family]
    return [(scale, "Intercept"), (shape, "Intercept"), *((scale, f"x{j}") for j in range(COLUMNS))]


def turn(family, numbers):
    return numbers * np.where(np.arange(len(numbers)) == 1, -1.0 if family == "log_normal" else 1.0, 1.0)


def fit_in_lifelines(family):
    def prepare(columns, threads):
        del threads
        frame = frame_of(columns)

        def work():
            fitter = make_fitter(family).fit(frame, "time", "event")
            return {"estimates": turn(family, fitter.params_[places(family)].to_numpy()),
                    "errors": fitter.standard_errors_[places(family)[1:]].to_numpy(), "value": np.array([fitter.log_likelihood_])}
        return work
    return prepare


EARLY = "lifelines stops short of the maximum: its log-likelihood is lower"
# Of estimates and log-likelihood. With fit_options={"ftol": 1e-16} lifelines' log-logistic estimates agree to 4e-9.
TOLERANCES = {"weibull": (1e-5, 1e-9, ""), "log_logistic": (2e-3, 1e-7, EARLY), "log_normal": (1e-4, 1e-9, EARLY)}


def compare_fit(family):
    estimates, value, explanation = TOLERANCES[family]

    def compare(columns, theirs):
        ours = columns[f"result_{family}_value"]
        lower = np.maximum(theirs["value"] - ours, 0.0) / np.abs(ours)
        return [close("estimates", columns[f"result_{family}"], theirs["estimates"], estimates, explanation),
                close("errors", columns[f"result_{family}_error"], theirs["errors"], 1e-5),
                close("log-likelihood", ours, theirs["value"], value, explanation),
                close("by how much the library's optimum is lower", lower, np.zeros(1), 1e-12)]
    return compare


def find_medians(columns, threads):
    del threads
    frame = frame_of(columns)
    fitter = make_fitter("weibull").fit(frame.head(1000), "time", "event")
    fitter.params_[places("weibull")] = columns["result_weibull"]
    return lambda: {"median": fitter.predict_median(frame, conditional_after=frame["time"]).to_numpy()}


def compare_medians(columns, theirs):
    return [close("median", columns["result_median"], theirs["median"], 1e-9)]


def peers_of(family):
    return [r_peer("R: survreg", f"accelerated_{family}"), Peer("lifelines", fit_in_lifelines(family), most_rows=100_000)]


def tasks(folder):
    del folder
    fits = [Task(f"accelerated_{family}", "accelerated", "exit", peers_of(family), compare_fit(family)) for family in FITTERS]
    return [*fits, Task("accelerated_median", "accelerated", "exit", [Peer("lifelines", find_medians)], compare_medians)]


if __name__ == "__main__":
    sys.exit(main(tasks))
