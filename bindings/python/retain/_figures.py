"""Rows that belong to groups: any ids in, codes for the raw layer, and one row per group out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _columns
from ._columns import Floats, Ints, Keys, Kind


@dataclasses.dataclass(frozen=True, eq=False)
class Figures:
    """Figures of every group, and of all.

    Attributes
    ----------
    total : dict
        The figures of all rows.
    """

    total: dict[str, float]
    _table: Any = dataclasses.field(default=None, repr=False)

    def table(self) -> Any:
        """One row per group in ascending order: ``group`` and the figures by name, of the kind of the column that says the groups.
        One row of all, as a dict of arrays, when no groups were asked for."""
        if self._table is None:
            return {name: np.array([value]) for name, value in self.total.items()}
        return self._table


class Groups:
    """Codes from 0 for the ids in a column."""

    def __init__(self, by: Any, name: str) -> None:
        self.kind: Kind = _columns.kind_of(by) if by is not None else Kind()
        self.keys = Keys(by, name) if by is not None else None
        self.codes: Ints | None = None
        self.found: Ints = np.empty(0, dtype=np.int64)
        if self.keys is not None:
            self.found, codes = np.unique(self.keys.codes, return_inverse=True)
            self.codes = codes.astype(np.int64, copy=False)

    def __len__(self) -> int:
        return len(self.found)

    def outputs(self, count: int) -> list[Floats]:
        """Columns of one row per group and one for the total."""
        return [np.empty(len(self) + 1) for _ in range(count)]

    def give(self, columns: Mapping[str, Floats]) -> Figures:
        total = {name: float(values[-1]) for name, values in columns.items()}
        if self.keys is None:
            return Figures(total)
        return Figures(total, self.rows({name: values[:-1].copy() for name, values in columns.items()}))

    def rows(self, columns: Mapping[str, Any]) -> Any:
        """A table of one row per group."""
        table = {"group": self.keys.give(self.found, self.kind) if self.keys is not None else self.found}
        for name, values in columns.items():
            table[name] = self.kind.column(name, values)
        return self.kind.table(table)
