"""How likely is it, where effects bend, jump and depend on each other, and why for this customer?

Log odds as a sum of many small trees, each correcting those before it. Nothing is assumed of shapes and interactions, columns need no
scaling, and a missing value is information.

>>> from retain import boosting, scoring
>>> draw = np.random.default_rng(1)
>>> X = {"days_since_last": draw.exponential(60.0, 2000), "orders": draw.integers(1, 9, 2000).astype(float)}
>>> odds = np.abs(X["days_since_last"] - 50) / 40 - 0.3 * X["orders"]
>>> left = draw.random(2000) < 1 / (1 + np.exp(-odds))
>>> model = boosting.BoostedTrees().fit(X, left)
>>> model.reasons({"days_since_last": [200.0], "orders": [1.0]}, top=1)["predictor"]
['days_since_last']

With a few hundred customers logistic regression is as good or better; docs/boosting.md has the measurements.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Self, Unpack

import numpy as np

from . import _columns, _retain, _stored
from ._classifier import Classifier, outcomes, weights
from ._columns import Floats, Keys
from ._estimator import empty
from ._predictors import Predictors
from ._run import Run, context
from .errors import ArgumentError, renamed

__all__ = ["BoostedTrees", "Report", "from_dict"]

_NODE = ("column", "threshold", "missing_left", "value", "cover", "gain")
_DIRECTIONS = {"either": 0, "raising": 1, "lowering": 2}
_NAME = "boosted trees"


@dataclasses.dataclass(frozen=True)
class Report:
    """What there is to say about a fit.

    Attributes
    ----------
    rows : int
        Rows used: of weight above 0.
    customers, events : float
        Sum of the weights, and of those to whom it happened.
    trees, nodes : int
        Of the model.
    base_log_loss : float
        Mean log loss of the prevalence given to all.
    log_loss : float
        Of the model on the customers it was made from: not to be mistaken for how well it forecasts.
    held_out : float
        Customers held out in all turns; 0 without folds.
    held_out_log_loss : float
        Mean log loss on them with so many trees; slightly hopeful, for the trees were counted on it. NaN without folds.
    at_most : bool
        The log loss on customers held out was still falling when `rounds` ran out.
    """

    rows: int
    customers: float
    events: float
    trees: int
    nodes: int
    base_log_loss: float
    log_loss: float
    held_out: float
    held_out_log_loss: float
    at_most: bool


class BoostedTrees(Classifier):
    """Gradient boosting of small trees on the log loss, with exact reasons: a classifier as scikit-learn knows them.

    Parameters
    ----------
    rounds : int
        Most trees, at most 10,000; with ``folds=0`` exactly so many.
    depth : int
        Most splits between root and leaf, 1 to 8: 1 is an additive model, d lets d columns act together.
    learning_rate : float
        Share of its own correction that a tree is let make, in (0, 1].
    l2 : float
        Customers' worth of second derivative that is added to each leaf.
    leaf_customers : float
        Fewest customers (weights) in a leaf.
    leaf_hessian : float
        Least sum of p (1 - p) in a leaf.
    bins : int
        Most bins of a column, 2 to 255.
    each_outcome : float
        Fewest customers of either outcome for which a model is made.
    folds : int
        Customers are cut into so many parts (2 to 20); each is forecast by trees grown on the others, and the number of trees with
        the least log loss is grown on all. 0: `rounds` it is.
    turns : int, optional
        How many of the parts are held out, one after the other; all by default. With folds=10, turns=1 a tenth is held out once.
    patience : int
        Trees without a gain on the part held out after which a turn ends.
    monotone : mapping or sequence, optional
        1 for columns with which risk never falls, all else alike, -1 for those with which it never rises: by name, or for each column.
    seed : int
        Of the cut into parts.

    Attributes
    ----------
    classes_ : array
        The two outcomes; probabilities are of the second.
    n_features_in_, feature_names_in_
        Number and names of the columns.
    report_ : Report
        What there is to say about the fit.
    base_ : float
        Log odds before any column is known: what reasons are added to.
    """

    report_: Report
    base_: float
    _model: Floats

    def __init__(
        self,
        *,
        rounds: int = 1000,
        depth: int = 3,
        learning_rate: float = 0.1,
        l2: float = 1.0,
        leaf_customers: float = 20.0,
        leaf_hessian: float = 0.001,
        bins: int = 255,
        each_outcome: float = 20.0,
        folds: int = 5,
        turns: int | None = None,
        patience: int = 20,
        monotone: Any = None,
        seed: int = 0,
    ) -> None:
        self.rounds = rounds
        self.depth = depth
        self.learning_rate = learning_rate
        self.l2 = l2
        self.leaf_customers = leaf_customers
        self.leaf_hessian = leaf_hessian
        self.bins = bins
        self.each_outcome = each_outcome
        self.folds = folds
        self.turns = turns
        self.patience = patience
        self.monotone = monotone
        self.seed = seed

    def _directions(self, predictors: Predictors) -> Any:
        if self.monotone is None:
            return None
        names = predictors.names or tuple(f"x{j}" for j in range(predictors.columns))
        if isinstance(self.monotone, Mapping):
            for name, direction in self.monotone.items():
                if name not in names:
                    raise ArgumentError(f"monotone names {name!r}, which is no column; there are {', '.join(names[:12])}")
                if isinstance(direction, bool) or direction not in (-1, 0, 1):
                    raise ArgumentError(f"monotone[{name!r}] is {direction!r}; it must be -1, 0 or 1")
            return np.array([int(self.monotone.get(name, 0)) for name in names], dtype=np.int64)
        return _columns.ints(self.monotone, "monotone")

    def _whole(self, name: str, least: int, most: int) -> int:
        value = _columns.whole(getattr(self, name), name)
        if not least <= value <= most:
            raise ArgumentError(f"{name} is {value}; it must be {least} to {most}")
        return value

    def fit(self, X: Any, y: Any, sample_weight: Any = None, *, customer: Any = None, **run: Unpack[Run]) -> Self:
        """Grows the trees.

        Parameters
        ----------
        X : table
            Predictors: a frame, a dict of columns, a two-dimensional array. NaN where something is not known.
        y : column
            Whether it happened: True and False, 1 and 0, or any two values; the second in their order is the one that is told.
        sample_weight : column, optional
            How many customers each row stands for.
        customer : column, optional
            Rows of one customer are never parted between what is learned from and what is held out.
        **run
            How to run: ``threads``, ``progress``, ``memory``.
        """
        predictors = Predictors(X)
        classes, outcome = outcomes(y, predictors.rows)
        rounds, depth = self._whole("rounds", 1, 10_000), self._whole("depth", 1, 8)
        folds = self._whole("folds", 0, 20)
        turns = 0 if self.turns is None else self._whole("turns", 1, max(folds, 1))
        out = empty(3 + 6 * rounds * (2 ** (depth + 1) - 1))
        found = _retain.boosting_fit(
            context(run),
            predictors.block,
            predictors.by_row,
            outcome,
            None if sample_weight is None else weights(sample_weight, predictors.rows),
            rounds,
            depth,
            _columns.positive(self.learning_rate, "learning_rate"),
            _columns.number(self.l2, "l2") or 1e-300,
            _columns.positive(self.leaf_customers, "leaf_customers"),
            _columns.positive(self.leaf_hessian, "leaf_hessian"),
            self._whole("bins", 2, 255),
            _columns.positive(self.each_outcome, "each_outcome"),
            folds,
            turns if folds else 0,
            self._whole("patience", 1, 10_000),
            _columns.whole(self.seed, "seed"),
            None if customer is None else Keys(customer, "customer").codes,
            self._directions(predictors),
            out,
        )
        found["at_most"] = bool(found["at_most"])
        self._take_names(predictors.columns, predictors.names)
        self.classes_, self.report_ = classes, Report(**found)
        self._take_model(out[: 3 + 6 * found["nodes"]].copy())
        return self

    def _take_model(self, model: Floats) -> None:
        nothing = np.empty(0)
        self._model = model
        columns = int(model[0])
        self.base_ = _retain.boosting_reasons(None, model, nothing, 0, 0, 0, None, None, None, None)["base"]
        self.n_features_in_ = columns

    # --- forecasts ---

    def _probability(self, predictors: Predictors, run: Run) -> Floats:
        out = empty(predictors.rows)
        _retain.boosting_probability(context(run), self._model, predictors.block, predictors.by_row, out)
        return out

    def risk(self, X: Any, **run: Unpack[Run]) -> Any:
        """Probability of ``classes_[1]`` for each row, in the kind of the table."""
        predictors = self._read(X)
        return predictors.kind.column("risk", self._probability(predictors, run))

    def decision_function(self, X: Any) -> Floats:
        """Log odds of ``classes_[1]`` for each row."""
        predictors = self._read(X)
        out = empty(predictors.rows)
        _retain.boosting_log_odds(None, self._model, predictors.block, predictors.by_row, out)
        return out

    # --- reasons ---

    def contributions(self, X: Any, **run: Unpack[Run]) -> Any:
        """What each column adds to the log odds of each row, against the average customer: exact Shapley values.

        Returns
        -------
        table
            A column for each predictor. ``decision_function(X)`` is ``base_`` plus their sum, to rounding.
        """
        predictors = self._read(X)
        out = empty(predictors.rows * predictors.columns)
        _retain.boosting_reasons(context(run), self._model, predictors.block, predictors.by_row, 0, 0, out, None, None, None)
        columns, kind = out.reshape(predictors.rows, predictors.columns), predictors.kind
        return kind.table({name: kind.column(name, np.ascontiguousarray(columns[:, j])) for j, name in enumerate(self._names())})

    def reasons(self, X: Any, *, top: int = 3, direction: str = "either", **run: Unpack[Run]) -> Any:
        """The largest contributions of each row.

        Parameters
        ----------
        X : table
            Rows to explain.
        top : int
            How many of each row.
        direction : str
            "either", or only those "raising" or "lowering" the probability.
        **run
            How to run: ``threads``, ``progress``, ``memory``.

        Returns
        -------
        table
            A row for each reason: ``row`` of X, from 0; ``rank``, from 1; ``predictor``; ``value``, NaN where missing; ``contribution`` to
            the log odds. Fewer than `top` where there are no more.
        """
        predictors = self._read(X)
        most, way = min(_columns.whole(top, "top"), predictors.columns), _columns.choice(direction, "direction", _DIRECTIONS)
        if most < 1:
            raise ArgumentError(f"top is {top}; it must be at least 1")
        reason, share, value = np.empty(predictors.rows * most, dtype=np.int64), empty(predictors.rows * most), empty(predictors.rows * most)
        _retain.boosting_reasons(context(run), self._model, predictors.block, predictors.by_row, most, way, None, reason, share, value)
        there = np.flatnonzero(reason >= 0)
        names = self._names()
        kind = predictors.kind
        return kind.table({
            "row": kind.column("row", there // most),
            "rank": kind.column("rank", there % most + 1),
            "predictor": [names[j] for j in reason[there].tolist()],
            "value": kind.column("value", value[there]),
            "contribution": kind.column("contribution", share[there]),
        })

    def importance(self, X: Any, *, sample_weight: Any = None, level: float = 0.95, **run: Unpack[Run]) -> Any:
        """Which columns matter, over these rows.

        Returns
        -------
        table
            A row per column of X: ``predictor``, ``mean`` size of its contributions to the log odds, ``low`` and ``high``, limits of that
            for the model as it is, and ``gain``: what its splits took off the log loss of the fit.
        """
        predictors = self._read(X)
        out = [empty(predictors.columns) for _ in range(4)]
        weights = None if sample_weight is None else _columns.floats(sample_weight, "sample_weight")
        with renamed(weight="sample_weight"):
            _retain.boosting_importance(
                context(run), self._model, predictors.block, predictors.by_row, weights, _columns.level(level), *out
            )
        kind = predictors.kind
        columns = {name: kind.column(name, values) for name, values in zip(("mean", "low", "high", "gain"), out)}
        return kind.table({"predictor": list(self._names()), **columns})

    @property
    def feature_importances_(self) -> Floats:
        """Shares of the columns in the gain of all splits, as scikit-learn calls it. :meth:`importance` says more."""
        if not hasattr(self, "_model"):
            raise AttributeError("feature_importances_ is there after fit")
        columns = self.n_features_in_
        gain = empty(columns)
        _retain.boosting_importance(None, self._model, np.empty(0), 0, None, 0.95, None, None, None, gain)
        return gain / gain.sum() if gain.sum() > 0.0 else np.zeros(columns)

    def dependence(
        self, X: Any, column: str | int, values: Any = None, *, sample_weight: Any = None, level: float = 0.95, **run: Unpack[Run]
    ) -> Any:
        """Shape of a column: what is expected if every row had this value in it, and else what it has. Partial dependence.

        Parameters
        ----------
        X : table
            Rows to average over; a few thousand are enough.
        column : str or int
            Its name, or its number.
        values : column, optional
            Where; by default all different values, or 50 quantiles of them. NaN asks for missing.
        sample_weight : column, optional
            How many customers each row stands for.
        level : float
            Two-sided level of the limits.
        **run
            How to run: ``threads``, ``progress``, ``memory``.

        Returns
        -------
        table
            ``value``, mean ``log_odds``, mean ``probability``, ``low`` and ``high``, limits of that for the model as it is.
        """
        predictors = self._read(X)
        names = self._names()
        if isinstance(column, str) and column not in names:
            raise ArgumentError(f"column is {column!r}; there are {', '.join(names[:12])}")
        at = names.index(column) if isinstance(column, str) else _columns.whole(column, "column")
        if not 0 <= at < len(names):
            raise ArgumentError(f"column is {at}; there are {len(names)}, the first of them 0")
        if values is None:
            shape = (predictors.rows, predictors.columns)
            own = predictors.block.reshape(shape)[:, at] if predictors.by_row else predictors.block.reshape(shape[::-1])[at]
            values = np.unique(own[~np.isnan(own)])
            if len(values) > 50:
                values = np.unique(np.quantile(own[~np.isnan(own)], np.linspace(0.0, 1.0, 50)))
        grid = _columns.floats(values, "values")
        out = [empty(len(grid)) for _ in range(4)]
        weights = None if sample_weight is None else _columns.floats(sample_weight, "sample_weight")
        with renamed(weight="sample_weight", value="values"):
            _retain.boosting_dependence(
                context(run), self._model, predictors.block, predictors.by_row, weights, _columns.level(level), at, grid, *out
            )
        kind = predictors.kind
        found = zip(("value", "log_odds", "probability", "low", "high"), (grid, *out))
        return kind.table({name: kind.column(name, numbers) for name, numbers in found})

    # --- stored models ---

    def to_dict(self) -> dict[str, Any]:
        """The model as plain numbers and texts, to be stored as JSON or in a database. ``from_dict`` reads it, and so does PHP's
        ``fromArray``: forecasts and reasons are the same to the last bit."""
        self._require_fit()
        nodes = self._model[3:].reshape(-1, len(_NODE))
        stored: dict[str, Any] = {"format": _stored.FORMAT, "version": _stored.VERSION, "family": _NAME}
        stored |= {"columns": list(self._names()), "classes": self.classes_.tolist(), "trees": int(self._model[1])}
        stored["base"] = float(self._model[2])
        for position, name in enumerate(_NODE):
            values = nodes[:, position].tolist()
            stored[name] = [int(value) for value in values] if name in ("column", "missing_left") else values
        return stored


def from_dict(given: Any) -> BoostedTrees:
    """The model that :meth:`BoostedTrees.to_dict` wrote, or PHP's ``toArray``. Nothing of it is trusted.

    >>> tree = {"column": [0, -1, -1], "threshold": [30.0, 0, 0], "missing_left": [1, 0, 0], "value": [0, -1.0, 1.0], "cover": [9, 6, 3]}
    >>> more = {"columns": ["days_since_last"], "classes": [False, True], "trees": 1, "base": 0.0, "gain": [1.0, 0, 0]}
    >>> model = from_dict({"format": "libretain model", "version": 1, "family": "boosted trees", **more, **tree})
    >>> model.risk({"days_since_last": [10.0, 90.0]})
    [0.2689414213699951, 0.7310585786300049]
    """
    stored, _ = _stored.opened(given, (_NAME,))
    names = stored.items("columns")
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"columns must be a list of texts, not of {type(name).__name__}")
    if not 1 <= len(names) <= 256:
        raise ArgumentError(f"columns has {len(names)} entries; it must have 1 to 256")
    if len(set(names)) != len(names):
        raise ArgumentError("columns must have names that differ")
    classes = _stored.classes_of(stored)
    trees, base = stored.whole("trees"), stored.known("base")
    column = stored.left.get("column")
    length = len(column) if isinstance(column, (list, tuple)) else 0
    nodes = {name: stored.column(name, length) for name in _NODE}
    stored.done()
    _check_nodes(nodes, len(names))
    model = BoostedTrees()
    raw = np.concatenate([[float(len(names)), float(trees), base], np.column_stack(list(nodes.values())).reshape(-1)])
    try:
        _retain.boosting_check(None, raw)
    except ArgumentError as refused:  # which speaks of nodes, where the stored model has columns
        raise ArgumentError(re.sub(r"^model\.(?:node(\[\d+\])\.(\w+))?", lambda at: f"{at[2]}{at[1]}" if at[1] else "", str(refused))) from None
    model.classes_ = classes
    model.feature_names_in_ = np.array(names, dtype=object)
    model._take_model(raw)
    return model


def _check_nodes(nodes: Mapping[str, Floats], columns: int) -> None:
    rules: dict[str, tuple[Callable[[Floats], Any], str]] = {
        "column": (lambda of: (of >= -1.0) & (of < columns) & (of == np.floor(of)), f"be a whole number from -1 to {columns - 1}"),
        "missing_left": (lambda of: (of == 0.0) | (of == 1.0), "be 0 or 1"),
        "cover": (lambda of: of >= 0.0, "be at least 0"),
        "gain": (lambda of: of >= 0.0, "be at least 0"),
    }
    for name, values in nodes.items():
        holds, rule = rules.get(name, (lambda of: np.isfinite(of), "be finite"))
        for row in np.flatnonzero(~np.isfinite(values) | ~holds(values))[:1]:
            rule = rule if math.isfinite(values[row]) else "be finite"
            raise ArgumentError(f"{name}[{row}] is {_stored.shown(values[row])}; it must {rule}")
