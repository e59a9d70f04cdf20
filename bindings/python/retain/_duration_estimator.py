"""What regressions of durations share with scikit-learn: durations as one table, of which folds can be drawn, and a score."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import concordance
from ._tables import Table
from .errors import ArgumentError

_COLUMNS = ("exit", "event", "entry", "weight")


def read_durations(exit: Any, event: Any, entry: Any, weight: Any) -> tuple[Any, Any, Any, Any]:
    """Exit, event, entry and weight, as they were given or out of a table in the place of `exit`."""
    if not (isinstance(exit, Mapping) or hasattr(exit, "columns") or getattr(getattr(exit, "dtype", None), "names", None)):
        return exit, event, entry, weight
    table = Table(exit, "exit")
    for name, beside in zip(_COLUMNS[1:], (event, entry, weight)):
        if beside is not None:
            raise ArgumentError(f"{name} is given beside exit, which is a table; it must be a column of it")
    for name in table.names:
        if name not in _COLUMNS:
            raise ArgumentError(f"exit has the column {name!r}; a table of durations has {', '.join(_COLUMNS)} and no other")
    event, entry, weight = (table.raw(name) if name in table else None for name in _COLUMNS[1:])
    return table.raw("exit"), event, entry, weight


class DurationEstimator:
    """The habits of scikit-learn that pipelines and cross-validation need."""

    def _relative_risk(self, X: Any) -> Any:
        raise NotImplementedError

    def predict(self, X: Any) -> Any:
        """Who leaves sooner: how many times as fast as the reference customer. 1 is as fast; larger is sooner.

        For Cox regression that is the ratio of hazards; for the discrete-time hazard that of the odds, or of hazards, as the link has it; for
        accelerated failure time the ratio of speeds, 1 / time ratio.
        """
        return self._relative_risk(X)

    def score(self, X: Any, y: Any, event: Any = None, *, entry: Any = None, weight: Any = None) -> float:
        """Harrell's C of :meth:`predict` on these rows: of two customers of whom it is known who left first, the chance that this one was
        told to leave sooner. 0.5 is chance, 1 is never wrong.

        Parameters
        ----------
        X : table
            The predictors.
        y : table or column
            A table of ``exit``, ``event`` and, where there are any, ``entry`` and ``weight``; or the column ``exit``, the others beside it.
        """
        exit, event, entry, weight = read_durations(y, event, entry, weight)
        return float(concordance.harrell(exit, event, np.asarray(self._relative_risk(X)), entry=entry, weight=weight).concordance)

    def __sklearn_tags__(self) -> Any:
        """Called by scikit-learn only, so it is there."""
        utils = importlib.import_module("sklearn.utils")
        return utils.Tags(estimator_type=None, target_tags=utils.TargetTags(required=True), input_tags=utils.InputTags())
