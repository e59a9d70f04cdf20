"""Writes tests/golden/cohort/cdnow_cells.csv: cohort tables of four layouts of the CDNOW sample, customer by customer.

    python tests/golden/generate/generate_cohort_cells.py DIRECTORY

DIRECTORY holds cdnow/cdnow_sample.csv (the 1/10 sample of Fader and Hardie: 6,919 purchases of 2,357 customers). Plain Python, whole
numbers only; shares no code with the library. A purchase of value 0 makes no occasion; all purchases of a customer on one day are
one occasion; the last day observed is 1998-06-15, so that June 1998 is not over. The group of a customer is his master_id modulo 3.

layout      age: months since acquisition; range: ages [0, 1, 4, 12); calendar: calendar months; rolling: days [0, 1, 31, 91, 366, 500)
group, cohort, column   the cell; cells to which nobody is exposed are left out
exposed     customers whose window is over
active, unbounded, repeat   of these: an occasion in the window; in it or later; two or more in it
orders, occasions, cents    of these, in the window
squares     sum over these of (cents in the window) squared
"""

import collections
import csv
import datetime
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent
END = datetime.date(1998, 6, 15).toordinal()
RANGES = [0, 1, 4, 12]
DAYS = [0, 1, 31, 91, 366, 500]
MONTHS = [datetime.date(1997 + m // 12, 1 + m % 12, 1).toordinal() for m in range(19)]
FIELDS = ["layout", "group", "cohort", "column", "exposed", "active", "unbounded", "repeat", "orders", "occasions", "cents", "squares"]


def read_customers(directory):
    """Occasions of each customer: cents of the orders by day."""
    customers = collections.defaultdict(lambda: collections.defaultdict(list))
    with open(pathlib.Path(directory) / "cdnow" / "cdnow_sample.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cents = round(float(row["dollars"]) * 100)
            day = datetime.date.fromisoformat(row["date"]).toordinal()
            if cents > 0 and day <= END:
                customers[int(row["master_id"])][day].append(cents)
    return customers


def month_of(day):
    return sum(edge <= day for edge in MONTHS) - 1


def windows(layout, first):
    """Column, first day and end of each window of a customer that exists."""
    cohort = month_of(first)
    if layout == "rolling":
        return [(j, first + a, first + b) for j, (a, b) in enumerate(zip(DAYS, DAYS[1:]))]
    if layout == "calendar":
        return [(j, MONTHS[j], MONTHS[j + 1]) for j in range(cohort, len(MONTHS) - 1)]
    ages = list(range(len(MONTHS))) if layout == "age" else RANGES
    return [(j, MONTHS[cohort + a], MONTHS[cohort + b]) for j, (a, b) in enumerate(zip(ages, ages[1:]))
            if cohort + b < len(MONTHS)]


def count(customers, layout):
    cells = collections.defaultdict(lambda: dict.fromkeys(FIELDS[4:], 0))
    for customer, days in customers.items():
        first = min(days)
        for column, begin, end in windows(layout, first):
            if end - 1 > END:
                continue
            cell = cells[customer % 3, month_of(first), column]
            here = [day for day in days if begin <= day < end]
            cents = sum(sum(days[day]) for day in here)
            cell["exposed"] += 1
            cell["active"] += bool(here)
            cell["unbounded"] += any(day >= begin for day in days)
            cell["repeat"] += len(here) > 1
            cell["orders"] += sum(len(days[day]) for day in here)
            cell["occasions"] += len(here)
            cell["cents"] += cents
            cell["squares"] += cents * cents
    return cells


def main(directory):
    customers = read_customers(directory)
    with open(HERE / "cohort" / "cdnow_cells.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        for layout in ("age", "range", "calendar", "rolling"):
            for (group, cohort, column), cell in sorted(count(customers, layout).items()):
                writer.writerow({"layout": layout, "group": group, "cohort": cohort, "column": column, **cell})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
