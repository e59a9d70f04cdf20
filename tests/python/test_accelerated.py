"""Accelerated failure time: golden figures through the package, families compared, real subscribers."""

import gzip
import os
import pathlib

import numpy as np
import pandas as pd
import pytest
import retain
from conftest import number, read_golden
from retain import AcceleratedRegression, CoxRegression
from retain.accelerated import choose

FAMILIES = ("Weibull", "exponential", "log-logistic", "log-normal")
SHOP = {name: np.array([float(row[name]) for row in read_golden("cox/shop_rows.csv")]) for name in ("entry", "exit", "event", "weight", "tickets", "plan")}


def test_fits_and_forecasts_meet_the_golden_ones():
    for case in read_golden("accelerated/cases.csv"):
        late = {"entry": SHOP["entry"], "weight": SHOP["weight"]} if case["late"] == "1" else {}
        X = {"tickets": SHOP["tickets"], "plan": SHOP["plan"]} if case["columns"] == "2" else None
        model = AcceleratedRegression(FAMILIES[int(case["family"])]).fit(X, SHOP["exit"], SHOP["event"].astype(int), **late)
        assert model.report_.log_likelihood == pytest.approx(number(case["log_likelihood"]), rel=1e-12)
        for row in read_golden("accelerated/entries.csv"):
            if row["case"] == case["case"]:
                entry = int(row["entry"])
                assert model.report_.estimate[entry] == pytest.approx(number(row["estimate"]), rel=1e-8, abs=1e-11)
                assert model.report_.standard_error[entry] == pytest.approx(number(row["standard_error"]), rel=1e-7, abs=1e-10)
        for row in read_golden("accelerated/forecasts.csv"):
            if row["case"] != case["case"]:
                continue
            one = None if X is None else {"tickets": [float(row["tickets"])], "plan": [float(row["plan"])]}
            ahead, lasted = float(row["ahead"]), [float(row["from"])]
            survival = model.survival(one, ahead, lasted=lasted, limits=True)
            median = model.quantile(one, lasted=lasted, limits=True)
            mean = model.remaining(one, ahead, lasted=lasted, limits=True)
            for got, names in ((survival, ("survival", "low", "high")), (median, ("median", "median_low", "median_high")), (mean, ("mean", "mean_low", "mean_high"))):
                for value, name in zip(got, names):
                    assert value[0] == pytest.approx(number(row[name]), rel=1e-6, abs=1e-9), (row["case"], name)


def test_simulated_effects_come_back():
    rng = np.random.default_rng(3)
    app = rng.integers(2, size=20000)
    time = 10 * np.exp(-0.4 * app) * rng.weibull(1.5, size=20000)
    model = AcceleratedRegression().fit({"app": app}, np.minimum(time, 12), time <= 12)
    each = model.coefficients()
    assert each["low"][0] < np.exp(-0.4) < each["high"][0]
    assert model.shape_ == pytest.approx(1.5, abs=0.05)
    best, aic = choose({"app": app}, np.minimum(time, 12), time <= 12)
    assert best.family == "Weibull" and set(aic) == set(FAMILIES)


def test_refusals_and_verdicts():
    with pytest.raises(retain.ConvergenceError, match="nobody left"):
        AcceleratedRegression().fit(None, [1, 2, 3], [0, 0, 0])
    with pytest.raises(retain.DataError, match="nothing may end at 0"):
        AcceleratedRegression().fit(None, [0, 2, 3])
    with pytest.raises(retain.NotFitted):
        AcceleratedRegression().quantile(None)
    with pytest.raises(retain.ConvergenceError, match="plan is the same in every row"):
        AcceleratedRegression().fit({"plan": [1, 1, 1, 1], "age": [1, 2, 3, 1]}, [1, 2, 3, 4])


def test_subscribers_of_a_telecommunications_provider():
    """Telco customer churn: signs that everybody agrees on, and Cox and Weibull saying the same of them."""
    if "RETAIN_DATA" not in os.environ:
        pytest.skip("RETAIN_DATA is not set")
    (path,) = pathlib.Path(os.environ["RETAIN_DATA"], "telco_churn").glob("*.csv*")
    text = gzip.open(path, "rt") if path.suffix == ".gz" else open(path, encoding="utf-8")
    with text:
        frame = pd.read_csv(text)
    frame = frame[frame["tenure"] > 0]
    X = pd.DataFrame({
        "year": (frame["Contract"] == "One year") * 1.0,
        "two_years": (frame["Contract"] == "Two year") * 1.0,
        "support": (frame["TechSupport"] == "Yes") * 1.0,
        "fiber": (frame["InternetService"] == "Fiber optic") * 1.0,
        "partner": (frame["Partner"] == "Yes") * 1.0,
    })
    left = frame["Churn"] == "Yes"
    cox = CoxRegression().fit(X, frame["tenure"], left)
    ratio = dict(zip(cox.names_, cox.coefficients()["hazard_ratio"]))
    assert ratio["two_years"] < ratio["year"] < 0.3 and ratio["support"] < 1 < ratio["fiber"] and ratio["partner"] < 1
    assert cox.overall_.concordance > 0.8
    weibull = AcceleratedRegression("Weibull").fit(X, frame["tenure"], left)
    assert weibull.shape_ < 1  # who stays gets more loyal
    for name, value in cox.params_.items():
        assert -weibull.params_[name] * weibull.shape_ == pytest.approx(value, rel=0.25, abs=0.1)  # a Weibull curve is both, and not quite true
    gone = cox.survival(X.head(50), 12)
    assert ((gone > 0) & (gone < 1)).all()
