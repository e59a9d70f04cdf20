"""Spend models of single orders: golden values, a plain computation from the definition, and what they say of two shops."""

import json
import math
import os
import pathlib

import numpy as np
import pandas as pd
import pytest
import retain
from conftest import near, number, read_golden
from retain import spend
from retain.fit import likelihood_ratio
from scipy import integrate, optimize, stats

NAMES = {0: ("p", "q", "gamma", "theta"), 1: ("median", "tau", "sigma", "theta", "delta")}
COLUMNS = ("orders", "mean", "mean_log", "log_squares", "frequency", "time", "time_squares", "time_logs")


def model_of(row):
    family = int(row["family"])
    values = [number(row[f"v{i}"]) for i in range(5)]
    return (spend.LogNormalSpend if family else spend.GammaGammaOrders).from_params(**dict(zip(NAMES[family], values)))


def customer_of(row):
    return {name: [number(row["n" if name == "orders" else name])] for name in COLUMNS}


def test_golden():
    for row in read_golden("spend/orders.csv"):
        model, one = model_of(row), customer_of(row)
        assert near(model.expected(one, time=2.0)[0], number(row["expected"]), 1e-12 * abs(number(row["expected"])))
        for probability in (0.025, 0.5, 0.975):
            want = number(row[f"quantile_{probability}"])
            if want == want:
                assert near(model.quantile(one, probability, time=2.0)[0], want, 1e-11 * want), row["id"]
        if one["orders"] == [0.0]:
            assert math.isnan(model.likelihood(one)[0])
            assert near(model.mean(frequency=number(row["frequency"]), time=2.0).mean, number(row["expected"]), 1e-11 * 1e7)
            continue
        scale = number(row["scale"])
        assert near(model.likelihood(one)[0], number(row["loglik"]), 1e-14 * scale), row["id"]
        for i, slope in enumerate(model.gradient(one)[0]):
            if i < 3 or number(row[f"v{i}"]) != 0.0:  # without an effect its column is not read
                assert near(slope, number(row[f"d{i}"]), 1e-13 * scale), (row["id"], i)


def test_dependence_golden():
    customers = pd.DataFrame(read_golden("spend/dependence_customers.csv")).replace("", "nan")
    for row in read_golden("spend/dependence.csv"):
        some = customers[customers["case"] == row["case"]].drop(columns="case").astype(float)
        found = spend.dependence(some, level=number(row["level"]))
        assert found.customers == number(row["customers"])
        for name in ("pearson", "spearman", "slope"):
            for part, value in zip(("", "_low", "_high", "_p_value"), vars(getattr(found, name)).values()):
                assert near(value, number(row[name + part]), 1e-11), (row["case"], name, part)


# --- from the definition -----------------------------------------------------------------------------------------------------------


def in_pandas(log, end, days, first):
    """The columns, occasion by occasion."""
    paid = pd.DataFrame(log).groupby(["customer", "date"], as_index=False)["value"].sum().sort_values(["customer", "date"])
    rank = paid.groupby("customer").cumcount()
    kept = paid if first else paid[rank > 0]
    kept = kept.assign(log=np.log(kept["value"]), time=(kept["date"] - pd.Timestamp(end)).dt.days / days)
    groups = kept.groupby("customer")
    table = pd.DataFrame({"orders": groups.size(), "mean": groups["value"].mean(), "mean_log": groups["log"].mean()})
    table["time"] = groups["time"].mean()
    off = kept.assign(log=kept["log"] - groups["log"].transform("mean"), time=kept["time"] - groups["time"].transform("mean"))
    off = off.assign(squares=off["log"] ** 2, spans=off["time"] ** 2, products=off["log"] * off["time"]).groupby("customer")
    table["log_squares"], table["time_squares"], table["time_logs"] = (off[name].sum() for name in ("squares", "spans", "products"))
    table = table.reindex(np.unique(paid["customer"]))
    table["orders"] = table["orders"].fillna(0)
    table["frequency"] = paid.groupby("customer").size() - 1
    return table, kept


@pytest.fixture(scope="module")
def shop(cdnow):
    log = {"customer": cdnow["customer"].astype(np.int64), "date": pd.to_datetime(cdnow["date"]), "value": cdnow["value"]}
    keep = log["value"] > 0
    return {name: np.asarray(column)[keep] for name, column in log.items()}


@pytest.fixture(scope="module")
def online_retail():
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip("RETAIN_DATA is not set: no Online Retail")
    lines = pd.read_csv(pathlib.Path(folder) / "online_retail" / "online_retail.csv.gz", parse_dates=["timestamp"])
    lines = lines[lines["customer_id"].notna() & (lines["quantity"] > 0)]
    lines["value"] = lines["quantity"] * lines["unit_price"]
    table = lines.groupby(["customer_id", "invoice"], as_index=False).agg(date=("timestamp", "min"), value=("value", "sum"))
    table = table[table["value"] > 0]
    return {
        "customer": table["customer_id"].to_numpy(np.int64),
        "date": table["date"].dt.normalize().to_numpy(),
        "value": table["value"].to_numpy(),
    }


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("name, end", [("shop", "1998-06-30"), ("online_retail", "2011-12-09")])
def test_columns_are_those_of_pandas(request, name, end, first):
    log = request.getfixturevalue(name)
    found = spend.orders(pd.DataFrame(log), end, with_first=first, unit_days=7)
    want, _ = in_pandas(log, end, 7, first)
    assert list(found["customer"]) == list(want.index)
    for column in COLUMNS:
        np.testing.assert_allclose(found[column], want[column], rtol=1e-9, atol=1e-9, err_msg=column)
    summary = retain.orders.summary(pd.DataFrame(log), end)
    np.testing.assert_array_equal(found["mean"], summary["spend_all" if first else "spend"])


def log_normal_by_hand(entries, log, end):
    """-log L of the log-normal model, every customer with a full covariance matrix: nothing is summed up before."""
    mu, log_tau, log_sigma, theta, delta = entries
    _, kept = in_pandas(log, end, 30.4375, False)
    frequency = kept.groupby("customer")["value"].transform("size")
    mean = mu + theta * np.log1p(frequency) + delta * kept["time"]
    total = 0.0
    for _, part in kept.assign(left=kept["log"] - mean).groupby("customer"):
        n = len(part)
        spread = np.exp(2 * log_tau) * np.ones((n, n)) + np.exp(2 * log_sigma) * np.eye(n)
        total += part["log"].sum() - stats.multivariate_normal.logpdf(part["left"], np.zeros(n), spread)
    return total


def gamma_gamma_by_hand(entries, log, end):
    """-log L of Gamma-Gamma, the customer's own rate integrated numerically."""
    p, q, gamma = np.exp(entries[:3])
    _, kept = in_pandas(log, end, 30.4375, False)
    total = 0.0
    for _, part in kept.groupby("customer"):
        values, scale = part["value"].to_numpy(), gamma * (1 + len(part)) ** entries[3]
        centre = (p * len(values) + q) / (scale + values.sum())
        peak = stats.gamma.logpdf(values, p, scale=1 / centre).sum() + stats.gamma.logpdf(centre, q, scale=1 / scale)

        def density(u, values=values, scale=scale, centre=centre, peak=peak):
            rate = centre * np.exp(u)
            found = stats.gamma.logpdf(values, p, scale=1 / rate).sum() + stats.gamma.logpdf(rate, q, scale=1 / scale)
            return np.exp(found - peak) * rate

        total -= np.log(integrate.quad(density, -8, 4, limit=200)[0]) + peak
    return total


def test_likelihood_is_that_of_the_definition(shop):
    some = np.isin(shop["customer"], np.unique(shop["customer"])[::700])
    log = {name: column[some] for name, column in shop.items()}
    customers = spend.orders(pd.DataFrame(log), "1998-06-30", unit_days=30.4375)
    normal = spend.LogNormalSpend.from_params(median=25.0, tau=0.5, sigma=0.7, theta=0.1, delta=-0.02)
    by_hand = log_normal_by_hand((math.log(25.0), math.log(0.5), math.log(0.7), 0.1, -0.02), log, "1998-06-30")
    assert np.nansum(normal.likelihood(customers)) == pytest.approx(-by_hand, rel=1e-11)
    gamma = spend.GammaGammaOrders.from_params(p=3.2, q=4.6, gamma=41.0, theta=0.1)
    by_hand = gamma_gamma_by_hand((math.log(3.2), math.log(4.6), math.log(41.0), 0.1), log, "1998-06-30")
    assert np.nansum(gamma.likelihood(customers)) == pytest.approx(-by_hand, rel=1e-8)


def test_fit_is_the_maximum_that_scipy_finds(shop):
    some = np.isin(shop["customer"], np.unique(shop["customer"])[::300])
    log = {name: column[some] for name, column in shop.items()}
    customers = spend.orders(pd.DataFrame(log), "1998-06-30", unit_days=30.4375)
    model = spend.LogNormalSpend(depends_on_frequency=True, trend=True).fit(customers)
    values = list(model.params_.values())
    start = [*np.log(values[:3]), *values[3:]]
    found = optimize.minimize(log_normal_by_hand, start, args=(log, "1998-06-30"), method="BFGS", options={"maxiter": 3})
    assert -model.report_.log_likelihood == pytest.approx(found.fun, abs=1e-4)
    np.testing.assert_allclose(found.x, start, atol=2e-3)


# --- what they say of two shops -------------------------------------------------------------------------------------------------------


def fits(log, end):
    customers = spend.orders(pd.DataFrame(log), end, unit_days=30.4375)
    gamma, normal = spend.GammaGammaOrders().fit(customers), spend.LogNormalSpend().fit(customers)
    return customers, gamma, normal


def test_cdnow_is_nearer_to_log_normal_and_spend_rises_with_frequency(shop):
    customers, gamma, normal = fits(shop, "1998-06-30")
    found = spend.compare(gamma, normal, customers)
    assert found.difference == pytest.approx(gamma.report_.log_likelihood - normal.report_.log_likelihood, abs=1e-6)
    assert found.statistic < -5 and found.p_value < 1e-6
    for model in (spend.GammaGammaOrders(depends_on_frequency=True), spend.LogNormalSpend(depends_on_frequency=True)):
        small = gamma if isinstance(model, spend.GammaGammaOrders) else normal
        model.fit(customers)
        assert likelihood_ratio(small, model).p_value < 1e-20
        assert 0.08 < model.params_["theta"] < 0.14
        busy, seldom = model.mean(frequency=10), model.mean(frequency=1)
        assert busy.low > seldom.high
    assert spend.dependence(customers).slope.value == pytest.approx(0.1, abs=0.02)
    trend = spend.LogNormalSpend(depends_on_frequency=True, trend=True).fit(customers)
    assert likelihood_ratio(spend.LogNormalSpend(depends_on_frequency=True).fit(customers), trend).p_value > 0.05


def test_online_retail_is_nearer_to_gamma_gamma_and_one_customer_hides_the_dependence(online_retail):
    customers, gamma, normal = fits(online_retail, "2011-12-09")
    assert spend.compare(gamma, normal, customers).statistic > 5
    found = spend.dependence(customers)
    assert found.pearson.p_value > 0.1  # means of a few wholesalers decide it
    assert found.spearman.p_value < 1e-6 and found.slope.p_value < 1e-6


def test_limits_hold_as_often_as_they_say():
    """Of the mean and of predictions, by simulation from the model."""
    chance = np.random.default_rng(8)
    truth = spend.LogNormalSpend.from_params(median=30.0, tau=0.5, sigma=0.6)
    mean, inside, predicted = 30.0 * math.exp((0.25 + 0.36) / 2), 0, 0.0
    for _ in range(200):
        n = chance.integers(1, 6, 300)
        own = math.log(30.0) + 0.5 * chance.standard_normal(300)
        logs = own[:, None] + 0.6 * chance.standard_normal((300, 6))
        counted = np.arange(6) < n[:, None]
        centre = np.where(counted, logs, 0).sum(1) / n
        squares = (np.where(counted, logs - centre[:, None], 0) ** 2).sum(1)
        table = {"orders": n, "mean": np.where(counted, np.exp(logs), 0).sum(1) / n, "mean_log": centre, "log_squares": squares}
        found = spend.LogNormalSpend().fit(table).mean()
        inside += found.low < mean < found.high
        low, high = (truth.quantile(table, probability) for probability in (0.05, 0.95))
        coming = np.exp(own + 0.6 * chance.standard_normal(300))
        predicted += np.mean((low < coming) & (coming < high)) / 200
    assert 178 <= inside <= 199  # 190 expected
    assert predicted == pytest.approx(0.9, abs=0.005)


def test_models_of_means_and_of_orders_agree_about_limits_and_quantiles(cdnow):
    """Given the same parameters and covariance, and delta method by hand."""
    log = {**cdnow, "customer": cdnow["customer"].astype(np.int64)}
    summary = retain.orders.summary(pd.DataFrame(log), "1998-06-30").head(3000)
    model = retain.GammaGamma().fit(summary)
    customers = spend.orders(pd.DataFrame(log), "1998-06-30").head(3000)
    other = spend.GammaGammaOrders.from_params(**model.params_)
    np.testing.assert_allclose(model.quantile(summary, 0.9), other.quantile(customers, 0.9), rtol=1e-12)
    found = model.interval(summary, level=0.9)
    np.testing.assert_allclose(found["expected_spend"], model.expected(summary), rtol=1e-12)
    p, q, gamma = model.params_.values()
    x, y = summary["frequency"], np.where(summary["frequency"] > 0, summary["frequency"] * summary["spend"], 0)
    slopes = np.column_stack([1 / p - x / (p * x + q - 1), -1 / (p * x + q - 1), 1 / (gamma + y)])
    spread = np.sqrt(np.einsum("ij,jk,ik->i", slopes, model.report_.covariance, slopes))
    np.testing.assert_allclose(np.log(found["high"] / found["expected_spend"]), stats.norm.ppf(0.95) * spread, rtol=1e-7)
    low, high = model.mean_interval()
    assert low < model.mean() < high
    with pytest.raises(retain.ArgumentError, match="was not fitted"):
        retain.GammaGamma.from_params(p=1, q=2, gamma=3).mean_interval()


# --- habits ------------------------------------------------------------------------------------------------------------------------------


def test_models_are_stored_and_read(shop):
    customers, gamma, normal = fits({name: column[:6000] for name, column in shop.items()}, "1998-06-30")
    for model in (gamma, normal):
        stored = json.loads(json.dumps(model.to_dict()))
        again = spend.from_dict(stored)
        assert again.params_ == model.params_
        np.testing.assert_array_equal(again.expected(customers), model.expected(customers))
        np.testing.assert_array_equal(again.interval(customers)["low"], model.interval(customers)["low"])
        assert again.mean() == model.mean()
        known = type(model).from_params(**model.params_)
        with pytest.raises(retain.RetainError, match="was not fitted"):
            known.interval(customers)
        assert math.isnan(known.mean().low)
        found = model.interval(customers.head(50), level=0.9)
        assert (found["low"] < found["expected_spend"]).all() and (found["expected_spend"] < found["high"]).all()
        assert list(model.predict(customers)) == list(model.expected(customers))
        assert "delta" in model.summary()
    with pytest.raises(retain.ArgumentError, match="family"):
        spend.from_dict({"format": "libretain model", "version": 1, "family": "BG/NBD"})
    assert normal.get_params() == {"depends_on_frequency": False, "trend": False, "iterations": 200, "level": 0.95}
    assert spend.LogNormalSpend(trend=True).set_params(depends_on_frequency=True).depends_on_frequency


def test_says_why_a_fit_cannot_be_made():
    alike = {"orders": [3.0] * 5, "mean": [10.0] * 5, "mean_log": [math.log(10.0)] * 5, "log_squares": [0.0] * 5}
    differ = {**alike, "mean": [1.0, 2.0, 3.0, 4.0, 5.0], "mean_log": list(np.log([1.0, 2.0, 3.0, 4.0, 5.0]))}
    for model in (spend.GammaGammaOrders(), spend.LogNormalSpend()):
        with pytest.raises(retain.ConvergenceError, match="too little|fewer|same value") as raised:
            model.fit(alike)
        with pytest.raises(retain.ConvergenceError, match="same value") as raised:
            model.fit(differ)
        assert raised.value.report.verdict == "too little data"
    with pytest.raises(retain.ConvergenceError, match="no customer has two orders"):
        spend.LogNormalSpend().fit({**differ, "orders": [1.0] * 5})


def test_refuses_what_is_wrong():
    good = {"orders": [2.0], "mean": [3.0], "mean_log": [1.0], "log_squares": [0.1]}
    model = spend.LogNormalSpend.from_params(median=3.0, tau=0.5, sigma=0.5, theta=0.1)
    with pytest.raises(retain.ArgumentError, match="frequency"):
        model.expected(good)
    with pytest.raises(retain.DataError, match="logarithm of the mean"):
        spend.LogNormalSpend().fit({**good, "mean_log": [2.0]})
    with pytest.raises(retain.ArgumentError, match="sigma"):
        spend.LogNormalSpend.from_params(median=3.0, tau=0.5, sigma=0.0)
    with pytest.raises(retain.ArgumentError, match="theta"):
        spend.GammaGammaOrders.from_params(p=1.0, q=2.0, gamma=3.0, theta=math.inf)
    with pytest.raises(retain.ArgumentError, match="probability"):
        spend.LogNormalSpend.from_params(median=3.0, tau=0.5, sigma=0.5).quantile(good, 1.5)
    with pytest.raises(TypeError, match="second"):
        spend.compare(model, 5, good)
    with pytest.raises(retain.NotFitted):
        spend.LogNormalSpend().mean()
