"""Writes tests/golden/boosting/: trees of small tables, found by trying everything.

    python tests/golden/generate/generate_boosting.py

cases.csv  by case: the options; base of the model and of the reasons, log losses
rows.csv   by case: three predictors (blank: missing), outcome, weight; log odds after the fit and what each column contributes to them
nodes.csv  by case: the nodes in preorder

Plain Python with 50 digits, from the definitions in include/retain/boosting.h: each split is the best of all that there are, tried one by
one over the rows, without histograms; Shapley values are averages over all subsets of columns. Tables in which two splits are as good as each
other, or nearly, are drawn again: which of them is taken would be a matter of rounding.
"""

import csv
import pathlib
import random
from decimal import Decimal, getcontext
from itertools import combinations
from math import factorial

getcontext().prec = 50
HERE = pathlib.Path(__file__).resolve().parent.parent / "boosting"
D = Decimal
COLUMNS = 3
#        rows rounds depth rate    l2      customers hessian  bins monotone   weights missing
CASES = [(12, 1, 1, "1", "0.5", "1", "0.001", 255, (0, 0, 0), False, 0.0),
         (14, 1, 2, "1", "1", "1", "0.001", 255, (0, 0, 0), False, 0.2),
         (16, 3, 3, "0.5", "0.25", "1", "0.001", 255, (0, 0, 0), False, 0.15),
         (16, 3, 3, "0.3", "1", "2", "0.3", 255, (0, 0, 0), False, 0.2),
         (18, 4, 3, "0.5", "1", "2", "0.001", 255, (0, 0, 0), True, 0.15),
         (20, 3, 3, "0.5", "0.5", "1", "0.001", 255, (1, -1, 0), False, 0.1),
         (24, 3, 4, "0.5", "0.5", "1", "0.001", 3, (0, 0, 0), True, 0.2),
         (24, 4, 8, "1", "0.125", "1", "0.001", 255, (-1, 0, 1), False, 0.25)]


class Tie(Exception):
    pass


def thresholds(rows, weight, column, bins):
    """The ends of bins, filled one after the other up to an equal share of what is left; None ends the last."""
    total = {}
    for row, w in zip(rows, weight):
        if row[column] is not None and w:
            total[row[column]] = total.get(row[column], 0) + w
    values = sorted(total)
    middles = [(a + b) / 2 for a, b in zip(values, values[1:])] + [None]
    if len(values) <= bins:
        return middles[:-1]
    ends, filled, left = [], 0, sum(total.values())
    for value, middle in zip(values, middles):
        filled += total[value]
        if middle is not None and len(ends) + 1 < bins and filled * (bins - len(ends)) >= left:
            ends.append(middle)
            left, filled = left - filled, 0
    return ends


class Grower:
    def __init__(self, case, rows, outcome, weight):
        self.rounds, self.depth = case[1], case[2]
        self.rate, self.l2, self.customers, self.hessian = map(D, case[3:7])
        self.bins, self.monotone = case[7], case[8]
        self.rows, self.outcome, self.weight = rows, outcome, weight
        self.ends = [thresholds(rows, weight, j, self.bins) for j in range(COLUMNS)]
        events = sum(w for w, y in zip(weight, outcome) if y)
        self.base = (D(events) / D(sum(weight) - events)).ln()

    def sums(self, members):
        return (sum((self.g[i] for i in members), D(0)), sum((self.h[i] for i in members), D(0)), sum(self.weight[i] for i in members))

    def value(self, g, h, low, high):
        return min(max(-g / (h + self.l2), low), high)

    def worth(self, value, g, h):
        return -value * (g + (h + self.l2) * value / 2)

    def splits(self, members):
        """All ways to part the rows: column, threshold (None: all numbers), whether missing ones go to the left, the left side."""
        for column in range(COLUMNS):
            missing = [i for i in members if self.rows[i][column] is None]
            for missing_left in (False, True) if missing else (None,):
                seen = set()
                for end in self.ends[column] + ([None] if missing_left is False else []):
                    left = [i for i in members if self.rows[i][column] is not None and (end is None or self.rows[i][column] <= end)]
                    key = tuple(left)
                    if left and key not in seen:
                        seen.add(key)
                        yield column, end, missing_left, left + (missing if missing_left else [])

    def best(self, members, low, high):
        g, h, w = self.sums(members)
        before = self.worth(self.value(g, h, low, high), g, h)
        found = []
        for column, end, missing_left, left in self.splits(members):
            right = [i for i in members if i not in set(left)]
            sides = [self.sums(left), self.sums(right)]
            if min(side[2] for side in sides) < self.customers or min(side[1] for side in sides) < self.hessian:
                continue
            values = [self.value(side[0], side[1], low, high) for side in sides]
            if self.monotone[column] * (values[0] - values[1]) > 0:
                continue
            gain = sum(self.worth(v, *side[:2]) for v, side in zip(values, sides)) - before
            if missing_left is None:
                missing_left = 2 * sides[0][2] > w
            found.append((gain, column, end, missing_left, left, right, values))
        if any(D("1e-30") < abs(split[0]) < D("1e-9") for split in found):
            raise Tie
        found = sorted((split for split in found if split[0] > D("1e-9")), key=lambda split: -split[0])  # stable: the first of equals
        if not found:
            return None
        near = [split for split in found if found[0][0] - split[0] < D("1e-6") * found[0][0]]
        sides = {frozenset(map(frozenset, split[4:6])) for split in near}
        if len(sides) > 1:  # the same two sides from another column are no matter of rounding: the first column is taken
            raise Tie
        return min(near, key=lambda split: split[1])

    def grow(self, members, depth, low, high):
        g, h, w = self.sums(members)
        split = self.best(members, low, high) if depth < self.depth else None
        if split is None:
            value = self.rate * self.value(g, h, low, high)
            for i in members:
                self.score[i] += value
            self.nodes.append({"column": -1, "threshold": D(0), "missing_left": 0, "value": value, "cover": w, "gain": D(0)})
            return
        gain, column, end, missing_left, left, right, values = split
        self.nodes.append({"column": column, "threshold": D("1e100") if end is None else end, "missing_left": int(missing_left), "value": D(0), "cover": w, "gain": gain})
        middle, lows, highs = sum(values) / 2, [low, low], [high, high]
        if self.monotone[column]:
            rising = self.monotone[column] > 0
            highs[0 if rising else 1] = middle
            lows[1 if rising else 0] = middle
        for side, members in enumerate((left, right)):
            self.grow(members, depth + 1, lows[side], highs[side])

    def fit(self):
        self.score, self.nodes = [self.base] * len(self.rows), []
        for _ in range(self.rounds):
            p = [1 / (1 + (-s).exp()) for s in self.score]
            self.g = [w * (q - y) for q, y, w in zip(p, self.outcome, self.weight)]
            self.h = [w * q * (1 - q) for q, w in zip(p, self.weight)]
            self.grow([i for i in range(len(self.rows)) if self.weight[i]], 0, D("-1e99"), D("1e99"))
        return self


def expected(nodes, at, row, known):
    """Value of a branch where only some columns are known, and where it ends."""
    node = nodes[at]
    if node["column"] < 0:
        return node["value"], at + 1
    left, middle = expected(nodes, at + 1, row, known)
    right, end = expected(nodes, middle, row, known)
    if node["column"] not in known:
        part = D(nodes[at + 1]["cover"]) / D(node["cover"])
        return part * left + (1 - part) * right, end
    x = row[node["column"]]
    return (left if (node["missing_left"] if x is None else x <= node["threshold"]) else right), end


def forecast(nodes, row, known):
    total, at = D(0), 0
    while at < len(nodes):
        value, at = expected(nodes, at, row, known)
        total += value
    return total


def shapley(nodes, row):
    result = []
    for column in range(COLUMNS):
        others, sum_ = [j for j in range(COLUMNS) if j != column], D(0)
        for k in range(COLUMNS):
            for known in combinations(others, k):
                change = forecast(nodes, row, known + (column,)) - forecast(nodes, row, known)
                sum_ += change * factorial(k) * factorial(COLUMNS - k - 1) / factorial(COLUMNS)
        result.append(sum_)
    return result


def draw_table(case, draw):
    number, weights, missing = case[0], case[9], case[10]
    rows = [[None if draw.random() < missing else D(draw.randrange(-8, 9)) / (1, 2, 4)[j] for j in range(COLUMNS)] for _ in range(number)]
    outcome = [int(draw.random() < (0.75 if (row[0] or 0) + (row[1] or 0) * (3 if row[2] is None else 1) > 0 else 0.2)) for row in rows]
    return rows, outcome, [draw.choice((0, 1, 1, 2, 3)) if weights else 1 for _ in rows]


def main():
    draw = random.Random(2001)
    cases, table, nodes = [], [], []
    for number, case in enumerate(CASES):
        while True:
            rows, outcome, weight = draw_table(case, draw)
            if len({y for y, w in zip(outcome, weight) if w}) == 2:
                try:
                    model = Grower(case, rows, outcome, weight).fit()
                except Tie:
                    continue
                if len(model.nodes) > 2 * case[1]:
                    break
        total = sum(weight)
        share = D(sum(w for w, y in zip(weight, outcome) if y)) / total
        odds = [model.base + forecast(model.nodes, row, range(COLUMNS)) for row in rows]
        loss = sum(w * (1 + (-s if y else s).exp()).ln() for s, y, w in zip(odds, outcome, weight)) / total
        cases.append([number, *case[1:8], *case[8], model.base, model.base + forecast(model.nodes, rows[0], ()),
                      -share * share.ln() - (1 - share) * (1 - share).ln(), loss])
        for row, y, w, odd in zip(rows, outcome, weight, odds):
            table.append([number, *("" if x is None else x for x in row), y, w, odd, *shapley(model.nodes, row)])
        nodes += [[number, *(node[key] for key in ("column", "threshold", "missing_left", "value", "cover", "gain"))] for node in model.nodes]
    names = [f"x{j}" for j in range(COLUMNS)]
    HERE.mkdir(exist_ok=True)
    for name, header, lines in (
        ("cases", ["case", "rounds", "depth", "learning_rate", "l2", "leaf_customers", "leaf_hessian", "bins", *(f"monotone{j}" for j in range(COLUMNS)), "base", "expected", "base_log_loss", "log_loss"], cases),
        ("rows", ["case", *names, "outcome", "weight", "log_odds", *(f"by_{name}" for name in names)], table),
        ("nodes", ["case", "column", "threshold", "missing_left", "value", "cover", "gain"], nodes)):
        with open(HERE / f"{name}.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows([f"{float(x):.17g}" if isinstance(x, Decimal) else x for x in line] for line in lines)


if __name__ == "__main__":
    main()
