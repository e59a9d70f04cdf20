"""Writes tests/golden/math/intervals.csv: Student quantiles, limits of a difference of two shares of one sample, exact binomial tests.

    python tests/golden/generate/generate_intervals.py

Needs mpmath. Nothing is computed as the library does it: quantiles by bisection of the integrated density, Tango's limits by maximising the multinomial
likelihood at each trial difference numerically, binomial tails by adding up fractions.
"""

import csv
import pathlib
from fractions import Fraction
from math import comb

from mpmath import betainc, erfinv, mp, mpf, nstr, sqrt

HERE = pathlib.Path(__file__).resolve().parent.parent
mp.dps = 40


def bisect(rises_above, low, high):
    """Where a condition that is false below and true above begins to hold."""
    low, high = mpf(low), mpf(high)
    for _ in range(130):
        middle = (low + high) / 2
        low, high = (low, middle) if rises_above(middle) else (middle, high)
    return (low + high) / 2


def student(level, degrees):
    level, degrees = mpf(level), mpf(degrees)
    centre = lambda t: betainc(mpf(1) / 2, degrees / 2, 0, t * t / (degrees + t * t), regularized=True)
    top = mpf(1)
    while centre(top) < level:
        top *= 4
    return bisect(lambda t: centre(t) > level, 0, top)


def likeliest(plus, minus, n, d):
    """The share of `minus` that makes plus, minus and the rest likeliest when the share of `plus` is larger by d."""
    rest = n - plus - minus
    slope = lambda q: ((plus / (q + d) if plus else 0) + (minus / q if minus else 0) - (2 * rest / (1 - 2 * q - d) if rest else 0))
    low, high = max(mpf(0), -d), (1 - d) / 2
    return bisect(lambda q: slope(q) < 0, low, high)


def upper(plus, minus, n, z):
    if plus == n:
        return mpf(1)
    def surprising(d):
        q = likeliest(plus, minus, n, d)
        return n * d - plus + minus > z * sqrt(n * (2 * q + d - d * d))
    return bisect(surprising, mpf(plus - minus) / n, 1)


def paired(plus, minus, n, level):
    z = sqrt(mpf(2)) * erfinv(mpf(level))
    return -upper(minus, plus, n, z), upper(plus, minus, n, z)


def binomial(successes, trials, share):
    p = Fraction(share)
    weight = lambda k: comb(trials, k) * p**k * (1 - p) ** (trials - k)
    below = sum(weight(k) for k in range(successes + 1))
    above = sum(weight(k) for k in range(successes, trials + 1))
    value = min(Fraction(1), 2 * min(below, above))
    return mpf(value.numerator) / value.denominator


def rows():
    for level in (0.5, 0.8, 0.9, 0.95, 0.99, 0.9999):
        for degrees in (1, 2, 3, 4, 5, 10, 29, 30, 100, 1000, 123456):
            yield "student", (level, degrees), student(level, degrees)
    for plus, minus, n in ((0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 2), (2, 0, 3), (0, 0, 10), (10, 0, 10), (0, 10, 10), (5, 5, 10), (7, 1, 10),
                           (1, 0, 44), (12, 2, 50), (14, 0, 30), (21, 9, 54), (30, 30, 100), (60, 15, 100), (500, 200, 1000), (3, 2, 100000)):
        for level in (0.8, 0.95, 0.99):
            low, high = paired(plus, minus, n, level)
            yield "paired_low", (plus, minus, n, level), low
            yield "paired_high", (plus, minus, n, level), high
    for successes, trials, share in ((0, 1, 0.5), (1, 1, 0.5), (0, 5, 0.5), (5, 5, 0.5), (2, 5, 0.5), (1, 8, 0.5), (9, 10, 0.25), (0, 10, 0.25), (3, 12, 0.75),
                                     (40, 60, 0.5), (180, 300, 0.5), (7, 7, 0.015625), (500, 1000, 0.5), (2, 400, 0.0625)):
        yield "binomial", (successes, trials, share), binomial(successes, trials, share)


if __name__ == "__main__":
    with open(HERE / "math/intervals.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["function", "arg1", "arg2", "arg3", "arg4", "value"])
        for name, arguments, value in rows():
            writer.writerow([name, *arguments, *[""] * (4 - len(arguments)), nstr(value, 20)])
