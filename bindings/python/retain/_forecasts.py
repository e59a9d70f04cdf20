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
from .btyd_dynamic import Histories

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


def _rows(given: Customers | Histories) -> int:
    return len(given) if isinstance(given, Histories) else len(given.frequency)


def values(model: Floats, given: Customers | Histories, question: Question, run: Run) -> NDArray[np.float64]:
    result = empty(_rows(given))
    if isinstance(given, Histories):
        _retain.btyd_dynamic_forecast(context(run), model, *given._past(), given.unit_days, *given._pieces(), *question.raw(), result)
    else:
        _retain.btyd_forecast(
            context(run), model, given.frequency, given.t_x, given.T, given.unit_days, given.covariates, *question.raw(), result
        )
    return result


def derivatives(model: Floats, given: Customers | Histories, question: Question, entries: int, run: Run) -> NDArray[np.float64]:
    result = empty(_rows(given) * entries)
    if isinstance(given, Histories):
        past = (*given._past(), given.unit_days, *given._pieces())
        _retain.btyd_dynamic_gradient(context(run), model, *past, *question.raw(), None, result)
    else:
        known = (given.frequency, given.t_x, given.T, given.unit_days, given.covariates)
        _retain.btyd_gradient(context(run), model, *known, *question.raw(), None, result)
    return result.reshape(-1, entries)


def distribution(
    model: Floats, given: Customers | Histories, window: tuple[float, float], counts: int, run: Run
) -> NDArray[np.float64]:
    result = empty(_rows(given) * counts)
    if isinstance(given, Histories):
        past = (*given._past(), given.unit_days, *given._pieces())
        _retain.btyd_dynamic_distribution(context(run), model, *past, *window, counts, result)
    else:
        known = (given.frequency, given.t_x, given.T, given.unit_days, given.covariates)
        _retain.btyd_distribution(context(run), model, *known, *window, counts, result)
    return result.reshape(-1, counts)


def interval(
    model: Floats, covariance: Floats, given: Customers | Histories, question: Question, level: float, run: Run
) -> dict[str, NDArray[np.float64]]:
    result = {name: empty(_rows(given)) for name in ("value", "low", "high")}
    answers = (*question.raw(), level, *result.values())
    if isinstance(given, Histories):
        _retain.btyd_dynamic_interval(context(run), model, covariance, *given._past(), given.unit_days, *given._pieces(), *answers)
    else:
        past = (given.frequency, given.t_x, given.T, given.unit_days, given.covariates)
        _retain.btyd_interval(context(run), model, covariance, *past, *answers)
    return result


def total(
    model: Floats,
    covariance: Floats | None,
    given: Customers | Histories,
    question: Question,
    worth: Floats | None,
    level: float,
    run: Run,
) -> Total:
    asked = (*question.raw(), worth, level)
    if isinstance(given, Histories):
        found = _retain.btyd_dynamic_total(
            context(run), model, covariance, *given._past(), None, given.unit_days, *given._pieces(), *asked
        )
    else:
        past = (given.frequency, given.t_x, given.T, given.weight, given.unit_days, given.covariates)
        found = _retain.btyd_total(context(run), model, covariance, *past, *asked)
    return Total(**found)
