"""Of last period's revenue, how much is left, what was added, and does keeping customers pay?

The **revenue bridge** leads from one period's revenue to the next, customer by customer::

    end = start + acquired + reactivated + expansion − contraction − lost
    grr = sum of min(before, now) / start      gross revenue retention: never exceeds 1
    nrr = sum of now / start                   net revenue retention: over the customers of the start alone

>>> from retain import revenue
>>> table = revenue.amounts([[10, 10, 12], [20, 15, 0], [0, 5, 5]])
>>> table["start"], table["lost"], table["grr"]
(array([nan, 30., 30.]), array([nan,  0., 15.]), array([       nan, 0.83333333, 0.5       ]))

Customers who came back are `reactivated` and in neither rate. What keeping and winning customers costs is compared by
:func:`cost_ratio`; what keeping more of them would bring, by :class:`Plan`.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Ints
from ._run import Run, context
from ._tables import Matrix
from .calendar import day_number
from .crr import edges_for, positive_whole
from .orders import _counting, as_log
from .rate import map_numbers

__all__ = ["COLUMNS", "Plan", "amounts", "bridge", "cost_per_customer", "cost_ratio", "lifetime_value"]

COLUMNS = (
    "start",
    "acquired",
    "reactivated",
    "expansion",
    "contraction",
    "lost",
    "end",
    "start_customers",
    "acquired_customers",
    "reactivated_customers",
    "retained_customers",
    "expanded_customers",
    "contracted_customers",
    "lost_customers",
    "end_customers",
    "grr",
    "grr_low",
    "grr_high",
    "nrr",
    "nrr_low",
    "nrr_high",
)
"""Columns of :func:`bridge` and :func:`amounts`, after those that say which period it is."""


def bridge(
    log: Any,
    observation_end: Any,
    *,
    edges: Any = None,
    period: str = "month",
    step: int = 1,
    first_weekday: str | int = "monday",
    calendar: str = "gregorian",
    lag: int = 1,
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """The revenue bridge from the order log: each period beside the one `lag` periods before.

    Parameters
    ----------
    log : Log or table
        The orders.
    observation_end : date-like
        Last day observed, itself included.
    edges : column of dates or day numbers, optional
        Where periods begin, ascending, n + 1 for n periods. By default made by :func:`retain.calendar.edges` from the log's first
        day to the observation end, with `period`, `step`, `first_weekday` and `calendar`. Earlier occasions make a customer an older
        one, and are no revenue of any period.
    lag : int
        1 for the period before; 12, with months, for the year-over-year NRR that subscription businesses report.
    level : float
        Two-sided level of the intervals, in (0, 1).
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, one row per period: ``first_day`` and ``last_day`` (included), and

        - ``start``: revenue before, ``lag`` periods earlier; ``end``: revenue now
        - ``acquired``: of customers first seen since; ``reactivated``: of older customers who spent nothing before
        - ``expansion``, ``contraction``: what customers with revenue in both spent more, and less; ``lost``: revenue before of those
          who have none now
        - the customers of each part: ``start_customers`` ... ``end_customers``
        - ``grr`` = (start − contraction − lost) / start and ``nrr`` = (start + expansion − contraction − lost) / start, each with its
          limits ``_low`` and ``_high``

        The first `lag` rows have nothing before them: NaN but for ``end``. A period that was not over at the observation end has NaN
        everywhere but in ``start``. The only period of a log that begins after it is NaN throughout.

    Notes
    -----
    The intervals are those of a ratio estimator by linearisation over the customers of the start, with Student's t; NaN with fewer
    than 2 customers. W. G. Cochran, Sampling Techniques, 3rd ed. (1977), sections 2.11 and 6.4.

    Examples
    --------
    >>> log = {"customer": ["a", "b", "a", "c", "b"], "value": [10.0, 20.0, 8.0, 5.0, 20.0],
    ...        "date": ["2024-01-03", "2024-01-20", "2024-02-10", "2024-02-11", "2024-03-30"]}
    >>> table = bridge(log, "2024-03-31")
    >>> table["start"], table["acquired"], table["reactivated"], table["contraction"], table["lost"], table["end"]
    ([nan, 30.0, 13.0], [nan, 5.0, 0.0], [nan, 0.0, 20.0], [nan, 2.0, 0.0], [nan, 20.0, 13.0], [30.0, 13.0, 20.0])
    """
    log = as_log(log)
    end = day_number(observation_end, "observation_end")
    starts: Ints = edges_for(
        log, end, edges, {"period": period, "step": step, "first_weekday": first_weekday, "calendar": calendar}
    )
    n = max(len(starts) - 1, 0)
    columns = [np.empty(n) for _ in COLUMNS]
    _retain.revenue_bridge(
        context(run),
        *log.columns(),
        end,
        starts,
        *_counting(occasion_days, count_zero_orders),
        positive_whole(lag, "lag"),
        _columns.level(level),
        *columns,
    )
    table = {"first_day": log.give_days(starts[:n]), "last_day": log.give_days(starts[1:] - 1), **dict(zip(COLUMNS, columns))}
    return log.kind.table({name: log.kind.column(name, values) for name, values in table.items()})


def amounts(
    amounts: Any, *, customer: str | None = "customer", lag: int = 1, level: float = 0.95, **run: Unpack[Run]
) -> Any:
    """The same bridge from amounts per customer and period: monthly recurring revenue, contract values, points.

    Parameters
    ----------
    amounts : array of shape (customers, periods), or table with one column per period
        What each customer pays in each period, 0 for nothing; not negative, at most 1e280. A customer is acquired in the first
        period with an amount.
    customer : str, optional
        Name of the column of a table that says who, which is no period. By default a column named "customer", if any; None when every
        column is a period.
    lag, level, threads, progress, memory
        As for :func:`bridge`.

    Returns
    -------
    table
        One row per period, of the kind of `amounts` (a dict of arrays for an array): ``period`` (a number from 0, or the name of the
        table's column), and the columns of :func:`bridge`.

    Examples
    --------
    >>> table = amounts([[100, 100, 120], [50, 40, 40]])
    >>> table["nrr"], table["grr"]
    (array([       nan, 0.93333333, 1.14285714]), array([       nan, 0.93333333, 1.        ]))
    """
    matrix = Matrix(amounts, "amounts", customer=customer)
    columns = [np.empty(matrix.columns) for _ in COLUMNS]
    with matrix.naming():
        _retain.revenue_amounts(
            context(run), matrix.cells, matrix.columns, positive_whole(lag, "lag"), _columns.level(level), *columns
        )
    table = {"period": np.arange(matrix.columns) if matrix.labels is None else matrix.labels, **dict(zip(COLUMNS, columns))}
    return matrix.kind.table({name: matrix.kind.column(name, values) for name, values in table.items()})


def cost_per_customer(spend: Any, customers: Any) -> Any:
    """Cost per customer: spend / customers.

    With what was spent on winning customers and how many were won, the acquisition cost (CAC); with what was spent on keeping them
    (service, loyalty programme, mail) and how many were kept, the retention cost.

    Parameters
    ----------
    spend, customers : number or column
        Of the same period.

    Returns
    -------
    number or column
        NaN unless spend is not negative, customers positive, and both finite.

    Examples
    --------
    >>> cost_per_customer(1200, 40)
    30.0
    """
    return map_numbers(_retain.revenue_cost_per_customer, "cost", spend=spend, customers=customers)


def cost_ratio(acquisition_spend: Any, acquired: Any, retention_spend: Any, retained: Any) -> Any:
    """So many times what keeping a customer costs, winning one does: the "5 to 25 times" of the articles, from the shop's own books.

    Examples
    --------
    >>> cost_ratio(acquisition_spend=1200, acquired=40, retention_spend=900, retained=150)
    5.0
    """
    return map_numbers(
        _retain.revenue_cost_ratio,
        "ratio",
        acquisition_spend=acquisition_spend,
        acquired=acquired,
        retention_spend=retention_spend,
        retained=retained,
    )


def lifetime_value(margin: Any, retention: Any, annual_rate: Any = 0.0, periods_per_year: Any = 12) -> Any:
    """Lifetime value at constant retention: margin × retention / (1 + i − retention), i being the discount rate of a period.

    The margins of all periods to come, each earned by those who are still there. One that is earned right now is not in it: add it
    for a customer about to pay.

    Parameters
    ----------
    margin : number or column
        Profit of a customer in a period.
    retention : number or column
        Share of customers who stay from one period to the next, in [0, 1].
    annual_rate : number or column
        Effective annual discount rate, ≥ 0: 0.10 for 10 %.
    periods_per_year : number or column
        12 for months.

    Returns
    -------
    number or column
        Infinite when nobody leaves and nothing is discounted; NaN outside the domains.

    Notes
    -----
    S. Gupta, D. R. Lehmann, "Customers as assets", Journal of Interactive Marketing 17(1) (2003), 9-24. For customers who differ,
    and whose retention is estimated from data, see :mod:`retain.clv`.

    Examples
    --------
    >>> round(lifetime_value(100, 0.8, annual_rate=0.12, periods_per_year=1), 6)
    250.0
    """
    return map_numbers(
        _retain.revenue_lifetime_value,
        "lifetime_value",
        margin=margin,
        retention=retention,
        annual_rate=annual_rate,
        periods_per_year=periods_per_year,
    )


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a business of one kind of customer is made of, per period: what if more of them stayed?

    Attributes
    ----------
    customers : float
        At the beginning.
    margin : float
        Profit of a customer in a period, before what it costs to keep one.
    base_retention : float
        The share who stay from one period to the next today, in [0, 1]: what changes are measured against.
    periods : int
        So many are looked ahead.
    acquired : float
        Won in each period, there from the next one on.
    retention_cost : float
        Of keeping, for each customer and period.
    acquisition_cost : float
        Of winning, for each customer won.
    annual_rate : float
        Effective annual discount rate: 0.10 for 10 %.
    periods_per_year : float
        12 for months.

    Examples
    --------
    >>> plan = Plan(customers=1000, margin=10, base_retention=0.80, periods=60, annual_rate=0.1)
    >>> table = plan.profit([0.80, 0.85])       # five points more ...
    >>> f"{table['change'][1]:.0%}"             # ... of profit
    '32%'
    """

    customers: float
    margin: float
    base_retention: float
    periods: int
    acquired: float = 0.0
    retention_cost: float = 0.0
    acquisition_cost: float = 0.0
    annual_rate: float = 0.0
    periods_per_year: float = 12.0

    def profit(self, retention: Any, **run: Unpack[Run]) -> Any:
        """Profit as a function of the retention rate, by rolling customers forward.

        Customers(t + 1) = retention × customers(t) + acquired, and profit is the sum over periods of ((margin − retention_cost) ×
        customers(t) − acquisition_cost × acquired), discounted. What it takes to get to a rate is not in it unless `retention_cost`
        says so.

        Parameters
        ----------
        retention : column
            Rates to try, each in [0, 1].

        Returns
        -------
        table
            ``retention``, ``profit``, ``customers`` (at the end) and ``change`` (profit / profit at `base_retention` − 1; NaN unless
            that is positive), of the kind of `retention`.

        Notes
        -----
        Whether "5 % more retention" are "25 to 95 % more profit" (F. F. Reichheld, The Loyalty Effect, 1996) depends on where a
        shop stands.
        """
        kind = _columns.kind_of(retention)
        rates = _columns.floats(retention, "retention")
        columns = [np.empty(len(rates)) for _ in range(3)]
        _retain.revenue_profit(
            context(run),
            _columns.number(self.customers, "customers"),
            _columns.number(self.acquired, "acquired"),
            _columns.number(self.margin, "margin"),
            _columns.number(self.retention_cost, "retention_cost"),
            _columns.number(self.acquisition_cost, "acquisition_cost"),
            _columns.number(self.annual_rate, "annual_rate"),
            _columns.positive(self.periods_per_year, "periods_per_year"),
            _columns.number(self.base_retention, "base_retention"),
            positive_whole(self.periods, "periods"),
            rates,
            *columns,
        )
        table = dict(zip(("retention", "profit", "customers", "change"), (rates, *columns)))
        return kind.table({name: kind.column(name, values) for name, values in table.items()})
