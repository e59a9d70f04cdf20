"""What was known of each customer on twelve dates, and who was silent afterwards, with DuckDB, Polars and pandas.

    python tests/bench/peers_features.py FOLDER [--repeat N]

The peers make seventeen of the twenty-one features of orders (medians and trends take them much longer) and the label.
"""

import sys

import numpy as np
import tables
from peers import Peer, Task, close, main, same

HORIZON, WINDOWS = 90, (30, 90, 365)

SQL = f"""
with occasions as (
    select customer, (day - date '1970-01-01')::int as day, sum(value) as value from log where value > 0 group by all),
gaps as (select *, day - lag(day) over (partition by customer order by day) as gap from occasions),
known as (
    select d.k, d.date, customer, count(*) as occasions,
           {", ".join(f"count(*) filter (day > d.date - {w}) as occasions_{w}" for w in WINDOWS)},
           d.date - min(day) as first, d.date - max(day) as since, avg(gap) as gap, stddev_samp(gap) as sd, arg_max(gap, day)::double as last_gap,
           (d.date - max(day)) / avg(gap) as overdue, sum(value) as value,
           {", ".join(f"coalesce(sum(value) filter (day > d.date - {w}), 0) as value_{w}" for w in WINDOWS)},
           avg(value) as mean_value, max(value) as most, arg_max(value, day) as last_value
    from dates d join gaps on day <= d.date group by d.k, d.date, customer),
back as (
    select distinct d.k, customer from dates d join occasions on day > d.date and day <= d.date + {HORIZON})
select known.*, (back.customer is null)::double as label from known left join back using (k, customer) order by k, customer
"""


def in_duckdb(columns, threads):
    base = tables.duckdb_log(columns, threads)
    raw = {"k": np.arange(len(columns["dates"])), "date": columns["dates"]}
    base.register("raw_dates", raw)
    base.execute("create table dates as select * from raw_dates")
    return lambda: base.execute(SQL).fetchnumpy()


def in_polars(columns, threads):
    del threads
    import polars as pl

    log = pl.DataFrame({name: columns[name] for name in ("customer", "day", "value")})

    def work():
        occasions = log.filter(pl.col("value") > 0).group_by("customer", "day").agg(pl.col("value").sum()).sort("customer", "day")
        occasions = occasions.with_columns((pl.col("day") - pl.col("day").shift(1).over("customer")).alias("gap"))
        parts = []
        for at, date in enumerate(columns["dates"].tolist()):
            day, value, gap = pl.col("day"), pl.col("value"), pl.col("gap")
            known = occasions.filter(day <= date).group_by("customer").agg(
                pl.len().alias("occasions"),
                *((day > date - w).sum().alias(f"occasions_{w}") for w in WINDOWS),
                (date - day.min()).alias("first"), (date - day.max()).alias("since"), gap.mean().alias("gap"), gap.std().alias("sd"),
                gap.last().alias("last_gap"), ((date - day.max()) / gap.mean()).alias("overdue"), value.sum().alias("value"),
                *(value.filter(day > date - w).sum().alias(f"value_{w}") for w in WINDOWS),
                value.mean().alias("mean_value"), value.max().alias("most"), value.last().alias("last_value"))
            back = occasions.filter((day > date) & (day <= date + HORIZON)).select("customer").unique().with_columns(pl.lit(0.0).alias("label"))
            parts.append(known.join(back, on="customer", how="left").with_columns(
                pl.col("label").fill_null(1.0), pl.lit(at).alias("k"), pl.col("gap", "sd").fill_null(float("nan"))).sort("customer"))
        return pl.concat(parts)
    return work


def in_pandas(columns, threads):
    del threads
    import pandas as pd

    log = pd.DataFrame({name: columns[name] for name in ("customer", "day", "value")})

    def work():
        occasions = log[log["value"] > 0].groupby(["customer", "day"], as_index=False)["value"].sum()
        occasions["gap"] = occasions.groupby("customer")["day"].diff()
        parts = []
        for at, date in enumerate(columns["dates"].tolist()):
            known = occasions[occasions["day"] <= date]
            by = known.groupby("customer")
            out = by.agg(occasions=("day", "size"), first=("day", "min"), since=("day", "max"), gap=("gap", "mean"), sd=("gap", "std"),
                         value=("value", "sum"), mean_value=("value", "mean"), most=("value", "max"), last_value=("value", "last"))
            out["last_gap"] = by.tail(1).set_index("customer")["gap"]
            out["first"], out["since"] = date - out["first"], date - out["since"]
            out["overdue"] = out["since"] / out["gap"]
            for w in WINDOWS:
                inside = known[known["day"] > date - w].groupby("customer")["value"].agg(["size", "sum"])
                out[[f"occasions_{w}", f"value_{w}"]] = inside.reindex(out.index, fill_value=0).to_numpy()
            back = occasions.loc[(occasions["day"] > date) & (occasions["day"] <= date + HORIZON), "customer"].unique()
            out["label"], out["k"] = (~out.index.isin(back)).astype(float), at
            parts.append(out.reset_index())
        return pd.concat(parts)
    return work


def compare(columns, theirs):
    exact = [same(name, columns[f"result_{name}"], np.asarray(theirs[other], dtype=columns[f"result_{name}"].dtype))
             for name, other in (("customer", "customer"), ("date", "k"), ("label", "label"), ("occasions", "occasions"),
                                 ("recent", "occasions_90"), ("since", "since"))]
    near = [close(name, columns[f"result_{name}"], np.asarray(theirs[name], dtype=float), 1e-9) for name in ("gap", "sd", "value")]
    return [*exact, *near]


def tasks(folder):
    del folder
    return [Task("features_panel", "features", "customer",
                 [Peer("DuckDB", in_duckdb, tables.arrays, 2, 2e6), Peer("Polars", in_polars, tables.arrays, 2),
                  Peer("pandas", in_pandas, tables.arrays, 1, tables.MOST_IN_MEMORY)], compare)]


if __name__ == "__main__":
    sys.exit(main(tasks))
