"""Of customers who renew or cancel at known times, how many stay, how long, and what is that worth?

A subscription, a membership or a plan comes up for renewal once per period, and it is seen who leaves. Retention rates of a cohort
nearly always rise with its age, because those who leave easily leave first. From a few periods these models forecast the next dozen.
A new customer has survived 0 renewals; decision t = 1, 2, ... ends period t.

>>> from retain import SBG
>>> model = SBG().fit_cohorts([1000, 869, 743, 653, 593, 551, 517, 491], period_days=365.25)
>>> model
SBG(alpha=0.668088, beta=3.80609, period_days=365.25)
>>> [round(s, 3) for s in model.survival([8, 12])]
[0.46, 0.378]
>>> round(model.discounted(0, annual_rate=0.10), 3)
5.922
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Self, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Floats, Kind
from ._contract_draws import MOMENTS, ContractDraws, Drawing
from ._contract_tables import Subscribers, Survivors
from ._estimator import Estimator, empty, mean_of, remade, restored
from ._run import Run, context
from ._stored import Stored, parameters_of
from .errors import ArgumentError

__all__ = ["SBG", "BdW", "Contract", "ContractDraws", "from_dict"]


class Contract(Drawing, Estimator):
    """What the families have in common; see :class:`SBG` and :class:`BdW`.

    Attributes
    ----------
    params_ : dict of float
        The parameters by name.
    period_days_ : float
        Days from one renewal to the next: 365.25 for years, 30.4375 for months.
    report_ : retain.fit.Report
        What there is to say about the fit.
    """

    _family = 0
    period_days_: float

    def _unit(self) -> str:
        return f", period_days={self.period_days_:g}"

    def fit(self, customers: Any, y: None = None, *, period_days: float, **run: Unpack[Run]) -> Self:
        """Fits the model by maximum likelihood to one row per customer.

        Parameters
        ----------
        customers : table
            ``periods``: renewal decisions seen; of who left, the decision at which (1 or later), of the others all that they
            renewed at so far. ``left``: whether the last of them was to leave. A column ``weight`` counts identical customers.
        y : None
            Not used; there for scikit-learn's pipelines.
        period_days : float
            Days from one renewal to the next: 365.25 for years, 30.4375 for months.
        threads, progress, memory
            How to run: see :class:`retain.Run`.

        Returns
        -------
        self

        Raises
        ------
        ConvergenceError
            Unless the optimum is an interior maximum that the data identify; carries ``model`` and ``report``. A boundary is
            typical where customers do not differ.
        """
        options = self._options()
        days = _columns.length(period_days, "period_days")
        given = Subscribers(customers)
        model = empty(2 + len(self._parameters))
        record = _retain.contract_fit(
            context(run), self._family, given.periods, given.left, given.weight, days, *options, model
        )
        self._finish(record, model[2:], period_days_=days)
        return self

    def fit_cohorts(self, survivors: Any, *, period_days: float, **run: Unpack[Run]) -> Self:
        """The same from counts: exactly the fit to the customers they count.

        Parameters
        ----------
        survivors : column, list of columns, two-dimensional array or table
            S_0, S_1, ..., S_k of one cohort; or a row per cohort, of differing lengths or with NaN from where a cohort is not
            observed any more.
        period_days : float
            Days from one renewal to the next.
        """
        options = self._options()
        days = _columns.length(period_days, "period_days")
        given = Survivors(survivors)
        model = empty(2 + len(self._parameters))
        record = _retain.contract_fit_cohorts(context(run), self._family, given.cells, given.rows, days, *options, model)
        self._finish(record, model[2:], period_days_=days)
        return self

    @classmethod
    def from_params(cls, *, period_days: float, **parameters: float) -> Self:
        """A model with known parameters, from a publication or a database."""
        model = cls()
        model._take(parameters)
        model.period_days_ = _columns.length(period_days, "period_days")
        return model

    def _said(self) -> dict[str, Any]:
        return {"period_days": self.period_days_, **super()._said()}

    @classmethod
    def _restored(cls, stored: Stored) -> Self:
        return remade(cls.from_params, period_days=stored.known("period_days"), parameters=parameters_of(stored, cls._parameters))

    def _raw(self) -> Floats:
        values = self._values()
        return np.array([self._family, self.period_days_, *values], dtype=np.float64)

    def _covariance(self, limits: bool) -> Floats | None:
        if not _columns.yes_or_no(limits, "limits"):
            return None
        if not hasattr(self, "report_"):
            raise ArgumentError("limits is True, and this model was not fitted; there is no telling how sure it is")
        return np.ascontiguousarray(self.report_.covariance, dtype=np.float64).reshape(-1)

    def _rate(self, annual_rate: Any, rate: Any) -> float:
        """Discount rate per period."""
        if rate is not None:
            if annual_rate is not None:
                raise ArgumentError("annual_rate and rate are both given; give one of them")
            return self._not_negative(rate, "rate")
        annual = 0.0 if annual_rate is None else self._not_negative(annual_rate, "annual_rate")
        return float(_retain.contract_discount(annual, self.period_days_))

    @staticmethod
    def _not_negative(value: Any, name: str) -> float:
        result = _columns.number(value, name)
        if not 0.0 <= result < math.inf:
            raise ArgumentError(f"{name} is {result:g}; it must be finite and at least 0")
        return result

    @staticmethod
    def _ahead(periods: Any) -> float:
        """Decisions ahead."""
        if periods is None:
            return math.inf
        result = _columns.whole(periods, "periods")
        if not 0 <= result <= 2**53:
            raise ArgumentError(f"periods is {result}; it must lie in [0, 2^53], or be None for ever")
        return float(result)

    # --- curves ---

    def survival(self, t: Any, *, survived: Any = 0, log: bool = False, limits: bool = False, **run: Unpack[Run]) -> Any:
        """P(still there after t more decisions), given that `survived` renewals are behind.

        Parameters
        ----------
        t : number or column
            Whole numbers ≥ 0.
        survived : number or column
            Renewals behind; 0 for a new customer.
        log : bool
            Give the logarithm instead, exact where the probability underflows.
        limits : bool
            Give a table of ``survival``, ``low`` and ``high``: limits of each point at the estimator's `level`, by the delta
            method from the covariance of the parameters, on the logit scale.

        Returns
        -------
        number, column or table
            S(survived + t) / S(survived).
        """
        kind = _columns.kind_of(t)
        model, covariance = self._raw(), self._covariance(limits)
        times, behind = self._pair(t, survived)
        value, logs, low, high = (empty(len(times)) for _ in range(4))
        wanted = (low, high) if limits else (None, None)
        _retain.contract_survival(
            context(run), model, behind, times, covariance, _columns.level(self.level), value, logs, *wanted
        )
        if limits:
            return self._table(kind, survival=value, low=low, high=high)
        return kind.column("log_survival", logs) if log else kind.column("survival", value)

    def _pair(self, t: Any, survived: Any) -> tuple[Floats, Floats]:
        times, behind = _columns.floats(t, "t"), _columns.floats(survived, "survived")
        if len(behind) != len(times) and len(behind) == 1:
            behind = np.full(len(times), behind[0])
        if len(times) != len(behind) and len(times) == 1:
            times = np.full(len(behind), times[0])
        return times, behind

    @staticmethod
    def _table(kind: Kind, **columns: Floats) -> Any:
        return kind.table({name: kind.column(name, values) for name, values in columns.items()})

    def pmf(self, t: Any, *, survived: Any = 0, log: bool = False, **run: Unpack[Run]) -> Any:
        """P(leaving at the t-th decision from now), given that `survived` renewals are behind.

        Parameters
        ----------
        t : number or column
            Whole numbers ≥ 1.
        survived : number or column
            Renewals behind; 0 for a new customer.
        log : bool
            Give the logarithm instead.
        """
        kind = _columns.kind_of(t)
        model = self._raw()
        times, behind = self._pair(t, survived)
        pmf, log_pmf = empty(len(times)), empty(len(times))
        _retain.contract_pmf(context(run), model, behind, times, pmf, log_pmf)
        return kind.column("log_pmf", log_pmf) if log else kind.column("pmf", pmf)

    def retention(self, t: Any, *, limits: bool = False, **run: Unpack[Run]) -> Any:
        """Retention rate at decision t: of those who are there, the share that renews, r_t = S(t) / S(t − 1).

        Parameters
        ----------
        t : number or column
            Whole numbers ≥ 1.
        limits : bool
            Give a table of ``retention``, ``low`` and ``high``, as :meth:`survival` does.
        """
        kind = _columns.kind_of(t)
        model, covariance = self._raw(), self._covariance(limits)
        times = _columns.floats(t, "t")
        value, low, high = (empty(len(times)) for _ in range(3))
        wanted = (low, high) if limits else (None, None)
        _retain.contract_retention(context(run), model, times, covariance, _columns.level(self.level), value, None, *wanted)
        if limits:
            return self._table(kind, retention=value, low=low, high=high)
        return kind.column("retention", value)

    def hazard(self, t: Any, **run: Unpack[Run]) -> Any:
        """Churn rate at decision t, 1 − r_t, without cancellation."""
        kind = _columns.kind_of(t)
        model = self._raw()
        times = _columns.floats(t, "t")
        value, hazard = empty(len(times)), empty(len(times))
        _retain.contract_retention(context(run), model, times, None, 0.95, value, hazard, None, None)
        return kind.column("hazard", hazard)

    # --- value ---

    def discounted(
        self,
        survived: Any = 0,
        *,
        moment: str = "del",
        periods: int | None = None,
        annual_rate: float | None = None,
        rate: float | None = None,
        limits: bool = False,
        **run: Unpack[Run],
    ) -> Any:
        """Expected payments of a customer, each discounted: DEL and DERL (Fader & Hardie 2010, Marketing Science 29(1)).

        Parameters
        ----------
        survived : number or column
            Renewals behind; 0 for a new customer.
        moment : {"del", "derl_before", "derl_after"}
            "del": just after a payment (sign-up, or a renewal), which counts. "derl_before": just before the next decision, whose
            payment is not discounted. "derl_after": just after a payment, which does not count.
        periods : int, optional
            Decisions ahead; for ever by default.
        annual_rate : float, optional
            Effective annual discount rate, 0.10 for 10 %; 0 by default.
        rate : float, optional
            Discount rate per period, instead.
        limits : bool
            Give a table of ``discounted``, ``low`` and ``high``, as :meth:`survival` does, on the log scale.

        Returns
        -------
        number, column or table
            Payments of 1; ∞ where the sum diverges (for ever, no discount, and alpha c ≤ 1).
        """
        kind = _columns.kind_of(survived)
        model, covariance = self._raw(), self._covariance(limits)
        behind = _columns.floats(survived, "survived")
        value, low, high = (empty(len(behind)) for _ in range(3))
        _retain.contract_discounted(
            context(run),
            model,
            behind,
            _columns.choice(moment, "moment", MOMENTS),
            self._ahead(periods),
            self._rate(annual_rate, rate),
            covariance,
            _columns.level(self.level),
            value,
            low if limits else None,
            high if limits else None,
        )
        if limits:
            return self._table(kind, discounted=value, low=low, high=high)
        return kind.column("discounted", value)

    def lifetime(self, survived: Any = 0, *, limits: bool = False, **run: Unpack[Run]) -> Any:
        """Expected periods that a customer stays, from now on, the present one included: :meth:`discounted` at a rate of 0."""
        return self.discounted(survived, limits=limits, **run)

    def elasticity(
        self,
        survived: Any = 0,
        *,
        moment: str = "del",
        periods: int | None = None,
        annual_rate: float | None = None,
        rate: float | None = None,
        **run: Unpack[Run],
    ) -> Any:
        """Retention elasticity of that value: by how many percent it rises when every retention rate to come rises by one percent.

        Parameters are those of :meth:`discounted`.
        """
        kind = _columns.kind_of(survived)
        model = self._raw()
        behind = _columns.floats(survived, "survived")
        result = empty(len(behind))
        _retain.contract_elasticity(
            context(run),
            model,
            behind,
            _columns.choice(moment, "moment", MOMENTS),
            self._ahead(periods),
            self._rate(annual_rate, rate),
            result,
        )
        return kind.column("elasticity", result)

    # --- customers and cohorts ---

    def predict(self, customers: Any, *, periods: int = 1, **run: Unpack[Run]) -> Any:
        """Probability that each customer is still there after `periods` more decisions; 0 for who has left."""
        given = Subscribers(customers)
        ahead = np.full(len(given.periods), self._ahead(_columns.whole(periods, "periods")))
        value = empty(len(given.periods))
        _retain.contract_survival(context(run), self._raw(), given.periods, ahead, None, 0.95, value, None, None, None)
        value[given.left != 0] = 0.0
        return given.kind.column("stays", value)

    def likelihood(self, customers: Any, **run: Unpack[Run]) -> Any:
        """Log-likelihood of each customer; weights are not applied."""
        model, given = self._raw(), Subscribers(customers)
        result = empty(len(given.periods))
        _retain.contract_likelihood(context(run), model, given.periods, given.left, self.period_days_, result, None)
        return given.kind.column("log_likelihood", result)

    def gradient(self, customers: Any, **run: Unpack[Run]) -> NDArray[np.float64]:
        """Derivatives of the log-likelihood of each customer by the logarithms of the parameters, (customers, parameters)."""
        model, given = self._raw(), Subscribers(customers)
        n = len(given.periods)
        result, gradient = empty(n), empty(len(self._parameters) * n)
        _retain.contract_likelihood(context(run), model, given.periods, given.left, self.period_days_, result, gradient)
        return gradient.reshape(n, len(self._parameters))

    def likelihood_cohorts(self, survivors: Any, **run: Unpack[Run]) -> Any:
        """Log-likelihood of one cohort, or of each: the sum over the customers that the survivors count."""
        model, given = self._raw(), Survivors(survivors)
        result = empty(given.rows)
        _retain.contract_likelihood_cohorts(context(run), model, given.cells, given.rows, self.period_days_, result, None)
        return given.give("log_likelihood", result)

    def gradient_cohorts(self, survivors: Any, **run: Unpack[Run]) -> NDArray[np.float64]:
        """Derivatives of the log-likelihood of each cohort by the logarithms of the parameters, (cohorts, parameters)."""
        model, given = self._raw(), Survivors(survivors)
        result, gradient = empty(given.rows), empty(len(self._parameters) * given.rows)
        _retain.contract_likelihood_cohorts(
            context(run), model, given.cells, given.rows, self.period_days_, result, gradient
        )
        return gradient.reshape(given.rows, len(self._parameters))

    def score(self, customers: Any, y: None = None, **run: Unpack[Run]) -> float:
        """Mean log-likelihood per customer: the larger the better, also on customers the model has not seen. Weights count."""
        model, given = self._raw(), Subscribers(customers)
        result = empty(len(given.periods))
        _retain.contract_likelihood(context(run), model, given.periods, given.left, self.period_days_, result, None)
        return mean_of(result, given.weight)

    def simulate(self, decisions: Any, *, seed: int, **run: Unpack[Run]) -> dict[str, Any]:
        """Draws customers from the model: the check of every claim above.

        Parameters
        ----------
        decisions : column
            How many decisions each customer is observed for.
        seed : int
            Any number from 0 to 2^64 − 1. The same seed gives the same customers, for any number of threads.

        Returns
        -------
        dict of ndarray
            ``periods`` and ``left``: a table that :meth:`fit` takes; ``lifetime``: the decision at which each leaves, seen or not.
        """
        model, seen = self._raw(), _columns.floats(decisions, "decisions")
        chosen = _columns.whole(seed, "seed")
        if not 0 <= chosen < 2**64:
            raise ArgumentError(f"seed is {chosen}; it must lie in [0, 2^64 - 1]")
        periods, left, lifetime = empty(len(seen)), np.empty(len(seen), dtype=np.uint8), empty(len(seen))
        _retain.contract_simulate(context(run), model, seen, chosen, periods, left, lifetime)
        return {"periods": periods, "left": left, "lifetime": lifetime}


class SBG(Contract):
    """Shifted beta-geometric: each customer leaves at every decision with a probability of his own, theta ~ Beta(alpha, beta).

    S(t) = B(alpha, beta + t) / B(alpha, beta).

    Notes
    -----
    Source: P. Fader, B. Hardie, "How to project customer retention", J. Interactive Marketing 21(1) (2007); value by the same,
    "Customer-base valuation in a contractual setting", Marketing Science 29(1) (2010).
    """

    _family = 1
    _name = "sBG"
    _parameters = ("alpha", "beta")


class BdW(Contract):
    """Beta-discrete-Weibull: as the sBG, and a customer's risk may rise (c > 1) or fall (c < 1) with tenure.

    S(t) = B(alpha, beta + t^c) / B(alpha, beta). Its fit begins at that of the sBG, so its likelihood is never lower.

    Notes
    -----
    Source: P. Fader, B. Hardie, Y. Liu, J. Davin, T. Steenburgh, "'How to project customer retention' revisited: the role of
    duration dependence", J. Interactive Marketing 43 (2018); they write gamma and delta for alpha and beta.
    """

    _family = 2
    _name = "BdW"
    _parameters = ("alpha", "beta", "c")


def from_dict(stored: Mapping[str, Any]) -> Contract:
    """The model that ``to_dict`` wrote, or PHP's ``toArray``.

    Raises
    ------
    ArgumentError
        For what is missing, unknown or wrong in it, by name.

    Examples
    --------
    >>> from_dict(SBG.from_params(alpha=0.7, beta=1.2, period_days=365.25).to_dict())
    SBG(alpha=0.7, beta=1.2, period_days=365.25)
    """
    return restored(stored, (SBG, BdW))
