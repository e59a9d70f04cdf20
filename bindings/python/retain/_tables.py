"""Tables in and out: frames of any library that narwhals knows, NumPy structured arrays, and mappings of columns."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from . import _columns
from ._columns import Bytes, Floats, FrameKind, Ints, Kind, ListKind, NumberKind, RecordKind
from .errors import ArgumentError, DataError


class Table:
    """A caller's table: its columns by name, and the kind in which results are given back.

    Parameters
    ----------
    native : DataFrame, structured array or mapping
        What the caller holds.
    what : str
        What sentences call it, such as "customers".
    """

    def __init__(self, native: Any, what: str) -> None:
        self.what = what
        self.native = native
        self._columns: Any
        if isinstance(native, np.ndarray):
            if native.dtype.names is None:
                raise TypeError(f"{what} must be a table with named columns, not a plain array (a dict of arrays is one)")
            if native.ndim != 1:
                raise ArgumentError(f"{what} must have one dimension, not {native.ndim}")
            self.names = list(native.dtype.names)
            self._columns = native
            self.kind: Kind = RecordKind()
        elif isinstance(native, Mapping):
            self.names = list(native)
            self._columns = native
            self.kind = _kind_of_columns(native.values())
        else:
            try:
                frame = nw.from_native(native, pass_through=True)
            except nw.exceptions.DuplicateError:
                names = list(getattr(native, "columns", ()))
                twice = next((repr(name) for name in names if names.count(name) > 1), "of one name")
                raise ArgumentError(f"{what} has two columns {twice}; names must differ") from None
            if isinstance(frame, nw.LazyFrame):
                raise TypeError(f"{what} is a lazy frame; collect it first")
            if not isinstance(frame, nw.DataFrame):
                raise TypeError(
                    f"{what} must be a DataFrame (pandas, Polars, PyArrow ...), a structured array or a dict of columns, "
                    f"not {type(native).__name__}"
                )
            self.names = frame.columns
            self._columns = frame
            self.kind = FrameKind(frame)

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def raw(self, name: str) -> Any:
        """The column as it is."""
        try:
            is_there = hash(name) is not None and name in self.names
        except Exception:  # an array, or whatever has an equality of its own
            raise TypeError(f"the name of a column of {self.what} must be a text, not {type(name).__name__}") from None
        if not is_there:
            have = ", ".join(map(str, self.names[:12])) + (", ..." if len(self.names) > 12 else "")
            raise ArgumentError(f"{self.what} has no column {_columns.shown(name)}; it has {have or 'none'}")
        if isinstance(self._columns, nw.DataFrame):
            return self._columns.get_column(name)  # which takes a number for a name, too, where columns have numbers
        return self._columns[name]

    def floats(self, name: str) -> Floats:
        return _columns.floats(self.raw(name), f"{self.what}.{name}")

    def ints(self, name: str) -> Ints:
        return _columns.ints(self.raw(name), f"{self.what}.{name}")

    def flags(self, name: str) -> Bytes:
        return _columns.flags(self.raw(name), f"{self.what}.{name}")


def _kind_of_columns(columns: Iterable[Any]) -> Kind:
    kinds = [_columns.kind_of(column) for column in columns]
    if kinds and all(isinstance(kind, ListKind) for kind in kinds):
        return ListKind()
    if kinds and all(isinstance(kind, NumberKind) for kind in kinds):
        return NumberKind()
    return Kind()


def _stack(table: Table, names: tuple[str, ...], rows: int) -> Floats | None:
    """Columns one after the other; None where there are none."""
    columns = [table.floats(name) for name in names]
    for name, column in zip(names, columns):
        if len(column) != rows:
            raise ArgumentError(f"{table.what}.{name} has {len(column)} rows, frequency has {rows}")
        for row in np.flatnonzero(~np.isfinite(column))[:1].tolist():
            raise DataError(f"{table.what}.{name}[{row}] is {column[row]:g}; it must be finite", row)
    return np.concatenate(columns) if columns else None


class Customers:
    """The columns that models read, from a table with one row per customer.

    Days in the unit of t_x and T are `unit_days` if given, otherwise those of the table's own column, otherwise `default_unit`,
    otherwise an error: they are never guessed."""

    def __init__(
        self,
        native: Any,
        *,
        spend: bool = False,
        times: bool = True,
        unit_days: float | None = None,
        default_unit: float | None = None,
        covariates: tuple[str, ...] = (),
    ) -> None:
        self.table = Table(native, "customers")
        self.kind = self.table.kind
        self.frequency = self.table.floats("frequency")
        self.weight = self.table.floats("weight") if "weight" in self.table else None
        self.spend = self.table.floats("spend") if spend else None
        self.covariates = _stack(self.table, covariates, len(self.frequency))
        if times:
            self.t_x = self.table.floats("t_x")
            self.T = self.table.floats("T")
            self.unit_days = self._take_unit(unit_days, default_unit)
            self.log_gaps = self.table.floats("log_gaps") if "log_gaps" in self.table else None

    def _take_unit(self, unit_days: float | None, default: float | None) -> float:
        if unit_days is not None:
            unit = _columns.length(unit_days, "unit_days")
            own: Any = np.unique(self.table.floats("unit_days")) if "unit_days" in self.table else []
            if len(own) and (len(own) > 1 or own[0] != unit):
                raise ArgumentError(f"unit_days is {unit:g}, and customers.unit_days says {own[0]:g}: the times are in other units")
            return unit
        if "unit_days" not in self.table:
            if default is not None:
                return default
            raise ArgumentError(
                "customers has no column 'unit_days' and unit_days was not given; say which unit of time t_x and T are in: "
                "unit_days=1 for days, 7 for weeks"
            )
        units = np.unique(self.table.floats("unit_days"))
        if len(units) == 0:
            return 1.0
        if len(units) > 1:
            raise ArgumentError(f"customers.unit_days holds {units[0]:g} and {units[1]:g}; all rows must have the same unit")
        return _columns.length(float(units[0]), "customers.unit_days")


class Matrix:
    """A caller's matrix, one row per customer and one column per point or stretch of time: a two-dimensional array, a list of lists,
    or a table all of whose columns are taken, in their order.

    Parameters
    ----------
    native : array, list of lists or table
        What the caller holds.
    what : str
        What sentences call it, such as "amounts".
    flags : bool
        0 and 1 (or false and true) instead of numbers.
    customer : str, optional
        Name of a table's column of ids, which is no time; not looked for in arrays. It need not be there when it is "customer".
    """

    def __init__(self, native: Any, what: str, *, flags: bool = False, customer: str | None = "customer") -> None:
        convert: Any = _columns.flags if flags else _columns.floats
        self.what = what
        self.labels: np.ndarray[Any, Any] | None = None
        self.kind: Kind = Kind()
        if isinstance(native, (list, tuple)) or (isinstance(native, np.ndarray) and native.dtype.names is None):
            try:
                array = np.asarray(native)
            except ValueError as error:
                raise ArgumentError(f"{what} must have rows of the same length ({error})") from error
            if array.ndim != 2:
                raise ArgumentError(f"{what} must have two dimensions, customers and time, not {array.ndim}")
            self.rows, self.columns = array.shape
            with self.naming():
                self.cells = convert(array.reshape(-1), what)
            return
        table = Table(native, what)
        names = self._times_of(table, customer)
        columns = [convert(table.raw(name), f"{what}.{name}") for name in names]
        if len({len(column) for column in columns}) > 1:
            raise ArgumentError(f"{what} must have columns of the same length")
        self.kind = table.kind
        self.labels = np.array([str(name) for name in names])
        self.rows, self.columns = len(columns[0]) if columns else 0, len(columns)
        self.cells = np.column_stack(columns).reshape(-1) if columns else convert([], what)

    def _times_of(self, table: Table, customer: str | None) -> list[Any]:
        """The columns but that of the ids. One that looks like ids is not taken for money silently."""
        if customer is not None and customer != "customer":
            table.raw(customer)
        names = [name for name in table.names if customer is None or name != customer]
        ids = [name for name in names if re.search(r"(^|_)id$", str(name), re.IGNORECASE)] if customer == "customer" else []
        if ids:
            raise ArgumentError(
                f"{self.what} has a column {ids[0]!r}, which does not look like a time; say customer={str(ids[0])!r} when it holds "
                "the customers, and customer=None when every column is a time"
            )
        return names

    @contextlib.contextmanager
    def naming(self) -> Iterator[None]:
        """Where a sentence names a cell by its place in memory, says its row and column instead."""
        try:
            yield
        except DataError as error:
            found = re.match(re.escape(self.what) + r"\[(\d+)\]", str(error))
            if found is None or not self.columns:
                raise
            row, column = divmod(int(found[1]), self.columns)
            cell = f"{self.what}[{row}, {column}]" if self.labels is None else f"{self.what}.{self.labels[column]}[{row}]"
            raise DataError(cell + str(error)[found.end() :], row) from None


def keep_rows(table: Table, chosen: NDArray[np.bool_]) -> Any:
    """The chosen rows, in the form the caller's table has."""
    native = table.native
    if isinstance(native, np.ndarray):
        return native[chosen]
    if isinstance(table._columns, nw.DataFrame):
        return table._columns.filter(chosen.tolist()).to_native()
    return {name: _keep_column(column, chosen) for name, column in native.items()}


def _keep_column(column: Any, chosen: NDArray[np.bool_]) -> Any:
    series = _columns.native_series(column)
    if series is not None:
        return series.filter(chosen.tolist()).to_native()
    if isinstance(column, np.ndarray):
        return column[chosen]
    return [value for value, keep in zip(column, chosen) if keep]
