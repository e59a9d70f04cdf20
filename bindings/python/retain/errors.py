"""What can go wrong, as exceptions that carry the library's own sentence.

Every error says which argument, which row and which rule::

    retain.DataError: customers.t_x[1] is 40; it must lie in [0, T = 38.86]

Values that break a rule raise :class:`RetainError` or one of its subclasses (all of them are ``ValueError``), values of a wrong
type raise ``TypeError``, and memory that cannot be had raises ``MemoryError``. A number that does not exist is no error: it is NaN.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import calibration
    from ._draws import DrawsReport
    from .fit import Report
    from .hazard import HazardReport
    from .logistic import LogisticReport

__all__ = [
    "ArgumentError",
    "Cancelled",
    "CapacityError",
    "ConvergenceError",
    "DataError",
    "NotFitted",
    "RetainError",
]


class RetainError(ValueError):
    """An operation did not succeed.

    Attributes
    ----------
    code : int
        The library's status, a pinned number: 1 argument, 2 data, 3 capacity, 4 memory, 5 convergence, 6 cancelled.
    row : int or None
        The offending row, counted from 0; None when the error does not concern one row.
    """

    code: int = 1
    row: int | None = None

    def __init__(self, sentence: str = "", row: int | None = None) -> None:
        super().__init__(sentence)
        self.row = row

    def __reduce__(self) -> Any:
        return (type(self), (str(self), self.row), self.__dict__)


class ArgumentError(RetainError):
    """The call itself is wrong: a length, or an option outside its range."""

    code = 1


class DataError(RetainError):
    """A row of the data breaks a rule; ``row`` says which."""

    code = 2


class CapacityError(RetainError):
    """An output array is too short. The package sizes its own arrays, so only callers of the raw layer meet it."""

    code = 3


class ConvergenceError(RetainError):
    """A model has no trustworthy optimum on these data.

    Attributes
    ----------
    model : object
        The estimator as far as it got, with ``params_`` and ``report_``: fit to be looked at and, by those who know what they
        do, used (a model that ended on a boundary is practically its limit).
    report : Report of retain.fit or retain.calibration, retain.btyd.DrawsReport, retain.logistic.LogisticReport or
        retain.hazard.HazardReport
        What there is to say about the fit, or about draws; ``report.verdict`` and ``report.explanation`` say why it is not trusted.
    draws : retain.btyd.Draws
        Of a posterior or a bootstrap: the draws all the same.
    """

    code = 5
    model: Any = None
    report: Report | calibration.Report | DrawsReport | LogisticReport | HazardReport | None = None
    draws: Any = None


class NotFitted(ArgumentError, AttributeError):
    """The estimator has no parameters yet: call ``fit`` or ``from_params``."""


class Cancelled(RetainError):
    """The progress callback asked to stop."""

    code = 6


_BY_CODE: dict[int, type[RetainError]] = {
    kind.code: kind for kind in (ArgumentError, DataError, CapacityError, ConvergenceError, Cancelled)
}


# What can be asked of a model, in the order of the library's numbers.
_QUANTITIES = (
    *("orders", "discounted", "silence", "next_order_by", "alive", "distribution", "at_most", "variance", "quantile", "next_order"),
    *("next_order_mean", "rate", "leaving", "lifetime", "discounted_variance"),
)


def _say_quantity(found: re.Match[str]) -> str:
    number = int(found[1])
    return f"the question is {_QUANTITIES[number - 1]!r}" if 1 <= number <= len(_QUANTITIES) else found[0]


# The library's names for what has another one in Python.
_IN_PYTHON: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\b(?:options|scale|counting|durations)\.(?=[a-z])"), ""),
    (re.compile(r"\bpredictors(?= has \d+(?:;| columns))"), "X"),
    (re.compile(r"\bpredictors have(?= \d+)"), "X has"),
    (re.compile(r"\bpredictors\.columns is(?= \d+;)"), "the number of columns of X is"),
    (re.compile(r"^rows\.strata is(?= \d+;)"), "the number of labels in stratum is"),
    (re.compile(r"^groups is(?= \d+; it must be 1 to 1024)"), "the number of labels in by is"),
    (re.compile(r"^calibration\.(?=[abc] is )"), ""),
    (re.compile(r"\bknot_(?=(?:score|probability)(?:\[| has ))"), ""),
    (re.compile(r"^group (?=has \d+ rows)"), "by "),
    (re.compile(r"\bmargin_customer\b|^margins(?=\[)"), "margin"),
    (re.compile(r"\bterms\.(annual_rate|margin|order_cost|service_cost)s(?=\[)"), r"terms.\1"),
    (re.compile(r"\bgroups\.(?:customer|group)\b"), "by"),
    (re.compile(r"\bgroups\.groups\b"), "the number of labels in by"),
    (re.compile(r"\bage_edges\b"), "ages"),
    (re.compile(r"^rfm\.(?=bins|recency|frequency|monetary)"), ""),
    (re.compile(r"\bpredictors\.column\[(\d+)\]\[(\d+)\]"), r"X[\2, \1]"),
    (re.compile(r"\bhorizon_days\b"), "days"),
    (re.compile(r"\bforecast\.value\b"), "spend"),
    (re.compile(r"^question\.quantity is (\d+)"), _say_quantity),
    (re.compile(r"\bquestion\.(?=n\b|share\b)"), ""),
    (re.compile(r"\bquestion\.to\b"), "the end of the window"),
    (re.compile(r"\bquestion\.from\b"), "its begin"),
    (re.compile(r" is NULL;"), " is missing;"),
)


def from_status(code: int, row: int | None, sentence: str) -> Exception:
    """The exception for a status of the library. The raw module raises what this returns."""
    for there, here in _IN_PYTHON:
        sentence = there.sub(here, sentence)
    if code == 4:
        return MemoryError(sentence)
    return _BY_CODE.get(code, RetainError)(sentence, row)


@contextlib.contextmanager
def renamed(**names: str) -> Iterator[None]:
    """Where a sentence of the library speaks of an argument by its name there, says the caller's instead."""
    try:
        yield
    except (ArgumentError, DataError) as error:
        there = re.compile(rf"(?:^|(?<=, ))(?:{'|'.join(names)})(?=\[| has | is )")
        raise type(error)(there.sub(lambda found: names[found[0]], str(error)), error.row) from None
