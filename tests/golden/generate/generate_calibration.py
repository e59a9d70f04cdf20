"""Writes tests/golden/calibration/: scores and outcomes of a made-up shop, and what calibrations make of them.

    python tests/golden/generate/generate_calibration.py

customers.csv      risk (a probability), days (any score), flat (a probability that means nothing near 0),
                   against (the wrong way round), outcome, weight
fits.csv           by case (kind, score column, weights, plain, level): parameters, standard errors, limits, log likelihood
probabilities.csv  by case: scores, their probabilities and limits
knots.csv          by case: isotonic calibration
reliability.csv    by case: the curve at probabilities between the knots
bins.csv           by case: the reliability diagram

Plain Python from the definitions: Newton's method with 40 digits on the features as they are; of beta calibration for each set of
parameters that may be held at 0, of which the one stays that breaks no condition of a maximum; isotonic probabilities as the largest
of least means.
"""

import csv
import itertools
import pathlib
import random
from fractions import Fraction

from generate_scoring import normal, number, recalibrated
from generate_survey import wilson
from mpmath import exp, log, matrix, mp, mpf, nstr, sqrt

HERE = pathlib.Path(__file__).resolve().parent.parent / "calibration"
mp.dps = 40
NAN = mpf("nan")
FITS = [
    ("platt", "risk", 0, 0, "0.95"), ("platt", "risk", 1, 0, "0.9"), ("platt", "days", 0, 0, "0.95"), ("platt", "days", 1, 1, "0.99"),
    ("beta", "risk", 0, 0, "0.95"), ("beta", "risk", 1, 0, "0.8"), ("beta", "flat", 0, 0, "0.95"), ("beta", "against", 0, 0, "0.95"),
]


def make():
    draw = random.Random(1999)
    rows = []
    for _ in range(90):
        true = draw.betavariate(1.1, 1.6)
        risk = Fraction(min(98, max(2, round(100 * (0.8 * true + 0.2 * draw.random())))), 100)
        rows.append({
            "risk": risk,
            "days": Fraction(round(4000 * (0.6 * true + 0.4 * draw.random())), 8),
            "flat": Fraction(round(1000 * true), 1000) if true > 0.6 else Fraction(draw.randrange(1, 60) * draw.randrange(1, 8), 1000),
            "against": 1 - Fraction(round(900 * float(risk) + 40 * draw.random()), 1000),
            "outcome": int(draw.random() < true),
            "weight": draw.choice((Fraction(0), Fraction(1), Fraction(1), Fraction(2), Fraction(5, 2))),
        })
    return rows


def features(kind, score):
    s = number(score)
    return [s, mpf(1)] if kind == "platt" else [log(s), -log(1 - s), mpf(1)]


def solve(points, free, k):
    """Coefficients, those not free being 0; and the inverse of the information."""
    beta = [mpf(0)] * k
    for _ in range(25):
        gradient, information = matrix(len(free), 1), matrix(len(free), len(free))
        for x, target, w in points:
            p = 1 / (1 + exp(-sum(b * v for b, v in zip(beta, x))))
            for a, i in enumerate(free):
                gradient[a] += w * (target - p) * x[i]
                for b, j in enumerate(free):
                    information[a, b] += w * p * (1 - p) * x[i] * x[j]
        move = mp.lu_solve(information, gradient)
        for a, i in enumerate(free):
            beta[i] += move[a]
    slope = [sum(w * (target - 1 / (1 + exp(-sum(b * v for b, v in zip(beta, x))))) * x[i] for x, target, w in points) for i in range(k)]
    return beta, information**-1, slope


def likelihood(points, beta):
    return sum(w * log(1 / (1 + exp((-1 if y else 1) * sum(b * v for b, v in zip(beta, x))))) for x, y, w in points)


def fit(kind, rows, plain):
    """a, b, c, their covariance, log L of the outcomes."""
    n1, n0 = (sum(number(w) for _, y, w in rows if y == side) for side in (1, 0))
    targets = (mpf(0), mpf(1)) if kind == "beta" or plain else (1 / (n0 + 2), (n1 + 1) / (n1 + 2))
    points = [(features(kind, s), targets[y], number(w)) for s, y, w in rows]
    k = len(points[0][0])
    if kind == "platt":
        beta, inverse, _ = solve(points, [0, 1], k)
        free = [0, 1]
    else:
        for held in itertools.chain.from_iterable(itertools.combinations((0, 1), r) for r in range(3)):
            free = [i for i in range(3) if i not in held]
            beta, inverse, slope = solve(points, free, k)
            if all(beta[i] >= 0 for i in (0, 1)) and all(slope[i] <= 0 for i in held):
                break
        else:
            raise ValueError("no maximum")
    place = {0: 0, k - 1: 2} if kind == "platt" else {0: 0, 1: 1, 2: 2}
    parameters, covariance = [mpf(0)] * 3, [[mpf(0)] * 3 for _ in range(3)]
    for i, at in place.items():
        parameters[at] = beta[i]
        for j, other in place.items():
            if i in free and j in free:
                covariance[at][other] = inverse[free.index(i), free.index(j)]
    return parameters, covariance, likelihood([(features(kind, s), y, number(w)) for s, y, w in rows], beta)


def share(x):
    return 1 / (1 + exp(-x))


def knots(rows):
    best = recalibrated(rows)
    scores = sorted(best)
    for i, s in enumerate(scores):
        if i in (0, len(scores) - 1) or best[scores[i - 1]] != best[s] or best[scores[i + 1]] != best[s]:
            yield s, best[s]


def curve(points, x):
    if x < points[0][0] or x > points[-1][0]:
        return NAN
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[0][1]


def bins(rows, count, level):
    total = sum(w for _, _, w in rows)
    mine = {}
    for s, y, w in rows:
        less = sum(v for t, _, v in rows if t < s)
        equal = sum(v for t, _, v in rows if t == s)
        mine.setdefault(int(count * (less + equal / 2) / total), []).append((s, y, w))
    for b in range(count):
        here = mine.get(b, [])
        n, hits = sum(w for _, _, w in here), sum(w for _, y, w in here if y)
        if not n:
            yield [b, 0, 0, NAN, NAN, NAN, NAN]
            continue
        yield [b, n, hits, sum(w * s for s, _, w in here) / n, Fraction(hits) / n, *wilson(Fraction(hits), Fraction(n), level)]


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows([["" if isinstance(cell, mpf) and mp.isnan(cell) else nstr(number(cell), 20) if isinstance(cell, (Fraction, mpf)) else cell for cell in row] for row in rows])


def main():
    rows = make()
    write("customers.csv", list(rows[0]), [list(row.values()) for row in rows])

    def chosen(name, weights):
        return [(row[name], row["outcome"], row["weight"] if weights else Fraction(1)) for row in rows if not weights or row["weight"]]

    fits, said = [], []
    for kind, name, weights, plain, level in FITS:
        case = [kind, name, weights, plain, level]
        parameters, covariance, value = fit(kind, chosen(name, weights), plain)
        z = normal(mpf(level))
        errors = [sqrt(covariance[i][i]) for i in range(3)]
        fits.append([*case, *parameters, *errors, *(p - z * e for p, e in zip(parameters, errors)), *(p + z * e for p, e in zip(parameters, errors)),
                     *(covariance[i][j] for i, j in ((0, 1), (0, 2), (1, 2))), value])
        for score in (Fraction(1, 50), Fraction(1, 4), Fraction(1, 2), Fraction(9, 10), *([] if kind == "beta" else [Fraction(400), Fraction(-35)])):
            x = [number(score), mpf(0), mpf(1)] if kind == "platt" else features(kind, score)
            logit = sum(p * v for p, v in zip(parameters, x))
            reach = z * sqrt(sum(x[i] * covariance[i][j] * x[j] for i in range(3) for j in range(3)))
            said.append([*case, score, share(logit), share(logit - reach), share(logit + reach)])
    head = ["kind", "score_column", "weights", "plain", "level"]
    write("fits.csv", [*head, "a", "b", "c", *(f"{what}_{p}" for what in ("error", "low", "high") for p in "abc"), "cov_ab", "cov_ac", "cov_bc", "log_likelihood"], fits)
    write("probabilities.csv", [*head, "score", "probability", "low", "high"], said)
    cases = [("risk", 0), ("risk", 1), ("days", 0), ("days", 1)]
    write("knots.csv", ["score_column", "weights", "score", "probability"], [[*case, *knot] for case in cases for knot in knots(chosen(*case))])
    asked = [Fraction(i, 16) for i in range(17)] + [Fraction(33, 100)]
    curves = []
    for name, weights in (("risk", 0), ("risk", 1), ("flat", 0)):
        points = list(knots(chosen(name, weights)))
        curves += [[name, weights, x, curve(points, x)] for x in asked]
    write("reliability.csv", ["score_column", "weights", "at", "expected"], curves)
    write("bins.csv", ["score_column", "weights", "bins", "level", "bin", "customers", "positives", "mean_score", "share", "low", "high"],
          [[name, weights, count, level, *found] for name, weights, count, level in (("risk", 0, 10, "0.95"), ("days", 1, 7, "0.9"), ("flat", 1, 100, "0.95"))
           for found in bins(chosen(name, weights), count, mpf(level))])


if __name__ == "__main__":
    main()
