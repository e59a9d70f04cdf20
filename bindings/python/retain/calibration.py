"""What probability does a score stand for?

A score may rank customers well and yet mean nothing as a number. Calibration learns from customers whose outcome is known what share
stands behind a score, and says it of new ones.

>>> from retain import calibration
>>> risk, left = [0.9, 0.8, 0.6, 0.4, 0.3, 0.1], [True, True, False, True, False, False]
>>> model = calibration.Platt().fit(risk, left)
>>> model
Platt(a=3.09989, c=-1.60271)
>>> round(model.predict([0.9])[0], 3)
0.766

Learn from customers that the score has not seen, and judge (:mod:`retain.scoring`) on others again.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, Self, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Floats
from ._estimator import empty
from ._run import Run, context
from .errors import ArgumentError, ConvergenceError, NotFitted, renamed
from .fit import _VERDICTS
from .scoring import _outcomes

__all__ = ["Beta", "Isotonic", "Platt", "Report", "bins", "reliability"]

_WORDS = {number: word for word, number in _VERDICTS.items()}
_BINS = ("customers", "positives", "mean_score", "share", "low", "high")


@dataclasses.dataclass(frozen=True, eq=False)
class Report:
    """What there is to say about a fit.

    Attributes
    ----------
    verdict : str
        "converged"; "too little data": one outcome or too few scores, and parameters are NaN; "boundary": a score parts the outcomes
        without error; "ridge": scores are too alike.
    explanation : str
        The verdict in words.
    customers, positives : float
        Sum of the weights, and of those to whom it happened.
    iterations : int
        Newton steps taken.
    log_likelihood : float
        Of the outcomes, as they are, at the calibration found.
    standard_error, low, high : dict of float
        By parameter; 0 for the error of what is held at 0, NaN without a verdict of convergence.
    covariance : ndarray, shape (3, 3)
        Of a, b, c.
    """

    verdict: str
    explanation: str
    customers: float
    positives: float
    iterations: int
    log_likelihood: float
    standard_error: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]
    covariance: Floats


class _Calibrator:
    """What all calibrators share: the habits of scikit-learn."""

    _options: ClassVar[tuple[str, ...]] = ()

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options of the fit (not what was fitted)."""
        return {name: getattr(self, name) for name in self._options}

    def set_params(self, **options: Any) -> Self:
        """Changes options of the fit."""
        for name, value in options.items():
            if name not in self._options:
                has = "has " + ", ".join(self._options) if self._options else "has none"
                raise ArgumentError(f"{type(self).__name__} has no option {name!r}; it {has}")
            setattr(self, name, value)
        return self


class _Parametric(_Calibrator):
    """Calibrations with parameters."""

    _kind: ClassVar[int] = 0
    _parameters: ClassVar[tuple[str, ...]] = ()
    params_: dict[str, float]
    report_: Report
    level: float

    def _plain(self) -> int:
        return 0

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "params_")

    def __repr__(self) -> str:
        if not hasattr(self, "params_"):
            return f"{type(self).__name__}()"
        return f"{type(self).__name__}({', '.join(f'{name}={value:.6g}' for name, value in self.params_.items())})"

    def _named(self, numbers: Sequence[float]) -> dict[str, float]:
        values = dict(zip("abc", numbers))
        return {name: values[name] for name in self._parameters}

    def _raw(self) -> Floats:
        if not hasattr(self, "params_"):
            raise NotFitted(f"this {type(self).__name__} has no parameters yet; call fit or from_params first")
        return np.array([self._kind, *(self.params_.get(name, 0.0) for name in "abc")], dtype=np.float64)

    def fit(self, score: Any, y: Any, *, weight: Any = None, **run: Unpack[Run]) -> Self:
        """Learns which share stands behind a score.

        Parameters
        ----------
        score : column
            One number per customer.
        y : column
            Whether it happened (True, 1) or not.
        weight : column, optional
            How many customers each row stands for.
        **run
            How to run: ``threads``, ``progress``, ``memory``.

        Returns
        -------
        self

        Raises
        ------
        ConvergenceError
            Where outcomes say nothing about scores: all alike, all scores alike, or parted by a score without error. Carries ``model``
            and ``report``.
        """
        columns = _outcomes(score, y, weight, told="y")
        with renamed(outcome="y"):
            found = _retain.calibration_fit(context(run), self._kind, *columns, _columns.level(self.level), self._plain())
        target = self if found["status"] == 0 else copy.copy(self)
        target.params_ = self._named(found["calibration"][1:])
        target.report_ = Report(
            verdict=_WORDS[found["verdict"]],
            standard_error=self._named(found["standard_error"]),
            low=self._named(found["low"]),
            high=self._named(found["high"]),
            covariance=np.array(found["covariance"]).reshape(3, 3),
            **{name: found[name] for name in ("explanation", "customers", "positives", "iterations", "log_likelihood")},
        )
        if target is not self:
            error = ConvergenceError(found["sentence"])
            error.model, error.report = target, target.report_
            raise error
        return self

    @classmethod
    def _from(cls, **parameters: float) -> Self:
        model = cls()
        model.params_ = {name: _columns.number(value, name) for name, value in parameters.items()}
        probe = empty(0)
        _retain.calibration_probabilities(None, model._raw(), probe, None, 0.0, empty(0), None, None)  # refuses what is no parameter
        return model

    def predict(self, score: Any, **run: Unpack[Run]) -> Any:
        """The probabilities that scores stand for.

        Parameters
        ----------
        score : column or number
            Scores of any customers.

        Returns
        -------
        column or number
        """
        kind, scores = _columns.kind_of(score), _columns.floats(score, "score")
        out = empty(len(scores))
        _retain.calibration_probabilities(context(run), self._raw(), scores, None, 0.0, out, None, None)
        return kind.column("probability", out)

    def interval(self, score: Any, *, level: float = 0.95, **run: Unpack[Run]) -> Any:
        """The probabilities with limits that say how well the calibration is known, not what one customer will do.

        Parameters
        ----------
        score : column
            Scores of any customers.
        level : float
            Two-sided.

        Returns
        -------
        table
            ``probability``, ``low``, ``high``.
        """
        model = self._raw()
        if not hasattr(self, "report_"):
            raise ArgumentError(f"this {type(self).__name__} was not fitted; how sure its parameters are is not known")
        kind, scores = _columns.kind_of(score), _columns.floats(score, "score")
        out = [empty(len(scores)) for _ in range(3)]
        covariance = self.report_.covariance.reshape(-1)
        _retain.calibration_probabilities(context(run), model, scores, covariance, _columns.level(level), *out)
        return kind.table({name: kind.column(name, values) for name, values in zip(("probability", "low", "high"), out)})


class Platt(_Parametric):
    """Platt scaling: logit p = a s + c, for any scores.

    Parameters
    ----------
    level : float
        Two-sided level of the limits in the report.
    plain : bool
        Take outcomes as they are, which is logistic regression. By default they count as a little inside of 0 and 1 (Platt 1999), so
        that few data do not give bold answers.

    Attributes
    ----------
    params_ : dict of float
        ``a``, ``c``.
    report_ : Report
        What there is to say about the fit.
    """

    _kind = 0
    _parameters = ("a", "c")
    _options = ("level", "plain")

    def __init__(self, *, level: float = 0.95, plain: bool = False) -> None:
        self.level = level
        self.plain = plain

    def _plain(self) -> int:
        if not isinstance(self.plain, (bool, np.bool_)):
            raise ArgumentError(f"plain is {self.plain!r}; it must be True or False")
        return int(self.plain)

    @classmethod
    def from_params(cls, *, a: float, c: float) -> Self:
        """A calibration with known parameters, from a publication or a database."""
        return cls._from(a=a, c=c)


class Beta(_Parametric):
    """Beta calibration: logit p = a log s − b log(1 − s) + c with a, b ≥ 0, for scores that are probabilities already.

    It can take back what is too bold or too timid, differently at either end, and leaves true probabilities (a = b = 1, c = 0) alone.
    Kull, Silva Filho and Flach (2017).

    Parameters
    ----------
    level : float
        Two-sided level of the limits in the report.

    Attributes
    ----------
    params_ : dict of float
        ``a``, ``b``, ``c``.
    report_ : Report
        What there is to say about the fit.
    """

    _kind = 1
    _parameters = ("a", "b", "c")
    _options = ("level",)

    def __init__(self, *, level: float = 0.95) -> None:
        self.level = level

    @classmethod
    def from_params(cls, *, a: float, b: float, c: float) -> Self:
        """A calibration with known parameters, from a publication or a database."""
        return cls._from(a=a, b=b, c=c)


class Isotonic(_Calibrator):
    """Isotonic calibration: the best fit that never falls with the score.

    No shape is assumed, so it needs some thousand customers; it says 0 and 1 at the ends, which is more than is known. Between knots it
    is linear, beyond them that of the nearest, as scikit-learn's ``IsotonicRegression(out_of_bounds="clip")``.

    Attributes
    ----------
    score_, probability_ : ndarray
        The knots: both ends of each block of scores that share a probability.
    """

    score_: Floats
    probability_: Floats

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "score_")

    def __repr__(self) -> str:
        return f"Isotonic({len(self.score_)} knots)" if hasattr(self, "score_") else "Isotonic()"

    def fit(self, score: Any, y: Any, *, weight: Any = None, **run: Unpack[Run]) -> Self:
        """Learns which share stands behind a score.

        Parameters
        ----------
        score, y, weight
            As for :meth:`Platt.fit`.

        Returns
        -------
        self

        Raises
        ------
        ConvergenceError
            Where there is one outcome only.
        """
        columns = _outcomes(score, y, weight, told="y")
        knots = [empty(len(columns[0])) for _ in range(2)]
        with renamed(outcome="y"):
            found = _retain.calibration_isotonic(context(run), *columns, *knots)
        self.score_, self.probability_ = (values[: found["count"]].copy() for values in knots)
        return self

    @classmethod
    def from_knots(cls, score: Any, probability: Any) -> Self:
        """A calibration with known knots, from a database: scores that ascend, probabilities that never fall."""
        model = cls()
        model.score_, model.probability_ = _columns.floats(score, "score").copy(), _columns.floats(probability, "probability").copy()
        _retain.calibration_interpolated(None, model.score_, model.probability_, empty(0), empty(0))  # refuses what are no knots
        return model

    def predict(self, score: Any, **run: Unpack[Run]) -> Any:
        """The probabilities that scores stand for.

        Parameters
        ----------
        score : column or number
            Scores of any customers.

        Returns
        -------
        column or number
        """
        if not hasattr(self, "score_"):
            raise NotFitted("this Isotonic has no knots yet; call fit or from_knots first")
        kind, scores = _columns.kind_of(score), _columns.floats(score, "score")
        out = empty(len(scores))
        _retain.calibration_interpolated(context(run), self.score_, self.probability_, scores, out)
        return kind.column("probability", out)


def _asked(scores: Floats) -> Floats:
    """Where a curve is asked when nobody says: at each score, or at 101 quantiles where there are more."""
    found = np.unique(scores[np.isfinite(scores)])
    return found if len(found) <= 101 else np.unique(np.quantile(found, np.linspace(0.0, 1.0, 101), method="nearest"))


def reliability(
    score: Any,
    outcome: Any,
    *,
    at: Any = None,
    weight: Any = None,
    level: float = 0.95,
    draws: int = 200,
    seed: int = 0,
    **run: Unpack[Run],
) -> Any:
    """The reliability curve: what share stands behind probabilities, without bins, and how far it may stray if they are true.

    Where ``expected`` leaves the band, probabilities do not mean what they say (consistency band of Dimitriadis, Gneiting and Jordan
    2021: outcomes drawn again and again as if the probabilities were true).

    Parameters
    ----------
    score : column
        Probabilities, one per customer.
    outcome : column
        Whether it happened (True, 1) or not.
    at : column, optional
        Probabilities at which the curve is asked; by default the scores, or 101 of them where there are more.
    weight : column, optional
        How many customers each row stands for.
    level : float
        Share of draws that lie in the band at any one score.
    draws : int
        1 to 100000.
    seed : int
        Same seed, same band: any number from 0 to 2^64 − 1.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    table
        ``at``, ``expected``, ``low``, ``high``; NaN beyond the least and the largest score.
    """
    columns = _outcomes(score, outcome, weight)
    number, chosen = _columns.whole(draws, "draws"), _columns.whole(seed, "seed")
    if not 1 <= number <= 100000:
        raise ArgumentError(f"draws is {number}; it must be 1 to 100000")
    if not 0 <= chosen < 2**64:
        raise ArgumentError(f"seed is {chosen}; it must lie in [0, 2^64 - 1]")
    points = _asked(columns[0]) if at is None else _columns.floats(at, "at")
    out = [empty(len(points)) for _ in range(3)]
    _retain.calibration_reliability(context(run), *columns, _columns.level(level), number, chosen, points, *out)
    kind = _columns.kind_of(score)
    return kind.table({name: kind.column(name, v) for name, v in zip(("at", "expected", "low", "high"), (points, *out))})


def bins(
    score: Any, outcome: Any, *, bins: int = 10, weight: Any = None, level: float = 0.95, **run: Unpack[Run]
) -> Any:
    """The reliability diagram that people know: customers in bins of about equal number by score. What it shows depends on the bins;
    :func:`reliability` needs none.

    Parameters
    ----------
    score : column
        One number per customer.
    outcome : column
        Whether it happened (True, 1) or not.
    bins : int
        1 to 1000.
    weight : column, optional
        How many customers each row stands for.
    level : float
        Two-sided level of the limits.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    table
        A row per bin, ascending: ``customers``, ``positives``, ``mean_score``, ``share`` with its Wilson limits ``low`` and ``high``.
        Equal scores are never parted, so a bin may be empty.
    """
    columns, number = _outcomes(score, outcome, weight), _columns.whole(bins, "bins")
    if not 1 <= number <= 1000:
        raise ArgumentError(f"bins is {number}; it must be 1 to 1000")
    out = [empty(number) for _ in _BINS]
    _retain.calibration_bins(context(run), *columns, number, _columns.level(level), *out)
    kind = _columns.kind_of(score)
    return kind.table({name: kind.column(name, values) for name, values in zip(_BINS, out)})
