"""Logistic regression on public data sets: as good as scikit-learn's, and with signs that are learnt."""

import os
import pathlib

import numpy as np
import pandas as pd
import pytest
from retain import LogisticRisk, scoring
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

DATA = os.environ.get("RETAIN_DATA")
needs_data = pytest.mark.skipif(DATA is None, reason="RETAIN_DATA is unset: no public data sets")


def read(path):
    return pd.read_csv(pathlib.Path(str(DATA)) / path)


def iranian():
    table = read("iranian_churn/iranian_churn.csv")
    return table.drop(columns=["churn"]).astype(float), table["churn"].to_numpy()


def telco():
    table = read("telco_churn/telco_churn.csv.gz")
    y = (table.pop("Churn") == "Yes").to_numpy().astype(int)
    table = table.drop(columns=["customerID"])
    table["TotalCharges"] = pd.to_numeric(table["TotalCharges"], errors="coerce")
    return pd.get_dummies(table, drop_first=True, dtype=float), y


def cross_validated(X, y):
    """Out-of-fold risks of ours and of scikit-learn's best of five penalties."""
    ours, theirs = np.empty(len(y)), {c: np.empty(len(y)) for c in (0.01, 0.1, 1.0, 10.0, 100.0)}
    for train, test in StratifiedKFold(5, shuffle=True, random_state=1).split(X, y):
        ours[test] = LogisticRisk().fit(X.iloc[train], y[train]).risk(X.iloc[test])
        filled = X.fillna(X.iloc[train].mean())
        for c, risk in theirs.items():
            model = make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=5000))
            risk[test] = model.fit(filled.iloc[train], y[train]).predict_proba(filled.iloc[test])[:, 1]
    return ours, min(theirs.values(), key=lambda risk: log_loss(y, risk))


@needs_data
@pytest.mark.parametrize("data", [iranian, telco])
def test_it_is_as_good_as_the_best_of_scikit_learn(data):
    X, y = data()
    ours, theirs = cross_validated(X, y)
    assert roc_auc_score(y, ours) > roc_auc_score(y, theirs) - 0.002
    assert log_loss(y, ours) < log_loss(y, theirs) + 0.002
    assert scoring.measures(ours, y).slope == pytest.approx(1.0, abs=0.05)


@needs_data
def test_values_that_are_missing_cost_next_to_nothing():
    X, y = telco()
    assert X["TotalCharges"].isna().sum() == 11 and not y[X["TotalCharges"].isna()].any()  # new customers: a sign of their own
    assert np.isfinite(LogisticRisk().fit(X, y).missing_[list(X).index("TotalCharges")])
    holes = X.mask(np.random.default_rng(2).random(X.shape) < 0.1)
    ours = LogisticRisk().fit(holes, y)
    assert roc_auc_score(y, ours.risk(holes)) > roc_auc_score(y, LogisticRisk().fit(X, y).risk(X)) - 0.03


@needs_data
def test_signs_are_learnt_and_are_those_of_all_else_being_equal():
    X, y = iranian()
    table = LogisticRisk().fit(X, y).summary().set_index("entry")
    assert table.loc["complaint", "low"] > 0.0 and table.loc["status", "low"] > 0.0 and table.loc["calls", "high"] < 0.0
    alone = LogisticRisk().fit(X[["call_failures"]], y).summary().set_index("entry")
    assert table.loc["call_failures", "low"] > 0.0 > alone.loc["call_failures", "coefficient"]  # who calls much meets failures, and stays


@needs_data
def test_late_deliveries_are_followed_by_bad_reviews():
    orders = read("olist/olist_orders.csv").dropna(subset=["order_delivered_customer_date"])
    delivered, promised = (pd.to_datetime(orders[name], format="ISO8601") for name in ("order_delivered_customer_date", "order_estimated_delivery_date"))
    bought = pd.to_datetime(orders["order_purchase_timestamp"], format="ISO8601")
    X = pd.DataFrame({"late": (delivered > promised) * 1.0, "days": (delivered - bought).dt.total_seconds() / 86400,
                      "items": orders["order_items_qty"], "value": orders["order_products_value"], "freight": orders["order_freight_value"]})
    bad = (orders["review_score"] <= 2).to_numpy()
    model = LogisticRisk(l2=0.0).fit(X, bad)
    table = model.summary().set_index("entry")
    assert table.loc["late", "odds_ratio"] > 2.0 and table.loc["late", "low"] > 0.0 and table.loc["late", "marginal_low"] > 0.1
    assert table.loc["items", "low"] > 0.0
    raising = model.reasons(X[X["late"] == 1.0], top=1, direction="raising")
    assert (raising["predictor"] == "late").mean() > 0.5
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=20000).fit((X - X.mean()) / X.std(), bad)
    assert model.predict_proba(X) == pytest.approx(theirs.predict_proba((X - X.mean()) / X.std()), abs=1e-6)
