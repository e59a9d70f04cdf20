"""Writes tests/golden/btyd/nbd_*.csv: the NBD model, in the columns of the other families.

    python tests/golden/generate/generate_nbd.py

Needs mpmath. Values are computed with 60 digits from the negative binomial distribution; those of ordinary rows are held against
what the model says of one customer, Poisson purchases at a rate lambda, integrated over the Gamma density of lambda by quadrature.
"""

import csv
import itertools
import pathlib

import mpmath as mp

BTYD = pathlib.Path(__file__).resolve().parent.parent / "btyd"
mp.mp.dps = 60

ORDINARY = [("0.385", "12.07"), ("1.5", "4.0"), ("0.08", "35.0"), ("6.0", "120.0")]
EDGE = [("1.0", "1.0"), ("0.385", "12.07")]
STRESS = [("0.0001", "10000.0"), ("10000.0", "0.0001"), ("0.0001", "0.0001"), ("10000.0", "10000.0"), ("0.02", "3000.0")]
RECORDS = {
    "ordinary": [("0", "0.0", "38.86"), ("1", "1.71", "38.86"), ("2", "30.43", "38.86"), ("26", "30.86", "31.0"), ("7", "3.0", "104.0")],
    "edge": [("0", "0.0", "0.0"), ("3", "5.0", "5.0"), ("1", "0.0", "2.0"), ("0", "0.0", "1e-06")],
    "stress": [("10000", "900.0", "10000.0"), ("0", "0.0", "10000.0"), ("400", "1e-05", "1e-05"), ("1", "1e-06", "10000.0")],
}
SETS = {"ordinary": ORDINARY, "edge": EDGE, "stress": STRESS}
SPANS = {"ordinary": ["1.0", "39.0", "260.0"], "edge": ["0.0", "1e-06"], "stress": ["1e-06", "10000.0"]}
COUNTS = {"ordinary": [0, 1, 2, 12], "edge": [0, 1, 3], "stress": [0, 1, 700, 10000]}


def exact(text):
    """The double that a reader of the file makes of it."""
    return mp.mpf(float(text))


def text(value):
    if mp.isinf(value):
        return "inf" if value > 0 else "-inf"
    return mp.nstr(value, 20, strip_zeros=False) if value else "0"


def mean(f, r, alpha):
    """Of f(lambda) over lambda ~ Gamma(r, alpha): equal steps over log lambda, which converge like a geometric series."""
    step, sums = mp.mpf("0.125"), [mp.mpf(0), mp.mpf(0)]
    for k in range(int(-36 / r / step), int((5 + mp.log(1 + r)) / step)):
        rate = mp.exp(k * step) / alpha
        weight = mp.exp(r * k * step - alpha * rate)
        sums = [sums[0] + weight * f(rate), sums[1] + weight]
    return sums[0] / sums[1]


def agrees(value, other):
    assert abs(value - other) <= mp.mpf("1e-12") * abs(value) + mp.mpf("1e-14"), (value, other)


def log_likelihood(r, alpha, x, T):
    terms = (mp.loggamma(r + x), -mp.loggamma(r), r * mp.log(alpha), -(r + x) * mp.log(alpha + T))
    return mp.fsum(terms), mp.fsum(abs(term) for term in terms)


def write(name, columns, rows):
    with open(BTYD / f"nbd_{name}.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["id", "kind", "r", "alpha", *columns])
        for number, row in enumerate(rows, 1):
            out.writerow([f"nbd-{name}-{number:03}", *row])


def customers():
    for kind in SETS:
        for (r, alpha), record in itertools.product(SETS[kind], RECORDS[kind]):
            yield kind, (r, alpha), record, (exact(r), exact(alpha), int(record[0]), exact(record[2]))


def likelihoods():
    for kind, names, record, (r, alpha, x, T) in customers():
        value, scale = log_likelihood(r, alpha, x, T)
        by_r = r * (mp.digamma(r + x) - mp.digamma(r) + mp.log(alpha) - mp.log(alpha + T))
        by_alpha = r - alpha * (r + x) / (alpha + T)
        if kind == "ordinary":
            with mp.workdps(20):
                agrees(mp.exp(value), mean(lambda rate: rate**x * mp.exp(-rate * T), r, alpha))
        agrees(by_r + 1, 1 + mp.diff(lambda u: log_likelihood(mp.exp(u), alpha, x, T)[0], mp.log(r)))
        agrees(by_alpha + 1, 1 + mp.diff(lambda u: log_likelihood(r, mp.exp(u), x, T)[0], mp.log(alpha)))
        yield kind, *names, *record, text(value), text(by_r), text(by_alpha), mp.nstr(scale, 4)


def alive():
    for kind, names, record, _ in customers():
        yield kind, *names, *record, "1.0", "0", "-inf", "0"


def futures():
    for kind, names, record, (r, alpha, x, T) in customers():
        for span in SPANS[kind]:
            t = exact(span)
            expected, none = (r + x) * t / (alpha + T), ((alpha + T) / (alpha + T + t)) ** (r + x)
            if kind == "ordinary":
                with mp.workdps(20):
                    agrees(expected, mean(lambda rate: rate * t, r + x, alpha + T))
                    agrees(none, mean(lambda rate: mp.exp(-rate * t), r + x, alpha + T))
            log_none = -mp.log(none)
            yield kind, *names, *record, span, text(expected), text(none), mp.nstr(4 + 3 * log_none, 4)


def newcomers():
    for kind in SETS:
        for (r, alpha), span in itertools.product(SETS[kind], SPANS[kind]):
            yield kind, r, alpha, span, text(exact(r) * exact(span) / exact(alpha)), "3.0"


def distributions():
    for kind in SETS:
        for (r_text, alpha_text), span, n in itertools.product(SETS[kind], SPANS[kind], COUNTS[kind]):
            r, alpha, t = exact(r_text), exact(alpha_text), exact(span)
            if t == 0:
                log_pmf = mp.mpf(0) if n == 0 else -mp.inf
            else:
                log_pmf = mp.loggamma(r + n) - mp.loggamma(r) - mp.loggamma(n + 1) + r * mp.log(alpha / (alpha + t)) + n * mp.log(t / (alpha + t))
            if kind == "ordinary":
                with mp.workdps(20):
                    agrees(mp.exp(log_pmf), mean(lambda rate: (rate * t) ** n * mp.exp(-rate * t) / mp.factorial(n), r, alpha))
            pmf = mp.exp(log_pmf)
            yield kind, r_text, alpha_text, span, n, text(pmf), text(log_pmf)


write("loglik", ["x", "t_x", "T", "loglik", "d_log_r", "d_log_alpha", "scale"], likelihoods())
write("palive", ["x", "t_x", "T", "p_alive", "p_dead", "log_odds_dead", "cond"], alive())
write("conditional", ["x", "t_x", "T", "t", "expected", "p_zero", "cond"], futures())
write("expected", ["t", "expected", "cond"], newcomers())
write("pmf", ["t", "n", "pmf", "log_pmf"], distributions())
