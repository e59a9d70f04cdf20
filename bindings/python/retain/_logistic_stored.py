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

VERDICTS = ("converged", "separated", "quasi-separated", "collinear", "one class", "too little data", "stopped")
_KINDS = ("estimated", "constant", "combined", "separating", "absent")
_NUMBERS = ("customers", "events", "log_likelihood", "null_log_likelihood", "deviance_explained", "objective", "gradient_norm", "degrees")
_WHOLE = ("rows", "missing", "iterations", "evaluations")
_COLUMNS = (
    *("standard_error", "low", "high", "p_value", "scale", "odds_ratio", "odds_ratio_scale"),
    *("marginal", "marginal_error", "marginal_low", "marginal_high"),
)


def numbers(values: Any) -> list[Any]:
    return [number(value) for value in np.asarray(values).reshape(-1).tolist()]


def present(kinds: Any) -> Any:
    """The entries that have a covariance that is not 0."""
    return np.array([e for e, kind in enumerate(kinds) if kind in ("estimated", "separating")], dtype=np.intp)


def write(model: Any) -> dict[str, Any]:
    """A model as it is stored."""
    classes = model.classes_.tolist()
    stored: dict[str, Any] = {"format": FORMAT, "version": VERSION, "family": FAMILY, "classes": classes}
    stored["intercept"] = number(float(model.intercept_[0]))
    rows = zip(model.names_, numbers(model.coef_), numbers(model.missing_), numbers(model.reference_))
    stored["columns"] = [dict(zip(("name", "coefficient", "missing", "reference"), row)) for row in rows]
    stored["named"] = hasattr(model, "feature_names_in_")
    stored["fit"] = None
    if hasattr(model, "report_"):
        report, effects = model.report_, model.effects_
        known = present(effects.kind)
        stored["fit"] = {
            "verdict": report.verdict,
            "explanation": report.explanation,
            "level": model.level,
            "kind": list(effects.kind),
            **{name: numbers(getattr(effects, name)) for name in _COLUMNS},
            "covariance": numbers(effects.covariance[np.ix_(known, known)]),
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
    names, values = read_columns(stored, 1)
    model = kind()
    parameters = np.array([intercept, *values[0], *values[1], *values[2]])
    model._take(parameters, classes, names if stored.yes_or_no("named") else None)
    model.names_ = names
    if stored.left.get("fit", False) is None:
        stored.take("fit")
    else:
        _read_fit(stored.part("fit"), model, parameters[: 1 + 2 * len(names)], report_kind, effects_kind)
    stored.done()
    return model


def read_columns(stored: Stored, least: int) -> tuple[tuple[str, ...], list[list[float]]]:
    """Names of the columns, their coefficients, what is missing adds, and their references."""
    columns = stored.items("columns")
    if not least <= len(columns) <= 256:
        raise ArgumentError(f"columns has {len(columns)} entries; it must have {least} to 256")
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
    return tuple(names), values


def read_effects(fit: Stored, count: int, columns: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Kinds of the entries, and what was found of them: `columns`, and their covariance."""
    kinds = fit.items("kind", count)
    for row, name in enumerate(kinds):
        if name not in _KINDS:
            raise ArgumentError(f"fit.kind[{row}] is {name!r}; it must be one of {', '.join(map(repr, _KINDS))}")
    figures = {name: fit.column(name, count) for name in columns}
    for row, (low, high) in enumerate(zip(figures["low"], figures["high"])):
        if low > high:
            raise ArgumentError(f"fit.low[{row}] is {low:g}; it must not be above fit.high[{row}], {high:g}")
    there = present(kinds)
    known = fit.column("covariance", len(there) ** 2).reshape(len(there), len(there))
    _check_covariance(known)
    figures["covariance"] = np.zeros((count, count))
    figures["covariance"][np.ix_(there, there)] = known
    return tuple(kinds), figures


def _read_fit(fit: Stored, model: Any, coefficient: Any, report_kind: Any, effects_kind: Any) -> None:
    texts: dict[str, Any] = {"verdict": fit.text("verdict", VERDICTS), "explanation": fit.text("explanation")}
    model.level = _columns.level(fit.number("level"), "fit.level")
    kinds, figures = read_effects(fit, len(coefficient), _COLUMNS)
    model.effects_ = effects_kind(kind=kinds, coefficient=coefficient.copy(), **figures)
    found = {name: fit.number(name) for name in _NUMBERS} | {name: fit.whole(name) for name in _WHOLE}
    fit.done()
    model.report_ = report_kind(**texts, **found)
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
