"""Of the customers a shop had when the period began, how many did it keep?

The formula every shop article gives is CRR = (E − N) / S: customers at the end, less those won in the period, over customers at
the start (times 100 where percent are wanted: the library's rates are fractions).

>>> from retain import crr
>>> crr.rate(start=200, end=220, gained=40)
0.9

In a shop nobody resigns, so "customer" needs a definition: whoever had at least one occasion in the last W days. From an order log
it is then known exactly who stayed: :func:`periods`. Where customers have subscriptions, who has one when is known without orders:
:func:`flags`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Ints
from ._run import Run, context
from ._tables import Matrix, Table
from .calendar import _days_of, day_number
from .calendar import edges as calendar_edges
from .errors import ArgumentError
from .orders import Log, _counting, as_log
from .rate import map_numbers

__all__ = [
    "COLUMNS",
    "GRADES",
    "Window",
    "change",
    "churn",
    "churn_over",
    "flags",
    "grade",
    "over",
    "periods",
    "rate",
    "window",
]

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

    95 % a month are ``over(0.95, 12)`` = 54 % a year.

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
"""Columns of :func:`periods` and :func:`flags`, after those that say which period it is."""

_ACTIVITIES = {"window": 0, "period": 1}


def edges_for(log: Log, observation_end: int, edges: Any, periods: dict[str, Any]) -> Ints:
    """The caller's edges, or those of the periods from the log's first day to the observation end."""
    if edges is not None:
        days = _days_of(edges, "edges", None, {}, numbers=True)
        _refuse_disorder(days, dates=_columns.texts(edges) is not None or _columns.is_temporal(edges))
        return days
    first = min(int(log.day.min()), observation_end) if len(log) else observation_end
    _refuse_centuries(log, first, observation_end, periods)
    return calendar_edges(first, observation_end, **periods).astype(np.int64)


def _refuse_disorder(days: Ints, *, dates: bool) -> None:
    """Refuses edges that do not ascend, in the caller's own terms."""
    late = np.flatnonzero(np.diff(days) <= 0)
    if len(late):
        row = int(late[0]) + 1
        before, here = (_columns.as_dates(days) if dates else days)[row - 1 : row + 1]
        raise ArgumentError(f"edges[{row}] is {here}; it must be later than the edge before it, {before}")


_LONGEST_LOG = 36525  # days, a hundred years
_MOST_PERIODS = 10_000
_DAYS = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}


def _refuse_centuries(log: Log, first: int, last: int, periods: dict[str, Any]) -> None:
    """Periods that nobody can have meant: mostly one date of the log has a mistyped year."""
    width = _DAYS.get(periods["period"], 1) * (periods["step"] if isinstance(periods["step"], int) else 1)
    if last - first <= _LONGEST_LOG and last - first <= _MOST_PERIODS * max(width, 1):
        return
    if not len(log) or last < first:
        return
    used = np.where(log.day <= last, log.day, first)
    row, latest = int(np.argmin(log.day)), int(np.argmax(used))
    middle = float(np.median(log.day))
    odd = row if middle - first >= last - middle else latest
    name, days = f"orders.{log.names['date']}", log.give_days(np.array([log.day[row], log.day[latest], last], dtype=np.int64))
    raise ArgumentError(
        f"{name}[{row}] is {days[0]}, {name}[{latest}] is {days[1]}, and the observation ends on {days[2]}: "
        f"{last - first + 1} days make more periods than a shop can have. Is a year mistyped? Give edges if it is not",
        odd,
    )


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
    activity: str = "window",
    span: int = 1,
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
    activity : {"window", "period"}
        Who is active at an instant: whoever had an occasion in the `window_days` before it, or in the period that ends there ("of
        those who bought in January, how many bought in February?"). For "period" nobody can say who was active before the first
        one, and what speaks of that is NaN.
    span : int
        A period covers so many steps from edge to edge. More than 1 makes a rolling series of overlapping periods:
        ``period="week", span=13`` is the retention of a quarter, every week; ``period="day", span=90`` 90-day retention, every day.
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
        was used; 0 for activity by period), and

        - ``start``: S, active at the beginning; ``end``: E, active at the end
        - ``acquired``: first occasion in the period; ``gained``: N, those of them who are active at its end
        - ``retained``: active at both; ``reactivated``: active at the end, known before, but not active at the beginning;
          ``lost``: active at the beginning only
        - ``crr`` = (E − N) / S, which may exceed 1; ``crr_strict`` = retained / S, which never does; ``churn`` = lost / S; each
          with its Wilson limits ``_low`` and ``_high``. Trust those of ``crr_strict``: the limits of ``crr`` take those who came back
          for customers of the start, do not hold the truth as often as they say, and are NaN when ``crr`` exceeds 1

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
    steps = positive_whole(span, "span")
    n = max(len(starts) - steps, 0)
    columns = [np.empty(n) for _ in COLUMNS]
    used = _retain.crr_periods(
        context(run),
        *log.columns(),
        end,
        starts,
        *_counting(occasion_days, count_zero_orders),
        0 if window_days is None else positive_whole(window_days, "window_days"),
        _columns.positive(window_quantile, "window_quantile"),
        _columns.level(level),
        _columns.choice(activity, "activity", _ACTIVITIES),
        steps,
        *columns,
    )["window_days"]
    kind = log.kind
    table = {
        "first_day": kind.column("first_day", log.give_days(starts[:n])),
        "last_day": kind.column("last_day", log.give_days(starts[len(starts) - n :] - 1)),
        "window_days": kind.column("window_days", np.full(n, used, dtype=np.int64)),
    }
    for name, values in zip(COLUMNS, columns):
        table[name] = kind.column(name, values)
    return kind.table(table)


def positive_whole(value: Any, name: str) -> int:
    """A single whole number above 0."""
    number = _columns.whole(value, name)
    if not 1 <= number < 2**63:
        raise ArgumentError(f"{name} is {number}; it must be {'positive' if number < 1 else 'less than 2^63'}")
    return number


def flags(active: Any, *, customer: str | None = "customer", span: int = 1, level: float = 0.95, **run: Unpack[Run]) -> Any:
    """The same coming and going from flags: who had a subscription, a contract or an open account at which instant.

    Parameters
    ----------
    active : array of shape (customers, instants), or table with one column per instant
        0 and 1, or false and true. A customer is acquired between the last instant before the first 1 and that one; whoever is
        active at the first instant is known from the start.
    customer : str, optional
        Name of the column of a table that says who, which is no instant. By default a column named "customer", if any; None when every
        column is an instant.
    span : int
        A period lies between instants so many steps apart; more than 1 makes a rolling series.
    level : float
        Two-sided level of the intervals, in (0, 1).
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        One row per period, of the kind of `active` (a dict of arrays for an array): ``from_instant`` and ``to_instant`` (numbers
        from 0, or the names of the table's columns), and the columns of :func:`periods`.

    Examples
    --------
    >>> table = flags([[1, 1, 0], [1, 1, 1], [0, 1, 1]])
    >>> table["start"], table["retained"], table["gained"], table["lost"]
    (array([2., 3.]), array([2., 2.]), array([1., 0.]), array([0., 1.]))
    """
    matrix = Matrix(active, "active", flags=True, customer=customer)
    steps = positive_whole(span, "span")
    n = max(matrix.columns - steps, 0)
    columns = [np.empty(n) for _ in COLUMNS]
    with matrix.naming():
        _retain.crr_flags(context(run), matrix.cells, matrix.columns, steps, _columns.level(level), *columns)
    instants = np.arange(matrix.columns) if matrix.labels is None else matrix.labels
    table = {"from_instant": instants[:n], "to_instant": instants[len(instants) - n :], **dict(zip(COLUMNS, columns))}
    return matrix.kind.table({name: matrix.kind.column(name, values) for name, values in table.items()})


_PARTS = {"crr_strict": "retained", "churn": "lost"}


def change(table: Any, of: str = "crr_strict", *, lag: int = 1, level: float = 0.95, **run: Unpack[Run]) -> Any:
    """How a rate moved: each period against the one `lag` periods before, with interval and test.

    The two are compared as independent shares (:func:`retain.rate.difference`), which is an approximation where the same customers
    are counted in both.

    Parameters
    ----------
    table : table
        What :func:`periods` or :func:`flags` returned.
    of : {"crr_strict", "churn"}
        The rate.
    lag : int
        1 for the period before; 12, with months, for the same month of the year before. With rolling periods at least their span,
        or the two share days.
    level : float
        Two-sided level of the intervals, in (0, 1).

    Returns
    -------
    table
        Of the kind of `table`, one row per period: ``change``, ``low``, ``high`` and ``p_value`` (two-sided, of "nothing changed");
        NaN where one of the two rates does not exist.

    Examples
    --------
    >>> moved = change({"start": [80.0, 70.0], "retained": [48.0, 56.0]})
    >>> [round(x, 3) for x in (moved["change"][1], moved["low"][1], moved["high"][1], moved["p_value"][1])]
    [0.2, 0.052, 0.334, 0.008]
    """
    _columns.choice(of, "of", dict.fromkeys(_PARTS, 0))
    given = Table(table, "table")
    part, whole = given.floats(_PARTS[of]), given.floats("start")
    names = ("change", "low", "high", "p_value")
    columns = [np.empty(len(part)) for _ in names]
    _retain.crr_change(context(run), part, whole, positive_whole(lag, "lag"), _columns.level(level), *columns)
    return given.kind.table({name: given.kind.column(name, values) for name, values in zip(names, columns)})


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
