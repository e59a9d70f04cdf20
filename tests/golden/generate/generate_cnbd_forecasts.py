"""Forecasts of BG/CNBD-k and MBG/CNBD-k by brute force: tests/golden/btyd/cnbd_forecasts.csv.

    python tests/golden/generate/generate_cnbd_forecasts.py

The story is told for one known rate: a clock ticks, the ticks of every span are Poisson, every k-th is a purchase, after each the
customer leaves with probability p, which enters through its moments. Where the customer is in the cycle at T, how many ticks fall
before the window and how many in it: all are summed over. The mean over rates is taken by equal steps in their logarithm, in extended
precision. No negative binomial, no incomplete beta function and no recurrence over ticks of the library is used.
"""

import csv
import math
import pathlib

import numpy as np

REAL = np.longdouble
PATH = pathlib.Path(__file__).resolve().parent.parent / "btyd" / "cnbd_forecasts.csv"
VARIANTS = {"bgcnbd": 0, "mbgcnbd": 1}
MOST = 400  # ticks of any one span


def poisson(mean):
    """[rates, MOST] probabilities."""
    i = np.arange(MOST)
    logs = np.concatenate([[REAL(0)], np.cumsum(np.log(np.arange(1, MOST).astype(REAL)))])
    with np.errstate(divide="ignore"):
        log_mean = np.where(mean > 0, np.log(np.where(mean > 0, mean, 1)), REAL(-1e4))
    return np.exp(i * log_mean[:, None] - mean[:, None] - logs)


class Story:
    def __init__(self, row, variant):
        self.r, self.alpha, self.a, self.b = (REAL(row[name]) for name in ("r", "alpha", "a", "b"))
        self.k, self.x = row["k"], row["x"]
        self.t_x, self.T, self.chances = REAL(row["t_x"]), REAL(row["T"]), row["x"] + variant
        self.shape = self.r + self.k * self.x
        age = self.alpha + self.T
        center = np.log(self.shape / age)
        step = REAL(0.04) / np.sqrt(1 + self.shape / 4)
        low = center - 11 / np.sqrt(self.shape) - 45 / self.shape
        high = np.log((self.shape + self.k + 60 + 11 * np.sqrt(self.shape)) / (self.alpha + self.t_x))
        self.y = np.arange(low, high, step)
        self.rate = np.exp(self.y)
        gap = self.T - self.t_x
        self.stage = poisson(self.rate * gap)[:, : self.k]  # P(j ticks since t_x)
        # densities of the rate beside the records: alive, and dead since t_x
        common = self.shape * (self.y - center)
        self.alive = np.exp(common - (self.alpha + self.t_x) * (self.rate - np.exp(center))) * self.moment(0, self.chances)
        self.dead = self.alive / self.moment(0, self.chances) * (self.moment(1, self.chances - 1) if self.chances else 0)
        self.here = (self.alive[:, None] * self.stage).sum(axis=1)
        total = self.here.sum() + self.dead.sum()
        self.here, self.alive, self.dead = self.here / total, self.alive / total, self.dead / total
        self.p_alive = self.here.sum()
        self.after = [self.stay(m) for m in range(2 * MOST)]

    def moment(self, left, stayed):
        """E[p^left (1-p)^stayed], as a product."""
        value = REAL(1)
        for i in range(left):
            value *= (self.a + i) / (self.a + self.b + i)
        for i in range(stayed):
            value *= (self.b + i) / (self.a + self.b + left + i)
        return value

    def stay(self, m):
        value = REAL(1)
        for i in range(m):
            value *= (self.b + self.chances + i) / (self.a + self.b + self.chances + i)
        return value

    def positions(self, span):
        """[purchases][ticks since] -> weights over rates, for those alive at T had nobody left since."""
        ticks = poisson(self.rate * span)
        found = {}
        for j in range(self.k):
            for i in range(MOST):
                at = divmod(i + j, self.k)
                found[at] = found.get(at, 0) + self.alive * self.stage[:, j] * ticks[:, i]
        return found

    def counts(self, start, end):
        """P(n in the window), n = 0, 1, ..."""
        ticks = poisson(self.rate * (end - start))
        tails = np.cumsum(ticks[:, ::-1], axis=1)[:, ::-1]
        pmf = [REAL(0)] * (MOST // self.k - 1)
        pmf[0] = self.dead.sum()
        for (m, c), weight in self.positions(start).items():
            if weight.sum() < REAL(1e-25):
                continue
            pmf[0] += (weight * (1 - self.after[m])).sum()
            for n in range(len(pmf)):
                first = max(n * self.k - c, 0)
                stays = ticks[:, first : (n + 1) * self.k - c].sum(axis=1)
                pmf[n] += (weight * stays).sum() * self.after[m + n]
                if n:
                    pmf[n] += (weight * tails[:, first]).sum() * (self.after[m + n - 1] - self.after[m + n])
        return pmf

    def survivors(self, t):
        return sum(weight.sum() * self.after[m] for (m, _), weight in self.positions(t).items())

    def silent(self, t):
        """P(no order until t, and there at T)."""
        ticks = poisson(self.rate * t)
        return sum((self.alive * self.stage[:, j] * ticks[:, : self.k - j].sum(axis=1)).sum() for j in range(self.k))

    def next_mean(self, t):
        ticks = poisson(self.rate * t)
        tails = np.cumsum(ticks[:, ::-1], axis=1)[:, ::-1]
        area = sum((self.alive * self.stage[:, j] / self.rate * tails[:, i + 1]).sum() for j in range(self.k) for i in range(self.k - j))
        return (area - t * self.silent(t)) / (self.p_alive - self.silent(t))

    def next_quantile(self, share):
        if self.p_alive <= share:
            return math.inf
        low, high = REAL(0), REAL(1)
        while self.p_alive - self.silent(high) < share:
            high *= 2
        for _ in range(70):
            middle = (low + high) / 2
            low, high = (middle, high) if self.p_alive - self.silent(middle) < share else (low, middle)
        return high

    def rate_mean(self):
        return (self.rate * (self.here + self.dead)).sum() / self.k

    def leaving_mean(self):
        alive = self.moment(1, self.chances) / self.moment(0, self.chances)
        dead = self.moment(2, self.chances - 1) / self.moment(1, self.chances - 1) if self.chances else 0
        return self.p_alive * alive + self.dead.sum() * dead


CUSTOMERS = [
    {"r": "0.85", "alpha": "2.9", "a": "0.6", "b": "3.1", "k": 2, "x": 0, "t_x": "0.0", "T": "0.0"},
    {"r": "0.85", "alpha": "2.9", "a": "0.6", "b": "3.1", "k": 2, "x": 0, "t_x": "0.0", "T": "20.0"},
    {"r": "0.85", "alpha": "2.9", "a": "0.6", "b": "3.1", "k": 3, "x": 4, "t_x": "12.0", "T": "15.5"},
    {"r": "1.6", "alpha": "1.5", "a": "0.9", "b": "2.2", "k": 4, "x": 9, "t_x": "30.0", "T": "30.0"},
    {"r": "3.0", "alpha": "0.8", "a": "2.5", "b": "9.0", "k": 5, "x": 2, "t_x": "5.0", "T": "8.0"},
    {"r": "0.4", "alpha": "4.0", "a": "0.05", "b": "1.0", "k": 12, "x": 3, "t_x": "20.0", "T": "24.0"},
]
WINDOWS = [("0.0", "6.0"), ("3.0", "9.5")]


def main():
    rows = []
    for family, variant in VARIANTS.items():
        for customer in CUSTOMERS:
            story = Story(customer, variant)
            given = [family, *[customer[name] for name in ("k", "r", "alpha", "a", "b", "x", "t_x", "T")]]

            def write(quantity, value, start="", end="", n="", share=""):
                rows.append([*given, quantity, start, end, "", n, share, np.format_float_positional(REAL(value), precision=20, unique=False)
                             if 1e-4 < value < 1e6 else np.format_float_scientific(REAL(value), precision=19, unique=False)])

            for start, end in WINDOWS:
                pmf = story.counts(REAL(start), REAL(end))
                assert abs(sum(pmf) - 1) < 1e-15, (customer, sum(pmf))
                mean = sum(n * p for n, p in enumerate(pmf))
                write("orders", mean, start, end)
                write("variance", sum(n * n * p for n, p in enumerate(pmf)) - mean**2, start, end)
                write("silence", pmf[0], start, end)
                write("return", sum(pmf[1:]), start, end)
                for n in (0, 1, 2, 5):
                    write("count", pmf[n], start, end, n)
                write("at_most", sum(pmf[:3]), start, end, 2)
                write("count_quantile", next(n for n in range(99) if sum(pmf[: n + 1]) >= 0.9), start, end, "", "0.9")
            write("alive", story.survivors(REAL("6.0")), "", "6.0")
            write("next_mean", story.next_mean(REAL("9.5")), "", "9.5")
            write("next_quantile", story.next_quantile(REAL("0.3")), "", "", "", "0.3")
            write("rate", story.rate_mean())
            write("leaving", story.leaving_mean())
    with open(PATH, "w", newline="", encoding="ascii") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow("family k r alpha a b x t_x T quantity from to delta n share value".split())
        out.writerows(rows)


if __name__ == "__main__":
    main()
