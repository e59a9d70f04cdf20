"""Payback with lifetimes' expected orders and SciPy's brentq, without limits; the Gini coefficient by NumPy's sort, without limits.

    python tests/bench/peers_clv_plan.py FOLDER [--repeat N]
"""

import sys

import numpy as np
from peers import Peer, Task, close, main

ORDERS = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}


def payback(columns, threads):
    del threads
    import lifetimes
    import pandas
    from scipy.optimize import brentq

    model = lifetimes.BetaGeoFitter()
    model.params_ = pandas.Series(ORDERS)
    data, value, cost = [columns[name] for name in ("frequency", "t_x", "T")], columns["order_value"], columns["cost"][0]

    def missing(weeks):
        return value @ model.conditional_expected_number_of_purchases_up_to_time(weeks, *data) - cost

    def work():
        late = 1.0
        while missing(late) < 0.0:
            late *= 2.0
        return np.array([7.0 * brentq(missing, late / 2.0, late, rtol=1e-9)])
    return work


def gini(columns, threads):
    del threads
    value = columns["value"]

    def work():
        ascending, n = np.sort(value), len(value)
        return np.array([((2.0 * np.arange(1, n + 1) - n - 1.0) @ ascending) / (n * ascending.sum())])
    return work


def compare(name, tolerance):
    return lambda columns, theirs: [close(name, columns[f"result_{name}"], theirs, tolerance)]


def tasks(folder):
    del folder
    return [Task("clv_payback", "clv_payback", "frequency", [Peer("lifetimes and SciPy", payback)], compare("days", 1e-6)),
            Task("clv_concentration", "clv_concentration", "value", [Peer("NumPy, no limits", gini)], compare("gini", 1e-9))]


if __name__ == "__main__":
    sys.exit(main(tasks))
