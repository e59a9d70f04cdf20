"""Golden values of spend models from single orders: tests/golden/spend/orders.csv.

    python tests/golden/generate/generate_spend_orders.py

Written from the definitions with mpmath at 60 digits: the likelihood is the textbook product of gamma (normal) densities after the
customer's rate (mean) is integrated out in closed form, derivatives are numerical ones of 60-digit values, quantiles are roots of the
distribution function. Where numbers are moderate, likelihood and expectation are also integrated by brute force over the customer's
own rate (mean), from the order values themselves, and must agree.

The sufficient statistics are rounded to doubles first; everything else is a function of these doubles. `scale` is the sum of the sizes
of the terms of the likelihood: what rounding has to be measured by.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 60
FOLDER = Path(__file__).resolve().parents[1] / "spend"
Z = mp.sqrt(2) * mp.erfinv(mpf("0.95"))
SPREAD = [[mpf("0.01") * (i == j) + mpf("0.004") for j in range(5)] for i in range(5)]  # of logarithms, and of theta and delta
AHEAD = mpf(2)
COLUMNS = ("n", "mean", "mean_log", "log_squares", "frequency", "time", "time_squares", "time_logs")


def gamma_gamma(entries, s):
    log_p, log_q, log_gamma, theta, _ = entries
    p, q = mp.exp(log_p), mp.exp(log_q)
    n, y = s["n"], s["n"] * s["mean"]
    scale = mp.exp(log_gamma) * (1 + s["frequency"]) ** theta
    return [
        mp.loggamma(p * n + q),
        -mp.loggamma(q),
        -n * mp.loggamma(p),
        q * mp.log(scale),
        (p - 1) * n * s["mean_log"],
        -(p * n + q) * mp.log(scale + y),
    ]


def gamma_gamma_expected(entries, s):
    log_p, log_q, log_gamma, theta, _ = entries
    p, q = mp.exp(log_p), mp.exp(log_q)
    scale = mp.exp(log_gamma) * (1 + s["frequency"]) ** theta
    shape = p * s["n"] + q - 1
    return mp.log(p * (scale + s["n"] * s["mean"]) / shape) if shape > 0 else mp.nan


def gamma_gamma_quantile(entries, s, probability):
    log_p, log_q, log_gamma, theta, _ = entries
    p, q = mp.exp(log_p), mp.exp(log_q)
    a, b = p, p * s["n"] + q
    scale = mp.exp(log_gamma) * (1 + s["frequency"]) ** theta + s["n"] * s["mean"]

    def above(w):
        return mp.betainc(a, b, 0, mp.exp(w) / (1 + mp.exp(w)), regularized=True) - probability

    if not mpf("0.4") < p < 50:
        return mp.nan  # too slow with mpmath
    with mp.workdps(24):
        low = high = mp.log(a / b)
        step = mpf(1)
        while above(low) > 0:
            low, step = low - step, 2 * step
        step = mpf(1)
        while above(high) < 0:
            high, step = high + step, 2 * step
        return scale * mp.exp(mp.findroot(above, (low, high), solver="anderson", tol=mpf(10) ** -20, maxsteps=100))


def log_normal_parts(entries, s):
    log_median, log_tau, log_sigma, theta, delta = entries
    t2, s2, n = mp.exp(2 * log_tau), mp.exp(2 * log_sigma), s["n"]
    prior = log_median + theta * mp.log(1 + s["frequency"])
    residual = s["mean_log"] - delta * s["time"] - prior if n else mpf(0)
    squares = s["log_squares"] - 2 * delta * s["time_logs"] + delta**2 * s["time_squares"]
    return prior, residual, squares, t2, s2, n


def log_normal(entries, s):
    _, residual, squares, t2, s2, n = log_normal_parts(entries, s)
    return [
        -n * mp.log(2 * mp.pi) / 2,
        -(n - 1) * mp.log(s2) / 2,
        -mp.log(s2 + n * t2) / 2,
        -squares / (2 * s2),
        -n * residual**2 / (2 * (s2 + n * t2)),
        -n * s["mean_log"],
    ]


def log_normal_next(entries, s):
    """Mean and variance of the logarithm of the next order."""
    prior, residual, _, t2, s2, n = log_normal_parts(entries, s)
    precision = n / s2 + 1 / t2
    return prior + n / s2 * residual / precision + entries[4] * AHEAD, 1 / precision + s2


def log_normal_expected(entries, s):
    mean, variance = log_normal_next(entries, s)
    return mean + variance / 2


def log_normal_quantile(entries, s, probability):
    mean, variance = log_normal_next(entries, s)
    return mp.exp(mean + mp.sqrt(2 * variance) * mp.erfinv(2 * mpf(probability) - 1))


FAMILIES = {
    0: (gamma_gamma, gamma_gamma_expected, gamma_gamma_quantile),
    1: (log_normal, log_normal_expected, log_normal_quantile),
}


def statistics(values, times, frequency):
    if not values:
        return dict.fromkeys(COLUMNS, mpf(0)) | {"frequency": mpf(frequency)}
    logs = [mp.log(v) for v in values]
    mean, centre = mp.fsum(logs) / len(logs), mp.fsum(times) / len(times)
    exact = {
        "n": len(values),
        "mean": mp.fsum(values) / len(values),
        "mean_log": mean,
        "log_squares": mp.fsum((x - mean) ** 2 for x in logs),
        "frequency": mpf(frequency),
        "time": centre,
        "time_squares": mp.fsum((t - centre) ** 2 for t in times),
        "time_logs": mp.fsum((t - centre) * (x - mean) for t, x in zip(times, logs)),
    }
    return {name: mpf(float(value)) for name, value in exact.items()}


def brute_force(family, entries, values, times, frequency):
    """log f(values) and the expected next order, by integration over the customer's own rate or mean."""
    with mp.workdps(18):
        if family == 0:
            p, q = mp.exp(entries[0]), mp.exp(entries[1])
            scale = mp.exp(entries[2]) * (1 + mpf(frequency)) ** entries[3]

            def density(u):  # u = log nu
                nu = mp.exp(u)
                logs = [p * u - mp.loggamma(p) + (p - 1) * mp.log(v) - nu * v for v in values]
                return mp.exp(mp.fsum(logs) + q * mp.log(scale) - mp.loggamma(q) + q * u - nu * scale)

            centre = mp.log((p * len(values) + q) / (scale + mp.fsum(values)))
            value, points = (lambda u: p / mp.exp(u)), [centre + k for k in (-60, -8, -4, -2, -1, 0, 1, 2, 4, 8)]
        else:
            tau, sigma = mp.exp(entries[1]), mp.exp(entries[2])
            prior = entries[0] + entries[3] * mp.log(1 + mpf(frequency))

            def density(m):
                logs = [-((mp.log(v) - m - entries[4] * t) ** 2) / (2 * sigma**2) - mp.log(sigma * v) for v, t in zip(values, times)]
                return mp.exp(mp.fsum(logs) - (m - prior) ** 2 / (2 * tau**2) - mp.log(tau)) / mp.sqrt(2 * mp.pi) ** (len(values) + 1)

            mean, _ = log_normal_next(entries, statistics(values, times, frequency))
            value, points = (lambda m: mp.exp(m + entries[4] * AHEAD + sigma**2 / 2)), [mean + k for k in (-20, -4, -2, -1, 0, 1, 2, 4, 20)]
        whole = mp.quad(density, points)
        return mp.log(whole), mp.quad(lambda u: density(u) * value(u), points) / whole


def cases():
    chance = random.Random(7)
    shapes = {
        0: [(6.25, 3.74, 15.44), (1.0, 1.5, 1e4), (0.5, 0.7, 3.0), (40.0, 12.0, 2.5), (1e-3, 2.0, 1.0), (1e6, 1e3, 1.0), (2.0, 1.0000001, 5e-3)],
        1: [(30.0, 0.6, 0.5), (1.0, 1.5, 1e-3), (2e6, 1e-4, 0.8), (0.02, 2.5, 2.0), (45.0, 1e-6, 1e-6), (5.0, 0.3, 0.3), (8e3, 1.0, 0.2)],
    }
    for family, models in shapes.items():
        for k, model in enumerate(models):
            centre = model[2] * model[0] / (model[1] + 1) if family == 0 else model[0]
            for orders in (0, 1, 2, 7, 60):
                values = [mpf(round(centre * chance.lognormvariate(0, 0.5), 6) or 1e-6) for _ in range(orders)]
                if k == 3 and orders == 7:
                    values = values[:1] * 7
                times = [mpf(-chance.randrange(1, 40)) for _ in values]
                theta = 0.0 if k in (1, 5) else chance.choice([0.25, -0.4, 0.05])
                delta = 0.0 if family == 0 or k in (2, 5) else chance.choice([0.01, -0.003])
                frequency = orders if k != 6 else 0.37
                yield family, (*model, theta, delta), values, times, frequency, k in (0, 3) and 0 < orders < 60


def main():
    rows = []
    for number, (family, model, values, times, frequency, moderate) in enumerate(cases()):
        likelihood, expected, quantile = FAMILIES[family]
        entries = [*(mp.log(mpf(v)) for v in model[:3]), mpf(model[3]), mpf(model[4])]
        s = statistics(values, times, frequency)
        row = {"id": f"spend-orders-{number:03d}", "family": family}
        row |= {f"v{i}": repr(float(v)) for i, v in enumerate(model)}
        for name in COLUMNS:
            row[name] = repr(float(s[name])) if values or name in ("n", "frequency") else ""
        log_expected = expected(entries, s)
        out = {name: mp.nan for name in ("scale", "loglik", *(f"d{i}" for i in range(5)))}
        if values:
            out["scale"] = mp.fsum(abs(term) for term in likelihood(entries, s))
            out["loglik"] = mp.fsum(likelihood(entries, s))
        reach = mpf(0)
        slopes = []
        for i in range(5):
            def moved(x, i=i):
                return [x if j == i else e for j, e in enumerate(entries)]
            if values:
                out[f"d{i}"] = mp.diff(lambda x: mp.fsum(likelihood(moved(x), s)), entries[i]) if family or i < 4 else mpf(0)
            slopes.append(mp.diff(lambda x: expected(moved(x), s), entries[i]) if not mp.isnan(log_expected) else mp.nan)
        reach = Z * mp.sqrt(mp.fsum(slopes[i] * slopes[j] * SPREAD[i][j] for i in range(5) for j in range(5)))
        out |= {"expected": mp.exp(log_expected), "low": mp.exp(log_expected - reach), "high": mp.exp(log_expected + reach)}
        for probability in (0.025, 0.5, 0.975):
            out[f"quantile_{probability}"] = quantile(entries, s, mpf(probability))
        if moderate and values:
            whole, mean = brute_force(family, entries, values, times, frequency)
            assert abs(whole - out["loglik"]) < 1e-12 * out["scale"], (row["id"], whole, out["loglik"])
            assert mp.isnan(log_expected) or abs(mean / out["expected"] - 1) < 1e-9, (row["id"], mean, out["expected"])
        row |= {name: "" if mp.isnan(value) else mp.nstr(value, 20, strip_zeros=True) for name, value in out.items()}
        rows.append(row)
    with open(FOLDER / "orders.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    print(len(rows), "rows")


if __name__ == "__main__":
    main()
