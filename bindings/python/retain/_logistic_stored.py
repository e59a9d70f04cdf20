"""Logistic regressions as plain numbers, for JSON and databases (docs/stored-models.md)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import _columns
from ._columns import Floats
from ._stored import FORMAT, VERSION, Stored, number, opened
from .errors import ArgumentError

FAMILY = "logistic"

_VERDICTS = ("converged", "separated", "quasi-separated", "collinear", "one class", "too little data", "stopped")
_KINDS = ("estimated", "constant", "combined", "separating", "absent")
_NUMBERS = ("customers", "events", "log_likelihood", "null_log_likelihood", "deviance_explained", "objective", "gradient_norm", "degrees")
_WHOLE = ("rows", "missing", "iterations", "evaluations")
_COLUMNS = (
    *("standard_error", "low", "high", "p_value", "scale", "odds_ratio", "odds_ratio_scale"),
    *("marginal", "marginal_error", "marginal_low", "marginal_high"),
)


def _numbers(values: Any) -> list[Any]:
    return [number(value) for value in np.asarray(values).reshape(-1).tolist()]


def _present(kinds: Any) -> Any:
    """The entries that have a covariance that is not 0."""
    return np.array([e for e, kind in enumerate(kinds) if kind in ("estimated", "separating")], dtype=np.intp)


def write(model: Any) -> dict[str, Any]:
    """A model as it is stored."""
    classes = model.classes_.tolist()
    stored: dict[str, Any] = {"format": FORMAT, "version": VERSION, "family": FAMILY, "classes": classes}
    stored["intercept"] = number(float(model.intercept_[0]))
    rows = zip(model.names_, _numbers(model.coef_), _numbers(model.missing_), _numbers(model.reference_))
    stored["columns"] = [dict(zip(("name", "coefficient", "missing", "reference"), row)) for row in rows]
    stored["named"] = hasattr(model, "feature_names_in_")
    stored["fit"] = None
    if hasattr(model, "report_"):
        report, effects = model.report_, model.effects_
        present = _present(effects.kind)
        stored["fit"] = {
            "verdict": report.verdict,
            "explanation": report.explanation,
            "level": model.level,
            "kind": list(effects.kind),
            **{name: _numbers(getattr(effects, name)) for name in _COLUMNS},
            "covariance": _numbers(effects.covariance[np.ix_(present, present)]),
            **{name: number(getattr(report, name)) for name in _NUMBERS},
            **{name: getattr(report, name) for name in _WHOLE},
        }
    return stored


def _classes(stored: Stored) -> Any:
    classes = stored.items("classes", 2)
    kinds = {type(label) for label in classes}
    if len(kinds) != 1 or not kinds <= {bool, int, float, str} or classes[0] >= classes[1]:
        raise ArgumentError(f"classes is {classes!r}; it must be two numbers or texts in rising order")
    return np.array(classes)


def read(given: Any, kind: Any, report_kind: Any, effects_kind: Any) -> Any:
    """The model that was stored."""
    stored, _ = opened(given, (FAMILY,))
    classes, intercept = _classes(stored), stored.known("intercept")
    columns = stored.items("columns")
    if not 1 <= len(columns) <= 256:
        raise ArgumentError(f"columns has {len(columns)} entries; it must have 1 to 256")
    names: list[str] = []
    values: list[list[float]] = [[], [], []]
    for j, each in enumerate(columns):
        column = Stored(each, f"columns[{j}].")
        name = column.text("name")
        if name in names:
            raise ArgumentError(f"columns[{j}].name is {name!r}, and so is that of columns[{names.index(name)}]")
        names.append(name)
        values[0].append(column.known("coefficient"))
        values[1].append(column.number("missing"))
        values[2].append(column.known("reference"))
        if math.isinf(values[1][-1]):
            raise ArgumentError(f"columns[{j}].missing is infinite; it must be a number or null")
        column.done()
    model = kind()
    numbers = np.array([intercept, *values[0], *values[1], *values[2]])
    model._take(numbers, classes, tuple(names) if stored.yes_or_no("named") else None)
    model.names_ = tuple(names)
    if stored.left.get("fit", False) is None:
        stored.take("fit")
    else:
        _read_fit(stored.part("fit"), model, numbers[: 1 + 2 * len(names)], report_kind, effects_kind)
    stored.done()
    return model


def _read_fit(fit: Stored, model: Any, coefficient: Any, report_kind: Any, effects_kind: Any) -> None:
    count = len(coefficient)
    texts: dict[str, Any] = {"verdict": fit.text("verdict", _VERDICTS), "explanation": fit.text("explanation")}
    model.level = _columns.level(fit.number("level"), "fit.level")
    kinds = fit.items("kind", count)
    for row, name in enumerate(kinds):
        if name not in _KINDS:
            raise ArgumentError(f"fit.kind[{row}] is {name!r}; it must be one of {', '.join(map(repr, _KINDS))}")
    figures = {name: fit.column(name, count) for name in _COLUMNS}
    for row, (low, high) in enumerate(zip(figures["low"], figures["high"])):
        if low > high:
            raise ArgumentError(f"fit.low[{row}] is {low:g}; it must not be above fit.high[{row}], {high:g}")
    present = _present(kinds)
    known = fit.column("covariance", len(present) ** 2).reshape(len(present), len(present))
    _check_covariance(known)
    figures["covariance"] = np.zeros((count, count))
    figures["covariance"][np.ix_(present, present)] = known
    model.effects_ = effects_kind(kind=tuple(kinds), coefficient=coefficient.copy(), **figures)
    numbers = {name: fit.number(name) for name in _NUMBERS} | {name: fit.whole(name) for name in _WHOLE}
    fit.done()
    model.report_ = report_kind(**texts, **numbers)
    model.n_iter_ = model.report_.iterations


def _check_covariance(covariance: Floats) -> None:
    count = len(covariance)
    for a in range(count):
        if covariance[a, a] < 0.0:
            raise ArgumentError(f"fit.covariance[{a * count + a}] is {covariance[a, a]:g}; a variance is at least 0")
    scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    wrong = (np.abs(covariance - covariance.T) > 1e-9 * scale) | (np.abs(covariance) > (1.0 + 1e-9) * scale) | np.isinf(covariance)
    for cell in np.flatnonzero(wrong | (np.isnan(covariance) & ~np.isnan(scale)))[:1]:
        value = covariance.reshape(-1)[cell]
        raise ArgumentError(f"fit.covariance[{cell}] is {value:g}; with its variances and the cell that mirrors it, that is no covariance")
