"""RFM scores, the segment table and concentration with DuckDB, pandas and NumPy.

    python tests/bench/peers_rfm.py FOLDER [--repeat N]
"""

import sys

import numpy as np

import tables
from peers import Comparison, Peer, Task, close, main, same

NTILE = """
select ntile(5) over (order by days desc) as r, ntile(5) over (order by occasions) as f, ntile(5) over (order by revenue) as m, i
from customers
"""
# What equal scores for equal values take in SQL.
MID_RANK = """
select 1 + (5 * (2 * (rank() over (order by days desc) - 1) + count(*) over (partition by days))) // (2 * n) as r,
    1 + (5 * (2 * (rank() over (order by occasions) - 1) + count(*) over (partition by occasions))) // (2 * n) as f,
    1 + (5 * (2 * (rank() over (order by revenue) - 1) + count(*) over (partition by revenue))) // (2 * n) as m, i
from customers, (select count(*) as n from customers)
"""
TABLE = """
select segment, count(*) as customers, sum(revenue) as money, avg(days) as d, avg(occasions) as o, avg(revenue) as m,
    stddev(days) as sd, stddev(occasions) as so, stddev(revenue) as sm from customers group by segment order by segment
"""
CONCENTRATION = """
with ranked as (
    select i, revenue, row_number() over (order by revenue) as rank, count(*) over () as n, sum(revenue) over () as total,
        coalesce(sum(revenue) over (order by revenue desc groups between unbounded preceding and 1 preceding), 0) as better
    from customers)
select i, case when better / total < 0.8 then 0 when better / total < 0.95 then 1 else 2 end as tier,
    sum((2 * rank - n - 1) * revenue) over () / (n * total) as gini,
    sum(case when rank > n * 0.8 then revenue else 0 end) over () / total as share from ranked
"""


def duckdb_query(sql, names):
    def prepare(columns, threads):
        import duckdb

        base = duckdb.connect(config={"threads": threads})
        base.register("raw", {"i": np.arange(len(columns["revenue"])), **{name: columns[name] for name in names}})
        base.execute("create table customers as select * from raw")
        base.unregister("raw")
        return lambda: base.execute(sql).fetchnumpy()

    return prepare


def by_customer(result):
    columns = tables.arrays(result)
    order = np.argsort(columns["i"])
    return {name: column[order] for name, column in columns.items()}


def pandas_customers(columns, names):
    import pandas

    return pandas.DataFrame({name: columns[name] for name in names})


def quintiles_in_pandas(columns, threads):
    """The usual recipe: qcut of ranks, because qcut alone refuses columns with many ties."""
    import pandas

    frame = pandas_customers(columns, ("days", "occasions", "revenue"))
    labels = [1, 2, 3, 4, 5]

    def score():
        return {
            "r": pandas.qcut(frame["days"].rank(method="first", ascending=False), 5, labels=labels).astype(int).to_numpy(),
            "f": pandas.qcut(frame["occasions"].rank(method="first"), 5, labels=labels).astype(int).to_numpy(),
            "m": pandas.qcut(frame["revenue"].rank(method="first"), 5, labels=labels).astype(int).to_numpy()}

    return score


def mid_ranks_in_pandas(columns, threads):
    frame = pandas_customers(columns, ("days", "occasions", "revenue"))

    def mid(column, ascending=True):
        return (1 + 5 * (2 * column.rank(ascending=ascending) - 1).astype("int64") // (2 * len(column))).to_numpy()

    return lambda: {"r": mid(frame["days"], ascending=False), "f": mid(frame["occasions"]), "m": mid(frame["revenue"])}


def compare_mid_ranks(columns, theirs):
    return [same(name, columns[f"result_{name}"], theirs[name]) for name in "rfm"]


def compare_quintiles(columns, theirs):
    """Revenue in cents has few ties: nearly all customers get the same score."""
    ours = columns["result_m"]
    return [Comparison("m: share of customers with another score", np.mean(ours != theirs["m"]), 1e-3, "NTILE splits ties")]


def table_in_pandas(columns, threads):
    frame = pandas_customers(columns, ("segment", "days", "occasions", "revenue"))

    def tabulate():
        groups = frame.groupby("segment")
        return groups["revenue"].agg(["size", "sum"]), groups.mean(), groups.std()

    return tabulate


def pandas_table(result):
    sizes = result[0]
    return {"segment": sizes.index.to_numpy(), "customers": sizes["size"].to_numpy(), "money": sizes["sum"].to_numpy()}


def compare_tables(columns, theirs):
    ours = {name: columns[f"result_{name}"] for name in ("customers", "money")}
    there = theirs["segment"].astype(int)
    return [same("customers", ours["customers"][there], theirs["customers"]),
            close("money", ours["money"][there], theirs["money"], 1e-12)]


def concentration_in_numpy(columns, threads):
    revenue = columns["revenue"]

    def measure():
        n = len(revenue)
        order = np.argsort(revenue, kind="stable")
        ascending = revenue[order]
        running, ranks = np.cumsum(ascending), np.arange(1, n + 1)
        gini = ((2 * ranks - n - 1) * ascending).sum() / (n * running[-1])
        better = running[-1] - running[np.searchsorted(ascending, revenue, side="right") - 1]
        tier = (better / running[-1] >= 0.8).astype(int) + (better / running[-1] >= 0.95)
        return {"tier": tier, "gini": [gini], "share": [ascending[n - n // 5:].sum() / running[-1]]}

    return measure


def compare_concentration(columns, theirs):
    return [same("tier", columns["result_tier"], theirs["tier"]),
            close("gini", columns["result_gini"], theirs["gini"][:1], 1e-9),
            close("top share", columns["result_share"], theirs["share"][:1], 1e-5)]


def tasks(folder):
    del folder
    scores, table = ("days", "occasions", "revenue"), ("segment", "days", "occasions", "revenue")
    ntile, ranks = duckdb_query(NTILE, scores), duckdb_query(MID_RANK, scores)
    return [
        Task("rfm_scores", "rfm_scores", "revenue", [
            Peer("DuckDB, NTILE", ntile, by_customer, 2), Peer("DuckDB, NTILE", ntile, by_customer),
            Peer("pandas, qcut", quintiles_in_pandas)], compare_quintiles),
        Task("rfm_scores", "rfm_scores", "revenue", [
            Peer("DuckDB, mid-ranks", ranks, by_customer, 2), Peer("pandas, mid-ranks", mid_ranks_in_pandas)], compare_mid_ranks),
        Task("rfm_table", "rfm_table", "revenue", [
            Peer("DuckDB", duckdb_query(TABLE, table), tables.arrays, 2), Peer("pandas", table_in_pandas, pandas_table)],
            compare_tables),
        Task("rfm_concentration", "rfm_concentration", "revenue", [
            Peer("DuckDB", duckdb_query(CONCENTRATION, ("revenue",)), by_customer, 2), Peer("NumPy", concentration_in_numpy)],
            compare_concentration)]


if __name__ == "__main__":
    sys.exit(main(tasks))
