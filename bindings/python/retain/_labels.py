"""Columns of labels, by their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._columns import Kind, ListKind, RecordKind


def labelled(kind: Kind, name: str, numbers: NDArray[Any], labels: Sequence[Any]) -> Any:
    """A column of a table of this kind: of each number, its label."""
    words = np.array(labels)
    if isinstance(kind, ListKind):
        return [labels[number] for number in numbers.tolist()]
    if type(kind) is Kind or isinstance(kind, RecordKind) or words.dtype.kind != "U":
        return kind.column(name, words[numbers])
    return kind.column(name, words[numbers].astype(object))
