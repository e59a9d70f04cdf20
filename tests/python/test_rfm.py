"""RFM against SQL and pandas that were written from the definitions, on real shops; and what the package adds to the library."""

import gzip
import json
import math
import os
import pathlib

import numpy as np
import pytest
import retain
from conftest import near, values
from retain import RFM, rfm

SCORES = """
with customers as (
    select customer, date_diff('day', max(day), ?::date) as days_since_last, count(distinct day) as occasions, sum(cents) as cents
    from log where cents > 0 and day <= ?::date group by customer),
ranks as (
    select *, count(*) over () as n,
        2 * (rank() over (order by days_since_last desc) - 1) + count(*) over (partition by days_since_last) as r2,
        2 * (rank() over (order by occasions) - 1) + count(*) over (partition by occasions) as f2,
        2 * (rank() over (order by cents) - 1) + count(*) over (partition by cents) as m2
    from customers),
scores as (
    select *, 1 + (5 * r2) // (2 * n) as r, 1 + (5 * f2) // (2 * n) as f, 1 + (5 * m2) // (2 * n) as m from ranks)
select *, case
    when f >= 4 and m >= 4 then case when r >= 4 then 'champions' when r = 3 then 'loyal customers' else 'cannot lose them' end
    when f >= 4 then case when r >= 3 then 'loyal customers' else 'at risk' end
    when f = 3 or m >= 4 then case when r >= 4 then 'potential loyalists' when r = 3 then 'need attention' else 'at risk' end
    else case r when 5 then 'new customers' when 4 then 'promising' when 3 then 'about to sleep' when 2 then 'hibernating' else 'lost'
    end end as segment
from scores order by customer
"""
TABLE = """
select segment, count(*) as customers, sum(cents) / 100 as revenue, avg(days_since_last) as days, avg(occasions) as occasions,
    avg(cents) / 100 as mean_revenue, stddev_samp(cents) / 100 as spread from scored group by segment
"""
MOVES = """
select coalesce(b.segment, '') as "from", coalesce(a.segment, '') as "to", count(*) as customers
from before b full join scored a using (customer) group by all
"""


def online_retail():
    """Invoices of the shop, net of nothing: lines with a customer and a positive value, added up by invoice."""
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip("RETAIN_DATA is not set")
    pd = pytest.importorskip("pandas")
    with gzip.open(pathlib.Path(folder) / "online_retail" / "online_retail.csv.gz", "rt", encoding="utf-8") as file:
        lines = pd.read_csv(file, dtype={"invoice": str, "stock_code": str}, parse_dates=["timestamp"])
    lines = lines[lines.customer_id.notna() & ~lines.invoice.str.startswith("C")]
    lines = lines.assign(value=(lines.quantity * lines.unit_price).round(2), customer=lines.customer_id.astype("int64"))
    invoices = lines.groupby(["customer", "invoice"]).agg(date=("timestamp", "first"), value=("value", "sum")).reset_index()
    return {
        "customer": invoices.customer.to_numpy(),
        "date": invoices.date.to_numpy().astype("M8[D]"),
        "value": invoices.value.round(2).to_numpy(),
    }


@pytest.fixture(scope="module", params=["cdnow", "online_retail"])
def shop(request):
    """A log, its last day, and an earlier one."""
    if request.param == "cdnow":
        return request.getfixturevalue("cdnow"), "1998-06-30", "1997-02-28"
    return online_retail(), "2011-12-09", "2011-06-30"


@pytest.fixture(scope="module")
def base(shop):
    """DuckDB with the shop's log, and tables `scored` and `before` of two dates."""
    duckdb = pytest.importorskip("duckdb")
    log, end, before = shop
    connection = duckdb.connect(config={"threads": 1})
    raw = {
        "customer": log["customer"].astype(np.int64),
        "day": log["date"].astype(np.int64),
        "cents": np.rint(log["value"] * 100).astype(np.int64),
    }
    connection.register("raw", raw)
    connection.execute("create table log as select customer, date '1970-01-01' + day::int as day, cents from raw")
    connection.execute(f"create table scored as {SCORES}", [end, end])
    connection.execute(f"create table before as {SCORES}", [before, before])
    return connection


def as_log(log):
    return retain.Log({**log, "customer": log["customer"].astype(np.int64)})


def test_scores_and_segments_of_real_shops_agree_with_sql(shop, base):
    log, end, _ = shop
    scored = RFM().fit_transform(as_log(log), end)
    want = base.execute("select customer, days_since_last, occasions, cents, r, f, m, segment from scored").fetchnumpy()
    assert np.array_equal(scored["customer"], want["customer"])
    assert np.array_equal(scored["days_since_last"], want["days_since_last"])
    assert np.array_equal(scored["occasions"], want["occasions"])
    assert np.abs(scored["revenue"] - want["cents"].astype(float) / 100).max() < 1e-6
    for name in "rfm":
        assert np.array_equal(scored[name], want[name]), name
    assert scored["segment"].tolist() == list(want["segment"])


def test_segment_tables_of_real_shops_agree_with_sql(shop, base):
    stats = pytest.importorskip("scipy.stats")
    log, end, _ = shop
    found = rfm.table(RFM().fit_transform(as_log(log), end))
    rows = {row[0]: row[1:] for row in base.execute(TABLE).fetchall()}
    for i, name in enumerate(rfm.SEGMENTS):
        customers, revenue, days, occasions, mean, spread = rows.get(name, (0, 0.0, *[math.nan] * 4))
        assert (found["segment"][i], found["customers"][i]) == (name, customers)
        assert near(found["revenue"][i], float(revenue), 1e-6)
        assert near(found["days_since_last"][i], days, 1e-9)
        assert near(found["occasions"][i], occasions, 1e-9)
        assert near(found["mean_revenue"][i], mean, 1e-7)
        if customers > 1:
            half = stats.t.ppf(0.975, customers - 1) * spread / math.sqrt(customers)
            assert near(found["mean_revenue_high"][i], mean + half, 1e-6)
    assert found["customers"][:-1].sum() == found["customers"][-1] == len(rfm_ids(base))
    assert near(np.nansum(found["revenue_share"][:-1]), 1.0, 1e-12)


def rfm_ids(base):
    return base.execute("select customer from scored").fetchall()


def test_intervals_of_revenue_shares_agree_with_the_bootstrap(shop):
    log, end, _ = shop
    scored = RFM().fit_transform(as_log(log), end)
    found = rfm.table(scored)
    top = found["segment"].tolist().index("champions")
    mine, money = scored["segment"] == "champions", scored["revenue"]
    draw = np.random.default_rng(1)
    shares = []
    for _ in range(400):
        again = draw.integers(0, len(money), len(money))
        shares.append(money[again][mine[again]].sum() / money[again].sum())
    half = (found["revenue_share_high"][top] - found["revenue_share_low"][top]) / 2
    assert near(half / (1.96 * np.std(shares)), 1.0, 0.12)


def test_moves_between_dates_agree_with_sql(shop, base):
    log, end, before = shop
    moved = rfm.migration(RFM().fit_transform(as_log(log), before), RFM().fit_transform(as_log(log), end))
    place = {name: i for i, name in enumerate(rfm.SEGMENTS)} | {"": 11}
    want = np.zeros((12, 12))
    for a, b, customers in base.execute(MOVES).fetchall():
        want[place[a], place[b]] = customers
    assert np.array_equal(moved.customers, want)
    assert np.array_equal(moved.customers[11, :11], want[11, :11]) and want[11].sum() > 0


def test_concentration_of_real_shops_agrees_with_numpy(shop):
    log, end, _ = shop
    money = retain.orders.summary(as_log(log), end)["revenue"]
    ascending, n = np.sort(money), len(money)
    apart = sum(float(np.abs(money - value).sum()) for value in money)  # all pairs
    got = rfm.gini(money)
    area = float((np.cumsum(ascending) - ascending / 2).sum() / n / money.sum())  # under the curve, by trapezes
    assert near(got.value, 1 - 2 * area, 1e-12)
    assert near(apart / (2 * n * money.sum()), got.value, 1e-12)
    running = np.concatenate([[0], np.cumsum(ascending)])
    # Delete-one jackknife, from sums without one customer each.
    weights = np.arange(1, n + 1) * ascending
    after = np.concatenate([np.cumsum(ascending[::-1])[::-1][1:], [0]])
    left = weights.sum() - weights - after
    total = money.sum() - ascending
    without = 2 * left / ((n - 1) * total) - n / (n - 1)
    error = math.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    assert near((got.high - got.low) / 2 / (1.959963984540054 * error), 1.0, 0.03)  # the jackknife's is a little wider
    points = [0.01, 0.1, 0.2, 0.5]
    best = rfm.top_share(money, points)
    for p, share, low, high in zip(points, best.value, best.low, best.high):
        whole = int(p * n)
        want = (running[-1] - running[n - whole] + (p * n - whole) * ascending[n - whole - 1]) / running[-1]
        assert near(share, want, 1e-12)
        assert low < share < high
    draw = np.random.default_rng(2)
    k = round(0.2 * n)
    shares = []
    for _ in range(300):
        again = money[draw.integers(0, n, n)]
        again.partition(n - k)
        shares.append(again[n - k :].sum() / again.sum())
    assert near((best.high[2] - best.low[2]) / 2 / (1.96 * np.std(shares)), 1.0, 0.12)


def test_tiers_of_real_shops_agree_with_pandas(shop):
    pd = pytest.importorskip("pandas")
    log, end, _ = shop
    customers = pd.DataFrame(retain.orders.summary(as_log(log), end))
    cents = (customers.revenue * 100).round().astype("int64")
    by_value = cents.value_counts().sort_index(ascending=False)
    better = ((by_value.index * by_value).cumsum() - by_value.index * by_value).reindex(cents).to_numpy() / cents.sum()
    want = np.select([better < 0.8, better < 0.95], ["A", "B"], "C")
    assert rfm.tiers(cents.astype(float)).tolist() == want.tolist()
    share = cents.rank(method="min", ascending=False).sub(1).div(len(cents))
    got = rfm.tiers(cents.astype(float), by="customers")
    assert (
        got.tolist() == np.select([share < 0.01, share < 0.05, share < 0.2], ["top 1 %", "top 5 %", "top 20 %"], "others").tolist()
    )


# --- the package ------------------------------------------------------------------------------------------------------------------

CUSTOMERS = {
    "customer": ["ann", "bob", "cy", "di", "eve"],
    "days_since_last": [2, 300, 40, 15, 200],
    "occasions": [9, 1, 3, 6, 7],
    "revenue": [900.0, 20.0, 150.0, 700.0, 800.0],
}


def test_results_are_of_the_kind_that_was_given(kind):
    given = kind.make(CUSTOMERS)
    scored = RFM().fit_transform(given)
    assert kind.is_table(scored)
    assert values(scored["customer"]) == CUSTOMERS["customer"]
    assert values(scored["segment"]) == ["champions", "lost", "about to sleep", "potential loyalists", "cannot lose them"]
    assert values(scored["r"]) == [5, 1, 3, 4, 2]
    found = rfm.table(scored)
    assert kind.is_table(found)
    assert values(found["segment"]) == [*rfm.SEGMENTS, "all"]
    moved = rfm.migration(scored, scored)
    assert kind.is_table(moved.table()) and kind.is_table(moved.matrix("customers"))
    assert len(values(moved.table()["before"])) == 5
    assert kind.is_column(rfm.tiers(given["revenue"]))
    assert values(rfm.tiers(given["revenue"])) == ["A", "C", "B", "A", "A"]
    assert kind.is_table(rfm.lorenz(given["revenue"], [0.5]).table()) or kind.name in ("records", "arrays", "lists")


def test_summaries_with_dates_and_logs_give_the_same_scores():
    log = {"customer": ["b", "a", "a"], "date": ["2024-01-01", "2024-01-05", "2024-02-01"], "value": [5.0, 7.0, 9.0]}
    direct = RFM().fit_transform(retain.Log(log), "2024-02-10")
    customers = retain.orders.summary(log, "2024-02-10")
    assert RFM().fit_transform(customers, "2024-02-10") == direct
    assert direct["days_since_last"] == [9.0, 40.0] == rfm.days_since_last(customers["last_day"], "2024-02-10")


def test_cuts_are_kept_stored_and_applied_to_others():
    scores = RFM().fit(CUSTOMERS)
    stored = json.loads(json.dumps(scores.to_dict()))
    again = RFM.from_dict(stored)
    assert again.transform(CUSTOMERS) == scores.transform(CUSTOMERS)
    assert scores.transform({"days_since_last": [2.0], "occasions": [9.0], "revenue": [900.0]})["segment"] == ["champions"]
    alike = RFM().fit({"days_since_last": [7.0], "occasions": [1.0], "revenue": [5.0]})
    assert alike.to_dict() == {"recency": [None, None, 7, 7], "frequency": [1, 1, None, None], "monetary": [5, 5, None, None]}
    assert RFM.from_dict(alike.to_dict()).cuts_["recency"].tolist() == [-math.inf, -math.inf, 7, 7]
    assert "segment" not in RFM(bins=3).fit_transform(CUSTOMERS)
    assert RFM(bins=3).get_params() == {"bins": 3, "segment_map": None}
    assert "RFM(recency=" in repr(scores)


def test_segments_can_be_the_callers_own():
    scores = RFM(segment_map=lambda r, f, m: "gold" if r + f + m >= 12 else "rest")
    scored = scores.fit_transform(CUSTOMERS)
    assert scored["segment"] == ["gold", "rest", "rest", "rest", "rest"]
    assert set(scores.segments_) == {"gold", "rest"}
    found = rfm.table(scored, order=["gold", "rest", "none"])
    assert found["customers"] == [1.0, 4.0, 0.0, 5.0]
    codes = {code: "".join(map(str, code)) for code in np.ndindex(6, 6, 6) if min(code) > 0}
    assert RFM(segment_map=codes).fit_transform(CUSTOMERS)["segment"] == ["555", "111", "322", "433", "244"]


def test_segments_can_be_checked_before_they_are_needed():
    customers = {"days_since_last": [5, 100, 9], "occasions": [4, 1, 2], "revenue": [80.0, 9.0, 20.0]}
    assert RFM().check_segments() == rfm.SEGMENTS
    own = RFM(segment_map=lambda r, f, m: "vip" if r + f + m > 12 else "other").fit(customers)
    assert own.check_segments() == ("other", "vip")
    assert RFM.from_cuts(recency=[1, 2, 3, 4], frequency=[2, 3, 4, 5], monetary=[1, 2, 3, 4]).check_segments() == rfm.SEGMENTS
    with pytest.raises(retain.ArgumentError, match="bins is 3; it must be 5"):
        RFM(bins=3).fit(customers).check_segments()
    with pytest.raises(retain.ArgumentError, match="no segment for the code"):
        RFM(segment_map={(1, 1, 1): "lost"}).check_segments()


def test_says_so_when_most_customers_have_bought_once():
    import warnings

    def fit(once):
        occasions = [1] * once + [2] * (20 - once)
        RFM().fit({"days_since_last": list(range(20)), "occasions": occasions, "revenue": [9.0] * 20})

    with pytest.warns(UserWarning, match=r"80% of these customers have bought once"):
        fit(16)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(15)


def test_every_segment_has_advice():
    assert set(rfm.ADVICE) == set(rfm.SEGMENTS) and len(rfm.SEGMENTS) == 11
    assert {rfm.segments([r], [f], [m])[0] for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)} == set(rfm.SEGMENTS)
