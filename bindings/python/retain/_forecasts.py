"""Questions about known customers, as the raw layer takes them."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from . import _retain
from ._columns import Floats
from ._estimator import empty
from ._run import Run, context
from ._tables import Customers

QUANTITIES = {
    "orders": 1,
    "discounted": 2,
    "silence": 3,
    "return": 4,
    "alive": 5,
    "count": 6,
    "at_most": 7,
    "variance": 8,
    "count_quantile": 9,
    "next_quantile": 10,
    "next_mean": 11,
    "rate": 12,
    "leaving": 13,
    "lifetime": 14,
    "discounted_variance": 15,
}


@dataclasses.dataclass(frozen=True)
class Question:
    """A quantity, and a window in units of time after the observation end."""

    quantity: str
    start: float = 0.0
    end: float = 0.0
    delta: float = 0.0
    n: float = 0.0
    share: float = 0.5

    def raw(self) -> tuple[int, float, float, float, float, float]:
        return QUANTITIES[self.quantity], self.start, self.end, self.delta, self.n, self.share


@dataclasses.dataclass(frozen=True)
class Total:
    """A forecast summed over customers.

    Attributes
    ----------
    value : float
        The sum of the customers' forecasts, each times weight and worth.
    standard_error : float
        Of it, from the parameters. NaN where the fit does not identify them.
    low, high : float
        Interval of the expectation: the parameters could be others.
    variance : float
        Of what will happen about the expectation: chance. NaN where what is asked is no count.
    least, most : float
        Prediction interval, from parameters and chance: to be held against what happened.
    """

    value: float
    standard_error: float
    low: float
    high: float
    variance: float
    least: float
    most: float


def values(model: Floats, given: Customers, question: Question, run: Run) -> NDArray[np.float64]:
    result = empty(len(given.frequency))
    _retain.btyd_forecast(
        context(run), model, given.frequency, given.t_x, given.T, given.unit_days, given.covariates, *question.raw(), result
    )
    return result


def interval(
    model: Floats, covariance: Floats, given: Customers, question: Question, level: float, run: Run
) -> dict[str, NDArray[np.float64]]:
    result = {name: empty(len(given.frequency)) for name in ("value", "low", "high")}
    _retain.btyd_interval(
        context(run),
        model,
        covariance,
        given.frequency,
        given.t_x,
        given.T,
        given.unit_days,
        given.covariates,
        *question.raw(),
        level,
        *result.values(),
    )
    return result


def total(
    model: Floats,
    covariance: Floats | None,
    given: Customers,
    question: Question,
    worth: Floats | None,
    level: float,
    run: Run,
) -> Total:
    found = _retain.btyd_total(
        context(run),
        model,
        covariance,
        given.frequency,
        given.t_x,
        given.T,
        given.weight,
        given.unit_days,
        given.covariates,
        *question.raw(),
        worth,
        level,
    )
    return Total(**found)
