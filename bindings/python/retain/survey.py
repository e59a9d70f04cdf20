"""Are customers content, and does it show in what they do?

Scores in, one per response; figures out, each with its number of responses and its interval. ``by`` says the group of each response
(month, cohort, segment, anything): one call gives every group and the total.

>>> from retain import survey
>>> found = survey.nps([10, 9, 7, 3, 10, 8], by=["jan", "jan", "jan", "jan", "feb", "feb"])
>>> found.table()["group"], found.table()["nps"]
(['feb', 'jan'], [0.5, 0.25])
>>> round(found.total["nps"], 3), round(found.total["low"], 3), round(found.total["high"], 3)
(0.333, -0.311, 0.754)

Fractions everywhere: tools show the NPS times 100. Intervals speak of the customers who answer; who does not may think otherwise.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import Any, Unpack

import numpy as np

from . import _columns, _retain
from ._columns import Floats
from ._figures import Figures, Groups
from ._run import Run, context
from ._tables import Table
from .calendar import Zone, _days_of, day_number
from .orders import _counting, as_log
from .rate import map_numbers

__all__ = ["Figures", "Retention", "ces", "csat", "difference", "interval", "nps", "response", "retention"]

_CHOICES = {"first": 0, "last": 1, "each": 2}


def nps(score: Any, by: Any = None, *, level: float = 0.95, **run: Unpack[Run]) -> Figures:
    """Net promoter score: share of 9 and 10 less share of 0 to 6.

    Parameters
    ----------
    score : column
        Whole numbers from 0 to 10; anything else is an error that names the row.
    by : column, optional
        Group of each response: ids of any kind.
    level : float
        Two-sided level of the intervals, in (0, 1).
    threads, progress, memory
        How to run: see :class:`retain.Run`.

    Returns
    -------
    Figures
        ``responses``, ``promoters``, ``passives``, ``detractors``, ``nps`` between -1 and 1, and its limits ``low`` and ``high``: the
        score interval of T. Tango, Statistics in Medicine 17 (1998), 891-908, for the difference of two shares of one sample.
    """
    groups = Groups(by, "by")
    columns = groups.outputs(7)
    _retain.survey_nps_groups(
        context(run), _columns.floats(score, "score"), groups.codes, len(groups), _columns.level(level), *columns
    )
    names = ("responses", "promoters", "passives", "detractors", "nps", "low", "high")
    return groups.give(dict(zip(names, columns)))


def interval(promoters: Any, detractors: Any, responses: Any, level: float = 0.95) -> tuple[Any, Any]:
    """Limits of an NPS from counts.

    Examples
    --------
    >>> low, high = interval(2, 1, 4)
    >>> round(low, 3), round(high, 3)
    (-0.505, 0.778)
    """
    counts = {"promoters": promoters, "detractors": detractors, "responses": responses}
    return (
        map_numbers(_retain.survey_nps_low, "low", **counts, level=level),
        map_numbers(_retain.survey_nps_high, "high", **counts, level=level),
    )


def difference(counts: Any, of: Any, *, level: float = 0.95, **run: Unpack[Run]) -> Any:
    """Difference of NPS, row by row: of two groups, of a period and the one before, of a test and its control.

    Where the interval leaves out 0, the two differ by more than chance. They must not share responses.

    Parameters
    ----------
    counts, of : table
        ``promoters``, ``detractors`` and ``responses``: the tables or totals of :func:`nps`. `of` is subtracted.
    level : float
        Two-sided level of the limits, which are made from those of each NPS by square-and-add (G. Y. Zou, A. Donner, Statistics in
        Medicine 27 (2008), 1693-1702).

    Returns
    -------
    table
        Of the kind of `counts`: ``difference``, ``low``, ``high``; NaN where one of the two has no responses.

    Examples
    --------
    >>> before, after = nps([3, 9, 6, 7]), nps([10, 9, 9, 8])
    >>> difference(after.total, before.total)["difference"]
    1.0
    """
    given = [Table(table, name) for table, name in ((counts, "counts"), (of, "of"))]
    names = ("promoters", "detractors", "responses")
    columns = [table.floats(name) for table in given for name in names]
    results = [np.empty(len(columns[0])) for _ in range(3)]
    _retain.survey_nps_difference(context(run), *columns, _columns.level(level), *results)
    kind = given[0].kind
    return kind.table({name: kind.column(name, values) for name, values in zip(("difference", "low", "high"), results)})


def csat(
    score: Any, by: Any = None, *, lowest: int = 1, highest: int = 5, top: int = 2, level: float = 0.95, **run: Unpack[Run]
) -> Figures:
    """Customer satisfaction: the share who gave one of the top scores.

    Parameters
    ----------
    score : column
        Whole numbers from `lowest` to `highest`; anything else is an error that names the row.
    by : column, optional
        Group of each response.
    lowest, highest : int
        The scale.
    top : int
        So many of the highest scores count as satisfied.
    level : float
        Two-sided level of the Wilson intervals.

    Returns
    -------
    Figures
        ``responses``, ``satisfied``, ``csat``, ``low``, ``high``.

    Examples
    --------
    >>> csat([5, 4, 3, 1]).total["csat"]
    0.5
    """
    groups = Groups(by, "by")
    columns = groups.outputs(5)
    _retain.survey_csat(
        context(run),
        _columns.floats(score, "score"),
        groups.codes,
        len(groups),
        float(_columns.whole(lowest, "lowest")),
        float(_columns.whole(highest, "highest")),
        _columns.positive(_columns.whole(top, "top"), "top"),
        _columns.level(level),
        *columns,
    )
    return groups.give(dict(zip(("responses", "satisfied", "csat", "low", "high"), columns)))


def ces(score: Any, by: Any = None, *, lowest: float = 1, highest: float = 7, level: float = 0.95, **run: Unpack[Run]) -> Figures:
    """Customer effort score, or any other score that is averaged: the mean with its t interval.

    Parameters
    ----------
    score : column
        Numbers from `lowest` to `highest`; anything else is an error that names the row.
    by : column, optional
        Group of each response.

    Returns
    -------
    Figures
        ``responses``, ``ces``, ``low``, ``high``; no interval for fewer than two responses, nor when all are alike.

    Examples
    --------
    >>> found = ces([2, 3, 7]).total
    >>> found["ces"], round(found["low"], 3), round(found["high"], 3)
    (4.0, -2.572, 10.572)
    """
    groups = Groups(by, "by")
    columns = groups.outputs(4)
    _retain.survey_ces(
        context(run),
        _columns.floats(score, "score"),
        groups.codes,
        len(groups),
        _columns.number(lowest, "lowest"),
        _columns.number(highest, "highest"),
        _columns.level(level),
        *columns,
    )
    return groups.give(dict(zip(("responses", "ces", "low", "high"), columns)))


def response(responses: Any, invited: Any, *, level: float = 0.95, **run: Unpack[Run]) -> Figures:
    """Response rate: who answered of those who were asked, row by row and in total.

    Parameters
    ----------
    responses, invited : number or column
        Counts, row by row.

    Returns
    -------
    Figures
        ``rate``, ``low``, ``high`` of each row, in the kind of `responses`, and of all.

    Examples
    --------
    >>> found = response([30, 5], [100, 50])
    >>> found.table()["rate"], round(found.total["rate"], 4)
    ([0.3, 0.1], 0.2333)
    """
    kind = _columns.kind_of(responses)
    answered, asked = _columns.floats(responses, "responses"), _columns.floats(invited, "invited")
    columns = [np.empty(len(answered) + 1) for _ in range(3)]
    _retain.survey_response(context(run), answered, asked, _columns.level(level), *columns)
    named = dict(zip(("rate", "low", "high"), columns))
    table = kind.table({name: kind.column(name, values[:-1].copy()) for name, values in named.items()})
    return Figures({name: float(values[-1]) for name, values in named.items()}, table)


@dataclasses.dataclass(frozen=True, eq=False)
class Retention:
    """Who came back, by class of score: arrays with one entry per class, lowest scores first.

    Attributes
    ----------
    classes : tuple of str
        "detractors", "passives", "promoters"; with cuts of one's own, "below 3" and so on.
    counted, returned : ndarray
        Responses that count, and those of them that were followed by an occasion.
    rate, low, high : ndarray
        returned / counted with its Wilson limits.
    difference, difference_low, difference_high : float
        Rate of the highest class less that of the lowest, with the hybrid score interval of R. G. Newcombe, Statistics in Medicine 17
        (1998), 873-890.
    open_responses, repeat_responses : int
        Left out because their days were not over, or because another response of the customer counts.
    strangers : int
        Responses, of all, of customers without a row in the log: they count as not returned. Many of them mean that ids do not match.
    """

    classes: tuple[str, ...]
    counted: Floats
    returned: Floats
    rate: Floats
    low: Floats
    high: Floats
    difference: float
    difference_low: float
    difference_high: float
    open_responses: int
    repeat_responses: int
    strangers: int


def retention(
    responses: Any,
    log: Any,
    observation_end: Any,
    *,
    days: int = 90,
    cuts: Any = None,
    choice: str = "first",
    customer: str = "customer",
    date: str = "date",
    score: str = "score",
    zone: str | dt.tzinfo | Zone | None = None,
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Retention:
    """Do promoters come back more often than detractors?

    For each response: did the customer have an occasion in the `days` days after it, the day itself not counted? Only responses
    whose days are over at the observation end count.

    Parameters
    ----------
    responses : table
        Who answered what and when.
    log : Log or table
        The orders.
    observation_end : date-like
        Last day observed, itself included.
    days : int
        H, the horizon.
    cuts : column, optional
        Ascending: the class of a score is the number of cuts that it reaches. By default 7 and 9.
    choice : {"first", "last", "each"}
        Which responses of a customer count. The earliest by day makes customers independent, and counts nobody twice because he
        came back and was asked again. The last is the latest opinion; that there is no later one may be because the customer left.
        With each, intervals are too narrow.
    customer, date, score : str
        Names of the columns of `responses`.
    zone : str, tzinfo or Zone, optional
        The shop's time zone, for date-times that carry a time zone.
    level : float
        Two-sided level of the intervals.
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.

    Returns
    -------
    Retention

    Examples
    --------
    >>> log = {"customer": ["a", "a", "b"], "date": ["2024-01-01", "2024-03-01", "2024-01-05"], "value": [9.0, 9.0, 9.0]}
    >>> asked = {"customer": ["a", "b"], "date": ["2024-01-10", "2024-01-12"], "score": [10, 2]}
    >>> retention(asked, log, "2024-12-31").rate
    array([ 0., nan,  1.])
    """
    log = as_log(log)
    table = Table(responses, "responses")
    limits = None if cuts is None else _columns.floats(cuts, "cuts")
    columns = [np.empty(3 if limits is None else len(limits) + 1) for _ in range(5)]
    who = log.keys.find(table.raw(customer), f"responses.{customer}")
    found = _retain.survey_retention(
        context(run),
        who,
        _days_of(table.raw(date), f"responses.{date}", zone, {}, numbers=True),
        table.floats(score),
        *log.columns(),
        day_number(observation_end, "observation_end"),
        *_counting(occasion_days, count_zero_orders),
        int(_columns.positive(_columns.whole(days, "days"), "days")),
        limits,
        _columns.choice(choice, "choice", _CHOICES),
        _columns.level(level),
        *columns,
    )
    counted, returned, rate, low, high = columns
    return Retention(
        classes=_class_names(limits),
        counted=counted,
        returned=returned,
        rate=rate,
        low=low,
        high=high,
        difference=found["difference"],
        difference_low=found["difference_low"],
        difference_high=found["difference_high"],
        open_responses=found["open_responses"],
        repeat_responses=found["repeat_responses"],
        strangers=int((~np.isin(who, log.customer)).sum()),
    )


def _class_names(cuts: Floats | None) -> tuple[str, ...]:
    if cuts is None:
        return ("detractors", "passives", "promoters")
    texts = [f"{cut:g}" for cut in cuts]
    return (f"below {texts[0]}", *(f"{a} to below {b}" for a, b in itertools.pairwise(texts)), f"{texts[-1]} and above")
