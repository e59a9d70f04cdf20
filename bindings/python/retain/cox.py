"""What makes customers leave sooner? Cox regression: several things at once, customers who have not left yet, and what changes with time.

>>> from retain.cox import CoxRegression
>>> months, left = [2, 3, 5, 6, 8, 9, 11, 12], [1, 1, 1, 0, 1, 1, 0, 0]
>>> model = CoxRegression().fit({"tickets": [3, 1, 2, 0, 1, 2, 0, 0]}, months, left)
>>> model
CoxRegression(tickets=1.25293)
>>> round(float(model.coefficients()["hazard_ratio"][0]), 1)        # times the hazard with each ticket
3.5
>>> [round(risk, 2) for risk in model.risk({"tickets": [0, 3]})]
[0.24, 10.48]

A **hazard ratio** of 1.3 means that with one unit more of the predictor, everything else being equal, 30 % more leave at any moment of
those still there. How the risk runs with age is left open. What changes with time (late deliveries, tickets, the plan) is given in several
rows of a customer, each from `entry` to `exit` with what was known at its entry.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Mapping
from typing import Any, NamedTuple, Self, Unpack

import numpy as np

from . import _columns, _cox_stored, _retain
from ._columns import Floats, Ints, Kind
from ._cox_stored import STEPS
from ._duration_estimator import DurationEstimator, read_durations
from ._estimator import Estimator, empty, restored
from ._figures import Groups
from ._predictors import Predictors, named
from ._run import Run, context
from .errors import ArgumentError, ConvergenceError, NotFitted
from .fit import Report
from ._stored import Stored
from ._survival_rows import Rows, name_predictors
from .survival import Limits

__all__ = ["CoxRegression", "Overall", "Statistic", "from_dict"]

_TRANSFORMS = {"km": 0, "identity": 1, "log": 2, "rank": 3}
_INTERVALS = {"log-log": 0, "log": 1, "plain": 2}
_TIES = {"efron": 0, "breslow": 1}
_EACH = ("hazard_ratio", "hazard_ratio_low", "hazard_ratio_high", "z", "p_value", "plain_error", "spread")
_WHOLE = (
    *("events", "log_likelihood_null", "log_likelihood", "degrees", "score", "score_p", "wald", "wald_p"),
    *("likelihood_ratio", "likelihood_ratio_p", "concordance", "pairs"),
)
_HEAD = len(_WHOLE) + 1


class Statistic(NamedTuple):
    """A test that all coefficients are 0.

    Attributes
    ----------
    statistic : float
        Chi-squared for many rows.
    degrees : int
        Its degrees of freedom.
    p_value : float
        Chance of a statistic at least as large, were nothing to it. NaN without an interior maximum, with a prior or held coefficients.
    """

    statistic: float
    degrees: int
    p_value: float


@dataclasses.dataclass(frozen=True)
class Overall:
    """What a fit says about the predictors together.

    Attributes
    ----------
    likelihood_ratio, score, wald : Statistic
        Three tests that all coefficients are 0; the Wald test knows of robust errors.
    events : float
        Rows that ended, weights counting.
    log_likelihood_null, log_likelihood : float
        Partial log-likelihood at 0 and at the coefficients.
    concordance : float
        Share of pairs in which who left first had the higher hazard, Harrell's C. On the rows of the fit: those of another time say
        more.
    pairs : float
        So many pairs it rests on.
    """

    likelihood_ratio: Statistic
    score: Statistic
    wald: Statistic
    events: float
    log_likelihood_null: float
    log_likelihood: float
    concordance: float
    pairs: float


class CoxRegression(DurationEstimator, Estimator):
    """Cox regression: hazards as multiples of one that is left open.

    Parameters
    ----------
    ties : {"efron", "breslow"}
        What is done about events at the same time; Breslow's is too near to 0 where many tie.
    robust : bool
        Standard errors, limits and the Wald test from the spread of the rows, or of the customers where `fit` is told whose rows they
        are: they hold when rows of one customer are alike, or weights stand for something other than identical rows.
    coefficient_sd : float
        Above 0: a normal prior of mean 0 on coefficients times the scale of their predictor (the difference of two values, or two
        standard deviations), for many predictors or few events. 0: none.
    iterations : int
        Most Newton steps.
    level : float
        Two-sided level of limits, in (0, 1).

    Attributes
    ----------
    params_ : dict of float
        Coefficients by predictor: logarithms of hazard ratios.
    reference_ : dict of float
        Predictors of the customer whose hazard is the baseline: weighted means.
    report_ : retain.fit.Report
        What there is to say about the fit.
    overall_ : Overall
        Tests, concordance, partial likelihood.
    names_ : tuple of str
        Predictors; x0, x1 ... where they have no names.
    """

    _name = "Cox"
    _beside_report = tuple(name for name in _WHOLE if name != "log_likelihood")
    _beside_each = _EACH
    _beside_bounds = {"degrees": (0.0, float(_cox_stored.MOST))}

    names_: tuple[str, ...]
    reference_: dict[str, float]
    overall_: Overall

    def __init__(
        self, *, ties: str = "efron", robust: bool = False, coefficient_sd: float = 0.0, iterations: int = 200, level: float = 0.95
    ) -> None:
        super().__init__(iterations=iterations, level=level)
        self.ties = ties
        self.robust = robust
        self.coefficient_sd = coefficient_sd

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options of the fit (not the coefficients: those are in ``params_``)."""
        return {"ties": self.ties, "robust": self.robust, "coefficient_sd": self.coefficient_sd, **super().get_params(deep)}

    def fit(
        self,
        X: Any,
        exit: Any,
        event: Any = None,
        *,
        entry: Any = None,
        weight: Any = None,
        stratum: Any = None,
        customer: Any = None,
        fixed: dict[str, float] | None = None,
        **run: Unpack[Run],
    ) -> Self:
        """Fits the coefficients by partial likelihood.

        Parameters
        ----------
        X : table
            What is known of each row at its entry: at most 40 columns of numbers. None may be missing.
        exit : column, or table
            How long each row lasted, or had lasted when it was last seen. In a table, ``event``, ``entry`` and ``weight`` stand beside it.
        event : column, optional
            Whether it ended at `exit`; all did by default.
        entry : column, optional
            From when on each row was watched: with late entry, and of rows of a customer whose predictors changed.
        weight : column, optional
            So many identical rows; 0 leaves a row out.
        stratum : column, optional
            Groups (countries, plans) with baseline hazards of their own, whose customers are compared with each other only.
        customer : column, optional
            Whose row it is, where customers have several. They may not overlap, and with ``robust`` their errors are added up first.
        fixed : dict of float, optional
            Values at which coefficients are held, by predictor.
        **run
            How to run: ``threads``, ``progress``, ``memory``.

        Returns
        -------
        self

        Raises
        ------
        ConvergenceError
            Unless the maximum is in the interior and the data identify it; carries ``model`` and ``report``. It says which coefficient runs
            away (all who left had the most of it) or which predictor follows from others.
        """
        ties, robust = _columns.choice(self.ties, "ties", _TIES), _columns.yes_or_no(self.robust, "robust")
        iterations, level = self._options()
        rows = Rows(X, *read_durations(exit, event, entry, weight), stratum, customer)
        names = named(rows.X.columns, rows.X.names)
        held = None
        if fixed is not None:
            for name in _columns.by_name(fixed, "fixed"):
                if name not in names:
                    raise ArgumentError(f"fixed has {name!r}, which is no column of X")
            held = np.array([_columns.number(fixed[name], f"fixed[{name!r}]") if name in fixed else math.nan for name in names])
        model, summary = empty(1 + 2 * len(names)), empty(_HEAD + len(_EACH) * len(names))
        with rows.customers.naming():
            record = _retain.cox_fit(
                context(run),
                *rows.columns(),
                ties,
                int(robust),
                iterations,
                level,
                _columns.number(self.coefficient_sd, "coefficient_sd"),
                held,
                model,
                summary,
            )
        self._take_over(record, names, model, summary, bool(robust))
        self._take_baseline(rows, run)
        return self

    def _take_baseline(self, rows: Rows, run: Run) -> None:
        """The steps of the baseline: what forecasts read."""
        count, columns = len(rows.durations.exit), len(self.names_)
        stratum = np.empty(count, dtype=np.int64)
        steps = {name: empty(count) for name in STEPS}
        drift = empty(count * columns)
        found = _retain.cox_steps(context(run), *rows.columns()[:-1], self._raw(), stratum, *steps.values(), drift)["count"]
        self._steps = {"stratum": stratum[:found].copy()} | {name: values[:found].copy() for name, values in steps.items()}
        self._steps["drift"] = drift[: found * columns].copy()
        self._strata = rows.groups.keys.give(rows.groups.found, Kind()).tolist() if rows.groups.keys is not None else None

    def _take_over(self, record: dict[str, Any], names: tuple[str, ...], model: Floats, summary: Floats, robust: bool) -> None:
        target = self if record["status"] == 0 else copy.copy(self)
        count = len(names)
        target.names_ = names
        target._ties, target._robust = int(model[0]), robust
        target.params_ = dict(zip(names, model[1 : 1 + count].tolist()))
        target.reference_ = dict(zip(names, model[1 + count :].tolist()))
        report = Report._of(record, names)
        target.report_ = dataclasses.replace(report, explanation=name_predictors(report.explanation, names))
        target._take_beside(dict(zip(_WHOLE, summary[:_HEAD].tolist())) | dict(zip(_EACH, summary[_HEAD:].reshape(len(_EACH), count).copy())))
        if target is not self:
            target.__dict__.pop("_steps", None)  # of an earlier fit
            error = ConvergenceError(target.report_.explanation)
            error.model = target
            error.report = target.report_
            raise error

    _ties: int
    _robust: bool
    _whole: dict[str, float]
    _each: dict[str, Floats]
    _steps: dict[str, Any]
    _strata: list[Any] | None

    def _take_beside(self, found: dict[str, Any]) -> None:
        _cox_stored.check_found(found)
        self._each = {name: found[name] for name in _EACH}
        self._whole = of = {"log_likelihood": self.report_.log_likelihood} | {name: found[name] for name in _WHOLE if name in found}
        of["degrees"] = degrees = int(of["degrees"]) if of["degrees"] == of["degrees"] else 0
        ratio, score, wald = (Statistic(of[name], degrees, of[f"{name}_p"]) for name in ("likelihood_ratio", "score", "wald"))
        figures = ("events", "log_likelihood_null", "log_likelihood", "concordance", "pairs")
        self.overall_ = Overall(ratio, score, wald, *(of[name] for name in figures))

    def _raw(self) -> Floats:
        if not hasattr(self, "params_"):
            raise NotFitted("this CoxRegression has no coefficients yet; call fit first")
        return np.array([self._ties, *self.params_.values(), *self.reference_.values()], dtype=np.float64)

    def _values(self) -> list[float]:
        self._raw()
        return list(self.params_.values())

    def _covariance(self) -> Floats:
        return np.ascontiguousarray(self.report_.covariance, dtype=np.float64).reshape(-1)

    def coefficients(self) -> dict[str, Any]:
        """The coefficients as a dict of columns, a row for each predictor: ``pandas.DataFrame(model.coefficients())``.

        Returns
        -------
        dict of arrays
            ``predictor``; ``coefficient`` and its ``standard_error``; ``hazard_ratio``, per unit of the predictor, with its limits ``low``
            and ``high``; ``z`` and ``p_value`` of the coefficient; ``plain_error``, its standard error without ``robust``; ``spread``, the
            standard deviation of the predictor: exp(coefficient × spread) is the ratio for a typical difference.
        """
        self._raw()
        columns = {
            "predictor": np.array(self.names_),
            "coefficient": np.array(list(self.params_.values())),
            "standard_error": self.report_.standard_error.copy(),
        }
        return columns | {name.removeprefix("hazard_ratio_"): values.copy() for name, values in self._each.items()}

    def risk(self, X: Any, *, limits: bool = False, log: bool = False, **run: Unpack[Run]) -> Any:
        """The hazard of each row beside that of the reference customer, exp(b'(x − reference)).

        Parameters
        ----------
        X : table
            The predictors of the fit, by name where they have names; NaN gives NaN.
        limits : bool
            Give a table of ``ratio``, ``low`` and ``high`` at the estimator's `level`.
        log : bool
            Give b'(x − reference) instead, the linear predictor.

        Returns
        -------
        column or table
            Of the kind of X.
        """
        model, table = self._raw(), self._table(X)
        logarithm, ratio = empty(table.rows), empty(table.rows)
        low, high = empty(table.rows), empty(table.rows)
        covariance = self._covariance() if _columns.yes_or_no(limits, "limits") else None
        bounds = (low, high) if limits else (None, None)
        _retain.cox_risk(
            context(run), model, table.block, table.by_row, covariance, _columns.level(self.level), logarithm, ratio, *bounds
        )
        if limits:
            columns = {"ratio": ratio, "low": low, "high": high}
            return table.kind.table({name: table.kind.column(name, values) for name, values in columns.items()})
        return table.kind.column("log_risk", logarithm) if log else table.kind.column("risk", ratio)

    def _relative_risk(self, X: Any) -> Any:
        return self.risk(X)

    def _table(self, X: Any) -> Predictors:
        table = Predictors(X, names=self.names_ if self._has_names() else None)
        if table.columns != len(self.names_):
            raise ArgumentError(f"X has {table.columns} columns; the model reads {len(self.names_)}")
        return table

    def _has_names(self) -> bool:
        return self.names_ != named(len(self.names_), None)

    # --- stored models ---

    def _said(self) -> dict[str, Any]:
        self._raw()
        return _cox_stored.said(self)

    def _found_beside(self) -> dict[str, Any]:
        return {name: self._whole[name] for name in self._beside_report} | self._each

    def _fitted_entries(self) -> tuple[tuple[str, ...], list[float]]:
        return self.names_, self._values()

    @classmethod
    def _restored(cls, stored: Stored) -> Self:
        model = cls()
        _cox_stored.restore(stored, model)
        return model

    # --- forecasts ---

    def baseline(self) -> dict[str, Any]:
        """The cumulative hazard of the reference customer as a dict of columns, a row for each time at which customers left.

        Returns
        -------
        dict of arrays
            ``stratum`` (where there are strata), ``time``, ``at_risk``, ``events``; ``hazard``, and its ``variance`` for known coefficients.
            The last row of a stratum is the longest that anybody was watched: nothing is said beyond it.
        """
        self._raw()
        steps = self._baseline()
        columns = {name: steps[name].copy() for name in STEPS}
        if self._strata is None:
            return columns
        return {"stratum": np.array([self._strata[code] for code in steps["stratum"]])} | columns

    def _baseline(self) -> dict[str, Any]:
        if not hasattr(self, "_steps"):
            raise ArgumentError(f"this model has no baseline to forecast with: its fit ended with {self.report_.verdict!r}")
        return self._steps

    def _question(self, X: Any, lasted: Any, stratum: Any, covariance: bool) -> tuple[Predictors, tuple[Any, ...]]:
        """What all forecasts are asked with."""
        model, table = self._raw(), self._table(X)
        steps = self._baseline()
        doubt = (steps["variance"], steps["drift"], self._covariance()) if covariance else (None, None, None)
        aged = None
        if lasted is not None:
            aged = _columns.floats(lasted, "lasted")
            aged = np.full(table.rows, aged[0]) if len(aged) == 1 and not _columns.is_column(lasted) else aged
        codes = self._codes(stratum, table.rows)
        baseline = (model, steps["stratum"], steps["time"], steps["hazard"], *doubt)
        return table, (*baseline, table.block, table.by_row, codes, aged)

    def _codes(self, stratum: Any, rows: int) -> Ints | None:
        if self._strata is None:
            if stratum is not None:
                raise ArgumentError("stratum is given, and the model has none")
            return None
        if stratum is None:
            raise ArgumentError("stratum is missing; it must say which of the model's strata each row is of")
        groups = Groups(stratum, "stratum")
        known = {label: code for code, label in enumerate(self._strata)}
        labels = groups.keys.give(groups.found, Kind()).tolist() if groups.keys is not None else []
        for label in labels:
            if label not in known:
                raise ArgumentError(f"stratum has {label!r}, which is none of the model's: {', '.join(map(str, self._strata[:12]))}")
        if groups.codes is None or len(groups.codes) != rows:
            raise ArgumentError(f"stratum has {0 if groups.codes is None else len(groups.codes)} rows, X has {rows}; they must have as many")
        return np.array([known[label] for label in labels], dtype=np.int64)[groups.codes]

    def survival(
        self,
        X: Any,
        ahead: Any,
        *,
        lasted: Any = None,
        stratum: Any = None,
        limits: bool = False,
        interval: str = "log-log",
        **run: Unpack[Run],
    ) -> Any:
        """The share of such customers that lasts `ahead` more.

        Parameters
        ----------
        X : table
            The predictors of the fit.
        ahead : number or column
            Times from now on, in the unit of the fit.
        lasted : number or column, optional
            How long each has lasted already; 0 by default.
        stratum : column, optional
            Of each row, where the model has strata.
        limits : bool
            Give :class:`retain.survival.Limits`, at the estimator's `level`: they know how uncertain the coefficients are, and the baseline.
        interval : {"log-log", "log", "plain"}
            The scale on which limits are symmetric; "log" is the default of R's survfit.

        Returns
        -------
        column, or array of shape (rows, times)
            A column for one time, an array for a column of them. NaN beyond the longest that anybody was watched.
        """
        table, question = self._question(X, lasted, stratum, bool(_columns.yes_or_no(limits, "limits")))
        times = _columns.floats(ahead, "ahead")
        made = [empty(table.rows * len(times)) for _ in range(3)]
        low, high = made[1:] if limits else (None, None)
        chosen = _columns.choice(interval, "interval", _INTERVALS)
        _retain.cox_survival(context(run), *question, _columns.level(self.level), chosen, times, made[0], None, low, high)
        if _columns.is_column(ahead):
            shaped = [values.reshape(table.rows, len(times)) for values in made]
        else:
            shaped = [table.kind.column(name, values) for name, values in zip(("survival", "low", "high"), made)]
        return Limits(*shaped) if limits else shaped[0]

    def remaining(
        self, X: Any, horizon: float, *, lasted: Any = None, stratum: Any = None, limits: bool = False, **run: Unpack[Run]
    ) -> Any:
        """How long each lasts on average within the next `horizon`: the mean of min(time left, horizon).

        Parameters
        ----------
        X, lasted, stratum
            As for :meth:`survival`.
        horizon : float
            In the unit of the fit.
        limits : bool
            Give :class:`retain.survival.Limits`.

        Returns
        -------
        column
            NaN where nobody was watched so long.
        """
        table, question = self._question(X, lasted, stratum, bool(_columns.yes_or_no(limits, "limits")))
        made = [empty(table.rows) for _ in range(3)]
        low, high = made[1:] if limits else (None, None)
        level, until = _columns.level(self.level), _columns.positive(horizon, "horizon")
        _retain.cox_remaining(context(run), *question, level, until, made[0], None, low, high)
        shaped = [table.kind.column(name, values) for name, values in zip(("remaining", "low", "high"), made)]
        return Limits(*shaped) if limits else shaped[0]

    def quantile(self, X: Any, share: float = 0.5, *, lasted: Any = None, stratum: Any = None, **run: Unpack[Run]) -> Any:
        """By when a share of such customers has left, from now on: the median time left by default.

        Returns
        -------
        column
            NaN where fewer leave as long as anybody was watched.
        """
        table, question = self._question(X, lasted, stratum, False)
        time = empty(table.rows)
        _retain.cox_quantile(context(run), *question[:4], *question[7:], _columns.number(share, "share"), time)
        return table.kind.column("quantile", time)

    # --- checks ---

    def _again(self, X: Any, exit: Any, event: Any, entry: Any, weight: Any, stratum: Any) -> tuple[int, tuple[Any, ...]]:
        """Rows of the fit, and the model."""
        model = self._raw()
        rows = Rows(X, exit, event, entry, weight, stratum, None)
        rows.X = self._table(X)
        return len(rows.durations.exit), (*rows.columns()[:-1], model)

    def proportional(
        self,
        X: Any,
        exit: Any,
        event: Any = None,
        *,
        entry: Any = None,
        weight: Any = None,
        stratum: Any = None,
        transform: str = "km",
        **run: Unpack[Run],
    ) -> dict[str, Any]:
        """Do hazards keep their proportions, or does a coefficient change with time? Grambsch and Therneau's score test.

        Parameters
        ----------
        X, exit, event, entry, weight, stratum
            The rows of the fit.
        transform : {"km", "identity", "log", "rank"}
            What coefficients are supposed to change with: the share that has ended just before, time, its logarithm, its rank. Weights count
            in shares and ranks too (R's ``cox.zph`` leaves them out).

        Returns
        -------
        dict of arrays
            ``predictor``, the last being "all" together; ``chi_squared``, ``degrees``, ``p_value``: small where it does not hold.
        """
        _, rows = self._again(X, exit, event, entry, weight, stratum)
        count = len(self.names_)
        chi_squared, p_value = empty(count + 1), empty(count + 1)
        chosen = _columns.choice(transform, "transform", _TRANSFORMS)
        _retain.cox_proportional(context(run), *rows, chosen, chi_squared, p_value)
        degrees = np.array([1] * count + [count])
        return {"predictor": np.array([*self.names_, "all"]), "chi_squared": chi_squared, "degrees": degrees, "p_value": p_value}

    def residuals(
        self, X: Any, exit: Any, event: Any = None, *, entry: Any = None, weight: Any = None, stratum: Any = None, **run: Unpack[Run]
    ) -> dict[str, Any]:
        """Residuals of each row of the fit.

        Returns
        -------
        dict of arrays
            ``martingale``: event less the events expected of it; ``deviance``: the same made symmetric; ``score`` and ``influence``, of
            shape (rows, predictors): what a row adds to the slope, and by about how much coefficients would change without it, times −1.
        """
        count, rows = self._again(X, exit, event, entry, weight, stratum)
        columns = len(self.names_)
        made = {"martingale": empty(count), "deviance": empty(count), "score": empty(count * columns), "influence": empty(count * columns)}
        _retain.cox_residuals(context(run), *rows, *made.values())
        return {name: values if len(values) == count and name in ("martingale", "deviance") else values.reshape(count, columns)
                for name, values in made.items()}

    def schoenfeld(
        self, X: Any, exit: Any, event: Any = None, *, entry: Any = None, weight: Any = None, stratum: Any = None, **run: Unpack[Run]
    ) -> dict[str, Any]:
        """Schoenfeld residuals, a row for each event, ascending by stratum and time.

        Returns
        -------
        dict of arrays
            ``row`` and ``time`` of the event; ``residual``: its predictors less their mean among those at risk; ``scaled``: about the
            coefficient at that time, to be smoothed over time. Both of shape (events, predictors).
        """
        count, rows = self._again(X, exit, event, entry, weight, stratum)
        columns = len(self.names_)
        row, time, residual, scaled = np.empty(count, dtype=np.int64), empty(count), empty(count * columns), empty(count * columns)
        found = _retain.cox_schoenfeld(context(run), *rows, row, time, residual, scaled)["count"]
        tables = {name: values[: found * columns].reshape(found, columns).copy() for name, values in (("residual", residual), ("scaled", scaled))}
        return {"row": row[:found].copy(), "time": time[:found].copy(), **tables}


def from_dict(stored: Mapping[str, Any]) -> CoxRegression:
    """The model that ``to_dict`` wrote, or PHP's ``toArray``: forecasts and their limits are the same to the last bit.

    Raises
    ------
    ArgumentError, TypeError
        For what is missing, unknown or wrong in it, by name.
    """
    model = restored(stored, (CoxRegression,))
    if not hasattr(model, "report_"):
        raise ArgumentError("fit is null; a Cox regression comes from a fit")
    if hasattr(model, "_steps"):
        _cox_stored.check(model._raw(), model._steps, model._covariance())
    return model
