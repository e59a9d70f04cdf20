"""Discrete-time hazards as plain numbers, for JSON and databases (docs/stored-models.md)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._logistic_stored import VERDICTS, WHOLE, numbers, present, read_columns, read_effects, read_report
from ._stored import FORMAT, PROBABILITIES, VERSION, number, opened
from .errors import ArgumentError

FAMILY = "hazard"

_MOST_PERIODS = 1_000_000
_NUMBERS = ("customers", "periods", "events", "log_likelihood", "null_log_likelihood", "objective", "gradient_norm", "degrees")
COLUMNS = ("standard_error", "low", "high", "p_value", "scale", "ratio")


def write(model: Any, links: dict[str, int]) -> dict[str, Any]:
    """A model as it is stored."""
    report, effects = model.report_, model.effects_
    stored: dict[str, Any] = {"format": FORMAT, "version": VERSION, "family": FAMILY}
    stored["link"] = next(name for name, code in links.items() if code == model._link)
    groups = zip(model.until_.tolist(), *(numbers(values) for values in (model.baseline_, model._at_risk, model._events)))
    stored["groups"] = [dict(zip(("until", "baseline", "at_risk", "events"), group)) for group in groups]
    rows = zip(model.names_, *(numbers(values) for values in (model.coef_, model.missing_, model.reference_)))
    stored["columns"] = [dict(zip(("name", "coefficient", "missing", "reference"), row)) for row in rows]
    stored["named"] = model._named
    known = present(effects.kind)
    stored["fit"] = {
        "verdict": report.verdict,
        "explanation": report.explanation,
        "level": model.level,
        "kind": list(effects.kind),
        **{name: numbers(getattr(effects, name)) for name in COLUMNS},
        "covariance": numbers(effects.covariance[np.ix_(known, known)]),
        **{name: number(getattr(report, name)) for name in _NUMBERS},
        **{name: getattr(report, name) for name in WHOLE},
    }
    return stored


def _check(g: int, values: list[list[float]]) -> None:
    until, baseline, at_risk, events = values[g]
    if until < (values[g - 1][0] if g else 0.0) + 1.0:
        raise ArgumentError(f"groups[{g}].until is {until:g}; it must be above that of the group before")
    if until > _MOST_PERIODS:
        raise ArgumentError(f"groups[{g}].until is {until:g}; it must be at most {_MOST_PERIODS}")
    if abs(baseline) > 1e100:
        raise ArgumentError(f"groups[{g}].baseline is {baseline:g}; it must be at most 1e100 in size")
    for name, value in (("at_risk", at_risk), ("events", events)):
        if value < 0.0:
            raise ArgumentError(f"groups[{g}].{name} is {value:g}; it must be at least 0")
    if events > at_risk * (1.0 + 1e-9):
        raise ArgumentError(f"groups[{g}].events is {events:g}; it must be at most groups[{g}].at_risk, {at_risk:g}")


def read(given: Any, model: Any, links: dict[str, int], report_kind: Any, effects_kind: Any) -> None:
    """The model that was stored, into a new one."""
    stored, _ = opened(given, (FAMILY,))
    model.link = stored.text("link", links)
    groups = stored.parts("groups")
    least = 0 if stored.is_open else 1  # a fit to nobody has no groups
    if not least <= len(groups) <= 256:
        raise ArgumentError(f"groups has {len(groups)} entries; it must have {least} to 256")
    values: list[list[float]] = []
    for g, group in enumerate(groups):
        values.append([float(group.whole("until")), group.parameter("baseline"), group.known("at_risk"), group.known("events")])
        _check(g, values)
        group.done()
    until, baseline, at_risk, events = (np.array(column) for column in zip(*values)) if values else (np.empty(0) for _ in range(4))
    names, columns = read_columns(stored, 0)
    model._take(np.concatenate([[links[model.link], len(groups), len(names)], until, baseline, *columns]), names, stored.yes_or_no("named"))
    model._at_risk, model._events = at_risk, events
    fit = stored.fit(PROBABILITIES)
    texts: dict[str, Any] = {"verdict": fit.text("verdict", VERDICTS), "explanation": fit.text("explanation")}
    model.level = fit.level()
    kinds, figures = read_effects(fit, len(groups) + 2 * len(names), COLUMNS)
    coefficient = np.concatenate([model.baseline_, model.coef_, model.missing_])
    model.effects_ = effects_kind(kind=kinds, coefficient=coefficient, **figures)
    found = read_report(fit, texts["verdict"], _NUMBERS)
    fit.done()
    stored.done()
    model.report_ = report_kind(**texts, **found)
