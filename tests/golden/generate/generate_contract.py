"""Golden vectors of contract models beyond the shifted beta-geometric ones, by brute force in many digits.

    python3 tests/golden/generate/generate_contract.py        (needs mpmath; takes a minute)

Nothing but the definitions is used: S(t) = B(alpha, beta + t^c) / B(alpha, beta) with mpmath's gamma functions at 34 to 100 digits, sums
added up term by term until a term is below 1e-30 of the sum, or, where they converge too slowly for that, by Euler and Maclaurin
with mpmath's quadrature and derivatives (checked against the closed form of the sBG); derivatives by differences at 80 digits.

  bdw.csv          alpha, beta, c, n renewals behind, t more: survival, pmf, retention at decision n + t
  bdw_value.csv    alpha, beta, c, n, horizon (decisions ahead; inf), d: DEL, DERL before, DERL after, elasticities of DEL and DERL
  bdw_loglik.csv   survivors, log-likelihood and its gradient by the logarithms of the parameters; scale: sum over the customers of
                   1 + |log P|, the size of what is added up

c = 1 rows are of the sBG too. `kind` is ordinary or stress: see the tolerances in the tests.
"""

import csv
import functools
import pathlib

import mpmath as mp

mp.mp.dps = 60
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "contract"


def log_s(p, t):
    alpha, beta, c = p
    b = beta + mp.mpf(t) ** c
    return mp.loggamma(b) - mp.loggamma(alpha + b) - start_of(alpha, beta, mp.mp.dps)


@functools.lru_cache(maxsize=None)
def start_of(alpha, beta, digits):
    return mp.loggamma(beta) - mp.loggamma(alpha + beta)


def text(value):
    if value == mp.inf:
        return "inf"
    return mp.nstr(value, 20)


def write(name, header, rows):
    with open(FOLDER / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "kind", *header])
        for number, row in enumerate(rows, 1):
            writer.writerow([f"{name.removesuffix('.csv')}-{number:03d}", *row])


ORDINARY = [(0.4556, 0.7793, 1.2835), (0.2143, 1.4266, 1.7236), (0.7041, 1.1820, 1.0), (2.5, 8.0, 0.6), (1.2, 3.0, 2.5)]
STRESS = [(0.001, 0.01, 0.3), (0.05, 100.0, 5.0), (100.0, 1000.0, 1.5), (1e4, 1e4, 0.2), (1e4, 1e-3, 1.1), (1e-4, 1e4, 2.0),
          (3.0, 1e4, 10.0), (30.0, 0.5, 0.05)]


def exact(*numbers):
    return tuple(mp.mpf(float(number)) for number in numbers)


def curves():
    for kind, parameters in [("ordinary", p) for p in ORDINARY] + [("stress", p) for p in STRESS]:
        for n, t in ((0, 1), (0, 2), (0, 12), (3, 1), (3, 9), (40, 5), (1000, 1), (0, 100000)):
            p = exact(*parameters)
            mp.mp.dps = 100
            survival = log_s(p, n + t) - log_s(p, n)
            before = log_s(p, n + t - 1)
            step = log_s(p, n + t) - log_s(p, n + t - 1)
            log_pmf = before - log_s(p, n) + mp.log(-mp.expm1(step))
            hazard = -mp.expm1(step)
            mp.mp.dps = 60
            yield [kind, *parameters, n, t, text(mp.exp(survival)), text(survival), text(mp.exp(log_pmf)), text(log_pmf),
                   text(mp.exp(step)), text(hazard)]


@functools.lru_cache(maxsize=None)
def survival_at(p, t):
    return mp.exp(log_s(p, t))


def add_up(p, n, horizon, v, rises):
    """Sum of (j + 1)^rises v^j S(n + 1 + j) / S(n)."""
    base, total, power, j = survival_at(p, n), mp.mpf(0), mp.mpf(1), 0
    while j < horizon and j < (5000 if horizon < mp.inf else 3000):
        add = (j + 1) ** rises * power * survival_at(p, n + 1 + j) / base
        total += add
        power *= v
        j += 1
        if add * (n + 1 + j) < mp.mpf(10) ** -30 * total:
            return total
    if j >= horizon:
        return total
    tail = p[0] * p[2] - rises
    if v == 1 and tail <= 1:
        return mp.inf
    raise ValueError("too slow")


def integrate(p, n, v, rises):
    """The same by Euler and Maclaurin with derivatives in closed form to many digits: for sums too slow to add up."""
    base = log_s(p, n)

    def f(x):
        return (x - n) ** rises * v ** (x - n - 1) * mp.exp(log_s(p, x) - base)

    start = n + 400
    total = mp.fsum(f(mp.mpf(x)) for x in range(n + 1, start))
    if v == 1:  # as far as t^c = 1e24; beyond, S is a power of t to some 10 digits of what is left, and that is next to nothing
        end = mp.log(10) * 24 / p[2]
        power = p[0] * p[2] - rises
        total += mp.exp(end) * f(mp.exp(end)) / (power - 1)
    else:
        end = mp.log(start - 80 / mp.log(v))
    steps = int(mp.ceil((end - mp.log(start)) / 2))
    points = [mp.log(start) + (end - mp.log(start)) * k / steps for k in range(steps + 1)]
    total += mp.quad(lambda w: mp.exp(w) * f(mp.exp(w)), points)
    x = mp.mpf(start)
    series = mp.taylor(f, x, 9)
    total += f(x) / 2
    for k in range(1, 5):
        total -= mp.bernoulli(2 * k) / (2 * k) * series[2 * k - 1]
    return total


def closed(p, n, v, rises):
    """sBG: hypergeometric."""
    alpha, beta, _ = p
    b = beta + n
    return b / (alpha + b) * mp.hyp2f1(1 + rises, b + 1, alpha + b + 1, v)


def values():
    cases = [("ordinary", p, n, h, d) for p in ORDINARY for n, h, d in
             ((0, "inf", 0.1), (2, "inf", 0.1), (7, "inf", 0.15), (0, 5, 0.1), (4, 60, 0.01), (0, 2000, 0.0), (1, "inf", 0.01))]
    cases += [("ordinary", p, n, "inf", 0.0) for p in ((2.5, 8.0, 0.6), (1.2, 3.0, 2.5), (3.5, 2.0, 1.0)) for n in (0, 5)]
    cases += [("stress", p, n, "inf", 1e-4) for p in ORDINARY for n in (0, 30)]
    cases += [("stress", p, n, h, d) for p in STRESS for n, h, d in ((0, "inf", 0.05), (10, 50, 0.0), (500, "inf", 0.02))]
    cases += [("stress", p, 0, "inf", 0.0) for p in ((100.0, 1000.0, 1.5), (3.0, 1e4, 10.0), (1e4, 1e4, 0.2))]
    cases += [("stress", p, 3, "inf", 1e-7) for p in ((0.7041, 1.1820, 1.0), (0.001, 2.0, 1.0), (100.0, 1000.0, 1.0))]
    cases += [("stress", (3.34, 2.0, 0.3), 0, "inf", 0.0)]  # t^-1.002: half of the sum comes after 1e150 renewals
    cases += [("stress", (100.0, 1e6, 2.0), n, h, d) for n, h, d in ((0, "inf", 1e-3), (300, 2500, 0.0))]  # smooth, then a bend
    cases += [("stress", (1e3, 1e3, 3.0), 0, "inf", 1e-3), ("stress", (2000.0, 1e9, 2.0), 0, "inf", 1e-4)]
    for kind, parameters, n, horizon, d in cases:
        mp.mp.dps = 60 if parameters[2] >= 5 or d == 0.0 else 34
        p, (rate,) = exact(*parameters), exact(d)
        v = 1 / (1 + rate)
        sums = []
        for rises in (0, 1):
            tail = p[0] * p[2] - rises
            if horizon == "inf" and d == 0.0 and tail <= 1:
                sums.append(mp.inf)
            elif p[2] == 1 and horizon == "inf" and 0 < v < 1:
                sums.append(closed(p, n, v, rises))
            else:
                try:
                    sums.append(add_up(p, n, mp.inf if horizon == "inf" else horizon, v, rises))
                except ValueError:
                    sums.append(integrate(p, n, v, rises))
        plain, rising = sums
        elasticity = [mp.inf, mp.inf] if rising == mp.inf else [v * rising / (1 + v * plain), rising / plain]
        yield [kind, *parameters, n, horizon, d, text(1 + v * plain), text(plain), text(v * plain), *map(text, elasticity)]


def likelihoods():
    regular = [1000, 631, 468, 382, 326, 289, 262, 241]
    high_end = [1000, 869, 743, 653, 593, 551, 517, 491]
    for kind, parameters in [("ordinary", p) for p in ORDINARY] + [("stress", p) for p in STRESS]:
        for survivors in (regular, high_end, [10, 9, 6, 6, 1, 0, 0]):
            p = exact(*parameters)

            def value(*logs, survivors=survivors):
                q = [mp.exp(x) for x in logs]
                curve = [log_s(q, t) for t in range(len(survivors))]
                total = mp.mpf(0)
                for t in range(1, len(survivors)):
                    if survivors[t - 1] > survivors[t]:
                        total += (survivors[t - 1] - survivors[t]) * (
                            curve[t - 1] + mp.log(-mp.expm1(curve[t] - curve[t - 1])))
                return total + survivors[-1] * curve[-1]

            mp.mp.dps = 80
            logs = [mp.log(x) for x in p]
            row = [value(*logs)]
            for k in range(3):
                order = [0, 0, 0]
                order[k] = 1
                row.append(mp.diff(value, tuple(logs), tuple(order)))
            mp.mp.dps = 60
            curve = [log_s(p, t) for t in range(len(survivors))]
            scale = survivors[-1] * (1 - curve[-1])
            for t in range(1, len(survivors)):
                scale += (survivors[t - 1] - survivors[t]) * (1 - curve[t - 1] - mp.log(-mp.expm1(curve[t] - curve[t - 1])))
            yield [kind, *parameters, " ".join(map(str, survivors)), *map(text, row), mp.nstr(scale, 4)]


def main():
    check = exact(0.7041, 1.1820, 1.0)
    v = 1 / (1 + mp.mpf("0.1"))
    assert abs(add_up(check, 2, mp.inf, v, 1) / closed(check, 2, v, 1) - 1) < mp.mpf(10) ** -25
    slow = 1 / (1 + mp.mpf("1e-4"))
    mp.mp.dps = 34
    assert abs(integrate(check, 2, slow, 1) / closed(check, 2, slow, 1) - 1) < mp.mpf(10) ** -20
    write("bdw.csv", ["alpha", "beta", "c", "n", "t", "survival", "log_survival", "pmf", "log_pmf", "retention", "hazard"], curves())
    write("bdw_value.csv", ["alpha", "beta", "c", "n", "horizon", "d", "del", "derl_before", "derl_after", "elasticity_del",
                            "elasticity_derl"], values())
    write("bdw_loglik.csv", ["alpha", "beta", "c", "survivors", "loglik", "d_log_alpha", "d_log_beta", "d_log_c", "scale"], likelihoods())


if __name__ == "__main__":
    main()
