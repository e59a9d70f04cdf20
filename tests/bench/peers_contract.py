"""Contract models as an analyst writes them down: the published formulas, NumPy and SciPy. lifetimes has only the BG/BB.

    python tests/bench/peers_contract.py FOLDER [--repeat N]
"""

import sys

import numpy as np

from peers import Comparison, Peer, Task, close, main


def counts(columns):
    """How many left at each decision, and how many are still there after it."""
    periods, left = columns["periods"].astype(np.int64), columns["left"] > 0
    most = periods.max()
    return np.bincount(periods[left], minlength=most + 1)[1:], np.bincount(periods[~left], minlength=most + 1)[1:]


def log_likelihood(parameters, left, there):
    """Fader & Hardie 2007, eqs. 5 and 6; Fader et al. 2018 for c."""
    from scipy.special import betaln

    alpha, beta, c = (*parameters, 1.0)[:3]
    t = np.arange(len(left) + 1.0)
    log_survival = betaln(alpha, beta + t**c) - betaln(alpha, beta)
    survival = np.exp(log_survival)
    return left @ np.log(survival[:-1] - survival[1:]) + there @ log_survival[1:]


def fit(parameters):
    def prepare(columns, threads):
        from scipy.optimize import minimize

        def work():
            left, there = counts(columns)
            return minimize(lambda logs: -log_likelihood(np.exp(logs), left, there) / (left.sum() + there.sum()),
                            np.zeros(parameters), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-14})
        return work
    return prepare


def value(columns, threads):
    """Fader & Hardie 2010, eq. 6, once for every number of renewals."""
    from scipy.special import hyp2f1

    alpha, beta = 0.668, 3.806

    def work():
        n, back = np.unique(columns["periods"], return_inverse=True)
        b = beta + n
        return (b / (alpha + b) * hyp2f1(1, b + 1, alpha + b + 1, 1 / 1.01))[back]
    return work


def compare_fits(columns, found):
    left, there = counts(columns)
    ours, best = columns["result_parameters"], columns["result_log_likelihood"][0]
    theirs = np.exp(found.x)
    return [Comparison("log-likelihood at the library's parameters", abs(log_likelihood(ours, left, there) - best), 1e-9 * abs(best)),
            Comparison("by how much the library's optimum is lower", max(0.0, log_likelihood(theirs, left, there) - best),
                       1e-9 * abs(best)),
            Comparison("parameters, relative", np.max(np.abs(theirs / ours - 1.0)), 1e-4, "Nelder-Mead stops where it cannot see more")]


def compare_values(columns, theirs):
    return [close("value", columns["result_value"], theirs, 1e-9)]


def tasks(folder):
    del folder
    return [Task("contract_sbg_fit", "contract_sbg_fit", "periods", [Peer("NumPy and SciPy", fit(2))], compare_fits),
            Task("contract_bdw_fit", "contract_bdw_fit", "periods", [Peer("NumPy and SciPy", fit(3))], compare_fits),
            Task("contract_value", "contract_value", "periods", [Peer("NumPy and SciPy", value)], compare_values)]


if __name__ == "__main__":
    sys.exit(main(tasks))
