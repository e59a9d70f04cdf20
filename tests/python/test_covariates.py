"""Covariates of buy-till-you-die models against a plain likelihood that SciPy maximises, and what the Python layer adds."""

import json
import math

import numpy as np
import pandas as pd
import pytest
import retain
from retain.fit import likelihood_ratio
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

TRUTH = {
    retain.ParetoNBD: {"r": 0.8, "alpha": 8.0, "s": 0.9, "beta": 12.0},
    retain.BGNBD: {"r": 0.6, "alpha": 5.0, "a": 0.8, "b": 2.5},
    retain.MBGNBD: {"r": 0.6, "alpha": 5.0, "a": 0.8, "b": 2.5},
}
COEFFICIENTS = {"channel": {"purchase": 0.5, "lifetime": -0.4}, "basket": {"purchase": 0.2, "lifetime": 0.3}}


def draw(family, rows, seed=3):
    rng = np.random.default_rng(seed)
    model = family.from_params(unit_days=7, covariates=COEFFICIENTS, **TRUTH[family])
    covariates = {"channel": (rng.random(rows) < 0.4).astype(float), "basket": rng.normal(2.0, 0.7, rows)}
    return model, pd.DataFrame(model.simulate(30.0 + 9.0 * rng.random(rows), seed=seed, covariates=covariates))


def of_each(parameters, purchase, lifetime, z, family):
    """Parameters of every customer, straight from the definition."""
    p = np.exp(parameters)
    u, v = z @ purchase, z @ lifetime
    if family is retain.ParetoNBD:
        return p[0], p[1] * np.exp(-u), p[2], p[3] * np.exp(-v)
    return p[0], p[1] * np.exp(-u), p[2] * np.exp(v / 2), p[3] * np.exp(-v / 2)


def pareto_likelihood(r, alpha, s, beta, x, t_x, T):
    """Fader & Hardie 2005, eq. 18 with the integral as a difference of two hypergeometric functions."""

    def part(t):
        larger = np.maximum(alpha, beta)
        inner = np.where(alpha >= beta, s + 1.0, r + x)
        return hyp2f1(r + s + x, inner, r + s + x + 1.0, np.abs(alpha - beta) / (larger + t)) / (larger + t) ** (r + s + x)

    front = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    alive = (alpha + T) ** -(r + x) * (beta + T) ** -s
    return front + np.log(alive + s / (r + s + x) * (part(t_x) - part(T)))


def bg_likelihood(r, alpha, a, b, x, t_x, T, more):
    """BG/NBD eq. 6 (more = 0), MBG/NBD eq. 5 (more = 1): how many chances to leave were survived."""
    chances = x + more
    front = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + chances) - betaln(a, b) - (r + x) * np.log(alpha + T)
    with np.errstate(divide="ignore", invalid="ignore"):
        dead = np.where(chances > 0, betaln(a + 1, b + chances - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x), -np.inf)
    return front + np.logaddexp(alive, dead)


def log_likelihood(theta, customers, family):
    z = customers[["channel", "basket"]].to_numpy()
    p = of_each(theta[:4], theta[4:6], theta[6:8], z, family)
    columns = [customers[name].to_numpy() for name in ("frequency", "t_x", "T")]
    if family is retain.ParetoNBD:
        return pareto_likelihood(*p, *columns)
    return bg_likelihood(*p, *columns, 1.0 if family is retain.MBGNBD else 0.0)


@pytest.mark.parametrize("family", TRUTH)
def test_scipy_finds_the_same_optimum(family):
    _, customers = draw(family, 800)
    model = family().fit(customers, covariates=["channel", "basket"])
    report = model.report_
    theta = np.concatenate([np.log(report.estimate[:4]), report.estimate[4:]])
    np.testing.assert_allclose(model.likelihood(customers), log_likelihood(theta, customers, family), rtol=1e-8, atol=1e-8)
    assert report.log_likelihood == pytest.approx(log_likelihood(theta, customers, family).sum(), rel=1e-9)
    start = np.concatenate([np.log(list(TRUTH[family].values())), np.zeros(4)])
    found = minimize(lambda at: -log_likelihood(at, customers, family).sum(), start, method="BFGS", options={"gtol": 1e-3})
    assert -found.fun <= report.log_likelihood + 1e-6
    assert -found.fun == pytest.approx(report.log_likelihood, abs=1e-3)
    np.testing.assert_allclose(found.x[4:], report.estimate[4:], atol=5e-3)


@pytest.mark.parametrize("family", TRUTH)
def test_gradient_has_the_coefficients_too(family):
    model, customers = draw(family, 50)
    step = 1e-5
    gradient = model.gradient(customers)
    assert gradient.shape == (50, 8)
    theta = np.concatenate([np.log(list(TRUTH[family].values())), [0.5, 0.2], [-0.4, 0.3]])
    for entry in range(8):
        up, down = theta.copy(), theta.copy()
        up[entry] += step
        down[entry] -= step
        slope = (log_likelihood(up, customers, family) - log_likelihood(down, customers, family)) / (2 * step)
        np.testing.assert_allclose(gradient[:, entry], slope, rtol=1e-4, atol=1e-4)


def test_predictions_read_each_customers_covariates():
    model, customers = draw(retain.ParetoNBD, 300)
    every = model.orders(customers, days=90)
    for row in (0, 7, 123):
        at = customers.iloc[row]
        u = 0.5 * at.channel + 0.2 * at.basket
        v = -0.4 * at.channel + 0.3 * at.basket
        own = retain.ParetoNBD.from_params(r=0.8, alpha=8.0 * np.exp(-u), s=0.9, beta=12.0 * np.exp(-v), unit_days=7)
        assert every.iloc[row] == pytest.approx(own.orders(dict(at[["frequency", "t_x", "T"]]), days=90), rel=1e-12)
        assert model.expected(90, covariates={"channel": at.channel, "basket": at.basket}) == pytest.approx(own.expected(90), rel=1e-12)
    risk = retain.churn.risk(model, customers, days=90)
    np.testing.assert_array_equal(risk, model.silence(customers, days=90))
    assert np.isfinite(retain.clv.residual(model, customers, np.full(300, 10.0), days=365)).all()


def test_models_with_covariates_can_be_stored():
    model, customers = draw(retain.BGNBD, 300)
    again = retain.btyd.from_dict(json.loads(json.dumps(model.to_dict())))
    assert again.to_dict() == model.to_dict()
    np.testing.assert_array_equal(again.alive(customers), model.alive(customers))


def test_summary_names_the_coefficients_and_the_prior():
    _, customers = draw(retain.BGNBD, 50)
    model = retain.BGNBD().fit(
        customers, covariates=["channel", "basket"], lifetime=["channel"], prior=retain.Prior(parameters=1.5, coefficients=1.0)
    )
    text = model.summary()
    for words in ("purchase[channel]", "lifetime[channel]", "held", "the prior", "less the prior"):
        assert words in text
    assert model.lifetime_["basket"] == 0.0 and model.report_.has_prior and np.isnan(model.report_.aic)
    assert model.report_.objective < model.report_.log_likelihood


def test_likelihood_ratio_compares_nested_models_only():
    _, customers = draw(retain.MBGNBD, 3000)
    names = ["channel", "basket"]
    full = retain.MBGNBD().fit(customers, covariates=names)
    fewer = retain.MBGNBD().fit(customers, covariates=names, purchase=["basket"], fixed={"r": 0.6})
    bare = retain.MBGNBD().fit(customers)
    test = likelihood_ratio(fewer, full)
    assert test.degrees_of_freedom == 2 and test.p_value < 0.01
    assert likelihood_ratio(bare.report_, full.report_).degrees_of_freedom == 4
    assert fewer.params_["r"] == 0.6 and fewer.purchase_["channel"] == 0.0
    equal = retain.MBGNBD().fit(customers, covariates=names, equal=["channel"])
    assert equal.purchase_["channel"] == equal.lifetime_["channel"]
    assert likelihood_ratio(equal, full).degrees_of_freedom == 1
    with pytest.raises(retain.ArgumentError, match="must estimate more|special case"):
        likelihood_ratio(full, fewer)
    with pytest.raises(retain.ArgumentError, match="other covariates"):
        likelihood_ratio(retain.MBGNBD().fit(customers, covariates=["channel"]), full)
    with pytest.raises(TypeError, match="restricted must be a Report"):
        likelihood_ratio(1, full)


def test_verdicts_name_the_covariate():
    _, customers = draw(retain.BGNBD, 400)
    customers["country"] = 3.0
    with pytest.raises(retain.ConvergenceError, match=r"purchase\[country\] and lifetime\[country\].*country is the same for all"):
        retain.BGNBD().fit(customers, covariates=["channel", "country"])
    customers["twice"] = 2.0 * customers["channel"] + 1.0
    with pytest.raises(retain.ConvergenceError, match="One of channel, twice follows from the others"):
        retain.BGNBD().fit(customers, covariates=["channel", "twice"])


@pytest.mark.parametrize(
    "options, message",
    [
        ({"covariates": "channel"}, "covariates must be a list of names"),
        ({"covariates": ["colour"]}, "no column 'colour'"),
        ({"covariates": ["channel", "channel"]}, "names a covariate twice"),
        ({"covariates": [5]}, "covariates must be names"),
        ({"covariates": ["channel"], "purchase": ["basket"]}, "purchase names 'basket'"),
        ({"covariates": ["channel"], "fixed": {"q": 1.0}}, "fixed names 'q'"),
        ({"covariates": ["channel"], "fixed": {"r": -1.0}}, r"fixed\[r\] is -1"),
        ({"prior": 1.0}, "prior must be a Prior"),
        ({"prior": retain.Prior(parameters=-1.0)}, "prior.parameters is -1"),
        ({"prior": retain.Prior(parameters=1.0, centre={"r": 1.0})}, "prior.centre must name"),
        ({"covariates": [f"c{i}" for i in range(17)]}, "covariate"),
    ],
)
def test_bad_covariates_are_named(options, message):
    _, customers = draw(retain.BGNBD, 60)
    for number in range(17):
        customers[f"c{number}"] = float(number)
    with pytest.raises((retain.ArgumentError, TypeError), match=message):
        retain.BGNBD().fit(customers, **options)


def test_new_customers_need_their_covariates():
    model, customers = draw(retain.BGNBD, 60)
    with pytest.raises(retain.ArgumentError, match="'basket' is missing"):
        model.expected(90, covariates={"channel": 1.0})
    with pytest.raises(retain.ArgumentError, match="'colour' is none of them"):
        model.pmf(1, days=90, covariates={"channel": 1.0, "basket": 2.0, "colour": 1.0})
    with pytest.raises(retain.ArgumentError, match="no column 'basket'"):
        model.alive(customers.drop(columns="basket"))
    with pytest.raises(retain.ArgumentError, match="no column 'basket'"):
        model.simulate([10.0], seed=1, covariates={"channel": [1.0]})


def test_a_fit_that_fails_leaves_the_model_as_it_was():
    _, customers = draw(retain.ParetoNBD, 800)
    model = retain.ParetoNBD().fit(customers)
    before = np.asarray(model.orders(customers, days=91))
    with pytest.raises(retain.ConvergenceError):
        model.fit({"frequency": [0, 0], "t_x": [0, 0], "T": [10, 10]}, unit_days=1)
    assert np.array_equal(np.asarray(model.orders(customers, days=91)), before)
    contract = retain.SBG().fit_cohorts([1000, 631, 468, 382, 326], period_days=365.25)
    value = contract.discounted([0, 1], annual_rate=0.1) if hasattr(contract, "discounted") else None
    with pytest.raises(retain.ConvergenceError):
        contract.fit_cohorts([10, 10, 10], period_days=30)
    assert contract.period_days_ == 365.25
    assert value is None or np.array_equal(contract.discounted([0, 1], annual_rate=0.1), value)


@pytest.mark.parametrize(
    ("covariates", "error", "words"),
    [
        ({"x": {"purchases": 0.3}}, retain.ArgumentError, "has 'purchases'; it may have 'purchase' and 'lifetime'"),
        ({"x": 0.3}, TypeError, "covariates['x'] must be a mapping"),
        (["x"], TypeError, "covariates must be a mapping"),
        ({f"x{k}": {} for k in range(17)}, retain.ArgumentError, "a model has at most 16"),
    ],
)
def test_coefficients_that_are_none_are_refused(covariates, error, words):
    with pytest.raises(error) as raised:
        retain.ParetoNBD.from_params(unit_days=7, covariates=covariates, **TRUTH[retain.ParetoNBD])
    assert words in str(raised.value)


def test_a_year_is_refused_and_told_what_to_do():
    _, customers = draw(retain.ParetoNBD, 800)
    customers["year"] = 2020 + customers["channel"]
    with pytest.raises(retain.DataError, match="lies between 2020 and 2021, too far from 0.*subtract a typical value, such as 2020"):
        retain.ParetoNBD().fit(customers, covariates=["year"])


def test_scores_check_their_weights():
    model = retain.BGNBD.from_params(unit_days=7, r=0.25, alpha=4.4, a=0.8, b=2.4)
    customers = {"frequency": [2, 0, 1], "t_x": [5, 0, 3], "T": [10, 10, 10]}
    plain = model.score(customers)
    assert model.score({**customers, "weight": [2, 2, 2]}) == pytest.approx(plain)
    with pytest.raises(retain.DataError, match=r"customers\['weight'\]\[0\] is -1; it must be finite and at least 0"):
        model.score({**customers, "weight": [-1, 1, 1]})


def test_one_customer_is_told_with_its_covariates():
    """The model of given customers, without covariates, says the same."""
    model, _ = draw(retain.BGNBD, 10)
    who = {"channel": 1.0, "basket": 2.5}
    u, v = 0.5 + 0.2 * 2.5, -0.4 + 0.3 * 2.5
    plain = TRUTH[retain.BGNBD]
    given = retain.BGNBD.from_params(
        unit_days=7, r=plain["r"], alpha=plain["alpha"] * np.exp(-u), a=plain["a"] * np.exp(v / 2), b=plain["b"] * np.exp(-v / 2)
    )
    days, looks = [100, 114, 120], [110, 121, 300]
    assert model.history(days, looks, covariates=who) == pytest.approx(given.history(days, looks), rel=1e-12)
    assert model.tracking([0, 0, 30], looks, covariates=who) == pytest.approx(given.tracking([0, 0, 30], looks), rel=1e-12)
    assert model.new_customer(days=365, covariates=who) == pytest.approx(given.new_customer(days=365), rel=1e-12)
    for call in (lambda: model.history(days, looks), lambda: model.new_customer(days=365), lambda: model.tracking([0], looks)):
        with pytest.raises(retain.ArgumentError, match="'channel' is missing"):
            call()


def test_errors_speak_of_names_and_days():
    shop = {"frequency": [2.0, 0.0, 1.0], "t_x": [30.0, 0.0, 5.0], "T": [38.0, 38.0, 20.0], "unit_days": 7, "east": [0.0, 1.0, 0.0], "age": [1.0, math.nan, 2.0]}
    model = retain.BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7, covariates={"age": {"purchase": 0.1}})
    donors = retain.BGBB.from_params(alpha=1.2, beta=0.7, gamma=0.6, delta=2.8, unit_days=365.25)
    cases = [
        (lambda: retain.BGNBD().fit(shop, covariates=["east", "age"]), r"customers\.age\[1\] is nan; it must be finite"),
        (lambda: model.orders(shop, days=7), r"customers\.age\[1\] is nan"),
        (lambda: retain.BGNBD().fit({**shop, "age": [2020, 2021, 2022]}, covariates=["east", "age"]), "customers.age lies between 2020 and 2022"),
        (lambda: retain.BGNBD().fit(shop, covariates=["east"], equal=["east"], purchase=[]), "equal names 'east', which must enter both"),
        (lambda: retain.BGNBD().fit(shop, prior=retain.Prior(1, centre={"r": 1e300, "alpha": 1, "a": 1, "b": 1})), r"prior\.centre\[r\] is 1e300"),
        (lambda: retain.BGNBD().fit(shop, covariates=[f"c{k}" for k in range(17)]), "covariates has 17 names"),
        (lambda: model.at_most(shop | {"age": [1.0, 1.0, 2.0]}, -1, days=7), "^n is -1"),
        (lambda: model.next_order_mean(shop, days=math.inf), "days is inf"),
        (lambda: model.tracking([0, math.nan], [9], covariates={"age": 1}), r"first_day\[1\] is nan"),
        (lambda: model.orders(shop, days=10**400), "days is beyond"),
        (lambda: donors.orders({"frequency": 4, "t_x": 5, "T": 6}, days=3652), "days is 3652; under BG/BB it must be a whole number of opportunities of 365.25 days"),
        (lambda: donors.expected([365.25, 400.0]), r"days\[1\] is 400; under BG/BB"),
        (lambda: donors.history([0, 400], [900]), "a later order, in days after the first, is 400"),
        (lambda: donors.leaving({"frequency": 4, "t_x": 5, "T": 6}, threads=True), "threads"),
    ]
    for call, words in cases:
        with pytest.raises((retain.RetainError, TypeError), match=words):
            call()


def test_two_columns_of_one_name_are_refused():
    pd = pytest.importorskip("pandas")
    with pytest.raises(retain.ArgumentError, match="customers has two columns 'T'; names must differ"):
        retain.ParetoNBD().fit(pd.DataFrame([[1, 2, 3, 4]], columns=["frequency", "t_x", "T", "T"]), unit_days=7)
    with pytest.raises(retain.ArgumentError, match="survivors has a column 'cohort' that holds no counts"):
        retain.SBG().fit_cohorts(pd.DataFrame({"cohort": ["a"], "0": [10], "1": [9]}), period_days=30)


def test_an_occasion_on_the_first_day_is_taken_for_one_that_was_rounded():
    """Times that were rounded to whole units put a repeat within the first unit at age 0."""
    for family in (retain.ParetoNBD, retain.BGNBD, retain.MBGNBD):
        model = family.from_params(**dict.fromkeys(family._parameters, 1.0), unit_days=7)
        exact, rounded = (model.alive({"frequency": 1, "t_x": t_x, "T": 30}) for t_x in (1e-9, 0.0))
        assert rounded == pytest.approx(exact, rel=1e-6)


def test_derivatives_of_forecasts_give_the_errors_of_what_is_computed_from_them(cdnow_sample):
    customers = retain.orders.summary(cdnow_sample, "1997-09-30", unit_days=7)
    customers["east"] = (np.asarray(customers["customer"]) % 2).astype(float)
    model = retain.ParetoNBD().fit(customers, covariates=["east"])
    asked = {"frequency": [9.0, 2.0], "t_x": [30.0, 12.0], "T": [38.0, 38.0], "east": [1.0, 0.0]}
    covariance = model.report_.covariance
    for what, details, scale in (("orders", {"days": 91}, "log"), ("discounted", {"days": 91, "annual_rate": 0.1}, "log"), ("silence", {"days": 91}, "logit")):
        limits = getattr(model, what)(asked, level=0.9, **details)
        slopes = model.derivatives(asked, what, **details)
        assert slopes.shape == (2, 6)
        error = np.sqrt(np.einsum("ij,jk,ik->i", slopes, covariance, slopes))
        value = np.asarray(limits["value"])
        on_scale, wide = (np.log, error / value) if scale == "log" else (lambda p: np.log(p / (1 - p)), error / value / (1 - value))
        np.testing.assert_allclose(on_scale(np.asarray(limits["high"])) - on_scale(value), 1.6448536269514722 * wide, rtol=1e-8)
    # the share of the first customer, against draws of the parameters
    orders, slopes = np.array(model.orders(asked, days=91)), model.derivatives(asked, days=91)
    share = orders[0] / orders.sum()
    gradient = (slopes[0] - share * slopes.sum(axis=0)) / orders.sum()
    drawn = []
    for row in model.normal(draws=2000, seed=1).values:
        other = retain.ParetoNBD.from_params(
            **dict(zip(model.params_, np.exp(row[:4]))), unit_days=7, covariates={"east": {"purchase": row[4], "lifetime": row[5]}}
        )
        both = np.array(other.orders(asked, days=91))
        drawn.append(both[0] / both.sum())
    assert np.std(drawn) == pytest.approx(np.sqrt(gradient @ covariance @ gradient), rel=0.08)
    np.testing.assert_array_equal(model.derivatives(asked, "next_order").shape, (2, 6))
    for call, words in (
        (lambda: model.derivatives(asked, "history"), "what is 'history'"),
        (lambda: model.derivatives(asked, days=91, level=0.9), "derivatives have no level"),
    ):
        with pytest.raises(retain.ArgumentError, match=words):
            call()


def test_nobody_leaves_under_nbd_and_no_covariate_changes_that():
    given = {"r": 0.5, "alpha": 8.0, "unit_days": 7}
    model = retain.NBD.from_params(covariates={"z": {"purchase": 0.3}}, **given)
    said = r"covariates\['z'\]\['lifetime'\] is 0.2; it must be 0: NBD has no lifetime process"
    with pytest.raises(retain.ArgumentError, match=said):
        retain.NBD.from_params(covariates={"z": {"lifetime": 0.2}}, **given)
    stored = model.to_dict()
    stored["covariates"][0]["lifetime"] = 0.2
    with pytest.raises(retain.ArgumentError, match=said):
        retain.btyd.from_dict(stored)
    customers = {"frequency": [2.0, 0.0, 3.0], "t_x": [30.0, 0.0, 20.0], "T": [38.0, 38.0, 39.0], "z": [0.0, 1.0, 1.0]}
    with pytest.raises(retain.ArgumentError, match="NBD has no lifetime process"):
        retain.NBD().fit(customers, unit_days=7, covariates=["z"], lifetime=["z"])
