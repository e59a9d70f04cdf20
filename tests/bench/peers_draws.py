"""Posteriors as an analyst writes them down: the published likelihood in NumPy and SciPy, on the distinct rows, and a random walk (Metropolis)
whose steps are those of the normal approximation times 2.38 / sqrt(parameters). PyMC is not asked: it brings a compiler.

    python tests/bench/peers_draws.py FOLDER [--repeat N]

A random walk wants about twenty times as many steps as the library's draws for the same knowledge; it takes 2,000 here, in one chain. Compared are
the means of the logarithms, in standard deviations.
"""

import sys

import numpy as np

from peers import Comparison, Peer, Task, main

STEPS = 2000


def bg_nbd(columns):
    """Fader, Hardie & Lee 2005, eq. 6; priors of the library."""
    from scipy.special import betaln, gammaln

    rows, weight = np.unique(np.column_stack([columns["frequency"], columns["t_x"], columns["T"]]), axis=0, return_counts=True)
    x, t_x, T = rows.T
    centre = np.array([0.0, np.log((weight * T).sum() / weight.sum()), 0.0, 0.0])

    def log_density(logs):
        r, alpha, a, b = np.exp(logs)
        stays = betaln(a, b + x) - betaln(a, b) + gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        active = -(r + x) * np.log(alpha + T)
        left = np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x), -np.inf)
        return weight @ (stays + np.logaddexp(active, left)) - 0.5 * (((logs - centre) / 2.0) ** 2).sum()

    return log_density, np.log([0.243, 4.414, 0.793, 2.426])


def sbg(columns):
    from scipy.special import betaln

    periods, gone = columns["periods"].astype(np.int64), columns["left"] > 0
    most = periods.max()
    left, there = np.bincount(periods[gone], minlength=most + 1)[1:], np.bincount(periods[~gone], minlength=most + 1)[1:]
    t = np.arange(most + 1.0)

    def log_density(logs):
        alpha, beta = np.exp(logs)
        survival = np.exp(betaln(alpha, beta + t) - betaln(alpha, beta))
        return left @ np.log(survival[:-1] - survival[1:]) + there @ np.log(survival[1:]) - 0.5 * ((logs / 2.0) ** 2).sum()

    return log_density, np.log([0.668, 3.806])


def curvature(function, at, step=1e-3):
    """Its Hessian, by differences: what BFGS thinks of it is too far off for steps of the right size."""
    moves = step * np.eye(len(at))
    return np.array([[(function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b)) / (4.0 * step**2)
                      for b in moves] for a in moves])


def walk(make):
    def prepare(columns, threads):
        from scipy.optimize import minimize

        def work():
            log_density, start = make(columns)
            random, n = np.random.default_rng(1), len(start)
            top = minimize(lambda logs: -log_density(logs), start, method="BFGS")
            root = np.linalg.cholesky(np.linalg.inv(-curvature(log_density, top.x))) * 2.38 / np.sqrt(n)
            at, height, drawn = top.x, -top.fun, np.empty((STEPS, n))
            for i in range(STEPS):
                there = at + root @ random.normal(size=n)
                value = log_density(there)
                if np.log(random.uniform()) < value - height:
                    at, height = there, value
                drawn[i] = at
            return drawn

        return work
    return prepare


def compare(columns, theirs):
    ours = columns["result_draws"].reshape(-1, theirs.shape[1])
    off = np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) / ours.std(axis=0)
    return [Comparison("means, in standard deviations", off.max(), 0.4, "2,000 steps of a walk are worth some 100 draws")]


def tasks(folder):
    del folder
    return [Task("draws_bg_nbd_posterior", "draws_bg_nbd_posterior", "frequency", [Peer("NumPy, 2,000 steps", walk(bg_nbd))], compare),
            Task("draws_sbg_posterior", "draws_sbg_posterior", "periods", [Peer("NumPy, 2,000 steps", walk(sbg))], compare)]


if __name__ == "__main__":
    sys.exit(main(tasks))
