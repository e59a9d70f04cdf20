"""Features: golden panels through the package, brute force from the definitions with pandas on real shops, and nothing that looks
ahead."""

import functools
import os
import pathlib

import numpy as np
import pytest
import retain
from conftest import near, number, read_golden, values

DATES, END = [30, 120, 200, 201, 330], 400
LOG = {name: [row[name] for row in read_golden("features/orders.csv")] for name in read_golden("features/orders.csv")[0]}
LOG = {
    **{name: [int(x) for x in LOG[name]] for name in ("customer", "order", "category")},
    "date": [int(x) for x in LOG["day"]],
    "cancelled": [x == "1" for x in LOG["cancelled"]],
    **{name: [float(x) for x in LOG[name]] for name in ("value", "discount")},
}
EVENTS = {
    **{name: [int(row[name]) for row in read_golden("features/events.csv")] for name in ("customer", "kind")},
    "date": [int(row["day"]) for row in read_golden("features/events.csv")],
    "value": [number(row["value"]) for row in read_golden("features/events.csv")],
}


@functools.cache
def golden_panel(case):
    row = next(row for row in read_golden("features/cases.csv") if row["case"] == case)
    return retain.features.panel(
        LOG,
        DATES,
        END,
        windows=[int(w) for w in row["windows"].split()],
        trend_days=int(row["trend"]),
        event_days=int(row["events"]),
        active_days=int(row["active"]) or None,
        days=int(row["horizon"]),
        occasion_days=int(row["block"]),
        count_zero_orders=row["zero"] == "1",
        discount="discount",
        category="category",
        events=EVENTS,
        kind="kind",
        value="value",
    )


@pytest.mark.parametrize("case", ["plain", "other", "weeks"])
def test_panels_meet_the_golden_ones(case):
    found = golden_panel(case)
    rows = [row for row in read_golden("features/panel.csv") if row["case"] == case]
    columns = [row for row in read_golden("features/columns.csv") if row["case"] == case]
    assert [(c.feature, c.days, -1 if c.kind is None else c.kind) for c in found.columns] == [
        (c["name"], int(c["days"]), int(c["kind"])) for c in columns
    ]
    assert len(found) == len(rows)
    assert found.customer == [int(row["customer"]) for row in rows] and found.date == [int(row["date"]) for row in rows]
    for at, row in enumerate(rows):
        assert near(found.label[at], number(row["label"]), 0.0)
        for f, name in enumerate(found.names):
            want = number(row[f"f{f}"])
            assert near(found.X[name][at] if at < 20 else found.values()[at, f], want, 1e-13 * abs(want)), (row, name)


def test_tables_are_of_the_kind_of_the_log(kind):
    log = kind.make({"customer": ["b", "a", "b"], "date": np.array(["2024-01-01", "2024-01-20", "2024-02-15"], dtype="M8[D]").tolist(), "value": [1.0, 2.0, 3.0]})
    found = retain.features.panel(log, ["2024-01-31", "2024-03-01"], "2024-12-31", windows=[30])
    assert kind.is_table(found.X) and kind.is_table(found.table)
    assert values(found.table["customer"]) == ["a", "b", "a", "b"]
    assert values(found.label) == [1.0, 0.0, 1.0, 1.0]
    assert values(found.X["occasions"]) == [1.0, 1.0, 1.0, 2.0]
    assert len(found.on("2024-03-01")) == 2


# --- brute force -----------------------------------------------------------------------------------------------------------------


def ask_pandas(orders, day, windows, trend):
    """Features of orders (one row each: customer, day, value, all positive) from the definitions, with frames."""
    pd = pytest.importorskip("pandas")
    known = orders[orders["day"] <= day]
    o = known.groupby(["customer", "day"], as_index=False)["value"].sum().sort_values(["customer", "day"])
    o["gap"] = o.groupby("customer")["day"].diff()
    by = o.groupby("customer")
    out = pd.DataFrame({"occasions": by.size(), "days_since_first": day - by["day"].min(), "days_since_last": day - by["day"].max()})
    out["gap_mean"], out["gap_median"], out["gap_deviation"] = by["gap"].mean(), by["gap"].median(), by["gap"].std()
    out["gap_last"] = by.tail(1).set_index("customer")["gap"]
    out["overdue_ratio"] = out["days_since_last"] / out["gap_mean"]
    out["value"], out["value_mean"], out["value_most"], out["value_last"] = by["value"].sum(), by["value"].mean(), by["value"].max(), by["value"].last()
    for w in windows:
        inside = o[o["day"] > day - w].groupby("customer")
        out[f"occasions_{w}"] = inside.size().reindex(out.index, fill_value=0)
        out[f"value_{w}"] = inside["value"].sum().reindex(out.index, fill_value=0.0)
    first = by["day"].min()
    late_days = np.minimum(trend // 2, day - first + 1)
    early_days = np.minimum(trend, day - first + 1) - late_days
    for name, amount in (("occasions_trend", o["value"] * 0 + 1), ("value_trend", o["value"])):
        rate = {}
        for part, days, inside in (("late", late_days, o["day"] > day - trend // 2), ("early", early_days, (o["day"] > day - trend) & (o["day"] <= day - trend // 2))):
            rate[part] = amount[inside].groupby(o["customer"][inside]).sum().reindex(out.index, fill_value=0.0) / days.where(days > 0)
        out[name] = (rate["late"] - rate["early"]) / (rate["late"] + rate["early"])
    return out


def check_against_pandas(orders, dates, end, horizon, windows=(30, 90, 365), trend=180):
    found = retain.features.panel(
        {"customer": orders["customer"], "date": orders["day"], "value": orders["value"]}, dates, end, windows=windows, trend_days=trend, days=horizon
    )
    for day in dates:
        part = found.on(day)
        want = ask_pandas(orders, day, windows, trend)
        assert np.array_equal(np.asarray(part.customer), want.index.to_numpy())
        for name in want.columns:
            assert np.allclose(np.asarray(part.X[name]), want[name].to_numpy(dtype=float), rtol=1e-9, atol=1e-9, equal_nan=True), (day, name)
        back = orders[(orders["day"] > day) & (orders["day"] <= day + horizon)]["customer"].unique()
        label = np.where(want.index.isin(back), 0.0, 1.0) if day + horizon <= end else np.full(len(want), np.nan)
        assert np.array_equal(np.asarray(part.label), label, equal_nan=True)
    return found


def test_cdnow_agrees_with_pandas(cdnow):
    pd = pytest.importorskip("pandas")
    orders = pd.DataFrame({"customer": cdnow["customer"].astype(np.int64), "day": cdnow["date"].astype(np.int64), "value": cdnow["value"]})
    orders = orders[orders["value"] > 0]
    last = int(orders["day"].max())
    found = check_against_pandas(orders, [last - 400, last - 200, last - 90, last - 89], last, 90)
    assert found.open > 20000  # the last date is a day too late
    assert found.silent > 10000


def data(name):
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip(f"RETAIN_DATA is not set: no {name}")
    return pathlib.Path(folder) / name


def test_online_retail_agrees_with_pandas():
    pd = pytest.importorskip("pandas")
    lines = pd.read_csv(data("online_retail") / "online_retail.csv.gz", dtype={"invoice": str}).dropna(subset=["customer_id"])
    lines["day"] = pd.to_datetime(lines["timestamp"]).to_numpy().astype("M8[D]").astype(np.int64)
    lines["value"] = lines["quantity"] * lines["unit_price"]
    lines["customer"] = lines["customer_id"].astype(np.int64)
    sold = lines[(lines["value"] > 0) & ~lines["invoice"].str.startswith("C")]
    invoices = sold.groupby(["invoice", "customer"], as_index=False).agg(day=("day", "min"), value=("value", "sum"))
    last = int(invoices["day"].max())
    check_against_pandas(invoices, list(range(last - 270, last, 45)), last, 60, windows=(14, 60), trend=91)
    # refunds as rows of their own, products as categories
    day = last - 60
    known = lines[lines["day"] <= day]
    found = retain.features.panel(
        {"customer": lines["customer"], "date": lines["day"], "value": lines["value"]}, day, last, category=lines["stock_code"].astype(str).to_numpy(), days=60
    )
    who = np.asarray(found.customer)
    gains = known[known["value"] > 0].groupby("customer")
    gross = gains["value"].sum().reindex(who).to_numpy()
    back = known[known["value"] < 0].groupby("customer")["value"].sum().reindex(who, fill_value=0.0).to_numpy()
    assert np.allclose(np.asarray(found.X["refund_share"]), -back / gross, rtol=1e-9, atol=1e-15) and (back < 0).sum() > 500
    assert np.array_equal(np.asarray(found.X["categories"]), gains["stock_code"].nunique().reindex(who).to_numpy())
    top = gains["stock_code"].agg(lambda codes: codes.value_counts(normalize=True).iloc[0]).reindex(who).to_numpy()
    assert np.allclose(np.asarray(found.X["top_category"]), top, rtol=1e-12)


def test_complete_journey_agrees_with_pandas():
    pd = pytest.importorskip("pandas")
    lines = pd.read_csv(data("complete_journey") / "transaction_lines_sample.csv.gz")
    lines["day"] = pd.to_datetime(lines["transaction_timestamp"]).to_numpy().astype("M8[D]").astype(np.int64)
    lines = lines[lines["sales_value"] > 0]
    last = int(lines["day"].max())
    day = last - 60
    log = {"customer": lines["household_id"], "date": lines["day"], "value": lines["sales_value"], "order": lines["basket_id"]}
    off = lines["retail_disc"] + lines["coupon_disc"] + lines["coupon_match_disc"]
    found = retain.features.panel(log, day, last, discount=off.clip(lower=0.0), days=60)
    known = lines[lines["day"] <= day].assign(off=off.clip(lower=0.0))
    by = known.groupby("household_id")
    who = np.asarray(found.customer)
    assert np.array_equal(who, np.sort(known["household_id"].unique()))
    share = by["off"].agg(lambda money: (money > 0).mean()).reindex(who).to_numpy()
    rate = (by["off"].sum() / (by["off"].sum() + by["sales_value"].sum())).reindex(who).to_numpy()
    assert np.allclose(np.asarray(found.X["discounted_share"]), share, rtol=1e-12)
    assert np.allclose(np.asarray(found.X["discount_rate"]), rate, rtol=1e-12)
    assert 0.2 < share.mean() < 0.8


# --- nothing looks ahead ---------------------------------------------------------------------------------------------------------


def test_no_row_after_the_date_changes_a_feature():
    hypothesis = pytest.importorskip("hypothesis")
    st = pytest.importorskip("hypothesis.strategies")
    row = st.tuples(st.integers(1, 4), st.integers(0, 60), st.integers(-8, 20), st.integers(1, 12), st.booleans(), st.integers(0, 3))
    future = st.tuples(st.integers(1, 6), st.integers(31, 90), st.integers(-8, 20), st.integers(1, 12), st.booleans(), st.integers(0, 3))

    def build(rows):
        who, day, value, order, cancelled, code = (list(column) for column in zip(*rows))
        log = {"customer": who, "date": day, "value": [float(v) for v in value], "order": order, "cancelled": cancelled}
        events = {"customer": who, "date": day, "value": [float(v) for v in value]}
        return retain.features.panel(
            log, [10, 30], 90, windows=[5, 20], trend_days=20, days=20, active_days=15, category=np.array(code), discount=[0.25 * c for c in code], events=events, value="value"
        )

    @hypothesis.settings(max_examples=150, deadline=None)
    @hypothesis.given(st.lists(row, min_size=1, max_size=25), st.lists(future, max_size=15), st.lists(future, max_size=15), st.randoms())
    def holds(rows, some, others, random):
        past = [r for r in rows if r[1] <= 30] or [(1, 5, 3, 1, False, 0)]
        one, other = past + some, past + others
        random.shuffle(one)
        random.shuffle(other)
        a, b = build(one), build(other)
        assert a.customer == b.customer and a.date == b.date
        assert np.array_equal(a.values(), b.values(), equal_nan=True)

    holds()


def clean(log, as_of):
    found = retain.features.panel(log, as_of, as_of)
    return {"customer": found.customer, **{name: found.X[name] for name in found.names}}


def test_the_check_finds_planted_leaks_and_nothing_else(cdnow_sample):
    pd = pytest.importorskip("pandas")
    log = pd.DataFrame(cdnow_sample)
    assert not retain.features.check_leakage(clean, log, "1997-09-30")

    def with_leaks(log, as_of):
        made = pd.DataFrame(clean(log, as_of)).set_index("customer")
        made["mean_value"] = log.groupby("customer")["value"].mean()  # of all days
        made["share_of_shop"] = log[log["date"] <= as_of].groupby("customer")["value"].sum() / log["value"].sum()  # of the shop's future too
        return made.reset_index()

    found = retain.features.check_leakage(with_leaks, log, "1997-09-30")
    assert found and set(found.leaking) == {"mean_value", "share_of_shop"} and found.strangers == 0
    assert found.leaks["mean_value"] > 500 and found.customers == 2349  # eight never paid anything
    late = log[(log["customer"] == found.examples["mean_value"]) & (log["date"] > "1997-09-30")]
    assert len(late)

    def who_came_back(log, as_of):  # only customers of whom the future knows
        return with_leaks(log, as_of).query("customer in @log[@log['date'] > @as_of]['customer']")

    assert retain.features.check_leakage(who_came_back, log, "1997-09-30").strangers > 500


def test_the_check_takes_events_and_every_kind_of_table(kind):
    log = kind.make({"customer": ["a", "b", "a"], "date": [0, 3, 50], "value": [1.0, 2.0, 3.0]})
    tickets = kind.make({"customer": ["a", "b"], "date": [5, 60]})

    def build(log, events, as_of):
        return {"customer": ["a", "b"], "tickets": [float((np.asarray(values(events["customer"])) == who).sum()) for who in "ab"]}

    found = retain.features.check_leakage(build, log, 30, events=tickets)
    assert found.leaks == {"tickets": 1} and found.examples == {"tickets": "b"}


@pytest.mark.parametrize("given", [{"kind": "what"}, {"value": "stars"}, {"customer": "who"}, {"date": "when"}])
def test_columns_of_events_that_were_not_given_are_refused(given):
    log = {"customer": ["a", "b"], "date": [0, 3], "value": [1.0, 2.0]}
    with pytest.raises(retain.ArgumentError, match="a column of the events, but events were not given"):
        retain.features.panel(log, [10], 20, **given)


def test_a_zone_of_events_that_were_not_given_is_refused():
    log = {"customer": ["a", "b"], "date": [0, 3], "value": [1.0, 2.0]}
    with pytest.raises(retain.ArgumentError, match=r"zone is for date-times of the events, but events were not given; .*retain\.Log\(orders, zone=\.\.\.\)"):
        retain.features.panel(log, [10], 20, zone="Europe/Berlin")


@pytest.mark.parametrize("kinds", [[1, "1"], ["x", "trend_x"]])
def test_kinds_that_would_share_a_column_are_refused(kinds):
    log = {"customer": ["a", "b"], "date": [0, 3], "value": [1.0, 2.0]}
    events = {"customer": ["a", "b"], "date": [1, 4], "what": kinds}
    with pytest.raises(retain.ArgumentError, match="would share the column"):
        retain.features.panel(log, [10], 20, events=events, kind="what")


# --- training and test -----------------------------------------------------------------------------------------------------------


def test_no_training_label_reaches_into_the_test(cdnow_sample):
    dates = np.arange("1997-04-01", "1998-06-30", 30, dtype="M8[D]")
    found = retain.features.panel(cdnow_sample, dates, "1998-06-30", days=90)
    train, test = found.split("1998-01-01", embargo_days=7)
    assert len(train) and len(test)
    assert (train.date + np.timedelta64(97, "D") <= np.datetime64("1998-01-01")).all()
    assert (test.date >= np.datetime64("1998-01-01")).all()
    assert not np.isnan(train.label).any() and not np.isnan(test.label).any()
    parts = retain.features.split(dates, "1998-01-01", "1998-06-30", embargo_days=7)
    assert set(parts) == {"train", "gap", "test", "open"} and len(train) == sum((found.date == day).sum() for day in dates[parts == "train"])


def test_bad_arguments_are_named():
    log = {"customer": ["a", "b"], "date": [0, 1], "value": [1.0, 1.0], "off": [0.0, -1.0]}
    for call, words in (
        (lambda: retain.features.panel(log, [5, 5], 9), "dates[1] is 5"),
        (lambda: retain.features.panel(log, [10], 9), "observation ends on day 9"),
        (lambda: retain.features.panel(log, [5], 9, windows=[]), "windows"),
        (lambda: retain.features.panel(log, [5], 9, windows=[0]), "windows"),
        (lambda: retain.features.panel(log, [5], 9, windows=[7, 3]), "windows[1] is 3"),
        (lambda: retain.features.panel(log, [5], 9, windows=range(1, 11)), "at most 8"),
        (lambda: retain.features.panel(log, [5], 9, trend_days=1), "trend_days"),
        (lambda: retain.features.panel(log, [5], 9, days=0), "days"),
        (lambda: retain.features.panel(log, [5], 9, active_days=0), "active_days"),
        (lambda: retain.features.panel(log, [5], 9, discount="off"), "discount[1] is -1"),
        (lambda: retain.features.panel(log, [5], 9, category=[1]), "category has 1 rows"),
        (lambda: retain.features.panel(log, [5], 9, category="kind"), "kind"),
        (lambda: retain.features.panel(log, [5], 9, events={"customer": [1], "date": [1]}), "texts"),
        (lambda: retain.features.panel(log, [5], 9).on(6), "date is 6"),
        (lambda: retain.features.split([5, 4], 3, 9), "dates[1] is 4"),
        (lambda: retain.features.split([5], 3, 9, embargo_days=-1), "embargo_days"),
        (lambda: retain.features.check_leakage(lambda log, day: {"x": [1.0]}, log, 5), "no column"),
        (lambda: retain.features.check_leakage(lambda log, day: {"customer": ["a", "a"], "x": [1.0, 2.0]}, log, 5), "there twice"),
        (lambda: retain.features.check_leakage(clean, log, 5, tolerance=1.0), "tolerance"),
    ):
        with pytest.raises((ValueError, TypeError)) as caught:
            call()
        assert words in str(caught.value), words


def test_returns_are_those_of_a_walk_over_the_log(cdnow_sample):
    """From the definition, customer by customer."""
    dates = np.array(["1997-03-01", "1997-06-01", "1997-06-20", "1998-02-01"], dtype="M8[D]")
    end = np.datetime64("1998-06-30")
    panel = retain.features.panel(cdnow_sample, dates, end)
    found = panel.returns(columns=["occasions", "value"])
    days = {}
    values = {}
    for customer, date, value in zip(cdnow_sample["customer"].tolist(), cdnow_sample["date"], cdnow_sample["value"]):
        values.setdefault(customer, []).append((date, value))
        if value > 0.0:  # what costs nothing is no occasion
            days.setdefault(customer, set()).add(date)
    want = []
    for date, to in zip(dates, [*dates[1:], end]):
        for customer in sorted(days):
            bought, first = sorted(days[customer]), min(days[customer])
            if first > date:
                continue
            at = date
            for day in (day for day in bought if date < day <= to):
                want.append((customer, at - first, day - first, 1, sum(b <= date for b in bought), sum(v for d, v in values[customer] if d <= date)))
                at = day
            if at < to:
                want.append((customer, at - first, to - first, 0, sum(b <= date for b in bought), sum(v for d, v in values[customer] if d <= date)))
    customer, entry, exit, event, occasions, money = (np.array(column) for column in zip(*want))
    np.testing.assert_array_equal(found["customer"], customer)
    np.testing.assert_array_equal(found["entry"], entry.astype(np.int64))
    np.testing.assert_array_equal(found["exit"], exit.astype(np.int64))
    np.testing.assert_array_equal(found["event"], event)
    np.testing.assert_array_equal(found["X"]["occasions"], occasions)
    np.testing.assert_allclose(found["X"]["value"], money)
    model = retain.CoxRegression(robust=True).fit(**found)
    assert 1.0 < model.coefficients()["hazard_ratio"][0] < 1.5


def test_durations_do_not_look_ahead(cdnow_sample):
    """What is asked until a day is what comes out when nothing later is in the log."""
    until = np.datetime64("1997-10-10")
    known = cdnow_sample["date"] <= until
    cut = {name: column[known] for name, column in cdnow_sample.items()}
    dates = np.array(["1997-03-01", "1997-06-01", "1997-09-01", "1998-02-01"], dtype="M8[D]")
    whole = retain.features.panel(cdnow_sample, dates, "1998-06-30")
    early = retain.features.panel(cut, dates[:3], until)
    left = {"customer": np.unique(cdnow_sample["customer"])[::3], "date": np.full(len(np.unique(cdnow_sample["customer"])[::3]), np.datetime64("1997-11-01"))}
    some = {name: column[:50] for name, column in left.items()} | {"date": np.full(50, np.datetime64("1997-08-15"))}
    for ask in (
        lambda of, later: of.returns(until=until, columns=["occasions", "days_since_last"]),
        lambda of, later: of.durations({name: np.concatenate([some[name], left[name][50 : 50 + 100 * later]]) for name in some}, until=until, columns=["value"]),
    ):
        one, other = ask(whole, 1), ask(early, 0)
        for name in ("customer", "entry", "exit", "event"):
            np.testing.assert_array_equal(one[name], other[name], err_msg=name)
        for name, column in one["X"].items():
            np.testing.assert_allclose(column, other["X"][name], rtol=1e-12)
        assert len(one["exit"]) > 1000


def test_durations_are_refused_by_name():
    log = {"customer": ["a", "a", "b"], "date": [0, 40, 5], "value": [1.0, 1.0, 1.0]}
    panel = retain.features.panel(log, [30, 60], 90)
    with pytest.raises(retain.ArgumentError, match="columns has 'colour', which is no feature"):
        panel.returns(columns=["colour"])
    with pytest.raises(retain.DataError, match=r"ended.date\[1\] is before the customer's first order"):
        panel.durations({"customer": ["a", "b"], "date": [50, 4]})
    with pytest.raises(retain.ArgumentError, match=r"ended.customer\[1\] is there twice"):
        panel.durations({"customer": ["a", "a"], "date": [50, 60]})
    assert len(panel.returns(until=30)["exit"]) == 0
    assert panel.durations({"customer": ["a"], "date": [30]}, columns=["value"])["customer"] == ["b", "b"]
