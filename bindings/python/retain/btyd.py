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
:class:`NBD`        never: what the others are judged against                  r, alpha           Ehrenberg 1959
:class:`BGBB`       before an opportunity, with probability theta ~            alpha, beta,       Fader, Hardie & Shang 2010
                    Beta(gamma, delta); purchases at discrete opportunities    gamma, delta
:class:`BGCNBD`,    as BGNBD and MBGNBD, of customers who buy regularly        r, alpha, a, b; k  Platzer & Reutterer 2016
:class:`MBGCNBD`
=================  ==========================================================  =================  ==========================

>>> from retain import ParetoNBD
>>> model = ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67, unit_days=7)
>>> customer = {"frequency": 26, "t_x": 30.86, "T": 31.0}
>>> f"{model.alive(customer):.4f} {model.orders(customer, days=90):.2f}"
'0.9979 7.54'
"""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Self, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _draws, _forecasts, _retain
from ._columns import Floats
from ._draws import Drawn, Draws, DrawsReport
from ._estimator import Estimator, empty, mean_of
from ._forecasts import Question, Total
from ._run import Run, context
from ._tables import Customers
from .btyd_dynamic import Histories
from .calendar import _days_of
from .errors import ArgumentError, ConvergenceError, DataError

__all__ = [
    "BGBB",
    "BGCNBD",
    "BGNBD",
    "GGNBD",
    "MBGCNBD",
    "MBGNBD",
    "NBD",
    "Drawn",
    "Draws",
    "DrawsReport",
    "Model",
    "ParetoNBD",
    "Prior",
    "RegularModel",
    "Total",
    "from_dict",
]

_MOST_K = 64  # RETAIN_BTYD_MOST_K


@dataclasses.dataclass(frozen=True)
class Prior:
    """A normal prior: what is known before the customers are looked at. It counts like a fixed number of customers.

    Attributes
    ----------
    parameters : float
        Standard deviation of the logarithms of the parameters, in (0, 10]; 0 for none. 1 to 2 say: within a factor of about 50 of
        the centre. With covariates these are the parameters of the average customer.
    coefficients : float
        Standard deviation of the coefficients, whose mean is 0, times the scale of their covariate: the difference of its two
        values, or two standard deviations where it has more (Gelman et al. 2008); 0 for none.
    centre : mapping, optional
        Centre of the parameters by name; all of them, or none. By default 1 for shapes, and the mean age T for rates in units of
        time.
    """

    parameters: float = 0.0
    coefficients: float = 0.0
    centre: Mapping[str, float] | None = None

    def _centre(self, parameters: tuple[str, ...]) -> Floats | None:
        if self.centre is None:
            return None
        if set(self.centre) != set(parameters):
            raise ArgumentError(f"prior.centre must name {', '.join(parameters)}")
        return np.array([_columns.positive(self.centre[name], f"prior.centre[{name}]") for name in parameters], dtype=np.float64)


def _deviation(given: Any, what: str) -> float:
    value = _columns.number(given, what)
    if not 0.0 <= value <= 10.0:
        raise ArgumentError(f"{what} is {value:g}; it must lie in [0, 10] (0: no prior)")
    return value


def _seed(given: Any) -> int:
    chosen = _columns.whole(given, "seed")
    if not 0 <= chosen < 2**64:
        raise ArgumentError(f"seed is {chosen}; it must lie in [0, 2^64 - 1]")
    return chosen


def _names(given: Any, what: str) -> tuple[str, ...]:
    """Names of covariates, each once."""
    if isinstance(given, str):
        raise TypeError(f"{what} must be a list of names, not a string")
    names = tuple(given)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"{what} must be names, not {type(name).__name__}")
    if len(set(names)) < len(names):
        raise ArgumentError(f"{what} names a covariate twice")
    return names


def _on_clock(column: Any, name: str, run: Run) -> Floats:
    """Days: those of dates, or numbers as they are."""
    column = [column] if isinstance(column, (str, dt.date, np.datetime64)) else column
    if _columns.is_temporal(column) or (_columns.is_column(column) and _columns.texts(column) is not None):
        return _days_of(column, name, None, run).astype(np.float64)
    return _columns.floats(column, name)


def _coefficients(given: Any) -> dict[str, tuple[float, float]]:
    """Coefficients as given by a user: of the purchase process and of the lifetime process, by covariate."""
    if not isinstance(given or {}, Mapping):
        raise TypeError('covariates must be a mapping such as {"channel": {"purchase": 0.3, "lifetime": -0.1}}')
    if len(given or {}) > 16:
        raise ArgumentError(f"covariates has {len(given)} names; a model has at most 16")
    found = {}
    for name, both in (given or {}).items():
        if not isinstance(both, Mapping):
            raise TypeError(f'covariates[{name!r}] must be a mapping such as {{"purchase": 0.3, "lifetime": -0.1}}')
        unknown = [key for key in both if key not in ("purchase", "lifetime")]
        if unknown:
            raise ArgumentError(f"covariates[{name!r}] has {unknown[0]!r}; it may have 'purchase' and 'lifetime'")
        purchase, lifetime = (_columns.number(both.get(key, 0.0), f"{key}[{name}]") for key in ("purchase", "lifetime"))
        found[name] = (purchase, lifetime)
    return found


def _flags(given: Any, what: str, covariates: tuple[str, ...]) -> NDArray[np.uint8]:
    names = _names(given, what)
    for name in names:
        if name not in covariates:
            raise ArgumentError(f"{what} names {name!r}, which is none of the covariates ({', '.join(covariates) or 'there are none'})")
    return np.array([name in names for name in covariates], dtype=np.uint8)


def _held(fixed: Mapping[str, float] | None, entries: tuple[str, ...]) -> Floats | None:
    if not fixed:
        return None
    for name in fixed:
        if name not in entries:
            raise ArgumentError(f"fixed names {name!r}; the entries are {', '.join(entries)}")
    values = {name: _columns.number(value, f"fixed[{name}]") for name, value in fixed.items()}
    return np.array([values.get(name, math.nan) for name in entries], dtype=np.float64)


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
    covariates_ : tuple of str
        Names of the covariates; () where there are none.
    purchase_, lifetime_ : dict of float
        Their coefficients by name: a positive one means more purchases, or leaving faster.
    report_ : retain.fit.Report
        What there is to say about the fit.
    """

    _family: ClassVar[int] = 0
    _name: ClassVar[str] = ""
    unit_days_: float

    _drawn: Draws | None = None  # draws that answer in place of the parameters

    covariates_: tuple[str, ...] = ()
    purchase_: Mapping[str, float] = MappingProxyType({})
    lifetime_: Mapping[str, float] = MappingProxyType({})

    def _unit(self) -> str:
        return f", unit_days={self.unit_days_:g}" + (f", covariates={list(self.covariates_)}" if self.covariates_ else "")

    # --- making a model ---

    def fit(
        self,
        customers: Any,
        y: None = None,
        *,
        unit_days: float | None = None,
        covariates: Sequence[str] = (),
        purchase: Sequence[str] | None = None,
        lifetime: Sequence[str] | None = None,
        equal: Sequence[str] = (),
        fixed: Mapping[str, float] | None = None,
        prior: Prior | None = None,
        **run: Unpack[Run],
    ) -> Self:
        """Fits the model to customers by maximum likelihood.

        Parameters
        ----------
        customers : table, or Histories
            One row per customer: ``frequency``, ``t_x``, ``T``; a column ``weight`` counts identical customers. ParetoNBD takes
            :class:`retain.Histories` too, whose covariates change with time; they are all in the fit, and have their names.
        y : None
            Not used; there for scikit-learn's pipelines.
        unit_days : float, optional
            Days in the unit of t_x and T, 7 for weeks; by default the table's column ``unit_days``.
        covariates : sequence of str
            Names of the columns that tell customers apart from the start (numbers; dummies for groups), at most 16. Predictions read
            the same columns. The parameters are those of a customer whose covariates are all 0: subtract a typical value from one
            that lies far from 0, such as a year.
        purchase, lifetime : sequence of str, optional
            Which of them enter the purchase process and the lifetime process; all by default.
        equal : sequence of str
            Which of them have one coefficient in both processes.
        fixed : mapping, optional
            Values at which entries are held, by the names of the report: ``{"r": 0.5, "purchase[channel]": 0.2}``.
        prior : Prior, optional
            A normal prior, for few customers.
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
        names = customers.names if isinstance(customers, Histories) else _names(covariates, "covariates")
        entries = self._entries(names)
        n, m = len(self._parameters), len(names)
        stages = self._stages()
        model = empty(2 + n + 2 * m + len(self._extra()))
        extras = (*self._extras(names, purchase, lifetime, equal, fixed, prior), *options)
        if isinstance(customers, Histories):
            if self._family != 1:
                raise ArgumentError(f"covariates that change with time are for ParetoNBD; this is {type(self).__name__}")
            if covariates or unit_days is not None:
                raise ArgumentError("covariates and unit_days are those of the histories; they cannot be given here")
            record = _retain.btyd_dynamic_fit(
                context(run), *customers._past(), None, customers.unit_days, *customers._pieces(), *extras, model
            )
        else:
            given = Customers(customers, unit_days=unit_days, covariates=names)
            record = _retain.btyd_fit(
                context(run),
                self._family,
                given.frequency,
                given.t_x,
                given.T,
                given.weight,
                given.log_gaps,
                given.unit_days,
                given.covariates,
                m,
                *extras,
                stages,
                model,
            )
        self._finish(
            record,
            model[2 : 2 + n + 2 * m],
            entries,
            unit_days_=float(model[1]),
            covariates_=names,
            purchase_=dict(zip(names, model[2 + n : 2 + n + m].tolist())),
            lifetime_=dict(zip(names, model[2 + n + m : 2 + n + 2 * m].tolist())),
            **self._beside(model),
        )
        return self

    def _stages(self) -> int:
        """The k that a fit is given: 0, unless the family has one."""
        return 0

    def _extra(self) -> list[float]:
        """What the model has beside its parameters."""
        return []

    def _beside(self, model: Floats) -> dict[str, Any]:
        """What the model has beside its parameters, as attributes."""
        return {}

    def _entries(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return (*self._parameters, *(f"purchase[{name}]" for name in names), *(f"lifetime[{name}]" for name in names))

    def _extras(
        self,
        names: tuple[str, ...],
        purchase: Sequence[str] | None,
        lifetime: Sequence[str] | None,
        equal: Sequence[str],
        fixed: Mapping[str, float] | None,
        prior: Prior | None,
    ) -> tuple[Any, ...]:
        """What a fit is told beside the customers, as the raw layer takes it."""
        chosen = prior if prior is not None else Prior()
        if not isinstance(chosen, Prior):
            raise TypeError(f"prior must be a Prior, not {type(prior).__name__}")
        return (
            None if purchase is None else _flags(purchase, "purchase", names),
            None if lifetime is None else _flags(lifetime, "lifetime", names),
            _flags(equal, "equal", names) if equal else None,
            _held(fixed, self._entries(names)),
            _deviation(chosen.parameters, "prior.parameters"),
            _deviation(chosen.coefficients, "prior.coefficients"),
            chosen._centre(self._parameters),
        )

    def _ask(
        self,
        customers: Any,
        unit_days: float | None,
        covariates: Sequence[str],
        purchase: Sequence[str] | None,
        lifetime: Sequence[str] | None,
        equal: Sequence[str],
        fixed: Mapping[str, float] | None,
        prior: Prior | None,
    ) -> tuple[Customers, tuple[str, ...], tuple[str, ...], tuple[Any, ...]]:
        """Customers, names of covariates and of entries, and what draws hand to the raw layer first."""
        if isinstance(customers, Histories):
            raise ArgumentError("draws are for customers whose covariates do not change with time")
        names = _names(covariates, "covariates")
        given = Customers(customers, unit_days=unit_days, covariates=names)
        columns = (given.frequency, given.t_x, given.T, given.weight, given.log_gaps, given.unit_days, given.covariates)
        extras = self._extras(names, purchase, lifetime, equal, fixed, prior)
        arguments = (self._family, *columns, len(names), *extras, self._options()[0], self._stages())
        return given, names, self._entries(names), arguments

    # --- draws ---

    def posterior(
        self,
        customers: Any,
        *,
        draws: int = 1000,
        chains: int = 4,
        seed: int = 0,
        unit_days: float | None = None,
        covariates: Sequence[str] = (),
        purchase: Sequence[str] | None = None,
        lifetime: Sequence[str] | None = None,
        equal: Sequence[str] = (),
        fixed: Mapping[str, float] | None = None,
        prior: Prior | None = None,
        **run: Unpack[Run],
    ) -> Draws:
        """Draws from the posterior distribution: what is known about the parameters once the customers are seen, given a prior.

        For any number of customers, even a few of whom none returned. The prior must be proper: where `prior` says 0, or nothing, its
        standard deviations are 2 for parameters (95 in 100 within a factor of 50 of their centre) and 1 for coefficients.

        Parameters
        ----------
        customers, unit_days, covariates, purchase, lifetime, equal, fixed, prior
            As for :meth:`fit`.
        draws, chains : int
            So many draws of each chain, 4 to 10⁶, and chains, 1 to 64.
        seed : int
            Any number; the same one gives the same draws.
        threads, progress, memory
            How to run: see :class:`retain.Run`. Chains run on threads.

        Returns
        -------
        Draws
            Its ``model`` is the posterior mode. This estimator itself is left alone.

        Raises
        ------
        ConvergenceError
            Unless the chains agree (R-hat below 1.01), are worth 100 independent draws each, and hardly any trajectory broke off;
            carries ``draws``, ``model`` and ``report``.

        Notes
        -----
        Hamiltonian Monte Carlo with the normal approximation split off (Shahbaba et al. 2014), some 2 to 4 evaluations of the likelihood a
        draw; R-hat and effective sample sizes of Vehtari et al. 2021.

        Examples
        --------
        >>> from retain import BGNBD, Prior
        >>> few = {"frequency": [0, 0, 2, 1, 0], "t_x": [0, 0, 20, 5, 0], "T": [30, 28, 33, 25, 31], "unit_days": 7}
        >>> known = BGNBD().posterior(few, seed=1, prior=Prior(parameters=1.0))
        >>> total = known.total(few, days=91)
        >>> bool(total.least <= total.low < total.value < total.high <= total.most)
        True
        """
        given, names, entries, arguments = self._ask(customers, unit_days, covariates, purchase, lifetime, equal, fixed, prior)
        chosen = _seed(seed)
        each, many = _columns.whole(draws, "draws"), _columns.whole(chains, "chains")
        if not 4 <= each <= 10**6 or not 1 <= many <= 64:
            raise ArgumentError(f"draws is {each} and chains {many}; they must lie in [4, 10^6] and [1, 64]")
        model, values = empty(2 + len(entries) + len(self._extra())), empty(many * each * len(entries))
        record = _retain.btyd_posterior(context(run), *arguments, chosen, many, each, model, values)
        return self._draw(record, model, given, names, entries, values, many)

    def bootstrap(
        self,
        customers: Any,
        *,
        draws: int = 1000,
        seed: int = 0,
        unit_days: float | None = None,
        covariates: Sequence[str] = (),
        purchase: Sequence[str] | None = None,
        lifetime: Sequence[str] | None = None,
        equal: Sequence[str] = (),
        fixed: Mapping[str, float] | None = None,
        prior: Prior | None = None,
        **run: Unpack[Run],
    ) -> Draws:
        """Draws by the bootstrap: what fits to other customers of the same kind would find.

        Every customer occurs a Poisson number of times, with mean 1. Right also where the model is not quite true, which the delta
        method and the posterior both take for granted.

        Parameters
        ----------
        customers, unit_days, covariates, purchase, lifetime, equal, fixed, prior
            As for :meth:`fit`.
        draws : int
            Number of refits, 1 to 10⁶: 200 for a standard deviation, 1000 for limits.
        seed : int
            Any number; the same one gives the same draws.
        threads, progress, memory
            How to run: see :class:`retain.Run`.

        Returns
        -------
        Draws
            Its ``model`` is the fit to the customers themselves.

        Raises
        ------
        ConvergenceError
            When more than 1 of 20 refits ended nowhere, on a boundary or on a ridge; carries ``draws``, ``model`` and ``report``.
        """
        given, names, entries, arguments = self._ask(customers, unit_days, covariates, purchase, lifetime, equal, fixed, prior)
        count = _columns.whole(draws, "draws")
        if not 1 <= count <= 10**6:
            raise ArgumentError(f"draws is {count}; it must lie in [1, 10^6]")
        model, values = empty(2 + len(entries) + len(self._extra())), empty(count * len(entries))
        record = _retain.btyd_bootstrap(context(run), *arguments, _seed(seed), count, model, values)
        return self._draw(record, model, given, names, entries, values, 0)

    def normal(self, *, draws: int = 1000, seed: int = 0) -> Draws:
        """Draws from the normal distribution that the delta method supposes; the model must come from a fit that identifies all."""
        count = _columns.whole(draws, "draws")
        if not 1 <= count <= 10**7:
            raise ArgumentError(f"draws is {count}; it must lie in [1, 10^7]")
        model = self._raw()
        if not hasattr(self, "report_"):
            raise ArgumentError("normal needs a fitted model: this one has no covariance of its parameters")
        values = empty(count * len(self.report_.parameters))
        _retain.btyd_normal(None, model, self.report_.covariance.reshape(-1), _seed(seed), count, values)
        return Draws(copy.copy(self), self.report_.parameters, values.reshape(count, -1), 0, None)

    def _draw(
        self,
        record: dict[str, Any],
        raw: Floats,
        given: Customers,
        names: tuple[str, ...],
        entries: tuple[str, ...],
        values: Floats,
        chains: int,
    ) -> Draws:
        model = copy.copy(self)
        vars(model).pop("report_", None)
        n, m = len(self._parameters), len(names)
        model.params_ = dict(zip(self._parameters, raw[2 : 2 + n].tolist()))
        model.unit_days_ = given.unit_days
        model.covariates_ = names
        model.purchase_ = dict(zip(names, raw[2 + n : 2 + n + m].tolist()))
        model.lifetime_ = dict(zip(names, raw[2 + n + m : 2 + n + 2 * m].tolist()))
        for name, value in self._beside(raw).items():
            setattr(model, name, value)
        report = DrawsReport._of(record)
        draws = Draws(model, entries, values.reshape(-1, len(entries)), chains, report)
        if record["status"] != 0:
            error = ConvergenceError(report.explanation)
            error.model, error.draws = model, draws
            raise error
        return draws

    @classmethod
    def from_params(
        cls, *, unit_days: float, covariates: Mapping[str, Mapping[str, float]] | None = None, **parameters: float
    ) -> Self:
        """A model with known parameters, from a publication or a database.

        Parameters
        ----------
        unit_days : float
            Days in the unit of time of alpha and beta: 7 for weeks.
        covariates : mapping, optional
            Coefficients by name of the covariate: ``{"channel": {"purchase": 0.3, "lifetime": -0.1}}``.
        **parameters : float
            The family's parameters by name, positive and finite.
        """
        model = cls()
        model._take(parameters)
        model.unit_days_ = _columns.positive(unit_days, "unit_days")
        if not model.unit_days_ < math.inf:
            raise ArgumentError("unit_days is inf; it must be finite")
        coefficients = _coefficients(covariates)
        model.covariates_ = _names(coefficients, "covariates")
        model.purchase_ = {name: given[0] for name, given in coefficients.items()}
        model.lifetime_ = {name: given[1] for name, given in coefficients.items()}
        return model

    def to_dict(self) -> dict[str, Any]:
        """The model as plain numbers, to be stored as JSON or in a database; :func:`from_dict` reads it.

        Examples
        --------
        >>> BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7).to_dict()
        {'model': 'BGNBD', 'unit_days': 7.0, 'r': 0.25, 'alpha': 4.4, 'a': 0.8, 'b': 2.4}
        """
        values = self._values()
        stored = {"model": type(self).__name__, "unit_days": self.unit_days_, **dict(zip(self._parameters, values))}
        if self.covariates_:
            stored["covariates"] = {
                name: {"purchase": self.purchase_[name], "lifetime": self.lifetime_[name]} for name in self.covariates_
            }
        return stored

    def _raw(self) -> Floats:
        """The model as the raw layer takes it."""
        values = self._values()
        coefficients = [*self.purchase_.values(), *self.lifetime_.values()]
        return np.array([self._family, self.unit_days_, *values, *coefficients, *self._extra()], dtype=np.float64)

    def _raw_given(self, covariates: Mapping[str, float] | None) -> Floats:
        """The model of new customers with these covariates, as the raw layer takes it."""
        given = dict(covariates or {})
        unknown = [name for name in given if name not in self.covariates_]
        missing = [name for name in self.covariates_ if name not in given]
        if unknown or missing:
            raise ArgumentError(
                f"the model has the covariates {', '.join(self.covariates_) or 'none'}; "
                + (f"{unknown[0]!r} is none of them" if unknown else f"{missing[0]!r} is missing: give covariates={{name: value}}")
            )
        raw = self._raw()
        if not self.covariates_:
            return raw
        values = np.array([_columns.number(given[name], f"covariates[{name}]") for name in self.covariates_], dtype=np.float64)
        result = empty(2 + len(self._parameters) + len(self._extra()))
        _retain.btyd_given(None, raw, values, result)
        return result

    def _customers(self, customers: Any) -> Customers:
        self._values()
        return Customers(customers, default_unit=self.unit_days_, covariates=self.covariates_)

    def _time(self, days: Any, most: float = math.nextafter(math.inf, 0.0)) -> float:
        """Days in the model's unit of time."""
        value = _columns.number(days, "days")
        if not 0.0 <= value <= most:
            raise ArgumentError(f"days is {value:g}; it must be {'finite and ' if most < math.inf else ''}at least 0")
        return value / self.unit_days_

    # --- customers ---

    def alive(self, customers: Any, *, days: float = 0.0, level: float | None = None, **run: Unpack[Run]) -> Any:
        """P(alive): probability that a customer is still there, at the observation end or later.

        Not a churn risk: see :func:`retain.churn.risk`. Under BG/NBD it is 1 now for every customer without a repeat purchase, by
        construction.

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        days : float
            So many days after the observation end, finite and ≥ 0.
        level : float, optional
            Give an interval of this two-sided level as well: a table ``value``, ``low``, ``high``.

        Returns
        -------
        column, or table where `level` is given
            Probabilities.
        """
        if isinstance(customers, Histories):
            if days != 0.0 or level is not None:
                raise ArgumentError("with histories, alive is P(alive) at the observation end, without an interval")
            return self._past_of(customers, "alive", run)
        if days == 0.0 and level is None and self._drawn is None:
            model, given = self._raw(), self._customers(customers)
            alive = empty(len(given.frequency))
            _retain.btyd_alive(context(run), model, given.frequency, given.t_x, given.T, given.unit_days, given.covariates, alive, None)
            return given.kind.column("alive", alive)
        return self._answer("alive", customers, Question("alive", end=self._time(days)), level, run)

    def log_odds_dead(self, customers: Any, **run: Unpack[Run]) -> Any:
        """log((1 − P(alive)) / P(alive)), exact where P(alive) rounds to 0 or 1.

        Returns
        -------
        column
            −∞ where P(alive) is 1 by construction.
        """
        if isinstance(customers, Histories):
            return self._past_of(customers, "log_odds_dead", run)
        model, given = self._raw(), self._customers(customers)
        alive, odds = empty(len(given.frequency)), empty(len(given.frequency))
        _retain.btyd_alive(context(run), model, given.frequency, given.t_x, given.T, given.unit_days, given.covariates, alive, odds)
        return given.kind.column("log_odds_dead", odds)

    def orders(
        self, customers: Any, *, days: float, since: float = 0.0, level: float | None = None, **run: Unpack[Run]
    ) -> Any:
        """Expected occasions of each customer in the next `days` days after the observation end, or in as many days later on.

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        days : float
            Length of the window, finite and ≥ 0.
        since : float
            The window begins so many days after the observation end.
        level : float, optional
            Give an interval of this two-sided level as well: a table ``value``, ``low``, ``high``.

        Returns
        -------
        column, or table where `level` is given
            E[Y(t) | x, t_x, T] with t = days / unit_days.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> customers = {"frequency": [2.0, 0.0], "t_x": [30.4, 0.0], "T": [38.9, 38.9]}
        >>> [round(v, 3) for v in model.orders(customers, days=91)]
        [0.455, 0.072]
        >>> [round(v, 3) for v in model.orders(customers, days=91, since=91)]
        [0.402, 0.066]
        """
        return self._answer("orders", customers, Question("orders", *self._window(days, since)), level, run)

    def predict(self, customers: Any, *, days: float = 90.0, **run: Unpack[Run]) -> Any:
        """Expected occasions in the next `days` days: :meth:`orders` under scikit-learn's name."""
        return self.orders(customers, days=days, **run)

    def silence(
        self, customers: Any, *, days: float, since: float = 0.0, level: float | None = None, **run: Unpack[Run]
    ) -> Any:
        """Probability that a customer places no order in the next `days` days, whether dead or merely slow.

        Parameters
        ----------
        customers, days, since, level
            As for :meth:`orders`.

        Returns
        -------
        column, or table where `level` is given
            P(Y(t) = 0 | x, t_x, T); never below 1 − P(alive).
        """
        return self._answer("silence", customers, Question("silence", *self._window(days, since)), level, run)

    def discounted(
        self,
        customers: Any,
        *,
        days: float | None = None,
        since: float = 0.0,
        annual_rate: float = 0.0,
        level: float | None = None,
        **run: Unpack[Run],
    ) -> Any:
        """Expected occasions in the next `days` days, each discounted to the observation end.

        For ever, this is DERT, discounted expected residual transactions (Fader, Hardie & Lee 2005, JMR 42(4)).

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        days : float, optional
            Horizon; for ever by default.
        since, level
            As for :meth:`orders`.
        annual_rate : float
            Effective annual discount rate, ≥ 0: 0.10 for 10 %. Continuous inside: delta = ln(1 + rate) × unit_days / 365.25.

        Returns
        -------
        column, or table where `level` is given
            The integral of e^(−delta u) dE[Y(u)]; infinite where it diverges.
        """
        return self._answer("discounted", customers, self._discounting(days, since, annual_rate), level, run)

    def lifetime(
        self,
        customers: Any,
        *,
        days: float | None = None,
        since: float = 0.0,
        annual_rate: float = 0.0,
        level: float | None = None,
        **run: Unpack[Run],
    ) -> Any:
        """Expected time for which each customer is still there, in days: the integral of P(alive) over the window.

        Parameters
        ----------
        customers, days, since, annual_rate, level
            As for :meth:`discounted`; every instant is discounted. A cost per day that ends with the customer, times this, is the
            present value of what keeping the customer costs.

        Returns
        -------
        column, or table where `level` is given
            Days (opportunities times ``unit_days_`` where time goes by in these); infinite where the integral diverges.
        """
        question = dataclasses.replace(self._discounting(days, since, annual_rate), quantity="lifetime")
        return self._answer("lifetime", customers, question, level, run, self._values_unit)

    def _delta(self, annual_rate: Any) -> float:
        rate = _columns.number(annual_rate, "annual_rate")
        if not 0.0 <= rate < math.inf:
            raise ArgumentError(f"annual_rate is {rate:g}; it must be finite and at least 0")
        return float(_retain.clv_delta(rate, self.unit_days_))

    # --- the next order, counts and rates ---

    def next_order(self, customers: Any, *, share: float = 0.5, level: float | None = None, **run: Unpack[Run]) -> Any:
        """In how many days, from the observation end on, the next order has come with probability `share`: by default the median.

        That a customer is overdue already is part of what is known: the answer is a time from now, and moves on as silence lasts.

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        share : float
            A probability in (0, 1).
        level : float, optional
            As for :meth:`orders`.

        Returns
        -------
        column, or table where `level` is given
            Days; infinite where the customer returns at all with less probability than `share`.
        """
        return self._answer("next_order", customers, Question("next_quantile", share=_share(share)), level, run, self._values_unit)

    def next_order_by(
        self, customers: Any, *, days: float, since: float = 0.0, level: float | None = None, **run: Unpack[Run]
    ) -> Any:
        """Probability of at least one order in the next `days` days: 1 − :meth:`silence`.

        Returns
        -------
        column, or table where `level` is given
            P(Y(t) > 0 | x, t_x, T); it never exceeds P(alive).
        """
        return self._answer("next_order_by", customers, Question("return", *self._window(days, since)), level, run)

    def next_order_mean(self, customers: Any, *, days: float, level: float | None = None, **run: Unpack[Run]) -> Any:
        """Expected days until the next order, given that it comes within `days` days.

        Returns
        -------
        column, or table where `level` is given
            Days in (0, `days`). Without the condition there is no such number: the next order may never come.
        """
        question = Question("next_mean", end=_columns.positive(days, "days") / self._values_unit())
        return self._answer("next_order_mean", customers, question, level, run, self._values_unit)

    def distribution(
        self, customers: Any, *, days: float, most: int, since: float = 0.0, **run: Unpack[Run]
    ) -> NDArray[np.float64]:
        """The distribution of each customer's occasions in the next `days` days, or in as many days later on.

        Parameters
        ----------
        customers, days, since
            As for :meth:`orders`.
        most : int
            The largest count asked for.

        Returns
        -------
        ndarray, shape (customers, most + 1)
            P(Y = n | x, t_x, T) for n = 0 ... most. What a row is short of 1 is the probability of more than `most`.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> customer = {"frequency": [2.0], "t_x": [30.4], "T": [38.9]}
        >>> model.distribution(customer, days=91, most=2).round(3).tolist()
        [[0.678, 0.225, 0.07]]
        """
        model, given = self._raw(), self._customers(customers)
        largest = _columns.whole(most, "most")
        if not 0 <= largest <= 10**6:
            raise ArgumentError(f"most is {largest}; it must lie in [0, 10^6]")
        result = empty(len(given.frequency) * (largest + 1))
        _retain.btyd_distribution(
            context(run),
            model,
            given.frequency,
            given.t_x,
            given.T,
            given.unit_days,
            given.covariates,
            *self._window(days, since),
            largest + 1,
            result,
        )
        return result.reshape(-1, largest + 1)

    def at_most(
        self, customers: Any, n: int, *, days: float, since: float = 0.0, level: float | None = None, **run: Unpack[Run]
    ) -> Any:
        """P(Y ≤ n): probability of at most `n` orders in the next `days` days, or in as many days later on.

        Returns
        -------
        column, or table where `level` is given
        """
        count = float(_columns.whole(n, "n"))
        return self._answer("at_most", customers, Question("at_most", *self._window(days, since), n=count), level, run)

    def quantile(self, customers: Any, share: float, *, days: float, since: float = 0.0, **run: Unpack[Run]) -> Any:
        """The least number of orders that a customer does not exceed with probability `share`, were the parameters known.

        Two of them are the limits between which a customer's number of orders will lie: chance, not doubt.

        Returns
        -------
        column
            Whole numbers, as floats.
        """
        question = Question("count_quantile", *self._window(days, since), share=_share(share))
        return self._answer("quantile", customers, question, None, run)

    def variance(self, customers: Any, *, days: float, since: float = 0.0, level: float | None = None, **run: Unpack[Run]) -> Any:
        """Variance of each customer's number of orders in the next `days` days: chance, were the parameters known.

        Returns
        -------
        column, or table where `level` is given
        """
        return self._answer("variance", customers, Question("variance", *self._window(days, since)), level, run)

    def rate(self, customers: Any, *, level: float | None = None, **run: Unpack[Run]) -> Any:
        """E[lambda | x, t_x, T]: how often a customer like this one orders per unit of time (``unit_days_`` days) while alive.

        What the customer was like, whether or not still there: for what will come see :meth:`orders`.

        Returns
        -------
        column, or table where `level` is given
        """
        return self._answer("rate", customers, Question("rate"), level, run)

    def leaving(self, customers: Any, *, level: float | None = None, **run: Unpack[Run]) -> Any:
        """E[mu | x, t_x, T] per unit of time where customers leave in time (Pareto/NBD); E[p | x, t_x, T] per chance to leave where
        they leave after a purchase (BG/NBD, MBG/NBD). NaN where nobody leaves.

        Returns
        -------
        column, or table where `level` is given
        """
        return self._answer("leaving", customers, Question("leaving"), level, run)

    def total(
        self,
        customers: Any,
        *,
        days: float | None = None,
        since: float = 0.0,
        what: str = "orders",
        worth: Any = None,
        annual_rate: float = 0.0,
        level: float = 0.95,
        **run: Unpack[Run],
    ) -> Total:
        """A forecast summed over all customers, with an interval and a prediction interval.

        The parameters are the same for all customers, so doubt about them does not average out over many; chance does. A column
        ``weight`` counts.

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        days, since : float
            The window, as for :meth:`orders`. `days` may be left out for "discounted" (for ever) and "alive" (now).
        what : {"orders", "discounted", "silence", "return", "alive"}
            Orders, or the number of customers without an order, with one, or alive.
        worth : column, optional
            What one order of each customer counts, such as the expected spend (:meth:`retain.GammaGamma.expected`): the total is
            money then. Taken for known.
        annual_rate : float
            For "discounted".
        level : float
            Two-sided level of the intervals.

        Returns
        -------
        Total
            Without a fit behind the model (:meth:`from_params`) its parameters are taken for known: no standard error.
        """
        kinds = {"orders": 1, "discounted": 2, "silence": 3, "return": 4, "alive": 5}
        _columns.choice(what, "what", kinds)
        if what == "discounted":
            question = self._discounting(days, since, annual_rate)
        elif what == "alive":
            question = Question("alive", end=self._time(0.0 if days is None else days))
        elif days is None:
            raise TypeError(f"days is missing; total of {what!r} needs it")
        else:
            question = Question(what, *self._window(days, since))
        model, given = self._raw(), self._customers(customers)
        weights = None if worth is None else _columns.floats(worth, "worth")
        if self._drawn is not None:
            return _draws.total(model, self._drawn.values, given, question, weights, _columns.level(level), run)
        covariance = self.report_.covariance.reshape(-1) if hasattr(self, "report_") else None
        return _forecasts.total(model, covariance, given, question, weights, _columns.level(level), run)

    # --- the past ---

    def history(self, orders: Any, at: Any, *, covariates: Mapping[str, float] | None = None, **run: Unpack[Run]) -> Any:
        """P(alive) along one customer's history: what the model would have said on past days.

        Parameters
        ----------
        orders : column
            Dates of the customer's orders, or days on any clock, the first one included, in any order; several on one day are one.
        at : date, number or column
            Dates, or days on the same clock, at which to look. An order on that very day is known.
        covariates : mapping, optional
            Those of the customer by name, where the model has some.

        Returns
        -------
        number or column
            Probabilities, of the kind of `at`; NaN before the first order.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> [round(p, 3) for p in model.history([100, 114, 120], [99, 100, 121, 300])]
        [nan, 1.0, 0.803, 0.124]
        """
        kind = _columns.kind_of(at)
        model = self._raw_given(covariates)
        days, looks = _on_clock(orders, "orders", run), _on_clock(at, "at", run)
        if len(days) == 0:
            raise ArgumentError("orders is empty; a customer has a first order")
        for name, column in (("orders", days), ("at", looks)):
            for row in np.flatnonzero(~np.isfinite(column))[:1].tolist():
                raise DataError(f"{name}[{row}] is {column[row]:g}; it must be finite", row)
        days = np.unique(days)
        ages, instants = (days[1:] - days[0]) / self.unit_days_, (looks - days[0]) / self.unit_days_
        known = instants >= 0.0
        alive = empty(int(known.sum()))
        _retain.btyd_history(context(run), model, ages, instants[known], alive)
        result = np.full(len(looks), np.nan)
        result[known] = alive
        return kind.column("alive", result)

    def tracking(
        self, first_day: Any, days: Any, *, weight: Any = None, covariates: Mapping[str, float] | None = None, **run: Unpack[Run]
    ) -> Any:
        """Expected repeat occasions of a cohort up to points of calendar time: the curve to hold against what happened.

        Parameters
        ----------
        first_day : column
            Date of each customer's first order, or day on any clock.
        days : date, number or column
            Dates, or days on the same clock, at which to look.
        weight : column, optional
            Numbers of identical customers.
        covariates : mapping, optional
            Those of the cohort by name, where the model has some.

        Returns
        -------
        number or column
            Sum over customers of E[X(day − first_day)], cumulative, of the kind of `days`.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> [round(v, 3) for v in model.tracking([0, 0, 30], [0, 30, 60, 90])]
        [0.0, 0.429, 0.997, 1.478]
        """
        kind = _columns.kind_of(days)
        model = self._raw_given(covariates)
        births, times = _on_clock(first_day, "first_day", run), _on_clock(days, "days", run)
        weights = None if weight is None else _columns.floats(weight, "weight")
        expected = empty(len(times))
        _retain.btyd_tracking(context(run), model, births / self.unit_days_, weights, times / self.unit_days_, expected)
        return kind.column("expected", expected)

    # --- how questions are put ---

    def _values_unit(self) -> float:
        self._values()
        return self.unit_days_

    def _window(self, days: Any, since: Any) -> tuple[float, float]:
        self._values()
        start = _columns.number(since, "since")
        if not 0.0 <= start < math.inf:
            raise ArgumentError(f"since is {start:g}; it must be finite and at least 0")
        return start / self.unit_days_, start / self.unit_days_ + self._time(days)

    def _discounting(self, days: float | None, since: Any, annual_rate: Any) -> Question:
        start, _ = self._window(0.0, since)
        end = math.inf if days is None else start + self._time(days, math.inf)
        return Question("discounted", start, end, delta=self._delta(annual_rate))

    def _answer(
        self, name: str, customers: Any, question: Question, level: float | None, run: Run, unit: Callable[[], float] | None = None
    ) -> Any:
        """One column, or a table with limits."""
        if self._drawn is not None:
            return self._drawn._interval(customers, question, level, run, unit() if unit else 1.0)
        if isinstance(customers, Histories):
            return self._future_of(customers, question, level, run)
        model, given = self._raw(), self._customers(customers)
        scale = unit() if unit else 1.0
        if level is None:
            return given.kind.column(name, _forecasts.values(model, given, question, run) * scale)
        if not hasattr(self, "report_"):
            raise ArgumentError("level needs a fitted model: this one has no covariance of its parameters")
        covariance = self.report_.covariance.reshape(-1)
        found = _forecasts.interval(model, covariance, given, question, _columns.level(level), run)
        return given.kind.table({key: given.kind.column(key, column * scale) for key, column in found.items()})

    def likelihood(self, customers: Any, **run: Unpack[Run]) -> Any:
        """Log-likelihood of each customer, log L(x, t_x, T); weights are not applied.

        Returns
        -------
        column
        """
        if isinstance(customers, Histories):
            return self._past_of(customers, "log_likelihood", run)
        model, given = self._raw(), self._customers(customers)
        result = empty(len(given.frequency))
        _retain.btyd_likelihood(
            context(run), model, given.frequency, given.t_x, given.T, given.log_gaps, given.unit_days, given.covariates, result, None
        )
        return given.kind.column("log_likelihood", result)

    def gradient(self, customers: Any, **run: Unpack[Run]) -> NDArray[np.float64]:
        """Derivatives of the log-likelihood of each customer by the logarithms of the parameters, and by the coefficients.

        Returns
        -------
        ndarray, shape (customers, entries of the report)
        """
        entries = len(self._parameters) + 2 * len(self.covariates_)
        if isinstance(customers, Histories):
            values, slopes = empty(len(customers)), empty(entries * len(customers))
            raw = customers._check(self)
            _retain.btyd_dynamic_likelihood(context(run), raw, *customers._past(), self.unit_days_, *customers._pieces(), values, slopes)
            return slopes.reshape(len(customers), entries)
        model, given = self._raw(), self._customers(customers)
        n = len(given.frequency)
        result, gradient = empty(n), empty(entries * n)
        _retain.btyd_likelihood(
            context(run), model, given.frequency, given.t_x, given.T, given.log_gaps, given.unit_days, given.covariates, result, gradient
        )
        return gradient.reshape(n, entries)

    def score(self, customers: Any, y: None = None, **run: Unpack[Run]) -> float:
        """Mean log-likelihood per customer: the larger the better, also on customers the model has not seen. Weights count."""
        model, given = self._raw(), self._customers(customers)
        result = empty(len(given.frequency))
        _retain.btyd_likelihood(
            context(run), model, given.frequency, given.t_x, given.T, given.log_gaps, given.unit_days, given.covariates, result, None
        )
        return mean_of(result, given.weight)

    # --- covariates that change with time ---

    def _past_of(self, histories: Histories, what: str, run: Run) -> Any:
        """P(alive), its log-odds, or the likelihood."""
        raw, result, second = histories._check(self), empty(len(histories)), empty(len(histories))
        given = (context(run), raw, *histories._past(), self.unit_days_, *histories._pieces())
        if what == "log_likelihood":
            _retain.btyd_dynamic_likelihood(*given, result, None)
        else:
            _retain.btyd_dynamic_alive(*given, result, second)
        return histories.kind.column(what, second if what == "log_odds_dead" else result)

    def _future_of(self, histories: Histories, question: Question, level: float | None, run: Run) -> Any:
        """Expected orders, or silence."""
        asked = {"orders": _retain.btyd_dynamic_orders, "silence": _retain.btyd_dynamic_silence}
        if question.quantity not in asked or question.start != 0.0 or level is not None:
            raise ArgumentError(
                "with histories, whose covariates change with time, there are orders and silence from the observation end on, without "
                "an interval"
            )
        raw, result = histories._check(self), empty(len(histories))
        given = (context(run), raw, *histories._past(), self.unit_days_, *histories._pieces())
        asked[question.quantity](*given, question.end, result)
        return histories.kind.column(question.quantity, result)

    # --- a new customer ---

    def expected(self, days: Any, *, covariates: Mapping[str, float] | None = None, **run: Unpack[Run]) -> Any:
        """Expected repeat occasions of a new customer, about whom nothing is known yet.

        Parameters
        ----------
        days : number or column
            Ages in days, finite and ≥ 0.
        covariates : mapping, optional
            Their covariates by name, where the model has some.

        Returns
        -------
        number or column
            E[X(t)], the first purchase not included: add 1 for it.
        """
        kind = _columns.kind_of(days)
        model = self._raw_given(covariates)
        ages = _columns.floats(days, "days")
        for row in np.flatnonzero(~((ages >= 0.0) & (ages < math.inf)))[:1].tolist():
            raise DataError(f"days[{row}] is {ages[row]:g}; it must be finite and at least 0", row)
        times = ages / self.unit_days_
        result = empty(len(times))
        _retain.btyd_expected(context(run), model, times, result)
        return kind.column("expected", result)

    def pmf(
        self, n: Any, *, days: float, log: bool = False, covariates: Mapping[str, float] | None = None, **run: Unpack[Run]
    ) -> Any:
        """Probability that a new customer makes n repeat occasions by an age of `days` days.

        Parameters
        ----------
        n : number or column
            Whole numbers ≥ 0.
        days : float
            Age, finite and ≥ 0.
        log : bool
            Give the logarithm instead, exact where the probability underflows.
        covariates : mapping, optional
            Their covariates by name, where the model has some.

        Returns
        -------
        number or column
            P(X(t) = n).
        """
        kind = _columns.kind_of(n)
        model = self._raw_given(covariates)
        counts = _columns.floats(n, "n")
        pmf, log_pmf = empty(len(counts)), empty(len(counts))
        _retain.btyd_pmf(context(run), model, self._time(days), counts, pmf, log_pmf)
        return kind.column("log_pmf", log_pmf) if log else kind.column("pmf", pmf)

    def new_customer(
        self,
        *,
        days: float | None = None,
        annual_rate: float = 0.0,
        first: bool = True,
        level: float | None = None,
        covariates: Mapping[str, float] | None = None,
        **run: Unpack[Run],
    ) -> Any:
        """What a customer is worth, in orders, who is about to place the first one.

        Parameters
        ----------
        days : float, optional
            Horizon after the first order; for ever by default.
        annual_rate : float
            Effective annual discount rate, ≥ 0.
        first : bool
            Count the first order too.
        level : float, optional
            Give limits as well: a dict ``value``, ``low``, ``high``.
        covariates : mapping, optional
            Those of the customer by name, where the model has some.

        Returns
        -------
        float, or dict where `level` is given
            Discounted expected orders; infinite where they have no end.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> round(model.new_customer(days=365, annual_rate=0.1), 3)
        2.421
        """
        self._raw_given(covariates)  # refuses other names than the model's
        nobody = {**(covariates or {}), "frequency": 0.0, "t_x": 0.0, "T": 0.0}
        found = self.discounted(nobody, days=days, annual_rate=annual_rate, level=level, **run)
        more = float(_columns.yes_or_no(first, "first"))
        if level is None:
            return float(found) + more
        return {name: float(value) + more for name, value in found.items()}

    def simulate(
        self, T: Any, *, seed: int, days: float = 0.0, covariates: Mapping[str, Any] | None = None, **run: Unpack[Run]
    ) -> dict[str, Floats]:
        """Draws customers from the model: the check of every claim above.

        Parameters
        ----------
        T : column
            How long each customer is observed, in the model's unit of time.
        seed : int
            Any number from 0 to 2^64 − 1. The same seed gives the same customers, for any number of threads.
        days : float
            How long they are followed afterwards.
        covariates : mapping of columns, optional
            Their covariates by name, where the model has some; they are handed back with the customers.

        Returns
        -------
        dict of ndarray
            ``frequency``, ``t_x``, ``T``, ``alive`` (1 when alive at T), ``future`` (occasions in the `days` days after T),
            ``log_gaps`` (sum of the logarithms of the gaps up to T), and ``unit_days``: a table that :meth:`fit` takes.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> drawn = model.simulate([39.0] * 1000, seed=1, days=90)
        >>> sorted(drawn)
        ['T', 'alive', 'frequency', 'future', 'log_gaps', 't_x', 'unit_days']
        """
        model = self._raw()
        ages = _columns.floats(T, "T")
        chosen = _seed(seed)
        given = {name: _columns.floats((covariates or {})[name], name) for name in self.covariates_ if name in (covariates or {})}
        for name in self.covariates_:
            if name not in given:
                raise ArgumentError(f"covariates has no column {name!r}; the model has {', '.join(self.covariates_)}")
        stacked = np.concatenate(list(given.values())) if given else None
        result = {name: empty(len(ages)) for name in ("frequency", "t_x", "alive", "future", "log_gaps")}
        _retain.btyd_simulate(context(run), model, ages, stacked, self._time(days), chosen, *result.values())
        return {
            "frequency": result["frequency"],
            "t_x": result["t_x"],
            "T": ages.copy(),
            "alive": result["alive"],
            "future": result["future"],
            "log_gaps": result["log_gaps"],
            "unit_days": np.full(len(ages), self.unit_days_),
            **{name: column.copy() for name, column in given.items()},
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
    '0.5862 0.32'
    """

    _family = 7
    _name = "Gamma-Gompertz/NBD"
    _parameters = ("r", "alpha", "b", "s", "beta")


class NBD(Model):
    """NBD: nobody ever leaves; parameters r, alpha.

    Everyone is alive for ever, so P(alive) is 1 and discounted orders for ever without discount are infinite. Wrong for a shop, and
    useful: what another family gains over it is what there is to be known about leaving.

    Notes
    -----
    Source: A. S. C. Ehrenberg, "The pattern of consumer purchases", Applied Statistics 8(1) (1959).
    """

    _family = 4
    _name = "NBD"
    _parameters = ("r", "alpha")


class BGBB(Model):
    """BG/BB: purchases at discrete opportunities, such as one appeal for a donation a year; parameters alpha, beta, gamma, delta.

    Before each opportunity a customer leaves with probability theta ~ Beta(gamma, delta), and else uses it with probability p ~
    Beta(alpha, beta). ``unit_days`` is the length of one opportunity. ``T`` is the number of opportunities after the one that made
    someone a customer, ``t_x`` the last one used, ``frequency`` how many: whole numbers, frequency ≤ t_x ≤ T ≤ 1,000,000. Days
    must make whole opportunities. P(alive) is the probability to be there when the next opportunity comes.

    Examples
    --------
    >>> model = BGBB.from_params(alpha=1.2035, beta=0.7497, gamma=0.6567, delta=2.7834, unit_days=365.25)
    >>> donor = {"frequency": 4, "t_x": 5, "T": 6}
    >>> f"{model.alive(donor):.3f} {model.orders(donor, days=10 * 365.25):.3f}"
    '0.697 3.628'

    Notes
    -----
    Source: P. Fader, B. Hardie, J. Shang, "Customer-base analysis in a discrete-time noncontractual setting", Marketing Science
    29(6) (2010), eqs. 5-14.
    """

    _family = 8
    _name = "BG/BB"
    _parameters = ("alpha", "beta", "gamma", "delta")


class RegularModel(Model):
    """Customers who buy regularly: what :class:`BGCNBD` and :class:`MBGCNBD` have in common.

    A purchase happens at every k-th tick of a hidden clock of the personal rate lambda: gaps are Erlang-k, k / lambda on average,
    and the more even the larger k is. The fit reads a column ``log_gaps``, the sum of the logarithms of a customer's gaps, which
    ``retain.orders.summary(..., log_gaps=True)`` makes; forecasts do not. As gaps have a memory, a customer's future depends on how
    long the last purchase is ago.

    Parameters
    ----------
    k : int
        Stages of a gap, 1 to 64; 0, the default, chooses the most likely of 1 to 12 (:attr:`k_` says which, and so does the
        report). k is not counted as a parameter of the fit.
    iterations : int, optional
        Most Newton steps for each k; 200 by default.
    level : float
        Two-sided level of the intervals in the report, in (0, 1).

    Attributes
    ----------
    k_ : int
        Stages of a gap.

    Notes
    -----
    Source: M. Platzer, T. Reutterer, "Ticking away the moments: timing regularity helps to better predict customer activity",
    Marketing Science 35(5) (2016). Conditional expectations are exact here, and approximate there.

    Examples
    --------
    >>> model = MBGCNBD.from_params(r=0.9, alpha=1.5, a=0.6, b=3.0, k=3, unit_days=7)
    >>> customers = {"frequency": [9, 9], "t_x": [30.0, 30.0], "T": [31.0, 52.0]}
    >>> [round(p, 3) for p in model.alive(customers)]
    [0.949, 0.001]
    """

    k_: int

    def __init__(self, *, k: int = 0, iterations: int = 200, level: float = 0.95) -> None:
        super().__init__(iterations=iterations, level=level)
        self.k = k

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options of the fit (not the fitted parameters: those are in ``params_``, and ``k_``)."""
        return {"k": self.k, **super().get_params(deep)}

    def _unit(self) -> str:
        return f", k={self.k_}{super()._unit()}"

    def _stages(self) -> int:
        k = _columns.whole(self.k, "k")
        if not 0 <= k <= _MOST_K:
            raise ArgumentError(f"k is {k}; it must lie in [0, {_MOST_K}] (0 means the most likely)")
        return k

    def _extra(self) -> list[float]:
        return [float(getattr(self, "k_", 0))]

    def _beside(self, model: Floats) -> dict[str, Any]:
        return {"k_": int(model[-1])}

    @classmethod
    def from_params(
        cls, *, unit_days: float, covariates: Mapping[str, Mapping[str, float]] | None = None, **parameters: float
    ) -> Self:
        """A model with known parameters, k among them, from a publication or a database.

        Parameters
        ----------
        unit_days : float
            Days in the unit of time of alpha: 7 for weeks.
        covariates : mapping, optional
            Coefficients, as for other families.
        **parameters : float
            r, alpha, a and b, positive and finite, and k, a whole number in [1, 64].
        """
        if "k" not in parameters:
            raise TypeError(f"{cls.__name__} has a k, a whole number, beside its parameters; 'k' is missing")
        k = _columns.whole(parameters.pop("k"), "k")
        if not 1 <= k <= _MOST_K:
            raise ArgumentError(f"k is {k}; it must lie in [1, {_MOST_K}]")
        model = super().from_params(unit_days=unit_days, covariates=covariates, **parameters)
        model.k_ = k
        return model

    def to_dict(self) -> dict[str, Any]:
        """The model as plain numbers, to be stored as JSON or in a database; :func:`from_dict` reads it."""
        return {**super().to_dict(), "k": self.k_}


class BGCNBD(RegularModel):
    """BG/CNBD-k: BG/NBD for customers who buy regularly; parameters r, alpha, a, b, and a whole number k.

    With k = 1 it is :class:`BGNBD`. Options, attributes and source: see :class:`RegularModel`.
    """

    _family = 5
    _name = "BG/CNBD-k"
    _parameters = ("r", "alpha", "a", "b")


class MBGCNBD(RegularModel):
    """MBG/CNBD-k: MBG/NBD for customers who buy regularly; parameters r, alpha, a, b, and a whole number k.

    With k = 1 it is :class:`MBGNBD`. Options, attributes and source: see :class:`RegularModel`.
    """

    _family = 6
    _name = "MBG/CNBD-k"
    _parameters = ("r", "alpha", "a", "b")


def _share(share: Any) -> float:
    value = _columns.number(share, "share")
    if not 0.0 < value < 1.0:
        raise ArgumentError(f"share is {value:g}; it must lie in (0, 1)")
    return value


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
    families = {family.__name__: family for family in (ParetoNBD, BGNBD, MBGNBD, NBD, BGCNBD, MBGCNBD, GGNBD, BGBB)}
    if name in families:
        return families[name].from_params(**values)
    raise ArgumentError(f"model is {name!r}; it must be one of {', '.join(map(repr, families))}")
