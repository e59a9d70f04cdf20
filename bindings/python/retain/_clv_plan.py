"""What lifetime values are for: payback, concentration, and the formulas that people know."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._clv_interval import Forecast, Terms, _covariance, checked_terms
from ._columns import Floats
from ._run import Run, context
from ._tables import Customers
from .btyd import Model
from .btyd_dynamic import Histories
from .errors import ArgumentError
from .rate import map_numbers
from ._spend_orders import _OrderSpend
from .spend import GammaGamma

_OUTCOMES = ("none", "reached", "open", "missed")


@dataclasses.dataclass(frozen=True)
class Payback:
    """When a cost is earned back.

    Attributes
    ----------
    outcome : str
        "reached"; "missed": never within the horizon; "none": the cost is not known (NaN), or there is no value.
    days : float
        From the observation end on, for new customers from the first order on; 0: already. NaN unless reached.
    days_low, days_high : float
        When the upper, and the lower, limit of the margin so far reaches the cost; infinite: it may be never.
    value, value_low, value_high : float
        Margin so far and to come within the horizon, with limits from the parameters.
    ratio, ratio_low, ratio_high : float
        value / cost, the CLV:CAC ratio.
    """

    outcome: str
    days: float
    days_low: float
    days_high: float
    value: float
    value_low: float
    value_high: float
    ratio: float
    ratio_low: float
    ratio_high: float


def _payback(found: dict[str, Any]) -> Payback:
    return Payback(**{**found, "outcome": _OUTCOMES[found["outcome"]]})


def _new(model: Any, spend: Any) -> tuple[Floats, Floats | None, Floats | None, Floats | None, float]:
    """Models of a new customer as the raw layer takes them; an expected order value in the place of a spend model."""
    if not isinstance(model, Model):
        raise TypeError(f"model must be a buy-till-you-die model such as ParetoNBD, not {type(model).__name__}")
    if isinstance(spend, (GammaGamma, _OrderSpend)):
        return model._raw(), _covariance(model), spend._raw(), _covariance(spend), math.nan
    return model._raw(), _covariance(model), None, None, _columns.number(spend, "spend")


def _scalars(terms: Terms) -> tuple[float, float, float, float, float]:
    """Terms of a new customer, who has no row."""
    checked_terms(terms)
    for name in ("margin", "order_cost", "service_cost", "annual_rate"):
        if not isinstance(_columns.kind_of(getattr(terms, name)), _columns.NumberKind):
            raise TypeError(f"terms.{name} is a column; terms must be numbers for new customers, who have no rows")
    days, rate, margin, order_cost, service_cost, *_ = terms._raw(1)
    if margin == 0.0:
        raise ArgumentError("margin is 0; customers who bring nothing pay nothing back")
    return days, rate, margin, order_cost, service_cost


def payback(
    model: Model,
    spend: Any,
    cost: float,
    *,
    customers: Any = None,
    order_values: Any = None,
    histories: Histories | None = None,
    historic: Any = None,
    first_value: float | None = None,
    terms: Terms = Terms(),
    level: float = 0.95,
    **run: Unpack[Run],
) -> Payback:
    """When new customers, or a cohort, will have paid back what winning them has cost.

    Parameters
    ----------
    model : any family of :mod:`retain.btyd`
        Without covariates, for new customers.
    spend : GammaGamma, LogNormalSpend, GammaGammaOrders, number or column
        The model of order values; or the expected value of an order: a number for new customers, a column for a cohort.
    cost : float
        Of winning one customer (CAC); with `customers`, of winning all of them. NaN: not known.
    customers : table, optional
        A cohort: ``frequency``, ``t_x``, ``T``, ``spend``; ``weight`` counts. Without it: a new customer,
        of whom a model of single orders supposes a frequency of 0.
    order_values : table, optional
        Of the cohort, for models of single orders: as for :func:`interval`.
    histories : Histories, optional
        The cohort's seasons, row by row: as for :func:`interval`. They must be known until the horizon of the terms.
    historic : column, optional
        What the cohort's customers have brought so far.
    first_value : float, optional
        Value of a new customer's first order, which is certain and brings margin on day 0; by default that of any order.
    terms : Terms
        Margin, costs, discount rate, and the horizon beyond which nobody waits: 10^5 days at most.
    level : float
        Two-sided level of the limits.

    Returns
    -------
    Payback

    Notes
    -----
    The margin so far is expected, and its limits are by the delta method; those of the time are where they reach the cost.

    Examples
    --------
    >>> from retain import BGNBD, clv
    >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
    >>> found = clv.payback(model, 35.0, 15.0, terms=clv.Terms(margin=0.3, annual_rate=0.1))
    >>> found.outcome, round(found.days), round(found.ratio, 2)
    ('reached', 68, 3.78)
    """
    price = _columns.number(cost, "cost")
    share = _columns.level(level)
    if customers is None:
        if historic is not None:
            raise ArgumentError("historic is given without customers; a new customer has brought nothing yet")
        if histories is not None:
            raise ArgumentError("histories is given without customers; give histories.summary() as customers, a new customer has no history yet")
        *models, value = _new(model, spend)
        first = math.nan if first_value is None else _columns.number(first_value, "first_value")
        return _payback(_retain.clv_payback_new(context(run), *models, value, first, price, *_scalars(terms), share))
    if first_value is not None:
        raise ArgumentError("first_value is given with customers; what they have brought so far is historic")
    forecast = Forecast(model, customers, spend, order_values, histories)
    given = forecast.given
    rows = len(given.frequency)
    past = None if historic is None else _columns.floats(historic, "historic")
    if histories is not None:
        asked = (*forecast.raw_dynamic(histories, (given.weight,)), past, price, *checked_terms(terms)._raw_dynamic(rows, histories))
        return _payback(_retain.clv_dynamic_payback(context(run), *asked, share))
    found = _retain.clv_payback(
        context(run),
        *forecast.raw(),
        given.spend,
        given.weight,
        given.unit_days,
        given.covariates,
        forecast.value,
        *forecast.values,
        past,
        price,
        *checked_terms(terms)._raw(rows),
        share,
    )
    return _payback(found)


@dataclasses.dataclass(frozen=True, eq=False)
class Concentration:
    """How few customers hold how much of the value.

    Attributes
    ----------
    customers : int
        Who have a value.
    gini, gini_low, gini_high : float
        Gini coefficient, with limits.
    p : ndarray
        Shares of the best customers: 1, 5, 10 and 20 %.
    top, top_low, top_high : ndarray
        Shares of all value that they hold, with limits.
    """

    customers: int
    gini: float
    gini_low: float
    gini_high: float
    p: NDArray[np.float64]
    top: NDArray[np.float64]
    top_low: NDArray[np.float64]
    top_high: NDArray[np.float64]


def concentration(value: Any, *, level: float = 0.95, **run: Unpack[Run]) -> Concentration:
    """Share of lifetime value that the best 1, 5, 10 and 20 % of the customers hold, and its Gini coefficient.

    Parameters
    ----------
    value : column
        Residual or total value, not negative; rows that are NaN are left out. For the Lorenz curve: :func:`retain.rfm.lorenz`.
    level : float
        Two-sided level of the limits, which speak of customers as a sample, not of the doubt about the models.

    Returns
    -------
    Concentration

    Examples
    --------
    >>> concentration([90.0, 4.0, 3.0, 2.0, 1.0]).top.round(2).tolist()
    [0.04, 0.22, 0.45, 0.9]
    """
    found = _retain.clv_concentration(context(run), _columns.floats(value, "value"), _columns.level(level))
    tops = {name: np.array(found[name]) for name in ("top", "top_low", "top_high")}
    return Concentration(**{**found, **tops, "p": np.array([0.01, 0.05, 0.1, 0.2])})


def lifespan(order_value: Any, orders_per_period: Any, lifetime: Any, margin: Any = 1.0) -> Any:
    """Average value × frequency × lifetime: the formula of the textbooks. No discount, and customers who are all alike.

    Returns
    -------
    number or column
        margin × order_value × orders_per_period × lifetime, the lifetime in the same periods.

    Examples
    --------
    >>> lifespan(40, 3, 5, margin=0.2)
    120.0
    """
    return map_numbers(
        _retain.clv_lifespan,
        "lifespan",
        order_value=order_value,
        orders_per_period=orders_per_period,
        lifetime=lifetime,
        margin=margin,
    )


def retention_value(margin: Any, retention: Any, rate: Any, *, first: bool = False) -> Any:
    """margin × r / (1 + d − r): a margin every period from the next one on, at one retention rate for ever.

    Parameters
    ----------
    margin : number or column
        Money per period of a customer who is there.
    retention : number or column
        Share of the customers who stay for another period, in [0, 1].
    rate : number or column
        Discount rate per period, ≥ 0.
    first : bool
        Count the margin of the first period too, margin × (1 + d) / (1 + d − r): the value of a new customer.

    Examples
    --------
    >>> round(retention_value(100, 0.8, 0.1), 2), round(retention_value(100, 0.8, 0.1, first=True), 2)
    (266.67, 366.67)
    """
    function = _retain.clv_retention_first if _columns.yes_or_no(first, "first") else _retain.clv_retention
    return map_numbers(function, "retention_value", margin=margin, retention=retention, rate=rate)


@dataclasses.dataclass(frozen=True)
class Naive:
    """What the naive formulas say of some customers, and what a model does.

    Attributes
    ----------
    order_value : float
        Revenue / occasions.
    orders_per_period : float
        Occasions, first ones too, per customer and period of observation.
    start, retained, retention : float
        Customers who were there a period before the observation end; of these, who bought in that last period; and their share.
    lifetime : float
        1 / (1 − retention), in periods.
    lifespan : float
        margin × order_value × orders_per_period × lifetime.
    retention_value, retention_first : float
        m r / (1 + d − r), m (1 + d) / (1 + d − r).
    model, model_low, model_high : float
        Value of a new customer by the model, first order included; NaN without one.
    lifespan_ratio, retention_ratio, retention_first_ratio : float
        Naive / model: below 1, the formula gives away customers that are worth keeping.
    """

    order_value: float
    orders_per_period: float
    start: float
    retained: float
    retention: float
    lifetime: float
    lifespan: float
    retention_value: float
    retention_first: float
    model: float
    model_low: float
    model_high: float
    lifespan_ratio: float
    retention_ratio: float
    retention_first_ratio: float


def naive(
    customers: Any,
    *,
    period_days: float,
    revenue: Any = None,
    model: Model | None = None,
    spend: Any = None,
    terms: Terms = Terms(),
    level: float = 0.95,
    unit_days: float | None = None,
    **run: Unpack[Run],
) -> Naive:
    """The formulas that people know, straight from a customer table, beside the value of a new customer by a model.

    Parameters
    ----------
    customers : table
        ``frequency``, ``t_x``, ``T``, and ``revenue``: money of all occasions; ``weight`` counts.
    period_days : float
        The period of retention, margin and discount: 91 for a quarter.
    revenue : column, optional
        In the place of the table's.
    model, spend : optional
        As for :func:`payback`.
    terms : Terms
        Margin, order cost, annual rate and, for the model, horizon: numbers. Service costs are unknown to the formulas.
    level : float
        Two-sided level of the model's limits.
    unit_days : float, optional
        Days in the unit of t_x and T; by default the table's or the model's.

    Returns
    -------
    Naive

    Examples
    --------
    >>> customers = {"frequency": [0.0, 3.0], "t_x": [0.0, 30.0], "T": [38.0, 39.0], "revenue": [10.0, 120.0]}
    >>> found = naive(customers, period_days=91, unit_days=7)
    >>> found.retention, round(found.lifetime, 2), round(found.lifespan, 2)
    (0.5, 2.0, 43.9)
    """
    default = getattr(model, "unit_days_", None)
    given = Customers(customers, unit_days=unit_days, default_unit=default)
    money = given.table.floats("revenue") if revenue is None else _columns.floats(revenue, "revenue")
    days, rate, margin, order_cost, service_cost = _scalars(terms)
    if service_cost != 0.0:
        raise ArgumentError(f"service_cost is {service_cost:g}; the naive formulas know none, so it must be 0")
    models: tuple[Any, ...] = (None, None, None, None, math.nan)
    if model is not None:
        if spend is None:
            raise TypeError("spend is missing; with a model give the model of order values, or the expected value of an order")
        models = _new(model, spend)
    found = _retain.clv_naive(
        context(run),
        given.frequency,
        given.t_x,
        given.T,
        given.weight,
        given.unit_days,
        money,
        _columns.positive(period_days, "period_days"),
        *models,
        days,
        rate,
        margin,
        order_cost,
        _columns.level(level),
    )
    return Naive(**found)
