"""Writes tests/golden/rfm/*.csv: scores, segments and concentration, straight from their definitions.

    python tests/golden/generate/generate_rfm.py

Reads examples/data/cdnow.csv.gz and tests/golden/orders/cdnow_sample_ids.csv. Plain Python with
exact fractions, by looking at all pairs of customers, sharing neither code nor method with the library.

scores.csv          made-up customers with ties of all kinds: mid-rank scores for 2 to 9 bins
cdnow_codes.csv     the 2,349 customers of the CDNOW sample at 1998-06-30: customers and cents by code (r, f, m), five bins
cdnow_segments.csv  the same by segment: customers, cents, sums of days since last and of occasions
cdnow_moves.csv     from the segments of 1997-09-30 to those of 1998-06-30, scored anew: customers
concentration.csv   Gini coefficient, its standard error, Lorenz curve and its standard error, of short lists

The standard errors are those of the influence function, here as derivatives by the weight of a customer: of the Gini coefficient by
differentiating the double sum over pairs, of the Lorenz curve as a difference quotient with a step of 1e-40. At p n whole the curve
has a corner and no derivative; the cell is blank.
"""

import collections
import csv
import datetime
import gzip
import itertools
import pathlib
import random
from decimal import Decimal, getcontext
from fractions import Fraction

HERE = pathlib.Path(__file__).resolve().parent.parent
getcontext().prec = 40


def write(name, header, rows):
    with open(HERE / "rfm" / name, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def text(fraction, digits=20):
    """A fraction in so many decimal digits."""
    value = Decimal(fraction.numerator) / Decimal(fraction.denominator)
    return format(value, f".{digits}g")


def root(fraction):
    return format((Decimal(fraction.numerator) / Decimal(fraction.denominator)).sqrt(), ".20g")


# --- scores -----------------------------------------------------------------------------------------------------------------------


def score(value, everyone, bins, better):
    """1 + floor(bins p), p the share of customers who are worse plus half of those who are equal. `better(a, b)`: is a better?"""
    worse = sum(count for other, count in everyone.items() if better(value, other))
    rank = (Fraction(worse) + Fraction(everyone[value], 2)) / sum(everyone.values())
    return 1 + int(bins * rank)


def scores(columns, bins=5):
    """Columns days, occasions, revenue -> one (r, f, m) a customer."""
    ways = (lambda a, b: a < b), (lambda a, b: a > b), (lambda a, b: a > b)
    columns_of_scores = []
    for column, better in zip(columns, ways):
        everyone = collections.Counter(column)
        of_value = {value: score(value, everyone, bins, better) for value in everyone}
        columns_of_scores.append([of_value[value] for value in column])
    return list(zip(*columns_of_scores))


def write_scores():
    draw = random.Random(20240601)
    sets = {
        "one": [(3, 1, 10)],
        "equal": [(3, 1, 10)] * 7,
        "two": [(3, 1, 10), (9, 4, 200)],
        "distinct": [(i, 20 - i, 7 * i % 20) for i in range(20)],
        "ten": [(i, i + 1, i * i) for i in range(10)],
        "boundary": [(0, 1, 5)] * 4 + [(i, i, i) for i in range(10, 16)],
        "most_bought_once": [(draw.randrange(400), 1, draw.randrange(1, 9)) for _ in range(70)]
        + [(draw.randrange(300), draw.randrange(2, 9), draw.randrange(9, 500)) for _ in range(30)],
        "negative_money": [(draw.randrange(30), draw.randrange(1, 4), draw.randrange(-20, 20)) for _ in range(40)],
        "wide": [(draw.randrange(3000), draw.randrange(1, 200), draw.choice((1e-3, 0, 5, 1e12)) * draw.randrange(9)) for _ in range(61)],
    }
    rows = []
    for name, customers in sets.items():
        for bins in range(2, 10):
            for i, found in enumerate(scores(list(zip(*customers)), bins)):
                rows.append([name, bins, *customers[i], *found])
    write("scores.csv", ["dataset", "bins", "days_since_last", "occasions", "revenue", "r", "f", "m"], rows)


# --- real customers ---------------------------------------------------------------------------------------------------------------

TABLE = {  # what a customer is, by (frequency, money): and by recency 5, 4, 3, 2, 1
    "often and much": ["champions", "champions", "loyal customers", "cannot lose them", "cannot lose them"],
    "often": ["loyal customers", "loyal customers", "loyal customers", "at risk", "at risk"],
    "middling": ["potential loyalists", "potential loyalists", "need attention", "at risk", "at risk"],
    "little": ["new customers", "promising", "about to sleep", "hibernating", "lost"],
}
ORDER = ["champions", "loyal customers", "potential loyalists", "new customers", "promising", "need attention", "about to sleep",
         "at risk", "cannot lose them", "hibernating", "lost"]


def segment(r, f, m):
    if f in (4, 5) and m in (4, 5):
        row = "often and much"
    elif f in (4, 5):
        row = "often"
    elif f == 3 or m in (4, 5):
        row = "middling"
    else:
        row = "little"
    return TABLE[row][5 - r]


def cdnow():
    """(customer, day, cents) of the purchases of the sample that were not free."""
    with open(HERE / "orders" / "cdnow_sample_ids.csv", encoding="utf-8") as file:
        chosen = {int(row["customer_id"]) for row in csv.DictReader(file)}
    with gzip.open(HERE.parent.parent / "examples" / "data" / "cdnow.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cents = int(Decimal(row["dollars"]) * 100)
            if int(row["customer_id"]) in chosen and cents > 0:
                yield int(row["customer_id"]), datetime.date.fromisoformat(row["date"]), cents


def customers_on(end):
    """customer -> (days since last, occasions, cents), ascending."""
    days, money = collections.defaultdict(set), collections.Counter()
    for customer, day, cents in cdnow():
        if day <= end:
            days[customer].add(day)
            money[customer] += cents
    return {customer: ((end - max(days[customer])).days, len(days[customer]), money[customer]) for customer in sorted(days)}


def write_cdnow():
    end, before = datetime.date(1998, 6, 30), datetime.date(1997, 9, 30)
    later, earlier = customers_on(end), customers_on(before)
    codes = dict(zip(later, scores(list(zip(*later.values())))))
    codes_before = dict(zip(earlier, scores(list(zip(*earlier.values())))))
    rows = []
    for code in itertools.product(range(1, 6), repeat=3):
        mine = [later[customer] for customer in later if codes[customer] == code]
        rows.append([*code, segment(*code), len(mine), sum(customer[2] for customer in mine)])
    write("cdnow_codes.csv", ["r", "f", "m", "segment", "customers", "cents"], rows)
    rows = []
    for name in ORDER:
        mine = [later[customer] for customer in later if segment(*codes[customer]) == name]
        rows.append([name, len(mine), *(sum(customer[i] for customer in mine) for i in (2, 0, 1))])
    write("cdnow_segments.csv", ["segment", "customers", "cents", "days_since_last", "occasions"], rows)
    moves = collections.Counter()
    for customer in sorted(set(later) | set(earlier)):
        name = segment(*codes_before[customer]) if customer in codes_before else ""
        moves[name, segment(*codes[customer]) if customer in codes else ""] += 1
    names = [*ORDER, ""]
    write("cdnow_moves.csv", ["from", "to", "customers"], [[a, b, moves[a, b]] for a in names for b in names])


# --- concentration ----------------------------------------------------------------------------------------------------------------


def gini(values):
    """The coefficient and the sum of squared influences over n squared, by all pairs."""
    n, total = len(values), sum(values)
    apart = [sum(abs(a - b) for b in values) for a in values]
    pairs = sum(apart)
    coefficient = pairs / (2 * n * total)
    slopes = [apart[i] / (n * total) - pairs * values[i] / (2 * n * total**2) - pairs / (2 * n**2 * total) for i in range(n)]
    return coefficient, sum(slope**2 for slope in slopes)


def lorenz(values, weights, p):
    """Share of value of the poorest share p of the weight; values ascend."""
    left, share = p * sum(weights), Fraction(0)
    for value, weight in zip(values, weights):
        taken = min(left, weight)
        share += taken * value
        left -= taken
    return share / sum(value * weight for value, weight in zip(values, weights))


def lorenz_with_error(values, p):
    values, n, step = sorted(values), len(values), Fraction(1, 10**40)
    ones = [Fraction(1)] * n
    share = lorenz(values, ones, p)
    if (p * n).denominator == 1 and 0 < p < 1:
        return share, None
    slopes = [(lorenz(values, ones[:i] + [1 + step] + ones[i + 1:], p) - share) / step for i in range(n)]
    return share, sum(slope**2 for slope in slopes)


def write_concentration():
    draw = random.Random(1912)
    lists = {
        "one": [5],
        "equal": [3, 3, 3, 3],
        "one_brings_all": [0, 0, 0, 0, 10],
        "two": [1, 3],
        "ten": list(range(1, 11)),
        "ties": [1, 1, 1, 2, 2, 8, 8, 40],
        "zeros": [0, 0, 0, 1, 2, 3, 4],
        "prices": [Fraction(draw.randrange(50, 20000), 100) for _ in range(45)],
        "pareto": [Fraction(int(1000 * draw.paretovariate(1.2)), 100) for _ in range(80)],
        "wide": [Fraction(draw.randrange(1, 1000)) * 10 ** draw.randrange(12) for _ in range(33)],
    }
    points = [Fraction(0), Fraction(1, 10), Fraction(1, 5), Fraction(37, 100), Fraction(1, 2), Fraction(4, 5), Fraction(95, 100),
              Fraction(1)]
    rows = []
    for name, exact in lists.items():
        values = [Fraction(float(value)) for value in exact]  # the doubles, exactly
        written = " ".join(repr(float(value)) for value in values)
        coefficient, squares = gini(values)
        rows.append([name, written, "gini", "", text(coefficient), root(squares) if len(values) > 1 else ""])
        for p in points:
            share, squares = lorenz_with_error(values, p)
            blank = squares is None or len(values) < 2
            rows.append([name, written, "lorenz", repr(float(p)), text(share), "" if blank else root(max(squares, Fraction(0)))])
    write("concentration.csv", ["dataset", "values", "figure", "p", "value", "standard_error"], rows)


if __name__ == "__main__":
    write_scores()
    write_cdnow()
    write_concentration()
