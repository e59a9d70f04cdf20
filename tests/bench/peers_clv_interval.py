"""Lifetime values of a year with lifetimes: the values alone, for it has no limits; and their sums by cohort in NumPy.

    python tests/bench/peers_clv_interval.py FOLDER [--repeat N]
"""

import sys

import numpy as np
from peers import Peer, Task, close, main

ORDERS = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
SPEND = {"p": 6.25, "q": 3.74, "v": 15.45}
MONTHS = 12


def values_in_lifetimes(columns):
    import lifetimes
    import pandas

    orders, spend = lifetimes.BetaGeoFitter(), lifetimes.GammaGammaFitter()
    orders.params_, spend.params_ = pandas.Series(ORDERS), pandas.Series(SPEND)
    orders.predict = orders.conditional_expected_number_of_purchases_up_to_time  # as after a fit
    data = [pandas.Series(columns[name]) for name in ("frequency", "t_x", "T", "spend")]
    return lambda: spend.customer_lifetime_value(orders, *data, time=MONTHS, discount_rate=0.0, freq="W").to_numpy()


def values(columns, threads):
    del threads
    return values_in_lifetimes(columns)


def sums(columns, threads):
    del threads
    work, cohort = values_in_lifetimes(columns), columns["cohort"]

    def add_up():
        found = np.bincount(cohort, work(), minlength=int(cohort.max()) + 1)
        return np.append(found, found.sum())
    return add_up


def compare(name):
    return lambda columns, theirs: [close(name, columns[f"result_{name}"], theirs, 1e-9)]


def tasks(folder):
    del folder
    return [Task("clv_interval", "clv_interval", "frequency", [Peer("lifetimes, no limits", values)], compare("residual")),
            Task("clv_sums", "clv_interval", "frequency", [Peer("lifetimes, no limits", sums)], compare("sum"))]


if __name__ == "__main__":
    sys.exit(main(tasks))
