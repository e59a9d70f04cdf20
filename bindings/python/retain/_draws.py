"""Draws of the parameters of buy-till-you-die models, and what they say."""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Floats
from ._estimator import empty
from ._forecasts import Question, Total
from ._run import Run, context
from ._tables import Customers
from .errors import ArgumentError

if TYPE_CHECKING:
    from .btyd import Model

VERDICTS = ("none", "converged", "chains apart", "few draws", "divergent", "unsteady", "too little data")
ANSWERS = ("alive", "at_most", "discounted", "leaving", "next_order", "next_order_by", "next_order_mean", "orders", "rate", "silence", "variance")


@dataclasses.dataclass(frozen=True)
class DrawsReport:
    """Can draws be trusted?

    Attributes
    ----------
    verdict : str
        "converged" is the only success. Of a posterior: "chains apart" (they disagree), "few draws" (they agree, but tell too little),
        "divergent" (trajectories broke off). Of a bootstrap: "unsteady" (more than 1 of 20 refits found no interior maximum). "too
        little data".
    explanation : str
        The verdict in words.
    draws : int
        Rows, of all chains.
    divergences : int
        Trajectories that broke off.
    failed, open : int
        Refits that ended nowhere (their rows are NaN), and those that ended on a boundary or a ridge.
    evaluations : int
        Times the likelihood of all rows was computed.
    acceptance : float
        Mean chance of acceptance, about 0.9.
    r_hat, ess_bulk, ess_tail : float
        The worst of all entries.
    prior_sd, coefficient_sd : float
        The prior that was used; 0 for none.
    """

    verdict: str
    explanation: str
    draws: int
    divergences: int
    failed: int
    open: int
    evaluations: int
    acceptance: float
    r_hat: float
    ess_bulk: float
    ess_tail: float
    prior_sd: float
    coefficient_sd: float

    @classmethod
    def _of(cls, record: dict[str, Any]) -> DrawsReport:
        values = {name: record[name] for name in record if name != "status"}
        values["verdict"] = VERDICTS[values["verdict"]]
        return cls(**values)


@dataclasses.dataclass(frozen=True)
class Drawn:
    """What draws say about one parameter or coefficient.

    Attributes
    ----------
    mean, deviation, median, low, high : float
        Mean, standard deviation, median and limits (quantiles).
    error : float
        Monte Carlo standard error of the mean: how far more draws could move it.
    r_hat, ess_bulk, ess_tail : float
        Agreement of the chains, and effective sample sizes in the middle and in the tails; NaN for what is held, and without chains.
    """

    mean: float
    deviation: float
    median: float
    low: float
    high: float
    error: float
    r_hat: float
    ess_bulk: float
    ess_tail: float


@dataclasses.dataclass(frozen=True, eq=False)
class Draws:
    """Models that could be true, a row for each, and what they foretell.

    Attributes
    ----------
    model : Model
        The posterior mode, or the fit to the customers themselves.
    entries : tuple of str
        Names of the columns of `values`.
    values : ndarray, shape (draws, entries)
        Logarithms of the parameters, and coefficients as they are; chain by chain. A row of NaN is a refit that ended nowhere.
    chains : int
        0 where draws are independent (bootstrap, normal).
    report : DrawsReport or None
        Can they be trusted? None for normal draws.
    """

    model: Model
    entries: tuple[str, ...]
    values: Floats
    chains: int
    report: DrawsReport | None

    def __len__(self) -> int:
        return len(self.values)

    def summary(self, *, level: float = 0.95) -> dict[str, Drawn]:
        """Mean, standard deviation, limits and convergence of every parameter and coefficient, by name.

        ``pandas.DataFrame(map(dataclasses.asdict, draws.summary().values()), draws.entries)`` makes a table of it.
        """
        found = empty(9 * len(self.entries))
        _retain.btyd_draws_summary(None, self.model._raw(), self.values.reshape(-1), len(self.values), self.chains, _columns.level(level), found)
        return {name: Drawn(*row) for name, row in zip(self.entries, found.reshape(-1, 9).tolist())}

    def forecast(self, customers: Any, what: str = "orders", /, *args: Any, level: float = 0.95, **details: Any) -> Any:
        """Any forecast of :class:`Model` about every customer, answered by every draw.

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        what : str
            The method: "orders", "alive", "silence", "discounted", "next_order", "next_order_by", "next_order_mean", "at_most",
            "variance", "rate" or "leaving".
        *args, **details
            What the method takes: ``days=90``.
        level : float
            Two-sided level of the limits, in (0, 1).

        Returns
        -------
        table
            ``mean`` and ``deviation`` of the answers, and ``low`` and ``high``, quantiles. Of expectations and probabilities: from the
            parameters, without chance.
        """
        if what not in ANSWERS:
            raise ArgumentError(f"what is {what!r}; it must be one of {', '.join(ANSWERS)}")
        return getattr(self._as_model(), what)(customers, *args, level=level, **details)

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
        """A forecast summed over all customers: arguments as for :meth:`Model.total`.

        ``value`` is the mean of the draws, ``standard_error`` their standard deviation; ``low`` and ``high`` are quantiles of the
        expectation, ``least`` and ``most`` of what will happen.
        """
        return self._as_model().total(
            customers, days=days, since=since, what=what, worth=worth, annual_rate=annual_rate, level=level, **run
        )

    def _as_model(self) -> Model:
        model = copy.copy(self.model)
        model._drawn = self
        return model

    def _interval(self, customers: Any, question: Question, level: float | None, run: Run, scale: float) -> Any:
        given = self.model._customers(customers)
        found = {name: empty(len(given.frequency)) for name in ("mean", "deviation", "low", "high")}
        _retain.btyd_draws_interval(
            context(run),
            self.model._raw(),
            self.values.reshape(-1),
            len(self.values),
            given.frequency,
            given.t_x,
            given.T,
            given.unit_days,
            given.covariates,
            *question.raw(),
            _columns.level(level),
            *found.values(),
        )
        return given.kind.table({key: given.kind.column(key, column * scale) for key, column in found.items()})


def total(model: Floats, values: Floats, given: Customers, question: Question, worth: Floats | None, level: float, run: Run) -> Total:
    found = _retain.btyd_draws_total(
        context(run),
        model,
        np.ascontiguousarray(values).reshape(-1),
        len(values),
        given.frequency,
        given.t_x,
        given.T,
        given.weight,
        given.unit_days,
        given.covariates,
        *question.raw(),
        worth,
        level,
    )
    return Total(**found)
