"""Writes tests/golden/ledger/*.csv: the books of a small made-up shop, by month.

    python tests/golden/generate/generate_ledger.py

Plain Python, exact fractions of the doubles, each figure rounded once; written from the definitions in docs/ledger.md and
sharing no code with the library. Orders have one to three lines and now and then refunds, some weeks later, some of all
that was paid; a few orders are cancelled, and a few refunds belong to orders that are not in the log.
"""

import csv
import datetime as dt
import pathlib
import random
from collections import defaultdict
from fractions import Fraction

HERE = pathlib.Path(__file__).resolve().parent.parent / "ledger"
EPOCH = dt.date(1970, 1, 1)
FIRST, END = dt.date(2024, 1, 1), dt.date(2024, 9, 1)
FIELDS = ["orders", "refunded_orders", "gross", "refunds_by_order", "refunds_by_day", "net_by_order", "net_by_day",
          "unmatched", "cancelled"]


def make_rows():
    rng = random.Random(20240901)
    days, rows = (END - FIRST).days, []
    for order in range(1, 121):
        customer, day = rng.randrange(1, 40), rng.randrange(days)
        lines = [round(rng.uniform(0.5, 200.0), 2) for _ in range(rng.randrange(1, 4))]
        cancelled = rng.random() < 0.05
        rows += [(customer, day, order, value, 0) for value in lines]
        if cancelled:
            rows.append((customer, min(day + 1, days - 1), order, 0.0, 1))
        for value in lines:
            if rng.random() < 0.25:
                share = rng.choice([1.0, 1.0, 0.5, 0.25])
                rows.append((customer, min(day + rng.randrange(60), days - 1), order, -round(value * share, 2), 0))
        if rng.random() < 0.05:
            rows.append((customer, day, 1000 + order, -round(rng.uniform(1.0, 50.0), 2), 0))
        if rng.random() < 0.03:
            rows.append((customer, day, 2000 + order, 0.0, 0))
    rng.shuffle(rows)
    return [(c, (FIRST - EPOCH).days + d, o, v, x) for c, d, o, v, x in rows]


def keep_books(rows, edges):
    def period(day):
        return max(k for k in range(len(edges) - 1) if edges[k] <= day)

    books = [defaultdict(Fraction) for _ in edges[:-1]]
    orders = defaultdict(list)
    for customer, day, order, value, cancelled in rows:
        orders[customer, order].append((day, Fraction(value), cancelled))
    for lines in orders.values():
        home = books[period(min(day for day, _, _ in lines))]
        paid = sum(value for _, value, _ in lines if value > 0)
        back = sum(value for _, value, _ in lines if value < 0)
        if any(cancelled for _, _, cancelled in lines):
            home["cancelled"] += paid + back
        elif paid > 0:
            # Doubles do not cancel to the last bit: less than 2^-40 of what was paid is nothing.
            home["refunded_orders" if back < 0 and paid + back <= paid / 2**40 else "orders"] += 1
            home["gross"] += paid
            home["refunds_by_order"] += back
            for day, value, _ in lines:
                books[period(day)]["refunds_by_day"] += min(value, 0)
        else:
            for day, value, _ in lines:
                books[period(day)]["unmatched"] += value
    for book in books:
        book["net_by_order"] = book["gross"] + book["refunds_by_order"]
        book["net_by_day"] = book["gross"] + book["refunds_by_day"]
    return books


def main():
    rows = make_rows()
    months = [dt.date(2024, month, 1) for month in range(1, 10)]
    edges = [(month - EPOCH).days for month in months]
    HERE.mkdir(exist_ok=True)
    with open(HERE / "rows.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["customer", "day", "order", "value", "cancelled"])
        out.writerows(rows)
    with open(HERE / "periods.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["begin", "end", *FIELDS])
        for begin, end, book in zip(edges, edges[1:], keep_books(rows, edges)):
            out.writerow([begin, end, *(repr(float(book[field])) for field in FIELDS)])


if __name__ == "__main__":
    main()
