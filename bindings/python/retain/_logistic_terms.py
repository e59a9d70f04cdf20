"""What a logistic regression's fit found: the report, and the effects entry by entry."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ._columns import Floats, Ints, Kind, ListKind

KINDS = ("estimated", "constant", "combined", "separating", "absent")


@dataclasses.dataclass(frozen=True)
class LogisticReport:
    """What there is to say about a fit as a whole.

    Attributes
    ----------
    verdict : str
        "converged", the only success; "separated", "quasi-separated": predictors tell outcomes without exception; "collinear";
        "one class"; "too little data"; "stopped".
    explanation : str
        The verdict in words.
    rows : int
        Rows of weight above 0.
    customers : float
        Sum of their weights.
    events : float
        The same of those of the second class.
    missing : int
        Columns with missing values.
    iterations, evaluations : int
        Newton steps, and passes over the rows.
    log_likelihood : float
        At the model; class weights counting.
    null_log_likelihood : float
        Of the best model without predictors.
    deviance_explained : float
        1 - log L / null log L (McFadden 1974).
    objective : float
        What was minimised: penalties - log L.
    gradient_norm : float
        Largest derivative of it, per customer and standard deviation: 0 at the optimum.
    degrees : float
        Effective number of coefficients, the intercept included.
    """

    verdict: str
    explanation: str
    rows: int
    customers: float
    events: float
    missing: int
    iterations: int
    evaluations: int
    log_likelihood: float
    null_log_likelihood: float
    deviance_explained: float
    objective: float
    gradient_norm: float
    degrees: float

    def __str__(self) -> str:
        return f"{self.verdict}: {self.explanation}\n{self.rows} rows, {self.deviance_explained:.1%} of the deviance explained"


@dataclasses.dataclass(frozen=True, eq=False)
class Effects:
    """What a fit found about each entry: the intercept, the columns, and `missing` of each column, in this order.

    NaN where not identified, and where there is no theory (with l1, or class weights).

    Attributes
    ----------
    kind : tuple of str
        "estimated"; "constant", "combined": left out; "separating": grows without limit; "absent": nothing was missing.
    coefficient, standard_error, low, high, p_value : array
        On the log odds, per unit, with limits and the Wald test.
    scale : array
        Standard deviation of the column.
    odds_ratio, odds_ratio_scale : array
        What one unit, and one standard deviation more multiplies the odds by.
    marginal, marginal_error, marginal_low, marginal_high : array
        Average marginal effect on the probability, with limits.
    covariance : array
        Of all entries.
    """

    kind: tuple[str, ...]
    coefficient: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    p_value: Floats
    scale: Floats
    odds_ratio: Floats
    odds_ratio_scale: Floats
    marginal: Floats
    marginal_error: Floats
    marginal_low: Floats
    marginal_high: Floats
    covariance: Floats


def report_of(found: Mapping[str, Any], names: tuple[str, ...]) -> LogisticReport:
    """The report that the raw layer handed back, columns by name."""
    figures = {field.name: found[field.name] for field in dataclasses.fields(LogisticReport)}
    figures["explanation"] = re.sub(r"\b(missing )?column (\d+)", lambda m: f"{m[1] or ''}{names[int(m[2])]!r}", found["explanation"])
    return LogisticReport(**figures)


def reason_table(kind: Kind, names: tuple[str, ...], reference: Floats, most: int, reason: Ints, share: Floats, value: Floats) -> Any:
    """A row for each reason, of the places for `most` reasons a row that the library filled, those without one left out."""
    there = np.flatnonzero(reason >= 0)
    chosen = reason[there]
    columns = {
        "row": there // max(most, 1),
        "rank": there % max(most, 1) + 1,
        "predictor": np.array(names, dtype=object)[chosen],
        "value": value[there],
        "reference": reference[chosen],
        "contribution": share[there],
    }
    plain = isinstance(kind, ListKind)
    return kind.table({name: column.tolist() if plain else column for name, column in columns.items()})
