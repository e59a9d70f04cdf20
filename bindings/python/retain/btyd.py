"""How often will each customer still buy, and is the customer still there at all?

In a shop nobody resigns: a customer who has not bought for a year may have left, or may be slow. Buy-till-you-die models tell
how likely each is from three numbers per customer: x repeat occasions, the last of them at age t_x, observed until age T
(:func:`retain.orders.summary` makes them). While alive a customer buys at random at a personal rate lambda ~ Gamma(r, alpha);
families differ in how customers leave:

=================  ==========================================================  =================  ==========================
class              leaving                                                     parameters         source
=================  ==========================================================  =================  ==========================
:class:`ParetoNBD`  at any time, at a personal rate mu ~ Gamma(s, beta)        r, alpha, s, beta  Schmittlein, Morrison &
                                                                                                  Colombo 1987
:class:`BGNBD`      after a repeat purchase, with probability p ~ Beta(a, b)   r, alpha, a, b     Fader, Hardie & Lee 2005
:class:`MBGNBD`     the same, also right after the first purchase              r, alpha, a, b     Batislam, Denizel &
                                                                                                  Filiztekin 2007
:class:`GGNBD`      at any time, with a risk of leaving that rises with age    r, alpha, b, s,    Bemmaor & Glady 2012
                                                                               beta
=================  ==========================================================  =================  ==========================

>>> from retain import ParetoNBD
>>> model = ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67, unit_days=7)
>>> customer = {"frequency": 26, "t_x": 30.86, "T": 31.0}
>>> f"{model.alive(customer):.4f} {model.orders(customer, days=90):.2f}"
'0.9979 7.54'
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Self, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Floats
from ._estimator import Estimator, empty
from ._run import Run, context
from ._tables import Customers
from .errors import ArgumentError, DataError

__all__ = ["BGNBD", "GGNBD", "MBGNBD", "Model", "ParetoNBD", "from_dict"]


class Model(Estimator):
    """A buy-till-you-die model: what the families have in common.

    Customers are a table with the columns ``frequency``, ``t_x`` and ``T``, as :func:`retain.orders.summary` makes it: a
    DataFrame, a structured array, a dict of columns, or a dict of three numbers for a single customer. Results are columns of
    the same kind, row by row. Their unit of time is read from a column ``unit_days``; where there is none it is the model's
    own.

    Attributes
    ----------
    params_ : dict of float
        The parameters by name. Rates and shapes; alpha and beta are in the unit of time of the data.
    unit_days_ : float
        Days in the unit of time: 7 for weeks.
    report_ : retain.fit.Report
        What there is to say about the fit.
    """

    _family: ClassVar[int] = 0
    _name: ClassVar[str] = ""
    unit_days_: float

    def _unit(self) -> str:
        return f", unit_days={self.unit_days_:g}"

    # --- making a model ---

    def fit(self, customers: Any, y: None = None, *, unit_days: float | None = None, **run: Unpack[Run]) -> Self:
        """Fits the model to customers by maximum likelihood.

        Parameters
        ----------
        customers : table
            One row per customer: ``frequency``, ``t_x``, ``T``; a column ``weight`` counts identical customers.
        y : None
            Not used; there for scikit-learn's pipelines.
        unit_days : float, optional
            Days in the unit of t_x and T, 7 for weeks; by default the table's column ``unit_days``.
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
            For a row that breaks the rules: frequency a whole number ≥ 0, 0 ≤ t_x ≤ T, t_x = 0 where frequency is 0.

        Notes
        -----
        About ten evaluations of the likelihood, linear in the distinct rows.
        """
        options = self._options()
        given = Customers(customers, unit_days=unit_days)
        model = empty(2 + len(self._parameters))
        record = _retain.btyd_fit(
            context(run), self._family, given.frequency, given.t_x, given.T, given.weight, given.unit_days, *options, model
        )
        self.unit_days_ = given.unit_days
        self._finish(record, model[2:])
        return self

    @classmethod
    def from_params(cls, *, unit_days: float, **parameters: float) -> Self:
        """A model with known parameters, from a publication or a database.

        Parameters
        ----------
        unit_days : float
            Days in the unit of time of alpha and beta: 7 for weeks.
        **parameters : float
            The family's parameters by name, positive and finite.
        """
        model = cls()
        model._take(parameters)
        model.unit_days_ = _columns.positive(unit_days, "unit_days")
        return model

    def to_dict(self) -> dict[str, Any]:
        """The model as plain numbers, to be stored as JSON or in a database; :func:`from_dict` reads it.

        Examples
        --------
        >>> BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7).to_dict()
        {'model': 'BGNBD', 'unit_days': 7.0, 'r': 0.25, 'alpha': 4.4, 'a': 0.8, 'b': 2.4}
        """
        values = self._values()
        return {"model": type(self).__name__, "unit_days": self.unit_days_, **dict(zip(self._parameters, values))}

    def _raw(self) -> Floats:
        """The model as the raw layer takes it."""
        values = self._values()
        return np.array([self._family, self.unit_days_, *values], dtype=np.float64)

    def _customers(self, customers: Any) -> Customers:
        self._values()
        return Customers(customers, default_unit=self.unit_days_)

    def _time(self, days: Any, most: float = math.nextafter(math.inf, 0.0)) -> float:
        """Days in the model's unit of time."""
        value = _columns.number(days, "days")
        if not 0.0 <= value <= most:
            raise ArgumentError(f"days is {value:g}; it must be {'finite and ' if most < math.inf else ''}at least 0")
        return value / self.unit_days_

    # --- customers ---

    def alive(self, customers: Any, **run: Unpack[Run]) -> Any:
        """P(alive): probability that a customer is still there at the observation end.

        Not a churn risk: see :func:`retain.churn.risk`. Under BG/NBD it is 1 for every customer without a repeat purchase, by
        construction.

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.

        Returns
        -------
        column
            Probabilities.
        """
        model, given = self._raw(), self._customers(customers)
        alive = empty(len(given.frequency))
        _retain.btyd_alive(context(run), model, given.frequency, given.t_x, given.T, given.unit_days, alive, None)
        return given.kind.column("alive", alive)

    def log_odds_dead(self, customers: Any, **run: Unpack[Run]) -> Any:
        """log((1 − P(alive)) / P(alive)), exact where P(alive) rounds to 0 or 1.

        Returns
        -------
        column
            −∞ where P(alive) is 1 by construction.
        """
        model, given = self._raw(), self._customers(customers)
        alive, odds = empty(len(given.frequency)), empty(len(given.frequency))
        _retain.btyd_alive(context(run), model, given.frequency, given.t_x, given.T, given.unit_days, alive, odds)
        return given.kind.column("log_odds_dead", odds)

    def orders(self, customers: Any, *, days: float, **run: Unpack[Run]) -> Any:
        """Expected occasions of each customer in the next `days` days after the observation end.

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        days : float
            Horizon, finite and ≥ 0.

        Returns
        -------
        column
            E[Y(t) | x, t_x, T] with t = days / unit_days.
        """
        model, given = self._raw(), self._customers(customers)
        orders = empty(len(given.frequency))
        time = self._time(days)
        _retain.btyd_orders(context(run), model, given.frequency, given.t_x, given.T, given.unit_days, time, orders)
        return given.kind.column("orders", orders)

    def predict(self, customers: Any, *, days: float = 90.0, **run: Unpack[Run]) -> Any:
        """Expected occasions in the next `days` days: :meth:`orders` under scikit-learn's name."""
        return self.orders(customers, days=days, **run)

    def silence(self, customers: Any, *, days: float, **run: Unpack[Run]) -> Any:
        """Probability that a customer places no order in the next `days` days, whether dead or merely slow.

        Returns
        -------
        column
            P(Y(t) = 0 | x, t_x, T); never below 1 − P(alive).
        """
        model, given = self._raw(), self._customers(customers)
        silence = empty(len(given.frequency))
        time = self._time(days)
        _retain.btyd_silence(context(run), model, given.frequency, given.t_x, given.T, given.unit_days, time, silence)
        return given.kind.column("silence", silence)

    def discounted(self, customers: Any, *, days: float | None = None, annual_rate: float = 0.0, **run: Unpack[Run]) -> Any:
        """Expected occasions in the next `days` days, each discounted to the observation end.

        For ever, this is DERT, discounted expected residual transactions (Fader, Hardie & Lee 2005, JMR 42(4)).

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        days : float, optional
            Horizon; for ever by default.
        annual_rate : float
            Effective annual discount rate, ≥ 0: 0.10 for 10 %. Continuous inside: delta = ln(1 + rate) × unit_days / 365.25.

        Returns
        -------
        column
            The integral of e^(−delta u) dE[Y(u)]; infinite where it diverges.
        """
        model, given = self._raw(), self._customers(customers)
        discounted = empty(len(given.frequency))
        _retain.btyd_discounted(
            context(run),
            model,
            given.frequency,
            given.t_x,
            given.T,
            given.unit_days,
            math.inf if days is None else self._time(days, math.inf),
            self._delta(annual_rate),
            discounted,
        )
        return given.kind.column("discounted", discounted)

    def _delta(self, annual_rate: Any) -> float:
        rate = _columns.number(annual_rate, "annual_rate")
        if not 0.0 <= rate < math.inf:
            raise ArgumentError(f"annual_rate is {rate:g}; it must be finite and at least 0")
        return float(_retain.clv_delta(rate, self.unit_days_))

    def likelihood(self, customers: Any, **run: Unpack[Run]) -> Any:
        """Log-likelihood of each customer, log L(x, t_x, T); weights are not applied.

        Returns
        -------
        column
        """
        model, given = self._raw(), self._customers(customers)
        result = empty(len(given.frequency))
        _retain.btyd_likelihood(context(run), model, given.frequency, given.t_x, given.T, given.unit_days, result, None)
        return given.kind.column("log_likelihood", result)

    def gradient(self, customers: Any, **run: Unpack[Run]) -> NDArray[np.float64]:
        """Derivatives of the log-likelihood of each customer by the logarithms of the parameters.

        Returns
        -------
        ndarray, shape (customers, parameters)
        """
        model, given = self._raw(), self._customers(customers)
        n = len(given.frequency)
        result, gradient = empty(n), empty(len(self._parameters) * n)
        _retain.btyd_likelihood(context(run), model, given.frequency, given.t_x, given.T, given.unit_days, result, gradient)
        return gradient.reshape(n, len(self._parameters))

    def score(self, customers: Any, y: None = None, **run: Unpack[Run]) -> float:
        """Mean log-likelihood per customer: the larger the better, also on customers the model has not seen. Weights count."""
        model, given = self._raw(), self._customers(customers)
        result = empty(len(given.frequency))
        _retain.btyd_likelihood(context(run), model, given.frequency, given.t_x, given.T, given.unit_days, result, None)
        return float(np.average(result, weights=given.weight)) if len(result) else math.nan

    # --- a new customer ---

    def expected(self, days: Any, **run: Unpack[Run]) -> Any:
        """Expected repeat occasions of a new customer, about whom nothing is known yet.

        Parameters
        ----------
        days : number or column
            Ages in days, finite and ≥ 0.

        Returns
        -------
        number or column
            E[X(t)], the first purchase not included: add 1 for it.
        """
        kind = _columns.kind_of(days)
        model = self._raw()
        ages = _columns.floats(days, "days")
        for row in np.flatnonzero(~((ages >= 0.0) & (ages < math.inf)))[:1].tolist():
            raise DataError(f"days[{row}] is {ages[row]:g}; it must be finite and at least 0", row)
        times = ages / self.unit_days_
        result = empty(len(times))
        _retain.btyd_expected(context(run), model, times, result)
        return kind.column("expected", result)

    def pmf(self, n: Any, *, days: float, log: bool = False, **run: Unpack[Run]) -> Any:
        """Probability that a new customer makes n repeat occasions by an age of `days` days.

        Parameters
        ----------
        n : number or column
            Whole numbers ≥ 0.
        days : float
            Age, finite and ≥ 0.
        log : bool
            Give the logarithm instead, exact where the probability underflows.

        Returns
        -------
        number or column
            P(X(t) = n).
        """
        kind = _columns.kind_of(n)
        model = self._raw()
        counts = _columns.floats(n, "n")
        pmf, log_pmf = empty(len(counts)), empty(len(counts))
        _retain.btyd_pmf(context(run), model, self._time(days), counts, pmf, log_pmf)
        return kind.column("log_pmf", log_pmf) if log else kind.column("pmf", pmf)

    def simulate(self, T: Any, *, seed: int, days: float = 0.0, **run: Unpack[Run]) -> dict[str, Floats]:
        """Draws customers from the model: the check of every claim above.

        Parameters
        ----------
        T : column
            How long each customer is observed, in the model's unit of time.
        seed : int
            Any number from 0 to 2^64 − 1. The same seed gives the same customers, for any number of threads.
        days : float
            How long they are followed afterwards.

        Returns
        -------
        dict of ndarray
            ``frequency``, ``t_x``, ``T``, ``alive`` (1 when alive at T), ``future`` (occasions in the `days` days after T), and
            ``unit_days``: a table that :meth:`fit` takes.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> drawn = model.simulate([39.0] * 1000, seed=1, days=90)
        >>> sorted(drawn)
        ['T', 'alive', 'frequency', 'future', 't_x', 'unit_days']
        """
        model = self._raw()
        ages = _columns.floats(T, "T")
        chosen = _columns.whole(seed, "seed")
        if not 0 <= chosen < 2**64:
            raise ArgumentError(f"seed is {chosen}; it must lie in [0, 2^64 - 1]")
        result = {name: empty(len(ages)) for name in ("frequency", "t_x", "alive", "future")}
        _retain.btyd_simulate(context(run), model, ages, self._time(days), chosen, *result.values())
        return {
            "frequency": result["frequency"],
            "t_x": result["t_x"],
            "T": ages.copy(),
            "alive": result["alive"],
            "future": result["future"],
            "unit_days": np.full(len(ages), self.unit_days_),
        }


class ParetoNBD(Model):
    """Pareto/NBD: customers may leave at any time.

    Lifetime ~ Exp(mu), mu ~ Gamma(s, rate beta); parameters r, alpha, s, beta.

    Notes
    -----
    Source: D. C. Schmittlein, D. G. Morrison, R. Colombo, "Counting your customers", Management Science 33(1) (1987); likelihood by
    P. Fader, B. Hardie, "A note on deriving the Pareto/NBD model" (2005), eqs. 18-20.
    """

    _family = 1
    _name = "Pareto/NBD"
    _parameters = ("r", "alpha", "s", "beta")


class BGNBD(Model):
    """BG/NBD: customers may leave after each repeat purchase, with probability p ~ Beta(a, b); parameters r, alpha, a, b.

    Whoever never came back is alive for certain in this model, so its P(alive) must not be read as a churn risk.

    Notes
    -----
    Source: P. Fader, B. Hardie, K. L. Lee, "Counting your customers the easy way", Marketing Science 24(2) (2005), eq. 6.
    """

    _family = 2
    _name = "BG/NBD"
    _parameters = ("r", "alpha", "a", "b")


class MBGNBD(Model):
    """MBG/NBD: as BG/NBD, and customers may also leave right after the first purchase; parameters r, alpha, a, b.

    Notes
    -----
    Source: E. P. Batislam, M. Denizel, A. Filiztekin, "Empirical validation and comparison of models for customer base analysis",
    International Journal of Research in Marketing 24(3) (2007), eq. 5.
    """

    _family = 3
    _name = "MBG/NBD"
    _parameters = ("r", "alpha", "a", "b")


class GGNBD(Model):
    """Gamma-Gompertz/NBD: as Pareto/NBD, but customers age: the risk of leaving rises; parameters r, alpha, b, s, beta.

    The risk at age u is b eta e^(b u) with eta ~ Gamma(s, rate beta), so S(u) = (beta / (beta - 1 + e^(b u)))^s. With b and beta
    going to 0 together it is Pareto/NBD, whose beta is beta / b: where customers do not age the fit ends there, and says so.

    Notes
    -----
    Source: A. C. Bemmaor, N. Glady, "Modeling purchasing behavior with sudden death: a flexible customer lifetime model",
    Management Science 58(5) (2012); conditional expectation as corrected by J. Adler (2022).

    Examples
    --------
    >>> model = GGNBD.from_params(r=0.9, alpha=8.0, b=0.1, s=0.8, beta=20.0, unit_days=7)
    >>> customer = {"frequency": 2, "t_x": 30.43, "T": 38.86}
    >>> f"{model.alive(customer):.4f} {model.orders(customer, days=90):.2f}"
    '0.8061 0.46'
    """

    _family = 7
    _name = "Gamma-Gompertz/NBD"
    _parameters = ("r", "alpha", "b", "s", "beta")


def from_dict(stored: Mapping[str, Any]) -> Model:
    """The model that :meth:`Model.to_dict` wrote.

    Examples
    --------
    >>> from_dict({"model": "BGNBD", "unit_days": 7, "r": 0.25, "alpha": 4.4, "a": 0.8, "b": 2.4})
    BGNBD(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
    """
    if not isinstance(stored, Mapping):
        raise TypeError(f"stored must be a dict, not {type(stored).__name__}")
    values = dict(stored)
    name = values.pop("model", None)
    for family in (ParetoNBD, BGNBD, MBGNBD, GGNBD):
        if name == family.__name__:
            return family.from_params(**values)
    raise ArgumentError(f"model is {name!r}; it must be 'ParetoNBD', 'BGNBD', 'MBGNBD' or 'GGNBD'")
