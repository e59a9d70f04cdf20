"""The Pareto/NBD with covariates that change with time, by brute force: tests/golden/btyd/dynamic.csv.

    python tests/golden/generate/generate_dynamic.py tests/golden/btyd

One customer a row, in weeks: four calendar pieces (start c0 ... c3, value v0 ... v3), three own ones (o0 ... o2, w0 ... w2), up to four
occasions t0 ... t3, observed from day `start` to day `end`, and a horizon t in weeks. Everything is integrated over the moment of death
from the definition: the rate of buying lambda e^(gamma x(t)) with lambda ~ Gamma(r, alpha), the rate of dying mu e^(delta x(t)) with mu ~
Gamma(s, beta), whose mixtures over lambda and mu are elementary. Integrals of the rates are sums over whatever intervals the changes leave; nothing of
the library's (prefix sums, logarithmic variables, closed forms of the future) is used. 25 digits, with mpmath.
"""

import csv
import pathlib
import sys

from mpmath import exp, gamma, loggamma, log, mp, mpf, quad

mp.dps = 25
UNIT = 7

MODELS = [
    dict(r=0.553, alpha=10.578, s=0.606, beta=11.669, pc=0.8, po=-0.3, lc=0.0, lo=0.0),
    dict(r=0.553, alpha=10.578, s=0.606, beta=11.669, pc=0.8, po=-0.3, lc=-0.5, lo=0.7),
    dict(r=2.5, alpha=3.0, s=1.0, beta=40.0, pc=-1.1, po=0.4, lc=0.9, lo=-0.6),
    dict(r=1.25, alpha=30.0, s=3.5, beta=4.0, pc=2.0, po=0.0, lc=0.0, lo=1.5),
    dict(r=0.25, alpha=1.0, s=0.125, beta=0.5, pc=0.5, po=0.5, lc=0.5, lo=-2.0),
]
PIECES = [
    dict(c=(14000, 14335, 14366, 14600), v=(0.0, 1.0, 0.0, 0.5), o=(14200, 14290, 14400), w=(0.0, 1.0, 2.0)),
    dict(c=(14100, 14250, 14251, 14365), v=(-1.0, 3.0, 0.25, 1.0), o=(14200, 14210, 14365), w=(1.0, -0.5, 0.0)),
    dict(c=(14200, 14207, 14214, 14221), v=(1.0, 0.0, 1.0, 0.0), o=(14200, 14207, 14500), w=(0.0, 0.5, 1.0)),
]
HISTORIES = [
    (14200, 14365, ()),
    (14214, 14420, (14250, 14251, 14335)),
    (14200, 14420, (14221, 14366, 14380, 14420)),
    (14230, 14365, (14364,)),
]
HORIZONS = (mpf(13), mpf(52))


def value_at(starts, values, day):
    return values[max(i for i, start in enumerate(starts) if start <= day)]


class Customer:
    def __init__(self, m, pieces, start, end, occasions, horizon):
        self.m, self.pieces, self.start, self.end, self.occasions = {k: mpf(v) for k, v in m.items()}, pieces, start, end, occasions
        self.until = end + horizon * UNIT

    def effect(self, calendar, own, day):
        return self.m[calendar] * value_at(self.pieces["c"], self.pieces["v"], day) + self.m[own] * value_at(self.pieces["o"], self.pieces["w"], day)

    def buying(self, day):
        return exp(self.effect("pc", "po", day))

    def dying(self, day):
        return exp(self.effect("lc", "lo", day))

    def cuts(self, a, b):
        return [mpf(a)] + sorted(mpf(d) for d in {*self.pieces["c"], *self.pieces["o"]} if a < d < b) + [mpf(b)]

    def area(self, rate, a, b):
        cuts = self.cuts(a, b)
        return sum(rate(u) * (v - u) for u, v in zip(cuts, cuts[1:])) / UNIT if b > a else mpf(0)

    def over(self, f, a, b):
        """Integral over time in weeks, piece by piece, each cut in four."""
        if not b > a:
            return mpf(0)
        cuts = self.cuts(a, b)
        return sum(quad(lambda w: f(u + w * UNIT, u), [(v - u) * k / mpf(4 * UNIT) for k in range(5)]) for u, v in zip(cuts, cuts[1:]))

    def silent_alive(self, day):
        """E[lambda^x e^(-lambda A)] E[e^(-mu C)] at a day."""
        m, x = self.m, len(self.occasions)
        A, C = self.area(self.buying, self.start, day), self.area(self.dying, self.start, day)
        return (exp(loggamma(m["r"] + x) - loggamma(m["r"])) * m["alpha"] ** m["r"] / (m["alpha"] + A) ** (m["r"] + x)
                * (m["beta"] / (m["beta"] + C)) ** m["s"])

    def ends(self, day, piece):
        """The same with E[mu e^(delta x) e^(-mu C)]: density of dying then."""
        m = self.m
        return self.silent_alive(day) * self.dying(piece) * m["s"] / (m["beta"] + self.area(self.dying, self.start, day))

    def dead_by(self, day):
        last = self.occasions[-1] if self.occasions else self.start
        return self.over(self.ends, last, day)

    def answers(self):
        m, x = self.m, len(self.occasions)
        alive, dead = self.silent_alive(self.end), self.dead_by(self.end)
        at_occasions = sum(self.effect("pc", "po", day) for day in self.occasions)
        A, C = self.area(self.buying, self.start, self.end), self.area(self.dying, self.start, self.end)

        def later(day, piece):
            return self.buying(piece) * ((m["beta"] + C) / (m["beta"] + self.area(self.dying, self.start, day))) ** m["s"]

        def newly(day, piece):
            return self.buying(piece) * (m["beta"] / (m["beta"] + self.area(self.dying, self.start, day))) ** m["s"]

        return dict(
            log_likelihood=log(alive + dead) + at_occasions,
            log_odds_dead=log(dead / alive) if dead else "-inf",
            orders=alive / (alive + dead) * (m["r"] + x) / (m["alpha"] + A) * self.over(later, self.end, self.until),
            silence=(self.silent_alive(self.until) + self.dead_by(self.until)) / (alive + dead),
            expected=m["r"] / m["alpha"] * self.over(newly, self.start, self.until),
        )


def main(folder):
    rows = []
    for i, m in enumerate(MODELS):
        for j, pieces in enumerate(PIECES):
            for k, (start, end, occasions) in enumerate(HISTORIES):
                horizon = HORIZONS[(i + j + k) % 2]
                row = dict(m, start=start, end=end, t=horizon)
                for letter in "cvow":
                    row.update({f"{letter}{n}": x for n, x in enumerate(pieces[letter])})
                row.update({f"t{n}": occasions[n] if n < len(occasions) else "" for n in range(4)})
                row.update(Customer(m, pieces, start, end, occasions, horizon).answers())
                rows.append({key: mp.nstr(v, 20) if isinstance(v, mpf) else v for key, v in row.items()})
    with open(pathlib.Path(folder) / "dynamic.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1])
