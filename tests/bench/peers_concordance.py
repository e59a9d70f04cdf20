"""Harrell's C with R's survival, asked for no standard error, and with lifelines, which has none.

    python tests/bench/peers_concordance.py FOLDER [--repeat N]
"""

import sys

import numpy as np
from peers import Peer, Task, close, main, r_peer


def harrell_in_lifelines(columns, threads):
    del threads
    from lifelines.utils import concordance_index

    exit, event, score = columns["exit"], columns["event"], columns["score"]
    return lambda: {"harrell": np.array([concordance_index(exit, -score, event)])}


def compare(columns, theirs):
    return [close("concordance", columns["result_harrell"], theirs["harrell"], 1e-12)]


def tasks(folder):
    del folder
    peers = [r_peer("R: concordancefit", "concordance_harrell"), Peer("lifelines", harrell_in_lifelines)]
    return [Task("concordance_harrell", "concordance", "exit", peers, compare)]


if __name__ == "__main__":
    sys.exit(main(tasks))
