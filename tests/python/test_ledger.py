"""The books: the golden shop, a second opinion from SQL on real invoices, and the identities that tie them to the report."""

import datetime as dt
import math
import os
import pathlib
import sqlite3

import numpy as np
import pytest
import retain
from conftest import number, read_golden, values

ROWS = read_golden("ledger/rows.csv")
LOG = {
    "customer": [int(row["customer"]) for row in ROWS],
    "date": [int(row["day"]) for row in ROWS],
    "order": [int(row["order"]) for row in ROWS],
    "value": [float(row["value"]) for row in ROWS],
    "cancelled": [int(row["cancelled"]) for row in ROWS],
}

SQL = """
with rows as (select *, {period} as own from log),
orders as (
    select customer, order_id, min(own) as home, sum(max(value, 0)) as gross, sum(min(value, 0)) as refunds,
           max(cancelled) as cancelled, max(value > 0) as bought, max(value < 0) as returned
    from rows group by customer, order_id),
judged as (
    select *, case when cancelled then 'cancelled'
                   when bought and returned and gross + refunds <= gross / 1099511627776.0 then 'refunded'
                   when bought then 'kept'
                   when returned then 'unmatched' else 'zero' end as fate
    from orders)
select own, sum(orders), sum(gross), sum(by_order), sum(by_day), sum(unmatched), sum(cancelled) from (
    select home as own, fate = 'kept' as orders, gross, refunds as by_order, 0.0 as by_day, 0.0 as unmatched, 0.0 as cancelled
    from judged where fate in ('kept', 'refunded')
    union all select home, 0, 0.0, 0.0, 0.0, 0.0, gross + refunds from judged where fate = 'cancelled'
    union all select own, 0, 0.0, 0.0, min(value, 0), 0.0, 0.0 from rows join judged using (customer, order_id)
    where fate in ('kept', 'refunded')
    union all select own, 0, 0.0, 0.0, 0.0, value, 0.0 from rows join judged using (customer, order_id) where fate = 'unmatched'
) group by own order by own
"""
COLUMNS = ("orders", "gross", "refunds_by_order", "refunds_by_day", "unmatched", "cancelled")


def ask_sql(rows, period):
    """The same books by period number, in plain SQL."""
    base = sqlite3.connect(":memory:")
    base.execute("create table log (customer, day integer, order_id, value real, cancelled integer)")
    base.executemany("insert into log values (?, ?, ?, ?, ?)", rows)
    return {int(row[0]): dict(zip(COLUMNS, row[1:])) for row in base.execute(SQL.format(period=period))}


def check_against_sql(books, rows, period):
    want = ask_sql(rows, period)
    for k in range(len(books.orders)):
        for name in COLUMNS:
            got, wanted = getattr(books, name)[k], want.get(k, {}).get(name, 0.0)
            assert math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-6), (k, name)


def check_identities(books, log, end):
    totals, report = books.totals, retain.orders.report(log, end)

    def same(a, b):
        return math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-9)

    assert same(np.nansum(books.net_by_order), totals.net) and same(np.nansum(books.net_by_day), totals.net)
    assert same(totals.gross + totals.refunds, totals.net)
    assert same(totals.net, report.kept_value + report.refunded_value)
    assert same(totals.unmatched, report.unmatched_value) and same(totals.cancelled, report.cancelled_value)
    assert same(report.kept_gross + report.kept_refunds, report.kept_value)
    assert totals.orders == report.kept_orders and totals.refunded_orders == report.refunded_orders


def test_books_meet_the_golden_ones():
    want = read_golden("ledger/periods.csv")
    edges = [int(row["begin"]) for row in want] + [int(want[-1]["end"])]
    books = retain.ledger.periods(LOG, edges[-1] - 1, edges=edges)
    for k, row in enumerate(want):
        for name in row.keys() - {"begin", "end"}:
            assert getattr(books, name)[k] == number(row[name]), (k, name)
    check_identities(books, LOG, edges[-1] - 1)
    assert math.isclose(books.totals.money, math.fsum(LOG["value"]), rel_tol=1e-15)


def test_books_meet_those_of_sql():
    first = min(LOG["date"])
    edges = [first + 10 * k for k in range(26)]
    books = retain.ledger.periods(LOG, edges[-1] - 1, edges=edges)
    rows = list(zip(LOG["customer"], LOG["date"], LOG["order"], LOG["value"], LOG["cancelled"]))
    check_against_sql(books, rows, f"(day - {first}) / 10")


def test_cdnow_has_no_refunds(cdnow):
    books = retain.ledger.periods(cdnow, "1998-06-30")
    frame = retain.Log(cdnow)
    day = frame.day.astype("M8[D]").astype("M8[M]").astype(int)
    for k, month in enumerate(np.unique(day)):
        assert books.orders[k] == ((day == month) & (frame.value > 0)).sum()
        assert math.isclose(books.gross[k], math.fsum(frame.value[day == month]), rel_tol=1e-12)
    assert (books.net_by_order == books.net_by_day).all() and books.totals.refunds == 0
    check_identities(books, cdnow, "1998-06-30")


def test_online_retail_invoices_meet_those_of_sql():
    """Half a million invoice lines; what is returned has an invoice of its own, so we match it with the customer's month."""
    pd = pytest.importorskip("pandas")
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip("RETAIN_DATA is not set: no invoices of Online Retail")
    frame = pd.read_csv(pathlib.Path(folder) / "online_retail" / "online_retail.csv.gz", parse_dates=["timestamp"])
    frame = frame.dropna(subset=["customer_id"])
    table = pd.DataFrame({
        "customer": frame["customer_id"].astype(int),
        "date": frame["timestamp"].dt.normalize(),
        "value": (frame["quantity"] * frame["unit_price"]).round(2),
        "order": frame["stock_code"],
    })
    books = retain.ledger.periods(table, "2011-12-31")
    days = table["date"].to_numpy().astype("M8[D]").astype(int).tolist()
    order = table["order"].tolist()
    rows = list(zip(table["customer"].tolist(), days, order, table["value"].tolist(), [0] * len(table)))
    part = "cast(strftime('%{}', day * 86400, 'unixepoch') as integer)"
    months = f"({part.format('Y')} * 12 + {part.format('m')} - 24132)"
    check_against_sql(books, rows, months)
    check_identities(books, table, "2011-12-31")
    assert books.totals.refunds < -1e5 and books.totals.unmatched < -1e4


def test_a_table_is_of_the_kind_of_the_log(kind):
    log = kind.make({"customer": ["a", "a", "b"], "date": [0, 40, 3], "value": [9.0, -4.0, 5.0], "order": [1, 1, 2]})
    table = retain.ledger.periods(log, 70, edges=[0, 31, 59, 90]).table()
    assert kind.is_table(table)
    assert values(table["net_by_order"]) == [10.0, 0.0, 0.0]
    assert values(table["net_by_day"]) == [14.0, -4.0, 0.0]
    assert values(table["complete"]) == [True, True, False]


def test_dates_stay_dates_and_the_future_is_nan():
    log = {"customer": [1], "date": [dt.date(2024, 1, 5)], "value": [2.0]}
    books = retain.ledger.periods(log, "2024-01-20", edges=["2024-01-01", "2024-02-01", "2024-03-01"])
    assert books.edges.tolist()[0] == dt.date(2024, 1, 1)
    assert books.gross[0] == 2.0 and math.isnan(books.gross[1]) and not books.complete.any()


def test_a_row_outside_the_edges_is_named():
    with pytest.raises(retain.DataError, match=r"orders.date\[0\] is 5; it must not lie before edges\[0\] = 6") as caught:
        retain.ledger.periods({"customer": [1], "date": [5], "value": [2.0]}, 9, edges=[6, 10])
    assert caught.value.row == 0


def test_the_first_order_gives_groups(kind):
    log = kind.make({
        "customer": ["eve", "ann", "ann", "eve", "bob", "bob"],
        "date": [4, 1, 1, 9, 2, 2],
        "value": [1.0, 2.0, 3.0, 4.0, -5.0, 5.0],
        "product": ["tea", "pot", "cup", "cup", "axe", "tea"],
    })
    table = retain.orders.first(log, "product", 20)
    assert kind.is_table(table)
    assert values(table["customer"]) == ["ann", "bob", "eve"]
    assert values(table["product"]) == ["cup", "tea", "tea"]
    from retain._groups import Groups

    by = Groups(retain.Log(log), table)
    assert list(by.labels) == ["cup", "tea"]
    assert by.group.tolist() == [0, 1, 1]


def test_first_products_can_be_compared(cdnow):
    """A result of one module is an argument of another, customers under text ids included."""
    log = retain.Log({name: list(column) for name, column in retain.orders.compact(cdnow).items() if name != "multiple"})
    named = {"customer": [f"c{who}" for who in log.customer.tolist()], "date": log.day, "value": log.value.tolist()}
    named["size"] = np.where(log.value > 30, "large", "small").tolist()
    end = int(log.day.max())
    first = retain.orders.first(named, "size", end)
    found = retain.repeat.compare(named, end, first)
    assert values(found.groups["group"]) == ["large", "small"]
    assert sum(values(found.groups["customers"])) == len(first["customer"])
    assert retain.repeat.compare(named, end, "size").chi_squared == found.chi_squared
    with pytest.raises(retain.DataError, match=r"orders.customer\[\d+\] is 'c\d+', who is not in by;"):
        retain.repeat.compare(named, end, {name: column[:-1] for name, column in first.items()})


def test_the_first_order_takes_any_column():
    log = {"customer": [1, 2], "date": [0, 1], "value": [1.0, 1.0]}
    assert retain.orders.first(log, [7, 5], 9) == {"customer": [1, 2], "first": [7, 5]}
    with pytest.raises(retain.ArgumentError, match="no column 'country'"):
        retain.orders.first(log, "country", 9)
    with pytest.raises(retain.ArgumentError, match="attribute has 1 rows"):
        retain.orders.first(log, ["x"], 9)


def test_little_memory_gives_the_same():
    rng = np.random.default_rng(5)
    n = 200_000
    log = retain.Log({"customer": rng.integers(0, 20_000, n), "date": rng.integers(0, 400, n), "value": rng.random(n)})
    want = retain.orders.summary(log, 399)
    with pytest.raises(MemoryError):
        retain.orders.summary(log, 399, memory=n * 12)
    got = retain.orders.summary(log, 399, memory=n * 12, low_memory=True)
    for name, column in want.items():
        assert column.tobytes() == got[name].tobytes(), name
    books, again = (retain.ledger.periods(log, 399, period="week", low_memory=low) for low in (False, True))
    assert books.gross.tobytes() == again.gross.tobytes()
    with pytest.raises(TypeError, match="low_memory"):
        retain.orders.summary(log, 399, low_memory=1)
