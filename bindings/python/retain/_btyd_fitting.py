"""How buy-till-you-die models come to be: fits, draws of their parameters, and parameters that are known."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, Unpack, cast

from . import _columns, _retain
from ._btyd_base import Base
from ._btyd_terms import Asked, Terms, coefficients_of, entries_of, names_of, seed_of
from ._columns import Floats
from ._draws import Draws, DrawsReport
from ._estimator import empty, remade
from ._run import context
from ._stored import Stored, number, parameters_of
from ._tables import Customers
from .btyd_dynamic import Histories
from .errors import ArgumentError, ConvergenceError

if TYPE_CHECKING:
    from ._btyd_model import Model


class Fitting(Base):
    """The part of :class:`Model` that makes one."""

    def fit(self, customers: Any, y: None = None, **terms: Unpack[Terms]) -> Self:
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
        options, asked = self._options(), Asked(terms, self._parameters, customers)
        names = asked.covariates
        n, m = len(self._parameters), len(names)
        model = empty(2 + len(asked.entries) + len(self._extra()))
        stages = self._stages()
        if isinstance(customers, Histories):
            if self._family != 1:
                raise ArgumentError(f"covariates that change with time are for ParetoNBD; this is {type(self).__name__}")
            past = (*customers._past(), None, customers.unit_days, *customers._pieces())
            with asked.naming():
                record = _retain.btyd_dynamic_fit(context(asked.run), *past, *asked.raw, *options, model)
        else:
            given = Customers(customers, unit_days=terms.get("unit_days"), covariates=names)
            with asked.naming():
                record = _retain.btyd_fit(context(asked.run), *self._rows(given, m), *asked.raw, *options, stages, model)
        self._finish(record, model[2 : 2 + n + 2 * m], asked.entries, **self._found(model, names))
        return self

    def _rows(self, given: Customers, covariates: int) -> tuple[Any, ...]:
        """Family and customers of a fit as the raw layer takes them."""
        columns = (given.frequency, given.t_x, given.T, given.weight, given.log_gaps, given.unit_days, given.covariates)
        return (self._family, *columns, covariates)

    def _found(self, model: Floats, names: tuple[str, ...]) -> dict[str, Any]:
        """What a model of the raw layer says beside the parameters, as attributes."""
        first, m = 2 + len(self._parameters), len(names)
        return {
            "unit_days_": float(model[1]),
            "covariates_": names,
            "purchase_": dict(zip(names, model[first : first + m].tolist())),
            "lifetime_": dict(zip(names, model[first + m : first + 2 * m].tolist())),
            **self._beside(model),
        }

    # --- draws ---

    def _ask(self, customers: Any, terms: Terms) -> tuple[Asked, tuple[Any, ...]]:
        """What is asked, and what draws hand to the raw layer first."""
        if isinstance(customers, Histories):
            raise ArgumentError("draws are for customers whose covariates do not change with time")
        asked = Asked(terms, self._parameters, customers)
        given = Customers(customers, unit_days=terms.get("unit_days"), covariates=asked.covariates)
        return asked, (*self._rows(given, len(asked.covariates)), *asked.raw, self._options()[0], self._stages())

    def posterior(
        self,
        customers: Any,
        *,
        draws: int = 1000,
        chains: int = 4,
        seed: int = 0,
        **terms: Unpack[Terms],
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
        asked, arguments = self._ask(customers, terms)
        chosen = seed_of(seed)
        each, many = _columns.whole(draws, "draws"), _columns.whole(chains, "chains")
        if not 4 <= each <= 10**6 or not 1 <= many <= 64:
            raise ArgumentError(f"draws is {each} and chains {many}; they must lie in [4, 10^6] and [1, 64]")
        model, values = empty(2 + len(asked.entries) + len(self._extra())), empty(many * each * len(asked.entries))
        with asked.naming():
            record = _retain.btyd_posterior(context(asked.run), *arguments, chosen, many, each, model, values)
        return self._draw(record, model, asked, values, many)

    def bootstrap(
        self,
        customers: Any,
        *,
        draws: int = 1000,
        seed: int = 0,
        **terms: Unpack[Terms],
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
        asked, arguments = self._ask(customers, terms)
        count = _columns.whole(draws, "draws")
        if not 1 <= count <= 10**6:
            raise ArgumentError(f"draws is {count}; it must lie in [1, 10^6]")
        model, values = empty(2 + len(asked.entries) + len(self._extra())), empty(count * len(asked.entries))
        with asked.naming():
            record = _retain.btyd_bootstrap(context(asked.run), *arguments, seed_of(seed), count, model, values)
        return self._draw(record, model, asked, values, 0)

    def normal(self, *, draws: int = 1000, seed: int = 0) -> Draws:
        """Draws from the normal distribution that the delta method supposes; the model must come from a fit that identifies all."""
        count = _columns.whole(draws, "draws")
        if not 1 <= count <= 10**7:
            raise ArgumentError(f"draws is {count}; it must lie in [1, 10^7]")
        model = self._raw()
        if not hasattr(self, "report_"):
            raise ArgumentError("normal needs a fitted model: this one has no covariance of its parameters")
        values = empty(count * len(self.report_.parameters))
        _retain.btyd_normal(None, model, self.report_.covariance.reshape(-1), seed_of(seed), count, values)
        return Draws(cast("Model", copy.copy(self)), self.report_.parameters, values.reshape(count, -1), 0, None)

    def _draw(self, record: dict[str, Any], raw: Floats, asked: Asked, values: Floats, chains: int) -> Draws:
        model = cast("Model", copy.copy(self))
        vars(model).pop("report_", None)
        model.params_ = dict(zip(self._parameters, raw[2 : 2 + len(self._parameters)].tolist()))
        for name, value in self._found(raw, asked.covariates).items():
            setattr(model, name, value)
        report = DrawsReport._of(record)
        draws = Draws(model, asked.entries, values.reshape(-1, len(asked.entries)), chains, report)
        if record["status"] != 0:
            error = ConvergenceError(report.explanation)
            error.model, error.report, error.draws = model, report, draws
            raise error
        return draws

    # --- known parameters ---

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
        model.unit_days_ = _columns.length(unit_days, "unit_days")
        coefficients = coefficients_of(covariates)
        for name, (_, lifetime) in coefficients.items():
            if lifetime != 0.0 and not cls._leaves:
                raise ArgumentError(f"covariates[{name!r}]['lifetime'] is {lifetime:g}; it must be 0: {cls._name} has no lifetime process")
        model.covariates_ = names_of(coefficients, "covariates")
        model.purchase_ = {name: given[0] for name, given in coefficients.items()}
        model.lifetime_ = {name: given[1] for name, given in coefficients.items()}
        return model

    def _said(self) -> dict[str, Any]:
        coefficients = [
            {"name": name, "purchase": number(self.purchase_[name]), "lifetime": number(self.lifetime_[name])}
            for name in self.covariates_
        ]
        return {"unit_days": self.unit_days_, **super()._said(), "covariates": coefficients}

    def _fitted_entries(self) -> tuple[tuple[str, ...], list[float]]:
        values = [*self._values(), *self.purchase_.values(), *self.lifetime_.values()]
        return entries_of(self._parameters, self.covariates_), values

    @classmethod
    def _restored(cls, stored: Stored) -> Self:
        unit, parameters, covariates = stored.known("unit_days"), parameters_of(stored, cls._parameters), {}
        for place, part in enumerate(stored.parts("covariates")):
            name = part.text("name")
            if name in covariates:
                raise ArgumentError(f"covariates[{place}].name is {name!r}, and so is another's")
            covariates[name] = {process: part.parameter(process) for process in ("purchase", "lifetime")}
            part.done()
        return remade(cls.from_params, parameters, unit_days=unit, covariates=covariates, **cls._restored_beside(stored))

    @classmethod
    def _restored_beside(cls, stored: Stored) -> dict[str, Any]:
        """What the model has beside its parameters."""
        return {}
