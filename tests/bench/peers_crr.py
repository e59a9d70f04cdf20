"""Who stayed, came back and left, month by month with a window of 90 days, with DuckDB.

    python tests/bench/peers_crr.py FOLDER [--repeat N]

DuckDB is given its best: each customer's activity at all month edges as the bits of one number, so the log is read once.
"""

import sys

import numpy as np

import tables
from peers import Peer, Task, main, same

WINDOW_DAYS = 90
FLOW = """
with customers as (
    select customer, bit_or(active) as active, min(first_period) as first from log join calendar using (day) group by customer),
flow as (
    select period,
           count(*) filter (active >> period & 1 = 1) as start,
           count(*) filter (first = period) as acquired,
           count(*) filter (active >> period & 3 = 3) as retained,
           count(*) filter (active >> period & 3 = 2 and first < period) as reactivated,
           count(*) filter (active >> period & 3 = 1) as lost
    from customers cross join range({periods}) as periods(period) group by period)
select * from flow order by period
"""


def flow_in_duckdb(columns, threads):
    edges = columns["edges"]
    days = np.arange(edges[0], edges[-1])
    counts_for = (edges[None, :] > days[:, None]) & (edges[None, :] - WINDOW_DAYS <= days[:, None])
    base = tables.duckdb_log(columns, threads)
    base.register("raw", {"day": days, "active": counts_for @ (1 << np.arange(len(edges))),
                          "first_period": np.searchsorted(edges, days, "right") - 1})
    base.execute("create table calendar as select date '1970-01-01' + day::int as day, active, first_period from raw")
    return lambda: base.execute(FLOW.format(periods=len(edges) - 1)).fetchnumpy()


def compare_flow(columns, theirs):
    ours = {name: columns[f"result_{name}"] for name in ("start", "acquired", "retained", "reactivated", "lost")}
    over = ~np.isnan(ours["lost"])  # the month that was running at the observation end has no result
    return [same(name, column[over], theirs[name][over]) for name, column in ours.items()]


def tasks(folder):
    del folder
    return [Task("crr_months", "crr_months", "customer",
                 [Peer("DuckDB", flow_in_duckdb, tables.arrays, 2), Peer("DuckDB", flow_in_duckdb, tables.arrays)], compare_flow)]


if __name__ == "__main__":
    sys.exit(main(tasks))
