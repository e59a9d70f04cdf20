"""Golden vectors of shocks common to all customers: tests/golden/evaluation/shocks.csv.

    python tests/golden/generate/generate_shocks.py tests/golden/evaluation

From the definitions, with mpmath at 40 digits: tau^2 where Q is its expectation, its limits where Q is a quantile of chi-squared (both by
bisection, where the library takes Newton's steps), the weighted mean with Student's limits, and the band of a new period. Up to eight periods a
row; what there is not is left empty.
"""

import csv
import pathlib
import random
import sys

from mpmath import betainc, exp, findroot, gammainc, log1p, mp, mpf, nstr, sqrt

mp.dps = 40


def bisect(f, low, high):
    """A root of an increasing f."""
    for _ in range(400):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) < 0 else (low, middle)
    return (low + high) / 2


def chi_squared(tail, degrees):
    return bisect(lambda x: tail - gammainc(mpf(degrees) / 2, x / 2, regularized=True), mpf(0), mpf(degrees) * 100 + 1000)


def student(level, degrees):
    return findroot(lambda t: betainc(mpf(degrees) / 2, 0.5, 0, degrees / (degrees + t * t), regularized=True) - (1 - level), (1.0, 3.0), solver="anderson", tol=1e-35)


def figures(expected, actual, variance, level, unbiased):
    y = [mpf(a) / e for a, e in zip(actual, expected)]
    v = [mpf(u) / mpf(e) ** 2 for u, e in zip(variance, expected)]
    degrees = len(y) - (0 if unbiased else 1)

    def weighed(t):
        w = [1 / (x + t) for x in v]
        mean = mpf(1) if unbiased else sum(a * b for a, b in zip(w, y)) / sum(w)
        return mean, sum(w), sum(a * (b - mean) ** 2 for a, b in zip(w, y))

    def solve(goal):
        if weighed(mpf(0))[2] <= goal:
            return mpf(0)
        top = mpf(1)
        while weighed(top)[2] > goal:
            top *= 4
        return bisect(lambda t: goal - weighed(t)[2], mpf(0), top)

    outside = (1 - mpf(level)) / 2
    t = solve(mpf(degrees))
    mean, weight, _ = weighed(t)
    error = mpf(0) if unbiased else 1 / sqrt(weight)
    q = weighed(mpf(0))[2]
    reach = student(mpf(level), degrees) * error
    return dict(
        degrees=degrees,
        tau=sqrt(t),
        tau_low=sqrt(solve(chi_squared(outside, degrees))),
        tau_high=sqrt(solve(chi_squared(1 - outside, degrees))),
        q=q,
        p_value=gammainc(mpf(degrees) / 2, q / 2, regularized=True),
        bias=mean,
        bias_error=error,
        bias_low=max(mean - reach, mpf(0)),
        bias_high=mean + reach,
    )


def band(found, expected, variance, level):
    center = found["bias"] * expected
    error = sqrt(variance + (found["tau"] ** 2 + found["bias_error"] ** 2) * mpf(expected) ** 2)
    spread = sqrt(log1p((error / center) ** 2))
    reach = student(mpf(level), found["degrees"]) * spread
    return center, center * exp(-spread ** 2 / 2 - reach), center * exp(-spread ** 2 / 2 + reach)


def main(folder):
    random.seed(8)
    rows = []
    for case in range(48):
        count, unbiased, level = 2 + case % 7, case % 2, (0.9, 0.95, 0.5)[case % 3]
        tau = (0.0, 0.02, 0.15, 0.6)[case % 4]
        expected = [round(random.uniform(50, 4000), 1) for _ in range(count)]
        variance = [round(e * random.uniform(0.8, 2.5), 1) for e in expected]
        actual = [max(round(e * (1.05 + random.gauss(0, tau)) + random.gauss(0, u**0.5)), 0) for e, u in zip(expected, variance)]
        found = figures(expected, actual, variance, level, unbiased)
        new = (round(random.uniform(50, 4000), 1), round(random.uniform(40, 9000), 1))
        value, low, high = band(found, *new, level)
        row = dict(level=level, unbiased=unbiased, count=count)
        for name, column in (("e", expected), ("a", actual), ("v", variance)):
            row.update({f"{name}{k}": column[k] if k < count else "" for k in range(8)})
        row.update(found, new_expected=new[0], new_variance=new[1], value=value, low=low, high=high)
        rows.append({key: nstr(x, 20) if isinstance(x, mpf) else x for key, x in row.items()})
    with open(pathlib.Path(folder) / "shocks.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1])
