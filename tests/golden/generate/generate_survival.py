"""Writes tests/golden/survival/ but for the oracles there: durations of a made-up shop with late entry and weights, and all figures of them.

    python tests/golden/generate/generate_survival.py

durations.csv   group, entry, exit, event, weight
curve.csv       by case (which rows and options, see CASES): the curve at every time
at.csv          by case and time: S, its standard error and limits, rows at risk
quantiles.csv   by case and share
means.csv       by case and horizon (blank: the largest time)
groups.csv      by case: the figures of each group; test.csv: the statistic, its degrees of freedom and p-value

Plain Python, straight from the definitions: at every time each row is asked whether it is at risk; S and its variance are exact fractions. Other
values of the folder: kaplan_meier.csv, km_summary.csv, survival_data.csv, left_truncated_data.csv, left_truncated_km.csv (exact
arithmetic, 20 digits); lung.csv as generate_repeat.py says.
"""

import csv
import pathlib
import random
from fractions import Fraction

from mpmath import erfinv, exp, gammainc, log, lu_solve, matrix, mp, mpf, nstr, sqrt

HERE = pathlib.Path(__file__).resolve().parent.parent / "survival"
mp.dps = 40
TIMES = (Fraction(0), Fraction(1), Fraction(5, 2), Fraction(6), Fraction(11), Fraction(25), Fraction(40), Fraction(41))
SHARES = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(19, 20))
# entries, weights, start, level, scale of the limits, horizon of groups, rho
CASES = {
    "plain": (0, 0, 0, mpf("0.95"), "log-log", None, 0),
    "weighted": (0, 1, 0, mpf("0.9"), "log", 12, 1),
    "late": (1, 0, 0, mpf("0.99"), "log-log", 20, 0),
    "late and weighted": (1, 1, 0, mpf("0.95"), "plain", None, mpf("0.5")),
    "start": (1, 1, 3, mpf("0.8"), "log-log", 15, 2),
}


def make():
    draw = random.Random(1926)
    rows = []
    for _ in range(90):
        group = draw.choice((0, 0, 1, 1, 2, 4))
        last = Fraction(draw.randrange(1, 80), 2) if draw.random() < 0.7 else Fraction(draw.randrange(1, 12))
        entry = Fraction(draw.randrange(0, 40), 4) if draw.random() < 0.6 else Fraction(0)
        rows.append({"group": group, "entry": entry if entry < last else Fraction(0), "exit": last, "event": int(draw.random() < (0.8, 0.5, 0.7, 0, 0.4)[group]),
                     "weight": draw.choice((Fraction(0), Fraction(1, 2), Fraction(1), Fraction(1), Fraction(3), Fraction(9, 4)))})
    return rows


def taken(rows, entries, weights, start):
    """(entry, exit, event, weight, group) of the rows a case is about."""
    out = []
    for row in rows:
        entry = row["entry"] if entries else None
        weight = row["weight"] if weights else Fraction(1)
        if weight == 0 or (start > 0 and row["exit"] <= start):
            continue
        if entry is not None and entry <= start:
            entry = None  # at risk from the first
        out.append((entry, row["exit"], row["event"], weight, row["group"]))
    return out


def at_risk(rows, t):
    return sum((w for entry, end, _, w, _ in rows if (entry is None or entry < t) and t <= end), Fraction(0))


def ended(rows, t):
    return sum((w for _, end, event, w, _ in rows if end == t and event), Fraction(0))


def last_seen(rows, t):
    return sum((w for _, end, event, w, _ in rows if end == t and not event), Fraction(0))


def curve(rows):
    """(t, n, d, c, S, Greenwood, H, variance of H) at every time."""
    S, greenwood, H, variance, out = Fraction(1), Fraction(0), Fraction(0), Fraction(0), []
    for t in sorted({end for _, end, _, _, _ in rows}):
        n, d, c = at_risk(rows, t), ended(rows, t), last_seen(rows, t)
        if d:
            S *= 1 - d / n
            greenwood = None if greenwood is None or n == d else greenwood + d / (n * (n - d))
            H += d / n
            variance += d / n / n
        out.append((t, n, d, c, S, greenwood, H, variance))
    return out


def number(x):
    return mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpf(x)


def normal(level):
    return sqrt(mpf(2)) * erfinv(level)


def limits(S, greenwood, z, scale):
    if S in (0, 1):
        return None, None
    S, error = number(S), z * sqrt(number(greenwood))
    if scale == "log-log":
        depth = -log(S)
        return exp(-depth * exp(error / depth)), exp(-depth * exp(-error / depth))
    if scale == "log":
        return min(mpf(1), S * exp(-error)), min(mpf(1), S * exp(error))
    return max(mpf(0), S * (1 - error)), min(mpf(1), S * (1 + error))


def read(rows, stops, t, z, scale):
    """S, its error, limits, at risk; None where nobody was watched so long."""
    now = (Fraction(1), Fraction(0))
    for stop in stops:
        if stop[0] <= t:
            now = stop[4], stop[5]
    n = at_risk(rows, t)
    if n == 0 and now[0] > 0:
        return None, None, None, None, n
    low, high = limits(*now, z, scale)
    return now[0], number(now[0]) * sqrt(number(now[1])) if now[0] else None, low, high, n


def quantile(stops, share, z, scale):
    time = low = high = None
    for t, _, d, _, S, greenwood, _, _ in stops:
        if not d:
            continue
        below, above = limits(S, greenwood, z, scale)
        if time is None and S <= 1 - share:
            time = t
        if low is None and ((below is not None and below <= 1 - number(share)) or time is not None):
            low = t
        if high is None and above is not None and above <= 1 - number(share):
            high = t
    return time, low, high


def mean(rows, stops, start, horizon, z):
    """Restricted mean, its standard error and limits."""
    if not stops or (stops[-1][4] > 0 and stops[-1][0] < horizon):
        return None, None, None, None
    events = [(t, n, d, S) for t, n, d, _, S, _, _, _ in stops if d and t < horizon]

    def area(since, S):
        total, at = Fraction(0), since
        for t, _, _, after in events:
            if t > since:
                total += S * (t - at)
                at, S = t, after
        return total + S * (horizon - at)

    variance = Fraction(0)
    for t, n, d, S in events:
        if S > 0:
            variance += area(t, S) ** 2 * d / (n * (n - d))
    value, error = number(area(start, Fraction(1))), sqrt(number(variance))
    if not error:
        return value, error, None, None
    return value, error, max(mpf(0), value - z * error), min(number(horizon - start), value + z * error)


def compare(rows, groups, rho):
    """Observed, expected, statistic, degrees of freedom, p-value."""
    observed, expected = [Fraction(0)] * groups, [Fraction(0)] * groups
    difference, covariance = [mpf(0)] * groups, [[mpf(0)] * groups for _ in range(groups)]
    rest = Fraction(1)
    for t in sorted({end for _, end, event, _, _ in rows if event}):
        each = [[row for row in rows if row[4] == g] for g in range(groups)]
        n, d = [at_risk(part, t) for part in each], [ended(part, t) for part in each]
        N, D = sum(n), sum(d)
        weight = number(rest) ** rho
        for g in range(groups):
            observed[g] += d[g]
            expected[g] += D * n[g] / N
            difference[g] += weight * number(d[g] - D * n[g] / N)
            for h in range(groups):
                if N > 1:
                    covariance[g][h] += weight ** 2 * number(D * (N - D) / (N - 1) * n[g] / N * ((g == h) - n[h] / N))
        rest *= 1 - D / N
    kept = [g for g in range(groups) if expected[g] > 0][:-1]
    if not kept:
        return observed, expected, None, 0, None
    v = matrix([difference[g] for g in kept])
    m = matrix([[covariance[g][h] for h in kept] for g in kept])
    statistic = (v.T * lu_solve(m, v))[0]
    return observed, expected, statistic, len(kept), gammainc(mpf(len(kept)) / 2, statistic / 2, regularized=True)


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows([["" if cell is None else nstr(number(cell), 20) if isinstance(cell, (Fraction, mpf)) else cell for cell in row] for row in rows])


def main():
    rows = make()
    curves, ats, quantiles, means, groups, tests = [], [], [], [], [], []
    for name, (entries, weights, start, level, scale, horizon, rho) in CASES.items():
        part, z = taken(rows, entries, weights, Fraction(start)), normal(level)
        case = [name, entries, weights, start, level, scale, rho]
        stops = curve(part)
        for t, n, d, c, S, greenwood, H, variance in stops:
            error = sqrt(number(variance))
            reach = exp(z * error / number(H)) if H else None
            curves.append([*case, t, n, d, c, S, number(S) * sqrt(number(greenwood)) if S else None, *limits(S, greenwood, z, scale), H, error,
                           number(H) / reach if H else None, number(H) * reach if H else None])
        ats += [[*case, t, *read(part, stops, t, z, scale)] for t in TIMES if t >= start]
        quantiles += [[*case, share, *quantile(stops, share, z, scale)] for share in SHARES]
        for until in (None, Fraction(10), Fraction(41)):
            means.append([*case, until, *mean(part, stops, Fraction(start), until or stops[-1][0], z)])
        each = [[row for row in part if row[4] == g] for g in range(5)]
        common = Fraction(horizon) if horizon else min(curve(one)[-1][0] for one in each if one)
        observed, expected, statistic, degrees, p = compare(part, 5, number(rho))
        tests.append([*case, horizon, statistic, degrees, p])
        first = mean(each[0], curve(each[0]), Fraction(start), common, z)
        for g, one in enumerate(each):
            ends = curve(one)
            S, _, low, high, _ = read(one, ends, common, z, scale) if one else (None,) * 5
            value = mean(one, ends, Fraction(start), common, z)
            gap = value[0] - first[0] if g and value[0] is not None else None
            error = sqrt(value[1] ** 2 + first[1] ** 2) if gap is not None and value[1] and first[1] else None  # nobody ended: not without doubt
            most = number(common - start)
            groups.append([*case, horizon, g, sum((row[3] for row in one), Fraction(0)), observed[g], expected[g], S, low, high, *quantile(ends, Fraction(1, 2), z, scale),
                           value[0], value[2], value[3], gap, max(-most, gap - z * error) if error else None, min(most, gap + z * error) if error else None])
    head = ["case", "entries", "weights", "start", "level", "interval", "rho"]
    write("durations.csv", ["group", "entry", "exit", "event", "weight"], [list(row.values()) for row in rows])
    write("curve.csv", [*head, "time", "at_risk", "events", "censored", "survival", "standard_error", "low", "high", "hazard", "hazard_error", "hazard_low",
                        "hazard_high"], curves)
    write("at.csv", [*head, "time", "survival", "standard_error", "low", "high", "at_risk"], ats)
    write("quantiles.csv", [*head, "share", "time", "low", "high"], quantiles)
    write("means.csv", [*head, "horizon", "mean", "standard_error", "low", "high"], means)
    write("groups.csv", [*head, "horizon", "group", "rows", "events", "expected", "survival", "survival_low", "survival_high", "median", "median_low",
                         "median_high", "mean", "mean_low", "mean_high", "difference", "difference_low", "difference_high"], groups)
    write("test.csv", [*head, "horizon", "chi_squared", "degrees", "p_value"], tests)


if __name__ == "__main__":
    main()
