"""Cohort table by group and month, in days from each customer's own first order, with DuckDB.

    python tests/bench/peers_cohort_cells.py FOLDER [--repeat N]

Nobody offers the bootstrap and the tests for such a table; those tasks have no peer.
"""

import sys

import numpy as np

import tables
from peers import Peer, Task, close, main, same

GROUPS, AGES, LAST_DAY = 8, [0, 1, 31, 61, 91, 181, 366], 19358 + 730 - 1
CELLS = f"""
with occasions as (select customer, day - date '1970-01-01' as day, sum(value) as value from log group by all),
customers as (select customer, min(day) as first, date_trunc('month', date '1970-01-01' + min(day)::integer) as month
              from occasions group by customer),
ages(j, a, z) as (values {", ".join(f"({j}, {a}, {z})" for j, (a, z) in enumerate(zip(AGES, AGES[1:])))}),
there as (select customer % {GROUPS} as g, month, j, count(*) as exposed from customers cross join ages
          where first + z <= {LAST_DAY} + 1 group by all),
brought as (select customer, first, month, j, sum(value) as value from occasions join customers using (customer)
            join ages on day - first >= a and day - first < z where first + z <= {LAST_DAY} + 1 group by all),
sums as (select customer % {GROUPS} as g, month, j, count(*) as active, sum(value) as net, sum(value * value) as squares
         from brought group by all)
select g, month, j, exposed, coalesce(active, 0) as active, coalesce(net, 0) as net, coalesce(squares, 0) as squares
from there left join sums using (g, month, j)
"""


def compare_cells(columns, theirs):
    periods = len(columns["edges"]) - 1
    months = theirs["month"].astype("M8[D]").astype(np.int64)
    place = ((theirs["g"].astype(int) * periods + np.searchsorted(columns["edges"], months)) * (len(AGES) - 1)
             + theirs["j"].astype(int))

    def table(name):
        cells = np.zeros(len(columns["result_exposed"]))
        cells[place] = theirs[name]
        return cells

    n, net = table("exposed"), table("net")
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt((table("squares") - net * net / n) / (n - 1) / n)
    known = n > 1
    return [same("exposed", columns["result_exposed"], n), same("active", np.nan_to_num(columns["result_active"]), table("active")),
            close("net", np.nan_to_num(columns["result_net"]), net, 1e-9),
            close("error", columns["result_error"][known], error[known], 1e-6)]


def tasks(folder):
    del folder
    cells = tables.duckdb_query(CELLS)
    return [Task("cohort_rolling", "cohort_rolling", "customer",
                 [Peer("DuckDB", cells, tables.arrays, 2), Peer("DuckDB", cells, tables.arrays)], compare_cells)]


if __name__ == "__main__":
    sys.exit(main(tasks))
