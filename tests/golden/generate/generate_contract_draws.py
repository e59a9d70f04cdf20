"""Writes the golden vectors of draws of contract models: tests/golden/contract_draws/posterior.csv.

    python tests/golden/generate/generate_contract_draws.py

Needs NumPy and SciPy. Posteriors on a grid of the logarithms of the parameters, straight from the definition: S(t) = B(alpha, beta + z) /
B(alpha, beta), z = t^c, and normal priors about 0 whose standard deviation is that of the row, half of it for c. Mean, standard deviation,
5 %, 50 % and 95 % quantiles of

log_alpha ...  the logarithms of the parameters
survival       S(2 + 12) / S(2)
pmf            P(T = 2 + 3) / S(2)
retention      r_5
del            sum over j = 0 ... 24 of S(1 + j) / S(1) / 1.1^j: the payment made, and 24 decisions ahead
elasticity     of that: sum of j times the terms, by the sum
base           of 60 customers who have renewed twice, P(still there after three decisions) times 60; mean and deviation are of that
               expectation, the quantiles of the number itself: the mixture of binomial distributions, between whole numbers by a line
"""

import csv
import pathlib

import numpy as np
from scipy.special import betaln
from scipy.stats import binom

HERE = pathlib.Path(__file__).resolve().parent.parent / "contract_draws"
SHOPS = {"forty": [40, 38, 37], "loyal": [25, 25, 25, 25], "many": [869, 743, 653, 593, 551, 517]}


def quantile(values, weights, share):
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    return float(np.interp(share, (cumulative - 0.5 * weights[order]) / cumulative[-1], values[order]))


def survivors(alpha, beta, c, t):
    """log S(t)"""
    return betaln(alpha, beta + float(t) ** c) - betaln(alpha, beta) if t else 0.0 * alpha


def posterior(shop, family, sd, axes):
    grids = np.meshgrid(*axes, indexing="ij")
    alpha, beta = np.exp(grids[0]), np.exp(grids[1])
    c = np.exp(grids[2]) if family == "BdW" else 1.0
    log = -0.5 * (grids[0] / sd) ** 2 - 0.5 * (grids[1] / sd) ** 2
    if family == "BdW":
        log -= 0.5 * (grids[2] / (0.5 * sd)) ** 2
    counts, before = SHOPS[shop], survivors(alpha, beta, c, 0)
    for t in range(1, len(counts)):
        now = survivors(alpha, beta, c, t)
        left = counts[t - 1] - counts[t]
        if left:
            log += left * (before + np.log(-np.expm1(now - before)))
        before = now
    log += counts[-1] * before
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    edge = max(float(np.take(weight, side, axis).sum()) for axis in range(len(axes)) for side in (0, -1))

    ratio = {t: np.exp(survivors(alpha, beta, c, t) - survivors(alpha, beta, c, 2)) for t in (4, 5, 14)}
    terms = [np.exp(survivors(alpha, beta, c, 1 + j) - survivors(alpha, beta, c, 1)) / 1.1**j for j in range(25)]
    answers = {
        "log_alpha": grids[0],
        "log_beta": grids[1],
        **({"log_c": grids[2]} if family == "BdW" else {}),
        "survival": ratio[14],
        "pmf": ratio[4] - ratio[5],
        "retention": np.exp(survivors(alpha, beta, c, 5) - survivors(alpha, beta, c, 4)),
        "del": sum(terms),
        "elasticity": sum(j * term for j, term in enumerate(terms)) / sum(terms),
        "base": 60.0 * ratio[5],
    }
    rows = []
    for name, of in answers.items():
        mean = float((weight * of).sum())
        deviation = float(np.sqrt((weight * (of - mean) ** 2).sum()))
        if name == "base":
            stays, mass = of.ravel() / 60.0, weight.ravel()
            heavy = mass > 1e-9
            cumulative = [float((mass[heavy] * binom.cdf(k, 60, stays[heavy])).sum()) for k in range(61)]
            limits = [float(np.interp(share, cumulative, np.arange(61) + 0.5)) for share in (0.05, 0.5, 0.95)]
        else:
            limits = [quantile(of.ravel(), weight.ravel(), share) for share in (0.05, 0.5, 0.95)]
        rows.append([shop, family, sd, name, mean, deviation, *limits])
    print(shop, family, sd, "mass at the edge", edge)
    return rows


def main():
    HERE.mkdir(exist_ok=True)
    rows = []
    rows += posterior("forty", "sBG", 2.0, [np.linspace(-7.0, 9.0, 601)] * 2)
    rows += posterior("loyal", "BdW", 1.0, [*[np.linspace(-5.5, 5.5, 141)] * 2, np.linspace(-2.25, 2.25, 81)])
    rows += posterior("many", "sBG", 2.0, [np.linspace(-3.0, 7.0, 601)] * 2)
    rows += posterior("many", "BdW", 2.0, [*[np.linspace(-3.0, 7.0, 141)] * 2, np.linspace(-4.5, 4.5, 81)])
    with open(HERE / "posterior.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["shop", "family", "prior_sd", "quantity", "mean", "deviation", "low", "median", "high"])
        out.writerows([[f"{x:.12g}" if isinstance(x, float) else x for x in row] for row in rows])


if __name__ == "__main__":
    main()
