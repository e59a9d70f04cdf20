"""The names of the package *lifetimes* 0.11, which is no longer maintained, on top of this library: change one import.

>>> from retain.lifetimes import BetaGeoFitter                             # was: from lifetimes import BetaGeoFitter
>>> fitter = BetaGeoFitter().fit([0, 2, 26, 1, 5], [0, 30.4, 30.9, 3.0, 20.0], [38.9, 38.9, 31.0, 30.0, 27.0])  # doctest: +SKIP

What is the same: names, arguments, column names, units (those of the caller's data) and, where *lifetimes* computes them right,
the numbers. What is different:

- A fit is an exact Newton search. ``tol``, ``initial_params``, ``fit_method`` and the like are accepted and have no effect.
- A fit whose optimum the data do not identify ends with a :class:`ConvergenceWarning` that says so in words; standard errors
  that do not exist are NaN. ``fitter.model_`` is this library's model, ``fitter.model_.report_`` all there is to say.
- Limits of parameters are normal on the log scale, hence positive.
- Likelihoods and expectations are finite for thousands of orders.
- ``penalizer_coef`` is refused: a penalty on raw parameters depends on the unit of time.
- Columns in are columns out: a Series gives a Series with the same index, a number gives a number.
- Rows that break the rules (recency above T, a recency where frequency is 0) are refused by row and rule.
"""

from .fitters import (
    BaseFitter,
    BetaGeoFitter,
    ConvergenceWarning,
    GammaGammaFitter,
    ModifiedBetaGeoFitter,
    ParetoNBDFitter,
)

__all__ = [
    "BaseFitter",
    "BetaGeoFitter",
    "ConvergenceWarning",
    "GammaGammaFitter",
    "ModifiedBetaGeoFitter",
    "ParetoNBDFitter",
]
