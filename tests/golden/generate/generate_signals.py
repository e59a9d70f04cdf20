"""Writes tests/golden/signals/: events and orders of made-up customers, figures per customer, and effects of events.

    python tests/golden/generate/generate_signals.py

events.csv       customer, day, kind (0 to 2), value (blank where there is none)
orders.csv       customer, day, value
customers.csv    whom to describe: customer, known_since, group
per_customer.csv by case (end, window, known: is known_since used?), customer and kind: every figure of retain_signals_columns
effects.csv      by case: every field of retain_signals_comparison

Plain Python from the definitions; shares are exact fractions, intervals mpmath.
"""

import csv
import pathlib
import random
from fractions import Fraction
from math import comb

from generate_survey import real, square_and_add, wilson
from mpmath import erfinv, mp, mpf, nstr, sqrt

HERE = pathlib.Path(__file__).resolve().parent.parent / "signals"
mp.dps = 40
KINDS = 3


def make():
    draw = random.Random(1983)
    customers, events, orders = [], [], []
    for number in range(90):
        key, since = 11 * number - 300, draw.randrange(-100, 380)
        customers.append({"customer": key, "known_since": since, "group": number % 3})
        day = since
        for _ in range(draw.choice((0, 1, 2, 4, 7))):
            orders.append({"customer": key, "day": day, "value": draw.choice((5, 5, 10, 20, 40, 80)) + draw.randrange(4) / 4})
            if draw.random() < 0.4:
                events.append({"customer": key, "day": day + draw.randrange(0, 15), "kind": 1, "value": None})
            day += draw.randrange(1, 120)
        for _ in range(draw.choice((0, 0, 1, 3, 6, 12))):
            events.append({"customer": key, "day": draw.randrange(-150, 450), "kind": draw.choice((0, 0, 2)),
                           "value": None if draw.random() < 0.2 else draw.randrange(-20, 60) / 4})
    for _ in range(10):
        events.append({"customer": 5000 + draw.randrange(5), "day": draw.randrange(0, 300), "kind": 0, "value": 1})
    draw.shuffle(events)
    draw.shuffle(orders)
    return customers, events, orders


def binomial(k, n, p):
    weight = lambda i: comb(n, i) * p**i * (1 - p) ** (n - i)
    return min(Fraction(1), 2 * min(sum(map(weight, range(k + 1))), sum(map(weight, range(k, n + 1)))))


def describe(customers, events, end, window, known):
    for customer in customers:
        since = customer["known_since"] if known else None
        gone = since is not None and since > end
        first = end - window + 1 if since is None else max(end - window + 1, since)
        split = end - window // 2 + 1
        recent_days = end - max(split, first) + 1
        days = end - first + 1
        for kind in range(KINDS):
            if gone:
                yield (customer["customer"], kind) + (None,) * 10
                continue
            mine = [event for event in events if event["customer"] == customer["customer"] and event["kind"] == kind and event["day"] <= end
                    and (since is None or event["day"] >= since)]
            inside = [event for event in mine if event["day"] > end - window]
            recent = sum(event["day"] >= split for event in inside)
            early, n = len(inside) - recent, len(inside)
            trend = p = None
            if recent_days > 0 and days > recent_days and n:
                a, b = Fraction(early, days - recent_days), Fraction(recent, recent_days)
                trend, p = (b - a) / (b + a), binomial(recent, n, Fraction(recent_days, days))
            values = [Fraction(event["value"]) for event in inside if event["value"] is not None]
            yield (customer["customer"], kind, days, n, Fraction(n, days) * Fraction(1461, 4),
                   end - max(event["day"] for event in mine) if mine else None, early, recent, trend, p, sum(values, Fraction(0)),
                   sum(values, Fraction(0)) / len(values) if values else None)


def effect(customers, events, orders, end, kind, exposure, horizon, numbers, classes, edges, grouped):
    group_of = {customer["customer"]: customer["group"] for customer in customers}
    by_day = {}
    for order in orders:
        if order["day"] <= end:
            key = order["customer"], order["day"]
            by_day[key] = by_day.get(key, 0) + Fraction(order["value"])
    days_of = {}
    for customer, day in by_day:
        days_of.setdefault(customer, []).append(day)
    counts = dict.fromkeys(("occasions", "open", "outside", "returned_early"), 0)
    units = []
    for customer, days in days_of.items():
        days.sort()
        for at, day in enumerate(days):
            counts["occasions"] += 1
            period = sum(edge <= day for edge in edges) - 1 if edges else 0
            if day + exposure + horizon > end:
                counts["open"] += 1
            elif edges and not 0 <= period < len(edges) - 1:
                counts["outside"] += 1
            elif any(day < other <= day + exposure for other in days):
                counts["returned_early"] += 1
            else:
                exposed = any(event["customer"] == customer and event["kind"] == kind and event["day"] <= end
                              and day < event["day"] <= day + exposure for event in events)
                back = any(day + exposure < other <= day + exposure + horizon for other in days)
                units.append((by_day[customer, day], min(at, numbers - 1), period, group_of[customer] if grouped else 0, exposed, back))
    values = sorted(unit[0] for unit in units)
    cuts = [values[-(-j * len(values) // classes) - 1] for j in range(1, classes)] if values else []
    strata = {}
    for value, number, period, group, exposed, back in units:
        strata.setdefault((period, group, number, sum(cut < value for cut in cuts)), []).append((exposed, back))
    arm = lambda rows, which: [back for exposed, back in rows if exposed == which]
    spread = lambda outcomes: Fraction(sum(outcomes), len(outcomes)) * (1 - Fraction(sum(outcomes), len(outcomes))) * Fraction(
        len(outcomes), len(outcomes) - 1)
    both = [(arm(rows, True), arm(rows, False)) for rows in strata.values() if arm(rows, True) and arm(rows, False)]
    all_one, all_none = ([unit[5] for unit in units if unit[4] == which] for which in (True, False))
    matched = sum(len(one) for one, none in both)
    out = {**counts, "exposed": len(all_one), "exposed_returned": sum(all_one), "unexposed": len(all_none), "unexposed_returned": sum(all_none)}
    if all_one and all_none:
        one, none = Fraction(sum(all_one), len(all_one)), Fraction(sum(all_none), len(all_none))
        low, high = square_and_add(real(one), wilson(sum(all_one), len(all_one)), real(none), wilson(sum(all_none), len(all_none)))
        out |= {"crude": one - none, "crude_low": low, "crude_high": high}
    else:
        out |= {"crude": None, "crude_low": None, "crude_high": None}
    out |= {"strata": len(both), "matched": matched, "unmatched": len(all_one) - matched, "controls": sum(len(none) for one, none in both)}
    if matched:
        rate = Fraction(sum(sum(one) for one, none in both), matched)
        expected = sum(len(one) * Fraction(sum(none), len(none)) for one, none in both) / matched
        variance = sum(Fraction(len(one), matched) ** 2 * sum((spread(side) if len(side) > 1 else spread(one + none)) / len(side)
                                                              for side in (one, none)) for one, none in both)
        error = sqrt(real(variance))
        z = sqrt(mpf(2)) * erfinv(mpf(0.95))
        out |= {"matched_rate": rate, "control_rate": expected, "effect": rate - expected, "standard_error": error,
                "effect_low": max(mpf(-1), real(rate - expected) - z * error), "effect_high": min(mpf(1), real(rate - expected) + z * error)}
    else:
        out |= dict.fromkeys(("matched_rate", "control_rate", "effect", "standard_error", "effect_low", "effect_high"))
    return out


def write(name, header, rows):
    shown = lambda x: "" if x is None else nstr(real(x), 20) if isinstance(x, (mpf, Fraction)) else x
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([shown(x) for x in row] for row in rows)


if __name__ == "__main__":
    customers, events, orders = make()
    write("customers.csv", list(customers[0]), [row.values() for row in customers])
    write("events.csv", list(events[0]), [row.values() for row in events])
    write("orders.csv", list(orders[0]), [row.values() for row in orders])
    figures = ["exposure_days", "count", "per_year", "days_since_last", "earlier", "recent", "trend", "trend_p_value", "sum", "mean"]
    write("per_customer.csv", ["end", "window", "known", "customer", "kind", *figures],
          [(end, window, known, *row) for end, window, known in ((300, 365, 1), (300, 91, 0), (200, 90, 1), (120, 1, 0))
           for row in describe(customers, events, end, window, known)])
    cases = [(400, 1, 30, 90, 4, 5, None, 0), (400, 1, 14, 60, 2, 3, (-50, 50, 150, 250, 320), 1), (350, 0, 30, 45, 1, 1, None, 0),
             (400, 1, 14, 60, 4, 1, None, 1), (400, 2, 5, 30, 3, 4, (0, 365), 0), (100, 1, 60, 60, 4, 5, None, 0)]
    rows = [{"end": end, "kind": kind, "exposure": exposure, "horizon": horizon, "numbers": numbers, "classes": classes,
             "edges": " ".join(map(str, edges or ())), "grouped": grouped,
             **effect(customers, events, orders, end, kind, exposure, horizon, numbers, classes, edges, grouped)}
            for end, kind, exposure, horizon, numbers, classes, edges, grouped in cases]
    write("effects.csv", list(rows[0]), [row.values() for row in rows])
