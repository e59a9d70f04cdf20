"""What buy-till-you-die models foretell about known customers."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _draws, _forecasts, _retain
from ._btyd_base import Base
from ._columns import Floats
from ._estimator import empty
from ._forecasts import Question, Total
from ._run import Run, context
from .btyd_dynamic import Histories
from .errors import ArgumentError


class Forecasts(Base):
    """The part of :class:`Model` that looks ahead."""

    def alive(self, customers: Any, *, days: float = 0.0, level: float | None = None, **run: Unpack[Run]) -> Any:
        """P(alive): probability that a customer is still there, at the observation end or later.

        Not a churn risk: see :func:`retain.churn.risk`. Under BG/NBD it is 1 now for every customer without a repeat purchase, by
        construction.

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        days : float
            So many days after the observation end, finite and ≥ 0.
        level : float, optional
            Give an interval of this two-sided level as well: a table ``value``, ``low``, ``high``.

        Returns
        -------
        column, or table where `level` is given
            Probabilities.
        """
        if isinstance(customers, Histories) and days == 0.0 and level is None:
            return self._past_of(customers, "alive", run)
        if days == 0.0 and level is None and self._drawn is None and not self._derived:
            model, given = self._raw(), self._customers(customers)
            alive = empty(len(given.frequency))
            _retain.btyd_alive(context(run), model, given.frequency, given.t_x, given.T, given.unit_days, given.covariates, alive, None)
            return given.kind.column("alive", alive)
        return self._answer("alive", customers, Question("alive", end=self._time(days)), level, run)

    def log_odds_dead(self, customers: Any, **run: Unpack[Run]) -> Any:
        """log((1 − P(alive)) / P(alive)), exact where P(alive) rounds to 0 or 1.

        Returns
        -------
        column
            −∞ where P(alive) is 1 by construction.
        """
        if isinstance(customers, Histories):
            return self._past_of(customers, "log_odds_dead", run)
        model, given = self._raw(), self._customers(customers)
        alive, odds = empty(len(given.frequency)), empty(len(given.frequency))
        _retain.btyd_alive(context(run), model, given.frequency, given.t_x, given.T, given.unit_days, given.covariates, alive, odds)
        return given.kind.column("log_odds_dead", odds)

    def orders(
        self, customers: Any, *, days: float, since: float = 0.0, level: float | None = None, **run: Unpack[Run]
    ) -> Any:
        """Expected occasions of each customer in the next `days` days after the observation end, or in as many days later on.

        Parameters
        ----------
        customers : table, or Histories
            ``frequency``, ``t_x``, ``T``. :class:`retain.Histories`, whose covariates change with time, can be asked for all but `rate`
            and `leaving`.
        days : float
            Length of the window, finite and ≥ 0.
        since : float
            The window begins so many days after the observation end.
        level : float, optional
            Give an interval of this two-sided level as well: a table ``value``, ``low``, ``high``.

        Returns
        -------
        column, or table where `level` is given
            E[Y(t) | x, t_x, T] with t = days / unit_days.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> customers = {"frequency": [2.0, 0.0], "t_x": [30.4, 0.0], "T": [38.9, 38.9]}
        >>> [round(v, 3) for v in model.orders(customers, days=91)]
        [0.455, 0.072]
        >>> [round(v, 3) for v in model.orders(customers, days=91, since=91)]
        [0.402, 0.066]
        """
        return self._answer("orders", customers, Question("orders", *self._window(days, since)), level, run)

    def predict(self, customers: Any, *, days: float = 90.0, **run: Unpack[Run]) -> Any:
        """Expected occasions in the next `days` days: :meth:`orders` under scikit-learn's name."""
        return self.orders(customers, days=days, **run)

    def silence(
        self, customers: Any, *, days: float, since: float = 0.0, level: float | None = None, **run: Unpack[Run]
    ) -> Any:
        """Probability that a customer places no order in the next `days` days, whether dead or merely slow.

        Parameters
        ----------
        customers, days, since, level
            As for :meth:`orders`.

        Returns
        -------
        column, or table where `level` is given
            P(Y(t) = 0 | x, t_x, T); never below 1 − P(alive).
        """
        return self._answer("silence", customers, Question("silence", *self._window(days, since)), level, run)

    def discounted(
        self,
        customers: Any,
        *,
        days: float | None = None,
        since: float = 0.0,
        annual_rate: float = 0.0,
        level: float | None = None,
        **run: Unpack[Run],
    ) -> Any:
        """Expected occasions in the next `days` days, each discounted to the observation end.

        For ever, this is DERT, discounted expected residual transactions (Fader, Hardie & Lee 2005, JMR 42(4)).

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        days : float, optional
            Horizon; for ever by default.
        since, level
            As for :meth:`orders`.
        annual_rate : float
            Effective annual discount rate, ≥ 0: 0.10 for 10 %. Continuous inside: delta = ln(1 + rate) × unit_days / 365.25.

        Returns
        -------
        column, or table where `level` is given
            The integral of e^(−delta u) dE[Y(u)]; infinite where it diverges.
        """
        return self._answer("discounted", customers, self._discounting(days, since, annual_rate), level, run)

    def lifetime(
        self,
        customers: Any,
        *,
        days: float | None = None,
        since: float = 0.0,
        annual_rate: float = 0.0,
        level: float | None = None,
        **run: Unpack[Run],
    ) -> Any:
        """Expected time for which each customer is still there, in days: the integral of P(alive) over the window.

        Parameters
        ----------
        customers, days, since, annual_rate, level
            As for :meth:`discounted`; every instant is discounted. A cost per day that ends with the customer, times this, is the
            present value of what keeping the customer costs.

        Returns
        -------
        column, or table where `level` is given
            Days (opportunities times ``unit_days_`` where time goes by in these); infinite where the integral diverges.
        """
        question = dataclasses.replace(self._discounting(days, since, annual_rate), quantity="lifetime")
        return self._answer("lifetime", customers, question, level, run, self._values_unit)

    # --- the next order, counts and rates ---

    def next_order(self, customers: Any, *, share: float = 0.5, level: float | None = None, **run: Unpack[Run]) -> Any:
        """In how many days, from the observation end on, the next order has come with probability `share`: by default the median.

        That a customer is overdue already is part of what is known: the answer is a time from now, and moves on as silence lasts.

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        share : float
            A probability in (0, 1).
        level : float, optional
            As for :meth:`orders`.

        Returns
        -------
        column, or table where `level` is given
            Days; infinite where the customer returns at all with less probability than `share`.
        """
        return self._answer("next_order", customers, Question("next_quantile", share=_share(share)), level, run, self._values_unit)

    def next_order_by(
        self, customers: Any, *, days: float, since: float = 0.0, level: float | None = None, **run: Unpack[Run]
    ) -> Any:
        """Probability of at least one order in the next `days` days: 1 − :meth:`silence`.

        Returns
        -------
        column, or table where `level` is given
            P(Y(t) > 0 | x, t_x, T); it never exceeds P(alive).
        """
        return self._answer("next_order_by", customers, Question("return", *self._window(days, since)), level, run)

    def next_order_mean(self, customers: Any, *, days: float, level: float | None = None, **run: Unpack[Run]) -> Any:
        """Expected days until the next order, given that it comes within `days` days.

        Returns
        -------
        column, or table where `level` is given
            Days in (0, `days`). Without the condition there is no such number: the next order may never come.
        """
        self._values()
        question = Question("next_mean", end=self._time(_columns.positive(days, "days")))
        return self._answer("next_order_mean", customers, question, level, run, self._values_unit)

    def distribution(
        self, customers: Any, *, days: float, most: int, since: float = 0.0, **run: Unpack[Run]
    ) -> NDArray[np.float64]:
        """The distribution of each customer's occasions in the next `days` days, or in as many days later on.

        Parameters
        ----------
        customers, days, since
            As for :meth:`orders`.
        most : int
            The largest count asked for.

        Returns
        -------
        ndarray, shape (customers, most + 1)
            P(Y = n | x, t_x, T) for n = 0 ... most. What a row is short of 1 is the probability of more than `most`.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> customer = {"frequency": [2.0], "t_x": [30.4], "T": [38.9]}
        >>> model.distribution(customer, days=91, most=2).round(3).tolist()
        [[0.678, 0.225, 0.07]]
        """
        model, given = self._model_of(customers)
        largest = _columns.whole(most, "most")
        if not 0 <= largest <= 10**6:
            raise ArgumentError(f"most is {largest}; it must lie in [0, 10^6]")
        return _forecasts.distribution(model, given, self._window(days, since), largest + 1, run)

    def at_most(
        self, customers: Any, n: int, *, days: float, since: float = 0.0, level: float | None = None, **run: Unpack[Run]
    ) -> Any:
        """P(Y ≤ n): probability of at most `n` orders in the next `days` days, or in as many days later on.

        Returns
        -------
        column, or table where `level` is given
        """
        count = float(_columns.whole(n, "n"))
        return self._answer("at_most", customers, Question("at_most", *self._window(days, since), n=count), level, run)

    def quantile(self, customers: Any, share: float, *, days: float, since: float = 0.0, **run: Unpack[Run]) -> Any:
        """The least number of orders that a customer does not exceed with probability `share`, were the parameters known.

        Two of them are the limits between which a customer's number of orders will lie: chance, not doubt.

        Returns
        -------
        column
            Whole numbers, as floats.
        """
        question = Question("count_quantile", *self._window(days, since), share=_share(share))
        return self._answer("quantile", customers, question, None, run)

    def variance(self, customers: Any, *, days: float, since: float = 0.0, level: float | None = None, **run: Unpack[Run]) -> Any:
        """Variance of each customer's number of orders in the next `days` days: chance, were the parameters known.

        Returns
        -------
        column, or table where `level` is given
        """
        return self._answer("variance", customers, Question("variance", *self._window(days, since)), level, run)

    def rate(self, customers: Any, *, level: float | None = None, **run: Unpack[Run]) -> Any:
        """E[lambda | x, t_x, T]: how often a customer like this one orders per unit of time (``unit_days_`` days) while alive.

        What the customer was like, whether or not still there: for what will come see :meth:`orders`.

        Returns
        -------
        column, or table where `level` is given
        """
        return self._answer("rate", customers, Question("rate"), level, run)

    def leaving(self, customers: Any, *, level: float | None = None, **run: Unpack[Run]) -> Any:
        """E[mu | x, t_x, T] per unit of time where customers leave in time (Pareto/NBD); E[p | x, t_x, T] per chance to leave where
        they leave after a purchase (BG/NBD, MBG/NBD). NaN where nobody leaves.

        Returns
        -------
        column, or table where `level` is given
        """
        return self._answer("leaving", customers, Question("leaving"), level, run)

    def total(
        self,
        customers: Any,
        *,
        days: float | None = None,
        since: float = 0.0,
        what: str = "orders",
        worth: Any = None,
        annual_rate: float = 0.0,
        level: float = 0.95,
        **run: Unpack[Run],
    ) -> Total:
        """A forecast summed over all customers, with an interval and a prediction interval.

        The parameters are the same for all customers, so doubt about them does not average out over many; chance does. A column
        ``weight`` counts.

        Parameters
        ----------
        customers : table, or Histories
            ``frequency``, ``t_x``, ``T``; or :class:`retain.Histories`, under whose covariates the days to come are.
        days, since : float
            The window, as for :meth:`orders`. `days` may be left out for "discounted" (for ever) and "alive" (now).
        what : {"orders", "discounted", "silence", "return", "alive"}
            Orders, or the number of customers without an order, with one, or alive.
        worth : column, optional
            What one order of each customer counts, such as the expected spend (:meth:`retain.GammaGamma.expected`): the total is
            money then. Taken for known.
        annual_rate : float
            For "discounted".
        level : float
            Two-sided level of the intervals.

        Returns
        -------
        Total
            Without a fit behind the model (:meth:`from_params`) its parameters are taken for known: no standard error.
        """
        kinds = {"orders": 1, "discounted": 2, "silence": 3, "return": 4, "alive": 5}
        _columns.choice(what, "what", kinds)
        if what == "discounted":
            question = self._discounting(days, since, annual_rate)
        elif what == "alive":
            question = Question("alive", end=self._time(0.0 if days is None else days))
        elif days is None:
            raise TypeError(f"days is missing; total of {what!r} needs it")
        else:
            question = Question(what, *self._window(days, since))
        weights = None if worth is None else _columns.floats(worth, "worth")
        return self._add_up(customers, question, weights, _columns.level(level), run)

    def _add_up(self, customers: Any, question: Question, worth: Floats | None, level: float, run: Run) -> Total:
        model, given = self._model_of(customers)
        if self._drawn is not None:
            return _draws.total(model, self._drawn.values, self._customers(customers), question, worth, level, run)
        return _forecasts.total(model, self._covariance(), given, question, worth, level, run)


    def derivatives(self, customers: Any, what: str = "orders", /, *args: Any, **details: Any) -> NDArray[np.float64]:
        """Derivatives of a forecast by the parameters and coefficients: for the uncertainty of what you compute from forecasts.

        A figure whose gradient by the parameters is g has the variance g' V g, V being ``report_.covariance`` (delta method); g comes from
        these by the chain rule.

        Parameters
        ----------
        customers : table
            ``frequency``, ``t_x``, ``T``.
        what : str
            The method: "orders", "alive", "silence", "discounted", "lifetime", "next_order", "next_order_by", "next_order_mean",
            "at_most", "variance", "rate" or "leaving".
        *args, **details
            What the method takes: ``days=90``.

        Returns
        -------
        ndarray, shape (customers, entries of the report)
            By the parameters themselves, not their logarithms; 0 where the answer is infinite.

        Examples
        --------
        Share of all orders to come that is of the first customer, and its standard error:

        >>> drawn = ParetoNBD.from_params(r=0.55, alpha=10.6, s=0.61, beta=11.7, unit_days=7).simulate([52.0] * 2000, seed=1)
        >>> model = ParetoNBD().fit(drawn)
        >>> two = {"frequency": [9, 2], "t_x": [50, 30], "T": [52, 52]}
        >>> orders, slopes = np.array(model.orders(two, days=90)), model.derivatives(two, "orders", days=90)
        >>> share, total = orders[0] / orders.sum(), orders.sum()
        >>> gradient = (slopes[0] - share * slopes.sum(axis=0)) / total
        >>> f"{share:.3f} {np.sqrt(gradient @ model.report_.covariance @ gradient):.3f}"
        '0.843 0.006'
        """
        if what not in (*_draws.ANSWERS, "lifetime"):
            raise ArgumentError(f"what is {what!r}; it must be one of {', '.join((*_draws.ANSWERS, 'lifetime'))}")
        if details.get("level") is not None:
            raise ArgumentError("derivatives have no level")
        asked = copy.copy(self)
        asked._derived = True
        found: NDArray[np.float64] = getattr(asked, what)(customers, *args, **details)
        return found


def _share(share: Any) -> float:
    value = _columns.number(share, "share")
    if not 0.0 < value < 1.0:
        raise ArgumentError(f"share is {value:g}; it must lie in (0, 1)")
    return value
