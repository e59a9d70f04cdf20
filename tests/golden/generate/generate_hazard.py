"""Golden vectors of the discrete-time hazard: every customer expanded into a row for each period, Newton's method at 40 digits.

    python3 tests/golden/generate/generate_hazard.py

Nothing here is shared with the library: rows are expanded, parameters are those of the documentation (baselines of the reference customer,
coefficients per unit), second derivatives are summed row by row, and limits come from numerical derivatives of the forecasts.
"""

import csv
import math
import pathlib

from mpmath import mp, mpf

mp.dps = 40
OUT = pathlib.Path(__file__).resolve().parents[1] / "hazard"
Z = mpf("1.95996398454005423552459443052055152795555")
COLUMNS = ("tickets", "plan", "visits")
CASES = (
    # link, columns, late and weights, l2, smoothing, until
    ("logit", 0, 0, 0, 0, ""),
    ("logit", 2, 0, 0, 0, ""),
    ("log-log", 2, 1, 0, 0, ""),
    ("logit", 3, 1, 2, 0, ""),
    ("log-log", 3, 0, 0, 0, "1 2 4 9"),
    ("logit", 2, 1, 0.5, 3, ""),
)


def make_rows():
    state = 12345
    rows = []

    def draw():
        nonlocal state
        state = (1103515245 * state + 12345) % 2**31
        return state / 2**31

    for i in range(72):
        tickets, plan = int(4 * draw()), int(2 * draw())
        visits = round(6 * draw(), 2)
        entry = int(3 * draw()) if i % 3 == 0 else 0
        exit, event = entry, 0
        last = min(9, entry + 1 + int(9 * draw()))
        while exit < last and not event:
            exit += 1
            risk = 1 / (1 + math.exp(1.9 - 0.45 * tickets + 0.6 * plan + 0.1 * visits - 0.5 * (exit == 3)))
            event = int(draw() < risk and exit not in (6, 7))
        rows.append({"entry": entry, "exit": exit, "event": event, "weight": [1, 0.5, 2, 1][i % 4], "tickets": tickets, "plan": plan, "visits": "" if i % 5 == 2 else visits})
    return rows


def groups_of(rows, late, until, smoothing):
    """Groups of periods from their definition: somebody left in each, and somebody stayed."""
    if until:
        return [int(u) for u in until.split()]
    last = max(r["exit"] for r in rows)
    found, left, stayed = [], 0, 0
    for j in range(1, last + 1):
        at = [r for r in rows if (r["entry"] if late else 0) < j <= r["exit"]]
        left += sum(r["event"] and r["exit"] == j for r in at)
        stayed += sum(not (r["event"] and r["exit"] == j) for r in at)
        if smoothing or (left and stayed):
            found.append(j)
            left = stayed = 0
    if found[-1] != last:
        found[-1] = last
    return found


class Case:
    def __init__(self, rows, link, columns, late, l2, smoothing, until):
        self.link, self.names, self.l2, self.smoothing = link, COLUMNS[:columns], mpf(l2), mpf(smoothing)
        self.until = groups_of(rows, late, until, smoothing)
        self.table = [[None if r[n] == "" else mpf(str(r[n])) for n in self.names] for r in rows]
        weight = [mpf(str(r["weight"])) if late else mpf(1) for r in rows]
        G, p = len(self.until), columns
        self.reference, self.scale = [], [mpf(0)] * (2 * p)
        self.has_missing = [False] * p
        for j in range(p):
            known = [(w, x[j]) for w, x in zip(weight, self.table) if x[j] is not None]
            mean = sum(w * x for w, x in known) / sum(w for w, _ in known)
            share = 1 - sum(w for w, _ in known) / sum(weight)
            self.reference.append(mean)
            self.scale[j] = mp.sqrt(sum(w * (x - mean) ** 2 for w, x in known) / sum(w for w, _ in known))
            self.has_missing[j] = share > 0
            self.scale[p + j] = mp.sqrt(share * (1 - share))
        self.free = [*range(G + p), *(G + p + j for j in range(p) if self.has_missing[j])]
        self.person_periods = []
        for r, x, w in zip(rows, self.table, weight):
            z = self.design(x)
            for j in range((r["entry"] if late else 0) + 1, r["exit"] + 1):
                self.person_periods.append((self.group(j), z, int(r["event"] and r["exit"] == j), w))
        self.G, self.p, self.entries = G, p, G + 2 * p
        self.fit()

    def group(self, period):
        return next(g for g, last in enumerate(self.until) if period <= last)

    def design(self, x):
        """What a row adds beside the baseline, as a list over coefficients and missing."""
        p = len(self.names)
        z = [mpf(0)] * (2 * p)
        for j in range(p):
            if x[j] is None:
                z[p + j] = mpf(1)
            else:
                z[j] = x[j] - self.reference[j]
        return z

    def terms(self, v, y):
        """log likelihood of a person-period, and its two derivatives by the linear predictor."""
        if self.link == "logit":
            h = 1 / (1 + mp.exp(-v))
            return mp.log(h if y else 1 - h), y - h, -h * (1 - h)
        u = mp.exp(v)
        if not y:
            return -u, -u, -u
        q = u / mp.expm1(u)
        return mp.log(-mp.expm1(-u)), q, q - u**2 * mp.exp(u) / mp.expm1(u) ** 2

    def evaluate(self, theta):
        n, G = self.entries, self.G
        value, slope, bend = mpf(0), [mpf(0)] * n, mp.zeros(n)
        for g, z, y, w in self.person_periods:
            there = [(g, mpf(1))] + [(G + k, x) for k, x in enumerate(z) if x]
            f, d, s = self.terms(sum(theta[e] * x for e, x in there), y)
            value += w * f
            for a, x in there:
                slope[a] += w * d * x
                for b, t in there:
                    bend[a, b] += w * s * x * t
        likelihood = value
        for k in range(2 * self.p):
            cost = self.l2 * self.scale[k] ** 2
            value -= cost * theta[G + k] ** 2 / 2
            slope[G + k] -= cost * theta[G + k]
            bend[G + k, G + k] -= cost
        for g in range(1, G):
            away = theta[g] - theta[g - 1]
            value -= self.smoothing * away**2 / 2
            for e, sign in ((g, 1), (g - 1, -1)):
                slope[e] -= self.smoothing * sign * away
                for f2, other in ((g, 1), (g - 1, -1)):
                    bend[e, f2] -= self.smoothing * sign * other
        return value, slope, bend, likelihood

    def fit(self):
        theta = [mpf(-2)] * self.G + [mpf(0)] * (2 * self.p)
        m = len(self.free)
        for _ in range(40):
            _, slope, bend, self.likelihood = self.evaluate(theta)
            H = mp.matrix(m, m)
            for a in range(m):
                for b in range(m):
                    H[a, b] = -bend[self.free[a], self.free[b]]
            step = mp.lu_solve(H, mp.matrix([slope[e] for e in self.free]))
            for a, e in enumerate(self.free):
                theta[e] += step[a]
            if max(abs(s) for s in step) < mpf(10) ** -35:
                break
        else:
            raise SystemExit("no optimum")
        self.theta, inverse = theta, H**-1
        self.covariance = mp.zeros(self.entries)
        for a in range(m):
            for b in range(m):
                self.covariance[self.free[a], self.free[b]] = inverse[a, b]

    # --- forecasts, as functions of the entries ---

    def hazard(self, theta, z, period):
        v = theta[self.group(period)] + sum(theta[self.G + k] * x for k, x in enumerate(z))
        return 1 / (1 + mp.exp(-v)) if self.link == "logit" else -mp.expm1(-mp.exp(v))

    def survival(self, theta, z, lasted, ahead):
        share = mpf(1)
        for j in range(lasted + 1, lasted + ahead + 1):
            share *= 1 - self.hazard(theta, z, j)
        return share

    def remaining(self, theta, z, lasted, horizon):
        return sum(self.survival(theta, z, lasted, k) for k in range(1, horizon + 1))

    def limits(self, f, to, back):
        """A value, and its limits on the scale of `to`."""
        here = to(f(self.theta))
        slope = []
        for e in range(self.entries):
            h = mpf(10) ** -12
            up, down = list(self.theta), list(self.theta)
            up[e] += h
            down[e] -= h
            slope.append((to(f(up)) - to(f(down))) / (2 * h))
        variance = sum(slope[a] * self.covariance[a, b] * slope[b] for a in range(self.entries) for b in range(self.entries))
        reach = Z * mp.sqrt(variance)
        ends = sorted([back(here - reach), back(here + reach)])
        return f(self.theta), ends[0], ends[1]


def text(x):
    return mp.nstr(x, 17, strip_zeros=False) if isinstance(x, mpf) else str(x)


def write(name, header, rows):
    with open(OUT / name, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows([text(x) for x in row] for row in rows)


def main():
    rows = make_rows()
    OUT.mkdir(exist_ok=True)
    names = ("entry", "exit", "event", "weight", *COLUMNS)
    write("rows.csv", names, [[r[n] for n in names] for r in rows])
    cases, entries, forecasts = [], [], []
    for number, (link, columns, late, l2, smoothing, until) in enumerate(CASES):
        case = Case(rows, link, columns, late, l2, smoothing, until)
        cases.append((number, int(link != "logit"), columns, late, l2, smoothing, until, " ".join(map(str, case.until)), case.likelihood))
        for e in range(case.entries):
            if e in case.free:
                entries.append((number, e, case.theta[e], mp.sqrt(case.covariance[e, e])))
        if link == "logit":
            to, back = (lambda h: mp.log(h / (1 - h))), (lambda v: 1 / (1 + mp.exp(-v)))
        else:
            to, back = (lambda h: mp.log(-mp.log(1 - h))), (lambda v: 1 - mp.exp(-mp.exp(v)))
        for row in (0, 7, 12, 33):
            z = case.design(case.table[row])
            for lasted, ahead in ((0, 1), (2, 3), (4, 5), (0, 9)):
                found = [case.limits(lambda t: case.hazard(t, z, lasted + ahead), to, back)]
                found.append(case.limits(lambda t: case.survival(t, z, lasted, ahead), lambda s: mp.log(-mp.log(s)), lambda v: mp.exp(-mp.exp(v))))
                found.append(
                    case.limits(lambda t: case.remaining(t, z, lasted, ahead), lambda m: mp.log(m / (ahead - m)), lambda v: ahead / (1 + mp.exp(-v)))
                )
                forecasts.append((number, row, lasted, ahead, *(x for triple in found for x in triple)))
    write("cases.csv", ("case", "link", "columns", "late", "l2", "smoothing", "until", "groups", "log_likelihood"), cases)
    write("entries.csv", ("case", "entry", "coefficient", "standard_error"), entries)
    what = ("hazard", "survival", "remaining")
    write("forecasts.csv", ("case", "row", "lasted", "ahead", *(n for w in what for n in (w, f"{w}_low", f"{w}_high"))), forecasts)


if __name__ == "__main__":
    main()
