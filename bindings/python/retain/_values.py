"""Single values: numbers, whole numbers, truth values and choices, each refused by name when it is none."""

from __future__ import annotations

import decimal
import math
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from .errors import ArgumentError


def wrong(name: str, wanted: str, what: object) -> TypeError:
    return TypeError(f"{name} must be {wanted}, not {what}")


def shown(value: object) -> str:
    """A value in a sentence, however long it is."""
    try:
        text = repr(value)
    except Exception:  # a number of thousands of digits; an object's own representation can raise anything
        return type(value).__name__
    return text if len(text) <= 100 else text[:97] + "..."


def number(value: Any, name: str) -> float:
    """A single real number."""
    if isinstance(value, (bool, np.bool_, np.timedelta64, str, bytes)) or not (
        isinstance(value, (numbers.Real, decimal.Decimal))
        or (isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "iuf")
    ):
        raise wrong(name, "a number", type(value).__name__)
    try:
        return float(value)
    except OverflowError:
        raise ArgumentError(f"{name} is beyond 1.8e308, the largest number there is") from None
    except ValueError:  # a signalling NaN
        return math.nan


def positive(value: Any, name: str) -> float:
    """A single number above 0. The library reads 0 as "the default"; who writes 0 in Python means 0."""
    result = number(value, name)
    if not result > 0.0:
        raise ArgumentError(f"{name} is {result:g}; it must be positive")
    return result


def length(value: Any, name: str) -> float:
    """Days in a unit of time: above 0 and finite."""
    result = positive(value, name)
    if math.isinf(result):
        raise ArgumentError(f"{name} is inf; it must be finite")
    return result


def level(value: Any, name: str = "level") -> float:
    """The level of intervals."""
    result = number(value, name)
    if not 0.0 < result < 1.0:
        hint = f"; write {result / 100:g} for {result:g} %" if 1.0 < result < 100.0 else ", such as 0.95"
        raise ArgumentError(f"{name} is {result:g}; it must lie in (0, 1){hint}")
    return result


def whole(value: Any, name: str) -> int:
    """A single whole number."""
    if isinstance(value, (bool, np.bool_, np.timedelta64)) or not isinstance(value, numbers.Integral):
        raise wrong(name, "a whole number", type(value).__name__)
    result = int(value)
    if not -(10**40) < result < 10**40:  # which no sentence can show
        raise ArgumentError(f"{name} does not fit in 64 bits")
    return result


def positive_whole(value: Any, name: str) -> int:
    """A whole number above 0 that fits in 64 bits. The library reads 0 as "the default"."""
    result = whole(value, name)
    if not 0 < result < 2**63:
        raise ArgumentError(f"{name} is {result}; it must be {'positive' if result <= 0 else 'at most 2^63 - 1'}")
    return result


def by_name(value: Any, name: str) -> Mapping[Any, Any]:
    """A mapping, such as a dict of numbers by name; None is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise wrong(name, "a dict", type(value).__name__)
    return value


def yes_or_no(value: Any, name: str) -> int:
    """A single truth value."""
    if not isinstance(value, (bool, np.bool_)):
        raise wrong(name, "True or False", shown(value))
    return int(value)


def choice(value: Any, name: str, choices: Mapping[str, int]) -> int:
    """The number of a named choice."""
    if not isinstance(value, str):
        raise wrong(name, "one of " + ", ".join(map(repr, choices)), shown(value))
    if value not in choices:
        raise ArgumentError(f"{name} is {shown(value)}; it must be one of " + ", ".join(map(repr, choices)))
    return choices[value]
