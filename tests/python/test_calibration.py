"""Calibration: golden figures through the package, scikit-learn as a second opinion, and every kind of column."""

import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from conftest import near, number, read_golden
from retain import calibration
from retain.calibration import Beta, Isotonic, Platt

SHOP = {name: np.array([number(row[name]) for row in read_golden("calibration/customers.csv")]) for name in ("risk", "days", "flat", "against", "outcome", "weight")}
OUTCOME = SHOP["outcome"].astype(int)


def close(got, want, tolerance=1e-10):
    return near(got, want, tolerance * (1 + (abs(want) if math.isfinite(want) else 0)))


def given(row):
    return {"weight": SHOP["weight"]} if row["weights"] == "1" else {}


def fitted(row):
    model = Platt(level=float(row["level"]), plain=row["plain"] == "1") if row["kind"] == "platt" else Beta(level=float(row["level"]))
    return model.fit(SHOP[row["score_column"]], OUTCOME, **given(row))


def test_fits_meet_the_golden_ones():
    for row in read_golden("calibration/fits.csv"):
        model = fitted(row)
        report = model.report_
        assert report.verdict == "converged"
        for name, value in model.params_.items():
            assert close(value, number(row[name])) and close(report.standard_error[name], number(row[f"error_{name}"]))
            assert close(report.low[name], number(row[f"low_{name}"])) and close(report.high[name], number(row[f"high_{name}"]))
        assert close(report.covariance[0, 2], number(row["cov_ac"])) and close(report.log_likelihood, number(row["log_likelihood"]))


def test_probabilities_meet_the_golden_ones():
    for row in read_golden("calibration/probabilities.csv"):
        found = fitted(row).interval([float(row["score"])], level=float(row["level"]))
        assert all(close(found[name][0], number(row[name])) for name in ("probability", "low", "high"))


def test_knots_curves_and_bins_meet_the_golden_ones():
    rows = read_golden("calibration/knots.csv")
    for case in {(row["score_column"], row["weights"]) for row in rows}:
        mine = [row for row in rows if (row["score_column"], row["weights"]) == case]
        model = Isotonic().fit(SHOP[case[0]], OUTCOME, **given(mine[0]))
        assert model.score_.tolist() == [number(row["score"]) for row in mine]
        assert all(close(got, number(row["probability"]), 1e-14) for got, row in zip(model.probability_, mine))
        assert model.predict(model.score_).tolist() == model.probability_.tolist()
    for row in read_golden("calibration/reliability.csv"):
        found = calibration.reliability(SHOP[row["score_column"]], OUTCOME, at=np.array([float(row["at"])]), **given(row), draws=5)
        assert close(found["expected"][0], number(row["expected"]), 1e-14)
    for row in read_golden("calibration/bins.csv"):
        found = calibration.bins(SHOP[row["score_column"]], OUTCOME, bins=int(row["bins"]), level=float(row["level"]), **given(row))
        assert all(close(found[name][int(row["bin"])], number(row[name]), 1e-13) for name in ("customers", "positives", "mean_score", "share", "low", "high"))


def shop_of(rows, seed=7):
    draw = np.random.default_rng(seed)
    true = draw.random(rows)
    return np.round(true**2, 3), (draw.random(rows) < true).astype(int), draw.integers(1, 5, rows).astype(float)


def test_isotonic_is_that_of_scikit_learn():
    isotonic = pytest.importorskip("sklearn.isotonic")
    score, outcome, weight = shop_of(3000)
    asked = np.linspace(-0.5, 1.5, 999)
    peer = isotonic.IsotonicRegression(out_of_bounds="clip").fit(score, outcome, sample_weight=weight)
    model = Isotonic().fit(score, outcome, weight=weight)
    assert np.abs(model.predict(asked) - peer.predict(asked)).max() < 1e-12
    assert model.score_.tolist() == peer.X_thresholds_.tolist()


def test_platt_is_that_of_scikit_learn():
    peer = pytest.importorskip("sklearn.calibration")
    if not hasattr(peer, "_SigmoidCalibration"):
        pytest.skip("scikit-learn has put its sigmoid elsewhere")
    score, outcome, weight = shop_of(3000)
    theirs = peer._SigmoidCalibration().fit(score, outcome, sample_weight=weight)
    ours = Platt().fit(score, outcome, weight=weight)
    assert np.abs(ours.predict(score) - theirs.predict(score)).max() < 1e-4  # theirs stops early
    assert abs(ours.params_["a"] + theirs.a_) < 1e-3 and abs(ours.params_["c"] + theirs.b_) < 1e-3


def test_plain_platt_and_beta_are_logistic_regressions():
    linear_model = pytest.importorskip("sklearn.linear_model")
    score, outcome, weight = shop_of(3000)
    score = score.clip(0.001, 0.999)
    logistic = linear_model.LogisticRegression(C=np.inf, tol=1e-12, max_iter=10000)
    theirs = logistic.fit(score.reshape(-1, 1), outcome, sample_weight=weight)
    ours = Platt(plain=True).fit(score, outcome, weight=weight)
    assert ours.params_ == pytest.approx({"a": theirs.coef_[0, 0], "c": theirs.intercept_[0]}, rel=1e-5)
    theirs = logistic.fit(np.column_stack([np.log(score), -np.log1p(-score)]), outcome, sample_weight=weight)
    ours = Beta().fit(score, outcome, weight=weight)
    assert ours.params_ == pytest.approx(dict(zip("abc", [*theirs.coef_[0], theirs.intercept_[0]])), rel=1e-4, abs=1e-5)


def test_beta_is_that_of_betacal():
    betacal = pytest.importorskip("betacal")
    score, outcome, _ = shop_of(3000)
    theirs = betacal.BetaCalibration(parameters="abm").fit(score.reshape(-1, 1), outcome)
    assert np.abs(Beta().fit(score, outcome).predict(score) - theirs.predict(score.reshape(-1, 1))).max() < 1e-4


def test_the_band_tells_true_probabilities_from_bold_ones():
    draw = np.random.default_rng(3)
    true = draw.random(4000)
    outcome = (draw.random(4000) < true).astype(int)
    odds = (true / (1 - true)) ** 2
    at = np.linspace(0.05, 0.95, 19)
    curve, bold = (calibration.reliability(score, outcome, at=at) for score in (true, odds / (1 + odds)))
    inside, outside = ((f["low"] <= f["expected"]) & (f["expected"] <= f["high"]) for f in (curve, bold))
    assert inside.mean() > 0.8 and outside.mean() < 0.4
    again = calibration.reliability(true, outcome, at=at, threads=2)
    assert again["low"].tolist() == curve["low"].tolist()
    assert calibration.reliability(true, outcome, at=at, seed=1)["low"].tolist() != curve["low"].tolist()


def test_columns_of_every_kind():
    want = Platt().fit([1, 2, 3, 4], [0, 1, 0, 1]).predict([1, 2])
    for kind in (pd.Series, pl.Series, np.array):
        model = Platt().fit(kind([1.0, 2, 3, 4]), kind([False, True, False, True]))
        assert list(model.predict(kind([1.0, 2]))) == want
        assert isinstance(model.predict(kind([1.0])), type(kind([1.0])))
    assert isinstance(model.predict(2.0), float)
    assert isinstance(calibration.bins(pd.Series([1.0, 2]), [0, 1]), pd.DataFrame)
    assert isinstance(calibration.reliability(pl.Series([0.1, 0.2]), [0, 1]), pl.DataFrame)
    assert isinstance(model.interval(np.array([1.0]))["low"], np.ndarray)


def test_calibrators_have_the_habits_of_scikit_learn():
    base = pytest.importorskip("sklearn.base")
    for model in (Platt(level=0.9, plain=True), Beta(level=0.8), Isotonic()):
        again = base.clone(model)
        assert again.get_params() == model.get_params() and type(again) is type(model)
        with pytest.raises(retain.NotFitted):
            again.predict([1.0])
        with pytest.raises(retain.ArgumentError, match="has no option"):
            model.set_params(wrong=1)
    assert Platt().set_params(plain=True).get_params() == {"level": 0.95, "plain": True}
    assert repr(Beta()) == "Beta()" and repr(Isotonic()) == "Isotonic()"


def test_calibrations_can_be_stored():
    score, outcome, _ = shop_of(500)
    for model in (Platt().fit(score, outcome), Beta().fit(score, outcome)):
        again = type(model).from_params(**json.loads(json.dumps(model.params_)))
        assert again.predict(score).tolist() == model.predict(score).tolist()
        with pytest.raises(retain.ArgumentError, match="was not fitted"):
            again.interval(score)
    model = Isotonic().fit(score, outcome)
    assert Isotonic.from_knots(model.score_.tolist(), model.probability_.tolist()).predict(score).tolist() == model.predict(score).tolist()


@pytest.mark.parametrize(
    "model, score, outcome, verdict, words",
    [
        (Platt(), [1, 2], [1, 1], "too little data", "happened to all of 2 customers"),
        (Platt(), [], [], "too little data", "no customers"),
        (Platt(), [1, 1], [0, 1], "too little data", "2 different scores"),
        (Beta(), [0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], "boundary", "parts the outcomes"),
        (Beta(), [0, 1e-20, 1e-18, 1e-17], [0, 1, 0, 1], "ridge", "too alike"),
    ],
)
def test_data_that_say_nothing_are_told_so_in_words(model, score, outcome, verdict, words):
    with pytest.raises(retain.ConvergenceError, match=words) as caught:
        model.fit(score, outcome)
    assert caught.value.report.verdict == verdict and words in caught.value.report.explanation
    assert not hasattr(model, "params_") and hasattr(caught.value.model, "params_")
    if verdict == "boundary":
        assert 0.5 < caught.value.model.predict([0.9])[0] < 1


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: Platt().fit([0.5, None], [0, 1]), r"score\[1\] is NaN"),
        (lambda: Platt().fit([0.5, 0.5], [0, 2]), r"y\[1\] is 2"),
        (lambda: Platt().fit([0.5, 0.5], [0]), "y has 1 rows"),
        (lambda: Platt().fit([0.5], [0], weight=[-1]), r"weight\[0\] is -1"),
        (lambda: Platt(level=95).fit([0.5], [0]), "write 0.95 for 95 %"),
        (lambda: Platt(plain="yes").fit([0.5], [0]), "plain is 'yes'"),
        (lambda: Beta().fit([0.5, 1.5], [0, 1]), r"score\[1\] is 1.5; beta calibration is for scores in \[0, 1\]"),
        (lambda: Isotonic().fit([0.5, 0.6], [0, 0]), "it happened to no customer"),
        (lambda: Beta.from_params(a=-1, b=1, c=0), "a is -1"),
        (lambda: Platt.from_params(a=math.nan, c=0), "a is NaN"),
        (lambda: Isotonic.from_knots([], []), "at least one"),
        (lambda: Isotonic.from_knots([2, 1], [0, 1]), r"^score\[1\] is 1"),
        (lambda: Platt.from_params(a=1, c=0).predict([math.inf]), r"score\[0\] is infinity"),
        (lambda: calibration.reliability([1.5], [0]), r"\[0\] is 1.5; it must lie in \[0, 1\]"),
        (lambda: calibration.reliability([0.5], [0], draws=0), "draws is 0"),
        (lambda: calibration.reliability([0.5], [0], seed=-1), "seed is -1"),
        (lambda: calibration.bins([0.5], [0], bins=1001), "bins is 1001"),
    ],
)
def test_odd_input_is_refused_with_a_sentence(call, sentence):
    with pytest.raises(retain.RetainError, match=sentence):
        call()
