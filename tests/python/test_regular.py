"""Customers who buy regularly: BG/CNBD-k and MBG/CNBD-k against brute force, and on real shops."""

from __future__ import annotations

import copy
import json
import os
import pathlib

import numpy as np
import pandas as pd
import pytest
import retain

TRUTH = {"r": 0.9, "alpha": 1.5, "a": 0.6, "b": 3.0, "k": 3}
PAIRS = {retain.BGCNBD: retain.BGNBD, retain.MBGCNBD: retain.MBGNBD}


@pytest.fixture(scope="module")
def cdnow_log(cdnow_sample):
    return retain.Log(cdnow_sample)


def test_log_gaps_are_those_of_pandas(cdnow_log, cdnow_sample):
    got = retain.orders.summary(cdnow_log, "1997-09-30", unit_days=7, count_zero_orders=True, log_gaps=True)
    frame = pd.DataFrame(cdnow_sample)
    customer, date = retain.Log(cdnow_sample).names["customer"], retain.Log(cdnow_sample).names["date"]
    frame["day"] = pd.to_datetime(frame[date].astype(str))
    frame = frame[frame["day"] <= "1997-09-30"].drop_duplicates([customer, "day"]).sort_values([customer, "day"])
    gaps = frame.groupby(customer)["day"].diff().dt.days / 7
    want = np.log(gaps).groupby(frame[customer]).sum()
    np.testing.assert_allclose(np.asarray(got["log_gaps"]), want.to_numpy(), rtol=0, atol=1e-12)
    assert "log_gaps" not in retain.orders.summary(cdnow_log, "1997-09-30")


@pytest.mark.parametrize("family", PAIRS)
def test_cd_buyers_are_not_regular(cdnow_log, family):
    """As BTYDplus finds on the same data; and with k = 1 the model is the one without the C, to the last bit."""
    customers = retain.orders.summary(cdnow_log, "1997-09-30", unit_days=7, count_zero_orders=True, log_gaps=True)
    model, plain = family().fit(customers), PAIRS[family]().fit(customers)
    assert model.k_ == 1
    assert "Of k = 1 to 12, 1 is the most likely." in model.report_.explanation
    assert model.params_ == plain.params_
    assert model.report_.log_likelihood == plain.report_.log_likelihood
    np.testing.assert_array_equal(model.orders(customers, days=273), plain.orders(customers, days=273))


def test_grocery_shoppers_are_regular():
    data = os.environ.get("RETAIN_DATA")
    if not data:
        pytest.skip("RETAIN_DATA is not set: The Complete Journey is not there")
    lines = pd.read_csv(pathlib.Path(data) / "complete_journey" / "transaction_lines_sample.csv.gz")
    log = {
        "customer": lines["household_id"].to_numpy(),
        "date": lines["transaction_timestamp"].str[:10].to_numpy(),
        "value": lines["sales_value"].to_numpy(float),
    }
    customers = retain.orders.summary(log, "2017-12-31", unit_days=7, count_zero_orders=True, log_gaps=True)
    model = retain.MBGCNBD().fit(customers)
    scores = [retain.MBGCNBD(k=k).fit(customers).report_.log_likelihood for k in (1, 2, 3)]
    assert model.k_ == 2
    np.testing.assert_allclose(scores, [-72671.69, -72228.20, -78791.67], rtol=0, atol=0.01)
    assert model.report_.log_likelihood == scores[1] > scores[0] + 400


def test_grocery_shoppers_do_in_the_second_half_what_was_foreseen():
    data = os.environ.get("RETAIN_DATA")
    if not data:
        pytest.skip("RETAIN_DATA is not set: The Complete Journey is not there")
    lines = pd.read_csv(pathlib.Path(data) / "complete_journey" / "transaction_lines_sample.csv.gz")
    days = pd.DataFrame({"customer": lines["household_id"], "date": lines["transaction_timestamp"].str[:10], "value": lines["sales_value"]})
    assert retain.repeat.regularity(days, "2017-12-31", count_zero_orders=True).k == pytest.approx(1.6694, abs=1e-4)
    customers = retain.orders.summary(days, "2017-06-30", unit_days=7, count_zero_orders=True, log_gaps=True)
    days = days.drop_duplicates(["customer", "date"])
    known = days["customer"].isin(days.loc[days["date"] <= "2017-06-30", "customer"])
    made = (known & (days["date"] > "2017-06-30")).sum()
    assert made == 22481 and len(customers) == 2212
    for family, k, score, forecast in (
        (retain.MBGCNBD, 1, -33624.45, 23432),
        (retain.MBGCNBD, 2, -32776.861389, 22619),
        (retain.MBGCNBD, 3, -35118.563532, 21736),
        (retain.BGCNBD, 1, -33622.89, 23486),
        (retain.BGCNBD, 2, -32777.366761, 22767),
    ):
        model = family(k=k).fit(customers)
        assert model.report_.log_likelihood == pytest.approx(score, abs=1e-5 if k > 1 else 0.01)
        assert model.orders(customers, days=184).sum() == pytest.approx(forecast, abs=0.6)
    assert retain.MBGCNBD().fit(customers).k_ == 2


@pytest.mark.parametrize("family", PAIRS)
def test_expectations_are_those_of_brute_force(family):
    """Customers drawn one by one, ticks and all, in plain NumPy; those who look like the given one are followed on."""
    rng = np.random.default_rng(5)
    draws, k, (r, alpha, a, b) = 400_000, 2, (4.0, 4.0, 1.2, 4.0)
    x, t_x, T, t, width = 2, 4.0, 5.5, 3.0, 0.25
    rate, leave = rng.gamma(r, 1 / alpha, draws), rng.beta(a, b, draws)
    gaps = rng.gamma(k, 1.0, (draws, 40)) / rate[:, None]
    stays = rng.random((draws, 41)) >= leave[:, None]
    if family is retain.BGCNBD:
        stays[:, 0] = True
    made = np.cumprod(stays, axis=1)[:, :40].astype(bool)  # the next purchase is still made
    times = np.where(made, np.cumsum(gaps, axis=1), np.inf)
    count = (times <= T).sum(axis=1)
    like = (count == x) & (np.abs(np.where(count > 0, times[np.arange(draws), np.maximum(count - 1, 0)], 0) - t_x) < width)
    future = ((times > T) & (times <= T + t)).sum(axis=1)[like]
    model = family.from_params(r=r, alpha=alpha, a=a, b=b, k=k, unit_days=1)
    customer = {"frequency": [x], "t_x": [t_x], "T": [T]}
    assert like.sum() > 3000
    assert abs(future.mean() - model.orders(customer, days=t)[0]) < 4 * future.std() / np.sqrt(len(future)) + 0.01
    assert abs((future == 0).mean() - model.silence(customer, days=t)[0]) < 4 * 0.5 / np.sqrt(len(future)) + 0.01


def test_the_future_depends_on_the_last_purchase():
    model = retain.MBGCNBD.from_params(**TRUTH, unit_days=7)
    given_alive = [
        float((1 - model.silence(c, days=7)) / model.alive(c))
        for c in ({"frequency": 9.0, "t_x": 30.0, "T": T} for T in (30.0, 31.5, 33.0))
    ]
    assert given_alive[0] < given_alive[1] < given_alive[2]


def test_fits_and_storage():
    model = retain.MBGCNBD.from_params(**TRUTH, unit_days=7)
    drawn = model.simulate([40.0] * 4000, seed=8)
    fitted = retain.MBGCNBD().fit(drawn)
    assert fitted.k_ == 3
    assert fitted.params_ == retain.MBGCNBD(k=3).fit(drawn).params_
    stored = json.loads(json.dumps(fitted.to_dict()))
    again = retain.btyd.from_dict(stored)
    assert again.k_ == 3 and again.alive(drawn).tolist() == fitted.alive(drawn).tolist()
    assert repr(model) == "MBGCNBD(r=0.9, alpha=1.5, a=0.6, b=3, k=3, unit_days=7)"
    assert retain.MBGCNBD(k=4).get_params() == {"k": 4, "iterations": 200, "level": 0.95}
    assert copy.copy(fitted).k_ == 3
    gradient = fitted.gradient(drawn)
    assert np.abs(gradient.sum(axis=0)).max() < 1e-3
    assert fitted.score(drawn) * 4000 == pytest.approx(fitted.report_.log_likelihood, rel=1e-12)


def test_distinct_customers_fit_the_same():
    drawn = retain.BGCNBD.from_params(**TRUTH, unit_days=7).simulate([20.0] * 1500, seed=9)
    drawn = {name: np.ceil(drawn[name]) if name == "t_x" else drawn[name] for name in ("frequency", "t_x", "T", "log_gaps", "unit_days")}
    drawn["t_x"] = np.maximum(drawn["t_x"], np.where(drawn["frequency"] > 0, 1.0, 0.0)).clip(max=20.0)
    few = retain.orders.distinct(drawn)
    assert len(few["T"]) < 700
    np.testing.assert_allclose((few["weight"] * few["log_gaps"]).sum(), drawn["log_gaps"].sum(), rtol=1e-13)
    all_of_them, short = retain.BGCNBD().fit(drawn), retain.BGCNBD().fit(few)
    assert short.params_ == all_of_them.params_ and short.k_ == all_of_them.k_
    assert short.report_.log_likelihood == pytest.approx(all_of_them.report_.log_likelihood, rel=1e-14)


def test_equal_customers_as_weights_fit_the_same():
    drawn = retain.BGCNBD.from_params(**TRUTH, unit_days=7).simulate([20.0] * 1500, seed=9)
    single = {name: drawn[name] for name in ("frequency", "t_x", "T", "log_gaps", "unit_days")}
    double = {name: np.repeat(column, 2) for name, column in single.items()}
    one = retain.BGCNBD().fit({**single, "weight": np.full(1500, 2.0)})
    two = retain.BGCNBD().fit(double)
    assert one.params_ == two.params_
    assert one.report_.log_likelihood == pytest.approx(two.report_.log_likelihood, rel=1e-15)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"log_gaps": None}, retain.ArgumentError, r"customers.log_gaps is missing; a regular family with k > 1 needs it"),
        ({"log_gaps": [np.nan, 0.0]}, retain.DataError, r"customers.log_gaps\[0\] is NaN; it must be finite"),
        ({"log_gaps": [1.0, 0.5]}, retain.DataError, r"customers.log_gaps\[1\] is 0.5; it must be 0 where frequency is 0"),
        ({"log_gaps": [9.0, 0.0]}, retain.DataError, r"customers.log_gaps\[0\] is 9; it must be at most x log\(t_x / x\)"),
    ],
)
def test_gaps_that_cannot_be_are_refused(change, error, words):
    customers = {"frequency": [3.0, 0.0], "t_x": [6.0, 0.0], "T": [9.0, 9.0], "unit_days": [7.0, 7.0], "log_gaps": [1.5, 0.0]}
    customers.update(change)
    customers = {name: column for name, column in customers.items() if column is not None}
    with pytest.raises(error, match=words):
        retain.BGCNBD().fit(customers)
    with pytest.raises(error, match=words):
        retain.BGCNBD.from_params(**TRUTH, unit_days=7).likelihood(customers)


def test_what_k_may_be():
    for k, words in ((65, r"k is 65; it must lie in \[0, 64\]"), (-1, r"k is -1; it must lie in \[0, 64\]")):
        with pytest.raises(retain.ArgumentError, match=words):
            retain.BGCNBD(k=k).fit({"frequency": [1.0], "t_x": [1.0], "T": [2.0], "log_gaps": [0.0]}, unit_days=7)
    with pytest.raises(retain.ArgumentError, match=r"k is 0; it must lie in \[1, 64\]"):
        retain.BGCNBD.from_params(**{**TRUTH, "k": 0}, unit_days=7)
    with pytest.raises(TypeError, match="'k' is missing"):
        retain.BGCNBD.from_params(r=1, alpha=1, a=1, b=1, unit_days=7)
