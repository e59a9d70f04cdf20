"""Regressions of durations among scikit-learn's tools: pipelines, folds, searches; scores that are those of lifelines' concordance."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from conftest import near
from retain import ArgumentError, CoxRegression, HazardRegression, concordance, features
from retain.accelerated import AcceleratedRegression

MODELS = {
    "cox": CoxRegression(),
    "hazard": HazardRegression(l2=0.0, least_events=5),
    "Weibull": AcceleratedRegression(),
    "log-normal": AcceleratedRegression("log-normal"),
}


def members(rows=900, seed=4):
    """Whole months, some still open, some seen late; two things that matter and one that does not."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(rows, 3)), columns=["tickets", "days", "noise"])
    months = np.ceil(rng.exponential(8.0 * np.exp(-0.8 * X["tickets"] + 0.4 * X["days"])))
    entry = np.where(rng.random(rows) < 0.3, rng.integers(0, 3, rows), 0)
    seen = months > entry
    y = pd.DataFrame({"exit": np.minimum(months, 12.0), "event": months <= 12, "entry": entry})
    return X[seen].reset_index(drop=True), y[seen].reset_index(drop=True)


X, Y = members()
each = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


@each
def test_a_table_of_durations_is_the_columns_beside_each_other(model):
    sklearn = pytest.importorskip("sklearn.base")
    apart = sklearn.clone(model).fit(X, Y["exit"], Y["event"], entry=Y["entry"])
    want = np.asarray(apart.predict(X))
    assert isinstance(apart.predict(X), pd.Series)
    for table in (Y, pl.from_pandas(Y), {name: list(Y[name]) for name in Y}, np.array(list(zip(*(Y[name] for name in Y))), dtype=[(name, bool if name == "event" else float) for name in Y])):
        together = sklearn.clone(model).fit(X, table)
        assert np.array_equal(np.asarray(together.predict(X)), want)
        assert together.score(X, table) == apart.score(X, Y["exit"], Y["event"], entry=Y["entry"])


@each
def test_the_reference_customer_is_as_fast_as_himself_and_more_tickets_are_sooner(model):
    fitted = pytest.importorskip("sklearn.base").clone(model).fit(X, Y)
    reference = fitted.reference_
    usual = list(reference.values()) if isinstance(reference, dict) else list(reference)
    one, more = fitted.predict(np.array([usual, [usual[0] + 1.0, *usual[1:]]]) if not fitted.names_ else pd.DataFrame([usual, [usual[0] + 1.0, *usual[1:]]], columns=list(X)))
    assert near(one, 1.0, 1e-9) and more > 1.5


@each
def test_the_score_is_harrells_and_that_of_lifelines(model):
    fitted = pytest.importorskip("sklearn.base").clone(model).fit(X, Y)
    score = fitted.score(X, Y)
    assert score == concordance.harrell(Y["exit"], Y["event"], fitted.predict(X), entry=Y["entry"]).concordance and score > 0.65
    theirs = pytest.importorskip("lifelines.utils").concordance_index
    whole = Y.drop(columns="entry")
    assert near(fitted.score(X, whole), theirs(Y["exit"], -np.asarray(fitted.predict(X)), Y["event"]), 1e-12)


@each
def test_folds_pipelines_and_searches_work(model):
    selection, pipeline = pytest.importorskip("sklearn.model_selection"), pytest.importorskip("sklearn.pipeline")
    scale = pytest.importorskip("sklearn.preprocessing").StandardScaler()
    clone = pytest.importorskip("sklearn.base").clone
    folds = selection.KFold(3, shuffle=True, random_state=0)
    scores = selection.cross_val_score(model, X, Y, cv=folds)
    for score, (train, test) in zip(scores, folds.split(X)):
        assert score == clone(model).fit(X.iloc[train], Y.iloc[train]).score(X.iloc[test], Y.iloc[test])
    piped = selection.cross_val_score(pipeline.make_pipeline(scale, model), X, Y, cv=folds)
    assert np.allclose(piped, scores, atol=1e-9)  # a unit changes nothing
    name = "l2" if isinstance(model, HazardRegression) else "coefficient_sd"
    found = selection.GridSearchCV(model, {name: [0.1, 1.0]}, cv=folds).fit(X, Y)
    assert found.best_params_[name] in (0.1, 1.0) and len(found.predict(X)) == len(X)


def test_rows_of_a_panel_are_kept_together_by_customer():
    selection = pytest.importorskip("sklearn.model_selection")
    rng = np.random.default_rng(9)
    log = {"customer": [], "date": [], "value": []}
    for customer in range(120):
        day, gap = float(rng.integers(0, 60)), rng.choice([5.0, 40.0])
        while day < 300:
            log["customer"].append(customer), log["date"].append(int(day)), log["value"].append(10.0)
            day += rng.exponential(gap) + 1
    rows = features.panel(log, [100, 150, 200], 299).returns(columns=["occasions", "days_since_last"])
    y = pd.DataFrame({name: np.asarray(rows[name]) for name in ("exit", "event", "entry")})
    scores = selection.cross_val_score(CoxRegression(), pd.DataFrame(rows["X"]), y, groups=rows["customer"], cv=selection.GroupKFold(3))
    assert (scores > 0.6).all()


@each
def test_what_a_table_of_durations_may_not_hold(model):
    with pytest.raises(ArgumentError, match="^event is given beside exit, which is a table; it must be a column of it$"):
        model.fit(X, Y, Y["event"])
    with pytest.raises(ArgumentError, match="^exit has the column 'months'; a table of durations has exit, event, entry, weight and no other$"):
        model.fit(X, Y.assign(months=1.0))
    with pytest.raises(ArgumentError, match="^exit has no column 'exit'"):
        model.fit(X, Y[["event"]])


@each
def test_threads_change_no_bit(model):
    """Of the fit with its errors, nor of any forecast; rows enough for several blocks."""
    clone = pytest.importorskip("sklearn.base").clone
    rng = np.random.default_rng(6)
    wide = pd.DataFrame(rng.normal(size=(40_000, 3)), columns=list(X))
    months = np.ceil(rng.exponential(8.0 * np.exp(-0.5 * wide["tickets"])))
    y = pd.DataFrame({"exit": np.minimum(months, 12.0), "event": months <= 12})
    one, four = clone(model).fit(wide, y), clone(model).fit(wide, y, threads=4)
    assert one.to_dict() == four.to_dict()
    lasted = np.asarray(y["exit"]) - 1.0
    for limits in (False, True):
        alone, together = (fitted.survival(wide, 1, lasted=lasted, limits=limits, threads=threads) for fitted, threads in ((one, 1), (four, 4)))
        assert np.array_equal(np.asarray(alone), np.asarray(together), equal_nan=True)
    alone, together = (fitted.remaining(wide, 3, threads=threads) for fitted, threads in ((one, 1), (four, 4)))
    assert np.array_equal(np.asarray(alone), np.asarray(together), equal_nan=True)
