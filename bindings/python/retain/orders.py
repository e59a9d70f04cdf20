"""From an order log, in any order and of any size, to one row per customer.

An **order log** is the shop's list of orders: who, when, how much. Rows may be whole orders, or lines and refunds of orders when an
order id is given: rows of one customer with the same order id are added up to one order, dated at its earliest row.

An order **makes an occasion** when its value is positive and it is not cancelled. All orders of a customer on one day are one
occasion, and their values are summed. A partial refund reduces the value of its order.

>>> from retain import orders
>>> log = orders.Log({"customer": ["ann", "ann", "bob", "ann"],
...                   "date": ["2024-01-01", "2024-01-15", "2024-01-04", "2024-01-15"],
...                   "value": [10.0, 20.0, 5.0, 4.0]})
>>> customers = orders.summary(log, "2024-01-29")
>>> customers["customer"], customers["frequency"], customers["t_x"], customers["T"], customers["spend"]
(['ann', 'bob'], [1.0, 0.0], [14.0, 0.0], [28.0, 25.0], [24.0, nan])
"""

from __future__ import annotations

import dataclasses
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Keys
from ._orders_log import Log
from ._orders_log import as_log as as_log
from ._run import Run, context
from ._tables import Customers, Table
from .calendar import day_number
from .errors import ArgumentError

__all__ = ["Log", "Report", "compact", "distinct", "first", "holdout", "last_day", "report", "summary"]


@dataclasses.dataclass(frozen=True)
class Report:
    """What became of the rows of a log.

    Every order up to the observation end is in exactly one of the ``..._orders`` fields, and the values add up to the sum of all
    rows up to the observation end.

    Attributes
    ----------
    rows : int
        Rows read, late ones included.
    late_rows : int
        Rows after the observation end: not used.
    customers : int
        Customers with at least one occasion.
    lost_customers : int
        Customers with rows up to the observation end but without any occasion: not in the summary.
    kept_orders : float
        Orders that make an occasion.
    zero_orders : float
        Orders of zero rows only, unless they count.
    refunded_orders : float
        Orders with positive and negative rows of which nothing is left, or less.
    unmatched_orders : float
        Orders without a positive row but with a negative one: refunds that belong to no order of the log.
    cancelled_orders : float
        Orders with a cancelled row.
    occasions : float
        Occasions of all customers.
    kept_value, refunded_value, unmatched_value, cancelled_value : float
        Money of the kept, refunded, unmatched and cancelled orders.
    kept_gross, kept_refunds : float
        Money of the kept orders before refunds, and the refunds within them, zero or less.
    """

    rows: int
    late_rows: int
    customers: int
    lost_customers: int
    kept_orders: float
    zero_orders: float
    refunded_orders: float
    unmatched_orders: float
    cancelled_orders: float
    occasions: float
    kept_value: float
    refunded_value: float
    unmatched_value: float
    cancelled_value: float
    kept_gross: float
    kept_refunds: float


_SUMMARY_COLUMNS = (
    "first_day",
    "last_day",
    "orders",
    "occasions",
    "frequency",
    "t_x",
    "T",
    "spend",
    "spend_all",
    "revenue",
    "gross",
    "refunds",
)


def _counting(occasion_days: Any, count_zero_orders: Any) -> tuple[int, int]:
    days = _columns.whole(occasion_days, "occasion_days")
    if not 1 <= days < 2**63:
        raise ArgumentError(f"occasion_days is {days}; it must be positive")
    return days, _columns.yes_or_no(count_zero_orders, "count_zero_orders")


def _summarise(
    log: Log,
    observation_end: Any,
    unit_days: float,
    occasion_days: int,
    count_zero_orders: bool,
    wanted: tuple[str, ...],
    run: Run,
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Columns of the summary (keys first), and the report."""
    end = day_number(observation_end, "observation_end")
    unit = _columns.positive(unit_days, "unit_days")
    counting = _counting(occasion_days, count_zero_orders)
    rows = len(log) if log.keys.values is None else len(log.keys.values)  # at most so many customers
    columns: dict[str, NDArray[Any]] = {
        name: np.empty(rows, dtype=np.int64 if name in ("customer", "first_day", "last_day") else np.float64) for name in wanted
    }
    report = _retain.orders_summary(
        context(run),
        *log.columns(),
        end,
        unit,
        *counting,
        *(columns.get(name) for name in ("customer", *_SUMMARY_COLUMNS, "log_gaps")),
    )
    count = report.pop("count")
    return {name: values[:count].copy() for name, values in columns.items()}, report


def summary(
    log: Any,
    observation_end: Any,
    *,
    unit_days: float = 1.0,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    log_gaps: bool = False,
    **run: Unpack[Run],
) -> Any:
    """One row per customer from an order log.

    Parameters
    ----------
    log : Log or table
        The orders.
    observation_end : date-like
        Last day that was observed, itself included: the day up to which the log is complete, not "today". A shop's quiet tail is
        data. :func:`last_day` helps when nothing better is known. Rows after it are not used.
    unit_days : float
        Days in the unit of t_x and T: 7 for weeks.
    occasion_days : int
        Orders within one such block of days (counted from 1970-01-01) are one occasion.
    count_zero_orders : bool
        An order of zero rows only makes an occasion too, as in the literature's CDNOW figures.
    log_gaps : bool
        Also add up the logarithms of the gaps between occasions: what models of regular customers read
        (:class:`retain.BGCNBD`).
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, ascending by customer, with the columns

        - the customer's id, under its own name
        - ``first_day``, ``last_day``: days of the first and last occasion (dates where the log has dates)
        - ``orders``: orders that made an occasion; ``occasions``: occasions, the first included
        - ``frequency``: x, repeat occasions; ``t_x``: age at the last occasion; ``T``: age at the observation end, in units
        - ``spend``: mean value of a repeat occasion, NaN when there is none; ``spend_all``: mean value of an occasion
        - ``revenue``: sum of all values; ``gross``: the same before refunds; ``refunds``: refunds within the orders, zero or
          less
        - ``log_gaps``, if asked for: sum of the logarithms of the gaps between occasions, in units; 0 when there is none
        - ``unit_days``: the unit of t_x and T, the same in every row, so that no model has to guess it

    See Also
    --------
    report : what was not counted, and why.

    Notes
    -----
    t_x = (last - first occasion) / unit_days, T = (observation_end - first occasion) / unit_days, as in every published
    likelihood (Fader, Hardie & Lee 2005, Marketing Science 24(2)). Linear in the rows.
    """
    log = as_log(log)
    given = _SUMMARY_COLUMNS + ("log_gaps",) * _columns.yes_or_no(log_gaps, "log_gaps")
    columns, _ = _summarise(log, observation_end, unit_days, occasion_days, count_zero_orders, ("customer", *given), run)
    table: dict[str, Any] = {log.names["customer"]: log.keys.give(columns["customer"], log.kind)}
    for name in given:
        values = log.give_days(columns[name]) if name in ("first_day", "last_day") else columns[name]
        table[name] = log.kind.column(name, values)
    table["unit_days"] = log.kind.column("unit_days", np.full(len(columns["T"]), float(unit_days)))
    return log.kind.table(table)


def report(
    log: Any, observation_end: Any, *, occasion_days: int = 1, count_zero_orders: bool = False, **run: Unpack[Run]
) -> Report:
    """What became of the rows of a log: how many orders were kept, and how many were zero, refunded, cancelled or late.

    Parameters
    ----------
    log, observation_end, occasion_days, count_zero_orders
        As for :func:`summary`.

    Returns
    -------
    Report

    Examples
    --------
    >>> found = report({"customer": [1, 1, 2], "date": [0, 5, 3], "value": [9.0, 0.0, -4.0]}, 10)
    >>> found.kept_orders, found.zero_orders, found.unmatched_orders, found.lost_customers
    (1.0, 1.0, 1.0, 1)
    """
    _, found = _summarise(as_log(log), observation_end, 1.0, occasion_days, count_zero_orders, ("customer",), run)
    return Report(**found)


def holdout(
    log: Any,
    customers: Any,
    calibration_end: Any,
    observation_end: Any,
    *,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """What the customers of a calibration summary did next: the check of a forecast.

    Parameters
    ----------
    log : Log or table
        The whole log.
    customers : table or column
        Whom to follow: a :func:`summary` up to `calibration_end`, or a column of ids. Each id once.
    calibration_end, observation_end : date-like
        Occasions in (calibration_end, observation_end] are counted.
    occasion_days, count_zero_orders
        As for :func:`summary`.

    Returns
    -------
    table
        Of the kind of `customers`, row by row: the id, ``holdout_occasions`` and ``holdout_value`` (money of the orders there).
        Customers without orders there get 0.

    Examples
    --------
    >>> log = Log({"customer": ["a", "a", "b"], "date": [0, 9, 3], "value": [1.0, 2.0, 4.0]})
    >>> holdout(log, ["b", "a"], 5, 10)
    {'customer': ['b', 'a'], 'holdout_occasions': [0.0, 1.0], 'holdout_value': [0.0, 2.0]}
    """
    log = as_log(log)
    name = log.names["customer"]
    if _columns.is_column(customers):
        ids: Any = customers
        kind = _columns.kind_of(customers)
    else:
        table = Table(customers, "customers")
        ids, kind = table.raw(name), table.kind
    codes = log.keys.find(ids, f"customers.{name}")
    ordered, _, back = _columns.once(codes, f"customers.{name}")
    occasions, value = np.empty(len(ordered)), np.empty(len(ordered))
    _retain.orders_holdout(
        context(run),
        *log.columns(),
        day_number(calibration_end, "calibration_end"),
        day_number(observation_end, "observation_end"),
        1.0,
        *_counting(occasion_days, count_zero_orders),
        ordered,
        occasions,
        value,
    )
    return kind.table(
        {
            name: ids,
            "holdout_occasions": kind.column("holdout_occasions", occasions[back]),
            "holdout_value": kind.column("holdout_value", value[back]),
        }
    )


def compact(log: Any, **run: Unpack[Run]) -> Any:
    """The same log, as short as it can be without losing anything: the mergeable form.

    Rows that agree in customer, day, order id, sign of the value and cancelled flag become one row. Append the compacted logs
    of two halves, however the log was cut, compact once more, and get bit for bit the compacted log of the whole; every
    function gives the same result on a log and on its compacted form. That serves daily increments, parallel workers and the
    partitions of an engine.

    Parameters
    ----------
    log : Log or table
        The orders. Logs to be appended must have the same optional columns.

    Returns
    -------
    table
        Of the log's kind, a log again: customer, date and value under their own names, ``value_low``, and ``order`` or
        ``multiple``, and ``cancelled`` if the log has it. Sorted by customer, day and order id.

    Examples
    --------
    >>> compact({"customer": [1, 1, 1], "date": [3, 3, 4], "value": [1.0, 2.0, 5.0]})
    {'customer': [1, 1], 'date': [3, 4], 'value': [3.0, 5.0], 'value_low': [0.0, 0.0], 'multiple': [2.0, 1.0]}
    """
    log = as_log(log)
    rows = len(log)
    customer, day = np.empty(rows, dtype=np.int64), np.empty(rows, dtype=np.int64)
    value, value_low = np.empty(rows), np.empty(rows)
    order = np.empty(rows, dtype=np.int64) if log.order is not None else None
    cancelled = np.empty(rows, dtype=np.uint8) if log.cancelled is not None else None
    multiple = np.empty(rows) if log.order is None else None
    count = _retain.orders_compact(context(run), *log.columns(), customer, day, value, value_low, order, cancelled, multiple)[
        "count"
    ]
    kind, names = log.kind, log.names
    table: dict[str, Any] = {
        names["customer"]: log.keys.give(customer[:count].copy(), kind),
        names["date"]: kind.column(names["date"], log.give_days(day[:count])),
        names["value"]: kind.column(names["value"], value[:count].copy()),
        "value_low": kind.column("value_low", value_low[:count].copy()),
    }
    if order is not None and log.order_keys is not None:
        table["order"] = log.order_keys.give(order[:count].copy(), kind)
    if cancelled is not None:
        table["cancelled"] = kind.column("cancelled", cancelled[:count].astype(np.bool_))
    if multiple is not None:
        table["multiple"] = kind.column("multiple", multiple[:count].copy())
    return kind.table(table)


def last_day(log: Any, *, count_zero_orders: bool = False, **run: Unpack[Run]) -> Any:
    """Day of the last order that makes an occasion: the usual stand-in for an observation end that nobody wrote down.

    Returns
    -------
    datetime.date or int
        A date where the log has dates, otherwise a day number.

    Examples
    --------
    >>> last_day({"customer": [1, 1], "date": ["2024-01-05", "2024-02-07"], "value": [3.0, -3.0]})
    datetime.date(2024, 1, 5)
    """
    log = as_log(log)
    _, zero = _counting(1, count_zero_orders)
    day = _retain.orders_last_day(context(run), *log.columns(), zero)["day"]
    return log.give_days(np.array([day], dtype=np.int64)).item()


def first(log: Any, attribute: Any, observation_end: Any, *, count_zero_orders: bool = False, **run: Unpack[Run]) -> Any:
    """An attribute of each customer's first order that makes an occasion: first product, first coupon, country.

    Parameters
    ----------
    log : Log or table
        The orders.
    attribute : str or column
        Name of a column of the log's table, or a column as long as the log: texts, whole numbers, categories.
    observation_end : date-like
        Last day that was observed, itself included.
    count_zero_orders : bool
        An order of zero rows only makes an occasion too.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, ascending by customer: the id under its own name, and the attribute under its own ("first" for a column
        without a name). Functions that compare groups of customers take such a table.

    Notes
    -----
    When there are several orders on the first day, or several rows in them, the smallest value of the rows of positive value
    counts: the order of the rows does not matter.

    Examples
    --------
    >>> log = {"customer": ["a", "a", "b"], "date": [0, 9, 3], "value": [1.0, 2.0, 4.0], "product": ["tea", "cup", "pot"]}
    >>> first(log, "product", 10)
    {'customer': ['a', 'b'], 'product': ['tea', 'pot']}
    """
    log = as_log(log)
    name = attribute if isinstance(attribute, str) else "first"
    values = log._source.raw(attribute) if isinstance(attribute, str) else attribute
    keys = Keys(values, f"orders.{attribute}" if isinstance(attribute, str) else "attribute")
    rows = len(log)
    customers, codes = np.empty(rows, dtype=np.int64), np.empty(rows, dtype=np.int64)
    count = _retain.orders_first(
        context(run),
        *log.columns(),
        keys.codes,
        day_number(observation_end, "observation_end"),
        _columns.yes_or_no(count_zero_orders, "count_zero_orders"),
        customers,
        codes,
    )["count"]
    keys.name = name
    return log.kind.table(
        {
            log.names["customer"]: log.keys.give(customers[:count].copy(), log.kind),
            name: keys.give(codes[:count].copy(), log.kind),
        }
    )


def distinct(customers: Any, *, unit_days: float | None = None, rows: bool = False, **run: Unpack[Run]) -> Any:
    """Equal rows of a customer table, each once, with their number as weight.

    A row with weight w is w identical customers, exactly: fits on the short table give the same model, and a table of distinct
    rows is small enough to be kept or sent around.

    Parameters
    ----------
    customers : table
        Columns ``frequency``, ``t_x``, ``T``, and optionally ``spend``, ``weight`` and ``log_gaps``.
    unit_days : float, optional
        Days in the unit of t_x and T; by default the table's column ``unit_days``.
    rows : bool
        Also return, for each customer, the index of its row in the short table.

    Returns
    -------
    table, or (table, ndarray of int64)
        Of the same kind: frequency, t_x, T, spend if there is one, weight, log_gaps (their mean by weight) if there are any, and
        unit_days.

    Examples
    --------
    >>> distinct({"frequency": [0, 2, 0], "t_x": [0, 5, 0], "T": [9, 9, 9]}, unit_days=7)["weight"]
    [2.0, 1.0]
    """
    given = Customers(customers, spend="spend" in Table(customers, "customers"), unit_days=unit_days)
    n = len(given.frequency)
    out = {name: np.empty(n) for name in ("frequency", "t_x", "T", "spend", "weight", "log_gaps")}
    if given.spend is None:
        del out["spend"]
    if given.log_gaps is None:
        del out["log_gaps"]
    row_of = np.empty(n, dtype=np.int64) if rows else None
    count = _retain.customers_distinct(
        context(run),
        given.frequency,
        given.t_x,
        given.T,
        given.spend,
        given.weight,
        given.log_gaps,
        given.unit_days,
        out["frequency"],
        out["t_x"],
        out["T"],
        out.get("spend"),
        out["weight"],
        out.get("log_gaps"),
        row_of,
    )["count"]
    out = {name: values[:count].copy() for name, values in out.items()}
    out["unit_days"] = np.full(count, given.unit_days)
    table = given.kind.table({name: given.kind.column(name, values) for name, values in out.items()})
    return (table, row_of) if rows else table
