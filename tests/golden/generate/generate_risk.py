"""Golden values of retain/risk.h: a made-up shop, scored by a second implementation that shares nothing with the library.

    python3 tests/golden/generate/generate_risk.py tests/golden/risk

Features are counted from their definitions, row by row; the model of orders (NBD), that of spending (Gamma-Gamma) and the logistic
regression are solved with NumPy and SciPy to the last digits; AUC and its errors come from all pairs. Writes orders.csv, events.csv,
customers.csv (what is said of each), tested.csv (the test) and card.csv.
"""

import csv
import math
import pathlib
import random
import sys

import numpy as np
from scipy import optimize, special, stats

END, H, DATES, UNIT, KINDS, CATEGORIES = 479, 45, 5, 7.0, 2, 4
COST, EFFECT, MOST, MARGIN, VALUE_DAYS, L2, CUT, LEVEL = 0.25, 0.2, 30, 0.5, 180.0, 1.0, 0.002, 0.95
WINDOWS, TREND, OVER = (H // 3, H, 4 * H), 2 * H, 2 * H
Z = stats.norm.ppf(0.5 + LEVEL / 2.0)

# --- the shop -----------------------------------------------------------------------------------------------------------------------


def make_shop():
    draw, orders, events = random.Random(20240229), [], []
    for customer in range(3, 603):
        day, gap, size = draw.uniform(0.0, 440.0), 8.0 * math.exp(1.1 * abs(draw.gauss(0.0, 1.0))), draw.choice([5.0, 12.0, 30.0])
        leaning = draw.choice([0.0, 0.5])
        while day < 520.0:
            value = round(size * math.exp(0.4 * draw.gauss(0.0, 1.0)), 2)
            off = round(value * 0.25, 2) if draw.random() < leaning else 0.0
            orders.append((customer, int(day), value, off, draw.randrange(CATEGORIES)))
            if draw.random() < 0.1:
                orders.append((customer, int(day), round(size / 3.0, 2), 0.0, draw.randrange(CATEGORIES)))
            late = draw.random() < 0.2
            if late:
                events.append((customer, int(day) + 2, 0, float(draw.randrange(1, 6))))
            if draw.random() < 0.3:
                events.append((customer, int(day) + 1, 1, float("nan")))
            if draw.random() < (0.5 if late else 0.08):
                break
            day += 1.0 + draw.expovariate(1.0 / gap)
    draw.shuffle(orders)
    draw.shuffle(events)
    return orders, events


# --- what was known on a date ---------------------------------------------------------------------------------------------------------


def occasions(orders, customer, until):
    found = {}
    for who, day, value, _, _ in orders:
        if who == customer and day <= until:
            found[day] = found.get(day, 0.0) + value
    return sorted(found.items())


def trend(rows, first, date, window):
    begin, middle = date - window + 1, date - window // 2 + 1
    days = [max(0, middle - max(begin, first)), max(0, date + 1 - max(middle, first))]
    sums = [sum(v for d, v in rows if begin <= d < middle), sum(v for d, v in rows if middle <= d <= date)]
    if not all(days) or not any(sums):
        return math.nan
    a, b = sums[0] / days[0], sums[1] / days[1]
    return (b - a) / (b + a)


def features(orders, events, customer, date):
    bought = occasions(orders, customer, date)
    days, values = [d for d, _ in bought], [v for _, v in bought]
    gaps = [b - a for a, b in zip(days, days[1:])]
    sales = [row for row in orders if row[0] == customer and row[1] <= date]
    counts = [sum(row[4] == c for row in sales) for c in range(CATEGORIES)]
    off, money = sum(row[3] for row in sales), sum(row[2] for row in sales)
    mean = sum(gaps) / len(gaps) if gaps else math.nan
    row = [
        len(days),
        *(sum(d > date - w for d in days) for w in WINDOWS),
        date - days[0],
        date - days[-1],
        mean,
        float(np.median(gaps)) if gaps else math.nan,
        float(np.std(gaps, ddof=1)) if len(gaps) > 1 else math.nan,
        gaps[-1] if gaps else math.nan,
        (date - days[-1]) / mean,
        trend([(d, 1.0) for d in days], days[0], date, TREND),
        sum(values),
        *(sum(v for d, v in bought if d > date - w) for w in WINDOWS),
        sum(values) / len(values),
        values[-1],
        max(values),
        trend(bought, days[0], date, TREND),
        0.0,
        sum(row[3] > 0.0 for row in sales) / len(sales),
        off / (off + money),
        sum(c > 0 for c in counts),
        max(counts) / len(sales),
    ]
    happened = [[e for e in events if e[0] == customer and e[2] == k and days[0] <= e[1] <= date] for k in range(KINDS)]
    recent = [[e for e in kind if e[1] > date - OVER] for kind in happened]
    means = [[e[3] for e in kind if not math.isnan(e[3])] for kind in recent]
    row += [len(kind) for kind in recent]
    row += [date - max(e[1] for e in kind) if kind else math.nan for kind in happened]
    row += [trend([(e[1], 1.0) for e in kind], days[0], date, OVER) for kind in recent]
    row += [sum(m) / len(m) if m else math.nan for m in means]
    return row


ABSENCE, FREQUENCY, TENURE, VALUE, REFUNDS, DISCOUNTS, BREADTH, EVENTS = range(8)
SHARES = {11, 19, 20, 21, 22, 24, 29, 30, 31, 32}  # columns that enter as they are; the others by their logarithms
THEME = [1] * 4 + [2] + [0] * 6 + [1] + [3] * 8 + [4, 5, 5, 6, 6] + [7, 8] * 4 + [0]
SINCE_LAST = 5

# --- models -------------------------------------------------------------------------------------------------------------------------


def nbd(x, t):
    def gradient(p):
        r, a = np.exp(p)
        return [
            r * np.sum(special.digamma(r + x) - special.digamma(r) + np.log(a / (a + t))),
            np.sum(r - (r + x) * a / (a + t)),
        ]

    found = optimize.root(gradient, [0.0, math.log(np.mean(t) / 2.0)], tol=1e-15, method="hybr")
    return np.exp(newton(gradient, found.x))


def gamma_gamma(x, z):
    def gradient(point):
        p, q, g = np.exp(point)
        s = np.log(g + x * z)
        return [
            p * np.sum(x * (special.digamma(p * x + q) - special.digamma(p * x) + np.log(x * z) - s)),
            q * np.sum(special.digamma(p * x + q) - special.digamma(q) + math.log(g) - s),
            np.sum(q - (p * x + q) * g / (g + x * z)),
        ]

    best = None
    for start in ([1.0, 1.5, math.log(np.mean(z))], [2.0, 1.0, 2.0], [0.0, 2.0, 3.0]):
        found = optimize.root(gradient, start, tol=1e-14)
        if found.success and best is None:
            best = found.x
    return np.exp(newton(gradient, best))


def newton(gradient, point):
    """A few last steps, derivatives by complex-free central differences: the root is what counts."""
    for _ in range(4):
        g, n = np.array(gradient(point)), len(point)
        h = np.array([(np.array(gradient(point + e)) - np.array(gradient(point - e))) / 2e-6 for e in np.eye(n) * 1e-6])
        point = point - np.linalg.solve(h.T, g)
    return point


class Regression:
    """Ridge logistic regression; what is missing counts as the average and has a coefficient of its own; columns are cut at quantiles."""

    def __init__(self, rows, outcome):
        known = ~np.isnan(rows)
        ends = [np.quantile(c[k], [CUT, 1.0 - CUT]) if k.any() else (0.0, 0.0) for c, k in zip(rows.T, known.T)]
        self.low, self.high = np.array([(a, b) if a < b else (-np.inf, np.inf) for a, b in ends]).T
        rows = self.cut(rows)
        self.mean = np.array([c[k].mean() if k.any() else 0.0 for c, k in zip(rows.T, known.T)])
        sd = np.array([c[k].std() if k.any() else 0.0 for c, k in zip(rows.T, known.T)])
        share = 1.0 - known.mean(axis=0)
        self.indicated = (share > 0.0) & known.any(axis=0)
        self.used = sd > 0.0
        x = self.design(rows)
        scale = np.concatenate([[0.0], np.where(self.used, sd, 0.0), np.where(self.indicated, np.sqrt(share * (1.0 - share)), 0.0)])
        self.keep = np.concatenate([[True], self.used, self.indicated])
        x, ridge, beta = x[:, self.keep], L2 * scale[self.keep] ** 2, np.zeros(int(self.keep.sum()))
        for _ in range(60):
            p = special.expit(x @ beta)
            hessian = (x * (p * (1.0 - p))[:, None]).T @ x + np.diag(ridge)
            unit = np.sqrt(np.diag(hessian))
            step = np.linalg.solve(hessian / np.outer(unit, unit), (x.T @ (outcome - p) - ridge * beta) / unit) / unit
            beta = beta + step
        self.beta = np.zeros(len(self.keep))
        self.beta[self.keep] = beta
        self.covariance = np.linalg.inv(hessian / np.outer(unit, unit)) / np.outer(unit, unit)

    def cut(self, rows):
        return np.clip(rows, self.low, self.high)

    def design(self, rows):
        known = ~np.isnan(rows)
        return np.column_stack([np.ones(len(rows)), np.where(known, rows, self.mean), ~known & self.indicated])

    def log_odds(self, rows):
        x = self.design(self.cut(rows))
        return x @ self.beta, np.sqrt(np.einsum("ij,jk,ik->i", x[:, self.keep], self.covariance, x[:, self.keep]))

    def contributions(self, rows):
        n, known, rows = rows.shape[1], ~np.isnan(rows), self.cut(rows)
        slope, missing = self.beta[1 : n + 1], self.beta[n + 1 :]
        base = self.beta[0] + slope @ self.mean
        return base, np.where(known, slope * (np.where(known, rows, 0.0) - self.mean), missing)


# --- from dates to answers ------------------------------------------------------------------------------------------------------------


class Date:
    def __init__(self, orders, events, day):
        self.day = day
        self.customer = sorted({row[0] for row in orders if row[1] <= day})
        self.raw = np.array([features(orders, events, c, day) for c in self.customer], dtype=float)
        bought = [occasions(orders, c, day) for c in self.customer]
        self.x = np.array([len(b) - 1.0 for b in bought])
        self.T = np.array([(day - b[0][0]) / UNIT for b in bought])
        self.spend = np.array([np.mean([v for _, v in b[1:]]) if len(b) > 1 else math.nan for b in bought])
        self.r, self.alpha = nbd(self.x, self.T)
        self.silence = ((self.alpha + self.T) / (self.alpha + self.T + H / UNIT)) ** (self.r + self.x)
        spread = [c for c in range(self.raw.shape[1]) if c not in SHARES]
        self.rows = self.raw.copy()
        self.rows[:, spread] = np.copysign(np.log1p(np.abs(self.raw[:, spread])), self.raw[:, spread])
        self.rows = np.column_stack([self.rows, special.logit(self.silence)])
        back = {row[0] for row in orders if day < row[1] <= day + H}
        self.silent = np.array([c not in back for c in self.customer])


def pairs(score, silent):
    """Placements of the silent and of the others, all pairs looked at."""
    a, b = score[silent], score[~silent]
    won = (a[:, None] > b[None, :]) + 0.5 * (a[:, None] == b[None, :])
    return won.mean(axis=1), won.mean(axis=0)


def gain(absent, risk, silent):
    one, other = pairs(absent, silent), pairs(risk, silent)
    difference = other[0].mean() - one[0].mean()
    error = math.sqrt(sum(np.var(o - f, ddof=1) / len(f) for f, o in zip(one, other)))
    return difference, difference - Z * error, difference + Z * error


def median(column, weight):
    known = np.flatnonzero(~np.isnan(column))
    order = known[np.argsort(column[known], kind="stable")]
    sums = np.cumsum(weight[order])
    return column[order[np.searchsorted(sums, 0.5 * weight[known].sum())]] if len(known) else math.nan


def say(folder, name, header, rows):
    with open(folder / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(["" if isinstance(v, float) and math.isnan(v) else f"{v:.17g}" if isinstance(v, float) else v for v in row])


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    orders, events = make_shop()
    say(folder, "orders.csv", ["customer", "day", "value", "discount", "category"], orders)
    say(folder, "events.csv", ["customer", "day", "kind", "value"], events)
    past = [Date(orders, events, END - k * H) for k in range(DATES, 0, -1)]
    losses = [[], []]
    for d in range(1, DATES):
        model = Regression(np.vstack([p.rows for p in past[:d]]), np.concatenate([p.silent for p in past[:d]]))
        learnt, silent = special.expit(model.log_odds(past[d].rows)[0]), past[d].silent
        if DATES - 3 <= d < DATES - 1:
            for kept, risk in zip(losses, (past[d].silence, learnt)):
                kept.append(-np.log(np.where(silent, risk, 1.0 - risk)))
    test, absent = past[-1], past[-1].raw[:, SINCE_LAST]
    say(folder, "tested.csv", ["customer", "risk", "absent", "silent"],
        [(c, float(r), float(a), int(s)) for c, r, a, s in zip(test.customer, learnt, absent, test.silent)])
    rhythm, taught = (np.concatenate(kept) for kept in losses)
    better = rhythm - taught
    prevalence, brier = test.silent.mean(), np.mean((learnt - test.silent) ** 2)
    card = {
        "test_date": test.day,
        "dates": DATES,
        "choice_dates": 2,
        "training_rows": sum(len(p.customer) for p in past),
        "training_silent": int(sum(p.silent.sum() for p in past)),
        "test_customers": len(test.customer),
        "test_silent": int(test.silent.sum()),
        "choice_loss_rhythm": rhythm.mean(),
        "choice_loss_learnt": taught.mean(),
        "choice_gain_in_errors": better.mean() / (better.std(ddof=1) / math.sqrt(len(better))),
        "auc_absent": pairs(absent, test.silent)[0].mean(),
        "auc_rhythm": pairs(test.silence, test.silent)[0].mean(),
        "auc_learnt": pairs(learnt, test.silent)[0].mean(),
        **dict(zip(("gain", "gain_low", "gain_high"), gain(absent, learnt, test.silent))),
        "brier": brier,
        "brier_skill": 1.0 - brier / (prevalence * (1.0 - prevalence)),
        "log_loss": np.mean(-np.log(np.where(test.silent, learnt, 1.0 - learnt))),
        "expected": learnt.sum(),
    }

    model = Regression(np.vstack([p.rows for p in past]), np.concatenate([p.silent for p in past]))
    today = Date(orders, events, END)
    odds, error = model.log_odds(today.rows)
    base, parts = model.contributions(today.rows)
    p, q, g = gamma_gamma(today.x[today.x > 0], today.spend[today.x > 0])
    spend = np.where(today.x > 0, p * (g + today.x * np.nan_to_num(today.spend)) / (p * today.x + q - 1.0), p * g / (q - 1.0))
    residual = MARGIN * spend * (today.r + today.x) / (today.alpha + today.T) * VALUE_DAYS / UNIT
    weight = np.minimum(residual, np.quantile(residual, 1.0 - CUT))  # those who bring the money
    average = weight @ parts / weight.sum()
    base, parts = base + average.sum(), parts - average
    themes = np.zeros((len(odds), EVENTS + KINDS))
    for c, theme in enumerate(THEME):
        themes[:, theme] += parts[:, c]
    risk = special.expit(odds)
    at_risk = risk * residual
    place = np.empty(len(risk), dtype=int)
    place[np.lexsort((np.arange(len(risk)), -at_risk))] = np.arange(1, len(risk) + 1)
    gained = EFFECT * at_risk - COST
    band = np.where(gained > 0.0, np.where(place <= MOST, 2, 1), 0)
    typical = [median(column, weight) for column in (*today.raw.T, today.rows[:, -1])]
    typical[-1] = special.expit(typical[-1])
    shown = np.column_stack([today.raw, today.silence])
    card.update(base=base, silent_expected=risk.sum(), at_risk=at_risk.sum())
    rows = []
    for i, customer in enumerate(today.customer):
        row = [customer, *map(float, (risk[i], special.expit(odds[i] - Z * error[i]), special.expit(odds[i] + Z * error[i]), odds[i])),
               *map(float, themes[i]), float(residual[i]), float(at_risk[i]), float(gained[i]), int(place[i]), int(band[i])]
        order = [t for t in np.argsort(-themes[i], kind="stable") if themes[i, t] >= 0.01][:3]
        for j in range(3):
            if j >= len(order):
                row += [-1, math.nan, -1, math.nan, math.nan]
                continue
            column = max((c for c, theme in enumerate(THEME) if theme == order[j]), key=lambda c: (parts[i, c], -c))
            row += [int(order[j]), float(themes[i, order[j]]), -1 if column == len(THEME) - 1 else column,
                    float(shown[i, column]), float(typical[column])]
        rows.append(row)
    reasons = [f"{what}_{j}" for j in range(3) for what in ("reason", "effect", "column", "value", "typical")]
    say(folder, "customers.csv", ["customer", "risk", "low", "high", "log_odds", *(f"theme_{t}" for t in range(EVENTS + KINDS)), "residual",
                                  "value_at_risk", "gain", "rank", "band", *reasons], rows)
    say(folder, "card.csv", ["name", "value"], [(k, float(v)) for k, v in card.items()])
    print({k: round(float(v), 4) for k, v in card.items()})


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
