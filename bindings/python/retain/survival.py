"""What share is still there after so much time, how long does it last on average, and do groups differ?

Durations of which some have not ended yet are what most questions of staying come down to: months until a subscriber cancels, days until
a member stops coming. Leaving out what has not ended, or counting it as ended, makes all of them too short.

>>> from retain import survival
>>> months, left = [1, 3, 3, 8, 12, 12], [True, True, False, True, False, False]
>>> curve = survival.curve(months, left)
>>> round(curve.at(6), 3)
0.667
>>> curve.median
8.0
>>> round(curve.mean(12).value, 2)
7.78

A row was watched from `entry` (the beginning, unless given) until `exit`, and `event` tells whether it ended there. Kaplan-Meier and
Nelson-Aalen estimates, with limits on every number; nothing is assumed about how the risk runs.
"""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Bytes, Floats, Kind
from ._estimator import empty
from ._figures import Groups
from ._run import Run, context
from .errors import ArgumentError

__all__ = ["Comparison", "Curve", "Limits", "Mean", "compare", "curve"]

_INTERVALS = {"log-log": 0, "log": 1, "plain": 2}
_COLUMNS = ("time", "at_risk", "events", "censored", "survival", "standard_error", "low", "high", "hazard", "hazard_error", "hazard_low", "hazard_high")
_FIGURES = ("rows", "events", "expected", "survival", "survival_low", "survival_high", "median", "median_low", "median_high", "mean", "mean_low", "mean_high",
            "difference", "difference_low", "difference_high")


class Mean(NamedTuple):
    """A restricted mean.

    Attributes
    ----------
    value : float
        The area under the curve up to the horizon.
    standard_error : float
        Its standard error.
    low, high : float
        Its limits; NaN where nothing ended.
    """

    value: float
    standard_error: float
    low: float
    high: float


class Limits(NamedTuple):
    """A number, or a column of them, and its limits.

    Attributes
    ----------
    value, low, high
        NaN where they do not exist.
    """

    value: Any
    low: Any
    high: Any


class _Durations:
    """The columns of durations as the library reads them."""

    def __init__(self, exit: Any, event: Any, entry: Any, weight: Any) -> None:
        self.kind: Kind = _columns.kind_of(exit)
        self.exit: Floats = _columns.floats(exit, "exit")
        self.event: Bytes | None = None if event is None else _columns.flags(event, "event")
        self.entry: Floats | None = None if entry is None else _columns.floats(entry, "entry")
        self.weight: Floats | None = None if weight is None else _columns.floats(weight, "weight")
        for name in ("event", "entry", "weight"):
            column = getattr(self, name)
            if column is not None and len(column) != len(self.exit):
                raise ArgumentError(f"{name} has {len(column)} rows, exit has {len(self.exit)}; they must have as many")

    def keep(self) -> None:
        """Makes the columns its own: what the caller does with theirs later must not change any answer."""
        for name in ("exit", "event", "entry", "weight"):
            column = getattr(self, name)
            setattr(self, name, None if column is None else column.copy())

    def columns(self) -> tuple[Any, ...]:
        return self.exit, self.event, self.entry, self.weight


class Curve:
    """A survival curve: what :func:`curve` returns.

    Attributes
    ----------
    rows : int
        Rows that it was drawn from.
    level : float
        Two-sided level of the limits.
    """

    def __init__(self, durations: _Durations, level: float, interval: int, start: float, run: Run) -> None:
        durations.keep()
        self._durations, self._options, self._run = durations, (level, interval, start), run
        self.rows, self.level = len(durations.exit), level
        columns = [np.empty(self.rows) for _ in _COLUMNS]
        found = _retain.survival_curve(context(run), *durations.columns(), *self._options, *columns)
        self._columns = {name: column[: found["count"]].copy() for name, column in zip(_COLUMNS, columns)}

    def __repr__(self) -> str:
        events = float(self._columns["events"].sum())
        return f"Curve(rows={self.rows}, events={events:g}, median={self.median:g})"

    def table(self) -> Any:
        """The curve, of the kind of the column of durations: a row for each time at which a row ended or was last seen.

        Returns
        -------
        table
            ``time``; ``at_risk``, ``events``, ``censored`` there; ``survival``, the share that lasts longer (Kaplan-Meier), with its
            ``standard_error``, ``low`` and ``high``; ``hazard``, the cumulative hazard (Nelson-Aalen), with ``hazard_error``,
            ``hazard_low`` and ``hazard_high``.
        """
        kind = self._durations.kind
        return kind.table({name: kind.column(name, values.copy()) for name, values in self._columns.items()})

    def at(self, time: Any, *, limits: bool = False) -> Any:
        """The share that lasts longer than each time.

        Parameters
        ----------
        time : number or column
            In the unit of the durations.
        limits : bool
            Whether to return :class:`Limits` instead of the share alone.

        Returns
        -------
        number or column
            NaN where nobody was watched so long.
        """
        kind, times = _columns.kind_of(time), _columns.floats(time, "time")
        value, low, high = (empty(len(times)) for _ in range(3))
        _retain.survival_at(context(self._run), *self._durations.columns(), *self._options, times, value, None, low, high, None)
        share = kind.column("survival", value)
        return Limits(share, kind.column("low", low), kind.column("high", high)) if limits else share

    def quantile(self, share: Any, *, limits: bool = False) -> Any:
        """The time by which a share has ended: 0.5 for the median.

        Parameters
        ----------
        share : number or column
            In (0, 1).
        limits : bool
            Whether to return :class:`Limits` instead of the time alone.

        Returns
        -------
        number or column
            NaN when so many have not ended.
        """
        kind, shares = _columns.kind_of(share), _columns.floats(share, "shares")
        value, low, high = (empty(len(shares)) for _ in range(3))
        _retain.survival_quantiles(context(self._run), *self._durations.columns(), *self._options, shares, value, low, high)
        time = kind.column("time", value)
        return Limits(time, kind.column("low", low), kind.column("high", high)) if limits else time

    @property
    def median(self) -> float:
        """The time by which half have ended; NaN when fewer have."""
        return float(self.quantile(0.5))

    def mean(self, horizon: float | None = None) -> Mean:
        """How long it lasts on average up to a horizon: the area under the curve, the mean of min(duration, horizon).

        A mean that can be had although some have not ended; two of them compare at the same horizon only.

        Parameters
        ----------
        horizon : float, optional
            In the unit of the durations; the largest of them by default.

        Returns
        -------
        Mean
            NaN when nobody was watched up to the horizon.
        """
        until = 0.0 if horizon is None else _columns.positive(horizon, "horizon")
        level, _, start = self._options
        found = _retain.survival_mean(context(self._run), *self._durations.columns(), level, start, until)
        return Mean(found["mean"], found["standard_error"], found["low"], found["high"])


def curve(
    exit: Any,
    event: Any = None,
    *,
    entry: Any = None,
    weight: Any = None,
    start: float = 0.0,
    level: float = 0.95,
    interval: str = "log-log",
    **run: Unpack[Run],
) -> Curve:
    """Draws the survival curve of durations.

    Parameters
    ----------
    exit : column
        How long each row lasted, or had lasted when it was last seen: numbers in any unit.
    event : column, optional
        Whether it ended at `exit` (True, 1), or was still going on (False, 0). All have ended by default.
    entry : column, optional
        From when on each row was watched, when that was not its beginning: whoever left earlier was never seen.
    weight : column, optional
        How many identical rows each row stands for.
    start : float
        The curve of those who have lasted so long already: with late entry, a time at which enough are watched.
    level : float
        Two-sided level of the limits.
    interval : {"log-log", "log", "plain"}
        The scale on which limits of the share are symmetric. "log" is the default of R's survfit; "log-log" holds in small samples.
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    Curve

    Raises
    ------
    DataError
        For a row that breaks a rule, named in the sentence.
    """
    chosen = _columns.choice(interval, "interval", _INTERVALS)
    return Curve(_Durations(exit, event, entry, weight), _columns.level(level), chosen, _columns.number(start, "start"), run)


@dataclasses.dataclass(frozen=True, eq=False)
class Comparison:
    """Do groups last equally long?

    Attributes
    ----------
    chi_squared : float
        The log-rank statistic; NaN when there is nothing to compare.
    degrees : float
        Its degrees of freedom.
    p_value : float
        Chance of a statistic at least as large, were all groups alike.
    """

    chi_squared: float
    degrees: float
    p_value: float
    _table: Any = dataclasses.field(default=None, repr=False)

    def table(self) -> Any:
        """A row per group in ascending order: ``group``; ``rows``, ``events``, and ``expected``, the events were all groups alike;
        ``survival`` at the horizon, ``median``, and ``mean`` up to the horizon, each with ``_low`` and ``_high``; ``difference``, by
        how much the mean is larger than that of the first group, with its limits."""
        return self._table


def compare(
    exit: Any,
    event: Any = None,
    *,
    by: Any,
    entry: Any = None,
    weight: Any = None,
    start: float = 0.0,
    horizon: float | None = None,
    rho: float = 0.0,
    level: float = 0.95,
    interval: str = "log-log",
    **run: Unpack[Run],
) -> Comparison:
    """Compares groups of durations: the log-rank test, and the figures of each group.

    Curves that cross may give no difference: then compare restricted means, which assume nothing.

    Parameters
    ----------
    exit, event, entry, weight, start, level, interval
        As for :func:`curve`.
    by : column
        The group of each row (channel, country, plan: any labels): what was settled at the beginning. What came later, such as "has
        bought twice", compares nothing, for who stays longer has had more time for it.
    horizon : float, optional
        Of restricted means, and of ``survival``; by default the largest time up to which every group was watched.
    rho : float
        0: all times weigh alike, the log-rank test. 1: early differences weigh more (Peto and Peto; Harrington and Fleming 1982).
    **run
        How to run: ``threads``, ``progress``, ``memory``.

    Returns
    -------
    Comparison

    Examples
    --------
    >>> found = compare([1, 2, 3, 4, 5, 6], by=["a", "a", "a", "b", "b", "b"])
    >>> round(found.p_value, 3)
    0.025
    >>> [round(mean, 2) for mean in found.table()["mean"]]
    [2.0, 3.0]
    """
    durations = _Durations(exit, event, entry, weight)
    groups = Groups(by, "by")
    if by is not None and len(groups) == 0:
        raise ArgumentError("by has no rows; there must be a group to compare")
    if by is None or groups.codes is None:
        raise ArgumentError("by is missing; it must give the group of each row")
    if len(groups.codes) != len(durations.exit):
        raise ArgumentError(f"by has {len(groups.codes)} rows, exit has {len(durations.exit)}; they must have as many")
    columns = [np.empty(len(groups)) for _ in _FIGURES]
    found = _retain.survival_compare(
        context(run),
        *durations.columns(),
        groups.codes,
        len(groups),
        _columns.level(level),
        _columns.choice(interval, "interval", _INTERVALS),
        _columns.number(start, "start"),
        0.0 if horizon is None else _columns.positive(horizon, "horizon"),
        _columns.number(rho, "rho"),
        *columns,
    )
    return Comparison(found["chi_squared"], found["degrees"], found["p_value"], groups.rows(dict(zip(_FIGURES, columns))))
