"""Scores: golden figures through the package, scikit-learn as a second opinion where it is installed, and every kind of column."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from conftest import near, number, read_golden
from retain import scoring

SHOP = {name: np.array([number(row[name]) for row in read_golden("scoring/customers.csv")]) for name in ("score", "other", "rank", "weight", "outcome")}
OUTCOME = SHOP["outcome"].astype(int)


def close(got, want, tolerance=1e-12):
    return near(got, want, tolerance * (1 + (abs(want) if math.isfinite(want) else 0)))


def given(row):
    return {"weight": SHOP["weight"]} if row["weights"] == "1" else {}


def test_measures_are_those_of_the_oracle():
    for row in read_golden("scoring/scoring.csv"):
        found = scoring.measures([float(x) for x in row["score"].split()], [int(y) for y in row["y"].split()])
        assert all(close(getattr(found, name), number(row[name])) for name in ("auc", "brier", "log_loss")), row["id"]


def test_measures_and_points_meet_the_golden_ones():
    points = iter(read_golden("scoring/points.csv"))
    for row in read_golden("scoring/measures.csv"):
        score = SHOP[row["score_column"]]
        found = scoring.measures(score, OUTCOME, **given(row), level=float(row["level"]), groups=int(row["groups"]))
        for name, value in vars(found).items():
            assert close(value, number(row[name])), (row["score_column"], name)
        assert close(scoring.auc(score, OUTCOME, **given(row)), number(row["auc"]))
        table = scoring.points(score, OUTCOME, **given(row))
        for at in range(len(table["score"])):
            want = next(points)
            assert all(close(values[at], number(want[name])) for name, values in table.items())
    assert next(points, None) is None


def test_comparisons_and_drifts_meet_the_golden_ones():
    for row in read_golden("scoring/comparisons.csv"):
        found = scoring.compare(SHOP["other"], SHOP["score"], OUTCOME, **given(row), level=float(row["level"]))
        assert all(close(value, number(row[name])) for name, value in vars(found).items())
    values = read_golden("scoring/values.csv")
    before, after = ([number(row[name]) for row in values if row[name]] for name in ("before", "after"))
    rows = read_golden("scoring/drift.csv")
    for bins in {row["bins"] for row in rows}:
        found = scoring.drift(before, after, bins=int(bins))
        mine = [row for row in rows if row["bins"] == bins]
        table = {name: list(column) for name, column in found.table().items()}
        assert len(table["edge"]) == len(mine)
        for at, row in enumerate(mine):
            assert close(found.psi, number(row["psi"])) and close(found.p_value, number(row["p_value"]))
            assert all(column[at] == number(row[name]) or close(column[at], number(row[name])) for name, column in table.items())


def test_columns_of_every_kind():
    want = vars(scoring.measures([0.9, 0.2, 0.4], [True, False, True]))
    for kind in (pd.Series, pl.Series, np.array):
        assert vars(scoring.measures(kind([0.9, 0.2, 0.4]), kind([True, False, True]))) == pytest.approx(want, nan_ok=True)
        table = scoring.points(kind([0.9, 0.2, 0.4]), kind([1, 0, 1]))
        assert list(table["score"]) == [0.9, 0.4, 0.2]
    assert isinstance(scoring.points(pd.Series([0.9]), pd.Series([1])), pd.DataFrame)
    assert isinstance(scoring.drift(pl.Series([0.9, 0.1]), [1.0]).table(), pl.DataFrame)


def test_figures_are_those_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    draw = np.random.default_rng(7)
    true = draw.random(5000)
    score, outcome, weight = np.round(true, 2).clip(0.01, 0.99), (draw.random(5000) < true).astype(int), draw.integers(1, 5, 5000).astype(float)
    found = scoring.measures(score, outcome, weight=weight)
    options = {"sample_weight": weight}
    assert near(found.auc, metrics.roc_auc_score(outcome, score, **options), 1e-12)
    assert near(scoring.auc(score, outcome, weight=weight, threads=2), found.auc, 1e-15)
    assert near(found.average_precision, metrics.average_precision_score(outcome, score, **options), 1e-12)
    assert near(found.brier, metrics.brier_score_loss(outcome, score, **options), 1e-12)
    assert near(found.log_loss, metrics.log_loss(outcome, score, **options), 1e-12)


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: scoring.measures([0.5, None], [0, 1]), r"score\[1\] is NaN"),
        (lambda: scoring.auc([0.5, None], [0, 1]), r"score\[1\] is NaN"),
        (lambda: scoring.measures([0.5, 0.5], [0, 2]), r"outcome\[1\] is 2"),
        (lambda: scoring.measures([0.5, 0.5], [0]), "outcome has 1 rows"),
        (lambda: scoring.measures([0.5], [0], weight=[-1]), r"weight\[0\] is -1"),
        (lambda: scoring.measures([0.5], [0], level=95), "write 0.95 for 95 %"),
        (lambda: scoring.measures([0.5], [0], groups=0), "groups is 0"),
        (lambda: scoring.measures([0.5], [0], groups=1001), "groups is 1001"),
        (lambda: scoring.compare([0.5], [math.inf], [0]), r"second\[0\] is infinity"),
        (lambda: scoring.compare([0.5], [0.5, 1], [0]), "second has 2 rows"),
        (lambda: scoring.drift([0.5], [math.nan]), r"after\[0\] is NaN"),
        (lambda: scoring.drift([0.5], [0.5], bins=1), "bins is 1"),
    ],
)
def test_odd_input_is_refused_with_a_sentence(call, sentence):
    with pytest.raises(retain.RetainError, match=sentence):
        call()
