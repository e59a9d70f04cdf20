"""Writes tests/golden/repeat/regularity.csv: how regular the customers of CDNOW are, after Wheat & Morrison 1990.

    python tests/golden/generate/generate_regularity.py

Exact: the shares of gaps are fractions, and so are the estimate and the square of its standard error. Pairs of gaps are counted back from
a customer's last gap and do not overlap. A purchase of value 0 makes no occasion; purchases of one day are one.
"""

import csv
import datetime
import fractions
import gzip
import pathlib

from mpmath import mp

mp.dps = 40
GOLDEN = pathlib.Path(__file__).resolve().parent.parent
NORMAL = mp.sqrt(2) * mp.erfinv(mp.mpf("0.95"))


def occasions(sample):
    days = {}
    with gzip.open(GOLDEN.parent.parent / "examples/data/cdnow.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if (sample is None or int(row["customer_id"]) in sample) and float(row["dollars"]) > 0:
                days.setdefault(row["customer_id"], set()).add(datetime.date.fromisoformat(row["date"]).toordinal())
    return [sorted(days[customer]) for customer in sorted(days, key=int)]


def estimate(customers, end):
    residuals, total, pairs = [], fractions.Fraction(0), 0
    for days in customers:
        days = [day for day in days if day <= end]
        gaps = [b - a for a, b in zip(days, days[1:])]
        own = [(fractions.Fraction(gaps[i - 1], gaps[i - 1] + gaps[i]) - fractions.Fraction(1, 2)) ** 2 for i in range(len(gaps) - 1, 0, -2)]
        if own:
            residuals.append((sum(own), len(own)))
            total, pairs = total + sum(own), pairs + len(own)
    v, n = total / pairs, len(residuals)
    k = (1 - 4 * v) / (8 * v)
    square = sum((s - v * m) ** 2 for s, m in residuals) * fractions.Fraction(n, n - 1) / pairs**2 / (8 * v * v) ** 2
    error = mp.sqrt(mp.mpf(square.numerator) / square.denominator)
    exact = mp.mpf(k.numerator) / k.denominator
    spread = mp.exp(NORMAL * error / exact)
    return [n, pairs, mp.mpf(v.numerator) / v.denominator, exact, error, exact / spread, exact * spread]


def main():
    with open(GOLDEN / "orders/cdnow_sample_ids.csv") as file:
        sample = {int(row["customer_id"]) for row in csv.DictReader(file)}
    with open(GOLDEN / "repeat/regularity.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow("log end customers pairs variance k standard_error low high".split())
        for name, chosen in (("sample", sample),):
            customers = occasions(chosen)
            for end in ("1997-09-30", "1998-06-30"):
                last = datetime.date.fromisoformat(end)
                found = estimate(customers, last.toordinal())
                out.writerow([name, (last - datetime.date(1970, 1, 1)).days, *found[:2], *(mp.nstr(x, 20) for x in found[2:])])


if __name__ == "__main__":
    main()
