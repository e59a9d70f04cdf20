"""Money by month, refunds dated by their order and by their own day, with DuckDB.

    python tests/bench/peers_ledger.py FOLDER [--repeat N]
"""

import sys

import tables
from peers import Peer, Task, close, main

LEDGER = """
with orders as (
    select customer, order_id, min(day) as home, sum(value) filter (value > 0) as gross, coalesce(sum(value) filter (value < 0), 0) as refunds
    from log group by customer, order_id),
by_order as (
    select year(home) * 12 + month(home) as month, sum(gross) as gross, sum(refunds) as refunds from orders group by month),
by_day as (
    select year(day) * 12 + month(day) as month, sum(value) as refunds from log where value < 0 group by month)
select month, gross, gross + by_order.refunds as net_by_order, gross + coalesce(by_day.refunds, 0) as net_by_day
from by_order left join by_day using (month) order by month
"""


def ledger_in_duckdb(columns, threads):
    base = tables.duckdb_log(columns, threads)
    base.register("ids", {"order_id": columns["order"]})
    base.execute("create table numbered as select log.*, ids.order_id from log positional join ids")
    base.unregister("ids")
    base.execute("drop table log")
    base.execute("alter table numbered rename to log")
    return lambda: base.execute(LEDGER).fetchnumpy()


def compare_books(columns, theirs):
    return [close(name, columns[f"result_{name}"], theirs[name], 1e-9) for name in ("gross", "net_by_order", "net_by_day")]


def tasks(folder):
    del folder
    peers = [Peer("DuckDB", ledger_in_duckdb, tables.arrays, 2), Peer("DuckDB", ledger_in_duckdb, tables.arrays)]
    return [Task("ledger_months", "ledger_months", "customer", peers, compare_books)]


if __name__ == "__main__":
    sys.exit(main(tasks))
