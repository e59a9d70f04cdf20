#!/usr/bin/env python3
"""The figures of retention_report in Python: the CSV files that need nothing but orders, from the same database.

    python examples/retention_report.py build/report/orders.db build/report-python [MODEL]

MODEL, the one behind risk and value, is pareto_nbd unless told: bg_nbd, mbg_nbd, nbd, gg_nbd, bg_cnbd or mbg_cnbd.
"""
import math
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import retain

database, out, chosen = Path(sys.argv[1]), Path(sys.argv[2]), (sys.argv[3:] or ["pareto_nbd"])[0]
out.mkdir(parents=True, exist_ok=True)
with sqlite3.connect(database) as connection:
    orders = pd.read_sql("SELECT * FROM orders", connection, dtype={"time": str})
seconds = orders["time"].str.fullmatch(r"\d{9,11}")  # Unix seconds; all else is a date or a timestamp
orders.loc[seconds, "time"] = pd.to_datetime(orders["time"][seconds].astype("int64"), unit="s").astype(str)
orders["time"] = pd.to_datetime(orders["time"], format="ISO8601", utc=True).dt.tz_localize(None).dt.normalize()
log = retain.Log(orders, date="time", order="order_id" if "order_id" in orders else None)
try:
    end = retain.orders.last_day(log)
except retain.DataError as error:
    sys.exit(f"no order in the log has a positive value, or all were refunded: there is nothing to report ({error})")


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
customers = retain.orders.summary(log, end, unit_days=7, log_gaps=True)
formula = r"[=@\t\r\n]|[+-](?![0-9 .()/-]*$)"
customers["customer"] = customers["customer"].astype(str).str.replace(f"^(?={formula})", "'", regex=True)
scored = retain.RFM().fit_transform(customers, end)
write(scored[["customer", "r", "f", "m", "segment"]], "rfm.csv")
segments = retain.rfm.table(scored)
shares = [share + limit for share in ("share", "revenue_share") for limit in ("", "_low", "_high")]
means = ["days_since_last", "occasions", "mean_revenue", "mean_revenue_low", "mean_revenue_high"]
write(segments[["segment", "customers", *shares[:3], "revenue", *shares[3:], *means]], "segments.csv")

# Who buys again, and how soon; where the revenue came from, and where it went.
steps = retain.repeat.funnel(log, end, steps=8, days=90).rename(columns={"number": "order"})
write(steps, "repeat.csv")
write(retain.repeat.curve(log, end), "second_order.csv")
bridge = retain.revenue.bridge(log, end).rename(columns={"first_day": "period"})
bridge.loc[bridge["end"].isna(), ["start", "start_customers"]] = None
parts = ["start", "acquired", "reactivated", "expansion", "contraction", "lost", "end"]
counts = [f"{part}_customers" for part in ["start", "acquired", "reactivated", "expanded", "contracted", "lost", "end"]]
write(bridge[["period", *parts, *counts, *[rate + limit for rate in ("grr", "nrr") for limit in ("", "_low", "_high")]]], "revenue.csv")

# What to expect: three models and the one that was chosen, and one of spend. One that ended on a boundary or a ridge can still forecast, and
# says so.
models, rows = {}, []
families = {"pareto_nbd": retain.ParetoNBD, "bg_nbd": retain.BGNBD, "mbg_nbd": retain.MBGNBD}
others = {"nbd": retain.NBD, "gg_nbd": retain.GGNBD, "bg_cnbd": retain.BGCNBD, "mbg_cnbd": retain.MBGCNBD}
if chosen not in families:
    families[chosen] = others[chosen]
for name, family in {**families, "gamma_gamma": retain.GammaGamma}.items():
    try:
        model = family().fit(customers)
    except retain.ConvergenceError as error:
        model = error.model
    report, models[name] = model.report_, model
    for parameter, estimate, standard_error in zip(report.parameters, report.estimate, report.standard_error):
        rows.append((name, parameter, estimate, standard_error, report.log_likelihood, report.customers, report.verdict))
    if k := getattr(model, "k_", 0):
        rows.append((name, "k", k, math.nan, report.log_likelihood, report.customers, report.verdict))
write(pd.DataFrame(rows, columns="model parameter estimate standard_error log_likelihood customers verdict".split()), "models.csv")

# What each customer is worth, and who is about to leave: empty where too few have come back to tell.
model, spend = models[chosen], models["gamma_gamma"]
usable = {name for name, fit in models.items() if fit.report_.verdict in ("converged", "boundary", "ridge")}
if "gamma_gamma" in usable and spend.report_.verdict != "converged" and math.isnan(spend.mean()):
    usable.remove("gamma_gamma")  # there is no typical amount, and nothing to say of those who came once
customers[["p_alive", "expected_orders", "risk", "band", "clv", "value_at_risk"]], at_risk = None, 0.0
if chosen in usable:
    customers["p_alive"] = model.alive(customers)
    customers["expected_orders"] = model.orders(customers, days=90)
    customers["risk"] = retain.churn.risk(model, customers, days=90)
    customers["band"] = retain.churn.bands(customers["risk"], labels=["low", "medium", "high"])
if {chosen, "gamma_gamma"} <= usable:
    customers["clv"] = retain.clv.residual(model, customers, spend.expected(customers), days=365, annual_rate=0.10)
    customers["value_at_risk"], at_risk = retain.clv.at_risk(customers["risk"], customers["clv"])

# When each will order next: the day by which the order has come with even chances, empty for those who likelier never come back.
customers["next_order"] = pd.Series(pd.NaT, index=customers.index)
if chosen in usable:
    days = np.ceil(model.next_order(customers))
    customers["next_order"] = pd.Timestamp(end) + pd.to_timedelta(days.where(days <= 36525), unit="D")
columns = "customer orders occasions first_day last_day frequency t_x T spend revenue p_alive expected_orders risk band clv value_at_risk next_order"
write(customers[columns.split()], "customers.csv")

# Whom to act on first, and why: what the shop's own past tells, tested on customers it had not seen. Empty where that past is too short.
columns = "customer risk risk_low risk_high residual value_at_risk rank reason_1 effect_1 reason_2 effect_2 reason_3 effect_3"
leaving = pd.DataFrame(columns=columns.split())
try:
    family = {**families, **others}[chosen] if chosen not in ("bg_cnbd", "mbg_cnbd") else retain.ParetoNBD
    found = retain.risk.score(log, end, days=90, family=family, annual_rate=0.10)
    leaving = found.table.reset_index(drop=True)
    reasons = found.reasons
    for place in (1, 2, 3):
        mine = reasons[reasons["place"] == place].set_index(reasons.columns[0])
        leaving[[f"reason_{place}", f"effect_{place}"]] = mine[["theme", "effect"]].reindex(leaving.iloc[:, 0]).to_numpy()
    leaving = leaving.rename(columns={leaving.columns[0]: "customer"})
    leaving["customer"] = leaving["customer"].astype(str).str.replace(f"^(?={formula})", "'", regex=True)
except retain.ConvergenceError:
    pass
write(leaving[columns.split()], "leaving.csv")


# What to expect: orders of the months to come, and of the last months as they would have been foreseen before each. Each forecast is of those
# who were customers when it was made. Its band has room for what moves all customers at once, as far as earlier forecasts were off.
expected, actual, variance = [], [], []


def look(made: pd.Timestamp, start: pd.Timestamp, stop: pd.Timestamp, model: retain.btyd.Model | None, known: pd.DataFrame) -> list[object]:
    came = math.nan if stop > pd.Timestamp(end) else retain.orders.holdout(log, known, made, stop)["holdout_occasions"].sum()
    if model is None:
        return [start, made, len(known), came, *[None] * 6]
    total = model.total(known, days=(stop - start).days + 1, since=(start - made).days - 1)
    chance = total.variance + (0.0 if math.isnan(total.standard_error) else total.standard_error**2)
    least, most, shock = (total.least, total.most, math.nan) if math.isnan(came) else (math.nan, math.nan, math.nan)
    if len(expected) >= 3:
        shocks = retain.evaluation.shocks(expected, actual, variance, unbiased=True)
        band = shocks.band(total.value, chance)
        least, most, shock = band["low"], band["high"], shocks.tau
    if total.value > 1e-9 and chance > 0.0 and not math.isnan(came):
        for column, value in zip((expected, actual, variance), (total.value, came, chance)):
            column.append(value)
    return [start, made, len(known), came, total.value, total.low, total.high, least, most, shock]


day, outlook, edges = pd.Timedelta(days=1), [], pd.to_datetime(cohorts.edges)
over = (edges[1:] <= pd.Timestamp(end) + day).sum() - 1
for k in range(max(1, over - 17), over + 1):
    made, then = edges[k] - day, None
    known = retain.orders.summary(log, made, unit_days=7, log_gaps=True)
    if chosen in usable and k > over // 3 and over - k < 12:
        try:
            then = families[chosen]().fit(known)
        except retain.ConvergenceError as error:
            then = error.model if error.model.report_.verdict in ("boundary", "ridge") else None
    outlook.append(look(made, edges[k], edges[k + 1] - day, then, known))
ahead = pd.to_datetime(retain.calendar.edges(pd.Timestamp(end) + day, pd.Timestamp(end) + 218 * day))
ahead = ahead[ahead > pd.Timestamp(end)][:7] if chosen in usable else []
outlook += [look(pd.Timestamp(end), start, stop - day, model, customers) for start, stop in zip(ahead, ahead[1:])]
write(pd.DataFrame(outlook, columns="period made customers orders expected low high least most shock".split()), "outlook.csv")

# What customers are worth, by the month of their first order: so far, and in the year to come.
names = ["customers", "historic", *[name + limit for name in ("residual",) for limit in ("", "_low", "_high", "_least", "_most")]]
names += [name + limit for name in ("mean_residual", "mean_total") for limit in ("", "_low", "_high")]
value = pd.DataFrame(columns=["group", *names])
if {chosen, "gamma_gamma"} <= usable:
    month = edges[np.searchsorted(edges, customers["first_day"], side="right") - 1].strftime("%Y-%m-%d")
    terms = retain.clv.Terms(days=365, annual_rate=0.10)
    found = retain.clv.sums(model, customers, spend, by=month, historic=customers["revenue"], terms=terms)
    value = pd.concat([pd.DataFrame(found.table()), pd.DataFrame([{"group": "all", **found.total}])])
write(value[["group", *names]].rename(columns={"group": "cohort"}), "value.csv")
worth = f"value at risk {at_risk:,.0f}" if {chosen, "gamma_gamma"} <= usable else "what they will be worth cannot be told"
print(f"{len(customers):,} customers up to {pd.Timestamp(end).date()}, {worth}; written to {out}")
