"""Who is about to leave, in one call: for each customer the risk, why, what it would cost, and whom to act on first. And the test that
earned it.

:func:`score` goes back to dates in the past, a horizon apart, takes down what was known of each customer then and who was silent
afterwards, learns from that, tests what it learnt on the last of these dates, whose customers it has learnt nothing from, and says the
risk as of today. The model card says whether that is better than the rule that needs no model: longest absent first.

>>> import datetime as dt, random
>>> from retain import risk
>>> draw, log = random.Random(7), {"customer": [], "date": [], "value": []}
>>> for customer in range(600):
...     day, gap = draw.uniform(0, 500), draw.choice([5, 25, 80])
...     while day < 720:
...         log["customer"].append(customer); log["date"].append(int(day)); log["value"].append(draw.choice([10.0, 25.0]))
...         if draw.random() < 0.15:
...             break
...         day += draw.expovariate(1 / gap) + 1
>>> found = risk.score(log, 719, days=60, most=50)
>>> found.card.verdict
'earned'
>>> first = found.first(1)
>>> first["rank"], first["band"]
([1], ['act'])
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._columns import Kind
from ._run import Run, context
from .btyd import BGNBD, GGNBD, MBGNBD, NBD, Model, ParetoNBD
from .calendar import Zone, day_number
from .errors import ArgumentError, ConvergenceError
from .features import Column, _codes_of, _events_of, _list_columns, _of_log
from .orders import Log, _counting, as_log

__all__ = ["BANDS", "METHODS", "THEMES", "VERDICTS", "Card", "Figures", "Risks", "score"]

METHODS = tuple(_retain.risk_method_name(method) for method in range(3))
"""Ways to tell who will be silent: the naive rule, a model of orders, and what was learnt."""

THEMES = tuple(_retain.risk_theme_name(theme) for theme in range(7))
"""What reasons are about; kinds of events have themes of their own."""

VERDICTS = ("none", "earned", "not better", "too little data")
BANDS = ("leave alone", "worth it", "act")

_FIGURES = ("auc", "auc_low", "auc_high", "gain", "gain_low", "gain_high", "brier", "brier_skill", "log_loss", "miscalibration", "slope",
            "intercept", "expected", "capture", "choice_loss")
_FAMILIES: dict[type[Model], int] = {ParetoNBD: 1, BGNBD: 2, MBGNBD: 3, NBD: 4, GGNBD: 7}
_REASONS = 3


@dataclasses.dataclass(frozen=True)
class Figures:
    """What a way to tell was worth on the test; NaN where it does not exist.

    Attributes
    ----------
    auc, auc_low, auc_high : float
        The chance that of two customers, one silent and one not, the silent one had the larger risk; with limits.
    gain, gain_low, gain_high : float
        AUC above that of longest absent first, on the same customers.
    brier : float
        Mean squared distance of the risk from what happened.
    brier_skill : float
        1 − brier / that of the same risk for everybody.
    log_loss : float
        In nats.
    miscalibration : float
        What the Brier score loses to risks that are off.
    slope, intercept : float
        Of the calibration: 1 and 0 when 30 % means 30 %.
    expected : float
        Silent customers as foretold.
    capture : float
        Share of the silent among the tenth of the customers with the largest risk.
    choice_loss : float
        Log loss on the dates that the choice was made by.
    """

    auc: float
    auc_low: float
    auc_high: float
    gain: float
    gain_low: float
    gain_high: float
    brier: float
    brier_skill: float
    log_loss: float
    miscalibration: float
    slope: float
    intercept: float
    expected: float
    capture: float
    choice_loss: float


@dataclasses.dataclass(frozen=True)
class Card:
    """The model card: what is behind the risks, and the test that earned them.

    Attributes
    ----------
    verdict : str
        ``"earned"``: on the test it told leavers better than longest absent first, beyond chance; ``"not better"``; or ``"too little
        data"``, with which :func:`score` raises.
    method : str
        Which of :data:`METHODS` is behind the risks.
    explanation : str
        The verdict in words.
    horizon_days : int
        H.
    observation_end, test_date : date or int
        The last day, and the date of the test.
    dates, choice_dates : int
        Dates of the past; those before the test that the method was chosen by (0: the test itself).
    training_rows, training_silent : int
        Customers and dates behind the risks, and those that were silent afterwards.
    test_customers, test_silent : int
        The same of the test.
    base : float
        Log odds to which contributions are added: of those who bring the money to come; with the rhythm, of a customer who has their medians.
    silent_expected : float
        Customers of today who will be silent: the sum of the risks.
    at_risk : float
        Sum of the values at risk; NaN where nobody could be valued, which the explanation then says.
    figures : dict of str to Figures
        By method.
    """

    verdict: str
    method: str
    explanation: str
    horizon_days: int
    observation_end: Any
    test_date: Any
    dates: int
    choice_dates: int
    training_rows: int
    training_silent: int
    test_customers: int
    test_silent: int
    base: float
    silent_expected: float
    at_risk: float
    figures: dict[str, Figures]

    def table(self) -> dict[str, list[Any]]:
        """The figures, a row for each method: what ``pandas.DataFrame`` takes."""
        rows: dict[str, list[Any]] = {"method": list(self.figures)}
        for name in _FIGURES:
            rows[name] = [getattr(figures, name) for figures in self.figures.values()]
        return rows

    def __str__(self) -> str:
        return self.explanation


class Risks:
    """What :func:`score` found.

    Attributes
    ----------
    card : Card
        What is behind it, and how good it was.
    columns : list of retain.features.Column
        What was known of each customer, as data.
    """

    def __init__(self, log: Log, card: Card, columns: list[Column], themes: list[str], rows: dict[str, NDArray[Any]], asked: _Asked) -> None:
        self._log, self._rows, self._themes, self._asked = log, rows, themes, asked
        self.card, self.columns = card, columns

    def __len__(self) -> int:
        return len(self._rows["risk"])

    def __repr__(self) -> str:
        return f"Risks({len(self)} customers, {self.card.silent_expected:.0f} expected to be silent; {self.card.method}, {self.card.verdict})"

    @property
    def table(self) -> Any:
        """One row for each customer, ascending: ``risk`` = P(no order in the next H days) with ``risk_low`` and ``risk_high``, ``reason``
        (the theme that raises it most), ``residual`` (money to come), ``value_at_risk``, ``gain`` (of acting), ``rank`` (1 for the most
        value at risk) and ``band`` (one of :data:`BANDS`). Of the kind of the log."""
        return self._table(np.arange(len(self)))

    def first(self, count: int) -> Any:
        """The rows of :attr:`table` with most value at risk, in the order of their rank."""
        if _columns.whole(count, "count") < 0:
            raise ArgumentError(f"count is {count}; it must not be negative")
        return self._table(np.argsort(self._rows["rank"], kind="stable")[:count])

    @property
    def reasons(self) -> Any:
        """Up to three rows for each customer, the strongest first: ``place``, ``theme``, ``effect`` (what it adds to the log odds),
        ``feature`` (what says most of it), its ``value``, and what is ``typical`` (the median, each customer counted by the money to come)."""
        reason = self._rows["reason"].T
        row, place = np.nonzero(reason >= 0)
        themes, names = np.array(self._themes, dtype=object), np.array([*(c.name for c in self.columns), "rhythm"], dtype=object)
        return self._give(
            row,
            {
                "place": place + 1,
                "theme": themes[reason[row, place]],
                **{name: self._rows[f"reason_{name}"].T[row, place] for name in ("effect",)},
                "feature": names[self._rows["reason_column"].T[row, place]],
                **{name: self._rows[f"reason_{name}"].T[row, place] for name in ("value", "typical")},
            },
        )

    @property
    def contributions(self) -> Any:
        """One row for each customer: ``log_odds``, and what each theme adds to ``card.base``, which sum up to it."""
        parts = dict(zip(self._themes, self._rows["contribution"]))
        return self._give(np.arange(len(self)), {"log_odds": self._rows["log_odds"], **parts})

    def tested(self, **run: Unpack[Run]) -> Any:
        """The test, one row for each of its customers: ``risk`` as it was foretold, ``absent`` (days since the last order: the naive rule)
        and ``silent``, what came of it. What :mod:`retain.scoring` takes."""
        n = self.card.test_customers
        customer, figures, silent = np.empty(n, dtype=np.int64), [np.empty(n), np.empty(n)], np.empty(n, dtype=np.uint8)
        _retain.risk_tested(context(run), *self._asked.raw(), n, customer, *figures, silent)
        return self._give(np.arange(n), {"risk": figures[0], "absent": figures[1], "silent": silent.astype(bool)}, customer)

    def _table(self, rows: NDArray[np.intp]) -> Any:
        first = self._rows["reason"][0]
        reason = np.array([*self._themes, ""], dtype=object)[first]
        columns = {name: self._rows[name] for name in ("risk", "risk_low", "risk_high")}
        money = {name: self._rows[name] for name in ("residual", "value_at_risk", "gain", "rank")}
        band = np.array(BANDS, dtype=object)[self._rows["band"]]
        return self._give(rows, {name: c[rows] for name, c in {**columns, "reason": reason, **money, "band": band}.items()})

    def _give(self, rows: NDArray[np.intp], columns: dict[str, NDArray[Any]], customers: NDArray[np.int64] | None = None) -> Any:
        kind: Kind = self._log.kind
        who = self._log.keys.give((self._rows["customer"] if customers is None else customers)[rows], kind)
        return kind.table({self._log.names["customer"]: who, **{name: kind.column(name, c) for name, c in columns.items()}})


class _Asked:
    """What the raw layer is asked with."""

    def __init__(self, source: tuple[Any, ...], counting: tuple[int, int], end: int, options: tuple[Any, ...]) -> None:
        # What the caller does with columns of theirs later must not change what the test was.
        self._source = tuple(part.copy() if isinstance(part, np.ndarray) else part for part in source)
        self._counting, self._end, self._options = counting, end, options

    def raw(self) -> tuple[Any, ...]:
        return (*self._source, self._end, *self._counting, *self._options)


def score(
    log: Any,
    observation_end: Any,
    *,
    days: int = 90,
    events: Any = None,
    customer: str = "customer",
    date: str = "date",
    kind: str | None = None,
    value: str | None = None,
    zone: str | dt.tzinfo | Zone | None = None,
    discount: Any = None,
    category: Any = None,
    active_days: int | None = None,
    dates: int = 8,
    method: str | None = None,
    family: type[Model] = ParetoNBD,
    value_days: float = 365.0,
    annual_rate: float = 0.0,
    margin: float = 1.0,
    cost: float = 0.0,
    effect: float = 0.1,
    most: int | None = None,
    fewest: int = 50,
    l2: float = 1.0,
    level: float = 0.95,
    occasion_days: int = 1,
    count_zero_orders: bool = False,
    **run: Unpack[Run],
) -> Risks:
    """Scores all customers of today, and tests the score on the past.

    Parameters
    ----------
    log : Log or table
        The orders. Refunds and cancellations are rows of their own, on their own days: nobody knew of them before.
    observation_end : date-like
        Last day observed, itself included: what the log is complete up to.
    days : int
        H: the risk is P(no order in the next H days).
    events : table, optional
        Tickets, returns, late deliveries, visits: who and when; `customer`, `date`, `kind` and `value` name its columns, as for
        :func:`retain.signals.per_customer`. `zone` is the shop's time zone, for their date-times where these carry one.
    discount, category : str or column, optional
        Money taken off the price of each row, and what was bought in it: the name of a column of the log's table, or a column.
    active_days : int, optional
        Only customers with an order in the last so many days. By default everybody who ever bought.
    dates : int
        Most dates of the past, 2 to 60.
    method : str, optional
        ``"rhythm"`` or ``"learnt"``. By default what is learnt, unless the rhythm foretold better on the dates
        before the test.
    family : class
        Model of orders: ParetoNBD, BGNBD, MBGNBD, NBD or GGNBD.
    value_days, annual_rate, margin
        Over how many days customers are valued, the discount rate, and the share of value that is profit, above 0: with losses there
        is nothing to lose, and no order of who is to be kept.
    cost, effect : float
        Of acting on one customer: what it costs, and which share of those who would leave it keeps.
    most : int, optional
        So many can be acted on.
    fewest : int
        Customers of either outcome that learning and the test need each.
    l2 : float
        Penalty on standardised slopes.
    level : float
        Of all limits.
    occasion_days, count_zero_orders
        As for :func:`retain.orders.summary`.

    Returns
    -------
    Risks

    Raises
    ------
    ConvergenceError
        With the :class:`Card` as ``report`` and the reason in words, where there is too little to learn from or to test on.
    """
    log = as_log(log)
    prices, goods = _of_log(log, discount, "discount"), _of_log(log, category, "category")
    off = None if prices is None else _columns.floats(prices, "discount")
    codes, categories = _codes_of(goods, "category")
    happened, labels = _events_of(log, events, customer, date, kind, value, zone)
    kinds = 0 if events is None else max(len(labels), 1)
    if not isinstance(family, type) or family not in _FAMILIES:
        raise ArgumentError(f"family must be one of {', '.join(each.__name__ for each in _FAMILIES)}")
    options = (
        _columns.positive_whole(days, "days"),
        0 if active_days is None else _columns.positive_whole(active_days, "active_days"),
        _columns.positive_whole(dates, "dates"),
        0 if method is None else 1 + _columns.choice(method, "method", {name: m for m, name in enumerate(METHODS) if m}),
        _FAMILIES[family],
        _columns.positive(value_days, "value_days"),
        _columns.number(annual_rate, "annual_rate"),
        _columns.positive(margin, "margin"),
        _columns.number(cost, "cost"),
        _columns.positive(effect, "effect"),
        0 if most is None else _columns.positive_whole(most, "most"),
        _columns.positive_whole(fewest, "fewest"),
        _columns.level(level),
        _columns.positive(l2, "l2"),
    )
    end, counting = day_number(observation_end, "observation_end"), _counting(occasion_days, count_zero_orders)
    asked = _Asked((*log.columns(), off, codes, categories, *happened, kinds), counting, end, options)
    room = int(_retain.orders_summary(context({}), *log.columns(), end, 1.0, *counting, *(None for _ in range(14)))["count"])
    rows = _rooms(room, len(THEMES) + kinds)
    found = _retain.risk_customers(context(run), *asked.raw(), room, *rows.values())
    card = _card_of(log, found)
    if found["status"]:
        error = ConvergenceError(card.explanation)
        error.report = card  # type: ignore[assignment]
        raise error
    count = int(found["count"])
    for name, times in _widths(len(THEMES) + kinds).items():
        rows[name] = rows[name][: times * count].reshape(times, count) if times > 1 else rows[name][:count].copy()
    columns = _columns_of(options[0], off is not None, codes is not None, kinds, labels if kind is not None else None)
    themes = [*THEMES, *(["events"] if kind is None else [f"events_{label}" for label in labels])][: len(THEMES) + kinds]
    return Risks(log, card, columns, themes, rows, asked)


_WHOLE = ("customer", "reason", "reason_column", "rank")
_NAMES = ("customer", "risk", "risk_low", "risk_high", "log_odds", "contribution", "reason", "reason_effect", "reason_column", "reason_value",
          "reason_typical", "residual", "value_at_risk", "gain", "rank", "band")


def _widths(themes: int) -> dict[str, int]:
    """Columns in the block of each name."""
    return {name: themes if name == "contribution" else _REASONS if name.startswith("reason") else 1 for name in _NAMES}


def _rooms(count: int, themes: int) -> dict[str, NDArray[Any]]:
    return {
        name: np.empty(times * count, dtype=np.int64 if name in _WHOLE else np.uint8 if name == "band" else np.float64)
        for name, times in _widths(themes).items()
    }


def _columns_of(days: int, discount: bool, category: bool, kinds: int, labels: list[Any] | None) -> list[Column]:
    windows = np.empty(8, dtype=np.int64)
    plan = _retain.risk_features(None, days, windows)
    return _list_columns(discount, category, kinds, labels, windows[: plan["count"]].copy(), plan["trend_days"], plan["event_days"])


def _card_of(log: Log, found: dict[str, Any]) -> Card:
    width = len(_FIGURES)
    figures = {name: Figures(*found["figures"][m * width : (m + 1) * width]) for m, name in enumerate(METHODS)}
    whole = ("horizon_days", "dates", "choice_dates", "training_rows", "training_silent", "test_customers", "test_silent")
    return Card(
        verdict=VERDICTS[found["verdict"]],
        method=METHODS[found["method"]],
        explanation=found["explanation"],
        observation_end=log.give_days(np.array([found["observation_end"]], dtype=np.int64)).item(),
        test_date=log.give_days(np.array([found["test_date"]], dtype=np.int64)).item(),
        figures=figures,
        base=float(found["base"]),
        silent_expected=float(found["silent_expected"]),
        at_risk=float(found["at_risk"]),
        **{name: int(found[name]) for name in whole},
    )
