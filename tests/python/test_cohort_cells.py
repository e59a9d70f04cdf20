"""Cohort tables of any layout: a second computation in pandas on real orders, and what the Python layer adds."""

import datetime as dt
import os
import pathlib

import numpy as np
import pytest
import retain
pd = pytest.importorskip("pandas")

LOG = {
    "customer": ["ann", "bob", "ann", "eve", "ann"],
    "date": ["2024-01-05", "2024-01-20", "2024-02-10", "2024-03-01", "2024-02-10"],
    "value": [10.0, 5.0, 8.0, 6.0, 1.0],
}


def test_a_table_of_few_customers_is_what_one_counts_by_hand():
    table = retain.cohort.cells(LOG, "2024-03-30", rows="all", columns="rolling", ages=[0, 1, 31, 61])
    assert table.exposed.tolist() == [[3, 2, 2]]  # eve came 29 days before the end
    assert table.active.tolist() == [[3, 0, 1]]
    assert table.net.tolist() == [[21, 0, 9]]
    assert table.cumulative.tolist() == [[7, 7, 11.5]]
    assert table.complete.tolist() == [[True, False, False]]
    assert table.share().rate.tolist() == [[1, 0, 0.5]]
    assert table.share("repeat").rate.tolist() == [[0, 0, 0]]
    paid = table.payback(9.0)
    assert paid["payback"] == [60] and paid["outcome"] == ["reached"]


def test_refuses_what_is_no_layout():
    with pytest.raises(retain.ArgumentError, match="rows"):
        retain.cohort.cells(LOG, "2024-03-30", rows="group")
    with pytest.raises(retain.ArgumentError, match="rows"):
        retain.cohort.cells(LOG, "2024-03-30", by={"ann": 1}, rows="period")
    with pytest.raises(retain.ArgumentError, match="bracket"):
        retain.cohort.cells(LOG, "2024-03-30", kind="bracket")
    with pytest.raises(retain.ArgumentError, match="columns"):
        retain.cohort.cells(LOG, "2024-03-30", columns="both")
    with pytest.raises(retain.DataError, match="'bob'"):
        retain.cohort.cells(LOG, "2024-03-30", by={"ann": 1, "eve": 2})
    with pytest.raises(retain.DataError, match="'eve', who is not in margin"):
        retain.cohort.cells(LOG, "2024-03-30", margin={"ann": 0.5, "bob": 1})
    with pytest.raises(retain.ArgumentError, match="ages"):
        retain.cohort.cells(LOG, "2024-03-30", columns="rolling", ages=[0, 0])


def test_a_column_of_the_log_groups_customers_by_their_first_order():
    log = {**LOG, "product": ["tea", "jam", "jam", "tea", "jam"]}
    named = retain.cohort.cells(log, "2024-03-31", by="product", rows="both")
    mapped = retain.cohort.cells(log, "2024-03-31", by={"ann": "tea", "bob": "jam", "eve": "tea"}, rows="both")
    assert list(named.groups) == ["jam", "tea"]
    assert np.array_equal(named.net, mapped.net, equal_nan=True) and np.array_equal(named.exposed, mapped.exposed)
    frame = pd.DataFrame(log).assign(date=pd.to_datetime(log["date"]))
    assert retain.cohort.compare(frame, "2024-03-31", "jam", "tea", by="product", column=0).customers == (1.0, 2.0)


def test_margins_are_one_number_or_one_per_customer():
    each = retain.cohort.cells(LOG, "2024-03-31", margin={"ann": 0.5, "bob": 1, "eve": 0})
    assert each.margin[0].tolist() == [10, 4.5, 0]
    assert np.nansum(retain.cohort.cells(LOG, "2024-03-31", margin=0).margin) == 0
    assert retain.cohort.cells(LOG, "2024-03-31", margin=0.5).margin[0].tolist() == [7.5, 4.5, 0]


def test_compares_rows_by_their_labels():
    log = {"customer": ["a", "b", "c", "d", "a"], "date": ["2024-01-01", "2024-01-09", "2024-02-01", "2024-02-02", "2024-01-21"],
           "value": [5.0, 7.0, 1.0, 3.0, 2.0]}
    by = {"a": "x", "b": "x", "c": "y", "d": "y"}
    found = retain.cohort.compare(log, "2024-06-30", "x", "y", by=by, columns="rolling", ages=[0, 31], replicates=500)
    assert found.value == (7.0, 2.0) and found.difference == 5.0
    assert found.returned == (1.0, 0.0) and found.expected == (0.5, 0.5)
    assert abs(found.money_p_value - 2 / 6) < 0.08  # two of six ways to deal
    months = retain.cohort.compare(log, "2024-06-30", "2024-01-15", "2024-02-01", column=0, replicates=500)
    furthest = retain.cohort.compare(log, "2024-06-30", "2024-01-15", "2024-02-01", replicates=0)
    assert furthest.column == 4 and furthest.value == (7.0, 2.0)  # in June the customers of February are four months old
    whole = retain.cohort.compare(log, "2024-06-30", "2024-01-15", "2024-02-01", -1, replicates=0)
    assert whole.column == 5 and np.isnan(whole.value[1])
    with pytest.raises(retain.ArgumentError, match="column is -7; the table has 6 columns"):
        retain.cohort.compare(log, "2024-06-30", "2024-01-15", "2024-02-01", -7)
    assert months.value == (7.0, 2.0) and months.money_p_value == found.money_p_value
    both = retain.cohort.compare(log, "2024-06-30", ("x", "2024-01-01"), ("y", "2024-02-01"), 0, by=by, rows="both", replicates=0)
    assert both.value == (7.0, 2.0) and np.isnan(both.money_p_value)
    with pytest.raises(retain.ArgumentError, match="no group 'z'"):
        retain.cohort.compare(log, "2024-06-30", "x", "z", by=by)
    with pytest.raises(retain.ArgumentError, match="periods"):
        retain.cohort.compare(log, "2024-06-30", "2023-01-01", "2024-02-01")


@pytest.mark.parametrize("zone, calendar, moments, cohorts, active", [
    # the day that Apia skipped: two hours apart, two days later
    ("Pacific/Apia", "day", ["2011-12-30T09:00", "2011-12-30T11:00"], ["2011-12-29", "2011-12-30", "2011-12-31"], [1, 0, 1]),
    # half an hour before midnight in Greenwich is April in London
    ("Europe/London", "month", ["2024-03-30T23:30", "2024-03-31T23:30"], ["2024-03-01", "2024-04-01"], [1, 1]),
    # the year 1403 begins on 20 March, at half past eight by Greenwich the evening before
    ("Asia/Tehran", "jalali", ["2024-03-19T20:29", "2024-03-19T20:31"], ["2024-02-20", "2024-03-20"], [1, 1]),
    # half past eleven came twice
    ("America/Sao_Paulo", "day", ["2018-02-18T01:30", "2018-02-18T02:30"], ["2018-02-17"], [1]),
])
def test_days_are_those_on_the_shops_wall(zone, calendar, moments, cohorts, active):
    stamps = [dt.datetime.fromisoformat(moment).replace(tzinfo=dt.timezone.utc) for moment in moments]
    log = retain.Log({"customer": [7, 7], "date": stamps, "value": [1.0, 1.0]}, zone=zone)
    kind = {"period": "day"} if calendar == "day" else {"calendar": "jalali"} if calendar == "jalali" else {}
    end = {"day": cohorts[-1], "month": "2024-04-30", "jalali": "2024-04-19"}[calendar]
    table = retain.cohort.cells(log, end, **kind)
    assert [str(day) for day in table.starts] == cohorts
    assert table.active[0].tolist() == active


# --- once more, by SQL, on three shops ---------------------------------------------------------------------------------------------


def data(name):
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip(f"RETAIN_DATA is not set: no {name}")
    return pathlib.Path(folder) / name


def online_retail():
    """Lines of a British wholesaler: order ids, and the country of a customer's first line as his group."""
    lines = pd.read_csv(data("online_retail") / "online_retail.csv.gz", dtype={"invoice": str}, parse_dates=["timestamp"])
    lines = lines[lines.customer_id.notna() & lines.invoice.str.isdigit() & (lines.quantity > 0) & (lines.unit_price > 0)]
    frame = pd.DataFrame({"customer": lines.customer_id.astype("int64"), "date": lines.timestamp.dt.normalize(),
                          "cents": (lines.quantity * lines.unit_price * 100).round().astype("int64"),
                          "order": lines.invoice.astype("int64")})
    return frame, lines.assign(customer=frame.customer).groupby("customer").country.first(), [0, 1, 31, 61, 121, 300]


def complete_journey():
    """Basket lines of a grocer: who was in a campaign, and who was not."""
    lines = pd.read_csv(data("complete_journey") / "transaction_lines_sample.csv.gz", parse_dates=["transaction_timestamp"])
    campaigns = pd.read_csv(data("complete_journey") / "campaigns.csv")
    lines = lines[lines.sales_value > 0]
    frame = pd.DataFrame({"customer": lines.household_id, "date": lines.transaction_timestamp.dt.normalize(),
                          "cents": (lines.sales_value * 100).round().astype("int64"), "order": lines.basket_id})
    homes = pd.Series(sorted(set(frame.customer)))
    return frame, pd.Series(homes.isin(campaigns.household_id).map({True: "campaign", False: "none"}).to_numpy(), homes), [0, 1, 8, 29, 92]


@pytest.fixture(scope="module", params=["cdnow", "online_retail", "complete_journey"])
def shop(request):
    """Lines, the group of each customer, and age edges."""
    if request.param == "online_retail":
        return online_retail()
    if request.param == "complete_journey":
        return complete_journey()
    log = request.getfixturevalue("cdnow")
    frame = pd.DataFrame({"customer": log["customer"].astype("int64"), "date": pd.to_datetime(log["date"]),
                          "cents": np.round(log["value"] * 100).astype("int64"), "order": np.arange(len(log["value"]))})
    frame = frame[frame.cents > 0]
    return frame, pd.Series({customer: f"group {customer % 5}" for customer in frame.customer}), [0, 1, 31, 61, 91, 181, 366]


WINDOWS = {
    "age": "join ages on c + a < n join edges b on b.k = c + a join edges e on e.k = c + z",
    "calendar": "join edges b on b.k >= c join edges e on e.k = b.k + 1",
    "rolling": "cross join ages",
}
BOUNDS = {"age": "j, b.day as first, e.day as past", "calendar": "b.k as j, b.day as first, e.day as past",
          "rolling": "j, f + a as first, f + z as past"}


def by_sql(frame, group_of, end, edges, columns, ages):
    duckdb = pytest.importorskip("duckdb")
    base = duckdb.connect()
    days = (frame.date - pd.Timestamp(0)).dt.days
    raw, groups = frame.assign(day=days), pd.DataFrame({"customer": group_of.index, "g": group_of.to_numpy()})
    steps = ages if ages is not None else list(range(len(edges)))
    base.register("raw", raw[["customer", "day", "cents", "order"]])
    base.register("groups", groups)
    base.register("edges", pd.DataFrame({"k": np.arange(len(edges)), "day": edges}))
    base.register("ages", pd.DataFrame({"j": np.arange(len(steps) - 1), "a": steps[:-1], "z": steps[1:]}))
    return base.execute(f"""
        with orders as (select customer, "order", min(day) as day, sum(cents) as cents from raw where day <= {end} group by all),
        occasions as (select customer, day, count(*) as orders, sum(cents) as cents from orders group by all),
        customers as (select customer, min(day) as f from occasions group by customer),
        placed as (select customer, f, g, (select count(*) from edges where edges.day <= f) - 1 as c, {len(edges) - 1} as n
                   from customers join groups using (customer)),
        windows as (select customer, g, c, {BOUNDS[columns]} from placed {WINDOWS[columns]}),
        cells as (select g, c, j, w.customer, count(o.day) as occasions, coalesce(sum(orders), 0) as orders,
                  coalesce(sum(cents), 0) as cents from windows w left join occasions o
                  on o.customer = w.customer and o.day >= w.first and o.day < w.past where past <= {end} + 1 group by all)
        select g, c, j, count(*) as exposed, count(*) filter (occasions > 0) as active, count(*) filter (occasions > 1) as repeat,
            sum(orders) as orders, sum(occasions) as occasions, sum(cents) as cents, stddev_samp(cents) / sqrt(count(*)) as error
        from cells group by all""").df()


@pytest.mark.parametrize("columns", ["age", "range", "calendar", "rolling"])
def test_cells_agree_with_sql_on_real_shops(shop, columns):
    frame, group_of, days = shop
    ages = {"range": [0, 1, 3, 7], "rolling": days}.get(columns)
    columns = "age" if columns == "range" else columns
    end = frame.date.max() - pd.Timedelta(days=10)
    last = int((end - pd.Timestamp(0)).days)
    edges = pd.date_range(frame.date.min().replace(day=1), periods=30, freq="MS")
    edges = ((edges[edges <= end + pd.offsets.MonthBegin(1)] - pd.Timestamp(0)).days).to_numpy()
    want = by_sql(frame, group_of, last, edges, columns, ages)
    log = pd.DataFrame({"customer": frame.customer, "date": frame.date, "value": frame.cents / 100, "order": frame.order})
    got = retain.cohort.cells(log, end, by=group_of, rows="both", columns=columns, ages=ages, edges=edges.astype("M8[D]"))
    place = {label: number for number, label in enumerate(np.asarray(got.groups).tolist())}
    rows = want.g.map(place).to_numpy() * (len(edges) - 1) + want.c.to_numpy()
    cells = rows, want.j.to_numpy()
    assert (got.exposed > 0).sum() == len(want)
    for name in ("exposed", "active", "repeat", "orders", "occasions"):
        assert np.array_equal(getattr(got, name)[cells], want[name].to_numpy(dtype=np.float64)), name
    money = want.cents.to_numpy(dtype=np.float64) / 100
    assert np.allclose(got.net[cells], money, rtol=1e-12, atol=1e-9)
    assert np.allclose(got.value[cells], money / want.exposed.to_numpy(), rtol=1e-12, atol=1e-9)
    assert np.allclose(got.value_error[cells], want.error.to_numpy(dtype=np.float64) / 100, rtol=1e-8, atol=1e-6, equal_nan=True)


def test_tables_are_of_the_kind_of_the_log():
    pl = pytest.importorskip("polars")
    frame = pd.DataFrame(LOG).assign(date=lambda log: pd.to_datetime(log.date))
    for log, kind in (frame, pd.DataFrame), (pl.DataFrame(frame), pl.DataFrame), (LOG, dict):
        table = retain.cohort.cells(log, "2024-03-31", by={"ann": "IR", "bob": "DE", "eve": "IR"}, rows="both")
        for made in table.table(), table.triangle(), table.triangle("net"), table.payback(8.0):
            assert isinstance(made, kind)
        assert list(table.triangle()["group"]) == ["DE"] * 3 + ["IR"] * 3
        assert list(table.table()["customers"])[0] == 1
