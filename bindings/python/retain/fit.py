"""Can a fit be trusted, and how sure are its parameters?

Every fit is a maximum-likelihood fit by a safeguarded Newton method on the logarithms of the parameters and ends with a report. A
fit is a success only when the optimum is in the interior and the data identify it; everything else raises
:class:`retain.ConvergenceError`, which carries the model and the report all the same.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np

from . import _retain
from ._columns import Floats
from .errors import ArgumentError

__all__ = ["LikelihoodRatio", "Report", "likelihood_ratio"]

_VERDICTS = {_retain.fit_verdict_name(number): number for number in range(6)}
_KINDS = ("estimated", "held", "equal")


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
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
        Names of the entries, in the order of the arrays below: the parameters, and with covariates the coefficients, such as
        "purchase[channel]" and "lifetime[channel]".
    rows : int
        Rows used.
    customers : float
        Sum of their weights, n.
    iterations, evaluations : int
        Newton steps taken, and times the likelihood of all rows was computed.
    log_likelihood : float
        At the parameters returned.
    aic, bic : float
        2 k − 2 log L (Akaike 1974) and k log n − 2 log L (Schwarz 1978), k = `estimated`; NaN with a prior.
    gradient_norm : float
        Largest |d log L / d log parameter| per customer: 0 at an optimum.
    condition : float
        Ratio of the largest to the smallest curvature in log-parameters; infinite where a direction is flat.
    estimate, standard_error, low, high : ndarray
        The parameters, their standard errors from the observed information, and their intervals, normal on the log scale and
        hence positive; those of coefficients are symmetric. NaN in a direction that the data do not identify. Where an entry was
        held its standard error is 0.
    covariance : ndarray, shape (k, k)
        Of the parameters.
    correlation : float
        Only for spend: Pearson's correlation of frequency and spend, which the model assumes to be near 0. Otherwise NaN.
    objective : float
        What was maximised: log L less the penalty of the prior; log L itself without one.
    estimated : int
        Number of entries that were estimated freely.
    coefficients : int
        Number of entries that are coefficients: the last ones.
    has_prior : bool
        Was a prior used?
    data : int
        The same for the same model and customers; 0 where fits cannot be compared.
    kind : tuple of str
        How each entry came about: "estimated", "held" (at a value, or left out) or "equal" (to the purchase coefficient).
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
    objective: float = float("nan")
    estimated: int = 0
    coefficients: int = 0
    has_prior: bool = False
    data: int = 0
    kind: tuple[str, ...] = ()

    @classmethod
    def _of(cls, record: dict[str, Any], parameters: tuple[str, ...]) -> Report:
        values = {name: record[name] for name in record if name not in ("status", "sentence")}
        values["verdict"] = _retain.fit_verdict_name(values["verdict"])
        values["parameters"] = parameters
        values["explanation"] = _name_covariates(values["explanation"], parameters, values["coefficients"] // 2)
        values["has_prior"] = bool(values["has_prior"])
        values["kind"] = tuple(_KINDS[int(kind)] for kind in values["kind"])
        for name in ("estimate", "standard_error", "low", "high", "covariance"):
            values[name] = np.array(values[name], dtype=np.float64)
        k = len(values["estimate"])
        values["covariance"] = values["covariance"].reshape(k, k)
        return cls(**values)

    @property
    def success(self) -> bool:
        """Is the verdict "converged"?"""
        return self.verdict == "converged"

    def __repr__(self) -> str:
        return f"Report({self.verdict}, {self.customers:,.10g} customers, log-likelihood {self.log_likelihood:.4f})"

    def __str__(self) -> str:
        width = max(9, *(len(name) for name in self.parameters)) if self.parameters else 9
        lines = [
            f"{self.verdict}: {self.explanation}",
            f"customers {self.customers:,.10g} in {self.rows:,} rows, log-likelihood {self.log_likelihood:.4f}, "
            + (f"less the prior {self.objective:.4f}" if self.has_prior else f"AIC {self.aic:.2f}, BIC {self.bic:.2f}")
            + f", {self.iterations} steps",
            f"{'':>{width}} {'estimate':>12} {'std. error':>12} {'low':>12} {'high':>12}",
        ]
        kinds = self.kind or ("estimated",) * len(self.parameters)
        for name, kind, *values in zip(self.parameters, kinds, self.estimate, self.standard_error, self.low, self.high):
            numbers = " ".join(f"{value:12.6g}" for value in values)
            lines.append(f"{name:>{width}} {numbers}" + ("" if kind == "estimated" else f" {kind}"))
        return "\n".join(lines)

    def _numbers(self) -> Floats:
        """What the likelihood-ratio test reads."""
        head = [_VERDICTS[self.verdict], self.coefficients, self.estimated, self.has_prior, self.data, self.log_likelihood]
        kinds = [_KINDS.index(kind) for kind in self.kind]
        return np.array([*head, *self.estimate, *kinds], dtype=np.float64)


def _name_covariates(sentence: str, entries: tuple[str, ...], covariates: int) -> str:
    """A sentence of the C library, which knows covariates by their number, with their names."""
    if covariates == 0:
        return sentence
    names = [entry[entry.find("[") + 1 : -1] for entry in entries[-covariates:]]
    sentence = re.sub(
        r"One of covariates((?:(?:, )?\[\d+\])+)",
        lambda found: "One of " + re.sub(r"\[(\d+)\]", lambda at: names[int(at[1])], found[1]),
        sentence,
    )
    sentence = re.sub(r"\b(purchase|lifetime)\[(\d+)\]", lambda found: f"{found[1]}[{names[int(found[2])]}]", sentence)
    return re.sub(r"\bcovariates\[(\d+)\]", lambda found: names[int(found[1])], sentence)


@dataclasses.dataclass(frozen=True)
class LikelihoodRatio:
    """The outcome of a likelihood-ratio test.

    Attributes
    ----------
    statistic : float
        2 (log L of the full model − log L of the restricted one), never below 0.
    degrees_of_freedom : int
        Number of entries by which the two differ.
    p_value : float
        Chance of a statistic at least so large where the restricted model holds: chi-squared, for many customers.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float


def likelihood_ratio(restricted: Any, full: Any) -> LikelihoodRatio:
    """The likelihood-ratio test: do the data ask for what the full model estimates and the restricted one does not?

    Parameters
    ----------
    restricted : Report or fitted model
        The model in which some entries of the full one are held, left out or equal; or without covariates.
    full : Report or fitted model
        The model in which they are estimated, fitted to the same customers.

    Returns
    -------
    LikelihoodRatio

    Raises
    ------
    ArgumentError
        For models that are not nested, other families or customers, fits that are no interior maximum or had a prior.

    Notes
    -----
    Where fits ended on a boundary or a ridge the distribution of the statistic is not known. Of a young shop that nobody seems to leave
    compare two fits of the limiting model: NBD, or this family with s (or a) held at 1e-10 and beta (or b) at 1 in both (``fixed``).

    Not for values at the edge of what is possible, such as nobody ever leaving: there the p-value is about twice too large. That
    is also why families are not compared with each other. Source: S. S. Wilks, Annals of Mathematical Statistics 9(1) (1938).
    """
    reports = []
    for name, given in (("restricted", restricted), ("full", full)):
        report = given if isinstance(given, Report) else getattr(given, "report_", None)
        if not isinstance(report, Report):
            raise TypeError(f"{name} must be a Report or a fitted model, not {type(given).__name__}")
        reports.append(report)
    first, second = reports
    if first.coefficients and second.coefficients and first.parameters != second.parameters:
        raise ArgumentError("restricted and full have other covariates; fit both to the same ones, and leave some out of a process")
    record = _retain.fit_likelihood_ratio(None, first._numbers(), second._numbers())
    return LikelihoodRatio(record["statistic"], record["degrees"], record["p_value"])
