"""What all classifiers share: scikit-learn's habits, without scikit-learn."""

from __future__ import annotations

import importlib
import inspect
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
            input_tags=utils.InputTags(allow_nan=True),
        )

    # --- what goes in ---

    def _read(self, X: Any) -> Predictors:
        """Rows for a fitted model."""
        if not hasattr(self, "classes_"):
            raise NotFitted(f"this {type(self).__name__} is not fitted yet; call fit first")
        names = getattr(self, "feature_names_in_", None)
        found = Predictors(X, names=None if names is None else [str(name) for name in names])
        if found.columns != self.n_features_in_:
            raise ArgumentError(f"X has {found.columns} features, but {type(self).__name__} is expecting {self.n_features_in_} features as input")
        return found

    def _take_names(self, predictors: Predictors) -> None:
        self.n_features_in_ = predictors.columns
        if predictors.names is not None:
            self.feature_names_in_ = np.array(predictors.names, dtype=object)
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
        right = self.predict(X) == _values(y)
        return float(np.average(right, weights=None if sample_weight is None else _columns.floats(sample_weight, "sample_weight")))


def _values(y: Any) -> NDArray[Any]:
    series = _columns.native_series(y)
    values = series.to_numpy() if series is not None else np.asarray(y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise ValueError(f"y must have one dimension, not {values.ndim}: one outcome for each row")
    return np.asarray(values)


def outcomes(y: Any, rows: int) -> tuple[NDArray[Any], Bytes]:
    """The two classes in their order, and 1 for each row of the second. A single class is the second where it looks like one."""
    values = _values(y)
    if len(values) != rows:
        raise ArgumentError(f"y has {len(values)} rows, X has {rows}; they must have as many")
    missing = np.array([value is None or value != value for value in values.tolist()], dtype=bool)
    for row in np.flatnonzero(missing)[:1].tolist():
        raise DataError(f"y[{row}] is missing; every row must have an outcome", row)
    try:
        classes, codes = np.unique(values, return_inverse=True)
    except TypeError:
        raise TypeError("y must hold outcomes of one type: True and False, 1 and 0, or two words") from None
    if len(classes) > 2:
        raise ArgumentError(f"y has {len(classes)} different values; there must be two outcomes. Only binary classification is supported")
    if len(classes) == 1 and classes[0] in (True, 1):
        codes = np.ones_like(codes)
    return classes, codes.astype(np.uint8)


__all__ = ["Classifier", "outcomes"]
