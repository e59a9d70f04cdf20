"""Writes the golden tables of the revenue bridge and of its what-if: tests/golden/revenue/*.csv.

    python tests/golden/generate/generate_revenue.py DIRECTORY

DIRECTORY holds cdnow/cdnow_sample.csv (the 1/10 sample of Fader and Hardie: 6,919 purchases of 2,357 customers). Needs mpmath.

Everything is computed from its definition in whole cents, fractions and 50 digits, customer by customer with dictionaries, sharing no
code with the library. A purchase of value 0 makes no occasion; the last day observed is 1998-06-30.

cdnow_months.csv    the bridge by calendar month, against the month `lag` months before; money in cents; blank where it does not exist
lifetime.csv        margin retention / (1 + i - retention), summed term by term where the sum is finite
profit.csv          the roll-forward in exact closed form: geometric sums of fractions
"""

import csv
import datetime as dt
import fractions
import math
import pathlib
import sys

import mpmath as mp

HERE = pathlib.Path(__file__).resolve().parent.parent / "revenue"
EPOCH, FIRST = dt.date(1970, 1, 1), dt.date(1997, 1, 1)
MONTHS, LAGS, LEVELS = 18, (1, 2, 12), (0.95, 0.8)
mp.mp.dps = 50


def write(name, head, rows):
    with open(HERE / name, "w", newline="", encoding="ascii") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(head)
        out.writerows(rows)


def show(x):
    return "" if x is None else mp.nstr(mp.mpf(x), 20)


def month_of(date):
    return (date.year - FIRST.year) * 12 + date.month - 1


def day_number(month):
    return (dt.date(FIRST.year + month // 12, month % 12 + 1, 1) - EPOCH).days


def read_cents(directory):
    """Cents by customer and month, and the month of the first purchase."""
    cents, first = {}, {}
    with open(pathlib.Path(directory) / "cdnow" / "cdnow_sample.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            value = round(float(row["dollars"]) * 100)
            if value > 0:
                month = month_of(dt.date.fromisoformat(row["date"]))
                key = row["customer_id"]
                cents[key, month] = cents.get((key, month), 0) + value
                first[key] = min(first.get(key, month), month)
    return cents, first


def student_quantile(level, degrees):
    """t with P(|T| <= t) = level, by bisection of the regularised incomplete beta function."""
    low, high = mp.mpf(0), mp.mpf(1000)
    for _ in range(120):
        middle = (low + high) / 2
        outside = mp.betainc(mp.mpf(degrees) / 2, mp.mpf(1) / 2, 0, degrees / (degrees + middle**2), regularized=True)
        low, high = (middle, high) if outside > 1 - mp.mpf(level) else (low, middle)
    return (low + high) / 2


def limits(pairs, level, most):
    """Ratio of sums of y over sums of x by linearisation, from whole numbers."""
    n, total = len(pairs), sum(x for x, _ in pairs)
    if n < 2:
        return None, None
    ratio = fractions.Fraction(sum(y for _, y in pairs), total)
    squares = sum((y - ratio * x) ** 2 for x, y in pairs)
    variance = fractions.Fraction(n, n - 1) * squares / total**2
    centre = mp.mpf(ratio.numerator) / ratio.denominator
    reach = student_quantile(repr(level), n - 1) * mp.sqrt(mp.mpf(variance.numerator) / variance.denominator)
    low, high = max(mp.mpf(0), centre - reach), centre + reach
    return low, high if most is None else min(most, high)


def bridge(cents, first, k, lag, level):
    before = {c: v for (c, m), v in cents.items() if m == k - lag}
    now = {c: v for (c, m), v in cents.items() if m == k}
    new = {c for c in now if first[c] > k - lag}
    back = {c for c in now if c not in before and c not in new}
    both = set(before) & set(now)
    more, less = {c for c in both if now[c] > before[c]}, {c for c in both if now[c] < before[c]}
    gone = set(before) - set(now)
    start = sum(before.values())
    expansion, contraction = sum(now[c] - before[c] for c in more), sum(before[c] - now[c] for c in less)
    lost = sum(before[c] for c in gone)
    grr = fractions.Fraction(start - contraction - lost, start)
    nrr = fractions.Fraction(start + expansion - contraction - lost, start)
    kept = [(x, min(x, now.get(c, 0))) for c, x in sorted(before.items())]
    spent = [(x, now.get(c, 0)) for c, x in sorted(before.items())]
    ratios = [mp.mpf(r.numerator) / r.denominator for r in (grr, nrr)]
    gross, net = limits(kept, level, mp.mpf(1)), limits(spent, level, None)
    return [start, sum(now[c] for c in new), sum(now[c] for c in back), expansion, contraction, lost, sum(now.values()), len(before),
            len(new), len(back), len(both), len(more), len(less), len(gone), len(now),
            *map(show, (ratios[0], *gross, ratios[1], *net))]


def write_months(directory):
    cents, first = read_cents(directory)
    head = ("lag,level,month,begin,end_day,start,acquired,reactivated,expansion,contraction,lost,end,start_customers,acquired_customers,"
            "reactivated_customers,retained_customers,expanded_customers,contracted_customers,lost_customers,end_customers,grr,grr_low,"
            "grr_high,nrr,nrr_low,nrr_high").split(",")
    rows = [[lag, level, k, day_number(k), day_number(k + 1), *bridge(cents, first, k, lag, level)]
            for lag in LAGS for level in LEVELS for k in range(lag, MONTHS)]
    write("cdnow_months.csv", head, rows)


def write_lifetime():
    rows = []
    for margin in (10, 0.5, -3):
        for retention in (0, 0.3, 0.75, 0.9, 0.99, 1 - 2**-40, 1):
            for annual, per_year in ((0.12, 1), (0.1, 12), (1e-9, 365.25), (0, 12), (0.05, 0.5)):
                i = mp.expm1(mp.log1p(mp.mpf(annual)) / mp.mpf(per_year))
                below = 1 + i - mp.mpf(retention)
                value = mp.mpf(margin) * mp.mpf(retention) / below if below else mp.inf * (1 if margin > 0 else -1)
                v = 1 / (1 + i)
                if retention < 0.999:
                    terms = mp.nsum(lambda t: (mp.mpf(retention) * v) ** t, [1, mp.inf]) if retention else mp.mpf(0)
                    assert abs(margin * terms - value) <= mp.mpf(10) ** -30 * (1 + abs(value)), (margin, retention, annual)
                rows.append([repr(margin), repr(retention), repr(annual), repr(per_year),
                             ("inf" if value > 0 else "-inf") if mp.isinf(value) else show(value)])
    write("lifetime.csv", ["margin", "retention", "annual_rate", "periods_per_year", "lifetime_value"], rows)


def geometric(q, n):
    """1 + q + ... + q^(n - 1)."""
    return n * mp.mpf(1) if q == 1 else (1 - q**n) / (1 - q)


def profit_of(plan, retention):
    """By geometric sums: customers(t) = r^t c + a (1 - r^t) / (1 - r)."""
    customers, acquired, margin, keep, win, annual, per_year, periods = (mp.mpf(x) for x in plan)
    n, r = int(periods), mp.mpf(retention)
    v = mp.exp(-mp.log1p(annual) / per_year)
    if r == 1:
        weighted = sum(mp.mpf(t) * v**t for t in range(n))
        total = customers * geometric(v, n) + acquired * weighted
        at_end = customers + acquired * n
    else:
        settled = acquired / (1 - r)
        total = (customers - settled) * geometric(r * v, n) + settled * geometric(v, n)
        at_end = (customers - settled) * r**n + settled
    return (margin - keep) * total - win * acquired * geometric(v, n), at_end


def write_profit():
    plans = [
        (1000, 50, 20, 2, 80, 0.1, 12, 24), (1000, 0, 20, 0, 0, 0, 12, 60), (0, 100, 5, 0.5, 12, 0.25, 4, 40), (500, 5, 3, 4, 1, 0.1, 12, 12),
        (1, 0, 1, 0, 0, 0.07, 1, 1), (1e6, 2.5e4, 7.5, 0.25, 30, 0.08, 365.25, 3650), (10, 1, 2, 0, 100, 0.3, 12, 6)]
    rows = []
    for number, plan in enumerate(plans):
        for base in (0.6, 1):
            before, _ = profit_of(plan, base)
            for retention in (0, 0.25, 0.6, 0.65, 0.95, 0.999, 1):
                profit, at_end = profit_of(plan, retention)
                change = show((profit - before) / before) if before > 0 else ""
                rows.append([number, *map(repr, plan), base, retention, show(profit), show(at_end), change])
    head = ("plan,customers,acquired,margin,retention_cost,acquisition_cost,annual_rate,periods_per_year,periods,base_retention,retention,"
            "profit,customers_at_end,change").split(",")
    write("profit.csv", head, rows)


def main(directory):
    HERE.mkdir(exist_ok=True)
    write_months(directory)
    write_lifetime()
    write_profit()
    assert math.isclose(float(student_quantile("0.95", 10)), 2.228138851986274, rel_tol=1e-14)


if __name__ == "__main__":
    main(sys.argv[1])
