"""Lifetime values with limits and chance, by brute force: tests/golden/clv/interval.csv.

    python tests/golden/generate/generate_clv.py tests/golden/clv

Nothing here is computed the way the library does. A Pareto/NBD customer who is alive at T is still there at T + u with probability
(beta' / (beta' + u))^s and buys at the mean rate r' / alpha' until then; a BG/NBD customer is there with probability e^(-lambda p u). Discounted
orders, time alive and the pairs of orders are integrals of these over time (and over p). Derivatives are central differences. The
covariance of parameters theta is 0.01 theta_i theta_j 0.5^|i - j|, of each model for itself. Pareto/NBD with 30 digits; BG/NBD in doubles, good
for 10.
"""

import csv
import itertools
import pathlib
import sys

import numpy as np
from mpmath import exp, inf, log, mp, mpf, quad, sqrt
from scipy.special import roots_jacobi, roots_legendre

mp.dps = 30

YEAR = 365.25
MODELS = {
    "pareto": dict(r=0.553, alpha=10.578, s=0.606, beta=11.669),
    "bg": dict(r=0.243, alpha=4.414, a=0.793, b=2.426),
}
SPEND = dict(p=6.25, q=3.74, gamma=15.44)
CUSTOMERS = [(0, 0.0, 38.875, ""), (2, 30.4375, 38.875, 24.75), (7, 12.5, 39.0, 40.5), (26, 30.75, 31.0, 16.5)]
TERMS = [
    dict(horizon_days=365.0, annual_rate=0.1, margin=0.3, order_cost=0.0, service_cost=0.0),
    dict(horizon_days=730.0, annual_rate=0.0, margin=1.0, order_cost=4.5, service_cost=0.0),
    dict(horizon_days=inf, annual_rate=0.15, margin=0.4, order_cost=2.0, service_cost=3.0),
    dict(horizon_days=inf, annual_rate=0.2, margin=-0.1, order_cost=0.0, service_cost=0.0),
]


def pareto(m, x, t_x, T, end, delta):
    """P(alive), then given alive: orders discounted once and twice, time alive, and pairs of orders."""
    r, alpha, s, beta = (mpf(m[name]) for name in ("r", "alpha", "s", "beta"))
    lost = quad(lambda u: s / (beta + u) * ((alpha + T) / (alpha + u)) ** (r + x) * ((beta + T) / (beta + u)) ** s, [t_x, T])
    stays = lambda u: ((beta + T) / (beta + T + u)) ** s
    edges = [0, 10, 100, end] if end != inf else [0, 10, 100, 1000, inf]
    once = quad(lambda u: exp(-delta * u) * stays(u), edges)
    twice = quad(lambda u: exp(-2 * delta * u) * stays(u), edges)
    # orders at u < v: the inner integral over u is closed
    inner = lambda v: v if delta == 0 else (1 - exp(-delta * v)) / delta
    pairs = 2 * quad(lambda v: exp(-delta * v) * inner(v) * stays(v), edges)
    rate, square = (r + x) / (alpha + T), (r + x) * (r + x + 1) / (alpha + T) ** 2
    return 1 / (1 + lost), rate * once, rate * twice, once, square * pairs


def bg(m, x, t_x, T, end, delta):
    r, alpha, a, b = (float(m[name]) for name in ("r", "alpha", "a", "b"))
    end, delta = float(end), float(delta)
    lost = a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x) if x else 0.0
    r, alpha, b = r + x, alpha + T, b + x
    at, weight = roots_jacobi(300, b - 1, a - 1)
    p, weight = (at + 1) / 2, weight / weight.sum()
    nodes, shares = roots_legendre(40)
    last = end if end < np.inf else 45 / delta
    cuts = np.concatenate([[0], last * 2.0 ** -np.arange(30, -1, -1)])
    v = np.concatenate([(low + high) / 2 + (high - low) / 2 * nodes for low, high in itertools.pairwise(cuts)])
    dv = np.concatenate([(high - low) / 2 * shares for low, high in itertools.pairwise(cuts)])
    base = alpha + np.outer(p, v)
    there = weight @ (alpha / base) ** r
    orders = weight @ (r * alpha**r / base ** (r + 1))
    both = (weight * (1 - p)) @ (r * (r + 1) * alpha**r / base ** (r + 2))
    once, twice = np.exp(-delta * v), np.exp(-2 * delta * v)
    inner = v if delta == 0 else -np.expm1(-delta * v) / delta
    return 1 / (1 + lost), (orders * once) @ dv, (orders * twice) @ dv, (there * once) @ dv, 2 * (both * once * inner) @ dv


def value(family, model, spend, customer, terms):
    x, t_x, T, z = customer
    t_x, T, z = mpf(t_x), mpf(T), mpf(z or 0)
    if family == "bg":
        t_x, T = float(t_x), float(T)
    delta = log(1 + mpf(terms["annual_rate"])) * 7 / mpf(YEAR)
    end = terms["horizon_days"] if terms["horizon_days"] == inf else mpf(terms["horizon_days"]) / 7
    alive, once, twice, time, pairs = map(mpf, {"pareto": pareto, "bg": bg}[family](model, x, t_x, T, end, delta))
    p, q, gamma = (mpf(spend[name]) for name in ("p", "q", "gamma"))
    m, o, s = mpf(terms["margin"]), mpf(terms["order_cost"]), mpf(terms["service_cost"]) * 7 / mpf(YEAR)
    a, b = p * x + q, gamma + x * z
    mean = p * b / (a - 1)
    net = m * mean - o
    residual = alive * (net * once - s * time)
    # Var S = E[S^2] - E[S]^2, values of one customer being Gamma(p, nu), nu ~ Gamma(a, b)
    inverse, inverse_square = b / (a - 1), b * b / ((a - 1) * (a - 2))
    of_one = m * m * (p * p + p) * inverse_square - 2 * m * o * p * inverse + o * o
    of_two = m * m * p * p * inverse_square - 2 * m * o * p * inverse + o * o
    variance = alive * (twice * of_one + pairs * of_two) - residual * residual
    return residual, variance if s == 0 else None


def gradient(f, start):
    step = mpf("1e-4")
    result = []
    for name in start:
        def moved(by):
            return f({**start, name: mpf(start[name]) * (1 + by * step)})

        result.append((8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * step))
    return result


def form(g):
    """g'Vg, g by the logarithms."""
    return sum(a * b * mpf("0.01") * mpf("0.5") ** abs(i - j) for (i, a), (j, b) in itertools.product(enumerate(g), repeat=2))


def main():
    path = pathlib.Path(sys.argv[1]) / "interval.csv"
    names = ["r", "alpha", "s", "beta", "a", "b"]
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["family", *names, *SPEND, "x", "t_x", "T", "spend", *TERMS[0], "residual", "standard_error", "low", "high", "variance"])
        for (family, model), terms, customer in itertools.product(MODELS.items(), TERMS, CUSTOMERS):
            residual, variance = value(family, model, SPEND, customer, terms)
            orders = gradient(lambda moved: value(family, moved, SPEND, customer, terms)[0], model)
            values = gradient(lambda moved: value(family, model, moved, customer, terms)[0], SPEND)
            error = sqrt(form(orders) + form(values))
            z = mpf("1.9599639845400542355")
            if terms["order_cost"] == 0 and terms["service_cost"] == 0:
                limits = sorted([residual * exp(-z * error / abs(residual)), residual * exp(z * error / abs(residual))])
            else:
                limits = [residual - z * error, residual + z * error]
            digits = 20 if family == "pareto" else 14
            out.writerow(
                [family, *(model.get(name, "") for name in names), *SPEND.values(), *customer]
                + ["inf" if v == inf else v for v in terms.values()]
                + ["" if v is None else mp.nstr(v, digits) for v in (residual, error, *limits, variance)]
            )
            file.flush()


main()
