"""Survival curves: golden figures through the package, every kind of column, and lifelines' definitions written out in pandas on real orders."""

import math
import os
import pathlib

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from conftest import near, number, read_golden
from retain import survival

SHOP = read_golden("survival/durations.csv")


def column(name, kind=float):
    return np.array([kind(number(row[name])) for row in SHOP])


def given(row):
    """Columns and options of a case."""
    columns = {"exit": column("exit"), "event": column("event", int)}
    if row["entries"] == "1":
        columns["entry"] = column("entry")
    if row["weights"] == "1":
        columns["weight"] = column("weight")
    return columns | {"start": float(row["start"]), "level": float(row["level"]), "interval": row["interval"]}


def cases(path):
    rows = read_golden(path)
    for name in dict.fromkeys(row["case"] for row in rows):
        yield [row for row in rows if row["case"] == name]


def test_curves_meet_the_golden_ones():
    for rows in cases("survival/curve.csv"):
        table = survival.curve(**given(rows[0])).table()
        assert len(table["time"]) == len(rows)
        for at, row in enumerate(rows):
            for name, values in table.items():
                assert near(values[at], number(row[name]), 1e-12), (row["case"], name)


def test_readings_meet_the_golden_ones():
    for row in read_golden("survival/at.csv"):
        read = survival.curve(**given(row)).at(float(row["time"]), limits=True)
        assert all(near(a, number(row[b]), 1e-12) for a, b in zip(read, ("survival", "low", "high"))), row
    for row in read_golden("survival/quantiles.csv"):
        read = survival.curve(**given(row)).quantile(float(row["share"]), limits=True)
        assert all(near(a, number(row[b]), 1e-12) for a, b in zip(read, ("time", "low", "high"))), row
    for row in read_golden("survival/means.csv"):
        read = survival.curve(**given(row)).mean(float(row["horizon"]) if row["horizon"] else None)
        assert all(near(a, number(row[b]), 1e-12) for a, b in zip(read, ("mean", "standard_error", "low", "high"))), row


def test_comparisons_meet_the_golden_ones():
    figures = read_golden("survival/groups.csv")
    for test in read_golden("survival/test.csv"):
        horizon = float(test["horizon"]) if test["horizon"] else None
        found = survival.compare(**given(test), by=column("group", int), horizon=horizon, rho=float(test["rho"]))
        assert near(found.chi_squared, number(test["chi_squared"]), 1e-11)
        assert found.degrees == number(test["degrees"])
        assert near(found.p_value, number(test["p_value"]), 1e-12)
        table = found.table()
        for at, group in enumerate(table["group"]):
            row = next(row for row in figures if row["case"] == test["case"] and row["group"] == str(group))
            for name, values in table.items():
                assert near(values[at], number(row[name]), 1e-12), (test["case"], group, name)


def test_oracles_are_met():
    data = read_golden("survival/survival_data.csv")
    for rows in cases_of("survival/kaplan_meier.csv"):
        mine = [row for row in data if row["dataset"] == rows[0]["dataset"]]
        table = survival.curve([float(row["time"]) for row in mine], [row["event"] == "1" for row in mine]).table()
        for at, row in enumerate(rows):
            for name, theirs in (("survival", "km"), ("standard_error", "greenwood_se"), ("low", "loglog_low"), ("high", "loglog_high"), ("hazard", "nelson_aalen"),
                                 ("hazard_error", "nelson_aalen_se"), ("at_risk", "n_risk"), ("censored", "n_censor")):
                assert near(table[name][at], number(row[theirs]), 1e-12), (row["id"], name)
    for row in read_golden("survival/km_summary.csv"):
        mine = [one for one in data if one["dataset"] == row["dataset"]]
        curve = survival.curve([float(one["time"]) for one in mine], [one["event"] == "1" for one in mine])
        assert near(curve.median, number(row["median_first_time_S_le_half"]), 0.0)
        assert near(curve.mean().value, number(row["restricted_mean"]), 1e-13)
    late = read_golden("survival/left_truncated_data.csv")
    table = survival.curve([float(row["exit"]) for row in late], [row["event"] == "1" for row in late], entry=[float(row["entry"]) for row in late]).table()
    for row in read_golden("survival/left_truncated_km.csv"):
        at = list(table["time"]).index(float(row["time"]))
        for name, theirs in (("at_risk", "n_risk"), ("events", "n_event"), ("survival", "km"), ("standard_error", "greenwood_se"), ("hazard", "nelson_aalen")):
            assert near(table[name][at], number(row[theirs]), 1e-12), (row["id"], name)
    lung = read_golden("survival/lung.csv")
    found = survival.compare([float(row["time"]) for row in lung], [row["event"] == "1" for row in lung], by=[row["sex"] for row in lung])
    assert near(found.chi_squared, 10.326742, 1e-6)


def cases_of(path):
    rows = read_golden(path)
    for name in dict.fromkeys(row["dataset"] for row in rows):
        yield [row for row in rows if row["dataset"] == name]


def test_columns_of_every_kind_and_answers_of_the_same():
    exit, event, by = [1.0, 2.0, 3.0, 4.0], [True, True, False, True], ["b", "a", "b", "a"]
    want = survival.curve(exit, event).table()["survival"]
    for kind in (pd.Series, pl.Series, np.array):
        curve = survival.curve(kind(exit), kind(event))
        table = curve.table()
        assert list(table["survival"]) == list(want)
        assert type(curve.at(kind([1.5, 2.5]))) is type(kind([0.0]))
        found = survival.compare(kind(exit), kind(event), by=kind(by)).table()
        assert list(found["group"]) == ["a", "b"]
    assert isinstance(survival.curve(exit, event).at(2), float)
    assert repr(survival.curve(exit, event)) == "Curve(rows=4, events=3, median=2)"


def test_a_curve_does_not_change_with_the_caller_s_columns():
    exit = np.array([1.0, 2.0, 3.0])
    curve = survival.curve(exit)
    exit[:] = 7.0
    assert near(curve.at(1), 2 / 3, 1e-15) and curve.median == 2.0


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: survival.curve([1, -1]), r"exit\[1\] is -1"),
        (lambda: survival.curve([1, None]), r"exit\[1\] is NaN"),
        (lambda: survival.curve([1, 2], [1, 2]), r"event\[1\] is 2"),
        (lambda: survival.curve([1, 2], [1]), "event has 1 rows, exit has 2"),
        (lambda: survival.curve([1, 2], entry=[0, 2]), r"entry\[1\] is 2; it must lie before exit, 2"),
        (lambda: survival.curve([1, 2], weight=[1, 1e-200]), r"weight\[1\] is 1e-200"),
        (lambda: survival.curve([1, 2], level=95), "write 0.95 for 95 %"),
        (lambda: survival.curve([1, 2], interval="logit"), "interval is 'logit'"),
        (lambda: survival.curve([1, 2], start=-1), "start is -1"),
        (lambda: survival.curve([1, 2]).at(-1), r"time\[0\] is -1"),
        (lambda: survival.curve([1, 2]).quantile(1), r"shares\[0\] is 1"),
        (lambda: survival.curve([1, 2]).mean(0), "horizon is 0"),
        (lambda: survival.compare([1, 2], by=["a"]), "by has 1 rows"),
        (lambda: survival.compare([1, 2], by=None), "by is missing"),
        (lambda: survival.compare([1, 2], by=["a", "b"], rho=-1), "rho is -1"),
    ],
)
def test_odd_input_is_refused_with_a_sentence(call, sentence):
    with pytest.raises(retain.RetainError, match=sentence):
        call()


def test_no_rows_make_no_figures():
    curve = survival.curve([], [])
    assert len(curve.table()["time"]) == 0 and math.isnan(curve.median) and math.isnan(curve.mean().value) and math.isnan(curve.at(1))


@pytest.mark.skipif("RETAIN_DATA" not in os.environ, reason="RETAIN_DATA is not set")
def test_subscribers_of_a_telecom_shop_stay_as_pandas_says():
    """Telco churn: 7,043 customers, months of tenure, whether they left; by contract."""
    path = next(pathlib.Path(os.environ["RETAIN_DATA"], "telco_churn").glob("*.csv*"))
    frame = pd.read_csv(path)
    frame = frame[frame["tenure"] > 0]
    left = frame["Churn"] == "Yes"
    table = survival.curve(frame["tenure"], left).table()
    counts = frame.assign(left=left).groupby("tenure")["left"].agg(["sum", "count"])
    at_risk = counts["count"][::-1].cumsum()[::-1]
    want = (1 - counts["sum"] / at_risk).cumprod()
    assert list(table["time"]) == list(want.index)
    assert np.allclose(table["survival"], want, rtol=1e-12, atol=0)
    found = survival.compare(frame["tenure"], left, by=frame["Contract"])
    means = dict(zip(found.table()["group"], found.table()["mean"]))
    assert means["Month-to-month"] < means["One year"] < means["Two year"] and found.p_value < 1e-100
