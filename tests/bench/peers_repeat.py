"""Repeat shares, customers by month and the order-number funnel with DuckDB; the Kaplan-Meier curve of gaps with lifelines.

    python tests/bench/peers_repeat.py FOLDER [--repeat N]

DuckDB's queries have counts and means alone, no intervals; lifelines is given the gaps ready made by NumPy, and only the fit is timed.
"""

import sys

import numpy as np

import tables
from peers import Peer, Task, close, main, same

LAST_DAY = 19358 + 730 - 1
OCCASIONS = "occasions as (select customer, day, count(*) as orders, sum(value) as value from log group by customer, day)"
SUMMARY = f"""
with {OCCASIONS},
per as (select count(*) as n, sum(orders) as orders, sum(value) as revenue, max(value) as best from occasions group by customer)
select count(*) filter (n > 1) / count(*) as repeat, sum(revenue) / sum(orders) as order_value from per
"""
MONTHS = f"""
with {OCCASIONS},
dated as (select *, min(day) over (partition by customer) as first from occasions),
per as (select customer, date_trunc('month', day) as month, min(first) as first, count(*) as n from dated group by customer, month)
select month, count(*) as customers, count(*) filter (first < month) as returning, count(*) filter (n > 1) as repeaters
from per group by month order by month
"""
FUNNEL = f"""
with {OCCASIONS},
ranked as (select value, row_number() over (partition by customer order by day) as k from occasions)
select k, count(*) as reached, avg(value) as value from ranked where k <= 12 group by k order by k
"""


def find_gaps(columns):
    """All gaps between days with orders, and which of them have closed."""
    code = columns["customer"].astype(np.int64) * 100000 + columns["day"]
    code = np.unique(code)
    customer, day = code // 100000, code % 100000
    same_customer = customer[1:] == customer[:-1]
    days = np.append(np.where(same_customer, day[1:] - day[:-1], LAST_DAY - day[:-1]), LAST_DAY - day[-1])
    return days.astype(float), np.append(same_customer, False)


def curve_in_lifelines(columns, threads):
    from lifelines import KaplanMeierFitter

    days, closed = find_gaps(columns)

    def work():
        curve = KaplanMeierFitter().fit(days, closed)
        at = curve.event_table.index[curve.event_table.observed > 0]
        limits = curve.confidence_interval_.loc[at]
        return {"days": at.to_numpy(), "share": 1 - curve.survival_function_.loc[at].iloc[:, 0].to_numpy(),
                "low": 1 - limits.iloc[:, 1].to_numpy(), "high": 1 - limits.iloc[:, 0].to_numpy()}
    return work


def compare(*names):
    """Sums of money and products of many factors differ in the last digits."""
    def check(columns, theirs):
        return [close(name, columns[f"result_{name}"], np.asarray(theirs[name], dtype=float), 1e-9) for name in names]
    return check


def compare_months(columns, theirs):
    over = ~np.isnan(columns["result_customers"])  # the month that was running at the observation end has no result
    return [same(name, columns[f"result_{name}"][over], np.asarray(theirs[name], dtype=float)[over])
            for name in ("customers", "returning", "repeaters")]


def duckdb_peers(query):
    prepare = tables.duckdb_query(query)
    return [Peer("DuckDB", prepare, tables.arrays, 2), Peer("DuckDB", prepare, tables.arrays)]


def tasks(folder):
    del folder
    return [
        Task("repeat_summary", "repeat_summary", "customer", duckdb_peers(SUMMARY), compare("repeat", "order_value")),
        Task("repeat_months", "repeat_months", "customer", duckdb_peers(MONTHS), compare_months),
        Task("repeat_funnel", "repeat_funnel", "customer", duckdb_peers(FUNNEL), compare("reached", "value")),
        Task("repeat_curve", "repeat_curve", "customer", [Peer("lifelines", curve_in_lifelines, tables.arrays)],
             compare("days", "share", "low", "high")),
    ]


if __name__ == "__main__":
    sys.exit(main(tasks))
