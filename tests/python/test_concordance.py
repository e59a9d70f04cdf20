"""Concordance: golden figures through the package, pairs by brute force, and lifelines and scikit-survival where they are installed."""

import math
import os
import pathlib

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from conftest import near, number, read_golden
from retain import concordance

ROWS = read_golden("concordance/customers.csv")
SHOP = {name: np.array([number(row[name]) for row in ROWS]) for name in ROWS[0]}
DURATIONS = SHOP["exit"], SHOP["event"].astype(int)
FORECASTS = np.column_stack([SHOP[name] for name in ("s1", "s2", "s3")])


def close(got, want, tolerance=1e-13):
    return near(got, want, tolerance * (1 + (abs(want) if math.isfinite(want) else 0)))


def given(row):
    return {"level": float(row["level"]), **({"weight": SHOP["weight"]} if row["weights"] == "1" else {})}


def test_pairs_meet_the_golden_ones():
    for row in read_golden("concordance/pairs.csv"):
        more = {"entry": SHOP["entry"]} if row["entries"] == "1" else {}
        horizon = float(row["horizon"]) or None
        found = getattr(concordance, row["kind"])(*DURATIONS, SHOP["score"], horizon=horizon, **given(row), **more)
        assert all(close(value, number(row[name])) for name, value in vars(found).items())


def test_areas_and_brier_scores_meet_the_golden_ones():
    for row in read_golden("concordance/auc.csv"):
        found = concordance.auc(*DURATIONS, SHOP["score"], np.array([float(row["time"])]), **given(row))
        assert all(close(values[0], number(row[name])) for name, values in found.items())
    rows = read_golden("concordance/brier.csv")
    for first in (0, 4):
        found = concordance.brier(*DURATIONS, FORECASTS, [3, 7, 10], **given(rows[first]))
        for at in range(3):
            assert all(close(values[at], number(rows[first + at][name])) for name, values in found.table().items())
        for name in ("standard_error", "low", "high", "null_value"):
            assert close(getattr(found, name), number(rows[first + 3][name]))
        assert close(found.integrated, number(rows[first + 3]["value"]))
        assert close(found.scaled, 1 - found.integrated / found.null_value)


def shop_of(rows, seed=1, digits=None):
    draw = np.random.default_rng(seed)
    score = draw.normal(size=rows)
    left, lost = draw.exponential(np.exp(-score)), draw.uniform(0, 2, rows)
    exit = np.minimum(left, lost)
    return (exit if digits is None else np.ceil(exit * 10**digits) / 10**digits), left <= lost, score.round(1)


def test_pairs_are_those_of_brute_force():
    exit, event, score = shop_of(400, digits=1)
    first, other = np.arange(400)[:, None], np.arange(400)[None, :]
    known = event[first] & ((exit[first] < exit[other]) | ((exit[first] == exit[other]) & ~event[other]))
    found = concordance.harrell(exit, event, score)
    assert found.concordant == (known & (score[first] > score[other])).sum()
    assert found.discordant == (known & (score[first] < score[other])).sum()
    assert found.tied_score == (known & (score[first] == score[other])).sum()
    assert found.tied_time == ((event[first] & event[other] & (exit[first] == exit[other])).sum() - event.sum()) / 2


def test_concordance_is_that_of_lifelines():
    utils = pytest.importorskip("lifelines.utils")
    for digits in (None, 1):
        exit, event, score = shop_of(2000, digits=digits)
        assert near(concordance.harrell(exit, event, score).concordance, utils.concordance_index(exit, -score, event), 1e-13)


def test_figures_are_those_of_scikit_survival():
    metrics = pytest.importorskip("sksurv.metrics")
    exit, event, score = shop_of(1500)
    watched = np.array(list(zip(event, exit)), dtype=[("event", bool), ("time", float)])
    assert near(concordance.uno(exit, event, score, horizon=1.2).concordance, metrics.concordance_index_ipcw(watched, watched, score, tau=1.2)[0], 1e-9)
    times = np.array([0.2, 0.5, 1.0, 1.4])
    theirs, _ = metrics.cumulative_dynamic_auc(watched, watched, score, times)
    assert np.abs(concordance.auc(exit, event, score, times)["value"] - theirs).max() < 1e-9
    forecast = np.exp(-times[None, :] * np.exp(score)[:, None])
    _, theirs = metrics.brier_score(watched, watched, forecast, times)
    found = concordance.brier(exit, event, forecast, times)
    assert np.abs(found.table()["value"] - theirs).max() < 1e-9
    assert near(found.integrated, metrics.integrated_brier_score(watched, watched, forecast, times), 1e-9)


def test_real_subscribers():
    """Telco: months so far as the score of who stays; those on monthly contracts leave sooner."""
    path = pathlib.Path(os.environ.get("RETAIN_DATA", ""))
    found = sorted(path.rglob("*elco*churn*.csv*")) if os.environ.get("RETAIN_DATA") else []
    if not found:
        pytest.skip("RETAIN_DATA has no telco_churn")
    data = pd.read_csv(found[0])
    names = {name.lower().replace("_", "").replace(" ", ""): name for name in data.columns}
    exit = data[names["tenure"]].astype(float)
    event = data[names["churn"]].astype(str).str.lower().isin(["yes", "1", "true"])
    score = -data[names["contract"]].astype(str).map({"Month-to-month": 0, "One year": 1, "Two year": 2}).astype(float)
    keep = exit > 0
    exit, event, score = exit[keep].to_numpy(), event[keep].to_numpy(), score[keep].to_numpy()
    found = concordance.harrell(exit, event, score)
    right = wrong = tied = 0
    for time in np.unique(exit[event]):
        leaving, staying = score[event & (exit == time)], score[(exit > time) | (~event & (exit == time))]
        more, less = (leaving[:, None] > staying).sum(), (leaving[:, None] < staying).sum()
        right, wrong, tied = right + more, wrong + less, tied + len(leaving) * len(staying) - more - less
    assert (found.concordant, found.discordant, found.tied_score) == (right, wrong, tied)
    assert found.low > 0.7 and found.high < 0.9
    areas = concordance.auc(exit, event, score, [6.0, 24.0, 60.0])
    assert all(0.7 < value < 0.95 for value in areas["value"])


def test_columns_of_every_kind():
    for kind in (pd.Series, pl.Series, np.array, list):
        found = concordance.harrell(kind([1.0, 2, 3]), kind([True, False, True]), kind([3.0, 1, 2]))
        assert found.concordance == 1.0
        table = concordance.auc(kind([1.0, 2, 3]), None, kind([3.0, 1, 2]), [1.5])
        assert list(table["value"]) == [1.0]
    assert isinstance(concordance.auc(pd.Series([1.0, 2]), None, [2, 1], [1.5]), pd.DataFrame)
    frame = pd.DataFrame({"6 months": [0.9, 0.2], "12 months": [0.8, 0.1]})
    assert len(concordance.brier(pd.Series([20.0, 7]), [0, 1], frame, [6, 12]).table()) == 2


def test_what_cannot_be_said_is_not_said():
    assert math.isnan(concordance.harrell([1, 2], [0, 0], [1, 2]).concordance)
    assert math.isnan(concordance.harrell([], None, []).concordance)
    found = concordance.brier([1, 2], [0, 0], [[0.5], [0.5]], [5])
    assert math.isnan(found.integrated) and math.isnan(found.scaled) and math.isnan(found.table()["value"][0])
    assert math.isnan(concordance.auc([1, 2], [0, 0], [1, 2], 5)["value"][0])


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: concordance.harrell([1, 2], [1, 0], [1, None]), r"score\[1\] is NaN"),
        (lambda: concordance.harrell([1, -2], [1, 0], [1, 2]), r"exit\[1\] is -2"),
        (lambda: concordance.harrell([1, 2], [1, 0], [1]), "score has 1 rows, exit has 2"),
        (lambda: concordance.harrell([1, 2], [1, 0, 1], [1, 2]), "event has 3 rows"),
        (lambda: concordance.harrell([1, 2], [1, 0], [1, 2], horizon=0), "horizon is 0"),
        (lambda: concordance.uno([1, 2], [1, 0], [1, 2], level=95), "write 0.95 for 95 %"),
        (lambda: concordance.auc([1, 2], [1, 0], [1, 2], [-1]), r"^at\[0\] is -1"),
        (lambda: concordance.brier([1, 2], [1, 0], [[0.5], [1.5]], [1]), r"survival\[1\] is 1.5 \(row 1 at time 0\)"),
        (lambda: concordance.brier([1, 2], [1, 0], [[0.5, 0.5], [0.5, 0.5]], [1]), "survival has 2 rows of 2; it must have 2, as exit has, of 1"),
        (lambda: concordance.brier([1, 2], [1, 0], [[0.5, 0.5], [0.5, 0.5]], [2, 1]), r"^at\[1\] is 1; times must ascend"),
    ],
)
def test_odd_input_is_refused_with_a_sentence(call, sentence):
    with pytest.raises(retain.RetainError, match=sentence):
        call()
