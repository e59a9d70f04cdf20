"""Counts and the next order under covariates that change with time, by brute force: tests/golden/btyd/dynamic_counts.csv.

    python tests/golden/generate/generate_dynamic_counts.py tests/golden/btyd

Customers and windows of generate_dynamic_forecasts.py. Given the moment of death, orders in the window are Poisson, mixed over the rate: a
negative binomial distribution. Everything is a sum of that over the moment of death: P(n orders) for a few n, P(at most 4) as the sum of
five, the least n with P(at most n) above a share, and the variance of the discounted sum, whose mean and variance given rate and death are
elementary. The next order is read off P(no order until t) alone: its mean, if it comes within the window's end, is the area under that
curve and above its end, its quantiles are roots, found on days.
"""

import csv
import pathlib
import sys

from generate_dynamic import HISTORIES, MODELS, PIECES, UNIT
from generate_dynamic_forecasts import DELTA, RULE, WINDOWS, Future
from mpmath import exp, gamma, mp, mpf

COUNTS = (0, 1, 2, 5, 12)
MOST = 4
SHARES = (mpf("0.05"), mpf("0.5"), mpf("0.9"))
NEXT = (mpf("0.02"), mpf("0.2"))


class Counted(Future):
    def odds(self, n, grown):
        """P(n orders | the rate has added up to this)."""
        shape, scale = self.m["r"] + len(self.occasions), self.m["alpha"] + self.area(self.buying, self.start, self.end)
        chance = gamma(shape + n) / gamma(shape) / mp.factorial(n)
        return chance * (scale / (scale + grown)) ** shape * (grown / (scale + grown)) ** n if grown or not n else mpf(0)

    def count(self, n):
        return self.shares() * self.over_deaths(lambda day: self.odds(n, self.grown(day))) + (0 if n else 1 - self.shares())

    def quantile(self, share):
        n, total = 0, self.count(0)
        while total < share:
            n += 1
            total += self.count(n)
        return n

    def faded(self, day, power):
        """The integral of e^(-power delta u) over the growth of the rate in the window until a day."""
        if not day > self.begin:
            return mpf(0)
        cuts, rate, sum_ = self.cuts(self.begin, day), power * DELTA, mpf(0)
        for a, b in zip(cuts, cuts[1:]):
            sum_ += self.buying(a) * (exp(-rate * (a - self.end) / UNIT) - exp(-rate * (b - self.end) / UNIT)) / rate
        return sum_

    def discounted_variance(self):
        alive, rate, shape = self.shares(), self.rate(), self.m["r"] + len(self.occasions)
        once = alive * rate * self.over_deaths(lambda day: self.faded(day, 1))
        own = alive * rate * self.over_deaths(lambda day: self.faded(day, 2))
        pairs = alive * rate * rate * (shape + 1) / shape * self.over_deaths(lambda day: self.faded(day, 1) ** 2)
        return own + pairs - once * once


def silent_until(m, case, weeks):
    pieces, start, end, occasions, _ = case
    return Future(m, pieces, start, end, occasions, (0, weeks)).silence()


def next_mean(m, case, until):
    of = Future(m, *case[:4], (0, until))
    floor, sum_ = silent_until(m, case, until), mpf(0)
    cuts = of.cuts(of.end, of.end + until * UNIT)
    for a, b in zip(cuts, cuts[1:]):
        width = (b - a) / UNIT
        sum_ += sum(width * weight * (silent_until(m, case, (a - of.end) / UNIT + width * at) - floor) for at, weight in RULE)
    return sum_ / (1 - floor)


def next_quantile(m, case, share, until):
    """By halves, until 1e-12 of the weeks are left, then by a straight line; empty where it is not within `until`."""
    low, high = mpf(0), mpf(until)
    if silent_until(m, case, high) > 1 - share:
        return ""
    while high - low > mpf(10) ** -4 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if silent_until(m, case, middle) > 1 - share else (low, middle)
    for _ in range(4):  # the secant
        at_low, at_high = silent_until(m, case, low) - 1 + share, silent_until(m, case, high) - 1 + share
        if at_low == at_high:
            break
        low, high = high, high - at_high * (high - low) / (at_high - at_low)
    return high


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
                of = Counted(m, *case)
                row.update({f"p{n}": of.count(n) for n in COUNTS})
                row[f"at_most_{MOST}"] = sum(of.count(n) for n in range(MOST + 1))
                row.update({f"quantile_{place}": of.quantile(share) for place, share in enumerate(SHARES)})
                row["discounted_variance"] = of.discounted_variance()
                row["next_mean"] = next_mean(m, case, mpf(window[1])) if len(rows) % 2 == 0 else ""
                row.update({f"next_{place}": next_quantile(m, case, share, mpf(52)) if len(rows) % 4 == 0 else ""
                            for place, share in enumerate(NEXT)})
                rows.append({key: mp.nstr(v, 18) if isinstance(v, mpf) else v for key, v in row.items()})
    with open(pathlib.Path(folder) / "dynamic_counts.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1])
