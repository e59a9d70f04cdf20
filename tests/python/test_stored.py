"""Models that are stored: read again they foretell the same to the last bit, in Python and in PHP; what is wrong in them is named."""

import copy
import json
import math

import numpy as np
import pytest
import retain
from conftest import ROOT

ASKED = {"frequency": [2.0, 0.0, 5.0], "t_x": [30.43, 0.0, 12.0], "T": [38.86, 38.86, 38.0], "east": [1.0, 0.0, 1.0]}
DONORS = {"frequency": [4.0, 0.0], "t_x": [5.0, 0.0], "T": [6.0, 6.0]}
VALUES = {"orders": [3.0, 1.0], "mean": [20.0, 80.0], "mean_log": [2.9, 4.3], "log_squares": [0.5, 0.0], "frequency": [4.0, 1.0]}


X = {"tickets": [0.0, 1, 2, 3], "plan": [1.0, 0, 1, 0]}
REGRESSIONS = {"Cox": retain.cox, "logistic": retain.logistic, "hazard": retain.hazard, "boosted trees": retain.boosting}
REGRESSIONS |= dict.fromkeys(("Weibull", "exponential", "log-logistic", "log-normal"), retain.accelerated)


def read(stored):
    if stored["family"] in REGRESSIONS:
        return REGRESSIONS[stored["family"]].from_dict(stored)
    module = retain.btyd if "unit_days" in stored else retain.contract if "period_days" in stored else retain.spend
    return module.from_dict(stored)


def answers(name, model):
    """What the generators of the golden files asked."""
    if name == "known":
        return {"value": model.orders({key: ASKED[key] for key in ("frequency", "t_x", "T")}, days=91)}
    if name == "seasons":
        return {"purchase": [model.purchase_["december"]]}
    named = ("survival", "low", "high")
    if name == "Cox":
        return dict(zip(named, model.survival(X, 3, lasted=1, limits=True))) | {"remaining": model.remaining(X, 6)}
    if name == "Cox of strata":
        return dict(zip(named, model.survival(X, 2, stratum=["new", "old", "new", "old"], limits=True)))
    if name == "logistic":
        return model.risk(X, limits=True)
    if name == "boosted trees":
        return {"risk": model.risk(X)}
    if name in REGRESSIONS:
        return dict(zip(named, model.survival(X, 30, lasted=1, limits=True)))
    if isinstance(model, retain.btyd.Model):
        return model.orders(DONORS, days=3652.5, level=0.9) if name == "BGBB" else model.orders(ASKED, days=91, level=0.9)
    if isinstance(model, retain.contract.Contract):
        return model.survival([8.0, 12.0], limits=True)
    return model.interval({"frequency": [2.0, 0.0], "spend": [50.0, math.nan]} if name == "GammaGamma" else VALUES)


def golden_file(name):
    return json.loads((ROOT / "tests" / "golden" / "stored" / f"{name}.json").read_text(encoding="utf-8"))


def golden(language):
    return golden_file(language)["cases"]


@pytest.mark.parametrize("language", ["python", "php"])
@pytest.mark.parametrize("place", range(25))
def test_what_either_language_stored_foretells_what_it_foretold(language, place):
    case = golden(language)[place]
    model = read(case["stored"])
    assert json.loads(json.dumps(model.to_dict(), allow_nan=False)) == case["stored"]
    got = answers(case["name"], model)
    assert set(got) == set(case["answers"])
    for name, wanted in case["answers"].items():
        want = np.array([math.nan if value is None else value for value in wanted])
        np.testing.assert_allclose(np.asarray(got[name], dtype=float), want, rtol=1e-11)


def test_all_is_kept_to_the_last_bit(cdnow_sample):
    customers = retain.orders.summary(cdnow_sample, "1997-09-30", unit_days=7)
    customers["east"] = (np.asarray(customers["customer"]) % 2).astype(float)
    model = retain.ParetoNBD(level=0.8).fit(customers, covariates=["east"], equal=["east"])
    again = read(json.loads(json.dumps(model.to_dict(), allow_nan=False)))
    assert repr(again) == repr(model) and again.summary() == model.summary() and again.level == 0.8
    for name, value in vars(model.report_).items():
        np.testing.assert_array_equal(np.asarray(getattr(again.report_, name)), np.asarray(value), err_msg=name)
    for ask in (
        lambda of: of.orders(ASKED, days=91, level=0.9)["low"],
        lambda of: of.next_order(ASKED, level=0.9)["high"],
        lambda of: list(vars(of.total(ASKED, days=91)).values()),
        lambda of: of.normal(draws=10, seed=1).values.tolist(),
    ):
        np.testing.assert_array_equal(ask(again), ask(model))
    plain = read(retain.ParetoNBD().fit(customers).to_dict())
    assert retain.fit.likelihood_ratio(plain, again).degrees_of_freedom == 1


def test_a_model_of_seasons_is_stored_and_asked_with_its_seasons():
    log = {"customer": np.arange(600) % 200, "date": np.datetime64("2020-01-01") + (np.arange(600) * 7) % 500, "value": np.ones(600)}
    seasons = retain.Seasons.holidays("2020-01-01", "2022-12-31", {"december": [("2020-12-01", "2020-12-26")]})
    histories = retain.Histories(log, "2021-06-30", unit_days=7, seasons=seasons)
    model = retain.ParetoNBD.from_params(r=0.6, alpha=9, s=0.5, beta=11, unit_days=7, covariates={"december": {"purchase": 0.7}})
    again = read(json.loads(json.dumps(model.to_dict())))
    np.testing.assert_array_equal(again.orders(histories, days=91), model.orders(histories, days=91))


def at(stored, *path):
    """The part of a stored model that holds the last key of a path."""
    for key in path[:-1]:
        stored = stored[key]
    return stored


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("format",), "xml", "format is 'xml'"),
        (("version",), 2, "version is 2; this version of the library reads 1"),
        (("family",), "BG/BG", "family is 'BG/BG'; it must be one of"),
        (("family",), "sBG", "family is 'sBG'; it must be one of"),
        (("unit_days",), math.inf, "unit_days is inf"),
        (("unit_days",), "infinity", "unit_days is inf; it must be a finite number"),
        (("unit_days",), "7", "unit_days is '7'; it must be a number"),
        (("unitDays",), 7, "unitDays is no key"),
        (("parameters",), None, "parameters must be a dict"),
        (("parameters", "r"), None, "parameters.r is null; it must be a finite number"),
        (("parameters", "r"), math.nan, "parameters.r is nan; a number that does not exist is null"),
        (("parameters", "r"), True, "parameters.r must be a number"),
        (("parameters", "r"), -1.0, "r is -1; it must be positive"),
        (("parameters", "s"), 1.0, "parameters.s is no key"),
        (("covariates",), {}, "covariates must be a list"),
        (("covariates", 0, "name"), 5, "covariates[0].name must be a text"),
        (("covariates", 0, "purchase"), None, "covariates[0].purchase is null"),
        (("covariates", 0, "weight"), 1, "covariates[0].weight is no key"),
        (("covariates", 0, "name"), "west", "fit.entries must be r, alpha, a, b, purchase[west], lifetime[west]"),
        (("fit", "verdict"), "splendid", "fit.verdict is 'splendid'"),
        (("fit", "kind", 0), "guessed", "fit.kind[0] is 'guessed'"),
        (("fit", "level"), 95, "fit.level is 95"),
        (("fit", "rows"), 2.5, "fit.rows is 2.5; it must be a whole number"),
        (("fit", "rows"), -1, "fit.rows is -1"),
        (("fit", "has_prior"), 1, "fit.has_prior must be true or false"),
        (("fit", "low"), [1.0], "fit.low has 1 entries; it must have 6"),
        (("fit", "covariance"), [1.0], "fit.covariance has 1 entries; it must have 36"),
        (("fit", "covariance", 3), "x", "fit.covariance[3] is 'x'"),
        (("fit", "covariance", 3), math.nan, "fit.covariance[3] is nan"),
        (("fit", "covariance", 1), 0.0, "fit.covariance[1] is 0 and covariance[6] is"),
        (("fit", "covariance", 0), -1.0, "fit.covariance[0] is -1; a variance is at least 0"),
        (("fit", "covariance", 0), 1e-9, "with the variances given it can be no larger"),
        (("fit", "covariance", 35), 9.0, "fit.standard_error[5] is"),
        (("fit", "standard_error", 0), 3.0, "fit.standard_error[0] is 3; the square root of its variance"),
        (("fit", "low", 0), 1e9, "fit.low[0] is 1e+09; it must not be above fit.high[0]"),
        (("fit", "customers"), -5, "fit.customers is -5; it must be at least 0"),
        (("fit", "guess"), 3.0, "fit.guess is no key"),
        (("k",), 3, "k is no key"),
    ],
)
def test_what_is_wrong_is_named(path, value, said):
    stored = copy.deepcopy(next(case["stored"] for case in golden("python") if case["name"] == "covariates"))
    at(stored, *path)[path[-1]] = value
    with pytest.raises((retain.ArgumentError, TypeError)) as caught:
        retain.btyd.from_dict(stored)
    assert said in str(caught.value)


@pytest.mark.parametrize("case", golden("open"), ids=lambda case: case["name"])
def test_a_model_whose_data_say_too_little_is_kept_for_what_it_says(case):
    model = read(case["stored"])
    assert json.loads(json.dumps(model.to_dict(), allow_nan=False)) == case["stored"]
    assert model.report_.verdict in ("too little data", "one class")
    typed = copy.deepcopy(case["stored"])
    typed["fit"]["verdict"] = "converged"
    with pytest.raises(retain.ArgumentError, match="is null; it must be a finite number"):
        read(typed)


def test_parameters_that_no_fit_left_open_are_not_stored():
    table = {"frequency": [0.0, 0.0], "t_x": [0.0, 0.0], "T": [1.0, 1.0]}
    with pytest.raises(retain.ConvergenceError) as caught:
        retain.ParetoNBD().bootstrap(table, unit_days=7, draws=2)
    with pytest.raises(retain.ArgumentError, match="this model has no parameters, nor a fit that says why"):
        caught.value.model.to_dict()


@pytest.mark.parametrize("case", golden_file("refused")["refused"], ids=lambda case: f"{case['model']} {case['path']}")
def test_both_languages_refuse_the_same_in_the_same_words(case):
    models = {each["name"]: each["stored"] for each in golden("python")} | {"hazard": golden_file("open")["hazard"]}
    stored = copy.deepcopy(models[case["model"]])
    assert json.loads(json.dumps(read(stored).to_dict(), allow_nan=False)) == stored
    at(stored, *case["path"])[case["path"][-1]] = case["value"]
    with pytest.raises(retain.ArgumentError) as caught:
        read(stored)
    assert str(caught.value) == case["said"]


@pytest.mark.parametrize("path", [("format",), ("version",), ("family",), ("unit_days",), ("parameters", "r"), ("covariates",), ("fit",)])
def test_what_is_missing_is_named(path):
    stored = copy.deepcopy(golden("python")[1]["stored"])
    del at(stored, *path)[path[-1]]
    with pytest.raises(retain.ArgumentError, match=f"{'.'.join(path)} is missing in the stored model"):
        retain.btyd.from_dict(stored)


def test_a_standard_error_below_zero_is_refused():
    stored = copy.deepcopy(golden("python")[1]["stored"])
    stored["fit"]["standard_error"][0] *= -1.0
    with pytest.raises(retain.ArgumentError, match=r"fit.standard_error\[0\] is -.*; it must be at least 0"):
        retain.btyd.from_dict(stored)


def test_models_of_a_pool_are_stored_one_by_one():
    rng = np.random.default_rng(5)
    table = {"frequency": rng.poisson(2.0, 300).astype(float), "T": np.full(300, 52.0), "store": np.arange(300) % 5}
    table["t_x"] = np.where(table["frequency"] > 0.0, 30.0, 0.0)
    pool = retain.Pool(retain.NBD(level=0.8), varies=["alpha"]).fit(table, by="store", unit_days=7, fixed={"r": 1.5})
    for model in (pool.model_of(3), pool.population_, pool.new_group_):
        again = read(json.loads(json.dumps(model.to_dict(), allow_nan=False)))
        assert again.report_.kind == ("held", "estimated") and again.level == 0.8
        asked = {"frequency": [2.0, 0.0], "t_x": [30.0, 0.0], "T": [52.0, 52.0]}
        np.testing.assert_array_equal(again.orders(asked, days=91, level=0.9)["low"], model.orders(asked, days=91, level=0.9)["low"])


def test_a_covariance_of_nothing_and_two_covariates_of_one_name_are_refused():
    stored = copy.deepcopy(golden("python")[1]["stored"])
    variances = stored["fit"]["covariance"][::5]
    signs = [[1, -0.9, 0.9, 0], [-0.9, 1, 0.9, 0], [0.9, 0.9, 1, 0], [0, 0, 0, 1]]
    stored["fit"]["covariance"] = [
        signs[i][j] * math.sqrt(variances[i] * variances[j]) if i != j else variances[i] for i in range(4) for j in range(4)
    ]
    with pytest.raises(retain.ArgumentError, match=r"fit\.covariance is not positive semidefinite"):
        retain.btyd.from_dict(stored)
    covaried = copy.deepcopy(next(case["stored"] for case in golden("python") if case["name"] == "covariates"))
    covaried["covariates"] *= 2
    with pytest.raises(retain.ArgumentError, match=r"covariates\[1\]\.name is 'east', and so is another's"):
        retain.btyd.from_dict(covaried)
    with pytest.raises(TypeError, match="stored must be a dict"):
        retain.spend.from_dict([1, 2])


def regression(name):
    return copy.deepcopy(next(case["stored"] for case in golden("php") if case["name"] == name))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("ties",), "exact", "ties is 'exact'; it must be one of 'efron', 'breslow'"),
        (("robust",), 1, "robust must be true or false"),
        (("columns",), [], "columns has 0 entries; it must have 1 to 40"),
        (("columns", 0, "coefficient"), "1", "columns[0].coefficient is '1'; it must be a number"),
        (("columns", 0, "reference"), None, "columns[0].reference is null; it must be a finite number"),
        (("columns", 1, "name"), "tickets", "columns[1].name is 'tickets', and so is that of columns[0]"),
        (("columns", 1, "name"), "price", "fit.entries must be tickets, price"),
        (("strata", 1), "new", "strata[1] is 'new', and so is strata[0]"),
        (("strata", 1), 5, "strata[1] is 5, and strata[0] 'new'; all must be texts, or all whole numbers"),
        (("strata",), None, "it must be a whole number from 0 to 0"),
        (("baseline", "time"), [1.0], "baseline.stratum has 9 entries; it must have 1"),
        (("baseline", "time", 1), 1.0, "baseline.time[1] is 1; it must ascend within a stratum"),
        (("baseline", "stratum", 0), 2, "baseline.stratum[0] is 2; it must be a whole number from 0 to 1"),
        (("baseline", "stratum", 0), 1, "strata must ascend"),
        (("baseline", "hazard", 1), 0.0, "baseline.hazard[1] is 0; it must be finite and not fall within a stratum"),
        (("baseline", "hazard", 1), None, "baseline.hazard[1] is NaN"),
        (("baseline", "variance", 0), -1.0, "baseline.variance[0] is -1"),
        (("baseline", "drift", 3), "infinity", "baseline.drift[3] is inf"),
        (("baseline", "drift"), [1.0], "baseline.drift has 1 entries; it must have 18"),
        (("baseline", "at_risk", 0), -1.0, "baseline.at_risk[0] is -1"),
        (("baseline", "more"), [], "baseline.more is no key"),
        (("fit",), None, "fit is null; a Cox regression comes from a fit"),
        (("fit", "covariance", 0), -1.0, "fit.covariance[0] is -1; a variance is at least 0"),
        (("fit", "z"), [1.0], "fit.z has 1 entries; it must have 2"),
        (("fit", "p_value", 1), 1.5, "fit.p_value[1] is 1.5; it must lie in [0, 1]"),
        (("fit", "degrees"), "infinity", "fit.degrees is inf; it must lie in [0, 40]"),
        (("fit", "concordance"), 2.0, "fit.concordance is 2; it must lie in [0, 1]"),
    ],
)
def test_what_is_wrong_with_a_cox_regression_is_named(path, value, said):
    stored = regression("Cox of strata")
    at(stored, *path)[path[-1]] = value
    with pytest.raises((retain.ArgumentError, TypeError)) as caught:
        retain.cox.from_dict(stored)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("family",), "Gompertz", "family is 'Gompertz'; it must be one of 'Weibull'"),
        (("parameters", "scale"), -1.0, "parameters.scale is -1; it must be positive"),
        (("parameters", "shape"), 2.0, "parameters.shape is 2; it must be 1 of an exponential"),
        (("columns", 0, "name"), "scale", "which is what a parameter of the model is called"),
        (("columns", 0, "coefficient"), True, "columns[0].coefficient must be a number"),
        (("fit",), None, "fit is null; an accelerated failure time model comes from a fit"),
        (("fit", "low"), [1.0], "fit.low has 1 entries; it must have 4"),
    ],
)
def test_what_is_wrong_with_an_accelerated_model_is_named(path, value, said):
    stored = regression("exponential")
    at(stored, *path)[path[-1]] = value
    with pytest.raises((retain.ArgumentError, TypeError)) as caught:
        retain.accelerated.from_dict(stored)
    assert said in str(caught.value)


def test_regressions_are_kept_to_the_last_bit():
    rng = np.random.default_rng(3)
    table = {"late": rng.poisson(1.0, 400).astype(float), "app": rng.integers(0, 2, 400).astype(float)}
    exit, left, land = rng.exponential(9.0, 400), rng.integers(0, 2, 400), rng.integers(0, 3, 400).astype(float)
    model = retain.CoxRegression(robust=True, level=0.9).fit(table, exit, left, stratum=land)
    again = read(json.loads(json.dumps(model.to_dict(), allow_nan=False)))
    assert again.overall_ == model.overall_ and again.robust and again.level == 0.9 and again.summary() == model.summary()
    for name, column in model.coefficients().items():
        np.testing.assert_array_equal(again.coefficients()[name], column)
    for name, column in model.baseline().items():
        np.testing.assert_array_equal(again.baseline()[name], column)
    for ask in (
        lambda of: of.survival(table, [1, 5], lasted=2, stratum=land, limits=True),
        lambda of: of.remaining(table, 4, stratum=land, limits=True),
        lambda of: of.risk(table, limits=True)["low"],
        lambda of: of.quantile(table, stratum=land),
    ):
        np.testing.assert_array_equal(np.asarray(ask(again)), np.asarray(ask(model)))
    for family in ("Weibull", "log-normal"):
        model = retain.AcceleratedRegression(family).fit(table, exit, left)
        again = read(json.loads(json.dumps(model.to_dict(), allow_nan=False)))
        np.testing.assert_array_equal(np.asarray(again.quantile(table, limits=True)), np.asarray(model.quantile(table, limits=True)))
        np.testing.assert_array_equal(np.asarray(again.remaining(table, 90, limits=True)), np.asarray(model.remaining(table, 90, limits=True)))
        assert again.get_params() == model.get_params() and again.report_.aic == model.report_.aic


def test_a_regression_without_a_maximum_is_kept_for_what_it_says():
    with pytest.raises(retain.ConvergenceError) as caught:
        retain.CoxRegression().fit({"late": [1, 1, 1, 0, 0, 0]}, [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0])
    again = read(json.loads(json.dumps(caught.value.model.to_dict(), allow_nan=False)))
    assert again.report_.explanation == caught.value.report.explanation
    with pytest.raises(retain.ArgumentError, match="no baseline to forecast with: its fit ended with 'boundary'"):
        again.survival({"late": [1.0]}, 1)
    with pytest.raises(retain.NotFitted):
        retain.CoxRegression().to_dict()
    dated = retain.CoxRegression().fit({"late": [1, 0, 2, 1, 0, 3]}, [1, 2, 3, 4, 5, 6], stratum=[0.5, 0.5, 0.5, 1.5, 1.5, 1.5])
    with pytest.raises(retain.ArgumentError, match="stratum has the label 0.5"):
        dated.to_dict()
