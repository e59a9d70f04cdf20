"""Draws of the parameters of contract models, and what they say."""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING, Any, Unpack, cast

import numpy as np

from . import _columns, _retain
from ._btyd_terms import Prior, seed_of
from ._columns import Floats, Kind
from ._contract_tables import Subscribers, Survivors
from ._draws import Drawn, DrawsReport
from ._estimator import empty
from ._forecasts import Total
from ._run import Run, context
from .errors import ArgumentError, ConvergenceError

if TYPE_CHECKING:
    from .contract import Contract

MOMENTS = {"del": 0, "derl_before": 1, "derl_after": 2}
_QUANTITIES = {"survival": 1, "pmf": 2, "retention": 3, "discounted": 4, "elasticity": 5}
_TOTALS = {"survival": 1, "leaving": 2, "discounted": 4}


@dataclasses.dataclass(frozen=True, eq=False)
class ContractDraws:
    """Models of renewals that could be true, a row for each, and what they foretell.

    Every answer is a table of ``mean``, ``deviation``, ``low`` and ``high``: of the answers of the draws, at a two-sided `level`.

    Attributes
    ----------
    model : Contract
        The posterior mode, or the fit to the customers themselves.
    entries : tuple of str
        Names of the columns of `values`.
    values : ndarray, shape (draws, entries)
        Logarithms of the parameters; chain by chain. A row of NaN is a refit that ended nowhere.
    chains : int
        0 where draws are independent (bootstrap).
    report : DrawsReport
        Can they be trusted?
    """

    model: Contract
    entries: tuple[str, ...]
    values: Floats
    chains: int
    report: DrawsReport

    def __len__(self) -> int:
        return len(self.values)

    def summary(self, *, level: float = 0.95) -> dict[str, Drawn]:
        """Mean, standard deviation, limits and convergence of every parameter, by name."""
        found = empty(9 * len(self.entries))
        _retain.contract_draws_summary(None, *self._raw(), self.chains, _columns.level(level), found)
        return {name: Drawn(*row) for name, row in zip(self.entries, found.reshape(-1, 9).tolist())}

    def survival(self, t: Any, *, survived: Any = 0, level: float = 0.95, **run: Unpack[Run]) -> Any:
        """P(still there after t more decisions), given that `survived` renewals are behind: see :meth:`Contract.survival`."""
        return self._curve("survival", t, survived, level, run)

    def pmf(self, t: Any, *, survived: Any = 0, level: float = 0.95, **run: Unpack[Run]) -> Any:
        """P(leaving at the t-th decision from now): see :meth:`Contract.pmf`."""
        return self._curve("pmf", t, survived, level, run)

    def retention(self, t: Any, *, level: float = 0.95, **run: Unpack[Run]) -> Any:
        """Retention rate at decision t: see :meth:`Contract.retention`."""
        return self._curve("retention", t, 0, level, run)

    def discounted(
        self,
        survived: Any = 0,
        *,
        moment: str = "del",
        periods: int | None = None,
        annual_rate: float | None = None,
        rate: float | None = None,
        level: float = 0.95,
        **run: Unpack[Run],
    ) -> Any:
        """Expected payments of a customer, each discounted: see :meth:`Contract.discounted`.

        The mean is infinite where one of the draws is: without discount and horizon, of draws with alpha c ≤ 1. Limits may be finite
        all the same.
        """
        return self._value("discounted", survived, moment, periods, annual_rate, rate, level, run)

    def lifetime(self, survived: Any = 0, *, periods: int | None = None, level: float = 0.95, **run: Unpack[Run]) -> Any:
        """Expected periods that a customer stays, from now on, the present one included: :meth:`discounted` at a rate of 0."""
        return self.discounted(survived, periods=periods, level=level, **run)

    def elasticity(
        self,
        survived: Any = 0,
        *,
        moment: str = "del",
        periods: int | None = None,
        annual_rate: float | None = None,
        rate: float | None = None,
        level: float = 0.95,
        **run: Unpack[Run],
    ) -> Any:
        """Retention elasticity of that value: see :meth:`Contract.elasticity`."""
        return self._value("elasticity", survived, moment, periods, annual_rate, rate, level, run)

    def total(
        self,
        survived: Any,
        *,
        what: str = "survival",
        periods: int | None = None,
        worth: Any = None,
        moment: str = "del",
        annual_rate: float | None = None,
        rate: float | None = None,
        level: float = 0.95,
        **run: Unpack[Run],
    ) -> Total:
        """How many of these customers will be there, how many will leave, or what they will pay, with limits and prediction limits.

        Parameters
        ----------
        survived : column
            Renewals behind, of each customer.
        what : {"survival", "leaving", "discounted"}
            Customers who are still there after `periods` decisions; who leave at the last of these; payments, see :meth:`discounted`.
        periods : int
            Decisions ahead; 1 unless given, for payments all.
        worth : number or column, optional
            What each customer counts, such as the margin of a payment.

        Returns
        -------
        Total
            ``low`` and ``high`` bound the expectation, ``least`` and ``most`` what will happen.
        """
        kind = _columns.choice(what, "what", _TOTALS)
        behind = _columns.floats(survived, "survived")
        ahead = self.model._ahead(periods if periods is not None or what == "discounted" else 1)
        worths = None if worth is None else _columns.floats(worth, "worth")
        if worths is not None and len(worths) == 1 and len(behind) != 1:
            worths = np.full(len(behind), worths[0])
        found = _retain.contract_draws_total(
            context(run),
            *self._raw(),
            kind,
            *self._terms(moment, periods if what == "discounted" else None, annual_rate, rate),
            behind,
            np.full(len(behind), 0.0 if what == "discounted" else ahead),
            worths,
            _columns.level(level),
        )
        return Total(**found)

    def _raw(self) -> tuple[int, Floats, int]:
        return self.model._family, self.values.reshape(-1), len(self.values)

    def _terms(self, moment: str, periods: int | None, annual_rate: Any, rate: Any) -> tuple[int, float, float]:
        if periods is not None and periods < 1:
            raise ArgumentError(f"periods is {periods}; it must be at least 1, or None for ever")
        ahead = 0.0 if periods is None else self.model._ahead(periods)
        return _columns.choice(moment, "moment", MOMENTS), ahead, self.model._rate(annual_rate, rate)

    def _curve(self, name: str, t: Any, survived: Any, level: float, run: Run) -> Any:
        times, behind = self.model._pair(t, survived)
        return self._ask(name, (0, 0.0, 0.0), behind, times, _columns.kind_of(t), level, run)

    def _value(
        self, name: str, survived: Any, moment: str, periods: int | None, annual_rate: Any, rate: Any, level: float, run: Run
    ) -> Any:
        behind, terms = _columns.floats(survived, "survived"), self._terms(moment, periods, annual_rate, rate)
        return self._ask(name, terms, behind, np.zeros(len(behind)), _columns.kind_of(survived), level, run)

    def _ask(
        self, name: str, terms: tuple[int, float, float], behind: Floats, times: Floats, kind: Kind, level: float, run: Run
    ) -> Any:
        found = {column: empty(len(times)) for column in ("mean", "deviation", "low", "high")}
        _retain.contract_draws_interval(
            context(run), *self._raw(), _QUANTITIES[name], *terms, behind, times, _columns.level(level), *found.values()
        )
        return kind.table({column: kind.column(column, values) for column, values in found.items()})


class Drawing:
    """How contract models are drawn: the methods are those of :class:`Contract`."""

    _family: int = 0
    _parameters: tuple[str, ...] = ()

    def posterior(
        self,
        customers: Any,
        *,
        period_days: float,
        draws: int = 1000,
        chains: int = 4,
        seed: int = 0,
        prior: Prior | None = None,
        **run: Unpack[Run],
    ) -> ContractDraws:
        """Draws from the posterior distribution: what is known about the parameters once the customers are seen, given a prior.

        For any number of customers, even a few of whom none left. The prior is normal on the logarithms of the parameters; unless
        given, about 1 with a standard deviation of 2 (95 in 100 within a factor of 50). That of c is half as wide.

        Parameters
        ----------
        customers, period_days
            As for :meth:`fit`.
        draws, chains : int
            So many draws of each chain, 4 to 10⁶, and chains, 1 to 64.
        seed : int
            Any number; the same one gives the same draws.
        prior : Prior, optional
            Its ``parameters`` and ``centre``; there are no coefficients.
        threads, progress, memory
            How to run: see :class:`retain.Run`. Chains run on threads.

        Returns
        -------
        ContractDraws
            Its ``model`` is the posterior mode. This estimator itself is left alone.

        Raises
        ------
        ConvergenceError
            Unless the chains agree (R-hat below 1.01), are worth 100 independent draws each, and hardly any trajectory broke off;
            carries ``draws``, ``model`` and ``report``.

        Examples
        --------
        >>> from retain import SBG
        >>> known = SBG().posterior({"periods": [2, 2, 1, 2], "left": [0, 0, 1, 0]}, period_days=30.4375, seed=1)
        >>> stays = known.survival([12])
        >>> bool(stays["low"][0] < stays["mean"][0] < stays["high"][0])
        True
        """
        given = Subscribers(customers)
        days = _columns.length(period_days, "period_days")
        return self._posterior(
            "contract_posterior", (given.periods, given.left, given.weight, days), days, draws, chains, seed, prior, run
        )

    def posterior_cohorts(
        self,
        survivors: Any,
        *,
        period_days: float,
        draws: int = 1000,
        chains: int = 4,
        seed: int = 0,
        prior: Prior | None = None,
        **run: Unpack[Run],
    ) -> ContractDraws:
        """The same from counts, as :meth:`fit_cohorts` takes them."""
        given = Survivors(survivors)
        days = _columns.length(period_days, "period_days")
        return self._posterior("contract_posterior_cohorts", (given.cells, given.rows, days), days, draws, chains, seed, prior, run)

    def bootstrap(
        self, customers: Any, *, period_days: float, draws: int = 1000, seed: int = 0, **run: Unpack[Run]
    ) -> ContractDraws:
        """Draws by the bootstrap: what fits to other customers of the same kind would find.

        Every customer occurs a Poisson number of times, with mean 1. Right also where the model is not quite true.

        Parameters
        ----------
        customers, period_days
            As for :meth:`fit`.
        draws : int
            Number of refits, 1 to 10⁶: 200 for a standard deviation, 1000 for limits.
        seed : int
            Any number; the same one gives the same draws.
        threads, progress, memory
            How to run: see :class:`retain.Run`.

        Raises
        ------
        ConvergenceError
            When more than 1 of 20 refits ended nowhere, on a boundary or on a ridge; carries ``draws``, ``model`` and ``report``.
        """
        given = Subscribers(customers)
        days = _columns.length(period_days, "period_days")
        return self._bootstrap("contract_bootstrap", (given.periods, given.left, given.weight, days), days, draws, seed, run)

    def bootstrap_cohorts(
        self, survivors: Any, *, period_days: float, draws: int = 1000, seed: int = 0, **run: Unpack[Run]
    ) -> ContractDraws:
        """The same from counts, as :meth:`fit_cohorts` takes them."""
        given = Survivors(survivors)
        days = _columns.length(period_days, "period_days")
        return self._bootstrap("contract_bootstrap_cohorts", (given.cells, given.rows, days), days, draws, seed, run)

    def _posterior(
        self, name: str, data: tuple[Any, ...], days: float, draws: int, chains: int, seed: int, prior: Prior | None, run: Run
    ) -> ContractDraws:
        each, many = _columns.whole(draws, "draws"), _columns.whole(chains, "chains")
        if not 4 <= each <= 10**6 or not 1 <= many <= 64:
            raise ArgumentError(f"draws is {each} and chains {many}; they must lie in [4, 10^6] and [1, 64]")
        known = Prior() if prior is None else prior
        if known.coefficients:
            raise ArgumentError("prior.coefficients is given; contract models have no coefficients")
        spread, centre = _columns.number(known.parameters, "prior.parameters"), known._centre(self._parameters)
        model, values = empty(2 + len(self._parameters)), empty(many * each * len(self._parameters))
        record = getattr(_retain, name)(
            context(run), self._family, *data, spread, centre, seed_of(seed), many, each, model, values
        )
        return self._draw(record, model, days, values, many)

    def _bootstrap(self, name: str, data: tuple[Any, ...], days: float, draws: int, seed: int, run: Run) -> ContractDraws:
        count = _columns.whole(draws, "draws")
        if not 1 <= count <= 10**6:
            raise ArgumentError(f"draws is {count}; it must lie in [1, 10^6]")
        model, values = empty(2 + len(self._parameters)), empty(count * len(self._parameters))
        record = getattr(_retain, name)(context(run), self._family, *data, seed_of(seed), count, model, values)
        return self._draw(record, model, days, values, 0)

    def _draw(self, record: dict[str, Any], raw: Floats, days: float, values: Floats, chains: int) -> ContractDraws:
        model = cast("Contract", copy.copy(self))
        vars(model).pop("report_", None)
        model.params_ = dict(zip(self._parameters, raw[2:].tolist()))
        model.period_days_ = days
        report = DrawsReport._of(record)
        draws = ContractDraws(model, self._parameters, values.reshape(-1, len(self._parameters)), chains, report)
        if record["status"] != 0:
            error = ConvergenceError(report.explanation)
            error.model, error.report, error.draws = model, report, draws
            raise error
        return draws
