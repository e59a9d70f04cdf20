"""What has each customer brought, and what is each still going to bring?

Three numbers that are often confused have three names::

    historic = margin x revenue so far
    residual = margin x expected value of an order x discounted expected orders over a horizon (or for ever)
    total    = historic + residual

>>> from retain import BGNBD, clv
>>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
>>> customers = {"frequency": [2.0, 0.0], "t_x": [30.4, 0.0], "T": [38.9, 38.9]}
>>> residual = clv.residual(model, customers, [25.0, 20.0], days=365, annual_rate=0.1, margin=0.3)
>>> [round(v, 2) for v in residual]
[11.14, 1.49]
"""

from __future__ import annotations

import math
from typing import Any, Unpack

import numpy as np

from . import _columns, _retain
from ._clv_interval import Terms, interval, sums
from ._clv_plan import Concentration, Naive, Payback, concentration, lifespan, naive, payback, retention_value
from ._columns import Floats
from ._estimator import empty
from ._run import Run, context
from .btyd import Model
from .errors import ArgumentError

__all__ = [
    "Concentration",
    "Naive",
    "Payback",
    "Terms",
    "at_risk",
    "concentration",
    "delta",
    "historic",
    "interval",
    "lifespan",
    "naive",
    "payback",
    "residual",
    "retention_value",
    "sums",
    "total",
]


def delta(annual_rate: Any, unit_days: Any) -> Any:
    """Continuous discount rate per unit of time: ln(1 + annual_rate) unit_days / 365.25.

    Returns
    -------
    number or column
        NaN unless annual_rate > −1 and unit_days > 0.

    Examples
    --------
    >>> round(delta(0.10, 7), 8)
    0.00182662
    """
    from .rate import map_numbers

    return map_numbers(_retain.clv_delta, "delta", annual_rate=annual_rate, unit_days=unit_days)


def _margins(margin: Any, rows: int, whose: str) -> tuple[Floats | None, float]:
    """A column of margins, or one number. The library reads a margin of 0 as "the default", so a 0 becomes a column."""
    if isinstance(_columns.kind_of(margin), _columns.NumberKind):
        value = _columns.number(margin, "margin")
        return (np.zeros(rows), 1.0) if value == 0.0 else (None, value)
    column = _columns.floats(margin, "margin")
    if len(column) != rows:
        raise ArgumentError(f"margin has {len(column)} rows, {whose} has {rows}; they must have as many")
    return column, 1.0


def _model(model: Any) -> Model:
    if not isinstance(model, Model):
        raise TypeError(f"model must be a buy-till-you-die model such as ParetoNBD, not {type(model).__name__}")
    return model


def historic(revenue: Any, *, margin: Any = 1.0, **run: Unpack[Run]) -> Any:
    """Value so far: margin × revenue.

    Parameters
    ----------
    revenue : column
        Money so far (``revenue`` of :func:`retain.orders.summary`), finite.
    margin : number or column
        Share of an order's value that is profit: for all customers, or one each.

    Returns
    -------
    column
        Money, of the kind of `revenue`.

    Examples
    --------
    >>> historic([100.0, 50.0], margin=0.3)
    [30.0, 15.0]
    """
    kind = _columns.kind_of(revenue)
    money = _columns.floats(revenue, "revenue")
    result = empty(len(money))
    _retain.clv_historic(context(run), money, *_margins(margin, len(money), "revenue"), result)
    return kind.column("historic", result)


def residual(
    model: Model,
    customers: Any,
    value: Any,
    *,
    days: float | None = None,
    annual_rate: float = 0.0,
    margin: Any = 1.0,
    **run: Unpack[Run],
) -> Any:
    """Value still to come: margin × expected value of an order × discounted expected orders.

    Parameters
    ----------
    model : any family of :mod:`retain.btyd`
        A fitted model of orders.
    customers : table
        ``frequency``, ``t_x``, ``T``.
    value : column
        Expected value of an order of each customer (:meth:`retain.GammaGamma.expected`), finite or NaN.
    days : float, optional
        Horizon after the observation end; for ever by default.
    annual_rate : float
        Effective annual discount rate, ≥ 0: 0.10 means that money in a year is worth 1 / 1.10 of money today.
    margin : number or column
        Share of an order's value that is profit.

    Returns
    -------
    column
        Money at the observation end, of the kind of `customers`; NaN where `value` is NaN; infinite where an undiscounted sum for
        ever diverges.

    Notes
    -----
    Source: P. Fader, B. Hardie, K. L. Lee, "RFM and CLV: using iso-value curves for customer base analysis", JMR 42(4) (2005).
    """
    raw, given = _model(model)._raw(), model._customers(customers)
    rows = len(given.frequency)
    result = empty(rows)
    rate = _columns.number(annual_rate, "annual_rate")
    if not 0.0 <= rate < math.inf:
        raise ArgumentError(f"annual_rate is {rate:g}; it must be finite and at least 0")
    margins, share = _margins(margin, rows, "customers")
    _retain.clv_residual(
        context(run),
        raw,
        given.frequency,
        given.t_x,
        given.T,
        given.unit_days,
        given.covariates,
        _columns.floats(value, "value"),
        margins,
        math.inf if days is None else _columns.positive(days, "days"),
        rate,
        share,
        result,
    )
    return given.kind.column("residual", result)


def total(historic: Any, residual: Any, **run: Unpack[Run]) -> Any:
    """Historic and residual value together.

    Returns
    -------
    column
        Their sum, NaN where either is; of the kind of `historic`.

    Examples
    --------
    >>> total([30.0, 15.0], [9.5, float("nan")])
    [39.5, nan]
    """
    kind = _columns.kind_of(historic)
    past, future = _columns.floats(historic, "historic"), _columns.floats(residual, "residual")
    result = empty(len(past))
    _retain.clv_total(context(run), past, future, result)
    return kind.column("total", result)


def at_risk(risk: Any, residual: Any, **run: Unpack[Run]) -> tuple[Any, float]:
    """Value at risk of each customer: risk × residual, the order in which to call them.

    Parameters
    ----------
    risk : column
        Churn risk (:func:`retain.churn.risk`) in [0, 1], or NaN.
    residual : column
        Money still to come.

    Returns
    -------
    value_at_risk : column
        Money, NaN where either input is; of the kind of `risk`.
    sum : float
        Over the rows that are not NaN, rounded once.

    Examples
    --------
    >>> at_risk([0.5, 0.1], [30.0, 20.0])
    ([15.0, 2.0], 17.0)
    """
    kind = _columns.kind_of(risk)
    risks, money = _columns.floats(risk, "risk"), _columns.floats(residual, "residual")
    result = empty(len(risks))
    found = _retain.clv_at_risk(context(run), risks, money, result)
    return kind.column("value_at_risk", result), found["sum"]
