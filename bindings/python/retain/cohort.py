"""Of the customers won in January, how many bought again in February, in March, ...?

A customer belongs to the **cohort** of the period that holds the first occasion. The **age** of a period counts from there: 0
is the acquisition period itself, in which everyone is active by definition. A cell whose period is not over, or would lie
beyond the last period, is NaN and not complete: never 0.

>>> from retain import cohort
>>> log = {"customer": ["ann", "bob", "ann"], "date": ["2024-01-05", "2024-01-20", "2024-02-10"], "value": [10.0, 5.0, 8.0]}
>>> table = cohort.active(log, "2024-02-29")
>>> table.retention().rate
array([[1. , 0.5],
       [nan, nan]])

:func:`active` is the square that everybody knows. :func:`cells` makes any other cohort table: by country, channel or first product,
by calendar period, in days from each customer's own first order, with money, intervals and payback; :func:`compare` asks whether
two cohorts are really different.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._cohort_cells import Cells, Comparison, Share, cells, compare
from ._columns import Floats, Ints, Kind
from ._groups import naming
from ._run import Run, context
from .calendar import day_number
from .crr import edges_for
from .errors import ArgumentError
from .orders import _counting, as_log

__all__ = ["Average", "Cells", "Cohorts", "Comparison", "Retention", "Share", "active", "average", "cells", "compare", "retention"]

_KINDS = {"period": 0, "unbounded": 1}


@dataclasses.dataclass(frozen=True, eq=False)
class Retention:
    """Retention by cohort and age: arrays of shape (periods, periods).

    Attributes
    ----------
    rate : ndarray
        active / size; NaN where the cell does not exist or the cohort is empty.
    low, high : ndarray
        Wilson limits.
    """

    rate: Floats
    low: Floats
    high: Floats


@dataclasses.dataclass(frozen=True, eq=False)
class Average:
    """Retention by age over all cohorts that have reached that age: arrays of length periods.

    Attributes
    ----------
    rate : ndarray
        Sum of active over sum of size; NaN at ages that no cohort has reached, or only empty ones.
    customers : ndarray
        The denominators: customers of the cohorts that have reached that age.
    low, high : ndarray
        Wilson limits.
    """

    rate: Floats
    customers: Floats
    low: Floats
    high: Floats


def _kind_of_return(kind: Any) -> int:
    if kind == "rolling":
        raise ArgumentError(
            "kind is 'rolling'; retention in a period or later, which some call rolling, is kind='unbounded' here, and days since each "
            "customer's own first order are cohort.cells(columns='rolling', ages=[0, 1, 31, 61])"
        )
    if kind == "bracket":
        raise ArgumentError("kind is 'bracket'; ranges of ages are columns of cohort.cells(ages=[0, 1, 3, 6])")
    return _columns.choice(kind, "kind", _KINDS)


@dataclasses.dataclass(frozen=True, eq=False)
class Cohorts:
    """Customers, orders and money by cohort and age.

    Attributes
    ----------
    edges : ndarray
        Where periods begin (dates where the log has dates), one more than there are periods.
    size : ndarray, shape (periods,)
        Customers acquired in each period: so far, when the period is running; NaN when it has not begun.
    active : ndarray, shape (periods, periods)
        Customers of cohort c who are active at age a, in calendar period c + a.
    orders : ndarray, shape (periods, periods)
        Orders that made an occasion.
    revenue : ndarray, shape (periods, periods)
        Their money.
    complete : ndarray of bool, shape (periods, periods)
        Is the cell's period over?
    """

    edges: NDArray[Any]
    size: Floats
    active: Floats
    orders: Floats
    revenue: Floats
    complete: NDArray[np.bool_]
    kind: Kind = dataclasses.field(default_factory=Kind, repr=False)

    def retention(self, level: float = 0.95) -> Retention:
        """Retention with its interval, cell by cell. See :func:`retention`."""
        return retention(self.size, self.active, level)

    def average(self, level: float = 0.95) -> Average:
        """The average row. See :func:`average`."""
        return average(self.size, self.active, level)

    def table(self, level: float = 0.95) -> Any:
        """All cells that exist, one row each, as a table of the log's kind.

        Returns
        -------
        table
            ``cohort`` (first day of the acquisition period), ``age``, ``period`` (first day of the calendar period), ``size``,
            ``active``, ``retention``, ``low``, ``high``, ``orders``, ``revenue``, ``complete``.
        """
        rates = self.retention(level)
        c, a = np.nonzero(~np.isnan(self.active))
        columns = {
            "cohort": self.edges[c],
            "age": a.astype(np.int64),
            "period": self.edges[c + a],
            "size": self.size[c],
            "active": self.active[c, a],
            "retention": rates.rate[c, a],
            "low": rates.low[c, a],
            "high": rates.high[c, a],
            "orders": self.orders[c, a],
            "revenue": self.revenue[c, a],
            "complete": self.complete[c, a],
        }
        return self.kind.table({name: self.kind.column(name, values) for name, values in columns.items()})

    def triangle(self, what: str = "retention", level: float = 0.95) -> Any:
        """The triangle that everybody knows: one row per cohort, one column per age, as a table of the log's kind.

        Parameters
        ----------
        what : {"retention", "active", "orders", "revenue"}
            What the cells hold.
        level : float
            Not used but for retention.

        Returns
        -------
        table
            ``cohort``, ``size``, and the ages as columns "0", "1", ...
        """
        cells = {
            "retention": lambda: self.retention(level).rate,
            "active": lambda: self.active,
            "orders": lambda: self.orders,
            "revenue": lambda: self.revenue,
        }
        _columns.choice(what, "what", dict.fromkeys(cells, 0))
        matrix = cells[what]()
        table = {
            "cohort": self.kind.column("cohort", self.edges[:-1]),
            "size": self.kind.column("size", self.size),
        }
        for age in range(len(self.size)):
            table[str(age)] = self.kind.column(str(age), matrix[:, age].copy())
        return self.kind.table(table)


def active(
    log: Any,
    observation_end: Any,
    *,
    edges: Any = None,
    period: str = "month",
    step: int = 1,
    first_weekday: str | int = "monday",
    calendar: str = "gregorian",
    kind: str = "period",
    count_running: bool = False,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Cohorts:
    """Customers, orders and money by cohort and age.

    Parameters
    ----------
    log : Log or table
        The orders.
    observation_end : date-like
        Last day observed, itself included.
    edges : column of dates or day numbers, optional
        Where periods begin, ascending; the first must not be later than the first occasion. By default made by
        :func:`retain.calendar.edges` from the log's first day to the observation end, with `period`, `step`, `first_weekday` and
        `calendar`.
    kind : {"period", "unbounded"}
        What "retained at age a" means: an occasion in exactly that period, or in that period or a later one (biased down in the
        latest periods, where "later" has hardly begun).
    count_running : bool
        Cells of the period that is running at the observation end hold what was counted so far, instead of NaN; they stay marked as
        not complete. For money that adds up; take rates from tables without it.
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    Cohorts

    Raises
    ------
    DataError
        For a row that makes an occasion before the first edge or not before the last.
    """
    log = as_log(log)
    end = day_number(observation_end, "observation_end")
    starts: Ints = edges_for(
        log, end, edges, {"period": period, "step": step, "first_weekday": first_weekday, "calendar": calendar}
    )
    n = max(len(starts) - 1, 0)
    size, cells = np.empty(n), [np.empty(n * n) for _ in range(3)]
    complete = np.empty(n * n, dtype=np.uint8)
    with naming(log):
        _retain.cohort_active(
            context(run),
            *log.columns(),
            end,
            starts,
            *_counting(occasion_days, count_zero_orders),
            _kind_of_return(kind),
            _columns.yes_or_no(count_running, "count_running"),
            size,
            *cells,
            complete,
        )
    counts, orders, revenue = (values.reshape(n, n) for values in cells)
    return Cohorts(log.give_days(starts), size, counts, orders, revenue, complete.reshape(n, n).astype(np.bool_), log.kind)


def _cells(size: Any, active: Any) -> tuple[Floats, Floats]:
    sizes = _columns.floats(size, "size")
    matrix = np.asarray(active)
    if matrix.dtype.kind not in "iuf":
        raise TypeError(f"active must be numbers, not an array of {matrix.dtype}")
    if matrix.shape != (len(sizes), len(sizes)):
        raise ArgumentError(f"active has shape {matrix.shape}; it must be {(len(sizes), len(sizes))}, size by size")
    return sizes, np.require(matrix, dtype=np.float64, requirements=["C", "A"]).reshape(-1)


def retention(size: Any, active: Any, level: float = 0.95, **run: Unpack[Run]) -> Retention:
    """Retention with its interval: active / size, cell by cell.

    Parameters
    ----------
    size : column, length periods
        Customers of each cohort.
    active : array, shape (periods, periods)
        Active customers by cohort and age, NaN where the cell does not exist. Counts of disjoint groups of customers add up: sum
        them before taking rates.
    level : float
        Two-sided level of the Wilson interval, in (0, 1).

    Returns
    -------
    Retention

    Examples
    --------
    >>> retention([10, 4], [[10, 5], [4, float("nan")]]).rate
    array([[1. , 0.5],
           [1. , nan]])
    """
    sizes, cells = _cells(size, active)
    shape = (len(sizes), len(sizes))
    result = [np.empty(len(cells)) for _ in range(3)]
    _retain.cohort_retention(context(run), sizes, cells, _columns.level(level), *result)
    return Retention(*(values.reshape(shape) for values in result))


def average(size: Any, active: Any, level: float = 0.95, **run: Unpack[Run]) -> Average:
    """The average row: retention by age over all cohorts that have reached that age.

    Weighted: sum of active over sum of size, over cells that exist. A plain mean of the rows would let a cohort of ten customers
    count as much as one of ten thousand.

    Parameters
    ----------
    size, active, level
        As for :func:`retention`.

    Returns
    -------
    Average

    Examples
    --------
    >>> average([10, 4], [[10, 5], [4, float("nan")]]).rate
    array([1. , 0.5])
    """
    sizes, cells = _cells(size, active)
    result = [np.empty(len(sizes)) for _ in range(4)]
    _retain.cohort_average(context(run), sizes, cells, _columns.level(level), *result)
    return Average(*result)
