"""Order logs: which columns of a table say who, when and how much."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _columns
from ._columns import Bytes, Floats, Ints, Keys
from ._tables import Table
from .calendar import Zone, _dates_of_texts, _days_of
from .errors import ArgumentError


class Log:
    """An order log: which columns of a table say who, when and how much.

    Every function of this package that reads orders takes a Log, or a table whose columns have the names below.

    Parameters
    ----------
    table : DataFrame, structured array or dict of columns
        One row per order, or per line of an order. pandas, Polars, PyArrow, NumPy, or lists.
    customer : str
        Name of the column that says who: whole numbers, strings, anything that can be compared. It must be there in every row:
        rows with the same id are one customer, so leave guests out who have none, also where the shop writes them all as 0.
    date : str
        Name of the column that says when: dates or date-times, texts like 2024-03-20, or day numbers (see
        :mod:`retain.calendar`) as whole numbers.
    value : str
        Name of the column that says how much: money in any one currency, negative for a refund.
    order : str, optional
        Name of the column of order ids, unique within a customer and none of them blank. By default a column named "order" is used
        when there is one; None uses none.
    cancelled : str, optional
        Name of the column that is true where a row cancels its whole order. By default a column named "cancelled", if any.
    multiple : str, optional
        Name of the column that says how many orders are in a row, whole numbers from 1: for compacted logs; not together with
        `order`. By default a column named "multiple", if any.
    value_low : str, optional
        Name of the column with the part of `value` below its last digit, as :func:`compact` returns it. By default a column named
        "value_low", if any.
    zone : str, tzinfo or Zone, optional
        The shop's time zone, for date-times that carry a time zone: by default the one they carry.
    day_numbers : bool
        Whole numbers are day numbers even when all of them look like dates written as yyyymmdd, which are refused otherwise.

    Attributes
    ----------
    customer, day, value, order, cancelled, multiple, value_low : ndarray or None
        The columns as the library reads them: keys and day numbers as int64, money as float64.

    Examples
    --------
    >>> log = Log({"id": [7, 7, 9], "day": [0, 14, 3], "paid": [10.0, 20.0, 5.0]}, customer="id", date="day", value="paid")
    >>> log
    Log(3 rows of 2 customers, 0 to 14)
    """

    def __init__(
        self,
        table: Any,
        *,
        customer: str = "customer",
        date: str = "date",
        value: str = "value",
        order: str | None = "order",
        cancelled: str | None = "cancelled",
        multiple: str | None = "multiple",
        value_low: str | None = "value_low",
        zone: str | dt.tzinfo | Zone | None = None,
        day_numbers: bool = False,
    ) -> None:
        source = self._source = Table(table, "orders")

        def optional(name: str | None, canonical: str) -> str | None:
            return name if name is not None and (name in source or name != canonical) else None

        self.kind = source.kind
        self.names = {"customer": customer, "date": date, "value": value}
        self.keys = Keys(source.raw(customer), f"orders.{customer}")
        self.keys.refuse_blanks(
            "all rows with the same id are one customer, and all guests would be the shop's best. Leave their rows out, or give each "
            "guest an id, such as the e-mail address"
        )
        when = _dates_of_texts(source.raw(date), f"orders.{date}")
        self.temporal = _columns.is_temporal(when) or _columns.says_nothing(when)
        told = bool(_columns.yes_or_no(day_numbers, "day_numbers"))
        self.day: Ints = _days_of(when, f"orders.{date}", zone, {}, numbers=True, told=told)
        self.value: Floats = source.floats(value)
        name = optional(order, "order")
        self.order_keys = Keys(source.raw(name), f"orders.{name}") if name is not None else None
        if self.order_keys is not None:
            self.order_keys.refuse_blanks(
                "rows of a customer with the same id are one order, so every row needs an id of its order. Leave the column out "
                "(order=None) when every row is an order"
            )
        name = optional(cancelled, "cancelled")
        self.cancelled: Bytes | None = source.flags(name) if name is not None else None
        name = optional(multiple, "multiple")
        self.multiple: Floats | None = source.floats(name) if name is not None else None
        name = optional(value_low, "value_low")
        self.value_low: Floats | None = source.floats(name) if name is not None else None
        rows = {date: self.day, value: self.value, order: self.order, cancelled: self.cancelled, multiple: self.multiple}
        for name, column in (rows | {value_low: self.value_low}).items():
            if column is not None and len(column) != len(self):
                raise ArgumentError(
                    f"orders.{name} has {len(column)} rows, orders.{customer} has {len(self)}; they must have as many"
                )

    @property
    def customer(self) -> Ints:
        return self.keys.codes

    @property
    def order(self) -> Ints | None:
        return self.order_keys.codes if self.order_keys is not None else None

    def __len__(self) -> int:
        return len(self.customer)

    def __repr__(self) -> str:
        if not len(self):
            return "Log(no rows)"
        first, last = self.give_days(np.array([self.day.min(), self.day.max()]))
        return f"Log({len(self)} rows of {len(np.unique(self.customer))} customers, {first} to {last})"

    def columns(self) -> tuple[Any, ...]:
        """The columns in the order of the raw layer."""
        return (self.customer, self.day, self.value, self.order, self.cancelled, self.multiple, self.value_low)

    def give_days(self, days: Ints) -> NDArray[Any]:
        """Day numbers as the log has them: dates where it has dates."""
        return _columns.as_dates(days) if self.temporal else days


def as_log(log: Any) -> Log:
    """A Log stays, a table becomes one."""
    return log if isinstance(log, Log) else Log(log)
