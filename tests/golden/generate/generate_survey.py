"""Writes tests/golden/survey/: answers of made-up customers, their orders, and every figure of the survey module about them.

    python tests/golden/generate/generate_survey.py

responses.csv    one row per response: customer, day, group, and scores of 0 to 10 (nps), 1 to 5 (csat), 1 to 7 in halves (ces)
orders.csv       the customers' orders, all of positive value
figures.csv      figure, group (blank for all), n, part (promoters - detractors, satisfied, or blank), value, low, high at 95 %
differences.csv  NPS of each group less that of group 0
retention.csv    by horizon, choice and class: counted, returned, rate, low, high; class "difference" for highest less lowest

Plain Python from the definitions, exact fractions and mpmath; intervals from generate_intervals.py.
"""

import csv
import pathlib
import random
from fractions import Fraction

from generate_intervals import paired, student
from mpmath import erfinv, mp, mpf, nstr, sqrt

HERE = pathlib.Path(__file__).resolve().parent.parent / "survey"
mp.dps = 40
GROUPS, END = 5, 400


def real(x):
    return mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpf(x)


def wilson(k, n, level=0.95):
    z, k, n = sqrt(mpf(2)) * erfinv(mpf(level)), mpf(k), mpf(n)
    middle, spread = (k + z * z / 2) / (n + z * z), z / (n + z * z) * sqrt(k * (n - k) / n + z * z / 4)
    return max(mpf(0), middle - spread), min(mpf(1), middle + spread)


def square_and_add(a, of_a, b, of_b):
    return a - b - sqrt((a - of_a[0]) ** 2 + (of_b[1] - b) ** 2), a - b + sqrt((of_a[1] - a) ** 2 + (b - of_b[0]) ** 2)


def make():
    draw = random.Random(1998)
    responses, orders = [], []
    for customer in range(120):
        mood = draw.random()
        for _ in range(draw.choice((1, 1, 1, 2, 3, 0))):
            group = draw.choice((0, 0, 1, 1, 1, 2, 4))
            responses.append({"customer": 1000 - 7 * customer, "day": draw.randrange(0, 430), "group": group,
                              "nps": min(10, max(0, round(10 * mood + draw.gauss(1, 2)))), "csat": min(5, max(1, round(5 * mood + 1))),
                              "ces": min(14, max(2, round(14 * mood + draw.gauss(0, 2)))) / 2})
        for _ in range(draw.choice((0, 1, 2, 3, 5, 8))):
            orders.append({"customer": 1000 - 7 * customer, "day": draw.randrange(-20, 430), "value": draw.randrange(1, 80) / 4})
    draw.shuffle(responses)
    draw.shuffle(orders)
    return responses, orders


def chosen_of(responses, group):
    return [row for row in responses if group is None or row["group"] == group]


def figures(responses):
    for group in [*range(GROUPS), None]:
        rows = chosen_of(responses, group)
        n = len(rows)
        promoters, detractors = sum(row["nps"] >= 9 for row in rows), sum(row["nps"] <= 6 for row in rows)
        satisfied = sum(row["csat"] >= 4 for row in rows)
        if n == 0:
            yield "nps", group, 0, 0, None, None, None
            yield "csat", group, 0, 0, None, None, None
            yield "ces", group, 0, None, None, None, None
            continue
        yield "nps", group, n, promoters - detractors, Fraction(promoters - detractors, n), *paired(promoters, detractors, n, 0.95)
        yield "csat", group, n, satisfied, Fraction(satisfied, n), *wilson(satisfied, n)
        mean = sum(Fraction(row["ces"]) for row in rows) / n
        spread = sum((Fraction(row["ces"]) - mean) ** 2 for row in rows)
        margin = student(0.95, n - 1) * sqrt(real(spread) / (n - 1) / n) if n > 1 else None
        yield "ces", group, n, None, mean, *((real(mean) - margin, real(mean) + margin) if n > 1 else (None, None))


def differences(responses):
    counts = {}
    for group in range(GROUPS):
        rows = chosen_of(responses, group)
        if rows:
            counts[group] = sum(row["nps"] >= 9 for row in rows), sum(row["nps"] <= 6 for row in rows), len(rows)
    p, d, n = counts[0]
    base, of_base = mpf(p - d) / n, paired(p, d, n, 0.95)
    for group, (p, d, n) in counts.items():
        here = mpf(p - d) / n
        yield group, here - base, *square_and_add(here, paired(p, d, n, 0.95), base, of_base)


def retention(responses, orders):
    days = {}
    for order in orders:
        if order["day"] <= END:
            days.setdefault(order["customer"], set()).add(order["day"])
    for horizon in (30, 90):
        over = [row for row in responses if row["day"] + horizon <= END]
        by_customer = {}
        for row in sorted(over, key=lambda row: row["day"]):
            by_customer.setdefault(row["customer"], []).append(row)
        choices = {"first": [rows[0] for rows in by_customer.values()], "last": [rows[-1] for rows in by_customer.values()], "each": over}
        for choice, rows in choices.items():
            classes = [[], [], []]
            for row in rows:
                back = any(row["day"] < day <= row["day"] + horizon for day in days.get(row["customer"], ()))
                classes[(row["nps"] >= 7) + (row["nps"] >= 9)].append(back)
            shares = []
            for c, outcomes in enumerate(classes):
                k, n = sum(outcomes), len(outcomes)
                shares.append((mpf(k) / n, wilson(k, n)))
                yield horizon, choice, c, n, k, mpf(k) / n, *wilson(k, n)
            (low, of_low), (high, of_high) = shares[0], shares[2]
            yield horizon, choice, "difference", len(rows), len(over) - len(rows), high - low, *square_and_add(high, of_high, low, of_low)


def write(name, header, rows):
    shown = lambda x: "" if x is None else nstr(real(x), 20) if isinstance(x, (mpf, Fraction)) else x
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([shown(x) for x in row] for row in rows)


if __name__ == "__main__":
    responses, orders = make()
    write("responses.csv", list(responses[0]), [list(row.values()) for row in responses])
    write("orders.csv", list(orders[0]), [list(row.values()) for row in orders])
    write("figures.csv", ["figure", "group", "n", "part", "value", "low", "high"], figures(responses))
    write("differences.csv", ["group", "difference", "low", "high"], differences(responses))
    write("retention.csv", ["horizon", "choice", "class", "counted", "returned", "rate", "low", "high"], retention(responses, orders))
