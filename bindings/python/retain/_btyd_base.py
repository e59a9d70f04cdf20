"""What the methods of buy-till-you-die models stand on: the model as the raw layer takes it, customers, windows, and answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from . import _columns, _forecasts, _retain
from ._columns import Floats
from ._draws import Draws
from ._estimator import Estimator, empty
from ._forecasts import Question
from ._run import Run, context
from ._tables import Customers
from .btyd_dynamic import Histories
from .errors import ArgumentError


class Base(Estimator):
    """Family, parameters and unit of a model, and how questions are put to it."""

    _family: ClassVar[int] = 0
    _by_opportunity: ClassVar[bool] = False
    _leaves: ClassVar[bool] = True  # there is a lifetime process, which covariates may enter
    unit_days_: float

    _drawn: Draws | None = None  # draws that answer in place of the parameters
    _derived: bool = False  # answers are derivatives by the parameters

    covariates_: tuple[str, ...] = ()
    purchase_: Mapping[str, float] = MappingProxyType({})
    lifetime_: Mapping[str, float] = MappingProxyType({})

    def _unit(self) -> str:
        return f", unit_days={self.unit_days_:g}" + (f", covariates={list(self.covariates_)}" if self.covariates_ else "")

    def _stages(self) -> int:
        """The k that a fit is given: 0, unless the family has one."""
        return 0

    def _extra(self) -> list[float]:
        """What the model has beside its parameters."""
        return []

    def _beside(self, model: Floats) -> dict[str, Any]:
        """What the model has beside its parameters, as attributes."""
        return {}

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
        return self._units(value, "days")

    def _units(self, days: float, name: str) -> float:
        """The same in units of time, whole ones where time goes by in opportunities."""
        value = days / self.unit_days_
        if self._by_opportunity and value < math.inf and value != math.floor(value):
            raise ArgumentError(
                f"{name} is {days:.10g}; under {self._name} it must be a whole number of opportunities of {self.unit_days_:g} days"
            )
        return value

    def _unit_column(self, days: Floats, name: str) -> Floats:
        for row in np.flatnonzero(self._by_opportunity & (days / self.unit_days_ % 1.0 != 0.0))[:1].tolist():
            self._units(float(days[row]), name.format(row))
        return days / self.unit_days_

    # --- how questions are put ---

    def _delta(self, annual_rate: Any) -> float:
        rate = _columns.number(annual_rate, "annual_rate")
        if not 0.0 <= rate < math.inf:
            raise ArgumentError(f"annual_rate is {rate:g}; it must be finite and at least 0")
        return float(_retain.clv_delta(rate, self.unit_days_))

    def _values_unit(self) -> float:
        self._values()
        return self.unit_days_

    def _window(self, days: Any, since: Any) -> tuple[float, float]:
        self._values()
        start = _columns.number(since, "since")
        if not 0.0 <= start < math.inf:
            raise ArgumentError(f"since is {start:g}; it must be finite and at least 0")
        first = self._units(start, "since")
        return first, first + self._time(days)

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
        model, given = self._model_of(customers)
        scale = unit() if unit else 1.0
        if self._derived:
            entries = len(self._parameters) + 2 * len(self.covariates_)
            return _forecasts.derivatives(model, given, question, entries, run) * scale
        if level is None:
            return given.kind.column(name, _forecasts.values(model, given, question, run) * scale)
        covariance = self._covariance()
        if covariance is None:
            raise ArgumentError("level needs a fitted model: this one has no covariance of its parameters")
        found = _forecasts.interval(model, covariance, given, question, _columns.level(level), run)
        return given.kind.table({key: given.kind.column(key, column * scale) for key, column in found.items()})

    def _model_of(self, customers: Any) -> tuple[Floats, Customers | Histories]:
        """The raw model, and the customers whom it is asked about."""
        if isinstance(customers, Histories):
            return customers._check(self), customers
        return self._raw(), self._customers(customers)

    def _covariance(self) -> Floats | None:
        """Of the entries of the fit, row by row; None where there was no fit."""
        report = getattr(self, "report_", None)
        return None if report is None else report.covariance.reshape(-1)

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
