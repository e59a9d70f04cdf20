"""How likely is each customer to leave, and which of the things known of them say so?

Of customers of the past it is known who left. Logistic regression learns how much each predictor raises or lowers the log odds of
leaving, all others being equal, and tells the risk of today's customers, with the reasons of each.

>>> from retain import LogisticRisk
>>> past = {"orders": [1, 2, 9, 4, 1, 7, 3, 8], "days_since_last": [90, 30, 10, 80, 60, 70, 75, 20]}
>>> model = LogisticRisk().fit(past, [1, 0, 0, 1, 1, 0, 1, 0])
>>> today = {"orders": [1, 8], "days_since_last": [85, 15]}
>>> [round(risk, 2) for risk in model.risk(today)]
[0.86, 0.07]
>>> model.reasons(today, top=1)["predictor"]
['days_since_last', 'days_since_last']

Missing values (NaN, None) need no care: a column with missing values gets a second coefficient, for not being known.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from typing import Any, Self, Unpack

import numpy as np
from numpy.typing import NDArray

from . import _columns, _retain
from ._classifier import Classifier, outcomes, read_predictors, weights
from ._columns import Floats
from ._estimator import empty
from ._logistic_stored import read as _read
from ._logistic_stored import write as _write
from ._logistic_terms import KINDS as _KINDS
from ._logistic_terms import Effects as Effects
from ._logistic_terms import LogisticReport as LogisticReport
from ._logistic_terms import reason_table, report_of
from ._predictors import Predictors, named
from ._run import Run, context
from .errors import ArgumentError, ConvergenceError

__all__ = ["Effects", "LogisticReport", "LogisticRisk", "from_dict"]

_MISSING = {"indicate": 0, "refuse": 1}
_DIRECTIONS = {"either": 0, "raising": 1, "lowering": 2}
_COLUMNS = ("standard_error", "low", "high", "p_value", "scale", "odds_ratio", "odds_ratio_scale", "marginal", "marginal_error", "marginal_low", "marginal_high")


class LogisticRisk(Classifier):
    """Logistic regression for churn risk, a classifier in the manner of scikit-learn.

    Parameters
    ----------
    l2 : float
        Penalty on squares of coefficients per standard deviation; 0 for none: then a fit says where data leave coefficients open.
    l1 : float
        Penalty on their sizes, which makes some 0.
    unscaled : bool
        Penalise coefficients as they are: units then matter.
    class_weight : None, "balanced" or dict
        What rows of each class count for. Probabilities are then not shares of customers, and there are no limits.
    missing : {"indicate", "refuse"}
        What becomes of missing values: a coefficient of their own, or an error.
    level : float
        Two-sided level of the limits.
    iterations : int
        Most Newton steps.

    Attributes
    ----------
    classes_ : array
        The two classes; probabilities and reasons are about the second one.
    coef_ : array of shape (1, n_features)
        Coefficients on the log odds, per unit.
    intercept_ : array of shape (1,)
        Log odds of a row of zeros.
    missing_ : array of shape (n_features,)
        What a missing value adds, beside that of the reference; NaN where none was missing in the data of the fit.
    reference_ : array of shape (n_features,)
        What reasons compare with: averages.
    names_ : tuple of str
        Names of the columns; x0, x1, ... where they had none.
    report_ : LogisticReport
        What there is to say about the fit.
    effects_ : Effects
        Standard errors, limits, odds ratios and average marginal effects.
    n_features_in_, feature_names_in_, n_iter_
        As in scikit-learn.
    """

    coef_: Floats
    intercept_: Floats
    missing_: Floats
    reference_: Floats
    names_: tuple[str, ...]
    report_: LogisticReport
    effects_: Effects
    n_iter_: int

    def __init__(
        self,
        *,
        l2: float = 1.0,
        l1: float = 0.0,
        unscaled: bool = False,
        class_weight: Any = None,
        missing: str = "indicate",
        level: float = 0.95,
        iterations: int = 100,
    ) -> None:
        self.l2 = l2
        self.l1 = l1
        self.unscaled = unscaled
        self.class_weight = class_weight
        self.missing = missing
        self.level = level
        self.iterations = iterations

    def _may_miss(self) -> bool:
        return self.missing == "indicate"

    # --- fit ---

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **run: Unpack[Run]) -> Self:
        """Learns who leaves.

        Parameters
        ----------
        X : table or array of shape (rows, columns)
            The predictors: numbers, yes and no; NaN or None where not known.
        y : column
            Two classes, such as 0 and 1, or False and True.
        sample_weight : column, optional
            So many identical rows each.
        threads, progress, memory
            How to run: see :class:`retain.Run`.

        Returns
        -------
        self

        Raises
        ------
        ConvergenceError
            Without l2, where the data leave coefficients open; carries ``model`` and ``report``.
        """
        options = self._options()
        given = read_predictors(X)
        classes, outcome = outcomes(y, given.rows)
        weight = None if sample_weight is None else weights(sample_weight, given.rows)
        class_weights = self._class_weights(classes)
        model, entries = empty(1 + 3 * given.columns), 1 + 2 * given.columns
        kind, columns, covariance = np.empty(entries, dtype=np.uint8), [empty(entries) for _ in _COLUMNS], empty(entries * entries)
        found = _retain.logistic_fit(
            context(run), given.block, given.by_row, outcome, weight, *options[:4], *class_weights, *options[4:], model, kind, *columns, covariance
        )
        target = self if found["status"] == 0 else type(self)(**self.get_params())
        target._take(model, classes, given.names)
        coefficient = model[:entries]
        covariance = covariance.reshape(entries, entries)
        figures = dict(zip(_COLUMNS, columns))
        target.effects_ = Effects(tuple(_KINDS[k] for k in kind), coefficient.copy(), covariance=covariance, **figures)
        target.report_ = report_of(found, target.names_)
        target.n_iter_ = found["iterations"]
        if target is not self:
            error = ConvergenceError(target.report_.explanation)
            error.model, error.report = target, target.report_
            raise error
        return self

    def _options(self) -> tuple[float, float, int, int, int, float, int]:
        iterations = _columns.whole(self.iterations, "iterations")
        if not 1 <= iterations < 2**31:
            raise ArgumentError(f"iterations is {iterations}; it must be positive")
        return (
            _penalty(self.l2, "l2"),
            _penalty(self.l1, "l1"),
            int(_columns.yes_or_no(self.unscaled, "unscaled")),
            int(isinstance(self.class_weight, str) and bool(_columns.choice(self.class_weight, "class_weight", {"balanced": 1}))),
            _columns.choice(self.missing, "missing", _MISSING),
            _columns.level(self.level),
            iterations,
        )

    def _class_weights(self, classes: NDArray[Any]) -> tuple[float, float]:
        if self.class_weight is None or isinstance(self.class_weight, str):
            return 0.0, 0.0
        if not isinstance(self.class_weight, Mapping):
            raise TypeError(f"class_weight must be None, 'balanced' or a dict, not {type(self.class_weight).__name__}")
        for label in self.class_weight:
            if label not in classes:
                raise ArgumentError(f"class_weight has a class {label!r}; y has {classes[0]!r} and {classes[-1]!r}")
        first, second = (_columns.positive(self.class_weight.get(label, 1.0), f"class_weight[{label!r}]") for label in classes)
        return first, second

    def _take(self, model: Floats, classes: NDArray[Any], names: tuple[str, ...] | None) -> None:
        columns = len(model) // 3
        self.classes_ = classes
        self.intercept_ = model[:1].copy()
        self.coef_ = model[1 : 1 + columns].reshape(1, columns).copy()
        self.missing_ = model[1 + columns : 1 + 2 * columns].copy()
        self.reference_ = model[1 + 2 * columns :].copy()
        self.names_ = named(columns, names)
        self._take_names(columns, names)

    @classmethod
    def from_params(
        cls,
        coefficients: Mapping[str, float],
        intercept: float,
        *,
        missing: Mapping[str, float] | None = None,
        reference: Mapping[str, float] | None = None,
    ) -> Self:
        """A model with known coefficients, from a publication or another program.

        Parameters
        ----------
        coefficients : dict of float
            By name of the column, per unit, on the log odds.
        intercept : float
            Log odds of a row of zeros.
        missing : dict of float, optional
            What a missing value adds; without, a row with a missing value has no probability, but NaN.
        reference : dict of float, optional
            What reasons compare with, and what missing values count as; 0 by default.
        """
        if not isinstance(coefficients, Mapping) or not coefficients:
            raise ArgumentError("coefficients must be numbers by name: {'orders': -0.3, ...}")
        names = tuple(coefficients)
        for name in names:
            if not isinstance(name, str):
                raise TypeError(f"coefficients has the name {name!r}; names must be texts")
        absent, compared = _columns.by_name(missing, "missing"), _columns.by_name(reference, "reference")
        for what, given in (("missing", absent), ("reference", compared)):
            for name in given:
                if name not in coefficients:
                    raise ArgumentError(f"{what} has a column {name!r} without a coefficient")
        values = [_columns.number(intercept, "intercept")]
        values += [_columns.number(coefficients[name], f"coefficients[{name!r}]") for name in names]
        values += [_columns.number(absent.get(name, np.nan), f"missing[{name!r}]") for name in names]
        values += [_columns.number(compared.get(name, 0.0), f"reference[{name!r}]") for name in names]
        said = ("intercept", *(f"{what}[{name!r}]" for what in ("coefficients", "missing", "reference") for name in names))
        for place, value in zip(said, values):
            if not math.isfinite(value) and not (place.startswith("missing") and math.isnan(value)):
                raise ArgumentError(f"{place} is {value:g}; it must be finite")
        model = cls()
        model._take(np.array(values), np.array([0, 1]), names)
        return model

    # --- probabilities ---

    def _raw(self) -> Floats:
        self._require_fit()
        return np.concatenate([self.intercept_, self.coef_.reshape(-1), self.missing_, self.reference_])

    def _ask(self, X: Any, run: Run, wanted: int) -> tuple[Predictors, Floats]:
        model = self._raw()
        given = self._read(X)
        out = [empty(given.rows) if i == wanted else None for i in range(2)]
        _retain.logistic_probability(context(run), model, given.block, given.by_row, None, 0.0, *out, None, None)
        found = out[wanted]
        assert found is not None
        return given, found

    def risk(self, X: Any, *, limits: bool = False, **run: Unpack[Run]) -> Any:
        """Probability of the second class, for each row.

        Parameters
        ----------
        X : table or array
            The predictors, those of the fit; of a table the columns of these names, in any order.
        limits : bool
            Give a table of ``risk``, ``low`` and ``high`` at `level`: how well it is known how many of such customers leave.

        Returns
        -------
        column or table
            Of the kind of X. NaN where a value is missing of which the model knows nothing.
        """
        if not _columns.yes_or_no(limits, "limits"):
            given, risk = self._ask(X, run, 0)
            return given.kind.column("risk", risk)
        model = self._raw()
        if not hasattr(self, "effects_"):
            raise ArgumentError("limits is True, and this model was not fitted; there is no telling how sure it is")
        given = self._read(X)
        risk, low, high = (empty(given.rows) for _ in range(3))
        covariance = np.ascontiguousarray(self.effects_.covariance).reshape(-1)
        _retain.logistic_probability(context(run), model, given.block, given.by_row, covariance, _columns.level(self.level), risk, None, low, high)
        named_columns = {"risk": risk, "low": low, "high": high}
        return given.kind.table({name: given.kind.column(name, column) for name, column in named_columns.items()})

    def _probability(self, predictors: Predictors, run: Run) -> Floats:
        risk = empty(predictors.rows)
        _retain.logistic_probability(context(run), self._raw(), predictors.block, predictors.by_row, None, 0.0, risk, None, None, None)
        return risk

    def predict_log_proba(self, X: Any) -> Floats:
        """Their logarithms."""
        log_odds = self._ask(X, {}, 1)[1]
        return -np.column_stack([np.logaddexp(0.0, log_odds), np.logaddexp(0.0, -log_odds)])

    def decision_function(self, X: Any) -> Floats:
        """Log odds of the second class."""
        return self._ask(X, {}, 1)[1]

    # --- reasons ---

    @property
    def base_(self) -> float:
        """Log odds of the customer who is average in everything."""
        return float(self._reasons(np.zeros(self.n_features_in_ if hasattr(self, "coef_") else 0), 0, 1, 0, "either", {}, None)[0])

    def _reasons(self, block: Floats, by_row: int, rows: int, top: int, direction: str, run: Run, contribution: Floats | None) -> tuple[Any, ...]:
        model = self._raw()
        reason, share, value = np.empty(rows * top, dtype=np.int64), empty(rows * top), empty(rows * top)
        which = _columns.choice(direction, "direction", _DIRECTIONS)
        found = _retain.logistic_reasons(context(run), model, block, by_row, top, which, contribution, reason, share, value)
        return found["base"], reason, share, value

    def contributions(self, X: Any, **run: Unpack[Run]) -> Any:
        """What each column adds to the log odds of each row: with `base_`, added in the order of columns, they are the log odds, to the
        last bit.

        Log odds and not probabilities, because only there what a column adds does not depend on the others.

        Returns
        -------
        table
            A column for each predictor.
        """
        self._raw()
        given = self._read(X)
        contribution = empty(given.rows * given.columns)
        self._reasons(given.block, given.by_row, given.rows, 0, "either", run, contribution)
        columns = contribution.reshape(given.rows, given.columns)
        return given.kind.table({name: given.kind.column(name, np.ascontiguousarray(columns[:, j])) for j, name in enumerate(self.names_)})

    def reasons(self, X: Any, *, top: int = 3, direction: str = "either", **run: Unpack[Run]) -> Any:
        """Why each row has the risk that it has: the largest contributions first.

        Parameters
        ----------
        X : table or array
            The predictors.
        top : int
            Most reasons for each row.
        direction : {"either", "raising", "lowering"}
            Which contributions are reasons.

        Returns
        -------
        table
            A row for each reason: ``row`` of X, from 0; ``rank``, from 1; ``predictor``; ``value``, NaN where missing; ``reference``;
            ``contribution`` to the log odds.
        """
        self._raw()
        given = self._read(X)
        most = min(_columns.whole(top, "top"), self.n_features_in_)
        if most < 0:
            raise ArgumentError(f"top is {most}; it must be at least 0")
        _, reason, share, value = self._reasons(given.block, given.by_row, given.rows, most, direction, run, None)
        return reason_table(given.kind, self.names_, self.reference_, most, reason, share, value)

    # --- what was found ---

    def summary(self) -> Any:
        """The coefficients, one row each: ``entry``, ``kind``, ``coefficient`` with ``standard_error``, ``low``, ``high`` and
        ``p_value``, ``odds_ratio`` per unit and ``odds_ratio_scale`` per standard deviation (``scale``), and the average marginal effect
        with its limits.

        Returns
        -------
        DataFrame, or dict of arrays where there is no pandas
            `missing x` is the coefficient of x being missing.
        """
        self._raw()
        if not hasattr(self, "effects_"):
            raise ArgumentError("this model was not fitted; its coefficients are in coef_")
        entries = entries_of(self.names_)
        kept = [e for e, kind in enumerate(self.effects_.kind) if kind != "absent"]
        columns: dict[str, Any] = {"entry": [entries[e] for e in kept], "kind": [self.effects_.kind[e] for e in kept]}
        columns |= {name: getattr(self.effects_, name)[kept] for name in ("coefficient", *_COLUMNS)}
        try:
            return importlib.import_module("pandas").DataFrame(columns)
        except ImportError:
            return columns

    # --- stored models ---

    def to_dict(self) -> dict[str, Any]:
        """The model and what its fit found as plain numbers, to be stored as JSON; :func:`from_dict` and PHP's ``fromArray`` read it."""
        self._raw()
        return _write(self)


def entries_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the entries of effects."""
    return ("intercept", *names, *(f"missing {name}" for name in names))


def from_dict(stored: Mapping[str, Any]) -> LogisticRisk:
    """The model that ``to_dict`` wrote, or PHP's ``toArray``.

    Raises
    ------
    ArgumentError
        For what is missing, unknown or wrong in it, by name.
    """
    model: LogisticRisk = _read(stored, LogisticRisk, LogisticReport, Effects)
    return model


# --- what callers hold ---


def _penalty(value: Any, name: str) -> float:
    found = _columns.number(value, name)
    if not 0.0 <= found <= 1e100:
        raise ArgumentError(f"{name} is {found:g}; it must lie in [0, 1e100]")
    return found
