"""Can a fit be trusted, and how sure are its parameters?

Every fit is a maximum-likelihood fit by a safeguarded Newton method on the logarithms of the parameters and ends with a report. A
fit is a success only when the optimum is in the interior and the data identify it; everything else raises
:class:`retain.ConvergenceError`, which carries the model and the report all the same.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from . import _retain
from ._columns import Floats

__all__ = ["Report"]


@dataclasses.dataclass(frozen=True, eq=False)
class Report:
    """What there is to say about a fit.

    Attributes
    ----------
    verdict : str
        "converged": an interior maximum that the data identify, the only success. "boundary": the likelihood rises towards a
        parameter of 0 or infinity. "ridge": the data leave a parameter open, alone or with others. "too little data". "stopped": the
        iterations ran out.
    explanation : str
        The verdict in words.
    parameters : tuple of str
        Names of the parameters, in the order of the arrays below.
    rows : int
        Rows used.
    customers : float
        Sum of their weights, n.
    iterations, evaluations : int
        Newton steps taken, and times the likelihood of all rows was computed.
    log_likelihood : float
        At the parameters returned.
    aic, bic : float
        2 k − 2 log L (Akaike 1974) and k log n − 2 log L (Schwarz 1978).
    gradient_norm : float
        Largest |d log L / d log parameter| per customer: 0 at an optimum.
    condition : float
        Ratio of the largest to the smallest curvature in log-parameters; infinite where a direction is flat.
    estimate, standard_error, low, high : ndarray
        The parameters, their standard errors from the observed information, and their intervals, normal on the log scale and
        hence positive. NaN in a direction that the data do not identify.
    covariance : ndarray, shape (k, k)
        Of the parameters.
    correlation : float
        Only for spend: Pearson's correlation of frequency and spend, which the model assumes to be near 0. Otherwise NaN.
    """

    verdict: str
    explanation: str
    parameters: tuple[str, ...]
    rows: int
    customers: float
    iterations: int
    evaluations: int
    log_likelihood: float
    aic: float
    bic: float
    gradient_norm: float
    condition: float
    estimate: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    covariance: Floats
    correlation: float = float("nan")

    @classmethod
    def _of(cls, record: dict[str, Any], parameters: tuple[str, ...]) -> Report:
        values = {name: record[name] for name in record if name not in ("status", "sentence")}
        values["verdict"] = _retain.fit_verdict_name(values["verdict"])
        values["parameters"] = parameters
        for name in ("estimate", "standard_error", "low", "high", "covariance"):
            values[name] = np.array(values[name], dtype=np.float64)
        k = len(values["estimate"])
        values["covariance"] = values["covariance"].reshape(k, k)
        return cls(**values)

    @property
    def success(self) -> bool:
        """Is the verdict "converged"?"""
        return self.verdict == "converged"

    def __str__(self) -> str:
        lines = [
            f"{self.verdict}: {self.explanation}",
            f"customers {self.customers:,.10g} in {self.rows:,} rows, log-likelihood {self.log_likelihood:.4f}, "
            f"AIC {self.aic:.2f}, BIC {self.bic:.2f}, {self.iterations} steps",
            f"{'':>9} {'estimate':>12} {'std. error':>12} {'low':>12} {'high':>12}",
        ]
        for name, *values in zip(self.parameters, self.estimate, self.standard_error, self.low, self.high):
            lines.append(f"{name:>9} " + " ".join(f"{value:12.6g}" for value in values))
        return "\n".join(lines)
