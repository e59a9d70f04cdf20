"""Writes tests/golden/math/gamma_family.csv: exact values of the gamma and beta families where doubles cancel, at ordinary
arguments of the models, at changes of method, and at the ends of the range.

    python tests/golden/generate/generate_special.py

Needs mpmath. Every argument is a decimal that is read as the nearest double, and the value belongs to that double; it is
computed with 60 and again with 200 digits, which must agree, and printed with 20.
"""

import csv
import pathlib

from mpmath import mp, mpf, digamma, loggamma, nstr, psi

HERE = pathlib.Path(__file__).resolve().parent.parent

FUNCTIONS = {
    "lgamma": lambda x: loggamma(x),
    "digamma": lambda x: digamma(x),
    "trigamma": lambda x: psi(1, x),
    "lgamma_ratio": lambda x, d: loggamma(x + d) - loggamma(x),
    "digamma_ratio": lambda x, d: digamma(x + d) - digamma(x),
    "trigamma_ratio": lambda x, d: psi(1, x + d) - psi(1, x),
    "lbeta": lambda a, b: loggamma(a) + loggamma(b) - loggamma(a + b),
    "lbeta_ratio": lambda a, b, n: loggamma(b + n) - loggamma(a + b + n) - loggamma(b) + loggamma(a + b),
}

SINGLE = [1e-300, 1e-41, 1e-20, 1e-9, 0.001, 0.243, 0.5, 0.98, 0.999999, 1.0000000000000002, 1.0, 1.01, 1.4616321449683622,
          1.4616321449683625, 1.46, 1.45, 1.99, 2.0, 2.0000001, 2.02, 3.0, 9.99, 10.0, 10.01, 11.5, 100.0, 12345.678, 1e9, 1e18,
          1e41, 1e200, 1e291]
STARTS = [1e-30, 0.0001, 0.243, 0.793, 1.0, 2.426, 9.99, 10.0, 33.3, 1e4, 1e12]
STEPS = [1e-30, 1e-9, 0.001, 0.5, 0.9931, 1.0, 2.0, 7.0, 8.0, 9.0, 26.0, 1000.0, 10000.0, 1e9]


def points(name):
    if name in ("lgamma", "digamma", "trigamma"):
        return [(x,) for x in SINGLE]
    if name == "lbeta":
        return [(a, b) for a in STARTS for b in STARTS[::2]]
    if name == "lbeta_ratio":
        steps = STEPS[1::2] + [-0.0001, -0.5]
        far = [(1e15, 0.5, 3.0), (1e15, 0.5, 1e15), (1e150, 0.5, 3.0), (1e150, 20.0, 26.0), (3.0, 20.0, 1e150), (3.0, 1e150, 20.0)]
        return [(a, b, n) for a in (1e-12, 0.0002, 0.793, 3.5, 900.0) for b in (0.0003, 2.426, 9.99, 10.1, 500.0) for n in steps
                if b + n > 0] + far
    negative = [(x, -x * share) for x in STARTS[1:9] for share in (1e-9, 0.25, 0.875)]
    return [(x, d) for x in STARTS for d in STEPS] + negative + [(20.0, 1e150), (5.0, 1e150), (1e150, 3.0)]


def exact(name, arguments):
    values = []
    for digits in (60, 400):
        mp.dps = digits
        values.append(FUNCTIONS[name](*[mpf(x) for x in arguments]))
    mp.dps = 60
    if values[1] != 0 and abs(values[0] / values[1] - 1) > mpf(10) ** -25:
        mp.dps = 1200
        values[0] = values[1]
        values[1] = FUNCTIONS[name](*[mpf(x) for x in arguments])
        assert abs(values[0] / values[1] - 1) < mpf(10) ** -25, (name, arguments)
    return nstr(values[1], 20, min_fixed=0, max_fixed=0)


def main():
    with open(HERE / "math" / "gamma_family.csv", "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["function", "arg1", "arg2", "arg3", "value"])
        for name in FUNCTIONS:
            for arguments in points(name):
                out.writerow([name, *(list(map(repr, arguments)) + ["", ""])[:3], exact(name, arguments)])


if __name__ == "__main__":
    main()
