"""Writes the golden vectors of BG/CNBD-k and MBG/CNBD-k: tests/golden/btyd/bgcnbd_*.csv and mbgcnbd_*.csv.

    python tests/golden/generate/generate_cnbd.py

Needs mpmath. Everything is computed from the story of one customer with a known rate lambda: a clock ticks at that rate, every k-th
tick is a purchase, after a purchase the customer leaves with probability p. Probabilities given lambda are sums of Poisson
probabilities; p ~ Beta(a, b) enters through its moments E[p^i (1-p)^j]; lambda ~ Gamma(r, alpha) is integrated over numerically, by
equal steps in log lambda with 30 digits. No incomplete beta function, no negative binomial and no recurrence of the library is used.

Columns as in the vectors of the other families (`scale`: the sizes of what a double-precision program adds up; `cond`: the sum of
|d log value/d log input|, of the odds of being dead for palive), and k and log_gaps.
"""

import csv
import decimal
import pathlib
import random

from mpmath import mp, mpf

mp.dps = 30
decimal.getcontext().prec = 32
HERE = pathlib.Path(__file__).resolve().parent.parent / "btyd"
FAMILIES = {"bgcnbd": 0, "mbgcnbd": 1}


def text(value):
    return "inf" if value == mp.inf else "-inf" if value == -mp.inf else mp.nstr(mpf(value), 20)


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="ascii") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def moment(a, b, left, stayed):
    """E[p^left (1-p)^stayed]."""
    return mp.beta(a + left, b + stayed) / mp.beta(a, b)


def exact(value):
    """The same number for the decimal module, which is much faster."""
    return decimal.Decimal(mp.nstr(value, 32))


def poisson_terms(mean, count):
    """P(N = i) for i < count."""
    mean = exact(mean)
    term, terms = (-mean).exp(), []
    for i in range(count):
        terms.append(term)
        term *= mean / (i + 1)
    return terms


def over_rates(functions, shape, rate, extra):
    """Means of functions of lambda ~ Gamma(shape, rate), constant as lambda goes to 0; `functions` returns a list of values."""
    shape, rate = mpf(shape), mpf(rate)
    center = mp.log(shape / rate)
    low = max(-mp.log(rate) - 55, center - 11 / mp.sqrt(shape) - 60 / shape)
    high = mp.log((shape + extra + 60 + 11 * mp.sqrt(shape + extra)) / rate)
    step = min(mpf(1) / 10, 1 / (4 * mp.sqrt(shape + extra)))
    total, y = None, high
    while True:
        rate_now = mp.exp(y)
        weight = mp.exp(shape * (y - center) - rate * (rate_now - mp.exp(center)))
        if y < low:  # from here on down all is constant but the weights, which are a geometric series
            weight /= -mp.expm1(-shape * step)
        values = functions(rate_now)
        total = [weight * v for v in values] if total is None else [s + weight * v for s, v in zip(total, values)]
        if y < low:
            break
        y -= step
    factor = step * mp.exp(shape * center - rate * mp.exp(center) + shape * mp.log(rate) - mp.loggamma(shape))
    return [factor * s for s in total]


def likelihood(variant, row):
    """log L, P(alive), odds of being dead."""
    k, x, t_x, T = int(row["k"]), int(row["x"]), mpf(row["t_x"]), mpf(row["T"])
    a, b, chances = mpf(row["a"]), mpf(row["b"]), int(row["x"]) + variant

    def given(rate):
        """P(fewer than k ticks in T - t_x), up to e^(-lambda (T - t_x)), which is in the rate."""
        return [sum((rate * (T - t_x)) ** j / mp.factorial(j) for j in range(k))]

    n, rate = mpf(row["r"]) + k * x, mpf(row["alpha"]) + t_x
    alive = over_rates(given, n, mpf(row["alpha"]) + T, k)[0] * (rate / (mpf(row["alpha"]) + T)) ** n * moment(a, b, 0, chances)
    dead = moment(a, b, 1, chances - 1) if chances else mpf(0)
    log_l = mp.log(alive + dead) + mp.loggamma(n) - mp.loggamma(row["r"]) + mpf(row["r"]) * mp.log(row["alpha"]) - n * mp.log(rate)
    log_l += (k - 1) * mpf(row["log_gaps"]) - x * mp.loggamma(k)
    return log_l, alive / (alive + dead), dead / alive


def closed_form(variant, row):
    """The same by formula, for derivatives; checked against the integral."""
    k, x, t_x, T = int(row["k"]), int(row["x"]), mpf(row["t_x"]), mpf(row["T"])
    r, alpha, a, b = (mpf(row[name]) for name in ("r", "alpha", "a", "b"))
    n, chances, z = r + k * x, x + variant, (T - t_x) / (alpha + T)
    q = sum(mp.rf(n, j) / mp.factorial(j) * z**j for j in range(k))
    odds = a / (b + chances - 1) * ((alpha + T) / (alpha + t_x)) ** n / q if chances else mpf(0)
    log_l = mp.loggamma(n) - mp.loggamma(r) + r * mp.log(alpha) - n * mp.log(alpha + T) + mp.log(q) + mp.log(1 + odds)
    log_l += mp.log(moment(a, b, 0, chances)) + (k - 1) * mpf(row["log_gaps"]) - x * mp.loggamma(k)
    scale = abs(mp.loggamma(n)) + abs(mp.loggamma(r)) + abs(r * mp.log(alpha)) + abs(n * mp.log(alpha + T)) + mp.log(q)
    scale += abs(mp.loggamma(a + b)) + abs(mp.loggamma(b)) + abs(mp.loggamma(b + chances)) + abs(mp.loggamma(a + b + chances))
    scale += abs((k - 1) * mpf(row["log_gaps"])) + x * abs(mp.loggamma(k))
    scale += n * mp.log((alpha + T) / (alpha + t_x))
    return log_l, odds, scale


def elasticities(function, row, names):
    """d function/d log of each input, by central differences."""
    step, result = mpf(10) ** -9, []
    for name in names:
        up, down = dict(row), dict(row)
        up[name], down[name] = mpf(row[name]) * mp.exp(step), mpf(row[name]) * mp.exp(-step)
        result.append((function(up) - function(down)) / (2 * step))
    return result


def orders(variant, row, t, delta=None):
    """E[Y(t)] and P(Y(t) = 0) of a customer who is alive at T; with delta the discounted orders, for ever when t is None."""
    k, x, s, age = int(row["k"]), int(row["x"]), mpf(row["T"]) - mpf(row["t_x"]), mpf(row["alpha"]) + mpf(row["T"])
    a, b, chances = mpf(row["a"]), mpf(row["b"]), int(row["x"]) + variant
    b = b + chances
    theta = [decimal.Decimal(1)]

    def theta_of(m):
        while len(theta) < m:
            theta.append(theta[-1] * exact(b + len(theta) - 1) / exact(a + b + len(theta) - 1))
        return theta[m - 1]

    def given(rate):
        stages = [(rate * s) ** j / mp.factorial(j) for j in range(k)]
        if t is None:
            tick = rate / (rate + delta)
            series = mp.hyp2f1(1, b, a + b, tick**k)
            return [sum(w * tick ** (k - j) for j, w in enumerate(stages)) * series, sum(stages)]
        stages = [exact(w) for w in stages]
        tick, mean = (mpf(1), rate * t) if delta is None else (rate / (rate + delta), (rate + delta) * t)
        most = int(mean + 16 * mp.sqrt(mean) + 50 + k)
        terms, powers, tick = poisson_terms(mean, most), [decimal.Decimal(1)], exact(tick)
        tails, tail, expected = [decimal.Decimal(0)] * most, decimal.Decimal(0), decimal.Decimal(0)
        for i in range(most):
            tail += terms[most - 1 - i]
            tails[most - 1 - i] = tail
            powers.append(powers[-1] * tick)
        for m in range(1, (most + k) // k):
            expected += theta_of(m) * sum(w * tails[m * k - j] * powers[m * k - j] for j, w in enumerate(stages) if m * k - j < most)
        silent = sum(w * sum(terms[: k - j]) for j, w in enumerate(stages))
        return [mpf(str(value)) for value in (expected, silent, sum(stages))]

    *values, mass = over_rates(given, mpf(row["r"]) + k * x, age, k)
    return [v / mass for v in values]


def pmf(variant, row):
    k, n, t = int(row["k"]), int(row["n"]), mpf(row["t"])
    a, b, chances = mpf(row["a"]), mpf(row["b"]), int(row["n"]) + variant

    def given(rate):
        mean = rate * t
        terms = [mp.exp(-mean + i * mp.log(mean) - mp.loggamma(i + 1)) for i in range(k * n, k * n + k)]
        return [sum(terms), mp.gammainc(k * n, 0, mean, regularized=True) if n else mpf(1)]

    during, at_least = over_rates(given, row["r"], row["alpha"], k * n + k)
    value = moment(a, b, 0, chances) * during
    return value + (moment(a, b, 1, chances - 1) * at_least if chances else 0)


# --- rows ---

TYPICAL = {"r": "0.85", "alpha": "2.9", "a": "0.6", "b": "3.1", "k": "2"}
NAMES = ["r", "alpha", "a", "b", "k"]


def parameters(rng, kind):
    if kind == "stress":
        draw = lambda low, high: f"{10 ** rng.uniform(low, high):.4g}"
        return {"r": draw(-2, 2), "alpha": draw(-2, 3), "a": draw(-3, 3), "b": draw(-3, 3), "k": str(rng.choice([2, 3, 5, 12, 64]))}
    draw = lambda low, high: f"{rng.uniform(low, high):.4g}"
    return {"r": draw(0.1, 3), "alpha": draw(0.5, 30), "a": draw(0.1, 2), "b": draw(0.5, 6), "k": str(rng.choice([1, 2, 2, 3, 4, 6]))}


def customer(rng, kind):
    x = rng.choice([0, 1, 2, 3, 5, 8, 13, 26]) if kind != "stress" else rng.choice([0, 1, 10, 100, 1000])
    T = f"{rng.uniform(2, 90):.4g}" if kind != "stress" else f"{10 ** rng.uniform(-2, 4):.4g}"
    t_x = f"{float(T) * rng.uniform(0.2, 1):.4g}" if x else "0.0"
    t_x = t_x if float(t_x) <= float(T) else T
    gaps = f"{x * (mp.log(mpf(t_x) / x) - mpf(rng.uniform(0.01, 0.8))):.6}" if x else "0.0"
    return {"x": str(x), "t_x": t_x, "T": T, "log_gaps": text(mpf(str(gaps))) if x else "0.0"}


def records(rng, count):
    edges = [
        {**TYPICAL, "x": "0", "t_x": "0.0", "T": "0.0", "log_gaps": "0.0"},
        {**TYPICAL, "x": "0", "t_x": "0.0", "T": "40.0", "log_gaps": "0.0"},
        {**TYPICAL, "x": "4", "t_x": "12.0", "T": "12.0", "log_gaps": "4.2"},
        {**TYPICAL, "a": "1.0", "x": "4", "t_x": "12.0", "T": "30.0", "log_gaps": "4.2"},
        {**TYPICAL, "k": "64", "x": "2", "t_x": "8.0", "T": "11.0", "log_gaps": "2.7"},
        {**TYPICAL, "k": "1", "x": "2", "t_x": "8.0", "T": "11.0", "log_gaps": "2.7"},
    ]
    rows = [("edge", row) for row in edges]
    for kind, share in (("ordinary", 0.7), ("stress", 0.3)):
        rows += [(kind, {**parameters(rng, kind), **customer(rng, kind)}) for _ in range(int(count * share))]
    return rows


def main():
    for family, variant in FAMILIES.items():
        rng = random.Random(f"{family} 1")
        loglik, palive, conditional, expected, dert, pmfs = [], [], [], [], [], []
        for number, (kind, row) in enumerate(records(rng, 30), 1):
            value, alive, odds = likelihood(variant, row)
            formula, formula_odds, scale = closed_form(variant, row)
            assert abs(value - formula) < mpf(10) ** -18 * (1 + abs(value)), (row, value, formula)
            assert abs(odds - formula_odds) <= mpf(10) ** -16 * odds, (row, odds, formula_odds)
            gradient = elasticities(lambda r: closed_form(variant, r)[0], row, NAMES[:4])
            given = [row[name] for name in NAMES + ["x", "t_x", "T"]]
            loglik.append(
                [f"{family}-loglik-{number:03}", kind, *given, row["log_gaps"], text(formula), *map(text, gradient), mp.nstr(scale, 4)]
            )
            inputs = NAMES[:4] + ["t_x", "T"]
            cond = sum(map(abs, elasticities(lambda r: mp.log(closed_form(variant, r)[1]), row, inputs))) if odds else 0
            palive.append(
                [f"{family}-palive-{number:03}", kind, *given, text(alive), text(1 - alive if odds else 0)]
                + [text(mp.log(odds)) if odds else "-inf", mp.nstr(mpf(cond), 4)]
            )
            if kind == "stress" and (int(row["x"]) > 10 or int(row["k"]) > 5) or number > 22:
                continue
            t = {"edge": "13.0", "ordinary": f"{rng.uniform(1, 60):.4g}", "stress": f"{float(row['T']) * rng.uniform(0.01, 1) + 1e-3:.4g}"}[
                kind
            ]
            orders_alive, silent = orders(variant, row, mpf(t))
            conditional.append(
                [f"{family}-conditional-{number:03}", kind, *given, t, text(alive * orders_alive), text(1 - alive + alive * silent)]
                + [mp.nstr(cond + 10 * (mpf(row["r"]) + int(row["k"]) * int(row["x"])), 4)]
            )
            delta = rng.choice(["0.001", "0.02", "0.3"])
            for_ever = orders(variant, row, None, mpf(delta))[0]
            until = orders(variant, row, mpf(t), mpf(delta))[0]
            dert.append(
                [f"{family}-dert-{number:03}", kind, *given, t, delta, text(alive * until), text(alive * for_ever)]
                + [mp.nstr(cond + 10 * (mpf(row["r"]) + int(row["k"]) * int(row["x"])), 4)]
            )
        for number in range(1, 13):
            kind = "edge" if number < 4 else "ordinary" if number < 10 else "stress"
            row = {**TYPICAL, "x": "0", "t_x": "0.0", "T": "0.0"} if number < 4 else {**parameters(rng, "ordinary"), "x": "0", "t_x": "0.0", "T": "0.0"}
            t = {1: "0.0", 2: "0.001", 3: "52.0"}.get(number, f"{rng.uniform(1, 80):.4g}" if kind == "ordinary" else f"{10 ** rng.uniform(-3, 2.3):.4g}")
            new = mpf(row["b"]) / (mpf(row["a"]) + mpf(row["b"])) if variant else mpf(1)
            value = new * orders(variant, row, mpf(t))[0] if mpf(t) else mpf(0)
            expected.append([f"{family}-expected-{number:03}", kind, *[row[name] for name in NAMES], t, text(value), "20"])
            for n in (0, 1, rng.choice([2, 5, 17])):
                at = {**row, "t": t, "n": n}
                value = pmf(variant, at) if mpf(t) else mpf(n == 0)
                pmfs.append([f"{family}-pmf-{len(pmfs) + 1:03}", kind, *[row[name] for name in NAMES], t, n, text(value), text(mp.log(value) if value else -mp.inf)])
        record = ["id", "kind", *NAMES, "x", "t_x", "T"]
        write(f"{family}_loglik.csv", [*record, "log_gaps", "loglik", "d_log_r", "d_log_alpha", "d_log_a", "d_log_b", "scale"], loglik)
        write(f"{family}_palive.csv", [*record, "p_alive", "p_dead", "log_odds_dead", "cond"], palive)
        write(f"{family}_conditional.csv", [*record, "t", "expected", "p_zero", "cond"], conditional)
        write(f"{family}_discounted.csv", [*record, "t", "delta", "until", "for_ever", "cond"], dert)
        write(f"{family}_expected.csv", ["id", "kind", *NAMES, "t", "expected", "cond"], expected)
        write(f"{family}_pmf.csv", ["id", "kind", *NAMES, "t", "n", "pmf", "log_pmf"], pmfs)


if __name__ == "__main__":
    main()
