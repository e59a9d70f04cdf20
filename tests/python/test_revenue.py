"""The revenue bridge and the coming and going of customers against pandas, written from the definitions, on real shops; and what the
package adds to the library.
"""

import datetime as dt
import gzip
import os
import pathlib

import numpy as np
import pytest
import retain
from conftest import near, values

FIRST_CDNOW, LAST_CDNOW = "1997-01-01", "1998-06-30"


def online_retail():
    """Invoices of the shop: lines with a customer that are no cancellation, added up by invoice."""
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
    """Orders, the last day observed, and a frame of the occasions: customer, date, cents."""
    pd = pytest.importorskip("pandas")
    log = request.getfixturevalue("cdnow") if request.param == "cdnow" else online_retail()
    frame = pd.DataFrame({"customer": log["customer"], "date": pd.to_datetime(log["date"]), "cents": np.round(log["value"] * 100)})
    frame = frame[frame.cents > 0].groupby(["customer", "date"], as_index=False).cents.sum()
    return log, str(log["date"].max()), frame


def wide(frame, freq):
    """Cents by customer and period, and where the periods begin."""
    import pandas as pd

    begin = frame.date.min().to_period(freq).start_time
    edges = pd.period_range(begin, frame.date.max(), freq=freq).start_time
    edges = edges.append(pd.DatetimeIndex([edges[-1].to_period(freq).end_time.normalize() + pd.Timedelta(days=1)]))
    period = np.searchsorted(edges.to_numpy(), frame.date.to_numpy(), side="right") - 1
    table = frame.assign(period=period).pivot_table(index="customer", columns="period", values="cents", aggfunc="sum", fill_value=0)
    return table.reindex(columns=range(len(edges) - 1), fill_value=0), edges.to_numpy().astype("M8[D]")


def limits(x, y, level):
    """R ± t √(n / (n − 1) Σ(y − R x)²) / Σx by NumPy and SciPy."""
    stats = pytest.importorskip("scipy.stats")
    ratio = y.sum() / x.sum()
    reach = stats.t.ppf((1 + level) / 2, len(x) - 1) * np.sqrt(len(x) / (len(x) - 1) * ((y - ratio * x) ** 2).sum()) / x.sum()
    if reach == 0:  # no spread says nothing of the uncertainty
        return ratio, np.nan, np.nan
    return ratio, max(0, ratio - reach), ratio + reach


@pytest.mark.parametrize(("freq", "lag"), [("M", 1), ("M", 3), ("W-SUN", 4)])
def test_bridges_agree_with_pandas(shop, freq, lag):
    log, last, frame = shop
    table, edges = wide(frame, freq)
    last = str(edges[-1] - 1) if freq == "M" else last
    got = retain.revenue.bridge(log, last, edges=edges, lag=lag, level=0.9)
    born = (table > 0).to_numpy().argmax(axis=1)
    over = [edge <= np.datetime64(last) + 1 for edge in edges[1:]]
    for k in range(table.shape[1]):
        if k < lag or not over[k]:
            assert np.isnan(got["lost"][k]) and np.isnan(got["nrr"][k])
            continue
        before, now = table[k - lag].to_numpy(), table[k].to_numpy()
        new = born > k - lag
        money = {
            "start": before.sum(),
            "acquired": now[new].sum(),
            "reactivated": now[~new & (before == 0)].sum(),
            "expansion": (now - before)[(before > 0) & (now > before)].sum(),
            "contraction": (before - now)[(now > 0) & (now < before)].sum(),
            "lost": before[now == 0].sum(),
            "end": now.sum(),
        }
        people = {
            "start": before > 0,
            "acquired": new & (now > 0),
            "reactivated": ~new & (before == 0) & (now > 0),
            "retained": (before > 0) & (now > 0),
            "expanded": (before > 0) & (now > before),
            "contracted": (now > 0) & (now < before),
            "lost": (before > 0) & (now == 0),
            "end": now > 0,
        }
        for name, cents in money.items():
            assert near(got[name][k], cents / 100, 1e-9 * max(1, cents)), (k, name)
        for name, who in people.items():
            assert got[f"{name}_customers"][k] == who.sum(), (k, name)
        x = before[before > 0]
        for name, y in (("grr", np.minimum(before, now)[before > 0]), ("nrr", now[before > 0])):
            if len(x) == 0:  # the shop is shut in the week of New Year
                assert np.isnan(got[name][k])
                continue
            ratio, low, high = limits(x, y, 0.9)
            assert near(got[name][k], ratio, 1e-12), (k, name)
            high = high if name == "nrr" else np.minimum(1, high)
            limit = [got[f"{name}_low"][k], got[f"{name}_high"][k]]
            assert np.allclose(limit, [low, high], rtol=0, atol=1e-9, equal_nan=True), (k, name)


def test_amounts_of_a_log_make_the_bridge_of_the_log(shop):
    log, _, frame = shop
    table, edges = wide(frame, "M")
    last = str(edges[-1] - 1)
    from_log, from_amounts = retain.revenue.bridge(log, last, edges=edges), retain.revenue.amounts(table.to_numpy() / 100)
    for name in retain.revenue.COLUMNS:
        assert np.allclose(from_log[name], from_amounts[name], rtol=1e-12, atol=1e-9, equal_nan=True), name


def counts(active, born, k, span, known_start=True):
    """Who came, stayed and left between instants k and k + span, by boolean arrays."""
    before, after = active[:, k], active[:, k + span]
    new = (born > k) & (born <= k + span)
    found = {"acquired": new.sum(), "gained": (new & after).sum(), "end": after.sum()}
    if known_start:
        known = born <= k
        found |= {
            "start": before.sum(),
            "retained": (before & after).sum(),
            "lost": (before & ~after).sum(),
            "reactivated": (known & ~before & after).sum(),
        }
    return found


@pytest.mark.parametrize("span", [1, 3])
def test_activity_by_period_agrees_with_pandas(shop, span):
    log, _, frame = shop
    table, edges = wide(frame, "M")
    got = retain.crr.periods(log, str(edges[-1] - 1), edges=edges, activity="period", span=span)
    bought = (table > 0).to_numpy()
    born = bought.argmax(axis=1) + 1
    # Active at edge k: bought in one of the `span` periods that end there.
    active = np.stack([bought[:, max(0, k - span) : k].any(axis=1) for k in range(len(edges))], axis=1)
    for k in range(len(edges) - span):
        for name, count in counts(active, born, k, span, k >= span).items():
            assert got[name][k] == count, (k, name)
        assert np.isnan(got["crr"][k]) == (k < span)


def test_rolling_retention_agrees_with_pandas(shop):
    log, last, frame = shop
    window, span = 60, 13
    got = retain.crr.periods(log, last, period="week", span=span, window_days=window)
    edges = np.append(got["first_day"], got["last_day"][-span:] + np.timedelta64(1, "D")).astype("M8[D]")
    days = frame.date.to_numpy().astype("M8[D]").astype(int)
    ids, customer = np.unique(frame.customer.to_numpy(), return_inverse=True)
    active = np.zeros((len(ids), len(edges)), dtype=bool)
    born = np.full(len(ids), len(edges))
    for k, edge in reversed(list(enumerate(edges.astype(int)))):
        active[customer[(days < edge) & (days >= edge - window)], k] = True
        born[customer[days < edge]] = k
    over = [edge <= np.datetime64(last) + 1 for edge in edges[span:]]
    assert sum(over) > 30
    for k in np.flatnonzero(over):
        for name, count in counts(active, born, k, span).items():
            assert got[name][k] == count, (k, name)


@pytest.mark.parametrize("span", [1, 5])
def test_flags_agree_with_numpy(span):
    rng = np.random.default_rng(4)
    active = rng.random((500, 24)).cumsum(axis=1) % 3 < 1.5
    active[rng.random(500) < 0.1] = False
    born = np.where(active.any(axis=1), active.argmax(axis=1), 99)
    got = retain.crr.flags(active, span=span)
    for k in range(24 - span):
        for name, count in counts(active, born, k, span).items():
            assert got[name][k] == count, (k, name)


def test_matrices_come_as_arrays_lists_and_tables(kind):
    columns = {"jan": [10.0, 20.0, 0.0], "feb": [10.0, 15.0, 5.0], "mar": [12.0, 0.0, 5.0]}
    if kind.name == "records":
        table = kind.make({name: np.array(column) for name, column in columns.items()})
    else:
        table = kind.make(columns)
    result = retain.revenue.amounts(table)
    assert kind.is_table(result)
    assert [str(name) for name in values(result["period"])] == ["jan", "feb", "mar"]
    plain = retain.revenue.amounts(np.column_stack(list(columns.values())))
    assert plain["period"].tolist() == [0, 1, 2]
    for name in retain.revenue.COLUMNS:
        assert np.array_equal(values(result[name]), plain[name], equal_nan=True), name
    flags = retain.crr.flags(kind.make({name: [value > 0 for value in column] for name, column in columns.items()}))
    assert kind.is_table(flags)
    assert values(flags["retained"]) == [2.0, 2.0] and values(flags["gained"]) == [1.0, 0.0]
    assert [str(name) for name in values(flags["to_instant"])] == ["feb", "mar"]
    change = retain.crr.change(flags, "churn")
    assert kind.is_table(change) and values(change["change"])[1] == 1 / 3


def test_five_points_of_retention_can_be_worth_what_the_articles_say():
    """Their range of 25 to 95 % is met between 80 and 92 % of yearly retention, over the lifetime of customers."""
    more = {r: retain.revenue.lifetime_value(1, r + 0.05, 0.1, 1) / retain.revenue.lifetime_value(1, r, 0.1, 1) - 1 for r in (0.5, 0.8, 0.9)}
    assert near(more[0.5], 0.2, 1e-12) and 0.25 < more[0.8] < 0.95 and 0.25 < more[0.9] < 0.95
    plan = retain.revenue.Plan(customers=1000, margin=100, base_retention=0.9, periods=2000, annual_rate=0.1, periods_per_year=1)
    # For ever: customers are worth their margin now and their lifetime value.
    whole = 1000 * (100 + retain.revenue.lifetime_value(100, 0.9, 0.1, 1))
    assert near(plan.profit([0.9])["profit"][0], whole, 1e-6)


def test_the_bridge_of_an_empty_log_has_dates():
    table = retain.revenue.bridge({"customer": [], "date": [], "value": []}, "2024-03-31")
    assert table["first_day"] == [dt.date(2024, 3, 1)]


def test_ids_in_a_table_of_amounts_are_no_period():
    table = {"jan": [1.0, 2.0], "feb": [2.0, 3.0]}
    want = retain.revenue.amounts(table)
    assert retain.revenue.amounts({"customer": ["a", "b"], **table})["end"] == want["end"]
    assert retain.revenue.amounts({"id": [1001, 1002], **table}, customer="id")["end"] == want["end"]
    assert len(retain.revenue.amounts({"id": [1001, 1002], **table}, customer=None)["end"]) == 3
    assert retain.crr.flags({"customer": [7, 8], "jan": [1, 1], "feb": [0, 1]})["start"] == [2.0]
    with pytest.raises(retain.ArgumentError, match="customer='user_ID'"):
        retain.revenue.amounts({"user_ID": [1001, 1002], **table})
    with pytest.raises(retain.ArgumentError, match="no column 'who'"):
        retain.revenue.amounts(table, customer="who")


def test_cells_are_named_by_row_and_column():
    with pytest.raises(retain.DataError, match=r"^amounts\[1, 0\] is -1"):
        retain.revenue.amounts([[1.0, 2.0], [-1.0, 3.0]])
    with pytest.raises(retain.DataError, match=r"^amounts.feb\[0\] is -1") as caught:
        retain.revenue.amounts({"jan": [1.0, 2.0], "feb": [-1.0, 3.0]})
    assert caught.value.row == 0
    with pytest.raises(retain.DataError, match=r"^active\[1, 1\] is 2"):
        retain.crr.flags([[1, 0], [1, 2]])
