"""How much more is bought at Christmas, and what did the campaign do? Seasons and covariates that change with time.

The Pareto/NBD with covariates that change with time (Bachmann, Meierer & Naef 2021, Marketing Science 40(4)): a customer who is alive buys
at the rate lambda e^(sum of coefficient times covariate), which changes with the calendar and with what happens to the customer.
:class:`Seasons` are covariates that all customers share, :class:`Histories` are customers with the days on which they bought and all
that is known to have happened meanwhile. :class:`retain.ParetoNBD` fits them, and forecasts under the covariates of the days to come.

>>> from retain import Histories, ParetoNBD, Seasons
>>> december = Seasons.holidays("2010-01-01", "2012-12-31", {"december": [("2010-12-01", "2010-12-24"), ("2011-12-01", "2011-12-24")]})
>>> log = {"customer": [1, 1, 2], "date": ["2010-11-20", "2010-12-10", "2010-12-01"], "value": [9.0, 9.0, 9.0]}
>>> shop = Histories(log, "2011-11-30", unit_days=7, seasons=december)
>>> shop
Histories(2 customers, 1 repeat occasions, covariates ['december'])
>>> model = ParetoNBD.from_params(r=0.6, alpha=9.0, s=0.5, beta=11.0, unit_days=7, covariates={"december": {"purchase": 0.7}})
>>> [round(v, 3) for v in model.orders(shop, days=31)]
[0.029, 0.02]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain, calendar
from ._columns import Floats, Ints
from ._run import Run, context
from ._tables import Table
from .calendar import _dates_of_texts, _days_of, day_number
from .errors import ArgumentError, DataError
from .orders import _counting, as_log

__all__ = ["Histories", "Seasons"]


class Seasons:
    """What is the same for all customers, and changes with the calendar.

    Parameters
    ----------
    start : column
        Days on which something changes, ascending: dates, texts like 2024-03-20, or day numbers. The first must not be after any
        customer's first purchase.
    columns : mapping of columns
        By name, the value from each of these days on.
    until : date-like
        Last day, itself included, for which that is known: forecasts cannot go beyond.

    Attributes
    ----------
    names : tuple of str
        Names of the columns.
    until : int
        Day number of the last day.

    Examples
    --------
    >>> Seasons(["2024-01-01", "2024-03-20", "2024-04-02"], {"nowruz": [0, 1, 0]}, until="2024-12-31")
    Seasons(['nowruz'], 3 pieces from 2024-01-01 to 2024-12-31)
    """

    def __init__(self, start: Any, columns: Mapping[str, Any], *, until: Any) -> None:
        days = _days_of(_dates_of_texts(start, "start"), "start", None, {}, numbers=True)
        if not hasattr(columns, "items"):
            raise TypeError(f"columns must be a mapping of names to columns, not {type(columns).__name__}")
        self.start: Floats = _own(days.astype(np.float64))
        self.until = day_number(until, "until")
        self.names = tuple(columns)
        self.values: dict[str, Floats] = {name: _own(_columns.floats(column, f"columns.{name}")) for name, column in columns.items()}
        for name, column in self.values.items():
            if len(column) != len(days):
                raise ArgumentError(f"columns.{name} has {len(column)} rows, start has {len(days)}; they must have as many")
            for row in np.flatnonzero(~np.isfinite(column))[:1].tolist():
                raise DataError(f"columns.{name}[{row}] is {column[row]:g}; it must be finite", row)
        for row in np.flatnonzero(np.diff(days) <= 0)[:1].tolist():
            raise DataError(f"start[{row + 1}] is not after start[{row}]; days must ascend", row + 1)
        if not len(days) or not self.names:
            raise ArgumentError("seasons need at least one day and one column")
        if self.until < days[0]:
            first, last = _columns.as_dates(np.array([days[0], self.until]))
            raise ArgumentError(f"until is {last}; it must not be before the first day, {first}")

    @classmethod
    def months(cls, first: Any, last: Any, *, calendar: str = "gregorian", base: int = 1) -> Self:
        """A dummy for each month of the year but one, against which the others are measured.

        Parameters
        ----------
        first, last : date-like
            Days that the seasons must cover: from the earliest first purchase to the end of all forecasts.
        calendar : {"gregorian", "jalali"}
            Whose months.
        base : int
            The month left out, 1 to 12.

        Examples
        --------
        >>> Seasons.months("2024-01-01", "2025-12-31").names[:3]
        ('month_2', 'month_3', 'month_4')
        """
        left_out = _columns.whole(base, "base")
        if not 1 <= left_out <= 12:
            raise ArgumentError(f"base is {left_out}; it must be a month, 1 to 12")
        edges = _edges(first, last, calendar)[:-1]
        month = np.asarray(_dates(edges, calendar)[1])
        columns = {f"month_{m}": (month == m).astype(np.float64) for m in range(1, 13) if m != left_out}
        return cls(edges, columns, until=last)

    @classmethod
    def holidays(cls, first: Any, last: Any, periods: Mapping[str, Sequence[tuple[Any, Any]]]) -> Self:
        """A dummy for each kind of holiday, sale or campaign.

        Parameters
        ----------
        first, last : date-like
            Days that the seasons must cover.
        periods : mapping
            By name, the periods that it lasts: pairs of a first and a last day, both included.

        Examples
        --------
        >>> Seasons.holidays("2024-01-01", "2025-12-31", {"nowruz": [("2024-03-15", "2024-04-01"), ("2025-03-15", "2025-04-01")]})
        Seasons(['nowruz'], 5 pieces from 2024-01-01 to 2025-12-31)
        """
        spans = {name: [_pair(pair, f"periods[{name}]") for pair in pairs] for name, pairs in periods.items()}
        begin, end = day_number(first, "first"), day_number(last, "last")
        if end < begin:
            raise ArgumentError(f"first is {first}; it must not be after last, {last}")
        for name, pairs in spans.items():
            for a, b in pairs:
                if b < a:
                    raise ArgumentError(f"periods[{name}] has a period that ends before it begins")
            if not any(a <= end and b >= begin for a, b in pairs):
                raise ArgumentError(f"periods[{name}] has no day from {first} to {last}: its column would be 0 throughout")
        changes = {begin, *(day for pairs in spans.values() for a, b in pairs for day in (a, b + 1))}
        days = np.array(sorted(day for day in changes if begin <= day <= end), dtype=np.int64)
        columns = {
            name: np.array([float(any(a <= day <= b for a, b in pairs)) for day in days.tolist()]) for name, pairs in spans.items()
        }
        return cls(_columns.as_dates(days), columns, until=last)

    def __getitem__(self, names: Sequence[str]) -> Seasons:
        """Some of the columns, by a list of their names."""
        if isinstance(names, str) or not all(name in self.values for name in names):
            raise ArgumentError(f"{names!r} is no list of columns; there are {list(self.names)}")
        return self._with(self.start, {name: self.values[name] for name in names}, self.until)

    @staticmethod
    def _with(start: Floats, columns: Mapping[str, Floats], until: int) -> Seasons:
        days = _columns.as_dates(np.append(start.astype(np.int64), until))
        return Seasons(days[:-1], columns, until=days[-1])

    def __or__(self, other: Seasons) -> Seasons:
        """The columns of both."""
        if not isinstance(other, Seasons):
            return NotImplemented
        for name in other.names:
            if name in self.names:
                raise ArgumentError(f"both seasons have a column {name!r}")
        begin, end = max(self.start[0], other.start[0]), min(self.until, other.until)
        if end < begin:
            late, early = _columns.as_dates(np.array([int(begin), end]))
            raise ArgumentError(f"the seasons have no day in common: one begins on {late}, the other ends on {early}")
        start = np.unique(np.concatenate([self.start, other.start]))
        start = start[start >= begin]
        columns: dict[str, Floats] = {}
        for of in (self, other):
            at = np.searchsorted(of.start, start, side="right") - 1
            columns.update({name: column[at] for name, column in of.values.items()})
        return self._with(start, columns, end)

    def __repr__(self) -> str:
        first, last = _columns.as_dates(np.array([int(self.start[0]), self.until]))
        return f"Seasons({list(self.names)}, {len(self.start)} pieces from {first} to {last})"


def _own(column: Floats) -> Floats:
    """A copy that nobody can change: customers who were counted under it keep it."""
    column = column.copy()
    column.flags.writeable = False
    return column


def _pair(pair: Any, name: str) -> tuple[int, int]:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(f"{name} must be a list of pairs of a first and a last day, not of {pair!r}")
    return day_number(pair[0], name), day_number(pair[1], name)


def _edges(first: Any, last: Any, which: str) -> NDArray[Any]:
    return calendar.edges(first, last, calendar=which)


def _dates(days: NDArray[Any], which: str) -> tuple[Any, Any, Any]:
    return calendar.dates(days, calendar=which)


class Histories:
    """Customers, the days on which they bought, and what went on meanwhile.

    Parameters
    ----------
    log : Log or table
        The orders.
    observation_end : date-like
        Last day that was observed, itself included.
    unit_days : float
        Days in the unit of time of models: 7 for weeks.
    seasons : Seasons, optional
        What is the same for all customers.
    covariates : table, optional
        What is each customer's own: a column of customers and one of days, named as in the log, and columns of numbers, which hold
        from that day on until the customer's next row. Only changes need a row; each customer's first row must not be after the
        first purchase. Customers that the log does not know do no harm.
    until : date-like, optional
        Last day, itself included, for which the covariates are known; needed with `covariates`.
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Attributes
    ----------
    customer : ndarray
        Who, in the order of all results.
    names : tuple of str
        Names of the covariates: those of the seasons, then the customers' own.
    start, end, first, occasion : ndarray
        Day numbers of the first purchase and of the observation end; customer i bought again on the days
        ``occasion[first[i]:first[i + 1]]``.
    """

    def __init__(
        self,
        log: Any,
        observation_end: Any,
        *,
        unit_days: float = 1.0,
        seasons: Seasons | None = None,
        covariates: Any = None,
        until: Any = None,
        occasion_days: int = 1,
        count_zero_orders: bool = False,
        **run: Unpack[Run],
    ) -> None:
        orders = as_log(log)
        end = day_number(observation_end, "observation_end")
        self.unit_days = _columns.positive(unit_days, "unit_days")
        rows = len(orders)
        customer, first = np.empty(rows, dtype=np.int64), np.empty(rows + 1, dtype=np.int64)
        start, occasion = np.empty(rows), np.empty(rows)
        counting = _counting(occasion_days, count_zero_orders)
        found = _retain.orders_occasions(context(run), *orders.columns(), end, *counting, customer, start, first, occasion)
        count = found["customers"]
        codes: Ints = customer[:count].copy()
        self.kind = orders.kind
        self.customer: Any = orders.keys.give(codes, orders.kind)
        self.start: Floats = start[:count].copy()
        self.end: Floats = np.full(count, float(end))
        self.first: Ints = first[: count + 1].copy()
        self.occasion: Floats = occasion[: found["occasions"]].copy()
        self._take_seasons(seasons)
        self.piece: Ints | None = None
        self.piece_start: Floats | None = None
        self.own: Floats | None = None
        if covariates is not None:
            self._take_covariates(orders, codes, covariates, until)

    def _take_seasons(self, seasons: Seasons | None) -> None:
        if seasons is not None and not isinstance(seasons, Seasons):
            raise TypeError(f"seasons must be Seasons, not {type(seasons).__name__}")
        self.names: tuple[str, ...] = seasons.names if seasons is not None else ()
        self.calendar_start = seasons.start if seasons is not None else None
        self.calendar = np.concatenate(list(seasons.values.values())) if seasons is not None else None
        self.known_until = np.inf if seasons is None else seasons.until + 1.0

    def _take_covariates(self, orders: Any, codes: Ints, covariates: Any, until: Any) -> None:
        """Rows in the order of customers and days."""
        if until is None:
            raise ArgumentError("until is missing; say until which day the covariates are known")
        table = Table(covariates, "covariates")
        who, when = orders.names["customer"], orders.names["date"]
        own = tuple(name for name in table.names if name not in (who, when))
        for name in own:
            if name in self.names:
                raise ArgumentError(f"covariates has a column {name!r}, and so have the seasons")
        owner = orders.keys.find(table.raw(who), f"covariates.{who}")
        days = _days_of(_dates_of_texts(table.raw(when), f"covariates.{when}"), f"covariates.{when}", None, {}, numbers=True)
        columns = [table.floats(name) for name in own]
        for name, column in zip((when, *own), (days, *columns)):
            if len(column) != len(owner):
                raise ArgumentError(f"covariates.{name} has {len(column)} rows, covariates.{who} has {len(owner)}")
        place = np.searchsorted(codes, owner)
        known = (place < len(codes)) & (codes[np.minimum(place, max(len(codes) - 1, 0))] == owner) if len(codes) else np.zeros(len(owner), bool)
        order = np.flatnonzero(known)[np.lexsort((days[known], place[known]))]
        self.piece = np.searchsorted(place[order], np.arange(len(codes) + 1)).astype(np.int64)
        self.piece_start = days[order].astype(np.float64)
        self.own = np.concatenate([column[order] for column in columns]) if columns else np.empty(0)
        self.names = (*self.names, *own)
        self.known_until = min(self.known_until, day_number(until, "until") + 1.0)

    def __len__(self) -> int:
        return len(self.start)

    def __repr__(self) -> str:
        return f"Histories({len(self)} customers, {len(self.occasion)} repeat occasions, covariates {list(self.names)})"

    def _pieces(self) -> tuple[Any, ...]:
        """What went on, in the order of the raw layer."""
        return (self.calendar_start, self.calendar, self.piece, self.piece_start, self.own, float(self.known_until))

    def _past(self) -> tuple[Any, ...]:
        return (self.start, self.end, self.first, self.occasion)

    def _check_horizon(self, days: float) -> None:
        """The covariates are known for so many days after the observation end, which may be infinitely many."""
        known = float(self.known_until - self.end.max()) if self.names and len(self.end) else np.inf
        if known <= 0.0 or days <= known + 1e-9 * (1.0 + known):  # the library refuses what is not known until the end
            return
        (last,) = _columns.as_dates(np.array([int(self.known_until) - 1]))
        said = "days is missing in the terms" if days == np.inf else f"days of the terms is {days:g}"
        raise ArgumentError(
            f"{said}; the covariates are known until {last}: give at most days={known:g}, or histories.lasting(), under which the last ones "
            "hold for ever"
        )

    def _check(self, model: Any) -> Floats:
        """The raw model, when it is one for these covariates."""
        raw: Floats = model._raw()
        if model._family != 1:
            raise ArgumentError(f"covariates that change with time are for ParetoNBD; this is {type(model).__name__}")
        if model.covariates_ != self.names:
            raise ArgumentError(f"the model has the covariates {list(model.covariates_)}; the histories have {list(self.names)}")
        return raw

    def lasting(self) -> Histories:
        """The same customers, the last known covariates lasting for ever: what is said of days beyond ``until``, who asks for lifetime
        values without end, or for the next order however late, takes upon himself.

        Returns
        -------
        Histories
        """
        return self._but(known_until=np.inf)

    def _but(self, **changes: Any) -> Histories:
        other = object.__new__(Histories)
        other.__dict__.update(self.__dict__ | changes)
        return other

    def summary(self) -> Any:
        """The same customers as models without time see them: a table with customer, ``frequency``, ``t_x``, ``T``, ``unit_days``."""
        count = np.diff(self.first)
        last = np.where(count > 0, self.occasion[np.maximum(self.first[1:] - 1, 0)] if len(self.occasion) else 0.0, self.start)
        columns = {
            "frequency": count.astype(np.float64),
            "t_x": (last - self.start) / self.unit_days,
            "T": (self.end - self.start) / self.unit_days,
            "unit_days": np.full(len(self), self.unit_days),
        }
        table: dict[str, Any] = {"customer": self.customer}
        table.update({name: self.kind.column(name, column) for name, column in columns.items()})
        return self.kind.table(table)

    def tracking(self, model: Any, edges: Any, **run: Unpack[Run]) -> Floats:
        """Repeat occasions to be expected from all customers in each period: the curve to hold against what happened.

        Parameters
        ----------
        model : ParetoNBD
            With the same covariates.
        edges : column
            Days on which periods begin, ascending: n periods have n + 1.

        Returns
        -------
        ndarray
            Sums over customers, who are known by their first purchase and covariates only.
        """
        days = _days_of(_dates_of_texts(edges, "edges"), "edges", None, {}, numbers=True).astype(np.float64)
        raw = self._check(model)
        expected = np.empty(max(len(days) - 1, 0))
        _retain.btyd_dynamic_tracking(context(run), raw, self.start, self.end, None, self.unit_days, *self._pieces(), days, expected)
        return expected

    def simulate(self, model: Any, *, seed: int, **run: Unpack[Run]) -> tuple[Histories, Floats]:
        """Draws what these customers would have bought, from first purchase to observation end.

        Returns
        -------
        Histories
            The same customers with other occasions, on days with a fraction.
        ndarray
            1 for those who are alive at the end, else 0.
        """
        chosen = _columns.whole(seed, "seed")
        if not 0 <= chosen < 2**64:
            raise ArgumentError(f"seed is {chosen}; it must lie in [0, 2^64 - 1]")
        raw = self._check(model)
        first, alive = np.empty(len(self) + 1, dtype=np.int64), np.empty(len(self))
        what = (context(run), raw, self.start, self.end, self.unit_days, *self._pieces(), chosen)
        occasion = np.empty(_retain.btyd_dynamic_simulate(*what, first, None, None)["occasions"])
        _retain.btyd_dynamic_simulate(*what, first, occasion, alive)
        return self._but(first=first, occasion=occasion), alive
