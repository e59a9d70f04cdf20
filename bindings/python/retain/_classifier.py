"""What all classifiers share: scikit-learn's habits, without scikit-learn."""

from __future__ import annotations

import importlib
import inspect
import sys
import warnings
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from . import _columns
from ._columns import Bytes, Floats
from ._predictors import Predictors
from ._run import Run
from .errors import ArgumentError, DataError, NotFitted


class Classifier:
    """Base of what tells one of two outcomes from predictors.

    Options are keyword arguments of ``__init__``, kept as they are given and checked by ``fit``. After ``fit`` there are ``classes_``
    (the second is the one whose probability is told), ``n_features_in_`` and, where columns have names, ``feature_names_in_``.
    """

    _estimator_type = "classifier"
    classes_: NDArray[Any]
    n_features_in_: int
    feature_names_in_: NDArray[Any]

    @classmethod
    def _option_names(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options of the fit (not what was fitted)."""
        return {name: getattr(self, name) for name in self._option_names()}

    def set_params(self, **options: Any) -> Self:
        """Changes options of the fit."""
        for name, value in options.items():
            if name not in self._option_names():
                raise ArgumentError(f"{type(self).__name__} has no option {name!r}; it has " + ", ".join(self._option_names()))
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        given = [(name, value) for name, value in self.get_params().items() if value is not defaults[name].default]
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in given)})"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "classes_")

    def __sklearn_tags__(self) -> Any:
        """Called by scikit-learn only, so it is there."""
        utils = importlib.import_module("sklearn.utils")
        return utils.Tags(
            estimator_type="classifier",
            target_tags=utils.TargetTags(required=True),
            classifier_tags=utils.ClassifierTags(multi_class=False),
            input_tags=utils.InputTags(allow_nan=self._may_miss()),
        )

    def _may_miss(self) -> bool:
        """Values of predictors may be missing."""
        return True

    # --- what goes in ---

    def _require_fit(self) -> None:
        if not hasattr(self, "classes_"):
            raise not_fitted(self)

    def _read(self, X: Any) -> Predictors:
        """Rows for a fitted model."""
        self._require_fit()
        names = getattr(self, "feature_names_in_", None)
        found = read_predictors(X, None if names is None else [str(name) for name in names])
        if found.columns != self.n_features_in_:
            raise ArgumentError(f"X has {found.columns} features, but {type(self).__name__} is expecting {self.n_features_in_} features as input")
        if names is not None and found.names is None:
            warnings.warn(f"X does not have valid feature names, but {type(self).__name__} was fitted with feature names", UserWarning, stacklevel=3)
        return found

    def _take_names(self, columns: int, names: Sequence[str] | None) -> None:
        self.n_features_in_ = columns
        if names is not None:
            self.feature_names_in_ = np.array(names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _names(self) -> tuple[str, ...]:
        names = getattr(self, "feature_names_in_", None)
        return tuple(f"x{j}" for j in range(self.n_features_in_)) if names is None else tuple(map(str, names))

    # --- what comes out ---

    def _probability(self, predictors: Predictors, run: Run) -> Floats:
        raise NotImplementedError

    def predict_proba(self, X: Any) -> Floats:
        """Probabilities of both classes, a column each, in the order of ``classes_``."""
        chance = self._probability(self._read(X), {})
        return np.column_stack([1.0 - chance, chance])

    def predict(self, X: Any) -> NDArray[Any]:
        """The more probable class of each row. Whom to act on is better told from probabilities, costs and capacity."""
        chance = self._probability(self._read(X), {})
        return np.asarray(self.classes_[(chance > 0.5).astype(np.intp)])

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Share of rows whose class is told rightly: what scikit-learn calls the score of a classifier. :mod:`retain.scoring` judges
        probabilities."""
        told = self.predict(X)
        right = np.asarray(told == _labels(y, len(told)), dtype=np.float64)
        return float(np.average(right, weights=None if sample_weight is None else weights(sample_weight, len(right))))


def read_predictors(X: Any, names: Sequence[str] | None = None) -> Predictors:
    """A table with rows and columns."""
    if getattr(getattr(X, "dtype", None), "kind", "") == "c":
        raise DataError("Complex data not supported; X must be a table of numbers")
    given = Predictors(X, "X", names)
    if given.columns == 0:
        raise ArgumentError(f"X has 0 feature(s) (shape=({given.rows}, 0)) while a minimum of 1 is required.")
    if given.rows == 0:
        raise ArgumentError(f"X has 0 sample(s) (shape=(0, {given.columns})) while a minimum of 1 is required.")
    return given


def weights(sample_weight: Any, rows: int) -> Floats:
    """What rows count for: a column, or one number for all."""
    if isinstance(sample_weight, (int, float)) or (isinstance(sample_weight, (np.ndarray, np.generic)) and sample_weight.ndim == 0):
        weight = np.full(rows, _columns.number(sample_weight.item() if hasattr(sample_weight, "item") else sample_weight, "sample_weight"))
    else:
        weight = _columns.floats(sample_weight, "sample_weight")
    if len(weight) != rows:
        raise ArgumentError(f"sample_weight has {len(weight)} rows, X has {rows}; they must have as many")
    for row in np.flatnonzero(~((weight == 0.0) | ((weight >= 1e-100) & (weight <= 1e100))))[:1].tolist():
        raise DataError(f"sample_weight[{row}] is {weight[row]:g}; it must be 0, or 1e-100 to 1e100", row)
    if rows and not weight.any():
        raise DataError("every weight in sample_weight is zero; there is nothing to learn from")
    return weight


def _labels(y: Any, rows: int) -> NDArray[Any]:
    """A class in every row."""
    if y is None:
        raise ArgumentError("requires y to be passed, but the target y is None")
    series = _columns.native_series(y)
    if series is None and not _columns.holds_values(y):
        raise TypeError(f"y must be a column of classes, not {type(y).__name__}")
    labels = _columns.asked_for_array(series.to_numpy() if series is not None else y, "y", "a column of classes")
    if labels.ndim == 2 and labels.shape[1] == 1:
        kind: type[Warning] = UserWarning
        if "sklearn" in sys.modules:
            kind = importlib.import_module("sklearn.exceptions").DataConversionWarning
        warnings.warn("A column-vector y was passed when a 1d array was expected. Please change the shape of y to (n_samples,)", kind, stacklevel=4)
        labels = labels.reshape(-1)
    if labels.ndim != 1:
        raise ArgumentError(f"y must have one dimension, not {labels.ndim}")
    if labels.dtype.kind == "V":
        raise TypeError("y must be a column of classes, not a table")
    if len(labels) != rows:
        raise ArgumentError(f"y has {len(labels)} rows, X has {rows}; they must have as many")
    for row, label in enumerate(labels if labels.dtype.kind == "O" else ()):
        if _columns.is_missing(label):
            raise DataError(f"y[{row}] is missing; it must be a class in every row", row)
        if isinstance(label, (list, dict, set, np.ndarray)):
            raise TypeError(f"y[{row}] must be a class, not {type(label).__name__}")
    return labels


def outcomes(y: Any, rows: int) -> tuple[NDArray[Any], Bytes]:
    """The two classes in their order, and 1 for each row of the second. A single class is the second where it looks like one."""
    labels = _labels(y, rows)
    if labels.dtype.kind == "f":
        for row in np.flatnonzero(~np.isfinite(labels))[:1].tolist():
            raise DataError(f"y[{row}] is {labels[row]}: Input y contains NaN or infinity; it must be a class in every row", row)
        if not np.array_equal(labels, np.floor(labels)):
            raise DataError("Unknown label type: continuous. y must hold two classes, such as 0 and 1")
    try:
        classes, codes = np.unique(labels, return_inverse=True)
    except TypeError:
        raise TypeError("y must hold classes of one type: True and False, 1 and 0, or two words") from None
    if len(classes) > 2:
        raise DataError(f"Only binary classification is supported. The type of the target is multiclass: y has {len(classes)} classes")
    if len(classes) == 1 and classes[0] in (0, 1):
        codes, classes = np.full(rows, int(classes[0])), np.array([0, 1], dtype=classes.dtype)
    return classes, np.ascontiguousarray(codes, dtype=np.uint8)


def not_fitted(model: Any) -> Exception:
    """What is raised where a fit is missing; scikit-learn's own kind too, where that is in use."""
    sentence = f"this {type(model).__name__} is not fitted yet; call fit first"
    if "sklearn" in sys.modules:
        both: type[Exception] = type("NotFitted", (NotFitted, importlib.import_module("sklearn.exceptions").NotFittedError), {})
        return both(sentence)
    return NotFitted(sentence)


__all__ = ["Classifier", "not_fitted", "outcomes", "read_predictors", "weights"]
