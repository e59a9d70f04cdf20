"""What all estimators share: parameters that can be read, stored and given, and the habits of scikit-learn."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypeVar

import numpy as np

from . import _columns, _stored
from ._columns import Floats
from .errors import ArgumentError, ConvergenceError, DataError, NotFitted
from .fit import Report


class Estimator:
    """Base of the models.

    Parameters
    ----------
    iterations : int, optional
        Most Newton steps; 200 by default.
    level : float
        Two-sided level of the intervals in the report, in (0, 1).
    """

    _name: ClassVar[str] = ""
    _parameters: tuple[str, ...] = ()
    _beside_report: ClassVar[tuple[str, ...]] = ()  # what a fit finds beside the report, as attributes with an underscore
    _beside_each: ClassVar[tuple[str, ...]] = ()  # the same of each entry
    _beside_bounds: ClassVar[Mapping[str, tuple[float, float]]] = {}  # what they may be, where not of every model

    def __init__(self, *, iterations: int = 200, level: float = 0.95) -> None:
        self.iterations = iterations
        self.level = level

    # --- the habits of scikit-learn: nothing is checked before fit, and clone works ---

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options of the fit (not the fitted parameters: those are in ``params_``)."""
        return {"iterations": self.iterations, "level": self.level}

    def set_params(self, **options: Any) -> Self:
        """Changes options of the fit."""
        for name, value in options.items():
            if name not in self.get_params():
                raise ArgumentError(f"{type(self).__name__} has no option {name!r}; it has " + ", ".join(self.get_params()))
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "params_")

    def __repr__(self) -> str:
        if not hasattr(self, "params_"):
            return f"{type(self).__name__}()"
        return f"{type(self).__name__}({', '.join(f'{name}={value:.6g}' for name, value in self.params_.items())}{self._unit()})"

    def _unit(self) -> str:
        return ""

    params_: dict[str, float]
    report_: Report

    def _options(self) -> tuple[int, float]:
        iterations = _columns.whole(self.iterations, "iterations")
        if not 1 <= iterations < 2**31:
            raise ArgumentError(f"iterations is {iterations}; it must be positive")
        return iterations, _columns.level(self.level)

    def _take(self, parameters: Mapping[str, Any]) -> None:
        """Parameters as given by a user."""
        unknown = [name for name in parameters if name not in self._parameters]
        missing = [name for name in self._parameters if name not in parameters]
        if unknown or missing:
            raise TypeError(
                f"{type(self).__name__} has the parameters {', '.join(self._parameters)}; "
                + (f"{unknown[0]!r} is none of them" if unknown else f"{missing[0]!r} is missing")
            )
        self.params_ = {name: _columns.positive(parameters[name], name) for name in self._parameters}
        for name, value in self.params_.items():
            if value == float("inf"):
                raise ArgumentError(f"{name} is inf; it must be finite")

    def _finish(self, record: dict[str, Any], parameters: Floats, entries: tuple[str, ...] = (), **more: Any) -> None:
        """Takes over what a fit found; raises unless it is a trustworthy optimum. `entries` are the names of the report's numbers
        where they are more than the parameters, `more` other attributes."""
        target = self if record["status"] == 0 else copy.copy(self)
        target.params_ = dict(zip(self._parameters, parameters.tolist()))
        target.report_ = Report._of(record, entries or self._parameters)
        for name, value in more.items():
            setattr(target, name, value)
        if target is not self:
            named = target.report_.explanation if target.report_.coefficients else ""  # the sentence knows numbers only
            error = ConvergenceError(named or record["sentence"] or target.report_.explanation)
            error.model = target
            error.report = target.report_
            raise error

    def _values(self) -> list[float]:
        if not hasattr(self, "params_"):
            raise NotFitted(f"this {type(self).__name__} has no parameters yet; call fit or from_params first")
        return [self.params_[name] for name in self._parameters]

    def summary(self) -> str:
        """The fit as text: verdict, parameters with standard errors and intervals, likelihood."""
        self._values()
        if not hasattr(self, "report_"):
            return repr(self)
        return f"{self!r}\n{self.report_}"

    # --- stored models ---

    def to_dict(self) -> dict[str, Any]:
        """The model and what its fit found as plain numbers, to be stored as JSON or in a database.

        ``from_dict`` of the same module reads it, and so does PHP's ``fromArray``: forecasts and their limits are the same to the last
        bit. docs/stored-models.md has the table of keys.
        """
        said = self._said()
        return _stored.write(self._family_name(), said, getattr(self, "report_", None), self.level, **self._found_beside())

    def _family_name(self) -> str:
        """What the model is called where it is stored."""
        return self._name

    def _found_beside(self) -> dict[str, Any]:
        """What a fit found beside the report."""
        return {name: getattr(self, f"{name}_") for name in self._beside_report if hasattr(self, f"{name}_")}

    def _take_beside(self, found: dict[str, Any]) -> None:
        for name, value in found.items():
            setattr(self, f"{name}_", value)

    def _said(self) -> dict[str, Any]:
        """Unit and parameters as they are stored."""
        return {"parameters": {name: _stored.number(value) for name, value in zip(self._parameters, self._values())}}

    def _fitted_entries(self) -> tuple[tuple[str, ...], list[float]]:
        """Names and values of the entries of a report."""
        return self._parameters, self._values()

    @classmethod
    def _restored(cls, stored: _stored.Stored) -> Self:
        """The model of :meth:`_said`."""
        raise NotImplementedError


E = TypeVar("E", bound=Estimator)


def remade(make: Callable[..., E], parameters: Mapping[str, float], **more: Any) -> E:
    """The model that `make` makes of parameters by name; those that a fit left open are kept as they are, NaN or infinite."""
    model = make(**{name: value if math.isfinite(value) else 1.0 for name, value in parameters.items()}, **more)
    model.params_ = dict(parameters)
    return model


def restored(given: Any, families: tuple[type[E], ...] | Mapping[str, type[E]]) -> E:
    """The model that ``to_dict`` wrote, of one of these families."""
    classes = families if isinstance(families, Mapping) else {family._name: family for family in families}
    stored, name = _stored.opened(given, classes)
    model = classes[name]._restored(stored)
    fit = _stored.fit_of(stored, *model._fitted_entries(), model._beside_report, model._beside_each, model._beside_bounds)
    stored.done()
    if fit is not None:
        model.report_, model.level, found = fit
        model._take_beside(found)
    return model


def mean_of(values: Floats, weight: Floats | None) -> float:
    """Weighted mean; NaN of nothing."""
    if weight is None:
        return float(np.mean(values)) if len(values) else float("nan")
    if len(weight) != len(values):
        raise ArgumentError(f"customers['weight'] has {len(weight)} rows; it must have {len(values)}")
    for row in np.flatnonzero(~((weight >= 0) & (weight < np.inf)))[:1]:
        raise DataError(f"customers['weight'][{row}] is {weight[row]:g}; it must be finite and at least 0", int(row))
    return float(np.average(values, weights=weight)) if weight.sum() > 0 else float("nan")


def empty(rows: int) -> Floats:
    return np.empty(rows, dtype=np.float64)
