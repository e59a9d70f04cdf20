"""Golden values of the dependence of spend on frequency: tests/golden/spend/dependence.csv, and its customers.

    python tests/golden/generate/generate_spend_dependence.py

Correlations, their chances and Pearson's limits are SciPy's, of the customers written out one by one (a row of weight w is w customers);
Spearman's limits and the regression are plain NumPy from the textbook (HC1: MacKinnon & White 1985).
"""

import csv
from pathlib import Path

import numpy as np
from scipy import stats

FOLDER = Path(__file__).resolve().parents[1] / "spend"


def draw(case, chance, count):
    n = chance.integers(0, 9, count)
    n[: count // 4] = 1
    frequency = np.where(n > 0, n + chance.integers(0, 2, count), chance.integers(0, 3, count)).astype(float)
    if case == "rates":
        frequency = frequency / 7.25
    rise = {"independent": 0.0, "rising": 0.5, "falling": -0.3, "rates": 0.2, "few": 0.1}[case]
    rows = []
    for orders, x in zip(n, frequency):
        own = 3 + rise * np.log1p(x) + 0.5 * chance.standard_normal()
        logs = own + 0.6 * chance.standard_normal(max(orders, 1))
        values = np.round(np.exp(logs), 1)
        row = {"case": case, "orders": float(orders), "frequency": float(x), "weight": float(chance.integers(0, 4))}
        if orders:
            logs = np.log(values)
            row |= {"mean": values.mean(), "mean_log": logs.mean(), "log_squares": ((logs - logs.mean()) ** 2).sum()}
        rows.append(row)
    return rows


def measure(rows, level):
    all_rows = [row for row in rows for _ in range(int(row["weight"])) if row["orders"]]
    x, z, y = (np.array([row[name] for row in all_rows]) for name in ("frequency", "mean", "mean_log"))
    n = len(x)
    pearson = stats.pearsonr(x, z)
    limits = pearson.confidence_interval(level)
    spearman = stats.spearmanr(x, y)
    reach = stats.norm.ppf(0.5 + level / 2) * np.sqrt(1.06 / (n - 3))
    design = np.column_stack([np.ones(n), np.log1p(x)])
    bread = np.linalg.inv(design.T @ design)
    slope = bread @ design.T @ y
    left = y - design @ slope
    error = np.sqrt((bread @ (design.T * left**2) @ design @ bread)[1, 1] * n / (n - 2))
    t = stats.t.ppf(0.5 + level / 2, n - 2)
    found = {
        "pearson": (pearson.statistic, limits.low, limits.high, pearson.pvalue),
        "spearman": (
            spearman.statistic,
            np.tanh(np.arctanh(spearman.statistic) - reach),
            np.tanh(np.arctanh(spearman.statistic) + reach),
            spearman.pvalue,
        ),
        "slope": (slope[1], slope[1] - t * error, slope[1] + t * error, 2 * stats.t.sf(abs(slope[1] / error), n - 2)),
    }
    return n, found


def write(name, rows, columns):
    with open(FOLDER / name, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns, lineterminator="\n", restval="")
        table.writeheader()
        table.writerows({key: float(value) if isinstance(value, float) else value for key, value in row.items()} for row in rows)


def main():
    chance = np.random.default_rng(5)
    customers, results = [], []
    for case, count, level in (("independent", 60, 0.95), ("rising", 60, 0.9), ("falling", 60, 0.99), ("rates", 40, 0.95), ("few", 8, 0.5)):
        rows = draw(case, chance, count)
        customers += rows
        n, found = measure(rows, level)
        row = {"case": case, "level": level, "customers": float(n)}
        for name, numbers in found.items():
            row |= {name + part: float(number) for part, number in zip(("", "_low", "_high", "_p_value"), numbers)}
        results.append(row)
    write("dependence_customers.csv", customers, ["case", "orders", "mean", "mean_log", "log_squares", "frequency", "weight"])
    write("dependence.csv", results, list(results[0]))


if __name__ == "__main__":
    main()
