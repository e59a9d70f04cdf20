"""An attribute of each customer (country, channel, first product) as the library reads it: codes for labels, and labels for
codes."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import narwhals as nw
import numpy as np

from . import _columns
from ._columns import Ints, Keys, Kind
from ._tables import Table
from .errors import ArgumentError, DataError
from .orders import Log, first

_STRANGER = re.compile(r"^orders\.customer\[(\d+)\] is (-?\d+), ")
_DAY = re.compile(r"(\] is |\] = )(-?\d+)")


class Groups:
    """A table that gives each customer of a log a label.

    Functions that compare groups take a mapping from customer to label, a table with a column of customers (named as in the log)
    and a column of labels, a pandas Series of labels whose index holds the customers, or the name of a column of the log, whose value
    at the customer's first order counts; and do ::

        groups = Groups.of(log, by, end, count_zero_orders)
        with groups.naming():
            _retain.repeat_compare(context(run), *log.columns(), ..., *groups.columns(), ...)
        ... groups.give(codes, kind) ...

    Parameters
    ----------
    log : Log
        Whose customers the table is about. Customers that the log does not know do no harm.
    given : mapping, table or Series
        What the caller has.
    name : str
        What sentences call it.
    column : str, optional
        Name of the column of labels; by default the only one beside the customers.

    Attributes
    ----------
    customer, group : ndarray of int64
        The customers' codes in the log, ascending, and for each of them the number of its label.
    labels : ndarray
        The labels, ascending: the label of each number.
    """

    def __init__(self, log: Log, given: Any, name: str = "by", column: str | None = None) -> None:
        ids, labels, what = _take_apart(log, given, name, column)
        self._log = log
        self._keys = Keys(labels, what)
        if self._keys.values is None:
            self._keys.values, self._keys.codes = np.unique(self._keys.codes, return_inverse=True)
        codes = log.keys.find(ids, f"{name}.{log.names['customer']}")
        if len(log) and not len(codes):
            raise ArgumentError(f"{name}.{log.names['customer']} has no rows; every customer of the log needs a label")
        if len(codes) != len(self._keys.codes):
            raise ArgumentError(f"{what} has {len(self._keys.codes)} rows, the customers have {len(codes)}")
        self.customer, first, _ = _columns.once(codes, f"{name}.{log.names['customer']}")
        self.group: Ints = np.ascontiguousarray(self._keys.codes[first], dtype=np.int64)
        self.labels = self._keys.values

    @classmethod
    def of(cls, log: Log, by: Any, end: int, count_zero_orders: bool) -> Groups:
        """What an argument `by` says."""
        return cls(log, first(log, by, end, count_zero_orders=count_zero_orders) if isinstance(by, str) else by, "by")

    def __len__(self) -> int:
        return len(self.labels)

    def columns(self) -> tuple[Any, ...]:
        """The table in the order of the raw layer: customers, groups, number of groups."""
        return (self.customer, self.group, len(self.labels))

    def give(self, codes: Ints, kind: Kind) -> Any:
        """Labels of these numbers, as a column that `kind` can put in a table."""
        return self._keys.give(codes, kind)

    def naming(self) -> contextlib.AbstractContextManager[None]:
        """Where the library names a customer by its code, says the customer's own id instead."""
        return naming(self._log)


@contextlib.contextmanager
def naming(log: Log) -> Iterator[None]:
    """Where the library names a customer of this log by its code, says the customer's own id instead, and a date for a day number where
    the log has dates."""
    try:
        yield
    except DataError as error:
        if str(error).startswith("orders.day["):
            sentence = str(error).replace("orders.day", f"orders.{log.names['date']}")
            if log.temporal:
                sentence = _DAY.sub(lambda day: day[1] + str(log.give_days(np.array([int(day[2])]))[0]), sentence)
            raise DataError(sentence, error.row) from None
        found = _STRANGER.match(str(error))
        if found is None or log.keys.values is None:
            raise
        who = log.keys.values.tolist()[int(found[2])]
        sentence = f"orders.customer[{found[1]}] is {who!r}, {str(error)[found.end() :]}"
        raise DataError(sentence, error.row) from None


def _take_apart(log: Log, given: Any, name: str, column: str | None) -> tuple[Any, Any, str]:
    """Customers, labels, and what sentences call the labels."""
    who = log.names["customer"]
    series = _columns.native_series(given)
    if series is not None:
        index = nw.maybe_get_index(series)
        if index is None:
            raise TypeError(f"{name} is a Series without an index; give a table with the columns {who!r} and the labels")
        return index.to_numpy(), given, name
    if isinstance(given, Mapping) and not _is_table(given, who):
        return list(given), list(given.values()), name
    table = Table(given, name)
    if column is None:
        others = [other for other in table.names if other != who]
        if len(others) != 1:
            raise ArgumentError(f"{name} must have one column beside {who!r}; it has {', '.join(map(str, others)) or 'none'}")
        column = others[0]
    return table.raw(who), table.raw(column), f"{name}.{column}"


def _is_table(given: Mapping[Any, Any], who: str) -> bool:
    """Is it columns by name, rather than labels by customer?"""
    return who in given and _columns.is_column(given[who])
