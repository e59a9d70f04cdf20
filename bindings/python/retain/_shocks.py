"""Shocks common to all customers: how far off totals are, beyond what chance from customer to customer explains."""

from __future__ import annotations

import dataclasses
from typing import Any, Unpack

from . import _columns, _retain
from ._estimator import empty
from ._run import Run, context


@dataclasses.dataclass(frozen=True)
class Shocks:
    """What past periods say about shocks that all customers share, and about a bias.

    Attributes
    ----------
    periods, degrees : float
        Periods that were looked at, and degrees of freedom: one less, or as many where forecasts were taken for right on average.
    tau, tau_low, tau_high : float
        Standard deviation of the relative shock, 0.1 for 10 % of a total, with its limits. NaN of fewer than two periods (one).
    q, p_value : float
        What is chi-squared where there are no shocks, and P(as much of it) then.
    bias, bias_error, bias_low, bias_high : float
        What came is on average so many times what was expected, with its standard error and limits.
    """

    periods: float
    degrees: float
    tau: float
    tau_low: float
    tau_high: float
    q: float
    p_value: float
    bias: float
    bias_error: float
    bias_low: float
    bias_high: float

    def band(self, expected: Any, variance: Any, *, level: float = 0.95, **run: Unpack[Run]) -> Any:
        """Prediction intervals of new totals that know shocks.

        Parameters
        ----------
        expected : column
            Totals that are forecast.
        variance : column
            Of each about its forecast by the model's own account: ``total.variance + total.standard_error ** 2`` of
            :class:`retain.Total`. NaN gives NaN limits.
        level : float
            Two-sided.

        Returns
        -------
        table
            ``value`` (bias times expected), ``low``, ``high``.

        Examples
        --------
        >>> found = shocks([1090, 1060, 1110, 1240], [1259, 995, 1011, 1316], [1300, 1280, 1350, 1500])
        >>> [round(float(found.band([1200], [1400], level=0.9)[limit][0])) for limit in ("value", "low", "high")]
        [1220, 905, 1619]
        """
        kind = _columns.kind_of(expected)
        given = _columns.floats(expected, "expected")
        result = {name: empty(len(given)) for name in ("value", "low", "high")}
        figures = (self.degrees, self.tau, self.bias, self.bias_error)
        variances = _columns.floats(variance, "variance")
        _retain.evaluation_shock_band(context(run), *figures, given, variances, _columns.level(level), *result.values())
        return kind.table({name: kind.column(name, column) for name, column in result.items()})


def shocks(
    expected: Any, actual: Any, variance: Any, *, level: float = 0.95, unbiased: bool = False, **run: Unpack[Run]
) -> Shocks:
    """Measures the shocks that all customers share, and the bias, on past periods that were forecast before they began.

    Prediction intervals of :meth:`retain.btyd.Model.total` take customers as independent; season, campaigns and prices move all of them at once.

    Parameters
    ----------
    expected : column
        Totals that were forecast, one a period, > 0.
    actual : column
        Totals that came, >= 0.
    variance : column
        Of the total about its forecast by the model's own account, > 0: ``total.variance + total.standard_error ** 2``.
    level : float
        Two-sided level of the limits.
    unbiased : bool
        Take forecasts for right on average: the bias is then 1, and one more degree of freedom is left.

    Returns
    -------
    Shocks

    Notes
    -----
    actual = expected (bias + shock) + chance is a random-effects meta-analysis: tau by Paule & Mandel (1982), its limits by the Q-profile
    (Viechtbauer 2007, Stat. Med. 26), the bias by Knapp & Hartung (2003, Stat. Med. 22), the band with Student's quantile as Higgins,
    Thompson & Spiegelhalter (2009, J. R. Stat. Soc. A 172).

    Examples
    --------
    >>> found = shocks([1090, 1060, 1110, 1240], [1259, 995, 1011, 1316], [1300, 1280, 1350, 1500])
    >>> f"{found.tau:.2f} ({found.tau_low:.2f} to {found.tau_high:.2f})"
    '0.11 (0.05 to 0.42)'
    """
    columns = (_columns.floats(expected, "expected"), _columns.floats(actual, "actual"), _columns.floats(variance, "variance"))
    record = _retain.evaluation_shocks(context(run), *columns, _columns.level(level), int(bool(unbiased)))
    return Shocks(**record)
