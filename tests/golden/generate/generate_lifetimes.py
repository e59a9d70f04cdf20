"""What the package lifetimes 0.11.3 makes of CDNOW's sample: the numbers that retain.lifetimes has to give too.

    python tests/golden/generate/generate_lifetimes.py

needs lifetimes, as tests/bench/requirements.txt names it.
"""

import csv
import gzip
import pathlib
import warnings

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter  # noqa: E402
from lifetimes.utils import (  # noqa: E402
    calibration_and_holdout_data,
    expected_cumulative_transactions,
    summary_data_from_transaction_data,
)

ROOT = pathlib.Path(__file__).resolve().parents[3]
OUT = ROOT / "tests" / "golden" / "lifetimes"


def write(name, frame):
    frame.to_csv(OUT / f"{name}.csv", index=False, float_format="%.17g", lineterminator="\n")


def read_log():
    with gzip.open(ROOT / "examples" / "data" / "cdnow.csv.gz", "rt", encoding="utf-8") as file:
        log = pd.read_csv(file, parse_dates=["date"])
    with open(ROOT / "tests" / "golden" / "orders" / "cdnow_sample_ids.csv", encoding="utf-8") as file:
        chosen = {int(row["customer_id"]) for row in csv.DictReader(file)}
    return log[log["customer_id"].isin(chosen)]


def tables(log):
    """Sums over customers of every column, by unit of time."""
    rows = []
    for freq, multiplier, first in (("D", 1, False), ("D", 7, False), ("W", 1, False), ("D", 1, True), ("h", 1, False)):
        summary = summary_data_from_transaction_data(
            log, "customer_id", "date", "dollars", observation_period_end="1997-09-30", freq=freq, freq_multiplier=multiplier,
            include_first_transaction=first)
        both = calibration_and_holdout_data(
            log, "customer_id", "date", "1997-09-30", "1998-06-30", freq=freq, freq_multiplier=multiplier, monetary_value_col="dollars",
            include_first_transaction=first)
        for table in (summary, both):
            for column in table:
                values = table[column].to_numpy(dtype=float)
                rows.append((freq, multiplier, int(first), column, len(values), values.sum(), (values * np.arange(len(values))).sum()))
    write("tables", pd.DataFrame(rows, columns=["freq", "multiplier", "include_first", "column", "customers", "sum", "weighted_sum"]))


def predictions(log):
    """At the parameters that lifetimes finds, which are written too."""
    data = summary_data_from_transaction_data(log, "customer_id", "date", "dollars", observation_period_end="1997-09-30", freq="D",
                                              freq_multiplier=7)
    x, t_x, T = (np.array(c, dtype=float) for c in ([0, 1, 2, 5, 26], [0, 1.71, 30.43, 20, 30.86], [38.86, 38.86, 38.86, 27, 31]))
    rows = []
    for fitter in (BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter):
        model = fitter().fit(data["frequency"], data["recency"], data["T"], tol=1e-9)
        name = fitter.__name__
        for parameter, value in model.params_.items():
            rows.append((name, "parameter", parameter, value))
        for k, value in enumerate(model.conditional_probability_alive(x, t_x, T)):
            rows.append((name, "alive", k, value))
        for t in (1, 13, 39):
            for k, value in enumerate(model.conditional_expected_number_of_purchases_up_to_time(t, x, t_x, T)):
                rows.append((name, f"orders_{t}", k, value))
            rows.append((name, "expected", t, float(model.expected_number_of_purchases_up_to_time(t))))
        if fitter is BetaGeoFitter:
            for freq, multiplier in (("W", 1), ("D", 7)):
                tracking = expected_cumulative_transactions(model, log, "date", "customer_id", 26 * multiplier, freq=freq,
                                                            freq_multiplier=multiplier)
                for k in range(0, 26, 5):
                    for column in tracking:
                        rows.append((name, f"tracking_{freq}_{column}", k, float(tracking[column].iloc[k])))
        if fitter is BetaGeoFitter:
            orders = model
    back = data[data["frequency"] > 0]
    spend = GammaGammaFitter().fit(back["frequency"], back["monetary_value"], tol=1e-9)
    for parameter, value in spend.params_.items():
        rows.append(("GammaGammaFitter", "parameter", parameter, value))
    some = back.iloc[:5]
    for k, value in enumerate(spend.conditional_expected_average_profit(some["frequency"], some["monetary_value"])):
        rows.append(("GammaGammaFitter", "profit", k, value))
    worth = spend.customer_lifetime_value(orders, some["frequency"], some["recency"], some["T"], some["monetary_value"], time=12,
                                          discount_rate=0.01, freq="W")
    for k, value in enumerate(worth):
        rows.append(("GammaGammaFitter", "clv", k, value))
    write("predictions", pd.DataFrame(rows, columns=["fitter", "what", "at", "value"]))


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    log = read_log()
    tables(log)
    predictions(log)
