"""Who leaves in the next month, by age and by what is known of them? The discrete-time hazard, for shops that count time in periods.

>>> from retain.hazard import HazardRegression
>>> months, left = [2, 3, 5, 6, 2, 3, 6, 6], [1, 1, 1, 0, 0, 1, 1, 0]
>>> model = HazardRegression().fit({"tickets": [3, 1, 2, 0, 1, 2, 0, 0]}, months, left)
>>> today = {"tickets": [0, 3]}
>>> [round(risk, 2) for risk in model.risk(today, lasted=[2, 2])]        # leaves in month 3, having been there for 2
[0.13, 0.86]
>>> [round(share, 2) for share in model.survival(today, 4)]              # still there after 4 months
[0.82, 0.03]

The probability of leaving in a period, given that one was there when it began, runs with age as it will, a number for each period; what is
known of customers moves it up or down. Customers who have not left, who were seen from a later age on, and predictors that change
are all at home here; forecasts end with the last period that anybody was watched.
"""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Self, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Floats, Kind
from ._duration_estimator import DurationEstimator, read_durations
from ._estimator import empty
from ._hazard_stored import COLUMNS as _COLUMNS
from ._hazard_stored import read as _read
from ._hazard_stored import write as _write
from ._logistic_terms import KINDS as _KINDS
from ._logistic_terms import reason_table
from ._predictors import Predictors, match_rows, named
from ._run import Run, context
from .errors import ArgumentError, ConvergenceError, NotFitted
from ._survival_rows import Customers
from .survival import Limits, _Durations

__all__ = ["HazardEffects", "HazardRegression", "HazardReport", "from_dict"]

_LINKS = {"logit": 0, "complementary log-log": 1}
_DIRECTIONS = {"either": 0, "raising": 1, "lowering": 2}
_MOST_GROUPS = 256


@dataclasses.dataclass(frozen=True)
class HazardReport:
    """What there is to say about a fit as a whole.

    Attributes
    ----------
    verdict : str
        "converged", the only success; "separated", "quasi-separated": predictors tell without exception who leaves; "collinear"; "one
        class": nobody left, or everybody at once; "too little data"; "stopped".
    explanation : str
        The verdict in words, and which periods share a hazard.
    rows : int
        Rows that were at risk in some period.
    customers : float
        Sum of their weights.
    periods : float
        Periods in which they were at risk.
    events : float
        Weight of those who left.
    missing : int
        Columns with missing values.
    iterations, evaluations : int
        Newton steps, and passes over the rows.
    log_likelihood, null_log_likelihood : float
        At the model, and of the baseline without predictors.
    objective : float
        What was minimised: penalties - log L.
    gradient_norm : float
        Largest derivative of it, per row and standard deviation: 0 at the optimum.
    degrees : float
        Effective number of baselines and coefficients.
    """

    verdict: str
    explanation: str
    rows: int
    customers: float
    periods: float
    events: float
    missing: int
    iterations: int
    evaluations: int
    log_likelihood: float
    null_log_likelihood: float
    objective: float
    gradient_norm: float
    degrees: float

    def __str__(self) -> str:
        return f"{self.verdict}: {self.explanation}\n{self.customers:g} customers, {self.periods:g} periods, {self.events:g} left"


@dataclasses.dataclass(frozen=True, eq=False)
class HazardEffects:
    """What a fit found about each entry: the baselines, the columns, and `missing` of each column, in this order.

    Attributes
    ----------
    kind : tuple of str
        "estimated"; "constant", "combined": left out; "separating": grows without limit; "absent": nothing was missing.
    coefficient, standard_error, low, high, p_value : array
        On the scale of the link, per unit, with limits and the Wald test.
    scale : array
        Standard deviation of the column.
    ratio : array
        exp(coefficient): odds ratio, with the complementary log-log link hazard ratio.
    covariance : array
        Of all entries.
    """

    kind: tuple[str, ...]
    coefficient: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    p_value: Floats
    scale: Floats
    ratio: Floats
    covariance: Floats


class HazardRegression(DurationEstimator):
    """The discrete-time hazard with predictors.

    Parameters
    ----------
    link : {"logit", "complementary log-log"}
        Scale on which predictors add up: log odds (ratios are odds ratios), or the logarithm of the cumulative hazard of a period, which is
        Cox regression of whole periods (ratios are hazard ratios).
    l2, l1 : float
        Penalties on squares and on sizes of coefficients per standard deviation; 0: none. Baselines are not penalised.
    smoothing : float
        Penalty on half the squared differences of the baselines of neighbouring periods; 0: none. With it no period needs events.
    least_events : float
        Periods are put together until each group has so many events; 0: at least one, and somebody who stays.
    until : list of int, optional
        Last period of each group, instead.
    level : float
        Two-sided level of the limits.
    iterations : int
        Most Newton steps.

    Attributes
    ----------
    until_ : array
        Last period of each group: the first begins with period 1.
    baseline_ : array
        Of the reference customer, on the scale of the link.
    coef_, missing_, reference_ : array
        Per unit; what a missing value adds, NaN where none was missing; weighted means.
    names_ : tuple of str
        Columns; x0, x1 ... where they have no names.
    report_ : HazardReport
        What there is to say about the fit.
    effects_ : HazardEffects
        Errors, limits, ratios and covariance of baselines and coefficients.
    """

    until_: Floats
    baseline_: Floats
    coef_: Floats
    missing_: Floats
    reference_: Floats
    names_: tuple[str, ...]
    report_: HazardReport
    effects_: HazardEffects
    _link: int
    _named: bool
    _at_risk: Floats
    _events: Floats

    _OPTIONS = ("link", "l2", "l1", "smoothing", "least_events", "until", "level", "iterations")

    def __init__(
        self,
        *,
        link: str = "logit",
        l2: float = 1.0,
        l1: float = 0.0,
        smoothing: float = 0.0,
        least_events: float = 0.0,
        until: Any = None,
        level: float = 0.95,
        iterations: int = 100,
    ) -> None:
        self.link = link
        self.l2 = l2
        self.l1 = l1
        self.smoothing = smoothing
        self.least_events = least_events
        self.until = until
        self.level = level
        self.iterations = iterations

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options of the fit."""
        return {name: getattr(self, name) for name in self._OPTIONS}

    def set_params(self, **options: Any) -> Self:
        """Changes options of the fit."""
        for name, value in options.items():
            if name not in self._OPTIONS:
                raise ArgumentError(f"{type(self).__name__} has no option {name!r}; it has " + ", ".join(self._OPTIONS))
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        if not hasattr(self, "coef_"):
            return f"HazardRegression(link={self.link!r})"
        if not len(self.until_):
            return "HazardRegression(no periods)"
        columns = "".join(f", {name}={b:.6g}" for name, b in zip(self.names_, self.coef_))
        return f"HazardRegression({len(self.until_)} groups of periods until {self.until_[-1]:g}{columns})"

    # --- fit ---

    def fit(
        self, X: Any, exit: Any, event: Any = None, *, entry: Any = None, weight: Any = None, customer: Any = None, **run: Unpack[Run]
    ) -> Self:
        """Fits the model by maximum likelihood.

        Parameters
        ----------
        X : table or None
            What is known of each row at its entry; NaN or None where it is not known. None without predictors.
        exit : column, or table
            The period in which each row ended, from 1; of rows that did not end, how many periods they have completed. In a table, ``event``,
            ``entry`` and ``weight`` stand beside it.
        event : column, optional
            Whether it ended then; all did by default.
        entry : column, optional
            How many periods each row had completed when it was first seen: with late entry, and of rows of a customer whose predictors changed.
        weight : column, optional
            So many identical rows; 0 leaves a row out.
        customer : column, optional
            Whose row it is, where customers have several: they may not overlap.
        **run
            How to run: ``threads``, ``progress``, ``memory``.

        Returns
        -------
        self

        Raises
        ------
        ConvergenceError
            Where the data leave coefficients open; carries ``model`` and ``report``.
        """
        durations = _Durations(*read_durations(exit, event, entry, weight))
        rows = len(durations.exit)
        table = None if X is None else Predictors(X)
        if table is not None:
            match_rows(table, rows)
        customers = Customers(customer, rows)
        names = () if table is None else named(table.columns, table.names)
        block, by_row = (np.empty(0), 0) if table is None else (table.block, table.by_row)
        grouping = self._grouping()
        last, at_risk, events = (empty(_MOST_GROUPS) for _ in range(3))
        groups = _retain.hazard_periods(context({}), *durations.columns(), *grouping, last, at_risk, events)["groups"]
        entries = groups + 2 * len(names)
        model, kind, covariance = empty(3 + 2 * groups + 3 * len(names)), np.empty(entries, dtype=np.uint8), empty(entries * entries)
        figures = {name: empty(entries) for name in _COLUMNS}
        with customers.naming():
            record = _retain.hazard_fit(
                context(run),
                *durations.columns(),
                block,
                by_row,
                customers.codes,
                _columns.choice(self.link, "link", _LINKS),
                _penalty(self.l2, "l2"),
                _penalty(self.l1, "l1"),
                *grouping,
                groups,
                _columns.level(self.level),
                _iterations(self.iterations),
                model,
                kind,
                *figures.values(),
                covariance,
            )
        target = self if record["status"] == 0 else copy.copy(self)
        target._take(model, names, table is not None and table.names is not None)
        target._at_risk, target._events = at_risk[:groups].copy(), events[:groups].copy()
        coefficient = np.concatenate([target.baseline_, target.coef_, target.missing_])
        kinds = tuple(_KINDS[code] for code in kind.tolist())
        target.effects_ = HazardEffects(kind=kinds, coefficient=coefficient, covariance=covariance.reshape(entries, entries), **figures)
        target.report_ = _report_of(record, names)
        if target is not self:
            error = ConvergenceError(target.report_.explanation)
            error.model = target
            error.report = target.report_
            raise error
        return self

    def _grouping(self) -> tuple[float, float, Floats | None]:
        until = None if self.until is None else _columns.floats(self.until, "until")
        if until is not None and not 1 <= len(until) <= _MOST_GROUPS:
            raise ArgumentError(f"until has {len(until)} periods; it must have 1 to {_MOST_GROUPS}")
        return _penalty(self.smoothing, "smoothing"), _penalty(self.least_events, "least_events"), until

    def _take(self, model: Floats, names: tuple[str, ...], are_given: bool) -> None:
        groups, columns = int(model[1]), int(model[2])
        self._link, self.names_, self._named = int(model[0]), names, are_given
        parts = np.split(model[3:], np.cumsum([groups, groups, columns, columns]))
        self.until_, self.baseline_, self.coef_, self.missing_, self.reference_ = (part.copy() for part in parts)

    # --- what was found ---

    def _raw(self) -> Floats:
        if not hasattr(self, "coef_"):
            raise NotFitted("this HazardRegression is not fitted yet; call fit first")
        head = [self._link, len(self.until_), len(self.names_)]
        return np.concatenate([head, self.until_, self.baseline_, self.coef_, self.missing_, self.reference_])

    def coefficients(self) -> dict[str, Any]:
        """The coefficients as a dict of columns, a row for each predictor, then one for each that has missing values.

        Returns
        -------
        dict of arrays
            ``predictor``, `missing x` where it says what not knowing x adds; ``kind``; ``coefficient`` on the scale of the link, with
            ``standard_error``, ``low``, ``high`` and ``p_value``; ``ratio``, odds or hazard ratio per unit; ``scale``, the standard deviation.
        """
        self._raw()
        groups, effects = len(self.until_), self.effects_
        entries = [*self.names_, *(f"missing {name}" for name in self.names_)]
        kept = [e for e in range(len(entries)) if effects.kind[groups + e] != "absent"]
        columns: dict[str, Any] = {"predictor": np.array([entries[e] for e in kept]), "kind": np.array([effects.kind[groups + e] for e in kept])}
        at = np.array([groups + e for e in kept], dtype=np.intp)
        return columns | {name: getattr(effects, name)[at] for name in ("coefficient", *_COLUMNS)}

    def baseline(self) -> dict[str, Any]:
        """The hazard by age as a dict of columns, a row for each group of periods.

        Returns
        -------
        dict of arrays
            ``first`` and ``last`` period; ``at_risk``, periods of customers, and ``events``, those who left: their ratio is the hazard without
            predictors; ``hazard`` of the reference customer with its limits ``low`` and ``high``.
        """
        self._raw()
        X = None if not self.names_ else self.reference_.reshape(1, -1)
        hazard = self._hazard(X, self.until_, True, {})[2]
        first = np.concatenate([[1.0], self.until_[:-1] + 1.0])
        columns = {"first": first, "last": self.until_.copy(), "at_risk": self._at_risk.copy(), "events": self._events.copy()}
        return columns | dict(zip(("hazard", "low", "high"), hazard))

    # --- forecasts ---

    def _table(self, X: Any) -> Predictors:
        table = Predictors(X, names=self.names_ if self._named and not isinstance(X, np.ndarray) else None)
        if table.columns != len(self.names_):
            raise ArgumentError(f"X has {table.columns} columns; the model reads {len(self.names_)}")
        return table

    def _question(self, X: Any, lasted: Any, limits: Any) -> tuple[int, Kind, tuple[Any, ...]]:
        model = self._raw()
        covariance = np.ascontiguousarray(self.effects_.covariance).reshape(-1) if _columns.yes_or_no(limits, "limits") else None
        aged = np.zeros(1) if lasted is None else _columns.floats(lasted, "lasted")
        if X is None:
            if self.names_:
                raise ArgumentError(f"X is missing; the model reads {', '.join(self.names_)}")
            kind = _columns.kind_of(lasted) if lasted is not None else Kind()
            return len(aged), kind, (model, covariance, np.empty(0), 0, aged)
        table = self._table(X)
        if len(aged) == 1 and not _columns.is_column(lasted):
            aged = np.full(table.rows, aged[0])
        return table.rows, table.kind, (model, covariance, table.block, table.by_row, aged)

    def _hazard(self, X: Any, periods: Floats, limits: Any, run: Run) -> tuple[int, Kind, list[Floats]]:
        rows, kind, question = self._question(X, None, limits)
        made = [empty(rows * len(periods)) for _ in range(3)]
        low, high = made[1:] if limits else (None, None)
        _retain.hazard_probability(context(run), *question, _columns.level(self.level), periods, made[0], low, high)
        return rows, kind, made

    def hazard(self, X: Any, period: Any, *, limits: bool = False, **run: Unpack[Run]) -> Any:
        """The probability of leaving in a period, given that one was there when it began.

        Parameters
        ----------
        X : table or None
            The predictors of the fit; None where it had none.
        period : number or column
            Periods, from 1.
        limits : bool
            Give :class:`retain.survival.Limits`, at the estimator's `level`.

        Returns
        -------
        column, or array of shape (rows, periods)
            A column for one period, an array for a column of them. NaN beyond the last period of the fit.
        """
        periods = _columns.floats(period, "period")
        rows, kind, made = self._hazard(X, periods, limits, run)
        return _shaped("hazard", made, kind, rows, period, limits)

    def survival(self, X: Any, ahead: Any, *, lasted: Any = None, limits: bool = False, **run: Unpack[Run]) -> Any:
        """The share of such customers that is still there after `ahead` more periods.

        Parameters
        ----------
        X : table or None
            The predictors of the fit; None where it had none.
        ahead : number or column
            Periods from now on.
        lasted : number or column, optional
            How many periods each has completed already; 0 by default.
        limits : bool
            Give :class:`retain.survival.Limits`.

        Returns
        -------
        column, or array of shape (rows, times)
            A column for one time, an array for a column of them. NaN beyond the last period of the fit.
        """
        rows, kind, made, times = self._shares(X, ahead, lasted, limits, run)
        return _shaped("survival", made, kind, rows, times, limits)

    def risk(self, X: Any, ahead: Any = 1, *, lasted: Any = None, limits: bool = False, **run: Unpack[Run]) -> Any:
        """The probability of leaving within the next `ahead` periods: 1 - :meth:`survival`."""
        rows, kind, made, times = self._shares(X, ahead, lasted, limits, run)
        made = [1.0 - made[0], 1.0 - made[2], 1.0 - made[1]]
        return _shaped("risk", made, kind, rows, times, limits)

    def _shares(self, X: Any, ahead: Any, lasted: Any, limits: Any, run: Run) -> tuple[int, Kind, list[Floats], Any]:
        rows, kind, question = self._question(X, lasted, limits)
        times = _columns.floats(ahead, "ahead")
        made = [empty(rows * len(times)) for _ in range(3)]
        low, high = made[1:] if limits else (None, None)
        _retain.hazard_survival(context(run), *question, _columns.level(self.level), times, made[0], low, high)
        return rows, kind, made, ahead

    def remaining(self, X: Any, horizon: int, *, lasted: Any = None, limits: bool = False, **run: Unpack[Run]) -> Any:
        """How many of the next `horizon` periods each completes on average. As :meth:`survival`."""
        rows, kind, question = self._question(X, lasted, limits)
        made = [empty(rows) for _ in range(3)]
        low, high = made[1:] if limits else (None, None)
        level, until = _columns.level(self.level), _columns.positive(horizon, "horizon")
        _retain.hazard_remaining(context(run), *question, level, until, made[0], low, high)
        return _shaped("remaining", made, kind, rows, horizon, limits)

    # --- reasons ---

    def _reasons(self, table: Predictors, top: int, direction: str, run: Run, contribution: Floats | None) -> tuple[Any, ...]:
        rows = table.rows
        reason, share, value = np.empty(rows * top, dtype=np.int64), empty(rows * top), empty(rows * top)
        which = _columns.choice(direction, "direction", _DIRECTIONS)
        _retain.hazard_reasons(context(run), self._raw(), table.block, table.by_row, top, which, contribution, reason, share, value)
        return reason, share, value

    def _relative_risk(self, X: Any) -> Any:
        self._raw()
        table = self._table(X)
        contribution = empty(table.rows * table.columns)
        self._reasons(table, 0, "either", {}, contribution)
        return table.kind.column("risk", np.exp(contribution.reshape(table.rows, table.columns).sum(axis=1)))

    def contributions(self, X: Any, **run: Unpack[Run]) -> Any:
        """What each column adds for each row, on the scale of the link: with the baseline of a period they are its hazard there.

        Returns
        -------
        table
            A column for each predictor.
        """
        self._raw()
        table = self._table(X)
        contribution = empty(table.rows * table.columns)
        self._reasons(table, 0, "either", run, contribution)
        columns = contribution.reshape(table.rows, table.columns)
        return table.kind.table({name: table.kind.column(name, np.ascontiguousarray(columns[:, j])) for j, name in enumerate(self.names_)})

    def reasons(self, X: Any, *, top: int = 3, direction: str = "either", **run: Unpack[Run]) -> Any:
        """Why each row has more or less risk than the reference customer of its age: the largest contributions first.

        Parameters
        ----------
        X : table
            The predictors.
        top : int
            Most reasons for each row.
        direction : {"either", "raising", "lowering"}
            Which contributions are reasons.

        Returns
        -------
        table
            A row for each reason: ``row`` of X, from 0; ``rank``, from 1; ``predictor``; ``value``, NaN where missing; ``reference``;
            ``contribution``.
        """
        self._raw()
        table = self._table(X)
        most = min(_columns.whole(top, "top"), len(self.names_))
        if most < 0:
            raise ArgumentError(f"top is {most}; it must be at least 0")
        reason, share, value = self._reasons(table, most, direction, run, None)
        return reason_table(table.kind, self.names_, self.reference_, most, reason, share, value)

    # --- stored models ---

    def to_dict(self) -> dict[str, Any]:
        """The model and what its fit found as plain numbers, to be stored as JSON; :func:`from_dict` and PHP's ``fromArray`` read it."""
        self._raw()
        return _write(self, _LINKS)


def from_dict(stored: Mapping[str, Any]) -> HazardRegression:
    """The model that ``to_dict`` wrote, or PHP's ``toArray``.

    Raises
    ------
    ArgumentError
        For what is missing, unknown or wrong in it, by name.
    """
    model = HazardRegression()
    _read(stored, model, _LINKS, HazardReport, HazardEffects)
    return model


def _shaped(name: str, made: list[Floats], kind: Kind, rows: int, times: Any, limits: Any) -> Any:
    if _columns.is_column(times):
        shaped: list[Any] = [values.reshape(rows, -1) for values in made]
    else:
        shaped = [kind.column(label, values) for label, values in zip((name, "low", "high"), made)]
    return Limits(*shaped) if limits else shaped[0]


def _report_of(found: Mapping[str, Any], names: tuple[str, ...]) -> HazardReport:
    figures = {field.name: found[field.name] for field in dataclasses.fields(HazardReport)}
    figures["explanation"] = re.sub(r"\b(missing )?column (\d+)", lambda m: f"{m[1] or ''}{names[int(m[2])]!r}", found["explanation"])
    return HazardReport(**figures)


def _penalty(value: Any, name: str) -> float:
    found = _columns.number(value, name)
    if not 0.0 <= found <= 1e100:
        raise ArgumentError(f"{name} is {found:g}; it must lie in [0, 1e100]")
    return found


def _iterations(value: Any) -> int:
    found = _columns.whole(value, "iterations")
    if not 1 <= found < 2**31:
        raise ArgumentError(f"iterations is {found}; it must lie in [1, {2**31 - 1}]")
    return found
