"""How sure is a share that was counted: k of n customers?

Every rate of the library is a fraction (0.25, not 25) and comes with its numerator, its denominator and an interval. The interval
is Wilson's score interval: unlike the textbook p ± 1.96 √(p (1 − p) / n) it stays inside [0, 1] and keeps its promise for small n
and for rates near 0 and 1.

>>> from retain import rate
>>> low, high = rate.interval(30, 40)
>>> f"{low:.3f} {high:.3f}"
'0.598 0.858'
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import _columns, _retain
from .errors import ArgumentError

__all__ = ["high", "interval", "low"]


def map_numbers(formula: Callable[..., float], name: str, **columns: Any) -> Any:
    """A formula of numbers, applied row by row to columns and single numbers; of the kind of the first column among them."""
    kinds = [_columns.kind_of(column) for column in columns.values()]
    arrays = [_columns.floats(column, key) for key, column in columns.items()]
    kind = next((kind for kind in kinds if not isinstance(kind, _columns.NumberKind)), _columns.NumberKind())
    lengths = {key: len(array) for key, array in zip(columns, arrays) if len(array) != 1}
    if len(set(lengths.values())) > 1:
        (a, m), *others = lengths.items()
        b, n = next(item for item in others if item[1] != m)
        raise ArgumentError(f"{b} has {n} rows, {a} has {m}; they must have as many")
    rows = next(iter(lengths.values()), 1)
    wide = [array if len(array) == rows else np.broadcast_to(array, rows) for array in arrays]
    result = np.fromiter((formula(*values) for values in zip(*(array.tolist() for array in wide))), dtype=np.float64, count=rows)
    return kind.column(name, result)


def low(successes: Any, trials: Any, level: float = 0.95) -> Any:
    """Lower Wilson limit of a share; exactly 0 when `successes` is 0.

    Parameters
    ----------
    successes, trials : number or column
        k of n.
    level : float
        Two-sided level in (0, 1).

    Returns
    -------
    number or column
        NaN where undefined: n ≤ 0, k outside [0, n], level outside (0, 1), any NaN.

    Notes
    -----
    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212; no
    continuity correction.

    Examples
    --------
    >>> round(low(30, 40), 6)
    0.59806
    """
    return map_numbers(_retain.rate_low, "low", successes=successes, trials=trials, level=level)


def high(successes: Any, trials: Any, level: float = 0.95) -> Any:
    """Upper Wilson limit of a share; exactly 1 when `successes` equals `trials`. See :func:`low`.

    Examples
    --------
    >>> round(high(30, 40), 6)
    0.858129
    """
    return map_numbers(_retain.rate_high, "high", successes=successes, trials=trials, level=level)


def interval(successes: Any, trials: Any, level: float = 0.95) -> tuple[Any, Any]:
    """Both Wilson limits of a share. See :func:`low`.

    Examples
    --------
    >>> interval(0, 10)[0]
    0.0
    """
    return low(successes, trials, level), high(successes, trials, level)
