"""How sure is a share that was counted: k of n customers?

Every rate of the library is a fraction (0.25, not 25) and comes with its numerator, its denominator and an interval. The interval
is Wilson's score interval: unlike the textbook p ± 1.96 √(p (1 − p) / n) it stays inside [0, 1] and keeps its promise for small n
and for rates near 0 and 1.

>>> from retain import rate
>>> low, high = rate.interval(30, 40)
>>> f"{low:.3f} {high:.3f}"
'0.598 0.858'

Two rates of different customers are compared by their difference, which has an interval and a test of its own: :func:`difference`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import _columns, _retain
from .errors import ArgumentError

__all__ = ["Difference", "difference", "high", "interval", "low"]


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


class Difference(NamedTuple):
    """What :func:`difference` returns: numbers, or columns where columns were given.

    Attributes
    ----------
    difference : number or column
        First rate less second.
    low, high : number or column
        Limits of the difference, within [-1, 1].
    z : number or column
        Score statistic of "both rates are the same"; NaN when nobody or everybody succeeded in both groups.
    p_value : number or column
        Its two-sided P.
    """

    difference: Any
    low: Any
    high: Any
    z: Any
    p_value: Any


def difference(successes_1: Any, trials_1: Any, successes_2: Any, trials_2: Any, level: float = 0.95) -> Difference:
    """Difference of the rates of two independent groups, first less second, with its interval and a test.

    Parameters
    ----------
    successes_1, trials_1, successes_2, trials_2 : number or column
        k of n in both groups.
    level : float
        Two-sided level in (0, 1).

    Returns
    -------
    Difference
        NaN where one of the two is no rate.

    Notes
    -----
    The interval is Newcombe's hybrid score interval, made of both Wilson intervals; it exists with empty cells too. R. G. Newcombe,
    "Interval estimation for the difference between independent proportions: comparison of eleven methods", Statistics in Medicine
    17 (1998), 873-890, method 10. The test is the score test with the pooled rate, z² being Pearson's chi-square without correction.
    Below some five expected successes or failures in a group the normal distribution is a rough guide: trust the interval.

    Examples
    --------
    >>> found = difference(56, 70, 48, 80)
    >>> f"{found.difference:.1f} ({found.low:.3f} to {found.high:.3f}), P = {found.p_value:.3f}"
    '0.2 (0.052 to 0.334), P = 0.008'
    """
    counts = {"successes_1": successes_1, "trials_1": trials_1, "successes_2": successes_2, "trials_2": trials_2}
    return Difference(
        map_numbers(_retain.rate_difference, "difference", **counts),
        map_numbers(_retain.rate_difference_low, "low", **counts, level=level),
        map_numbers(_retain.rate_difference_high, "high", **counts, level=level),
        map_numbers(_retain.rate_difference_z, "z", **counts),
        map_numbers(_retain.rate_difference_p_value, "p_value", **counts),
    )
