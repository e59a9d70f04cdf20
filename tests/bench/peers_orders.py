"""From an order log to one row per customer, and from there to distinct rows, with DuckDB, pandas and Polars.

    python tests/bench/peers_orders.py FOLDER [--repeat N]
"""

import sys

import numpy as np

import tables
from peers import Peer, Task, close, main, same

LAST_DAY = np.datetime64("2024-12-30")

SUMMARY = f"""
with days as (select customer, day, sum(value) as value from log group by customer, day)
select customer,
       count(*) - 1 as frequency,
       max(day) - min(day) as t_x,
       date '{LAST_DAY}' - min(day) as T,
       case when count(*) > 1 then (sum(value) - arg_min(value, day)) / (count(*) - 1) end as spend
from days group by customer
"""

DISTINCT = "select frequency, t_x, T, count(*) as weight from customers group by all"


def summary_in_pandas(columns, threads):
    log = tables.pandas_log(columns)

    def summarise():
        days = log.groupby(["customer", "day"], sort=True)["value"].sum().reset_index()
        by_customer = days.groupby("customer", sort=False)
        table = by_customer.agg(frequency=("day", "size"), first=("day", "first"), last=("day", "last"), total=("value", "sum"),
                                first_value=("value", "first"))
        table["frequency"] -= 1
        table["t_x"] = (table["last"] - table["first"]).dt.days
        table["T"] = (LAST_DAY - table["first"]).dt.days
        table["spend"] = (table["total"] - table["first_value"]) / table["frequency"].where(table["frequency"] > 0)
        return table.reset_index()

    return summarise


def summary_in_polars(columns, threads):
    import polars as pl

    log = tables.polars_log(columns)
    day, value = pl.col("day"), pl.col("value")

    def summarise():
        days = log.lazy().group_by("customer", "day").agg(value.sum())
        table = days.group_by("customer").agg(frequency=pl.len() - 1, first=day.min(), last=day.max(), total=value.sum())
        first_days = days.rename({"day": "first", "value": "first_value"})
        return table.join(first_days, on=["customer", "first"]).select(
            "customer", "frequency", t_x=(pl.col("last") - pl.col("first")).dt.total_days(),
            T=(pl.lit(LAST_DAY.item()) - pl.col("first")).dt.total_days(),
            spend=pl.when(pl.col("frequency") > 0).then((pl.col("total") - pl.col("first_value")) / pl.col("frequency"))).collect()

    return summarise


def compare_summaries(columns, theirs):
    order = np.argsort(theirs["customer"])
    theirs = {name: column[order] for name, column in theirs.items()}
    return [same(name, columns[f"result_{name}"], theirs[name]) for name in ("customer", "frequency", "t_x", "T")] + [
        close("spend", columns["result_spend"], theirs["spend"], 1e-9)]


def distinct_in_duckdb(columns, threads):
    import duckdb

    base = duckdb.connect(config={"threads": threads})
    base.register("raw", {name: columns[name] for name in ("frequency", "t_x", "T")})
    base.execute("create table customers as select * from raw")
    return lambda: base.execute(DISTINCT).fetchnumpy()


def distinct_in_pandas(columns, threads):
    import pandas

    customers = pandas.DataFrame({name: columns[name] for name in ("frequency", "t_x", "T")})
    return lambda: customers.groupby(["frequency", "t_x", "T"], sort=False).size().rename("weight").reset_index()


def distinct_in_polars(columns, threads):
    import polars as pl

    customers = pl.DataFrame({name: columns[name] for name in ("frequency", "t_x", "T")})
    return lambda: customers.group_by("frequency", "t_x", "T").agg(weight=pl.len())


def compare_distinct(columns, theirs):
    order = np.lexsort((theirs["T"], theirs["t_x"], theirs["frequency"]))
    return [same(name, columns[f"result_{name}"], theirs[name][order]) for name in ("frequency", "t_x", "T", "weight")]


def tasks(folder):
    del folder
    summary, distinct = tables.duckdb_query(SUMMARY), distinct_in_duckdb
    peers = [Peer("DuckDB", summary, tables.arrays, 2), Peer("DuckDB", summary, tables.arrays),
             Peer("Polars", summary_in_polars, tables.arrays, 2, tables.MOST_IN_MEMORY),
             Peer("pandas", summary_in_pandas, tables.arrays, most_rows=tables.MOST_IN_MEMORY)]
    return [Task("orders_summary", "orders_summary", "customer", peers, compare_summaries),
            Task("orders_summary_shuffled", "orders_summary_shuffled", "customer", peers, compare_summaries),
            Task("customers_distinct", "customers_distinct", "frequency",
                 [Peer("DuckDB", distinct, tables.arrays, 2), Peer("DuckDB", distinct, tables.arrays),
                  Peer("Polars", distinct_in_polars, tables.arrays, 2, tables.MOST_IN_MEMORY),
                  Peer("pandas", distinct_in_pandas, tables.arrays, most_rows=tables.MOST_IN_MEMORY)],
                 compare_distinct)]


if __name__ == "__main__":
    sys.exit(main(tasks))
