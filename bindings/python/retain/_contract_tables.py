"""Subscribers in the forms that contract models are given them: survivors of cohorts, or a row each."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from . import _columns
from ._columns import Bytes, Floats, Kind
from ._tables import Matrix, Table
from .errors import ArgumentError


class Survivors:
    """Survivors of cohorts in whatever form: one column, rows of differing lengths, a two-dimensional array, a frame."""

    def __init__(self, native: Any) -> None:
        self.rows, self.kind = 1, Kind()
        if isinstance(native, np.ndarray) and native.dtype.names is None and native.ndim == 2:
            table = Matrix(native, "survivors")
            self.rows, self.cells, self.single = table.rows, table.cells, False
        elif isinstance(native, (list, tuple)) and len(native) and all(isinstance(row, (list, tuple, np.ndarray)) for row in native):
            rows = [_columns.floats(row, f"survivors[{i}]") for i, row in enumerate(native)]
            width = max(len(row) for row in rows)
            self.rows, self.single = len(rows), False
            self.cells = np.concatenate([np.append(row, np.full(width - len(row), np.nan)) for row in rows])
        elif _columns.is_column(native):
            self.cells, self.single = _columns.floats(native, "survivors"), True
        else:
            whole = Table(native, "survivors")
            self.kind, self.single = whole.kind, False
            for name in (name for name in whole.names if isinstance(name, str)):  # a number would be a row
                column = whole.raw(name)
                if _columns.is_temporal(column) or _columns.texts(column) is not None:
                    raise ArgumentError(f"survivors has a column {name!r} that holds no counts; leave it out: S_0, S_1, ... alone")
            frame = nw.from_native(native, pass_through=True)
            if isinstance(frame, nw.DataFrame):  # whose columns are often numbers, 0, 1, 2 ..., and not names
                native = np.asarray(frame.to_numpy())
            table = Matrix(native, "survivors", customer=None)
            self.rows, self.cells = table.rows, table.cells

    def give(self, name: str, values: Floats) -> Any:
        return float(values[0]) if self.single else self.kind.column(name, values)


class Subscribers:
    """The columns `periods`, `left` and, if there is one, `weight` of a table."""

    def __init__(self, native: Any) -> None:
        table = Table(native, "customers")
        self.kind = table.kind
        self.periods = table.floats("periods")
        self.left: Bytes = table.flags("left")
        self.weight = table.floats("weight") if "weight" in table else None
