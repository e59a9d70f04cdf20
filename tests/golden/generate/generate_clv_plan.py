"""Payback of new customers by quadrature and root finding: tests/golden/clv/payback.csv.

    python tests/golden/generate/generate_clv_plan.py tests/golden/clv

Pareto/NBD: a new customer buys at the mean rate r / alpha while alive, and is alive at u with probability (beta / (beta + u))^s, so the margin
by t, first order included, is m E (1 + r / alpha times the discounted integral), less service costs of the same integral. Derivatives are
central differences; covariances as in generate_clv.py. 25 digits.
"""

import csv
import itertools
import pathlib
import sys

from mpmath import exp, inf, log, mp, mpf, quad, sqrt

mp.dps = 25

YEAR, Z = mpf("365.25"), mpf("1.9599639845400542355")
MODEL = dict(r=mpf(0.553), alpha=mpf(10.578), s=mpf(0.606), beta=mpf(11.669))
SPEND = dict(p=mpf(6.25), q=mpf(3.74), gamma=mpf(15.44))
CASES = [  # cost, annual rate, margin, order cost, service cost, horizon in days
    (5.0, 0.1, 0.3, 0.0, 0.0, inf),
    (12.0, 0.1, 0.3, 0.0, 0.0, inf),
    (20.0, 0.1, 0.3, 0.0, 0.0, inf),
    (30.0, 0.1, 0.3, 0.0, 0.0, 730.0),
    (26.0, 0.0, 0.5, 1.5, 0.0, 3652.5),
    (15.0, 0.15, 0.4, 1.0, 2.0, 1461.0),
]


def value(model, spend, case, days):
    cost, rate, margin, order, service, _ = case
    delta = log(1 + mpf(rate)) / YEAR * 7
    mean = spend["p"] * spend["gamma"] / (spend["q"] - 1)
    s, beta = model["s"], model["beta"]
    weeks = days / 7 if days != inf else inf
    edges = [e for e in (0, 10, 100, 1000) if e < weeks] + [weeks]
    time = quad(lambda u: exp(-delta * u) * (beta / (beta + u)) ** s, edges) if weeks else mpf(0)
    net = mpf(margin) * mean - mpf(order)
    return net * (1 + model["r"] / model["alpha"] * time) - mpf(service) * 7 / YEAR * time


def limits(case, days):
    center, step, variance = value(MODEL, SPEND, case, days), mpf("1e-6"), mpf(0)
    for names, which in ((MODEL, 0), (SPEND, 1)):
        g = []
        for name in names:
            ends = []
            for by in (1 + step, 1 - step):
                both = [dict(MODEL), dict(SPEND)]
                both[which][name] *= by
                ends.append(value(*both, case, days))
            g.append((ends[0] - ends[1]) / (2 * step))
        variance += sum(a * b * mpf("0.01") * mpf("0.5") ** abs(i - j) for (i, a), (j, b) in itertools.product(enumerate(g), repeat=2))
    error = sqrt(variance)
    if case[3] == 0 and case[4] == 0:
        return center * exp(-Z * error / center), center, center * exp(Z * error / center)
    return center - Z * error, center, center + Z * error


def first(f, cost, end):
    """The first time at which a rising f reaches the cost."""
    if f(mpf(0)) >= cost:
        return mpf(0)
    low, high = mpf(0), mpf(end)
    if f(high) < cost:
        return inf
    for _ in range(46):
        middle = (low + high) / 2 if low == 0 or high < 2 * low else sqrt(low * high)
        low, high = (low, middle) if f(middle) >= cost else (middle, high)
    return (low + high) / 2


def main():
    with (pathlib.Path(sys.argv[1]) / "payback.csv").open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*MODEL, *SPEND, "cost", "annual_rate", "margin", "order_cost", "service_cost", "horizon_days"]
                     + ["days", "days_low", "days_high", "value", "value_low", "value_high"])
        for case in CASES:
            mp.dps = 15
            end = min(case[5], mpf(10) ** 5)
            days = [first(lambda t: limits(case, t)[at], case[0], end) for at in (1, 2, 0)]
            low, center, high = limits(case, case[5])
            numbers = [*(mp.nstr(v, 17) for v in (*MODEL.values(), *SPEND.values())), *case[:5], "inf" if case[5] == inf else case[5]]
            out.writerow(numbers + ["inf" if v == inf else mp.nstr(v, 12) for v in (*days, center, low, high)])
            file.flush()


main()
