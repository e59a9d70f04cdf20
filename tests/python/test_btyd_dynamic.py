"""Seasons and covariates that change with time: golden values, recovery, DataFrames turned into pieces, refusals."""

import os
import pathlib
import types

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from conftest import near, number, read_golden
from retain import Histories, ParetoNBD, Seasons


def day(number_of_day):
    return np.datetime64(int(number_of_day), "D")


def shop(row):
    """The golden customer as a log, seasons and own covariates."""
    bought = [row["start"], *(row[f"t{k}"] for k in range(4) if row[f"t{k}"])]
    log = {"customer": ["ann"] * len(bought), "date": [day(d) for d in bought], "value": [1.0] * len(bought)}
    seasons = Seasons([day(row[f"c{k}"]) for k in range(4)], {"calendar": [number(row[f"v{k}"]) for k in range(4)]}, until=20000)
    own = {"customer": ["ann"] * 3, "date": [day(row[f"o{k}"]) for k in range(3)], "own": [number(row[f"w{k}"]) for k in range(3)]}
    return Histories(log, day(row["end"]), unit_days=7, seasons=seasons, covariates=own, until=20000)


def model_of(row):
    coefficients = {
        "calendar": {"purchase": number(row["pc"]), "lifetime": number(row["lc"])},
        "own": {"purchase": number(row["po"]), "lifetime": number(row["lo"])},
    }
    return ParetoNBD.from_params(unit_days=7, covariates=coefficients, **{name: number(row[name]) for name in ("r", "alpha", "s", "beta")})


def test_golden_values():
    rows = read_golden("btyd/dynamic.csv")
    assert rows
    for row in rows:
        model = model_of(row)
        histories, days = shop(row), 7 * number(row["t"])
        got = {
            "log_likelihood": model.likelihood(histories)[0],
            "log_odds_dead": model.log_odds_dead(histories)[0],
            "orders": model.orders(histories, days=days)[0],
            "silence": model.silence(histories, days=days)[0],
            "expected": histories.tracking(model, [day(row["start"]), day(number(row["end"]) + days)])[0],
        }
        for name, value in got.items():
            want = number(row[name])
            assert near(value, want, 1e-11 * (1 + abs(want))), (row, name, value)


def test_golden_forecasts():
    rows = read_golden("btyd/dynamic_forecasts.csv")
    assert rows
    for row in rows:
        model = model_of(row)
        histories, since, days = shop(row), 7 * number(row["begin"]), 7 * (number(row["stop"]) - number(row["begin"]))
        rate = np.exp(number(row["delta"]) * 365.25 / 7) - 1
        got = {
            "orders": model.orders(histories, days=days, since=since)[0],
            "silence": model.silence(histories, days=days, since=since)[0],
            "alive": model.alive(histories, days=since + days)[0],
            "variance": model.variance(histories, days=days, since=since)[0],
            "discounted": model.discounted(histories, days=days, since=since, annual_rate=rate)[0],
            "lifetime": model.lifetime(histories, days=days, since=since, annual_rate=rate)[0] / 7,
        }
        for name, value in got.items():
            assert near(value, number(row[name]), 1e-10 * number(row[name])), (row, name, value)
        total = model.total(histories, days=days, since=since)
        assert near(total.value, number(row["orders"]), 1e-10) and near(total.variance, number(row["variance"]), 1e-10)
        assert total.standard_error == 0 and total.low == total.high == total.value
        # limits, from a report that holds the covariance of the golden file
        spread = np.array([0.1, 0.2, 0.15, 0.25, 0.3, 0.2, 0.25, 0.1]) * [*(number(row[name]) for name in ("r", "alpha", "s", "beta")), 1, 1, 1, 1]
        model.report_ = types.SimpleNamespace(covariance=np.outer(spread, spread) * (0.25 + 0.75 * np.eye(8)))
        if row["orders_low"]:
            for what in ("orders", "silence"):
                limits = getattr(model, what)(histories, days=days, since=since, level=0.9)
                assert near(limits["value"][0], number(row[what]), 1e-10)
                assert near(limits["low"][0], number(row[f"{what}_low"]), 1e-8 * number(row[f"{what}_low"]))
                assert near(limits["high"][0], number(row[f"{what}_high"]), 1e-8 * number(row[f"{what}_high"]))


def a_year(customers, seed):
    """Customers of one year, with December and a card that some of them get after a while."""
    rng = np.random.default_rng(seed)
    start = rng.integers(14610, 14900, customers)  # 2010
    log = pd.DataFrame({"customer": np.arange(customers), "date": start.astype("M8[D]"), "value": 1.0})
    seasons = Seasons.holidays("2010-01-01", "2012-12-31", {"december": [("2010-12-01", "2010-12-26"), ("2011-12-01", "2011-12-26")]})
    card = pd.DataFrame({"customer": np.arange(customers), "date": start.astype("M8[D]"), "card": 0.0})
    later = card[card.customer % 2 == 0].assign(card=1.0)
    later["date"] += pd.to_timedelta(60, "D")
    shuffled = pd.concat([card, later]).sample(frac=1, random_state=seed)
    return log, seasons, shuffled


def test_what_was_drawn_is_found_again():
    log, seasons, card = a_year(3000, 1)
    truth = ParetoNBD.from_params(
        r=0.8, alpha=6, s=0.7, beta=9, unit_days=7, covariates={"december": {"purchase": 0.9}, "card": {"purchase": 0.4, "lifetime": -0.5}}
    )
    drawn, alive = Histories(log, "2011-12-31", unit_days=7, seasons=seasons, covariates=card, until="2012-12-31").simulate(truth, seed=2)
    model = ParetoNBD().fit(drawn, lifetime=["card"])
    report = model.report_
    want = {**truth.params_, "purchase[december]": 0.9, "purchase[card]": 0.4, "lifetime[december]": 0.0, "lifetime[card]": -0.5}
    for k, name in enumerate(report.parameters):
        assert abs(report.estimate[k] - want[name]) <= 3 * report.standard_error[k], name
    plain = ParetoNBD().fit(drawn.summary())
    test = retain.fit.likelihood_ratio(plain, model)
    assert test.degrees_of_freedom == 3 and test.p_value < 1e-6
    assert abs(np.sum(np.asarray(model.alive(drawn))) - alive.sum()) < 3 * np.sqrt(3000) / 2
    assert np.array_equal(model.alive(drawn), model.alive(drawn, threads=2))
    assert np.allclose(model.gradient(drawn).sum(axis=0)[[0, 1, 2, 3, 4, 5, 7]], 0, atol=1e-3)


def test_seasons_are_what_pandas_says():
    months = Seasons.months("2009-12-05", "2012-03-31", base=3)
    holidays = Seasons.holidays("2009-12-01", "2012-03-31", {"sale": [("2010-12-27", "2011-01-15")], "eid": [("2011-08-30", "2011-09-01")]})
    both = months | holidays
    days = pd.date_range("2009-12-05", "2012-03-31")
    at = np.searchsorted(both.start, days.values.astype("M8[D]").astype(int), side="right") - 1
    want = {f"month_{m}": days.month == m for m in range(1, 13) if m != 3}
    want["sale"] = (days >= "2010-12-27") & (days <= "2011-01-15")
    want["eid"] = (days >= "2011-08-30") & (days <= "2011-09-01")
    assert both.names == tuple(want)
    for name, column in want.items():
        assert np.array_equal(both.values[name][at], column.astype(float)), name
    nowruz = Seasons.months("2024-01-01", "2024-12-31", calendar="jalali")
    first = np.flatnonzero(np.diff(nowruz.values["month_12"], prepend=0) < 0)
    assert day(nowruz.start[first[0]]) == np.datetime64("2024-03-20")


def test_frames_of_any_kind_and_order_make_the_same_pieces():
    log, seasons, card = a_year(50, 3)
    one = Histories(log, "2011-12-31", unit_days=7, seasons=seasons, covariates=card, until="2012-06-30")
    other = Histories(
        pl.from_pandas(log), "2011-12-31", unit_days=7, seasons=seasons, covariates=pl.from_pandas(card).reverse(), until="2012-06-30"
    )
    for mine, theirs in zip((*one._past(), *one._pieces()), (*other._past(), *other._pieces())):
        assert np.array_equal(mine, theirs)
    strangers = pd.concat([card, pd.DataFrame({"customer": [777], "date": [np.datetime64("2010-01-01")], "card": [9.0]})])
    third = Histories(log, "2011-12-31", unit_days=7, seasons=seasons, covariates=strangers, until="2012-06-30")
    assert np.array_equal(third.own, one.own)


def test_golden_counts():
    rows = read_golden("btyd/dynamic_counts.csv")
    assert rows
    for row in rows:
        model = model_of(row)
        histories, begin, stop = shop(row), 7 * number(row["begin"]), 7 * number(row["stop"])
        window = {"days": stop - begin, "since": begin}
        cells = model.distribution(histories, most=12, **window)
        got = {f"p{n}": cells[0, n] for n in (0, 1, 2, 5, 12)}
        got["at_most_4"] = model.at_most(histories, 4, **window)[0]
        got |= {f"quantile_{k}": model.quantile(histories, share, **window)[0] for k, share in enumerate((0.05, 0.5, 0.9))}
        if row["next_mean"]:
            got["next_mean"] = model.next_order_mean(histories, days=stop)[0] / 7
        got |= {f"next_{k}": model.next_order(histories, share=p)[0] / 7 for k, p in enumerate((0.02, 0.2)) if row[f"next_{k}"]}
        for name, value in got.items():
            want = number(row[name])
            assert near(value, want, 1e-10 * abs(want)), (row, name, value)


def test_the_next_order_is_not_known_beyond_what_is_known():
    log, seasons, _ = a_year(200, 8)
    given = Histories(log, "2011-12-31", unit_days=7, seasons=seasons)
    model = ParetoNBD.from_params(r=0.8, alpha=6, s=0.7, beta=9, unit_days=7, covariates={"december": {"purchase": 0.7}})
    drawn, _ = given.simulate(model, seed=9)
    times, later, alive = (np.asarray(of) for of in (model.next_order(drawn), model.next_order(drawn.lasting()), model.alive(drawn)))
    last = float(drawn.known_until - drawn.end[0])
    assert np.isinf(times[alive <= 0.5]).all() and np.isnan(times).any() and np.isfinite(times).any()
    assert (later[np.isnan(times)] > last).all() and np.isfinite(later[np.isnan(times)]).any()
    known = np.isfinite(times)
    assert (times[known] <= last).all() and np.allclose(times[known], later[known], rtol=1e-12)
    for row in np.flatnonzero(known)[:5].tolist():
        assert model.next_order_by(drawn, days=times[row])[row] == pytest.approx(0.5, abs=1e-9)


def test_derivatives_are_those_behind_the_limits():
    log, seasons, card = a_year(1500, 12)
    given = Histories(log, "2011-12-31", unit_days=7, seasons=seasons, covariates=card, until="2012-12-31")
    truth = ParetoNBD.from_params(
        r=0.8, alpha=6, s=0.7, beta=9, unit_days=7, covariates={"december": {"purchase": 0.7}, "card": {"purchase": 0.3}}
    )
    drawn, _ = given.simulate(truth, seed=13)
    model = ParetoNBD().fit(drawn, lifetime=[])
    slopes, found = model.derivatives(drawn, "at_most", 1, days=70), model.at_most(drawn, 1, days=70, level=0.9)
    covariance = model.report_.covariance
    value, low, high = (np.asarray(found[name]) for name in ("value", "low", "high"))
    error = np.sqrt(np.einsum("ij,jk,ik->i", slopes, covariance, slopes)) / (value * (1 - value))
    reach = 1.6448536269514722 * error
    odds = np.log(value / (1 - value))
    assert np.allclose(low, 1 / (1 + np.exp(reach - odds)), rtol=1e-7)
    assert np.allclose(high, 1 / (1 + np.exp(-reach - odds)), rtol=1e-7)


def test_lifetime_values_know_the_seasons():
    """Against the discounted orders of the model times their value, by hand; and against customers without seasons."""
    log, seasons, _ = a_year(300, 14)
    given = Histories(log, "2011-12-31", unit_days=7, seasons=seasons)
    truth = ParetoNBD.from_params(r=0.8, alpha=6, s=0.7, beta=9, unit_days=7, covariates={"december": {"purchase": 0.7}})
    drawn, _ = given.simulate(truth, seed=15)
    customers, value = drawn.summary(), 10.0 + np.arange(len(drawn)) % 7
    terms = retain.clv.Terms(margin=0.4, annual_rate=0.1, days=180)
    found = retain.clv.interval(truth, customers, value, histories=drawn, terms=terms)
    want = 0.4 * value * np.asarray(truth.discounted(drawn, days=180, annual_rate=0.1))
    assert np.allclose(found["residual"], want, rtol=1e-12)
    sums = retain.clv.sums(truth, customers, value, histories=drawn, by=np.arange(len(drawn)) % 3, terms=terms)
    assert sums.total["residual"] == pytest.approx(want.sum(), rel=1e-12)
    assert np.asarray(sums.table()["residual"]) == pytest.approx([want[k::3].sum() for k in range(3)], rel=1e-12)
    plain = ParetoNBD.from_params(r=0.8, alpha=6, s=0.7, beta=9, unit_days=7)
    without = Histories(log, "2011-12-31", unit_days=7).simulate(plain, seed=16)[0]
    spend = retain.GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
    known = without.summary()
    known["spend"] = 12.0
    both = [retain.clv.sums(plain, known, spend, histories=h, terms=retain.clv.Terms(annual_rate=0.2)).total for h in (None, without)]
    for name in ("residual", "variance", "residual_least", "residual_most"):
        assert both[1][name] == pytest.approx(both[0][name], rel=1e-8)
    for bad, sentence in (
        (lambda: retain.clv.interval(truth, customers, value, histories=drawn), "days is missing in the terms; the covariates are known until"),
        (lambda: retain.clv.interval(truth, customers[1:], value[1:], histories=drawn), "histories has 300 customers, customers has 299"),
        (lambda: retain.clv.interval(truth, customers[::-1], value, histories=drawn, terms=terms), "rows must be of the same customers"),
        (
            lambda: retain.clv.interval(truth, customers, value, histories=drawn, terms=retain.clv.Terms(annual_rate=value, days=9)),
            "annual_rate is a column; with histories there is one",
        ),
        (lambda: retain.clv.interval(truth, customers, value * np.inf, histories=drawn, terms=terms), r"^spend\[0\] is inf"),
    ):
        with pytest.raises((retain.ArgumentError, retain.DataError), match=sentence):
            bad()
    assert np.isfinite(retain.clv.interval(truth, customers, value, histories=drawn.lasting(), terms=retain.clv.Terms(annual_rate=0.1))["residual"]).all()


def test_golden_payback():
    """A cost is paid back on the day that brute force found; a cohort of such a customer twice, on the same day."""
    rows = read_golden("clv/dynamic_payback.csv")
    assert rows
    for row in rows:
        model = model_of(row)
        histories, total, cost = shop(row), number(row["total"]), number(row["cost"])
        terms = retain.clv.Terms(margin=number(row["margin"]), annual_rate=number(row["annual_rate"]), days=number(row["horizon"]))
        given = {"historic": [number(row["historic"])], "histories": histories, "terms": terms}
        customers = histories.summary()
        found = retain.clv.payback(model, [number(row["value"])], cost, customers=customers, **given)
        assert found.outcome == ("reached" if row["days"] else "missed")
        assert near(found.value, total, 1e-11 * total) and near(found.ratio, total / cost, 1e-11)
        assert near(found.days, number(row["days"]), 1e-8 * number(row["days"])) if row["days"] else np.isnan(found.days)
        customers["weight"] = [2.0]
        twice = retain.clv.payback(model, [number(row["value"])], 2 * cost, customers=customers, **given)
        assert near(twice.value, 2 * found.value, 1e-11 * total) and (near(twice.days, found.days, 1e-8) or not row["days"])


def test_payback_under_seasons_is_refused_in_the_words_of_the_caller():
    row = read_golden("clv/dynamic_payback.csv")[0]
    histories, terms = shop(row), retain.clv.Terms(days=90)
    model = ParetoNBD.from_params(r=1, alpha=9, s=1, beta=9, unit_days=7, covariates={name: {"purchase": 0.5} for name in ("calendar", "own")})
    known = {"customers": histories.summary(), "histories": histories}
    for call, sentence in (
        (lambda: retain.clv.payback(model, 10.0, 5.0, histories=histories, terms=terms), "histories is given without customers"),
        (lambda: retain.clv.payback(model, [10.0], 5.0, **known), r"until 2024-10-04: give at most days=\d+, or histories.lasting\(\)"),
        (lambda: retain.clv.payback(model, [10.0], 5.0, terms=retain.clv.Terms(days=1e4), **known), "days of the terms is 10000; the covariates"),
        (lambda: retain.clv.payback(model, [10.0], -5.0, terms=terms, **known), "cost is -5"),
        (lambda: retain.clv.payback(model, [10.0], 5.0, terms=retain.clv.Terms(annual_rate=[0.1], days=90), **known), "annual_rate is a column; with histories"),
        (lambda: retain.clv.payback(model, [10.0], 5.0, historic=[1.0, 2.0], terms=terms, **known), "historic has 2"),
        (lambda: retain.clv.payback(model, [10.0, 20.0], 5.0, terms=terms, **known), "spend has 2 rows, customers has 1"),
        (lambda: retain.clv.payback(ParetoNBD.from_params(r=1, alpha=9, s=1, beta=9, unit_days=7), [10.0], 5.0, terms=terms, **known), "the histories have"),
    ):
        with pytest.raises((retain.ArgumentError, retain.DataError), match=sentence) as refusal:
            call()
        assert "forecast." not in str(refusal.value) and "RETAIN_" not in str(refusal.value), refusal.value


def test_without_covariates_histories_are_customers():
    log, _, _ = a_year(500, 4)
    model = ParetoNBD.from_params(r=0.8, alpha=6, s=0.7, beta=9, unit_days=7)
    drawn, _ = Histories(log, "2011-12-31", unit_days=7).simulate(model, seed=5)
    customers = drawn.summary()
    assert ParetoNBD().fit(drawn).params_ == ParetoNBD().fit(customers).params_
    assert np.allclose(model.orders(drawn, days=91), model.orders(customers, days=91), rtol=1e-11)
    assert np.allclose(model.silence(drawn, days=91), model.silence(customers, days=91), rtol=1e-11)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (dict(until=None), "until is missing"),
        (dict(covariates={"customer": [0], "date": ["2010-01-01"], "december": [1.0]}), "so have the seasons"),
        (dict(covariates={"customer": [0], "date": ["2010-01-01"], "card": [1.0, 2.0]}), "has 2 rows"),
        (dict(seasons="december"), "must be Seasons"),
    ],
)
def test_bad_histories_are_refused(change, sentence):
    log, seasons, card = a_year(5, 6)
    arguments = {"unit_days": 7, "seasons": seasons, "covariates": card, "until": "2012-12-31", **change}
    with pytest.raises((retain.ArgumentError, TypeError), match=sentence):
        Histories(log, "2011-12-31", **arguments)


def test_models_and_questions_that_do_not_fit_are_refused():
    log, seasons, card = a_year(5, 7)
    given = Histories(log, "2011-12-31", unit_days=7, seasons=seasons, covariates=card, until="2012-01-31")
    model = ParetoNBD.from_params(r=0.8, alpha=6, s=0.7, beta=9, unit_days=7, covariates={"december": {}, "card": {}})
    with pytest.raises(retain.DataError, match=r"are needed until day \d+ \(through 20\d\d-\d\d-\d\d\); histories"):
        model.orders(given, days=60)
    with pytest.raises(retain.ArgumentError, match="the question is 'rate'; .*there is no such forecast"):
        model.rate(given)
    with pytest.raises(retain.ArgumentError, match="most is -1"):
        model.distribution(given, days=10, most=-1)
    with pytest.raises(retain.ArgumentError, match="level needs a fitted model"):
        model.orders(given, days=10, level=0.9)
    with pytest.raises(retain.ArgumentError, match="the histories have"):
        ParetoNBD.from_params(r=0.8, alpha=6, s=0.7, beta=9, unit_days=7).alive(given)
    with pytest.raises(retain.ArgumentError, match="are for ParetoNBD"):
        retain.BGNBD().fit(given)
    late = card.assign(date=card.date + pd.to_timedelta(1, "D"))
    with pytest.raises(retain.DataError, match="has no own piece"):
        model.alive(Histories(log, "2011-12-31", unit_days=7, seasons=seasons, covariates=late, until="2012-12-31"))
    for bad, sentence in (
        (lambda: Seasons(["2024-01-01", "2024-01-01"], {"a": [0, 1]}, until="2024-12-31"), "must ascend"),
        (lambda: Seasons(["2024-01-01"], {"a": [0, 1]}, until="2024-12-31"), "has 2 rows"),
        (lambda: Seasons([], {}, until="2024-12-31"), "at least one day"),
        (lambda: Seasons.months("2024-01-01", "2024-12-31", base=13), "base is 13"),
        (lambda: Seasons.holidays("2024-01-01", "2024-12-31", {"a": [("2024-02-02", "2024-02-01")]}), "ends before it begins"),
        (lambda: seasons | seasons, "both seasons"),
        (lambda: Seasons.holidays("2024-01-01", "2024-12-31", {"a": [("2023-02-02", "2023-03-01")]}), r"periods\[a\] has no day from 2024-01-01 to 2024-12-31"),
        (lambda: Seasons(["2024-01-01"], {"a": [float("nan")]}, until="2024-12-31"), r"columns.a\[0\] is nan; it must be finite"),
        (lambda: Seasons(["2024-01-01"], {"a": [1.0]}, until="2023-12-31"), "until is 2023-12-31; it must not be before the first day, 2024-01-01"),
        (lambda: Seasons.holidays("2024-12-31", "2024-01-01", {"a": []}), "first is 2024-12-31; it must not be after last, 2024-01-01"),
        (lambda: Seasons([1], {"a": [1.0]}, until=100) | Seasons([200], {"b": [1.0]}, until=300), "one begins on 1970-07-20, the other ends on 1970-04-11"),
    ):
        with pytest.raises((retain.ArgumentError, retain.DataError), match=sentence):
            bad()
    for bad, sentence in (
        (lambda: Seasons(["2024-01-01"], [[1.0]], until="2024-12-31"), "must be a mapping of names to columns, not list"),
        (lambda: Seasons.holidays("2024-01-01", "2024-12-31", {"a": ["2024-02-02"]}), "must be a list of pairs of a first and a last day"),
        (lambda: Seasons.holidays("2024-01-01", "2024-12-31", {"a": ("2024-02-02", "2024-02-03")}), "must be a list of pairs"),
    ):
        with pytest.raises(TypeError, match=sentence):
            bad()


def test_seasons_keep_what_they_were_made_of():
    column = np.array([0.0, 1.0, 0.0])
    seasons = Seasons(["2023-01-01", "2023-03-10", "2023-03-26"], {"nowruz": column}, until="2024-12-31")
    log = {"customer": [1, 1], "date": ["2023-01-05", "2023-03-12"], "value": [9.0, 9.0]}
    model = ParetoNBD.from_params(r=0.6, alpha=9, s=0.5, beta=11, unit_days=7, covariates={"nowruz": {"purchase": 0.8}})
    shop = Histories(log, "2023-09-30", unit_days=7, seasons=seasons)
    before = model.alive(shop)
    column[:] = 5.0
    assert seasons.values["nowruz"].tolist() == [0.0, 1.0, 0.0]
    with pytest.raises(ValueError, match="read-only"):
        seasons.start[0] = 0.0
    assert model.alive(shop) == before == model.alive(Histories(log, "2023-09-30", unit_days=7, seasons=seasons))


def fitted(customers, **options):
    """The model, whatever the verdict: this shop is so young that hardly anybody seems to leave."""
    try:
        return ParetoNBD().fit(customers, **options)
    except retain.ConvergenceError as error:
        return error.model


@pytest.mark.skipif("RETAIN_DATA" not in os.environ, reason="RETAIN_DATA is not set: no Online Retail")
def test_seasons_improve_the_forecast_of_a_shop_that_lives_by_christmas():
    """Fitted until the end of September, that knows eight days of December 2010 and the beginning of autumn; forecast until 8 December."""
    lines = pd.read_csv(pathlib.Path(os.environ["RETAIN_DATA"]) / "online_retail" / "online_retail.csv.gz", parse_dates=["timestamp"])
    lines = lines[lines.customer_id.notna() & ~lines.invoice.astype(str).str.startswith("C") & (lines.quantity > 0) & (lines.unit_price > 0)]
    frame = pd.DataFrame({"customer": lines.customer_id.astype("int64"), "date": lines.timestamp.dt.normalize(), "value": 1.0})
    end, last = "2011-09-30", "2011-12-08"
    seasons = Seasons.holidays(
        "2010-12-01",
        last,
        {"christmas": [("2010-12-01", "2010-12-08"), ("2011-09-19", last)], "quiet": [("2010-12-22", "2011-01-16")]},
    )
    histories = Histories(frame, end, unit_days=7, seasons=seasons)
    bought = frame[(frame.date > end) & (frame.date <= last)].drop_duplicates().groupby("customer").size()
    actual = bought.reindex(np.asarray(histories.customer)).fillna(0.0).to_numpy()
    days = int((np.datetime64(last) - np.datetime64(end)).astype(int))
    model, plain = fitted(histories, lifetime=[]), fitted(histories.summary())
    with_seasons, without = (np.asarray(m.orders(c, days=days)) for m, c in ((model, histories), (plain, histories.summary())))
    assert actual.sum() == 3758
    assert with_seasons.sum() == pytest.approx(3775.8, abs=0.5) and without.sum() == pytest.approx(2772.8, abs=0.5)
    assert np.sqrt(np.mean((with_seasons - actual) ** 2)) < 0.91 * np.sqrt(np.mean((without - actual) ** 2))
    total, blind = model.total(histories, days=days, level=0.9), plain.total(histories.summary(), days=days, level=0.9)
    assert total.least < actual.sum() < total.most and blind.most < actual.sum()
    assert (total.least, total.most) == pytest.approx((3518.6, 4044.5), abs=1)
    assert model.report_.log_likelihood - plain.report_.log_likelihood == pytest.approx(60.48, abs=0.05)


def test_churn_risk_knows_the_season_of_the_days_ahead():
    seasons = Seasons.holidays("2022-01-01", "2025-12-31", {"nowruz": [("2023-03-10", "2023-03-25"), ("2024-03-10", "2024-03-25")]})
    log = pd.DataFrame({"customer": [1, 1, 2], "date": pd.to_datetime(["2023-01-05", "2023-03-12", "2023-02-01"]), "value": [9.0, 9.0, 9.0]})
    shop = Histories(log, "2024-03-01", unit_days=7, seasons=seasons)
    model = ParetoNBD.from_params(r=0.6, alpha=9, s=0.5, beta=11, unit_days=7, covariates={"nowruz": {"purchase": 0.8}})
    risk = retain.churn.risk(model, shop, days=30)
    assert risk.name == "risk" and risk.tolist() == model.silence(shop, days=30).tolist()
    np.testing.assert_allclose(retain.churn.risk(model, shop, days=30, kind="dead"), 1 - model.alive(shop), rtol=1e-12)
    with pytest.raises(retain.ArgumentError, match="days is 0; it must be positive"):
        retain.churn.risk(model, shop, days=0)
    with pytest.raises(retain.ArgumentError, match="are for ParetoNBD"):
        retain.churn.risk(retain.BGNBD.from_params(r=0.6, alpha=9, a=0.5, b=1, unit_days=7), shop, days=30)


def test_months_of_a_single_year_are_the_age_of_a_cohort():
    """CDNOW until the end of 1997: a likelihood far better, a forecast far worse."""
    frame = pd.read_csv(pathlib.Path(__file__).parents[2] / "examples/data/cdnow.csv.gz", parse_dates=["date"])
    log = retain.Log(frame, customer="customer_id", date="date", value="dollars")
    shop = Histories(log, "1997-12-31", unit_days=7, seasons=Seasons.months("1997-01-01", "1998-06-30", base=2))
    plain, months = ParetoNBD().fit(shop.summary()), ParetoNBD().fit(shop, lifetime=[])
    test = retain.fit.likelihood_ratio(plain, months)
    assert round(test.statistic / 2) == 269 and 1e-109 < test.p_value < 1e-107
    later = frame[(frame.dollars > 0) & (frame.date > "1997-12-31") & frame.customer_id.isin(shop.customer)]
    assert len(later.drop_duplicates(["customer_id", "date"])) == 12265
    total = months.total(shop, days=181)
    assert [round(v) for v in (total.value, total.least, total.most)] == [14183, 13490, 14902]
    assert round(plain.total(shop.summary(), days=181).value) == 12436


def test_a_month_that_nobody_lived_through_has_no_limits():
    random = np.random.default_rng(0)
    log = {"customer": np.arange(2000), "date": np.datetime64("2011-01-01") + random.integers(0, 120, 2000), "value": np.ones(2000)}
    shop = Histories(log, "2011-09-30", unit_days=7, seasons=Seasons.months("2011-01-01", "2011-12-31", base=2)[["month_5", "month_10"]])
    truth = ParetoNBD.from_params(r=0.8, alpha=6, s=0.8, beta=10, unit_days=7, covariates={"month_5": {"purchase": 0.6}, "month_10": {"purchase": 0.6}})
    drawn, _ = shop.simulate(truth, seed=1)
    with pytest.raises(retain.ConvergenceError, match="month_10 is the same at all times") as refused:
        ParetoNBD().fit(drawn, lifetime=[])
    model = refused.value.model
    assert model.purchase_["month_10"] == 0.0
    october = model.total(drawn, days=31)
    assert october.value > 0.0 and np.isnan(october.low) and np.isnan(october.least)
