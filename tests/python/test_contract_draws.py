"""Draws of contract models: what each draw answers is computed here from the definition, and posteriors are those of a grid."""

import csv
import math
import pathlib

import numpy as np
import pytest
import retain
from retain import SBG, BdW, ConvergenceError, Prior
from scipy.special import betaln
from scipy.stats import binom

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden/contract_draws"
SHOPS = {"forty": [40, 38, 37], "loyal": [25, 25, 25, 25], "many": [869, 743, 653, 593, 551, 517]}
FAMILIES = {"sBG": SBG, "BdW": BdW}
MONTH = 30.4375


def drawn(family=SBG, shop="forty", **more):
    return family().posterior_cohorts(SHOPS[shop], period_days=MONTH, **{"seed": 5, **more})


def log_survival(known, t):
    p = np.exp(known.values)
    z = float(t) ** (p[:, 2] if p.shape[1] > 2 else 1.0)
    return betaln(p[:, 0], p[:, 1] + z) - betaln(p[:, 0], p[:, 1])


@pytest.mark.parametrize("family", [SBG, BdW])
def test_answers_are_those_of_every_draw(family):
    known = drawn(family, draws=500, chains=2, prior=Prior(parameters=0.7))
    t, behind = [1, 4, 12], [0, 2, 3]
    wanted = [np.exp(log_survival(known, n + k) - log_survival(known, n)) for n, k in zip(behind, t)]
    found = known.survival(t, survived=behind, level=0.8)
    assert found["mean"] == pytest.approx([w.mean() for w in wanted], rel=1e-9)
    assert found["deviation"] == pytest.approx([w.std(ddof=1) for w in wanted], rel=1e-6)
    assert found["low"] == pytest.approx([np.quantile(w, 0.1) for w in wanted], rel=1e-9)
    assert found["high"] == pytest.approx([np.quantile(w, 0.9) for w in wanted], rel=1e-9)
    leaving = np.exp(log_survival(known, 4)) - np.exp(log_survival(known, 5))
    assert known.pmf([5])["mean"][0] == pytest.approx(leaving.mean(), rel=1e-9)
    assert known.retention([5])["mean"][0] == pytest.approx(np.exp(log_survival(known, 5) - log_survival(known, 4)).mean(), rel=1e-9)
    terms = np.array([np.exp(log_survival(known, 2 + j) - log_survival(known, 2)) / 1.1**j for j in range(13)])
    assert known.discounted([2], rate=0.1, periods=12)["mean"][0] == pytest.approx(terms.sum(axis=0).mean(), rel=1e-9)
    elasticity = (terms * np.arange(13)[:, None]).sum(axis=0) / terms.sum(axis=0)
    assert known.elasticity([2], rate=0.1, periods=12)["mean"][0] == pytest.approx(elasticity.mean(), rel=1e-9)
    assert known.lifetime([2], periods=2)["mean"][0] == pytest.approx(
        1 + (np.exp(log_survival(known, 3) - log_survival(known, 2)) + np.exp(log_survival(known, 4) - log_survival(known, 2))).mean(), rel=1e-9
    )


def test_a_total_is_a_mixture_of_binomials():
    known = drawn(shop="many")
    base = known.total([2] * 400, periods=3, level=0.9)
    stays = np.exp(log_survival(known, 5) - log_survival(known, 2))
    assert base.value == pytest.approx(400 * stays.mean(), rel=1e-9)
    assert base.standard_error == pytest.approx(400 * stays.std(ddof=1), rel=1e-6)
    assert base.variance == pytest.approx((400 * stays * (1 - stays)).mean(), rel=1e-9)
    share = lambda k: binom.cdf(k, 400, stays).mean()  # noqa: E731
    assert share(base.least) == pytest.approx(0.05, abs=0.01)
    assert share(base.most) == pytest.approx(0.95, abs=0.01)
    paid = known.total([2] * 400, what="discounted", annual_rate=0.1, periods=12, worth=9.0)
    assert paid.value == pytest.approx(9 * 400 * known.discounted([2], annual_rate=0.1, periods=12)["mean"][0], rel=1e-9)
    assert 9 * 400 < paid.least < paid.low < paid.value < paid.high < paid.most
    assert known.total([2] * 400, what="leaving", periods=3).value == pytest.approx(400 * known.pmf([3], survived=2)["mean"][0], rel=1e-9)


def test_a_posterior_is_that_of_a_grid():
    with open(GOLDEN / "posterior.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    known = {}
    for want in rows:
        key = (want["family"], want["shop"])
        if key not in known:
            known[key] = drawn(FAMILIES[key[0]], key[1], draws=1000, prior=Prior(parameters=float(want["prior_sd"])))
        if not want["quantity"].startswith("log_"):
            continue
        column = known[key].values[:, ["log_alpha", "log_beta", "log_c"].index(want["quantity"])]
        error = float(want["deviation"]) / math.sqrt(1000)
        assert column.mean() == pytest.approx(float(want["mean"]), abs=4.5 * error)
        assert np.quantile(column, 0.05) == pytest.approx(float(want["low"]), abs=12 * error + 0.05)
        assert np.quantile(column, 0.95) == pytest.approx(float(want["high"]), abs=12 * error + 0.05)


def test_rows_and_cohorts_give_the_same_draws_and_a_model():
    rows = {"periods": [1, 1, 2, 2], "left": [1, 1, 1, 0], "weight": [1, 1, 1, 37]}
    one = SBG().posterior(rows, period_days=MONTH, draws=500, seed=2, threads=2)
    two = drawn(draws=500, seed=2)
    assert np.array_equal(one.values, two.values) and one.model.params_ == two.model.params_
    assert one.chains == 4 and len(one) == 2000 and one.entries == ("alpha", "beta") and one.report.verdict == "converged"
    assert one.report.prior_sd == 2.0
    summary = one.summary()["alpha"]
    assert summary.median == pytest.approx(np.exp(np.median(one.values[:, 0])), rel=1e-3)


def test_refits_that_ended_on_a_boundary_are_told_and_can_be_asked():
    with pytest.raises(ConvergenceError, match="ended on a boundary or a ridge") as refused:
        SBG().bootstrap_cohorts([1000, 500, 250, 125], period_days=MONTH, draws=50, seed=1)
    known = refused.value.draws
    assert known.report.verdict == "unsteady" and refused.value.report is known.report
    assert known.retention([4])["mean"][0] == pytest.approx(0.5, abs=0.03)
    with pytest.raises(ConvergenceError, match="nobody has come to a renewal decision") as refused:
        SBG().posterior_cohorts([12], period_days=MONTH)
    assert np.isnan(refused.value.draws.values).all() and refused.value.report.verdict == "too little data"


def test_bad_arguments_are_refused():
    for more in ({"draws": 3}, {"chains": 65}):
        with pytest.raises(retain.ArgumentError, match="draws is"):
            drawn(**more)
    with pytest.raises(retain.ArgumentError, match="coefficients"):
        drawn(prior=Prior(parameters=1.0, coefficients=1.0))
    with pytest.raises(retain.ArgumentError, match=r"prior\.centre must name alpha, beta"):
        drawn(prior=Prior(parameters=1.0, centre={"alpha": 1.0}))
    with pytest.raises(retain.ArgumentError, match="draws is 0"):
        SBG().bootstrap_cohorts([10, 8], period_days=MONTH, draws=0)
    known = drawn(draws=500)
    with pytest.raises(retain.ArgumentError, match="periods is 0"):
        known.discounted(0, periods=0)
    with pytest.raises(retain.ArgumentError, match="what"):
        known.total([0], what="retention")
    with pytest.raises(retain.DataError, match=r"t\[0\]"):
        known.survival([0.5])
