"""Holdout of :mod:`retain.evaluation`: one family, fitted on a day of the past, and what came after it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from . import _retain
from ._backtest import Backtest, _Call, _origins
from ._columns import Floats
from ._run import Run, context
from ._tables import Table
from .btyd import Model, ParetoNBD
from .calendar import day_number
from .errors import ConvergenceError
from .orders import _counting, as_log
from .spend import GammaGamma

if TYPE_CHECKING:
    from .fit import Report


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Holdout:
    """One family, fitted up to one day and tested on what came after it.

    Attributes
    ----------
    model : Model
        The model; its parameters are NaN when there was too little data to begin.
    verdict : str
        How the fit ended; "none" when a model was given. Anything but "converged" deserves a look at ``report``.
    report : retain.fit.Report or None
        What there is to say about the fit.
    customers : table
        Of the log's kind, one row per customer: the summary up to the calibration's end, and ``expected`` and ``actual`` occasions in
        the days after it; with money also ``expected_value`` and ``actual_value``.
    backtest : Backtest
        All figures, beside those of naive rules.
    """

    model: Model
    verdict: str
    report: Report | None
    customers: Any
    backtest: Backtest
    spend: GammaGamma | None
    _columns: dict[str, Floats] = dataclasses.field(repr=False)
    _of: dict[str, Any] = dataclasses.field(repr=False)

    def __repr__(self) -> str:
        expected, actual = self._forecast("orders")
        return (
            f"Holdout({self.model._name}, {self.verdict}: {expected.sum():,.1f} orders expected of {len(actual):,} customers, "
            f"{actual.sum():,.0f} came)"
        )

    def _forecast(self, measure: str) -> tuple[Floats, Floats]:
        self.backtest._measure(measure)
        names = ("expected", "actual") if measure == "orders" else ("expected_value", "actual_value")
        return self._columns[names[0]], self._columns[names[1]]

    def errors(self, measure: str = "orders", *, level: float = 0.95) -> Any:
        """:func:`retain.evaluation.errors` of the holdout."""
        from . import evaluation

        return evaluation.errors(*self._forecast(measure), level=level)

    def ranking(self, measure: str = "orders", *, level: float = 0.95) -> Any:
        """:func:`retain.evaluation.ranking` of the holdout."""
        from . import evaluation

        return evaluation.ranking(*self._forecast(measure), level=level)

    def gains(self, measure: str = "orders", *, share: Any = None, level: float = 0.95) -> Any:
        """:func:`retain.evaluation.gains` of the holdout, as a table of the log's kind."""
        from . import evaluation

        found = evaluation.gains(*self._forecast(measure), share, level=level)
        return dataclasses.replace(found, kind=self.backtest.kind).table()

    def calibration(self, measure: str = "orders", *, groups: int = 10, level: float = 0.95) -> Any:
        """:func:`retain.evaluation.calibration` of the holdout, as a table of the log's kind."""
        from . import evaluation

        return self._give(evaluation.calibration(*self._forecast(measure), groups=groups, level=level))

    def by_frequency(self, measure: str = "orders", *, classes: int = 8, level: float = 0.95) -> Any:
        """:func:`retain.evaluation.by_frequency` of the holdout, as a table of the log's kind."""
        from . import evaluation

        frequency = self._columns["frequency"]
        return self._give(evaluation.by_frequency(frequency, *self._forecast(measure), classes=classes, level=level))

    def frequency(self, *, classes: int = 8) -> Any:
        """:func:`retain.evaluation.frequency` of the calibration."""
        from . import evaluation

        return evaluation.frequency(self.model, self.customers, classes=classes)

    def tracking(self, *, step_days: int = 7) -> Any:
        """:func:`retain.evaluation.tracking` through calibration and holdout."""
        from . import evaluation

        return evaluation.tracking(self.model, self.backtest.log, step_days=step_days, **self._of)

    def _give(self, table: dict[str, Any]) -> Any:
        kind = self.backtest.kind
        return kind.table({name: kind.column(name, values) for name, values in table.items()})

    def summary(self) -> str:
        """The holdout as text: errors and ranking beside naive rules, and the verdict on the fit."""
        lines = [self.backtest.summary()]
        if self.verdict not in ("none", "converged") and self.report is not None:
            lines.append(f"the fit is no success ({self.verdict}): {self.report.explanation}")
        elif self.verdict == "converged":
            lines.append("the fit converged")
        return "\n".join(lines)


def _fitted(family: Any, customers: Any, run: Run) -> tuple[Model, str]:
    """The model as given, or as far as its fit got, and the verdict."""
    chosen = family() if isinstance(family, type) and issubclass(family, Model) else family
    if not isinstance(chosen, Model):
        raise TypeError(f"family must be a class of models, or a model, such as ParetoNBD; {family!r} is none")
    if hasattr(chosen, "params_"):
        return chosen, "none"
    try:
        fitted = chosen.fit(customers, **run)
    except ConvergenceError as error:
        fitted = error.model
    return fitted, fitted.report_.verdict


def _spend(customers: Any, run: Run) -> GammaGamma:
    try:
        return GammaGamma().fit(customers, **run)
    except ConvergenceError as error:
        found: GammaGamma = error.model
        return found


def holdout(
    log: Any,
    family: Any = ParetoNBD,
    *,
    calibration_end: Any,
    days: int,
    money: bool = False,
    top_share: float = 0.1,
    level: float = 0.95,
    unit_days: float = 7.0,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Holdout:
    """Fits a family to what was known on one day of the past, forecasts the next `days` days, and compares with what came.

    Parameters
    ----------
    log : Log or table
        The orders, complete up to `calibration_end` + `days`.
    family : class or model
        Which model to fit, such as :class:`retain.ParetoNBD`, or a model with parameters, to be used as it is.
    calibration_end : date-like
        Last day that is known to the model.
    days : int
        How far to forecast.
    money : bool
        Money too, by a Gamma-Gamma model.
    top_share, level, unit_days, occasion_days, count_zero_orders
        As for :func:`backtest`.

    Returns
    -------
    Holdout
    """
    from . import orders

    log = as_log(log)
    start = day_number(calibration_end, "calibration_end")
    chosen, horizon = _origins(log, [start], 1, days, start)
    counting = {"occasion_days": occasion_days, "count_zero_orders": count_zero_orders}
    customers = orders.summary(log, start, unit_days=unit_days, occasion_days=occasion_days, count_zero_orders=count_zero_orders)
    model, verdict = _fitted(family, customers, run)
    usable = all(0.0 < value < float("inf") for value in model.params_.values())
    tested = [model] if usable else [type(model)]
    call = _Call(
        log, tested, chosen, horizon, start + horizon, money, top_share, level, unit_days, _counting(occasion_days, count_zero_orders)
    )
    _retain.evaluation_backtest(context(run), *call.arguments, *call.outputs())
    came = orders.holdout(
        log, customers, start, start + horizon, occasion_days=occasion_days, count_zero_orders=count_zero_orders
    )
    source = Table(customers, "customers")
    follow = Table(came, "holdout")
    columns = {"frequency": source.floats("frequency"), "actual": follow.floats("holdout_occasions")}
    missing = np.full(len(columns["actual"]), np.nan)
    plain = {name: source.floats(name) for name in ("frequency", "t_x", "T")} | {"unit_days": np.full(len(missing), unit_days)}
    columns["expected"] = np.asarray(model.orders(plain, days=horizon, **run)) if usable else missing
    spend = None
    if call.measures == 2:
        money_so_far = source.floats("spend")
        seen = np.where(money_so_far > 0.0, plain["frequency"], 0.0)
        spend = _spend({"frequency": seen, "spend": money_so_far}, run)
        there = all(0.0 < value < float("inf") for value in spend.params_.values())
        each = np.asarray(spend.expected({"frequency": seen, "spend": money_so_far}, **run)) if there else missing
        columns["expected_value"] = columns["expected"] * each
        columns["actual_value"] = follow.floats("holdout_value")
    table = {name: source.raw(name) for name in source.names}
    for name in ("expected", "actual", "expected_value", "actual_value"):
        if name in columns:
            table[name] = log.kind.column(name, columns[name].copy())
    return Holdout(
        model,
        verdict,
        getattr(model, "report_", None),
        log.kind.table(table),
        Backtest(**call.result()),
        spend,
        columns,
        {"calibration_end": start, "observation_end": start + horizon, **counting},
    )
