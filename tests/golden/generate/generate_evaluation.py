"""Golden vectors of forecasts beside what came: every figure from its definition, over pairs of customers, in exact fractions.

    python tests/golden/generate/generate_evaluation.py tests/golden/evaluation

A row of weight w is written out as w rows before anything is computed. Square roots and Student's quantiles are mpmath's, with 50 digits.
The limits of rankings and gains come from the derivative of the figure by the weight of each customer, taken of the exact rational
function: the figure is computed again with that customer counted 1 + h and 1 - h times, for an h so small that nothing is lost.
"""

import csv
import pathlib
import random
import sys
from fractions import Fraction

import mpmath

mpmath.mp.dps = 50
H = Fraction(1, 10**20)
SHARES = [Fraction(0), Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(9, 10), Fraction(1)]


def student(level, degrees):
    """t with P(|T| <= t) = level."""
    def tail(t):
        return mpmath.betainc(mpmath.mpf(degrees) / 2, 0.5, 0, degrees / (degrees + t * t), regularized=True) - (1 - level)

    return mpmath.findroot(tail, (1.0, 3.0), solver="anderson", tol=1e-40)


def beats(a, b):
    return Fraction(1) if a > b else Fraction(1, 2) if a == b else Fraction(0)


def number(x):
    if x is None:
        return ""
    return mpmath.nstr(mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x, 25)


# --- figures of weighted rows, as exact fractions (squares where a root is wanted) ---------------------------------------------------


def ranks(values, weights):
    total = sum(weights)
    return [sum(w * beats(v, u) for u, w in zip(values, weights)) / total for v in values]


def gini(expected, actual, weights):
    mean = sum(w * a for w, a in zip(weights, actual))
    if mean == 0:
        return None
    return 2 * sum(w * a * f for w, a, f in zip(weights, actual, ranks(expected, weights))) / mean - 1


def normalised(expected, actual, weights):
    top, bottom = gini(expected, actual, weights), gini(actual, actual, weights)
    return None if not bottom else top / bottom


def spearman(expected, actual, weights):
    half = Fraction(1, 2)
    f, g = ranks(expected, weights), ranks(actual, weights)
    both = sum(w * (a - half) * (b - half) for w, a, b in zip(weights, f, g))
    x = sum(w * (a - half) ** 2 for w, a in zip(weights, f))
    y = sum(w * (b - half) ** 2 for w, b in zip(weights, g))
    return None if x * y == 0 else mpmath.mpf(both.numerator) / both.denominator / mpmath.sqrt(mpmath.mpf((x * y).numerator) / (x * y).denominator)


def capture(expected, actual, weights, share):
    """Linear between customers, tied ones bringing evenly."""
    total = sum(w * a for w, a in zip(weights, actual))
    if total == 0:
        return None
    wanted, taken, brought = share * sum(weights), Fraction(0), Fraction(0)
    for value in sorted(set(expected), reverse=True):
        tied = sum(w for e, w in zip(expected, weights) if e == value)
        money = sum(w * a for e, a, w in zip(expected, actual, weights) if e == value)
        part = min(Fraction(1), (wanted - taken) / tied) if tied else 0
        if part <= 0:
            break
        taken, brought = taken + part * tied, brought + part * money
    return brought / total


def limits(figure, influence, n):
    """figure -+ t sqrt(sum of squares / n / (n - 1))."""
    squares = sum(mpmath.mpf(i) ** 2 if not isinstance(i, Fraction) else mpmath.mpf((i * i).numerator) / (i * i).denominator for i in influence)
    if n < 2 or squares < mpmath.mpf(10) ** -30:
        return None, None
    middle = mpmath.mpf(figure.numerator) / figure.denominator if isinstance(figure, Fraction) else figure
    reach = student(mpmath.mpf(9) / 10, n - 1) * mpmath.sqrt(squares / n / (n - 1))
    return middle - reach, middle + reach


def derivative(function, count):
    """n times the change of a figure by the weight of each customer."""
    result = []
    for i in range(count):
        more, less = [Fraction(1)] * count, [Fraction(1)] * count
        more[i], less[i] = 1 + H, 1 - H
        result.append((function(more) - function(less)) / (2 * H) * count)
    return result


def spearman_derivative(expected, actual, count):
    with mpmath.workdps(100):
        step = mpmath.mpf(10) ** -20
        return [count * (spearman(expected, actual, [1 + H if j == i else Fraction(1) for j in range(count)])
                         - spearman(expected, actual, [1 - H if j == i else Fraction(1) for j in range(count)])) / (2 * step)
                for i in range(count)]


# --- data sets -----------------------------------------------------------------------------------------------------------------------


def datasets():
    draw = random.Random(7)
    for name, rows in (("ties", 40), ("few", 9), ("reversed", 12)):
        expected = [Fraction(draw.randrange(8), 4) for _ in range(rows)]
        actual = [Fraction(draw.choice([0, 0, 0, 1, 1, 2, 3, 7])) for _ in range(rows)]
        if name == "reversed":
            expected = [-a for a in actual]
        yield name, expected, actual, [draw.randrange(3) for _ in range(rows)]
    distinct = list(range(25))
    draw.shuffle(distinct)
    yield "distinct", [Fraction(x, 8) for x in distinct], [Fraction(draw.randrange(100), 4) for _ in distinct], [1] * 25
    yield "alike", [Fraction(1)] * 5, [Fraction(2), Fraction(0), Fraction(1), Fraction(0), Fraction(5)], [1] * 5
    yield "nothing", [Fraction(1), Fraction(2), Fraction(0)], [Fraction(0)] * 3, [1] * 3
    yield "one", [Fraction(1)], [Fraction(3)], [1]


def errors(expected, actual):
    n = len(expected)
    d = [e - a for e, a in zip(expected, actual)]
    found = {"customers": Fraction(n), "expected": sum(expected), "actual": sum(actual)}
    for name, values in (("bias", d), ("mae", [abs(x) for x in d]), ("rmse", [x * x for x in d])):
        mean = sum(values) / n
        low, high = limits(mean, [x - mean for x in values], n)
        if name == "rmse":
            mean = mpmath.sqrt(mpmath.mpf(mean.numerator) / mean.denominator)
            low, high = (None, None) if low is None else (mpmath.sqrt(max(low, 0)), mpmath.sqrt(high))
        if name == "mae" and low is not None:
            low = max(low, mpmath.mpf(0))
        found |= {name: mean, f"{name}_low": low, f"{name}_high": high}
    if sum(actual) > 0:
        ratio = sum(expected) / sum(actual) - 1
        mean = sum(actual) / n
        low, high = limits(ratio, [(x - ratio * a) / mean for x, a in zip(d, actual)], n)
    else:
        ratio = low = high = None
    return found | {"aggregate": ratio, "aggregate_low": low, "aggregate_high": high}


def ranking(expected, actual):
    n, ones = len(expected), [Fraction(1)] * len(expected)
    found = {"gini": gini(expected, actual, ones), "perfect": gini(actual, actual, ones)}
    figure = normalised(expected, actual, ones)
    low = high = None
    if figure is not None:
        low, high = limits(figure, derivative(lambda w: normalised(expected, actual, w), n), n)
    cut = lambda x, least: None if x is None else min(mpmath.mpf(1), max(mpmath.mpf(least), x))
    found |= {"normalised": figure, "normalised_low": cut(low, -1), "normalised_high": cut(high, -1)}
    figure = spearman(expected, actual, ones)
    low = high = None
    if figure is not None:
        low, high = limits(figure, spearman_derivative(expected, actual, n), n)
    return found | {"spearman": figure, "spearman_low": cut(low, -1), "spearman_high": cut(high, -1)}


def groups(expected, actual, number_of_groups):
    n = len(expected)
    f = ranks(expected, [Fraction(1)] * n)
    for g in range(number_of_groups):
        there = [i for i in range(n) if int(f[i] * number_of_groups) == g]
        if not there:
            yield {"group": g, "customers": Fraction(0), "expected": None, "actual": None, "actual_low": None, "actual_high": None,
                   "least": None, "most": None}
            continue
        mean = sum(actual[i] for i in there) / len(there)
        low, high = limits(mean, [actual[i] - mean for i in there], len(there))
        yield {"group": g, "customers": Fraction(len(there)), "expected": sum(expected[i] for i in there) / len(there), "actual": mean,
               "actual_low": low, "actual_high": high, "least": min(expected[i] for i in there),
               "most": max(expected[i] for i in there)}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"rows": [], "figures": [], "gains": [], "groups": []}
    for name, expected, actual, weight in datasets():
        tables["rows"] += [{"dataset": name, "expected": number(e), "actual": number(a), "weight": w}
                           for e, a, w in zip(expected, actual, weight)]
        e = [x for x, w in zip(expected, weight) for _ in range(w)]
        a = [x for x, w in zip(actual, weight) for _ in range(w)]
        figures = errors(e, a) | ranking(e, a)
        tables["figures"] += [{"dataset": name, "figure": figure, "value": number(value)} for figure, value in figures.items()]
        ones = [Fraction(1)] * len(e)
        tables["gains"] += [{"dataset": name, "share": number(p), "capture": number(capture(e, a, ones, p)),
                             "perfect": number(capture(a, a, ones, p))} for p in SHARES]
        tables["groups"] += [{"dataset": name} | {key: number(value) if key != "group" else value for key, value in row.items()}
                             for row in groups(e, a, 4)]
    for name, rows in tables.items():
        with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
