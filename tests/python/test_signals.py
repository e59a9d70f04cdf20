"""Signals: golden figures through the package, and a second opinion from pandas on a real shop's orders and returns."""

import functools
import math
import os
import pathlib

import numpy as np
import pytest
import retain
from conftest import near, number, read_golden, values

EVENTS = read_golden("signals/events.csv")
EVENT_TABLE = {
    "customer": [int(row["customer"]) for row in EVENTS],
    "date": [int(row["day"]) for row in EVENTS],
    "kind": [int(row["kind"]) for row in EVENTS],
    "value": [number(row["value"]) for row in EVENTS],
}
CUSTOMERS = read_golden("signals/customers.csv")
LOG = {
    "customer": [int(row["customer"]) for row in read_golden("signals/orders.csv")],
    "date": [int(row["day"]) for row in read_golden("signals/orders.csv")],
    "value": [float(row["value"]) for row in read_golden("signals/orders.csv")],
}


def test_figures_meet_the_golden_ones():
    customers = {name: [int(row[name]) for row in reversed(CUSTOMERS)] for name in ("customer", "known_since")}
    place = {key: at for at, key in enumerate(customers["customer"])}

    @functools.cache
    def describe(end, window, known):
        return retain.signals.per_customer(
            EVENT_TABLE,
            customers,
            end,
            window_days=window,
            kind="kind",
            value="value",
            known_since="known_since" if known else None,
        )

    for row in read_golden("signals/per_customer.csv"):
        table = describe(int(row["end"]), int(row["window"]), int(row["known"]))
        at = place[int(row["customer"])]
        assert near(table["exposure_days"][at], number(row["exposure_days"]), 0.0)
        for name in retain.signals.FIGURES:
            want = number(row[name])
            assert near(table[f"{name}_{row['kind']}"][at], want, 1e-13 * abs(want)), (row, name)


def test_effects_meet_the_golden_ones():
    for row in read_golden("signals/effects.csv"):
        chosen = [at for at, kind in enumerate(EVENT_TABLE["kind"]) if kind == int(row["kind"])]
        events = {name: [column[at] for at in chosen] for name, column in EVENT_TABLE.items()}
        found = retain.signals.effect(
            events,
            LOG,
            int(row["end"]),
            exposure_days=int(row["exposure"]),
            days=int(row["horizon"]),
            order_numbers=int(row["numbers"]),
            value_classes=int(row["classes"]),
            edges=[int(edge) for edge in row["edges"].split()] or None,
            by={int(c["customer"]): int(c["group"]) for c in CUSTOMERS} if row["grouped"] == "1" else None,
        )
        for name in found.__dataclass_fields__.keys() - {"strangers"}:  # which Python counts
            assert near(getattr(found, name), number(row[name]), 1e-13), (row, name)


def test_the_table_is_of_the_kind_of_the_customers(kind):
    events = {"customer": ["a", "b", "a"], "date": ["2024-01-05", "2024-01-06", "2024-01-20"]}
    customers = kind.make({"customer": ["b", "c", "a"], "since": np.array(["2024-01-01"] * 3, dtype="M8[D]").tolist()})
    table = retain.signals.per_customer(events, customers, "2024-01-31", window_days=30, known_since="since")
    assert kind.is_table(table)
    assert values(table["customer"]) == ["b", "c", "a"]
    assert values(table["count"]) == [1.0, 0.0, 2.0]
    assert values(table["exposure_days"]) == [30.0] * 3


def test_bad_arguments_are_named():
    events = {"customer": ["a"], "date": [3], "kind": ["x"], "value": [math.inf]}
    log = {"customer": ["a", "b"], "date": [0, 1], "value": [1.0, 1.0]}
    for call, words in (
        (lambda: retain.signals.per_customer(events, ["a", "a"], 9), "customers.customer[1] is there twice"),
        (lambda: retain.signals.per_customer(events, ["a"], 9, window_days=0), "window_days"),
        (lambda: retain.signals.per_customer(events, ["a"], 9, kind="kinds"), "kinds"),
        (lambda: retain.signals.per_customer(events, ["a"], 9, value="value"), "events.value[0]"),
        (lambda: retain.signals.per_customer(events, ["a"], 9, known_since=[1, 2]), "known_since has 2 rows"),
        (lambda: retain.signals.per_customer(events, ["a"], 9, known_since="since"), "known_since"),
        (lambda: retain.signals.per_customer({"customer": [1]}, [1], 9), "date"),
        (lambda: retain.signals.effect(events, log, 9, by={"a": 1}), "'b'"),
        (lambda: retain.signals.effect(events, log, 9, edges=[3, 3]), "edges[1]"),
        (lambda: retain.signals.effect(events, log, 9, exposure_days=0), "exposure_days"),
        (lambda: retain.signals.effect(events, log, 9, order_numbers=1001), "order_numbers"),
        (lambda: retain.signals.effect(events, log, 9, level=1.5), "level"),
    ):
        with pytest.raises((ValueError, TypeError)) as caught:
            call()
        assert words in str(caught.value)


@functools.cache
def online_retail():
    """Orders (invoices of positive value) and returns (invoices that begin with C) of known customers, by day."""
    pd = pytest.importorskip("pandas")
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip("RETAIN_DATA is not set: no Online Retail")
    lines = pd.read_csv(pathlib.Path(folder) / "online_retail" / "online_retail.csv.gz", dtype={"invoice": str})
    lines = lines.dropna(subset=["customer_id"])
    lines["day"] = pd.to_datetime(lines["timestamp"]).to_numpy().astype("M8[D]").astype(np.int64)
    lines["value"] = lines["quantity"] * lines["unit_price"]
    lines["customer"] = lines["customer_id"].astype(np.int64)
    invoices = lines.groupby(["invoice", "customer"], as_index=False).agg(day=("day", "min"), value=("value", "sum"))
    back = invoices["invoice"].str.startswith("C")
    assert back.any()
    return invoices[~back & (invoices["value"] > 0)], invoices[back]


def test_returns_per_customer_agree_with_pandas():
    orders, returns = online_retail()
    end, window = int(orders["day"].max()) - 30, 180
    customers = np.unique(orders["customer"])
    found = retain.signals.per_customer(
        {"customer": returns["customer"], "date": returns["day"], "money": returns["value"]},
        customers,
        end,
        window_days=window,
        value="money",
    )
    known = returns[returns["day"] <= end]
    inside = known[known["day"] > end - window]
    count = inside.groupby("customer").size().reindex(customers, fill_value=0).to_numpy()
    assert (found["count"] == count).all() and count.sum() > 1000
    recent = inside[inside["day"] > end - window // 2].groupby("customer").size().reindex(customers, fill_value=0).to_numpy()
    assert (found["recent"] == recent).all() and (found["earlier"] == count - recent).all()
    since = end - known.groupby("customer")["day"].max().reindex(customers).to_numpy()
    assert np.array_equal(found["days_since_last"], since, equal_nan=True)
    money = inside.groupby("customer")["value"].sum().reindex(customers, fill_value=0).to_numpy()
    assert np.allclose(found["sum"], money, rtol=1e-12, atol=1e-9)
    with np.errstate(invalid="ignore"):
        assert np.allclose(found["trend"], (2 * recent - count) / count, equal_nan=True)
    stats = pytest.importorskip("scipy.stats")
    for at in np.nonzero(count)[0][:200]:
        assert near(found["trend_p_value"][at], stats.binomtest(int(recent[at]), int(count[at]), 0.5).pvalue, 1e-9)


def test_the_effect_of_returns_agrees_with_pandas():
    """Written from the definition with frames: occasions, landmarks, strata, weights."""
    orders, returns = online_retail()
    end, exposure, horizon = int(orders["day"].max()), 30, 60
    edges = [int(edge) for edge in np.arange(np.datetime64("2010-12"), np.datetime64("2012-02")).astype("M8[D]").astype(np.int64)]
    found = retain.signals.effect(
        {"customer": returns["customer"], "date": returns["day"]},
        {"customer": orders["customer"], "date": orders["day"], "value": orders["value"]},
        end,
        exposure_days=exposure,
        days=horizon,
        edges=edges,
    )
    units = orders.groupby(["customer", "day"], as_index=False)["value"].sum().sort_values(["customer", "day"])
    units["number"] = units.groupby("customer").cumcount().clip(upper=3)
    units["gap"] = -units.groupby("customer")["day"].diff(-1)
    assert found.occasions == len(units)
    units = units[units["day"] + exposure + horizon <= end]
    assert found.open == found.occasions - len(units)
    assert found.returned_early == (units["gap"] <= exposure).sum()
    units = units[~(units["gap"] <= exposure)].copy()
    units["back"] = units["gap"] <= exposure + horizon
    pairs = units.reset_index().merge(returns[["customer", "day"]], on="customer", suffixes=("", "_of_event"))
    hit = pairs[(pairs["day_of_event"] > pairs["day"]) & (pairs["day_of_event"] <= pairs["day"] + exposure)]["index"].unique()
    units["exposed"] = units.index.isin(hit)
    rates = units.groupby("exposed")["back"].agg(["sum", "size", "mean"])
    assert [found.exposed, found.exposed_returned] == [rates.loc[True, "size"], rates.loc[True, "sum"]]
    assert [found.unexposed, found.unexposed_returned] == [rates.loc[False, "size"], rates.loc[False, "sum"]]
    assert near(found.crude, rates.loc[True, "mean"] - rates.loc[False, "mean"], 1e-12)
    values_sorted = np.sort(units["value"].to_numpy())
    cuts = [values_sorted[-(-j * len(units) // 5) - 1] for j in range(1, 5)]
    units["class"] = np.searchsorted(cuts, units["value"], side="left")
    units["period"] = np.searchsorted(edges, units["day"], side="right")
    cells = units.groupby(["period", "number", "class", "exposed"])["back"].agg(["sum", "size"]).unstack("exposed", fill_value=0)
    cells = cells[(cells["size"][True] > 0) & (cells["size"][False] > 0)]
    weight = cells["size"][True] / cells["size"][True].sum()
    difference = cells["sum"][True] / cells["size"][True] - cells["sum"][False] / cells["size"][False]
    assert found.strata == len(cells) and found.matched == cells["size"][True].sum()
    assert near(found.effect, (weight * difference).sum(), 1e-12)
    assert found.effect_low < found.effect < found.effect_high


def test_edges_in_disorder_are_named_as_they_were_given():
    log = {"customer": ["a", "b"], "date": ["2024-01-01", "2024-01-05"], "value": [1.0, 2.0]}
    events = {"customer": ["a"], "date": ["2024-01-03"]}
    with pytest.raises(retain.ArgumentError, match=r"edges\[1\] is 2024-01-01; .* 2024-02-01"):
        retain.signals.effect(events, log, "2024-04-30", edges=["2024-02-01", "2024-01-01"])
