"""Laws that hold for any data: hypothesis looks for the data for which they do not."""

import os

import numpy as np
import retain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# Before a release: HYPOTHESIS_EXAMPLES=100000.
examples = int(os.environ.get("HYPOTHESIS_EXAMPLES", "50"))
settings.register_profile(
    "retain", max_examples=examples, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("retain")

cents = st.integers(-2000, 5000)


@st.composite
def logs(draw, least=0):
    """Small order logs with refunds, zero orders, ties, and order ids on several days."""
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, 6), st.integers(-20, 200), cents, st.integers(0, 4), st.booleans()),
            min_size=least,
            max_size=40,
        )
    )
    table = {
        "customer": [f"c{row[0]}" for row in rows],
        "date": [row[1] for row in rows],
        "value": [row[2] / 100 for row in rows],
    }
    if draw(st.booleans()):
        table["order"] = [row[3] for row in rows]
    if draw(st.booleans()):
        table["cancelled"] = [row[4] and row[2] % 7 == 0 for row in rows]
    return table


def take(table, chosen):
    return {name: [column[i] for i in chosen] for name, column in table.items()}


def same(a, b):
    return repr(a) == repr(b)


@given(logs(), st.randoms())
def test_the_order_of_rows_does_not_matter(table, random):
    shuffled = list(range(len(table["value"])))
    random.shuffle(shuffled)
    other = take(table, shuffled)
    assert same(retain.orders.summary(table, 150), retain.orders.summary(other, 150))
    assert same(retain.orders.report(table, 150), retain.orders.report(other, 150))
    assert same(retain.orders.compact(table), retain.orders.compact(other))


@given(logs(), st.integers(0, 40))
def test_compacted_pieces_merge_to_the_whole(table, cut):
    rows = range(len(table["value"]))
    parts = [retain.orders.compact(take(table, rows[:cut])), retain.orders.compact(take(table, rows[cut:]))]
    merged = {name: list(parts[0][name]) + list(parts[1][name]) for name in parts[0]}
    whole = retain.orders.compact(table)
    assert same(retain.orders.compact(merged), whole)
    assert same(retain.orders.summary(whole, 150), retain.orders.summary(table, 150))


@given(logs())
def test_names_of_customers_do_not_matter(table):
    other = {**table, "customer": [int(name[1:]) * 10**12 - 5 for name in table["customer"]]}
    a, b = retain.orders.summary(table, 150), retain.orders.summary(other, 150)
    for name in a:
        if name != "customer":
            assert same(a[name], b[name])


@given(logs(), st.integers(-10_000, 10_000))
def test_shifting_time_shifts_nothing_but_days(table, days):
    later = {**table, "date": [day + days for day in table["date"]]}
    a, b = retain.orders.summary(table, 150), retain.orders.summary(later, 150 + days)
    for name in a:
        if name not in ("first_day", "last_day"):
            assert same(a[name], b[name])
    assert [day + days for day in a["last_day"]] == b["last_day"]


@given(logs(), st.sampled_from([0.25, 2.0, 1024.0]))
def test_money_in_another_unit_scales(table, factor):
    scaled = {**table, "value": [value * factor for value in table["value"]]}
    a, b = retain.orders.summary(table, 150), retain.orders.summary(scaled, 150)
    for name in ("spend", "spend_all", "revenue"):
        assert same([value * factor for value in a[name]], b[name])
    assert same(a["frequency"], b["frequency"])


@given(logs(least=1))
def test_the_report_adds_up(table):
    found = retain.orders.report(table, 10_000)
    money = sum(round(value * 100) for value in table["value"]) / 100
    kept = found.kept_value + found.refunded_value + found.unmatched_value + found.cancelled_value
    assert abs(kept - money) < 1e-9
    summary = retain.orders.summary(table, 10_000)
    assert found.customers == len(summary["customer"])
    assert found.occasions == sum(summary["occasions"])
    assert found.kept_orders == sum(summary["orders"])
    assert abs(sum(summary["revenue"]) - found.kept_value) < 1e-9
    for x, t_x, T in zip(summary["frequency"], summary["t_x"], summary["T"]):
        assert x >= 0 and 0 <= t_x <= T and (x > 0 or t_x == 0)


@given(logs(least=1), st.integers(10, 60), st.integers(1, 200))
def test_customers_who_come_and_go_reconcile(table, length, window):
    edges = list(range(-20, 260, length))
    rows = retain.crr.periods(table, 259, edges=edges, window_days=window)
    columns = {name: np.array(rows[name]) for name in retain.crr.COLUMNS}
    over = ~np.isnan(columns["end"])
    assert over.all() or edges[-1] > 260
    c = {name: column[over] for name, column in columns.items()}
    assert np.array_equal(c["start"], c["retained"] + c["lost"])
    assert np.array_equal(c["end"], c["retained"] + c["gained"] + c["reactivated"])
    assert (c["gained"] <= c["acquired"]).all()
    assert np.array_equal(c["end"][:-1], columns["start"][1 : len(c["end"])])
    with np.errstate(invalid="ignore", divide="ignore"):
        assert np.array_equal(c["crr_strict"], c["retained"] / c["start"], equal_nan=True)
    assert sum(c["acquired"]) == len(retain.orders.summary(table, edges[int(over.sum())] - 1)["customer"])


def bridge(table, edges, lag):
    return {name: np.array(column) for name, column in retain.revenue.bridge(table, 260, edges=edges, lag=lag).items()}


@given(logs(least=1), st.integers(10, 60), st.integers(1, 3), st.randoms())
def test_the_revenue_bridge_reaches_the_other_side(table, length, lag, random):
    edges = list(range(-20, 260, length))
    parts = bridge(table, edges, lag)
    gained = parts["acquired"] + parts["reactivated"] + parts["expansion"]
    over = ~np.isnan(gained)
    assert np.abs(parts["start"] + gained - parts["contraction"] - parts["lost"] - parts["end"])[over].max(initial=0) < 1e-9
    assert np.array_equal(parts["start"][lag:], parts["end"][:-lag][: len(parts["start"][lag:])], equal_nan=True)
    for whole, names in (("start", ("retained", "lost")), ("end", ("retained", "acquired", "reactivated"))):
        assert np.array_equal(parts[f"{whole}_customers"][over], sum(parts[f"{name}_customers"] for name in names)[over])
    known = ~np.isnan(parts["grr"])
    assert (parts["grr"][known] <= 1).all() and (parts["grr"][known] <= parts["nrr"][known]).all()
    for name in ("grr", "nrr"):
        there = ~np.isnan(parts[f"{name}_low"])
        assert (parts[f"{name}_low"] <= parts[name])[there].all() and (parts[name] <= parts[f"{name}_high"])[there].all()

    # Neither the order of rows nor the unit of money matters, and disjoint groups of customers add up.
    shuffled = list(range(len(table["value"])))
    random.shuffle(shuffled)
    other = take(table, shuffled)
    assert same(bridge(other, edges, lag), parts)
    scaled = bridge({**table, "value": [4 * value for value in table["value"]]}, edges, lag)
    for name, column in parts.items():
        factor = 4 if name in retain.revenue.COLUMNS[:7] else 1
        assert np.array_equal(scaled[name], factor * column if factor > 1 else column, equal_nan=column.dtype.kind == "f"), name
    groups = [[i for i, who in enumerate(table["customer"]) if (who < "c3") == first] for first in (True, False)]
    halves = [bridge(take(table, rows), edges, lag) for rows in groups if rows]
    for i, name in enumerate(retain.revenue.COLUMNS[:15]):
        assert np.allclose(sum(half[name] for half in halves), parts[name], rtol=0, atol=1e-9 if i < 7 else 0, equal_nan=True), name


@given(logs(least=1), st.integers(3, 40), st.integers(1, 5), st.integers(0, 90))
def test_rolling_retention_is_retention_period_by_period(table, length, span, window):
    edges = list(range(-20, 200, length))
    if len(edges) <= span:
        return
    who = {"window_days": window} if window else {"activity": "period"}
    rolling = retain.crr.periods(table, 150, edges=edges, span=span, **who)
    for k in range(len(edges) - span):
        if window:
            alone, at = retain.crr.periods(table, 150, edges=[edges[k], edges[k + span]], **who), 0
        elif k >= span:
            alone, at = retain.crr.periods(table, 150, edges=[edges[k - span], edges[k], edges[k + span]], **who), 1
        else:
            continue
        for name in retain.crr.COLUMNS:
            assert np.array_equal(rolling[name][k], alone[name][at], equal_nan=True), (k, name)


@given(logs(least=1), st.integers(5, 60))
def test_cohorts_add_up(table, length):
    edges = list(range(-20, 261 + length, length))
    cohorts = retain.cohort.active(table, 260, edges=edges, count_running=True)
    found = retain.orders.report(table, 260)
    assert np.nansum(cohorts.size) == found.customers
    assert abs(np.nansum(cohorts.revenue) - found.kept_value) < 1e-9
    assert np.nansum(cohorts.orders) == found.kept_orders
    begun = ~np.isnan(cohorts.size)
    assert np.array_equal(cohorts.active[begun, 0], cohorts.size[begun])
    later = retain.cohort.active(table, 260, edges=edges, kind="unbounded")
    cells = ~np.isnan(later.active)
    assert (later.active[cells] >= retain.cohort.active(table, 260, edges=edges).active[cells]).all()
    rates = later.retention()
    known = ~np.isnan(rates.rate)
    assert (rates.low[known] <= rates.rate[known]).all() and (rates.rate[known] <= rates.high[known]).all()


@given(st.integers(-700_000, 1_000_000), st.sampled_from(["gregorian", "jalali"]))
def test_dates_come_back(day, calendar):
    if calendar == "jalali":
        day = day % 900_000 - 400_000
    parts = retain.calendar.dates([day], calendar=calendar)
    assert retain.calendar.numbers(*parts, calendar=calendar) == [day]


@given(
    st.integers(-100_000, 100_000),
    st.integers(0, 3000),
    st.sampled_from(["day", "week", "month", "quarter", "year"]),
    st.integers(1, 5),
    st.integers(1, 7),
    st.sampled_from(["gregorian", "jalali"]),
)
def test_periods_cover_the_days_and_no_more(first, length, period, step, weekday, calendar):
    last = first + length
    edges = retain.calendar.edges(first, last, period=period, step=step, first_weekday=weekday, calendar=calendar).astype(np.int64)
    assert edges[0] <= first < edges[1]
    assert edges[-2] <= last < edges[-1]
    assert (np.diff(edges) > 0).all()
    if period == "week":
        assert retain.calendar.weekday(int(edges[0])) == weekday


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.floats(0.01, 0.99))
def test_wilson_limits_hold_the_share(k, n, level):
    k = min(k, n)
    low, high = retain.rate.interval(k, n, level)
    assert 0.0 <= low <= k / n <= high <= 1.0


parameter = st.floats(0.05, 50.0)
families = st.sampled_from([retain.ParetoNBD, retain.BGNBD, retain.MBGNBD, retain.GGNBD, retain.NBD])


@st.composite
def customers(draw):
    rows = draw(st.lists(st.tuples(st.integers(0, 60), st.floats(0, 1), st.floats(0.1, 300)), min_size=1, max_size=12))
    return {
        "frequency": [float(x) for x, _, _ in rows],
        "t_x": [share * T if x else 0.0 for x, share, T in rows],
        "T": [T for _, _, T in rows],
    }


@given(families, st.lists(parameter, min_size=5, max_size=5), customers(), st.floats(0.1, 200), st.floats(1.0, 50.0))
def test_forecasts_obey_their_laws(family, parameters, table, days, unit):
    model = family.from_params(unit_days=1, **dict(zip(family._parameters, parameters)))
    alive, silence, orders = (
        np.array(column) for column in (model.alive(table), model.silence(table, days=days), model.orders(table, days=days))
    )
    assert ((alive >= 0) & (alive <= 1)).all()
    assert (silence >= (1 - alive) * (1 - 1e-12) - 1e-15).all() and (silence <= 1).all()
    assert (orders >= (1 - silence) * (1 - 1e-9) - 1e-15).all()
    assert (np.array(model.orders(table, days=2 * days)) >= orders * (1 - 1e-13)).all()
    discounted = np.array(model.discounted(table, days=days, annual_rate=0.5))
    assert (discounted <= orders * (1 + 1e-9) + 1e-300).all()
    assert np.allclose(model.discounted(table, days=days), orders, rtol=1e-9, atol=0)
    # The unit of time does not matter.
    scaled = dict(zip(family._parameters, parameters))
    for name in ("alpha", "beta"):
        if name in scaled and (family, name) != (retain.GGNBD, "beta"):
            scaled[name] /= unit
    if family is retain.GGNBD:
        scaled["b"] *= unit
    other = family.from_params(unit_days=unit, **scaled)
    same_customers = {"frequency": table["frequency"], "t_x": [t / unit for t in table["t_x"]], "T": [t / unit for t in table["T"]]}
    assert np.allclose(other.alive(same_customers), alive, rtol=1e-8, atol=1e-14)
    assert np.allclose(other.orders(same_customers, days=days), orders, rtol=1e-8, atol=1e-14)


@given(families, st.lists(parameter, min_size=5, max_size=5), st.floats(0.1, 100))
def test_the_number_of_orders_has_a_distribution(family, parameters, days):
    model = family.from_params(unit_days=1, **dict(zip(family._parameters, parameters)))
    n = np.arange(3000.0)
    pmf = model.pmf(n, days=days)
    assert ((pmf >= 0) & (pmf <= 1)).all()
    assert pmf.sum() <= 1 + 1e-9
    assert np.allclose(np.exp(model.pmf(n, days=days, log=True)), pmf, rtol=1e-9, atol=1e-300)
    assert (pmf * n).sum() <= model.expected(days) * (1 + 1e-8)
    if pmf[-1] < 1e-14:
        assert abs(pmf.sum() - 1) < 1e-8


@given(
    parameter,
    st.floats(1.1, 50.0),
    parameter,
    st.lists(st.tuples(st.integers(0, 50), st.floats(0.01, 1e4)), min_size=1, max_size=10),
)
def test_expected_spend_lies_between_the_customer_and_the_population(p, q, gamma, rows):
    model = retain.GammaGamma.from_params(p=p, q=q, gamma=gamma)
    table = {"frequency": [float(x) for x, _ in rows], "spend": [z for _, z in rows]}
    for x, z, expected in zip(table["frequency"], table["spend"], model.expected(table)):
        low, high = sorted((z, model.mean())) if x else (model.mean(), model.mean())
        assert low * (1 - 1e-12) <= expected <= high * (1 + 1e-12)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-1e6, 1e6)), min_size=1, max_size=20))
def test_money_at_risk_adds_up(rows):
    risk, money = [r for r, _ in rows], [m for _, m in rows]
    at_risk, total = retain.clv.at_risk(risk, money)
    assert at_risk == [r * m if r else 0.0 for r, m in rows]
    assert abs(total - sum(at_risk)) <= 1e-9 * max(map(abs, money), default=1.0) + 1e-300
    loss, gain = retain.churn.expected_loss(risk, money, cost=1.0, effect=0.5)
    assert loss == at_risk
    assert gain == [0.5 * value - 1.0 for value in loss]


@given(logs(least=1), st.integers(2, 9), st.sampled_from([0.25, 8.0]))
def test_segments_add_up_and_scores_do_not_know_the_currency(table, bins, rate):
    report = retain.orders.report(table, 250)
    if report.customers == 0:
        return
    customers = retain.orders.summary(table, 250)
    scored = retain.RFM(bins=bins).fit_transform(customers, 250)
    richer = {**customers, "revenue": [rate * money for money in customers["revenue"]]}
    assert [retain.RFM(bins=bins).fit_transform(richer, 250)[name] for name in "rfm"] == [scored[name] for name in "rfm"]
    for name, measure, sign in (("r", "days_since_last", -1), ("f", "occasions", 1), ("m", "revenue", 1)):
        ordered = sorted(zip((sign * value for value in scored[measure]), scored[name]))
        for (low, score), (high, other) in zip(ordered, ordered[1:]):
            assert score <= other and (low != high or score == other)
    found = retain.rfm.table({**scored, "segment": scored["m"]})
    assert sum(found["customers"][:-1]) == report.customers == found["customers"][-1]
    assert abs(sum(found["revenue"][:-1]) - report.kept_value) < 1e-9
    tiers = retain.rfm.tiers(customers["revenue"])
    best = sorted(zip(customers["revenue"], tiers), reverse=True)
    assert best[0][1] == "A" and [tier for _, tier in best] == sorted(tiers)
    gini = retain.rfm.gini(customers["revenue"]).value
    assert 0 <= gini < 1 and abs(gini - retain.rfm.gini(richer["revenue"]).value) < 1e-12
