"""Logistic regressions as plain numbers, for JSON and databases (docs/stored-models.md)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ._columns import Floats
from ._stored import FORMAT, PROBABILITIES, VERSION, Stored, check_error, check_known, check_limits, classes_of, number, opened
from .errors import ArgumentError

FAMILY = "logistic"

VERDICTS = ("converged", "separated", "quasi-separated", "collinear", "one class", "too little data", "stopped")
_KINDS = ("estimated", "constant", "combined", "separating", "absent")
_NUMBERS = ("customers", "events", "log_likelihood", "null_log_likelihood", "deviance_explained", "objective", "gradient_norm", "degrees")
WHOLE = ("rows", "missing", "iterations", "evaluations")
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
            **{name: getattr(report, name) for name in WHOLE},
        }
    return stored


def read(given: Any, kind: Any, report_kind: Any, effects_kind: Any) -> Any:
    """The model that was stored."""
    stored, _ = opened(given, (FAMILY,))
    classes, intercept = classes_of(stored), stored.parameter("intercept")
    names, values = read_columns(stored, 1)
    model = kind()
    parameters = np.array([intercept, *values[0], *values[1], *values[2]])
    model._take(parameters, classes, names if stored.yes_or_no("named") else None)
    model.names_ = names
    if stored.left.get("fit", False) is None:
        stored.take("fit")
    else:
        _read_fit(stored.fit(PROBABILITIES), model, parameters[: 1 + 2 * len(names)], report_kind, effects_kind)
    stored.done()
    return model


def read_columns(stored: Stored, least: int) -> tuple[tuple[str, ...], list[list[float]]]:
    """Names of the columns, their coefficients, what is missing adds, and their references."""
    columns = stored.parts("columns")
    if not least <= len(columns) <= 256:
        raise ArgumentError(f"columns has {len(columns)} entries; it must have {least} to 256")
    names: list[str] = []
    values: list[list[float]] = [[], [], []]
    for j, column in enumerate(columns):
        name = column.text("name")
        if name in names:
            raise ArgumentError(f"columns[{j}].name is {name!r}, and so is that of columns[{names.index(name)}]")
        names.append(name)
        values[0].append(column.parameter("coefficient"))
        values[1].append(column.number("missing"))
        values[2].append(column.parameter("reference"))
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
    for low, high in (("low", "high"), ("marginal_low", "marginal_high")):
        if low in figures:
            check_limits(figures, low, high)
    there = present(kinds)
    known = fit.column("covariance", len(there) ** 2).reshape(len(there), len(there))
    _check_covariance(known, figures["standard_error"][there], there)
    figures["covariance"] = np.zeros((count, count))
    figures["covariance"][np.ix_(there, there)] = known
    return tuple(kinds), figures


def read_report(fit: Stored, verdict: str, figures: tuple[str, ...]) -> dict[str, Any]:
    """What there is to say about a fit as a whole."""
    found: dict[str, Any] = {name: fit.number(name) for name in figures} | {name: fit.whole(name) for name in WHOLE}
    check_known({"verdict": verdict} | found, [name for name in figures if name != "degrees"])  # unknown where the curvature has no inverse
    return found


def _read_fit(fit: Stored, model: Any, coefficient: Any, report_kind: Any, effects_kind: Any) -> None:
    texts: dict[str, Any] = {"verdict": fit.text("verdict", VERDICTS), "explanation": fit.text("explanation")}
    model.level = fit.level()
    kinds, figures = read_effects(fit, len(coefficient), _COLUMNS)
    model.effects_ = effects_kind(kind=kinds, coefficient=coefficient.copy(), **figures)
    found = read_report(fit, texts["verdict"], _NUMBERS)
    fit.done()
    if found["events"] > found["customers"] * (1.0 + 1e-9):
        raise ArgumentError(f"fit.events is {found['events']:g}; it must be at most fit.customers, {found['customers']:g}")
    model.report_ = report_kind(**texts, **found)
    model.n_iter_ = model.report_.iterations


def _check_covariance(covariance: Floats, errors: Floats, rows: Any) -> None:
    count = len(covariance)
    for a in range(count):
        if covariance[a, a] < 0.0:
            raise ArgumentError(f"fit.covariance[{a * count + a}] is {covariance[a, a]:g}; a variance is at least 0")
        check_error(errors[a], covariance[a, a], rows[a], a * count + a)
    scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    wrong = (np.abs(covariance - covariance.T) > 1e-9 * scale) | (np.abs(covariance) > (1.0 + 1e-9) * scale) | np.isinf(covariance)
    for cell in np.flatnonzero(wrong | (np.isnan(covariance) & ~np.isnan(scale)))[:1]:
        value = covariance.reshape(-1)[cell]
        raise ArgumentError(f"fit.covariance[{cell}] is {value:g}; with its variances and the cell that mirrors it, that is no covariance")
