"""BG/BB against what it says of one customer, averaged over all of them by brute force; and from a log of orders to opportunities."""

import math
import os
import pathlib

import numpy as np
import pandas as pd
import pytest
import retain
from scipy import optimize, special

POINTS = [(1.2, 0.75, 0.66, 2.78), (0.3, 4.0, 1.0, 9.0), (50.0, 20.0, 3.0, 40.0), (2.0, 0.05, 0.4, 0.1)]
HISTORIES = [(0, 0, 0), (0, 0, 5), (2, 3, 9), (4, 11, 11), (1, 7, 30)]


def rule(a, b, nodes=60):
    """Points and weights of the mean over Beta(a, b), exact for polynomials up to degree 119."""
    x, weights = special.roots_jacobi(nodes, b - 1, a - 1)
    return (x + 1) / 2, weights / weights.sum()


class Brute:
    """Individuals who leave with probability theta before an opportunity and else use it with probability p, at all points of a grid."""

    def __init__(self, alpha, beta, gamma, delta):
        self.p, p_weight = rule(alpha, beta)
        self.theta, theta_weight = rule(gamma, delta)
        self.p, self.theta = self.p[:, None], self.theta[None, :]
        self.weight = p_weight[:, None] * theta_weight[None, :]

    def mean(self, of):
        return (self.weight * of).sum()

    def history(self, x, t_x, n, spare=0):
        """P(this history and, after it, `spare` opportunities without a use) of each individual."""
        there = self.p**x * (1 - self.p) ** (t_x - x) * (1 - self.theta) ** t_x
        total = 0
        for _ in range(t_x, n + spare):
            total = total + there * self.theta
            there = there * (1 - self.theta) * (1 - self.p)
        return total + there

    def there(self, x, t_x, n, opportunities):
        """P(this history, and there at the opportunity so many after n)."""
        return self.p**x * (1 - self.p) ** (n - x) * (1 - self.theta) ** (n + opportunities)

    def uses(self, n):
        """P(x uses of n opportunities), for all x, of each individual: by adding one opportunity after the other."""
        shape = np.broadcast_shapes(self.p.shape, self.theta.shape)
        there, gone = np.zeros((n + 1, *shape)), np.zeros((n + 1, *shape))
        there[0] = 1
        for _ in range(n):
            gone += there * self.theta
            there *= 1 - self.theta
            used = there * self.p
            there *= 1 - self.p
            there[1:] += used[:-1]
        return there + gone


@pytest.mark.parametrize("point", POINTS)
def test_histories_are_means_over_individuals(point):
    brute, model = Brute(*point), retain.BGBB.from_params(unit_days=1, **dict(zip(retain.BGBB._parameters, point)))
    for x, t_x, n in HISTORIES:
        one, past = {"frequency": x, "t_x": t_x, "T": n}, brute.mean(brute.history(x, t_x, n))
        assert math.exp(model.likelihood(one)) == pytest.approx(past, rel=1e-11)
        assert model.alive(one) == pytest.approx(brute.mean(brute.there(x, t_x, n, 1)) / past, rel=1e-11)
        for m in (1, 2, 7, 30):
            assert model.silence(one, days=m) == pytest.approx(brute.mean(brute.history(x, t_x, n, m)) / past, rel=1e-11)
            uses = [brute.mean(brute.there(x, t_x, n, j) * brute.p) / past for j in range(1, m + 1)]
            assert model.orders(one, days=m) == pytest.approx(math.fsum(uses), rel=1e-11)
            rate = 0.2
            worth = math.fsum(use * (1 + rate) ** (-j / 365.25) for j, use in enumerate(uses, 1))
            assert model.discounted(one, days=m, annual_rate=rate) == pytest.approx(worth, rel=1e-11)


@pytest.mark.parametrize("point", POINTS)
def test_counts_are_means_over_individuals(point):
    brute, model = Brute(*point), retain.BGBB.from_params(unit_days=1, **dict(zip(retain.BGBB._parameters, point)))
    for n in (1, 6, 25):
        want = [brute.mean(uses) for uses in brute.uses(n)]
        assert model.pmf(np.arange(n + 1.0), days=n) == pytest.approx(want, rel=1e-10)
        assert model.expected(n) == pytest.approx(sum(x * probability for x, probability in enumerate(want)), rel=1e-10)


def weekly_rows(customer, day, end):
    """Weeks since each customer's first, counted one customer at a time: x, t_x and n."""
    weeks, rows = {}, []
    for who, when in zip(customer, day):
        if when <= end:
            weeks.setdefault(who, set()).add(when // 7)
    last = (end + 1) // 7 - 1  # the last whole week
    for who in sorted(weeks):
        mine = sorted(week for week in weeks[who] if week <= last)
        if mine:
            rows.append((len(mine) - 1, mine[-1] - mine[0] if len(mine) > 1 else 0, last - mine[0]))
    return np.array(rows, dtype=float)


def log_likelihood(parameters, rows, weight):
    """Eq. 5, as it is printed."""
    a, b, g, d = np.exp(parameters)
    x, t_x, n = rows.T
    total = np.exp(special.betaln(a + x, b + n - x) - special.betaln(a, b) + special.betaln(g, d + n) - special.betaln(g, d))
    for i in range(int((n - t_x).max())):
        term = special.betaln(a + x, b + t_x - x + i) - special.betaln(a, b) + special.betaln(g + 1, d + t_x + i) - special.betaln(g, d)
        total = total + np.where(i < n - t_x, np.exp(term), 0.0)
    return (weight * np.log(total)).sum()


def check_weeks(customer, day, value, end):
    """From orders to opportunities and a fit, against a count and a search that were written for nothing else."""
    last = (int(end.astype(int)) + 1) // 7 * 7 - 1  # the last day of a whole week; weeks begin on Thursdays, as day 0 did
    log = retain.Log({"customer": customer, "date": day, "value": value})
    table = retain.orders.summary(log, np.datetime64(last, "D"), unit_days=7, occasion_days=7)
    table["T"] = np.floor(table["T"])  # the weeks that are over
    got = np.column_stack([table["frequency"], table["t_x"], table["T"]])
    rows = weekly_rows(customer.tolist(), day.astype(int).tolist(), last)
    assert np.array_equal(got, rows)  # both by customer
    distinct, weight = np.unique(rows, axis=0, return_counts=True)
    try:
        model = retain.BGBB().fit(table)
    except retain.ConvergenceError as error:  # a shop whose customers do not seem to leave
        model = error.model
        assert error.report.verdict == "ridge"
    found = np.log(list(model.params_.values()))
    best = log_likelihood(found, distinct, weight)
    assert model.report_.log_likelihood == pytest.approx(best, rel=1e-11)
    for step in np.vstack([np.eye(4), -np.eye(4)]):
        assert log_likelihood(found + 0.02 * step, distinct, weight) < best + 1e-6
    search = optimize.minimize(lambda at: -log_likelihood(at, distinct, weight), found + 0.3, method="L-BFGS-B", options={"maxiter": 30})
    assert -search.fun <= best + 1e-6


def test_weeks_of_cdnow_are_opportunities(cdnow_sample):
    keep = cdnow_sample["value"] > 0
    check_weeks(*(cdnow_sample[name][keep] for name in ("customer", "date", "value")), np.datetime64("1997-09-30"))


def test_weeks_of_online_retail_are_opportunities():
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip("RETAIN_DATA is not set: no Online Retail")
    lines = pd.read_csv(pathlib.Path(folder) / "online_retail" / "online_retail.csv.gz", parse_dates=["timestamp"])
    lines = lines[lines["customer_id"].notna() & (lines["quantity"] > 0) & (lines["unit_price"] > 0)]
    day = lines["timestamp"].to_numpy().astype("M8[D]")
    value = (lines["quantity"] * lines["unit_price"]).to_numpy()
    check_weeks(lines["customer_id"].astype(np.int64).to_numpy(), day, value, day.max())
