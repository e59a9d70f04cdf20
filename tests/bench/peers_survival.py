"""Kaplan-Meier curves with their limits, and the log-rank test: with lifelines.

    python tests/bench/peers_survival.py FOLDER [--repeat N]
"""

import sys

import numpy as np
from peers import Peer, Task, close, main


def curve_in_lifelines(column):
    def prepare(columns, threads):
        del threads
        from lifelines import KaplanMeierFitter

        times, events = columns[column], columns["event"]

        def work():
            fitter = KaplanMeierFitter().fit(times, events)
            limits = fitter.confidence_interval_survival_function_
            return {"survival": fitter.survival_function_.to_numpy()[1:, 0], "low": limits.to_numpy()[1:, 0]}
        return work
    return prepare


def compare_curve(result):
    def compare(columns, theirs):
        ours, low = columns[f"result_{result}"], columns[f"result_{result}_low"]
        there = ~np.isnan(low)
        return [close("survival", ours, theirs["survival"], 1e-9), close("low", low[there], theirs["low"][there], 1e-9)]
    return compare


def test_in_lifelines(columns, threads):
    del threads
    from lifelines.statistics import multivariate_logrank_test

    times, groups, events = columns["days"], columns["group"], columns["event"]
    return lambda: {"chi_squared": np.array([multivariate_logrank_test(times, groups, events).test_statistic])}


def compare_test(columns, theirs):
    return [close("chi-squared", columns["result_chi_squared"], theirs["chi_squared"], 1e-9)]


def tasks(folder):
    del folder
    return [Task("survival_curve", "survival", "exit", [Peer("lifelines", curve_in_lifelines("exit"))], compare_curve("curve")),
            Task("survival_days", "survival", "days", [Peer("lifelines", curve_in_lifelines("days"))], compare_curve("days")),
            Task("survival_compare", "survival", "days", [Peer("lifelines", test_in_lifelines)], compare_test)]


if __name__ == "__main__":
    sys.exit(main(tasks))
