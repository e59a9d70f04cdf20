"""How accurate the special functions are: many random points against mpmath, one row of a table each.

    cmake --build --preset release --target accuracy_evaluate
    python tests/accuracy/measure.py build/release/tests/accuracy/accuracy_evaluate [--points 100000] [--seed 1] [NAME ...]

Prints a Markdown table for docs/numerics.md. Needs mpmath (with gmpy2 it is several times faster). Exit status 1 when a function
is worse than its limit.

The gamma family, where the library promises 2 units of the last place, is measured in those units of the exact result. The
others are measured in units of 2^-53 of the result, divided by 1 + the condition number (the sum of |d log f / d log argument|),
that is, in how many times worse they are than rounding the arguments once.
"""

import argparse
import math
import random
import signal
import subprocess
import sys

import mpmath
from mpmath import mp, mpf

DIGITS = 50


def power(low, high):
    """10 to a uniform power."""
    return 10 ** random.uniform(low, high)


def count():
    """As many purchases as shops see, or many, or an odd step."""
    return random.choice([float(random.randint(1, 30)), float(int(power(0, 4))), power(-6, 5)])


def near(zero):
    return zero + random.choice([-1, 1]) * power(-15, -1)


def gamma_point(*zeros):
    return [random.choice([power(-10, 8), random.uniform(0, 15), near(random.choice(zeros))])]


def tail_point():
    a, b = power(-4, 3.3), power(-4, 3.3)
    mean = a / (a + b)
    wide = math.sqrt(mean * (1 - mean) / (a + b + 1))
    return [a, b, min(0.999999, max(1e-6, random.choice([mean + random.gauss(0, 2) * wide, random.random()])))]


def normal_tail(x):
    return mpmath.erfc(-x / mpmath.sqrt(mpf(2))) / 2


def quantile(p):
    x = mpf(EVALUATED)  # one Newton step from the value under test
    return x - (normal_tail(x) - p) / mpmath.npdf(x)


def incomplete(a, b, z):
    return mpmath.betainc(a, b, 0, z, regularized=True)


L, D, T = mpmath.loggamma, mpmath.digamma, lambda x: mpmath.psi(1, x)

# name: exact value, points, what the points are, limit, whether in units of the last place, share of the points
FUNCTIONS = {
    "lgamma": (L, lambda: gamma_point(1.0, 2.0), "1e-10 to 1e8, and near 1 and 2", 2, True, 1),
    "digamma": (D, lambda: gamma_point(1.4616321449683622), "1e-10 to 1e8, and near 1.4616", 2, True, 1),
    "trigamma": (T, lambda: gamma_point(1.0), "1e-10 to 1e8", 2, True, 1),
    "lgamma_ratio": (lambda x, d: L(x + d) - L(x), lambda: [power(-4, 5), count()], "x 1e-4 to 1e5, d 1e-6 to 1e5", 2, True, 1),
    "digamma_ratio": (lambda x, d: D(x + d) - D(x), lambda: [power(-4, 5), count()], "the same", 2, True, 1),
    "trigamma_ratio": (lambda x, d: T(x + d) - T(x), lambda: [power(-4, 5), count()], "the same", 2, True, 1),
    "lbeta": (lambda a, b: L(a) + L(b) - L(a + b), lambda: [power(-4, 5), power(-4, 5)], "a, b 1e-4 to 1e5", 2, True, 1),
    "lbeta_ratio": (lambda a, b, n: L(b + n) - L(a + b + n) - L(b) + L(a + b), lambda: [power(-4, 4), power(-4, 4), count()],
                    "a, b 1e-4 to 1e4, n 1e-6 to 1e5", 2, True, 1),
    "log1mexp": (lambda x: mpmath.log1p(-mpmath.exp(-x)), lambda: [power(-10, 2.5)], "1e-10 to 300", 2, True, 1),
    "log_ndtr": (lambda x: mpmath.log(normal_tail(x)), lambda: [random.uniform(-40, 8)], "-40 to 8", 4, True, 1),
    "ndtri": (quantile, lambda: [random.choice([power(-300, -1), random.random()])], "1e-300 to 1", 8, True, 1),
    "betainc": (incomplete, tail_point, "a, b 1e-4 to 2000", 100, False, 0.02),
    "log_betainc": (lambda a, b, z: mpmath.log(incomplete(a, b, z)), tail_point, "the same", 2000, False, 0.02),
}

EVALUATED = 0.0


class TooSlow(Exception):
    pass


def give_up(*_):
    raise TooSlow


def evaluate(program, name, points):
    lines = "".join(name + " " + " ".join(x.hex() for x in point) + "\n" for point in points)
    done = subprocess.run([program], input=lines, capture_output=True, text=True, check=True)
    return [float.fromhex(line) for line in done.stdout.split()]


def error_of(exact, point, got, in_places):
    """Error of one value in the units of the function."""
    global EVALUATED
    EVALUATED = got
    arguments = [mpf(x) for x in point]
    want = exact(*arguments)
    if isinstance(want, mpmath.mpc) or want == 0:
        raise ValueError
    if got != got:
        return math.inf
    if in_places:
        return float(abs(mpf(got) - want) / math.ulp(float(want)))
    if abs(want) < mpf(10) ** -300:
        raise ValueError
    condition = 0
    for k, x in enumerate(arguments):
        moved = arguments[:k] + [x * (1 + mpf(10) ** -15)] + arguments[k + 1:]
        condition += abs(exact(*moved) / want - 1) * 10**15
    return float(abs(got / want - 1) * 2**53 / (1 + condition))


def measure(program, name, most):
    exact, draw, domain, limit, in_places, part = FUNCTIONS[name]
    points = [draw() for _ in range(max(100, int(most * part)))]
    errors, skipped = [], 0
    for point, got in zip(points, evaluate(program, name, points)):
        signal.setitimer(signal.ITIMER_REAL, 5)
        try:
            errors.append((error_of(exact, point, got, in_places), point))
        except (TooSlow, ValueError, ZeroDivisionError, mpmath.libmp.NoConvergence):
            skipped += 1  # mpmath has no value
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    errors.sort(key=lambda pair: -pair[0])
    worst, where = errors[0]
    unit = "ulp" if in_places else "rounding"
    usual = errors[len(errors) // 1000][0]
    print(f"| {name} | {domain} | {len(errors)} | {worst:.3g} {unit} | {usual:.3g} | "
          + ", ".join(repr(x) for x in where) + (f" ({skipped} skipped)" if skipped else "") + " |", flush=True)
    return worst <= limit


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--points", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_intermixed_args()
    random.seed(given.seed)
    mp.dps = DIGITS
    signal.signal(signal.SIGALRM, give_up)
    print("| function | points | number | worst error | 99.9 % below | worst at |\n| --- | --- | --- | --- | --- | --- |")
    good = [measure(given.program, name, given.points) for name in given.names or FUNCTIONS]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
