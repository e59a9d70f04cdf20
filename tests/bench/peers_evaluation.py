"""Errors, ranking, gains and calibration of forecasts with NumPy, SciPy, pandas and scikit-learn: the figures alone, without the limits
that the library adds.

    python tests/bench/peers_evaluation.py FOLDER [--repeat N]
"""

import sys

import numpy as np

from peers import Peer, Task, close, main

POINTS, GROUPS = 20, 10


def plain(result):
    return {"result": np.asarray(result, dtype=float)}


def errors_in_numpy(columns, threads):
    expected, actual = columns["expected"], columns["actual"]

    def measure():
        error = expected - actual
        return [error.mean(), np.abs(error).mean(), np.sqrt((error * error).mean()), expected.sum() / actual.sum() - 1]

    return measure


def errors_in_sklearn(columns, threads):
    from sklearn.metrics import mean_absolute_error, mean_squared_error

    expected, actual = columns["expected"], columns["actual"]
    return lambda: [
        np.mean(expected - actual), mean_absolute_error(actual, expected), np.sqrt(mean_squared_error(actual, expected)),
        expected.sum() / actual.sum() - 1]


def compare_errors(columns, theirs):
    return [close("errors", columns["result"], theirs["result"], 1e-9)]


def ranking_in_scipy(columns, threads):
    from scipy.stats import rankdata, spearmanr

    expected, actual = columns["expected"], columns["actual"]

    def measure():
        n, mean = len(expected), actual.mean()
        gini, perfect = (2 * (actual * (rankdata(by) - 0.5)).mean() / n / mean - 1 for by in (expected, actual))
        return [gini, perfect, spearmanr(expected, actual).statistic]

    return measure


def ranking_in_pandas(columns, threads):
    import pandas

    frame = pandas.DataFrame({"expected": columns["expected"], "actual": columns["actual"]})

    def measure():
        ranks = frame.rank()
        n, mean = len(frame), frame["actual"].mean()
        gini, perfect = (2 * (frame["actual"] * (ranks[by] - 0.5)).mean() / n / mean - 1 for by in ("expected", "actual"))
        return [gini, perfect, ranks["expected"].corr(ranks["actual"])]

    return measure


def compare_ranking(columns, theirs):
    return [close("ranking", columns["result"], theirs["result"], 1e-9)]


def gains_in_numpy(columns, threads):
    expected, actual = columns["expected"], columns["actual"]

    def measure():
        curve = np.concatenate([[0.0], np.cumsum(actual[np.argsort(-expected, kind="stable")])])
        best = np.cumsum(np.sort(actual)[::-1])
        del best  # the perfect curve is part of the task
        return np.interp(np.arange(1, POINTS + 1) / POINTS * len(actual), np.arange(len(curve)), curve / curve[-1])

    return measure


def compare_gains(columns, theirs):
    return [close("gains", columns["result"], theirs["result"], 1e-5)]


def calibration_in_pandas(columns, threads):
    import pandas

    frame = pandas.DataFrame({"expected": columns["expected"], "actual": columns["actual"]})

    def measure():
        groups = (GROUPS * (frame["expected"].rank() - 0.5) // len(frame)).astype(int)
        return frame.groupby(groups)["actual"].agg(["mean", "sem"])["mean"].to_numpy()

    return measure


def compare_calibration(columns, theirs):
    return [close("means of tenths", columns["result"], theirs["result"], 1e-9)]


def tasks(folder):
    del folder
    return [
        Task("evaluation_errors", "evaluation_errors", "actual", [
            Peer("NumPy", errors_in_numpy, plain), Peer("scikit-learn", errors_in_sklearn, plain)], compare_errors),
        Task("evaluation_ranking", "evaluation_ranking", "actual", [
            Peer("SciPy", ranking_in_scipy, plain), Peer("pandas", ranking_in_pandas, plain)], compare_ranking),
        Task("evaluation_gains", "evaluation_gains", "actual", [Peer("NumPy", gains_in_numpy, plain)], compare_gains),
        Task("evaluation_calibration", "evaluation_calibration", "actual", [
            Peer("pandas", calibration_in_pandas, plain)], compare_calibration)]


if __name__ == "__main__":
    sys.exit(main(tasks))
