"""Forecasts under covariates that change with time, and how sure they are, by brute force: tests/golden/btyd/dynamic_forecasts.csv.

    python tests/golden/generate/generate_dynamic_forecasts.py tests/golden/btyd

Customers of generate_dynamic.py; windows `start` to `stop` weeks after the observation end. Everything is a sum over the moment of death:
what a customer who dies then does in the window, Poisson given the rate, mixed over the rate. Limits of `level` are those of the delta
method with derivatives by differences of 25-digit numbers, by the logarithms of r, alpha, s, beta and by the coefficients pc, po, lc, lo,
whose standard deviations are SPREAD and correlations CORRELATION; on the scale of the logarithm (orders) or the logit (silence).
"""

import csv
import pathlib
import sys

from generate_dynamic import HISTORIES, MODELS, PIECES, UNIT, Customer
from mpmath import cos, erfinv, exp, legendre, log, mp, mpf, pi, sqrt

mp.dps = 25


def rule(count):
    """Gauss-Legendre on (0, 1)."""
    found = []
    for k in range(1, count + 1):
        x = cos(pi * (k - mpf(1) / 4) / (count + mpf(1) / 2))
        for _ in range(8):  # Newton
            slope = count * (x * legendre(count, x) - legendre(count - 1, x)) / (x * x - 1)
            x -= legendre(count, x) / slope
        found.append(((1 + x) / 2, 1 / ((1 - x * x) * slope * slope)))
    return found


RULE = rule(24)
WINDOWS = [(0, 13), (4, 30), (26, 52), (1, 2)]
DELTA = mpf("0.0025")
LEVEL = mpf("0.9")
NAMES = ("r", "alpha", "s", "beta", "pc", "po", "lc", "lo")
SPREAD = (mpf("0.1"), mpf("0.2"), mpf("0.15"), mpf("0.25"), mpf("0.3"), mpf("0.2"), mpf("0.25"), mpf("0.1"))
CORRELATION = mpf("0.25")


class Future(Customer):
    def __init__(self, m, pieces, start, end, occasions, window):
        super().__init__(m, pieces, start, end, occasions, mpf(window[1]))
        self.begin, self.stop = end + window[0] * UNIT, end + window[1] * UNIT

    def over(self, f, a, b):
        """As that of Customer, by Gauss-Legendre rules of 24 points, two a piece: here nothing is singular within a piece."""
        if not b > a:
            return mpf(0)
        total = mpf(0)
        cuts = self.cuts(a, b)
        for u, v in zip(cuts, cuts[1:]):
            half = (v - u) / (2 * UNIT)
            total += sum(half * weight * (f(u + half * at * UNIT, u) + f(u + half * (1 + at) * UNIT, u)) for at, weight in RULE)
        return total

    def grown(self, day):
        """What the purchase rate adds up to in the window until a day."""
        return self.area(self.buying, self.begin, day) if day > self.begin else mpf(0)

    def silent(self, day):
        """No order from the last one to T, and none in the window; still there at a day."""
        m, x = self.m, len(self.occasions)
        A, C = self.area(self.buying, self.start, self.end), self.area(self.dying, self.start, day)
        return (m["alpha"] ** m["r"] / (m["alpha"] + A + self.grown(day)) ** (m["r"] + x) * (m["beta"] / (m["beta"] + C)) ** m["s"])

    def leaving(self, day, piece):
        m = self.m
        return self.dying(piece) * m["s"] / (m["beta"] + self.area(self.dying, self.start, day))

    def likelihood(self):
        m, x = self.m, len(self.occasions)
        grow = mp.gamma(m["r"] + x) / mp.gamma(m["r"])
        return self.silent_alive(self.end) / grow, self.dead_by(self.end) / grow

    def over_deaths(self, f):
        """Sum over those who leave after T, and those who are still there at the end of the window."""
        def there(day):
            m = self.m
            C0, C = self.area(self.dying, self.start, self.end), self.area(self.dying, self.start, day)
            return ((m["beta"] + C0) / (m["beta"] + C)) ** m["s"]

        def died(day, piece):
            return f(day) * there(day) * self.leaving(day, piece)

        return self.over(died, self.end, self.begin) + self.over(died, self.begin, self.stop) + f(self.stop) * there(self.stop)

    def shares(self):
        alive, dead = self.likelihood()
        return alive / (alive + dead)

    def rate(self):
        A = self.area(self.buying, self.start, self.end)
        return (self.m["r"] + len(self.occasions)) / (self.m["alpha"] + A)

    def orders(self):
        return self.shares() * self.rate() * self.over_deaths(self.grown)

    def silence(self):
        alive, dead = self.likelihood()
        later = self.over(lambda day, piece: self.silent(day) * self.leaving(day, piece), self.end, self.begin)
        later += self.over(lambda day, piece: self.silent(day) * self.leaving(day, piece), self.begin, self.stop)
        return (dead + later + self.silent(self.stop)) / (alive + dead)

    def answers(self):
        alive, rate = self.shares(), self.rate()
        n = self.m["r"] + len(self.occasions)
        once = alive * rate * self.over_deaths(self.grown)
        twice = alive * rate * rate * (n + 1) / n * self.over_deaths(lambda day: self.grown(day) ** 2)
        C0 = self.area(self.dying, self.start, self.end)

        def there(day):
            return ((self.m["beta"] + C0) / (self.m["beta"] + self.area(self.dying, self.start, day))) ** self.m["s"]

        def fading(day):
            return exp(-DELTA * (day - self.end) / UNIT)

        return dict(
            orders=once,
            variance=once + twice - once * once,
            silence=self.silence(),
            alive=alive * there(self.stop),
            discounted=alive * rate * self.over(lambda day, piece: fading(day) * self.buying(piece) * there(day), self.begin, self.stop),
            lifetime=alive * self.over(lambda day, piece: fading(day) * there(day), self.begin, self.stop),
        )


def moved(m, name, by):
    return dict(m, **{name: mpf(m[name]) * exp(by) if name in NAMES[:4] else mpf(m[name]) + by})


def limits(m, case, what, scale):
    h = mpf(10) ** -7
    value = scale(getattr(Future(m, *case), what)())
    slope = [(scale(getattr(Future(moved(m, name, h), *case), what)()) - scale(getattr(Future(moved(m, name, -h), *case), what)())) / (2 * h)
             for name in NAMES]
    parts = [g * d for g, d in zip(slope, SPREAD)]
    reach = sqrt(2) * erfinv(LEVEL) * sqrt((1 - CORRELATION) * sum(p * p for p in parts) + CORRELATION * sum(parts) ** 2)
    return value - reach, value + reach


def main(folder):
    rows = []
    for i, m in enumerate(MODELS):
        for j, pieces in enumerate(PIECES):
            for k, (start, end, occasions) in enumerate(HISTORIES):
                if (i + 2 * j + k) % 3 != 0:
                    continue
                window = WINDOWS[(i + j + k) % 4]
                case = (pieces, start, end, occasions, window)
                row = dict(m, start=start, end=end, begin=window[0], stop=window[1], delta=DELTA)
                for letter in "cvow":
                    row.update({f"{letter}{n}": x for n, x in enumerate(pieces[letter])})
                row.update({f"t{n}": occasions[n] if n < len(occasions) else "" for n in range(4)})
                row.update(Future(m, *case).answers())
                sure = dict(orders_low="", orders_high="", silence_low="", silence_high="")
                if len(rows) % 2 == 0:
                    low, high = limits(m, case, "orders", log)
                    sure.update(orders_low=exp(low), orders_high=exp(high))
                    low, high = limits(m, case, "silence", lambda p: log(p / (1 - p)))
                    sure.update(silence_low=1 / (1 + exp(-low)), silence_high=1 / (1 + exp(-high)))
                row.update(sure)
                rows.append({key: mp.nstr(v, 18) if isinstance(v, mpf) else v for key, v in row.items()})
    with open(pathlib.Path(folder) / "dynamic_forecasts.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1])
