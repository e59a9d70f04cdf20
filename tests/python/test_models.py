"""Fits, reports, and what the models promise beyond single values."""

import math
import pickle

import numpy as np
import pandas as pd
import pytest
import retain
from scipy import optimize, special, stats

TRUTH = {
    retain.ParetoNBD: {"r": 0.8, "alpha": 9.0, "s": 0.7, "beta": 12.0},
    retain.BGNBD: {"r": 0.5, "alpha": 5.0, "a": 0.8, "b": 2.5},
    retain.MBGNBD: {"r": 0.6, "alpha": 5.0, "a": 0.7, "b": 2.0},
    retain.GGNBD: {"r": 2.0, "alpha": 4.0, "b": 0.15, "s": 1.0, "beta": 30.0},
    retain.NBD: {"r": 0.5, "alpha": 9.0},
    retain.BGBB: {"alpha": 0.8, "beta": 2.0, "gamma": 0.6, "delta": 4.0},
}
FAMILIES = pytest.mark.parametrize("family", TRUTH, ids=lambda family: family.__name__)


def draw(family, rows=20_000, seed=1, days=0.0):
    model = family.from_params(unit_days=7, **TRUTH[family])
    return model, model.simulate(np.random.default_rng(seed).uniform(20, 60, rows).round(), seed=seed, days=days)


@FAMILIES
def test_a_fit_finds_the_parameters_that_made_the_customers(family):
    truth, customers = draw(family)
    model = family().fit(customers)
    report = model.report_
    assert report.verdict == "converged" and report.success
    assert report.parameters == tuple(TRUTH[family])
    assert model.unit_days_ == 7
    for name, got, error, low, high in zip(
        report.parameters, report.estimate, report.standard_error, report.low, report.high, strict=True
    ):
        assert got == model.params_[name]
        assert low < got < high
        assert abs(got - truth.params_[name]) < 5 * error
    assert np.allclose(np.sqrt(np.diag(report.covariance)), report.standard_error)
    assert np.array_equal(report.covariance, report.covariance.T)
    assert report.aic == pytest.approx(2 * len(TRUTH[family]) - 2 * report.log_likelihood)
    assert report.bic == pytest.approx(len(TRUTH[family]) * math.log(20_000) - 2 * report.log_likelihood)
    assert model.likelihood(customers).sum() == pytest.approx(report.log_likelihood, rel=1e-12)
    assert model.score(customers) == pytest.approx(report.log_likelihood / 20_000, rel=1e-12)
    assert np.abs(model.gradient(customers).sum(axis=0)).max() / 20_000 < 1e-7


@FAMILIES
def test_forecasts_come_true_on_average(family):
    model, customers = draw(family, rows=40_000, seed=2, days=182)
    future, alive = customers["future"], customers["alive"]
    n = len(future)
    for forecast, outcome in (
        (model.orders(customers, days=182), future),
        (model.alive(customers), alive),
        (model.silence(customers, days=182), future == 0),
        (retain.churn.risk(model, customers, days=182), future == 0),
    ):
        assert abs((forecast - outcome).mean()) <= 5 * (forecast - outcome).std() / math.sqrt(n)
    ages = np.unique(customers["T"])
    assert customers["frequency"].mean() == pytest.approx(
        np.mean([model.expected(7 * age) * (customers["T"] == age).mean() * len(ages) for age in ages]), rel=0.05
    )


@FAMILIES
def test_weights_are_identical_customers(family):
    _, customers = draw(family, rows=4000, seed=3)
    whole = family().fit(customers)
    short = retain.orders.distinct(customers)
    assert len(short["weight"]) < 4000
    again = family().fit(short)
    assert list(again.params_.values()) == pytest.approx(list(whole.params_.values()), rel=1e-9)
    assert again.report_.customers == 4000
    assert again.score(short) == pytest.approx(whole.score(customers), rel=1e-12)


def test_a_fit_without_a_trustworthy_optimum_raises_and_hands_over_what_it_found():
    # Nobody ever leaves: the likelihood rises as leaving becomes impossible.
    _, customers = draw(retain.BGNBD, rows=3000)
    customers["frequency"] = np.maximum(customers["frequency"], 1.0)
    customers["t_x"] = customers["T"].copy()
    estimator = retain.BGNBD()
    with pytest.raises(retain.ConvergenceError) as caught:
        estimator.fit(customers)
    error = caught.value
    assert error.code == 5 and error.row is None and str(error)
    assert error.report.verdict == "boundary" and not error.report.success
    assert error.report.explanation
    assert isinstance(error.model, retain.BGNBD) and error.model.report_ is error.report
    assert not hasattr(estimator, "params_")
    assert ((error.model.alive(customers) >= 0) & (error.model.alive(customers) <= 1)).all()
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and again.model.params_ == error.model.params_


def test_too_little_data_is_said():
    with pytest.raises(retain.ConvergenceError) as caught:
        retain.ParetoNBD().fit({"frequency": [0, 0], "t_x": [0, 0], "T": [9, 9]}, unit_days=7)
    assert caught.value.report.verdict == "too little data" or "little" in caught.value.report.verdict
    with pytest.raises(retain.ConvergenceError) as caught:
        retain.GammaGamma().fit({"frequency": [0, 1], "spend": [math.nan, 5.0]})
    assert caught.value.model is not None


def test_options_of_the_fit_are_obeyed():
    _, customers = draw(retain.ParetoNBD)
    with pytest.raises(retain.ConvergenceError) as caught:
        retain.ParetoNBD(iterations=1).fit(customers)
    assert caught.value.report.verdict == "stopped"
    narrow, wide = (retain.ParetoNBD(level=level).fit(customers).report_ for level in (0.5, 0.99))
    assert (wide.low < narrow.low).all() and (narrow.high < wide.high).all()


def test_the_summary_can_be_read():
    _, customers = draw(retain.MBGNBD)
    text = retain.MBGNBD().fit(customers).summary()
    for word in ("MBGNBD(", "unit_days=7", "converged", "estimate", "alpha", "log-likelihood", "AIC"):
        assert word in text
    assert retain.MBGNBD.from_params(unit_days=7, **TRUTH[retain.MBGNBD]).summary().startswith("MBGNBD(r=0.6")


def test_the_unit_of_time_is_carried_along():
    log = {"customer": list(range(50)) * 6, "date": [d for d in (0, 9, 30, 61, 100, 150) for _ in range(50)], "value": [1.0] * 300}
    weeks = retain.orders.summary(log, 200, unit_days=7)
    days = retain.orders.summary(log, 200)
    by_weeks = retain.ParetoNBD.from_params(r=1, alpha=5, s=1, beta=5, unit_days=7)
    by_days = retain.ParetoNBD.from_params(r=1, alpha=35, s=1, beta=35, unit_days=1)
    assert by_weeks.orders(weeks, days=90) == pytest.approx(by_days.orders(days, days=90), rel=1e-12)
    with pytest.raises(ValueError, match="unit_days"):
        by_weeks.alive(days)


def test_spend_is_fitted_to_those_who_came_back():
    random = np.random.default_rng(4)
    x = random.poisson(2.0, 30_000).astype(float)
    rate = random.gamma(4.0, 1 / 15.0, 30_000)
    spend = np.where(x > 0, random.gamma(6.0 * np.maximum(x, 1), 1.0) / (rate * np.maximum(x, 1)), np.nan)
    model = retain.GammaGamma().fit({"frequency": x, "spend": spend})
    for got, error, truth in zip(model.report_.estimate, model.report_.standard_error, (6.0, 4.0, 15.0), strict=True):
        assert abs(got - truth) < 5 * error
    assert model.report_.rows <= (x > 0).sum() and model.report_.customers == (x > 0).sum()
    assert abs(model.correlation_) < 0.05 and model.correlation_ == model.report_.correlation
    assert model.correlation_ == pytest.approx(np.corrcoef(x[x > 0], spend[x > 0])[0, 1], abs=1e-12)
    assert model.mean() == pytest.approx(30.0, rel=0.1)
    assert model.likelihood({"frequency": x, "spend": spend})[x > 0].sum() == pytest.approx(model.report_.log_likelihood, rel=1e-10)


def test_value_is_the_product_of_its_parts():
    model, customers = draw(retain.ParetoNBD, rows=500)
    spend = np.linspace(5, 50, 500)
    margins = np.linspace(0.1, 0.5, 500)
    residual = retain.clv.residual(model, customers, spend, days=365, annual_rate=0.1, margin=margins)
    assert residual == pytest.approx(margins * spend * model.discounted(customers, days=365, annual_rate=0.1), rel=1e-12)
    forever = retain.clv.residual(model, customers, spend, annual_rate=0.1)
    assert (forever >= retain.clv.residual(model, customers, spend, days=3650, annual_rate=0.1)).all()
    spend[3] = math.nan
    assert math.isnan(retain.clv.residual(model, customers, spend, days=365)[3])
    assert np.isinf(
        retain.clv.residual(retain.ParetoNBD.from_params(r=1, alpha=1, s=0.5, beta=1, unit_days=7), customers, spend)[0]
    )
    assert retain.clv.delta(0.1, 365.25) == pytest.approx(math.log(1.1))


def test_nbd_is_the_negative_binomial_of_a_general_program(cdnow_sample):
    """Counts by scipy's distribution; CDNOW by a general minimiser on the likelihood as the books print it."""
    model = retain.NBD.from_params(r=0.385, alpha=12.07, unit_days=1)
    n = np.arange(200)
    want = stats.nbinom.pmf(n, 0.385, 12.07 / (12.07 + 39.0))
    assert model.pmf(n, days=39) == pytest.approx(want, rel=1e-9)
    table = retain.orders.summary(retain.Log(cdnow_sample), "1997-09-30", unit_days=7, count_zero_orders=True)
    x, T = table["frequency"], table["T"]

    def loss(at):
        r, alpha = np.exp(at)
        return -(special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + T)).sum()

    found = optimize.minimize(loss, [0.0, 2.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9})
    fitted = retain.NBD().fit(table)
    assert fitted.report_.log_likelihood == pytest.approx(-found.fun, abs=1e-6)
    assert list(fitted.params_.values()) == pytest.approx(list(np.exp(found.x)), rel=1e-5)
    assert list(fitted.params_.values()) == pytest.approx([0.384766, 12.07202], rel=1e-5)
    assert fitted.report_.log_likelihood == pytest.approx(-9763.657615, abs=1e-5)
    assert fitted.orders(table, days=273).sum() == pytest.approx(2929.8, abs=0.1)


def test_dead_is_not_silent():
    model, customers = draw(retain.MBGNBD, rows=500)
    dead = retain.churn.risk(model, customers, kind="dead")
    assert dead == pytest.approx(1 - model.alive(customers), abs=1e-12)
    assert (retain.churn.risk(model, customers, days=90) >= dead - 1e-12).all()


def test_histories_and_cohorts_take_dates():
    model = retain.BGNBD.from_params(unit_days=7, r=0.25, alpha=4.4, a=0.8, b=2.4)
    dates, looks = ["2024-01-01", "2024-01-15", "2024-01-21"], ["2023-12-31", "2024-01-22", "2024-07-20"]
    days, numbers = [100, 114, 120], [99, 121, 301]
    for given, at in ((dates, looks), (pd.to_datetime(dates), pd.to_datetime(looks)), (pd.Series(pd.to_datetime(dates)), looks)):
        assert np.allclose(np.asarray(model.history(given, at), dtype=float), model.history(days, numbers), equal_nan=True, rtol=1e-12)
        assert np.allclose(np.asarray(model.tracking(given, at), dtype=float), model.tracking(days, numbers), rtol=1e-12)


def test_a_unit_that_contradicts_the_table_is_refused():
    weeks = {"frequency": [2, 0, 1], "t_x": [5, 0, 3], "T": [10, 10, 10], "unit_days": [7, 7, 7]}
    with pytest.raises(retain.ArgumentError, match="unit_days is 1, and customers.unit_days says 7"):
        retain.BGNBD().fit(weeks, unit_days=1)


def test_the_customers_of_cdnow_do_not_age(cdnow_sample):
    """Gamma-Gompertz/NBD has no interior maximum there: its supremum is Pareto/NBD, where b and beta go to 0 together."""
    customers = retain.orders.summary(retain.Log(cdnow_sample), "1997-09-30", unit_days=7, count_zero_orders=True)
    with pytest.raises(retain.ConvergenceError) as raised:
        retain.GGNBD().fit(customers)
    found, limit = raised.value.model.params_, retain.ParetoNBD().fit(customers)
    assert raised.value.report.verdict == "boundary"
    assert "customers do not age, and the model goes to Pareto/NBD" in str(raised.value)
    assert raised.value.report.log_likelihood == pytest.approx(limit.report_.log_likelihood, abs=1e-6)
    for name in ("r", "alpha", "s"):
        assert found[name] == pytest.approx(limit.params_[name], rel=1e-3)
    assert found["beta"] / found["b"] == pytest.approx(limit.params_["beta"], rel=1e-3)
    assert raised.value.model.orders(customers, days=273).sum() == pytest.approx(limit.orders(customers, days=273).sum(), abs=0.01)
