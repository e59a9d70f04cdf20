"""Models as plain numbers, for JSON and databases: the form that Python and PHP write and read alike (docs/stored-models.md)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from . import _columns, _retain
from ._columns import Floats
from .errors import ArgumentError
from .fit import _KINDS, _VERDICTS, Report

FORMAT, VERSION = "libretain model", 1

_WHOLE = ("rows", "iterations", "evaluations", "estimated", "coefficients", "data")
_NUMBERS = ("customers", "log_likelihood", "objective", "aic", "bic", "gradient_norm", "condition")
_COLUMNS = ("standard_error", "low", "high", "covariance")

_ROUNDING = 1e-12  # by which a sum may be beyond its bound

# What figures of a fit may be, of whichever model.
_SHARE, _NOT_NEGATIVE = (0.0, 1.0), (0.0, math.inf)
_BOUNDS = {
    **dict.fromkeys(("p_value", "score_p", "wald_p", "likelihood_ratio_p", "concordance"), _SHARE),
    **dict.fromkeys(("customers", "periods", "events", "pairs", "gradient_norm", "condition", "likelihood_ratio"), _NOT_NEGATIVE),
    **dict.fromkeys(("standard_error", "plain_error", "marginal_error", "spread", "scale"), _NOT_NEGATIVE),
    **dict.fromkeys(("odds_ratio", "odds_ratio_scale", "ratio"), _NOT_NEGATIVE),
    **dict.fromkeys(("hazard_ratio", "hazard_ratio_low", "hazard_ratio_high"), _NOT_NEGATIVE),
    "correlation": (-1.0, 1.0),
    "degrees": _NOT_NEGATIVE,
    "deviance_explained": (-math.inf, 1.0),
}
PROBABILITIES = {"log_likelihood": (-math.inf, 0.0), "null_log_likelihood": (-math.inf, 0.0)}  # of models of events, which have no density


def number(value: float) -> float | str | None:
    """A number as JSON can hold it: None for one that does not exist, a word for one that is infinite."""
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else "infinity" if value > 0.0 else "-infinity"


def numbers(values: Any) -> list[Any]:
    """A column of them."""
    return [number(value) for value in np.asarray(values, dtype=np.float64).reshape(-1).tolist()]


def write(family: str, more: Mapping[str, Any], report: Report | None, level: float, **of_fit: Any) -> dict[str, Any]:
    """A model: `more` says its unit and parameters, `of_fit` what its fit found beside the report, numbers and columns."""
    stored = {"format": FORMAT, "version": VERSION, "family": family, **more, "fit": None}
    if report is None and None in more.get("parameters", {}).values():
        raise ArgumentError("this model has no parameters, nor a fit that says why; there is nothing to store")
    if report is not None:
        stored["fit"] = {
            "verdict": report.verdict,
            "explanation": report.explanation,
            "entries": list(report.parameters),
            "kind": list(report.kind),
            "level": level,
            **{name: numbers(getattr(report, name)) for name in _COLUMNS},
            **{name: number(getattr(report, name)) for name in _NUMBERS},
            **{name: getattr(report, name) for name in _WHOLE},
            "has_prior": report.has_prior,
            **{name: numbers(value) if isinstance(value, np.ndarray) else number(value) for name, value in of_fit.items()},
        }
    return stored


def shown(value: float) -> str:
    """A number in a sentence."""
    return "null" if math.isnan(value) else f"{value:g}"


class Stored:
    """Part of a stored model, taken key by key: what is missing, wrong or left over is refused by name."""

    def __init__(self, given: Any, place: str = "", bounds: Mapping[str, tuple[float, float]] | None = None) -> None:
        if not isinstance(given, Mapping):
            raise TypeError(f"{place[:-1] or 'stored'} must be a dict, not {type(given).__name__}")
        self.left, self.place = dict(given), place
        self.family = ""
        self.is_open = False  # did a fit leave parameters open, which then do not exist?
        self._bounds = bounds or {}

    def take(self, name: str) -> Any:
        if name not in self.left:
            raise ArgumentError(f"{self.place}{name} is missing in the stored model")
        return self.left.pop(name)

    def __contains__(self, name: str) -> bool:
        return name in self.left

    def part(self, name: str) -> Stored:
        return self._inner(self.take(name), name)

    def parts(self, name: str) -> list[Stored]:
        """The entries of a list, one by one."""
        return [self._inner(each, f"{name}[{row}]") for row, each in enumerate(self.items(name))]

    def fit(self, more: Mapping[str, tuple[float, float]] | None = None) -> Stored:
        """What a fit found: its figures lie where such figures can, and where `more` says."""
        return Stored(self.take("fit"), f"{self.place}fit.", _BOUNDS | dict(more or {}))

    def _inner(self, given: Any, name: str) -> Stored:
        part = Stored(given, f"{self.place}{name}.")
        part.is_open = self.is_open
        return part

    def text(self, name: str, choices: Iterable[str] | None = None) -> str:
        value = self.take(name)
        if not isinstance(value, str):
            raise TypeError(f"{self.place}{name} must be a text, not {type(value).__name__}")
        if choices is not None and value not in choices:
            raise ArgumentError(f"{self.place}{name} is {value!r}; it must be one of " + ", ".join(map(repr, choices)))
        return value

    def number(self, name: str) -> float:
        return self._within(_number(self.take(name), self.place + name), name, name)

    def _within(self, value: float, name: str, entry: str) -> float:
        low, high = self._bounds.get(name, (-math.inf, math.inf))
        if value < low - _ROUNDING or value > high + _ROUNDING:
            inside, above = f"lie in [{low:g}, {high:g}]", f"be at least {low:g}"
            rule = inside if math.isfinite(high - low) else above if math.isfinite(low) else f"be at most {high:g}"
            raise ArgumentError(f"{self.place}{entry} is {value:g}; it must {rule}")
        return value

    def whole(self, name: str) -> int:
        value = self.number(name)
        if not (0.0 <= value <= 2.0**53 and value == math.floor(value)):
            raise ArgumentError(f"{self.place}{name} is {shown(value)}; it must be a whole number")
        return int(value)

    def known(self, name: str) -> float:
        """A number that exists and is finite."""
        value = self.number(name)
        if not math.isfinite(value):
            raise ArgumentError(f"{self.place}{name} is {shown(value)}; it must be a finite number")
        return value

    def level(self) -> float:
        """The level of intervals."""
        value = self.number("level")
        if not 0.0 < value < 1.0:
            raise ArgumentError(f"{self.place}level is {shown(value)}; it must lie in (0, 1)")
        return value

    def parameter(self, name: str) -> float:
        """The same, or one that the fit left open."""
        return self.number(name) if self.is_open else self.known(name)

    def yes_or_no(self, name: str) -> bool:
        value = self.take(name)
        if not isinstance(value, bool):
            raise TypeError(f"{self.place}{name} must be true or false, not {value!r}")
        return value

    def items(self, name: str, length: int | None = None) -> list[Any]:
        values = self.take(name)
        if not isinstance(values, (list, tuple)):
            raise TypeError(f"{self.place}{name} must be a list, not {type(values).__name__}")
        if length is not None and len(values) != length:
            raise ArgumentError(f"{self.place}{name} has {len(values)} entries; it must have {length}")
        return list(values)

    def column(self, name: str, length: int) -> Floats:
        values = [_number(value, f"{self.place}{name}[{row}]") for row, value in enumerate(self.items(name, length))]
        for row, value in enumerate(values if name in self._bounds else ()):
            self._within(value, name, f"{name}[{row}]")
        return np.array(values, dtype=np.float64)

    def done(self) -> None:
        for name in self.left:
            raise ArgumentError(f"{self.place}{name} is no key of a stored model")


def _number(value: Any, name: str) -> float:
    if value is None:
        return math.nan
    if isinstance(value, str):
        if value in ("infinity", "-infinity"):
            return float(value)
        raise ArgumentError(f"{name} is {value!r}; it must be a number, null, 'infinity' or '-infinity'")
    found = _columns.number(value, name)
    if not math.isfinite(found):
        raise ArgumentError(f"{name} is {found}; a number that does not exist is null, one that is infinite 'infinity'")
    return found


def opened(given: Any, families: Iterable[str]) -> tuple[Stored, str]:
    """A stored model and its family."""
    stored = Stored(given)
    stored.text("format", (FORMAT,))
    version = stored.number("version")
    if version != VERSION:
        raise ArgumentError(f"version is {version:g}; this version of the library reads {VERSION}")
    stored.family = stored.text("family", families)
    fit = stored.left.get("fit")
    stored.is_open = isinstance(fit, Mapping) and fit.get("verdict") != "converged"
    return stored, stored.family


def parameters_of(stored: Stored, names: tuple[str, ...]) -> dict[str, float]:
    part = stored.part("parameters")
    found = {name: part.parameter(name) for name in names}
    for name, value in found.items():
        if value <= 0.0 and name not in ("theta", "delta"):
            raise ArgumentError(f"parameters.{name} is {value:g}; it must be positive")
    part.done()
    return found


def write_columns(names: Iterable[str], coefficients: Iterable[float], references: Iterable[float]) -> list[dict[str, Any]]:
    """The predictors of a regression."""
    rows = zip(names, coefficients, references)
    return [{"name": name, "coefficient": number(value), "reference": number(reference)} for name, value, reference in rows]


def columns_of(stored: Stored, least: int, most: int) -> tuple[tuple[str, ...], list[float], list[float]]:
    """Names, coefficients and references of the predictors of a regression."""
    columns = stored.parts("columns")
    if not least <= len(columns) <= most:
        raise ArgumentError(f"columns has {len(columns)} entries; it must have {least} to {most}")
    names: list[str] = []
    values: list[list[float]] = [[], []]
    for j, column in enumerate(columns):
        name = column.text("name")
        if name in names:
            raise ArgumentError(f"columns[{j}].name is {name!r}, and so is that of columns[{names.index(name)}]")
        names.append(name)
        values[0].append(column.parameter("coefficient"))
        values[1].append(column.parameter("reference"))
        column.done()
    return tuple(names), values[0], values[1]


def fit_of(
    stored: Stored,
    entries: tuple[str, ...],
    estimate: list[float],
    extra: Iterable[str] = (),
    each: Iterable[str] = (),
    bounds: Mapping[str, tuple[float, float]] | None = None,
) -> tuple[Report, float, dict[str, Any]] | None:
    """The report of the fit, the level of its intervals, and what the fit found beside: numbers, and `each` a column of the entries.
    None without a fit."""
    if stored.left.get("fit", False) is None:
        stored.take("fit")
        return None
    fit, count = stored.fit(bounds), len(entries)
    values: dict[str, Any] = {"verdict": fit.text("verdict", _VERDICTS), "explanation": fit.text("explanation")}
    if tuple(fit.items("entries")) != entries:
        raise ArgumentError(f"fit.entries must be {', '.join(entries)}")
    kinds = fit.items("kind", count)
    for row, kind in enumerate(kinds):
        if kind not in _KINDS:
            raise ArgumentError(f"fit.kind[{row}] is {kind!r}; it must be one of {', '.join(map(repr, _KINDS))}")
    level = fit.level()
    for name in _COLUMNS:
        values[name] = fit.column(name, count * count if name == "covariance" else count)
    check_limits(values, "low", "high")
    _check_covariance(values["verdict"], values["covariance"], values["standard_error"], count)
    values["covariance"] = values["covariance"].reshape(count, count)
    values |= {name: fit.number(name) for name in _NUMBERS} | {name: fit.whole(name) for name in _WHOLE}
    for name in ("estimated", "coefficients"):
        if values[name] > count:
            raise ArgumentError(f"fit.{name} is {values[name]}; it must be at most {count}")
    values["has_prior"] = fit.yes_or_no("has_prior")
    lacking = _NUMBERS[1:] if values["has_prior"] else ("condition",)  # a group of a pool has no likelihood of its own
    check_known(values, [name for name in _NUMBERS if not (name in lacking and math.isnan(values[name]))])
    more: dict[str, Any] = {name: fit.number(name) for name in extra}
    more |= {name: fit.column(name, count) for name in each}
    fit.done()
    values |= {name: more[name] for name in ("correlation",) if name in more}
    report = Report(parameters=entries, estimate=np.array(estimate, dtype=np.float64), kind=tuple(kinds), **values)
    return report, level, more


def classes_of(stored: Stored) -> Any:
    """What outcomes 0 and 1 are called."""
    classes = stored.items("classes", 2)
    kinds = {type(label) for label in classes}
    if len(kinds) != 1 or not kinds <= {bool, int, float, str} or not classes[0] < classes[1]:
        raise ArgumentError("classes must be two numbers or two texts in rising order")
    return np.array(classes)


def check_limits(found: Mapping[str, Any], low: str, high: str) -> None:
    """Of each entry the lower limit is not above the upper one."""
    for row, (one, other) in enumerate(zip(found[low], found[high])):
        if one > other:
            raise ArgumentError(f"fit.{low}[{row}] is {one:g}; it must not be above fit.{high}[{row}], {other:g}")


def check_known(found: Mapping[str, Any], names: Iterable[str]) -> None:
    """A fit that converged knows its figures."""
    for name in names if found["verdict"] == "converged" else ():
        if not math.isfinite(found[name]):
            raise ArgumentError(f"fit.{name} is {shown(found[name])}; a fit that converged knows it")


def check_error(error: float, variance: float, row: int, cell: int) -> None:
    """A standard error is the root of its variance."""
    if not (math.isnan(error) and math.isnan(variance) or abs(error**2 - variance) <= 1e-9 * variance):
        root = shown(math.sqrt(variance))
        raise ArgumentError(f"fit.standard_error[{row}] is {shown(error)}; the square root of its variance, fit.covariance[{cell}], is {root}")


def _check_covariance(verdict: str, covariance: Floats, errors: Floats, count: int) -> None:
    try:
        _retain.fit_covariance(None, covariance, count)
    except ArgumentError as refused:
        raise ArgumentError(f"fit.{refused}") from None
    variances = covariance[:: count + 1]
    for row in range(count):
        if verdict == "converged" and math.isnan(variances[row]):
            raise ArgumentError(f"fit.covariance[{row * (count + 1)}] is null; a fit that converged knows it")
        check_error(errors[row], variances[row], row, row * (count + 1))
