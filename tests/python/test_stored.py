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


def read(stored):
    module = retain.btyd if "unit_days" in stored else retain.contract if "period_days" in stored else retain.spend
    return module.from_dict(stored)


def answers(name, model):
    """What the generators of the golden files asked."""
    if name == "known":
        return {"value": model.orders({key: ASKED[key] for key in ("frequency", "t_x", "T")}, days=91)}
    if name == "seasons":
        return {"purchase": [model.purchase_["december"]]}
    if isinstance(model, retain.btyd.Model):
        return model.orders(DONORS, days=3652.5, level=0.9) if name == "BGBB" else model.orders(ASKED, days=91, level=0.9)
    if isinstance(model, retain.contract.Contract):
        return model.survival([8.0, 12.0], limits=True)
    return model.interval({"frequency": [2.0, 0.0], "spend": [50.0, math.nan]} if name == "GammaGamma" else VALUES)


def golden(language):
    return json.loads((ROOT / "tests" / "golden" / "stored" / f"{language}.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("language", ["python", "php"])
@pytest.mark.parametrize("place", range(17))
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


@pytest.mark.parametrize("path", [("format",), ("version",), ("family",), ("unit_days",), ("parameters", "r"), ("covariates",), ("fit",)])
def test_what_is_missing_is_named(path):
    stored = copy.deepcopy(golden("python")[1]["stored"])
    del at(stored, *path)[path[-1]]
    with pytest.raises(retain.ArgumentError, match=f"{'.'.join(path)} is missing in the stored model"):
        retain.btyd.from_dict(stored)


def test_a_standard_error_below_zero_is_refused():
    stored = copy.deepcopy(golden("python")[1]["stored"])
    stored["fit"]["standard_error"][0] *= -1.0
    with pytest.raises(retain.ArgumentError, match=r"fit.standard_error\[0\] is -.*; the square root of its variance"):
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
