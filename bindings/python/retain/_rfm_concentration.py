"""How concentrated revenue is: tiers, Lorenz curve, top share and Gini coefficient, of :mod:`retain.rfm`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Floats, Kind, NumberKind
from ._labels import labelled
from ._run import Run, context
from .errors import ArgumentError

_TIERS = {"value": 0, "customers": 1}
_TIER_NAMES = {"value": ("A", "B", "C"), "customers": ("top 1 %", "top 5 %", "top 20 %", "others")}


@dataclasses.dataclass(frozen=True, eq=False)
class Estimate:
    """A figure with its interval.

    Attributes
    ----------
    value : float or column
        The figure.
    low, high : float or column
        Limits of its interval.
    """

    value: Any
    low: Any
    high: Any


@dataclasses.dataclass(frozen=True, eq=False)
class Lorenz:
    """The Lorenz curve: what share of all value the poorest share p of the customers bring.

    Attributes
    ----------
    p : ndarray
        Shares of customers.
    share : ndarray
        Shares of value.
    low, high : ndarray
        Limits of their intervals.
    """

    p: Floats
    share: Floats
    low: Floats
    high: Floats
    kind: Kind = dataclasses.field(default_factory=Kind, repr=False)

    def table(self) -> Any:
        """The curve as a table of the kind of the values: ``p``, ``share``, ``low``, ``high``."""
        return self.kind.table({name: self.kind.column(name, getattr(self, name)) for name in ("p", "share", "low", "high")})


def gini(value: Any, *, level: float = 0.95, **run: Unpack[Run]) -> Estimate:
    """Gini coefficient: 0 when all customers are worth the same, (n - 1) / n when one brings everything.

    Parameters
    ----------
    value : column
        Revenue, or any other value, of each customer: finite, not negative. Customers with 0 count.
    level : float
        Two-sided level of the interval, in (0, 1).

    Returns
    -------
    Estimate
        NaN when all value is 0; its limits also when all customers are alike.

    Notes
    -----
    The mean difference of two customers over twice the mean, not multiplied by n / (n - 1). Interval after R. Davidson, Journal of
    Econometrics 150 (2009), 30-40; too narrow for few customers of very unequal values.

    Examples
    --------
    >>> gini([10.0, 10.0]).value, gini([0.0, 0.0, 0.0, 5.0]).value
    (0.0, 0.75)
    """
    found = _retain.rfm_gini(context(run), _columns.floats(value, "value"), _columns.level(level))
    return Estimate(found["gini"], found["low"], found["high"])


def lorenz(value: Any, p: Any = None, *, level: float = 0.95, **run: Unpack[Run]) -> Lorenz:
    """The Lorenz curve with its interval.

    Parameters
    ----------
    value
        As for :func:`gini`.
    p : column, optional
        Shares of customers, in [0, 1], poorest first; by default 0, 0.01, ..., 1.
    level : float
        Two-sided level of the intervals, in (0, 1).

    Returns
    -------
    Lorenz

    Notes
    -----
    Linear between customers. Interval after C. M. Beach, R. Davidson, Review of Economic Studies 50 (1983), 723-735.

    Examples
    --------
    >>> lorenz([1.0, 2.0, 3.0, 4.0], [0.25, 0.5, 1.0]).share
    array([0.1, 0.3, 1. ])
    """
    points = np.arange(101) / 100 if p is None else _columns.floats(p, "p")
    out = [np.empty(len(points)) for _ in range(3)]
    _retain.rfm_lorenz(context(run), _columns.floats(value, "value"), points, _columns.level(level), *out)
    share, low, high = out
    return Lorenz(points, share, low, high, _columns.kind_of(value))


def top_share(value: Any, p: Any = 0.2, *, level: float = 0.95, **run: Unpack[Run]) -> Estimate:
    """What share of all value the best share p of the customers bring, as in "the top 20 % make 80 % of the revenue".

    Parameters
    ----------
    value
        As for :func:`gini`.
    p : number or column
        Shares of customers, in [0, 1]. A fraction of a customer counts with the same fraction of his value.
    level : float
        Two-sided level of the interval, in (0, 1).

    Returns
    -------
    Estimate
        Numbers, or columns of the kind of `p`.

    Examples
    --------
    >>> top_share([1.0, 1.0, 1.0, 1.0, 16.0]).value
    0.8
    """
    points, kind = _columns.floats(p, "p"), _columns.kind_of(p)
    out = {name: np.empty(len(points)) for name in ("share", "low", "high")}
    _retain.rfm_top_share(context(run), _columns.floats(value, "value"), points, _columns.level(level), *out.values())
    return Estimate(*(kind.column(name, values) for name, values in out.items()))


def tiers(value: Any, *, by: str = "value", cuts: Any = None, labels: Sequence[Any] | None = None, **run: Unpack[Run]) -> Any:
    """Tiers, best first: ABC analysis by value, VIP tiers by customers.

    A tier is the number of cuts that are ≤ the share of what stands above the customer. So A is made of the customers who bring the
    first 80 %, the one who crosses that line included; equal values share a tier.

    Parameters
    ----------
    value
        As for :func:`gini`.
    by : {"value", "customers"}
        The share of the value that better customers bring, or the share of the customers who are better.
    cuts : column, optional
        Strictly ascending in (0, 1), at most 254. By default 0.8 and 0.95 of the value, or 0.01, 0.05 and 0.2 of the customers.
    labels : sequence, optional
        Names of the tiers, one more than there are cuts. By default "A", "B", "C" for the default cuts by value and "top 1 %", "top
        5 %", "top 20 %", "others" for those by customers, otherwise numbers from 0.

    Returns
    -------
    column
        Of the kind of `value`.

    Examples
    --------
    >>> tiers([50.0, 40.0, 6.0, 4.0]), tiers([50.0, 40.0, 6.0, 4.0], by="customers", cuts=[0.5])
    (['A', 'A', 'B', 'C'], [0, 0, 1, 1])
    """
    kind_of_tiers = _columns.choice(by, "by", _TIERS)
    limits = None if cuts is None else _columns.floats(cuts, "cuts")
    if labels is None and limits is None:
        labels = _TIER_NAMES[by]
    wanted = len(_TIER_NAMES[by] if limits is None else limits) + (limits is not None)
    if labels is not None and (isinstance(labels, (str, bytes)) or len(labels) != wanted):
        raise ArgumentError(f"labels must be a sequence of {wanted} names, one more than there are cuts")
    values, kind = _columns.floats(value, "value"), _columns.kind_of(value)
    tier = np.empty(len(values), dtype=np.uint8)
    _retain.rfm_tiers(context(run), values, kind_of_tiers, limits, tier)
    if labels is None or isinstance(kind, NumberKind):
        return kind.column("tier", tier)
    return labelled(kind, "tier", tier, labels)
