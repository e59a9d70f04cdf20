"""Bad arguments of the package: an exception that names the argument, and everything works afterwards."""

import datetime as dt
import decimal
import math
import pickle
import re

import numpy as np
import pytest
import retain

LOG = {"customer": [7, 7, 9], "date": [0, 14, 3], "value": [10.0, 20.0, 5.0]}
CUSTOMERS = {"frequency": [2.0, 0.0], "t_x": [30.43, 0.0], "T": [38.86, 38.86]}
MODEL = retain.ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67, unit_days=7)
SPEND = retain.GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)


class Lying:
    def __len__(self):
        return 1 << 40

    def __getitem__(self, index):
        raise IndexError(index)


class Raising:
    def __len__(self):
        raise RuntimeError("no")

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no")


NOT_NUMBERS = [
    None,
    "text",
    b"bytes",
    {"a": 1},
    {1, 2},
    object(),
    Lying(),
    Raising(),
    (value for value in (1.0, 2.0)),
    ["1.0", "2.0"],
    [1.0, "2.0"],
    [[1.0], [2.0]],
    [[1.0, 2.0], [3.0]],
    [1.0, object()],
    [True, False],
    [decimal.Decimal(1), True],
    np.array([True, False]),
    np.array([1 + 2j, 3]),
    np.array(["1", "2"]),
    np.array(["2024-01-01", "2024-01-02"], dtype="M8[D]"),
    np.array([1, 2], dtype="m8[s]"),
    np.zeros((2, 2)),
    np.zeros((2, 1)),
    np.ma.masked_array([1.0, 2.0], [False, True]),
    np.zeros(2, dtype=[("x", "f8")]),
]


def refuses(call, *words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert not isinstance(caught.value, UnicodeError)
    for word in words:
        assert word in str(caught.value), str(caught.value)
    return caught.value


def ids(value):
    return repr(value)[:40]


@pytest.mark.parametrize("bad", NOT_NUMBERS, ids=ids)
@pytest.mark.parametrize("column", ["frequency", "t_x", "T"])
def test_customers_refuse_what_is_no_column_of_numbers(column, bad):
    refuses(lambda: MODEL.alive({**CUSTOMERS, column: bad}), f"customers.{column}")
    refuses(lambda: retain.BGNBD().fit({**CUSTOMERS, column: bad}, unit_days=7), f"customers.{column}")
    assert len(MODEL.alive(CUSTOMERS)) == 2


@pytest.mark.parametrize("bad", NOT_NUMBERS, ids=ids)
def test_logs_refuse_what_is_no_column(bad):
    refuses(lambda: retain.orders.summary({**LOG, "value": bad}, 28), "value")
    strings = isinstance(bad, list) and all(isinstance(value, str) for value in bad)
    if not isinstance(bad, np.ndarray) or bad.dtype.kind != "M":
        refuses(lambda: retain.orders.summary({**LOG, "date": bad}, 28), "date" if not strings else "date[0]")
    refuses(lambda: retain.orders.summary({**LOG, "multiple": bad}, 28), "multiple")


@pytest.mark.parametrize("bad", NOT_NUMBERS, ids=ids)
def test_columns_of_money_and_risk_refuse_what_is_no_column(bad):
    good = [0.5, 0.5]
    refuses(lambda: retain.clv.historic(bad), "revenue")
    refuses(lambda: retain.clv.historic(good, margin=bad), "margin")
    refuses(lambda: retain.clv.total(bad, good), "historic")
    refuses(lambda: retain.clv.total(good, bad), "residual")
    refuses(lambda: retain.clv.at_risk(bad, good), "risk")
    refuses(lambda: retain.churn.bands(bad), "risk")
    refuses(lambda: retain.churn.expected_loss(good, bad), "residual")
    refuses(lambda: retain.clv.residual(MODEL, CUSTOMERS, bad), "value")
    refuses(lambda: SPEND.expected({"frequency": good, "spend": bad}), "spend")
    refuses(lambda: MODEL.expected(bad), "days")
    refuses(lambda: MODEL.pmf(bad, days=3), "n")
    refuses(lambda: MODEL.simulate(bad, seed=1), "T")
    refuses(lambda: retain.rate.low(bad, 3), "successes")
    refuses(lambda: retain.crr.rate(bad, 3, 3), "start")
    assert retain.clv.total([1.0], [2.0]) == [3.0]


@pytest.mark.parametrize("bad", NOT_NUMBERS, ids=ids)
def test_scores_and_concentration_refuse_what_is_no_column(bad):
    good = {"days_since_last": [1.0, 2.0], "occasions": [1.0, 2.0], "revenue": [1.0, 2.0]}
    for name in good:
        refuses(lambda: retain.RFM().fit({**good, name: bad}), f"customers.{name}")
        if bad is not None:
            refuses(lambda: retain.rfm.table({"segment": [0, 1], **good, name: bad}), f"scored.{name}")
    refuses(lambda: retain.RFM.from_cuts(recency=bad, frequency=[1.0, 2.0], monetary=[1.0, 2.0]), "recency")
    refuses(lambda: retain.rfm.tiers(bad), "value")
    if bad is not None:
        refuses(lambda: retain.rfm.tiers([1.0], cuts=bad), "cuts")
    refuses(lambda: retain.rfm.gini(bad), "value")
    refuses(lambda: retain.rfm.lorenz(bad), "value")
    refuses(lambda: retain.rfm.top_share(bad), "value")
    refuses(lambda: retain.rfm.top_share([1.0], bad), "p")
    refuses(lambda: retain.rfm.segments(bad, [1, 2], [1, 2]), "r")
    assert retain.rfm.gini([1.0, 3.0]).value == 0.25


def test_scores_and_segments_name_what_is_wrong():
    good = {"id": [1, 2], "days_since_last": [1.0, 2.0], "occasions": [1.0, 2.0], "revenue": [1.0, 2.0]}
    log = retain.Log(LOG)
    refuses(lambda: retain.RFM().transform(good), "fit")
    refuses(lambda: retain.RFM().to_dict(), "fit")
    refuses(lambda: retain.RFM(bins=1).fit(good), "bins")
    refuses(lambda: retain.RFM(bins=10).fit(good), "bins")
    refuses(lambda: retain.RFM(bins="5").fit(good), "bins")
    refuses(lambda: retain.RFM().set_params(depth=3), "depth")
    refuses(lambda: retain.RFM().fit(log), "observation_end")
    refuses(lambda: retain.RFM().fit(retain.orders.summary(log, 28)), "observation_end")
    refuses(lambda: retain.RFM().fit({**good, "last_day": [3, 9]}, 5), "last_day[1] is 9")
    refuses(lambda: retain.RFM().fit({"days_since_last": [1.0]}), "occasions")
    refuses(lambda: retain.RFM().fit({**good, "revenue": [1.0, math.nan]}), "revenue[1]")
    refuses(lambda: retain.RFM().fit({name: [] for name in good}), "no rows")
    refuses(lambda: retain.RFM.from_cuts(recency=[2, 1], frequency=[1, 2], monetary=[1, 2]), "recency[1] is 1")
    refuses(lambda: retain.RFM.from_cuts(recency=[1], frequency=[1, 2], monetary=[1]), "frequency has 2 rows, recency has 1")
    refuses(lambda: retain.RFM.from_cuts(recency=range(9), frequency=range(9), monetary=range(9)), "recency has 9 cuts")
    refuses(lambda: retain.RFM.from_dict({"recency": [1]}), "stored")
    refuses(lambda: retain.RFM(segment_map={(1, 1, 1): "a"}).fit(good), "segment_map", "(1, 1, 2)")
    refuses(lambda: retain.RFM(segment_map={(6, 1, 1): "a"}).fit(good), "segment_map", "(6, 1, 1)")
    refuses(lambda: retain.RFM(segment_map=5).fit(good), "segment_map")
    refuses(lambda: retain.rfm.segments([1, 6], [1, 1], [1, 1]), "r[1] is 6")
    refuses(lambda: retain.rfm.segments([1, 5], [1], [1, 1]), "f has 1 rows, r has 2")
    refuses(lambda: retain.rfm.segments(["1"], [1], [1]), "r must")
    refuses(lambda: retain.rfm.table({"revenue": [1.0]}), "segment")
    refuses(lambda: retain.rfm.table({"segment": ["a", "b"], "revenue": [1.0]}), "revenue has 1 rows")
    refuses(lambda: retain.rfm.table({"segment": ["a", "b"]}, order=["a"]), "segment[1] is 'b'")
    refuses(lambda: retain.rfm.table({"segment": list(range(256))}), "256 segments")
    refuses(lambda: retain.rfm.table({"segment": ["a"]}, level=0), "level", "(0, 1)")
    refuses(lambda: retain.rfm.table({"segment": ["a"]}, level=1), "level")
    one = {"id": [1, 2], "segment": ["a", "b"]}
    refuses(lambda: retain.rfm.migration(one, {"id": [1, 1], "segment": ["a", "b"]}), "after.id[1] is there twice")
    refuses(lambda: retain.rfm.migration(one, {"id": ["1"], "segment": ["a"]}), "after.id")
    refuses(lambda: retain.rfm.migration(one, {"id": [1, 2], "segment": ["a"]}), "after.segment has 1 rows")
    refuses(lambda: retain.rfm.migration(one, one, customer="who"), "who")
    refuses(lambda: retain.rfm.migration(one, one).matrix("all"), "what")
    refuses(lambda: retain.rfm.tiers([1.0, -1.0]), "value[1] is -1")
    refuses(lambda: retain.rfm.tiers([1.0], by="orders"), "by", "'customers'")
    refuses(lambda: retain.rfm.tiers([1.0], cuts=[0.5, 0.5]), "cuts[1]")
    refuses(lambda: retain.rfm.tiers([1.0], labels=["A"]), "labels")
    refuses(lambda: retain.rfm.gini([1.0], level=0), "level", "(0, 1)")
    refuses(lambda: retain.rfm.lorenz([1.0], [1.5]), "p[0] is 1.5")
    refuses(lambda: retain.rfm.top_share([1.0], -0.1), "p[0] is -0.1")
    refuses(lambda: retain.rfm.days_since_last([1, 2], 1), "last_day[1] is 2")
    refuses(lambda: retain.rfm.days_since_last(["x"], 1), "last_day[0]")


NOT_A_NUMBER = ["1", None, True, [1.0], object(), 1j, np.array([1.0, 2.0])]


@pytest.mark.parametrize("bad", NOT_A_NUMBER, ids=ids)
def test_single_numbers_are_named(bad):
    refuses(lambda: MODEL.orders(CUSTOMERS, days=bad), "days")
    refuses(lambda: MODEL.silence(CUSTOMERS, days=bad), "days")
    refuses(lambda: MODEL.discounted(CUSTOMERS, annual_rate=bad), "annual_rate")
    refuses(lambda: retain.churn.risk(MODEL, CUSTOMERS, days=bad), "days")
    refuses(lambda: retain.churn.expected_loss([0.5], [1.0], cost=bad), "cost")
    refuses(lambda: retain.churn.expected_loss([0.5], [1.0], effect=bad), "effect")
    refuses(lambda: retain.clv.residual(MODEL, CUSTOMERS, [1, 2], annual_rate=bad), "annual_rate")
    refuses(lambda: retain.orders.summary(LOG, 28, unit_days=bad), "unit_days")
    refuses(lambda: retain.orders.summary(LOG, 28, occasion_days=bad), "occasion_days")
    refuses(lambda: retain.crr.periods(LOG, 28, window_quantile=bad), "window_quantile")
    refuses(lambda: retain.crr.window(LOG, 28, quantile=bad), "quantile")
    refuses(lambda: retain.crr.periods(LOG, 28, span=bad), "span")
    refuses(lambda: retain.crr.flags([[1, 0]], span=bad), "span")
    refuses(lambda: retain.crr.flags([[1, 0]], level=bad), "level")
    refuses(lambda: retain.crr.change({"start": [1], "retained": [1]}, lag=bad), "lag")
    refuses(lambda: retain.revenue.bridge(LOG, 28, lag=bad), "lag")
    refuses(lambda: retain.revenue.bridge(LOG, 28, level=bad), "level")
    refuses(lambda: retain.revenue.amounts([[1, 2]], lag=bad), "lag")
    refuses(lambda: retain.revenue.amounts([[1, 2]], level=bad), "level")
    for name in ("customers", "margin", "base_retention", "periods", "acquired", "annual_rate", "periods_per_year"):
        plan = {"customers": 10, "margin": 1, "base_retention": 0.5, "periods": 3, name: bad}
        refuses(lambda: retain.revenue.Plan(**plan).profit([0.5]), name)
    refuses(lambda: retain.crr.change({"start": [1], "retained": [1]}, level=bad), "level")
    refuses(lambda: retain.cohort.retention([1], [[1]], level=bad), "level")
    refuses(lambda: retain.cohort.cells(LOG, 28, level=bad), "level")
    refuses(lambda: retain.cohort.cells(LOG, 28).share(level=bad), "level")
    refuses(lambda: retain.ParetoNBD.from_params(r=bad, alpha=1, s=1, beta=1, unit_days=1), "r must")
    refuses(lambda: retain.ParetoNBD.from_params(r=1, alpha=1, s=1, beta=1, unit_days=bad), "unit_days")
    refuses(lambda: retain.GammaGamma.from_params(p=1, q=bad, gamma=1), "q must")
    refuses(lambda: MODEL.simulate([1.0], seed=bad), "seed")
    refuses(lambda: retain.ParetoNBD(iterations=bad).fit(CUSTOMERS, unit_days=7), "iterations")
    refuses(lambda: retain.ParetoNBD(level=bad).fit(CUSTOMERS, unit_days=7), "level")
    refuses(lambda: retain.calendar.edges(0, 50, step=bad), "step")
    refuses(lambda: retain.calendar.is_leap(bad), "year")
    refuses(lambda: retain.orders.summary(LOG, 28, threads=bad), "threads")


@pytest.mark.parametrize("bad", [None, "tomorrow", "2024-13-01", 1.5, True, [], np.datetime64("NaT"), 2**70, object()], ids=ids)
def test_single_days_are_named(bad):
    refuses(lambda: retain.orders.summary(LOG, bad), "observation_end")
    refuses(lambda: retain.orders.holdout(LOG, [7], bad, 28), "calibration_end")
    refuses(lambda: retain.crr.periods(LOG, bad), "observation_end")
    refuses(lambda: retain.cohort.active(LOG, bad), "observation_end")
    refuses(lambda: retain.cohort.cells(LOG, bad), "observation_end")
    refuses(lambda: retain.cohort.compare(LOG, bad, 0, 1), "observation_end")
    refuses(lambda: retain.revenue.bridge(LOG, bad), "observation_end")
    refuses(lambda: retain.calendar.edges(bad, 50), "first")
    refuses(lambda: retain.calendar.edges(0, bad), "last")
    refuses(lambda: retain.calendar.weekday(bad), "day")


@pytest.mark.parametrize("zero", [0, 0.0, -1])
def test_zero_is_not_read_as_the_default(zero):
    refuses(lambda: retain.churn.risk(MODEL, CUSTOMERS, days=zero), "days", "positive")
    refuses(lambda: retain.clv.residual(MODEL, CUSTOMERS, [1, 1], days=zero), "days", "positive")
    refuses(lambda: retain.orders.summary(LOG, 28, unit_days=zero), "unit_days", "positive")
    refuses(lambda: retain.crr.periods(LOG, 28, level=zero), "level", "(0, 1)")
    refuses(lambda: retain.crr.periods(LOG, 28, window_days=int(zero)), "window_days", "positive")
    refuses(lambda: retain.crr.periods(LOG, 28, span=int(zero)), "span", "positive")
    refuses(lambda: retain.revenue.bridge(LOG, 28, lag=int(zero)), "lag", "positive")
    refuses(lambda: retain.crr.change({"start": [1], "retained": [1]}, lag=int(zero)), "lag", "positive")
    refuses(lambda: retain.orders.summary(LOG, 28, occasion_days=int(zero)), "occasion_days", "positive")
    refuses(lambda: retain.cohort.average([1], [[1]], level=zero), "level", "(0, 1)")
    refuses(lambda: retain.ParetoNBD(iterations=int(zero)).fit(CUSTOMERS, unit_days=7), "iterations", "positive")
    refuses(lambda: retain.calendar.edges(0, 50, step=int(zero)), "step", "positive")
    assert retain.clv.historic([3.0, 4.0], margin=0) == [0.0, 0.0]
    assert retain.clv.residual(MODEL, CUSTOMERS, [1.0, 1.0], days=90, margin=0.0) == [0.0, 0.0]


def test_days_are_spoken_of_as_days():
    for bad in (-1.0, math.nan, math.inf):
        for call in (MODEL.orders, MODEL.silence, MODEL.predict):
            refuses(lambda: call(CUSTOMERS, days=bad), f"days is {bad:g}; it must be finite and at least 0")
        refuses(lambda: MODEL.pmf([1], days=bad), f"days is {bad:g}; it must be finite and at least 0")
        refuses(lambda: MODEL.simulate([1.0], seed=1, days=bad), f"days is {bad:g}; it must be finite and at least 0")
        error = refuses(lambda: MODEL.expected([7.0, bad]), f"days[1] is {bad:g}; it must be finite and at least 0")
        assert isinstance(error, retain.DataError) and error.row == 1
    refuses(lambda: MODEL.discounted(CUSTOMERS, days=-1), "days is -1; it must be at least 0")
    assert MODEL.discounted(CUSTOMERS, days=math.inf, annual_rate=0.1) == MODEL.discounted(CUSTOMERS, annual_rate=0.1)


def test_large_numbers_are_refused_for_what_they_are():
    refuses(lambda: retain.crr.periods(LOG, 28, window_days=10**30), "window_days is 1" + "0" * 30, "less than 2^63")
    refuses(lambda: retain.orders.summary(LOG, 28, threads=257), "threads is 257; it must lie in [0, 256]")
    assert len(retain.orders.summary(LOG, 28, threads=256)["customer"]) == 2


@pytest.mark.parametrize(
    "bad", [None, 5, "x", [1, 0], [[1, 0], [1]], [[[1]]], [["a"]], [[None]], [[2, 0]], [[0.5, 0.5]], object(), {}, {"a": 1}], ids=ids
)
def test_matrices_of_flags_are_named(bad):
    assert re.search("active|instants", str(refuses(lambda: retain.crr.flags(bad))))


@pytest.mark.parametrize(
    "bad", [None, 5, "x", [1, 0], [[1, 0], [1]], [[[1]]], [["a"]], [[-1, 0]], [[float("inf")]], [[float("nan")]], object(), {}], ids=ids
)
def test_matrices_of_amounts_are_named(bad):
    assert re.search("amounts|periods", str(refuses(lambda: retain.revenue.amounts(bad))))


def test_choices_are_named():
    refuses(lambda: retain.churn.risk(MODEL, CUSTOMERS, kind="gone"), "kind", "'gone'", "'silence'")
    refuses(lambda: retain.churn.risk(MODEL, CUSTOMERS, kind=0), "kind")
    refuses(lambda: retain.calendar.edges(0, 50, period="fortnight"), "period", "'week'")
    refuses(lambda: retain.calendar.edges(0, 50, calendar="mayan"), "calendar", "'jalali'")
    refuses(lambda: retain.calendar.edges(0, 50, first_weekday="someday"), "first_weekday")
    refuses(lambda: retain.calendar.edges(0, 50, first_weekday=8), "first_weekday")
    refuses(lambda: retain.cohort.active(LOG, 28, kind="both"), "kind")
    refuses(lambda: retain.crr.periods(LOG, 28, activity="always"), "activity", "'period'")
    refuses(lambda: retain.crr.periods(LOG, 28, activity="period", window_days=5), "window_days")
    refuses(lambda: retain.crr.periods(LOG, 28, window_days=5, span=9), "span is 9")
    refuses(lambda: retain.crr.change({"start": [1], "lost": [1]}, "crr"), "of", "'churn'")
    refuses(lambda: retain.crr.change({"start": [1, 2], "retained": [1, 1]}, lag=12), "lag is 12", "number of periods, 2")
    refuses(lambda: retain.cohort.active(LOG, 28).triangle("everything"), "what")
    refuses(lambda: retain.cohort.cells(LOG, 28, kind="both"), "kind")
    refuses(lambda: retain.cohort.cells(LOG, 28, rows="both"), "rows")
    refuses(lambda: retain.cohort.cells(LOG, 28, columns="row"), "columns")
    refuses(lambda: retain.cohort.cells(LOG, 28).triangle("everything"), "what")
    refuses(lambda: retain.cohort.cells(LOG, 28).share("orders"), "what")
    refuses(lambda: retain.cohort.compare(LOG, 28, 0, 1, rows="any"), "rows")
    refuses(lambda: retain.orders.summary(LOG, 28, count_zero_orders=1), "count_zero_orders")
    refuses(lambda: retain.orders.summary(LOG, 28, thread=2), "unexpected keyword argument 'thread'")
    refuses(lambda: retain.orders.summary(LOG, 28, threads=-1), "threads")
    refuses(lambda: retain.orders.summary(LOG, 28, progress=5), "progress")
    refuses(lambda: retain.orders.summary(LOG, 28, memory=-5), "memory")


@pytest.mark.parametrize("bad", [5, "x", None, [1, 2], np.zeros(3), np.zeros((2, 3)), object(), {}, {"customer": [1]}], ids=ids)
def test_tables_are_named(bad):
    refuses(lambda: retain.orders.summary(bad, 28), "orders")
    refuses(lambda: retain.cohort.active(bad, 28), "orders")
    refuses(lambda: retain.cohort.cells(bad, 28), "orders")
    if not isinstance(bad, (list, np.ndarray)) and bad != {"customer": [1]}:
        refuses(lambda: retain.orders.holdout(LOG, bad, 5, 28), "customers")
    refuses(lambda: MODEL.alive(bad), "customers")
    refuses(lambda: SPEND.fit(bad), "customers")
    refuses(lambda: retain.orders.distinct(bad), "customers")


def test_models_are_named():
    for bad in (None, 5, "ParetoNBD", SPEND, retain.ParetoNBD):
        refuses(lambda: retain.churn.risk(bad, CUSTOMERS), "model")
        refuses(lambda: retain.clv.residual(bad, CUSTOMERS, [1, 1]), "model")
    refuses(lambda: retain.ParetoNBD().alive(CUSTOMERS), "fit")
    refuses(lambda: retain.GammaGamma().mean(), "fit")
    refuses(lambda: retain.churn.risk(retain.BGNBD(), CUSTOMERS), "fit")
    refuses(lambda: retain.ParetoNBD.from_params(r=1, alpha=1, s=1, unit_days=1), "'beta' is missing")
    refuses(lambda: retain.ParetoNBD.from_params(r=1, alpha=1, s=1, beta=1, a=1, unit_days=1), "'a' is none")
    refuses(lambda: retain.ParetoNBD.from_params(r=0, alpha=1, s=1, beta=1, unit_days=1), "r is 0")
    refuses(lambda: retain.ParetoNBD.from_params(r=math.inf, alpha=1, s=1, beta=1, unit_days=1), "r is inf")
    refuses(lambda: retain.ParetoNBD.from_params(r=math.nan, alpha=1, s=1, beta=1, unit_days=1), "r is nan")
    refuses(lambda: retain.btyd.from_dict({**MODEL.to_dict(), "family": "ParetoBG"}), "'ParetoBG'")
    refuses(lambda: retain.btyd.from_dict(5), "stored")
    refuses(lambda: retain.ParetoNBD().set_params(depth=3), "depth")


def test_rows_that_break_a_rule_are_named():
    error = refuses(lambda: MODEL.alive({**CUSTOMERS, "t_x": [40.0, 0.0]}), "t_x[0] is 40")
    assert isinstance(error, retain.DataError) and error.row == 0 and error.code == 2
    error = refuses(lambda: MODEL.alive({**CUSTOMERS, "frequency": [2.0, 0.5]}), "frequency[1] is 0.5")
    assert error.row == 1
    error = refuses(lambda: retain.orders.summary({**LOG, "value": [1.0, math.nan, 2.0]}, 28), "value[1]")
    assert error.row == 1
    refuses(lambda: retain.orders.summary({**LOG, "cancelled": [0, 1, 7]}, 28), "cancelled[2] is 7")
    refuses(lambda: retain.churn.bands([0.5, 1.5]), "risk[1] is 1.5")
    refuses(lambda: retain.churn.bands([0.5], cuts=[0.9, 0.1]), "cuts[1]")
    refuses(lambda: retain.churn.bands([0.5], labels=["a"]), "labels")
    refuses(lambda: retain.churn.expected_loss([0.5], [1.0], effect=1.5), "effect")
    refuses(
        lambda: retain.churn.risk(retain.BGNBD.from_params(r=1, alpha=1, a=1, b=1, unit_days=7), CUSTOMERS, kind="dead"), "BG/NBD"
    )
    refuses(lambda: retain.churn.risk(retain.NBD.from_params(r=1, alpha=1, unit_days=7), CUSTOMERS, kind="dead"), "nobody ever leaves")
    donors, years = retain.BGBB.from_params(alpha=1, beta=1, gamma=1, delta=1, unit_days=365), {"frequency": 1, "t_x": 2, "T": 6}
    refuses(lambda: donors.orders(years, days=90), "whole number of opportunities")
    refuses(lambda: retain.churn.risk(donors, years), "whole number of opportunities")
    refuses(lambda: donors.alive({**years, "T": 6.5}), "customers.T[0] is 6.5; under BG/BB")
    refuses(lambda: donors.alive({**years, "frequency": 3}), "customers.frequency[0] is 3; under BG/BB it must lie in [0, t_x = 2]")
    refuses(lambda: retain.BGBB().fit({"frequency": [1], "t_x": [1.5], "T": [6]}, unit_days=365), "customers.t_x[0] is 1.5")
    refuses(lambda: retain.calendar.numbers([2023], [2], [29]), "2023")
    refuses(lambda: retain.crr.grade(0.5, cuts=[0.5, 0.1]), "cuts")
    assert retain.crr.grade(math.nan) is None


def test_missing_ids_and_dates_are_named():
    pd = pytest.importorskip("pandas")
    pl = pytest.importorskip("polars")
    for missing in ([7, None, 9], ["a", None, "b"], [1.0, math.nan, 2.0], pd.Series(["a", None, "b"]), pl.Series([7, None, 9])):
        error = refuses(lambda: retain.orders.summary({**LOG, "customer": missing}, 28), "orders.customer[1] is missing")
        assert error.row == 1
    day = dt.date(2024, 1, 1)
    for missing in (
        [day, None, day],
        pd.Series([day, None, day]),
        pd.to_datetime(pd.Series([day, None, day])),
        pl.Series([day, None, day]),
    ):
        error = refuses(lambda: retain.orders.summary({**LOG, "date": missing}, "2024-02-01"), "orders.date[1] is missing")
        assert error.row == 1
    refuses(lambda: retain.orders.summary({**LOG, "customer": [[1], [2], [1]]}, 28), "customer")
    refuses(lambda: retain.orders.summary({**LOG, "cancelled": pd.Series([True, None, False], dtype="boolean")}, 28), "cancelled")
    refuses(lambda: retain.orders.holdout(LOG, [7, 7], 5, 28), "customers.customer[1] is there twice")
    refuses(lambda: retain.orders.holdout(LOG, ["7"], 5, 28), "customers.customer")


def test_units_of_time_are_never_guessed():
    refuses(lambda: retain.ParetoNBD().fit(CUSTOMERS), "unit_days")
    refuses(lambda: retain.orders.distinct(CUSTOMERS), "unit_days")
    refuses(lambda: MODEL.alive({**CUSTOMERS, "unit_days": [7.0, 1.0]}), "unit_days")
    refuses(lambda: MODEL.alive({**CUSTOMERS, "unit_days": [1.0, 1.0]}), "unit_days")
    day = np.array(["2024-01", "2024-02", "2024-03"], dtype="M8[M]")
    refuses(lambda: retain.orders.summary({**LOG, "date": day}, 28), "orders.date", "'M'")
    refuses(lambda: retain.orders.summary({**LOG, "date": day.astype("M8[Y]")}, 28), "'Y'")
    refuses(lambda: retain.orders.summary({**LOG, "date": [0.0, 14.0, 3.0]}, 28), "orders.date")


def test_time_zones_are_not_guessed():
    naive = np.array(["2024-01-01T12:00"], dtype="M8[s]")
    refuses(lambda: retain.calendar.days(naive, zone="Europe/London"), "no time zone")
    refuses(lambda: retain.calendar.days([0], zone="Mars/Olympus"), "zone", "Mars/Olympus")
    refuses(lambda: retain.calendar.days([0], zone=5), "zone")
    refuses(lambda: retain.Log(LOG, zone="Europe/London"), "zone")
    aware = dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)
    refuses(lambda: retain.calendar.days([aware, aware.replace(tzinfo=None)]), "time zone")


def test_columns_of_different_lengths_are_named():
    refuses(lambda: MODEL.alive({**CUSTOMERS, "t_x": [1.0, 2.0, 3.0]}), "t_x has 3 rows, frequency has 2")
    refuses(lambda: retain.orders.summary({**LOG, "value": [1.0]}, 28), "orders.value has 1 rows, orders.customer has 3")
    refuses(lambda: retain.clv.total([1.0, 2.0], [1.0]), "residual has 1 rows, historic has 2")
    refuses(lambda: retain.rate.low([1, 2], [1, 2, 3]), "trials has 3 rows, successes has 2")
    refuses(lambda: retain.cohort.retention([1, 2], [[1, 2]]), "active")
    refuses(lambda: retain.clv.residual(MODEL, CUSTOMERS, [1.0]), "value has 1 rows")


def test_awkward_arrays_are_understood():
    """What NumPy can hold is made contiguous, aligned and native first."""
    plain = {name: np.array(column) for name, column in CUSTOMERS.items()}
    want = MODEL.alive(plain).tolist()
    swapped = {name: column.astype(column.dtype.newbyteorder()) for name, column in plain.items()}
    reverse = {name: column[::-1].copy()[::-1] for name, column in plain.items()}
    half = {name: column.astype(np.float32).astype(np.float64) for name, column in plain.items()}
    odd = {name: np.frombuffer(b"x" + column.tobytes(), dtype=np.uint8)[1:].view(np.float64) for name, column in plain.items()}
    frozen = {name: column.copy() for name, column in plain.items()}
    for column in frozen.values():
        column.flags.writeable = False
    decimals = {name: [decimal.Decimal(value) for value in column.tolist()] for name, column in plain.items()}
    for table in (swapped, reverse, odd, frozen, decimals, {name: memoryview(column) for name, column in plain.items()}):
        got = MODEL.alive(table)
        assert list(got) == want
    assert len(MODEL.alive({name: column.astype(np.float32) for name, column in half.items()})) == 2
    assert MODEL.alive({"frequency": np.array([2, 0]), "t_x": [30, 0], "T": [38, 38]}).shape == (2,)


def test_empty_tables_work():
    empty = {name: [] for name in CUSTOMERS}
    assert MODEL.alive(empty) == []
    assert retain.churn.risk(MODEL, empty) == []
    nobody = retain.orders.summary({"customer": [], "date": [], "value": []}, 28)
    assert nobody["customer"] == [] and nobody["T"] == []
    assert retain.orders.report({"customer": [], "date": [], "value": []}, 28).rows == 0
    assert retain.clv.at_risk([], []) == ([], 0.0)
    assert repr(retain.Log({"customer": [], "date": [], "value": []})) == "Log(no rows)"
    assert math.isnan(MODEL.score(empty))
    refuses(lambda: retain.ParetoNBD().fit(empty, unit_days=7))


def test_exceptions_can_be_pickled():
    error = refuses(lambda: MODEL.alive({**CUSTOMERS, "t_x": [40.0, 0.0]}))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and str(again) == str(error) and again.row == error.row and again.code == error.code


def test_models_can_be_pickled_copied_and_stored():
    import copy
    import json

    for model in (MODEL, retain.BGNBD.from_params(r=1, alpha=2, a=3, b=4, unit_days=1)):
        for again in (
            pickle.loads(pickle.dumps(model)),
            copy.deepcopy(model),
            retain.btyd.from_dict(json.loads(json.dumps(model.to_dict()))),
        ):
            assert again.alive(CUSTOMERS) == model.alive(CUSTOMERS)
            assert repr(again) == repr(model)
    assert SPEND.to_dict() == {
        "format": "libretain model",
        "version": 1,
        "family": "Gamma-Gamma",
        "parameters": {"p": 6.25, "q": 3.74, "gamma": 15.44},
        "fit": None,
    }


def test_scikit_learn_can_clone_the_estimators():
    base = pytest.importorskip("sklearn.base")
    model = retain.ParetoNBD(iterations=7, level=0.9)
    assert base.clone(model).get_params() == {"iterations": 7, "level": 0.9}
    assert not model.__sklearn_is_fitted__() and MODEL.__sklearn_is_fitted__()
    assert model.set_params(level=0.8).level == 0.8


def test_dates_written_as_whole_numbers_are_refused_with_a_hint():
    digits = {**LOG, "date": [20240105, 20240229, 20231231]}
    words = ("orders.date[0] is 20240105", "yyyymmdd", "day_numbers=True")
    error = refuses(lambda: retain.orders.summary(digits, "2024-06-30"), *words)
    assert error.row == 0
    refuses(lambda: retain.cohort.active(LOG, 28, edges=[20240101, 20240201]), "edges[0] is 20240101")
    refuses(lambda: retain.orders.summary(LOG, 20240630), "observation_end is 20240630", "'2024-06-30'")
    told = retain.Log(digits, day_numbers=True)
    assert told.day.tolist() == digits["date"]
    assert len(retain.orders.summary(told, np.datetime64(20240630, "D"))["T"]) == 2
    assert retain.Log({**LOG, "date": [20240105, 20241301, 19723]}).day.tolist() == [20240105, 20241301, 19723]
    refuses(lambda: retain.Log(LOG, day_numbers=1), "day_numbers")


@pytest.mark.parametrize("blank", ["", "  "])
def test_blank_order_ids_are_refused(blank):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    ids = ["a", blank, "b"]
    for order in (ids, np.array(ids), pd.Series(ids), pd.Series(ids, dtype="category"), pl.Series(ids)):
        error = refuses(lambda: retain.orders.summary({**LOG, "order": order}, 28), "orders.order[1] is blank", "order=None")
        assert error.row == 1
    assert retain.Log({**LOG, "order": ids}, order=None).order is None


@pytest.mark.parametrize("blank", ["", " \t"])
def test_blank_customers_are_refused(blank):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    ids = ["ann", blank, "bob"]
    for customer in (ids, np.array(ids), pd.Series(ids), pd.Series(ids, dtype="category"), pl.Series(ids)):
        error = refuses(lambda: retain.orders.summary({**LOG, "customer": customer}, 28), "orders.customer[1] is blank", "guest")
        assert error.row == 1


@pytest.mark.parametrize(("each", "unit"), [(1, "s"), (1000, "ms"), (10**6, "us"), (10**9, "ns")])
def test_unix_time_is_not_read_as_day_numbers(each, unit):
    log = {**LOG, "date": [1704412800 * each, 1704412801 * each, 1711900000 * each]}
    error = refuses(lambda: retain.orders.summary(log, "2024-06-30"), f"orders.date[0] is {1704412800 * each}", f"unit='{unit}'")
    assert error.row == 0
    refuses(lambda: retain.orders.summary(LOG, 1711900000 * each), "observation_end is", "Unix time in ", "'2024-03-20'")
    refuses(lambda: retain.repeat.periods(LOG, 28, edges=[1704412800 * each, 1711900000 * each]), "edges[0] is", "Unix time")
    told = retain.Log({**LOG, "date": [10**8, 2 * 10**8, 3 * 10**8]}, day_numbers=True)
    assert retain.orders.summary(told, np.datetime64(10**9, "D"))["T"] == [9 * 10**8, 7 * 10**8]


def test_a_mistyped_year_is_named_before_it_makes_thousands_of_periods():
    log = {"customer": [1, 1, 2, 2], "value": [1.0] * 4, "date": ["2022-01-05", "2022-02-01", "2202-03-05", "2022-04-01"]}
    for call in (retain.cohort.active, retain.crr.periods, retain.ledger.periods):
        words = ("orders.date[0] is 2022-01-05", "orders.date[2] is 2202-03-05", "edges")
        error = refuses(lambda: call(log, retain.orders.last_day(log)), *words)
        assert error.row == 2
    early = {**log, "date": ["2022-01-05", "1022-02-01", "2022-03-05", "2022-04-01"]}
    assert refuses(lambda: retain.ledger.periods(early, "2022-12-31"), "orders.date[1] is 1022-02-01").row == 1
    refuses(lambda: retain.ledger.periods(LOG, 10_100, period="day"), "orders.date[0] is 0", "10100")
    assert len(retain.ledger.periods(log, "2022-12-31").gross) == 12
    assert len(retain.ledger.periods(LOG, 10_100, period="week").gross) > 1000


def test_a_frame_without_rows_and_types_is_an_empty_log():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    names = ["customer", "date", "value"]
    for frame in (
        pd.DataFrame(columns=names),
        pd.DataFrame({name: [] for name in names}),
        pl.DataFrame({name: [] for name in names}),
        {name: np.array([]) for name in names},
        pd.DataFrame(columns=[*names, "order", "cancelled", "multiple"]).drop(columns="order"),
    ):
        assert retain.orders.report(frame, "2024-01-01").rows == 0
        assert retain.orders.report(frame, "2024-01-01").customers == 0
        assert len(retain.orders.summary(frame, "2024-01-01")["T"]) == 0


def test_sentences_speak_of_what_was_given():
    refuses(lambda: retain.rfm.gini([1.0], level=95), "level is 95", "write 0.95 for 95 %")
    refuses(lambda: retain.service.times([1], [2], 9, quantiles=[2.0]), "quantiles[0] is 2")
    refuses(lambda: retain.service.late([5], [None], 9, by=[1, 2]), "by has 2 rows")
    refuses(lambda: retain.crr.periods(LOG, "2024-04-30", edges=["2024-02-01", "2024-01-01"]), "edges[1] is 2024-01-01", "2024-02-01")
    refuses(lambda: retain.crr.periods(LOG, 28, edges=[5]), "edges has 1 entry")
    early = ["2024-05-01T08:00"], ["2024-05-01T07:00"]
    refuses(lambda: retain.service.times(*early, "2024-06-01"), "ended[0] is 2024-05-01T07:00:00", "opened[0] = 2024-05-01T08:00:00")
    assert retain.rfm.segments([5.0], [5.0], [5.0]) == ["champions"]
    refuses(lambda: retain.rfm.segments([5.5], [5.0], [5.0]), "r[0] is 5.5")
    assert retain.RFM().fit_transform(LOG, 28) == retain.RFM().fit_transform(retain.Log(LOG), 28)
    log = {"customer": ["a", "b"], "date": ["2024-01-01", "2024-02-05"], "value": [1.0, 2.0]}
    refuses(lambda: retain.cohort.compare(log, "2024-04-30", 0, 1, 3), "row is 0", "from 2024-01-01 to before 2024-0")
    refuses(lambda: retain.cohort.active(log, "2024-04-30", kind="rolling"), "'unbounded'", "cohort.cells(columns='rolling'")
    refuses(lambda: retain.cohort.active(log, "2024-04-30", kind="bracket"), "cohort.cells(ages=")
    refuses(lambda: retain.cohort.cells(log, "2024-04-30", columns="rolling"), "ages is missing; columns of days need them: 0, 1, 31, 61")
    refuses(lambda: retain.cohort.cells(log, "2024-04-30", by={"a": 1}), "'b', who is not in by;")
    refuses(lambda: retain.crr.periods(log, "2024-04-30", window_days=9, span=9), "span is 9; it must be less than the number of edges, 5")
    refuses(lambda: retain.crr.periods(log, "2023-12-31"), "is that day too early? Else give window_days")
    early = "orders.date[0] is 2024-01-01; it must not lie before edges[0] = 2024-02-01"
    for call in (retain.cohort.active, retain.cohort.cells, retain.ledger.periods):
        error = refuses(lambda: call(log, "2024-04-30", edges=["2024-02-01", "2024-03-01"]), early)
        assert isinstance(error, retain.DataError) and error.row == 0
    refuses(lambda: retain.ledger.periods(LOG, 28, edges=[1, 30]), "orders.date[0] is 0; it must not lie before edges[0] = 1")
    refuses(lambda: retain.calendar.edges("2024-05-01", "2024-01-01"), "first is 19844 (2024-05-01); it must not be after last")
    refuses(lambda: retain.orders.summary({**log, "date": ["2024-01-01"]}, 28), "orders.date has 1 rows, orders.customer has 2")
    refuses(lambda: retain.RFM(bins=4).check_segments(), "bins is 4; it must be 5")
