"""Models as Python stores them, fitted to the shop of the examples, and what they foretell: tests/golden/stored/python.json.

    python tests/golden/generate/generate_stored.py

PHP must read them and foretell the same; generate_stored.php is the other way round. The fits are what is stored here, not what is
checked: their numbers have golden values of their own.
"""

import csv
import gzip
import json
import pathlib

import numpy as np
import retain

ROOT = pathlib.Path(__file__).resolve().parents[3]
ASKED = {"frequency": [2.0, 0.0, 5.0], "t_x": [30.43, 0.0, 12.0], "T": [38.86, 38.86, 38.0], "east": [1.0, 0.0, 1.0]}
DONORS = {"frequency": [4.0, 0.0], "t_x": [5.0, 0.0], "T": [6.0, 6.0]}
SURVIVORS = [1000, 869, 743, 653, 593, 551, 517, 491]
VALUES = {"orders": [3.0, 1.0], "mean": [20.0, 80.0], "mean_log": [2.9, 4.3], "log_squares": [0.5, 0.0], "frequency": [4.0, 1.0]}


def read_log():
    with gzip.open(ROOT / "examples/data/cdnow.csv.gz", "rt", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if int(row["customer_id"]) % 8 == 0]
    return {
        "customer": np.array([int(row["customer_id"]) for row in rows]),
        "date": np.array([row["date"] for row in rows], dtype="M8[D]"),
        "value": np.array([float(row["dollars"]) for row in rows]),
    }


def fitted(call):
    """The model, wherever its fit ended."""
    try:
        return call()
    except retain.ConvergenceError as error:
        return error.model


def in_lists(table):
    """The answers, null for what does not exist."""
    return {name: [None if np.isnan(value) else float(value) for value in np.atleast_1d(column)] for name, column in table.items()}


def add_regressions(add):
    """Regressions, each asked about the same four customers."""
    months, left, entry = [2, 3, 5, 6, 8, 9, 11, 12, 4, 7], [1, 1, 1, 0, 1, 1, 0, 0, 1, 1], [0, 0, 1, 0, 2, 0, 0, 0, 0, 3]
    X = {"tickets": [3.0, 1, 2, 0, 1, 2, 0, 0, 1, 1], "plan": [0.0, 1, 0, 1, 0, 1, 1, 0, 1, 0]}
    asked = {"tickets": [0.0, 1, 2, 3], "plan": [1.0, 0, 1, 0]}
    model = retain.CoxRegression(level=0.8).fit(X, months, left, entry=entry)
    limits = dict(zip(("survival", "low", "high"), model.survival(asked, 3, lasted=1, limits=True)))
    add("Cox", model, limits | {"remaining": model.remaining(asked, 6)})
    customer, stratum = ["a", "b", "c", "d", "e", "f", "g", "h", "a", "b"], ["new", "old"] * 5
    entry = [0, 0, 0, 0, 0, 0, 0, 0, 2, 3]
    model = retain.CoxRegression(ties="breslow", robust=True).fit(X, months, left, entry=entry, stratum=stratum, customer=customer)
    limits = model.survival(asked, 2, stratum=["new", "old", "new", "old"], limits=True)
    add("Cox of strata", model, dict(zip(("survival", "low", "high"), limits)))
    for family in ("Weibull", "exponential", "log-logistic", "log-normal"):
        model = fitted(lambda: retain.AcceleratedRegression(family).fit(X, months, left))
        add(family, model, dict(zip(("survival", "low", "high"), model.survival(asked, 30, lasted=1, limits=True))))
    churned = [1, 1, 0, 0, 1, 0, 0, 0, 1, 0]
    model = retain.LogisticRisk().fit(X, churned)
    add("logistic", model, model.risk(asked, limits=True))
    model = retain.boosting.BoostedTrees(rounds=5, depth=2, folds=0, leaf_customers=1, each_outcome=1).fit(X, churned)
    add("boosted trees", model, {"risk": model.risk(asked)})


def main():
    log = read_log()
    customers = retain.orders.summary(log, "1998-06-30", unit_days=7, log_gaps=True)
    customers["east"] = (customers["customer"] % 16 == 0).astype(float)
    cases = []

    def add(name, model, answers):
        cases.append({"name": name, "stored": model.to_dict(), "answers": in_lists(answers)})

    for family in (retain.ParetoNBD, retain.BGNBD, retain.MBGNBD, retain.NBD, retain.GGNBD, retain.BGCNBD, retain.MBGCNBD):
        model = fitted(lambda: family().fit(customers))
        add(family.__name__, model, model.orders(ASKED, days=91, level=0.9))
    model = fitted(lambda: retain.BGNBD(level=0.8).fit(customers, covariates=["east"], prior=retain.Prior(coefficients=1.0)))
    add("covariates", model, model.orders(ASKED, days=91, level=0.9))
    donors = retain.BGBB.from_params(alpha=1.2, beta=0.75, gamma=0.66, delta=2.78, unit_days=365.25).simulate([6.0] * 5000, seed=1)
    model = fitted(lambda: retain.BGBB().fit(donors))
    add("BGBB", model, model.orders(DONORS, days=3652.5, level=0.9))
    immortal = retain.NBD.from_params(r=0.6, alpha=9.0, unit_days=7).simulate([52.0] * 2000, seed=1)
    model = fitted(lambda: retain.BGNBD().fit(immortal))
    add("open", model, model.orders(ASKED, days=91, level=0.9))
    seasons = retain.Seasons.holidays("1997-01-01", "1999-12-31", {"december": [("1997-12-01", "1997-12-26")]})
    model = fitted(lambda: retain.ParetoNBD().fit(retain.Histories(log, "1998-06-30", unit_days=7, seasons=seasons), lifetime=[]))
    add("seasons", model, {"purchase": model.purchase_["december"]})
    model = retain.BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
    add("known", model, {"value": model.orders({k: v for k, v in ASKED.items() if k != "east"}, days=91)})
    for family in (retain.SBG, retain.BdW):
        model = fitted(lambda: family().fit_cohorts(SURVIVORS, period_days=365.25))
        add(family.__name__, model, model.survival([8.0, 12.0], limits=True))
    model = fitted(lambda: retain.GammaGamma().fit(customers))
    add("GammaGamma", model, model.interval({"frequency": [2.0, 0.0], "spend": [50.0, float("nan")]}))
    values = retain.spend.orders(log, "1998-06-30")
    for family in (retain.GammaGammaOrders, retain.LogNormalSpend):
        model = fitted(lambda: family(depends_on_frequency=True).fit(values))
        add(family.__name__, model, model.interval(VALUES))
    add_regressions(add)
    target = ROOT / "tests/golden/stored/python.json"
    target.write_text(json.dumps({"cases": cases}, indent=1, allow_nan=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
