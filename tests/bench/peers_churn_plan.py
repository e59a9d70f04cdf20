"""How unusual silences are (SciPy's Lomax distribution), and the profit curve of a ranking (NumPy's sort and running sum, which
leave its limits out).

    python tests/bench/peers_churn_plan.py FOLDER [--repeat N]
"""

import sys

import numpy as np
from peers import Peer, Task, close, main

COST, INCENTIVE, EFFECT = 2.0, 1.0, 0.1


def overdue_in_scipy(columns, threads):
    del threads
    from scipy import stats

    r, alpha = columns["parameters"]
    x, t_x, T = (columns[name] for name in ("frequency", "t_x", "T"))
    return lambda: {"overdue": stats.lomax.sf(T - t_x, r + x, scale=alpha + t_x)}


def profit_in_numpy(columns, threads):
    del threads
    risk, left, value = (columns[name] for name in ("risk", "left", "value"))

    def work():
        gain = left * EFFECT * (value - INCENTIVE) - (1.0 - left) * INCENTIVE - COST
        return {"profit": np.cumsum(gain[np.argsort(-risk, kind="stable")])}
    return work


def compare(name, tolerance):
    return lambda columns, theirs: [close(name, columns[f"result_{name}"], theirs[name], tolerance)]


def tasks(folder):
    del folder
    return [Task("churn_overdue", "churn_plan", "risk", [Peer("SciPy", overdue_in_scipy)], compare("overdue", 1e-12)),
            Task("churn_profit", "churn_plan", "risk", [Peer("NumPy", profit_in_numpy)], compare("profit", 1e-9))]


if __name__ == "__main__":
    sys.exit(main(tasks))
