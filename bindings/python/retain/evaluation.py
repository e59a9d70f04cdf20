"""Would the forecast have been right?

A forecast says something about each customer, `expected`; later it is known what each did, `actual`: orders, or money. Three
questions: how far off is it (:func:`errors`, :func:`coverage`), do those of whom more is expected bring as much more
(:func:`calibration`, :func:`by_frequency`), and are the customers who come first the right ones (:func:`ranking`,
:func:`gains`)? :func:`holdout`, :func:`backtest` and :func:`choose` go back in time, forecast, and compare, always beside
naive rules. :func:`shocks` says how far off totals are for reasons that all customers share, and widens their band by it.

>>> from retain import evaluation
>>> found = evaluation.errors([2.5, 0.2, 1.0, 0.2], [3, 0, 1, 1])
>>> f"{found.bias:.3f} {found.aggregate:.2f}"
'-0.275 -0.22'
>>> f"{evaluation.ranking([2.5, 0.2, 1.0, 0.2], [3, 0, 1, 1]).normalised:.2f}"
'0.89'

Intervals take the customer as the unit and are of normal theory: Student's t of a mean, the linearised variance of a ratio of
sums, the influence function of a ranking. They are NaN below two customers, and where there is no variety.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Unpack

import numpy as np

from . import _columns, _retain
from ._backtest import FAMILIES, Backtest, Choice, backtest, choose
from ._columns import Floats, Kind
from ._estimator import empty
from ._holdout import Holdout, holdout
from ._run import Run, context
from ._shocks import Shocks, shocks
from .btyd import Model
from .calendar import day_number
from .clv import _model
from .errors import ArgumentError
from .orders import _counting, as_log

__all__ = [
    "FAMILIES",
    "Backtest",
    "Choice",
    "Coverage",
    "Errors",
    "FrequencyFit",
    "Gains",
    "Holdout",
    "Ranking",
    "Shocks",
    "backtest",
    "by_frequency",
    "calibration",
    "choose",
    "coverage",
    "errors",
    "frequency",
    "gains",
    "holdout",
    "ranking",
    "shocks",
    "tracking",
]


@dataclasses.dataclass(frozen=True)
class Errors:
    """How far off a forecast is.

    Attributes
    ----------
    customers : float
        Sum of the weights.
    expected, actual : float
        Sums of what was forecast, and of what came.
    bias, bias_low, bias_high : float
        Mean of expected − actual and its limits: positive when too much was forecast.
    mae, mae_low, mae_high : float
        Mean of abs(expected − actual). A forecast of 0 for all can win here: it is the median of many shops.
    rmse, rmse_low, rmse_high : float
        Root of the mean of (expected − actual)², which the true expectation makes smallest.
    aggregate, aggregate_low, aggregate_high : float
        sum expected / sum actual − 1, the error of the total; NaN unless that sum is positive.
    """

    customers: float
    expected: float
    actual: float
    bias: float
    bias_low: float
    bias_high: float
    mae: float
    mae_low: float
    mae_high: float
    rmse: float
    rmse_low: float
    rmse_high: float
    aggregate: float
    aggregate_low: float
    aggregate_high: float


@dataclasses.dataclass(frozen=True)
class Coverage:
    """How often intervals held what they promised.

    Attributes
    ----------
    customers : float
        Sum of the weights.
    covered, below, above : float
        Of these, low ≤ actual ≤ high, actual < low, actual > high.
    coverage, low, high : float
        covered / customers and its Wilson limits, to be compared with the level that the intervals were made for.
    width : float
        Mean of high − low.
    """

    customers: float
    covered: float
    below: float
    above: float
    coverage: float
    low: float
    high: float
    width: float


@dataclasses.dataclass(frozen=True)
class Ranking:
    """How well a forecast ranks.

    Attributes
    ----------
    customers : float
        Sum of the weights.
    gini : float
        Concentration of actual along the forecast, in [−1, 1]: 0 for a ranking at random.
    perfect : float
        Gini coefficient of actual: the same for a ranking by what came.
    normalised, normalised_low, normalised_high : float
        gini / perfect, and its limits.
    spearman, spearman_low, spearman_high : float
        Spearman's rank correlation, ties at their mid-ranks, and its limits.
    """

    customers: float
    gini: float
    perfect: float
    normalised: float
    normalised_low: float
    normalised_high: float
    spearman: float
    spearman_low: float
    spearman_high: float


@dataclasses.dataclass(frozen=True, eq=False)
class Gains:
    """Cumulative gains: which share of all that came was brought by the best customers by forecast.

    Attributes
    ----------
    share : ndarray
        Shares of the customers, best first: what a ranking at random captures.
    capture, low, high : ndarray
        Share of the sum of actual that they brought, and its limits.
    perfect : ndarray
        The same for a perfect ranking.
    """

    share: Floats
    capture: Floats
    low: Floats
    high: Floats
    perfect: Floats
    kind: Kind = dataclasses.field(default_factory=Kind, repr=False)

    @property
    def lift(self) -> Floats:
        """capture / share: how many times better than a ranking at random; NaN for a share of 0."""
        lift = np.full(len(self.share), np.nan)
        np.divide(self.capture, self.share, out=lift, where=self.share > 0)
        return lift

    def table(self) -> Any:
        """The curve as a table of the kind of the forecasts: ``share``, ``capture``, ``low``, ``high``, ``perfect``, ``lift``."""
        names = ("share", "capture", "low", "high", "perfect", "lift")
        return self.kind.table({name: self.kind.column(name, getattr(self, name)) for name in names})


@dataclasses.dataclass(frozen=True, eq=False)
class FrequencyFit:
    """How many customers made 0, 1, 2, ... repeat orders, in fact and by a model.

    Attributes
    ----------
    repeat_orders : ndarray
        0, 1, 2, ...; the last stands for so many or more.
    actual, expected : ndarray
        Customers.
    chi_squared : float
        Sum of (actual − expected)² / expected: a distance, no test, since models were fitted to the same customers.
    """

    repeat_orders: Floats
    actual: Floats
    expected: Floats
    chi_squared: float
    kind: Kind = dataclasses.field(default_factory=Kind, repr=False)

    def table(self) -> Any:
        """As a table of the kind of the customers: ``repeat_orders``, ``actual``, ``expected``."""
        names = ("repeat_orders", "actual", "expected")
        return self.kind.table({name: self.kind.column(name, getattr(self, name)) for name in names})


def _forecasts(expected: Any, actual: Any, weight: Any) -> tuple[Floats, Floats, Floats | None]:
    weights = None if weight is None else _columns.floats(weight, "weight")
    return _columns.floats(expected, "expected"), _columns.floats(actual, "actual"), weights


def errors(expected: Any, actual: Any, *, weight: Any = None, level: float = 0.95, **run: Unpack[Run]) -> Errors:
    """Errors of a forecast.

    Parameters
    ----------
    expected, actual : column
        What was forecast for each customer, and what came; within ±1e60. Missing values are refused: leave out who has no
        forecast, and say how many these are.
    weight : column, optional
        A row with weight w is w identical customers.
    level : float
        Two-sided level of the limits, in (0, 1).
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    Errors

    Examples
    --------
    >>> found = errors([1.0, 2.0, 0.5, 4.0], [0, 3, 0, 2])
    >>> found.bias, found.mae, found.rmse, found.aggregate
    (0.625, 1.125, 1.25, 0.5)
    """
    record = _retain.evaluation_errors(context(run), *_forecasts(expected, actual, weight), _columns.level(level))
    return Errors(**record)


def coverage(
    low: Any, high: Any, actual: Any, *, weight: Any = None, level: float = 0.95, **run: Unpack[Run]
) -> Coverage:
    """Coverage of intervals that were forecast.

    Parameters
    ----------
    low, high : column
        Limits for each customer, low ≤ high.
    actual : column
        What came.
    weight : column, optional
        A row with weight w is w identical customers.
    level : float
        Level of the Wilson limits of the share covered; not that of the intervals.

    Returns
    -------
    Coverage

    Examples
    --------
    >>> coverage([0, 0, 0, 2], [1, 1, 1, 3], [0, 1, 2, 1]).coverage
    0.5
    """
    weights = None if weight is None else _columns.floats(weight, "weight")
    record = _retain.evaluation_coverage(
        context(run),
        _columns.floats(low, "low"),
        _columns.floats(high, "high"),
        _columns.floats(actual, "actual"),
        weights,
        _columns.level(level),
    )
    return Coverage(**record)


def ranking(expected: Any, actual: Any, *, weight: Any = None, level: float = 0.95, **run: Unpack[Run]) -> Ranking:
    """Ranking of customers by a forecast, which may be any score: only its order counts.

    Parameters
    ----------
    expected, actual, weight, level
        As for :func:`errors`; `actual` must not be negative.

    Returns
    -------
    Ranking

    Notes
    -----
    gini = 2 cov(actual, rank) / mean(actual) with mid-ranks in [0, 1]: twice the area between the curve of :func:`gains` and the
    diagonal (Kakwani 1977, Econometrica 45). Ties stand in all orders at once.

    Examples
    --------
    >>> ranking([3, 2, 1, 0], [5.0, 1.0, 0.0, 0.0]).normalised
    1.0
    """
    record = _retain.evaluation_ranking(context(run), *_forecasts(expected, actual, weight), _columns.level(level))
    return Ranking(**record)


def gains(
    expected: Any, actual: Any, share: Any = None, *, weight: Any = None, level: float = 0.95, **run: Unpack[Run]
) -> Gains:
    """Cumulative gains: the share of all that came that the best customers by forecast brought.

    Parameters
    ----------
    expected, actual, weight, level
        As for :func:`ranking`.
    share : number or column, optional
        Shares of the customers, best first, in [0, 1]: k / n for the best k. By default 0, 0.05, ..., 1.

    Returns
    -------
    Gains

    Examples
    --------
    >>> gains([5, 1, 1, 1, 0], [4, 6, 0, 0, 0], [0.2, 0.4]).capture.round(2).tolist()
    [0.4, 0.6]
    """
    forecasts = _forecasts(expected, actual, weight)
    shares = np.linspace(0.0, 1.0, 21) if share is None else _columns.floats(share, "share")
    capture, low, high, perfect = (empty(len(shares)) for _ in range(4))
    _retain.evaluation_gains(context(run), *forecasts, shares, _columns.level(level), capture, low, high, perfect)
    return Gains(shares.copy(), capture, low, high, perfect, _columns.kind_of(expected))


_GROUP_FIGURES = ("customers", "expected", "actual", "actual_low", "actual_high", "least", "most")


def _classes(value: Any, name: str) -> int:
    number = _columns.whole(value, name)
    if not 1 <= number <= 1000:
        raise ArgumentError(f"{name} is {number}; it must lie in [1, 1000]")
    return number


def _group_table(kind: Kind, first: str, figures: Floats, rows: int) -> Any:
    table: dict[str, Any] = {first: kind.column(first, np.arange(rows, dtype=np.int64))}
    for name, values in zip(_GROUP_FIGURES, figures.reshape(len(_GROUP_FIGURES), rows)):
        table[name] = kind.column(name, values.copy())
    return kind.table(table)


def calibration(
    expected: Any, actual: Any, *, groups: int = 10, weight: Any = None, level: float = 0.95, **run: Unpack[Run]
) -> Any:
    """What customers did on average of whom little, more, most was expected.

    Parameters
    ----------
    expected, actual, weight, level
        As for :func:`errors`.
    groups : int
        Groups are quantiles of the forecast, ascending; equal forecasts are always in the same group, and a group may be empty.
        1 to 1000.

    Returns
    -------
    table
        Of the kind of `expected`, one row per group: ``group``, ``customers``, means of ``expected`` and ``actual``,
        ``actual_low`` and ``actual_high`` (limits of that mean), ``least`` and ``most`` (range of the forecast). NaN in empty
        groups.

    Examples
    --------
    >>> calibration([0.1, 0.1, 0.9, 0.8], [0, 1, 4, 2], groups=2)["actual"]
    [0.5, 3.0]
    """
    forecasts, rows = _forecasts(expected, actual, weight), _classes(groups, "groups")
    figures = empty(len(_GROUP_FIGURES) * rows)
    _retain.evaluation_calibration(context(run), *forecasts, rows, _columns.level(level), figures)
    return _group_table(_columns.kind_of(expected), "group", figures, rows)


def by_frequency(
    frequency: Any,
    expected: Any,
    actual: Any,
    *,
    classes: int = 8,
    weight: Any = None,
    level: float = 0.95,
    **run: Unpack[Run],
) -> Any:
    """Conditional expectations: the same by the number of repeat orders that customers had made before.

    Parameters
    ----------
    frequency : column
        Repeat orders so far, whole numbers ≥ 0.
    expected, actual, weight, level
        As for :func:`errors`.
    classes : int
        Row k is of those with k repeat orders, the last of those with classes − 1 or more. 1 to 1000.

    Returns
    -------
    table
        Of the kind of `frequency`: ``frequency`` and the columns of :func:`calibration`.

    Examples
    --------
    >>> by_frequency([0, 1, 2, 7], [1, 2, 3, 4], [0, 2, 4, 8], classes=3)["actual"]
    [0.0, 2.0, 6.0]
    """
    forecasts, rows = _forecasts(expected, actual, weight), _classes(classes, "classes")
    figures = empty(len(_GROUP_FIGURES) * rows)
    counts = _columns.floats(frequency, "frequency")
    _retain.evaluation_by_frequency(context(run), counts, *forecasts, rows, _columns.level(level), figures)
    return _group_table(_columns.kind_of(frequency), "frequency", figures, rows)


def frequency(model: Model, customers: Any, *, classes: int = 8, **run: Unpack[Run]) -> FrequencyFit:
    """Frequency fit: how many customers made 0, 1, 2, ... repeat orders up to their age T, in fact and by the model.

    A picture of the fit itself, not of a forecast: a model that misses here has the wrong shape.

    Parameters
    ----------
    model : ParetoNBD, BGNBD or MBGNBD
        A model of orders.
    customers : table
        ``frequency``, ``t_x``, ``T``; a column ``weight`` counts identical customers.
    classes : int
        The last class is right-censored: classes − 1 or more. 2 to 1000.

    Returns
    -------
    FrequencyFit
    """
    raw, given = _model(model)._raw(), model._customers(customers)
    rows = _classes(classes, "classes")
    actual, expected = empty(rows), empty(rows)
    record = _retain.evaluation_frequency(
        context(run), raw, given.frequency, given.t_x, given.T, given.weight, given.unit_days, rows, actual, expected
    )
    return FrequencyFit(np.arange(float(rows)), actual, expected, record["chi_squared"], given.kind)


def tracking(
    model: Model,
    log: Any,
    calibration_end: Any,
    observation_end: Any,
    *,
    step_days: int = 7,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """Tracking curve: repeat orders of all customers in each step of time, in fact and by the model, which is told nothing but each
    customer's first day.

    Parameters
    ----------
    model : ParetoNBD, BGNBD or MBGNBD
        A model of orders.
    log : Log or table
        The orders.
    calibration_end : date-like
        Last day on which a customer may have come first.
    observation_end : date-like
        Last day that was observed.
    step_days : int
        7 for weeks. Steps end at the observation end, and every `step_days` before.
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.

    Returns
    -------
    table
        Of the log's kind, one row per step: ``last_day`` of the step, ``actual`` and ``expected`` repeat orders within it,
        ``actual_total`` and ``expected_total`` since the beginning.
    """
    raw, log = _model(model)._raw(), as_log(log)
    end = day_number(observation_end, "observation_end")
    step = _columns.whole(step_days, "step_days")
    if not 1 <= step <= 100000:
        raise ArgumentError(f"step_days is {step}; it must lie in [1, 100000]")
    counting = _counting(occasion_days, count_zero_orders)
    span = end - int(log.day.min()) if len(log) else 0
    rows = (min(max(span, 0), 1000001) + min(counting[0], 1000001)) // step + 2
    days = np.empty(rows, dtype=np.int64)
    out = [empty(rows) for _ in range(4)]
    count = _retain.evaluation_tracking(
        context(run),
        raw,
        *log.columns(),
        day_number(calibration_end, "calibration_end"),
        end,
        *counting,
        step,
        days,
        *out,
    )["count"]
    kind = log.kind
    table: dict[str, Any] = {"last_day": kind.column("last_day", log.give_days(days[:count].copy()))}
    for name, values in zip(("actual", "expected", "actual_total", "expected_total"), out):
        table[name] = kind.column(name, values[:count].copy())
    return kind.table(table)
