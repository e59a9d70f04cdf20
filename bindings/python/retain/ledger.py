"""How much was sold and paid back in each period, and does it add up to the books?

A refund has two dates: the day of the order that it takes back, which tells how good that month's sales were, and its own day, on
which the money left the till. Both ledgers are here, side by side, with the same totals.

>>> from retain import ledger
>>> log = {"customer": ["ann", "ann", "bob"], "date": ["2024-01-05", "2024-02-10", "2024-01-20"], "order": [1, 1, 2],
...        "value": [50.0, -20.0, 30.0]}
>>> books = ledger.periods(log, "2024-02-29")
>>> books.net_by_order, books.net_by_day, books.totals.net
(array([60.,  0.]), array([ 80., -20.]), 60.0)
"""

from __future__ import annotations

import dataclasses
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Floats, Kind
from ._groups import naming
from ._run import Run, context
from .calendar import day_number
from .crr import edges_for
from .orders import as_log

__all__ = ["Ledger", "Totals", "periods"]

_COLUMNS = (
    "orders",
    "refunded_orders",
    "gross",
    "refunds_by_order",
    "refunds_by_day",
    "net_by_order",
    "net_by_day",
    "unmatched",
    "cancelled",
)


@dataclasses.dataclass(frozen=True)
class Totals:
    """All periods together.

    Attributes
    ----------
    orders, refunded_orders : float
        Orders that make an occasion, and orders that were paid back in full.
    gross, refunds, net : float
        Money of both before refunds, the refunds (zero or less), and both together.
    unmatched : float
        Refunds of orders that are not in the log.
    cancelled : float
        Money of cancelled orders.
    money : float
        net + unmatched + cancelled: the sum of all rows up to the observation end.
    """

    orders: float
    refunded_orders: float
    gross: float
    refunds: float
    net: float
    unmatched: float
    cancelled: float
    money: float


@dataclasses.dataclass(frozen=True, eq=False)
class Ledger:
    """Money by period; every array has one entry per period, NaN where the period has not begun.

    Attributes
    ----------
    edges : ndarray
        Where periods begin (dates where the log has dates), one more than there are periods.
    orders : ndarray
        Orders that make an occasion.
    refunded_orders : ndarray
        Orders that were paid back in full.
    gross : ndarray
        Money of both before refunds.
    refunds_by_order : ndarray
        Refunds of the orders of the period, zero or less, whenever they were paid.
    refunds_by_day : ndarray
        Refunds paid in the period, zero or less, whatever order they belong to.
    net_by_order, net_by_day : ndarray
        gross + refunds_by_order, gross + refunds_by_day.
    unmatched : ndarray
        Refunds, each on its own day, of orders that are not in the log.
    cancelled : ndarray
        Money of cancelled orders, refunds included, on the day of the order.
    complete : ndarray of bool
        Is the period over? A period that is running holds what was booked so far.
    totals : Totals
        All periods together.
    """

    edges: NDArray[Any]
    orders: Floats
    refunded_orders: Floats
    gross: Floats
    refunds_by_order: Floats
    refunds_by_day: Floats
    net_by_order: Floats
    net_by_day: Floats
    unmatched: Floats
    cancelled: Floats
    complete: NDArray[np.bool_]
    totals: Totals
    kind: Kind = dataclasses.field(default_factory=Kind, repr=False)

    def table(self) -> Any:
        """One row per period, as a table of the log's kind.

        Returns
        -------
        table
            ``first_day``, ``last_day`` of the period, the figures by name, and ``complete``.
        """
        columns = {"first_day": self.edges[:-1], "last_day": self.edges[1:] - 1}
        columns.update({name: getattr(self, name) for name in (*_COLUMNS, "complete")})
        return self.kind.table({name: self.kind.column(name, values) for name, values in columns.items()})


def periods(
    log: Any,
    observation_end: Any,
    *,
    edges: Any = None,
    period: str = "month",
    step: int = 1,
    first_weekday: str | int = "monday",
    calendar: str = "gregorian",
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Ledger:
    """Money by period, refunds dated both ways.

    Parameters
    ----------
    log : Log or table
        The orders. Refunds are matched with their orders by order id; in a log without order ids every refund is unmatched.
    observation_end : date-like
        Last day observed, itself included. A refund that is paid later is not in the books yet.
    edges : column of dates or day numbers, optional
        Where periods begin, ascending: every row up to the observation end must lie in a period. By default made by
        :func:`retain.calendar.edges` from the log's first day to the observation end, with `period`, `step`, `first_weekday` and
        `calendar`.
    count_zero_orders : bool
        An order of zero rows only makes an occasion too.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    Ledger

    Raises
    ------
    DataError
        For a row outside the edges: a ledger leaves nothing out.

    Notes
    -----
    Every row is in exactly one column, so the totals are those of :func:`retain.orders.report`: net = kept_value +
    refunded_value.
    """
    log = as_log(log)
    end = day_number(observation_end, "observation_end")
    starts = edges_for(log, end, edges, {"period": period, "step": step, "first_weekday": first_weekday, "calendar": calendar})
    n = max(len(starts) - 1, 0)
    columns = [np.empty(n) for _ in _COLUMNS]
    complete = np.empty(n, dtype=np.uint8)
    with naming(log):
        totals = _retain.ledger_periods(
            context(run),
            *log.columns(),
            end,
            starts,
            _columns.yes_or_no(count_zero_orders, "count_zero_orders"),
            *columns,
            complete,
        )
    return Ledger(
        edges=log.give_days(starts),
        complete=complete.astype(np.bool_),
        totals=Totals(**totals),
        kind=log.kind,
        **dict(zip(_COLUMNS, columns)),
    )
