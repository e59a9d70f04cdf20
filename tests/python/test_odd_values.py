"""Churn models meet whatever a notebook may hold: each odd value of each argument works, or is refused by an exception of the library's own."""

import decimal
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from retain import accelerated, boosting, calibration, churn, concordance, cox, features, hazard, logistic, risk, scoring

N = 12
X = {"a": [3.0, 1, 2, 0, 1, 2, 0, 0, 4, 1, 2, 5], "b": [0.0, 1, 2] * 4}
LEFT = [1, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1]
MONTHS = [2, 3, 5, 6, 2, 3, 6, 6, 1, 4, 4, 5]
SCORE = [i * 7 % 11 / 11.0 for i in range(N)]
OTHER = [i * 5 % 11 / 11.0 for i in range(N)]
VALUE = [10.0 * i for i in range(N)]
LOG = {"customer": [i % N for i in range(60)], "date": [i * 11 % 300 for i in range(60)], "value": [10.0 + i % 3 for i in range(60)]}
EVENTS = {"customer": [1, 2], "date": [3, 40], "kind": ["a", "b"], "value": [1.0, 2.0]}


class Endless:
    """A sequence that never ends, to whoever asks element by element."""

    def __len__(self):
        return 5

    def __getitem__(self, index):
        return 1.0


class Raising:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no")


ODD = {
    **{repr(value): value for value in (None, [], {}, "", "abc", b"12345678", 0, 1, -1, 1.5, math.nan, math.inf, 1e308, 5e-324, True, 10**30)},
    "a number of 5000 digits": 10**5000,
    "object": object(),
    "closure": lambda x: x,
    "endless": Endless(),
    "raising": Raising(),
    "no rows": np.empty((0, 3)),
    "all equal": np.full(N, 2.0),
    "not a number": np.full(N, np.nan),
    "wild": np.array([np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, -0.0, 0, 1, 2, 3, 4]),
    "denormal": np.array([5e-324, 1e-320] * 6),
    "64 bits": np.array([-(2**63), 2**63 - 1] * 6),
    "complex": np.zeros(N, complex),
    "booleans": np.array([True, False] * 6),
    "texts": ["a", "b"] * 6,
    "texts of digits": ["1", "0"] * 6,
    "strided": np.arange(2 * N, dtype=float)[::2],
    "other byte order": np.arange(N, dtype=">f8"),
    "masked": np.ma.masked_array(np.arange(N, dtype=float), [0, 1] * 6),
    "nullable": pd.Series([1, None] * 6, dtype="Int64"),
    "nullable truth": pd.Series([True, None] * 6, dtype="boolean"),
    "category": pd.Series(["a", "b"] * 6, dtype="category"),
    "nullable texts": pd.Series(["a", None] * 6, dtype="string"),
    "lists": pl.Series([[1, 2]] * N),
    "structs": pl.Series([{"a": 1}] * N),
    "dates": pd.date_range("2024-01-01", periods=N, tz="UTC"),
    "time spans": np.arange(N).astype("m8[s]"),
    "signalling": [decimal.Decimal("sNaN")] * N,
    "too many dimensions": np.zeros((N, N, 1)),
    "ragged": [[1], [1, 2]],
    "short": np.arange(N - 1, dtype=float),
    "records": np.zeros(N, dtype=[("a", "f8")]),
    "frame": pd.DataFrame({"a": np.arange(N, dtype=float)}),
    "lazy": pl.LazyFrame({"a": [1.0] * N}),
    "missing": pd.NA,
    "a text without dimensions": np.array("x"),
    "a number without dimensions": np.array(3.0),
    "mixed": [1, "1"] * 6,
    "many columns": np.zeros((N, 300)),
}


def fitted(model, **given):
    model.fit(**given).to_dict()


ROWS = {"X": X, "exit": MONTHS, "event": LEFT, "entry": None, "weight": None}
RISK = {"log": LOG, "observation_end": 299, "days": 60, "events": EVENTS, "customer": "customer", "kind": "kind", "value": "value", "zone": None}
RISK |= {"discount": None, "active_days": None, "dates": 3, "method": None, "family": retain.NBD, "margin": 1.0, "cost": 0.0, "most": None}
PANEL = {"log": LOG, "dates": [100, 150], "observation_end": 300, "windows": (30, 90), "days": 30, "category": None, "events": EVENTS}
PANEL |= {"event_days": 90, "date": "date", "kind": "kind", "zone": None, "active_days": None}
OFFER = {"cost": 1.0, "incentive": 0.1, "effect": 0.5}
TREES = {"rounds": 5, "leaf_customers": 1, "each_outcome": 1, "folds": 2}
CALLS = {
    "logistic": (lambda **given: fitted(logistic.LogisticRisk(), **given), {"X": X, "y": LEFT, "sample_weight": None}),
    "logistic options": (lambda **given: logistic.LogisticRisk(**given).fit(X, LEFT), logistic.LogisticRisk().get_params()),
    "logistic parameters": (
        lambda **given: logistic.LogisticRisk.from_params(**given).risk({"a": [1.0]}),
        {"coefficients": {"a": 1.0}, "intercept": 0.0, "missing": None, "reference": None},
    ),
    "logistic score": (lambda **given: logistic.LogisticRisk().fit(X, LEFT).score(**given), {"X": X, "y": LEFT, "sample_weight": None}),
    "hazard": (lambda **given: fitted(hazard.HazardRegression(), **given), ROWS | {"customer": None}),
    "hazard options": (lambda **given: hazard.HazardRegression(**given).fit(X, MONTHS, LEFT), hazard.HazardRegression().get_params()),
    "cox": (
        lambda **given: fitted(cox.CoxRegression(coefficient_sd=1.0), **given),
        ROWS | {"stratum": None, "customer": None, "fixed": None},
    ),
    "cox options": (lambda **given: cox.CoxRegression(**given).fit(X, MONTHS, LEFT), cox.CoxRegression().get_params()),
    "accelerated": (lambda **given: fitted(accelerated.AcceleratedRegression(), **given), ROWS),
    "boosting": (lambda **given: fitted(boosting.BoostedTrees(**TREES), **given), {"X": X, "y": LEFT, "sample_weight": None, "customer": None}),
    "boosting options": (lambda **given: boosting.BoostedTrees(**given).fit(X, LEFT), boosting.BoostedTrees().get_params() | TREES),
    "measures": (scoring.measures, {"score": SCORE, "outcome": LEFT, "weight": None, "level": 0.9, "groups": 3}),
    "compare": (scoring.compare, {"first": SCORE, "second": OTHER, "outcome": LEFT, "weight": None}),
    "Platt": (lambda **given: calibration.Platt().fit(**given).predict(SCORE), {"score": SCORE, "y": LEFT, "weight": None}),
    "reliability": (calibration.reliability, {"score": SCORE, "outcome": LEFT, "at": None, "weight": None, "draws": 20, "seed": 1}),
    "concordance": (concordance.harrell, {"exit": MONTHS, "event": LEFT, "score": SCORE, "entry": None, "weight": None, "horizon": None}),
    "AUC by time": (concordance.auc, {"exit": MONTHS, "event": LEFT, "score": SCORE, "at": [2, 3], "weight": None}),
    "bands": (churn.bands, {"risk": SCORE, "cuts": None, "labels": None}),
    "offer": (lambda **given: churn.select(SCORE, VALUE, churn.Offer(**given)), OFFER),
    "select": (churn.select, {"risk": SCORE, "value": VALUE, "offer": churn.Offer(**OFFER), "most": 3, "level": 0.9}),
    "profit": (churn.profit, {"score": SCORE, "left": LEFT, "value": VALUE, "offer": churn.Offer(**OFFER)}),
    "panel": (lambda **given: features.panel(**given).table, PANEL),
    "risk": (risk.score, RISK),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLS)
def test_odd_values_work_or_are_refused_by_the_library(name):
    call, base = CALLS[name]
    for argument in base:
        for said, value in ODD.items():
            try:
                call(**base | {argument: value})
            except (retain.RetainError, MemoryError):
                pass
            except TypeError as error:
                assert type(error) is TypeError and len(str(error)) < 1000, (argument, said)
                assert "unexpected keyword" not in str(error), (argument, said, error)
            except Exception as error:
                raise AssertionError(f"{name}: {argument} = {said} raises {error!r}") from error


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: logistic.LogisticRisk().fit([["1"]] * N, LEFT), "X must be a table of numbers: it has texts"),
        (lambda: logistic.LogisticRisk().fit(np.array([["1"]] * N, dtype=object), LEFT), "X must be a table of numbers: it has the text '1'"),
        (lambda: logistic.LogisticRisk().fit([1.0] * N, LEFT), "X must have two dimensions"),
        (lambda: logistic.LogisticRisk().fit(X, [[1, 2]] + [1] * (N - 1)), "y must be a column of classes"),
        (lambda: logistic.LogisticRisk().fit(X, LEFT).score(X, LEFT[1:]), "y has 11 rows, X has 12"),
        (lambda: logistic.LogisticRisk.from_params({"a": math.nan}, 0.0), r"coefficients\['a'\] is nan; it must be finite"),
        (lambda: logistic.LogisticRisk.from_params([1.0], 0.0), "coefficients must be numbers by name"),
        (lambda: logistic.LogisticRisk.from_params({"a": 1.0}, 0.0, reference=[1.0]), "reference must be a dict, not list"),
        (lambda: cox.CoxRegression().fit(X, MONTHS, LEFT, fixed=["a"]), "fixed must be a dict, not list"),
        (lambda: cox.CoxRegression().fit({"a": np.arange(1100)}, np.ones(1100), stratum=np.arange(1100)), "labels in stratum is 1100; it must be 1 to 1024"),
        (lambda: retain.survival.compare(np.ones(1100), by=np.arange(1100)), "labels in by is 1100; it must be 1 to 1024"),
        (lambda: cox.CoxRegression().fit(np.zeros((N, 0)), MONTHS), "the number of columns of X is 0; it must be 1 to 40"),
        (lambda: hazard.HazardRegression(until=[]).fit(None, MONTHS), "until has 0 periods; it must have 1 to 256"),
        (lambda: accelerated.AcceleratedRegression().fit(np.zeros((N, 300)), MONTHS), "X has 300 columns"),
        (lambda: boosting.BoostedTrees(**TREES).fit(X, LEFT).importance(X, sample_weight=[1.0]), "sample_weight has 1 rows, X has 12"),
        (lambda: boosting.BoostedTrees(**TREES).fit(X, LEFT).dependence(X, "a", [math.inf]), r"values\[0\] is infinity"),
        (lambda: calibration.Platt().fit(SCORE, LEFT[1:]), "y has 11 rows, score has 12"),
        (lambda: calibration.Platt.from_params(a=math.inf, c=0.0), "^a is infinity"),
        (lambda: calibration.Isotonic.from_knots([0.0, 0.0], [0.1, 0.2]), r"^score\[1\] is 0; knots must be finite, and ascend"),
        (lambda: concordance.auc(MONTHS, LEFT, SCORE, -1.0), r"^at\[0\] is -1"),
        (lambda: features.split([2**60], 5, 9), r"^dates\[0\] is"),
        (lambda: features.panel(LOG, [100], 300, windows=[2**63]), "windows is 9223372036854775808; it must be at most 2"),
        (lambda: features.panel(LOG, [100], 300, discount=np.array(1.0)), "discount must be the name of a column, or a column"),
        (lambda: risk.score(LOG, 10**5000), "observation_end is int; it does not fit in 64 bits"),
        (lambda: scoring.measures(SCORE, LEFT, groups=10**30), "groups is"),
        (lambda: churn.bands(SCORE, cuts=[0.5], labels=3), "labels must be a sequence of 2 names"),
    ],
)
def test_sentences_name_what_the_caller_gave(call, said):
    with pytest.raises((retain.RetainError, TypeError), match=said):
        call()
