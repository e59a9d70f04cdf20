"""One model for each store, country or cohort, which learns from all the others by as much as the data say: partial pooling.

One model for all denies that stores differ; a fit for each runs wild where customers are few. :class:`Pool` is between them: the
logarithms of the parameters of a group are drawn from a population whose centre and spread are estimated from all customers (empirical
Bayes), and a group's model is the most likely one given its customers and that population::

    pool = retain.Pool(retain.BGNBD()).fit(customers, by="store")
    pool.report_                                    # how much do stores differ, and in what?
    pool.groups_                                    # each store: parameters, limits, how much of the population is in them
    pool.orders(customers, days=90)                 # every customer by the model of its store
    pool.model_of("Berlin").alive(customers)        # a model like any other
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterable, Mapping
from statistics import NormalDist
from typing import Any, NoReturn, Self, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._btyd_forecasts import Forecasts
from ._btyd_model import Model
from ._btyd_terms import Asked, Prior
from ._columns import Floats, Ints, Keys
from ._estimator import empty
from ._forecasts import Question, Total
from ._run import Run, context
from ._tables import Customers
from .btyd_dynamic import Histories
from .errors import ArgumentError, ConvergenceError, NotFitted
from .fit import Report

__all__ = ["Pool", "PoolReport"]

_SOURCES = tuple(_retain.btyd_pool_source_name(number) for number in range(4))
_MATRICES = ("covariance", "new_covariance")
_VECTORS = ("estimate", "standard_error", "low", "high", "sd", "sd_standard_error", "sd_low", "sd_high", "sd_statistic", "sd_p_value")


@dataclasses.dataclass(frozen=True, eq=False)
class PoolReport:
    """How groups differ, and what there is to say about it. Arrays have an entry for each parameter.

    Attributes
    ----------
    verdict : str
        "converged" is the only success. "too little data": fewer than three groups. "boundary", "ridge": the customers leave the
        population open. "stopped".
    explanation : str
        The findings in words.
    parameters : tuple of str
        Their names.
    groups : int
        Groups with customers.
    customers : float
        Sum of weights.
    iterations : int
        Steps of the search.
    estimate, standard_error, low, high : ndarray
        Parameters of the median group, with standard errors and limits.
    sd : ndarray
        Standard deviation between groups of the logarithm of each parameter: 0.3 means that two of three groups are within a factor of
        1.35 of the median. 0: the groups do not differ measurably.
    sd_standard_error, sd_low, sd_high : ndarray
        Its standard error and limits.
    sd_statistic, sd_p_value : ndarray
        Twice the log-likelihood that sd = 0 of this parameter alone costs, and the chance of so much where groups do not differ in it.
    covariance, new_covariance : ndarray, shape (n, n)
        Of the parameters of the median group, and of those of a new group, of which nothing is known.
    log_likelihood, complete_log_likelihood, own_log_likelihood : float
        Of partial pooling (marginal), of one model for all, and of a fit for each (NaN unless ``own=True``).
    group_log_likelihood, effective : float
        Sum of the log-likelihoods of groups at their estimates by partial pooling, and the numbers that these estimates amount to.
    estimated, own_estimated : int
        Numbers estimated by partial pooling, and by a fit for each.
    statistic, p_value : float
        Twice the gain over one model for all, and the chance of so much where groups do not differ (NaN with a prior). sd = 0 is an edge:
        half of the time there is no gain, and a mixture of chi-squared distributions says how likely the rest is (Self & Liang 1987).
    """

    verdict: str
    explanation: str
    parameters: tuple[str, ...]
    groups: int
    customers: float
    iterations: int
    estimate: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    sd: Floats
    sd_standard_error: Floats
    sd_low: Floats
    sd_high: Floats
    sd_statistic: Floats
    sd_p_value: Floats
    covariance: Floats
    new_covariance: Floats
    log_likelihood: float
    complete_log_likelihood: float
    own_log_likelihood: float
    group_log_likelihood: float
    effective: float
    estimated: int
    own_estimated: int
    statistic: float
    p_value: float

    @classmethod
    def _of(cls, record: dict[str, Any], parameters: tuple[str, ...]) -> PoolReport:
        values = {name: record[name] for name in record if name not in ("status", "k")}
        n = len(parameters)
        values["verdict"] = _retain.fit_verdict_name(values["verdict"])
        for name in _VECTORS:
            values[name] = np.array(values[name], dtype=np.float64)
        for name in _MATRICES:
            values[name] = np.array(values[name], dtype=np.float64).reshape(n, n)
        return cls(parameters=parameters, **values)

    @property
    def success(self) -> bool:
        """Is the verdict "converged"?"""
        return self.verdict == "converged"

    def aic(self) -> dict[str, float]:
        """Which pooling forecasts these groups best? The conditional AIC (Vaida & Blanchard 2005), least for the best: of "complete"
        pooling (one model for all), of "partial" pooling, and of "none" (a fit for each; NaN unless ``own=True``)."""
        complete = len(self.parameters) - int(np.count_nonzero(self.standard_error == 0))
        return {
            "complete": 2 * complete - 2 * self.complete_log_likelihood,
            "partial": 2 * self.effective - 2 * self.group_log_likelihood,
            "none": 2 * self.own_estimated - 2 * self.own_log_likelihood,
        }

    def __str__(self) -> str:
        width = max(len(name) for name in self.parameters)
        lines = [
            f"{self.verdict}: {self.explanation}",
            f"{self.groups:,} groups, customers {self.customers:,.10g}, marginal log-likelihood {self.log_likelihood:.4f}, one model for "
            f"all {self.complete_log_likelihood:.4f}, {self.iterations} steps",
            f"{'':>{width}} {'median':>12} {'low':>12} {'high':>12} {'sd':>10} {'low':>10} {'high':>10} {'p':>10}",
        ]
        for name, *values in zip(self.parameters, self.estimate, self.low, self.high, self.sd, self.sd_low, self.sd_high, self.sd_p_value):
            numbers = " ".join(f"{value:{12 if i < 3 else 10}.5g}" for i, value in enumerate(values))
            lines.append(f"{name:>{width}} {numbers}")
        return "\n".join(lines)


class PoolTerms(Run, total=False):
    """What a fit of :class:`Pool` can be told beside the customers and their groups.

    Attributes
    ----------
    unit_days : float, optional
        Days in the unit of t_x and T, 7 for weeks; by default the table's column ``unit_days``.
    fixed : mapping, optional
        Values at which parameters are held in all groups.
    prior : retain.Prior, optional
        A normal prior on the parameters of the median group.
    own : bool
        Fit each group alone, too: a column for each parameter of ``groups_``, NaN where its customers determine none, and
        ``report_.own_log_likelihood``.
    """

    unit_days: float | None
    fixed: Mapping[str, float] | None
    prior: Prior | None
    own: bool


class Pool(Forecasts):
    """Models of groups that learn from each other: partial pooling by empirical Bayes.

    Forecasts are those of a model (:meth:`orders`, :meth:`alive`, :meth:`silence`, :meth:`discounted`, :meth:`total` ...) and read the
    column of groups, too. A group that was not in the fit is a new one: it has the median group's parameters, and their uncertainty and
    spread.

    Parameters
    ----------
    model : Model
        The family, such as ``retain.BGNBD()``, with its options: level of the limits, iterations, k.
    varies : iterable of str, optional
        Names of the parameters that may differ between groups; all by default. Others are the same in all.

    Attributes
    ----------
    report_ : PoolReport
        How much groups differ, and in what.
    groups_ : table
        A row for each group, of the kind of the customers: its label, ``customers``, ``made_of`` (whose data its model is made of), and
        for each parameter ``r``, ``r_low``, ``r_high`` and ``r_shrinkage`` (0: its own data only, 1: the population).
    population_ : Model
        The median group.
    new_group_ : Model
        The same with the uncertainty of a group of which nothing is known.
    labels_ : ndarray
        Labels of the groups, ascending.
    unit_days_ : float
        Days in the unit of time.

    Examples
    --------
    >>> import numpy as np
    >>> from retain import BGNBD, Pool
    >>> rng = np.random.default_rng(2)
    >>> stores = [
    ...     BGNBD.from_params(r=0.6, alpha=6.0 * np.exp(0.5 * rng.standard_normal()), a=0.8, b=2.5, unit_days=7).simulate(
    ...         np.full(size, 52.0), seed=size
    ...     )
    ...     for size in (40, 60, 90, 150, 400, 900, 1500, 2500)
    ... ]
    >>> table = {name: np.concatenate([store[name] for store in stores]) for name in ("frequency", "t_x")}
    >>> table["T"] = np.full(len(table["t_x"]), 52.0)
    >>> table["store"] = np.repeat([f"store {i}" for i in range(8)], [len(store["t_x"]) for store in stores])
    >>> pool = Pool(BGNBD(), varies=["alpha"]).fit(table, by="store", unit_days=7)
    >>> bool(0.2 < pool.report_.sd[1] < 1.0)
    True
    >>> shrinkage = pool.groups_["alpha_shrinkage"]
    >>> bool(shrinkage[0] > shrinkage[7])
    True
    """

    groups_: Any
    labels_: NDArray[Any]
    population_: Model
    new_group_: Model
    report_: PoolReport  # type: ignore[assignment]

    def __init__(self, model: Model, *, varies: Iterable[str] | None = None) -> None:
        self.model = model
        self.varies = varies

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options of the fit."""
        return {"model": self.model, "varies": self.varies}

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "population_")

    def __repr__(self) -> str:
        if not hasattr(self, "population_"):
            return f"Pool({type(self.model).__name__}())"
        return f"Pool({self.population_!r}, groups={len(self.labels_)})"

    # --- the fit ---

    def fit(self, customers: Any, y: None = None, *, by: str, **terms: Unpack[PoolTerms]) -> Self:
        """Fits the population and each group.

        Parameters
        ----------
        customers : table
            One row per customer: ``frequency``, ``t_x``, ``T``, perhaps ``weight``, and a column of groups.
        y : None
            Not used.
        by : str
            Name of the column of groups: strings, numbers, categories, anything that can be told apart. Forecasts read it, too.
        unit_days, fixed, prior, own
            See :class:`PoolTerms`.
        threads, progress, memory
            How to run: see :class:`retain.Run`. Groups run on threads.

        Returns
        -------
        self

        Raises
        ------
        ConvergenceError
            With fewer than three groups, or when the customers leave the population open; carries ``model`` (this, as far as it got) and
            ``report``.

        Notes
        -----
        R. E. Kass, D. Steffey, "Approximate Bayesian inference in conditionally independent hierarchical models", JASA 84 (1989);
        Laplace's approximation of each group's integral. The limits of a group contain what is not known about the population.
        """
        if not isinstance(self.model, Model):
            raise TypeError(f"model must be a model such as BGNBD(), not {type(self.model).__name__}")
        if isinstance(customers, Histories) or "covariates" in terms:
            raise ArgumentError(
                "customers have covariates, whose coefficients are not pooled: give the pool customers without (histories.summary()), or fit "
                "a model with covariates to each group by itself"
            )
        names, n = self.model._parameters, len(self.model._parameters)
        iterations, level = self.model._options()
        own = bool(terms.pop("own", False))
        asked = Asked(terms, names, customers)  # type: ignore[arg-type]
        _, _, _, fixed, prior_sd, of_coefficients, centre = asked.raw
        if of_coefficients:
            raise ArgumentError("prior.coefficients is about covariates, whose coefficients are not pooled")
        given = Customers(customers, unit_days=terms.get("unit_days"))
        keys = _labels_of(given, by)
        labels = np.asarray(keys.values)
        count = len(labels) + 1  # the last one is a new group
        found = {
            name: empty(count * size)
            for name, size in {
                "model": 2 + n + len(self.model._extra()),
                "customers": 1,
                "standard_error": n,
                "low": n,
                "high": n,
                "shrinkage": n,
                "distance": n,
                "covariance": n * n,
                "common": 2 * n * n,
            }.items()
        }
        alone, source = empty(count * n) if own else None, np.zeros(count, dtype=np.uint8)
        record = _retain.btyd_pool_fit(
            context(asked.run),
            self.model._family,
            given.frequency,
            given.t_x,
            given.T,
            given.weight,
            given.log_gaps,
            given.unit_days,
            keys.codes,
            count,
            self._flags(names),
            fixed,
            prior_sd,
            centre,
            iterations,
            level,
            self.model._stages(),
            *found.values(),
            alone,
            source,
        )
        target = self if record["status"] == 0 else copy.copy(self)
        target._take_over(record, given, by, keys, labels, found, alone, source)
        if target is not self:
            error = ConvergenceError(record["explanation"])
            error.model, error.report = target, target.report_  # type: ignore[assignment]
            raise error
        return self

    def _flags(self, names: tuple[str, ...]) -> NDArray[np.uint8] | None:
        if self.varies is None:
            return None
        if isinstance(self.varies, str):
            raise TypeError("varies must be a list of names, not a string")
        varies = tuple(self.varies)
        for name in varies:
            if name not in names:
                raise ArgumentError(f"varies names {name!r}; the parameters are {', '.join(names)}")
        return np.array([name in varies for name in names], dtype=np.uint8)

    def _take_over(
        self,
        record: dict[str, Any],
        given: Customers,
        by: str,
        keys: Keys,
        labels: NDArray[Any],
        found: dict[str, Floats],
        own: Floats | None,
        source: NDArray[np.uint8],
    ) -> None:
        names = self.model._parameters
        n, count = len(names), len(labels) + 1
        self.report_ = PoolReport._of(record, names)
        self.unit_days_, self.labels_, self._by, self._keys = given.unit_days, labels, by, keys
        self._found, self._own = {name: column.reshape(count, -1) for name, column in found.items()}, own
        self.population_ = self._make(count - 1, self.report_.covariance)
        self.new_group_ = self._make(count - 1, self.report_.new_covariance)
        model, kind = self._found["model"], given.kind
        columns: dict[str, Any] = {
            "customers": self._found["customers"][:-1, 0],
            "made_of": np.array(_SOURCES, dtype=object)[source[:-1]],
        }
        for k, name in enumerate(names):
            columns[name] = model[:-1, 2 + k]
            for what in ("low", "high", "shrinkage"):
                columns[f"{name}_{what}"] = self._found[what][:-1, k]
            if own is not None:
                columns[f"{name}_own"] = own.reshape(count, n)[:-1, k]
        table = {by: keys.give(np.arange(count - 1), kind)}
        table |= {
            name: column.tolist() if column.dtype == object else kind.column(name, np.ascontiguousarray(column))
            for name, column in columns.items()
        }
        self.groups_ = kind.table(table)

    def _make(self, row: int, covariance: Floats) -> Model:
        """The model of a group, with a report that has its covariance."""
        names, n = self.model._parameters, len(self.model._parameters)
        model = copy.copy(self.model)
        numbers, errors = self._found["model"][row], np.sqrt(np.diag(covariance))
        model.params_ = dict(zip(names, numbers[2 : 2 + n].tolist()))
        model.unit_days_ = self.unit_days_
        for name, value in model._beside(numbers).items():
            setattr(model, name, value)
        with np.errstate(invalid="ignore", divide="ignore"):
            half = np.exp(_quantile(_columns.level(self.model.level)) * errors / numbers[2 : 2 + n])
        nan = float("nan")
        model.report_ = Report(
            verdict=self.report_.verdict,
            explanation="Of a group, by partial pooling.",
            parameters=names,
            rows=0,
            customers=float(self._found["customers"][row, 0]),
            iterations=self.report_.iterations,
            evaluations=0,
            log_likelihood=nan,
            aic=nan,
            bic=nan,
            gradient_norm=nan,
            condition=nan,
            estimate=numbers[2 : 2 + n].copy(),
            standard_error=errors,
            low=numbers[2 : 2 + n] / half,
            high=numbers[2 : 2 + n] * half,
            covariance=covariance,
            has_prior=True,
            kind=tuple("held" if error == 0.0 else "estimated" for error in errors),
        )
        return model

    def model_of(self, label: Any) -> Model:
        """The model of a group, a :class:`Model` like any other, with limits that contain what is not known about the population."""
        self._values()
        rows = [row for row, known in enumerate(self.labels_.tolist()) if known == label]
        if not rows:
            raise ArgumentError(f"there is no group {label!r} (a new one has new_group_)")
        n = len(self.model._parameters)
        return self._make(rows[0], self._found["covariance"][rows[0]].reshape(n, n))

    @property
    def _by_opportunity(self) -> bool:  # type: ignore[override]
        return self.model._by_opportunity

    @property
    def _name(self) -> str:  # type: ignore[override]
        return self.model._name

    # --- forecasts: every customer by the model of its group ---

    def _values(self) -> list[float]:
        if not hasattr(self, "population_"):
            raise NotFitted("this Pool has no groups yet; call fit first")
        return []

    def _codes(self, given: Customers) -> Ints:
        """Groups of customers; labels that are not known are new groups."""
        codes = self._keys.find(given.table.raw(self._by), f"customers.{self._by}")
        return np.minimum(codes, len(self.labels_))

    def _view(self, given: Customers) -> tuple[Any, ...]:
        groups = len(self.labels_) + 1
        return self._codes(given), groups, given.frequency, given.t_x, given.T

    def _answer(
        self, name: str, customers: Any, question: Question, level: float | None, run: Run, unit: Any = None
    ) -> Any:
        self._values()
        given = Customers(customers, default_unit=self.unit_days_)
        models, scale = self._found["model"].reshape(-1), unit() if unit else 1.0
        if level is None:
            values = empty(len(given.frequency))
            _retain.btyd_pool_forecast(context(run), models, *self._view(given), given.unit_days, *question.raw(), values)
            return given.kind.column(name, values * scale)
        columns = {key: empty(len(given.frequency)) for key in ("value", "low", "high")}
        _retain.btyd_pool_interval(
            context(run),
            models,
            self._found["covariance"].reshape(-1),
            *self._view(given),
            given.unit_days,
            *question.raw(),
            _columns.level(level),
            *columns.values(),
        )
        return given.kind.table({key: given.kind.column(key, column * scale) for key, column in columns.items()})

    def _add_up(self, customers: Any, question: Question, worth: Floats | None, level: float, run: Run) -> Total:
        self._values()
        given = Customers(customers, default_unit=self.unit_days_)
        found = _retain.btyd_pool_total(
            context(run),
            self._found["model"].reshape(-1),
            self._found["covariance"].reshape(-1),
            self._found["common"].reshape(-1),
            *self._view(given),
            given.weight,
            given.unit_days,
            *question.raw(),
            worth,
            level,
        )
        return Total(**found)

    def alive(self, customers: Any, *, days: float = 0.0, level: float | None = None, **run: Unpack[Run]) -> Any:
        """P(alive), now or `days` days later: :meth:`Model.alive`, each customer by the model of its group."""
        self._values()
        return self._answer("alive", customers, Question("alive", end=self._time(days)), level, run)

    def _raw(self) -> NoReturn:
        self._values()
        raise ArgumentError("this is a question to the model of one group: ask pool.model_of(label)")

    def summary(self) -> str:
        """How much groups differ, as text."""
        self._values()
        return str(self.report_)

    def to_dict(self) -> NoReturn:
        """Not here: store the models of the groups, ``pool.model_of(label).to_dict()``."""
        raise ArgumentError("a pool is not stored as a whole: store pool.model_of(label).to_dict() of each label")


def _quantile(level: float) -> float:
    """Of the normal distribution, two-sided."""
    return NormalDist().inv_cdf(0.5 + 0.5 * level)


def _labels_of(given: Customers, by: Any) -> Keys:
    """The groups of customers, numbered in ascending order."""
    if not isinstance(by, str):
        raise TypeError(f"by must be the name of a column of the customers, not {type(by).__name__}")
    keys = Keys(given.table.raw(by), f"customers.{by}")
    if keys.values is None:
        keys.values, keys.codes = np.unique(keys.codes, return_inverse=True)
        keys.codes = np.ascontiguousarray(keys.codes, dtype=np.int64)
    keys.name = by
    return keys
