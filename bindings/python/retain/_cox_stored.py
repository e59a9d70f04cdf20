"""Cox regressions as plain numbers, for JSON and databases (docs/stored-models.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _retain, _stored
from ._columns import Floats, Ints
from ._stored import Stored
from .errors import ArgumentError, DataError

STEPS = ("time", "at_risk", "events", "hazard", "variance")
TIES = ("efron", "breslow")
MOST = 40  # predictors
STRATA = 1024


def said(model: Any) -> dict[str, Any]:
    """What is stored of a regression beside its fit."""
    steps = getattr(model, "_steps", None)
    return {
        "ties": TIES[model._ties],
        "robust": model._robust,
        "columns": _stored.write_columns(model.names_, model.params_.values(), model.reference_.values()),
        "strata": None if steps is None or model._strata is None else [_label(value) for value in model._strata],
        "baseline": None
        if steps is None
        else {"stratum": steps["stratum"].tolist(), **{name: _stored.numbers(steps[name]) for name in (*STEPS, "drift")}},
    }


def _label(value: Any) -> str | int:
    """Labels that every language tells apart alike."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int)) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    raise ArgumentError(f"stratum has the label {value!r}; models can be stored whose labels are texts or whole numbers")


def restore(stored: Stored, model: Any) -> None:
    """Takes over what :func:`said`."""
    model._ties = TIES.index(stored.text("ties", TIES))
    model.ties = TIES[model._ties]
    model._robust = model.robust = stored.yes_or_no("robust")
    model.names_, coefficients, references = _stored.columns_of(stored, 1, MOST)
    model.params_ = dict(zip(model.names_, coefficients))
    model.reference_ = dict(zip(model.names_, references))
    model._strata = _labels(stored)
    if stored.left.get("baseline", False) is None:
        stored.take("baseline")
    else:
        model._steps = _steps(stored.part("baseline"), len(coefficients), len(model._strata or (0,)))


def _labels(stored: Stored) -> list[Any] | None:
    if stored.left.get("strata", False) is None:
        stored.take("strata")
        return None
    labels = stored.items("strata")
    if not 1 <= len(labels) <= STRATA:
        raise ArgumentError(f"strata has {len(labels)} entries; it must have 1 to {STRATA}, or be null")
    for place, label in enumerate(labels):
        if isinstance(label, bool) or not isinstance(label, (str, int)):
            raise TypeError(f"strata[{place}] must be a text or a whole number, not {type(label).__name__}")
        if type(label) is not type(labels[0]):
            raise ArgumentError(f"strata[{place}] is {label!r}, and strata[0] {labels[0]!r}; all must be texts, or all whole numbers")
        if label in labels[:place]:
            raise ArgumentError(f"strata[{place}] is {label!r}, and so is strata[{labels.index(label)}]")
    return labels


def _steps(part: Stored, predictors: int, strata: int) -> dict[str, Any]:
    count = len(part.left["time"]) if isinstance(part.left.get("time"), (list, tuple)) else 0
    codes = part.column("stratum", count)
    for row in np.flatnonzero(~(np.isin(codes, np.arange(strata))))[:1]:
        raise ArgumentError(f"{part.place}stratum[{row}] is {codes[row]:g}; it must be a whole number from 0 to {strata - 1}")
    steps: dict[str, Any] = {"stratum": codes.astype(np.int64)} | {name: part.column(name, count) for name in STEPS}
    steps["drift"] = part.column("drift", count * predictors)
    part.done()
    for name in ("at_risk", "events"):
        for row in np.flatnonzero(~((steps[name] >= 0.0) & (steps[name] < np.inf)))[:1]:
            raise ArgumentError(f"{part.place}{name}[{row}] is {steps[name][row]:g}; it must be finite and at least 0")
    for row in np.flatnonzero(steps["events"] > steps["at_risk"] * (1.0 + 1e-9))[:1]:
        events, at_risk = steps["events"][row], steps["at_risk"][row]
        raise ArgumentError(f"{part.place}events[{row}] is {events:g}; it must be at most {part.place}at_risk[{row}], {at_risk:g}")
    return steps


def check_found(found: Mapping[str, Any]) -> None:
    """The figures of a fit beside its report."""
    _stored.check_limits(found, "hazard_ratio_low", "hazard_ratio_high")
    if found["degrees"] % 1.0 > 0.0:
        raise ArgumentError(f"fit.degrees is {found['degrees']:g}; it must be a whole number")


def check(raw: Floats, steps: Mapping[str, Any], covariance: Floats) -> None:
    """The rules of the library for coefficients and baseline: it is asked about no rows."""
    nothing, ahead = np.empty(0), np.zeros(1)
    baseline = (steps["stratum"], *(steps[name] for name in ("time", "hazard", "variance", "drift")))
    codes: Ints = np.empty(0, dtype=np.int64)
    try:
        _retain.cox_survival(None, raw, *baseline, covariance, nothing, 0, codes, nothing, 0.95, 0, ahead, nothing, None, None, None)
    except DataError as refused:
        raise ArgumentError(str(refused)) from None
