"""Repeat purchases: the golden tables, and everything once more from its definition with DuckDB and NumPy on real shops."""

import gzip
import math
import os
import pathlib

import numpy as np
import pytest
import retain
from conftest import near, number, read_golden
from retain import repeat

END = "1998-06-30"
SINCE = {"first": "first", "previous": "previous", "gaps": "all"}


def check_table(rows, table, without=(), start=0):
    for at, row in enumerate(rows, start):
        for name, text in row.items():
            if name not in without:
                want = number(text)
                assert near(table[name][at], want, 1e-11 * abs(want)), (at, name, table[name][at], want)


# --- golden tables -------------------------------------------------------------------------------------------------------------


def test_figures_are_those_of_pandas(cdnow_sample):
    found = repeat.summary(cdnow_sample, END)
    for row in read_golden("repeat/cdnow_summary.csv"):
        figure = getattr(found, row["figure"])
        for part in figure._fields:
            assert near(getattr(figure, part), float(row[part]), 1e-11 * abs(float(row[part]))), (row["figure"], part)
    assert list(found.table()["figure"]) == [row["figure"] for row in read_golden("repeat/cdnow_summary.csv")]


def test_periods_steps_and_bands_are_those_of_pandas(cdnow_sample):
    check_table(read_golden("repeat/cdnow_periods.csv"), repeat.periods(cdnow_sample, END), ("begin", "end"))
    check_table(read_golden("repeat/cdnow_funnel.csv"), repeat.funnel(cdnow_sample, END, steps=12))
    tenure = repeat.tenure(cdnow_sample, END, [0, 1, 30, 90, 180, 365, 545])
    check_table(read_golden("repeat/cdnow_tenure.csv"), tenure, ("begin", "end"))
    check_table(read_golden("repeat/cdnow_profile.csv"), repeat.profile(cdnow_sample, END))


def test_curves_are_those_of_lifelines(cdnow_sample):
    rows = read_golden("repeat/cdnow_curve.csv")
    for kind, occasion in sorted({(row["kind"], row["occasion"]) for row in rows}):
        mine = [row for row in rows if (row["kind"], row["occasion"]) == (kind, occasion)]
        curve = repeat.curve(cdnow_sample, END, since=SINCE[kind], occasion=int(occasion))
        assert len(curve["days"]) == len(mine)
        check_table(mine, curve, ("kind", "occasion"))
    for path, read, asked in ("within", repeat.within, "days"), ("quantiles", repeat.quantiles, "share"):
        for row in read_golden(f"repeat/cdnow_{path}.csv"):
            found = read(cdnow_sample, END, [float(row[asked])], since=SINCE[row["kind"]], occasion=int(row["occasion"]))
            check_table([row], found, ("kind", "occasion"))


def test_regularity_is_that_of_fractions(cdnow_sample):
    for row in read_golden("repeat/regularity.csv"):
        got = repeat.regularity(cdnow_sample, int(row["end"]))
        for name in ("customers", "pairs", "variance", "k", "standard_error", "low", "high"):
            assert getattr(got, name) == pytest.approx(float(row[name]), rel=1e-13), name
    assert 1 < got.low < got.k < got.high < 1.3  # CD buyers buy nearly at random
    wide = repeat.regularity(cdnow_sample, int(row["end"]), level=0.99)
    assert wide.low < got.low < got.high < wide.high


def test_regularity_is_that_of_the_clock():
    rng = np.random.default_rng(4)
    for k in (1, 3):
        gaps = rng.gamma(k, 1.0, (3000, 6)) * rng.uniform(30, 300, (3000, 1))
        days = np.ceil(np.cumsum(gaps, axis=1)).astype(int)
        log = {"customer": np.repeat(np.arange(3000), 6), "date": days.ravel(), "value": np.ones(18000)}
        got = repeat.regularity(log, int(days.max()))
        assert abs(got.k - k) < 4 * got.standard_error + 0.02 * k


def test_gaps_are_those_of_pandas(cdnow_sample):
    gaps = repeat.gaps(cdnow_sample, END)
    assert len(gaps["gaps"]) == 2349
    for row in read_golden("repeat/cdnow_gaps.csv"):
        check_table([row], gaps, ("row",), int(row["row"]))


# --- once more, by SQL ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def online_retail():
    """Lines of a British wholesaler's invoices, cancelled ones left out: customer, moment, money, invoice."""
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip("RETAIN_DATA is not set")
    pd = pytest.importorskip("pandas")
    with gzip.open(pathlib.Path(folder) / "online_retail" / "online_retail.csv.gz") as file:
        rows = pd.read_csv(file, dtype={"invoice": str}, usecols=["invoice", "timestamp", "customer_id", "quantity", "unit_price"])
    rows = rows[rows.customer_id.notna() & rows.invoice.str.isdigit() & (rows.quantity > 0) & (rows.unit_price > 0)]
    return {
        "customer": rows.customer_id.astype(np.int64).to_numpy(),
        "moment": pd.to_datetime(rows.timestamp).to_numpy().astype("M8[s]"),
        "cents": np.rint(rows.quantity * rows.unit_price * 100).astype(np.int64).to_numpy(),
        "order": rows.invoice.astype(np.int64).to_numpy(),
    }


def prepare(base, day, customer, cents):
    base.register("raw", {"customer": customer, "day": day, "cents": cents})
    base.execute("create table occasions as select customer, day, count(*) as orders, sum(cents) as cents from raw "
                 "where cents > 0 group by customer, day")
    base.execute("create table ranked as select *, row_number() over w as k, first_value(day) over w as first, "
                 "lead(day) over w as next from occasions window w as (partition by customer order by day)")


def whole_orders(shop):
    """One row an order: its customer, day of the earliest line, and money."""
    order, first = np.unique(shop["order"], return_index=True)
    moment = np.full(len(order), np.datetime64("2100-01-01", "s"))
    at = np.searchsorted(order, shop["order"])
    np.minimum.at(moment, at, shop["moment"])
    cents = np.zeros(len(order), dtype=np.int64)
    np.add.at(cents, at, shop["cents"])
    return shop["customer"][first], moment, cents


def kaplan_meier(days, ended, until):
    """Share that ended within `until` days, by multiplying one factor a day."""
    rest = 1.0
    for day in np.unique(days[ended & (days <= until)]):
        rest *= 1.0 - (ended & (days == day)).sum() / (days >= day).sum()
    return 1.0 - rest if (days >= until).any() or rest == 0.0 else math.nan


def check_against_sql(base, log, end, edges):
    found = repeat.summary(log, end)
    customers, repeats, orders, occasions, cents = base.execute(
        "select count(*), count(*) filter (n > 1), sum(o), sum(n), sum(c) from "
        "(select count(*) as n, sum(orders) as o, sum(cents) as c from ranked where day <= ? group by customer)", [end]).fetchone()
    assert (found.repeat.numerator, found.repeat.denominator) == (repeats, customers)
    assert (found.order_value.denominator, found.occasion_value.denominator) == (orders, occasions)
    assert near(found.order_value.numerator, float(cents) / 100, 1e-9 * float(cents))
    mean, deviation = base.execute(
        "select avg(cents / 100), stddev_samp(cents / 100) from ranked where k = 1 and day <= ?", [end]).fetchone()
    half = (found.first_value.high - found.first_value.low) / 2
    assert near(found.first_value.value, mean, 1e-9 * mean)
    assert near(half / (deviation / math.sqrt(customers)), 1.96, 0.01)

    months = repeat.periods(log, end, edges=edges)
    for k, (begin, stop) in enumerate(zip(edges[:-1], edges[1:])):
        if stop > end + 1:
            assert math.isnan(months["customers"][k])
            continue
        want = base.execute(
            "select count(*), count(*) filter (first < $1), count(*) filter (n > 1), sum(o) from (select min(first) as first, "
            "count(*) as n, sum(orders) as o from ranked where day >= $1 and day < $2 group by customer)", [begin, stop]).fetchone()
        got = tuple(months[name][k] for name in ("customers", "returning", "repeaters", "orders"))
        assert got == tuple(value or 0 for value in want), (k, got, want)

    funnel = repeat.funnel(log, end, steps=6, days=60)
    for k in range(1, 7):
        day, following, cents = (base.execute(
            "select day, case when next <= $2 then next end as next, cents from ranked where k = $1 and day <= $2", [k, end])
            .fetchnumpy()[name] for name in ("day", "next", "cents"))
        open_gap = np.ma.getmaskarray(following)
        waits = np.where(open_gap, end, np.ma.filled(following, 0)) - day
        assert funnel["customers"][k - 1] == len(day)
        assert near(funnel["conversion"][k - 1], (~open_gap).mean(), 1e-15)
        assert near(funnel["within"][k - 1], kaplan_meier(waits, ~open_gap, 60), 1e-12)
        assert near(funnel["value"][k - 1], np.asarray(cents, dtype=float).mean() / 100, 1e-9)

    tenure = repeat.tenure(log, end, [0, 1, 31, 91, 366])
    for k, (begin, stop) in enumerate(((0, 1), (1, 31), (31, 91), (91, 366))):
        want = base.execute("select count(*), count(distinct customer), avg(cents / 100) from ranked where day <= $1 and "
                            "day - first >= $2 and day - first < $3", [end, begin, stop]).fetchone()
        assert (tenure["occasions"][k], tenure["customers"][k]) == want[:2]
        assert near(tenure["value"][k], want[2], 1e-9 * want[2])

    gaps = repeat.gaps(log, end)
    want = base.execute(
        "select customer, avg(next - day), median(next - day), stddev_samp(next - day), max(next - day), $1 - max(day) from "
        "(select customer, day, case when next <= $1 then next end as next from ranked where day <= $1) group by customer "
        "order by customer", [end]).fetchnumpy()
    for name, column in zip(("customer", "mean", "median", "sd", "longest", "days_since_last"), want.values()):
        np.testing.assert_allclose(gaps[name], np.ma.filled(np.ma.asarray(column, dtype=float), np.nan), rtol=1e-12)


def test_cdnow_is_what_sql_says(cdnow):
    duckdb = pytest.importorskip("duckdb")
    base = duckdb.connect()
    day = cdnow["date"].astype(np.int64)
    prepare(base, day, cdnow["customer"].astype(np.int64), np.rint(cdnow["value"] * 100).astype(np.int64))
    log = {"customer": cdnow["customer"].astype(np.int64), "date": day, "value": cdnow["value"]}
    edges = retain.calendar.edges("1997-01-01", "1998-06-30").astype(np.int64).tolist()
    for end in 10407, 10210:
        check_against_sql(base, log, end, edges)


def test_online_retail_is_what_sql_says(online_retail):
    duckdb = pytest.importorskip("duckdb")
    base = duckdb.connect()
    customer, moment, cents = whole_orders(online_retail)
    day = moment.astype("M8[D]").astype(np.int64)
    prepare(base, day, customer, cents)
    lines = {"customer": online_retail["customer"], "date": online_retail["moment"].astype("M8[D]").astype(np.int64),
             "value": online_retail["cents"] / 100, "order": online_retail["order"]}
    edges = retain.calendar.edges("2010-12-01", "2011-12-09").astype(np.int64).tolist()
    check_against_sql(base, lines, int(day.max()), edges)
    profile = repeat.profile(lines, int(day.max()), moments=online_retail["moment"])
    second = (moment - moment.astype("M8[D]")).astype(np.int64)
    want = np.zeros((7, 24))
    np.add.at(want, ((day + 3) % 7, second // 3600), 1)
    assert (np.asarray(profile["orders"]).reshape(7, 24) == want).all()


# --- groups and clocks ---------------------------------------------------------------------------------------------------------


def log_rank(days, ended, group):
    """Chi-squared and degrees of freedom from the textbook sums."""
    labels, group = np.unique(group, return_inverse=True)
    observed, expected = np.zeros(len(labels)), np.zeros(len(labels))
    spread = np.zeros((len(labels), len(labels)))
    for day in np.unique(days[ended]):
        there = np.bincount(group[days >= day], minlength=len(labels)).astype(float)
        n, d = there.sum(), (ended & (days == day)).sum()
        observed += np.bincount(group[ended & (days == day)], minlength=len(labels))
        expected += d * there / n
        if n > 1:
            spread += d * (n - d) / (n - 1) * (np.diag(there / n) - np.outer(there, there) / n**2)
    difference = (observed - expected)[:-1]
    return difference @ np.linalg.solve(spread[:-1, :-1], difference), len(labels) - 1, expected


def test_groups_are_compared_as_the_textbook_says(cdnow_sample):
    stats = pytest.importorskip("scipy.stats")
    occasions = sorted({(c, d) for c, d, v in zip(cdnow_sample["customer"].tolist(),
                                                  cdnow_sample["date"].astype(np.int64).tolist(), cdnow_sample["value"]) if v > 0})
    by = {}
    for customer, day in occasions:
        by.setdefault(customer, []).append(day)
    label = {customer: f"month {(days[0] - 9862) // 31}" for customer, days in by.items()}
    waits = np.array([(days[1] if len(days) > 1 else 10407) - days[0] for days in by.values()])
    ended = np.array([len(days) > 1 for days in by.values()])
    chi_squared, degrees, expected = log_rank(waits, ended, np.array(list(label.values())))
    found = repeat.compare(cdnow_sample, END, label)
    assert found.degrees == degrees
    assert near(found.chi_squared, chi_squared, 1e-9 * chi_squared)
    assert near(found.p_value, stats.chi2.sf(chi_squared, degrees), 1e-10)
    np.testing.assert_allclose(found.groups["expected"], expected, rtol=1e-12)
    assert list(found.groups["group"]) == sorted(set(label.values()))
    early = {"customer": [c for c in by], "month": [label[c] for c in by]}
    assert repeat.compare(cdnow_sample, END, early).chi_squared == found.chi_squared


def test_the_clock_in_the_shop_is_that_of_zoneinfo():
    import datetime as dt
    import zoneinfo

    zone = zoneinfo.ZoneInfo("America/New_York")
    seconds = np.arange(1699160000, 1699260000, 977)  # the night on which the clock is set back
    day, second = retain.calendar.local(seconds, zone="America/New_York")
    for moment, d, s in zip(seconds.tolist(), day.tolist(), second.tolist()):
        shown = dt.datetime.fromtimestamp(moment, zone)
        assert (d, s) == ((shown.date() - dt.date(1970, 1, 1)).days, shown.hour * 3600 + shown.minute * 60 + shown.second)
    wall = np.array(["2024-03-01T23:59:59", "1969-12-31T00:00:01"], dtype="M8[s]")
    day, second = retain.calendar.local(wall)
    assert day.tolist() == [19783, -1] and second.tolist() == [86399, 1]


def test_bad_arguments_are_refused_by_name():
    log = {"customer": [1], "date": [0], "value": [1.0]}
    for call, name in (
        (lambda: repeat.funnel(log, 9, steps=0), "steps"),
        (lambda: repeat.funnel(log, 9, days=0), "days"),
        (lambda: repeat.tenure(log, 9, [3, 2]), "ages"),
        (lambda: repeat.curve(log, 9, since="ever"), "since"),
        (lambda: repeat.curve(log, 9, occasion=1), "occasion"),
        (lambda: repeat.curve(log, 9, interval="wide"), "interval"),
        (lambda: repeat.within(log, 9, [-1.0]), "days"),
        (lambda: repeat.quantiles(log, 9, [1.0]), "shares"),
        (lambda: repeat.summary(log, 9, level=0), "level"),
        (lambda: repeat.compare(log, 9, {}), "customer"),
        (lambda: repeat.compare(log, 9, {1: "a"}, since="all"), "since"),
        (lambda: repeat.profile(log, 9, moments=[86400]), "moments"),
        (lambda: repeat.profile(log, 9, moments=[1, 2]), "moments"),
        (lambda: repeat.profile(log, 9, zone="UTC"), "zone"),
    ):
        with pytest.raises((retain.RetainError, TypeError, ValueError)) as caught:
            call()
        assert name in str(caught.value), str(caught.value)


# --- kinds of tables, threads, memory ------------------------------------------------------------------------------------------

LOG = {"customer": ["ann", "bob", "ann", "eve", "ann", "eve"], "value": [10.0, 5.0, 20.0, 1.0, 2.0, 8.0],
       "date": ["2024-01-01", "2024-01-04", "2024-01-15", "2024-01-15", "2024-01-29", "2024-02-02"]}
CALLS = {
    "summary": lambda log, end, **run: repeat.summary(log, end, **run).table(),
    "periods": repeat.periods,
    "funnel": repeat.funnel,
    "tenure": repeat.tenure,
    "profile": repeat.profile,
    "curve": repeat.curve,
    "within": repeat.within,
    "quantiles": repeat.quantiles,
    "gaps": repeat.gaps,
}


@pytest.mark.parametrize("name", CALLS)
def test_tables_are_of_the_kind_of_the_log(kind, name):
    dates = np.array(LOG["date"], dtype="M8[D]").tolist()
    table = CALLS[name](kind.make({**LOG, "date": dates}), "2024-02-29")
    assert kind.is_table(table), table


def as_bytes(table):
    return {name: np.asarray(column).tobytes() for name, column in table.items()}


@pytest.mark.parametrize("name", CALLS)
def test_threads_change_no_bit(cdnow, name):
    log = retain.Log(cdnow)
    want = as_bytes(CALLS[name](log, END))
    for threads in (0, 2, 5, 64):
        assert as_bytes(CALLS[name](log, END, threads=threads)) == want


def compare_by_parity(log, end, **run):
    customers = np.unique(log.customer)
    return repeat.compare(log, end, {"customer": customers, "odd": customers % 2}, **run).groups


@pytest.mark.parametrize("name", [*CALLS, "compare"])
def test_memory_exhaustion_is_an_exception(cdnow_sample, name):
    log = retain.Log(cdnow_sample)
    call = CALLS.get(name, compare_by_parity)
    want, failures = repr(call(log, END)), 0
    for limit in (0, *(2**k for k in range(6, 31))):
        try:
            assert repr(call(log, END, memory=limit)) == want
            break
        except MemoryError:
            failures += 1
    assert failures > 3


def test_parts_add_up(cdnow):
    found = repeat.summary(cdnow, END)
    assert found.repeat.numerator + found.one_time.numerator == found.repeat.denominator
    months = repeat.periods(cdnow, END)
    assert months["first_time"].sum() == found.repeat.denominator
    assert months["orders"].sum() == found.order_value.denominator
    assert near(months["revenue"].sum(), found.order_value.numerator, 1e-6)
    funnel = repeat.funnel(cdnow, END, steps=400)
    assert funnel["customers"].sum() == found.occasion_value.denominator
    assert funnel["customers"][1] == found.repeat.numerator
    cohorts = retain.cohort.active(cdnow, END)
    assert (months["first_time"] == cohorts.size).all()
    gaps = repeat.gaps(cdnow, END)
    assert gaps["gaps"].sum() == found.later_value.denominator
