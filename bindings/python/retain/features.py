"""What was known of each customer on a day, and who was silent afterwards?

A model that tells who is about to leave learns from the past: on some day, this was known of the customer; in the next H days, an
order came, or none. :func:`panel` makes one row for each customer and each of several dates, with the features of that day and the
**label**: 1 when no order followed in the H days after it.

Nothing looks ahead: on a date counts what rows dated up to it say. What the log itself tells too early cannot be seen from here: a
flag that is set weeks later on the row of the order looks ahead. :func:`check_leakage` finds features made elsewhere that do.

>>> from retain import features
>>> log = {"customer": [7, 7, 7, 9], "date": [0, 10, 40, 5], "value": [10.0, 20.0, 15.0, 8.0]}
>>> known = features.panel(log, [30], 150)
>>> known.customer, known.label, known.X["days_since_last"]
([7, 9], [0.0, 1.0], [20.0, 25.0])
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable, Sequence
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Bytes, Floats, Ints, Keys
from ._run import Run, context
from ._tables import Table, keep_rows
from .calendar import Zone, _days_of, day_number
from .errors import ArgumentError, DataError, renamed
from .orders import Log, _counting, as_log
from .signals import _kinds_of

__all__ = ["Column", "Leakage", "NAMES", "Panel", "check_leakage", "panel", "split"]

NAMES: tuple[str, ...] = tuple(itertools.takewhile(bool, map(_retain.features_name, itertools.count())))
"""Names of the features, by id: retain/features.h and the documentation define them."""

_TRAIN, _TEST, _GAP, _OPEN = range(4)
_PARTS = np.array(["train", "test", "gap", "open"])


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a panel, as data: whoever shows it finds his own words.

    Attributes
    ----------
    name : str
        Its name in tables: the feature's, with the window (``occasions_90``) or the kind of the events (``events_return``).
    feature : str
        One of :data:`NAMES`.
    unit : str
        ``"count"``, ``"days"``, ``"ratio"``, ``"share"``, ``"trend"`` (−1 to 1), ``"money"`` or ``"value"``.
    days : int
        Days of its window; 0 where there is none.
    kind : object
        Kind of the events; None where there is none.
    """

    name: str
    feature: str
    unit: str
    days: int
    kind: Any


class Panel:
    """Customers on dates: what was known, and what followed. Rows come date by date, those of a date in ascending customer.

    Attributes
    ----------
    columns : list of Column
        What the features are.
    names : list of str
        Their names.
    dates : column
        The dates of the panel.
    horizon_days : int
        H of the labels.
    inactive, open, silent : int
        Customers and dates left out for want of a recent occasion; rows whose label is not known yet; rows with label 1.
    """

    def __init__(
        self,
        log: Log,
        columns: list[Column],
        dates: Ints,
        horizon_days: int,
        end: int,
        rows: dict[str, NDArray[Any]],
        left_out: int,
        counting: tuple[int, int],
    ) -> None:
        self._log, self._rows, self._dates, self._end, self._counting = log, rows, dates, end, counting
        self.columns, self.horizon_days, self.inactive = columns, horizon_days, left_out
        self.names = [column.name for column in columns]
        self.open = int(np.isnan(rows["label"]).sum())
        self.silent = int((rows["label"] == 1.0).sum())

    def __len__(self) -> int:
        return len(self._rows["label"])

    def __repr__(self) -> str:
        return (
            f"Panel({len(self)} rows, {len(np.unique(self._rows['at']))} dates, {len(self.columns)} features; "
            f"{self.silent} silent for {self.horizon_days} days, {self.open} open)"
        )

    @property
    def dates(self) -> Any:
        return self._log.kind.column("date", self._log.give_days(self._dates))

    @property
    def customer(self) -> Any:
        """Who, of the kind of the log."""
        return self._one("customer")

    @property
    def date(self) -> Any:
        """The date of each row."""
        return self._one("date")

    @property
    def label(self) -> Any:
        """1 for no order in the H days after the date, 0 for one or more, NaN when they are not over."""
        return self._one("label")

    @property
    def X(self) -> Any:
        """The features, as a table of the kind of the log: what models take as predictors."""
        return self._log.kind.table(self._features())

    @property
    def y(self) -> Any:
        """The label: what models learn."""
        return self.label

    @property
    def table(self) -> Any:
        """Customer, date, label and features in one table."""
        first = {name: self._one(name) for name in ("customer", "date", "label")}
        return self._log.kind.table({self._log.names["customer"]: first.pop("customer"), **first, **self._features()})

    def values(self) -> Floats:
        """The features as an array of rows and columns."""
        return self._rows["feature"].T

    def split(self, first_test: Any, *, embargo_days: int = 0) -> tuple[Panel, Panel]:
        """Rows to train on and rows to test on: see :func:`split`. Rows in the gap between, and those without a label, are in
        neither.

        Examples
        --------
        >>> log = {"customer": [1, 1, 2], "date": [0, 50, 10], "value": [1.0, 1.0, 1.0]}
        >>> train, test = panel(log, [20, 40, 60, 90], 100, days=30).split(60)
        >>> len(train), len(test)
        (2, 2)
        """
        part = _parts(self._dates, day_number(first_test, "first_test"), self._end, self.horizon_days, embargo_days)
        return self._where(part[self._rows["at"]] == _TRAIN), self._where(part[self._rows["at"]] == _TEST)

    def on(self, date: Any) -> Panel:
        """The rows of one date."""
        day = day_number(date, "date")
        if day not in self._dates:
            raise ArgumentError(f"date is {date}; it is none of the dates of the panel")
        return self._where(self._dates[self._rows["at"]] == day)

    def _where(self, chosen: NDArray[np.bool_]) -> Panel:
        rows = {name: np.ascontiguousarray(values[..., chosen]) for name, values in self._rows.items()}
        return Panel(self._log, self.columns, self._dates, self.horizon_days, self._end, rows, 0, self._counting)

    def returns(self, *, until: Any = None, columns: Sequence[str] | None = None, **run: Unpack[Run]) -> dict[str, Any]:
        """Rows as durations until the next order, with what was known on their date: what a Cox regression whose predictors change with time
        is fitted to, ``CoxRegression(robust=True).fit(**panel.returns())``. exp(b) says how many times as many orders come.

        Parameters
        ----------
        until : date-like, optional
            What was known by then, as if the observation had ended on that day: for training, with the rest left for a test.
        columns : sequence of str, optional
            Names of the features to take; all by default. A Cox regression takes no missing values.
        **run
            How to run: ``threads``, ``progress``, ``memory``.

        Returns
        -------
        dict
            By the names of the arguments of a fit: ``X``, ``exit``, ``event``, ``entry`` and ``customer``. Ages are days since the first
            order. A row is good until the next date of the panel, and cut at each order in between.

        Examples
        --------
        >>> log = {"customer": [1, 1, 2], "date": [0, 40, 5], "value": [1.0, 1.0, 1.0]}
        >>> rows = panel(log, [30, 60], 90).returns(columns=["occasions"])
        >>> rows["customer"], rows["entry"], rows["exit"], rows["event"]
        ([1, 1, 2, 1, 2], [30.0, 40.0, 25.0, 60.0, 55.0], [40.0, 60.0, 55.0, 90.0, 85.0], [1, 0, 0, 0, 0])
        """
        names, end, rows, dates, who, at = self._before(until, columns)
        asked = (*self._log.columns(), end, *self._counting, dates, who, at)
        count = _retain.features_returns(context(run), *asked, 0, None, None, None, None)["rows"]
        spans = np.empty(count, dtype=np.int64), np.empty(count), np.empty(count), np.empty(count, dtype=np.uint8)
        _retain.features_returns(context(run), *asked, count, *spans)
        return self._spans(names, rows, *spans)

    def durations(self, ended: Any, *, until: Any = None, columns: Sequence[str] | None = None, **run: Unpack[Run]) -> dict[str, Any]:
        """Rows as durations until the customer leaves, with what was known on their date: as :meth:`returns`, for members.

        Parameters
        ----------
        ended : table
            `customer` and `date` of those who have left; everybody else is still there. A customer who left is in no later row.
        until, columns, **run
            As for :meth:`returns`.

        Examples
        --------
        >>> log = {"customer": [1, 1, 2], "date": [0, 40, 5], "value": [1.0, 1.0, 1.0]}
        >>> rows = panel(log, [30, 60], 90).durations({"customer": [2], "date": [50]}, columns=["occasions"])
        >>> rows["customer"], rows["entry"], rows["exit"], rows["event"]
        ([1, 2, 1], [30.0, 25.0, 60.0], [60.0, 45.0, 90.0], [0, 1, 0])
        """
        names, end, rows, dates, who, at = self._before(until, columns)
        lives = self._lives(ended, end, run)
        row, entry, exit, event = np.empty(len(rows), dtype=np.int64), np.empty(len(rows)), np.empty(len(rows)), np.empty(len(rows), dtype=np.uint8)
        made = _retain.features_durations(context(run), *lives, end, dates, who, at, row, entry, exit, event)["rows"]
        return self._spans(names, rows, row[:made].copy(), entry[:made].copy(), exit[:made].copy(), event[:made].copy())

    def _before(self, until: Any, columns: Sequence[str] | None) -> tuple[list[str], int, Ints, Ints, Ints, Ints]:
        """Names of features, the end, and what there is of the panel before it: rows, all dates, and customer and date of each row."""
        if columns is not None and not _columns.is_column(columns):
            raise TypeError(f"columns must be a list of names, not {type(columns).__name__}")
        names = self.names if columns is None else list(columns)
        for name in names:
            if not isinstance(name, str) or name not in self.names:
                raise ArgumentError(f"columns has {_columns.shown(name)}, which is no feature of the panel: {', '.join(self.names[:12])} ...")
        end = self._end if until is None else min(day_number(until, "until"), self._end)
        if end < -(2**40):
            raise ArgumentError(f"until is {end}; it must be a day number within +-2^40")
        rows = np.flatnonzero(self._dates[self._rows["at"]] < end)
        who, at = (np.ascontiguousarray(self._rows[name][rows]) for name in ("customer", "at"))
        return names, end, rows, self._dates[self._dates <= end], who, at

    def _spans(self, names: list[str], rows: Ints, row: Ints, entry: Floats, exit: Floats, event: Bytes) -> dict[str, Any]:
        kept, kind = rows[row], self._log.kind
        features = {name: kind.column(name, self._rows["feature"][self.names.index(name)][kept]) for name in names}
        spans: dict[str, NDArray[Any]] = {"exit": exit, "event": event, "entry": entry}
        customer = self._log.keys.give(self._rows["customer"][kept], kind)
        return {"X": kind.table(features), **{name: kind.column(name, values) for name, values in spans.items()}, "customer": customer}

    def _lives(self, ended: Any, end: int, run: Run) -> tuple[Ints, Floats, Floats]:
        """Customers, when they began, and when they left."""
        count = len(self._log)
        customer, first = np.empty(count, dtype=np.int64), np.empty(count + 1, dtype=np.int64)
        began, repeats = np.empty(count), np.empty(count)
        asked = (*self._log.columns(), end, *self._counting)
        found = _retain.orders_occasions(context(run), *asked, customer, began, first, repeats)["customers"]
        customer, began, left = customer[:found].copy(), began[:found].copy(), np.full(found, np.nan)
        table = Table(ended, "ended")
        name = self._log.names["customer"] if self._log.names["customer"] in table.names else "customer"
        codes, row, _ = _columns.once(self._log.keys.find(table.raw(name), f"ended.{name}"), f"ended.{name}")
        days = _days_of(table.raw("date"), "ended.date", None, {}, numbers=True)[row].astype(np.float64)
        place = np.searchsorted(customer, codes)
        known = np.flatnonzero(np.isin(codes, customer))
        left[place[known]] = days[known]
        for wrong in np.flatnonzero(left < began)[:1].tolist():
            at = int(row[np.searchsorted(codes, customer[wrong])])
            raise DataError(f"ended.date[{at}] is before the customer's first order", at)
        return customer, began, left

    def _one(self, name: str) -> Any:
        if name == "customer":
            return self._log.keys.give(self._rows["customer"], self._log.kind)
        if name == "date":
            return self._log.kind.column("date", self._log.give_days(self._dates[self._rows["at"]]))
        return self._log.kind.column(name, self._rows[name])

    def _features(self) -> dict[str, Any]:
        return {name: self._log.kind.column(name, values) for name, values in zip(self.names, self._rows["feature"])}


def panel(
    log: Any,
    dates: Any,
    observation_end: Any,
    *,
    windows: Sequence[int] = (30, 90, 365),
    trend_days: int = 180,
    active_days: int | None = None,
    days: int = 90,
    discount: Any = None,
    category: Any = None,
    events: Any = None,
    event_days: int = 365,
    customer: str = "customer",
    date: str = "date",
    kind: str | None = None,
    value: str | None = None,
    zone: str | dt.tzinfo | Zone | None = None,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Panel:
    """Who was known on each date, what was known, and what followed.

    Parameters
    ----------
    log : Log or table
        The orders. Refunds and cancellations are rows of their own, on their own days: nobody knew of them before.
    dates : column of dates or day numbers, or a single one
        Strictly ascending, at most `observation_end`.
    observation_end : date-like
        Last day observed, itself included: what the log is complete up to. Labels whose H days end later do not exist yet.
    windows : sequence of int
        Windows in days, ascending, at most 8: occasions and money in each.
    trend_days : int
        Window of the trends, whose halves are compared.
    active_days : int, optional
        Only customers with an occasion in the last so many days. By default everybody who ever bought.
    days : int
        H: the label is 1 when no order comes in the H days after the date.
    discount : str or column, optional
        Money taken off the price of each row, ≥ 0: the name of a column of the log's table, or a column.
    category : str or column, optional
        What was bought in each row.
    events : table, optional
        Tickets, returns, late deliveries, visits: who and when; `customer`, `date`, `kind` and `value` name its columns, as for
        :func:`retain.signals.per_customer`.
    event_days : int
        Window of the events.
    zone : str, tzinfo or Zone, optional
        The shop's time zone, for events at date-times that carry a time zone.
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.

    Returns
    -------
    Panel
    """
    log = as_log(log)
    when = _dates_of(dates, "dates")
    end = day_number(observation_end, "observation_end")
    if not _columns.is_column(windows) and not isinstance(windows, (range, set)):
        raise TypeError(f"windows must be a list of days, such as [30, 90], not {_columns.shown(windows)}")
    limits = np.array([_columns.positive_whole(window, "windows") for window in windows], dtype=np.int64)
    if len(limits) == 0:
        raise ArgumentError("windows is empty; give at least one")
    trend, horizon, over = _columns.positive_whole(trend_days, "trend_days"), _columns.positive_whole(days, "days"), _columns.positive_whole(event_days, "event_days")
    active = 0 if active_days is None else _columns.positive_whole(active_days, "active_days")
    prices = _of_log(log, discount, "discount")
    off = _columns.floats(prices, "discount") if prices is not None else None
    goods, categories = _codes_of(_of_log(log, category, "category"), "category")
    happened, labels = _events_of(log, events, customer, date, kind, value, zone)
    kinds = 0 if events is None else max(len(labels), 1)
    columns = _list_columns(off is not None, goods is not None, kinds, labels if kind is not None else None, limits, trend, over)
    asked = (*log.columns(), off, goods, categories, *happened, kinds, end, *_counting(occasion_days, count_zero_orders), when, limits)
    spans = (trend, over, active, horizon)
    with renamed(date="dates"):
        count = _retain.features_panel(context(run), *asked, *spans, len(columns), 0, None, None, None, None)["rows"]
    rows: dict[str, NDArray[Any]] = {name: np.empty(count, dtype=np.int64) for name in ("customer", "at")}
    rows["label"], block = np.empty(count), np.empty(count * len(columns))
    found = _retain.features_panel(
        context(run), *asked, *spans, len(columns), count, rows["customer"], rows["at"], rows["label"], block
    )
    rows["feature"] = block.reshape(len(columns), count)
    return Panel(log, columns, when, horizon, end, rows, found["inactive_rows"], _counting(occasion_days, count_zero_orders))


def split(dates: Any, first_test: Any, observation_end: Any, *, days: int = 90, embargo_days: int = 0, **run: Unpack[Run]) -> Any:
    """What each date is for: ``"train"`` when its label was known on the first test date, so that D + H + embargo ≤ first test
    date; ``"test"`` from there on; ``"gap"`` when its label overlaps with the test; ``"open"`` when it has no label yet.

    Parameters
    ----------
    dates : column of dates or day numbers
        Strictly ascending.
    first_test, observation_end : date-like
        First date of the test, and last day observed.
    days : int
        H of the labels.
    embargo_days : int
        So many days more between the last day of a training label and the first test date.

    Returns
    -------
    column
        Of the kind of `dates`.

    Examples
    --------
    >>> split([0, 60, 110, 111, 200, 311], 200, 400)
    ['train', 'train', 'train', 'gap', 'test', 'open']
    """
    horizon = _columns.positive_whole(days, "days")
    ends = day_number(first_test, "first_test"), day_number(observation_end, "observation_end")
    part = _parts(_dates_of(dates, "dates"), *ends, horizon, embargo_days, **run)
    return _columns.kind_of(dates).column("part", _PARTS[part].astype(object))


@dataclasses.dataclass(frozen=True)
class Leakage:
    """What :func:`check_leakage` found.

    Attributes
    ----------
    leaks : dict of str to int
        For each feature, customers for whom it changed when the future was taken away.
    examples : dict of str to object
        One such customer, for features that leak.
    strangers : int
        Customers who are there with the future or without it only.
    customers : int
        Customers compared.
    """

    leaks: dict[str, int]
    examples: dict[str, Any]
    strangers: int
    customers: int

    @property
    def leaking(self) -> list[str]:
        """Names of the features that look ahead."""
        return [name for name, count in self.leaks.items() if count]

    def __bool__(self) -> bool:
        """Does anything look ahead?"""
        return bool(self.leaking) or self.strangers > 0


def check_leakage(
    build: Callable[..., Any],
    log: Any,
    as_of: Any,
    *,
    events: Any = None,
    customer: str = "customer",
    date: str = "date",
    tolerance: float = 1e-9,
    **run: Unpack[Run],
) -> Leakage:
    """Do features look ahead? Builds them twice for the same date: from all data, and from what was there by then. What looks ahead
    gets another answer when there is nothing ahead.

    Parameters
    ----------
    build : callable
        ``build(log, as_of)``, or ``build(log, events, as_of)`` with events: makes a table with a column of customers and columns of
        features from tables like yours.
    log : Log or table
        The orders.
    as_of : date-like
        The date for which features are made; a day on which a good part of the log is over, and a good part is not.
    events : table, optional
        What else features are made of.
    customer, date : str
        Names of the columns of customers and dates of the events, and of the customers in what `build` makes.
    tolerance : float
        Relative; for sums that are added up in another order.

    Returns
    -------
    Leakage
        True when something leaks.

    Examples
    --------
    >>> log = {"customer": ["a", "a", "b", "b"], "date": [0, 50, 10, 20], "value": [1.0, 2.0, 4.0, 8.0]}
    >>> def build(log, as_of):
    ...     row = lambda who: [(d, v) for c, d, v in zip(log["customer"], log["date"], log["value"]) if c == who]
    ...     return {"customer": ["a", "b"],
    ...             "orders": [float(sum(d <= as_of for d, v in row(who))) for who in "ab"],
    ...             "value": [sum(v for d, v in row(who)) for who in "ab"]}   # of all days
    >>> found = check_leakage(build, log, 30)
    >>> bool(found), found.leaking, found.examples
    (True, ['value'], {'value': 'a'})
    """
    log = as_log(log)
    day = day_number(as_of, "as_of")
    whole = [log._source.native]
    cut = [keep_rows(log._source, log.day <= day)]
    if events is not None:
        table = Table(events, "events")
        whole.append(events)
        cut.append(keep_rows(table, _days_of(table.raw(date), f"events.{date}", None, {}, numbers=True) <= day))
    names = {customer, log.names["customer"]}
    return _compare(Table(build(*whole, as_of), "features"), Table(build(*cut, as_of), "features"), names, tolerance, run)


def _compare(whole: Table, cut: Table, names: set[str], tolerance: float, run: Run) -> Leakage:
    who = next((name for name in whole.names if name in names), None)
    if who is None:
        raise ArgumentError(f"what build makes has no column {' or '.join(sorted(map(repr, names)))}")
    features = [name for name in whole.names if name != who]
    if set(whole.names) != set(cut.names):
        raise ArgumentError("build makes other columns when the future is missing: " + ", ".join(sorted(set(whole.names) ^ set(cut.names))))
    keys = Keys(whole.raw(who), f"features.{who}")
    codes, first, _ = _columns.once(keys.codes, f"features.{who}")
    others, place, _ = _columns.once(keys.find(cut.raw(who), f"features.{who}"), f"features.{who}")
    blocks = [
        np.concatenate([table.floats(name)[order] for name in features]) if features else np.empty(0)
        for table, order in ((whole, first), (cut, place))
    ]
    leaks, example = np.empty(len(features), dtype=np.int64), np.empty(len(features), dtype=np.int64)
    found = _retain.features_leaks(
        context(run), codes, blocks[0], others, blocks[1], len(features), _columns.number(tolerance, "tolerance"), leaks, example
    )
    shown = keys.give(codes, _columns.ListKind())
    examples = {name: shown[at] for name, at in zip(features, example.tolist()) if at >= 0}
    strangers = int(found["strangers"])
    compared = (len(codes) + len(others) - strangers) // 2
    return Leakage(dict(zip(features, leaks.tolist())), examples, strangers, compared)


# --- what callers give --------------------------------------------------------------------------------------------------------


def _dates_of(dates: Any, name: str) -> Ints:
    if not _columns.is_column(dates) and not hasattr(dates, "__len__"):
        return np.array([day_number(dates, name)], dtype=np.int64)
    if isinstance(dates, str):
        return np.array([day_number(dates, name)], dtype=np.int64)
    return _days_of(dates, name, None, {}, numbers=True)


def _parts(dates: Ints, first_test: int, end: int, horizon: int, embargo_days: Any, **run: Unpack[Run]) -> Bytes:
    embargo = _columns.whole(embargo_days, "embargo_days")
    part = np.empty(len(dates), dtype=np.uint8)
    with renamed(date="dates"):
        _retain.features_split(context(run), dates, horizon, embargo, first_test, end, part)
    return part


def _of_log(log: Log, column: Any, name: str) -> Any:
    """A column as long as the log, or None."""
    if isinstance(column, str):
        column = log._source.raw(column)
    if column is not None and not _columns.is_column(column):
        raise TypeError(f"{name} must be the name of a column, or a column, not {type(column).__name__}")
    if column is not None and len(column) != len(log):
        raise ArgumentError(f"{name} has {len(column)} rows, the log has {len(log)}; they must have as many")
    return column


def _codes_of(column: Any, name: str) -> tuple[Ints | None, int]:
    if column is None:
        return None, 0
    found, codes = np.unique(Keys(column, name).codes, return_inverse=True)
    return np.ascontiguousarray(codes, dtype=np.int64), max(len(found), 1)


def _events_of(
    log: Log, events: Any, customer: str, date: str, kind: str | None, value: str | None, zone: Any
) -> tuple[tuple[Any, ...], list[Any]]:
    """Columns of the raw layer, and labels of the kinds."""
    if events is None:
        for name, given, default in (("kind", kind, None), ("value", value, None), ("customer", customer, "customer"), ("date", date, "date")):
            if given != default:
                raise ArgumentError(f"{name} is {given!r}, a column of the events, but events were not given")
        if zone is not None:
            raise ArgumentError("zone is for date-times of the events, but events were not given; for those of the orders say retain.Log(orders, zone=...)")
        return (None, None, None, None), []
    table = Table(events, "events")
    labels, kinds = _kinds_of(table, kind)
    columns = (
        log.keys.find(table.raw(customer), f"events.{customer}"),
        _days_of(table.raw(date), f"events.{date}", zone, {}, numbers=True),
        kinds,
        table.floats(value) if value is not None else None,
    )
    return columns, labels


def _list_columns(
    discount: bool, category: bool, kinds: int, labels: list[Any] | None, windows: Ints, trend: int, over: int
) -> list[Column]:
    most = 35 + 4 * kinds
    feature, days, kind = (np.empty(most, dtype=np.int64) for _ in range(3))
    count = _retain.features_columns(None, int(discount), int(category), kinds, windows, trend, over, feature, days, kind)["count"]
    columns: list[Column] = []
    for f, d, k in zip(feature[:count].tolist(), days[:count].tolist(), kind[:count].tolist()):
        name, label = NAMES[f], labels[k] if labels and k >= 0 else None
        shown = f"{name.removesuffix('_in')}_{d}" if name.endswith("_in") else name if label is None else f"{name}_{label}"
        twin = next((column for column in columns if column.name == shown), None)
        if twin is not None:
            raise ArgumentError(f"events of the kinds {twin.kind!r} and {label!r} would share the column {shown}; rename one of the kinds")
        columns.append(Column(shown, name, _retain.features_unit(f), d, label))
    return columns
