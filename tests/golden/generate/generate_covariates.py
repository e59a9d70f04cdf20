"""Writes tests/golden/btyd/covariates.csv: likelihood, P(alive), orders and DERT of customers with two covariates, for every family.

    python tests/golden/generate/generate_covariates.py

Needs mpmath. A customer's own parameters are made from the definitions of retain/btyd.h; then everything is an integral or a sum over
what is not known of the customer, with 30 digits: when a Pareto/NBD customer died, with which probability a BG/NBD customer leaves,
which stage of a gap a regular customer is in. None of it is the library's own way. What the library leaves out of a likelihood (the
gaps' density given x, t_x and their logarithms) is left in as `log_gaps` where the family is regular.
"""

import csv
import math
import pathlib

from mpmath import beta, exp, gamma, hyp2f1, log, loggamma, mp, mpf, nstr, quad, rf

mp.dps = 30
FILE = pathlib.Path(__file__).resolve().parent.parent / "btyd" / "covariates.csv"
PARAMETERS = ("r", "alpha", "s", "beta", "a", "b", "gamma", "delta")
MODELS = {
    "Pareto/NBD": ({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, 0),
    "BG/NBD": ({"r": 0.6, "alpha": 5.0, "a": 0.8, "b": 2.5}, 0),
    "MBG/NBD": ({"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}, 0),
    "NBD": ({"r": 0.385, "alpha": 12.07}, 0),
    "BG/CNBD-k": ({"r": 0.8, "alpha": 3.0, "a": 0.8, "b": 2.5}, 3),
    "MBG/CNBD-k": ({"r": 0.8, "alpha": 4.0, "a": 0.7, "b": 2.0}, 2),
    "Gamma-Gompertz/NBD": ({"r": 0.9, "alpha": 5.0, "b": 0.15, "s": 0.8, "beta": 20.0}, 0),
    "BG/BB": ({"alpha": 1.203523, "beta": 0.749717, "gamma": 0.656717, "delta": 2.783433}, 0),
}
PURCHASE, LIFETIME = (0.5, -0.25), (-0.375, 0.125)
COVARIATES = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.5), (1.0, -2.25)]
RECORDS = [(0, 0.0, 38.5), (1, 1.5, 38.5), (2, 30.25, 38.5), (7, 33.0, 36.0), (4, 20.0, 20.0)]
DISCRETE = [(0, 0, 6), (1, 2, 6), (4, 5, 6), (3, 3, 3), (2, 3, 12)]
HORIZON, RATE = {True: 5, False: 13.0}, {True: 0.125, False: 0.0625}


def personal(family, m, z):
    """The customer's own parameters."""
    u = sum(mpf(c) * mpf(value) for c, value in zip(PURCHASE, z, strict=True))
    v = sum(mpf(c) * mpf(value) for c, value in zip(LIFETIME, z, strict=True))
    own = {name: mpf(value) for name, value in m.items()}
    if family == "BG/BB":
        powers = {"alpha": u / 2, "beta": -u / 2, "gamma": v / 2, "delta": -v / 2}
    elif family == "Gamma-Gompertz/NBD" or family == "Pareto/NBD":
        powers = {"alpha": -u, "beta": -v}
    elif family == "NBD":
        powers = {"alpha": -u}
    else:
        powers = {"alpha": -u, "a": v / 2, "b": -v / 2}
    return {name: value * exp(powers.get(name, 0)) for name, value in own.items()}


def purchases_until(p, x, age):
    """The integral of lambda^x e^(-lambda age) over Gamma(r, alpha)."""
    return rf(p["r"], x) * p["alpha"] ** p["r"] / (p["alpha"] + age) ** (p["r"] + x)


def in_time(p, x, t_x, T, t, rate, survival, density):
    """Customers who leave at a time of their own: over that time."""
    alive = purchases_until(p, x, T) * survival(T)
    dead = quad(lambda u: purchases_until(p, x, u) * density(u), [t_x, (t_x + T) / 2, T]) if density and T > t_x else mpf(0)
    buys = (p["r"] + x) / (p["alpha"] + T)
    orders = buys * quad(lambda u: survival(T + u), [0, t / 4, t / 2, t]) / survival(T)
    dert = buys * quad(lambda u: exp(-rate * u) * survival(T + u), [0, 2, 8, 32, 128, 512, 2048]) / survival(T)
    P = alive / (alive + dead)
    return log(alive + dead), P, P * orders, P * dert


def at_purchases(p, chances, x, t_x, T, t, rate):
    """Customers who leave after a purchase: over the probability of it."""
    a, b, n, age = p["a"], p["b"], p["r"] + x, p["alpha"] + T
    alive = beta(a, b + chances) / beta(a, b) * purchases_until(p, x, T)
    dead = beta(a + 1, b + chances - 1) / beta(a, b) * purchases_until(p, x, t_x) if chances else mpf(0)
    b += chances

    def rate_of_orders(u):
        return n / age * hyp2f1(n + 1, a, a + b, -u / age)

    P = alive / (alive + dead)
    orders = quad(rate_of_orders, [0, t / 4, t / 2, t])
    dert = quad(lambda u: exp(-rate * u) * rate_of_orders(u), [0, 2, 8, 32, 128, 512, 2048])
    return log(alive + dead), P, P * orders, P * dert


def regular(p, k, chances, x, t_x, T, t, rate, log_gaps):
    """Customers who buy at every k-th tick: over the ticks j < k since the last purchase, and over the rate."""
    a, b, n, age, since = p["a"], p["b"], p["r"] + k * x, p["alpha"] + T, T - t_x
    density = exp((k - 1) * mpf(log_gaps)) / gamma(k) ** x
    stages = [purchases_until(p, k * x + j, T) * since**j / gamma(j + 1) for j in range(k)]
    alive = density * beta(a, b + chances) / beta(a, b) * sum(stages)
    dead = density * beta(a + 1, b + chances - 1) / beta(a, b) * purchases_until(p, k * x, t_x) if chances else mpf(0)
    b += chances

    def stay(m):
        return beta(a, b + m - 1) / beta(a, b)

    orders = dert = mpf(0)
    for j, weight in enumerate(stages):
        share, shape, z = weight / sum(stages), n + j, t / (age + t)
        term, tail, i, reached = (1 - z) ** shape, mpf(1), 0, mpf(0)
        while tail > mpf(10) ** -24:  # P(at least i ticks): a purchase at every k-th
            tail -= term
            i += 1
            term *= (shape + i - 1) / i * z
            if (i + j) % k == 0:
                reached += stay((i + j) // k) * tail
        orders += share * reached

        def worth(rate_of_ticks, j=j):
            tick = rate_of_ticks / (rate_of_ticks + rate)
            return tick ** (k - j) * hyp2f1(1, b, a + b, tick**k)

        centre = log(shape / age)
        dert += share * quad(
            lambda y, shape=shape, centre=centre: exp(shape * (y + centre) - age * exp(y + centre) + shape * log(age) - loggamma(shape)) * worth(exp(y + centre)),
            [-200, -40, -10, -4, -2, -1, 0, 0.5, 1, 2, 4, 6],
        )
    P = alive / (alive + dead)
    return log(alive + dead), P, P * orders, P * dert


def at_opportunities(p, x, t_x, n, m, rate):
    A, B, G, D = (p[name] for name in ("alpha", "beta", "gamma", "delta"))
    L = beta(A + x, B + n - x) * beta(G, D + n) / beta(A, B) / beta(G, D)
    for i in range(n - t_x):
        L += beta(A + x, B + t_x - x + i) * beta(G + 1, D + t_x + i) / beta(A, B) / beta(G, D)
    P = beta(A + x, B + n - x) * beta(G, D + n + 1) / beta(A, B) / beta(G, D) / L
    used = beta(A + x + 1, B + n - x) / beta(A, B) / L
    orders = used * sum(beta(G, D + n + j) for j in range(1, m + 1)) / beta(G, D)
    z = exp(-mpf(rate))
    dert = used * quad(lambda q: q ** (G - 1) * (1 - q) ** (D + n) * z / (1 - z * (1 - q)), [0, mpf(1) / 1000, mpf(1) / 20, 1]) / beta(G, D)
    return log(L), P, orders, dert


def answers(family, m, k, z, x, t_x, T, t, rate, log_gaps):
    p, t_x, T, t, rate = personal(family, m, z), mpf(t_x), mpf(T), mpf(t), mpf(rate)
    if family == "Pareto/NBD":
        s, be = p["s"], p["beta"]
        return in_time(p, x, t_x, T, t, rate, lambda u: (be / (be + u)) ** s, lambda u: s * be**s * (be + u) ** (-s - 1))
    if family == "Gamma-Gompertz/NBD":
        s, be, b = p["s"], p["beta"], p["b"]
        return in_time(p, x, t_x, T, t, rate, lambda u: (be / (be - 1 + exp(b * u))) ** s,
                       lambda u: s * b * exp(b * u) * be**s * (be - 1 + exp(b * u)) ** (-s - 1))
    if family == "NBD":
        return in_time(p, x, t_x, T, t, rate, lambda u: mpf(1), None)
    if family == "BG/BB":
        return at_opportunities(p, x, int(t_x), int(T), int(t), rate)
    chances = x + family.startswith("MBG")
    if k:
        return regular(p, k, chances, x, t_x, T, t, rate, log_gaps)
    return at_purchases(p, chances, x, t_x, T, t, rate)


def main():
    columns = ["family", "kind", "k", *PARAMETERS, "purchase_0", "purchase_1", "lifetime_0", "lifetime_1", "z_0", "z_1",
               "x", "t_x", "T", "log_gaps", "t", "rate", "log_likelihood", "alive", "orders", "dert"]
    with open(FILE, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        for family, (m, k) in MODELS.items():
            discrete = family == "BG/BB"
            for number, (x, t_x, T) in enumerate(DISCRETE if discrete else RECORDS):
                for z in COVARIATES[number % 2 :: 2] if k else COVARIATES:
                    log_gaps = math.log(t_x) if x == 1 else 0.875 * x * math.log(t_x / x) if x else 0.0
                    t, rate = HORIZON[discrete], RATE[discrete]
                    got = answers(family, m, k, z, x, t_x, T, t, rate, log_gaps)
                    out.writerow([family, "ordinary", k, *(m.get(name, "nan") for name in PARAMETERS), *PURCHASE, *(LIFETIME if family != "NBD" else (0.0, 0.0)), *z,
                                  x, t_x, T, log_gaps, t, rate, *(nstr(value, 17) for value in got)])


main()
