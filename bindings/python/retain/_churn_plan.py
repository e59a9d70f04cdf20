"""Acting on churn risk: who is overdue, whom it is worth to contact, and what that brings. Public as :mod:`retain.churn`."""

from __future__ import annotations

import dataclasses
from typing import Any, Unpack

import numpy as np

from . import _columns, _retain
from ._estimator import empty
from ._run import Run, context
from .btyd import Model
from .calendar import day_number
from .clv import _model
from .errors import ArgumentError
from .orders import _counting, as_log


def overdue(model: Model, customers: Any, **run: Unpack[Run]) -> Any:
    """Is the current silence unusual for this customer? P(a gap at least as long), given the gaps before it and that he is a
    customer still: small for who is overdue by his own measure. A rhythm, not a risk: :func:`risk` says how likely no order is.

    Parameters
    ----------
    model : any family of :mod:`retain.btyd`
        A fitted model of orders.
    customers : table
        ``frequency``, ``t_x``, ``T``.

    Returns
    -------
    column
        Probabilities, of the kind of `customers`.

    Examples
    --------
    >>> from retain import ParetoNBD
    >>> model = ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67, unit_days=7)
    >>> weekly, once = overdue(model, {"frequency": [26.0, 0.0], "t_x": [30.0, 0.0], "T": [36.0, 36.0]})
    >>> round(weekly, 3), round(once, 3)
    (0.026, 0.443)
    """
    raw, given = _model(model)._raw(), model._customers(customers)
    result = empty(len(given.frequency))
    _retain.churn_overdue(context(run), raw, given.frequency, given.t_x, given.T, given.unit_days, given.covariates, result)
    return given.kind.column("p_value", result)


def gaps(
    log: Any,
    observation_end: Any,
    *,
    prior_gaps: float = 4.0,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """How long a silence is by the customer's own gaps and by those of the shop: the same without a model.

    Only gaps that have ended are counted. Short ones have had more time to end: a young shop makes silences look longer than they
    are.

    Parameters
    ----------
    log : Log or table
        The orders.
    observation_end : date-like
        Last day observed, itself included.
    prior_gaps : float
        m: the shop's gaps count as so many of the customer's own.
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.

    Returns
    -------
    table
        Of the kind of the log, ascending by customer: the id; ``silence``, days since the last occasion; ``gaps``, n; ``own_share``
        and ``shop_share`` of gaps at least as long; ``p_value`` = (n own_share + m shop_share) / (n + m).

    Examples
    --------
    >>> log = {"customer": ["a", "a", "a", "b", "b"], "date": [0, 10, 20, 0, 30], "value": [1.0] * 5}
    >>> gaps(log, 45, prior_gaps=1)["p_value"]
    [0.1111111111111111, 0.6666666666666666]
    """
    log = as_log(log)
    rows = len(log)
    customer = np.empty(rows, dtype=np.int64)
    columns = {name: np.empty(rows) for name in ("silence", "gaps", "own_share", "shop_share", "p_value")}
    count = _retain.churn_gaps(
        context(run),
        *log.columns(),
        day_number(observation_end, "observation_end"),
        *_counting(occasion_days, count_zero_orders),
        _columns.positive(prior_gaps, "prior_gaps"),
        customer,
        *columns.values(),
    )["count"]
    table = {log.names["customer"]: log.keys.give(customer[:count].copy(), log.kind)}
    return log.kind.table(table | {name: log.kind.column(name, values[:count].copy()) for name, values in columns.items()})


@dataclasses.dataclass(frozen=True)
class Offer:
    """What is done to keep a customer. With risk p and value v the expected gain is
    p × effect × (v − incentive) − (1 − p) × incentive − cost.

    Attributes
    ----------
    cost : float
        Of contacting one customer.
    incentive : float
        What the offer costs when it is taken: by the leavers whom it keeps, and by all who would have stayed anyway.
    effect : float
        Share of leavers that it keeps, in [0, 1]. Only an experiment tells it.

    Notes
    -----
    Neslin et al., J. Marketing Research 43 (2006), 204-211; Verbeke et al., European J. of Operational Research 218 (2012), 211-229.
    """

    cost: float
    incentive: float = 0.0
    effect: float = 1.0

    def _raw(self) -> tuple[float, float, float]:
        return tuple(_columns.number(getattr(self, name), name) for name in ("cost", "incentive", "effect"))  # type: ignore[return-value]


def thresholds(value: Any, offer: Offer, **run: Unpack[Run]) -> Any:
    """From which risk on contacting a customer pays: (cost + incentive) / (effect × value + (1 − effect) × incentive). Above 1: never.

    Parameters
    ----------
    value : column
        Money still to come (:func:`retain.clv.residual`), finite or NaN.
    offer : Offer

    Returns
    -------
    column
        Of the kind of `value`; NaN where it is.

    Examples
    --------
    >>> thresholds([400.0, 40.0, 4.0], Offer(cost=2.0, effect=0.1))
    [0.05, 0.5, 5.0]
    """
    money = _columns.floats(value, "value")
    result = empty(len(money))
    _retain.churn_thresholds(context(run), money, *_offer(offer)._raw(), result)
    return _columns.kind_of(value).column("threshold", result)


@dataclasses.dataclass(frozen=True)
class Selection:
    """Whom :func:`select` chose. Money and numbers are expected ones, if the risks are right.

    Attributes
    ----------
    chosen : column of bool
        Of the kind of the risks.
    gain : column
        Each customer's gain; NaN where there is no value.
    paying, count : int
        Customers with a positive gain, and those who were chosen.
    total : float
        Gain of all who were chosen.
    marginal_gain, next_gain : float
        Gain of the last one who was chosen, and of the best one who was not: what one more contact would bring.
    tied, tied_chosen : int
        Customers whose gain is exactly the marginal one, and how many of them were chosen: those of the first rows.
    lost, lost_low, lost_high : float
        Of the chosen, customers who leave when nothing is done, with prediction limits.
    kept : float
        Of them, kept by the contact.
    """

    chosen: Any
    gain: Any
    paying: int
    count: int
    total: float
    marginal_gain: float
    next_gain: float
    tied: int
    tied_chosen: int
    lost: float
    lost_low: float
    lost_high: float
    kept: float


def select(
    risk: Any, value: Any, offer: Offer, *, most: int | None = None, level: float = 0.95, **run: Unpack[Run]
) -> Selection:
    """Whom to contact: those whose gain is largest, at most `most` of them, and nobody whose gain is not positive.

    Parameters
    ----------
    risk : column
        In [0, 1].
    value : column
        Money still to come; customers without one (NaN) are not chosen.
    offer : Offer
    most : int, optional
        How many can be contacted. By default all who pay.
    level : float
        Of the prediction limits.

    Examples
    --------
    >>> found = select([0.9, 0.2, 0.5], [100.0, 400.0, 10.0], Offer(cost=2.0, effect=0.1), most=1)
    >>> found.chosen, found.marginal_gain, found.next_gain
    ([True, False, False], 7.0, 6.0)
    """
    kind = _columns.kind_of(risk)
    risks, money = _columns.floats(risk, "risk"), _columns.floats(value, "value")
    chosen, gain = np.empty(len(risks), dtype=np.uint8), empty(len(risks))
    reach = -1 if most is None else int(_columns.whole(most, "most"))
    if most is not None and reach < 0:
        raise ArgumentError(f"most is {most}; it must be at least 0")
    found = _retain.churn_select(context(run), risks, money, *_offer(offer)._raw(), reach, _columns.level(level), chosen, gain)
    return Selection(chosen=kind.column("chosen", chosen.astype(bool)), gain=kind.column("gain", gain), **found)


@dataclasses.dataclass(frozen=True)
class Loss:
    """How many leave, and what leaves with them, as :func:`lost` says.

    Attributes
    ----------
    customers, low, high : float
        The sum of the risks, and prediction limits of the number.
    money, money_low, money_high : float
        Expected loss, and normal limits; NaN without values.
    """

    customers: float
    low: float
    high: float
    money: float
    money_low: float
    money_high: float


def lost(risk: Any, value: Any = None, *, level: float = 0.95, **run: Unpack[Run]) -> Loss:
    """How many customers leave, with limits: chance alone, if the risks are right and customers leave independently.

    Parameters
    ----------
    risk : column
        In [0, 1].
    value : column, optional
        Money at stake.
    level : float

    Notes
    -----
    The number is Poisson binomial: exact up to 50,000 customers, beyond that the refined normal approximation (A. Volkova, Theory
    Probab. Appl. 40 (1996), 791-794). What moves all customers at once comes on top: :func:`retain.evaluation.shocks`.

    Examples
    --------
    >>> found = lost([0.5] * 20)
    >>> found.customers, found.low, found.high
    (10.0, 6.0, 14.0)
    """
    risks = _columns.floats(risk, "risk")
    money = None if value is None else _columns.floats(value, "value")
    return Loss(**_retain.churn_lost(context(run), risks, money, _columns.level(level)))


@dataclasses.dataclass(frozen=True)
class Profit:
    """The profit curve of a ranking, as :func:`profit` makes it.

    Attributes
    ----------
    table : table
        One row per distinct score, the largest first: ``score``, ``customers`` contacted, their ``cost``, ``profit``, ``low``, ``high``.
    score : float
        The best cut: contact everybody with this score or a larger one; infinite when nobody pays.
    customers, share : float
        Contacted there, and their share of all.
    profit, low, high : float
        Profit at the best cut, with limits. The best of many cuts was lucky, too: on other customers expect less.
    per_customer : float
        Profit / all customers: the maximum profit criterion of Verbeke et al. (2012).
    profit_of_all : float
        Of contacting everybody.
    """

    table: Any
    score: float
    customers: float
    share: float
    profit: float
    low: float
    high: float
    per_customer: float
    profit_of_all: float


def profit(score: Any, left: Any, value: Any, offer: Offer, *, level: float = 0.95, **run: Unpack[Run]) -> Profit:
    """Profit when customers are contacted in the order of a score, and the best cut.

    Parameters
    ----------
    score : column
        The larger, the sooner contacted: a risk, or a gain.
    left : column
        1 for who left, 0 for who stayed (customers of a holdout): then the limits are for as many customers of the same kind. Or the
        probability of leaving: then the curve is what to expect of these very customers, if the probabilities are right.
    value : column
        Money at stake.
    offer : Offer
    level : float
        Of the limits.

    Examples
    --------
    >>> found = profit([0.9, 0.7, 0.4, 0.1], [1, 0, 1, 0], [100.0] * 4, Offer(cost=5.0, effect=0.2))
    >>> found.table["profit"], found.customers, found.profit
    ([15.0, 10.0, 25.0, 20.0], 3.0, 25.0)
    """
    kind = _columns.kind_of(score)
    scores, money = _columns.floats(score, "score"), _columns.floats(value, "value")
    gone = _columns.floats(left, "left", booleans=True)
    columns = {name: empty(len(scores)) for name in ("score", "customers", "cost", "profit", "low", "high")}
    found = _retain.churn_profit(
        context(run), scores, gone, money, *_offer(offer)._raw(), _columns.level(level), *columns.values()
    )
    points = found.pop("points")
    table = kind.table({name: kind.column(name, values[:points].copy()) for name, values in columns.items()})
    return Profit(table=table, **found)


def _offer(offer: Any) -> Offer:
    if not isinstance(offer, Offer):
        raise TypeError(f"offer must be an Offer, such as Offer(cost=2.0, effect=0.1), not {type(offer).__name__}")
    return offer
