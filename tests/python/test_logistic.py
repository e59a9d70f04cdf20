"""Logistic regression: golden values, scikit-learn's own checks of an estimator, agreement with scikit-learn, reasons that add up."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from conftest import near, read_golden
from retain import LogisticRisk
from retain.errors import ArgumentError, ConvergenceError, DataError, NotFitted
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator


def rows(name):
    """A golden data set: predictors, outcome, weight."""
    chosen = [row for row in read_golden("logistic/rows.csv") if row["dataset"] == name]
    names = [f"x{j}" for j in range(1, 6) if chosen[0][f"x{j}"]]
    return (pd.DataFrame({x: [float(row[x]) for row in chosen] for x in names}), [int(row["y"]) for row in chosen],
            [float(row["weight"]) for row in chosen])


def shop(count=2000, seed=1, missing=0.0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"orders": rng.poisson(4, count) + 1.0, "days": rng.exponential(60, count), "tickets": rng.poisson(0.7, count) * 1.0,
                      "premium": rng.integers(0, 2, count) * 1.0})
    log_odds = -1.0 - 0.3 * X["orders"] + 0.02 * X["days"] + 0.5 * X["tickets"] - 0.4 * X["premium"]
    hidden = rng.random(count) < missing
    y = (rng.random(count) < 1 / (1 + np.exp(-log_odds - 0.8 * hidden))).astype(int)
    X.loc[hidden, "days"] = np.nan
    return X, y


# --- golden values and peers -----------------------------------------------------------------------------------------------------


def test_coefficients_meet_the_golden_ones():
    table = read_golden("logistic/coefficients.csv")
    for dataset, l2 in dict.fromkeys((row["dataset"], row["lambda"]) for row in table):
        X, y, weight = rows(dataset)
        model = LogisticRisk(l2=float(l2), unscaled=True).fit(X, y, sample_weight=weight)
        wanted = [row for row in table if (row["dataset"], row["lambda"]) == (dataset, l2)]
        got = zip([model.intercept_[0], *model.coef_[0]], model.effects_.standard_error)
        for row, (coefficient, error) in zip(wanted, got):
            assert near(coefficient, float(row["coef"]), 1e-12 * abs(float(row["coef"]))), row["id"]
            assert near(error, float(row["se_penalised_hessian"]), 1e-12 * float(row["se_penalised_hessian"])), row["id"]
        assert near(model.report_.objective, float(wanted[0]["objective"]), 1e-12 * model.report_.objective)


@pytest.mark.filterwarnings("ignore")  # it asks for its own base class
@pytest.mark.parametrize("estimator", [LogisticRisk(), LogisticRisk(l1=0.5, l2=0.0)])
def test_scikit_learn_finds_a_classifier(estimator):
    results = check_estimator(estimator, on_fail=None, on_skip=None)
    assert len(results) > 50
    assert [(result["check_name"], result["exception"]) for result in results if result["status"] == "failed"] == []


def test_it_is_the_logistic_regression_of_scikit_learn():
    X, y = shop()
    Z = StandardScaler().fit_transform(X)
    for penalty in (0.3, 1.0, 30.0):
        theirs = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=10000).fit(Z, y)
        ours = LogisticRisk(l2=penalty).fit(X, y)
        assert ours.coef_[0] * X.std(ddof=0).to_numpy() == pytest.approx(theirs.coef_[0], rel=1e-6)
        assert ours.predict_proba(X) == pytest.approx(theirs.predict_proba(Z), abs=1e-7)
        assert ours.score(X, y) == theirs.score(Z, y)


def test_an_l1_penalty_leaves_out_what_scikit_learn_leaves_out():
    X, y = shop()
    X["noise"] = np.random.default_rng(5).normal(size=len(X))
    Z = StandardScaler().fit_transform(X)
    for penalty in (3.0, 30.0, 120.0):
        theirs = LogisticRegression(l1_ratio=1, solver="saga", C=1 / penalty, tol=1e-10, max_iter=100000).fit(Z, y)
        ours = LogisticRisk(l2=0.0, l1=penalty).fit(X, y)
        assert ours.coef_[0] * X.std(ddof=0).to_numpy() == pytest.approx(theirs.coef_[0], abs=1e-5)
        assert ((ours.coef_[0] == 0) == (np.abs(theirs.coef_[0]) < 1e-7)).all()
        assert ours.report_.gradient_norm < 1e-12 and np.isnan(ours.effects_.standard_error).all()


def test_class_weights_are_those_of_scikit_learn():
    X, y = shop()
    Z = StandardScaler().fit_transform(X)
    for weights in ("balanced", {0: 1.0, 1: 5.0}):
        theirs = LogisticRegression(C=1.0, class_weight=weights, tol=1e-12, max_iter=10000).fit(Z, y)
        ours = LogisticRisk(class_weight=weights).fit(X, y)
        assert ours.predict_proba(X) == pytest.approx(theirs.predict_proba(Z), abs=1e-7)
        assert np.isnan(ours.effects_.low).all()


def test_missing_values_are_the_mean_and_an_indicator():
    X, y = shop(missing=0.2)
    ours = LogisticRisk().fit(X, y)
    filled = X.fillna(X.mean()).assign(unknown=X["days"].isna() * 1.0)
    theirs = LogisticRegression(C=1.0, tol=1e-12, max_iter=10000)
    scale = np.append(X.std(ddof=0).to_numpy(), filled["unknown"].std(ddof=0))
    theirs.fit((filled - filled.mean()) / scale, y)
    assert ours.risk(X).to_numpy() == pytest.approx(theirs.predict_proba((filled - filled.mean()) / scale)[:, 1], abs=1e-7)
    assert ours.missing_[1] == pytest.approx(theirs.coef_[0][4] / scale[4], rel=1e-6) and np.isnan(ours.missing_[0])
    X.iloc[0, 0] = np.nan  # of which the model knows nothing
    assert np.isnan(ours.risk(X).iloc[0]) and ours.risk(X).iloc[1:].notna().all()
    with pytest.raises(DataError, match=r"X\[\d+, 1\] is missing"):
        LogisticRisk(missing="refuse").fit(*shop(missing=0.2))


# --- the habits of scikit-learn -----------------------------------------------------------------------------------------------------


def test_it_works_in_pipelines_searches_and_cross_validation():
    X, y = shop()
    scores = cross_val_score(make_pipeline(StandardScaler(), LogisticRisk()), X, y, cv=5, scoring="roc_auc")
    assert scores.mean() > 0.75
    search = GridSearchCV(LogisticRisk(), {"l2": [0.1, 1.0, 1000.0], "class_weight": [None, "balanced"]}, scoring="neg_log_loss").fit(X, y)
    assert search.best_params_["class_weight"] is None
    copy = clone(LogisticRisk(l2=3.0, class_weight={0: 1, 1: 2}))
    assert copy.get_params() == LogisticRisk(l2=3.0, class_weight={0: 1, 1: 2}).get_params() and repr(copy).startswith("LogisticRisk(l2=3.0")


def test_scikit_learn_is_not_imported():
    code = "import sys, retain; retain.LogisticRisk().fit([[1.0], [2.0], [3.0]], [0, 1, 0]); sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_labels_may_be_anything_in_two_kinds():
    X, y = shop(400)
    left = LogisticRisk().fit(X, np.where(y, "stays not", "a stays"))
    assert list(left.classes_) == ["a stays", "stays not"] and set(left.predict(X)) <= {"a stays", "stays not"}
    assert LogisticRisk().fit(X, y.astype(bool)).predict(X).dtype == bool
    assert left.coef_ == pytest.approx(LogisticRisk().fit(X, pd.Series(y, index=X.index)).coef_, rel=0)


# --- reasons ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", [pd.DataFrame, lambda X: pl.DataFrame(X.to_dict("list")), lambda X: X.to_dict("list")])
def test_contributions_add_up_to_the_log_odds_to_the_last_bit(frame):
    X, y = shop(300, missing=0.1)
    model = LogisticRisk().fit(X, y)
    given = frame(X)
    table = model.contributions(given)
    total = np.full(300, model.base_)
    for name in X:
        total = total + np.asarray(table[name])
    assert (total == model.decision_function(given)).all()
    reasons = model.reasons(given, top=2)
    first = {row: (rank, predictor, share) for row, rank, predictor, share in
             zip(*(list(reasons[name]) for name in ("row", "rank", "predictor", "contribution"))) if rank == 1}
    for row in range(300):
        shares = {name: table[name][row] for name in X}
        assert first[row][1] == max(shares, key=lambda name: abs(shares[name])) and first[row][2] == shares[first[row][1]]


def test_reasons_may_be_those_that_raise_the_risk():
    X, y = shop(300)
    model = LogisticRisk().fit(X, y)
    assert (model.reasons(X, top=4, direction="raising")["contribution"] > 0).all()
    assert (model.reasons(X, top=4, direction="lowering")["contribution"] < 0).all()
    assert len(model.reasons(X, top=99)) == len(model.reasons(X, top=4)) == 1200
    with pytest.raises(ArgumentError, match="direction"):
        model.reasons(X, direction="up")


@pytest.mark.parametrize("count", [500, 70_000])
def test_limits_are_those_of_the_delta_method(count):
    X, y = shop(count)
    model = LogisticRisk(l2=0.0, level=0.9).fit(X, y)
    D = np.column_stack([np.ones(count), X])
    p = model.risk(X).to_numpy()
    covariance = np.linalg.inv(D.T @ (D * (p * (1 - p))[:, None]))
    log_odds, error = np.log(p / (1 - p)), np.sqrt(np.einsum("ij,jk,ik->i", D, covariance, D))
    table = model.risk(X, limits=True)
    for name, sign in (("low", -1), ("high", 1)):
        assert table[name].to_numpy() == pytest.approx(1 / (1 + np.exp(-log_odds - sign * 1.6448536269514722 * error)), rel=1e-7)
    assert model.effects_.standard_error[:5] == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-8 if count < 65536 else 1e-6)


def test_average_marginal_effects_are_differences_of_probabilities():
    X, y = shop(500)
    model = LogisticRisk(l2=0.0).fit(X, y)
    for j, name in enumerate(X):
        step = 1e-5
        up, down = X.assign(**{name: X[name] + step}), X.assign(**{name: X[name] - step})
        numeric = (model.risk(up) - model.risk(down)).mean() / (2 * step)
        assert model.effects_.marginal[1 + j] == pytest.approx(numeric, rel=1e-6)
    gradient = []  # of the first effect by all coefficients, numerically
    for e in range(5):
        numbers = [model.intercept_[0], *model.coef_[0]]
        values = []
        for sign in (1, -1):
            moved = list(numbers)
            moved[e] += sign * 1e-5
            p = 1 / (1 + np.exp(-moved[0] - X.to_numpy() @ np.array(moved[1:])))
            values.append((p * (1 - p)).mean() * moved[1])
        gradient.append((values[0] - values[1]) / 2e-5)
    error = np.sqrt(np.array(gradient) @ model.effects_.covariance[:5, :5] @ np.array(gradient))
    assert model.effects_.marginal_error[1] == pytest.approx(error, rel=1e-6)


def test_limits_hold_as_often_as_they_should():
    """In 400 shops of 300 customers, coefficients, probabilities and average marginal effects lie within their 90 % limits nine times in ten."""
    rng = np.random.default_rng(11)
    truth, intercept, point = np.array([0.8, -0.5, 0.0]), -0.7, np.array([[1.0, -1.0, 0.5]])
    many = rng.normal(size=(200_000, 3))
    p = 1 / (1 + np.exp(-intercept - many @ truth))
    effect, risk = truth * (p * (1 - p)).mean(), 1 / (1 + np.exp(-intercept - point @ truth))[0]
    held = {"low": [], "marginal_low": [], "risk": []}
    estimates = []
    for _ in range(400):
        X = rng.normal(size=(300, 3))
        y = rng.random(300) < 1 / (1 + np.exp(-intercept - X @ truth))
        model = LogisticRisk(l2=0.0, level=0.9).fit(X, y)
        effects, limits = model.effects_, model.risk(point, limits=True)
        estimates.append(model.coef_[0])
        held["low"].append((effects.low[1:4] <= truth) & (truth <= effects.high[1:4]))
        held["marginal_low"].append((effects.marginal_low[1:4] <= effect) & (effect <= effects.marginal_high[1:4]))
        held["risk"].append(limits["low"] <= risk <= limits["high"])
    assert np.mean(estimates, axis=0) == pytest.approx(truth, abs=0.04)
    for name, results in held.items():  # four standard errors of 400 shops are 0.06
        assert np.mean(results, axis=0) == pytest.approx(0.9, abs=0.06), name


# --- what data do not tell ------------------------------------------------------------------------------------------------------------


def test_separation_is_told_by_name():
    X, y = shop(300)
    told = X.assign(refund_sent=y * 3.0)  # known only after the customer had left
    with pytest.raises(ConvergenceError, match="'refund_sent'") as caught:
        LogisticRisk(l2=0.0).fit(told, y)
    assert caught.value.report.verdict == "separated" and (caught.value.model.predict(told) == y).all()
    assert LogisticRisk().fit(told, y).report_.verdict == "converged"
    quasi = X.assign(closed=np.where((y == 1) & (np.arange(300) % 3 == 0), 1.0, 0.0))
    with pytest.raises(ConvergenceError, match="'closed'") as caught:
        LogisticRisk(l2=0.0).fit(quasi, y)
    assert caught.value.report.verdict == "quasi-separated" and np.isfinite(caught.value.model.effects_.standard_error[1:5]).all()


def test_combinations_and_constants_are_told_by_name():
    X, y = shop(300)
    with pytest.raises(ConvergenceError, match="'twice' is a combination of 'orders' and 'tickets'") as caught:
        LogisticRisk(l2=0.0).fit(X.assign(twice=2 * X["orders"] - X["tickets"] + 7), y)
    assert caught.value.model.coef_[0][4] == 0.0 and caught.value.report.verdict == "collinear"
    model = LogisticRisk(l2=0.0).fit(X.assign(shop=3.0), y)
    assert "'shop'" in model.report_.explanation and model.coef_[0][4] == 0.0 and model.effects_.kind[5] == "constant"
    assert model.coef_[0][:4] == pytest.approx(LogisticRisk(l2=0.0).fit(X, y).coef_[0], rel=1e-9)


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: LogisticRisk().fit([[1.0], [2.0]], [1, 1]), "one class"),
        (lambda: LogisticRisk(l2=0.0).fit([[1.0], [2.0]], [1, 0]), "2 rows cannot tell 2 coefficients apart"),
        (lambda: LogisticRisk(l2=-1).fit([[1.0], [2.0]], [1, 0]), "l2 is -1"),
        (lambda: LogisticRisk(level=1).fit([[1.0], [2.0]], [1, 0]), "level is 1"),
        (lambda: LogisticRisk(missing="drop").fit([[1.0], [2.0]], [1, 0]), "missing"),
        (lambda: LogisticRisk(class_weight={7: 1}).fit([[1.0], [2.0]], [1, 0]), "class 7"),
        (lambda: LogisticRisk().fit([[1.0], [2.0]], [1, 0, 1]), "y has 3 rows, X has 2"),
        (lambda: LogisticRisk().fit([[1.0], [2.0]], [1, 0], sample_weight=[1]), "sample_weight has 1 rows"),
        (lambda: LogisticRisk().fit([[1.0], [2.0]], [1, 0], sample_weight=[1, -1]), r"weight\[1\] is -1"),
        (lambda: LogisticRisk().fit([[1.0], [np.inf]], [1, 0]), r"X\[1, 0\] is inf"),
        (lambda: LogisticRisk().fit([[1.0], [2.0]], [1, 0], sample_weight=[1, 1e101]), r"sample_weight\[1\] is 1e\+101; it must be 0, or 1e-100 to 1e100"),
        (lambda: LogisticRisk().fit([[1.0], [2.0]], [1, None]), r"y\[1\] is missing"),
        (lambda: LogisticRisk().fit([[1.0], [2.0]], pd.array([True, None], dtype="boolean")), r"y\[1\] is missing"),
        (lambda: LogisticRisk(l2=1e300).fit([[1.0], [2.0]], [1, 0]), r"l2 is 1e\+300; it must lie in \[0, 1e100\]"),
        (lambda: LogisticRisk().fit([[1e-170], [2e-170]], [1, 0]), "smaller unit"),
        (lambda: LogisticRisk().set_params(C=1), "no option 'C'"),
        (lambda: LogisticRisk().risk([[1.0]]), "not fitted"),
        (lambda: LogisticRisk.from_params({"a": 1.0}, 0.0).risk({"b": [1]}), "no column 'a'"),
        (lambda: LogisticRisk.from_params({"a": 1.0}, 0.0).risk({"a": [1]}, limits=True), "not fitted"),
        (lambda: LogisticRisk.from_params({"a": 1.0}, 0.0, missing={"b": 1}), "without a coefficient"),
    ],
)
def test_bad_arguments_are_told_in_words(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_one_weight_may_stand_for_all_rows():
    X, y = shop()
    for weight in (2.0, np.float64(2.0), np.array(2.0)):
        model = LogisticRisk(l2=0.0).fit(X, y, sample_weight=weight)
        assert np.allclose(model.coef_, LogisticRisk(l2=0.0).fit(X, y).coef_, rtol=1e-9) and model.report_.customers == 2.0 * len(y)
        assert model.score(X, y, sample_weight=weight) == model.score(X, y)


def test_a_model_may_be_typed_in():
    model = LogisticRisk.from_params({"orders": -0.5, "tickets": 0.7}, -1.0, reference={"orders": 4.0})
    assert model.risk({"tickets": [1.0, 0.0], "orders": [2.0, 10.0]}) == pytest.approx([0.21416501695744, 0.0024726231566347743], rel=1e-12)
    assert model.base_ == -3.0 and model.reasons({"tickets": [1.0], "orders": [2.0]})["predictor"] == ["orders", "tickets"]
    assert isinstance(pytest.raises(NotFitted, lambda: LogisticRisk().base_).value, ValueError)


# --- stored models ----------------------------------------------------------------------------------------------------------------------


def test_stored_models_give_the_same_bits():
    X, y = shop(missing=0.1)
    for model in (LogisticRisk().fit(X, y), LogisticRisk(l1=2.0).fit(X.to_numpy(), y), LogisticRisk().fit(X, np.where(y, "out", "in"))):
        again = retain.logistic.from_dict(json.loads(json.dumps(model.to_dict())))
        given = X if hasattr(model, "feature_names_in_") else X.to_numpy()
        ours, theirs = model.risk(given, limits=True), again.risk(given, limits=True)
        assert all(np.array_equal(ours[name], theirs[name], equal_nan=True) for name in ("risk", "low", "high"))
        assert again.report_ == model.report_ and list(again.classes_) == list(model.classes_)
        assert again.to_dict() == model.to_dict() and again.summary().equals(model.summary())


@pytest.mark.parametrize(
    "change, sentence",
    [
        (lambda s: s.update(family="BG/NBD"), "family"),
        (lambda s: s.update(intercept=None), "intercept is null"),
        (lambda s: s["columns"][0].update(coefficient="x"), r"columns\[0\].coefficient is 'x'"),
        (lambda s: s["columns"][1].update(name="orders"), r"columns\[1\].name is 'orders'"),
        (lambda s: s["fit"].update(verdict="fine"), "fit.verdict is 'fine'"),
        (lambda s: s["fit"]["covariance"].__setitem__(1, 1e9), r"fit.covariance\[1\]"),
        (lambda s: s["fit"]["covariance"].pop(), "fit.covariance has"),
        (lambda s: s["fit"]["kind"].__setitem__(0, "odd"), r"fit.kind\[0\]"),
        (lambda s: s.update(more=1), "more is no key"),
    ],
)
def test_what_is_wrong_with_a_stored_model_is_told(change, sentence):
    stored = json.loads(json.dumps(LogisticRisk().fit(*shop(200)).to_dict()))
    change(stored)
    with pytest.raises(ArgumentError, match=sentence):
        retain.logistic.from_dict(stored)
