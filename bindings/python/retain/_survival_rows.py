"""Rows of survival regressions: durations with what is known of each."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from ._columns import Keys
from ._figures import Groups
from ._predictors import Predictors, match_rows
from .errors import ArgumentError, DataError
from .survival import _Durations


class Rows:
    """Durations with predictors, strata and customers, as the library reads them."""

    def __init__(self, X: Any, exit: Any, event: Any, entry: Any, weight: Any, stratum: Any, customer: Any) -> None:
        self.X = Predictors(X)
        self.durations = _Durations(exit, event, entry, weight)
        rows = len(self.durations.exit)
        match_rows(self.X, rows)
        self.groups = Groups(stratum, "stratum")
        _match("stratum", self.groups.codes, rows)
        self.customers = Customers(customer, rows)

    def columns(self) -> tuple[Any, ...]:
        return *self.durations.columns(), self.X.block, self.X.by_row, self.groups.codes, len(self.groups), self.customers.codes


class Customers:
    """Whose rows they are, where customers have several."""

    def __init__(self, customer: Any, rows: int) -> None:
        self._keys = None if customer is None else Keys(customer, "customer")
        self.codes = None if self._keys is None else self._keys.codes
        _match("customer", self.codes, rows)

    @contextlib.contextmanager
    def naming(self) -> Iterator[None]:
        """Where the library names a customer by its code, says the customer's own id instead."""
        try:
            yield
        except DataError as error:
            values = None if self._keys is None else self._keys.values
            if values is None:
                raise
            sentence = _CODE.sub(lambda found: repr(values.tolist()[int(found[0])]), str(error))
            raise DataError(sentence, error.row) from None


_CODE = re.compile(r"(?<=\bare both of customer )\d+(?=,)")


def _match(name: str, codes: Any, rows: int) -> None:
    if codes is not None and len(codes) != rows:
        raise ArgumentError(f"{name} has {len(codes)} rows, exit has {rows}; they must have as many")


def name_predictors(sentence: str, names: tuple[str, ...]) -> str:
    """A sentence of the C library, which knows predictors by their number, with their names."""
    return re.sub(r"\bx(\d{1,2})\b", lambda found: names[int(found[1])] if int(found[1]) < len(names) else found[0], sentence)
