"""Golden vectors of retain/churn_plan.h from the definitions: gaps by integrating over the customer's rate, numbers who leave in exact
fractions, profits in exact fractions. Shares no code with the library.

    python3 tests/golden/generate/generate_churn_plan.py
"""

import csv
import pathlib
import random
from fractions import Fraction

from mpmath import erfinv, exp, gamma, gammainc, inf, mp, mpf, nstr, quad, sqrt

mp.dps = 30
HERE = pathlib.Path(__file__).parents[1] / "churn"
LEAVERS, CUSTOMERS = 60, 60


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([show(x) for x in row] for row in rows)


def show(x):
    if x is None:
        return ""
    if isinstance(x, Fraction):
        return str(x.numerator) if x.denominator == 1 else nstr(mpf(x.numerator) / x.denominator, 20)
    return nstr(x, 20) if isinstance(x, mpf) else x


# --- overdue ---------------------------------------------------------------------------------------------------------------------


def gap_chance(shape, rate, s, k):
    """P(a gap of k ticks >= s), ticks coming at a rate that is Gamma(shape, rate): by integration over u = rate * lambda."""
    if s == 0:
        return mpf(1)
    spread = sqrt(shape) + 1
    points = sorted({mpf(0), *(max(mpf(0), shape + spread * c) for c in (-8, -3, 0, 3, 8, 20)), shape + 60 * spread})
    part = lambda u: u ** (shape - 1) * exp(-u) / gamma(shape) * gammainc(k, u * s / rate, inf, regularized=True)
    return quad(part, points)


def overdue():
    rnd = random.Random(4)
    cases = [(1, 1, 0, 0, 10), (1, 1, 0, 0, 0), (4, 1, 3, 40, 40), (3, 1, 25, 30, 60), (2, 1, 2, 12, 200), (7, 1, 1, 5, 9), (6, 2, 4, 40, 52), (6, 3, 12, 60, 66),
             (5, 5, 20, 50, 60), (6, 8, 3, 30, 31), (6, 2, 0, 0, 30), (6, 4, 0, 0, 0)]
    for family, k, x, t_x, T in cases:
        r, alpha = Fraction(rnd.randint(20, 300), 100), Fraction(rnd.randint(100, 2000), 100)
        shape, rate = mpf(float(r)) + k * x, mpf(float(alpha)) + t_x
        yield family, k, float(r), float(alpha), x, t_x, T, gap_chance(mpf(r.numerator) / r.denominator + k * x, mpf(alpha.numerator) / alpha.denominator + t_x, mpf(T - t_x), k)
    for x, t_x, T in ((0, 0, 6), (3, 5, 6), (5, 6, 6), (1, 2, 40), (0, 0, 0)):
        alpha, beta = Fraction(rnd.randint(20, 300), 100), Fraction(rnd.randint(20, 300), 100)
        p = Fraction(1)
        for i in range(T - t_x):
            p *= (beta + t_x - x + i) / (alpha + beta + t_x + i)
        yield 8, 1, float(alpha), float(beta), x, t_x, T, p


# --- how many leave --------------------------------------------------------------------------------------------------------------


def limits(risks, level):
    p = [Fraction(1)]
    for r in risks:
        p = [(p[n] if n < len(p) else 0) * (1 - r) + (p[n - 1] * r if n else 0) for n in range(len(p) + 1)]
    found = []
    for share in ((1 - level) / 2, (1 + level) / 2):
        total = Fraction(0)
        for n, mass in enumerate(p):
            total += mass
            if total >= share:
                found.append(n)
                break
    return found


# --- profit ----------------------------------------------------------------------------------------------------------------------


def gain(p, value, cost, incentive, effect):
    return p * effect * (value - incentive) - (1 - p) * incentive - cost


def curve(customers, offer, which, level):
    """One point a distinct score, the largest first."""
    cost, incentive, effect = offer
    z = sqrt(mpf(2)) * erfinv(mpf(level.numerator) / level.denominator)
    n = len(customers)
    for score in sorted({c["score"] for c in customers}, reverse=True):
        top = [c for c in customers if c["score"] >= score]
        gains = [gain(c[which], c["value"], cost, incentive, effect) for c in top]
        profit = sum(gains)
        if which == "left":
            variance = (sum(g * g for g in gains) - profit * profit / n) * Fraction(n, n - 1)
        else:
            variance = sum(c["risk"] * (1 - c["risk"]) * (effect * c["value"] + (1 - effect) * incentive) ** 2 for c in top)
        half = z * sqrt(mpf(variance.numerator) / variance.denominator)
        spent = sum(cost + incentive * (c[which] * effect + 1 - c[which]) for c in top)
        real = mpf(profit.numerator) / profit.denominator
        yield score, len(top), spent, profit, real - half, real + half


if __name__ == "__main__":
    write("overdue.csv", ["family", "k", "first", "second", "x", "t_x", "T", "p_value"], overdue())
    rnd = random.Random(9)
    customers = [{"score": Fraction(rnd.randint(0, 24), 25), "risk": Fraction(rnd.randint(0, 64), 64), "left": Fraction(0), "value": Fraction(rnd.randint(-20, 4000), 8)}
                 for _ in range(CUSTOMERS)]
    for c in customers:
        c["left"] = Fraction(int(rnd.random() < c["score"]))
    write("customers.csv", list(customers[0]), [c.values() for c in customers])
    rows = []
    for level in (Fraction(1, 2), Fraction(19, 20), Fraction(99, 100)):
        for count in (0, 1, 2, 10, LEAVERS):
            risks = [c["risk"] for c in customers[:count]]
            rows.append([count, level, sum(risks, Fraction(0)), *limits(risks, level)])
    write("lost.csv", ["count", "level", "expected", "low", "high"], rows)
    offers = [(Fraction(2), Fraction(0), Fraction(1, 8)), (Fraction(1, 2), Fraction(5), Fraction(1, 4)), (Fraction(900), Fraction(0), Fraction(1, 2))]
    write("gains.csv", ["offer", "cost", "incentive", "effect", "row", "gain", "threshold"], (
        [at, *offer, i, gain(c["risk"], c["value"], *offer), (offer[0] + offer[1]) / stake if (stake := offer[2] * c["value"] + (1 - offer[2]) * offer[1]) > 0 else "inf"]
        for at, offer in enumerate(offers) for i, c in enumerate(customers)))
    write("profit.csv", ["offer", "cost_of_contact", "incentive", "effect", "which", "score", "customers", "cost", "profit", "low", "high"], (
        [at, *offer, which, *point] for at, offer in enumerate(offers) for which in ("left", "risk") for point in curve(customers, offer, which, Fraction(9, 10))))
