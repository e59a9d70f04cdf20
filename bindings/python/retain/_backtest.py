"""Backtest and choice of :mod:`retain.evaluation`: back to a day of the past, forecast, compare."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Bytes, Floats, Ints, Kind
from ._estimator import empty
from ._labels import labelled
from ._run import Run, context
from .btyd import BGNBD, MBGNBD, Model, ParetoNBD
from .calendar import day_number
from .errors import ArgumentError, ConvergenceError
from .orders import Log, _counting, as_log

FAMILIES: tuple[type[Model], ...] = (ParetoNBD, BGNBD, MBGNBD)
"""The families that are tested when none are named."""

_PARAMETERS = 8
_BASELINES = tuple(_retain.evaluation_baseline_name(number) for number in range(4))
_MEASURES = ("orders", "money")
_FIGURES = (
    "customers",
    "expected",
    "actual",
    *("bias", "bias_low", "bias_high", "mae", "mae_low", "mae_high", "rmse", "rmse_low", "rmse_high"),
    *("aggregate", "aggregate_low", "aggregate_high", "normalised", "normalised_low", "normalised_high"),
    *("spearman", "spearman_low", "spearman_high", "capture", "capture_low", "capture_high", "perfect_capture"),
    *("mae_gain", "rmse_gain", "normalised_gain", "capture_gain"),
)


# --- what to test -----------------------------------------------------------------------------------------------------------------


def _tested(families: Any) -> tuple[list[type[Model]], Floats | None]:
    """Families, and their models where these are given: classes, or models with parameters."""
    given = list(families) if isinstance(families, Iterable) else [families]
    if not 1 <= len(given) <= 16:
        raise ArgumentError(f"families has {len(given)} entries; it must have 1 to 16")
    for entry in given:
        kind = entry if isinstance(entry, type) else type(entry)
        if not issubclass(kind, Model) or kind is Model:
            raise TypeError(f"families must be classes of models, or models, such as ParetoNBD; {entry!r} is none")
    models = [entry for entry in given if isinstance(entry, Model) and hasattr(entry, "params_")]
    if models and len(models) < len(given):
        raise ArgumentError("families must be all families to be fitted, or all models with parameters")
    classes = [entry if isinstance(entry, type) else type(entry) for entry in given]
    return classes, np.concatenate([model._raw() for model in models]) if models else None


class _Call:
    """The arguments that backtest and choose share, and what comes back."""

    def __init__(
        self,
        log: Log,
        families: Any,
        origins: Ints,
        days: int,
        end: int,
        money: bool,
        top_share: float,
        level: float,
        unit_days: float,
        counting: tuple[int, int],
    ) -> None:
        self.log, self.origins = log, origins
        self.families, models = _tested(families)
        self.measures = 1 + _columns.yes_or_no(money, "money")
        numbers = np.array([family._family for family in self.families], dtype=np.int64)
        share = _columns.number(top_share, "top_share")
        if not 0.0 < share <= 1.0:
            raise ArgumentError(f"top_share is {share:g}; it must lie in (0, 1]")
        self.arguments = (
            *log.columns(),
            end,
            _columns.positive(unit_days, "unit_days"),
            *counting,
            origins,
            days,
            numbers,
            models,
            self.measures - 1,
            share,
            _columns.level(level),
        )
        self.unit_days = unit_days
        self.methods = [family._name for family in self.families] + list(_BASELINES)
        fits = len(origins) * len(self.families)
        self.figures = empty(len(_FIGURES) * (len(origins) + 1) * self.measures * len(self.methods))
        self.verdict = np.empty(fits, dtype=np.uint8)
        self.likelihood, self.estimate = empty(3 * fits), empty(_PARAMETERS * fits)
        self.spend, self.spend_verdict = empty(3 * len(origins)), np.empty(len(origins), dtype=np.uint8)

    def outputs(self) -> tuple[Any, ...]:
        return (self.figures, self.verdict, self.likelihood, self.estimate, self.spend, self.spend_verdict)

    def result(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("log", "families", "origins", "measures", "methods", "unit_days")} | {
            "_figures": self.figures.reshape(len(_FIGURES), len(self.origins) + 1, self.measures, len(self.methods)),
            "_verdict": self.verdict.reshape(len(self.origins), len(self.families)),
            "_likelihood": self.likelihood.reshape(3, len(self.origins), len(self.families)),
            "_estimate": self.estimate.reshape(len(self.origins), len(self.families), _PARAMETERS),
        }


def _origins(log: Log, origins: Any, folds: int, days: Any, end: int) -> tuple[Ints, int]:
    horizon = _columns.whole(days, "days")
    if not 1 <= horizon <= 1000000:
        raise ArgumentError(f"days is {horizon}; it must lie in [1, 1000000]")
    if origins is not None:
        if isinstance(origins, (str, bytes)) or not isinstance(origins, Iterable):
            raise TypeError("origins must be a sequence of days")
        return np.array([day_number(day, "origins") for day in origins], dtype=np.int64), horizon
    number = _columns.whole(folds, "folds")
    if not 1 <= number <= 1000:
        raise ArgumentError(f"folds is {number}; it must lie in [1, 1000]")
    return np.array([end - horizon * k for k in range(number, 0, -1)], dtype=np.int64), horizon


# --- backtest ---------------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, eq=False)
class Backtest:
    """What every method would have forecast at each origin, and what came.

    Attributes
    ----------
    origins : ndarray of int64
        Day numbers: calibration up to and with that day.
    families : list of classes
        The families, in the order in which they were given.
    methods : list of str
        Names of the families, then of the naive rules: "last period" (the last days repeated), "own rate" (each goes on at his x /
        T), "overall mean" (everybody goes on at the same rate), "longest absent" (a ranking only: who was absent longest comes
        last).
    """

    log: Log = dataclasses.field(repr=False)
    families: list[type[Model]]
    origins: Ints
    measures: int
    methods: list[str]
    unit_days: float
    _figures: Floats = dataclasses.field(repr=False)
    _verdict: NDArray[np.uint8] = dataclasses.field(repr=False)
    _likelihood: Floats = dataclasses.field(repr=False)
    _estimate: Floats = dataclasses.field(repr=False)

    @property
    def kind(self) -> Kind:
        """In which kind tables are given: that of the log."""
        return self.log.kind

    def _measure(self, measure: str) -> int:
        return _columns.choice(measure, "measure", {name: k for k, name in enumerate(_MEASURES[: self.measures])})

    def figure(self, name: str, method: str, measure: str = "orders") -> Floats:
        """One figure of one method: at each origin, and over all of them as the last entry."""
        figure = _columns.choice(name, "name", {known: k for k, known in enumerate(_FIGURES)})
        column = _columns.choice(method, "method", {known: k for k, known in enumerate(self.methods)})
        return self._figures[figure, :, self._measure(measure), column].copy()

    def overall(self, measure: str = "orders") -> Any:
        """One row per method, over all origins: ``method`` and the figures of :meth:`table`."""
        return self._table(self._figures[:, -1, self._measure(measure)], {})

    def table(self, measure: str = "orders") -> Any:
        """One row per origin and method.

        Returns
        -------
        table
            Of the log's kind: ``origin``, ``method``; ``customers``, sums of ``expected`` and ``actual``; ``bias``, ``mae``,
            ``rmse``, ``aggregate`` (:class:`Errors`), ``normalised``, ``spearman`` (:class:`Ranking`), ``capture`` (share of actual
            brought by the best customers by forecast), each with ``_low`` and ``_high``; ``perfect_capture``; and against the best
            naive rule ``mae_gain`` and ``rmse_gain`` (0.1: 10 % smaller), ``normalised_gain``, ``capture_gain`` (differences). NaN
            where there is no forecast.
        """
        found = self._figures[:, :-1, self._measure(measure)]
        days = np.repeat(self.log.give_days(self.origins), len(self.methods))
        return self._table(found.reshape(len(_FIGURES), -1), {"origin": self.kind.column("origin", days)})

    def _table(self, figures: Floats, first: dict[str, Any]) -> Any:
        codes = np.tile(np.arange(len(self.methods)), figures.shape[1] // len(self.methods))
        table = {**first, "method": labelled(self.kind, "method", codes, self.methods)}
        for name, values in zip(_FIGURES, figures):
            table[name] = self.kind.column(name, values.copy())
        return self.kind.table(table)

    def fits(self) -> Any:
        """The fits, so that nothing is hidden: one row per origin and family.

        Returns
        -------
        table
            Of the log's kind: ``origin``, ``family``, ``verdict`` ("none" when models were given), ``log_likelihood``, ``aic``,
            ``bic``.
        """
        days = np.repeat(self.log.give_days(self.origins), len(self.families))
        codes = np.tile(np.arange(len(self.families)), len(self.origins))
        verdicts = [_retain.fit_verdict_name(number) for number in range(6)]
        table = {
            "origin": self.kind.column("origin", days),
            "family": labelled(self.kind, "family", codes, [family._name for family in self.families]),
            "verdict": labelled(self.kind, "verdict", self._verdict.reshape(-1), verdicts),
        }
        for name, values in zip(("log_likelihood", "aic", "bic"), self._likelihood):
            table[name] = self.kind.column(name, values.reshape(-1).copy())
        return self.kind.table(table)

    def model(self, family: type[Model], origin: int = -1) -> Model:
        """The model that was fitted at an origin, by its place among the origins: by default at the last."""
        if family not in self.families:
            raise ArgumentError(f"families does not hold {family!r}")
        if not -len(self.origins) <= origin < len(self.origins):
            raise ArgumentError(f"origin is {origin}; there are {len(self.origins)} origins")
        estimate = self._estimate[origin, self.families.index(family)][: len(family._parameters)]
        return family.from_params(unit_days=self.unit_days, **dict(zip(family._parameters, estimate.tolist())))

    def summary(self) -> str:
        """All origins together as text: errors and ranking of every method, its gain over the best naive rule, and the verdicts."""
        lines = []
        for k, measure in enumerate(_MEASURES[: self.measures]):
            lines.append(
                f"{measure:<20}{'expected':>12}{'actual':>12}{'total':>9}{'rmse':>10}{'gain':>8}{'ranking':>9}{'gain':>8}"
            )
            for m, method in enumerate(self.methods):
                at = dict(zip(_FIGURES, self._figures[:, -1, k, m].tolist()))
                cells = (
                    (at["expected"], 12, ",.1f"),
                    (at["actual"], 12, ",.1f"),
                    (at["aggregate"], 9, "+.1%"),
                    (at["rmse"], 10, ".4g"),
                    (at["rmse_gain"], 8, "+.1%"),
                    (at["normalised"], 9, ".3f"),
                    (at["normalised_gain"], 8, "+.3f"),
                )
                row = "".join(f"{'-' if math.isnan(value) else format(value, form):>{width}}" for value, width, form in cells)
                lines.append(f"{method:<20}{row}")
        for f, family in enumerate(self.families):
            verdicts = [_retain.fit_verdict_name(int(number)) for number in self._verdict[:, f]]
            said = [f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts) if verdict != "none"]
            if said:
                lines.append(f"fits of {family._name}: " + ", ".join(said))
        return "\n".join(lines)


def backtest(
    log: Any,
    families: Any = FAMILIES,
    *,
    days: int,
    observation_end: Any,
    origins: Sequence[Any] | None = None,
    folds: int = 3,
    money: bool = False,
    top_share: float = 0.1,
    level: float = 0.95,
    unit_days: float = 7.0,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Backtest:
    """Goes back to several days of the past, fits each family to what was known then, forecasts the next `days` days, and compares;
    beside naive rules.

    Parameters
    ----------
    log : Log or table
        The orders.
    families : classes or models
        Families to be fitted at each origin, such as ``[ParetoNBD, MBGNBD]``; or models with parameters, to be used as they are.
    days : int
        How far to forecast.
    observation_end : date-like
        Last day that was observed: no origin + `days` may lie after it.
    origins : sequence of date-like, optional
        Strictly ascending. By default `folds` of them, `days` apart, the last of them `days` before the observation end.
    money : bool
        Money too, by a Gamma-Gamma model fitted at each origin.
    top_share : float
        Share of the customers for ``capture``, in (0, 1].
    unit_days : float
        Unit of time of the models, in days.
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.

    Returns
    -------
    Backtest
        A fit that did not converge is used all the same when it has parameters, and its verdict said in ``fits()``.
    """
    log = as_log(log)
    end = day_number(observation_end, "observation_end")
    chosen, horizon = _origins(log, origins, folds, days, end)
    call = _Call(
        log, families, chosen, horizon, end, money, top_share, level, unit_days, _counting(occasion_days, count_zero_orders)
    )
    _retain.evaluation_backtest(context(run), *call.arguments, *call.outputs())
    return Backtest(**call.result())


# --- choice -----------------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, eq=False)
class Choice:
    """Which family, and why.

    Attributes
    ----------
    rank : ndarray
        1 for the best, 2, ...; 0 for families that are not ranked; in the order of ``backtest.families``.
    reason : list of str
        "only", "error", "verdict", "parameters", "bic", "tie", "no model", "too thin".
    figure : ndarray
        The number that goes with the reason.
    backtest : Backtest
        What it was judged by.
    """

    rank: Bytes
    reason: list[str]
    figure: Floats
    backtest: Backtest

    @property
    def best(self) -> type[Model] | None:
        """The family that comes first; None when nobody is ranked."""
        found = np.flatnonzero(self.rank == 1)
        return self.backtest.families[found[0]] if len(found) else None

    @property
    def model(self) -> Model | None:
        """The model of that family at the last origin. To forecast from today, fit the family to all that is known today."""
        return None if self.best is None else self.backtest.model(self.best)

    def words(self) -> list[str]:
        """A sentence for each family, best first."""
        order = sorted(range(len(self.rank)), key=lambda f: (self.rank[f] == 0, self.rank[f]))
        names = [self.backtest.families[f]._name for f in order]
        ranked = [f for f in order if self.rank[f]]
        sentences = []
        for place, f in enumerate(order):
            other = names[1 if place == 0 else 0] if len(ranked) > 1 else ""
            say = f"{self.rank[f]}. {names[place]}" if self.rank[f] else f"-. {names[place]}"
            sentences.append(f"{say}: {_say(self.reason[f], float(self.figure[f]), other)}")
        return sentences

    def table(self) -> Any:
        """One row per family in the order in which they were given: ``family``, ``rank``, ``reason``, ``figure``."""
        kind = self.backtest.kind
        names = [family._name for family in self.backtest.families]
        every = np.arange(len(names))
        return kind.table(
            {
                "family": labelled(kind, "family", every, names),
                "rank": kind.column("rank", self.rank.copy()),
                "reason": labelled(kind, "reason", every, self.reason),
                "figure": kind.column("figure", self.figure.copy()),
            }
        )

    def summary(self) -> str:
        """The ranking in words, and what it was judged by."""
        return "\n".join([*self.words(), "", self.backtest.summary()])


def _say(reason: str, figure: float, other: str) -> str:
    more = "more" if figure > 0 else "fewer"
    return {
        "only": "the only family with a forecast at every origin",
        "error": f"its error (rmse) is {abs(figure):.2%} {'larger' if figure > 0 else 'smaller'} than that of {other}",
        "verdict": f"as good as {other}, and {abs(figure):.0f} {more} of its fits converged",
        "parameters": f"as good as {other}, with {abs(figure):.0f} {more} parameters",
        "bic": f"as good as {other}, as simple, and its BIC is {abs(figure):.2f} {'larger' if figure > 0 else 'smaller'}",
        "tie": f"nothing tells it from {other}",
        "no model": f"no forecast at {figure:.0f} of the origins",
        "too thin": f"the data are too thin: {figure:.0f} repeat buyers or orders to come at one origin",
    }[reason]


def choose(
    log: Any,
    families: Any = FAMILIES,
    *,
    days: int,
    observation_end: Any,
    origins: Sequence[Any] | None = None,
    folds: int = 3,
    money: bool = False,
    top_share: float = 0.1,
    level: float = 0.95,
    fewest: int = 30,
    unit_days: float = 7.0,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Choice:
    """Which family forecasts this shop best, and why: a :func:`backtest` of the orders, ranked.

    Families whose squared error exceeds the smallest by no more than one standard error of the difference, or whose rmse is less
    than 0.5 % larger, are as good as the best. Of these, the one whose fits converged most often comes first, then the one with fewest parameters, then the smallest BIC. The
    others follow by their error.

    Parameters
    ----------
    log, families, days, observation_end, origins, folds, money, top_share, level, unit_days, occasion_days, count_zero_orders
        As for :func:`backtest`.
    fewest : int
        So many repeat buyers and orders to come must there be at every origin.

    Returns
    -------
    Choice

    Raises
    ------
    ConvergenceError
        When the data are too thin, or no family has a forecast at every origin; carries the Choice as ``model``.
    """
    log = as_log(log)
    end = day_number(observation_end, "observation_end")
    chosen, horizon = _origins(log, origins, folds, days, end)
    call = _Call(
        log, families, chosen, horizon, end, money, top_share, level, unit_days, _counting(occasion_days, count_zero_orders)
    )
    least = _columns.whole(fewest, "fewest")
    if not 1 <= least < 2**31:
        raise ArgumentError(f"fewest is {least}; it must be positive")
    rank, reason = (np.empty(len(call.families), dtype=np.uint8) for _ in range(2))
    figure = empty(len(call.families))
    record = _retain.evaluation_choose(context(run), *call.arguments, least, *call.outputs(), rank, reason, figure)
    reasons = [_retain.evaluation_reason_name(int(number)) for number in reason]
    choice = Choice(rank, reasons, figure, Backtest(**call.result()))
    if record["status"]:
        error = ConvergenceError(record["sentence"])
        error.model = choice
        raise error
    return choice
