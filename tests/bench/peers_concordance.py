"""Harrell's C with lifelines, which has no standard error of it.

    python tests/bench/peers_concordance.py FOLDER [--repeat N]
"""

import sys

import numpy as np
from peers import Peer, Task, close, main


def harrell_in_lifelines(columns, threads):
    del threads
    from lifelines.utils import concordance_index

    exit, event, score = columns["exit"], columns["event"], columns["score"]
    return lambda: {"harrell": np.array([concordance_index(exit, -score, event)])}


def compare(columns, theirs):
    return [close("concordance", columns["result_harrell"], theirs["harrell"], 1e-12)]


def tasks(folder):
    del folder
    return [Task("concordance_harrell", "concordance", "exit", [Peer("lifelines", harrell_in_lifelines)], compare)]


if __name__ == "__main__":
    sys.exit(main(tasks))
