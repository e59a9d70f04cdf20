"""The Gamma-Gamma model of spend with lifetimes.

    python tests/bench/peers_spend.py FOLDER [--repeat N]
"""

import sys

import numpy as np

from peers import Comparison, Peer, Task, close, main

CDNOW = {"p": 6.25, "q": 3.74, "v": 15.45}


def fit(columns, threads):
    import lifetimes

    return lambda: lifetimes.GammaGammaFitter().fit(columns["frequency"], columns["spend"])


def expected(columns, threads):
    import lifetimes
    import pandas

    model = lifetimes.GammaGammaFitter()
    model.params_ = pandas.Series(CDNOW)
    return lambda: model.conditional_expected_average_profit(columns["frequency"], columns["spend"])


def log_likelihood(parameters, columns):
    import lifetimes

    rows = len(columns["frequency"])
    mean = lifetimes.GammaGammaFitter._negative_log_likelihood(
        np.log(parameters), columns["frequency"], columns["spend"], np.ones(rows), 0.0)
    return -mean * rows


def compare_fits(columns, model):
    ours, value = columns["result_parameters"], columns["result_log_likelihood"][0]
    theirs = np.array([model.params_[name] for name in CDNOW])
    rounding = 1e-9 * abs(value)
    lower = log_likelihood(theirs, columns) - value
    return [Comparison("log-likelihood at the library's parameters", abs(log_likelihood(ours, columns) - value), rounding),
            Comparison("by how much the library's optimum is lower", max(0.0, lower), rounding),
            Comparison("parameters, relative", np.max(np.abs(theirs / ours - 1.0)), 1e-4,
                       "lifetimes stops when the gradient of the mean is below 1e-7")]


def compare_expected(columns, theirs):
    return [close("expected", columns["result_expected"], theirs, 1e-9)]


def tasks(folder):
    del folder
    return [Task("gamma_gamma_fit", "gamma_gamma_fit", "frequency", [Peer("lifetimes", fit)], compare_fits),
            Task("gamma_gamma_expected", "gamma_gamma_expected", "frequency", [Peer("lifetimes", expected)], compare_expected)]


if __name__ == "__main__":
    sys.exit(main(tasks))
