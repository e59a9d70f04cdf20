"""When customers come back: Kaplan-Meier curves, quantiles, gaps and the comparison of groups, of :mod:`retain.repeat`."""

from __future__ import annotations

import dataclasses
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Floats
from ._groups import Groups
from ._run import Run, context
from .calendar import day_number
from .errors import ArgumentError
from .orders import Log, _counting, as_log

_SINCE = {"first": 0, "previous": 1, "all": 2}
_INTERVALS = {"log-log": 0, "log": 1, "plain": 2}


def _table(log: Log, columns: dict[str, NDArray[Any]]) -> Any:
    return log.kind.table({name: log.kind.column(name, values) for name, values in columns.items()})


def _positive_days(value: Any, name: str) -> int:
    days = _columns.whole(value, name)
    if not 1 <= days < 2**63:
        raise ArgumentError(f"{name} is {days}; it must be positive")
    return days


def _clock(since: Any, occasion: Any, level: Any, interval: Any) -> tuple[int, int, float, int]:
    k = _columns.whole(occasion, "occasion")
    if not 2 <= k < 2**63:
        raise ArgumentError(f"occasion is {k}; it must be at least 2, the second")
    return (
        _columns.choice(since, "since", _SINCE),
        k,
        _columns.level(level),
        _columns.choice(interval, "interval", _INTERVALS),
    )


def curve(
    log: Any,
    observation_end: Any,
    *,
    since: str = "first",
    occasion: int = 2,
    level: float = 0.95,
    interval: str = "log-log",
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """The share of customers who are back, day by day: the Kaplan-Meier curve.

    Parameters
    ----------
    log, observation_end, level, occasion_days, count_zero_orders
        As for :func:`summary`.
    since : {"first", "previous", "all"}
        Days from the first occasion to the k-th; from the (k - 1)-th to the k-th, of customers who got that far; or all gaps of all
        customers.
    occasion : int
        k, at least 2. Not used for all gaps.
    interval : {"log-log", "log", "plain"}
        Scale on which intervals are symmetric. Log-log holds in small samples; R's survfit has "log" by default.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, one row per number of days on which somebody came back: ``days``, ``at_risk`` (durations at least that
        long), ``events`` (those that ended then), ``share`` back by then, and its limits ``low`` and ``high``, NaN where share is
        1.

    Notes
    -----
    E. L. Kaplan, P. Meier, JASA 53 (1958); variance by Greenwood. At equal lengths coming back precedes censoring.

    Examples
    --------
    >>> log = {"customer": [1, 1, 2, 2, 3], "date": [0, 20, 5, 95, 300], "value": [1.0] * 5}
    >>> curve(log, 400)["share"]
    [0.3333333333333333, 0.6666666666666666]
    """
    log = as_log(log)
    names = ("days", "at_risk", "events", "share", "low", "high")
    points = min(len(log), int(log.day.max()) - int(log.day.min()) + 1) if len(log) else 0  # at most one a day
    columns = [np.empty(points) for _ in names]
    count = _retain.repeat_time_curve(
        context(run),
        *log.columns(),
        day_number(observation_end, "observation_end"),
        *_counting(occasion_days, count_zero_orders),
        *_clock(since, occasion, level, interval),
        *columns,
    )["count"]
    return _table(log, {name: values[:count].copy() for name, values in zip(names, columns)})


def within(
    log: Any,
    observation_end: Any,
    days: Any = (30, 60, 90, 180, 365),
    *,
    since: str = "first",
    occasion: int = 2,
    level: float = 0.95,
    interval: str = "log-log",
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """Share of customers who are back within so many days, read off the curve.

    Parameters
    ----------
    log, observation_end, since, occasion, level, interval, occasion_days, count_zero_orders
        As for :func:`curve`.
    days : column
        Numbers of days, in any order.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, row by row: ``days``, ``share``, ``low``, ``high``, and ``at_risk``, the durations at least that long.
        NaN when none was observed that long; limits NaN also while share is 0 or 1.
    """
    log = as_log(log)
    asked = _columns.floats(days, "days")
    names = ("share", "low", "high", "at_risk")
    columns = [np.empty(len(asked)) for _ in names]
    _retain.repeat_time_within(
        context(run),
        *log.columns(),
        day_number(observation_end, "observation_end"),
        *_counting(occasion_days, count_zero_orders),
        *_clock(since, occasion, level, interval),
        asked,
        *columns,
    )
    return _table(log, {"days": asked, **dict(zip(names, columns))})


def quantiles(
    log: Any,
    observation_end: Any,
    shares: Any = (0.25, 0.5, 0.75),
    *,
    since: str = "first",
    occasion: int = 2,
    level: float = 0.95,
    interval: str = "log-log",
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Any:
    """Days until such a share of customers is back: quantiles of the curve, 0.5 for the median.

    Parameters
    ----------
    log, observation_end, since, occasion, level, interval, occasion_days, count_zero_orders
        As for :func:`curve`.
    shares : column
        In (0, 1).
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, row by row: ``share``, ``days`` (NaN when that share was never reached), and the limits ``low`` and
        ``high`` of R. Brookmeyer and J. Crowley, Biometrics 38 (1982), NaN where not reached.

    Examples
    --------
    >>> log = {"customer": [1, 1, 2, 2, 3], "date": [0, 20, 5, 95, 300], "value": [1.0] * 5}
    >>> quantiles(log, 400, [0.5, 0.9])["days"]
    [90.0, nan]
    """
    log = as_log(log)
    asked = _columns.floats(shares, "shares")
    names = ("days", "low", "high")
    columns = [np.empty(len(asked)) for _ in names]
    _retain.repeat_time_quantiles(
        context(run),
        *log.columns(),
        day_number(observation_end, "observation_end"),
        *_counting(occasion_days, count_zero_orders),
        *_clock(since, occasion, level, interval),
        asked,
        *columns,
    )
    return _table(log, {"share": asked, **dict(zip(names, columns))})


def gaps(
    log: Any, observation_end: Any, *, occasion_days: int = 1, count_zero_orders: bool = False, **run: Unpack[Run]
) -> Any:
    """The rhythm of every customer: days between occasions.

    Means of closed gaps alone are short: take them for what a customer's rhythm was like so far, compare ``days_since_last`` with
    them, and take the distribution over customers from :func:`curve` with ``since="all"``.

    Parameters
    ----------
    log, observation_end, occasion_days, count_zero_orders
        As for :func:`summary`.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    table
        Of the log's kind, ascending by customer: the id under its own name, ``gaps`` (occasions − 1), their ``mean``, ``median``,
        ``sd`` (divided by gaps − 1) and ``longest``, NaN where there are too few, and ``days_since_last``, the gap still open.

    Examples
    --------
    >>> gaps({"customer": ["a", "a", "b", "a"], "date": [0, 10, 3, 30], "value": [1.0] * 4}, 40)["mean"]
    [15.0, nan]
    """
    log = as_log(log)
    names = ("gaps", "mean", "median", "sd", "longest", "days_since_last")
    rows = len(log) if log.keys.values is None else len(log.keys.values)  # at most so many customers
    customer, columns = np.empty(rows, dtype=np.int64), [np.empty(rows) for _ in names]
    count = _retain.repeat_time_gaps(
        context(run),
        *log.columns(),
        day_number(observation_end, "observation_end"),
        *_counting(occasion_days, count_zero_orders),
        customer,
        *columns,
    )["count"]
    table: dict[str, Any] = {log.names["customer"]: log.keys.give(customer[:count].copy(), log.kind)}
    for name, values in zip(names, columns):
        table[name] = log.kind.column(name, values[:count].copy())
    return log.kind.table(table)


@dataclasses.dataclass(frozen=True)
class Regularity:
    """How regular customers are, all together.

    Attributes
    ----------
    k : float
        Regularity, the shape of the gaps: 1 is buying at random, 2 and more are even gaps, below 1 are bursts. NaN without pairs.
    standard_error : float
        Of k, customers being the units; NaN for fewer than two of them.
    low, high : float
        Limits of k, symmetric in its logarithm.
    variance : float
        Mean of (M − 1/2)², M being the share of the first gap in both of a pair.
    pairs : float
        Pairs of successive gaps; a gap is in one pair at most.
    customers : float
        Customers with at least two closed gaps.
    """

    k: float
    standard_error: float
    low: float
    high: float
    variance: float
    pairs: float
    customers: float


def regularity(
    log: Any,
    observation_end: Any,
    *,
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Regularity:
    """Do customers buy at random, or regularly? The estimate of Wheat and Morrison.

    Of two successive gaps the first is half of their sum on average; how far from half it strays tells how regular customers are, and
    everybody's own pace cancels: with v the mean of (M − 1/2)², k = (1 − 4 v) / (8 v).

    Parameters
    ----------
    log, observation_end, occasion_days, count_zero_orders
        As for :func:`summary`.
    level : float
        Two-sided level of the limits, in (0, 1).
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Notes
    -----
    Source: R. D. Wheat, D. G. Morrison, "Estimating purchase regularity with two interpurchase times", Journal of Marketing Research
    27 (1990). Where k is well above 1, :class:`retain.MBGCNBD` fits better than :class:`retain.MBGNBD`.

    Examples
    --------
    >>> found = regularity({"customer": ["a"] * 3 + ["b"] * 3, "date": [0, 7, 14, 1, 8, 17], "value": [1.0] * 6}, 20)
    >>> found.pairs, round(found.variance, 6), round(found.k, 1)
    (2.0, 0.001953, 63.5)
    """
    log = as_log(log)
    record = _retain.repeat_time_regularity(
        context(run),
        *log.columns(),
        day_number(observation_end, "observation_end"),
        *_counting(occasion_days, count_zero_orders),
        _columns.level(level),
    )
    return Regularity(**record)


@dataclasses.dataclass(frozen=True, eq=False)
class Comparison:
    """Do groups of customers come back equally fast?

    Attributes
    ----------
    chi_squared : float
        The log-rank statistic; NaN when fewer than two groups could have come back.
    degrees : int
        Its degrees of freedom.
    p_value : float
        Probability of a statistic at least as large, were all groups alike.
    groups : table
        Of the log's kind, one row per group: ``group``, ``customers``, ``events`` (came back), ``expected`` (would have, were all
        groups alike), ``share`` back within the horizon and ``median_days``, each with its limits.
    """

    chi_squared: float
    degrees: int
    p_value: float
    groups: Any


def compare(
    log: Any,
    observation_end: Any,
    by: Any,
    *,
    since: str = "first",
    occasion: int = 2,
    days: int = 90,
    level: float = 0.95,
    interval: str = "log-log",
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Comparison:
    """Do groups of customers come back equally fast? The log-rank test, and the figures of each group.

    Parameters
    ----------
    log, observation_end, occasion, level, interval, occasion_days, count_zero_orders
        As for :func:`curve`.
    by : str, mapping, table or Series
        The label of each customer with an occasion, at most 1024 labels, as for :func:`retain.cohort.cells`: name of a column of the
        log, whose value at the customer's first order counts; label by customer; a table of two columns; or a pandas Series by
        customer. Take an attribute that is settled at the first occasion (channel, first product, country): one that depends on what
        came later compares nothing.
    since : {"first", "previous"}
        As for :func:`curve`, one duration a customer.
    days : int
        H of ``share``.
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    Comparison

    Raises
    ------
    DataError
        For a customer without a label.

    Notes
    -----
    N. Mantel, Cancer Chemotherapy Reports 50 (1966); R. Peto, J. Peto, JRSS A 135 (1972). The test weighs all days alike; curves
    that cross may give no difference.

    Examples
    --------
    >>> log = {"customer": ["a", "a", "b", "c", "c", "d"], "date": [0, 5, 1, 2, 50, 3], "value": [1.0] * 6}
    >>> found = compare(log, 60, {"a": "ad", "b": "shop", "c": "ad", "d": "shop"})
    >>> found.groups["group"], found.groups["events"], found.degrees
    (['ad', 'shop'], [2.0, 0.0], 1)
    """
    log = as_log(log)
    if since == "all":
        raise ArgumentError("since is 'all'; groups are compared by one duration a customer, 'first' or 'previous'")
    end = day_number(observation_end, "observation_end")
    groups = Groups.of(log, by, end, count_zero_orders)
    names = (
        "customers",
        "events",
        "expected",
        "share",
        "share_low",
        "share_high",
        "median_days",
        "median_low",
        "median_high",
    )
    columns: list[Floats] = [np.empty(len(groups)) for _ in names]
    with groups.naming():
        found = _retain.repeat_time_compare(
            context(run),
            *log.columns(),
            *groups.columns(),
            end,
            *_counting(occasion_days, count_zero_orders),
            *_clock(since, occasion, level, interval),
            _positive_days(days, "days"),
            *columns,
        )
    table: dict[str, Any] = {"group": groups.give(np.arange(len(groups)), log.kind)}
    for name, values in zip(names, columns):
        table[name] = log.kind.column(name, values)
    return Comparison(found["chi_squared"], int(found["degrees"]), found["p_value"], log.kind.table(table))
