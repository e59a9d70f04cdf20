"""Platt scaling and isotonic calibration, fitted and applied: with scikit-learn.

    python tests/bench/peers_calibration.py FOLDER [--repeat N]
"""

import sys

import numpy as np
from peers import Peer, Task, close, main


def platt_in_sklearn(columns, threads):
    del threads
    from sklearn.calibration import _SigmoidCalibration

    score, outcome = columns["score"], columns["outcome"]
    return lambda: {"platt": _SigmoidCalibration().fit(score, outcome).predict(score)}


def isotonic_in_sklearn(columns, threads):
    del threads
    from sklearn.isotonic import IsotonicRegression

    score, outcome = columns["score"], columns["outcome"]
    return lambda: {"isotonic": IsotonicRegression(out_of_bounds="clip").fit(score, outcome).predict(score)}


def compare(name, tolerance):
    return lambda columns, theirs: [close(name, columns[f"result_{name}"], np.asarray(theirs[name]), tolerance)]


def tasks(folder):
    del folder
    return [Task("calibration_platt", "calibration", "score", [Peer("scikit-learn", platt_in_sklearn)], compare("platt", 1e-4)),
            Task("calibration_isotonic", "calibration", "score", [Peer("scikit-learn", isotonic_in_sklearn)], compare("isotonic", 1e-9))]


if __name__ == "__main__":
    sys.exit(main(tasks))
