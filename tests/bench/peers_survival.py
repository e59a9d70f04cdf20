"""Kaplan-Meier curves with their limits, and the log-rank test: with R's survival and with lifelines.

R takes times that differ by rounding for one, unless it is told not to: of a million times between 0 and 1000 it merges some thousands, and it takes
longer.

    python tests/bench/peers_survival.py FOLDER [--repeat N]
"""

import sys

import numpy as np
from peers import Peer, Task, close, main, r_peer


MERGED = "R takes times that differ by rounding for one"


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


def compare_curve(result, column):
    def compare(columns, theirs):
        ours, low = columns[f"result_{result}"], columns[f"result_{result}_low"]
        if "time" in theirs:  # up to the next of their times, since they may have taken several for one
            times = np.unique(columns[column])
            last = np.append(np.searchsorted(times, theirs["time"][1:]), len(times)) - 1
            ours, low = ours[last], low[last]
        there = ~np.isnan(low)
        tolerance, why = (1e-9, "") if len(ours) == len(columns[f"result_{result}"]) else (1e-8, MERGED)
        return [close("survival", ours, theirs["survival"], tolerance, why),
                close("low", low[there], theirs["low"][there], tolerance, why)]
    return compare


def test_in_lifelines(columns, threads):
    del threads
    from lifelines.statistics import multivariate_logrank_test

    times, groups, events = columns["days"], columns["group"], columns["event"]
    return lambda: {"chi_squared": np.array([multivariate_logrank_test(times, groups, events).test_statistic])}


def compare_test(columns, theirs):
    return [close("chi-squared", columns["result_chi_squared"], theirs["chi_squared"], 1e-9)]


def peers_of(task, column):
    return [r_peer("R: survfit", f"{task}_timefix"), r_peer("R: survfit, timefix off", task),
            Peer("lifelines", curve_in_lifelines(column))]


def tasks(folder):
    del folder
    return [Task("survival_curve", "survival", "exit", peers_of("survival_curve", "exit"), compare_curve("curve", "exit")),
            Task("survival_days", "survival", "days", peers_of("survival_days", "days"), compare_curve("days", "days")),
            Task("survival_compare", "survival", "days",
                 [r_peer("R: survdiff", "survival_compare"), Peer("lifelines", test_in_lifelines)], compare_test)]


if __name__ == "__main__":
    sys.exit(main(tasks))
