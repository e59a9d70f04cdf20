"""Tables of predictors in: frames, two-dimensional arrays, dicts of columns, lists of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from . import _columns
from ._columns import Floats, Kind, ListKind
from ._tables import Table
from .errors import ArgumentError


class Predictors:
    """A table of predictors as the library reads it.

    Attributes
    ----------
    block : array
        The numbers, one column after the other, or row after row where `by_row` is 1: NumPy's arrays are not copied.
    by_row : int
        How they lie.
    rows, columns : int
        How many there are.
    names : tuple of str, or None
        Names of the columns, where the caller's table has names.
    kind : Kind
        How a column of results about the rows is given back.
    """

    def __init__(self, native: Any, what: str = "X", names: Sequence[str] | None = None) -> None:
        self.names: tuple[str, ...] | None = None
        self.by_row = 0
        if isinstance(native, (list, tuple)) or (isinstance(native, np.ndarray) and native.dtype.names is None):
            self._take_array(native, what)
        elif hasattr(native, "__array__") and not isinstance(native, np.ndarray) and not hasattr(native, "columns"):
            self._take_array(_columns.asked_for_array(native, what), what)  # whatever says how to make an array of itself
        elif hasattr(native, "toarray"):
            raise TypeError(f"{what} is a sparse matrix; give {what}.toarray(), or fewer columns")
        else:
            self._take_table(native, what, names)
        if names is not None and (self.names or self.columns != len(names)) and self.names != tuple(names):
            raise ArgumentError(f"{what} has {self.columns} columns; it must have {len(names)}: {', '.join(map(str, names[:12]))}")

    def _take_array(self, native: Any, what: str) -> None:
        if isinstance(native, np.ma.MaskedArray):
            raise TypeError(f"{what} is a masked array; fill it first")
        self.kind: Kind = ListKind() if isinstance(native, (list, tuple)) else Kind()
        array = _as_matrix(native, what)
        self.rows, self.columns = array.shape
        if array.flags.f_contiguous and not array.flags.c_contiguous:
            self.block: Floats = array.T.reshape(-1)
        else:
            self.block, self.by_row = np.ascontiguousarray(array).reshape(-1), 1

    def _take_table(self, native: Any, what: str, names: Sequence[str] | None) -> None:
        table = Table(native, what)
        chosen = list(table.names) if names is None else list(names)
        columns = [_one_column(table, name) for name in chosen]
        for name, column in zip(chosen, columns):
            if len(column) != len(columns[0]):
                raise ArgumentError(f"{what}.{name} has {len(column)} rows, {what}.{chosen[0]} has {len(columns[0])}; they must have as many")
        self.kind = table.kind
        if all(isinstance(name, str) for name in chosen):  # a frame without names has numbers for them
            self.names = tuple(chosen)
        self.rows, self.columns = (len(columns[0]) if columns else 0), len(columns)
        self.block = np.concatenate(columns) if columns else np.empty(0)


def _as_matrix(native: Any, what: str) -> NDArray[np.float64]:
    try:
        array = np.asarray(native)
        if array.dtype.kind in "USmM":
            raise TypeError(f"it has {'dates and times' if array.dtype.kind in 'mM' else 'texts'}")
        if array.dtype.kind not in "biuf":
            array = np.array([[_cell(value) for value in row] for row in native], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{what} must be a table of numbers: {error}") from None
    if array.ndim != 2:
        raise ArgumentError(f"{what} must have two dimensions, rows and columns, not {array.ndim}. Reshape your data: one row for each customer")
    return np.require(array, dtype=np.float64, requirements=["A"])


def _cell(value: Any) -> Any:
    if isinstance(value, (str, bytes)):
        raise TypeError(f"it has the text {_columns.shown(value)}")
    return np.nan if value is None else value


def _one_column(table: Table, name: str) -> Floats:
    raw = table.raw(name)
    series = _columns.native_series(raw)
    if series is not None and series.dtype == nw.Boolean and not series.is_null().any():
        return np.asarray(series.to_numpy(), dtype=np.float64)
    if isinstance(raw, np.ndarray) and raw.dtype.kind == "b":
        return raw.astype(np.float64)
    if _columns.texts(raw) is not None:
        raise TypeError(f"{table.what}.{name} is a column of texts; make a column of 0 and 1 for each kind but one")
    return table.floats(name)


def match_rows(table: Predictors, rows: int) -> None:
    """What a fit of durations takes: as many rows as `exit` has, and not none."""
    if table.rows != rows:
        raise ArgumentError(f"X has {table.rows} rows, exit has {rows}; they must have as many")
    if rows == 0:
        raise ArgumentError("X has no rows; a regression needs some to be fitted to")


def named(columns: int, names: tuple[str, ...] | None) -> tuple[str, ...]:
    """Names of columns, x0, x1 ... where they have none."""
    return names if names is not None else tuple(f"x{j}" for j in range(columns))


__all__ = ["Predictors", "named"]
