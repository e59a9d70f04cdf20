"""Boosted trees: golden trees through the package, Shapley values by brute force, scikit-learn as a second opinion and as a guest."""

import json
import os
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from conftest import near, number, read_golden
from retain import boosting
from retain.boosting import BoostedTrees

NAMES = ("x0", "x1", "x2")


def cells(rows, name):
    return np.array([number(row[name]) for row in rows])


def shop(rows=2000, seed=1):
    draw = np.random.default_rng(seed)
    table = pd.DataFrame({"days": draw.exponential(60.0, rows), "orders": draw.integers(1, 9, rows).astype(float), "tickets": draw.poisson(1.0, rows).astype(float)})
    odds = np.abs(table.days - 50) / 40 - 0.3 * table.orders + np.where(table.orders > 4, table.tickets, 0.0)
    table.loc[draw.random(rows) < 0.1, "days"] = np.nan
    return table, (draw.random(rows) < 1 / (1 + np.exp(-odds))).to_numpy()


def test_trees_and_reasons_are_the_golden_ones():
    table, nodes = read_golden("boosting/rows.csv"), read_golden("boosting/nodes.csv")
    for case in read_golden("boosting/cases.csv"):
        rows = [row for row in table if row["case"] == case["case"]]
        want = [node for node in nodes if node["case"] == case["case"]]
        monotone = [int(case[f"monotone{j}"]) for j in range(3)]
        options = {name: float(case[name]) for name in ("learning_rate", "l2", "leaf_customers", "leaf_hessian")}
        model = BoostedTrees(rounds=int(case["rounds"]), depth=int(case["depth"]), bins=int(case["bins"]), each_outcome=1, folds=0, monotone=monotone, **options)
        X = {name: cells(rows, name) for name in NAMES}
        model.fit(X, cells(rows, "outcome").astype(int), cells(rows, "weight"))
        stored = model.to_dict()
        assert stored["column"] == [int(node["column"]) for node in want]
        for name in ("threshold", "missing_left", "value", "cover", "gain"):
            np.testing.assert_allclose(stored[name], cells(want, name), atol=1e-11)
        np.testing.assert_allclose(model.decision_function(X), cells(rows, "log_odds"), atol=1e-11)
        for name, column in model.contributions(X).items():
            np.testing.assert_allclose(column, cells(rows, f"by_{name}"), atol=1e-11)
        assert near(model.base_, number(case["expected"]), 1e-11)
        assert near(model.report_.log_loss, number(case["log_loss"]), 1e-11)


def expected(stored, at, row, known):
    """Value of a branch where only some columns are known, its cover, and where it ends: as written in the header."""
    column = stored["column"][at]
    if column < 0:
        return stored["value"][at], stored["cover"][at], at + 1
    left, of_left, middle = expected(stored, at + 1, row, known)
    right, of_right, end = expected(stored, middle, row, known)
    if column not in known:
        value = (left * of_left + right * of_right) / (of_left + of_right)
    else:
        goes_left = stored["missing_left"][at] if np.isnan(row[column]) else row[column] <= stored["threshold"][at]
        value = left if goes_left else right
    return value, of_left + of_right, end


def forecast(stored, row, known):
    total, at = stored["base"], 0
    while at < len(stored["column"]):
        value, _, at = expected(stored, at, row, known)
        total += value
    return total


@pytest.mark.parametrize("depth", [1, 3, 8])
def test_contributions_are_shapley_values_by_brute_force(depth):
    X, left = shop()
    model = BoostedTrees(rounds=4, depth=depth, folds=0, leaf_customers=2).fit(X, left)
    stored = model.to_dict()
    for row, found in zip(X.to_numpy()[:5], model.contributions(X[:5]).to_numpy()):
        assert near(model.base_, forecast(stored, row, ()), 1e-12)
        for j in range(3):
            others, want = [i for i in range(3) if i != j], 0.0
            for k in range(3):
                for known in combinations(others, k):
                    want += (forecast(stored, row, (*known, j)) - forecast(stored, row, known)) * factorial(k) * factorial(2 - k) / 6
            assert near(found[j], want, 1e-12)


def test_reasons_are_the_largest_contributions():
    X, left = shop()
    model = BoostedTrees().fit(X, left)
    contributions = model.contributions(X).to_numpy()
    np.testing.assert_allclose(model.base_ + contributions.sum(axis=1), model.decision_function(X), atol=1e-12)
    told = model.reasons(X, top=2)
    assert isinstance(told, pd.DataFrame) and list(told.columns) == ["row", "rank", "predictor", "value", "contribution"]
    first = told[told["rank"] == 1]
    largest = np.abs(contributions).argmax(axis=1)
    assert first["predictor"].tolist() == X.columns[largest].tolist()
    np.testing.assert_array_equal(first["value"], X.to_numpy()[np.arange(len(X)), largest])
    assert (model.reasons(X, direction="raising")["contribution"] > 0).all()
    assert (model.reasons(X, direction="lowering")["contribution"] < 0).all()


def test_importance_and_shapes_are_what_they_say():
    X, left = shop()
    weight = np.arange(len(X)) % 3.0
    model = BoostedTrees().fit(X, left)
    sizes = np.abs(model.contributions(X).to_numpy())
    found = model.importance(X, sample_weight=weight)
    np.testing.assert_allclose(found["mean"], np.average(sizes, axis=0, weights=weight))
    assert (found["low"] < found["mean"]).all() and (found["mean"] < found["high"]).all()
    stored = model.to_dict()
    want = [sum(gain for gain, column in zip(stored["gain"], stored["column"]) if column == j) for j in range(3)]
    np.testing.assert_allclose(found["gain"], want)
    np.testing.assert_allclose(model.feature_importances_, np.array(want) / sum(want))
    shape = model.dependence(X, "days", [0.0, 50.0, np.nan], sample_weight=weight)
    for value, log_odds, probability in zip(shape["value"], shape["log_odds"], shape["probability"]):
        turned = X.assign(days=value)
        assert near(probability, np.average(model.risk(turned), weights=weight), 1e-12)
        assert near(log_odds, np.average(model.decision_function(turned), weights=weight), 1e-12)
    assert len(model.dependence(X, "orders")) == 8 and len(model.dependence(X, 0)) == 50


def test_every_kind_of_table_gives_the_same():
    X, left = shop()
    want = BoostedTrees().fit(X, left)
    chance = want.risk(X)
    assert isinstance(chance, pd.Series)
    words = np.where(left, "stays away", "comes back")
    for table in (pl.from_pandas(X), {name: X[name].tolist() for name in X}, X.to_records(index=False)):
        model = BoostedTrees().fit(table, words)
        assert model.to_dict() | {"classes": [False, True]} == want.to_dict()
        np.testing.assert_array_equal(np.asarray(model.risk(table)), chance)
        assert set(model.predict(table)) == {"stays away", "comes back"}
    for array in (X.to_numpy(), np.asfortranarray(X.to_numpy()), X.to_numpy().tolist()):
        model = BoostedTrees().fit(array, left.astype(int))
        assert not hasattr(model, "feature_names_in_") and model.n_features_in_ == 3
        np.testing.assert_array_equal(np.asarray(model.risk(array)), chance)
    assert BoostedTrees().fit(X, left, threads=3).to_dict() == want.to_dict()
    np.testing.assert_array_equal(want.risk(X[["orders", "tickets", "days"]]), chance)  # found by name


def test_a_stored_model_is_the_same_model_and_is_not_trusted():
    X, left = shop()
    model = BoostedTrees(rounds=20, folds=0).fit(X, left)
    stored = json.loads(json.dumps(model.to_dict()))
    again = boosting.from_dict(stored)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(again.contributions(X), model.contributions(X))
    split = stored["column"].index(-1) - 1

    def changed(name, at, value):
        values = list(stored[name])
        values[at] = value
        return stored | {name: values}

    for wrong, sentence in (
        (changed("column", split, 3), r"column\[2\] is 3; it must be a whole number from -1 to 2"),
        (changed("column", split, 0.5), "column"),
        (changed("column", split, 1e300), "column"),
        (changed("column", split, -1), r"trees are complete|cover is 0|value|left over|not complete"),
        (changed("column", 4, 0), r"."),
        (changed("threshold", split, 1e200), "threshold"),
        (changed("threshold", split, None), "finite"),
        (changed("missing_left", split, 2), "missing_left\\[2\\] is 2"),
        (changed("value", stored["column"].index(-1), "infinity"), "finite"),
        (changed("cover", stored["column"].index(-1), 0.0), "cover.* is 0"),
        (changed("cover", stored["column"].index(-1), 1e-90), "at least 1e-12"),
        (stored | {"trees": 19}, "left over"),
        (stored | {"trees": 21}, "not complete"),
        (stored | {"trees": 10_001}, "trees"),
        (stored | {"columns": ["days"] * 3}, "differ"),
        (stored | {"columns": [1, 2, 3]}, "texts"),
        (stored | {"columns": []}, "columns has 0 entries; it must have 1 to 256"),
        (stored | {"classes": [0]}, "classes has 1 entries; it must have 2"),
        (stored | {"value": stored["value"][:-1]}, "entries"),
        (stored | {"column": 5}, "list"),
        (stored | {"more": 5}, "no key"),
        ({**stored, "family": "forest"}, "family"),
    ):
        with pytest.raises((retain.ArgumentError, TypeError), match=sentence):
            boosting.from_dict(wrong)


def test_scikit_learn_takes_it_for_one_of_its_own():
    sklearn = pytest.importorskip("sklearn")
    from sklearn.base import clone, is_classifier
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    assert sklearn
    X, left = shop()
    model = BoostedTrees(depth=2, rounds=30, folds=0)
    assert is_classifier(model)
    copy = clone(model)
    assert copy is not model and copy.get_params() == model.get_params()
    for scoring in ("roc_auc", "neg_log_loss", "accuracy", None):
        assert len(cross_val_score(model, X, left, cv=3, scoring=scoring)) == 3
    line = make_pipeline(FunctionTransformer(), model).fit(X, left)
    np.testing.assert_array_equal(line.predict_proba(X)[:, 1], model.fit(X, left).predict_proba(X)[:, 1])
    search = GridSearchCV(line, {"boostedtrees__depth": [1, 3]}, cv=2, scoring="neg_log_loss").fit(X, left)
    assert search.best_params_["boostedtrees__depth"] == 3


def test_scikit_learn_is_not_imported():
    import subprocess
    import sys

    code = "import sys, retain; retain.boosting.BoostedTrees(); assert not any(name.startswith('sklearn') for name in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_trees_of_scikit_learn_are_no_better():
    ensemble = pytest.importorskip("sklearn.ensemble")
    X, left = shop(6000, 2)
    fit, judge = slice(0, 4000), slice(4000, None)
    theirs = ensemble.HistGradientBoostingClassifier(max_depth=3, max_leaf_nodes=None, max_iter=100, early_stopping=False, l2_regularization=1.0)
    theirs.fit(X[fit], left[fit])
    ours = BoostedTrees(rounds=100, folds=0).fit(X[fit], left[fit])
    one = retain.scoring.measures(theirs.predict_proba(X[judge])[:, 1], left[judge])
    other = retain.scoring.measures(ours.predict_proba(X[judge])[:, 1], left[judge])
    assert abs(one.auc - other.auc) < 0.003 and abs(one.log_loss - other.log_loss) < 0.005
    chosen = retain.scoring.measures(BoostedTrees().fit(X[fit], left[fit]).predict_proba(X[judge])[:, 1], left[judge])
    assert chosen.log_loss < other.log_loss + 0.005 and abs(chosen.slope - 1) < 3 * chosen.slope_error


def test_real_subscribers_are_told_apart_better_than_by_logistic_regression():
    if "RETAIN_DATA" not in os.environ:
        pytest.skip("RETAIN_DATA is not set: the Iranian subscribers are not there")
    table = pd.read_csv(os.path.join(os.environ["RETAIN_DATA"], "iranian_churn", "iranian_churn.csv"))
    name = next(column for column in table.columns if column.strip().lower() == "churn")
    left, X = table[name].to_numpy(), table.drop(columns=name)
    group = pd.factorize(pd.Series(map(tuple, X.to_numpy())))[0]  # identical rows are not parted
    part, chance = np.random.default_rng(0).integers(0, 5, group.max() + 1)[group], np.empty(len(left))
    for fold in range(5):
        out = part == fold
        chance[out] = BoostedTrees().fit(X[~out], left[~out], customer=group[~out]).risk(X[out])
    found = retain.scoring.measures(chance, left)
    assert found.auc > 0.98 and found.log_loss < 0.13  # logistic regression: 0.93 and 0.23


def test_refuses_with_a_sentence():
    X, left = shop(300)
    for call, sentence in (
        (lambda: BoostedTrees().fit(X, np.ones(300, bool)), "outcome is 1 for all 300 customers"),
        (lambda: BoostedTrees().fit(X, np.zeros(300)), "outcome is 0 for all 300 customers"),
        (lambda: BoostedTrees().fit(X[:30], left[:30]), "with so few, use logistic regression"),
        (lambda: BoostedTrees().fit(X, np.arange(300)), "y has 300 classes"),
        (lambda: BoostedTrees().fit(X, left[:-1]), "y has 299 rows"),
        (lambda: BoostedTrees().fit(X, left, np.full(300, -1.0)), r"weight\[0\] is -1"),
        (lambda: BoostedTrees().fit(X, left, np.ones(299)), "weight has 299 rows"),
        (lambda: BoostedTrees().fit(X.assign(days=np.inf), left), r"is infinity|is inf"),
        (lambda: BoostedTrees(depth=9).fit(X, left), "depth is 9"),
        (lambda: BoostedTrees(rounds=0).fit(X, left), "rounds is 0"),
        (lambda: BoostedTrees(folds=1).fit(X, left), "folds is 1"),
        (lambda: BoostedTrees(learning_rate=2).fit(X, left), "learning_rate is 2"),
        (lambda: BoostedTrees(monotone={"day": 1}).fit(X, left), "no column"),
        (lambda: BoostedTrees(monotone={"x": 0.5}).fit({"x": [1.0, 2.0]}, [0, 1]), r"monotone\['x'\] is 0.5; it must be -1, 0 or 1"),
        (lambda: BoostedTrees(monotone={1: 1}).fit({"1": [1.0, 2.0]}, [0, 1]), "monotone names 1, which is no column"),
        (lambda: BoostedTrees(monotone=[1, 0]).fit(X, left), "monotone has 2 numbers"),
        (lambda: BoostedTrees(monotone=[2, 0, 0]).fit(X, left), "monotone is 2"),
        (lambda: BoostedTrees().set_params(deep=3), "no option 'deep'"),
        (lambda: BoostedTrees().fit(X, left).risk(X[["days"]]), "no column 'orders'"),
        (lambda: BoostedTrees().fit(X, left).risk(X.to_numpy()[:, :2]), "2 columns"),
        (lambda: BoostedTrees().fit(X, left).reasons(X, top=0), "top is 0"),
        (lambda: BoostedTrees().fit(X, left).dependence(X, "age"), "column is 'age'"),
        (lambda: BoostedTrees().predict_proba(X), "not fitted yet"),
        (lambda: BoostedTrees().to_dict(), "not fitted yet"),
    ):
        with pytest.raises((retain.ArgumentError, retain.DataError, ValueError), match=sentence):
            call()
