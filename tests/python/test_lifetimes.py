"""The names of the package lifetimes: its own numbers on CDNOW, where it computes them right."""

import json
import warnings

import numpy as np
import pytest
from conftest import number, read_golden

import retain

pd = pytest.importorskip("pandas")

from retain import lifetimes  # noqa: E402
from retain.lifetimes import utils  # noqa: E402


@pytest.fixture(scope="module")
def log(cdnow_sample):
    frame = pd.DataFrame(cdnow_sample)
    return frame.assign(customer=frame["customer"].astype(int), date=pd.to_datetime(frame["date"]))


@pytest.fixture(scope="module")
def weeks(log):
    return utils.summary_data_from_transaction_data(
        log, "customer", "date", "value", observation_period_end="1997-09-30", freq="D", freq_multiplier=7
    )


@pytest.fixture(scope="module")
def fitted(weeks):
    fitters = {name: getattr(lifetimes, name)() for name in ("BetaGeoFitter", "ModifiedBetaGeoFitter", "ParetoNBDFitter")}
    for fitter in fitters.values():
        assert fitter.fit(weeks["frequency"], weeks["recency"], weeks["T"], verbose=True, tol=1e-9) is fitter
    back = weeks[weeks["frequency"] > 0]
    fitters["GammaGammaFitter"] = lifetimes.GammaGammaFitter().fit(back["frequency"], back["monetary_value"], q_constraint=True)
    return fitters


def golden(fitter, what):
    return {row["at"]: number(row["value"]) for row in read_golden("lifetimes/predictions.csv") if (row["fitter"], row["what"]) == (fitter, what)}


def test_tables_are_those_of_lifetimes(log):
    seen = 0
    for row in read_golden("lifetimes/tables.csv"):
        options = {"freq": row["freq"], "freq_multiplier": int(row["multiplier"]), "include_first_transaction": row["include_first"] == "1"}
        if row["column"].endswith(("_cal", "_holdout")):
            table = utils.calibration_and_holdout_data(
                log, "customer", "date", "1997-09-30", "1998-06-30", monetary_value_col="value", **options
            )
        else:
            table = utils.summary_data_from_transaction_data(
                log, "customer", "date", "value", observation_period_end="1997-09-30", **options
            )
        values = table[row["column"]].to_numpy()
        assert len(values) == int(row["customers"])
        assert values.sum() == pytest.approx(number(row["sum"]), rel=1e-12), row
        assert (values * np.arange(len(values))).sum() == pytest.approx(number(row["weighted_sum"]), rel=1e-12), row
        seen += 1
    assert seen >= 50


def test_fits_end_where_lifetimes_ends_or_higher(fitted):
    # the other package stops its search of Pareto/NBD early: its s and beta are off in the third digit
    tolerance = {"ParetoNBDFitter": 0.02, "GammaGammaFitter": 1e-3}
    for name, fitter in fitted.items():
        for parameter, value in golden(name, "parameter").items():
            assert fitter.params_[parameter] == pytest.approx(value, rel=tolerance.get(name, 1e-4)), (name, parameter)


def test_predictions_are_those_of_lifetimes(fitted):
    x, t_x, T = [0, 1, 2, 5, 26], [0, 1.71, 30.43, 20, 30.86], [38.86, 38.86, 38.86, 27, 31]
    for name, fitter in fitted.items():
        want = golden(name, "parameter")
        if name == "GammaGammaFitter":
            continue
        fitter = getattr(lifetimes, name)()
        fitter.model_ = fitter._family.from_params(**want, unit_days=1)
        # MBG/NBD: lifetimes has the formula of the published article, whose expectation another article corrected
        assert list(fitter.conditional_probability_alive(x, t_x, T)) == pytest.approx(list(golden(name, "alive").values()), rel=1e-9)
        for t in (1, 13, 39):
            orders = fitter.conditional_expected_number_of_purchases_up_to_time(t, x, t_x, T)
            assert list(orders) == pytest.approx(list(golden(name, f"orders_{t}").values()), rel=1e-6), (name, t)
            assert fitter.expected_number_of_purchases_up_to_time(t) == pytest.approx(golden(name, "expected")[str(t)], rel=1e-6)


def test_spend_and_lifetime_value_are_those_of_lifetimes(fitted, weeks):
    some = weeks[weeks["frequency"] > 0].iloc[:5]
    spend = lifetimes.GammaGammaFitter()
    of = golden("GammaGammaFitter", "parameter")
    spend.model_ = retain.GammaGamma.from_params(p=of["p"], q=of["q"], gamma=of["v"])
    profit = spend.conditional_expected_average_profit(some["frequency"], some["monetary_value"])
    assert list(profit) == pytest.approx(list(golden("GammaGammaFitter", "profit").values()), rel=1e-9)
    orders = lifetimes.BetaGeoFitter()
    orders.model_ = retain.BGNBD.from_params(**golden("BetaGeoFitter", "parameter"), unit_days=1)
    worth = spend.customer_lifetime_value(
        orders, some["frequency"], some["recency"], some["T"], some["monetary_value"], time=12, discount_rate=0.01, freq="W"
    )
    assert worth.name == "clv" and list(worth.index) == list(some.index)
    assert list(worth) == pytest.approx(list(golden("GammaGammaFitter", "clv").values()), rel=1e-6)
    # nobody is worth less than nothing, and without repeat purchases it is the population's mean
    assert spend.conditional_expected_average_profit(0, 0) == pytest.approx(spend.model_.mean())


def test_tracking_is_that_of_lifetimes_and_history_looks_at_the_past_only(log):
    fitter = lifetimes.BetaGeoFitter()
    fitter.model_ = retain.BGNBD.from_params(**golden("BetaGeoFitter", "parameter"), unit_days=1)
    one = log[log["customer"] == log["customer"].value_counts().index[0]]
    weeks = np.unique((one["date"].dt.to_period("W").dt.start_time - one["date"].min().to_period("W").start_time).dt.days // 7)
    for age, alive in enumerate(utils.calculate_alive_path(fitter, one, "date", 39, freq="W")):
        by_then = weeks[weeks <= age]
        assert alive == fitter.conditional_probability_alive(len(by_then) - 1, by_then[-1], age)
    for freq, multiplier in (("W", 1), ("D", 7)):
        tracking = utils.expected_cumulative_transactions(fitter, log, "date", "customer", 26 * multiplier, freq=freq, freq_multiplier=multiplier)
        for column in ("actual", "predicted"):
            for k, value in golden("BetaGeoFitter", f"tracking_{freq}_{column}").items():
                assert tracking[column].iloc[int(k)] == pytest.approx(value, rel=1e-6), (freq, column, k)


def test_series_give_series_and_numbers_give_numbers(fitted, weeks):
    fitter = fitted["BetaGeoFitter"]
    alive = fitter.conditional_probability_alive(weeks["frequency"], weeks["recency"], weeks["T"])
    assert isinstance(alive, pd.Series) and alive.index.equals(weeks.index)
    assert isinstance(fitter.predict(4, 2, 30.43, 38.86), float)
    assert isinstance(fitter.conditional_probability_alive([2], [30.43], [38.86]), np.ndarray)
    by_age = fitter.predict(np.array([1.0, 13.0]), 2, 30.43, 38.86)
    assert by_age[0] < by_age[1] == pytest.approx(fitter.predict(13, 2, 30.43, 38.86))
    assert fitter.probability_of_n_purchases_up_to_time(39, range(400)).sum() == pytest.approx(1, abs=1e-6)
    matrix = fitter.conditional_probability_alive_matrix(5, 30)
    assert matrix.shape == (31, 6) and (matrix[:, 0] == 1).all() and matrix[10, 3] < matrix[30, 3]


def test_models_are_shown_stored_and_simulated(fitted, tmp_path):
    fitter = fitted["BetaGeoFitter"]
    assert repr(fitter) == "<retain.lifetimes.BetaGeoFitter: fitted with 2,357 subjects, a: 0.79, alpha: 4.41, b: 2.43, r: 0.24>"
    assert list(fitter.summary.columns) == ["coef", "se(coef)", "lower 95% bound", "upper 95% bound"]
    assert (fitter.summary["lower 95% bound"] > 0).all()
    fitter.save_model(tmp_path / "bg.json")
    again = lifetimes.BetaGeoFitter().load_model(tmp_path / "bg.json")
    assert again.predict(4, 2, 30.43, 38.86) == fitter.predict(4, 2, 30.43, 38.86)
    with pytest.raises(retain.ArgumentError, match="does not hold the parameters of a ParetoNBDFitter"):
        lifetimes.ParetoNBDFitter().load_model(tmp_path / "bg.json")
    (tmp_path / "other.json").write_text(json.dumps([1]))
    with pytest.raises(retain.ArgumentError, match="does not hold"):
        again.load_model(tmp_path / "other.json")
    drawn = fitter.generate_new_data(size=500, seed=3)
    assert len(drawn) == 500 and (drawn["recency"] <= drawn["T"]).all()


def test_doubtful_fits_are_told():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        fitter = lifetimes.BetaGeoFitter().fit([0, 1, 2, 3, 1, 0], [0, 10, 20, 30, 15, 0], [40, 40, 40, 40, 40, 40])
    assert [w.category for w in told] == [lifetimes.ConvergenceWarning]
    assert fitter.model_.report_.verdict != "converged"
    with pytest.raises(retain.ConvergenceError):
        lifetimes.BetaGeoFitter().fit([0, 0], [0, 0], [40, 30])


def test_bad_input_is_refused_by_name(log, fitted):
    with pytest.raises(retain.ArgumentError, match="penalizer_coef is 0.1"):
        lifetimes.BetaGeoFitter(penalizer_coef=0.1)
    with pytest.raises(retain.NotFitted):
        lifetimes.ParetoNBDFitter().predict(1, 2, 3, 4)
    with pytest.raises(retain.DataError, match="t_x"):
        fitted["BetaGeoFitter"].predict(1, [2], [50], [40])
    with pytest.raises(retain.ArgumentError, match="frequency\\[1\\] is 0"):
        lifetimes.GammaGammaFitter().fit([1, 0], [10, 10])
    with pytest.raises(retain.ArgumentError, match="no column 'buyer'"):
        utils.summary_data_from_transaction_data(log, "buyer", "date")
    with pytest.raises(retain.ArgumentError, match="freq is 'fortnight'"):
        utils.summary_data_from_transaction_data(log, "customer", "date", freq="fortnight")
    with pytest.raises(retain.DataError, match="when\\[1\\] is missing"):
        utils.summary_data_from_transaction_data(pd.DataFrame({"who": [1, 2], "when": ["2024-01-01", None]}), "who", "when")
    with pytest.raises(retain.ArgumentError, match="must not lie after"):
        utils.calibration_and_holdout_data(log, "customer", "date", "2020-01-01")
    with pytest.raises(retain.ArgumentError, match="freq is 'X'"):
        fitted["GammaGammaFitter"].customer_lifetime_value(fitted["BetaGeoFitter"], 1, 1, 1, 1, freq="X")
