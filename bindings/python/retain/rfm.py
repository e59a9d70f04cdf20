"""Who are my best customers, who is slipping, and how concentrated is my revenue?

Three **scores** a customer: r from the days since the last occasion (fewer is better), f from occasions, m from revenue. 5 is best
on all three. Scores are quantiles: of n customers, one with `less` below him and `equal` like him (himself included) has the
mid-rank p = (less + equal / 2) / n and the score 1 + floor(5 p), so equal values always get equal scores. The cuts between scores
are kept, to score new customers or a later date by the same measure. The 125 codes (r, f, m) make 11 named **segments**.

>>> from retain import RFM, rfm
>>> customers = {"customer": ["ann", "bob", "cy", "di", "eve"], "days_since_last": [2, 300, 40, 15, 200],
...              "occasions": [9, 1, 3, 6, 7], "revenue": [900.0, 20.0, 150.0, 700.0, 800.0]}
>>> scored = RFM().fit_transform(customers)
>>> scored["r"], scored["f"], scored["m"]
([5, 1, 3, 4, 2], [5, 1, 2, 3, 4], [5, 1, 2, 3, 4])
>>> scored["segment"]
['champions', 'lost', 'about to sleep', 'potential loyalists', 'cannot lose them']
>>> print(f"{rfm.gini(customers['revenue']).value:.3f}")
0.375
"""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Bytes, Floats, Ints, Keys, Kind
from ._labels import labelled
from ._rfm_concentration import Estimate, Lorenz, gini, lorenz, tiers, top_share
from ._run import Run, context
from ._tables import Table
from .calendar import _days_of, day_number
from .errors import ArgumentError, DataError, NotFitted
from .orders import Log, summary

__all__ = [
    "ADVICE",
    "RFM",
    "SEGMENTS",
    "Estimate",
    "Lorenz",
    "Migration",
    "days_since_last",
    "gini",
    "lorenz",
    "migration",
    "segments",
    "table",
    "tiers",
    "top_share",
]

SEGMENTS: tuple[str, ...] = tuple(_retain.rfm_segment_name(segment) for segment in range(11))
"""Names of the default segments, best customers first."""

ADVICE: dict[str, str] = dict(
    zip(
        SEGMENTS,
        (
            "Reward them, show them what is new first, ask them for reviews and referrals; no discounts.",
            "Sell them the better product, thank them, offer the loyalty programme.",
            "Offer membership and what goes with what they bought; a second or third order makes the habit.",
            "Welcome them, help with the first purchase, and ask for the second order soon.",
            "Keep the brand in sight: a small reason to come back, a starter offer.",
            "A limited offer on what they bought before, before they slip.",
            "Remind them now: what they looked at, what is popular, what has become cheaper.",
            "Write personally, with a good offer: they bought often or much, and are late.",
            "Win them back by hand: call, ask what went wrong, make it right. Do not lose them to a competitor.",
            "A cheap reminder in the season they bought in; no costly offers.",
            "One last win-back mail, then leave them out of campaigns.",
        ),
    )
)
"""What to do about each default segment, in one line."""

SegmentMap = Mapping[tuple[int, int, int], Any] | Callable[[int, int, int], Any]

_CODES = [(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)]
_MOSTLY_ONCE = 0.8  # from there on the mid-rank of those who bought once has score 3
_CUTS = ("recency", "frequency", "monetary")
_MEASURES = ("days_since_last", "occasions", "revenue")
_SUMMARY = {"first_day", "last_day", "orders", "frequency", "t_x", "T", "spend", "spend_all", "unit_days", *_MEASURES}


def _take_map(segment_map: SegmentMap | None) -> tuple[tuple[Any, ...], Bytes | None]:
    """Names of the segments, and the number of each code's segment."""
    if segment_map is None:
        return SEGMENTS, None
    if isinstance(segment_map, Mapping):
        unknown = [code for code in segment_map if code not in _CODES]
        if unknown:
            raise ArgumentError(f"segment_map has the code {unknown[0]!r}; codes are (r, f, m), each from 1 to 5")
        missing = [code for code in _CODES if code not in segment_map]
        if missing:
            raise ArgumentError(f"segment_map has no segment for the code {missing[0]}; it must cover all 125")
        chosen = [segment_map[code] for code in _CODES]
    elif callable(segment_map):
        chosen = [segment_map(*code) for code in _CODES]
    else:
        raise TypeError(f"segment_map must be a dict by (r, f, m) or a function of r, f, m, not {type(segment_map).__name__}")
    names = list(dict.fromkeys(chosen))
    return tuple(names), np.array([names.index(name) for name in chosen], dtype=np.uint8)


# --- scores -----------------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class _Scored:
    """Columns that are scored, and what identifies their rows."""

    kind: Kind
    ids: dict[str, Any]
    measures: tuple[Floats, Floats, Floats]


def _read_customers(customers: Any, observation_end: Any, run: Run) -> _Scored:
    if isinstance(customers, Log):
        if observation_end is None:
            raise ArgumentError("observation_end is missing; days since the last occasion are counted to it")
        customers = summary(customers, observation_end, **run)
    source = Table(customers, "customers")
    if "last_day" not in source and "days_since_last" not in source and {"customer", "date", "value"} <= set(source.names):
        return _read_customers(Log(customers), observation_end, run)  # a plain table of orders
    names = [name for name in source.names[:1] if name not in _SUMMARY]
    if "days_since_last" in source and observation_end is None:
        days = source.floats("days_since_last")
    else:
        if observation_end is None:
            raise ArgumentError("observation_end is missing; customers has last_day, and days are counted from it to that day")
        last = _days_of(source.raw("last_day"), "customers.last_day", None, {}, numbers=True)
        days = np.empty(len(last))
        _retain.rfm_days_since_last(context(run), last, day_number(observation_end, "observation_end"), days)
    return _Scored(
        source.kind, {name: source.raw(name) for name in names}, (days, source.floats("occasions"), source.floats("revenue"))
    )


class RFM:
    """Scores and segments that remember their cuts.

    Parameters
    ----------
    bins : int
        Number of scores, 2 to 9. Segments need 5.
    segment_map : dict or function, optional
        The segment of each code: a dict by (r, f, m), or a function of r, f and m. It must cover all 125 codes; by default the
        table of the documentation.

    Attributes
    ----------
    cuts_ : dict of ndarray
        After :meth:`fit`: where scores change, ascending, under "recency" (most days since the last occasion of scores 5, 4, 3,
        2), "frequency" and "monetary" (least occasions and revenue of scores 2, 3, 4, 5). Infinite where nobody scored higher.
    segments_ : tuple
        Names of the segments.

    Examples
    --------
    >>> customers = {"days_since_last": [5, 100], "occasions": [4, 1], "revenue": [80.0, 9.0]}
    >>> rules = RFM.from_cuts(recency=[30, 60, 90, 180], frequency=[2, 3, 4, 5], monetary=[10, 50, 100, 500])
    >>> rules.transform(customers)["segment"]
    ['loyal customers', 'hibernating']
    """

    cuts_: dict[str, Floats]

    def __init__(self, *, bins: int = 5, segment_map: SegmentMap | None = None) -> None:
        self.bins = bins
        self.segment_map = segment_map

    # --- the habits of scikit-learn: nothing is checked before fit, and clone works ---

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options (not the fitted cuts: those are in ``cuts_``)."""
        return {"bins": self.bins, "segment_map": self.segment_map}

    def set_params(self, **options: Any) -> Self:
        """Changes options."""
        for name, value in options.items():
            if name not in self.get_params():
                raise ArgumentError(f"RFM has no option {name!r}; it has " + ", ".join(self.get_params()))
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "cuts_")

    def __repr__(self) -> str:
        if not hasattr(self, "cuts_"):
            return f"RFM(bins={self.bins})"
        return "RFM(" + ", ".join(f"{name}={values.tolist()}" for name, values in self.cuts_.items()) + ")"

    @property
    def segments_(self) -> tuple[Any, ...]:
        """Names of the segments, in the order of the tables."""
        return _take_map(self.segment_map)[0]

    @classmethod
    def from_cuts(cls, *, recency: Any, frequency: Any, monetary: Any, segment_map: SegmentMap | None = None) -> Self:
        """Scores by cuts of your own, or that were stored.

        Parameters
        ----------
        recency : column
            Ascending: most days since the last occasion with which the best score is reached, the second best, ...
        frequency, monetary : column
            Ascending: least occasions, and least revenue, with which the second score is reached, the third, ...
        segment_map
            As for :class:`RFM`.

        Returns
        -------
        RFM
            With one score more than there are cuts.
        """
        given = {"recency": recency, "frequency": frequency, "monetary": monetary}
        cuts = {name: _columns.floats(values, name).copy() for name, values in given.items()}
        scores = cls(bins=len(cuts["recency"]) + 1, segment_map=segment_map)
        nobody: Floats = np.empty(0)
        _retain.rfm_scores(None, *cuts.values(), nobody, nobody, nobody, None, None, None)  # checks them
        scores.cuts_ = cuts
        return scores

    def fit(self, customers: Any, observation_end: Any = None, **run: Unpack[Run]) -> Self:
        """Finds the cuts that give these customers their quantile scores.

        Parameters
        ----------
        customers : table or Log
            A :func:`retain.orders.summary` with `observation_end`, or any table with ``days_since_last``, ``occasions`` and
            ``revenue``. Or a Log, or a table of orders, which is summarised first. NaN is refused: everyone who has
            bought has all three. Where four in five bought only once, a warning says that scores of frequency mean little.
        observation_end : date-like, optional
            Last day observed: days since the last occasion are counted from the table's ``last_day`` to it.
        threads, progress, memory
            How to run: see :class:`retain.Run`.
        """
        bins = _columns.whole(self.bins, "bins")
        if not 2 <= bins <= 9:
            raise ArgumentError(f"bins is {bins}; it must lie in [2, 9]")
        _take_map(self.segment_map)
        given = _read_customers(customers, observation_end, run)
        if not len(given.measures[0]):
            raise ArgumentError("customers has no rows; cuts are quantiles of customers (from_cuts takes cuts that are known)")
        once = float(np.mean(given.measures[1] <= 1.0))
        if bins == 5 and once >= _MOSTLY_ONCE:
            warnings.warn(
                f"{once:.0%} of these customers have bought once, so that all of them have the middle score of frequency, and segments "
                "such as 'potential loyalists' and 'at risk' are full of customers who never came back: give cuts of your own, "
                "RFM.from_cuts(frequency=[2, 3, 4, 5], ...)",
                stacklevel=2,
            )
        cuts = {name: np.empty(bins - 1) for name in _CUTS}
        _retain.rfm_fit(context(run), *given.measures, bins, *cuts.values())
        self.cuts_ = cuts
        return self

    def transform(self, customers: Any, observation_end: Any = None, **run: Unpack[Run]) -> Any:
        """Scores and segments of any customers, at any date, by the cuts that were fitted.

        Parameters
        ----------
        customers, observation_end
            As for :meth:`fit`.

        Returns
        -------
        table
            Of the kind of `customers`, row by row: the first column if it is an id, ``days_since_last``, ``occasions``,
            ``revenue``, ``r``, ``f``, ``m`` (1 to `bins`, 5 is best), and, for five scores, ``segment``.
        """
        if not hasattr(self, "cuts_"):
            raise NotFitted("this RFM has no cuts yet; call fit or from_cuts first")
        given = _read_customers(customers, observation_end, run)
        rows, kind = len(given.measures[0]), given.kind
        scores = [np.empty(rows, dtype=np.uint8) for _ in range(3)]
        _retain.rfm_scores(context(run), *self.cuts_.values(), *given.measures, *scores)
        result = dict(given.ids)
        for name, values in zip(_MEASURES, given.measures):
            result[name] = kind.column(name, values)
        for name, score in zip("rfm", scores):
            result[name] = kind.column(name, score)
        if len(self.cuts_["recency"]) == 4:
            names, codes = _take_map(self.segment_map)
            number = np.empty(rows, dtype=np.uint8)
            _retain.rfm_segments(context(run), *scores, codes, number)
            result["segment"] = labelled(kind, "segment", number, names)
        return kind.table(result)

    def check_segments(self, **run: Unpack[Run]) -> tuple[Any, ...]:
        """Do segments mean anything here: are there five scores, and does the map cover all 125 codes?

        For the start of a job that must not find out at night: :meth:`transform` leaves segments out where there are not five scores.

        Returns
        -------
        tuple
            The names of the segments.

        Raises
        ------
        ArgumentError
            When they do not: by the cuts that were fitted, or before that by `bins`.

        Examples
        --------
        >>> RFM(segment_map=lambda r, f, m: "vip" if r + f + m > 12 else "other").check_segments()
        ('other', 'vip')
        """
        bins = len(self.cuts_["recency"]) + 1 if hasattr(self, "cuts_") else _columns.whole(self.bins, "bins")
        _retain.rfm_check_segments(context(run), bins)
        return self.segments_

    def fit_transform(self, customers: Any, observation_end: Any = None, **run: Unpack[Run]) -> Any:
        """:meth:`fit`, then :meth:`transform` of the same customers."""
        return self.fit(customers, observation_end, **run).transform(customers, observation_end, **run)

    def to_dict(self) -> dict[str, list[float | None]]:
        """The cuts as plain numbers, to be stored as JSON or in a database, None where nobody scored higher; :meth:`from_dict`
        reads them. The map of segments is not in it."""
        if not hasattr(self, "cuts_"):
            raise NotFitted("this RFM has no cuts yet; call fit or from_cuts first")
        return {name: [value if math.isfinite(value) else None for value in values.tolist()] for name, values in self.cuts_.items()}

    @classmethod
    def from_dict(cls, stored: Any, *, segment_map: SegmentMap | None = None) -> Self:
        """What :meth:`to_dict` has written."""
        if not isinstance(stored, Mapping) or set(stored) != set(_CUTS):
            raise TypeError("stored must be a dict with recency, frequency and monetary, as to_dict makes it")
        never = {"recency": -math.inf, "frequency": math.inf, "monetary": math.inf}
        cuts = {name: [never[name] if value is None else value for value in stored[name]] for name in _CUTS}
        return cls.from_cuts(**cuts, segment_map=segment_map)


def days_since_last(last_day: Any, observation_end: Any, **run: Unpack[Run]) -> Any:
    """Days from the last occasion to the observation end.

    Parameters
    ----------
    last_day : column
        Dates or day numbers.
    observation_end : date-like
        Last day observed.

    Returns
    -------
    column
        Of the same kind.

    Examples
    --------
    >>> days_since_last(["2024-06-01", "2024-06-30"], "2024-06-30")
    [29.0, 0.0]
    """
    last = _days_of(last_day, "last_day", None, {}, numbers=True)
    days = np.empty(len(last))
    _retain.rfm_days_since_last(context(run), last, day_number(observation_end, "observation_end"), days)
    return _columns.kind_of(last_day).column("days_since_last", days)


def _score_column(column: Any, name: str) -> Bytes:
    scores = _columns.floats(column, name)
    bad = ~((scores >= 1) & (scores <= 5) & (scores == np.floor(scores)))
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(f"{name}[{row}] is {scores[row]:g}; it must be a score from 1 to 5", row)
    return scores.astype(np.uint8)


def segments(r: Any, f: Any, m: Any, *, segment_map: SegmentMap | None = None, **run: Unpack[Run]) -> Any:
    """Segments of scores.

    Parameters
    ----------
    r, f, m : column
        Scores from 1 to 5.
    segment_map
        As for :class:`RFM`.

    Returns
    -------
    column
        Names, of the kind of `r`.

    Examples
    --------
    >>> segments([5, 5, 1], [5, 1, 5], [5, 1, 5])
    ['champions', 'new customers', 'cannot lose them']
    """
    names, codes = _take_map(segment_map)
    scores = [_score_column(column, name) for name, column in (("r", r), ("f", f), ("m", m))]
    number = np.empty(len(scores[0]), dtype=np.uint8)
    _retain.rfm_segments(context(run), *scores, codes, number)
    return labelled(_columns.kind_of(r), "segment", number, names)


# --- tables -----------------------------------------------------------------------------------------------------------------------


def _number_labels(columns: Mapping[str, Any], order: Sequence[Any] | None) -> tuple[list[Any], list[Bytes]]:
    """Labels in the order of the tables, and the columns as numbers of labels."""
    keys = {name: Keys(column, name) for name, column in columns.items()}
    ids = [found.codes.tolist() if found.values is None else found.values[found.codes].tolist() for found in keys.values()]
    seen = set().union(*ids)
    if order is None:
        labels = list(SEGMENTS) if seen <= set(SEGMENTS) else sorted(seen, key=lambda label: (type(label).__name__, label))
    else:
        labels = list(dict.fromkeys(order))
        for name, column in zip(columns, ids):
            row = next((i for i, label in enumerate(column) if label not in labels), None)
            if row is not None:
                raise DataError(f"{name}[{row}] is {column[row]!r}; order does not have it", row)
    if len(labels) > 255:
        raise ArgumentError(f"there are {len(labels)} segments; at most 255 can be told apart")
    number = {label: i for i, label in enumerate(labels)}
    return labels or [""], [np.array([number[label] for label in column], dtype=np.uint8) for column in ids]


def table(
    scored: Any, *, segment: str = "segment", order: Sequence[Any] | None = None, level: float = 0.95, **run: Unpack[Run]
) -> Any:
    """The segment table: who they are, and what they bring.

    Parameters
    ----------
    scored : table
        What :meth:`RFM.transform` gives, or any table with a column of segments (or tiers, or codes) and any of
        ``days_since_last``, ``occasions``, ``revenue``.
    segment : str
        Name of the column of segments.
    order : sequence, optional
        Segments in the order of the result; those without customers are rows too. By default all of :data:`SEGMENTS` where the
        names are theirs, otherwise what occurs, ascending.
    level : float
        Two-sided level of the intervals, in (0, 1).

    Returns
    -------
    table
        One row a segment, and a last one, "all", for all customers: ``customers``; ``share`` of customers with Wilson limits;
        ``revenue``; ``revenue_share`` with normal limits of a ratio of sums; means of ``days_since_last``, ``occasions`` and
        ``mean_revenue`` with Student limits. Limits end in ``_low`` and ``_high``. NaN is what does not exist: the mean of nobody,
        the interval of one.

    Examples
    --------
    >>> found = table({"segment": ["a", "b", "a"], "revenue": [10.0, 60.0, 30.0]})
    >>> found["segment"], found["customers"], found["revenue"], found["mean_revenue"]
    (['a', 'b', 'all'], [2.0, 1.0, 3.0], [40.0, 60.0, 100.0], [20.0, 60.0, 33.333333333333336])
    """
    source = Table(scored, "scored")
    labels, (number,) = _number_labels({f"scored.{segment}": source.raw(segment)}, order)
    measures = [source.floats(name) if name in source else None for name in _MEASURES]
    names = ["customers", "share", "share_low", "share_high", "revenue", "revenue_share", "revenue_share_low", "revenue_share_high"]
    names += [name + limit for name in ("days_since_last", "occasions", "mean_revenue") for limit in ("", "_low", "_high")]
    out = {name: np.empty(len(labels) + 1) for name in names}
    _retain.rfm_table(context(run), number, *measures, len(labels), _columns.level(level), *out.values())
    kind = source.kind
    result = {"segment": labelled(kind, "segment", np.arange(len(labels) + 1), [*map(_as_text, labels), "all"])}
    return kind.table(result | {name: kind.column(name, values) for name, values in out.items()})


def _as_text(label: Any) -> str:
    return label if isinstance(label, str) else str(label)


@dataclasses.dataclass(frozen=True, eq=False)
class Migration:
    """From which segment to which customers moved between two dates.

    Attributes
    ----------
    segments : tuple
        Names of the segments: n of them.
    customers : ndarray, shape (n + 1, n + 1)
        Customers, from row to column. The last row holds those who were not yet customers, the last column those who are no
        longer there. Rows add up to the segments before, columns to those after.
    share : ndarray, shape (n + 1, n + 1)
        Customers over the sum of their row; NaN for an empty row.
    low, high : ndarray, shape (n + 1, n + 1)
        Wilson limits of the shares.
    """

    segments: tuple[Any, ...]
    customers: Floats
    share: Floats
    low: Floats
    high: Floats
    kind: Kind = dataclasses.field(default_factory=Kind, repr=False)

    def table(self) -> Any:
        """All cells with customers, one row each, as a table of the kind of the customers before: ``before``, ``after``,
        ``customers``, ``share``, ``low``, ``high``."""
        before, after = np.nonzero(self.customers)
        names = [_as_text(name) for name in self.segments]
        result = {
            "before": labelled(self.kind, "before", before, [*names, "not yet a customer"]),
            "after": labelled(self.kind, "after", after, [*names, "no longer a customer"]),
        }
        for name in ("customers", "share", "low", "high"):
            result[name] = self.kind.column(name, getattr(self, name)[before, after])
        return self.kind.table(result)

    def matrix(self, what: str = "share") -> Any:
        """The matrix with one row per segment before and one column per segment after, as a table.

        Parameters
        ----------
        what : {"share", "customers"}
            What the cells hold.
        """
        _columns.choice(what, "what", {"share": 0, "customers": 1})
        names, cells = [_as_text(name) for name in self.segments], self.share if what == "share" else self.customers
        result = {"before": labelled(self.kind, "before", np.arange(len(names) + 1), [*names, "not yet a customer"])}
        for column, name in enumerate([*names, "no longer a customer"]):
            result[name] = self.kind.column(name, cells[:, column].copy())
        return self.kind.table(result)


def migration(
    before: Any,
    after: Any,
    *,
    customer: str | None = None,
    segment: str = "segment",
    order: Sequence[Any] | None = None,
    level: float = 0.95,
    **run: Unpack[Run],
) -> Migration:
    """Who moved where between two dates.

    Score the later date by the same cuts (``scores.transform``) to see customers change, or by cuts of its own (``RFM().fit``) to
    see them change places.

    Parameters
    ----------
    before, after : table
        What :meth:`RFM.transform` gives at two dates: a column of ids and a column of segments.
    customer : str, optional
        Name of the column of ids; by default the first. Each id once.
    segment : str
        Name of the column of segments.
    order : sequence, optional
        Segments in the order of the result, as for :func:`table`.
    level : float
        Two-sided level of the Wilson intervals, in (0, 1).

    Returns
    -------
    Migration

    Examples
    --------
    >>> moved = migration({"id": [1, 2], "segment": ["a", "b"]}, {"id": [1, 2, 3], "segment": ["a", "a", "b"]})
    >>> moved.customers
    array([[1., 0., 0.],
           [1., 0., 0.],
           [0., 1., 0.]])
    """
    tables = Table(before, "before"), Table(after, "after")
    columns = {f"{source.what}.{segment}": source.raw(segment) for source in tables}
    labels, numbers = _number_labels(columns, order)
    name = customer if customer is not None else tables[0].names[0]
    known = Keys(tables[0].raw(name), f"before.{name}")
    codes = known.codes, known.find(tables[1].raw(name), f"after.{name}")
    sorted_columns: list[NDArray[Any]] = []
    for source, ids, number in zip(tables, codes, numbers):
        if len(ids) != len(number):
            raise ArgumentError(f"{source.what}.{segment} has {len(number)} rows, {source.what}.{name} has {len(ids)}")
        sorted_columns += _ascending(ids, number, f"{source.what}.{name}")
    n = len(labels) + 1
    cells = [np.empty(n * n) for _ in range(4)]
    _retain.rfm_migration(context(run), *sorted_columns, len(labels), _columns.level(level), *cells)
    customers, share, low, high = (values.reshape(n, n) for values in cells)
    return Migration(tuple(labels), customers, share, low, high, tables[0].kind)


def _ascending(ids: Ints, number: Bytes, name: str) -> tuple[Ints, Bytes]:
    place = np.argsort(ids, kind="stable")
    ordered = ids[place]
    twice = np.nonzero(ordered[1:] == ordered[:-1])[0]
    if len(twice):
        row = int(place[twice[0] + 1])
        raise ArgumentError(f"{name}[{row}] is there twice; each customer must be given once", row)
    return ordered, number[place]
