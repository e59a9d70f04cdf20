"""Rows of survival regressions: durations with what is known of each."""

from __future__ import annotations

import re
from typing import Any

from ._columns import Ints, Keys
from ._figures import Groups
from ._predictors import Predictors, match_rows
from .errors import ArgumentError
from .survival import _Durations


class Rows:
    """Durations with predictors, strata and customers, as the library reads them."""

    def __init__(self, X: Any, exit: Any, event: Any, entry: Any, weight: Any, stratum: Any, customer: Any) -> None:
        self.X = Predictors(X)
        self.durations = _Durations(exit, event, entry, weight)
        rows = len(self.durations.exit)
        match_rows(self.X, rows)
        self.groups = Groups(stratum, "stratum")
        self.customer: Ints | None = None if customer is None else Keys(customer, "customer").codes
        for name, codes in (("stratum", self.groups.codes), ("customer", self.customer)):
            if codes is not None and len(codes) != rows:
                raise ArgumentError(f"{name} has {len(codes)} rows, exit has {rows}; they must have as many")

    def columns(self) -> tuple[Any, ...]:
        return *self.durations.columns(), self.X.block, self.X.by_row, self.groups.codes, len(self.groups), self.customer


def name_predictors(sentence: str, names: tuple[str, ...]) -> str:
    """A sentence of the C library, which knows predictors by their number, with their names."""
    return re.sub(r"\bx(\d{1,2})\b", lambda found: names[int(found[1])] if int(found[1]) < len(names) else found[0], sentence)
