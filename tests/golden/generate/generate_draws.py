"""Writes the golden vectors of draws: tests/golden/draws/*.csv.

    python tests/golden/generate/generate_draws.py

Needs NumPy, SciPy and ArviZ (0.23).

chains.csv        4 chains of 101 draws of five quantities: independent, autocorrelated, of heavy tails, of chains that disagree in
                  their means, and of chains that disagree in their widths
convergence.csv   what ArviZ says about each: R-hat (rank), effective sample sizes (bulk, tail, mean)
nbd_rows.csv      twelve customers of an NBD shop: how often (x) they returned by age T
nbd_posterior.csv posterior of log r and log alpha under normal priors, on a grid of 1601 x 1601 points, straight from the definition:
                  mean, standard deviation, 5 %, 50 % and 95 % quantiles, also of the orders expected of all twelve in 10 units,
                  sum of (r + x) / (alpha + T) * 10
"""

import csv
import pathlib

import arviz
import numpy as np
from scipy.special import gammaln

HERE = pathlib.Path(__file__).resolve().parent.parent / "draws"


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows([[repr(float(x)) if isinstance(x, (float, np.floating)) else x for x in row] for row in rows])


def chains():
    random = np.random.default_rng(20)
    draws, count = 101, 4
    independent = random.normal(size=(count, draws))
    slow = np.zeros((count, draws))
    for chain in range(count):
        at = random.normal()
        for i in range(draws):
            at = 0.8 * at + 0.6 * random.normal()
            slow[chain, i] = at
    heavy = random.standard_cauchy(size=(count, draws))
    apart = random.normal(size=(count, draws)) + np.array([[0.0], [0.0], [0.0], [1.5]])
    wide = random.normal(size=(count, draws)) * np.array([[1.0], [1.0], [1.0], [4.0]])
    all_of = {"independent": independent, "slow": slow, "heavy": heavy, "apart": apart, "wide": wide}
    names = list(all_of)
    write("chains.csv", ["chain", *names], [[c, *(all_of[n][c, i] for n in names)] for c in range(count) for i in range(draws)])
    write(
        "convergence.csv",
        ["quantity", "r_hat", "ess_bulk", "ess_tail", "ess_mean"],
        [
            [
                name,
                float(arviz.rhat(of, method="rank")),
                float(arviz.ess(of, method="bulk")),
                float(arviz.ess(of, method="tail")),
                float(arviz.ess(of, method="mean")),
            ]
            for name, of in all_of.items()
        ],
    )


def quantile(values, weights, share):
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    return float(np.interp(share, (cumulative - 0.5 * weights[order]) / cumulative[-1], values[order]))


def posterior():
    x = np.array([0, 0, 0, 0, 1, 0, 2, 0, 0, 5, 1, 3], dtype=float)
    T = np.array([30, 25, 38, 20, 33, 36, 28, 31, 22, 35, 27, 39], dtype=float)
    write("nbd_rows.csv", ["x", "T"], list(zip(x, T)))
    rows = []
    for sd in (2.0, 0.7):
        # log r ~ N(0, sd), log alpha ~ N(log mean T, sd)
        center = np.log(T.mean())
        u = np.linspace(-4.5 * min(sd, 1.6), 4.5 * sd, 1601)
        v = center + np.linspace(-4.5 * sd, 4.5 * sd, 1601)
        lr, la = np.meshgrid(u, v, indexing="ij")
        r, alpha = np.exp(lr), np.exp(la)
        log = -0.5 * (lr / sd) ** 2 - 0.5 * ((la - center) / sd) ** 2
        for xi, ti in zip(x, T):
            log += gammaln(r + xi) - gammaln(r) + r * (la - np.log(alpha + ti)) - xi * np.log(alpha + ti)
        weight = np.exp(log - log.max())
        weight /= weight.sum()
        orders = sum((r + xi) / (alpha + ti) * 10.0 for xi, ti in zip(x, T))
        for name, of in (("log_r", lr), ("log_alpha", la), ("orders", orders)):
            mean = float((weight * of).sum())
            flat, flat_weight = of.ravel(), weight.ravel()
            rows.append([sd, name, mean, float(np.sqrt((weight * (of - mean) ** 2).sum())), *(quantile(flat, flat_weight, q) for q in (0.05, 0.5, 0.95))])
        print(sd, weight[0].sum(), weight[-1].sum(), weight[:, 0].sum(), weight[:, -1].sum())
    write("nbd_posterior.csv", ["prior_sd", "quantity", "mean", "deviation", "low", "median", "high"], rows)


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    chains()
    posterior()
