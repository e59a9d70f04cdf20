"""The revenue bridge by month, with the limits of GRR and NRR, with DuckDB and pandas.

    python tests/bench/peers_revenue.py FOLDER [--repeat N]
"""

import sys

import numpy as np

import tables
from peers import Peer, Task, close, main

BRIDGE = """
with cells as (
    select customer, year(day) * 12 + month(day) as month, sum(value) as now from log group by all),
first as (select customer, min(month) as born from cells group by customer),
pairs as (
    select coalesce(a.customer, b.customer) as customer, coalesce(a.month, b.month + 1) as month, coalesce(a.now, 0) as now,
           coalesce(b.now, 0) as before
    from cells a full join cells b on a.customer = b.customer and a.month = b.month + 1),
sums as (
    select month, sum(before) as start, sum(now) as "end",
           coalesce(sum(now) filter (before = 0 and born = month), 0) as acquired,
           coalesce(sum(now) filter (before = 0 and born < month), 0) as reactivated,
           coalesce(sum(now - before) filter (before > 0 and now > before), 0) as expansion,
           coalesce(sum(before - now) filter (now > 0 and now < before), 0) as contraction,
           coalesce(sum(before) filter (now = 0), 0) as lost,
           count(*) filter (before > 0) as n, sum(before * before) as xx,
           sum(before * now) as xy, sum(now * now) filter (before > 0) as yy,
           sum(before * least(before, now)) as xg, sum(least(before, now) ** 2) as gg
    from pairs join first using (customer) group by month)
select *, (start - contraction - lost) / start as grr, (start + expansion - contraction - lost) / start as nrr from sums order by month
"""
QUANTILE = 1.96  # more customers than Student's t could be told from the normal distribution by


def bridge_in_pandas(columns, threads):
    del threads
    log = tables.pandas_log(columns)

    def bridge():
        month = log["day"].dt.year * 12 + log["day"].dt.month
        cells = log.groupby([log["customer"], month.rename("month")], sort=True)["value"].sum().rename("now").reset_index()
        born = cells.groupby("customer")["month"].min().rename("born")
        before = cells.assign(month=cells["month"] + 1).rename(columns={"now": "before"})
        pairs = cells.merge(before, on=["customer", "month"], how="outer").fillna(0.0).merge(born, on="customer")
        now, then = pairs["now"], pairs["before"]
        kept = np.minimum(now, then)
        staying = then > 0
        sums = pairs.assign(
            acquired=now.where((then == 0) & (pairs["born"] == pairs["month"]), 0.0),
            reactivated=now.where((then == 0) & (pairs["born"] < pairs["month"]), 0.0),
            expansion=(now - then).clip(lower=0).where(staying, 0.0), contraction=(then - now).clip(lower=0).where(now > 0, 0.0),
            lost=then.where(now == 0, 0.0), n=staying, xx=then**2, xy=then * now, yy=(now**2).where(staying, 0.0), xg=then * kept,
            gg=kept**2,
        ).drop(columns=["customer", "born"]).groupby("month").sum().rename(columns={"before": "start", "now": "end"}).reset_index()
        sums["grr"] = (sums["start"] - sums["contraction"] - sums["lost"]) / sums["start"]
        sums["nrr"] = sums["grr"] + sums["expansion"] / sums["start"]
        return sums

    return bridge


def compare_bridges(columns, theirs):
    ours = {name: columns[f"result_{name}"] for name in ("acquired", "reactivated", "expansion", "contraction", "lost", "end", "grr",
                                                        "nrr", "grr_low", "nrr_high")}
    over = ~np.isnan(ours["lost"])  # neither the first month nor the one that was running at the observation end
    rows = np.arange(len(over))[over]
    n, start = theirs["n"][rows].astype(float), theirs["start"][rows]
    checks = [close(name, ours[name][over], theirs[name][rows], 1e-9) for name in list(ours)[:8]]
    for name, rate, xy, yy, sign in (("grr_low", "grr", "xg", "gg", -1), ("nrr_high", "nrr", "xy", "yy", 1)):
        r = theirs[rate][rows]
        squares = theirs[yy][rows] - 2 * r * theirs[xy][rows] + r * r * theirs["xx"][rows]
        limit = r + sign * QUANTILE * np.sqrt(n / (n - 1) * squares) / start
        checks.append(close(name, ours[name][over], limit, 1e-5))
    return checks


def tasks(folder):
    del folder
    bridge = tables.duckdb_query(BRIDGE)
    peers = [Peer("DuckDB", bridge, tables.arrays, 2), Peer("DuckDB", bridge, tables.arrays),
             Peer("pandas", bridge_in_pandas, tables.arrays)]
    return [Task("revenue_months", "revenue_months", "customer", peers, compare_bridges)]


if __name__ == "__main__":
    sys.exit(main(tasks))
