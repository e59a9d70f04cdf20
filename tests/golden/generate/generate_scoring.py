"""Writes tests/golden/scoring/ but for scoring.csv, an oracle: scores and outcomes of a made-up shop, and all figures of them.

    python tests/golden/generate/generate_scoring.py

customers.csv    score, other, outcome, weight
measures.csv     by case (which score, weights, level, groups): the report
points.csv       by case: the curves
comparisons.csv  by case: what the second score gains on the first
values.csv       before, after (blank: fewer): values of which the drift is asked
drift.csv        by bins: index, p-value; and the bins of each, one row a bin

Plain Python from the definitions: AUC by looking at every pair, DeLong's variance from the customers' own shares, the recalibrated
probability as the largest of least means (no pooling), slopes by Newton's method with 40 digits.
"""

import csv
import math
import pathlib
import random
from fractions import Fraction

from generate_intervals import student
from generate_survey import wilson
from mpmath import erfinv, exp, gammainc, log, mp, mpf, nstr, sqrt

HERE = pathlib.Path(__file__).resolve().parent.parent / "scoring"
mp.dps = 40
CASES = [("score", 0, mpf("0.95"), 10), ("score", 1, mpf("0.9"), 4), ("other", 0, mpf("0.99"), 10), ("rank", 1, mpf("0.95"), 10)]


def make():
    draw = random.Random(1950)
    rows = []
    for _ in range(80):
        true = draw.betavariate(1.2, 2.0)
        score = Fraction(min(99, max(1, round(100 * (0.7 * true + 0.3 * draw.random())))), 100)
        other = Fraction(min(99, max(1, round(20 * (0.4 * true + 0.6 * draw.random())) * 5)), 100)
        rows.append({"score": score, "other": other, "outcome": int(draw.random() < true), "weight": draw.choice((Fraction(0), Fraction(1), Fraction(1), Fraction(2), Fraction(5, 2))),
                     "rank": Fraction(draw.randrange(-40, 40), 4)})
    return rows


def number(x):
    return mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpf(x)


def normal(level):
    return sqrt(mpf(2)) * erfinv(level)


def shares(rows):
    """Of each customer, the share of the other outcome that lies on the right side."""
    n = [sum(w for _, y, w in rows if y == side) for side in (0, 1)]
    out = []
    for s, y, _ in rows:
        right = sum((w * (1 if (s > t) == bool(y) else 0) if s != t else w / 2) for t, z, w in rows if z != y)
        out.append(right / n[1 - y])
    return out, n


def auc(rows):
    own, n = shares(rows)
    value = sum(w * v for (_, y, w), v in zip(rows, own) if y) / n[1]
    variance = sum(sum(w * (v - value) ** 2 for (_, y, w), v in zip(rows, own) if y == side) / (n[side] - 1) / n[side] for side in (0, 1))
    return value, variance


def recalibrated(rows):
    """Largest over a <= s of the least over b >= s of the share between them."""
    levels = sorted({s for s, _, _ in rows})
    positives = [sum(w for t, y, w in rows if t == s and y) for s in levels]
    customers = [sum(w for t, _, w in rows if t == s) for s in levels]

    def share(a, b):
        return sum(positives[a : b + 1]) / sum(customers[a : b + 1])

    return {s: max(min(share(a, b) for b in range(k, len(levels))) for a in range(k + 1)) for k, s in enumerate(levels)}


def mean_limits(values, weights, level):
    """Mean, and Student's limits."""
    n = sum(weights)
    mean = sum(v * w for v, w in zip(values, weights)) / n
    squares = sum(w * (v - mean) ** 2 for v, w in zip(values, weights))
    reach = student(level, number(n) - 1) * sqrt(squares / number(n) / (number(n) - 1))
    return mean, mean - reach, mean + reach


def logistic(rows):
    a, b = mpf(0), mpf(1)
    points = [(log(number(s) / (1 - number(s))), y, number(w)) for s, y, w in rows]
    for _ in range(60):
        g0 = g1 = h0 = h1 = h2 = mpf(0)
        for x, y, w in points:
            p = 1 / (1 + exp(-a - b * x))
            g0, g1 = g0 + w * (y - p), g1 + w * (y - p) * x
            v = w * p * (1 - p)
            h0, h1, h2 = h0 + v, h1 + v * x, h2 + v * x * x
        d = h0 * h2 - h1 * h1
        a, b = a + (h2 * g0 - h1 * g1) / d, b + (h0 * g1 - h1 * g0) / d
    return a, sqrt(h2 / d), b, sqrt(h0 / d)


def calibration_error(rows, groups):
    total = sum(w for _, _, w in rows)
    gaps = {}
    for s, y, w in rows:
        less = sum(v for t, _, v in rows if t < s)
        equal = sum(v for t, _, v in rows if t == s)
        group = math.floor(groups * (less + equal / 2) / total)
        gaps[group] = gaps.get(group, 0) + w * (s - y)
    return sum(abs(gap) for gap in gaps.values()) / total


def measures(rows, level, groups):
    z, n = normal(level), sum(w for _, _, w in rows)
    positives = sum(w for _, y, w in rows if y)
    p = positives / n
    low, high = wilson(positives, n, level)
    area, variance = auc(rows)
    error = sqrt(number(variance))
    reach = z * error / number(area * (1 - area))
    logit = log(number(area) / (1 - number(area)))
    precision = sum(w * sum(v for t, z_, v in rows if t >= s and z_) / sum(v for t, _, v in rows if t >= s) for s, y, w in rows if y) / positives
    out = [n, positives, p, low, high, area, error, 1 / (1 + exp(reach - logit)), 1 / (1 + exp(-reach - logit)), precision]
    others = n - positives
    apart = {s: abs(sum(w for t, y, w in rows if t >= s and y) / positives - sum(w for t, y, w in rows if t >= s and not y) / others) for s, _, _ in rows}
    order = [2 * area - 1, max(apart.values()), max(s for s, distance in apart.items() if distance == max(apart.values()))]
    if any(not 0 <= s <= 1 for s, _, _ in rows):
        return [*out, *([None] * 15), *order]
    weights = [number(w) for _, _, w in rows]
    brier = mean_limits([number((s - y) ** 2) for s, y, _ in rows], weights, level)
    loss = mean_limits([-log(number(s if y else 1 - s)) for s, y, _ in rows], weights, level)
    best = recalibrated(rows)
    after = sum(w * (best[s] - y) ** 2 for s, y, w in rows) / n
    return [*out, sum(w * s for s, _, w in rows) / n, brier[0], max(mpf(0), brier[1]), min(mpf(1), brier[2]), p * (1 - p), p * (1 - p) - after,
            sum(w * (s - y) ** 2 for s, y, w in rows) / n - after, loss[0], max(mpf(0), loss[1]), loss[2], calibration_error(rows, groups), *logistic(rows), *order]


def points(rows):
    best = recalibrated(rows)
    all_positives = sum(w for _, y, w in rows if y)
    others = sum(w for _, y, w in rows if not y)
    for s in sorted(best, reverse=True):
        selected = sum(w for t, _, w in rows if t >= s)
        found = sum(w for t, y, w in rows if t >= s and y)
        yield [s, selected, found, found / selected, found / all_positives, (selected - found) / others, best[s]]


def compare(one, other, level):
    (a, _), (b, _) = auc(one), auc(other)
    (own, n), (theirs, _) = shares(one), shares(other)
    gain = b - a
    variance = sum(sum(w * (v - u - gain) ** 2 for (_, y, w), u, v in zip(one, own, theirs) if y == side) / (n[side] - 1) / n[side] for side in (0, 1))
    error = sqrt(number(variance))
    z = normal(level)
    p = gammainc(mpf(1) / 2, (number(gain) / error) ** 2 / 2, regularized=True)
    brier = mean_limits([number((s - y) ** 2 - (t - y) ** 2) for (s, y, _), (t, _, _) in zip(one, other)], [number(w) for _, _, w in one], level)
    return [a, b, gain, error, gain - z * error, gain + z * error, p, *brier]


def drift(before, after, bins):
    ordered = sorted(before)
    edges, begin = [], 0
    for b in range(1, bins + 1):
        end = len(ordered) if b == bins else math.floor(Fraction(len(ordered) * b, bins) + Fraction(1, 2))
        if end <= begin or begin >= len(ordered):
            continue
        while end < len(ordered) and ordered[end] == ordered[end - 1]:
            end += 1
        edges.append(ordered[end - 1])
        begin = end
    edges[-1] = math.inf

    def counted(values):
        numbers = [0] * len(edges)
        for value in values:
            numbers[next(i for i, edge in enumerate(edges) if value <= edge)] += 1
        return [(Fraction(number) + Fraction(1, 2)) / (len(values) + Fraction(len(edges), 2)) for number in numbers]

    p, q = counted(before), counted(after)
    psi = sum(number(b - a) * log(number(b) / number(a)) for a, b in zip(p, q))
    scale = mpf(1) / len(before) + mpf(1) / len(after)
    return psi, gammainc(mpf(len(edges) - 1) / 2, psi / scale / 2, regularized=True), edges, p, q


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows([["" if cell is None else nstr(number(cell), 20) if isinstance(cell, (Fraction, mpf)) else cell for cell in row] for row in rows])


def main():
    rows = make()
    write("customers.csv", list(rows[0]), [list(row.values()) for row in rows])
    reports, curves = [], []
    for name, weights, level, groups in CASES:
        mine = [(row[name], row["outcome"], row["weight"] if weights else Fraction(1)) for row in rows if not weights or row["weight"]]
        case = [name, weights, level, groups]
        reports.append([*case, *measures(mine, level, groups)])
        curves += [[*case, *point] for point in points(mine)]
    head = ["score_column", "weights", "level", "groups"]
    write("measures.csv", [*head, "customers", "positives", "prevalence", "prevalence_low", "prevalence_high", "auc", "auc_error", "auc_low", "auc_high",
                           "average_precision", "mean_score", "brier", "brier_low", "brier_high", "uncertainty", "discrimination", "miscalibration", "log_loss",
                           "log_loss_low", "log_loss_high", "calibration_error", "intercept", "intercept_error", "slope", "slope_error", "gini", "ks", "ks_score"], reports)
    write("points.csv", [*head, "score", "selected", "positives", "precision", "recall", "fallout", "expected"], curves)
    pairs = []
    for weights, level in ((0, mpf("0.95")), (1, mpf("0.8"))):
        kept = [row for row in rows if not weights or row["weight"]]
        one, other = ([(row[name], row["outcome"], row["weight"] if weights else Fraction(1)) for row in kept] for name in ("score", "other"))
        pairs.append([weights, level, *compare(other, one, level)])
    write("comparisons.csv", ["weights", "level", "first_auc", "second_auc", "auc_gain", "auc_error", "auc_low", "auc_high", "auc_p_value", "brier_gain", "brier_low",
                              "brier_high"], pairs)
    draw = random.Random(2020)
    before, after = [draw.randrange(0, 60) for _ in range(300)], [draw.randrange(0, 50) + draw.randrange(0, 20) for _ in range(200)]
    write("values.csv", ["before", "after"], [[value, after[i] if i < len(after) else None] for i, value in enumerate(before)])
    found = []
    for bins in (2, 5, 10, 100):
        psi, p, edges, shares_before, shares_after = drift(before, after, bins)
        found += [[bins, len(edges), psi, p, edge if edge < math.inf else "inf", a, b] for edge, a, b in zip(edges, shares_before, shares_after)]
    write("drift.csv", ["bins", "used", "psi", "p_value", "edge", "before_share", "after_share"], found)


if __name__ == "__main__":
    main()
