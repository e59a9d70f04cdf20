"""libretain: which customers stay, what they are worth, who is about to leave.

From an order log to decisions::

    import retain

    log = retain.Log(frame, customer="customer_id", date="ordered_at", value="total")
    customers = retain.orders.summary(log, "2024-06-30", unit_days=7)      # one row per customer
    model = retain.ParetoNBD().fit(customers)                              # who buys how often, and who has left
    spend = retain.GammaGamma().fit(customers)                             # how much per order
    risk = retain.churn.risk(model, customers, days=90)                    # P(no order in 90 days)
    value = retain.clv.residual(model, customers, spend.expected(customers), days=365, annual_rate=0.1)

    retain.cohort.active(log, "2024-06-30").triangle()                     # retention by cohort and age
    retain.crr.periods(log, "2024-06-30")                                  # customer retention rate by month
    retain.revenue.bridge(log, "2024-06-30")                               # revenue kept, won and lost by month
    retain.rfm.table(retain.RFM().fit_transform(log, "2024-06-30"))        # champions, at risk, lost ...: who and how much

Tables in are pandas, Polars or PyArrow frames, NumPy structured arrays, or dicts of columns, and what comes out is of the same
kind. Rates are fractions, periods are half-open, and a number that does not exist is NaN."""

from __future__ import annotations

from . import (
    accelerated,
    boosting,
    btyd,
    btyd_dynamic,
    btyd_pool,
    calendar,
    calibration,
    churn,
    clv,
    cohort,
    concordance,
    contract,
    cox,
    crr,
    errors,
    evaluation,
    features,
    fit,
    hazard,
    ledger,
    logistic,
    orders,
    rate,
    repeat,
    revenue,
    rfm,
    risk,
    scoring,
    service,
    signals,
    spend,
    survey,
    survival,
)
from ._retain import version as _version
from ._run import Run
from .accelerated import AcceleratedRegression
from .btyd import BGBB, BGCNBD, BGNBD, GGNBD, MBGCNBD, MBGNBD, NBD, ParetoNBD, Prior
from .btyd_dynamic import Histories, Seasons
from .btyd_pool import Pool
from .contract import SBG, BdW
from .cox import CoxRegression
from .errors import ArgumentError, Cancelled, CapacityError, ConvergenceError, DataError, NotFitted, RetainError
from .hazard import HazardRegression
from .logistic import LogisticRisk
from .orders import Log
from .rfm import RFM
from .spend import GammaGamma, GammaGammaOrders, LogNormalSpend

__version__: str = _version()

__all__ = [
    "BGBB",
    "BGCNBD",
    "BGNBD",
    "GGNBD",
    "MBGCNBD",
    "MBGNBD",
    "NBD",
    "RFM",
    "SBG",
    "AcceleratedRegression",
    "ArgumentError",
    "BdW",
    "Cancelled",
    "CapacityError",
    "ConvergenceError",
    "CoxRegression",
    "DataError",
    "GammaGamma",
    "GammaGammaOrders",
    "HazardRegression",
    "Histories",
    "Log",
    "LogNormalSpend",
    "LogisticRisk",
    "NotFitted",
    "ParetoNBD",
    "Pool",
    "Prior",
    "RetainError",
    "Run",
    "Seasons",
    "__version__",
    "accelerated",
    "boosting",
    "btyd",
    "btyd_dynamic",
    "btyd_pool",
    "calendar",
    "calibration",
    "churn",
    "clv",
    "cohort",
    "concordance",
    "contract",
    "cox",
    "crr",
    "errors",
    "evaluation",
    "features",
    "fit",
    "hazard",
    "ledger",
    "logistic",
    "orders",
    "rate",
    "repeat",
    "revenue",
    "rfm",
    "risk",
    "scoring",
    "service",
    "signals",
    "spend",
    "survey",
    "survival",
]
