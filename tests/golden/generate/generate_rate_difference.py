"""Writes tests/golden/rate/difference.csv: Newcombe's interval and the pooled score test for pairs of counts.

    python tests/golden/generate/generate_rate_difference.py

Needs mpmath, and statsmodels to check what is written against. Everything is computed with 60 digits from the published formulas:
both Wilson limits as roots of their quadratic, Newcombe's method 10 as the root of a sum of squares of plain differences, z with the
pooled rate, P by the complementary error function. Blank: not defined.
"""

import csv
import pathlib

import mpmath as mp

HERE = pathlib.Path(__file__).resolve().parent.parent
mp.mp.dps = 60

PUBLISHED = [(56, 70, 48, 80), (9, 10, 3, 10), (6, 7, 2, 7), (5, 56, 0, 29), (0, 10, 0, 20), (0, 10, 0, 10), (10, 10, 0, 20), (10, 10, 0, 10)]
MORE = [
    (1, 2, 1, 2), (0, 1, 1, 1), (1, 1, 0, 1), (1, 1, 1, 1), (0, 1, 0, 7), (3, 4, 3, 4), (1, 1000, 2, 1000), (999, 1000, 998, 1000),
    (123456, 1000000, 123556, 1000000), (333333333, 1000000000, 333333334, 1000000000), (7, 10**12, 9, 10**12),
    (10**12 - 7, 10**12, 10**12 - 9, 10**12), (5, 9, 5 * 10**8, 9 * 10**8), (2**40, 2**50, 2**40 + 1, 2**50), (17, 31, 12000, 31000),
    (250, 1000, 400, 1000), (0, 100000, 12, 100000), (99990, 100000, 99900, 100000), (12.5, 40, 7.25, 60),
]


def wilson(k, n, z):
    a, b, c = n + z * z, 2 * k + z * z, k * k / n
    root = mp.sqrt(b * b - 4 * a * c)
    return (b - root) / (2 * a), (b + root) / (2 * a)


def row(k1, n1, k2, n2, level):
    a, n, b, m = (mp.mpf(x) for x in (k1, n1, k2, n2))
    z_level = mp.sqrt(2) * mp.erfinv(mp.mpf(level))
    d = a / n - b / m
    (l1, u1), (l2, u2) = wilson(a, n, z_level), wilson(b, m, z_level)
    low, high = d - mp.sqrt((a / n - l1) ** 2 + (u2 - b / m) ** 2), d + mp.sqrt((u1 - a / n) ** 2 + (b / m - l2) ** 2)
    pooled = (a + b) / (n + m)
    spread = mp.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    z = d / spread if spread else None
    p = mp.erfc(abs(z) / mp.sqrt(2)) if spread else None
    return [d, low, high, z, p]


def check(counts, level, values):
    """statsmodels agrees, as far as its subtraction of nearly equal doubles lets it."""
    from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

    k1, n1, k2, n2 = counts
    low, high = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", alpha=1 - level)
    assert abs(low - values[1]) < 1e-7 and abs(high - values[2]) < 1e-7, (counts, low, high, values)
    if values[3] is not None:
        z, p = proportions_ztest([k1, k2], [n1, n2])
        assert abs(z - values[3]) < 1e-4 * max(1, abs(values[3])) and abs(p - values[4]) < 1e-4, (counts, z, p, values)


def main():
    with open(HERE / "rate" / "difference.csv", "w", newline="", encoding="ascii") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow("id,successes_1,trials_1,successes_2,trials_2,level,difference,low,high,z,p_value".split(","))
        for i, (counts, level) in enumerate([(c, level) for c in PUBLISHED + MORE for level in (0.95, 0.5, 0.999)]):
            values = row(*counts, repr(level))
            check(counts, level, values)
            out.writerow([i, *counts, level, *("" if v is None else mp.nstr(v, 20) if v else "0.0" for v in values)])


if __name__ == "__main__":
    main()
