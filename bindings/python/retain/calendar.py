"""Which day was it in the shop, and when do its weeks, months and years begin?

A **day number** counts days from 1970-01-01 in the shop's own time zone. A **period edge** is the day on which a period begins;
n periods have n + 1 edges, and period k holds the days in [edges[k], edges[k + 1]). Two calendars are known: the proleptic
Gregorian one and the Solar Hijri (Jalali) one of Iran and Afghanistan.

>>> from retain import calendar
>>> calendar.days(["2023-06-28T23:29:59+00:00"], zone="Europe/London")
[19537]
>>> calendar.edges("2024-01-15", "2024-03-02")
array(['2024-01-01', '2024-02-01', '2024-03-01', '2024-04-01'],
      dtype='datetime64[D]')
"""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from typing import Any, NamedTuple, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Ints
from ._run import Run, context
from .errors import ArgumentError, DataError

__all__ = ["CALENDARS", "PERIODS", "Zone", "dates", "days", "edges", "instants", "is_leap", "local", "numbers", "weekday", "zone"]

CALENDARS = {"gregorian": 0, "jalali": 1}
"""Names of the calendars."""

PERIODS = {"month": 0, "day": 1, "week": 2, "quarter": 3, "year": 4}
"""Names of the kinds of periods."""

_WEEKDAYS = {name: i + 1 for i, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))}


class Zone(NamedTuple):
    """A time zone as a list of moments at which its clock was changed.

    Attributes
    ----------
    instants : ndarray of int64
        Unix seconds at which a change takes effect, ascending.
    offsets : ndarray of int64
        Seconds east of Greenwich from that instant on.
    initial_offset : int
        Seconds east of Greenwich before the first change.
    """

    instants: Ints
    offsets: Ints
    initial_offset: int = 0


_DAY = 86400
# What datetime can represent, with a margin for offsets.
_FIRST_SECOND = -62135596800 + 2 * _DAY
_LAST_SECOND = 253402300799 - 2 * _DAY


def zone(name: str | dt.tzinfo, first: Any = "1970-01-01", last: Any = "2038-01-01") -> Zone:
    """Clock changes of a time zone between two days.

    Parameters
    ----------
    name : str or tzinfo
        A name of the IANA database such as "Europe/London", or any tzinfo object.
    first, last : date-like
        Days between which the list must be right (a day of margin is added on either side).

    Returns
    -------
    Zone
        As :func:`days` and :func:`instants` take it.

    Notes
    -----
    Uses nothing but ``tzinfo.utcoffset``: offsets are compared day by day and the moment of each change is found by bisection.
    Two changes within one day that cancel each other would be missed; the IANA database has none.

    Examples
    --------
    >>> london = zone("Europe/London", "2023-01-01", "2023-12-31")
    >>> london.instants, london.offsets
    (array([1679792400, 1698541200]), array([3600,    0]))
    """
    return _changes(_tzinfo(name), (day_number(first, "first") - 1) * _DAY, (day_number(last, "last") + 2) * _DAY)


def _tzinfo(name: str | dt.tzinfo) -> dt.tzinfo:
    if isinstance(name, dt.tzinfo):
        return name
    if not isinstance(name, str):
        raise TypeError(f"zone must be the name of a time zone, a tzinfo or a Zone, not {type(name).__name__}")
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ArgumentError(f"zone is {name!r}; the time zone database has no such zone") from None


@functools.lru_cache(maxsize=32)
def _changes(tz: dt.tzinfo, first: int, last: int) -> Zone:
    def offset(second: int) -> int:
        there = dt.datetime.fromtimestamp(second, tz).utcoffset()
        return 0 if there is None else round(there.total_seconds())

    first, last = max(first, _FIRST_SECOND), min(last, _LAST_SECOND)
    instants, offsets = [], []
    before = initial = offset(first) if first <= last else 0
    for day in range(first, last + _DAY, _DAY):
        day = min(day, last)
        after = offset(day)
        if after != before:
            low, high = day - _DAY, day
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == before else (low, middle)
            instants.append(high)
            offsets.append(after)
            before = after
    return Zone(np.array(instants, dtype=np.int64), np.array(offsets, dtype=np.int64), initial)


def _zone_for(name: Any, seconds: Ints) -> Zone:
    """A zone, right over the whole range of these moments."""
    if isinstance(name, Zone):
        return name
    tz = _tzinfo(name)
    if len(seconds) == 0:
        return Zone(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), 0)
    # Whole years, so that the cache serves many logs of one shop.
    year = 366 * _DAY
    return _changes(tz, int(seconds.min() // year - 1) * year, int(seconds.max() // year + 2) * year)


def days(moments: Any, *, zone: str | dt.tzinfo | Zone | None = None, **run: Unpack[Run]) -> Any:
    """Day number in the shop of each moment.

    Parameters
    ----------
    moments : column
        Whole numbers are Unix seconds. Date-times that carry a time zone are moments too; those that carry none, and dates, are
        what the shop's own clock and calendar showed.
    zone : str, tzinfo or Zone, optional
        The shop's time zone. By default the one that the date-times carry, and UTC for Unix seconds. Must not be given for
        wall-clock times.

    Returns
    -------
    column of int64
        floor((seconds + offset) / 86400), of the same kind as `moments`.

    Raises
    ------
    DataError
        For a missing date.

    Examples
    --------
    >>> days(np.array([1687994999]), zone="Europe/London")
    array([19537])
    >>> import datetime
    >>> days([datetime.date(2023, 6, 29)])
    [19537]
    """
    kind = _columns.kind_of(moments)
    return kind.column("day", _days_of(moments, "moments", zone, run))


def _days_of(column: Any, name: str, zone: Any, run: Run, *, numbers: bool = False, told: bool = False) -> Ints:
    """Day numbers of a column; whole numbers are Unix seconds, or day numbers already where `numbers` says so. Those that look like
    dates are refused unless the caller was told what they are."""
    column = _dates_of_texts(column, name)
    if numbers and not _columns.is_temporal(column):
        if zone is not None:
            raise ArgumentError(f"zone was given, but {name} holds day numbers; calendar.days turns moments into them")
        days = _columns.ints(column, name)
        if not told and _columns.look_like_dates(days):
            raise DataError(
                f"{name}[0] is {days[0]}, and all look like dates written as yyyymmdd; whole numbers are day numbers, days since "
                "1970-01-01. Turn them into dates (pandas: pd.to_datetime(column, format='%Y%m%d')); if they are day numbers, say "
                "so: retain.Log(..., day_numbers=True), or column.astype('M8[D]')",
                0,
            )
        unit = None if told else _columns.unit_of_moments(days)
        if unit is not None:
            raise DataError(
                f"{name}[0] is {days[0]}, and all look like Unix time in {unit[0]}; whole numbers are day numbers, days since "
                f"1970-01-01. Turn them into dates (pandas: pd.to_datetime(column, unit='{unit[1]}', utc=True), with the shop's zone); "
                "if they are day numbers, say so: retain.Log(..., day_numbers=True), or column.astype('M8[D]')",
                0,
            )
        return days
    seconds, place = _seconds_of(column, name, zone)
    if place is None:
        return seconds.astype("M8[D]").astype(np.int64)
    result = np.empty(len(seconds), dtype=np.int64)
    _retain.calendar_days(context(run), place.instants, place.offsets, place.initial_offset, seconds, result)
    return result


def _local_of(column: Any, name: str, zone: Any, run: Run) -> tuple[Ints, Ints]:
    """Day numbers and seconds of the day of a column of moments."""
    seconds, place = _seconds_of(_dates_of_texts(column, name), name, zone)
    if place is None:
        shown = seconds.astype("M8[s]").astype(np.int64)
        return shown // _DAY, shown % _DAY
    days, second_of_day = np.empty(len(seconds), dtype=np.int64), np.empty(len(seconds), dtype=np.int64)
    _retain.calendar_local(context(run), place.instants, place.offsets, place.initial_offset, seconds, days, second_of_day)
    return days, second_of_day


def _dates_of_texts(column: Any, name: str) -> Any:
    """A column of texts as dates; any other as it is."""
    texts = _columns.texts(column)
    if texts is None:
        return column
    dates: dict[str, dt.date] = {}  # a log has few days, and many rows
    for row, text in enumerate(texts):
        if text is None:
            raise DataError(f"{name}[{row}] is missing; every row needs a date", row)
        if text not in dates:
            dates[text] = _parse(text, f"{name}[{row}]")
    return [dates[text] for text in texts if text is not None]


def _seconds_of(column: Any, name: str, zone: Any) -> tuple[NDArray[Any], Zone | None]:
    """Unix seconds and their zone; or datetime64 as the shop's own clock shows it, and no zone."""
    if not _columns.is_temporal(column):
        seconds = _columns.ints(column, name)
        return seconds, _zone_for("UTC" if zone is None else zone, seconds)
    instants, own = _columns.moments(column, name)
    if own is None:
        if zone is not None:
            raise ArgumentError(
                f"zone was given, but {name} carries no time zone; say in which zone these times are first "
                "(tz_localize, replace_time_zone), or leave zone out when they are the shop's own time"
            )
        return instants, None
    seconds = instants.astype("M8[s]").astype(np.int64)
    return seconds, _zone_for(own if zone is None else zone, seconds)


def _parse(text: str, name: str) -> dt.date:
    try:
        return dt.datetime.fromisoformat(text) if len(text) > 10 else dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentError(f"{name} is {text!r}; dates are written like 2024-03-20") from None


def day_number(value: Any, name: str) -> int:
    """Day number of a single day: a whole number stays as it is; dates, date-times and texts like "2024-03-20" are turned into
    one."""
    if isinstance(value, str):
        value = _parse(value, name)
    if isinstance(value, np.datetime64):
        if np.isnat(value):
            raise ArgumentError(f"{name} is NaT; it must be a day")
        return int(value.astype("M8[D]").astype(np.int64))
    if isinstance(value, dt.date):
        if value != value:
            raise ArgumentError(f"{name} is NaT; it must be a day")
        return dt.date(value.year, value.month, value.day).toordinal() - 719163
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a day (a date, text like 2024-03-20, or a day number), not {type(value).__name__}")
    if not -(2**63) <= value < 2**63:
        raise ArgumentError(f"{name} is {_columns.shown(int(value))}; it does not fit in 64 bits")
    unit = _columns.unit_of_moments(np.array([value], dtype=np.int64))
    if unit is not None:
        raise ArgumentError(
            f"{name} is {value}, which looks like Unix time in {unit[0]}; whole numbers are day numbers, days since 1970-01-01. Write a "
            f"date, such as '2024-03-20', or numpy.datetime64({value}, 'D') for that day number"
        )
    if _columns.look_like_dates(np.array([value], dtype=np.int64)):
        raise ArgumentError(
            f"{name} is {value}, which looks like a date written as yyyymmdd; whole numbers are day numbers, days since "
            f"1970-01-01. Write '{value // 10000}-{value // 100 % 100:02d}-{value % 100:02d}', or numpy.datetime64({value}, 'D') "
            "for that day number"
        )
    return int(value)


def local(moments: Any, *, zone: str | dt.tzinfo | Zone | None = None, **run: Unpack[Run]) -> tuple[Any, Any]:
    """Day number in the shop of each moment, and the second of the day that its clock showed.

    Parameters
    ----------
    moments, zone
        As for :func:`days`.

    Returns
    -------
    day, second_of_day : columns of int64
        Of the same kind as `moments`; seconds from 0 to 86399. On the days on which the clock is changed some times come twice or
        never: the clock is what a customer sees.

    Examples
    --------
    >>> local([1687994999], zone="Europe/London")
    ([19537], [1799])
    """
    kind = _columns.kind_of(moments)
    day, second = _local_of(moments, "moments", zone, run)
    return kind.column("day", day), kind.column("second_of_day", second)


def instants(days: Any, *, zone: str | dt.tzinfo | Zone = "UTC", **run: Unpack[Run]) -> Any:
    """First moment of each shop-local day: the inverse of :func:`days`.

    Parameters
    ----------
    days : column
        Dates or day numbers.
    zone : str, tzinfo or Zone
        The shop's time zone.

    Returns
    -------
    column of int64
        Unix seconds. A day that never existed (Apia skipped 2011-12-30) gets the first moment of the next day that did.

    Examples
    --------
    >>> instants([19537], zone="Europe/London")
    [1687993200]
    """
    kind = _columns.kind_of(days)
    array = _days_of(days, "days", None, {}, numbers=True)
    near = np.clip(array, -(2**40), 2**40) * _DAY
    place = _zone_for(zone, near)
    result = np.empty(len(array), dtype=np.int64)
    _retain.calendar_instants(context(run), place.instants, place.offsets, place.initial_offset, array, result)
    return kind.column("second", result)


def edges(
    first: Any,
    last: Any,
    *,
    period: str = "month",
    step: int = 1,
    first_weekday: str | int = "monday",
    calendar: str = "gregorian",
    **run: Unpack[Run],
) -> NDArray[np.datetime64]:
    """Edges of the periods that cover the days from `first` to `last`, both included.

    Parameters
    ----------
    first, last : date-like
        Dates, texts like "2024-03-20", or day numbers.
    period : {"month", "day", "week", "quarter", "year"}
        Kind of period.
    step : int
        So many of them make one period: ``period="week", step=2`` are fortnights. Counted from the one that holds `first`.
    first_weekday : str or int
        First day of a week, "monday" (1) to "sunday" (7). Iran's shops use "saturday".
    calendar : {"gregorian", "jalali"}
        Whose months, quarters and years.

    Returns
    -------
    ndarray of datetime64[D]
        One edge more than there are periods. The final period is usually not over on `last`.

    Examples
    --------
    >>> edges("2024-03-25", "2024-04-25", calendar="jalali")
    array(['2024-03-20', '2024-04-20', '2024-05-21'], dtype='datetime64[D]')
    """
    if isinstance(first_weekday, str):
        weekday = _columns.choice(first_weekday.lower(), "first_weekday", _WEEKDAYS)
    else:
        weekday = _columns.whole(first_weekday, "first_weekday")
        if not 1 <= weekday <= 7:
            raise ArgumentError(f"first_weekday is {weekday}; it must lie in [1, 7], Monday to Sunday")
    steps = _columns.whole(step, "step")
    if not 1 <= steps < 2**31:
        raise ArgumentError(f"step is {steps}; it must be positive")
    begin, end = day_number(first, "first"), day_number(last, "last")
    if begin > end:
        shown = [_columns.as_dates(np.array([day])) for day in (begin, end)]
        raise ArgumentError(f"first is {begin} ({shown[0][0]}); it must not be after last = {end} ({shown[1][0]})")
    what = (
        context(run),
        begin,
        end,
        _columns.choice(calendar, "calendar", CALENDARS),
        _columns.choice(period, "period", PERIODS),
        steps,
        weekday,
    )
    result = np.empty(_retain.calendar_edges(*what, None)["count"], dtype=np.int64)
    _retain.calendar_edges(*what, result)
    return _columns.as_dates(result)


def dates(days: Any, *, calendar: str = "gregorian", **run: Unpack[Run]) -> tuple[Any, Any, Any]:
    """Year, month and day of month.

    Parameters
    ----------
    days : column
        Dates or day numbers.
    calendar : {"gregorian", "jalali"}
        In which calendar.

    Returns
    -------
    year, month, day : columns of int64
        Of the same kind as `days`.

    Examples
    --------
    >>> dates(["2024-03-20"], calendar="jalali")
    ([1403], [1], [1])
    """
    kind = _columns.kind_of(days)
    array = _days_of(days, "days", None, {}, numbers=True)
    year, month, day = (np.empty(len(array), dtype=np.int64) for _ in range(3))
    _retain.calendar_dates(context(run), _columns.choice(calendar, "calendar", CALENDARS), array, year, month, day)
    return kind.column("year", year), kind.column("month", month), kind.column("day", day)


def numbers(year: Any, month: Any, day: Any, *, calendar: str = "gregorian", **run: Unpack[Run]) -> Any:
    """Day numbers of dates: the inverse of :func:`dates`.

    Parameters
    ----------
    year, month, day : columns of int
        Dates that exist in that calendar.
    calendar : {"gregorian", "jalali"}
        Which calendar.

    Returns
    -------
    column of int64
        Day numbers, of the same kind as `year`.

    Raises
    ------
    DataError
        For a date that does not exist, such as 30 February.

    Examples
    --------
    >>> numbers(1403, 1, 1, calendar="jalali")
    19802
    """
    kind = _columns.kind_of(year)
    y, m, d = _columns.ints(year, "year"), _columns.ints(month, "month"), _columns.ints(day, "day")
    result = np.empty(len(y), dtype=np.int64)
    _retain.calendar_numbers(context(run), _columns.choice(calendar, "calendar", CALENDARS), y, m, d, result)
    return kind.column("day", result)


def weekday(day: Any) -> int:
    """Day of the week of a day, 1 for Monday to 7 for Sunday.

    Examples
    --------
    >>> weekday("1970-01-01")
    4
    """
    return int(_retain.calendar_weekday(day_number(day, "day")))


def is_leap(year: int, *, calendar: str = "gregorian") -> bool:
    """Is it a leap year of the calendar (366 days)? False for a year outside the calendar.

    Examples
    --------
    >>> is_leap(2000), is_leap(1900), is_leap(1403, calendar="jalali")
    (True, False, True)
    """
    return bool(_retain.calendar_is_leap(_columns.choice(calendar, "calendar", CALENDARS), _columns.whole(year, "year")))
