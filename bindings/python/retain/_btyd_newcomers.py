"""What buy-till-you-die models say of customers who are yet to come."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Unpack

import numpy as np

from . import _columns, _retain
from ._btyd_forecasts import Forecasts
from ._btyd_terms import seed_of
from ._columns import Floats
from ._estimator import empty
from ._run import Run, context
from .errors import ArgumentError, DataError


class Newcomers(Forecasts):
    """The part of :class:`Model` about new customers."""

    def expected(self, days: Any, *, covariates: Mapping[str, float] | None = None, **run: Unpack[Run]) -> Any:
        """Expected repeat occasions of a new customer, about whom nothing is known yet.

        Parameters
        ----------
        days : number or column
            Ages in days, finite and ≥ 0.
        covariates : mapping, optional
            Their covariates by name, where the model has some.

        Returns
        -------
        number or column
            E[X(t)], the first purchase not included: add 1 for it.
        """
        kind = _columns.kind_of(days)
        model = self._raw_given(covariates)
        ages = _columns.floats(days, "days")
        for row in np.flatnonzero(~((ages >= 0.0) & (ages < math.inf)))[:1].tolist():
            raise DataError(f"days[{row}] is {ages[row]:g}; it must be finite and at least 0", row)
        times = self._unit_column(ages, "days[{}]")
        result = empty(len(times))
        _retain.btyd_expected(context(run), model, times, result)
        return kind.column("expected", result)

    def pmf(
        self, n: Any, *, days: float, log: bool = False, covariates: Mapping[str, float] | None = None, **run: Unpack[Run]
    ) -> Any:
        """Probability that a new customer makes n repeat occasions by an age of `days` days.

        Parameters
        ----------
        n : number or column
            Whole numbers ≥ 0.
        days : float
            Age, finite and ≥ 0.
        log : bool
            Give the logarithm instead, exact where the probability underflows.
        covariates : mapping, optional
            Their covariates by name, where the model has some.

        Returns
        -------
        number or column
            P(X(t) = n).
        """
        kind = _columns.kind_of(n)
        model = self._raw_given(covariates)
        counts = _columns.floats(n, "n")
        pmf, log_pmf = empty(len(counts)), empty(len(counts))
        _retain.btyd_pmf(context(run), model, self._time(days), counts, pmf, log_pmf)
        return kind.column("log_pmf", log_pmf) if log else kind.column("pmf", pmf)

    def new_customer(
        self,
        *,
        days: float | None = None,
        annual_rate: float = 0.0,
        first: bool = True,
        level: float | None = None,
        covariates: Mapping[str, float] | None = None,
        **run: Unpack[Run],
    ) -> Any:
        """What a customer is worth, in orders, who is about to place the first one.

        Parameters
        ----------
        days : float, optional
            Horizon after the first order; for ever by default.
        annual_rate : float
            Effective annual discount rate, ≥ 0.
        first : bool
            Count the first order too.
        level : float, optional
            Give limits as well: a dict ``value``, ``low``, ``high``.
        covariates : mapping, optional
            Those of the customer by name, where the model has some.

        Returns
        -------
        float, or dict where `level` is given
            Discounted expected orders; infinite where they have no end.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> round(model.new_customer(days=365, annual_rate=0.1), 3)
        2.421
        """
        self._raw_given(covariates)  # refuses other names than the model's
        nobody = {**(covariates or {}), "frequency": 0.0, "t_x": 0.0, "T": 0.0}
        found = self.discounted(nobody, days=days, annual_rate=annual_rate, level=level, **run)
        more = float(_columns.yes_or_no(first, "first"))
        if level is None:
            return float(found) + more
        return {name: float(value) + more for name, value in found.items()}

    def simulate(
        self, T: Any, *, seed: int, days: float = 0.0, covariates: Mapping[str, Any] | None = None, **run: Unpack[Run]
    ) -> dict[str, Floats]:
        """Draws customers from the model: the check of every claim above.

        Parameters
        ----------
        T : column
            How long each customer is observed, in the model's unit of time.
        seed : int
            Any number from 0 to 2^64 − 1. The same seed gives the same customers, for any number of threads.
        days : float
            How long they are followed afterwards.
        covariates : mapping of columns, optional
            Their covariates by name, where the model has some; they are handed back with the customers.

        Returns
        -------
        dict of ndarray
            ``frequency``, ``t_x``, ``T``, ``alive`` (1 when alive at T), ``future`` (occasions in the `days` days after T),
            ``log_gaps`` (sum of the logarithms of the gaps up to T), and ``unit_days``: a table that :meth:`fit` takes.

        Examples
        --------
        >>> model = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
        >>> drawn = model.simulate([39.0] * 1000, seed=1, days=90)
        >>> sorted(drawn)
        ['T', 'alive', 'frequency', 'future', 'log_gaps', 't_x', 'unit_days']
        """
        model = self._raw()
        ages = _columns.floats(T, "T")
        chosen = seed_of(seed)
        given = {name: _columns.floats((covariates or {})[name], name) for name in self.covariates_ if name in (covariates or {})}
        for name in self.covariates_:
            if name not in given:
                raise ArgumentError(f"covariates has no column {name!r}; the model has {', '.join(self.covariates_)}")
        for name, column in given.items():
            for row in np.flatnonzero(~np.isfinite(column))[:1].tolist():
                raise DataError(f"covariates[{name!r}][{row}] is {column[row]:g}; it must be finite", row)
        stacked = np.concatenate(list(given.values())) if given else None
        result = {name: empty(len(ages)) for name in ("frequency", "t_x", "alive", "future", "log_gaps")}
        _retain.btyd_simulate(context(run), model, ages, stacked, self._time(days), chosen, *result.values())
        return {
            "frequency": result["frequency"],
            "t_x": result["t_x"],
            "T": ages.copy(),
            "alive": result["alive"],
            "future": result["future"],
            "log_gaps": result["log_gaps"],
            "unit_days": np.full(len(ages), self.unit_days_),
            **{name: column.copy() for name, column in given.items()},
        }
