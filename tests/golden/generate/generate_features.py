"""Golden vectors of retain/features.h: a small shop, and what was known of its customers on some dates, from the definitions, in
exact arithmetic where the definitions allow it. Shares no code with the library.

    python3 tests/golden/generate/generate_features.py
"""

import csv
import pathlib
import random
from fractions import Fraction
from statistics import median

from mpmath import mp, mpf, nstr, sqrt

mp.dps = 40
HERE = pathlib.Path(__file__).parents[1] / "features"
KINDS, CATEGORIES = 2, 5
END = 400
DATES = (30, 120, 200, 201, 330)
CASES = {
    "plain": {"windows": (30, 90, 365), "trend": 180, "events": 365, "active": 0, "horizon": 90, "block": 1, "zero": 0},
    "other": {"windows": (7, 50, 150), "trend": 61, "events": 100, "active": 75, "horizon": 45, "block": 1, "zero": 1},
    "weeks": {"windows": (14, 28, 112), "trend": 84, "events": 56, "active": 112, "horizon": 30, "block": 7, "zero": 0},
}
NAMES = ["occasions", "occasions_in", "days_since_first", "days_since_last", "gap_mean", "gap_median", "gap_deviation", "gap_last",
         "overdue_ratio", "occasions_trend", "value", "value_in", "value_mean", "value_last", "value_most", "value_trend",
         "refund_share", "discounted_share", "discount_rate", "categories", "top_category", "events", "events_since_last",
         "events_trend", "events_mean"]


def make():
    rnd = random.Random(20261)
    orders, number = [], 0
    for customer in range(1, 31):
        day = rnd.randint(-30, 250) if customer > 3 else rnd.randint(-30, 0)
        pace = rnd.choice((6, 20, 45, 90))
        while day <= END + 20:
            number += 1
            lines = rnd.choice((1, 1, 2, 3))
            worth = []
            for _ in range(lines):
                value = Fraction(rnd.randint(0 if rnd.random() < 0.05 else 1, 4000), 100)
                discount = Fraction(rnd.randint(1, 500), 100) if rnd.random() < 0.3 else Fraction(0)
                orders.append([customer, day, number, value, 0, discount, rnd.randrange(CATEGORIES)])
                worth.append(value)
            if rnd.random() < 0.12:  # something comes back, perhaps all of it
                back = sum(worth) if rnd.random() < 0.5 else worth[0] / 2
                orders.append([customer, day + rnd.randint(0, 60), number, -back, 0, Fraction(0), rnd.randrange(CATEGORIES)])
            if rnd.random() < 0.05:  # cancelled, told on its own day
                orders.append([customer, day + rnd.randint(0, 20), number, Fraction(0), 1, Fraction(0), 0])
            day += 1 + int(rnd.expovariate(1 / pace))
            if rnd.random() < 0.03:
                day += 150
    orders.append([31, 100, 9000, Fraction(-5), 0, Fraction(0), 0])  # never bought
    rnd.shuffle(orders)
    events = [[rnd.randint(0, 33), rnd.randint(-40, END + 20), rnd.randrange(KINDS), None if rnd.random() < 0.3 else Fraction(rnd.randint(-40, 80), 8)]
              for _ in range(260)]
    return orders, events


def occasions_known(orders, customer, date, case):
    """(start, last day, value) of each, from the rows up to the date."""
    found = {}
    for row in orders:
        if row[0] == customer and row[1] <= date:
            found.setdefault(row[2], []).append(row)
    kept = []
    for rows in found.values():
        gains, back = sum(r[3] for r in rows if r[3] > 0), sum(r[3] for r in rows if r[3] < 0)
        if any(r[4] for r in rows):
            continue
        if (gains > 0 and gains + back > 0) or (gains == 0 and back == 0 and case["zero"]):
            kept.append((min(r[1] for r in rows), gains + back))
    blocks = {}
    for day, value in kept:
        blocks.setdefault(day // case["block"] * case["block"], []).append((day, value))
    return [(start, max(d for d, _ in all), sum(v for _, v in all)) for start, all in sorted(blocks.items())]


def trend(dated, since, days, date):
    """`dated`: (day, amount)."""
    known = [d for d in range(date - days + 1, date + 1) if d >= since]
    late = [d for d in known if d > date - days // 2]
    early_days, late_days = len(known) - len(late), len(late)
    a = sum((x for d, x in dated if known and known[0] <= d <= date - days // 2), Fraction(0))
    b = sum((x for d, x in dated if late and d >= late[0]), Fraction(0))
    if not early_days or not late_days or a + b <= 0:
        return None
    a, b = a / early_days, b / late_days
    return (b - a) / (b + a)


def features(orders, events, customer, date, case):
    known = occasions_known(orders, customer, date, case)
    if not known or (case["active"] and known[-1][0] <= date - case["active"]):
        return None
    starts, values = [k[0] for k in known], [k[2] for k in known]
    gaps = [b - a for a, b in zip(starts, starts[1:])]
    mean = Fraction(sum(gaps), len(gaps)) if gaps else None
    out = [len(known)]
    out += [sum(date - w < s <= date for s in starts) for w in case["windows"]]
    out += [date - starts[0], date - starts[-1], mean, median(map(Fraction, gaps)) if gaps else None,
            sqrt(mpf((s := sum((g - mean) ** 2 for g in gaps) / (len(gaps) - 1)).numerator) / s.denominator) if len(gaps) > 1 else None,
            gaps[-1] if gaps else None, (date - starts[-1]) / mean if gaps else None,
            trend([(s, Fraction(1)) for s in starts], starts[0], case["trend"], date)]
    out += [sum(values)]
    out += [sum((v for s, v in zip(starts, values) if date - w < s <= date), Fraction(0)) for w in case["windows"]]
    out += [sum(values) / len(values), values[-1], max(values), trend(list(zip(starts, values)), starts[0], case["trend"], date)]
    rows = [r for r in orders if r[0] == customer and r[1] <= date and not r[4]]
    sales, back = [r for r in rows if r[3] > 0], -sum(r[3] for r in rows if r[3] < 0)
    gross, off = sum(r[3] for r in sales), sum(r[5] for r in sales)
    counts = [sum(r[6] == c for r in sales) for c in range(CATEGORIES)]
    out += [back / gross if sales else None, Fraction(sum(r[5] > 0 for r in sales), len(sales)) if sales else None,
            off / (off + gross) if sales else None, sum(c > 0 for c in counts), Fraction(max(counts), len(sales)) if sales else None]
    per_kind = []
    for kind in range(KINDS):
        seen = [(d, v) for c, d, k, v in events if c == customer and k == kind and starts[0] <= d <= date]
        window = [(d, v) for d, v in seen if d > date - case["events"]]
        valued = [v for _, v in window if v is not None]
        per_kind.append([len(window), date - max(d for d, _ in seen) if seen else None,
                         trend([(d, Fraction(1)) for d, _ in window], starts[0], case["events"], date),
                         sum(valued) / len(valued) if valued else None])
    return out + [per_kind[k][f] for f in range(4) for k in range(KINDS)]


def label(orders, customer, date, case):
    if date + case["horizon"] > END:
        return None
    return int(not any(last > date for _, last, _ in occasions_known(orders, customer, date + case["horizon"], case)))


def columns(case):
    out = []
    for id, name in enumerate(NAMES[:21]):
        days = case["windows"] if name.endswith("_in") else (case["trend"],) if name.endswith("_trend") else (0,)
        out += [(id, name, d, -1) for d in days]
    for id, name in enumerate(NAMES[21:], 21):
        out += [(id, name, 0 if name == "events_since_last" else case["events"], kind) for kind in range(KINDS)]
    return out


def show(x):
    if x is None:
        return ""
    if isinstance(x, mpf):
        return nstr(x, 20)
    return str(x.numerator) if x.denominator == 1 else nstr(mpf(x.numerator) / x.denominator, 20)


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    orders, events = make()
    write("orders.csv", ["customer", "day", "order", "value", "cancelled", "discount", "category"],
          [[show(x) if isinstance(x, Fraction) else x for x in row] for row in orders])
    write("events.csv", ["customer", "day", "kind", "value"], [[show(x) if isinstance(x, Fraction) or x is None else x for x in row] for row in events])
    write("cases.csv", ["case", *CASES["plain"]], [[name, *(" ".join(map(str, x)) if isinstance(x, tuple) else x for x in case.values())]
                                                   for name, case in CASES.items()])
    write("columns.csv", ["case", "id", "name", "days", "kind"], [[name, *column] for name, case in CASES.items() for column in columns(case)])
    width = len(columns(CASES["plain"]))
    rows = []
    for name, case in CASES.items():
        for at, date in enumerate(DATES):
            for customer in range(0, 34):
                known = features(orders, events, customer, date, case)
                if known is not None:
                    assert len(known) == width
                    rows.append([name, at, date, customer, show(label(orders, customer, date, case)), *map(show, known)])
    write("panel.csv", ["case", "at", "date", "customer", "label", *(f"f{c}" for c in range(width))], rows)
