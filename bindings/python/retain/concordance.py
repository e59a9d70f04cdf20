"""Do those with the larger score leave sooner, when not all have left yet?

>>> from retain import concordance
>>> months, left = [1, 3, 3, 8, 12, 12], [True, True, False, True, False, False]
>>> risk = [0.9, 0.7, 0.2, 0.8, 0.1, 0.3]
>>> found = concordance.harrell(months, left, risk)
>>> found.concordant, found.discordant, round(found.concordance, 3)
(10.0, 1.0, 0.909)

Of customers who are still there it is known only how long they have stayed so far: leaving them out, or counting them as staying for
ever, judges the score by whom one happened to watch for how long.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Floats
from ._estimator import empty
from ._run import Run, context
from ._tables import Matrix
from .errors import ArgumentError, renamed
from .survival import _Durations

__all__ = ["Brier", "Concordance", "auc", "brier", "harrell", "uno"]

_FIGURES = ("value", "standard_error", "low", "high", "cases", "controls", "null_value")


@dataclasses.dataclass(frozen=True)
class Concordance:
    """How well a score ranks durations.

    Attributes
    ----------
    rows, events : float
        Sum of the weights, and of those who left (before the horizon).
    concordant, discordant, tied_score : float
        Pairs of who left first and one who stayed longer, of which the first had the larger, the smaller, an equal score. Uno's C: as
        they count.
    tied_time : float
        Pairs who left at the same time: they tell nothing.
    concordance, standard_error, low, high : float
        Chance that who leaves first has the larger score, equal scores counting half; its standard error by the infinitesimal
        jackknife, limits symmetric in its logit.
    """

    rows: float
    events: float
    concordant: float
    discordant: float
    tied_score: float
    tied_time: float
    concordance: float
    standard_error: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True, eq=False)
class Brier:
    """How far forecasts of still being there are off.

    Attributes
    ----------
    integrated, standard_error, low, high : float
        Mean of the Brier score over the times, by the trapezoidal rule; NaN for fewer than two times.
    null_value : float
        The same for the Kaplan-Meier estimate given to all: what a forecast has to beat.
    """

    integrated: float
    standard_error: float
    low: float
    high: float
    null_value: float
    _table: Any = dataclasses.field(default=None, repr=False)

    @property
    def scaled(self) -> float:
        """1 − integrated / null_value: the share of the error that the forecast takes away."""
        return float(1.0 - np.float64(self.integrated) / np.float64(self.null_value)) if self.null_value else float("nan")

    def table(self) -> Any:
        """A row per time: ``time``; ``value``, the Brier score, with ``standard_error``, ``low`` and ``high``; ``cases`` who had left by
        then, ``controls`` who were still there; ``null_value``."""
        return self._table


class _Scored(_Durations):
    """Durations and their scores."""

    def __init__(self, exit: Any, event: Any, entry: Any, weight: Any, score: Any) -> None:
        super().__init__(exit, event, entry, weight)
        self.score = _columns.floats(score, "score")
        if len(self.score) != len(self.exit):
            raise ArgumentError(f"score has {len(self.score)} rows, exit has {len(self.exit)}; they must have as many")


def _pairs(kind: int, rows: _Scored, horizon: float | None, level: float, run: Run) -> Concordance:
    until = 0.0 if horizon is None else _columns.positive(horizon, "horizon")
    return Concordance(
        **_retain.concordance_pairs(context(run), kind, *rows.columns(), rows.score, _columns.level(level), until)
    )


def harrell(
    exit: Any,
    event: Any,
    score: Any,
    *,
    entry: Any = None,
    weight: Any = None,
    horizon: float | None = None,
    level: float = 0.95,
    **run: Unpack[Run],
) -> Concordance:
    """Harrell's C: of two customers of whom it is known who left first, the chance that this one had the larger score.

    Parameters
    ----------
    exit : column
        How long each row lasted, or had lasted when it was last seen: numbers in any unit.
    event : column or None
        Whether it ended at `exit` (True, 1), or was still going on (False, 0). None: all have ended.
    score : column
        Larger: leaves sooner. (Of a forecast of how long someone stays, give minus that.)
    entry : column, optional
        From when on each row was watched: pairs need both under watch.
    weight : column, optional
        How many identical rows each row stands for.
    horizon : float, optional
        Only who left before it counts as having left first.
    level : float
        Two-sided level of the limits.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    Concordance
    """
    return _pairs(0, _Scored(exit, event, entry, weight, score), horizon, level, run)


def uno(
    exit: Any,
    event: Any,
    score: Any,
    *,
    weight: Any = None,
    horizon: float | None = None,
    level: float = 0.95,
    **run: Unpack[Run],
) -> Concordance:
    """Uno's C: the same had nobody been lost from sight. Pairs are weighted by the chance of still being watched, so what it estimates does
    not depend on how long customers happened to be watched; needs a horizon at which enough are.

    Parameters
    ----------
    exit, event, score, weight, horizon, level
        As for :func:`harrell`.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    Concordance
    """
    return _pairs(1, _Scored(exit, event, None, weight, score), horizon, level, run)


def _columns_of(times: Floats) -> dict[str, Floats]:
    return {"time": times.copy(), **{name: empty(len(times)) for name in _FIGURES}}


def auc(
    exit: Any, event: Any, score: Any, at: Any, *, weight: Any = None, level: float = 0.95, **run: Unpack[Run]
) -> Any:
    """AUC at given times: of two customers of whom one has left by then and the other has not, the chance that the first has the larger
    score. Who was lost from sight before is stood for by others (cumulative / dynamic AUC).

    Parameters
    ----------
    exit, event, score, weight, level
        As for :func:`harrell`.
    at : number or column
        Times, in the unit of `exit`.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    table
        A row per time: ``time``; ``value``, the AUC, with ``standard_error``, ``low`` and ``high``; ``cases`` who had left by then,
        ``controls`` who were still there; ``null_value``, 1/2. NaN where nobody had left by then, or nobody was watched longer.
    """
    rows, times = _Scored(exit, event, None, weight, score), _columns.floats(at, "at")
    out = _columns_of(times)
    level = _columns.level(level)
    with renamed(time="at"):
        _retain.concordance_auc(context(run), *rows.columns(), rows.score, times, level, *(out[name] for name in _FIGURES))
    return rows.kind.table({name: rows.kind.column(name, values) for name, values in out.items()})


def brier(
    exit: Any, event: Any, survival: Any, at: Any, *, weight: Any = None, level: float = 0.95, **run: Unpack[Run]
) -> Brier:
    """Brier scores at given times, and their mean over time: how far forecasts of still being there are off.

    Parameters
    ----------
    exit, event, weight, level
        As for :func:`harrell`.
    survival : two-dimensional array, list of lists or table
        A row per customer, a column per time: the forecast probability of still being there after it.
    at : column
        The times, ascending.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    Brier
    """
    rows, times = _Durations(exit, event, None, weight), _columns.floats(at, "at")
    matrix = Matrix(survival, "survival", customer=None)
    if (matrix.rows, matrix.columns) != (len(rows.exit), len(times)):
        raise ArgumentError(
            f"survival has {matrix.rows} rows of {matrix.columns}; it must have {len(rows.exit)}, as exit has, of {len(times)} times"
        )
    cells = np.ascontiguousarray(matrix.cells.reshape(matrix.rows, matrix.columns).T).reshape(-1)
    out = _columns_of(times)
    with renamed(time="at"):
        found = _retain.concordance_brier(
            context(run), *rows.columns(), cells, times, _columns.level(level), *(out[name] for name in _FIGURES)
        )
    table = rows.kind.table({name: rows.kind.column(name, values) for name, values in out.items()})
    return Brier(found["value"], found["standard_error"], found["low"], found["high"], found["null_value"], table)
