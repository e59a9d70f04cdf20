"""Writes tests/golden/concordance/: durations and scores of a made-up shop, and what there is to say about them.

    python tests/golden/generate/generate_concordance.py

customers.csv  exit, event, entry, score, weight; s1, s2, s3: forecasts of still being there after the times of brier.csv
pairs.csv      by case (kind, entries, weights, horizon, level): the report
auc.csv        by case (weights, level) and time
brier.csv      by case and time; time blank: integrated

Plain Python from the definitions: every pair is looked at, products are taken time by time. Standard errors are roots of the weighted sum of
squared derivatives by the rows' weights, each derivative as a difference of the figure for weights a little larger and a little smaller,
with 60 digits.
"""

import csv
import pathlib
import random

from generate_scoring import normal
from mpmath import exp, isnan, log, mp, mpf, nstr, sqrt

HERE = pathlib.Path(__file__).resolve().parent.parent / "concordance"
mp.dps = 60
STEP = mpf(10) ** -20
NAN = mpf("nan")
TIMES = (mpf(3), mpf(7), mpf(10))


def make():
    draw = random.Random(1982)
    rows = []
    for _ in range(44):
        risk = draw.random()
        left, lost = -10 * log(mpf(draw.random())) / (1 + 2 * risk), mpf(draw.uniform(1, 16))
        time = min(left, lost)
        rows.append({"exit": mpf(max(1, int(4 * time))) / 4 if draw.random() < 0.6 else mpf(int(time * 1024) + 1) / 1024, "event": int(left <= lost),
                     "score": mpf(round(20 * (0.6 * risk + 0.4 * draw.random()))) / 4, "weight": mpf(draw.choice((0, 1, 1, 2, "2.5")))})
        rows[-1]["entry"] = mpf(int(rows[-1]["exit"] * draw.choice((0, 0, 1, 2, 3)))) / 4
        for name, time in zip(("s1", "s2", "s3"), TIMES):
            rows[-1][name] = mpf(round(100 * float(exp(-time * (1 + 2 * mpf(risk)) / 14 * mpf(draw.uniform(0.5, 1.5)))))) / 100
    return rows


LOSSES = {}


def losses(rows, weights):
    """Times at which rows were lost from sight, and the share that was not, of those who could be."""
    key = (len(rows), tuple(weights))
    if key not in LOSSES:
        LOSSES.clear()
        LOSSES[key] = []
        for v in sorted({row["exit"] for row in rows if not row["event"]}):
            lost = sum(w for row, w in zip(rows, weights) if row["exit"] == v and not row["event"])
            seen = sum(w for row, w in zip(rows, weights) if row["exit"] > v or (row["exit"] == v and not row["event"]))
            LOSSES[key].append((v, 1 - lost / seen))
    return LOSSES[key]


def staying(rows, weights, time, until):
    """Chance of not having been lost: before `time`, or with `until` up to it."""
    g = mpf(1)
    for v, share in losses(rows, weights):
        if v < time or (until and v == time):
            g *= share
    return g


def pairs(rows, weights, horizon, power, entries):
    right = wrong = ties = mpf(0)
    for i, w in zip(rows, weights):
        if not i["event"] or (horizon and i["exit"] >= horizon):
            continue
        g = w * (staying(rows, weights, i["exit"], False) ** -2 if power else 1)
        for j, v in zip(rows, weights):
            if (j["exit"] > i["exit"] or (j["exit"] == i["exit"] and not j["event"])) and (not entries or not j["entry"] or j["entry"] < i["exit"]):
                if i["score"] > j["score"]:
                    right += g * v
                elif i["score"] < j["score"]:
                    wrong += g * v
                else:
                    ties += g * v
    return right, wrong, ties


def error(figure, weights):
    squares = mpf(0)
    for k, w in enumerate(weights):
        more, less = list(weights), list(weights)
        more[k] += STEP
        less[k] -= STEP
        squares += w * ((figure(more) - figure(less)) / (2 * STEP)) ** 2
    return sqrt(squares)


def logit_limits(value, spread, level):
    if not spread or not 0 < value < 1:
        return NAN, NAN
    reach, middle = normal(mpf(level)) * spread / (value * (1 - value)), log(value / (1 - value))
    return 1 / (1 + exp(reach - middle)), 1 / (1 + exp(-reach - middle))


def report(rows, weights, kind, entries, horizon, level):
    def figure(w):
        right, wrong, ties = pairs(rows, w, horizon, kind == "uno", entries)
        return (right + ties / 2) / (right + wrong + ties)

    value, spread = figure(weights), error(figure, weights)
    times = {}
    for row, w in zip(rows, weights):
        if row["event"] and not (horizon and row["exit"] >= horizon):
            times[row["exit"]] = times.get(row["exit"], 0) + w
    return [sum(weights), sum(times.values()), *pairs(rows, weights, horizon, kind == "uno", entries), sum(max(mpf(0), w * (w - 1) / 2) for w in times.values()),
            value, spread, *logit_limits(value, spread, level)]


def auc(rows, weights, time):
    top = bottom = mpf(0)
    for i, w in zip(rows, weights):
        if i["event"] and i["exit"] <= time:
            g = w / staying(rows, weights, i["exit"], False)
            for j, v in zip(rows, weights):
                if j["exit"] > time:
                    bottom += g * v
                    top += g * v * (1 if i["score"] > j["score"] else mpf(1) / 2 if i["score"] == j["score"] else 0)
    return top / bottom if bottom else NAN


def kaplan_meier(rows, weights, time):
    s = mpf(1)
    for v in sorted({row["exit"] for row in rows if row["event"] and row["exit"] <= time}):
        s *= 1 - sum(w for row, w in zip(rows, weights) if row["exit"] == v and row["event"]) / sum(w for row, w in zip(rows, weights) if row["exit"] >= v)
    return s


def brier(rows, weights, time, name):
    total = mpf(0)
    for row, w in zip(rows, weights):
        if row["exit"] > time:
            total += w * (1 - row[name]) ** 2 / staying(rows, weights, time, True)
        elif row["event"]:
            total += w * row[name] ** 2 / staying(rows, weights, row["exit"], False)
    return total / sum(weights)


def sides(rows, weights, time):
    return [sum(w for row, w in zip(rows, weights) if row["event"] and row["exit"] <= time), sum(w for row, w in zip(rows, weights) if row["exit"] > time)]


def plain_limits(value, spread, level):
    reach = normal(mpf(level)) * spread
    return max(mpf(0), value - reach), value + reach


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows([["" if cell is None or (isinstance(cell, mpf) and isnan(cell)) else nstr(cell, 20) if isinstance(cell, mpf) else cell for cell in row] for row in rows])


def main():
    everybody = make()
    write("customers.csv", list(everybody[0]), [list(row.values()) for row in everybody])

    def chosen(weighted):
        rows = [row for row in everybody if not weighted or row["weight"]]
        return rows, [row["weight"] if weighted else mpf(1) for row in rows]

    found = []
    for kind, entries, weighted, horizon, level in (("harrell", 0, 0, 0, "0.95"), ("harrell", 1, 0, 0, "0.9"), ("harrell", 1, 1, 6, "0.95"), ("harrell", 0, 1, 0, "0.99"),
                                                    ("uno", 0, 0, 0, "0.95"), ("uno", 0, 1, 0, "0.9"), ("uno", 0, 1, 7, "0.95")):
        found.append([kind, entries, weighted, horizon, level, *report(*chosen(weighted), kind, entries, mpf(horizon), level)])
    write("pairs.csv", ["kind", "entries", "weights", "horizon", "level", "rows", "events", "concordant", "discordant", "tied_score", "tied_time", "concordance",
                        "standard_error", "low", "high"], found)
    found = []
    for weighted, level in ((0, "0.95"), (1, "0.9")):
        rows, weights = chosen(weighted)
        for time in (mpf("0.1"), *TIMES, mpf("4.25"), mpf(100)):
            value = auc(rows, weights, time)
            spread = NAN if isnan(value) else error(lambda w, t=time, r=rows: auc(r, w, t), weights)
            limits = (NAN, NAN) if isnan(value) else logit_limits(value, spread, level)
            found.append([weighted, level, time, value, spread, *limits, *sides(rows, weights, time), NAN if isnan(value) else mpf(1) / 2])
    head = ["weights", "level", "time", "value", "standard_error", "low", "high", "cases", "controls", "null_value"]
    write("auc.csv", head, found)
    found = []
    for weighted, level in ((0, "0.95"), (1, "0.8")):
        rows, weights = chosen(weighted)
        names = dict(zip(TIMES, ("s1", "s2", "s3")))

        def mean(w, r=rows, of=None):
            values = [(of or (lambda w, t: brier(r, w, t, names[t])))(w, t) for t in TIMES]
            return sum((b - a) * (x + y) / 2 for a, b, x, y in zip(TIMES, TIMES[1:], values, values[1:])) / (TIMES[-1] - TIMES[0])

        for time in TIMES:
            value, alone = brier(rows, weights, time, names[time]), kaplan_meier(rows, weights, time)
            spread = error(lambda w, t=time, r=rows: brier(r, w, t, names[t]), weights)
            found.append([weighted, level, time, value, spread, *plain_limits(value, spread, level), *sides(rows, weights, time), alone * (1 - alone)])
        spread = error(mean, weights)
        null = mean(weights, rows, lambda w, t, r=rows: kaplan_meier(r, w, t) * (1 - kaplan_meier(r, w, t)))
        found.append([weighted, level, None, mean(weights), spread, *plain_limits(mean(weights), spread, level), None, None, null])
    write("brier.csv", head, found)


if __name__ == "__main__":
    main()
