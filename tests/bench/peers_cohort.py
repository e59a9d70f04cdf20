"""Cohort table by month (customers, orders, money) with DuckDB, pandas and Polars.

    python tests/bench/peers_cohort.py FOLDER [--repeat N]
"""

import sys

import numpy as np

import tables
from peers import Peer, Task, close, main, same

COHORT = """
with cells as (
    select customer, year(day) * 12 + month(day) as month, count(*) as orders, sum(value) as revenue from log group by all),
first as (select customer, min(month) as cohort from cells group by customer)
select cohort, month - cohort as age, count(*) as active, sum(orders)::bigint as orders, sum(revenue) as revenue
from cells join first using (customer) group by all
"""


def cohort_in_pandas(columns, threads):
    log = tables.pandas_log(columns)

    def tabulate():
        month = log["day"].dt.year * 12 + log["day"].dt.month
        cells = log.groupby([log["customer"], month.rename("month")], sort=True)["value"].agg(["size", "sum"]).reset_index()
        cells["cohort"] = cells.groupby("customer", sort=False)["month"].transform("first")
        cells["age"] = cells["month"] - cells["cohort"]
        return cells.groupby(["cohort", "age"]).agg(
            active=("customer", "size"), orders=("size", "sum"), revenue=("sum", "sum")).reset_index()

    return tabulate


def cohort_in_polars(columns, threads):
    import polars as pl

    log = tables.polars_log(columns)

    def tabulate():
        day = pl.col("day")
        cells = log.lazy().group_by("customer", month=day.dt.year() * 12 + day.dt.month()).agg(
            orders=pl.len(), revenue=pl.col("value").sum())
        first = cells.group_by("customer").agg(cohort=pl.col("month").min())
        return cells.join(first, on="customer").group_by("cohort", age=pl.col("month") - pl.col("cohort")).agg(
            active=pl.len(), orders=pl.col("orders").sum(), revenue=pl.col("revenue").sum()).collect()

    return tabulate


def compare_tables(columns, theirs):
    periods = len(columns["edges"]) - 1
    row, age = (theirs["cohort"] - theirs["cohort"].min()).astype(int), theirs["age"].astype(int)

    def square(name):
        table = np.zeros((periods, periods))
        table[row, age] = theirs[name]
        return table.ravel()

    def ours(name):
        return np.nan_to_num(columns[f"result_{name}"])

    return [same("active", ours("active"), square("active")), same("orders", ours("orders"), square("orders")),
            close("revenue", ours("revenue"), square("revenue"), 1e-9)]


def tasks(folder):
    del folder
    cohort = tables.duckdb_query(COHORT)
    peers = [Peer("DuckDB", cohort, tables.arrays, 2), Peer("DuckDB", cohort, tables.arrays),
             Peer("Polars", cohort_in_polars, tables.arrays, 2, tables.MOST_IN_MEMORY),
             Peer("pandas", cohort_in_pandas, tables.arrays, most_rows=tables.MOST_IN_MEMORY)]
    return [Task(name, name, "customer", peers, compare_tables) for name in ("cohort_months", "cohort_months_shuffled")]


if __name__ == "__main__":
    sys.exit(main(tasks))
