"""Cohort tables of any layout: what :mod:`retain.cohort` shows as ``cells``."""

from __future__ import annotations

import dataclasses
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Floats, Ints, Kind
from ._groups import Groups, _take_apart, naming
from ._run import Run, context
from .calendar import day_number
from .crr import edges_for
from .errors import ArgumentError
from .orders import Log, _counting, as_log, first

_KINDS = {"period": 0, "unbounded": 1, "bracket": 2}
_ROWS = {"period": 0, "group": 1, "both": 2, "all": 3}
_AXES = {"age": 0, "calendar": 1, "rolling": 2}
_OUTCOMES = ("none", "reached", "open", "missed")
_MEASURES = (
    "exposed",
    "active",
    "repeat",
    "orders",
    "occasions",
    "gross",
    "refunds",
    "net",
    "margin",
    "value",
    "value_error",
    "value_low",
    "value_high",
    "cumulative",
    "cumulative_low",
    "cumulative_high",
)


@dataclasses.dataclass(frozen=True, eq=False)
class Share:
    """Fractions with their interval.

    Attributes
    ----------
    rate : ndarray
        NaN where nobody is exposed.
    customers : ndarray
        The denominators.
    low, high : ndarray
        Wilson limits.
    """

    rate: Floats
    customers: Floats
    low: Floats
    high: Floats


@dataclasses.dataclass(frozen=True, eq=False)
class Cells:
    """A cohort table. Arrays have one row per cohort and one column per age or period; NaN where nobody is exposed.

    Attributes
    ----------
    customers : ndarray, shape (rows,)
        Customers of each row so far, exposed or not; NaN for a period that has not begun.
    exposed : ndarray
        Customers of the row whose window is over: the denominator of every cell. Never NaN.
    active : ndarray
        Of these, with an occasion in the window (or later, with kind "unbounded").
    repeat : ndarray
        Of these, with two occasions or more in the window.
    orders, occasions : ndarray
        What they placed there.
    gross, refunds, net : ndarray
        Their money before refunds, the refunds (zero or less, on the order they belong to), and both together.
    margin : ndarray
        Sum of margin × net.
    value : ndarray
        margin / exposed: what an acquired customer brings in this cell.
    value_error : ndarray
        Standard error of value.
    value_low, value_high : ndarray
        Limits of value by the bootstrap; NaN without replicates, and below two active customers.
    cumulative : ndarray
        Sum of value over the cells up to this one: what an acquired customer has brought so far.
    cumulative_low, cumulative_high : ndarray
        Its limits.
    complete : ndarray of bool
        Somebody is exposed, and all of the row so far are.
    starts : ndarray or None
        First day of each acquisition period, where rows are periods.
    groups : ndarray or None
        Label of each group, where rows are groups. Rows by both are group by group.
    columns : ndarray
        First age of each column, or first day of each calendar period.
    axis : str
        "age", "calendar" or "rolling".
    ages : ndarray or None
        The age edges that were given.
    level : float
        Two-sided level of the intervals of money.
    """

    customers: Floats
    exposed: Floats
    active: Floats
    repeat: Floats
    orders: Floats
    occasions: Floats
    gross: Floats
    refunds: Floats
    net: Floats
    margin: Floats
    value: Floats
    value_error: Floats
    value_low: Floats
    value_high: Floats
    cumulative: Floats
    cumulative_low: Floats
    cumulative_high: Floats
    complete: NDArray[np.bool_]
    starts: NDArray[Any] | None
    groups: Any
    columns: NDArray[Any]
    axis: str
    ages: Ints | None
    level: float
    kind: Kind = dataclasses.field(default_factory=Kind, repr=False)

    def _counts(self, what: str) -> Floats:
        _columns.choice(what, "what", {"active": 0, "repeat": 1})
        counts: Floats = getattr(self, what)
        return np.ascontiguousarray(counts.reshape(-1))

    def share(self, what: str = "active", level: float = 0.95) -> Share:
        """active / exposed (or repeat / exposed), cell by cell, with Wilson intervals.

        Parameters
        ----------
        what : {"active", "repeat"}
            The numerator.
        level : float
            Two-sided level of the interval, in (0, 1).
        """
        numbers = [np.empty(self.exposed.size) for _ in range(3)]
        exposed = np.ascontiguousarray(self.exposed.reshape(-1))
        _retain.cohort_share(None, exposed, self._counts(what), _columns.level(level), *numbers)
        rate, low, high = (values.reshape(self.exposed.shape) for values in numbers)
        return Share(rate, self.exposed, low, high)

    def overall(self, what: str = "active", level: float = 0.95) -> Share:
        """The average row: sum of active over sum of exposed, column by column.

        For the average of money with its interval ask for ``cells(..., rows="all")``.
        """
        columns = self.exposed.shape[1]
        numbers = [np.empty(columns) for _ in range(4)]
        exposed = np.ascontiguousarray(self.exposed.reshape(-1))
        _retain.cohort_overall(None, exposed, self._counts(what), columns, _columns.level(level), *numbers)
        return Share(*numbers)

    def _labels(self, rows: NDArray[np.intp]) -> dict[str, Any]:
        """The columns that say what these rows are."""
        periods = len(self.starts) if self.starts is not None else 1
        labels: dict[str, Any] = {}
        if self.groups is not None:
            labels["group"] = self.kind.column("group", np.asarray(self.groups)[rows // periods])
        if self.starts is not None:
            labels["cohort"] = self.kind.column("cohort", self.starts[rows % periods])
        return labels

    def table(self, level: float = 0.95) -> Any:
        """All cells to which somebody is exposed, one row each, as a table of the log's kind.

        Returns
        -------
        table
            ``group`` and ``cohort`` (first day of the acquisition period), as far as rows have them; ``age`` or ``period``;
            ``customers``; every measure; ``retention``, ``low``, ``high``: active / exposed with its interval.
        """
        rates = self.share(level=level)
        r, j = np.nonzero(self.exposed > 0.0)
        columns = {
            "period" if self.axis == "calendar" else "age": self.columns[j],
            "customers": self.customers[r],
            **{name: getattr(self, name)[r, j] for name in _MEASURES},
            "retention": rates.rate[r, j],
            "low": rates.low[r, j],
            "high": rates.high[r, j],
            "complete": self.complete[r, j],
        }
        return self.kind.table(
            {**self._labels(r), **{name: self.kind.column(name, values) for name, values in columns.items()}}
        )

    def triangle(self, what: str = "retention", level: float = 0.95) -> Any:
        """One row per cohort, one column per age or period, as a table of the log's kind.

        Parameters
        ----------
        what : str
            "retention", or any measure: "active", "exposed", "net", "value", "cumulative" ...
        level : float
            Not used but for retention.

        Returns
        -------
        table
            ``group`` and ``cohort`` as far as rows have them, ``customers``, and the columns by their first age or day.
        """
        _columns.choice(what, "what", dict.fromkeys(("retention", *_MEASURES), 0))
        matrix = self.share(level=level).rate if what == "retention" else getattr(self, what)
        rows = np.arange(len(self.customers))
        table = {**self._labels(rows), "customers": self.kind.column("customers", self.customers)}
        for j, name in enumerate(map(str, self.columns)):
            table[name] = self.kind.column(name, matrix[:, j].copy())
        return self.kind.table(table)

    def payback(self, cost: Any) -> Any:
        """At which age each row has earned back what acquiring a customer cost.

        Parameters
        ----------
        cost : number or column
            Cost of acquiring one customer: of every row, or row by row; NaN where it is not known.

        Returns
        -------
        table
            Of the log's kind, one row per cohort: ``group`` and ``cohort`` as far as rows have them, ``customers``, ``cost``,
            ``payback`` (by the end of this age the customers have paid back; NaN when they have not), and ``outcome``:
            "reached", "open" (later columns are not over), "missed" (all are), or "none" (cost not known, or no value).
        """
        rows = len(self.customers)
        costs = _columns.floats(cost, "cost")
        if isinstance(_columns.kind_of(cost), _columns.NumberKind):
            costs = np.full(rows, costs[0])
        if len(costs) != rows:
            raise ArgumentError(f"cost has {len(costs)} rows; it must have {rows}, one per row of the table")
        payback, outcome = np.empty(rows), np.empty(rows, dtype=np.uint8)
        cells = np.ascontiguousarray(self.cumulative.reshape(-1))
        _retain.cohort_payback(None, cells, self.ages, costs, payback, outcome)
        columns = {"customers": self.customers, "cost": costs, "payback": payback, "outcome": np.array(_OUTCOMES)[outcome]}
        return self.kind.table(
            {**self._labels(np.arange(rows)), **{name: self.kind.column(name, values) for name, values in columns.items()}}
        )


def _margins(log: Log, margin: Any) -> tuple[float, Ints | None, Floats | None]:
    """One margin for all, or one for each customer. The library reads 0 as "the default", so a 0 becomes a column."""
    if isinstance(_columns.kind_of(margin), _columns.NumberKind):
        share = _columns.number(margin, "margin")
        if share != 0.0:
            return share, None, None
        customers = np.unique(log.customer)
        return 1.0, customers, np.zeros(len(customers))
    ids, values, what = _take_apart(log, margin, "margin", None)
    customers, first, _ = _columns.once(log.keys.find(ids, f"margin.{log.names['customer']}"), f"margin.{log.names['customer']}")
    return 1.0, customers, np.ascontiguousarray(_columns.floats(values, what)[first])


class _Layout:
    """Rows and columns of a table, as the raw layer takes them."""

    def __init__(
        self,
        log: Log,
        end: int,
        by: Any,
        rows: str | None,
        columns: str,
        ages: Any,
        edges: Any,
        periods: dict[str, Any],
        count_zero_orders: bool,
    ) -> None:
        rows = ("period" if by is None else "group") if rows is None else rows
        self.log = log
        self.codes = _columns.choice(rows, "rows", _ROWS), _columns.choice(columns, "columns", _AXES)
        if (by is not None) != (rows in ("group", "both")):
            raise ArgumentError(f"rows is {rows!r}; it must be 'group' or 'both' where by is given, and only there")
        self.by_period = rows in ("period", "both")
        self.groups = Groups.of(log, by, end, count_zero_orders) if by is not None else None
        self.ages = _columns.ints(ages, "ages") if ages is not None else None
        self.starts: Ints | None = None
        if self.by_period or columns != "rolling":
            self.starts = edges_for(log, end, edges, periods)

    def columns(self) -> tuple[Any, ...]:
        return (*self.codes, self.starts, self.ages, *(self.groups.columns() if self.groups is not None else (None, None, 0)))

    def row(self, label: Any, name: str) -> int:
        """Number of the row with this label: a group's, the day on which a period begins (or any day in it), or both."""
        parts = list(label) if self.groups is not None and self.by_period else [label]
        number = 0
        if self.groups is not None:
            labels = np.asarray(self.groups.labels).tolist()
            if parts[0] not in labels:
                raise ArgumentError(f"{name} is {label!r}; there is no group {parts[0]!r}")
            number = labels.index(parts[0])
        if self.by_period and self.starts is not None:
            day = day_number(parts[-1], name)
            period = int(np.searchsorted(self.starts, day, side="right")) - 1
            if not 0 <= period < len(self.starts) - 1:
                first, end = self.log.give_days(np.array([self.starts[0], self.starts[-1]], dtype=np.int64))
                raise ArgumentError(
                    f"{name} is {label!r}; it must lie in one of the periods, from {first} to before {end} "
                    "(rows are named by a day, not by number)"
                )
            number = number * (len(self.starts) - 1) + period
        return number


def cells(
    log: Any,
    observation_end: Any,
    *,
    by: Any = None,
    rows: str | None = None,
    columns: str = "age",
    ages: Any = None,
    edges: Any = None,
    period: str = "month",
    step: int = 1,
    first_weekday: str | int = "monday",
    calendar: str = "gregorian",
    kind: str = "period",
    count_running: bool = False,
    margin: Any = 1.0,
    replicates: int = 0,
    seed: int = 0,
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Cells:
    """A cohort table of any layout: customers, orders and money by acquisition period, group, or both, and by age or period.

    Parameters
    ----------
    log : Log or table
        The orders.
    observation_end : date-like
        Last day observed, itself included. A customer is exposed to a cell when its window is over by then.
    by : str, mapping, table or Series, optional
        A group for every customer with an occasion (country, channel, first product): name of a column of the log, whose value at
        the customer's first order counts (:func:`retain.orders.first`); label by customer; a table of two columns; or a pandas
        Series of labels with the customers as index.
    rows : {"period", "group", "both", "all"}, optional
        What a row is: by default the acquisition period, or the group where `by` is given. "all" is one row, the average of every
        other table; for money it is the way to an average with an interval.
    columns : {"age", "calendar", "rolling"}
        What a column is: periods since acquisition, calendar periods (the "layer cake"), or days since each customer's own first
        order, between the edges in `ages`.
    ages : column of whole numbers, optional
        Edges of the columns, n + 1 for n columns: in days for "rolling" (``[0, 1, 31, 61]``: the first day, days 1 to 30, days 31
        to 60), in periods for "age", where by default each age stands by itself.
    edges, period, step, first_weekday, calendar
        The periods, as for :func:`retain.cohort.active`.
    kind : {"period", "unbounded", "bracket"}
        What active means: an occasion in exactly that window; in it or later (biased down in the latest ones); bracket is another
        name for the first, with uneven `ages`.
    count_running : bool
        Windows that have only begun count too, with what lies in them so far. For money that adds up; take rates without it.
    margin : number, mapping, table or Series
        Share of net money that is profit: one for all, or one per customer, as in `by`.
    replicates : int
        Of the bootstrap for the intervals of money: 1000 are plenty; 0 means no intervals.
    seed : int
        Of the bootstrap: the same seed gives the same intervals, whatever the order of rows or the number of threads.
    level : float
        Two-sided level of these intervals, in (0, 1).
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    Cells

    Raises
    ------
    DataError
        For a bad row, a customer outside the edges, or one without a group or margin.

    Examples
    --------
    >>> log = {"customer": ["ann", "bob", "ann"], "date": ["2024-01-05", "2024-01-20", "2024-02-10"], "value": [10.0, 5.0, 8.0]}
    >>> table = cells(log, "2024-03-31", rows="all", columns="rolling", ages=[0, 1, 31, 61])
    >>> table.active, table.exposed, table.cumulative
    (array([[2., 0., 1.]]), array([[2., 2., 2.]]), array([[ 7.5,  7.5, 11.5]]))
    """
    log = as_log(log)
    end = day_number(observation_end, "observation_end")
    periods = {"period": period, "step": step, "first_weekday": first_weekday, "calendar": calendar}
    layout = _Layout(log, end, by, rows, columns, ages, edges, periods, count_zero_orders)
    starts, groups, age_edges = layout.starts, layout.groups, layout.ages
    made = _retain.cohort_shape(context(run), *layout.columns())
    shape = made["rows"], made["columns"]
    share, whose, margins = _margins(log, margin)
    customers = np.empty(shape[0])
    measures = [np.empty(shape[0] * shape[1]) for _ in _MEASURES]
    complete = np.empty(shape[0] * shape[1], dtype=np.uint8)
    with naming(log):
        _retain.cohort_cells(
            context(run),
            *log.columns(),
            end,
            *layout.columns(),
            *_counting(occasion_days, count_zero_orders),
            _columns.choice(kind, "kind", _KINDS),
            _columns.yes_or_no(count_running, "count_running"),
            share,
            whose,
            margins,
            _columns.whole(replicates, "replicates"),
            _columns.whole(seed, "seed"),
            _columns.level(level),
            customers,
            *measures,
            complete,
        )
    if columns == "calendar" and starts is not None:
        heads = log.give_days(starts[:-1])
    else:
        heads = age_edges[:-1] if age_edges is not None else np.arange(shape[1], dtype=np.int64)
    return Cells(
        customers=customers,
        complete=complete.reshape(shape).astype(np.bool_),
        starts=log.give_days(starts[:-1]) if starts is not None and layout.by_period else None,
        groups=groups.labels if groups is not None else None,
        columns=heads,
        axis=columns,
        ages=age_edges,
        level=float(level),
        kind=log.kind,
        **{name: values.reshape(shape) for name, values in zip(_MEASURES, measures)},
    )


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Two rows of a cohort table beside each other.

    Attributes
    ----------
    exposed : tuple of float
        Customers of each row who are exposed to the column.
    value : tuple of float
        What they brought each, margin × net, in this column and those before it.
    difference, low, high : float
        The first less the second, and its interval by the bootstrap; NaN below two customers in a row.
    money_p_value : float
        Two-sided p of the permutation test.
    customers, returned, expected : tuple of float
        Customers of each row, those of them who came back, and those who would have if both rows were alike.
    chi_squared, return_p_value : float
        Log-rank test of the time to the second occasion, one degree of freedom; NaN when nobody came back.
    column : int
        Money is that of the columns of the table up to this one.
    """

    exposed: tuple[float, float]
    value: tuple[float, float]
    difference: float
    low: float
    high: float
    money_p_value: float
    customers: tuple[float, float]
    returned: tuple[float, float]
    expected: tuple[float, float]
    chi_squared: float
    return_p_value: float
    column: int


def compare(
    log: Any,
    observation_end: Any,
    row: Any,
    other: Any,
    column: int | None = None,
    *,
    by: Any = None,
    rows: str | None = None,
    columns: str = "age",
    ages: Any = None,
    edges: Any = None,
    period: str = "month",
    step: int = 1,
    first_weekday: str | int = "monday",
    calendar: str = "gregorian",
    margin: Any = 1.0,
    replicates: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Comparison:
    """Do two cohorts come back equally fast, and are they worth the same?

    Parameters
    ----------
    log : Log or table
        The orders.
    observation_end : date-like
        Last day observed, itself included.
    row, other : label
        Two rows of the table: labels of groups, days in acquisition periods, or pairs of both with rows="both".
    column : int, optional
        Money is that of the columns up to this one; from the end when negative. By default the last one to which customers of both
        rows are exposed: of two acquisition periods the younger has not reached the last ages.
    by, rows, columns, ages, edges, period, step, first_weekday, calendar, margin
        The table and what is counted, as for :func:`cells`.
    replicates, seed, level
        Of the permutation test and of the bootstrap; 0 replicates mean neither.
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    Comparison

    Notes
    -----
    The permutation test deals the customers of both rows out again and compares Welch's t (Janssen 1997); the log-rank test is
    Mantel's (1966), in which customers who are still waiting count as censored.

    Examples
    --------
    >>> log = {"customer": [1, 2, 3, 4], "date": [0, 0, 0, 0], "value": [5.0, 7.0, 1.0, 3.0]}
    >>> found = compare(log, 40, "A", "B", by={1: "A", 2: "A", 3: "B", 4: "B"}, columns="rolling", ages=[0, 31])
    >>> found.value, found.difference
    ((6.0, 2.0), 4.0)
    """
    log = as_log(log)
    end = day_number(observation_end, "observation_end")
    periods = {"period": period, "step": step, "first_weekday": first_weekday, "calendar": calendar}
    layout = _Layout(log, end, by, rows, columns, ages, edges, periods, count_zero_orders)
    last = -1
    if column is not None:
        last = _columns.whole(column, "column")
        if last < 0:
            last += _retain.cohort_shape(context(run), *layout.columns())["columns"]
        if last < 0:
            raise ArgumentError(f"column is {column}; the table has {last - column} columns")
    with naming(log):
        found = _retain.cohort_compare(
            context(run),
            *log.columns(),
            end,
            *layout.columns(),
            layout.row(row, "row"),
            layout.row(other, "other"),
            last,
            *_counting(occasion_days, count_zero_orders),
            *_margins(log, margin),
            _columns.whole(replicates, "replicates"),
            _columns.whole(seed, "seed"),
            _columns.level(level),
        )
    fields: dict[str, Any] = {name: tuple(value) if np.ndim(value) else value for name, value in found.items()}
    return Comparison(**fields)
