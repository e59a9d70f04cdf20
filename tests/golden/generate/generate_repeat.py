"""Writes the golden tables of repeat purchases: tests/golden/repeat/cdnow_*.csv, and tests/golden/survival/lung.csv.

    python tests/golden/generate/generate_repeat.py

From examples/data/cdnow.csv.gz, of which the 1/10 sample of Fader and Hardie is taken (6,919 purchases of 2,357 customers). Needs pandas, scipy and
lifelines.

Everything is computed from its definition with group-bys, scipy.stats and lifelines, sharing no code with the library. A purchase of value 0 makes
no occasion; all purchases of a customer on one day are one occasion; the last day observed is 1998-06-30. Money is in dollars, made of whole cents.

cdnow_summary.csv    figures of the whole log with their intervals: Wilson from its two roots, ratio estimators from residuals by customer
cdnow_periods.csv    by calendar month: customers, returning, repeaters, orders, money
cdnow_funnel.csv     by order number: conversions so far, share within 90 days and median by lifelines.KaplanMeierFitter, mean value
cdnow_tenure.csv     value of occasions by days since the first
cdnow_profile.csv    orders and money by day of the week
cdnow_curve.csv      Kaplan-Meier curves by lifelines: second occasion, third from the second, all gaps
cdnow_within.csv     the same curves read at some days
cdnow_quantiles.csv  and at some shares
cdnow_gaps.csv       gaps customer by customer (every fourth customer)
lung.csv             the lung cancer data of the North Central Cancer Treatment Group (C. L. Loprinzi et al., J. Clinical Oncology 12 (1994)), as lifelines has them:
                     time, event, sex
"""

import math
import pathlib

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_lung
from scipy import stats

HERE = pathlib.Path(__file__).resolve().parent.parent
END = pd.Timestamp("1998-06-30")
LEVEL = 0.95
Z = stats.norm.ppf(0.5 + LEVEL / 2)


def write(rows, folder, name):
    table = pd.DataFrame(rows)
    table.to_csv(HERE / folder / name, index=False, lineterminator="\n", float_format="%.17g")


def read_occasions():
    rows = pd.read_csv(HERE.parent.parent / "examples/data/cdnow.csv.gz", parse_dates=["date"])
    sample = pd.read_csv(HERE / "orders/cdnow_sample_ids.csv").customer_id
    rows = rows[rows.customer_id.isin(sample) & (rows.dollars > 0)].copy()
    rows["cents"] = (rows.dollars * 100).round().astype("int64")
    log = rows.groupby(["customer_id", "date"]).agg(orders=("cents", "size"), cents=("cents", "sum")).reset_index()
    log = log.sort_values(["customer_id", "date"])
    log["k"] = log.groupby("customer_id").cumcount() + 1
    log["first"] = log.groupby("customer_id").date.transform("min")
    log["next"] = log.groupby("customer_id").date.shift(-1)
    log["money"] = log.cents / 100
    return log


def wilson(k, n):
    """The roots of (n + z^2) p^2 - (2 k + z^2) p + k^2 / n = 0."""
    if n == 0:
        return math.nan, math.nan
    low, high = sorted(np.roots([n + Z * Z, -(2 * k + Z * Z), k * k / n]).real)
    return (0.0 if k == 0 else low), (1.0 if k == n else high)


def t_of(n):
    return stats.t.ppf(0.5 + LEVEL / 2, n - 1) if n > 1 else math.nan


def ratio(y, x):
    """Sum of y over sum of x, one entry a customer, with the standard error of a ratio estimator (Cochran 1977, 6.4)."""
    n = int((x != 0).sum())
    value = y.sum() / x.sum()
    residual = y - value * x
    error = math.sqrt(n / (n - 1) * (residual**2).sum()) / x.sum() if n > 1 else math.nan
    return value, value - t_of(n) * error, value + t_of(n) * error


def ratio_of_ratios(a, b, c, d):
    n = min(int((b != 0).sum()), int((d != 0).sum()))
    value = (a.sum() / b.sum()) / (c.sum() / d.sum())
    e = a / a.sum() - b / b.sum() - c / c.sum() + d / d.sum()
    margin = t_of(n) * math.sqrt(n / (n - 1) * (e**2).sum())
    return value, value * math.exp(-margin), value * math.exp(margin)


def write_summary(log):
    per = log.groupby("customer_id").agg(orders=("orders", "sum"), occasions=("k", "size"), revenue=("money", "sum"))
    per["first"] = log[log.k == 1].set_index("customer_id").money
    per["later"] = log[log.k > 1].groupby("customer_id").money.sum().reindex(per.index).fillna(0.0)
    per["again"] = per.occasions - 1
    per["repeats"] = (per.occasions > 1).astype(float)
    per["once"] = 1 - per.repeats
    one = per.once * 0 + 1
    rows = []
    for name, part in (("repeat", per.repeats), ("one_time", per.once)):
        k, n = int(part.sum()), len(per)
        rows.append((name, k, n, k / n, *wilson(k, n)))
    means = {
        "orders_per_customer": (per.orders, one), "occasions_per_customer": (per.occasions, one),
        "revenue_per_customer": (per.revenue, one), "order_value": (per.revenue, per.orders),
        "occasion_value": (per.revenue, per.occasions), "first_value": (per["first"], one),
        "later_value": (per.later, per.again), "repeat_first_value": (per["first"] * per.repeats, per.repeats),
        "one_time_revenue": (per.revenue * per.once, per.once), "repeat_revenue": (per.revenue * per.repeats, per.repeats)}
    for name, (y, x) in means.items():
        rows.append((name, y.sum(), x.sum(), *ratio(y, x)))
    y, x = per.later, per.revenue
    value, n = y.sum() / x.sum(), len(per)
    error = math.sqrt(n / (n - 1) * ((y / y.sum() - x / x.sum())**2).sum()) * value
    rows.append(("later_share", y.sum(), x.sum(), value, value - t_of(n) * error, value + t_of(n) * error))
    for name, above, below in (("later_to_first", "later_value", "first_value"),
                               ("later_to_own_first", "later_value", "repeat_first_value"),
                               ("repeat_to_one_time", "repeat_revenue", "one_time_revenue")):
        a, b = means[above]
        c, d = means[below]
        rows.append((name, a.sum() / b.sum(), c.sum() / d.sum(), *ratio_of_ratios(a, b, c, d)))
    write([dict(zip(("figure", "numerator", "denominator", "value", "low", "high"), row)) for row in rows], "repeat",
          "cdnow_summary.csv")


def day_number(when):
    return (when - pd.Timestamp("1970-01-01")).days


def write_periods(log):
    rows = []
    months = pd.date_range("1997-01-01", "1998-07-01", freq="MS")
    for begin, end in zip(months[:-1], months[1:]):
        here = log[(log.date >= begin) & (log.date < end)]
        returning = here[here["first"] < begin]
        counts = here.groupby("customer_id").size()
        customers, back, twice = len(counts), returning.customer_id.nunique(), int((counts > 1).sum())
        rows.append(dict(
            begin=day_number(begin), end=day_number(end), customers=customers, first_time=customers - back, returning=back,
            repeaters=twice, returning_share=back / customers, returning_share_low=wilson(back, customers)[0],
            returning_share_high=wilson(back, customers)[1], repeat_within=twice / customers,
            repeat_within_low=wilson(twice, customers)[0], repeat_within_high=wilson(twice, customers)[1],
            orders=here.orders.sum(), occasions=len(here), revenue=here.cents.sum() / 100,
            returning_orders=returning.orders.sum(), returning_revenue=returning.cents.sum() / 100))
    write(rows, "repeat", "cdnow_periods.csv")


def fit(days, ended):
    """Time, at risk, events, share back, low, high where something ended, and the longest duration."""
    curve = KaplanMeierFitter(alpha=1 - LEVEL).fit(days, ended)
    table = curve.event_table
    at = table.index[table.observed > 0]
    limits = curve.confidence_interval_.loc[at]
    frame = pd.DataFrame({
        "days": at.astype(int), "at_risk": table.at_risk[at].to_numpy(), "events": table.observed[at].to_numpy(),
        "share": 1 - curve.survival_function_.loc[at].iloc[:, 0].to_numpy(), "low": 1 - limits.iloc[:, 1].to_numpy(),
        "high": 1 - limits.iloc[:, 0].to_numpy()})
    frame.loc[frame.share == 1, ["low", "high"]] = math.nan
    return frame, max(days)


def read_at(curve, longest, day):
    if day > longest:
        return math.nan, math.nan, math.nan
    before = curve[curve.days <= day]
    return (0.0, math.nan, math.nan) if before.empty else tuple(before.iloc[-1][["share", "low", "high"]])


def first_at(curve, column, share):
    there = curve[curve[column] >= share - 1e-12]
    return math.nan if there.empty else float(there.days.iloc[0])


def gaps_of(rows, end):
    days = (rows["next"].fillna(end) - rows.date).dt.days
    return days.to_numpy(), rows["next"].notna().to_numpy()


def write_funnel(log):
    rows = []
    for k in range(1, 13):
        here = log[log.k == k]
        went_on = int(here["next"].notna().sum())
        curve, longest = fit(*gaps_of(here, END))
        within = read_at(curve, longest, 90)
        value = ratio(here.money, here.money * 0 + 1)
        rows.append(dict(
            customers=len(here), continued=went_on, conversion=went_on / len(here), conversion_low=wilson(went_on, len(here))[0],
            conversion_high=wilson(went_on, len(here))[1], within=within[0], within_low=within[1], within_high=within[2],
            median_days=first_at(curve, "share", 0.5), median_low=first_at(curve, "high", 0.5),
            median_high=first_at(curve, "low", 0.5), value=value[0], value_low=value[1], value_high=value[2]))
    write(rows, "repeat", "cdnow_funnel.csv")


def write_tenure(log):
    rows = []
    age = (log.date - log["first"]).dt.days
    edges = (0, 1, 30, 90, 180, 365, 545)
    for begin, end in zip(edges[:-1], edges[1:]):
        here = log[(age >= begin) & (age < end)].groupby("customer_id").money.agg(["sum", "size"])
        value = ratio(here["sum"], here["size"])
        rows.append(dict(begin=begin, end=end, occasions=here["size"].sum(), customers=len(here), revenue=here["sum"].sum(),
                         value=value[0], value_low=value[1], value_high=value[2]))
    write(rows, "repeat", "cdnow_tenure.csv")


def write_profile(log):
    per = log.groupby(log.date.dt.weekday + 1).agg(orders=("orders", "sum"), revenue=("cents", "sum"))
    write([dict(weekday=day, orders=row.orders, revenue=row.revenue / 100) for day, row in per.iterrows()], "repeat",
          "cdnow_profile.csv")


def write_curves(log):
    second = log[log.k == 2].set_index("customer_id").date.reindex(log.customer_id.unique())
    third = log[log.k == 3].set_index("customer_id").date
    first = log[log.k == 1].set_index("customer_id").date
    from_second = log[log.k == 2].set_index("customer_id").date
    third = third.reindex(from_second.index)
    kinds = {
        ("first", 2): ((second.fillna(END) - first).dt.days.to_numpy(), second.notna().to_numpy()),
        ("first", 3): ((log[log.k == 3].set_index("customer_id").date.reindex(first.index).fillna(END) - first).dt.days.to_numpy(),
                       log[log.k == 3].set_index("customer_id").date.reindex(first.index).notna().to_numpy()),
        ("previous", 3): ((third.fillna(END) - from_second).dt.days.to_numpy(), third.notna().to_numpy()),
        ("gaps", 2): gaps_of(log, END)}
    curves, within, quantiles = [], [], []
    for (kind, occasion), (days, ended) in kinds.items():
        curve, longest = fit(days, ended)
        curves.append(curve.assign(kind=kind, occasion=occasion))
        for day in (0, 1, 30, 60, 90, 180, 365, 540, 600):
            share, low, high = read_at(curve, longest, day)
            within.append(dict(kind=kind, occasion=occasion, days=day, share=share, low=low, high=high,
                               at_risk=int((days >= day).sum())))
        for share in (0.01, 0.1, 0.2, 0.25, 0.3, 0.5, 0.7, 0.9):
            quantiles.append(dict(kind=kind, occasion=occasion, share=share, days=first_at(curve, "share", share),
                                  low=first_at(curve, "high", share), high=first_at(curve, "low", share)))
    write(pd.concat(curves)[["kind", "occasion", "days", "at_risk", "events", "share", "low", "high"]], "repeat",
          "cdnow_curve.csv")
    write(within, "repeat", "cdnow_within.csv")
    write(quantiles, "repeat", "cdnow_quantiles.csv")


def write_gaps(log):
    rows = []
    for row, (_, here) in enumerate(log.groupby("customer_id")):
        gaps = (here["next"] - here.date).dropna().dt.days
        if row % 4 == 0:
            rows.append(dict(row=row, gaps=len(gaps), mean=gaps.mean(), median=gaps.median(), sd=gaps.std(),
                             longest=gaps.max(), days_since_last=(END - here.date.max()).days))
    write(rows, "repeat", "cdnow_gaps.csv")


def write_lung():
    lung = load_lung()
    write(pd.DataFrame({"time": lung.time.astype(int), "event": lung.status.astype(int), "sex": lung.sex.astype(int)}), "survival",
          "lung.csv")


def main():
    log = read_occasions()
    write_summary(log)
    write_periods(log)
    write_funnel(log)
    write_tenure(log)
    write_profile(log)
    write_curves(log)
    write_gaps(log)
    write_lung()


if __name__ == "__main__":
    main()
