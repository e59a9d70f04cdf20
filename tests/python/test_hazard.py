"""The discrete-time hazard: golden figures through the package, expanded rows in NumPy and scikit-learn, real subscribers."""

import gzip
import json
import os
import pathlib

import numpy as np
import pandas as pd
import pytest
import retain
from conftest import number, read_golden
from retain import HazardRegression, LogisticRisk
from retain.hazard import from_dict

LINKS = ("logit", "complementary log-log")
NAMES = ("tickets", "plan", "visits")
SHOP = {name: np.array([number(row[name]) for row in read_golden("hazard/rows.csv")]) for name in ("entry", "exit", "event", "weight", *NAMES)}


def fit_case(case):
    late = {"entry": SHOP["entry"], "weight": SHOP["weight"]} if case["late"] == "1" else {}
    X = {name: SHOP[name] for name in NAMES[: int(case["columns"])]} or None
    until = [int(u) for u in case["until"].split()] or None
    model = HazardRegression(link=LINKS[int(case["link"])], l2=float(case["l2"]), smoothing=float(case["smoothing"]), until=until)
    return model.fit(X, SHOP["exit"], SHOP["event"].astype(int), **late), X


def test_fits_and_forecasts_meet_the_golden_ones():
    for case in read_golden("hazard/cases.csv"):
        model, X = fit_case(case)
        assert model.report_.log_likelihood == pytest.approx(number(case["log_likelihood"]), rel=1e-12)
        assert model.until_.tolist() == [float(u) for u in case["groups"].split()]
        for row in read_golden("hazard/entries.csv"):
            if row["case"] == case["case"]:
                e = int(row["entry"])
                assert model.effects_.coefficient[e] == pytest.approx(number(row["coefficient"]), rel=1e-9, abs=1e-11)
                assert model.effects_.standard_error[e] == pytest.approx(number(row["standard_error"]), rel=1e-9)
        for row in read_golden("hazard/forecasts.csv"):
            if row["case"] != case["case"]:
                continue
            one = None if X is None else {name: [X[name][int(row["row"])]] for name in X}
            lasted, ahead = int(row["lasted"]), int(row["ahead"])
            for name, found in (
                ("hazard", model.hazard(one, lasted + ahead, limits=True)),
                ("survival", model.survival(one, ahead, lasted=[lasted], limits=True)),
                ("remaining", model.remaining(one, ahead, lasted=[lasted], limits=True)),
            ):
                for value, column in zip(found, (name, f"{name}_low", f"{name}_high")):
                    assert value[0] == pytest.approx(number(row[column]), rel=1e-8), (case["case"], row["row"], column)


def expand(exit, event, entry):
    """Rows of customer and period: customer, period, left."""
    customer = np.repeat(np.arange(len(exit)), (exit - entry).astype(int))
    period = np.concatenate([np.arange(a + 1, b + 1) for a, b in zip(entry, exit)])
    left = np.zeros(len(period), dtype=int)
    left[np.cumsum((exit - entry).astype(int)) - 1] = event
    return customer, period.astype(int), left


def test_it_is_scikit_learns_logistic_regression_of_expanded_rows():
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(1)
    rows = 1500
    X = rng.normal(size=(rows, 3)) * [1, 10, 0.1]
    entry = rng.integers(0, 3, size=rows)
    exit = entry + rng.integers(1, 8, size=rows)
    event = rng.random(rows) < 1 / (1 + np.exp(1 - X[:, 0]))
    model = HazardRegression(l2=3.0).fit(X, exit, event, entry=entry)
    customer, period, left = expand(exit, event, entry)
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)  # over customers
    dummies = 1e4 * np.eye(period.max())[period - 1]  # so large that their penalty is nothing
    peer = linear_model.LogisticRegression(C=1 / 3.0, fit_intercept=False, solver="newton-cholesky", tol=1e-12).fit(np.hstack([dummies, scaled[customer]]), left)
    assert model.coef_ * X.std(axis=0) == pytest.approx(peer.coef_[0, -3:], rel=1e-5)
    assert model.baseline_ == pytest.approx(1e4 * peer.coef_[0, :-3], rel=1e-5)


def test_without_predictors_it_is_the_life_table():
    model = HazardRegression().fit(None, [1, 2, 2, 3, 3, 3, 4, 4], [1, 1, 0, 1, 0, 0, 1, 0])
    table = pd.DataFrame(model.baseline())
    assert table["at_risk"].tolist() == [8, 7, 5, 2] and table["events"].tolist() == [1, 1, 1, 1]
    assert table["hazard"].to_numpy() == pytest.approx([1 / 8, 1 / 7, 1 / 5, 1 / 2])
    curve = retain.survival.curve([1, 2, 2, 3, 3, 3, 4, 4], [1, 1, 0, 1, 0, 0, 1, 0])
    assert model.survival(None, [1, 2, 3, 4])[0] == pytest.approx([curve.at(t) for t in (1, 2, 3, 4)])
    assert np.isnan(model.survival(None, 5)).all()


def test_no_rounding_makes_fewer_than_nobody_be_at_risk():
    rows = {"exit": [5, 6, 7, 8, 4, 2], "event": [1, 0, 1, 0, 0, 1], "entry": [3, 3, 3, 3, 0, 0], "weight": [0.1, 0.2, 0.3, 0.15, 1e-20, 1e-20]}
    model = HazardRegression().fit(None, **rows)
    assert (model.baseline()["at_risk"] >= 0.0).all()
    assert json.loads(json.dumps(from_dict(model.to_dict()).to_dict())) == model.to_dict()


def test_periods_without_events_are_told():
    model = HazardRegression().fit(None, [1, 1, 4, 5, 6, 6], [1, 0, 1, 0, 1, 0])
    assert "Periods 2 to 4 and 5 to 6 share a hazard each" in model.report_.explanation
    with pytest.raises(retain.DataError, match="nobody left in periods 2 to 3, group 1"):
        HazardRegression(until=[1, 3, 6]).fit(None, [1, 1, 4, 5, 6, 6], [1, 0, 1, 0, 1, 0])
    smooth = HazardRegression(until=[1, 3, 6], smoothing=1.0).fit(None, [1, 1, 4, 5, 6, 6], [1, 0, 1, 0, 1, 0])
    assert np.isfinite(smooth.baseline_).all()


def test_frames_go_in_and_out_and_models_are_stored():
    frame = pd.DataFrame({"tickets": [3, 1, 2, 0, 1, 2, 0, 0], "plan": [1, 0, None, 1, 0, 1, 0, 1]}, index=list("abcdefgh"))
    model = HazardRegression().fit(frame, [2, 3, 5, 6, 2, 3, 6, 6], [1, 1, 1, 0, 0, 1, 1, 0])
    risk = model.risk(frame, 2, lasted=3, limits=True)
    assert isinstance(risk.value, pd.Series) and ((risk.low <= risk.value) & (risk.value <= risk.high)).all()
    again = from_dict(json.loads(json.dumps(model.to_dict())))
    assert np.array_equal(again.risk(frame, 2, lasted=3, limits=True).high, risk.high)
    assert json.dumps(again.to_dict()) == json.dumps(model.to_dict())
    parts = model.contributions(frame)
    v = model.baseline_[0] + parts.sum(axis=1).to_numpy()
    assert model.hazard(frame, 1).to_numpy() == pytest.approx(1 / (1 + np.exp(-v)), rel=1e-13)
    reasons = model.reasons(frame, top=1)
    assert set(reasons["predictor"]) <= {"tickets", "plan"}
    stored = model.to_dict()
    stored["groups"][1]["until"] = 1
    with pytest.raises(retain.ArgumentError, match=r"groups\[1\].until"):
        from_dict(stored)
    for name, value, says in (
        ("until", 1e9, r"groups\[\d\].until is 1e\+09; it must be at most 1000000"),
        ("baseline", 1e200, r"groups\[\d\].baseline is 1e\+200; it must be at most 1e100"),
        ("at_risk", -1, r"groups\[\d\].at_risk is -1; it must be at least 0"),
        ("events", None, r"groups\[\d\].events is null"),
    ):
        stored = model.to_dict()
        stored["groups"][-1][name] = value
        with pytest.raises(retain.ArgumentError, match=says):
            from_dict(stored)


def test_refusals_and_verdicts():
    with pytest.raises(retain.DataError, match=r"^exit\[1\] is 2.5"):
        HazardRegression().fit(None, [1, 2.5], [1, 0])
    with pytest.raises(retain.DataError, match="exit 1"):
        HazardRegression().fit(None, [0, 2], [1, 0])
    with pytest.raises(retain.ConvergenceError, match="Nobody left"):
        HazardRegression().fit(None, [1, 2], [0, 0])
    with pytest.raises(retain.ConvergenceError, match="'tells'.*without limit") as caught:
        HazardRegression(l2=0).fit({"tells": [1, 1, 0, 0, 1, 0]}, [1, 2, 2, 3, 3, 3], [1, 1, 0, 0, 1, 0])
    assert caught.value.report.verdict in ("separated", "quasi-separated")
    with pytest.raises(retain.ConvergenceError, match="'double' is a combination of 'one'"):
        HazardRegression(l2=0).fit({"one": [1, 2, 3, 4, 1, 2], "double": [2, 4, 6, 8, 2, 4]}, [1, 2, 2, 3, 3, 3], [1, 1, 0, 0, 1, 0])
    with pytest.raises(retain.NotFitted):
        HazardRegression().survival(None, 1)
    with pytest.raises(retain.ArgumentError, match="^X has no rows"):
        HazardRegression().fit({"tickets": []}, [], [])
    with pytest.raises(retain.ArgumentError, match=r"iterations is 4294967296; it must lie in \[1, 2147483647\]"):
        HazardRegression(iterations=2**32).fit(None, [1, 2], [1, 0])
    model = HazardRegression().fit({"a": [1, 0, 2, 1, 0, 3]}, [1, 3, 3, 4, 4, 4], [1, 1, 0, 1, 0, 0])
    with pytest.raises(retain.ArgumentError, match="lasted has 3 rows, X has 2"):
        model.survival({"a": [1, 2]}, 1, lasted=[1, 2, 3])
    assert repr(HazardRegression().fit(None, [1, 3, 3], [1, 1, 0])) == "HazardRegression(2 groups of periods until 3)"


def read_telco():
    if "RETAIN_DATA" not in os.environ:
        pytest.skip("RETAIN_DATA is not set")
    (path,) = pathlib.Path(os.environ["RETAIN_DATA"], "telco_churn").glob("*.csv*")
    with gzip.open(path, "rt") if path.suffix == ".gz" else open(path, encoding="utf-8") as text:
        frame = pd.read_csv(text)
    frame = frame[frame["tenure"] > 0]
    X = pd.DataFrame({
        "year": (frame["Contract"] == "One year") * 1.0,
        "two_years": (frame["Contract"] == "Two year") * 1.0,
        "support": (frame["TechSupport"] == "Yes") * 1.0,
        "fiber": (frame["InternetService"] == "Fiber optic") * 1.0,
        "partner": (frame["Partner"] == "Yes") * 1.0,
    })
    return X, frame["tenure"].to_numpy(dtype=float), (frame["Churn"] == "Yes").to_numpy()


def test_subscribers_of_a_telecommunications_provider():
    """Who left was seen in their last month only, as everybody in that table: with that said, risk by age and predictors foretells who leaves
    next at least as well as logistic regression with age as a number."""
    metrics = pytest.importorskip("sklearn.metrics")
    X, months, left = read_telco()
    test = np.arange(len(X)) % 3 == 0
    model = HazardRegression(smoothing=100).fit(X[~test], months[~test], left[~test], entry=months[~test] - 1)
    at = np.minimum(months[test], model.until_[-1])
    hazard = np.array(model.risk(X[test], 1, lasted=at - 1))
    plain = np.array(LogisticRisk().fit(X.assign(months=months)[~test], left[~test]).risk(X.assign(months=months)[test]))
    ours, theirs = metrics.roc_auc_score(left[test], hazard), metrics.roc_auc_score(left[test], plain)
    assert ours > 0.82 and ours > theirs - 0.002
    assert hazard.mean() == pytest.approx(left[test].mean(), abs=0.02)
    risky = dict(zip(model.names_, model.coefficients()["ratio"]))
    assert risky["two_years"] < risky["year"] < 0.5 and risky["fiber"] > 1 > risky["support"]


def test_with_the_complementary_link_it_is_cox_regression_of_whole_months():
    X, months, left = read_telco()
    model = HazardRegression(link="complementary log-log", l2=0).fit(X, months, left)
    cox = retain.CoxRegression().fit(X, months, left)
    assert model.coef_ == pytest.approx(np.array(list(cox.params_.values())), abs=0.03)
    share = np.array(model.survival(X, 24))
    assert share == pytest.approx(np.array(cox.survival(X, 24)), abs=0.02)
