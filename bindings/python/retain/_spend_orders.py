"""Spend models of single order values, and whether spend depends on frequency: the part of retain.spend that needs more than means."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, ClassVar, Self, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Floats
from ._estimator import Estimator, empty, remade
from ._run import Run, context
from ._stored import Stored, parameters_of
from ._tables import Table
from .calendar import day_number
from .errors import ArgumentError
from .orders import _counting, as_log

_READ = ("orders", "mean", "mean_log", "log_squares")
_TIMES = ("time", "time_squares", "time_logs")
_WRITTEN = ("frequency", *_READ, *_TIMES)


def orders(
    log: Any,
    observation_end: Any,
    *,
    with_first: bool = False,
    unit_days: float = 1.0,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """Order values of each customer, summed up, from an order log: what :class:`LogNormalSpend` and :class:`GammaGammaOrders` read.

    Parameters
    ----------
    log : Log or table
        The orders. An order is an occasion: all orders of a customer on one day are one.
    observation_end : date-like
        Last day that was observed, itself included; time 0 of the columns of time.
    with_first : bool
        Count the first occasion too. By default it does not count, as in ``spend`` of :func:`retain.orders.summary`, because first
        orders are often of another size.
    unit_days : float
        Days in the unit of time: 30.4375 for months.
    occasion_days, count_zero_orders, threads, progress, memory
        As for :func:`retain.orders.summary`.

    Returns
    -------
    table
        Of the log's kind, ascending by customer, with the columns

        - the customer's id, under its own name
        - ``frequency``: repeat occasions; ``orders``: occasions whose values are counted below, n
        - ``mean``: mean value, NaN like the columns below where n is 0; ``mean_log``: mean of the logarithms of the values;
          ``log_squares``: sum of their squared deviations from it
        - ``time``: mean time in units, 0 being the observation end; ``time_squares``: sum of squared deviations from it;
          ``time_logs``: sum of products of the deviations of times and logarithms

    Notes
    -----
    Occasions worth nothing (count_zero_orders) have no logarithm: they are in ``frequency`` only.
    """
    log = as_log(log)
    end = day_number(observation_end, "observation_end")
    unit = _columns.positive(unit_days, "unit_days")
    counting = _counting(occasion_days, count_zero_orders)
    rows = len(log) if log.keys.values is None else len(log.keys.values)  # at most so many customers
    keys = np.empty(rows, dtype=np.int64)
    columns = [empty(rows) for _ in _WRITTEN]
    first = _columns.yes_or_no(with_first, "with_first")
    count = _retain.spend_orders(context(run), *log.columns(), end, unit, *counting, first, keys, *columns)["count"]
    table: dict[str, Any] = {log.names["customer"]: log.keys.give(keys[:count].copy(), log.kind)}
    for name, values in zip(_WRITTEN, columns):
        table[name] = log.kind.column(name, values[:count].copy())
    return log.kind.table(table)


class Spenders:
    """The columns that models of single orders read."""

    def __init__(self, native: Any, *, frequency: bool, trend: bool) -> None:
        self.table = Table(native, "customers")
        self.kind = self.table.kind
        self.read = [self.table.floats(name) for name in _READ]
        self.frequency = self.table.floats("frequency") if frequency else None
        self.times = [self.table.floats(name) if trend else None for name in _TIMES]
        self.weight = self.table.floats("weight") if "weight" in self.table else None

    def __len__(self) -> int:
        return len(self.read[0])

    def columns(self) -> tuple[Any, ...]:
        return (*self.read, self.frequency, *self.times)


@dataclasses.dataclass(frozen=True)
class Mean:
    """Expected value of an order of somebody unknown.

    Attributes
    ----------
    mean : float
        Money; NaN where it is infinite.
    low, high : float
        Limits, from the uncertainty of the parameters; NaN for a model that was not fitted.
    """

    mean: float
    low: float
    high: float


class _OrderSpend(Estimator):
    """What the two models of single order values share."""

    _family: ClassVar[int]

    def __init__(self, *, depends_on_frequency: bool = False, iterations: int = 200, level: float = 0.95) -> None:
        super().__init__(iterations=iterations, level=level)
        self.depends_on_frequency = depends_on_frequency

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options of the fit (not the fitted parameters: those are in ``params_``)."""
        return {"depends_on_frequency": self.depends_on_frequency, **super().get_params(deep)}

    def _asks(self) -> tuple[bool, bool]:
        return bool(_columns.yes_or_no(self.depends_on_frequency, "depends_on_frequency")), False

    def fit(self, customers: Any, y: None = None, **run: Unpack[Run]) -> Self:
        """Fits the model by maximum likelihood to the values of single orders.

        Parameters
        ----------
        customers : table
            ``orders``, ``mean``, ``mean_log`` and ``log_squares``, as :func:`retain.spend.orders` makes them; ``frequency`` and the
            columns of time for the effects that are asked for; a column ``weight`` counts identical customers.
        y : None
            Not used; there for scikit-learn's pipelines.
        threads, progress, memory
            How to run: see :class:`retain.Run`.

        Returns
        -------
        self

        Raises
        ------
        ConvergenceError
            Unless the optimum is an interior maximum that the data identify; carries ``model`` and ``report``.
        """
        options = self._options()
        frequency, trend = self._asks()
        given = Spenders(customers, frequency=frequency, trend=trend)
        model = empty(6)
        record = _retain.spend_orders_fit(context(run), self._family, *given.columns(), given.weight, *options, model)
        self._finish(record, model[1:], self._entries())
        return self

    def _entries(self) -> tuple[str, ...]:
        """Names of the report's entries; Gamma-Gamma has a delta there that is always held at 0."""
        return (*self._parameters[:4], "delta")

    def _fitted_entries(self) -> tuple[tuple[str, ...], list[float]]:
        values = self._values()
        return self._entries(), [*values, *[0.0] * (5 - len(values))]

    def _take_all(self, given: dict[str, Any]) -> None:
        self._take_shapes({name: value for name, value in given.items() if name not in ("theta", "delta")})
        for name in self._parameters[3:]:
            self.params_[name] = _finite(given[name], name)

    def _take_shapes(self, given: dict[str, Any]) -> None:
        self.params_ = {name: _columns.positive(given[name], name) for name in self._parameters[:3]}
        for name, value in self.params_.items():
            if math.isinf(value):
                raise ArgumentError(f"{name} is inf; it must be finite")

    def _raw(self) -> Floats:
        values = self._values()
        return np.array([self._family, *values, *[0.0] * (5 - len(values))], dtype=np.float64)

    def _covariance(self) -> Floats | None:
        return self.report_.covariance.reshape(-1) if hasattr(self, "report_") else None

    def _given(self, customers: Any) -> Spenders:
        numbers = self._raw()
        return Spenders(customers, frequency=numbers[4] != 0.0, trend=numbers[5] != 0.0)

    def expected(self, customers: Any, *, time: float = 0.0, **run: Unpack[Run]) -> Any:
        """Expected value of a customer's next order.

        Parameters
        ----------
        customers : table
            As for :meth:`fit`.
        time : float
            Of the order, in units after time 0: matters for a model with a trend.

        Returns
        -------
        column
            Money. Of customers without orders, what is expected of a stranger with their frequency; NaN where it does not exist.
        """
        given = self._given(customers)
        result = empty(len(given))
        _retain.spend_orders_expected(
            context(run), self._raw(), None, *given.columns(), _finite(time, "time"), 0.95, result, None, None
        )
        return given.kind.column("expected_spend", result)

    def predict(self, customers: Any, **run: Unpack[Run]) -> Any:
        """Expected value of a customer's next order at time 0: :meth:`expected` under scikit-learn's name."""
        return self.expected(customers, **run)

    def interval(self, customers: Any, *, time: float = 0.0, level: float = 0.95, **run: Unpack[Run]) -> Any:
        """Expected value of a customer's next order, with limits from the uncertainty of the parameters.

        Parameters
        ----------
        customers, time
            As for :meth:`expected`.
        level : float
            Two-sided, in (0, 1).

        Returns
        -------
        table
            ``expected_spend``, ``low``, ``high``: by the delta method, normal on the log scale. NaN where the fit leaves them open.
        """
        covariance = self._fitted_covariance()
        given = self._given(customers)
        found = [empty(len(given)) for _ in range(3)]
        _retain.spend_orders_expected(
            context(run), self._raw(), covariance, *given.columns(), _finite(time, "time"), _columns.level(level), *found
        )
        names = ("expected_spend", "low", "high")
        return given.kind.table({name: given.kind.column(name, values) for name, values in zip(names, found)})

    def _fitted_covariance(self) -> Floats:
        self._values()
        covariance = self._covariance()
        if covariance is None:
            raise ArgumentError(f"this {type(self).__name__} was not fitted; how sure its parameters are is not known")
        return covariance

    def quantile(self, customers: Any, probability: float, *, time: float = 0.0, **run: Unpack[Run]) -> Any:
        """Quantile of the value of a customer's next order: between those of 0.025 and 0.975 it lies 95 times of 100, the parameters
        being right.

        Parameters
        ----------
        customers, time
            As for :meth:`expected`.
        probability : float
            In (0, 1).

        Returns
        -------
        column
            Money.
        """
        given = self._given(customers)
        result = empty(len(given))
        _retain.spend_orders_quantile(
            context(run), self._raw(), *given.columns(), _finite(time, "time"), _finite(probability, "probability"), result
        )
        return given.kind.column("quantile", result)

    def mean(self, *, frequency: float = 0.0, time: float = 0.0, level: float = 0.95) -> Mean:
        """Expected value of an order of somebody unknown: the mean of the population.

        Parameters
        ----------
        frequency : float
            Of the customer: matters where spend depends on it.
        time : float
            Of the order: matters for a model with a trend.
        level : float
            Two-sided level of the limits.

        Returns
        -------
        Mean
        """
        numbers = (_finite(frequency, "frequency"), _finite(time, "time"), _columns.level(level))
        return Mean(**_retain.spend_orders_mean(None, self._raw(), self._covariance(), *numbers))

    def likelihood(self, customers: Any, **run: Unpack[Run]) -> Any:
        """Log-likelihood of each customer's order values, comparable between models.

        Returns
        -------
        column
            log f(values); NaN for customers without orders.
        """
        given = self._given(customers)
        result = empty(len(given))
        _retain.spend_orders_likelihood(context(run), self._raw(), *given.columns(), result, None)
        return given.kind.column("log_likelihood", result)

    def gradient(self, customers: Any, **run: Unpack[Run]) -> NDArray[np.float64]:
        """Derivatives of the log-likelihood of each customer by the logarithms of the three parameters, by theta and by delta. Those by
        an effect need its column, and are 0 without an effect in the model.

        Returns
        -------
        ndarray, shape (customers, 5)
        """
        given = self._given(customers)
        n = len(given)
        result, gradient = empty(n), empty(5 * n)
        _retain.spend_orders_likelihood(context(run), self._raw(), *given.columns(), result, gradient)
        return gradient.reshape(n, 5)


def _finite(value: Any, name: str) -> float:
    number = _columns.number(value, name)
    if not math.isfinite(number):
        raise ArgumentError(f"{name} is {number}; it must be finite")
    return number


class GammaGammaOrders(_OrderSpend):
    """The Gamma-Gamma model from single orders: values of a customer ~ Gamma(p, nu), nu ~ Gamma(q, gamma (1 + x)^theta).

    :class:`GammaGamma` looks at the mean of each customer's orders; here p is told by how much one customer's orders differ.

    Parameters
    ----------
    depends_on_frequency : bool
        Estimate theta; otherwise it is 0.
    iterations : int
        Most Newton steps.
    level : float
        Two-sided level of the intervals in the report, in (0, 1).

    Attributes
    ----------
    params_ : dict of float
        p: shape of the order values of one customer. q: shape of the customers' rates. gamma: rate of the customers' rates, in money.
        theta: order values go with (1 + frequency)^theta.
    report_ : retain.fit.Report
        What there is to say about the fit; its entry delta is always held at 0.
    """

    _family = 0
    _name = "Gamma-Gamma of orders"
    _parameters = ("p", "q", "gamma", "theta")

    @classmethod
    def from_params(cls, *, p: float, q: float, gamma: float, theta: float = 0.0) -> Self:
        """A model with known parameters, from a publication or a database."""
        model = cls(depends_on_frequency=theta != 0.0)
        model._take_all({"p": p, "q": q, "gamma": gamma, "theta": theta})
        return model

    @classmethod
    def _restored(cls, stored: Stored) -> Self:
        return remade(cls.from_params, parameters_of(stored, cls._parameters))


class LogNormalSpend(_OrderSpend):
    """The log-normal model of spend: logarithms of a customer's order values are normal about m with standard deviation sigma, and m
    is normal over customers about log median + theta log(1 + frequency) with standard deviation tau.

    Parameters
    ----------
    depends_on_frequency : bool
        Estimate theta; otherwise it is 0.
    trend : bool
        Estimate delta: all order values change by e^delta per unit of time; otherwise it is 0.
    iterations : int
        Most Newton steps.
    level : float
        Two-sided level of the intervals in the report, in (0, 1).

    Attributes
    ----------
    params_ : dict of float
        median: median over customers of their median order value, in money. tau: how much customers differ, sigma: how much the orders
        of one customer differ, both as standard deviations of logarithms. theta: order values go with (1 + frequency)^theta. delta: and
        with e^(delta time).
    report_ : retain.fit.Report
        What there is to say about the fit.
    """

    _family = 1
    _name = "log-normal of orders"
    _parameters = ("median", "tau", "sigma", "theta", "delta")

    def __init__(
        self, *, depends_on_frequency: bool = False, trend: bool = False, iterations: int = 200, level: float = 0.95
    ) -> None:
        super().__init__(depends_on_frequency=depends_on_frequency, iterations=iterations, level=level)
        self.trend = trend

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options of the fit (not the fitted parameters: those are in ``params_``)."""
        return {**super().get_params(deep), "trend": self.trend}

    def _asks(self) -> tuple[bool, bool]:
        return super()._asks()[0], bool(_columns.yes_or_no(self.trend, "trend"))

    @classmethod
    def from_params(cls, *, median: float, tau: float, sigma: float, theta: float = 0.0, delta: float = 0.0) -> Self:
        """A model with known parameters, from a publication or a database."""
        model = cls(depends_on_frequency=theta != 0.0, trend=delta != 0.0)
        model._take_all({"median": median, "tau": tau, "sigma": sigma, "theta": theta, "delta": delta})
        return model

    @classmethod
    def _restored(cls, stored: Stored) -> Self:
        return remade(cls.from_params, parameters_of(stored, cls._parameters))


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Which of two models is nearer to the truth?

    Attributes
    ----------
    difference : float
        Sum of the log-likelihood of the first less that of the second: above 0 speaks for the first.
    statistic : float
        The difference by its standard error, standard normal where both are equally near.
    p_value : float
        Chance of one so far from 0 then, two-sided; NaN for fewer than two customers, or models that agree on every one.
    """

    difference: float
    statistic: float
    p_value: float


def compare(first: _OrderSpend, second: _OrderSpend, customers: Any, **run: Unpack[Run]) -> Comparison:
    """Which of two models of the same orders is nearer to the truth?

    Parameters
    ----------
    first, second : GammaGammaOrders or LogNormalSpend
        Fitted to these customers, neither a special case of the other (for that there is :func:`retain.fit.likelihood_ratio`).
    customers : table
        As for fit.

    Returns
    -------
    Comparison

    Notes
    -----
    Source: Q. H. Vuong, Econometrica 57(2) (1989).
    """
    for name, model in (("first", first), ("second", second)):
        if not isinstance(model, _OrderSpend):
            raise TypeError(f"{name} must be a GammaGammaOrders or a LogNormalSpend, not {type(model).__name__}")
    numbers = [model._raw() for model in (first, second)]
    given = Spenders(customers, frequency=any(n[4] != 0.0 for n in numbers), trend=any(n[5] != 0.0 for n in numbers))
    return Comparison(**_retain.spend_orders_compare(context(run), *numbers, *given.columns(), given.weight))


@dataclasses.dataclass(frozen=True)
class Measure:
    """One way to measure whether spend goes with frequency.

    Attributes
    ----------
    value : float
        0 where there is no dependence; NaN where there is too little to tell.
    low, high : float
        Limits.
    p_value : float
        Chance of a value at least so far from 0 where there is none, two-sided.
    """

    value: float
    low: float
    high: float
    p_value: float


@dataclasses.dataclass(frozen=True)
class Dependence:
    """Does spend depend on how often a customer buys?

    Attributes
    ----------
    customers : float
        Those with orders, n.
    pearson : Measure
        Pearson's correlation of frequency and mean value. Assumes that they are about jointly normal, which order values seldom are:
        one large customer can decide it.
    spearman : Measure
        Spearman's correlation of the ranks of frequency and mean logarithm. Assumes independent customers only.
    slope : Measure
        Slope of the mean logarithm on log(1 + frequency), by least squares: theta. Its standard error allows customers with few orders
        to scatter more (MacKinnon & White 1985).
    """

    customers: float
    pearson: Measure
    spearman: Measure
    slope: Measure


def dependence(customers: Any, *, level: float = 0.95, **run: Unpack[Run]) -> Dependence:
    """Does spend depend on how often a customer buys? Three measures among customers with orders.

    Parameters
    ----------
    customers : table
        ``frequency``, ``orders``, ``mean``, ``mean_log`` and ``log_squares``, as :func:`orders` makes them; a column ``weight`` counts
        identical customers.
    level : float
        Two-sided level of the limits, in (0, 1).

    Returns
    -------
    Dependence

    Notes
    -----
    Ranks and slope are of means of logarithms, whose expectation does not depend on the number of orders. The logarithm of a mean grows
    with it, and would show a dependence where there is none.
    """
    given = Spenders(customers, frequency=True, trend=False)
    record = _retain.spend_orders_dependence(context(run), *given.read, given.frequency, given.weight, _columns.level(level))
    measures = {name: Measure(*record[name]) for name in ("pearson", "spearman", "slope")}
    return Dependence(customers=record["customers"], **measures)
