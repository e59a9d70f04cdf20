"""The tasks of the benchmarks, done by DuckDB and pandas on the same log.

    build/release/tests/bench/bench_cohort 10000000 1 /tmp/log
    python tests/bench/peers.py /tmp/log

Prints one line of JSON a peer. `active` and `revenue` must be those that bench_cohort prints.
"""

import json
import sys
import time

import duckdb
import numpy as np
import pandas as pd

RUNS = 3

COHORT = """
with orders as (
    select customer, (year(date '1970-01-01' + day::int) * 12 + month(date '1970-01-01' + day::int)) as month, value from log),
first as (select customer, min(month) as cohort from orders group by customer)
select cohort, month - cohort as age, count(distinct orders.customer) as active, count(*) as placed, sum(value) as revenue
from orders join first using (customer) group by all
"""


def best_of(task):
    best = None
    for _ in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        result = task()
        spent = (time.perf_counter() - wall, time.process_time() - cpu)
        best = min(best or spent, spent)
    return best, result


def report(peer, name, rows, best, table):
    print(json.dumps({
        "bench": name, "peer": peer, "rows": rows, "wall": round(best[0], 4), "cpu": round(best[1], 4),
        "active": int(table["active"].sum()), "revenue": round(float(table["revenue"].sum()), 2)}))


def cohort_in_pandas(log):
    month = (log["day"].to_numpy().astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))
    frame = pd.DataFrame({"customer": log["customer"], "month": month, "value": log["value"]})
    frame["cohort"] = frame.groupby("customer")["month"].transform("min")
    return frame.groupby(["cohort", "month"]).agg(active=("customer", "nunique"), placed=("value", "size"), revenue=("value", "sum"))


def main(prefix):
    columns = {name: np.fromfile(f"{prefix}.{name}", dtype) for name, dtype in
               (("customer", "<i8"), ("day", "<i8"), ("value", "<f8"))}
    log = pd.DataFrame(columns)
    base = duckdb.connect()
    base.execute("create table log as select * from log")
    base.execute("set threads = 2")
    best, table = best_of(lambda: base.execute(COHORT).df())
    report("duckdb", "cohort", len(log), best, table)
    base.execute("set threads = 1")
    best, table = best_of(lambda: base.execute(COHORT).df())
    report("duckdb, 1 thread", "cohort", len(log), best, table)
    best, table = best_of(lambda: cohort_in_pandas(log))
    report("pandas", "cohort", len(log), best, table)


if __name__ == "__main__":
    main(sys.argv[1])
