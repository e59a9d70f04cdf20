"""Contract models: golden vectors, published fits, the same customers in all forms, and a plain computation with SciPy."""

import csv
import json
import math
import os
import pathlib

import numpy as np
import pytest
import retain
from conftest import near, number, read_golden

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
YEAR = 365.25


def allowed(row, want):
    """By the scale where there is one; else of the value, and where the exact value is 0 the file has what was left of its digits, 1e-79."""
    if "scale" in row:
        return (1e-13 if row["kind"] == "stress" else 1e-14) * float(row["scale"])
    return max((1e-9 if row["kind"] == "stress" else 1e-12) * abs(want), 1e-75)


def check(row, **got):
    for name, value in got.items():
        want = number(row[name])
        assert near(float(value), want, allowed(row, want)), (row["id"], name, value, want)


def bdw(row):
    return retain.BdW.from_params(alpha=number(row["alpha"]), beta=number(row["beta"]), c=number(row["c"]), period_days=YEAR)


def test_sbg_golden():
    for row in read_golden("contract/sbg.csv"):
        model = retain.SBG.from_params(alpha=number(row["alpha"]), beta=number(row["beta"]), period_days=YEAR)
        t, d = int(row["t"]), number(row["d"])
        check(row, p_t=model.pmf(t), log_p_t=model.pmf(t, log=True), survivor_t=model.survival(t),
              log_survivor_t=model.survival(t, log=True), retention_t=model.retention(t),
              derl=model.discounted(t - 1, moment="derl_before", rate=d))
        check({**row, "del": row["del"]}, **{"del": model.discounted(rate=d)})


def test_sbg_likelihood_golden():
    for row in read_golden("contract/sbg_loglik.csv"):
        model = retain.SBG.from_params(alpha=number(row["alpha"]), beta=number(row["beta"]), period_days=YEAR)
        survivors = [int(value) for value in row["survivors"].split()]
        gradient = model.gradient_cohorts(survivors)[0]
        check(row, loglik=model.likelihood_cohorts(survivors), d_log_alpha=gradient[0], d_log_beta=gradient[1])


def test_bdw_golden():
    for row in read_golden("contract/bdw.csv"):
        model, n, t = bdw(row), int(row["n"]), int(row["t"])
        check(row, survival=model.survival(t, survived=n), log_survival=model.survival(t, survived=n, log=True),
              pmf=model.pmf(t, survived=n), log_pmf=model.pmf(t, survived=n, log=True), retention=model.retention(n + t),
              hazard=model.hazard(n + t))


def test_bdw_value_golden():
    for row in read_golden("contract/bdw_value.csv"):
        model, n, d = bdw(row), int(row["n"]), number(row["d"])
        options = {"rate": d, "periods": None if row["horizon"] == "inf" else int(row["horizon"])}
        check(row, derl_before=model.discounted(n, moment="derl_before", **options),
              derl_after=model.discounted(n, moment="derl_after", **options), elasticity_del=model.elasticity(n, **options),
              elasticity_derl=model.elasticity(n, moment="derl_before", **options))
        check(row, **{"del": model.discounted(n, **options)})


def test_bdw_likelihood_golden():
    for row in read_golden("contract/bdw_loglik.csv"):
        survivors = [int(value) for value in row["survivors"].split()]
        gradient = bdw(row).gradient_cohorts(survivors)[0]
        check(row, loglik=bdw(row).likelihood_cohorts(survivors), d_log_alpha=gradient[0], d_log_beta=gradient[1],
              d_log_c=gradient[2])


def test_sbg_estimates():
    for row in read_golden("contract/sbg_mle.csv"):
        survivors = HIGH_END if "highend" in row["fit"] else REGULAR[:5]
        model = retain.SBG().fit_cohorts(survivors, period_days=YEAR)
        want = number(row["estimate"])
        assert model.params_[row["parameter"]] == pytest.approx(want, rel=1e-9)
        at = list(model.params_).index(row["parameter"])
        assert model.report_.standard_error[at] / want == pytest.approx(number(row["std_error_of_log_parameter"]), rel=1e-4)


def test_published_tables():
    model = retain.SBG().fit_cohorts(REGULAR, period_days=YEAR)
    assert list(model.params_.values()) == pytest.approx([0.704077, 1.182042], abs=1e-5)
    assert model.report_.log_likelihood == pytest.approx(-1680.265188, abs=1e-4)
    assert model.survival([8, 9, 10, 11, 12]) == pytest.approx([0.220085, 0.204411, 0.191190, 0.179865, 0.170038], abs=1e-5)
    assert model.retention([1, 2, 3, 4, 5]) == pytest.approx([0.626706, 0.756047, 0.818823, 0.855903, 0.880383], abs=1e-5)
    assert model.discounted(annual_rate=0.1) == pytest.approx(3.694909, abs=1e-5)
    model = retain.SBG().fit_cohorts(HIGH_END, period_days=YEAR)
    assert list(model.params_.values()) == pytest.approx([0.668088, 3.806089], abs=1e-5)
    assert model.discounted([0, 1, 2, 3], moment="derl_before", rate=0.1) == pytest.approx(
        [5.414479, 5.901379, 6.293893, 6.619922], abs=1e-5)
    for survivors, want, value in ((REGULAR, [0.455614, 0.779325, 1.283451], -1679.60283),
                                   (HIGH_END, [0.214253, 1.426575, 1.723565], -1605.31421)):
        larger = retain.BdW().fit_cohorts(survivors, period_days=YEAR)
        assert list(larger.params_.values()) == pytest.approx(want, abs=2e-5)
        assert larger.report_.log_likelihood == pytest.approx(value, abs=1e-4)


def test_agrees_with_scipy():
    """The published recursion of P(T = t) and SciPy's optimiser, written from the papers."""
    optimize = pytest.importorskip("scipy.optimize")

    def loss(logs):
        alpha, beta = np.exp(logs)
        p = [alpha / (alpha + beta)]
        for t in range(2, len(HIGH_END)):
            p.append(p[-1] * (beta + t - 2) / (alpha + beta + t - 1))
        lost = -np.diff(HIGH_END)
        return -(lost @ np.log(p) + HIGH_END[-1] * math.log(1 - sum(p)))

    found = optimize.minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11})
    model = retain.SBG().fit_cohorts(HIGH_END, period_days=YEAR)
    assert list(model.params_.values()) == pytest.approx(np.exp(found.x), rel=1e-6)
    assert model.report_.log_likelihood == pytest.approx(-found.fun, abs=1e-8)


def test_years_that_were_held_out():
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip("RETAIN_DATA is not set")
    with open(pathlib.Path(folder) / "sbg" / "sbg_survivors.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for name in ("high_end", "regular"):
        seen = [float(row[name]) for row in rows]
        model = retain.SBG().fit_cohorts(seen[:8], period_days=YEAR)
        later = np.array(model.survival(list(range(8, 13)))) * 1000
        assert np.abs(later - seen[8:]).max() < 17


def test_all_forms_of_the_same_customers_give_the_same_fit():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    drawn = retain.BdW.from_params(alpha=0.9, beta=4, c=1.3, period_days=30.4375).simulate([3] * 500 + [6] * 700, seed=3)
    assert (drawn["lifetime"] >= 1).all() and drawn["left"].dtype == np.uint8
    rows = {"periods": drawn["periods"], "left": drawn["left"]}
    cohorts = []
    for start, end, seen in ((0, 500, 3), (500, 1200, 6)):
        cohorts.append([float((drawn["lifetime"][start:end] > t).sum()) for t in range(seen + 1)])
    wide = np.full((2, 7), np.nan)
    wide[0, :4], wide[1] = cohorts
    model = retain.BdW().fit(rows, period_days=30.4375)
    counted = {}
    for period, left in zip(*rows.values()):
        counted[period, left] = counted.get((period, left), 0) + 1
    distinct = {"periods": [k[0] for k in counted], "left": [bool(k[1]) for k in counted], "weight": list(counted.values())}
    frame = pd.DataFrame(wide)
    for other in (retain.BdW().fit(pd.DataFrame(rows), period_days=30.4375), retain.BdW().fit(distinct, period_days=30.4375),
                  retain.BdW().fit(pl.DataFrame(rows), period_days=30.4375),
                  *(retain.BdW().fit_cohorts(table, period_days=30.4375) for table in (cohorts, wide, frame))):
        assert other.params_ == model.params_
        assert other.report_.log_likelihood == model.report_.log_likelihood
    total = np.sum(model.likelihood(rows))
    assert np.sum(model.likelihood_cohorts(cohorts)) == pytest.approx(total, rel=1e-12)
    assert model.report_.log_likelihood == pytest.approx(total, rel=1e-12)
    assert model.score(distinct) == pytest.approx(total / 1200, rel=1e-12)
    assert model.gradient(rows).sum(axis=0) == pytest.approx(model.gradient_cohorts(wide).sum(axis=0), abs=1e-8)
    assert isinstance(model.likelihood_cohorts(frame), pd.Series)


def test_results_are_of_the_kind_that_was_given():
    pd = pytest.importorskip("pandas")
    model = retain.SBG().fit_cohorts(REGULAR, period_days=YEAR)
    assert isinstance(model.survival(3), float)
    assert isinstance(model.survival([1, 2]), list)
    table = model.survival(pd.Series([1, 2, 3]), limits=True)
    assert list(table.columns) == ["survival", "low", "high"] and (table["low"] < table["survival"]).all()
    limits = model.discounted(0, annual_rate=0.1, limits=True)
    assert limits["low"] < limits["discounted"] < limits["high"]
    assert (model.retention(np.arange(1, 9), limits=True)["high"] > model.retention(np.arange(1, 9))).all()
    stays = model.predict(pd.DataFrame({"periods": [3, 3], "left": [True, False]}, index=["a", "b"]), periods=2)
    assert stays["a"] == 0 and stays["b"] == pytest.approx(model.survival(2, survived=3))
    assert model.survival([1, 2], survived=5) == model.survival([1, 2], survived=[5, 5])
    assert model.survival(1, survived=[5, 6]) == pytest.approx([model.retention(6), model.retention(7)])


def test_models_are_stored_and_described():
    model = retain.BdW().fit_cohorts(HIGH_END, period_days=YEAR)
    again = retain.contract.from_dict(json.loads(json.dumps(model.to_dict())))
    assert again.params_ == model.params_ and again.lifetime() == math.inf
    assert "converged" in model.summary() and "BdW(alpha=0.214253" in model.summary()
    assert retain.SBG.from_params(alpha=3.0, beta=4.0, period_days=30).lifetime() == pytest.approx(3.0)
    monthly = retain.SBG.from_params(alpha=0.7, beta=1.2, period_days=YEAR / 12)
    assert monthly.discounted(annual_rate=0.1) == pytest.approx(monthly.discounted(rate=1.1 ** (1 / 12) - 1), rel=1e-14)


def test_what_is_no_fit_says_why():
    with pytest.raises(retain.ConvergenceError, match="all customers leave with the same probability") as caught:
        retain.SBG().fit_cohorts([1000, 800, 640, 512, 409.6, 327.68], period_days=30)
    assert caught.value.model.retention(3) == pytest.approx(0.8, abs=1e-6)
    assert caught.value.report.verdict == "boundary"
    limits = caught.value.model.survival(2, limits=True)
    assert math.isnan(limits["low"]) and limits["survival"] == pytest.approx(0.64)
    with pytest.raises(retain.ConvergenceError, match="nobody has left"):
        retain.BdW().fit({"periods": [1.0, 2.0], "left": [0, 0]}, period_days=30)


MODEL = retain.SBG.from_params(alpha=0.7, beta=1.2, period_days=YEAR)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: retain.SBG().fit_cohorts([10, 11], period_days=1), "survivors[0, 1] is 11, more than the 10 before"),
        (lambda: retain.SBG().fit_cohorts([[10, 9], [math.nan, 5]], period_days=1), "survivors[1, 0] is NaN"),
        (lambda: retain.SBG().fit_cohorts([[10, math.nan, 5]], period_days=1), "survivors[0, 1] is NaN and a number follows"),
        (lambda: retain.SBG().fit_cohorts([10, 9], period_days=0), "period_days is 0"),
        (lambda: retain.SBG().fit_cohorts("10 9", period_days=1), "survivors"),
        (lambda: retain.SBG().fit({"periods": [1, 0], "left": [1, 1]}, period_days=1), "periods[1] is 0; who left"),
        (lambda: retain.SBG().fit({"periods": [1.5], "left": [1]}, period_days=1), "periods[0] is 1.5"),
        (lambda: retain.SBG().fit({"periods": [1], "left": [2]}, period_days=1), "left[0] is 2"),
        (lambda: retain.SBG().fit({"periods": [1]}, period_days=1), "'left'"),
        (lambda: retain.SBG().fit({"periods": [1], "left": [1], "weight": [-1]}, period_days=1), "weight[0] is -1"),
        (lambda: MODEL.survival(-1), "t[0] is -1"),
        (lambda: MODEL.survival([1, 2], survived=[1, 2, 3]), "t has 2 rows, survived has 3"),
        (lambda: MODEL.survival(1, limits=True), "not fitted"),
        (lambda: MODEL.survival(1, limits=1), "limits"),
        (lambda: MODEL.retention(0), "t[0] is 0"),
        (lambda: MODEL.discounted(-1), "survived[0] is -1"),
        (lambda: MODEL.discounted(0, periods=1.5), "periods must be a whole number"),
        (lambda: MODEL.elasticity(0, periods=-1), "periods is -1"),
        (lambda: MODEL.discounted(0, moment="DEL"), "moment is 'DEL'"),
        (lambda: MODEL.discounted(0, annual_rate=-0.1), "annual_rate is -0.1"),
        (lambda: MODEL.discounted(0, rate=-0.1), "rate is -0.1"),
        (lambda: MODEL.discounted(0, rate=0.1, annual_rate=0.1), "give one of them"),
        (lambda: MODEL.simulate([1.0], seed=-1), "seed is -1"),
        (lambda: retain.BdW.from_params(alpha=1, beta=1, c=1e6, period_days=1).survival(1), "model.c is 1e"),
        (lambda: retain.BdW.from_params(alpha=1, beta=1, period_days=1), "'c' is missing"),
        (lambda: retain.SBG().survival(1), "no parameters yet"),
        (lambda: retain.contract.from_dict({"format": "libretain model", "version": 1, "family": "Beta"}), "family is 'Beta'"),
        (lambda: retain.contract.from_dict(5), "stored"),
    ],
)
def test_refuses_by_name(call, words):
    with pytest.raises((TypeError, ValueError, retain.RetainError)) as caught:
        call()
    assert words in str(caught.value), str(caught.value)
