"""Golden figures of Cox regression beyond the coefficients: a made-up shop, from the definitions, at 50 digits.

    python3 generate_cox.py         # needs mpmath; writes ../cox/shop_*.csv

Everything is a sum over risk sets that are looked for row by row. What the library gets from formulas is had from derivatives here: curvatures and
slopes are differences of the partial likelihood, score residuals those of its slope with the weight of a row, variances of forecasts
follow from how they move with each coefficient and each step, and the test of proportional hazards is the score test of a likelihood that has
x g(t) in it.
"""

import csv
import pathlib
import random

from mpmath import exp, log, matrix, mp, mpf, sign, sqrt

mp.dps = 50
HERE = pathlib.Path(__file__).resolve().parent.parent / "cox"
STEP = mpf(10) ** -14  # differences of second order: errors about 1e-28 of the third derivatives
WIDE = mpf(10) ** -9  # of differences
Z = mpf("1.959963984540054235524594430520551527955550067768")
P = 2


def make_shop():
    chance = random.Random(20)
    rows = []
    for i in range(48):
        tickets, plan = chance.randrange(4), chance.randrange(2)
        entry = chance.choice([0, 0, 0, 1, 2.5])
        exit = entry + chance.choice([0.5, 1, 1.5, 2, 3, 4, 4, 5, 6.5])
        event = int(chance.random() < 0.45 + 0.12 * tickets)
        weight = chance.choice([1, 1, 2, 0.5, 1.5])
        rows.append((entry, exit, event, weight, chance.randrange(2), tickets, plan + 0.25 * chance.randrange(3)))
    return rows


class Case:
    def __init__(self, name, rows, ties, late, weights, strata):
        self.name, self.ties, self.known = name, ties, {}
        self.entry = [mpf(r[0]) if late else mpf(0) for r in rows]
        self.exit, self.event = [mpf(r[1]) for r in rows], [r[2] for r in rows]
        self.weight = [mpf(r[3]) if weights else mpf(1) for r in rows]
        self.stratum = [r[4] if strata else 0 for r in rows]
        self.x = [[mpf(v) for v in r[5:]] for r in rows]
        self.late, self.weights, self.strata = late, weights, strata
        self.times = sorted({(s, t) for s, t, e in zip(self.stratum, self.exit, self.event) if e})
        all_weight = sum(self.weight)
        self.reference = [sum(w * x[k] for w, x in zip(self.weight, self.x)) / all_weight for k in range(P)]
        n = range(len(rows))
        self.at_risk = {st: [i for i in n if self.stratum[i] == st[0] and self.entry[i] < st[1] <= self.exit[i]] for st in self.times}
        self.ended = {st: [i for i in self.at_risk[st] if self.event[i] and self.exit[i] == st[1]] for st in self.times}
        self.beta = self.maximise()
        self.covariance = (-self.hessian(self.likelihood, self.beta)) ** -1

    def risks(self, b, st, theta=None, g=None):
        """weight exp(b'(x - reference)) of those at risk; with theta also exp(theta' x g(t))."""
        extra = lambda i: sum(theta[k] * self.x[i][k] * g[st] for k in range(P)) if theta else 0  # noqa: E731
        return {i: self.weight[i] * exp(sum(b[k] * (self.x[i][k] - self.reference[k]) for k in range(P)) + extra(i)) for i in self.at_risk[st]}

    def denominators(self, risk, st):
        """What each of the tied events sees at risk, and the share of the tied that it does not see."""
        d = len(self.ended[st])
        for l in range(d):  # noqa: E741
            f = mpf(l) / d if self.ties == "efron" else mpf(0)
            yield sum(risk.values()) - f * sum(risk[i] for i in self.ended[st]), f

    def mean_weight(self, st):
        return sum(self.weight[i] for i in self.ended[st]) / len(self.ended[st])

    def likelihood(self, b, theta=None, g=None):
        total = mpf(0)
        for st in self.times:
            risk = self.risks(b, st, theta, g)
            total += sum(self.weight[i] * log(risk[i] / self.weight[i]) for i in self.ended[st])
            total -= self.mean_weight(st) * sum(log(u) for u, _ in self.denominators(risk, st))
        return total

    @staticmethod
    def gradient(f, at):
        def along(k):
            moved = lambda h: f([a + (h if j == k else 0) for j, a in enumerate(at)])  # noqa: E731
            return (moved(STEP) - moved(-STEP)) / (2 * STEP)

        return [along(k) for k in range(len(at))]

    @classmethod
    def hessian(cls, f, at):
        found = matrix(len(at))
        for k in range(len(at)):
            def moved(h, k=k):
                return cls.gradient(f, [a + (h if j == k else 0) for j, a in enumerate(at)])

            up, down = moved(WIDE), moved(-WIDE)
            for j in range(len(at)):
                found[j, k] = (up[j] - down[j]) / (2 * WIDE)
        return (found + found.T) / 2

    def maximise(self):
        b = [mpf(0)] * P
        for _ in range(7):
            step = self.hessian(self.likelihood, b) ** -1 * matrix(self.gradient(self.likelihood, b))
            b = [b[k] - step[k] for k in range(P)]
        return b

    # --- forecasts ---

    def steps(self, b):
        """(stratum, time, step of the hazard of the reference, its variance)."""
        if tuple(b) not in self.known:
            found = self.known[tuple(b)] = []
            for st in self.times:
                parts = [u for u, _ in self.denominators(self.risks(b, st), st)]
                found.append((*st, self.mean_weight(st) * sum(1 / u for u in parts), self.mean_weight(st) * sum(1 / u**2 for u in parts)))
        return self.known[tuple(b)]

    def longest(self, s):
        return max(t for t, of in zip(self.exit, self.stratum) if of == s)

    def hazard(self, b, x, s, start, end, moved=None):
        risk = exp(sum(b[k] * (x[k] - self.reference[k]) for k in range(P)))
        steps = [(t, h + (moved or {}).get(t, 0)) for of, t, h, _ in self.steps(b) if of == s]
        return risk * sum(h for t, h in steps if start < t <= end)

    def mean_left(self, b, x, s, start, end, moved=None):
        cuts = [start] + [t for of, t in self.times if of == s and start < t < end] + [end]
        return sum(exp(-self.hazard(b, x, s, start, at, moved)) * (to - at) for at, to in zip(cuts, cuts[1:]))

    def variance(self, f, s):
        """Of f(coefficients, changes of the steps of stratum s)."""
        slope = matrix(self.gradient(lambda b: f(b, None), self.beta))
        total = (slope.T * self.covariance * slope)[0]
        for of, t, _, spread in self.steps(self.beta):
            if of == s:
                total += spread * self.gradient(lambda h, t=t: f(self.beta, {t: h[0]}), [mpf(0)])[0] ** 2
        return total

    # --- checks ---

    def transforms(self):
        every = sorted(set(self.exit))
        curve, share = {}, mpf(1)
        for t in every:
            curve[t] = 1 - share
            risk = sum(w for w, e, x in zip(self.weight, self.entry, self.exit) if e < t <= x)
            ended = sum(w for w, d, x in zip(self.weight, self.event, self.exit) if d and x == t)
            share *= 1 - ended / risk
        rank = {t: sum(w for w, x in zip(self.weight, self.exit) if x < t) + (sum(w for w, x in zip(self.weight, self.exit) if x == t) + 1) / 2 for t in every}
        yield "km", {st: curve[st[1]] for st in self.times}
        yield "identity", {st: st[1] for st in self.times}
        yield "log", {st: log(st[1]) for st in self.times}
        yield "rank", {st: rank[st[1]] for st in self.times}

    def proportional(self, g):
        f = lambda at: self.likelihood(at[:P], at[P:], g)  # noqa: E731
        at = self.beta + [mpf(0)] * P
        slope, curvature = self.gradient(f, at), -self.hessian(f, at)
        for extra in ([0], [1], [0, 1]):
            keep = list(range(P)) + [P + k for k in extra]
            part = matrix(len(keep))
            for a, ka in enumerate(keep):
                for c, kc in enumerate(keep):
                    part[a, c] = curvature[ka, kc]
            u = matrix([mpf(0)] * P + [slope[P + k] for k in extra])
            yield (u.T * part**-1 * u)[0]

    def martingale(self, i):
        left = mpf(self.event[i])
        for st in self.times:
            if i in self.at_risk[st]:
                risk = self.risks(self.beta, st)
                for u, f in self.denominators(risk, st):
                    left -= risk[i] / self.weight[i] * self.mean_weight(st) * (1 - (f if i in self.ended[st] else 0)) / u
        return left

    def score(self, i):
        """How the slope moves with the weight of the row."""
        kept = self.weight[i]

        def slope(w):
            self.weight[i] = w
            found = self.gradient(self.likelihood, self.beta)
            self.weight[i] = kept
            return found

        up, down = slope(kept + WIDE), slope(kept - WIDE)
        return [(up[k] - down[k]) / (2 * WIDE) for k in range(P)]

    def schoenfeld(self):
        """(row, time, its predictors less what was to be expected of those at risk: the mean over what each of the tied events sees)."""
        for st in self.times:
            risk = self.risks(self.beta, st)
            unseen = [0] if self.ties == "breslow" else [mpf(l) / len(self.ended[st]) for l in range(len(self.ended[st]))]  # noqa: E741
            mean = [mpf(0)] * P
            for f in unseen:
                seen = {i: r * (1 - (f if i in self.ended[st] else 0)) for i, r in risk.items()}
                for k in range(P):
                    mean[k] += sum(r * self.x[i][k] for i, r in seen.items()) / sum(seen.values()) / len(unseen)
            for i in self.ended[st]:
                yield i, st[1], [self.x[i][k] - mean[k] for k in range(P)]


def show(value):
    return mp.nstr(value, 17) if isinstance(value, mp.mpf) else value


def write(name, header, rows):
    with open(HERE / f"shop_{name}.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows([[show(value) for value in row] for row in rows])


def main():
    shop = make_shop()
    write("rows", ["entry", "exit", "event", "weight", "stratum", "tickets", "plan"], shop)
    cases = [
        Case("plain", shop, "efron", False, False, False),
        Case("efron", shop, "efron", True, True, True),
        Case("breslow", shop, "breslow", True, True, True),
    ]
    head = ["case"]
    write("cases", head + ["ties", "late", "weights", "strata"], [[c.name, c.ties, int(c.late), int(c.weights), int(c.strata)] for c in cases])
    write("coefficients", head + ["predictor", "coefficient", "reference", "cov0", "cov1"],
          [[c.name, k, c.beta[k], c.reference[k], c.covariance[k, 0], c.covariance[k, 1]] for c in cases for k in range(P)])
    steps, shares, means, tests, residuals, schoenfeld = [], [], [], [], [], []
    for c in cases:
        so_far = {}
        for s, t, h, v in c.steps(c.beta):
            total = so_far[s] = tuple(a + b for a, b in zip(so_far.get(s, (mpf(0), mpf(0))), (h, v)))
            steps.append([c.name, s, t, *total])
        for x, start in (([0, 1], 0), ([3, mpf("0.5")], 0), ([2, 1], 1), ([1, 0], mpf("2.25"))):
            for s in sorted(set(c.stratum)):
                for ahead in (mpf("0.5"), 2, mpf("3.25")):
                    end = mpf(start) + ahead
                    if end > c.longest(s):
                        continue
                    f = lambda b, moved, x=x, s=s, start=start, end=end: c.hazard(b, x, s, mpf(start), end, moved)  # noqa: E731
                    m = lambda b, moved, x=x, s=s, start=start, end=end: c.mean_left(b, x, s, mpf(start), end, moved)  # noqa: E731
                    hazard, error = f(c.beta, None), sqrt(c.variance(f, s))
                    low, high = (exp(-hazard * exp(side * Z * error / hazard)) if hazard else mpf("nan") for side in (1, -1))
                    shares.append([c.name, *x, s, start, ahead, exp(-hazard), exp(-hazard) * error, low, high])
                    means.append([c.name, *x, s, start, ahead, m(c.beta, None), sqrt(c.variance(m, s))])
        for name, g in c.transforms():
            tests += [[c.name, name, k, value] for k, value in enumerate(c.proportional(g))]
        for i in range(0, len(shop), 2):
            left = c.martingale(i)
            deviance = sign(left) * sqrt(abs(-2 * (left + (log(1 - left) if c.event[i] else 0))))
            score = matrix(c.score(i))
            residuals.append([c.name, i, left, deviance, *score, *(c.covariance * score * c.weight[i])])
        events = list(c.schoenfeld())
        for i, time, residual in events:
            drawn = c.covariance * matrix(residual) * len(events)
            schoenfeld.append([c.name, i, time, *residual, *(c.beta[k] + drawn[k] for k in range(P))])
    write("steps", head + ["stratum", "time", "hazard", "variance"], steps)
    write("survival", head + ["tickets", "plan", "stratum", "from", "ahead", "survival", "standard_error", "low", "high"], shares)
    write("remaining", head + ["tickets", "plan", "stratum", "from", "horizon", "mean", "standard_error"], means)
    write("proportional", head + ["transform", "predictor", "chi_squared"], tests)
    write("residuals", head + ["row", "martingale", "deviance", "score0", "score1", "influence0", "influence1"], residuals)
    write("schoenfeld", head + ["row", "time", "residual0", "residual1", "scaled0", "scaled1"], schoenfeld)


main()
