"""Lifetime values after all costs, with limits: customer by customer, and summed over groups."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Floats
from ._estimator import empty
from ._figures import Figures, Groups
from ._run import Run, context
from ._spend_orders import _WRITTEN, _OrderSpend
from ._tables import Customers, Table
from .btyd import Model
from .btyd_dynamic import Histories
from .errors import ArgumentError, DataError
from .spend import GammaGamma

_ROW_FIGURES = ("residual", "standard_error", "residual_low", "residual_high", "total", "total_low", "total_high", "variance")
_SUM_FIGURES = (
    *_ROW_FIGURES,
    "customers",
    "historic",
    "residual_least",
    "residual_most",
    "total_least",
    "total_most",
    "mean_residual",
    "mean_residual_low",
    "mean_residual_high",
    "mean_total",
    "mean_total_low",
    "mean_total_high",
)


def _term(value: Any, name: str, rows: int) -> tuple[float, Floats | None]:
    """One number for all, or a column."""
    if isinstance(_columns.kind_of(value), _columns.NumberKind):
        return _columns.number(value, name), None
    column = _columns.floats(value, f"terms.{name}")
    if len(column) != rows:
        raise ArgumentError(f"terms.{name} has {len(column)} rows, customers has {rows}; they must have as many")
    return 0.0, column


@dataclasses.dataclass(frozen=True)
class Terms:
    """What orders and customers bring and cost. Money has no currency here: all of it is in the same one.

    Attributes
    ----------
    margin : number or column
        Share of an order's value that is profit, for all customers or one each; may be negative.
    order_cost : number or column
        Money that an order costs beside that: picking, shipping, a gift.
    service_cost : number or column
        Money a year that keeping a customer costs for as long as there is one to keep: only while alive, which takes P(alive) at
        every later instant (:meth:`retain.btyd.Model.lifetime`).
    annual_rate : number or column
        Effective annual discount rate, ≥ 0: 0.10 means that money in a year is worth 1 / 1.10 of money today.
    days : float, optional
        Horizon after the observation end; for ever by default.
    """

    margin: Any = 1.0
    order_cost: Any = 0.0
    service_cost: Any = 0.0
    annual_rate: Any = 0.0
    days: float | None = None

    def _raw_dynamic(self, rows: int, histories: Histories) -> tuple[Any, ...]:
        """The same for histories, which have one rate, and covariates that are known until some day."""
        *numbers, rates, margins, order_costs, service_costs = self._raw(rows)
        if rates is not None:
            raise ArgumentError("annual_rate is a column; with histories there is one annual_rate for all")
        histories._check_horizon(numbers[0])
        return (*numbers, margins, order_costs, service_costs)

    def _raw(self, rows: int) -> tuple[Any, ...]:
        margin, margins = _term(self.margin, "margin", rows)
        order_cost, order_costs = _term(self.order_cost, "order_cost", rows)
        service_cost, service_costs = _term(self.service_cost, "service_cost", rows)
        rate, rates = _term(self.annual_rate, "annual_rate", rows)
        if not 0.0 <= rate < math.inf:
            raise ArgumentError(f"annual_rate is {rate:g}; it must be finite and at least 0")
        if margin == 0.0 and margins is None:  # the library reads a margin of 0 as "the default"
            margins = np.zeros(rows)
        days = math.inf if self.days is None else _columns.positive(self.days, "days")
        return days, rate, margin, order_cost, service_cost, rates, margins, order_costs, service_costs


def checked_terms(terms: Any) -> Terms:
    if not isinstance(terms, Terms):
        raise TypeError(f"terms must be clv.Terms, not {type(terms).__name__}")
    return terms


def _covariance(model: Model | GammaGamma | _OrderSpend) -> NDArray[np.float64] | None:
    return np.ascontiguousarray(model.report_.covariance.reshape(-1)) if hasattr(model, "report_") else None


_NUMBERS = frozenset({*_WRITTEN, "t_x", "T", "unit_days", "spend", "revenue", "weight"})


def _same_customers(customers: Table, values: Table) -> None:
    """Where both tables say who, they must say the same, row by row."""
    for name in values.names:
        if name in _NUMBERS or name not in customers:
            continue
        pairs = zip(np.asarray(customers.raw(name)).tolist(), np.asarray(values.raw(name)).tolist())
        for row, (one, other) in enumerate(pairs):
            if one != other and (one == one or other == other):
                said = f"order_values.{name}[{row}] is {other!r}, customers.{name}[{row}] is {one!r}"
                raise DataError(f"{said}; rows must be of the same customers", row)


def _order_values(spend: _OrderSpend, order_values: Any, customers: Table, rows: int) -> tuple[Floats | None, ...]:
    """What the model knows of each customer's orders."""
    if order_values is None:
        raise ArgumentError("order_values is missing; a model of single orders needs the table of retain.spend.orders")
    given = spend._given(order_values)
    if len(given) != rows:
        raise ArgumentError(f"order_values has {len(given)} rows, customers has {rows}; they must have as many, row by row")
    _same_customers(customers, given.table)
    return given.columns()


class Forecast:
    """A model of orders, and one of their values, or the values themselves, as the raw layer takes them."""

    def __init__(
        self, model: Any, customers: Any, spend: Any, order_values: Any = None, histories: Histories | None = None
    ) -> None:
        if not isinstance(model, Model):
            raise TypeError(f"model must be a buy-till-you-die model such as ParetoNBD, not {type(model).__name__}")
        if histories is not None and not isinstance(histories, Histories):
            raise TypeError(f"histories must be Histories, not {type(histories).__name__}")
        self.histories = histories
        self.model, self.covariance = model._raw() if histories is None else histories._check(model), _covariance(model)
        self.spend: Floats | None = None
        self.spend_covariance: Floats | None = None
        self.value: Floats | None = None
        self.values: tuple[Floats | None, ...] = (None,) * 8
        modelled = isinstance(spend, GammaGamma)
        if order_values is not None and not isinstance(spend, _OrderSpend):
            raise ArgumentError("order_values are for models of single orders; this spend does not read them")
        known = model.covariates_ if histories is None else ()
        self.given = Customers(customers, spend=modelled, default_unit=model.unit_days_, covariates=known)
        if histories is not None:
            self._match(histories)
        if modelled:
            self.spend, self.spend_covariance = spend._raw(), _covariance(spend)
        elif isinstance(spend, _OrderSpend):
            self.spend, self.spend_covariance = spend._raw(), _covariance(spend)
            self.values = _order_values(spend, order_values, self.given.table, len(self.given.frequency))
        else:
            self.value = _columns.floats(spend, "spend")
            if len(self.value) != len(self.given.frequency):
                raise ArgumentError(f"spend has {len(self.value)} rows, customers has {len(self.given.frequency)}; they must have as many")

    def _match(self, histories: Histories) -> None:
        """Histories are of the same customers, row by row."""
        rows = len(self.given.frequency)
        if len(histories) != rows:
            raise ArgumentError(f"histories has {len(histories)} customers, customers has {rows}; they must be the same, row by row")
        if "customer" in self.given.table:
            pairs = zip(np.asarray(self.given.table.raw("customer")).tolist(), np.asarray(histories.customer).tolist())
            for row, (one, other) in enumerate(pairs):
                if one != other:
                    said = f"customers.customer[{row}] is {one!r}, histories.customer[{row}] is {other!r}"
                    raise DataError(f"{said}; rows must be of the same customers", row)

    def raw(self) -> tuple[Any, ...]:
        return self.model, self.covariance, self.spend, self.spend_covariance, self.given.frequency, self.given.t_x, self.given.T

    def raw_dynamic(self, histories: Histories, weight: tuple[Floats | None, ...]) -> tuple[Any, ...]:
        """The same with histories in the place of customers; `weight` where there is one."""
        models = (self.model, self.covariance, self.spend, self.spend_covariance)
        past = (*histories._past(), histories.unit_days, *histories._pieces())
        return (*models, *past, self.given.frequency, self.given.spend, *weight, self.value, *self.values)


def interval(
    model: Model,
    customers: Any,
    spend: Any,
    *,
    order_values: Any = None,
    histories: Histories | None = None,
    historic: Any = None,
    terms: Terms = Terms(),
    level: float = 0.95,
    **run: Unpack[Run],
) -> Any:
    """Residual and total value of each customer after all costs, with limits from the uncertainty of the parameters.

    residual = (margin × E[value of an order] − order cost) × discounted expected orders − service cost × discounted years alive.

    Parameters
    ----------
    model : any family of :mod:`retain.btyd`
        Fitted, for limits; of known parameters (``from_params``) there is no doubt, and limits equal the value.
    customers : table
        ``frequency``, ``t_x``, ``T``; ``spend`` with a spend model.
    spend : GammaGamma, LogNormalSpend, GammaGammaOrders, or column
        The model of order values; or the expected value of an order of each customer, taken for known.
    order_values : table, optional
        The table of :func:`retain.spend.orders` of the same customers, row by row: for models of single orders. Orders are worth what
        they are at time 0; a trend is not prolonged.
    histories : Histories, optional
        The same customers with their seasons (:class:`retain.Histories`), row by row, for a model that was fitted to such: orders are
        then those under the covariates of the days to come. They must be known until the horizon: give the terms' `days`, or
        ``histories.lasting()``, under which the last piece lasts for ever. Of `customers` spend and weight are read; one
        `annual_rate` for all.
    historic : column, optional
        Value so far (:func:`historic`), for the total.
    terms : Terms
        Margin, costs, discount rate and horizon: for all, or one for each customer.
    level : float
        Two-sided level of the limits.

    Returns
    -------
    table
        ``residual``, ``standard_error``, ``residual_low``, ``residual_high``; ``total`` with ``total_low``, ``total_high`` (NaN
        without `historic`); ``variance`` of what will happen about the expectation. NaN limits where the fit does not identify the
        parameters; NaN variance where it cannot be derived (with service costs, without a spend model).

    Notes
    -----
    Delta method: the two models are fitted apart, so their covariances are independent blocks.

    Examples
    --------
    >>> from retain import BGNBD, GammaGamma, clv
    >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
    >>> spend = GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
    >>> customers = {"frequency": [2.0, 0.0], "t_x": [30.4, 0.0], "T": [38.9, 38.9], "spend": [25.0, float("nan")]}
    >>> terms = clv.Terms(margin=0.3, order_cost=2.0, service_cost=1.0, annual_rate=0.1, days=365)
    >>> [round(v, 2) for v in clv.interval(model, customers, spend, terms=terms)["residual"]]
    [8.41, 1.2]
    """
    forecast = Forecast(model, customers, spend, order_values, histories)
    given = forecast.given
    rows = len(given.frequency)
    figures = empty(len(_ROW_FIGURES) * rows)
    past = None if historic is None else _columns.floats(historic, "historic")
    if histories is not None:
        asked = (*forecast.raw_dynamic(histories, ()), past, *checked_terms(terms)._raw_dynamic(rows, histories))
        _retain.clv_dynamic_interval(context(run), *asked, _columns.level(level), figures)
    else:
        _retain.clv_interval(
            context(run),
            *forecast.raw(),
            given.spend,
            given.unit_days,
            given.covariates,
            forecast.value,
            *forecast.values,
            past,
            *checked_terms(terms)._raw(rows),
            _columns.level(level),
            figures,
        )
    found = dict(zip(_ROW_FIGURES, figures.reshape(len(_ROW_FIGURES), rows)))
    return given.kind.table({name: given.kind.column(name, column.copy()) for name, column in found.items()})


def sums(
    model: Model,
    customers: Any,
    spend: Any,
    *,
    by: Any = None,
    order_values: Any = None,
    histories: Histories | None = None,
    historic: Any = None,
    terms: Terms = Terms(),
    level: float = 0.95,
    **run: Unpack[Run],
) -> Figures:
    """Lifetime value of cohorts, segments or the whole base, with an interval and a prediction interval.

    All customers share the parameters, so doubt about them does not average out over many; chance does. A column ``weight`` counts.

    Parameters
    ----------
    model, customers, spend, order_values, histories, historic, terms, level
        As for :func:`interval`.
    by : column, optional
        The group of each customer: cohort, segment, channel.

    Returns
    -------
    Figures
        ``residual``, ``standard_error``, ``residual_low``, ``residual_high``, ``total``, ``total_low``, ``total_high``,
        ``variance``, ``customers`` (who have a value), ``historic``, ``residual_least``, ``residual_most``, ``total_least``,
        ``total_most`` (between which it will come out), and the means ``mean_residual``, ``mean_total`` with limits: of every
        group, and ``total`` of all.

    Examples
    --------
    >>> from retain import BGNBD, GammaGamma, clv
    >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
    >>> spend = GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
    >>> customers = {"frequency": [2.0, 0.0], "t_x": [30.4, 0.0], "T": [38.9, 38.9], "spend": [25.0, float("nan")]}
    >>> found = clv.sums(model, customers, spend, by=["ads", "shop"], terms=clv.Terms(margin=0.3, annual_rate=0.1, days=365))
    >>> {name: round(found.total[name], 2) for name in ("residual", "residual_most", "mean_residual")}
    {'residual': 14.58, 'residual_most': 61.91, 'mean_residual': 7.29}
    """
    forecast = Forecast(model, customers, spend, order_values, histories)
    groups = Groups(by, "by")
    given = forecast.given
    figures = empty(len(_SUM_FIGURES) * (len(groups) + 1))
    past = None if historic is None else _columns.floats(historic, "historic")
    rows = len(given.frequency)
    if histories is not None:
        asked = (*forecast.raw_dynamic(histories, (given.weight,)), past, groups.codes, len(groups))
        _retain.clv_dynamic_sums(context(run), *asked, *checked_terms(terms)._raw_dynamic(rows, histories), _columns.level(level), figures)
    else:
        _retain.clv_sums(
            context(run),
            *forecast.raw(),
            given.spend,
            given.weight,
            given.unit_days,
            given.covariates,
            forecast.value,
            *forecast.values,
            past,
            groups.codes,
            len(groups),
            *checked_terms(terms)._raw(rows),
            _columns.level(level),
            figures,
        )
    return groups.give(dict(zip(_SUM_FIGURES, figures.reshape(len(_SUM_FIGURES), -1))))
