"""Golden figures of accelerated failure time: the shop of generate_cox.py, from the definitions, at 30 digits.

    python generate_accelerated.py        # needs mpmath and scipy; reads ../cox/shop_rows.csv, writes ../accelerated/

The likelihood is written down as densities and survival functions of time, and its slopes and curvatures are differences of it; scipy
finds where Newton's method begins. Limits of forecasts follow from how these move with log scale, log shape and the coefficients.
"""

import csv
import pathlib

import numpy as np
from mpmath import exp, findroot, log, matrix, mp, mpf, ncdf, npdf, quad, sqrt
from scipy.optimize import minimize

mp.dps = 30
HERE = pathlib.Path(__file__).resolve().parent.parent
STEP, WIDE = mpf(10) ** -9, mpf(10) ** -6
Z = mpf("1.95996398454005423552459443052055")
P = 2
FAMILIES = ("Weibull", "exponential", "log-logistic", "log-normal")


def survive(family, t, scale, shape):
    """P(T > t) of the plain distribution."""
    if t == 0:
        return mpf(1)
    if family in ("Weibull", "exponential"):
        return exp(-((t / scale) ** shape))
    if family == "log-logistic":
        return 1 / (1 + (t / scale) ** shape)
    return ncdf(-shape * log(t / scale))


def density(family, t, scale, shape):
    if family in ("Weibull", "exponential"):
        return shape / scale * (t / scale) ** (shape - 1) * exp(-((t / scale) ** shape))
    if family == "log-logistic":
        return shape / scale * (t / scale) ** (shape - 1) / (1 + (t / scale) ** shape) ** 2
    return shape / t * npdf(shape * log(t / scale))


class Case:
    def __init__(self, name, rows, family, late, columns):
        self.name, self.family, self.late, self.columns = name, family, late, columns
        self.rows = [(mpf(r["entry"]) if late else mpf(0), mpf(r["exit"]), int(r["event"]), mpf(r["weight"]) if late else mpf(1),
                      [mpf(r["tickets"]), mpf(r["plan"])][:columns]) for r in rows]
        total = sum(r[3] for r in self.rows)
        self.reference = [sum(r[3] * r[4][k] for r in self.rows) / total for k in range(columns)]
        self.held = family == "exponential"
        self.at = self.fit()
        curvature = -self.hessian(self.likelihood, self.at)
        inverse = curvature**-1
        full = matrix(2 + columns)  # of log scale, log shape, coefficients
        index = [0] + [2 + k for k in range(columns)] if self.held else list(range(2 + columns))
        for a, ia in enumerate(index):
            for b, ib in enumerate(index):
                full[ia, ib] = inverse[a, b]
        self.doubt = full

    def split(self, at):
        """Scale, shape and coefficients from the numbers that are estimated."""
        return (exp(at[0]), mpf(1), at[1:]) if self.held else (exp(at[0]), exp(at[1]), at[2:])

    def spread(self):
        """The same with the shape, where it is held too."""
        return [self.at[0], mpf(0), *self.at[1:]] if self.held else list(self.at)

    def stretched(self, scale, b, x):
        return scale * exp(sum(b[k] * (x[k] - self.reference[k]) for k in range(self.columns)))

    def likelihood(self, at):
        scale, shape, b = self.split(at)
        total = mpf(0)
        for entry, exit, event, weight, x in self.rows:
            own = self.stretched(scale, b, x)
            part = density(self.family, exit, own, shape) if event else survive(self.family, exit, own, shape)
            total += weight * log(part / survive(self.family, entry, own, shape))
        return total

    @staticmethod
    def gradient(f, at, h=STEP):
        return [(f([a + (h if j == k else 0) for j, a in enumerate(at)]) - f([a - (h if j == k else 0) for j, a in enumerate(at)])) / (2 * h)
                for k in range(len(at))]

    @classmethod
    def hessian(cls, f, at):
        found = matrix(len(at))
        for k in range(len(at)):
            up, down = ([a + (side * WIDE if j == k else 0) for j, a in enumerate(at)] for side in (1, -1))
            for j, (a, b) in enumerate(zip(cls.gradient(f, up), cls.gradient(f, down))):
                found[j, k] = (a - b) / (2 * WIDE)
        return (found + found.T) / 2

    def fit(self):
        begin = np.zeros((1 if self.held else 2) + self.columns)
        begin[0] = 1.0
        found = minimize(lambda at: float(-self.likelihood([mpf(a) for a in at])), begin, method="BFGS")
        at = [mpf(a) for a in found.x]
        for _ in range(4):
            step = self.hessian(self.likelihood, at) ** -1 * matrix(self.gradient(self.likelihood, at))
            at = [a - s for a, s in zip(at, step)]
        return at

    # --- forecasts, as functions of log scale, log shape and the coefficients ---

    def share(self, full, x, start, ahead):
        own = self.stretched(exp(full[0]), full[2:], x)
        return survive(self.family, start + ahead, own, exp(full[1])) / survive(self.family, start, own, exp(full[1]))

    def quantile(self, full, x, start, share):
        f = lambda u: self.share(full, x, start, exp(u)) - (1 - share)  # noqa: E731
        low, high = mpf(-20), mpf(20)
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (middle, high) if f(middle) > 0 else (low, middle)
        return exp(findroot(f, (low, high), solver="anderson", tol=mpf(10) ** -25))

    def remaining(self, full, x, start, horizon):
        return quad(lambda t: self.share(full, x, start, t), [0, horizon / 8, horizon / 2, horizon])

    def error(self, f, h=STEP):
        slope = matrix(self.gradient(f, self.spread(), h))
        return sqrt((slope.T * self.doubt * slope)[0])


def show(value):
    return mp.nstr(value, 17) if isinstance(value, mp.mpf) else value


def write(name, header, rows):
    folder = HERE / "accelerated"
    folder.mkdir(exist_ok=True)
    with open(folder / f"{name}.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows([[show(value) for value in row] for row in rows])


def main():
    with open(HERE / "cox" / "shop_rows.csv", newline="") as file:
        shop = list(csv.DictReader(file))
    cases = [Case(f"{family} {kind}", shop, family, late, columns)
             for family in FAMILIES for kind, late, columns in (("alone", 0, 0), ("late", 1, P))]
    write("cases", ["case", "family", "late", "columns", "log_likelihood"],
          [[c.name, FAMILIES.index(c.family), c.late, c.columns, c.likelihood(c.at)] for c in cases])
    entries, forecasts = [], []
    for c in cases:
        full = c.spread()
        values = [exp(full[0]), exp(full[1]), *full[2:]]
        errors = [sqrt(c.doubt[k, k]) * (values[k] if k < 2 else 1) for k in range(2 + c.columns)]
        entries += [[c.name, k, value, error] for k, (value, error) in enumerate(zip(values, errors))]
        for x, start in (([mpf(0), mpf(1)], mpf(0)), ([mpf(3), mpf("0.5")], mpf("1.25"))):
            x = x[: c.columns]
            for ahead in (mpf("0.5"), mpf(4)):
                hazard = lambda full, x=x, s=start, a=ahead: -log(c.share(full, x, s, a))  # noqa: E731
                left, error = hazard(full), c.error(hazard)
                median = c.quantile(full, x, start, mpf("0.5"))
                spread = c.error(lambda full, x=x, s=start: log(s + c.quantile(full, x, s, mpf("0.5"))))
                mean = c.remaining(full, x, start, ahead)
                doubt = c.error(lambda full, x=x, s=start, a=ahead: c.remaining(full, x, s, a))
                forecasts.append([c.name, *(x + [mpf(0)] * P)[:P], start, ahead, exp(-left), exp(-left * exp(Z * error / left)),
                                  exp(-left * exp(-Z * error / left)), median, max((start + median) * exp(-Z * spread) - start, mpf(0)),
                                  (start + median) * exp(Z * spread) - start, mean, max(mean - Z * doubt, mpf(0)), min(mean + Z * doubt, ahead)])
    write("entries", ["case", "entry", "estimate", "standard_error"], entries)
    write("forecasts", ["case", "tickets", "plan", "from", "ahead", "survival", "low", "high", "median", "median_low", "median_high", "mean",
                        "mean_low", "mean_high"], forecasts)


main()
