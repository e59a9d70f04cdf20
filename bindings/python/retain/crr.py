"""Of the customers a shop had when the period began, how many did it keep?

The formula every shop article gives is CRR = (E − N) / S: customers at the end, less those won in the period, over customers at
the start (times 100 where percent are wanted: the library's rates are fractions).

>>> from retain import crr
>>> crr.rate(start=200, end=220, gained=40)
0.9

In a shop nobody resigns, so "customer" needs a definition: whoever had at least one occasion in the last W days. From an order log
it is then known exactly who stayed: :func:`periods`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Ints
from ._run import Run, context
from .calendar import _days_of, day_number
from .calendar import edges as calendar_edges
from .errors import ArgumentError
from .orders import Log, _counting, as_log
from .rate import map_numbers

__all__ = ["COLUMNS", "GRADES", "Window", "churn", "churn_over", "grade", "over", "periods", "rate", "window"]

GRADES = ("bad", "weak", "fair", "good", "excellent")
"""Names of the default grades: under 15 %, under 30 %, under 50 %, under 75 %, and above."""


def rate(start: Any, end: Any, gained: Any) -> Any:
    """CRR from counts: (end − gained) / start, a fraction.

    Negative when gained > end: then `gained` holds customers who have left again, and they do not belong to N.

    Parameters
    ----------
    start : number or column
        S, customers at the beginning of the period.
    end : number or column
        E, customers at its end.
    gained : number or column
        N, customers at its end who were won during it.

    Returns
    -------
    number or column
        NaN unless start is positive, the others are not negative, and all are finite.
    """
    return map_numbers(_retain.crr_rate, "crr", start=start, end=end, gained=gained)


def churn(start: Any, end: Any, gained: Any) -> Any:
    """Churn from counts: (start − (end − gained)) / start = 1 − CRR, without cancellation.

    Counts alone cannot tell lost customers from those who came back: the two are netted, and the result is negative when CRR
    exceeds 1.

    Examples
    --------
    >>> churn(200, 220, 40)
    0.1
    """
    return map_numbers(_retain.crr_churn, "churn", start=start, end=end, gained=gained)


def over(rate: Any, k: Any) -> Any:
    """A retention rate over another period length: rate^k, where the other period is k times as long.

    Parameters
    ----------
    rate : number or column
        In [0, 1]; NaN otherwise.
    k : number or column
        12 for month to year, 1/12 back; positive.

    Examples
    --------
    >>> round(over(0.9, 12), 6)
    0.28243
    """
    return map_numbers(_retain.crr_over, "rate", rate=rate, k=k)


def churn_over(churn: Any, k: Any) -> Any:
    """A churn rate over another period length: 1 − (1 − churn)^k, exact for tiny rates. Churn is not linear: never k × churn.

    Examples
    --------
    >>> round(churn_over(0.1, 12), 6)
    0.71757
    """
    return map_numbers(_retain.crr_churn_over, "churn", churn=churn, k=k)


def grade(rate: Any, cuts: Any = None) -> Any:
    """Grade of a rate: how many cuts it reaches.

    Parameters
    ----------
    rate : number or column
        A retention rate.
    cuts : column, optional
        Ascending. By default 0.15, 0.30, 0.50, 0.75, and the answer is the grade's name (:data:`GRADES`). What is good differs by
        trade: replace them with your own, and the answer is a number from 0 to ``len(cuts)``.

    Returns
    -------
    str or int, or list of them
        None where the rate is NaN.

    Examples
    --------
    >>> grade(0.62), grade([0.1, 0.8]), grade(0.62, cuts=[0.6, 0.9])
    ('good', ['bad', 'excellent'], 1)
    """
    limits = None if cuts is None else _columns.floats(cuts, "cuts")
    if limits is not None and not (np.diff(limits) >= 0).all():
        raise ArgumentError("cuts must be ascending and not NaN")
    single = isinstance(_columns.kind_of(rate), _columns.NumberKind)
    grades = [_retain.crr_grade(value, limits) for value in _columns.floats(rate, "rate").tolist()]
    named = [None if g < 0 else GRADES[g] if limits is None else g for g in grades]
    return named[0] if single else named


COLUMNS = (
    "start",
    "acquired",
    "gained",
    "retained",
    "reactivated",
    "lost",
    "end",
    "crr",
    "crr_low",
    "crr_high",
    "crr_strict",
    "crr_strict_low",
    "crr_strict_high",
    "churn",
    "churn_low",
    "churn_high",
)
"""Columns of :func:`periods`, after the period's first and last day."""


def edges_for(log: Log, observation_end: int, edges: Any, periods: dict[str, Any]) -> Ints:
    """The caller's edges, or those of the periods from the log's first day to the observation end."""
    if edges is not None:
        return _days_of(edges, "edges", None, {}, numbers=True)
    first = min(int(log.day.min()), observation_end) if len(log) else observation_end
    return calendar_edges(first, observation_end, **periods).astype(np.int64)


def periods(
    log: Any,
    observation_end: Any,
    *,
    edges: Any = None,
    period: str = "month",
    step: int = 1,
    first_weekday: str | int = "monday",
    calendar: str = "gregorian",
    window_days: int | None = None,
    window_quantile: float = 0.8,
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """The customers' coming and going, period by period, from the order log.

    Parameters
    ----------
    log : Log or table
        The orders.
    observation_end : date-like
        Last day observed, itself included.
    edges : column of dates or day numbers, optional
        Where periods begin, ascending, n + 1 for n periods. Earlier occasions count for activity: the log should begin W days
        before, or the first periods start with too few customers. By default made by :func:`retain.calendar.edges` from the
        log's first day to the observation end, with `period`, `step`, `first_weekday` and `calendar`.
    window_days : int, optional
        W: active at an instant means an occasion in the W days before it. By default derived from the data, as by :func:`window`.
    window_quantile : float
        Share of returning customers who are back within the derived window, in (0, 1).
    level : float
        Two-sided level of the intervals, in (0, 1).
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, one row per period: ``first_day`` and ``last_day`` (included) of the period, ``window_days`` (the W that
        was used), and

        - ``start``: S, active at the beginning; ``end``: E, active at the end
        - ``acquired``: first occasion in the period; ``gained``: N, those of them who are active at its end
        - ``retained``: active at both; ``reactivated``: active at the end, known before, but not active at the beginning;
          ``lost``: active at the beginning only
        - ``crr`` = (E − N) / S, which may exceed 1; ``crr_strict`` = retained / S, which never does; ``churn`` = lost / S; each
          with its Wilson limits ``_low`` and ``_high``

        start = retained + lost, end = retained + gained + reactivated. A period that was not over at the observation end has NaN
        everywhere but in ``start``.

    Raises
    ------
    DataError
        When a window is to be derived and no customer has come back: give `window_days` then.

    Examples
    --------
    >>> log = {"customer": ["a", "b", "a", "c", "a"], "value": [1.0] * 5,
    ...        "date": ["2024-01-03", "2024-01-20", "2024-02-10", "2024-02-11", "2024-03-30"]}
    >>> table = periods(log, "2024-03-31", window_days=31)
    >>> table["start"], table["retained"], table["gained"], table["crr"]
    ([0.0, 2.0, 2.0], [0.0, 1.0, 1.0], [2.0, 1.0, 0.0], [nan, 0.5, 0.5])
    """
    log = as_log(log)
    end = day_number(observation_end, "observation_end")
    starts = edges_for(log, end, edges, {"period": period, "step": step, "first_weekday": first_weekday, "calendar": calendar})
    n = max(len(starts) - 1, 0)
    columns = [np.empty(n) for _ in COLUMNS]
    used = _retain.crr_periods(
        context(run),
        *log.columns(),
        end,
        starts,
        *_counting(occasion_days, count_zero_orders),
        0 if window_days is None else _positive_days(window_days, "window_days"),
        _columns.positive(window_quantile, "window_quantile"),
        _columns.positive(level, "level"),
        *columns,
    )["window_days"]
    kind = log.kind
    table = {
        "first_day": kind.column("first_day", log.give_days(starts[:-1])),
        "last_day": kind.column("last_day", log.give_days(starts[1:] - 1)),
        "window_days": kind.column("window_days", np.full(n, used, dtype=np.int64)),
    }
    for name, values in zip(COLUMNS, columns):
        table[name] = kind.column(name, values)
    return kind.table(table)


def _positive_days(value: Any, name: str) -> int:
    days = _columns.whole(value, name)
    if not 1 <= days < 2**63:
        raise ArgumentError(f"{name} is {days}; it must be {'positive' if days < 1 else 'less than 2^63'}")
    return days


class Window(NamedTuple):
    """What :func:`window` returns.

    Attributes
    ----------
    days : float
        The smallest gap g (days) with P(gap ≤ g) ≥ quantile × P(gap ≤ longest gap); NaN when no gap has closed.
    reached : float
        P(gap ≤ longest gap), the share of gaps that close within the time observed; NaN without customers.
    """

    days: float
    reached: float


def window(
    log: Any,
    observation_end: Any,
    *,
    quantile: float = 0.8,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Window:
    """An activity window from the data: of the customers who come back, a share `quantile` does so within that many days.

    A gap is the number of days from one occasion to the next. Its distribution is the Kaplan-Meier estimate over all gaps of all
    customers, in which the gap that is still open at the observation end counts as censored: leaving open gaps out, as is common,
    makes the window too short. In most shops many gaps never close, so the quantile is taken among those that do.

    Parameters
    ----------
    log, observation_end, occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.
    quantile : float
        In (0, 1).

    Returns
    -------
    Window
        A window that does not exist is NaN here, no error.

    Notes
    -----
    Source: E. L. Kaplan, P. Meier, JASA 53 (1958); at equal lengths closing precedes censoring.

    Examples
    --------
    >>> window({"customer": [1, 1, 1], "date": [0, 10, 30], "value": [1.0, 1.0, 1.0]}, 31)
    Window(days=20.0, reached=1.0)
    """
    log = as_log(log)
    found = _retain.crr_window(
        context(run),
        *log.columns(),
        day_number(observation_end, "observation_end"),
        *_counting(occasion_days, count_zero_orders),
        _columns.number(quantile, "quantile"),
    )
    return Window(found["window_days"], found["reached"])
