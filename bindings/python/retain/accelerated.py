"""How long will it last, beyond what was watched, and what makes it shorter? Accelerated failure time: Weibull, log-logistic, log-normal.

>>> from retain.accelerated import AcceleratedRegression
>>> months, left = [1, 3, 3, 8, 12, 12], [True, True, False, True, False, False]
>>> model = AcceleratedRegression("Weibull").fit(None, months, left)
>>> model
AcceleratedRegression('Weibull', scale=13.2856, shape=0.9538)
>>> [round(share, 2) for share in model.survival(None, [6, 24])]
[0.63, 0.17]

Cox regression (:mod:`retain.cox`) leaves the course of the risk open, and so ends with the longest that anybody was watched. Here a curve is
supposed, of which each predictor stretches or shortens the time: with a **time ratio** of 0.8 everything takes 0.8 times as long.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Mapping
from typing import Any, Self, Unpack

import numpy as np

from . import _columns, _retain, _stored
from ._columns import Floats, Kind
from ._duration_estimator import DurationEstimator, read_durations
from ._estimator import Estimator, empty, restored
from ._predictors import Predictors, match_rows, named
from ._run import Run, context
from .errors import ArgumentError, ConvergenceError, NotFitted
from .fit import Report
from ._stored import Stored
from ._survival_rows import name_predictors
from .survival import Limits, _Durations

__all__ = ["AcceleratedRegression", "choose", "from_dict"]

_FAMILIES = {"Weibull": 0, "exponential": 1, "log-logistic": 2, "log-normal": 3}
_NAMES = {number: name for name, number in _FAMILIES.items()}


def _refuse_names(names: tuple[str, ...]) -> None:
    """Scale and shape are parameters."""
    for name in ("scale", "shape"):
        if name in names:
            raise ArgumentError(f"X has a column {name!r}, which is what a parameter of the model is called; give it another name")


class AcceleratedRegression(DurationEstimator, Estimator):
    """An accelerated failure time model.

    Parameters
    ----------
    family : {"Weibull", "exponential", "log-logistic", "log-normal"}
        The course of the risk. Weibull: it rises with age for a shape above 1, and falls below 1; exponential: the same at any age;
        log-logistic (shape above 1) and log-normal: it rises and falls. :func:`choose` compares them.
    coefficient_sd : float
        Above 0: a normal prior of mean 0 on coefficients times the scale of their predictor. 0: none.
    iterations : int
        Most Newton steps.
    level : float
        Two-sided level of limits, in (0, 1).

    Attributes
    ----------
    scale_, shape_ : float
        Of the customer of average predictors: the time at which z is 0, and how steep the curve is.
    params_ : dict of float
        Scale, shape, and the coefficients by predictor: logarithms of time ratios.
    reference_ : dict of float
        Predictors of the reference customer: weighted means.
    report_ : retain.fit.Report
        What there is to say about the fit; ``report_.aic`` compares families.
    names_ : tuple of str
        Predictors; x0, x1 ... where they have no names.
    """

    names_: tuple[str, ...]
    reference_: dict[str, float]
    scale_: float
    shape_: float

    def __init__(self, family: str = "Weibull", *, coefficient_sd: float = 0.0, iterations: int = 200, level: float = 0.95) -> None:
        super().__init__(iterations=iterations, level=level)
        self.family = family
        self.coefficient_sd = coefficient_sd

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options of the fit (not what was fitted: that is in ``params_``)."""
        return {"family": self.family, "coefficient_sd": self.coefficient_sd, **super().get_params(deep)}

    def __repr__(self) -> str:
        if not hasattr(self, "params_"):
            return f"AcceleratedRegression({self.family!r})"
        return f"AcceleratedRegression({self.family!r}, {', '.join(f'{name}={value:.6g}' for name, value in self.params_.items())})"

    def fit(
        self, X: Any, exit: Any, event: Any = None, *, entry: Any = None, weight: Any = None, **run: Unpack[Run]
    ) -> Self:
        """Fits the family by maximum likelihood.

        Parameters
        ----------
        X : table or None
            What is known of each row at its beginning: at most 38 columns of numbers, none missing. None without predictors.
        exit : column, or table
            How long each row lasted, or had lasted when it was last seen. In a table, ``event``, ``entry`` and ``weight`` stand beside it.
        event : column, optional
            Whether it ended at `exit`; all did by default. Nothing may end at 0.
        entry : column, optional
            From when on each row was watched, when that was not its beginning.
        weight : column, optional
            So many identical rows.
        **run
            How to run: ``threads``, ``progress``, ``memory``.

        Returns
        -------
        self

        Raises
        ------
        ConvergenceError
            Unless the maximum is in the interior and the data identify it; carries ``model`` and ``report``.
        """
        iterations, level = self._options()
        durations = _Durations(*read_durations(exit, event, entry, weight))
        rows = len(durations.exit)
        if rows == 0:
            raise ArgumentError("exit has no rows; a regression needs some to be fitted to")
        table = None if X is None else Predictors(X)
        if table is not None:
            match_rows(table, rows)
        names = () if table is None else named(table.columns, table.names)
        _refuse_names(names)
        block, by_row = (np.empty(0), 0) if table is None else (table.block, table.by_row)
        model = empty(3 + 2 * len(names))
        record = _retain.accelerated_fit(
            context(run),
            _columns.choice(self.family, "family", _FAMILIES),
            *durations.columns(),
            block,
            by_row,
            iterations,
            level,
            _columns.number(self.coefficient_sd, "coefficient_sd"),
            model,
        )
        target = self if record["status"] == 0 else copy.copy(self)
        target._take_model(model, names)
        report = Report._of(record, ("scale", "shape", *names))
        target.report_ = dataclasses.replace(report, explanation=name_predictors(report.explanation, names))
        if target is not self:
            error = ConvergenceError(target.report_.explanation)
            error.model = target
            error.report = target.report_
            raise error
        return self

    _fitted: Floats

    def _take_model(self, model: Floats, names: tuple[str, ...]) -> None:
        self._fitted = model
        self.names_ = names
        self.scale_, self.shape_ = model[1:3].tolist()
        self.params_ = dict(zip(("scale", "shape", *names), model[1 : 3 + len(names)].tolist()))
        self.reference_ = dict(zip(names, model[3 + len(names) :].tolist()))

    def _raw(self) -> Floats:
        if not hasattr(self, "params_"):
            raise NotFitted("this AcceleratedRegression has no parameters yet; call fit first")
        return self._fitted

    def _values(self) -> list[float]:
        self._raw()
        return list(self.params_.values())

    def coefficients(self) -> dict[str, Any]:
        """The coefficients as a dict of columns, a row for each predictor: ``pandas.DataFrame(model.coefficients())``.

        Returns
        -------
        dict of arrays
            ``predictor``; ``coefficient`` and its ``standard_error``; ``time_ratio``, per unit of the predictor, with its limits ``low`` and
            ``high``.
        """
        self._raw()
        part = slice(2, None)
        return {
            "predictor": np.array(self.names_),
            "coefficient": self.report_.estimate[part].copy(),
            "standard_error": self.report_.standard_error[part].copy(),
            "time_ratio": np.exp(self.report_.estimate[part]),
            "low": np.exp(self.report_.low[part]),
            "high": np.exp(self.report_.high[part]),
        }

    # --- stored models ---

    def _family_name(self) -> str:
        return _NAMES[int(self._raw()[0])]

    def _said(self) -> dict[str, Any]:
        coefficients = self._raw()[3 : 3 + len(self.names_)].tolist()
        return {
            "parameters": {"scale": _stored.number(self.scale_), "shape": _stored.number(self.shape_)},
            "columns": _stored.write_columns(self.names_, coefficients, self.reference_.values()),
        }

    def _fitted_entries(self) -> tuple[tuple[str, ...], list[float]]:
        return ("scale", "shape", *self.names_), self._values()

    @classmethod
    def _restored(cls, stored: Stored) -> Self:
        model = cls(stored.family)
        of = _stored.parameters_of(stored, ("scale", "shape"))
        if stored.family == "exponential" and math.isfinite(of["shape"]) and of["shape"] != 1.0:
            raise ArgumentError(f"parameters.shape is {of['shape']:g}; it must be 1 of an exponential")
        names, coefficients, references = _stored.columns_of(stored, 0, 38)
        _refuse_names(names)
        raw = np.array([_FAMILIES[stored.family], *of.values(), *coefficients, *references])
        if not stored.is_open:
            nothing = np.empty(0)
            _retain.accelerated_survival(None, raw, None, nothing, 0, nothing, 0.95, nothing, nothing, None, None)  # checks the numbers
        model._take_model(raw, names)
        return model

    # --- forecasts ---

    def _relative_risk(self, X: Any) -> Any:
        median = np.asarray(self.quantile(X), dtype=np.float64)
        usual = self.quantile({name: [value] for name, value in self.reference_.items()} if self.names_ else None)
        return (Predictors(X).kind if X is not None else Kind()).column("risk", float(usual[0]) / median)

    def _question(self, X: Any, lasted: Any, limits: Any) -> tuple[int, Kind, tuple[Any, ...]]:
        model = self._raw()
        covariance = None
        if _columns.yes_or_no(limits, "limits"):
            covariance = np.ascontiguousarray(self.report_.covariance, dtype=np.float64).reshape(-1)
        aged = np.zeros(1) if lasted is None else _columns.floats(lasted, "lasted")
        kind = _columns.kind_of(lasted) if lasted is not None else Kind()
        if X is None:
            if self.names_:
                raise ArgumentError(f"X is missing; the model reads {', '.join(self.names_)}")
            return len(aged), kind, (model, covariance, np.empty(0), 0, aged)
        table = Predictors(X, names=self.names_ if self.names_ != named(len(self.names_), None) else None)
        if table.columns != len(self.names_):
            raise ArgumentError(f"X has {table.columns} columns; the model reads {len(self.names_)}")
        if len(aged) == 1 and not _columns.is_column(lasted):
            aged = np.full(table.rows, aged[0])
        return table.rows, table.kind, (model, covariance, table.block, table.by_row, aged)

    def survival(self, X: Any, ahead: Any, *, lasted: Any = None, limits: bool = False, **run: Unpack[Run]) -> Any:
        """The share of such customers that lasts `ahead` more.

        Parameters
        ----------
        X : table or None
            The predictors of the fit; None where it had none.
        ahead : number or column
            Times from now on, in the unit of the fit.
        lasted : number or column, optional
            How long each has lasted already; 0 by default.
        limits : bool
            Give :class:`retain.survival.Limits`, at the estimator's `level`.

        Returns
        -------
        column, or array of shape (rows, times)
            A column for one time, an array for a column of them; without predictors and `lasted` a column of the shares at these times.
        """
        rows, kind, question = self._question(X, lasted, limits)
        times = _columns.floats(ahead, "ahead")
        made = [empty(rows * len(times)) for _ in range(3)]
        low, high = made[1:] if limits else (None, None)
        _retain.accelerated_survival(context(run), *question, _columns.level(self.level), times, made[0], low, high)
        if X is None and lasted is None:
            kind = _columns.kind_of(ahead)
            shaped = [kind.column(name, values) for name, values in zip(("survival", "low", "high"), made)]
        elif _columns.is_column(ahead):
            shaped = [values.reshape(rows, len(times)) for values in made]
        else:
            shaped = [kind.column(name, values) for name, values in zip(("survival", "low", "high"), made)]
        return Limits(*shaped) if limits else shaped[0]

    def quantile(self, X: Any = None, share: float = 0.5, *, lasted: Any = None, limits: bool = False, **run: Unpack[Run]) -> Any:
        """By when a share of such customers has left, from now on: the median time left by default. As :meth:`survival`."""
        rows, kind, question = self._question(X, lasted, limits)
        made = [empty(rows) for _ in range(3)]
        low, high = made[1:] if limits else (None, None)
        level = _columns.level(self.level)
        _retain.accelerated_quantile(context(run), *question, level, _columns.number(share, "share"), made[0], low, high)
        shaped = [kind.column(name, values) for name, values in zip(("quantile", "low", "high"), made)]
        return Limits(*shaped) if limits else shaped[0]

    def remaining(self, X: Any, horizon: float, *, lasted: Any = None, limits: bool = False, **run: Unpack[Run]) -> Any:
        """How long each lasts on average within the next `horizon`: the mean of min(time left, horizon). As :meth:`survival`."""
        rows, kind, question = self._question(X, lasted, limits)
        made = [empty(rows) for _ in range(3)]
        low, high = made[1:] if limits else (None, None)
        level, until = _columns.level(self.level), _columns.positive(horizon, "horizon")
        _retain.accelerated_remaining(context(run), *question, level, until, made[0], low, high)
        shaped = [kind.column(name, values) for name, values in zip(("remaining", "low", "high"), made)]
        return Limits(*shaped) if limits else shaped[0]


def choose(
    X: Any, exit: Any, event: Any = None, *, entry: Any = None, weight: Any = None, **run: Unpack[Run]
) -> tuple[AcceleratedRegression, dict[str, float]]:
    """Fits all families, and gives the one of the lowest AIC.

    Parameters
    ----------
    X, exit, event, entry, weight
        As for :meth:`AcceleratedRegression.fit`.

    Returns
    -------
    model : AcceleratedRegression
        The fitted model. Which curve fits what was watched says little of what comes after it: families of nearly the same AIC may
        differ a lot there.
    aic : dict of float
        By family; families that could not be fitted are left out.
    """
    models: dict[str, AcceleratedRegression] = {}
    failure: ConvergenceError | None = None
    for family in _FAMILIES:
        try:
            models[family] = AcceleratedRegression(family).fit(X, exit, event, entry=entry, weight=weight, **run)
        except ConvergenceError as error:
            failure = error
    if not models and failure is not None:
        raise failure
    aic = {family: model.report_.aic for family, model in models.items()}
    return models[min(aic, key=lambda family: aic[family])], aic


def from_dict(stored: Mapping[str, Any]) -> AcceleratedRegression:
    """The model that ``to_dict`` wrote, or PHP's ``toArray``: forecasts and their limits are the same to the last bit.

    Raises
    ------
    ArgumentError, TypeError
        For what is missing, unknown or wrong in it, by name.
    """
    model = restored(stored, dict.fromkeys(_FAMILIES, AcceleratedRegression))
    if not hasattr(model, "report_"):
        raise ArgumentError("fit is null; an accelerated failure time model comes from a fit")
    return model
