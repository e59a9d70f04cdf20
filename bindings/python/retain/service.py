"""How fast are customers answered, how often is it late, how much comes back?

Figures of tickets, deliveries and returns, in total and by group (agent, carrier, month, customer: any ids). What has not happened yet
is missing (None, NaN, NaT). Nothing looks ahead: what lies after the observation end has not happened, and a ticket opened after it
does not exist. Beside times, a day without a time means its first second, and its last one as observation end or promise.

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

import contextlib
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Unpack

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Ints, Keys
from ._figures import Figures, Groups
from ._run import Run, context
from .calendar import _tzinfo, instants
from .errors import ArgumentError, DataError

__all__ = ["Figures", "contacts", "late", "returns", "times"]

_NOT_YET = -(2**63)
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


# --- instants -----------------------------------------------------------------------------------------------------------------


def _gaps(column: Any) -> tuple[Any, NDArray[np.bool_]]:
    """The column as an array or list, and where it is missing."""
    texts = _columns.texts(column)
    if texts is not None:
        return texts, np.array([text is None for text in texts], dtype=np.bool_)
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
        return list(column), np.array([_columns.is_missing(value) for value in column], dtype=np.bool_)
    array = np.asarray(column)
    if array.dtype.kind == "M":
        return array, np.isnat(array)
    if array.dtype.kind == "f":
        return array, np.isnan(array)
    if array.dtype == object:
        return array.tolist(), np.array([_columns.is_missing(value) for value in array.ravel()], dtype=np.bool_)
    return array, np.zeros(array.shape[:1] or 1, dtype=np.bool_)


class _Instants(NamedTuple):
    """A column as the library reads it, and what it was."""

    ticks: Ints  # _NOT_YET where missing
    temporal: bool | None  # seconds of date-times? None when all are missing
    zone: Any  # the time zone that the date-times carry
    days: bool  # are they days, without a time?


def _instants(column: Any, name: str) -> _Instants:
    values, gone = _gaps(column)
    if gone.all():
        return _Instants(np.full(len(gone), _NOT_YET, dtype=np.int64), None, None, False)
    kept: Any
    days = False
    if isinstance(values, list):
        kept = [value for value, is_gone in zip(values, gone) if not is_gone]
        if all(isinstance(value, str) for value in kept):
            days = all(len(value) <= 10 for value in kept)
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
    temporal, zone = _columns.is_temporal(kept), None
    if temporal:
        shown, zone = _columns.moments(kept, name)
        days = days or _are_days(kept)
        ticks = shown.astype("M8[s]").astype(np.int64)
    else:
        ticks = _columns.ints(kept, name)
    if len(ticks) == len(gone):  # a Series keeps its rows
        ticks = np.where(gone, _NOT_YET, ticks)
    else:
        whole = np.full(len(gone), _NOT_YET, dtype=np.int64)
        whole[~gone] = ticks
        ticks = whole
    return _Instants(np.ascontiguousarray(ticks, dtype=np.int64), temporal, zone, days)


def _are_days(column: Any) -> bool:
    """Are they dates, rather than times, which may happen to be midnight?"""
    series = _columns.native_series(column)
    if series is not None and not isinstance(series.dtype, nw.Object):
        return isinstance(series.dtype, nw.Date)
    if isinstance(column, np.ndarray) and column.dtype != object:
        return np.datetime_data(column.dtype)[0] == "D"
    return all(_is_day(value) for value in (column if series is None else series.to_list()))


def _is_day(value: Any) -> bool:
    if isinstance(value, np.datetime64):
        return np.datetime_data(value.dtype)[0] == "D"
    return not isinstance(value, dt.datetime)


def _parse(text: str, name: str, row: int) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise DataError(f"{name}[{row}] is {text!r}; it must be a date-time such as 2024-05-01T08:00", row) from None


class _Clock:
    """Columns of one clock: date-times throughout, or whole numbers throughout. The clock of columns that say nothing is that of
    the observation end."""

    def __init__(self, observation_end: Any, **columns: Any) -> None:
        found = {name: _instants(column, name) for name, column in columns.items() if column is not None}
        begin = next(iter(columns))
        gone = found[begin].ticks == _NOT_YET
        if gone.any():
            row = int(np.argmax(gone))
            raise DataError(f"{begin}[{row}] is missing; every row needs one", row)
        end = _instants([observation_end], "observation_end")
        if end.temporal is None:
            raise ArgumentError(f"observation_end is {observation_end!r}; it must be a date-time or a whole number")
        said = {name: column for name, column in found.items() if column.temporal is not None}
        self.temporal = bool(next(iter(said.values()), end).temporal)
        said["observation_end"] = end
        for name, column in said.items():
            if column.temporal != self.temporal:
                first, other = next(iter(said)), "date-times" if column.temporal else "whole numbers"
                mine = "date-times" if self.temporal else "whole numbers"
                raise TypeError(f"{first} holds {mine} and {name} {other}; they must be of one clock")
        zone = _common_zone({name: column for name, column in said.items() if name != "observation_end"})
        if zone is not None and end.zone is None and not end.days:  # what the clock of the columns showed
            shown = dt.datetime.fromtimestamp(int(end.ticks[0]), dt.timezone.utc).replace(tzinfo=_tzinfo(zone))
            end = end._replace(ticks=np.array([round(shown.timestamp())], dtype=np.int64))
        elif zone is None and end.zone is not None and any(not column.days for column in said.values() if column is not end):
            raise TypeError(f"observation_end carries a time zone and {next(iter(said))} does not; take it off")
        beside_times = self.temporal and not all(column.days for column in said.values())
        self.ticks: dict[str, Ints | None] = {name: None for name in columns}
        for name, column in {**found, "observation_end": end}.items():
            ticks = column.ticks
            if beside_times and column.days:
                ticks = _moments_of_days(ticks, zone, end=name in ("promised", "observation_end"))
            self.ticks[name] = ticks
        self.end = int(self.ticks.pop("observation_end")[0])  # type: ignore[index]

    def __getitem__(self, name: str) -> Ints | None:
        return self.ticks[name]

    @contextlib.contextmanager
    def naming(self) -> Iterator[None]:
        """Where a sentence gives ticks of date-times, gives date-times instead."""
        try:
            yield
        except DataError as error:
            if not self.temporal:
                raise
            sentence = re.sub(r"(?<=\] is )-?\d+|(?<=\] = )-?\d+", _shown, str(error))
            raise DataError(sentence, error.row) from None

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


def _shown(tick: re.Match[str]) -> str:
    return str(np.datetime64(int(tick[0]), "s"))


def _common_zone(columns: Mapping[str, _Instants]) -> Any:
    """The time zone of the columns, None for the shop's own clock. Some times with a zone and some without are refused; days, which
    never carry one, go with both."""
    zoned = [name for name, column in columns.items() if column.zone is not None]
    bare = [name for name, column in columns.items() if column.zone is None and not column.days]
    if not zoned:
        return None
    if bare:
        raise TypeError(
            f"{zoned[0]} carries a time zone and {bare[0]} does not; say in which zone those times are (tz_localize, "
            "replace_time_zone), or take the zone off all of them"
        )
    return columns[zoned[0]].zone


def _moments_of_days(ticks: Ints, zone: Any, *, end: bool) -> Ints:
    """The first second of each day, or its last."""
    gone = ticks == _NOT_YET
    days = np.where(gone, 0, ticks) // _SECONDS["days"] + (1 if end else 0)
    moments = np.asarray(instants(days, zone="UTC" if zone is None else zone)) - (1 if end else 0)
    return np.ascontiguousarray(np.where(gone, _NOT_YET, moments), dtype=np.int64)


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
    clock = _Clock(observation_end, opened=opened, ended=ended, closed=closed)
    size = clock.unit(unit)
    groups = Groups(by, "by")
    shares = _columns.floats(np.asarray(quantiles, dtype=np.float64), "quantiles")
    rows, names = len(groups) + 1, [_quantile_name(share) for share in shares.tolist()]
    counts, spread = groups.outputs(2), [np.empty(rows * len(shares)) for _ in range(3)]
    rest = groups.outputs(8)
    with clock.naming():
        _retain.service_times(
            context(run),
            clock["opened"],
            clock["ended"],
            clock["closed"],
            groups.codes,
            len(groups),
            clock.end,
            float(size),
            shares,
            0 if target is None else clock.span(target, "target", size),
            _columns.level(level),
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
    clock = _Clock(observation_end, opened=opened, resolved=resolved)
    groups = Groups(by, "by")
    columns = groups.outputs(10)
    with clock.naming():
        _retain.service_contacts(
            context(run),
            Keys(customer, "customer").codes,
            clock["opened"],
            clock["resolved"],
            None if contacts is None else _columns.floats(contacts, "contacts"),
            groups.codes,
            len(groups),
            clock.end,
            clock.span(within, "within", clock.unit("days" if unit is None and clock.temporal else unit)),
            _columns.level(level),
            *columns,
        )
    names = ("resolved", "first_contact", "first_contact_rate", "first_contact_rate_low", "first_contact_rate_high")
    return groups.give(dict(zip((*names, "tickets", "repeated", "repeat_rate", "repeat_rate_low", "repeat_rate_high"), columns)))


def late(
    promised: Any, delivered: Any, observation_end: Any, *, by: Any = None, level: float = 0.95, **run: Unpack[Run]
) -> Figures:
    """Share of deliveries that are late: after the promised time, or not delivered although that is over.

    Only deliveries whose promised time is over count: of those promised for later, counting the ones that are early already would
    count only good news. A promise of a day is kept until its end: a date beside times means the last second of that day, for
    `promised` and for the observation end. Midnights of date-times are times; turn them into dates (``.dt.date``) where they mean
    days.

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
    clock = _Clock(observation_end, promised=promised, delivered=delivered)
    groups = Groups(by, "by")
    columns = groups.outputs(5)
    with clock.naming():
        _retain.service_late(
            context(run),
            clock["promised"],
            clock["delivered"],
            groups.codes,
            len(groups),
            clock.end,
            _columns.level(level),
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
    clock = _Clock(observation_end, ordered=ordered, returned=returned)
    groups = Groups(by, "by")
    columns = groups.outputs(5)
    with clock.naming():
        _retain.service_returns(
            context(run),
            clock["ordered"],
            clock["returned"],
            groups.codes,
            len(groups),
            clock.end,
            0 if within is None else clock.span(within, "within", clock.unit("days" if unit is None and clock.temporal else unit)),
            _columns.level(level),
            *columns,
        )
    return groups.give(dict(zip(("orders", "returns", "rate", "low", "high"), columns)))
