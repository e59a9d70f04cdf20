"""What a user would do instead of partial pooling: a fit of lifetimes for each group on its own. Where that does not converge, the group
has no model.

    python tests/bench/peers_btyd_pool.py FOLDER [--repeat N]

Compared are the log-likelihoods of those fits, summed over the groups that have one, with the library's own fits of the same groups.
"""

import sys

import numpy as np

from peers import Comparison, Peer, Task, main

NAMES = ("r", "alpha", "a", "b")


def groups_of(columns):
    group = columns["group"]
    data = [columns[name] for name in ("frequency", "t_x", "T")]
    return [[column[group == g] for column in data] for g in range(int(group.max()) + 1)]


def fit_each(columns, threads):
    del threads
    import lifetimes

    groups = groups_of(columns)

    def work():
        found = []
        for data in groups:
            try:
                found.append(lifetimes.BetaGeoFitter().fit(*data))
            except lifetimes.utils.ConvergenceError:
                found.append(None)
        return found
    return work


def log_likelihood(parameters, data):
    import lifetimes

    rows = len(data[0])
    return -rows * lifetimes.BetaGeoFitter._negative_log_likelihood(np.log(parameters), *data, np.ones(rows), 0.0)


def compare(columns, models):
    ours, value = columns["result_own"].reshape(-1, len(NAMES)), columns["result_own_log_likelihood"][0]
    groups, better = groups_of(columns), 0.0
    for own, model, data in zip(ours, models, groups):
        if model is not None and not np.isnan(own).any():
            theirs = np.array([model.params_[name] for name in NAMES])
            better = max(better, log_likelihood(theirs, data) - log_likelihood(own, data))
    missing = sum(model is None for model in models) / len(models)
    return [Comparison("by how much a group's optimum of the library is lower", better, 1e-9 * abs(value)),
            Comparison("share of groups without a model by lifetimes", missing, 1.0, "lifetimes did not converge")]


def tasks(folder):
    del folder
    return [Task("pool_bg_nbd_fit", "pool_bg_nbd_fit", "frequency", [Peer("lifetimes, group by group", fit_each)], compare)]


if __name__ == "__main__":
    sys.exit(main(tasks))
