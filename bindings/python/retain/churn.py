"""Who is about to leave, and what would be lost?

The **risk** of a customer is the probability of no order in the next H days, with H said aloud: it can be checked when the H
days are over. It is not 1 − P(alive): a customer can be alive and silent, and under BG/NBD every one-time buyer is "alive" for
certain, which is why that number is refused here.

>>> from retain import ParetoNBD, churn
>>> model = ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67, unit_days=7)
>>> risk = churn.risk(model, {"frequency": [26.0, 0.0], "t_x": [30.86, 0.0], "T": [31.0, 31.0]}, days=90)
>>> churn.bands(risk)
['low', 'high']

What to do about it follows from what a customer is worth, what contacting costs and how many can be contacted: :func:`thresholds`,
:func:`select`, :func:`profit`. Who is overdue by his own measure say :func:`overdue` and, without a model, :func:`gaps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from . import _columns, _retain
from ._churn_plan import Loss as Loss
from ._churn_plan import Offer as Offer
from ._churn_plan import Profit as Profit
from ._churn_plan import Selection as Selection
from ._churn_plan import gaps as gaps
from ._churn_plan import lost as lost
from ._churn_plan import overdue as overdue
from ._churn_plan import profit as profit
from ._churn_plan import select as select
from ._churn_plan import thresholds as thresholds
from ._columns import Kind, RecordKind
from ._estimator import empty
from ._run import Run, context
from .btyd import Model
from .btyd_dynamic import Histories
from .clv import _model
from .errors import ArgumentError

__all__ = [
    "BANDS",
    "Loss",
    "Offer",
    "Profit",
    "Selection",
    "bands",
    "expected_loss",
    "gaps",
    "lost",
    "overdue",
    "profit",
    "risk",
    "select",
    "thresholds",
]

BANDS = ("low", "medium", "high")
"""Names of the default bands: under 0.5, under 0.8, and above."""

_KINDS = {"silence": 0, "dead": 1}


def risk(model: Model, customers: Any, *, days: float = 90.0, kind: str = "silence", **run: Unpack[Run]) -> Any:
    """Churn risk of each customer.

    Parameters
    ----------
    model : any family of :mod:`retain.btyd`
        A fitted model of orders.
    customers : table or Histories
        ``frequency``, ``t_x``, ``T``. Histories, for a model with seasons: the risk knows the season of the days ahead.
    days : float
        H, positive and finite.
    kind : {"silence", "dead"}
        P(no order in the next H days), or 1 − P(alive) for models in which it means something: refused for BG/NBD.

    Returns
    -------
    column
        Probabilities, of the kind of `customers`.
    """
    if isinstance(customers, Histories):
        return _under_seasons(_model(model), customers, _columns.positive(days, "days"), _columns.choice(kind, "kind", _KINDS), run)
    raw, given = _model(model)._raw(), model._customers(customers)
    result = empty(len(given.frequency))
    _retain.churn_risk(
        context(run),
        raw,
        given.frequency,
        given.t_x,
        given.T,
        given.unit_days,
        given.covariates,
        _columns.positive(days, "days"),
        _columns.choice(kind, "kind", _KINDS),
        result,
    )
    return given.kind.column("risk", result)


def _under_seasons(model: Model, histories: Histories, days: float, kind: int, run: Run) -> Any:
    if kind == _KINDS["silence"]:
        return histories.kind.column("risk", np.array(model.silence(histories, days=days, **run), dtype=np.float64))
    odds = np.array(model.log_odds_dead(histories, **run), dtype=np.float64)
    return histories.kind.column("risk", 1.0 / (1.0 + np.exp(-odds)))


def bands(risk: Any, *, cuts: Any = None, labels: Sequence[Any] | None = None, **run: Unpack[Run]) -> Any:
    """Band of each risk.

    Parameters
    ----------
    risk : column
        In [0, 1]; NaN is refused.
    cuts : column, optional
        Strictly ascending in (0, 1), at most 254. By default 0.5 and 0.8.
    labels : sequence, optional
        Names of the bands, one more than there are cuts. By default :data:`BANDS` for the default cuts, otherwise numbers.

    Returns
    -------
    column
        The label of the band, or the number of cuts that are ≤ risk; of the kind of `risk`.

    Examples
    --------
    >>> bands([0.2, 0.5, 0.9]), bands([0.2, 0.5, 0.9], cuts=[0.4])
    (['low', 'medium', 'high'], [0, 1, 1])
    """
    kind = _columns.kind_of(risk)
    risks = _columns.floats(risk, "risk")
    limits = None if cuts is None else _columns.floats(cuts, "cuts")
    if limits is not None and len(limits) > 254:
        raise ArgumentError(f"cuts has {len(limits)} entries; it may have at most 254")
    if labels is None and limits is None:
        labels = BANDS
    wanted = (2 if limits is None else len(limits)) + 1
    if labels is not None and (not _columns.is_column(labels) or len(labels) != wanted):
        raise ArgumentError(f"labels must be a sequence of {wanted} names, one more than there are cuts")
    band = np.empty(len(risks), dtype=np.uint8)
    _retain.churn_bands(context(run), risks, limits, band)
    if labels is None:
        return kind.column("band", band)
    names = np.array(labels)
    if type(kind) is Kind or isinstance(kind, RecordKind) or names.dtype.kind != "U":
        return kind.column("band", names[band])
    return kind.column("band", names[band].astype(object))


def expected_loss(risk: Any, residual: Any, *, cost: float = 0.0, effect: float = 1.0, **run: Unpack[Run]) -> tuple[Any, Any]:
    """Expected loss of doing nothing, and whether an offer would pay.

    loss = risk × residual: what is lost on average when the customer is left alone. An offer that costs `cost` and wins back a
    share `effect` of those who would have left pays when effect × loss > cost; gain is the difference.

    Parameters
    ----------
    risk : column
        In [0, 1].
    residual : column
        Money still to come (:func:`retain.clv.residual`), finite or NaN.
    cost : float
        Cost of contacting one customer, finite and ≥ 0.
    effect : float
        Share of leavers that the contact keeps, in [0, 1].

    Returns
    -------
    loss, gain : columns
        Money, NaN where `residual` is; of the kind of `risk`.

    Examples
    --------
    >>> expected_loss([0.5], [100.0], cost=5.0, effect=0.2)
    ([50.0], [5.0])
    """
    kind = _columns.kind_of(risk)
    risks, money = _columns.floats(risk, "risk"), _columns.floats(residual, "residual")
    loss, gain = empty(len(risks)), empty(len(risks))
    _retain.churn_expected_loss(
        context(run), risks, money, _columns.number(cost, "cost"), _columns.number(effect, "effect"), loss, gain
    )
    return kind.column("loss", loss), kind.column("gain", gain)
