"""Compares the report's files of three languages with each other, and retention and cohorts with a second computation.

usage: check.py C_FOLDER PYTHON_FOLDER PHP_FOLDER
"""

import collections
import csv
import datetime as dt
import math
import pathlib
import sqlite3
import sys

FILES = ("retention.csv", "cohorts.csv", "repeat.csv", "second_order.csv", "revenue.csv", "segments.csv", "rfm.csv", "models.csv", "customers.csv",
         "leaving.csv", "outlook.csv", "value.csv")
WINDOW = 90
problems = []


def read(folder, name):
    with open(pathlib.Path(folder) / name, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def same(a, b):
    if a == b:
        return True
    try:
        return math.isclose(float(a), float(b), rel_tol=1e-12)
    except ValueError:
        return False


def compare(folder, other):
    for name in FILES:
        ours, theirs = read(folder, name), read(other, name)
        if ours[0] != theirs[0] or len(ours) != len(theirs):
            problems.append(f"{other}/{name}: another header or number of rows")
            continue
        for line, (row, row2) in enumerate(zip(ours, theirs), 1):
            for column, a, b in zip(ours[0], row, row2):
                if not same(a, b):
                    problems.append(f"{other}/{name} line {line}, {column}: {b!r} instead of {a!r}")


def months(first, last):
    """First days of the months from that of `first` to the one after that of `last`."""
    at = first.replace(day=1)
    yield at
    while at <= last:
        at = (at.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        yield at


def days_of_customers(folder):
    """Sorted purchase days and value per day of each customer, by the rules of the report: a row of positive value is an order."""
    days = collections.defaultdict(lambda: collections.defaultdict(float))
    orders = collections.Counter()
    for customer, time, value in sqlite3.connect(pathlib.Path(folder) / "orders.db").execute("SELECT customer, time, value FROM orders"):
        if value > 0:
            seconds = str(time).isdigit() and 9 <= len(str(time)) <= 11
            day = dt.datetime.fromtimestamp(int(time), dt.timezone.utc).date() if seconds else dt.date.fromisoformat(time[:10])
            days[customer][day] += value
            orders[customer, day] += 1
    return days, orders


def check_retention(folder, days, edges, end):
    rows = read(folder, "retention.csv")
    for row, begin, stop in zip(rows[1:], edges, edges[1:]):
        figures = dict(zip(rows[0], row))
        if figures["period"] != begin.isoformat():
            problems.append(f"retention.csv has {figures['period']} where {begin} should be")
        if stop > end + dt.timedelta(days=1):
            want = dict.fromkeys(("start", "new", "retained", "reactivated", "lost", "end", "crr", "crr_strict"), "")
        else:
            at = {t: {c for c, d in days.items() if any(t - dt.timedelta(days=WINDOW) <= x < t for x in d)} for t in (begin, stop)}
            new = {c for c in at[stop] if min(days[c]) >= begin}
            start, stayed = at[begin], at[begin] & at[stop]
            want = {"start": len(start), "new": len(new), "retained": len(stayed), "lost": len(start - at[stop]), "end": len(at[stop]),
                    "reactivated": len(at[stop] - start - new), "crr": (len(at[stop]) - len(new)) / len(start) if start else "",
                    "crr_strict": len(stayed) / len(start) if start else ""}
        for name, value in want.items():
            if not same(figures[name], str(value)):
                problems.append(f"retention.csv {begin}, {name}: {figures[name]!r} instead of {value!r}")


def check_cohorts(folder, days, orders, edges, end):
    def month(day):
        return next(k for k in range(len(edges) - 1) if edges[k] <= day < edges[k + 1])

    index = {day: month(day) for day in {day for per in days.values() for day in per}}
    size, active, placed, revenue = collections.Counter(), collections.Counter(), collections.Counter(), collections.Counter()
    for customer, per in days.items():
        cohort = index[min(per)]
        size[cohort] += 1
        active.update({(cohort, index[day] - cohort) for day in per})
        for day, value in per.items():
            placed[cohort, index[day] - cohort] += orders[customer, day]
            revenue[cohort, index[day] - cohort] += value
    rows = read(folder, "cohorts.csv")
    for row in rows[1:]:
        figures = dict(zip(rows[0], row))
        c, age = edges.index(dt.date.fromisoformat(figures["cohort"])), int(figures["age"])
        over = edges[c + age + 1] <= end + dt.timedelta(days=1)
        want = {"size": size[c], "complete": int(over), "active": active[c, age] if over else "", "orders": placed[c, age] if over else "",
                "retention": active[c, age] / size[c] if over and size[c] else ""}
        for name, value in want.items():
            if not same(figures[name], str(value)):
                problems.append(f"cohorts.csv {figures['cohort']} + {age}, {name}: {figures[name]!r} instead of {value!r}")
        if over and not math.isclose(float(figures["revenue"]), revenue[c, age], rel_tol=1e-9, abs_tol=1e-9):
            problems.append(f"cohorts.csv {figures['cohort']} + {age}, revenue: {figures['revenue']} instead of {revenue[c, age]}")


def check_revenue(folder, days, edges, end):
    """The bridge, customer by customer."""
    spent = [collections.Counter() for _ in edges[1:]]
    for customer, per in days.items():
        for day, value in per.items():
            spent[next(k for k in range(len(edges) - 1) if edges[k] <= day < edges[k + 1])][customer] += value
    rows = read(folder, "revenue.csv")
    for k, row in enumerate(rows[1:]):
        figures = dict(zip(rows[0], row))
        if k == 0 or edges[k + 1] > end + dt.timedelta(days=1):
            continue
        before, now = spent[k - 1], spent[k]
        both = before.keys() & now.keys()
        new = {customer for customer in now if min(days[customer]) >= edges[k]}
        want = {"start": before.total(), "end": now.total(), "lost": sum(before[c] for c in before.keys() - now.keys()),
                "acquired": sum(now[c] for c in new), "reactivated": sum(now[c] for c in now.keys() - before.keys() - new),
                "expansion": sum(max(now[c] - before[c], 0) for c in both), "contraction": sum(max(before[c] - now[c], 0) for c in both)}
        want["grr"] = (want["start"] - want["contraction"] - want["lost"]) / want["start"] if before else math.nan
        want["nrr"] = want["grr"] + want["expansion"] / want["start"] if before else math.nan
        for name, value in want.items():
            got = float(figures[name] or "nan")
            if not (math.isclose(got, value, rel_tol=1e-9, abs_tol=1e-6) or (math.isnan(got) and math.isnan(value))):
                problems.append(f"revenue.csv {figures['period']}, {name}: {got} instead of {value}")


def check_repeat(folder, days):
    """Customers who got to their first, second, third ... purchase day."""
    rows = read(folder, "repeat.csv")
    reached = [sum(len(per) >= k for per in days.values()) for k in range(1, len(rows) + 1)]
    for k, row in enumerate(rows[1:]):
        figures = dict(zip(rows[0], row))
        conversion = reached[k + 1] / reached[k] if reached[k] else ""
        if not same(figures["customers"], str(reached[k])) or not same(figures["conversion"], str(conversion)):
            problems.append(f"repeat.csv order {k + 1}: {figures['customers']} customers, {figures['conversion']} went on, not {reached[k]}, {conversion}")


def check_segments(folder):
    """Every customer has one segment, and the table of segments adds up to customers and revenue."""
    rows, members = read(folder, "segments.csv"), collections.Counter(row[4] for row in read(folder, "rfm.csv")[1:])
    table = {row[0]: dict(zip(rows[0], row)) for row in rows[1:]}
    customers = read(folder, "customers.csv")
    members["all"] = len(customers) - 1
    money = sum(float(row[customers[0].index("revenue")]) for row in customers[1:])
    for name, figures in table.items():
        if float(figures["customers"]) != members[name]:
            problems.append(f"segments.csv has {figures['customers']} customers in {name} where rfm.csv has {members[name]}")
    if not math.isclose(sum(float(row["revenue"]) for name, row in table.items() if name != "all"), money, rel_tol=1e-9):
        problems.append("the revenue of the segments is not that of the customers")


def main(folder, *others):
    for other in others:
        compare(folder, other)
    days, orders = days_of_customers(folder)
    every = [day for per in days.values() for day in per]
    end = max(every)
    edges = list(months(min(every), end))
    check_retention(folder, days, edges, end)
    check_cohorts(folder, days, orders, edges, end)
    check_revenue(folder, days, edges, end)
    check_repeat(folder, days)
    check_segments(folder)
    for problem in problems[:20]:
        print(problem)
    sys.exit(1 if problems else 0)


main(*sys.argv[1:])
