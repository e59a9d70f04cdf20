"""Does the score put those who leave above those who stay, and does 30 % mean 30 %?

A score was given to each customer before it was known what would happen; now it is known.

>>> from retain import scoring
>>> risk, left = [0.9, 0.8, 0.6, 0.4, 0.3, 0.1], [True, True, False, True, False, False]
>>> found = scoring.measures(risk, left)
>>> round(found.auc, 3), round(found.brier, 3)
(0.889, 0.145)

Scores may be any numbers, larger meaning more likely; what needs probabilities is NaN for others. Limits on every figure that has any.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Bytes, Floats
from ._estimator import empty
from ._run import Run, context
from .errors import ArgumentError

__all__ = ["Comparison", "Drift", "Measures", "auc", "compare", "drift", "measures", "points"]

_POINTS = ("score", "selected", "positives", "precision", "recall", "fallout", "expected")


@dataclasses.dataclass(frozen=True)
class Measures:
    """How good a score is.

    Attributes
    ----------
    customers, positives : float
        Sum of the weights, and of those to whom it happened.
    prevalence, prevalence_low, prevalence_high : float
        Their ratio, with Wilson limits.
    auc, auc_error, auc_low, auc_high : float
        Chance that of two customers of differing outcome the right one has the larger score, equal scores counting half; its standard
        error by DeLong et al., limits symmetric in its logit.
    average_precision : float
        Mean share to whom it happened among all with such a score or a larger one, over those to whom it happened.
    mean_score : float
        Mean probability: the prevalence that the score expects. NaN, as all below, when a score lies outside [0, 1].
    brier, brier_low, brier_high : float
        Mean of (probability - outcome) squared: `uncertainty` - `discrimination` + `miscalibration`.
    uncertainty : float
        What the prevalence, given to all, would score.
    discrimination : float
        What the order of the scores takes off.
    miscalibration : float
        What probabilities that are off add.
    log_loss, log_loss_low, log_loss_high : float
        Mean of -log(probability given to what happened).
    calibration_error : float
        Expected calibration error: mean distance of mean probability and share in groups of equal number. Never 0, even for true
        probabilities: prefer `miscalibration`.
    intercept, intercept_error, slope, slope_error : float
        Logistic regression of the outcome on the logit of the probability: 0 and 1 where they mean what they say; a slope below 1 is a
        score that is too bold.
    gini : float
        Gini coefficient, also accuracy ratio or Somers' D: 2 AUC − 1.
    ks, ks_score : float
        Kolmogorov-Smirnov statistic: the largest distance of recall and fallout, and the score where they are so far apart.
    """

    customers: float
    positives: float
    prevalence: float
    prevalence_low: float
    prevalence_high: float
    auc: float
    auc_error: float
    auc_low: float
    auc_high: float
    average_precision: float
    mean_score: float
    brier: float
    brier_low: float
    brier_high: float
    uncertainty: float
    discrimination: float
    miscalibration: float
    log_loss: float
    log_loss_low: float
    log_loss_high: float
    calibration_error: float
    intercept: float
    intercept_error: float
    slope: float
    slope_error: float
    gini: float
    ks: float
    ks_score: float


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Is the second score better than the first?

    Attributes
    ----------
    first_auc, second_auc : float
        The AUC of each.
    auc_gain, auc_error, auc_low, auc_high : float
        By how much the second is larger, with the standard error of DeLong et al. and limits.
    auc_p_value : float
        Chance of a gain or loss at least as large, were both as good.
    brier_gain, brier_low, brier_high : float
        By how much the second has the smaller Brier score; NaN unless both are probabilities.
    """

    first_auc: float
    second_auc: float
    auc_gain: float
    auc_error: float
    auc_low: float
    auc_high: float
    auc_p_value: float
    brier_gain: float
    brier_low: float
    brier_high: float


@dataclasses.dataclass(frozen=True, eq=False)
class Drift:
    """Have values drifted?

    Attributes
    ----------
    psi : float
        Population stability index. Below 0.1 is often called stable and above 0.25 a shift, whatever the numbers.
    p_value : float
        Chance of an index at least as large, had nothing changed.
    """

    psi: float
    p_value: float
    _table: Any = dataclasses.field(default=None, repr=False)

    def table(self) -> Any:
        """A row per bin: ``edge``, its largest value before (infinite for the last), ``before_share`` and ``after_share``."""
        return self._table


def _outcomes(score: Any, outcome: Any, weight: Any, name: str = "score", told: str = "outcome") -> tuple[Floats, Bytes, Floats | None]:
    scores, outcomes = _columns.floats(score, name), _columns.flags(outcome, told)
    weights = None if weight is None else _columns.floats(weight, "weight")
    for what, column in ((told, outcomes), ("weight", weights)):
        if column is not None and len(column) != len(scores):
            raise ArgumentError(f"{what} has {len(column)} rows, {name} has {len(scores)}; they must have as many")
    return scores, outcomes, weights


def measures(
    score: Any, outcome: Any, *, weight: Any = None, level: float = 0.95, groups: int = 10, **run: Unpack[Run]
) -> Measures:
    """Measures a score.

    Parameters
    ----------
    score : column
        One number per customer, larger meaning more likely.
    outcome : column
        Whether it happened (True, 1) or not.
    weight : column, optional
        How many customers each row stands for.
    level : float
        Two-sided level of the limits.
    groups : int
        Groups of the expected calibration error.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    Measures
    """
    number = _columns.whole(groups, "groups")
    if number < 1:
        raise ArgumentError(f"groups is {number}; it must be 1 to 1000")
    return Measures(**_retain.scoring_measures(context(run), *_outcomes(score, outcome, weight), _columns.level(level), number))


def auc(score: Any, outcome: Any, *, weight: Any = None, **run: Unpack[Run]) -> float:
    """The AUC alone, some times quicker than :func:`measures`.

    Parameters
    ----------
    score, outcome, weight
        As for :func:`measures`.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    float
        NaN unless there are both outcomes.
    """
    return float(_retain.scoring_auc(context(run), *_outcomes(score, outcome, weight))["auc"])


def points(score: Any, outcome: Any, *, weight: Any = None, **run: Unpack[Run]) -> Any:
    """What is reached by acting on all customers whose score is at least so large: the points of the ROC, precision-recall and gains
    curves.

    Parameters
    ----------
    score, outcome, weight
        As for :func:`measures`.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    table
        A row per distinct score, the largest first, of the kind of the column of scores: ``score``, ``selected``, ``positives``,
        ``precision``, ``recall`` (true positive rate), ``fallout`` (false positive rate), and ``expected``, the recalibrated
        probability of such a score: the best that never falls with it.

    Examples
    --------
    >>> points([0.9, 0.8, 0.6, 0.4], [1, 1, 0, 1])["recall"][1]
    0.6666666666666666
    """
    columns = _outcomes(score, outcome, weight)
    kind = _columns.kind_of(score)
    out = [np.empty(len(columns[0])) for _ in _POINTS]
    found = _retain.scoring_points(context(run), *columns, *out)
    return kind.table({name: kind.column(name, values[: found["count"]].copy()) for name, values in zip(_POINTS, out)})


def compare(
    first: Any, second: Any, outcome: Any, *, weight: Any = None, level: float = 0.95, **run: Unpack[Run]
) -> Comparison:
    """Compares two scores of the same customers.

    Parameters
    ----------
    first, second : column
        The scores: say, days since the last order, and a model's risk.
    outcome, weight, level
        As for :func:`measures`.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    Comparison
    """
    one, outcomes, weights = _outcomes(first, outcome, weight, "first")
    other = _columns.floats(second, "second")
    return Comparison(**_retain.scoring_compare(context(run), one, other, outcomes, weights, _columns.level(level)))


def drift(before: Any, after: Any, *, bins: int = 10, **run: Unpack[Run]) -> Drift:
    """Has a score, or anything that scores are made of, drifted between two dates? The population stability index.

    Values are put into bins that hold equal parts of those before; equal values are never parted, so there may be fewer bins.

    Parameters
    ----------
    before, after : column
        The values at the two dates, of the same customers or of others.
    bins : int
        2 to 1000.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    Drift
    """
    old, new, number = _columns.floats(before, "before"), _columns.floats(after, "after"), _columns.whole(bins, "bins")
    if not 2 <= number <= 1000:
        raise ArgumentError(f"bins is {number}; it must be 2 to 1000")
    out = [empty(number) for _ in range(3)]
    found = _retain.scoring_drift(context(run), old, new, number, *out)
    kind = _columns.kind_of(before)
    names = ("edge", "before_share", "after_share")
    table = kind.table({name: kind.column(name, values[: found["count"]].copy()) for name, values in zip(names, out)})
    return Drift(found["psi"], found["p_value"], table)
