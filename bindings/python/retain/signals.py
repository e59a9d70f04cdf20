"""What happened to a customer besides orders, and did it drive him away?

An **event** is a ticket, a return, a late delivery, a bad review, a visit: who, when, of which kind, and with which value if it has
one. :func:`per_customer` makes figures of them, which models of churn take as they are; :func:`effect` says whether customers to whom
it happened come back less often than others like them. Nothing looks ahead: events after the observation end do not exist.

>>> from retain import signals
>>> tickets = {"customer": ["ann", "ann", "bob"], "date": ["2024-01-10", "2024-04-04", "2024-02-09"]}
>>> table = signals.per_customer(tickets, ["ann", "bob", "eve"], "2024-04-09", window_days=90)
>>> table["count"], table["days_since_last"]
([1.0, 1.0, 0.0], [5.0, 60.0, nan])

Response times, late deliveries and returns as such are in :mod:`retain.service`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from typing import Any, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Ints, Keys
from ._groups import Groups
from ._run import Run, context
from ._tables import Table
from .calendar import Zone, _days_of, day_number
from .crr import edges_for
from .errors import ArgumentError
from .orders import _counting, as_log

__all__ = ["FIGURES", "Effect", "effect", "per_customer"]

FIGURES = ("count", "per_year", "days_since_last", "earlier", "recent", "trend", "trend_p_value", "sum", "mean")
"""Columns of :func:`per_customer`, after the customer and ``exposure_days``."""


def per_customer(
    events: Any,
    customers: Any,
    observation_end: Any,
    *,
    window_days: int = 365,
    known_since: Any = None,
    customer: str = "customer",
    date: str = "date",
    kind: str | None = None,
    value: str | None = None,
    zone: str | dt.tzinfo | Zone | None = None,
    **run: Unpack[Run],
) -> Any:
    """Events of each customer up to an observation end: how many, how often, how long ago, more or fewer lately.

    Parameters
    ----------
    events : table
        Who and when, in any order.
    customers : table or column
        Whom to describe: a :func:`retain.orders.summary`, or a column of ids. Each id once.
    observation_end : date-like
        Last day observed, itself included. Later events do not exist.
    window_days : int
        W: the window is the last W days, the observation end included.
    known_since : column of dates or day numbers, or str, optional
        Day since which each customer is known (first order, registration), or the name of that column of `customers`: exposure and
        events count from that day on. By default customers were known all through the window.
    customer, date : str
        Names of the columns of `events`, and of the customers in `customers`.
    kind : str, optional
        Name of the column of `events` that says the kind of each.
    value : str, optional
        Name of the column of `events` with its value; missing where there is none.
    zone : str, tzinfo or Zone, optional
        The shop's time zone, for date-times that carry a time zone.

    Returns
    -------
    table
        Of the kind of `customers`, row by row: the id, ``exposure_days`` (days of the window on which the customer was known), and, with
        kinds once per kind as in ``count_return``,

        - ``count``: events in the window; ``per_year`` = count / exposure_days × 365.25
        - ``days_since_last``: days since the last event, in the window or before it
        - ``earlier``, ``recent``: events in the first W − W // 2 days of the window, and in the last W // 2
        - ``trend``: (b − a) / (b + a), a and b being events per day known in the two halves: −1 to 1
        - ``trend_p_value``: chance of halves at least as uneven if nothing changed (exact binomial test, two-sided)
        - ``sum``, ``mean``: of the values in the window

        NaN where a figure does not exist, and everywhere for customers who were not known yet.
    """
    table = Table(events, "events")
    codes, ids, result, known = _customers_of(customers, customer, known_since)
    order, first, back = _columns.once(codes.codes, codes.name)
    labels, kinds = _kinds_of(table, kind)
    n, width = len(order), max(len(labels), 1)
    exposure, columns = np.empty(n), [np.empty(n * width) for _ in FIGURES]
    _retain.signals_per_customer(
        context(run),
        codes.find(table.raw(customer), f"events.{customer}"),
        _days_of(table.raw(date), f"events.{date}", zone, {}, numbers=True),
        kinds,
        table.floats(value) if value is not None else None,
        order,
        np.ascontiguousarray(known[first]) if known is not None else None,
        day_number(observation_end, "observation_end"),
        _columns.positive_whole(window_days, "window_days"),
        width,
        exposure,
        *columns,
    )
    out = {customer: ids, "exposure_days": result.column("exposure_days", exposure[back])}
    for name, values in zip(FIGURES, columns):
        for k, matrix in enumerate(values.reshape(n, width).T):
            full = f"{name}_{labels[k]}" if kind is not None else name
            out[full] = result.column(full, np.ascontiguousarray(matrix[back]))
    return result.table(out)


def _customers_of(customers: Any, name: str, known_since: Any) -> tuple[Keys, Any, _columns.Kind, Ints | None]:
    """Keys, ids as they were given, the kind of the result, and the days since which they are known."""
    if _columns.is_column(customers):
        ids, kind = customers, _columns.kind_of(customers)
        if isinstance(known_since, str):
            raise ArgumentError("known_since is the name of a column, and customers is no table")
    else:
        table = Table(customers, "customers")
        ids, kind = table.raw(name), table.kind
        if isinstance(known_since, str):
            known_since = table.raw(known_since)
    keys = Keys(ids, f"customers.{name}")
    if known_since is None:
        return keys, ids, kind, None
    known = _days_of(known_since, "known_since", None, {}, numbers=True)
    if len(known) != len(keys.codes):
        raise ArgumentError(f"known_since has {len(known)} rows, customers has {len(keys.codes)}; they must have as many")
    return keys, ids, kind, known


def _kinds_of(table: Table, kind: str | None) -> tuple[list[Any], Ints | None]:
    """Labels of the kinds in ascending order, and the code of each event."""
    if kind is None:
        return [], None
    keys = Keys(table.raw(kind), f"events.{kind}")
    found, codes = np.unique(keys.codes, return_inverse=True)
    labels = found.tolist() if keys.values is None else keys.values[found].tolist()
    return labels, np.ascontiguousarray(codes, dtype=np.int64)


@dataclasses.dataclass(frozen=True)
class Effect:
    """The exposed against others like them. ``occasions`` = open + outside + returned_early + exposed + unexposed.

    Attributes
    ----------
    occasions, open, outside, returned_early : float
        All occasions; and those left out: horizon not over, outside the periods, customer back before or on the landmark.
    exposed, exposed_returned, unexposed, unexposed_returned : float
        Judged occasions with and without an event, and how many of them were followed by another one within the horizon.
    crude, crude_low, crude_high : float
        Plain difference of the two rates. Biased when bad things happen to other customers.
    strata, matched, unmatched, controls : float
        Strata that hold both; exposed in them, exposed without anybody to compare with, and unexposed in them.
    matched_rate, control_rate : float
        Share of the matched who came back, and what to expect without the event.
    effect, standard_error, effect_low, effect_high : float
        matched_rate − control_rate: the effect on those to whom it happened.
    strangers : int
        Events of customers without a row in the log. Many of them mean that ids do not match.
    """

    occasions: float
    open: float
    outside: float
    returned_early: float
    exposed: float
    exposed_returned: float
    unexposed: float
    unexposed_returned: float
    crude: float
    crude_low: float
    crude_high: float
    strata: float
    matched: float
    unmatched: float
    controls: float
    matched_rate: float
    control_rate: float
    effect: float
    standard_error: float
    effect_low: float
    effect_high: float
    strangers: int


def effect(
    events: Any,
    log: Any,
    observation_end: Any,
    *,
    exposure_days: int = 30,
    days: int = 90,
    order_numbers: int = 4,
    value_classes: int = 5,
    edges: Any = None,
    by: Any = None,
    customer: str = "customer",
    date: str = "date",
    zone: str | dt.tzinfo | Zone | None = None,
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Effect:
    """Do customers come back less often after an event, compared with customers to whom it did not happen?

    Parameters
    ----------
    events : table
        Who and when: the events of the one kind that is in question.
    log : Log or table
        The orders. Orders that were refunded make no occasion: give a log without refunds when the event brings them about.
    observation_end : date-like
        Last day observed, itself included.
    exposure_days : int
        E: an occasion on day o is exposed when an event lies in (o, o + E]. Everybody is judged from the landmark o + E on, and only
        occasions without another one in (o, o + E]: time that the exposed have by definition survived would else count in favour of
        the event (immortal time bias).
    days : int
        H: back means another occasion in (landmark, landmark + H]. Only occasions whose horizon is over are judged.
    order_numbers, value_classes : int
        Strata by number of the occasion (1, 2, 3, 4 and more) and by value (quintiles); 1 for none.
    edges : column of dates or day numbers, optional
        Strata by calendar period: where periods begin (see :func:`retain.calendar.edges`).
    by : str, mapping, table or Series, optional
        Strata by an attribute of the customer: a label for every customer of the log, as for :func:`retain.cohort.cells`.
    customer, date : str
        Names of the columns of `events`.
    level : float
        Two-sided level of the intervals.
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.

    Returns
    -------
    Effect

    Notes
    -----
    Landmark: J. R. Anderson et al., J. Clin. Oncology 1 (1983), 710-719. Strata weighted by the exposed: W. G. Cochran, Biometrics 24
    (1968), 295-313. The variance is stratified and takes occasions as independent: intervals are somewhat too narrow where few
    customers make many of them. What the strata do not tell apart stays confounded.

    Examples
    --------
    >>> log = {"customer": [1, 2, 3, 4, 3, 4], "date": [0, 0, 0, 0, 50, 60], "value": [9.0] * 6}
    >>> late = {"customer": [1, 3], "date": [5, 9]}
    >>> found = effect(late, log, 120)
    >>> found.exposed, found.unexposed, found.effect
    (2.0, 2.0, 0.0)
    """
    log = as_log(log)
    end = day_number(observation_end, "observation_end")
    table = Table(events, "events")
    groups = Groups.of(log, by, end, count_zero_orders) if by is not None else None
    who = log.keys.find(table.raw(customer), f"events.{customer}")
    with groups.naming() if groups is not None else contextlib.nullcontext():
        found = _retain.signals_effect(
            context(run),
            who,
            _days_of(table.raw(date), f"events.{date}", zone, {}, numbers=True),
            *log.columns(),
            end,
            *_counting(occasion_days, count_zero_orders),
            None if edges is None else edges_for(log, end, edges, {}),
            *(groups.columns() if groups is not None else (None, None, 0)),
            _columns.positive_whole(exposure_days, "exposure_days"),
            _columns.positive_whole(days, "days"),
            _columns.positive_whole(order_numbers, "order_numbers"),
            _columns.positive_whole(value_classes, "value_classes"),
            _columns.level(level),
        )
    return Effect(**found, strangers=int((~np.isin(who, log.customer)).sum()))
