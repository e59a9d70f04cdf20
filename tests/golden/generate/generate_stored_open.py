"""Models whose data say too little, as Python stores them: tests/golden/stored/open.json.

    python tests/golden/generate/generate_stored_open.py

Their fits have a verdict and no parameters, which are null. Both languages must read them, and write them as they were. One that converged,
a hazard, stands with them: refused.json changes it, and those of python.json, in ways that both languages must refuse in the same words.
"""

import json
import pathlib

import numpy as np
import retain

ROOT = pathlib.Path(__file__).resolve().parents[3]
NOBODY = {"frequency": [0.0, 0.0, 0.0], "t_x": [0.0, 0.0, 0.0], "T": [5.0, 6.0, 7.0], "east": [0.0, 1.0, 1.0]}
TICKETS, MONTHS, STAYED = {"tickets": [3.0, 1, 2, 0]}, [2, 3, 5, 6], [0, 0, 0, 0]
ONE_EACH = {"orders": [1.0, 1.0], "mean": [20.0, 80.0], "mean_log": [2.9, 4.3], "log_squares": [0.0, 0.0], "frequency": [0.0, 0.0]}


def main():
    fits = {
        "ParetoNBD": lambda: retain.ParetoNBD().fit(NOBODY, unit_days=7),
        "covariates": lambda: retain.NBD().fit(NOBODY, unit_days=7, covariates=["east"]),
        "BGCNBD": lambda: retain.BGCNBD(k=2).fit(NOBODY | {"log_gaps": np.zeros(3)}, unit_days=7),
        "BGBB": lambda: retain.BGBB().fit(NOBODY, unit_days=365.25),
        "SBG": lambda: retain.SBG().fit_cohorts([10, 10, 10], period_days=365.25),
        "GammaGamma": lambda: retain.GammaGamma().fit({"frequency": [0.0, 0.0], "spend": [np.nan, np.nan]}),
        "GammaGammaOrders": lambda: retain.GammaGammaOrders().fit(ONE_EACH),
        "LogNormalSpend": lambda: retain.LogNormalSpend(depends_on_frequency=True).fit(ONE_EACH),
        "Cox": lambda: retain.CoxRegression().fit(TICKETS, MONTHS, STAYED),
        "exponential": lambda: retain.AcceleratedRegression("exponential").fit(TICKETS, MONTHS, STAYED),
        "Weibull": lambda: retain.AcceleratedRegression().fit(None, MONTHS, STAYED),
        "logistic": lambda: retain.LogisticRisk().fit(TICKETS, STAYED),
        "hazard": lambda: retain.HazardRegression().fit(TICKETS, MONTHS, STAYED),
    }
    cases = []
    for name, fit in fits.items():
        try:
            raise SystemExit(f"{name} converged: {fit()}")
        except retain.ConvergenceError as error:
            cases.append({"name": name, "stored": error.model.to_dict()})
    left = [2, 3, 5, 6, 2, 3, 6, 6], [1, 1, 1, 0, 0, 1, 1, 0]
    known = retain.HazardRegression().fit({"tickets": [3, 1, 2, 0, 1, 2, 0, 0]}, *left)
    text = json.dumps({"cases": cases, "hazard": known.to_dict()}, indent=1, allow_nan=False)
    (ROOT / "tests/golden/stored/open.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
