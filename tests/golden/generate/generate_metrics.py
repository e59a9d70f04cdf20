"""Writes the golden tables of real customers: tests/golden/crr/cdnow_*.csv and tests/golden/cohort/cdnow_*.csv.

    python tests/golden/generate/generate_metrics.py DIRECTORY

DIRECTORY holds cdnow/cdnow_sample.csv (the 1/10 sample of Fader and Hardie: 6,919 purchases of 2,357 customers). Needs
pandas and scipy 1.11 or later.

Everything is computed from its definition with sets, joins and group-bys, sharing no code with the library. A purchase
of value 0 makes no occasion; all purchases of a customer on one day are one occasion; the last day observed is
1998-06-30.

crr/cdnow_months.csv     per calendar month and activity window: who was active at its beginning and end
crr/cdnow_rolling.csv    per run of `span` months: who was active at both ends, by window, or by the `span` months before (window 0)
crr/cdnow_window.csv     quantiles of the gaps between occasions that close, by the Kaplan-Meier estimate of scipy.stats.ecdf
cohort/cdnow_months.csv  cohort by month: size, and by age active customers (in the month; in it or later), orders, money
cohort/cdnow_weeks.csv   the same by week from Wednesday 1997-01-01 to 1998-06-30, whose last day is a Tuesday
"""

import pathlib
import sys

import pandas as pd
from scipy import stats

HERE = pathlib.Path(__file__).resolve().parent.parent
END = pd.Timestamp("1998-06-30")


def read_occasions(directory):
    rows = pd.read_csv(pathlib.Path(directory) / "cdnow" / "cdnow_sample.csv", parse_dates=["date"])
    rows = rows[rows.dollars > 0]
    rows["cents"] = (rows.dollars * 100).round().astype("int64")
    return rows.groupby(["customer_id", "date"]).agg(orders=("cents", "size"), cents=("cents", "sum")).reset_index()


def day_number(when):
    return (when - pd.Timestamp("1970-01-01")).days


def active_at(log, instant, window):
    """Customers with an occasion in [instant - window, instant)."""
    return set(log.customer_id[(log.date < instant) & (log.date >= instant - pd.Timedelta(days=window))])


def write_crr_months(log):
    months = pd.date_range("1997-01-01", "1998-07-01", freq="MS")
    rows = []
    for window in (1, 20, 30, 90, 180, 365, 10000):
        for begin, end in zip(months[:-1], months[1:]):
            before, after = active_at(log, begin, window), active_at(log, end, window)
            known, known_after = active_at(log, begin, 10000), active_at(log, end, 10000)
            new = known_after - known
            rows.append({
                "window": window, "begin": day_number(begin), "end_day": day_number(end), "start": len(before),
                "acquired": len(new), "gained": len(new & after), "retained": len(before & after),
                "reactivated": len((after - before) & known), "lost": len(before - after), "end": len(after)})
    pd.DataFrame(rows).to_csv(HERE / "crr" / "cdnow_months.csv", index=False, lineterminator="\n")


def write_crr_rolling(log):
    months = pd.date_range("1997-01-01", "1998-07-01", freq="MS")
    rows = []
    for window, span in ((60, 3), (365, 6), (0, 1), (0, 3)):
        for k in range(len(months) - span):
            begin, end = months[k], months[k + span]
            known, known_after = active_at(log, begin, 10000), active_at(log, end, 10000)
            new = known_after - known
            row = {"window": window, "span": span, "month": k, "acquired": len(new)}
            after = active_at(log, end, window) if window else active_at(log, end, (end - begin).days)
            row |= {"gained": len(new & after), "end": len(after)}
            if window or k >= span:
                before = active_at(log, begin, window or (begin - months[k - span]).days)
                row |= {"start": len(before), "retained": len(before & after), "reactivated": len((after - before) & known),
                        "lost": len(before - after)}
            rows.append(row)
    table = pd.DataFrame(rows).astype("Int64")
    table.to_csv(HERE / "crr" / "cdnow_rolling.csv", index=False, lineterminator="\n")


def write_window(log):
    gaps = log.sort_values("date").groupby("customer_id").date.diff().dropna().dt.days
    open_gaps = (END - log.groupby("customer_id").date.max()).dt.days
    curve = stats.ecdf(stats.CensoredData(uncensored=gaps.to_numpy(), right=open_gaps.to_numpy())).cdf
    rows = []
    for quantile in (0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9):
        reached = float(curve.probabilities[-1])
        there = curve.quantiles[curve.probabilities >= quantile * reached]
        rows.append({"quantile": quantile, "window": int(there[0]), "reached": repr(reached)})
    pd.DataFrame(rows).to_csv(HERE / "crr" / "cdnow_window.csv", index=False, lineterminator="\n")


def write_cohorts(log, edges, name):
    log = log.copy()
    log["period"] = pd.cut(log.date, edges, right=False, labels=False)
    log["cohort"] = log.groupby("customer_id").period.transform("min")
    log["age"] = log.period - log.cohort
    size = log.groupby("cohort").customer_id.nunique()
    last = log.groupby(["cohort", "customer_id"]).age.max()
    cells = log.groupby(["cohort", "age"]).agg(active=("customer_id", "nunique"), orders=("orders", "sum"),
                                              cents=("cents", "sum"))
    rows = []
    for cohort in range(len(edges) - 1):
        for age in range(len(edges) - 1 - cohort):
            there = (cohort, age) in cells.index
            rows.append({
                "cohort": cohort, "age": age, "size": size.get(cohort, 0),
                "active": cells.active[cohort, age] if there else 0,
                "unbounded": int((last[cohort] >= age).sum()) if cohort in size.index else 0,
                "orders": cells.orders[cohort, age] if there else 0, "cents": cells.cents[cohort, age] if there else 0})
    table = pd.DataFrame(rows)
    table = table[table["size"] > 0]
    table.to_csv(HERE / "cohort" / name, index=False, lineterminator="\n")


def main(directory):
    log = read_occasions(directory)
    write_crr_months(log)
    write_crr_rolling(log)
    write_window(log)
    write_cohorts(log, pd.date_range("1997-01-01", "1998-07-01", freq="MS"), "cdnow_months.csv")
    write_cohorts(log, pd.date_range("1997-01-01", "1998-07-01", freq="7D"), "cdnow_weeks.csv")


if __name__ == "__main__":
    main(sys.argv[1])
