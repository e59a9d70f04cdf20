"""Cohort tables of any layout: a second computation in pandas on real orders, and what the Python layer adds."""

import numpy as np
import pandas as pd
import pytest
import retain
from conftest import near

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
    with pytest.raises(retain.ArgumentError, match="age_edges"):
        retain.cohort.cells(LOG, "2024-03-30", columns="rolling", ages=[0, 0])


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
    assert abs(found.money_p - 2 / 6) < 0.08  # two of six ways to deal
    months = retain.cohort.compare(log, "2024-06-30", "2024-01-15", "2024-02-01", column=0, replicates=500)
    assert months.value == (7.0, 2.0) and months.money_p == found.money_p
    both = retain.cohort.compare(log, "2024-06-30", ("x", "2024-01-01"), ("y", "2024-02-01"), 0, by=by, rows="both", replicates=0)
    assert both.value == (7.0, 2.0) and np.isnan(both.money_p)
    with pytest.raises(retain.ArgumentError, match="no group 'z'"):
        retain.cohort.compare(log, "2024-06-30", "x", "z", by=by)
    with pytest.raises(retain.ArgumentError, match="periods"):
        retain.cohort.compare(log, "2024-06-30", "2023-01-01", "2024-02-01")


def windows(kind, first, period, edges, ages, end):
    """Begin and end day of each column for one customer; None where a window does not exist."""
    n = len(edges) - 1
    if kind == "rolling":
        return [(first + a, first + b) for a, b in zip(ages, ages[1:], strict=False)]
    if kind == "calendar":
        return [(edges[j], edges[j + 1]) if j >= period else None for j in range(n)]
    steps = list(zip(ages, ages[1:], strict=False)) if ages else [(a, a + 1) for a in range(n)]
    return [(edges[period + a], edges[period + b]) if period + b <= n else None for a, b in steps]


def by_hand(log, end, columns, edges, ages, group_of):
    """Sums by (group, cohort, column), customer by customer, from the definition."""
    sums = {}
    for customer, orders in log.groupby("customer"):
        days, values = orders.day.to_numpy(), orders.value.to_numpy()
        first = days.min()
        period = int(np.searchsorted(edges, first, side="right")) - 1
        for j, window in enumerate(windows(columns, first, period, edges, ages, end)):
            if window is None or window[1] > end + 1:
                continue
            here = (days >= window[0]) & (days < window[1])
            cell = sums.setdefault((group_of[customer], period, j), np.zeros(5))
            cell += [1, here.any(), len(set(days[here])) > 1, here.sum(), round(100 * values[here].sum())]
    return sums


@pytest.mark.parametrize("columns, ages", [
    ("age", None), ("age", [0, 1, 4, 12]), ("calendar", None), ("rolling", [0, 1, 31, 61, 91, 181, 366]), ("rolling", [0, 7, 100])])
def test_cells_agree_with_pandas_on_cdnow(cdnow_sample, columns, ages):
    frame = pd.DataFrame({"customer": cdnow_sample["customer"], "value": cdnow_sample["value"]})
    frame["date"] = pd.to_datetime(cdnow_sample["date"])
    frame = frame[frame.value > 0]
    frame["day"] = (frame.date - pd.Timestamp(0)).dt.days
    end = int((pd.Timestamp("1998-06-30") - pd.Timestamp(0)).days)
    edges = [(day - pd.Timestamp(0)).days for day in pd.date_range("1997-01-01", "1998-07-01", freq="MS")]
    group_of = {customer: "abc"[customer % 3] for customer in frame.customer}
    want = by_hand(frame, end, columns, edges, ages, group_of)
    got = retain.cohort.cells(frame, "1998-06-30", by=group_of, rows="both", columns=columns, ages=ages)
    seen = 0
    for r, j in np.ndindex(got.exposed.shape):
        cell = want.get(("abc"[r // 18], r % 18, j))
        if cell is None:
            assert got.exposed[r, j] == 0 and np.isnan(got.net[r, j])
            continue
        seen += 1
        numbers = got.exposed, got.active, got.repeat, got.orders
        assert [numbers_of[r, j] for numbers_of in numbers] == cell[:4].tolist()
        assert near(got.net[r, j], cell[4] / 100, 1e-9)
    assert seen == len(want)
