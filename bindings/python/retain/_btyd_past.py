"""What buy-till-you-die models say of the past: likelihoods, P(alive) along a history, the curve of a cohort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._btyd_base import Base
from ._columns import Floats
from ._estimator import empty, mean_of
from ._run import Run, context
from .btyd_dynamic import Histories
from .calendar import _days_of
from .errors import ArgumentError, DataError


class Past(Base):
    """The part of :class:`Model` that looks back."""

    def likelihood(self, customers: Any, **run: Unpack[Run]) -> Any:
        """Log-likelihood of each customer, log L(x, t_x, T); weights are not applied.

        Returns
        -------
        column
        """
        if isinstance(customers, Histories):
            return self._past_of(customers, "log_likelihood", run)
        model, given = self._raw(), self._customers(customers)
        result = empty(len(given.frequency))
        _retain.btyd_likelihood(
            context(run), model, given.frequency, given.t_x, given.T, given.log_gaps, given.unit_days, given.covariates, result, None
        )
        return given.kind.column("log_likelihood", result)

    def gradient(self, customers: Any, **run: Unpack[Run]) -> NDArray[np.float64]:
        """Derivatives of the log-likelihood of each customer by the logarithms of the parameters, and by the coefficients.

        Returns
        -------
        ndarray, shape (customers, entries of the report)
        """
        entries = len(self._parameters) + 2 * len(self.covariates_)
        if isinstance(customers, Histories):
            values, slopes = empty(len(customers)), empty(entries * len(customers))
            raw = customers._check(self)
            _retain.btyd_dynamic_likelihood(context(run), raw, *customers._past(), self.unit_days_, *customers._pieces(), values, slopes)
            return slopes.reshape(len(customers), entries)
        model, given = self._raw(), self._customers(customers)
        n = len(given.frequency)
        result, gradient = empty(n), empty(entries * n)
        _retain.btyd_likelihood(
            context(run), model, given.frequency, given.t_x, given.T, given.log_gaps, given.unit_days, given.covariates, result, gradient
        )
        return gradient.reshape(n, entries)

    def score(self, customers: Any, y: None = None, **run: Unpack[Run]) -> float:
        """Mean log-likelihood per customer: the larger the better, also on customers the model has not seen. Weights count."""
        model, given = self._raw(), self._customers(customers)
        result = empty(len(given.frequency))
        _retain.btyd_likelihood(
            context(run), model, given.frequency, given.t_x, given.T, given.log_gaps, given.unit_days, given.covariates, result, None
        )
        return mean_of(result, given.weight)

    def history(self, orders: Any, at: Any, *, covariates: Mapping[str, float] | None = None, **run: Unpack[Run]) -> Any:
        """P(alive) along one customer's history: what the model would have said on past days.

        Parameters
        ----------
        orders : column
            Dates of the customer's orders, or days on any clock, the first one included, in any order; several on one day are one.
        at : date, number or column
            Dates, or days on the same clock, at which to look. An order on that very day is known.
        covariates : mapping, optional
            Those of the customer by name, where the model has some.

        Returns
        -------
        number or column
            Probabilities, of the kind of `at`; NaN before the first order.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> [round(p, 3) for p in model.history([100, 114, 120], [99, 100, 121, 300])]
        [nan, 1.0, 0.803, 0.124]
        """
        kind = _columns.kind_of(at)
        model = self._raw_given(covariates)
        days, looks = _on_clock(orders, "orders", run), _on_clock(at, "at", run)
        if len(days) == 0:
            raise ArgumentError("orders is empty; a customer has a first order")
        days = np.unique(days)
        known = looks >= days[0]
        ages = self._unit_column(days[1:] - days[0], "a later order, in days after the first,")
        instants = self._unit_column(looks[known] - days[0], "at, in days after the first order,")
        alive = empty(len(instants))
        _retain.btyd_history(context(run), model, ages, instants, alive)
        result = np.full(len(looks), np.nan)
        result[known] = alive
        return kind.column("alive", result)

    def tracking(
        self, first_day: Any, days: Any, *, weight: Any = None, covariates: Mapping[str, float] | None = None, **run: Unpack[Run]
    ) -> Any:
        """Expected repeat occasions of a cohort up to points of calendar time: the curve to hold against what happened.

        Parameters
        ----------
        first_day : column
            Date of each customer's first order, or day on any clock.
        days : date, number or column
            Dates, or days on the same clock, at which to look.
        weight : column, optional
            Numbers of identical customers.
        covariates : mapping, optional
            Those of the cohort by name, where the model has some.

        Returns
        -------
        number or column
            Sum over customers of E[X(day − first_day)], cumulative, of the kind of `days`.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> [round(v, 3) for v in model.tracking([0, 0, 30], [0, 30, 60, 90])]
        [0.0, 0.429, 0.997, 1.478]
        """
        kind = _columns.kind_of(days)
        model = self._raw_given(covariates)
        births, times = _on_clock(first_day, "first_day", run), _on_clock(days, "days", run)
        weights = None if weight is None else _columns.floats(weight, "weight")
        expected = empty(len(times))
        _retain.btyd_tracking(context(run), model, births / self.unit_days_, weights, times / self.unit_days_, expected)
        return kind.column("expected", expected)


def _on_clock(column: Any, name: str, run: Run) -> Floats:
    """Days: those of dates, or numbers as they are."""
    column = [column] if isinstance(column, (str, dt.date, np.datetime64)) else column
    if _columns.is_temporal(column) or (_columns.is_column(column) and _columns.texts(column) is not None):
        return _days_of(column, name, None, run).astype(np.float64)
    days = _columns.floats(column, name)
    for row in np.flatnonzero(~np.isfinite(days))[:1].tolist():
        raise DataError(f"{name}[{row}] is {days[row]:g}; it must be finite", row)
    return days
