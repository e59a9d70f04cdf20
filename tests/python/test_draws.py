"""Draws of the parameters through the package, and their answers made once more with NumPy."""

from __future__ import annotations

import csv
import math
import pathlib

import numpy as np
import pytest

import retain
from retain import BGNBD, NBD, ConvergenceError, ParetoNBD, Prior
from retain.btyd import Draws

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "draws"

FEW = {"frequency": [0, 0, 2, 1, 0], "t_x": [0, 0, 20, 5, 0], "T": [30, 28, 33, 25, 31], "unit_days": 7}
SANE = Prior(parameters=1.0)


def test_answers_are_those_of_the_models_drawn():
    known = NBD().posterior(FEW, draws=500, seed=3, prior=SANE)
    r, alpha = np.exp(known.values).T
    x, T = np.array(FEW["frequency"]), np.array(FEW["T"])
    orders = (r[:, None] + x) / (alpha[:, None] + T) * 13.0
    found = known.forecast(FEW, "orders", days=91, level=0.9)
    np.testing.assert_allclose(found["mean"], orders.mean(0), rtol=1e-12)
    np.testing.assert_allclose(found["deviation"], orders.std(0, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(found["low"], np.quantile(orders, 0.05, axis=0), rtol=1e-12)
    np.testing.assert_allclose(found["high"], np.quantile(orders, 0.95, axis=0), rtol=1e-12)
    total = known.total(FEW, days=91, level=0.9)
    assert total.value == pytest.approx(orders.sum(1).mean(), rel=1e-12)
    assert total.low == pytest.approx(np.quantile(orders.sum(1), 0.05), rel=1e-12)
    summary = known.summary(level=0.9)
    assert summary["alpha"].mean == pytest.approx(alpha.mean(), rel=1e-12)
    assert summary["alpha"].high == pytest.approx(np.quantile(alpha, 0.95), rel=1e-12)


def test_limits_of_what_will_happen_hold_simulated_futures():
    known = NBD().posterior(FEW, draws=2000, seed=3, prior=SANE)
    total = known.total(FEW, days=91, level=0.9)
    random = np.random.default_rng(5)
    r, alpha = np.exp(known.values).T
    rate = random.gamma(r[:, None] + np.array(FEW["frequency"]), 1 / (alpha[:, None] + np.array(FEW["T"])))
    future = random.poisson(rate * 13.0).sum(1)
    assert total.variance == pytest.approx(future.var() - total.standard_error**2, rel=0.25)
    assert 0.85 < ((future >= math.floor(total.least)) & (future <= math.ceil(total.most))).mean()
    assert (future > total.most).mean() < 0.08


def test_a_bootstrap_of_many_customers_agrees_with_the_fit():
    truth = NBD.from_params(r=0.6, alpha=8, unit_days=7)
    table = truth.simulate([30.0] * 1500, seed=1)
    fit = NBD().fit(table)
    refits = NBD().bootstrap(table, draws=200, seed=2)
    errors = fit.report_.standard_error / fit.report_.estimate
    np.testing.assert_allclose(refits.values.std(0), errors, rtol=0.3)
    assert refits.report.failed == 0 and refits.chains == 0
    np.testing.assert_allclose(list(refits.model.params_.values()), fit.report_.estimate, rtol=1e-9)
    drawn = fit.normal(draws=500, seed=3)
    np.testing.assert_allclose(drawn.values.std(0), errors, rtol=0.2)
    assert drawn.report is None


def test_draws_that_cannot_be_trusted_are_handed_over_all_the_same():
    with pytest.raises(ConvergenceError, match="ended on a boundary or a ridge") as refused:
        BGNBD().bootstrap(FEW, draws=20)
    assert refused.value.report.verdict == "unsteady"
    assert refused.value.draws.report is refused.value.report
    assert refused.value.draws.values.shape == (20, 4)
    with pytest.raises(ConvergenceError) as refused:
        ParetoNBD().posterior(FEW, draws=4, chains=1)
    assert refused.value.report.verdict in ("few draws", "chains apart")


def test_covariates_are_drawn_too():
    random = np.random.default_rng(1)
    channel = np.repeat([0.0, 1.0], 60)
    rate = random.gamma(0.8, 1 / 8, 120) * np.exp(0.8 * channel)
    frequency = random.poisson(rate * 30)
    table = {"frequency": frequency, "t_x": np.where(frequency > 0, 15.0, 0.0), "T": np.full(120, 30.0), "unit_days": 7, "channel": channel}
    known = NBD().posterior(table, draws=400, seed=4, covariates=["channel"])
    assert known.entries == ("r", "alpha", "purchase[channel]", "lifetime[channel]")
    summary = known.summary()
    assert summary["purchase[channel]"].low < 0.8 < summary["purchase[channel]"].high
    assert summary["lifetime[channel]"].deviation == 0.0
    found = known.forecast(table, "orders", days=91)
    r, alpha, gamma = np.exp(known.values[:, 0]), np.exp(known.values[:, 1]), known.values[:, 2]
    last = (r + frequency[-1]) / (alpha * np.exp(-gamma) + 30) * 13
    assert found["mean"][-1] == pytest.approx(last.mean(), rel=1e-12)


def test_bad_arguments_are_refused():
    for bad in (3, 0, -1):
        with pytest.raises(retain.ArgumentError, match="draws"):
            NBD().posterior(FEW, draws=bad)
    with pytest.raises(retain.ArgumentError, match="chains"):
        NBD().posterior(FEW, chains=65)
    with pytest.raises(retain.ArgumentError, match="draws"):
        NBD().bootstrap(FEW, draws=0)
    with pytest.raises(retain.ArgumentError, match="covariance"):
        NBD.from_params(r=1, alpha=1, unit_days=7).normal()
    known = NBD().posterior(FEW, draws=500, prior=SANE)
    with pytest.raises(retain.ArgumentError, match="what is 'quantile'"):
        known.forecast(FEW, "quantile", 0.5, days=91)


def read(name):
    with open(GOLDEN / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_posterior_is_that_of_a_grid():
    rows = read("nbd_rows.csv")
    x, T = (np.array([float(row[name]) for row in rows]) for name in ("x", "T"))
    customers = {"frequency": x, "t_x": np.where(x > 0, 0.5 * T, 0.0), "T": T}
    for want in read("nbd_posterior.csv"):
        if want["quantity"] == "orders":
            continue
        known = NBD().posterior(customers, unit_days=1, draws=1000, seed=7, prior=Prior(parameters=float(want["prior_sd"])))
        drawn, error = known.values[:, int(want["quantity"] == "log_alpha")], float(want["deviation"]) / math.sqrt(1000)
        assert drawn.mean() == pytest.approx(float(want["mean"]), abs=4.5 * error)
        assert np.median(drawn) == pytest.approx(float(want["median"]), abs=6 * error)
        assert np.quantile(drawn, 0.05) == pytest.approx(float(want["low"]), abs=12 * error)
        assert np.quantile(drawn, 0.95) == pytest.approx(float(want["high"]), abs=12 * error)


def test_convergence_is_that_of_arviz():
    chains = read("chains.csv")
    model = NBD.from_params(r=1, alpha=1, unit_days=7)
    for want in read("convergence.csv"):
        if want["quantity"] == "wide":  # beyond the digits of what is shifted
            continue
        drawn = np.array([float(row[want["quantity"]]) for row in chains])
        drawn = np.log(drawn - drawn.min() + 1)  # what is summed up is a parameter, which is positive: shifted, convergence is the same
        found = Draws(model, ("r", "alpha"), np.column_stack([drawn, drawn]), 4, None).summary()["r"]
        assert found.r_hat == pytest.approx(float(want["r_hat"]), rel=1e-9)
        assert found.ess_bulk == pytest.approx(float(want["ess_bulk"]), rel=1e-9)
        assert found.ess_tail == pytest.approx(float(want["ess_tail"]), rel=1e-9)
