#!/usr/bin/env python3
"""The figures of retention_report in Python: the CSV files that need nothing but orders, from the same database.

    python examples/retention_report.py build/report/orders.db build/report-python
"""
import sqlite3
import sys
from pathlib import Path

import pandas as pd

import retain

database, out = Path(sys.argv[1]), Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)
with sqlite3.connect(database) as connection:
    orders = pd.read_sql("SELECT * FROM orders", connection, dtype={"time": str})
seconds = orders["time"].str.fullmatch(r"\d{9,11}")  # Unix seconds; all else is a date or a timestamp
orders.loc[seconds, "time"] = pd.to_datetime(orders["time"][seconds].astype("int64"), unit="s").astype(str)
orders["time"] = pd.to_datetime(orders["time"], format="ISO8601", utc=True).dt.tz_localize(None).dt.normalize()
log = retain.Log(orders, date="time", order="order_id" if "order_id" in orders else None)
end = retain.orders.last_day(log)


def write(table: pd.DataFrame, name: str) -> None:
    table.to_csv(out / name, index=False, date_format="%Y-%m-%d")


# What happened: the customers' coming and going by month, and cohorts by age. Months that are not over are empty.
periods = retain.crr.periods(log, end, window_days=90)
periods.loc[periods["end"].isna(), "start"] = None
periods = periods.rename(columns={"first_day": "period", "gained": "new"})
rates = [rate + limit for rate in ("crr", "crr_strict") for limit in ("", "_low", "_high")]
write(periods[["period", "start", "new", "retained", "reactivated", "lost", "end", *rates]], "retention.csv")

cohorts = retain.cohort.active(log, end)
cells = cohorts.table().rename(columns={"low": "retention_low", "high": "retention_high"})
months = pd.DataFrame({"cohort": cohorts.edges[:-1], "size": cohorts.size})
grid = [(cohort, age, size) for c, (cohort, size) in enumerate(months.itertuples(index=False)) for age in range(len(months) - c)]
cells = pd.DataFrame(grid, columns=["cohort", "age", "size"]).merge(cells.drop(columns=["size", "period"]), on=["cohort", "age"], how="left")
cells["complete"] = cells["complete"].eq(True).astype(int)
write(cells[["cohort", "age", "size", "active", "retention", "retention_low", "retention_high", "orders", "revenue", "complete"]], "cohorts.csv")

# Who they are: segments by recency, frequency and money. A spreadsheet would compute an id that begins like a formula: an apostrophe stops it.
customers = retain.orders.summary(log, end, unit_days=7)
formula = r"[=@\t\r\n]|[+-](?![0-9 .()/-]*$)"
customers["customer"] = customers["customer"].astype(str).str.replace(f"^(?={formula})", "'", regex=True)
scored = retain.RFM().fit_transform(customers, end)
write(scored[["customer", "r", "f", "m", "segment"]], "rfm.csv")
segments = retain.rfm.table(scored)
shares = [share + limit for share in ("share", "revenue_share") for limit in ("", "_low", "_high")]
means = ["days_since_last", "occasions", "mean_revenue", "mean_revenue_low", "mean_revenue_high"]
write(segments[["segment", "customers", *shares[:3], "revenue", *shares[3:], *means]], "segments.csv")

# Who buys again, and how soon; where the revenue came from, and where it went.
steps = retain.repeat.funnel(log, end, steps=8, horizon_days=90).rename(columns={"number": "order"})
write(steps, "repeat.csv")
write(retain.repeat.curve(log, end), "second_order.csv")
bridge = retain.revenue.bridge(log, end).rename(columns={"first_day": "period"})
bridge.loc[bridge["end"].isna(), ["start", "start_customers"]] = None
parts = ["start", "acquired", "reactivated", "expansion", "contraction", "lost", "end"]
counts = [f"{part}_customers" for part in ["start", "acquired", "reactivated", "expanded", "contracted", "lost", "end"]]
write(bridge[["period", *parts, *counts, *[rate + limit for rate in ("grr", "nrr") for limit in ("", "_low", "_high")]]], "revenue.csv")

# What to expect: four models. One that ended on a boundary or a ridge can still forecast, and says so.
models, rows = {}, []
families = {"pareto_nbd": retain.ParetoNBD, "bg_nbd": retain.BGNBD, "mbg_nbd": retain.MBGNBD, "gamma_gamma": retain.GammaGamma}
for name, family in families.items():
    try:
        model = family().fit(customers)
    except retain.ConvergenceError as error:
        model = error.model
    report, models[name] = model.report_, model
    for parameter, estimate, standard_error in zip(report.parameters, report.estimate, report.standard_error):
        rows.append((name, parameter, estimate, standard_error, report.log_likelihood, report.customers, report.verdict))
write(pd.DataFrame(rows, columns="model parameter estimate standard_error log_likelihood customers verdict".split()), "models.csv")

# What each customer is worth, and who is about to leave: empty where too few have come back to tell.
model, spend = models["pareto_nbd"], models["gamma_gamma"]
usable = {name for name, fit in models.items() if fit.report_.verdict in ("converged", "boundary", "ridge")}
customers[["p_alive", "expected_orders", "risk", "band", "clv", "value_at_risk"]], at_risk = None, 0.0
if "pareto_nbd" in usable:
    customers["p_alive"] = model.alive(customers)
    customers["expected_orders"] = model.orders(customers, days=90)
    customers["risk"] = retain.churn.risk(model, customers, days=90)
    customers["band"] = retain.churn.bands(customers["risk"], labels=["low", "medium", "high"])
if {"pareto_nbd", "gamma_gamma"} <= usable:
    customers["clv"] = retain.clv.residual(model, customers, spend.expected(customers), days=365, annual_rate=0.10)
    customers["value_at_risk"], at_risk = retain.clv.at_risk(customers["risk"], customers["clv"])
columns = "customer orders occasions first_day last_day frequency t_x T spend revenue p_alive expected_orders risk band clv value_at_risk"
write(customers[columns.split()], "customers.csv")
print(f"{len(customers):,} customers up to {pd.Timestamp(end).date()}, value at risk {at_risk:,.0f}; written to {out}")
