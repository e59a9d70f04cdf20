"""Forecasts of retain/btyd_future.h by brute force: tests/golden/btyd/forecasts.csv.

    python tests/golden/generate/generate_forecasts.py tests/golden/btyd [FAMILY ...]

Nothing here is computed the way the library does. A Pareto/NBD customer who is alive at T dies at T + u with the Lomax density of u,
and the occasions before that are negative binomial: every forecast is one integral over u; a Gamma-Gompertz/NBD customer ages. A (M)BG/NBD customer leaves after the K-th
purchase from now on, K beta-geometric, and purchases are a Polya process: every forecast is a sum over the purchases before the window
and in it. Mean rates are mixtures over the moment of death. 22 digits, with mpmath.
"""

import csv
import functools
import pathlib
import sys

from mpmath import beta, exp, findroot, gamma, hyp2f1, inf, loggamma, log, mp, mpf, quad, workdps

mp.dps = 22

MODELS = {
    "pareto": [dict(r=0.553, alpha=10.578, s=0.606, beta=11.669), dict(r=2.5, alpha=3.0, s=1.75, beta=40.0)],
    "bg": [dict(r=0.243, alpha=4.414, a=0.793, b=2.426), dict(r=1.5, alpha=12.0, a=2.25, b=9.0)],
    "mbg": [dict(r=0.525, alpha=6.183, a=0.891, b=1.614), dict(r=1.5, alpha=12.0, a=2.25, b=9.0)],
    "gg": [dict(r=0.9, alpha=5.0, s=0.8, beta=20.0, b=0.15)],
}
CUSTOMERS = [(0, 0.0, 0.0), (0, 0.0, 38.875), (2, 30.4375, 38.875), (7, 12.5, 39.0)]
WINDOWS = [(0.0, 13.0), (0.0, 0.03125), (13.0, 39.0)]


def exact(x):
    return mpf(x) if isinstance(x, int) else mpf(float(x))


@functools.lru_cache(None)
def nbd(n, r, alpha, w):
    """P(n purchases in w) for lambda ~ Gamma(r, alpha)."""
    if w == 0:
        return mpf(n == 0)
    return exp(loggamma(r + n) - loggamma(r) - loggamma(n + 1) + r * log(alpha / (alpha + w)) + n * log(w / (alpha + w)))


class Pareto:
    def __init__(self, m, x, t_x, T):
        self.prior = (m["r"], m["alpha"], m["s"], m["beta"])
        self.data = (x, t_x, T)
        self.r, self.alpha, self.s, self.beta = m["r"] + x, m["alpha"] + T, m["s"], m["beta"] + T
        lost = quad(lambda u: self.s / (m["beta"] + u) * ((m["alpha"] + T) / (m["alpha"] + u)) ** self.r
                    * (self.beta / (m["beta"] + u)) ** self.s, [t_x, (t_x + T) / 2, T]) if T > t_x else mpf(0)
        self.alive = 1 / (1 + lost)

    def over_death(self, f, edges):
        """Mean of f(moment of death); beyond the last edge f does not change."""
        density = lambda u: self.s / self.beta * (self.beta / (self.beta + u)) ** (self.s + 1)
        edges = sorted({mpf(0), *edges})
        inner = sum(quad(lambda u: density(u) * f(u), [a, (a + b) / 2, b]) for a, b in zip(edges, edges[1:]))
        return inner + f(edges[-1]) * (self.beta / (self.beta + edges[-1])) ** self.s

    def surviving(self, t):
        return (self.beta / (self.beta + t)) ** self.s

    def pmf(self, n, a, b):
        return self.over_death(lambda u: nbd(n, self.r, self.alpha, min(max(u - a, 0), b - a)), [a, b])

    def moments(self, a, b):
        mean = self.r / self.alpha * self.over_death(lambda u: min(max(u - a, 0), b - a), [a, b])
        pairs = self.r * (self.r + 1) / self.alpha**2 * self.over_death(lambda u: min(max(u - a, 0), b - a) ** 2, [a, b])
        return mean, pairs

    def discounted(self, a, b, delta):
        rate = lambda u: exp(-delta * u) * self.r / self.alpha * (self.beta / (self.beta + u)) ** self.s
        return quad(rate, [a, a + 10, a + 100, a + 1000, inf] if b == inf else [a, (a + b) / 2, b])

    def silent(self, t):
        return self.pmf(0, mpf(0), t)

    def silent_area(self, t):
        """Of the silence until t: of those who die at u, silence does not fall any more."""
        whole = lambda u: (self.alpha - (self.alpha + u) * (self.alpha / (self.alpha + u)) ** self.r) / (self.r - 1)
        return self.over_death(lambda u: whole(min(u, t)) + (t - min(u, t)) * (self.alpha / (self.alpha + min(u, t))) ** self.r, [t])

    def rates(self):
        """E[lambda | data] and E[mu | data]: of those who are alive, and of those who died at u, whose rates are known until then."""
        r, alpha, s, b = self.prior
        x, t_x, T = self.data
        n = r + x
        density = lambda u: s / (b + u) * ((alpha + T) / (alpha + u)) ** n * (self.beta / (b + u)) ** s
        over = lambda f: quad(lambda u: density(u) * f(u), [t_x, (t_x + T) / 2, T]) if T > t_x else mpf(0)
        return (self.alive * (n / (alpha + T) + over(lambda u: n / (alpha + u))),
                self.alive * (s / self.beta + over(lambda u: (s + 1) / (b + u))))


class Gompertz(Pareto):
    """The same with a risk of leaving that rises: S(u) = (beta / (beta - 1 + e^(b u)))^s."""

    def __init__(self, m, x, t_x, T):
        self.b, b = m["b"], m["b"]
        self.prior, self.data = (m["r"], m["alpha"], m["s"], m["beta"]), (x, t_x, T)
        self.r, self.alpha, self.s = m["r"] + x, m["alpha"] + T, m["s"]
        self.old = lambda u: m["beta"] - 1 + exp(b * u)
        self.beta = self.old(T) * exp(-b * T)
        lost = quad(lambda u: self.lost(u), [t_x, (t_x + T) / 2, T]) if T > t_x else mpf(0)
        self.alive = 1 / (1 + lost)

    def lost(self, u):
        """Density of death at u, silent from then to T, over the probability of being alive at T."""
        T = self.data[2]
        return (self.s * self.b * exp(self.b * u) / self.old(u) * (self.old(T) / self.old(u)) ** self.s
                * (self.alpha / (self.alpha - T + u)) ** self.r)

    def surviving(self, t):
        return (self.beta / (self.beta - 1 + exp(self.b * t))) ** self.s

    def over_death(self, f, edges):
        density = lambda u: self.s * self.b * exp(self.b * u) / (self.beta - 1 + exp(self.b * u)) * self.surviving(u)
        edges = sorted({mpf(0), *edges})
        inner = sum(quad(lambda u: density(u) * f(u), [a, (a + b) / 2, b]) for a, b in zip(edges, edges[1:]))
        return inner + f(edges[-1]) * self.surviving(edges[-1])

    def discounted(self, a, b, delta):
        rate = lambda u: exp(-delta * u) * self.r / self.alpha * self.surviving(u)
        return quad(rate, [a, a + 10, a + 100, a + 1000, inf] if b == inf else [a, (a + b) / 2, b])

    def rates(self):
        x, t_x, T = self.data
        over = lambda f: quad(lambda u: self.lost(u) * f(u), [t_x, (t_x + T) / 2, T]) if T > t_x else mpf(0)
        return (self.alive * (self.r / self.alpha + over(lambda u: self.r / (self.alpha - T + u))),
                self.alive * (self.s / self.old(T) + over(lambda u: (self.s + 1) / self.old(u))))


class Geometric:
    first = 0

    def __init__(self, m, x, t_x, T):
        self.prior, self.data = (m["r"], m["alpha"], m["a"], m["b"]), (x, t_x, T)
        chances = x + self.first
        self.r, self.alpha, self.a, self.b = m["r"] + x, m["alpha"] + T, m["a"], m["b"] + chances
        odds = m["a"] / (m["b"] + chances - 1) * ((m["alpha"] + T) / (m["alpha"] + t_x)) ** self.r if chances else mpf(0)
        self.alive = 1 / (1 + odds)

    def stays(self, k):
        """P(still there after k more purchases)."""
        return beta(self.a, self.b + k) / beta(self.a, self.b)

    def leaves(self, k):
        return beta(self.a + 1, self.b + k - 1) / beta(self.a, self.b)

    def over_before(self, a, f):
        """Mean of f(purchases in (0, a] of somebody who never leaves)."""
        total, j, mass = mpf(0), 0, mpf(0)
        while mass < 1 - mpf(10) ** -18 and j < 4000:
            p = nbd(j, self.r, self.alpha, a)
            mass += p
            total += p * f(j)
            j += 1
        return total

    def surviving(self, t):
        return self.over_before(t, self.stays)

    def pmf(self, n, a, b):
        h = b - a

        def given(j):
            exactly = nbd(n, self.r + j, self.alpha + a, h)
            if n == 0:
                return 1 - self.stays(j) + self.stays(j) * exactly
            fewer = sum(nbd(i, self.r + j, self.alpha + a, h) for i in range(n))
            return self.stays(j + n) * exactly + self.leaves(j + n) * (1 - fewer)

        with workdps(45):  # 1 - fewer may be small
            return self.over_before(a, given)

    def moments(self, a, b):
        """Sums over the number of purchases up to a and b: E[min(N, K)] and so on, from P(Y >= n)."""
        h = b - a

        def given(j):
            m = q = fewer = mpf(0)
            n = 1
            while True:
                fewer += nbd(n - 1, self.r + j, self.alpha + a, h)
                at_least = self.stays(j + n - 1) * (1 - fewer)
                m += at_least
                q += 2 * (n - 1) * at_least
                if 1 - fewer < mpf(10) ** -17 or n > 3000:
                    return m, q
                n += 1

        known = {}
        part = lambda j, k: known.setdefault(j, given(j) if j not in known else None)[k]
        return self.over_before(a, lambda j: part(j, 0)), self.over_before(a, lambda j: part(j, 1))

    def discounted(self, a, b, delta):
        # the density of occasions at u, the mean over p of n / alpha (1 + p u / alpha)^-(n + 1), is a hypergeometric function
        n = self.r
        rate = lambda u: exp(-delta * u) * n / self.alpha * hyp2f1(n + 1, self.a, self.a + self.b, -u / self.alpha)
        return quad(rate, [a, a + 10, a + 100, a + 1000, inf] if b == inf else [a, (a + b) / 2, b])

    def silent_area(self, t):
        return quad(self.silent, [0, t / 16, t / 4, t])

    def silent(self, t):
        return (self.alpha / (self.alpha + t)) ** self.r

    def rates(self):
        r, alpha, a, b = self.prior
        x, t_x, T = self.data
        c = x + self.first

        def likelihood(r_more, a_more):
            n = r + x + r_more
            inside = beta(a + a_more, b + c) / (alpha + T) ** n
            if c:
                inside += beta(a + 1 + a_more, b + c - 1) / (alpha + t_x) ** n
            return gamma(n) * inside

        return likelihood(1, 0) / likelihood(0, 0), likelihood(0, 1) / likelihood(0, 0)


class First(Geometric):
    first = 1


KINDS = {"pareto": Pareto, "bg": Geometric, "mbg": First, "gg": Gompertz}


def questions(one):
    """(quantity, from, to, delta, n, share, value) of one customer."""
    A, D = one.alive, 1 - one.alive
    for a, b in WINDOWS:
        a, b = exact(a), exact(b)
        mean, pairs = one.moments(a, b)
        none = one.pmf(0, a, b)
        yield "orders", a, b, "", "", "", A * mean
        yield "variance", a, b, "", "", "", A * pairs + A * mean - (A * mean) ** 2
        yield "silence", a, b, "", "", "", D + A * none
        yield "return", a, b, "", "", "", A * (1 - none)
        some = [none] + [one.pmf(n, a, b) for n in range(1, 6)]
        for n in (0, 1, 5):
            yield "count", a, b, "", n, "", (D if n == 0 else 0) + A * some[n]
        yield "at_most", a, b, "", 3, "", D + A * sum(some[:4])
        for share in (exact(0.5), exact(0.9375)):
            total, n = D, 0
            while total + A * (some[n] if n < 6 else one.pmf(n, a, b)) < share:
                total += A * (some[n] if n < 6 else one.pmf(n, a, b))
                n += 1
            yield "count_quantile", a, b, "", "", share, mpf(n)
    for a, b, delta in [(0.0, 52.0, 0.0), (13.0, 52.0, 0.002), (0.0, inf, 0.002)]:
        yield "discounted", exact(a), b if b == inf else exact(b), exact(delta), "", "", (
            A * one.discounted(exact(a), b if b == inf else exact(b), exact(delta)))
    for t in (0.0, 0.5, 26.0, 260.0):
        t = exact(t)
        yield "alive", "", t, "", "", "", A * (one.surviving(t) if t else 1)
    for t in (1.0, 26.0, 260.0):
        t = exact(t)
        area = one.silent_area(t)
        yield "next_mean", "", t, "", "", "", (area - t * one.silent(t)) / (1 - one.silent(t))
    for share in (0.125, 0.5, 0.75):
        share = exact(share)
        value = inf
        for end in [mpf(10) ** k for k in range(-6, 13)]:
            if A * (1 - one.silent(end)) >= share:
                f = lambda y: A * (1 - one.silent(exp(y))) - share
                value = exp(findroot(f, (log(end / 10), log(end)), solver="anderson", tol=mpf(10) ** -22, maxsteps=200, verify=False))
                break
        yield "next_quantile", "", "", "", "", share, value
    rate, leaving = one.rates()
    yield "rate", "", "", "", "", "", rate
    yield "leaving", "", "", "", "", "", leaving


def text(value):
    if isinstance(value, (int, str)):
        return str(value)
    return "inf" if value == inf else mp.nstr(value, 17, strip_zeros=True)


def main(folder, *only):
    path = pathlib.Path(folder) / "forecasts.csv"
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["family", "r", "alpha", "s", "beta", "a", "b", "x", "t_x", "T", "quantity", "from", "to", "delta", "n", "share",
                      "value"])
        for family, models in ((f, m) for f, m in MODELS.items() if not only or f in only):
            for model, customers in zip(models, (CUSTOMERS, CUSTOMERS[2:])):
                for x, t_x, T in customers:
                    one = KINDS[family]({k: exact(v) for k, v in model.items()}, x, exact(t_x), exact(T))
                    for row in questions(one):
                        out.writerow([family, *(model.get(k, "") for k in ("r", "alpha", "s", "beta", "a", "b")), x, t_x, T, row[0],
                                      *map(text, row[1:])])


if __name__ == "__main__":
    main(*sys.argv[1:])
