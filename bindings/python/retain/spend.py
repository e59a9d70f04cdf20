"""How much will a customer spend on an order, given how few orders we have seen?

Someone who spent 200 once will probably spend less next time, someone who spent 200 on each of twenty orders will not. The
Gamma-Gamma model weighs a customer's own mean against the population's. It is fitted to customers with repeat occasions, and
assumes that spend does not depend on how often a customer buys: check ``correlation_``.

Single orders say more than their means (:func:`orders`): how much one customer's orders differ, whether spend goes with frequency
(:func:`dependence`), whether order values rise. :class:`GammaGammaOrders` and :class:`LogNormalSpend` are fitted to them, and
:func:`compare` says which is nearer to the truth.

>>> from retain import GammaGamma
>>> model = GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
>>> f"{model.mean():.2f}"
'35.22'
>>> [round(v, 2) for v in model.expected({"frequency": [0, 1, 20], "spend": [float("nan"), 200.0, 200.0]})]
[35.22, 149.78, 196.47]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Floats
from ._estimator import Estimator, empty, remade, restored
from ._run import Run, context
from ._spend_orders import Comparison, Dependence, GammaGammaOrders, LogNormalSpend, Mean, Measure, compare, dependence, orders
from ._stored import Stored, parameters_of
from ._tables import Customers
from .errors import ArgumentError

__all__ = [
    "Comparison",
    "Dependence",
    "GammaGamma",
    "GammaGammaOrders",
    "LogNormalSpend",
    "Mean",
    "Measure",
    "compare",
    "dependence",
    "from_dict",
    "orders",
]


class GammaGamma(Estimator):
    """The Gamma-Gamma model of spend: order values of a customer ~ Gamma(p, nu), nu ~ Gamma(q, gamma).

    Customers are a table with the columns ``frequency`` and ``spend`` (the mean value of the repeat occasions, read only where
    frequency > 0), as :func:`retain.orders.summary` makes it.

    Attributes
    ----------
    params_ : dict of float
        p: shape of the order values of one customer. q: shape of the customers' rates. gamma: rate of the customers' rates, in
        money (some texts write v).
    report_ : retain.fit.Report
        What there is to say about the fit.
    correlation_ : float
        Pearson's correlation of frequency and spend among customers with repeat occasions, which the model assumes to be near 0.

    Notes
    -----
    Source: P. Fader, B. Hardie, "The Gamma-Gamma model of monetary value" (2013, note 025). The population mean
    p gamma / (q − 1) is finite only for q > 1.
    """

    _name = "Gamma-Gamma"
    _parameters = ("p", "q", "gamma")
    _beside_report = ("correlation",)
    correlation_: float

    def fit(self, customers: Any, y: None = None, **run: Unpack[Run]) -> Self:
        """Fits the model by maximum likelihood to the customers with frequency > 0.

        Parameters
        ----------
        customers : table
            ``frequency`` and ``spend``; a column ``weight`` counts identical customers.
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
        DataError
            For a spend that is not positive and finite where frequency > 0.
        """
        options = self._options()
        given = Customers(customers, spend=True, times=False)
        model = empty(3)
        record = _retain.spend_fit(context(run), given.frequency, given.spend, given.weight, *options, model)
        self._finish(record, model, correlation_=record["correlation"])
        return self

    @classmethod
    def from_params(cls, *, p: float, q: float, gamma: float) -> Self:
        """A model with known parameters, from a publication or a database."""
        model = cls()
        model._take({"p": p, "q": q, "gamma": gamma})
        return model

    @classmethod
    def _restored(cls, stored: Stored) -> Self:
        return remade(cls.from_params, parameters_of(stored, cls._parameters))

    def _raw(self) -> Floats:
        return np.array(self._values(), dtype=np.float64)

    def expected(self, customers: Any, **run: Unpack[Run]) -> Any:
        """Expected value of a customer's next order.

        Parameters
        ----------
        customers : table
            ``frequency`` and ``spend``.

        Returns
        -------
        column
            p (gamma + x z) / (p x + q − 1), the population mean where frequency is 0. NaN where it does not exist: p x + q ≤ 1.
        """
        model = self._raw()
        given = Customers(customers, spend=True, times=False)
        result = empty(len(given.frequency))
        _retain.spend_expected(context(run), model, given.frequency, given.spend, result)
        return given.kind.column("expected_spend", result)

    def predict(self, customers: Any, **run: Unpack[Run]) -> Any:
        """Expected value of a customer's next order: :meth:`expected` under scikit-learn's name."""
        return self.expected(customers, **run)

    def mean(self) -> float:
        """Mean order value of the population: p gamma / (q − 1); NaN when q ≤ 1 (it is infinite then)."""
        return float(_retain.spend_mean(*self._values()))

    def _covariance(self) -> Floats:
        self._values()
        if not hasattr(self, "report_"):
            raise ArgumentError(f"this {type(self).__name__} was not fitted; how sure its parameters are is not known")
        return self.report_.covariance.reshape(-1)

    def interval(self, customers: Any, *, level: float = 0.95, **run: Unpack[Run]) -> Any:
        """Expected value of a customer's next order, with limits from the uncertainty of the parameters.

        Parameters
        ----------
        customers : table
            ``frequency`` and ``spend``.
        level : float
            Two-sided, in (0, 1).

        Returns
        -------
        table
            ``expected_spend``, ``low``, ``high``: by the delta method, normal on the log scale. What the next order will be worth lies
            between its quantiles, which are farther apart.
        """
        model, covariance = self._raw(), self._covariance()
        given = Customers(customers, spend=True, times=False)
        found = [empty(len(given.frequency)) for _ in range(3)]
        _retain.spend_interval(context(run), model, covariance, given.frequency, given.spend, _columns.level(level), *found)
        names = ("expected_spend", "low", "high")
        return given.kind.table({name: given.kind.column(name, values) for name, values in zip(names, found)})

    def mean_interval(self, *, level: float = 0.95) -> tuple[float, float]:
        """Limits of the mean order value of the population; NaN when q ≤ 1."""
        record = _retain.spend_mean_interval(None, self._raw(), self._covariance(), _columns.level(level))
        return record["low"], record["high"]

    def quantile(self, customers: Any, probability: float, **run: Unpack[Run]) -> Any:
        """Quantile of the value of a customer's next order: between those of 0.025 and 0.975 it lies 95 times of 100, the parameters
        being right.

        Parameters
        ----------
        customers : table
            ``frequency`` and ``spend``.
        probability : float
            In (0, 1).

        Returns
        -------
        column
            Money.
        """
        model = self._raw()
        given = Customers(customers, spend=True, times=False)
        result = empty(len(given.frequency))
        number = _columns.number(probability, "probability")
        _retain.spend_quantile(context(run), model, given.frequency, given.spend, number, result)
        return given.kind.column("quantile", result)

    def likelihood(self, customers: Any, **run: Unpack[Run]) -> Any:
        """Log-likelihood of each customer's mean spend.

        Returns
        -------
        column
            log f(z | x); NaN where frequency is 0.
        """
        model = self._raw()
        given = Customers(customers, spend=True, times=False)
        result = empty(len(given.frequency))
        _retain.spend_likelihood(context(run), model, given.frequency, given.spend, result, None)
        return given.kind.column("log_likelihood", result)

    def gradient(self, customers: Any, **run: Unpack[Run]) -> NDArray[np.float64]:
        """Derivatives of the log-likelihood of each customer by log p, log q and log gamma.

        Returns
        -------
        ndarray, shape (customers, 3)
        """
        model = self._raw()
        given = Customers(customers, spend=True, times=False)
        n = len(given.frequency)
        result, gradient = empty(n), empty(3 * n)
        _retain.spend_likelihood(context(run), model, given.frequency, given.spend, result, gradient)
        return gradient.reshape(n, 3)


def from_dict(stored: Mapping[str, Any]) -> GammaGamma | GammaGammaOrders | LogNormalSpend:
    """The model that ``to_dict`` wrote, or PHP's ``toArray``.

    Returns
    -------
    GammaGamma, GammaGammaOrders or LogNormalSpend

    Raises
    ------
    ArgumentError
        For what is missing, unknown or wrong in it, by name.

    Examples
    --------
    >>> from_dict(GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44).to_dict())
    GammaGamma(p=6.25, q=3.74, gamma=15.44)
    """
    kinds: tuple[type[GammaGamma | GammaGammaOrders | LogNormalSpend], ...] = (GammaGamma, GammaGammaOrders, LogNormalSpend)
    return restored(stored, kinds)
