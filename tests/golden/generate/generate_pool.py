"""Golden values of partial pooling: golden/pool/nbd_rows.csv, nbd_population.csv and nbd_groups.csv.

Groups of customers whose purchases are negative binomial; the logarithms of r and alpha of a group are normal. The likelihood of a
group with its two logarithms integrated out is computed twice, from the definition:

log L is that of the times of purchases, as in the library: of the counts but for x log T - log x!.

- laplace: one parabola at the maximum, with analytic derivatives of the NBD;
- exact: Gauss-Hermite quadrature about that maximum, 20 points a dimension.

Each is maximised by Newton's method on fourth-order differences. Standard errors are from second differences of the marginal
log-likelihood. Nothing of the library is used.

    python generate_pool.py [directory]
"""

import csv
import pathlib
import sys

import numpy as np
from numpy.polynomial.hermite import hermgauss
from scipy.special import digamma, gammaln, polygamma

GROUPS = 15
MU = np.array([np.log(0.7), np.log(9.0)])
SD = np.array([0.5, 0.6])


def simulate():
    random = np.random.default_rng(20261122)
    rows = []
    for group in range(GROUPS):
        r, alpha = np.exp(MU + SD * random.standard_normal(2))
        for _ in range(int(random.integers(15, 80))):
            T = float(random.integers(20, 105))
            x = int(random.poisson(random.gamma(r, 1 / alpha) * T))
            rows.append((group, x, T))
    return rows


class Group:
    def __init__(self, x, T):
        self.x, self.T = np.array(x, float), np.array(T, float)

    def likelihood(self, theta):
        """log L and derivatives by log r and log alpha."""
        r, alpha = np.exp(theta)
        x, T, n = self.x, self.T, len(self.x)
        value = np.sum(gammaln(r + x)) - n * gammaln(r) + n * r * np.log(alpha) - np.sum((r + x) * np.log(alpha + T))
        by_r = np.sum(digamma(r + x) - digamma(r) + np.log(alpha) - np.log(alpha + T))
        by_rr = np.sum(polygamma(1, r + x) - polygamma(1, r))
        by_a = n * r / alpha - np.sum((r + x) / (alpha + T))
        by_aa = -n * r / alpha**2 + np.sum((r + x) / (alpha + T) ** 2)
        by_ra = n / alpha - np.sum(1 / (alpha + T))
        gradient = np.array([r * by_r, alpha * by_a])
        hessian = np.array([[r * by_r + r * r * by_rr, r * alpha * by_ra], [r * alpha * by_ra, alpha * by_a + alpha**2 * by_aa]])
        return value, gradient, hessian

    def values(self, a, b):
        r, alpha, n = np.exp(a), np.exp(b), len(self.x)
        value = n * (r * b - gammaln(r))
        for x, count in zip(*np.unique(self.x, return_counts=True)):
            value += count * gammaln(r + x)
        for T in np.unique(self.T):
            value -= np.sum(r[:, None] + self.x[self.T == T], axis=1) * np.log(alpha + T)
        return value

    def mode(self, mu, sd, start):
        """Maximum of log L - ((theta - mu) / sd)^2 / 2; log r alone where the second sd is 0."""
        free = sd > 0
        theta = np.where(free, start, mu)
        for _ in range(200):
            value, gradient, hessian = self.likelihood(theta)
            slope = gradient[free] - (theta - mu)[free] / sd[free] ** 2
            curvature = -hessian[np.ix_(free, free)] + np.diag(1 / sd[free] ** 2)
            try:
                np.linalg.cholesky(curvature)
            except np.linalg.LinAlgError:
                curvature = np.diag(np.abs(np.diag(curvature)) + 1)
            step = np.linalg.solve(curvature, slope)
            step *= min(1.0, 0.7 / max(np.max(np.abs(step)), 1e-300))
            theta = theta.copy()
            theta[free] += step
            if np.max(np.abs(step)) < 1e-13:
                break
        value, gradient, hessian = self.likelihood(theta)
        curvature = -hessian[np.ix_(free, free)] + np.diag(1 / sd[free] ** 2)
        return theta, value, curvature

    def marginal(self, mu, sd, exact):
        theta, value, curvature = self.mode(mu, sd, mu)
        free = sd > 0
        off = (theta - mu)[free] / sd[free]
        if not exact:
            return value - off @ off / 2 - np.linalg.slogdet(curvature)[1] / 2 - np.sum(np.log(sd[free]))
        nodes, weights = hermgauss(20)
        root = np.linalg.inv(np.linalg.cholesky(curvature)).T
        d = int(free.sum())
        z = np.stack([axis.ravel() for axis in np.meshgrid(*[nodes] * d, indexing="ij")], axis=1) * np.sqrt(2)
        w = np.prod(np.stack([axis.ravel() for axis in np.meshgrid(*[weights] * d, indexing="ij")], axis=1), axis=1)
        points = np.tile(theta, (len(z), 1))
        points[:, free] += z @ root.T
        u = (points - mu)[:, free] / sd[free]
        logs = self.values(points[:, 0], points[:, 1]) - (u * u).sum(1) / 2 - np.log(sd[free]).sum() - d * np.log(2 * np.pi) / 2
        logs += (z * z).sum(1) / 2 + d * np.log(2) / 2 + np.linalg.slogdet(root)[1]
        top = logs.max()
        return top + np.log(np.sum(w * np.exp(logs - top)))


def split(point, both):
    return point[:2], np.exp(np.array([point[2], point[3]])) if both else np.array([np.exp(point[2]), 0.0])


def differences(function, point, step=2e-3):
    gradient = np.zeros_like(point)
    for i in range(len(point)):
        e = np.zeros_like(point)
        e[i] = step
        gradient[i] = (8 * (function(point + e) - function(point - e)) - function(point + 2 * e) + function(point - 2 * e)) / (12 * step)
    return gradient


def curvature_of(function, point, step=4e-3):
    n, middle = len(point), function(point)
    e = np.eye(n) * step
    hessian = np.empty((n, n))
    for i in range(n):
        hessian[i, i] = (function(point + e[i]) - 2 * middle + function(point - e[i])) / step**2
        for j in range(i):
            corners = [function(point + s * e[i] + t * e[j]) * s * t for s in (1, -1) for t in (1, -1)]
            hessian[i, j] = hessian[j, i] = sum(corners) / (4 * step**2)
    return hessian


def maximise(groups, both, exact, point):
    """Newton's method; the Hessian of the last step gives the standard errors."""

    def minus(at):
        return -sum(group.marginal(*split(at, both), exact) for group in groups)

    hessian = curvature_of(minus, point)
    for _ in range(30):
        step = np.linalg.solve(hessian, differences(minus, point))
        point = point - step * min(1.0, 0.5 / np.max(np.abs(step)))
        if np.max(np.abs(step)) < 1e-9:
            break
        if np.max(np.abs(step)) > 1e-3:
            hessian = curvature_of(minus, point)
    return point, np.sqrt(np.diag(np.linalg.inv(hessian))), -minus(point)


def main():
    here = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "pool")
    here.mkdir(exist_ok=True)
    rows = simulate()
    with open(here / "nbd_rows.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["group", "x", "T"])
        writer.writerows((g, x, f"{T:g}") for g, x, T in rows)
    groups = [Group([x for h, x, _ in rows if h == g], [T for h, _, T in rows if h == g]) for g in range(GROUPS)]
    with open(here / "nbd_population.csv", "w", newline="") as population, open(here / "nbd_groups.csv", "w", newline="") as table:
        of_all, of_groups = csv.writer(population, lineterminator="\n"), csv.writer(table, lineterminator="\n")
        of_all.writerow(["varies", "method", "r", "alpha", "sd_r", "sd_alpha", "error_r", "error_alpha", "error_sd_r", "error_sd_alpha", "log_likelihood"])
        of_groups.writerow(["varies", "group", "r", "alpha", "variance_r", "variance_alpha"])
        for both in (True, False):
            start = np.concatenate([MU, np.log(SD if both else SD[:1])])
            for exact in (False, True):
                start, errors, value = maximise(groups, both, exact, start)
                mu, sd = split(start, both)
                name = "both" if both else "r"
                of_sd = list(errors[2:] * sd[: len(errors) - 2]) + [""] * (not both)
                numbers = [*np.exp(mu), *sd, *(np.exp(mu) * errors[:2]), *of_sd, value]
                of_all.writerow([name, "exact" if exact else "laplace", *(f"{v:.12g}" if v != "" else "" for v in numbers)])
                print(name, exact, numbers, flush=True)
                if exact:
                    continue
                for g, group in enumerate(groups):
                    theta, _, curvature = group.mode(mu, sd, mu)
                    variances = list(np.diag(np.linalg.inv(curvature))) + [0.0] * (not both)
                    of_groups.writerow([name, g, *(f"{v:.12g}" for v in [*np.exp(theta), *variances])])


main()
