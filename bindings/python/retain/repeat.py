"""Who comes back, when, and what do they spend then?

Shop tools call three different shares "repeat rate". Here each has a name of its own: ``repeat`` (of all customers, those with two
or more occasions ever; :func:`summary`), ``repeat_within`` (of the customers of a period, those with two or more occasions in it)
and ``returning_share`` (of the customers of a period, those whose first occasion lies before it; both :func:`periods`).

Customers who have not come back yet may still do so: everything about time counts the gap that is open at the observation end as
censored (Kaplan-Meier).

>>> from retain import repeat
>>> log = {"customer": ["ann", "bob", "eve", "ann", "eve"], "value": [10.0, 20.0, 30.0, 40.0, 50.0],
...        "date": ["2024-01-03", "2024-01-11", "2024-01-21", "2024-02-15", "2024-03-21"]}
>>> found = repeat.summary(log, "2024-03-30")
>>> found.repeat.value, found.later_value.value, found.repeat.numerator
(0.6666666666666666, 45.0, 2.0)
>>> repeat.within(log, "2024-03-30", days=[30, 45])["share"]
[0.0, 0.3333333333333333]
"""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Kind
from ._repeat_time import Comparison, Regularity, _positive_days, _table, compare, curve, gaps, quantiles, regularity, within
from ._run import Run, context
from .calendar import _local_of, day_number
from .crr import edges_for
from .errors import ArgumentError, DataError
from .orders import _counting, as_log

__all__ = [
    "Comparison",
    "Figure",
    "Regularity",
    "Summary",
    "compare",
    "curve",
    "funnel",
    "gaps",
    "periods",
    "profile",
    "quantiles",
    "regularity",
    "summary",
    "tenure",
    "within",
]



class Figure(NamedTuple):
    """A share, a mean or a ratio, and what it is made of.

    Attributes
    ----------
    numerator, denominator : float
        What was counted or summed, and among or over how many.
    value : float
        numerator / denominator; NaN when the denominator is 0.
    low, high : float
        Limits of its interval; NaN where there is none.
    """

    numerator: float
    denominator: float
    value: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class Summary:
    """The figures of a whole log. "Later" occasions are all but a customer's first.

    Attributes
    ----------
    repeat : Figure
        Customers with two or more occasions / customers.
    one_time : Figure
        Customers with one occasion / customers.
    orders_per_customer, occasions_per_customer, revenue_per_customer : Figure
        Over all customers.
    order_value : Figure
        Revenue / orders: average order value.
    occasion_value : Figure
        Revenue / occasions.
    first_value : Figure
        Money of first occasions / customers.
    later_value : Figure
        Money of later occasions / later occasions.
    repeat_first_value : Figure
        Money of the repeat customers' first occasions / repeat customers.
    one_time_revenue, repeat_revenue : Figure
        Revenue of one-time customers per one-time customer, of repeat customers per repeat customer.
    later_share : Figure
        Money of later occasions / revenue.
    later_to_first : Figure
        later_value / first_value: a returning occasion against a first one.
    later_to_own_first : Figure
        later_value / repeat_first_value: the same among the repeat customers alone, so that what they were like from the beginning
        is not taken for an effect of coming back.
    repeat_to_one_time : Figure
        repeat_revenue / one_time_revenue: what a repeat customer brings against a one-time one.
    """

    repeat: Figure
    one_time: Figure
    orders_per_customer: Figure
    occasions_per_customer: Figure
    revenue_per_customer: Figure
    order_value: Figure
    occasion_value: Figure
    first_value: Figure
    later_value: Figure
    repeat_first_value: Figure
    one_time_revenue: Figure
    repeat_revenue: Figure
    later_share: Figure
    later_to_first: Figure
    later_to_own_first: Figure
    repeat_to_one_time: Figure
    kind: Kind = dataclasses.field(default_factory=Kind, repr=False)

    def table(self) -> Any:
        """One row per figure, as a table of the log's kind: ``figure`` and the fields of :class:`Figure`."""
        names = [field.name for field in dataclasses.fields(self) if field.name != "kind"]
        figures = [getattr(self, name) for name in names]
        label = np.array(names)
        table = {"figure": label if type(self.kind) is Kind or isinstance(self.kind, _columns.RecordKind) else names}
        for part in Figure._fields:
            table[part] = self.kind.column(part, np.array([getattr(figure, part) for figure in figures]))
        return self.kind.table(table)


def summary(
    log: Any,
    observation_end: Any,
    *,
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Summary:
    """Shares, orders and money of all customers of a log.

    Parameters
    ----------
    log : Log or table
        The orders.
    observation_end : date-like
        Last day observed, itself included.
    level : float
        Two-sided level of the intervals, in (0, 1).
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    Summary

    Notes
    -----
    Shares have Wilson's interval. Means take the customer for the unit that was drawn, since several orders of one customer are no
    independent evidence: ratio estimators with standard errors by linearisation (W. G. Cochran, Sampling Techniques, 3rd ed.
    (1977), ch. 6) and Student's t. Ratios of two means have intervals that are symmetric for the logarithm.

    Examples
    --------
    >>> found = summary({"customer": [1, 1, 2], "date": [0, 9, 3], "value": [10.0, 20.0, 4.0]}, 10)
    >>> found.one_time._fields
    ('numerator', 'denominator', 'value', 'low', 'high')
    >>> found.one_time.value, round(found.one_time.low, 4), found.order_value.denominator
    (0.5, 0.0945, 3.0)
    """
    log = as_log(log)
    found = _retain.repeat_summary(
        context(run),
        *log.columns(),
        day_number(observation_end, "observation_end"),
        *_counting(occasion_days, count_zero_orders),
        _columns.level(level),
    )
    return Summary(**{name: Figure(*numbers) for name, numbers in found.items()}, kind=log.kind)


_PERIOD_COLUMNS = (
    "customers",
    "first_time",
    "returning",
    "repeaters",
    "returning_share",
    "returning_share_low",
    "returning_share_high",
    "repeat_within",
    "repeat_within_low",
    "repeat_within_high",
    "orders",
    "occasions",
    "revenue",
    "returning_orders",
    "returning_revenue",
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
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """Who bought in a period: for the first time, coming back, more than once.

    Parameters
    ----------
    log, observation_end, level, occasion_days, count_zero_orders
        As for :func:`summary`. The log should begin with the shop, or old customers look new.
    edges : column of dates or day numbers, optional
        Where periods begin, ascending, n + 1 for n periods: one window is two edges. By default made by
        :func:`retain.calendar.edges` with `period`, `step`, `first_weekday` and `calendar`.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, one row per period: ``first_day`` and ``last_day`` (included), and

        - ``customers`` with an occasion in the period = ``first_time`` + ``returning`` (first occasion before it);
          ``repeaters``: two or more occasions in it
        - ``returning_share`` and ``repeat_within``: returning and repeaters over customers, with Wilson limits ``_low``, ``_high``
        - ``orders``, ``occasions``, ``revenue``; ``returning_orders`` and ``returning_revenue``: those of returning customers

        A period that was not over at the observation end is NaN.

    Examples
    --------
    >>> log = {"customer": [1, 2, 1, 3, 3], "date": [2, 10, 45, 50, 58], "value": [1.0] * 5}
    >>> table = periods(log, 58, edges=[0, 31, 59])
    >>> table["customers"], table["returning_share"], table["repeat_within"]
    ([2.0, 2.0], [0.0, 0.5], [0.0, 0.5])
    """
    log = as_log(log)
    end = day_number(observation_end, "observation_end")
    starts = edges_for(log, end, edges, {"period": period, "step": step, "first_weekday": first_weekday, "calendar": calendar})
    n = max(len(starts) - 1, 0)
    columns = [np.empty(n) for _ in _PERIOD_COLUMNS]
    _retain.repeat_periods(
        context(run),
        *log.columns(),
        end,
        starts,
        *_counting(occasion_days, count_zero_orders),
        _columns.level(level),
        *columns,
    )
    days = {"first_day": log.give_days(starts[:-1]), "last_day": log.give_days(starts[1:] - 1)}
    return _table(log, {**days, **dict(zip(_PERIOD_COLUMNS, columns))})


_STEP_COLUMNS = (
    "customers",
    "continued",
    "conversion",
    "conversion_low",
    "conversion_high",
    "within",
    "within_low",
    "within_high",
    "median_days",
    "median_low",
    "median_high",
    "value",
    "value_low",
    "value_high",
)


def funnel(
    log: Any,
    observation_end: Any,
    *,
    steps: int = 10,
    days: int = 90,
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """The order-number funnel: first, second, third, ... occasion, how many get there, how soon, and what they spend.

    Parameters
    ----------
    log, observation_end, level, occasion_days, count_zero_orders
        As for :func:`summary`.
    steps : int
        Order numbers 1 to this.
    days : int
        H of ``within``.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, one row per order number k (``number``):

        - ``customers`` who reached it, and those of them who ``continued`` to the next one so far
        - ``conversion``: continued / customers (Wilson limits). Too low for customers who only just came
        - ``within``: share that reaches the next one within H days, by the Kaplan-Meier estimate in which open gaps are censored
          (log-log limits)
        - ``median_days``: days until half of them have, by the same curve (limits of Brookmeyer and Crowley); NaN where not reached
        - ``value``: mean value of the k-th occasion

        each with its limits ``_low`` and ``_high``.

    Examples
    --------
    >>> log = {"customer": [1, 2, 1, 3, 1], "date": [2, 10, 45, 50, 58], "value": [10.0, 20.0, 30.0, 40.0, 50.0]}
    >>> table = funnel(log, 60, steps=3)
    >>> table["customers"], table["value"]
    ([3.0, 1.0, 1.0], [23.333333333333332, 30.0, 50.0])
    """
    log = as_log(log)
    count = _columns.whole(steps, "steps")
    if not 1 <= count <= 65536:
        raise ArgumentError(f"steps is {count}; it must lie in [1, 65536]")
    columns = [np.empty(count) for _ in _STEP_COLUMNS]
    _retain.repeat_funnel(
        context(run),
        *log.columns(),
        day_number(observation_end, "observation_end"),
        count,
        *_counting(occasion_days, count_zero_orders),
        _columns.level(level),
        _positive_days(days, "days"),
        *columns,
    )
    return _table(log, {"number": np.arange(1, count + 1, dtype=np.int64), **dict(zip(_STEP_COLUMNS, columns))})


def tenure(
    log: Any,
    observation_end: Any,
    ages: Any = (0, 1, 31, 91, 181, 366, 731),
    *,
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """Value of occasions by tenure: do customers spend more, the longer they have been with the shop?

    Parameters
    ----------
    log, observation_end, level, occasion_days, count_zero_orders
        As for :func:`summary`.
    ages : column of days
        Days since the first occasion at which bands begin, ascending, n + 1 for n bands. The default has first occasions in a band
        of their own. Older occasions are not counted.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, one row per band: ``from_age`` and ``to_age`` (included), ``occasions``, ``customers`` who had one,
        ``revenue``, and ``value`` (mean value of an occasion) with its limits ``value_low`` and ``value_high``.

    Examples
    --------
    >>> log = {"customer": [1, 2, 1, 2, 1], "date": [2, 10, 5, 50, 58], "value": [10.0, 20.0, 30.0, 40.0, 50.0]}
    >>> table = tenure(log, 60, [0, 1, 31, 91])
    >>> table["occasions"], table["value"]
    ([2.0, 1.0, 2.0], [15.0, 30.0, 45.0])
    """
    log = as_log(log)
    starts = _columns.ints(ages, "ages")
    n = max(len(starts) - 1, 0)
    names = ("occasions", "customers", "revenue", "value", "value_low", "value_high")
    columns = [np.empty(n) for _ in names]
    _retain.repeat_tenure(
        context(run),
        *log.columns(),
        day_number(observation_end, "observation_end"),
        starts,
        *_counting(occasion_days, count_zero_orders),
        _columns.level(level),
        *columns,
    )
    return _table(log, {"from_age": starts[:-1], "to_age": starts[1:] - 1, **dict(zip(names, columns))})


def profile(
    log: Any,
    observation_end: Any,
    *,
    moments: Any = None,
    zone: Any = None,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """When do customers order: orders and money by day of the week, and by hour.

    Parameters
    ----------
    log, observation_end, count_zero_orders
        As for :func:`summary`.
    moments : column, optional
        When each row of the log was written, as :func:`retain.calendar.local` takes it: date-times, or Unix seconds. Without it,
        days of the week alone.
    zone : str, tzinfo or Zone, optional
        The shop's time zone, for `moments`.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, one row per day of the week (7) or day and hour (168): ``weekday`` (1 for Monday to 7 for Sunday), with
        `moments` also ``hour``, and ``orders`` and ``revenue``. An order belongs to the hour of its earliest row.

    Raises
    ------
    DataError
        Where a moment lies on another day in the shop than the log says.

    Examples
    --------
    >>> log = {"customer": [1, 2, 1], "date": ["2024-01-01", "2024-01-02", "2024-01-08"], "value": [10.0, 20.0, 30.0]}
    >>> profile(log, "2024-01-31")["orders"]
    [2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    log = as_log(log)
    second = None
    if moments is not None:
        day, second = _local_of(moments, "moments", zone, run)
        if len(day) != len(log):
            raise ArgumentError(f"moments has {len(day)} rows, the log has {len(log)}; they must have as many")
        wrong = np.flatnonzero(day != log.day)
        if len(wrong):
            row = int(wrong[0])
            here, there = log.give_days(day[row : row + 1])[0], log.give_days(log.day[row : row + 1])[0]
            raise DataError(f"moments[{row}] lies on {here}; the log says {there}", row)
    elif zone is not None:
        raise ArgumentError("zone was given, but no moments")
    n = 7 if second is None else 7 * 24
    placed, revenue = np.empty(n), np.empty(n)
    _retain.repeat_profile(
        context(run),
        *log.columns(),
        second,
        day_number(observation_end, "observation_end"),
        _columns.yes_or_no(count_zero_orders, "count_zero_orders"),
        placed,
        revenue,
    )
    at = np.arange(n, dtype=np.int64)
    labels = {"weekday": at + 1} if second is None else {"weekday": at // 24 + 1, "hour": at % 24}
    return _table(log, {**labels, "orders": placed, "revenue": revenue})
