"""Events per customer, and the effect of an event by matching within strata, with pandas and DuckDB.

    python tests/bench/peers_signals.py FOLDER [--repeat N]

The library's figures include a binomial test per customer, which the peers leave out; the effect's interval is left out too.
"""

import sys

import numpy as np
import tables
from peers import Peer, Task, close, main, same

WINDOW, END, EXPOSURE, HORIZON = 365, 19358 + 730 - 1, 30, 90

CUSTOMERS = f"""
select known.customer as customer,
       count(*) filter (day > {END - WINDOW}) as count, count(*) filter (day > {END - WINDOW // 2}) as recent,
       ({END} - max(day))::double as since, coalesce(sum(money) filter (day > {END - WINDOW}), 0) as sum
from known left join (select * from events where day <= {END}) e on e.customer = known.customer group by all order by 1
"""

EFFECT = f"""
with occasions as (select customer, (day - date '1970-01-01')::int as day, sum(value) as value from log group by all),
units as (
    select *, least(row_number() over w, 4) as number, lead(day) over w as next from occasions window w as (partition by customer order by day)),
judged as (
    select *, next - day <= {EXPOSURE + HORIZON} is true as back from units
    where day + {EXPOSURE + HORIZON} <= {END} and (next is null or next - day > {EXPOSURE})),
hit as (
    select j.*, e.day is not null and e.day - j.day <= {EXPOSURE} as exposed
    from judged j asof left join (select distinct customer, day from events) e on e.customer = j.customer and e.day > j.day),
cuts as (select quantile_disc(value, [0.2, 0.4, 0.6, 0.8]) as cut from hit),
strata as (
    select exposed, back, number, (day - {19358}) // 31 as period,
           (value > cut[1])::int + (value > cut[2])::int + (value > cut[3])::int + (value > cut[4])::int as class from hit, cuts),
cells as (
    select number, period, class, count(*) filter (exposed) as n1, count(*) filter (exposed and back) as y1,
           count(*) filter (not exposed) as n0, count(*) filter (not exposed and back) as y0 from strata group by all)
select sum(n1) as exposed, sum(n1) filter (n1 > 0 and n0 > 0) as matched,
       sum(n1 * (y1 / n1 - y0 / n0)) filter (n1 > 0 and n0 > 0) / sum(n1) filter (n1 > 0 and n0 > 0) as effect from cells
"""


def customers_in_pandas(columns, threads):
    del threads
    import pandas

    events = pandas.DataFrame({"customer": columns["who"], "day": columns["when"], "money": columns["money"]})
    known = pandas.Index(columns["known"])

    def work():
        seen = events[events["day"] <= END]
        inside = seen[seen["day"] > END - WINDOW]
        by = inside.groupby("customer")
        recent = inside[inside["day"] > END - WINDOW // 2].groupby("customer").size()
        since = END - seen.groupby("customer")["day"].max()
        table = pandas.DataFrame({"count": by.size(), "sum": by["money"].sum(), "recent": recent}).reindex(known, fill_value=0).fillna(0)
        return {"count": table["count"].to_numpy(), "recent": table["recent"].to_numpy(), "sum": table["sum"].to_numpy(),
                "since": since.reindex(known).to_numpy()}
    return work


def in_duckdb(sql):
    def prepare(columns, threads):
        base = tables.duckdb_log(columns, threads)
        raw = {"customer": columns["who"], "day": columns["when"], "money": columns["money"]}
        base.register("raw_events", raw)
        base.execute("create table events as select * from raw_events")
        known = {"customer": columns["known"]}
        base.register("raw_known", known)
        base.execute("create table known as select * from raw_known")
        return lambda: base.execute(sql).fetchnumpy()
    return prepare


def compare_customers(columns, theirs):
    exact = [same(name, columns[f"result_{name}"], theirs[name]) for name in ("count", "recent")]
    return [*exact, close("since", columns["result_since"], theirs["since"], 0.0), close("sum", columns["result_sum"], theirs["sum"], 1e-12)]


def effect_in_pandas(columns, threads):
    del threads
    import pandas

    log = tables.pandas_log({name: columns[name] for name in ("customer", "day", "value")})
    log["day"] = columns["day"]
    events = pandas.DataFrame({"customer": columns["who"], "day": columns["when"]})
    edges = columns["edges"]

    def work():
        units = log.groupby(["customer", "day"], as_index=False)["value"].sum()
        units["number"] = units.groupby("customer").cumcount().clip(upper=3)
        units["gap"] = -units.groupby("customer")["day"].diff(-1)
        units = units[(units["day"] + EXPOSURE + HORIZON <= END) & ~(units["gap"] <= EXPOSURE)].sort_values("day")
        found = pandas.merge_asof(units, events[events["day"] <= END].sort_values("day").assign(hit=1), on="day", by="customer",
                                  direction="forward", allow_exact_matches=False, tolerance=EXPOSURE)
        value = np.sort(found["value"].to_numpy())
        cuts = [value[-(-j * len(value) // 5) - 1] for j in range(1, 5)]
        cells = pandas.DataFrame({
            "number": found["number"], "period": np.searchsorted(edges, found["day"], "right"), "class": np.searchsorted(cuts, found["value"], "left"),
            "exposed": found["hit"].notna(), "back": found["gap"] <= EXPOSURE + HORIZON})
        counts = cells.groupby(["number", "period", "class", "exposed"])["back"].agg(["sum", "size"]).unstack("exposed", fill_value=0)
        exposed = counts["size"][True].sum()
        counts = counts[(counts["size"][True] > 0) & (counts["size"][False] > 0)]
        rates = counts["sum"] / counts["size"]
        matched = counts["size"][True]
        return {"effect": np.array([exposed, matched.sum(), (matched * (rates[True] - rates[False])).sum() / matched.sum()])}
    return work


def tidy_effect(result):
    return {"effect": np.array([float(result[name][0]) for name in ("exposed", "matched", "effect")])}


def compare_effect(columns, theirs):
    ours = columns["result_effect"]
    return [same("exposed, matched", ours[:2], theirs["effect"][:2]), close("effect", ours[2:], theirs["effect"][2:], 1e-12)]


def tasks(folder):
    del folder
    return [
        Task("signals_customers", "signals", "who",
             [Peer("DuckDB", in_duckdb(CUSTOMERS), tables.arrays, 2), Peer("pandas", customers_in_pandas)], compare_customers),
        Task("signals_effect", "signals", "customer",
             [Peer("DuckDB", in_duckdb(EFFECT), tidy_effect, 2), Peer("pandas", effect_in_pandas)], compare_effect),
    ]


if __name__ == "__main__":
    sys.exit(main(tasks))
