"""How fast are customers answered, how often is it late, how much comes back?

Figures of tickets, deliveries and returns, in total and by group (agent, carrier, month, customer: any ids). What has not happened yet
is missing (None, NaN, NaT). Nothing looks ahead: what lies after the observation end has not happened, and a ticket opened after it
does not exist.

>>> from retain import service
>>> opened = ["2024-05-01T08:00", "2024-05-01T09:00", "2024-05-01T10:00"]
>>> answered = ["2024-05-01T08:30", "2024-05-01T11:00", None]
>>> found = service.times(opened, answered, "2024-05-01T18:00", target=1)
>>> found.total["median"], found.total["share"]
(2.0, 0.3333333333333333)

The third ticket has been waiting for eight hours. An average over answered tickets would leave it out; here it is a censored
observation of the Kaplan-Meier estimate. Times are date-times, and results hours; or whole numbers of any clock, and results its ticks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Ints, Keys
from ._figures import Figures, Groups
from ._run import Run, context
from .errors import ArgumentError, DataError

__all__ = ["Figures", "contacts", "late", "returns", "times"]

_NOT_YET = -(2**63)
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


# --- instants -----------------------------------------------------------------------------------------------------------------


def _gaps(column: Any, name: str) -> tuple[Any, NDArray[np.bool_]]:
    """The column as an array or list, and where it is missing."""
    series = _columns.native_series(column)
    if series is not None:
        if series.dtype.is_float():  # whole numbers with gaps, in pandas
            array = np.asarray(series.to_numpy(), dtype=np.float64)
            return array, np.isnan(array)
        gone = np.asarray(series.is_null().to_numpy(), dtype=np.bool_)
        if gone.any() and not gone.all():
            series = series.fill_null(series.filter(~series.is_null())[0])
        return series.to_native(), gone
    if isinstance(column, (list, tuple)):
        return list(column), np.array([_columns._is_missing(value) for value in column], dtype=np.bool_)
    array = np.asarray(column)
    if array.dtype.kind == "M":
        return array, np.isnat(array)
    if array.dtype.kind == "f":
        return array, np.isnan(array)
    if array.dtype == object:
        return array.tolist(), np.array([_columns._is_missing(value) for value in array.ravel()], dtype=np.bool_)
    return array, np.zeros(array.shape[:1] or 1, dtype=np.bool_)


def _instants(column: Any, name: str) -> tuple[Ints, bool | None]:
    """Ticks, with _NOT_YET where they are missing, and whether they are seconds of date-times; None when all are missing."""
    values, gone = _gaps(column, name)
    if len(gone) and gone.all():
        return np.full(len(gone), _NOT_YET, dtype=np.int64), None
    kept: Any
    if isinstance(values, list):
        kept = [value for value, is_gone in zip(values, gone) if not is_gone]
        if kept and all(isinstance(value, str) for value in kept):
            kept = [_parse(value, name, int(row)) for value, row in zip(kept, np.nonzero(~gone)[0])]
        if any(isinstance(value, float) for value in kept):
            kept = _columns.floats(kept, name)
    else:
        kept = values[~gone] if isinstance(values, np.ndarray) else values
    if isinstance(kept, np.ndarray) and kept.dtype.kind == "f":
        whole = kept.astype(np.int64)
        if (whole != kept).any():
            raise TypeError(f"{name} must be date-times or whole numbers, not numbers with a decimal point")
        kept = whole
    temporal = len(gone) > 0 and _columns.is_temporal(kept)
    ticks = _columns.moments(kept, name)[0].astype("M8[s]").astype(np.int64) if temporal else _columns.ints(kept, name)
    if len(ticks) == len(gone):  # a Series keeps its rows
        ticks = np.where(gone, _NOT_YET, ticks)
    else:
        whole = np.full(len(gone), _NOT_YET, dtype=np.int64)
        whole[~gone] = ticks
        ticks = whole
    return np.ascontiguousarray(ticks, dtype=np.int64), temporal if len(gone) else None


def _parse(text: str, name: str, row: int) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise DataError(f"{name}[{row}] is {text!r}; it must be a date-time such as 2024-05-01T08:00", row) from None


def _one_instant(value: Any, name: str, temporal: bool) -> int:
    """A single instant of the same kind."""
    if temporal:
        if isinstance(value, (int, float)):
            raise TypeError(f"{name} must be a date-time, as the columns are, not {type(value).__name__}")
        ticks, kind = _instants([value], name)
        if not kind:
            raise ArgumentError(f"{name} is {value!r}; it must be a date-time")
        return int(ticks[0])
    return _columns.whole(value, name)


class _Clock:
    """Columns of one clock: date-times throughout, or whole numbers throughout."""

    def __init__(self, **columns: Any) -> None:
        kinds: dict[str, bool] = {}
        self.ticks: dict[str, Ints | None] = {}
        for name, column in columns.items():
            self.ticks[name] = None
            if column is not None:
                self.ticks[name], kind = _instants(column, name)
                if kind is not None:
                    kinds[name] = kind
        if len(set(kinds.values())) > 1:
            a, b = (next(name for name, kind in kinds.items() if kind is which) for which in (True, False))
            raise TypeError(f"{a} holds date-times and {b} whole numbers; they must be of one clock")
        self.temporal = any(kinds.values())

    def __getitem__(self, name: str) -> Ints | None:
        return self.ticks[name]

    def unit(self, unit: str | None) -> int:
        """Ticks of the clock in the unit of spans."""
        if unit is None:
            return _SECONDS["hours"] if self.temporal else 1
        if not self.temporal:
            raise ArgumentError(f"unit is {unit!r}; whole numbers are ticks of a clock of their own, and results too")
        return _columns.choice(unit, "unit", _SECONDS)

    def span(self, span: Any, name: str, unit: int) -> int:
        """A span in ticks."""
        if isinstance(span, dt.timedelta):
            if not self.temporal:
                raise TypeError(f"{name} must be a number of ticks, not a timedelta")
            return round(span.total_seconds())
        return round(_columns.positive(span, name) * unit)


# --- times --------------------------------------------------------------------------------------------------------------------


def times(
    opened: Any,
    ended: Any,
    observation_end: Any,
    *,
    closed: Any = None,
    by: Any = None,
    quantiles: Sequence[float] = (0.5,),
    target: Any = None,
    unit: str | None = None,
    level: float = 0.95,
    **run: Unpack[Run],
) -> Figures:
    """How long until something happens to a ticket: the first response, the solution, the delivery of a parcel.

    Parameters
    ----------
    opened : column
        When the clock starts: date-times, or whole numbers of any clock.
    ended : column
        When it happened, not before `opened`; missing where it has not.
    observation_end : date-time or int
        Last instant observed.
    closed : column, optional
        When the ticket was closed without it: it is not waiting any longer, and censored there. For first responses give the times of
        resolution.
    by : column, optional
        Group of each ticket: ids of any kind.
    quantiles : sequence of float
        Shares in (0, 1) of which the times are wanted.
    target : number or timedelta, optional
        Within which it ought to happen, in `unit`.
    unit : {"seconds", "minutes", "hours", "days"}, optional
        Unit of results and target when times are date-times; hours by default.
    level : float
        Two-sided level of the intervals.

    Returns
    -------
    Figures
        ``tickets``, ``ended``; ``median`` and its limits ``median_low`` and ``median_high`` (other quantiles as ``quantile_0.9``), by
        Kaplan-Meier, NaN while not known (limits of R. Brookmeyer, J. Crowley, Biometrics 38 (1982)); ``mean`` with t limits, NaN unless
        it has happened to all tickets; ``due`` (tickets whose target is over), ``in_time``, and their ``share`` with Wilson limits.
    """
    clock = _Clock(opened=opened, ended=ended, closed=closed)
    size = clock.unit(unit)
    groups = Groups(by, "by")
    shares = _columns.floats(np.asarray(quantiles, dtype=np.float64), "quantiles")
    rows, names = len(groups) + 1, [_quantile_name(share) for share in shares.tolist()]
    counts, spread = groups.outputs(2), [np.empty(rows * len(shares)) for _ in range(3)]
    rest = groups.outputs(8)
    _retain.service_times(
        context(run),
        clock["opened"],
        clock["ended"],
        clock["closed"],
        groups.codes,
        len(groups),
        _one_instant(observation_end, "observation_end", clock.temporal),
        float(size),
        shares,
        0 if target is None else clock.span(target, "target", size),
        _columns.positive(level, "level"),
        *counts,
        *spread,
        *rest,
    )
    columns = dict(zip(("tickets", "ended"), counts))
    for q, name in enumerate(names):
        for suffix, values in zip(("", "_low", "_high"), spread):
            columns[name + suffix] = np.ascontiguousarray(values.reshape(rows, len(names))[:, q])
    columns |= dict(zip(("mean", "mean_low", "mean_high", "due", "in_time", "share", "share_low", "share_high"), rest))
    return groups.give(columns)


def _quantile_name(share: float) -> str:
    return "median" if share == 0.5 else f"quantile_{share:g}"


def contacts(
    customer: Any,
    opened: Any,
    resolved: Any,
    observation_end: Any,
    *,
    within: Any,
    contacts: Any = None,
    by: Any = None,
    unit: str | None = None,
    level: float = 0.95,
    **run: Unpack[Run],
) -> Figures:
    """First contact resolution, and how often customers have to ask again.

    Parameters
    ----------
    customer : column
        Who: ids of any kind.
    opened, resolved : column
        When each ticket was opened, and when it was resolved; missing where it is not.
    observation_end : date-time or int
        Last instant observed.
    within : number or timedelta
        R, within which a further ticket counts as a repeat, in `unit`.
    contacts : column, optional
        How often the customer wrote or called in each ticket, at least 1; by default once.
    by, unit, level
        As for :func:`times`, but spans of date-times are in days by default.

    Returns
    -------
    Figures
        ``resolved`` (tickets resolved at least R ago), ``first_contact`` (those of them with one contact, and no other ticket of the customer
        until R after the solution), their ratio ``first_contact_rate`` with Wilson limits; ``tickets`` (opened at least R ago), ``repeated``
        (those followed by another one within R), ``repeat_rate`` with its limits.

    Examples
    --------
    >>> opened = ["2024-05-01", "2024-05-03", "2024-05-01"]
    >>> found = contacts(["ann", "ann", "bob"], opened, opened, "2024-06-01", within=7)
    >>> found.total["first_contact_rate"], found.total["repeat_rate"]
    (0.6666666666666666, 0.3333333333333333)
    """
    clock = _Clock(opened=opened, resolved=resolved)
    groups = Groups(by, "by")
    columns = groups.outputs(10)
    _retain.service_contacts(
        context(run),
        Keys(customer, "customer").codes,
        clock["opened"],
        clock["resolved"],
        None if contacts is None else _columns.floats(contacts, "contacts"),
        groups.codes,
        len(groups),
        _one_instant(observation_end, "observation_end", clock.temporal),
        clock.span(within, "within", clock.unit("days" if unit is None and clock.temporal else unit)),
        _columns.positive(level, "level"),
        *columns,
    )
    names = ("resolved", "first_contact", "first_contact_rate", "first_contact_rate_low", "first_contact_rate_high")
    return groups.give(dict(zip((*names, "tickets", "repeated", "repeat_rate", "repeat_rate_low", "repeat_rate_high"), columns)))


def late(
    promised: Any, delivered: Any, observation_end: Any, *, by: Any = None, level: float = 0.95, **run: Unpack[Run]
) -> Figures:
    """Share of deliveries that are late: after the promised time, or not delivered although that is over.

    Only deliveries whose promised time is over count: of those promised for later, counting the ones that are early already would
    count only good news. A promise of a day is kept until its end: give days (dates) in both columns.

    Parameters
    ----------
    promised, delivered : column
        Last instant that is in time, and when it was delivered; missing where it is not.
    observation_end : date-time or int
        Last instant observed.
    by, level
        As for :func:`times`.

    Returns
    -------
    Figures
        ``due``, ``late``, ``rate`` = late / due, ``low``, ``high``.

    Examples
    --------
    >>> late([10, 10, 10, 20], [10, 11, None, 5], 12).total["rate"]
    0.6666666666666666
    """
    clock = _Clock(promised=promised, delivered=delivered)
    groups = Groups(by, "by")
    columns = groups.outputs(5)
    _retain.service_late(
        context(run),
        clock["promised"],
        clock["delivered"],
        groups.codes,
        len(groups),
        _one_instant(observation_end, "observation_end", clock.temporal),
        _columns.positive(level, "level"),
        *columns,
    )
    return groups.give(dict(zip(("due", "late", "rate", "low", "high"), columns)))


def returns(
    ordered: Any,
    returned: Any,
    observation_end: Any,
    *,
    within: Any = None,
    by: Any = None,
    unit: str | None = None,
    level: float = 0.95,
    **run: Unpack[Run],
) -> Figures:
    """Return rate: share of orders that came back.

    Parameters
    ----------
    ordered, returned : column
        When each was ordered (or delivered), and when it was returned; missing where it was not.
    observation_end : date-time or int
        Last instant observed.
    within : number or timedelta, optional
        R, in `unit`: only orders whose R is over count, and only returns within R. By default all orders, returned by the observation
        end: the latest of them have not had their time, and the rate is too low.
    by, unit, level
        As for :func:`times`, but spans of date-times are in days by default.

    Returns
    -------
    Figures
        ``orders``, ``returns``, ``rate`` = returns / orders, ``low``, ``high``.

    Examples
    --------
    >>> returns(["2024-01-01", "2024-01-01", "2024-01-25"], ["2024-01-09", None, None], "2024-01-31", within=14).total["rate"]
    0.5
    """
    clock = _Clock(ordered=ordered, returned=returned)
    groups = Groups(by, "by")
    columns = groups.outputs(5)
    _retain.service_returns(
        context(run),
        clock["ordered"],
        clock["returned"],
        groups.codes,
        len(groups),
        _one_instant(observation_end, "observation_end", clock.temporal),
        0 if within is None else clock.span(within, "within", clock.unit("days" if unit is None and clock.temporal else unit)),
        _columns.positive(level, "level"),
        *columns,
    )
    return groups.give(dict(zip(("orders", "returns", "rate", "low", "high"), columns)))
