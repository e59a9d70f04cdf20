"""A buy-till-you-die model, whatever its family."""

from __future__ import annotations

from ._btyd_fitting import Fitting
from ._btyd_newcomers import Newcomers
from ._btyd_past import Past


class Model(Fitting, Newcomers, Past):
    """A buy-till-you-die model: what the families have in common.

    Customers are a table with the columns ``frequency``, ``t_x`` and ``T``, as :func:`retain.orders.summary` makes it: a
    DataFrame, a structured array, a dict of columns, or a dict of three numbers for a single customer. Results are columns of
    the same kind, row by row. Their unit of time is read from a column ``unit_days``; where there is none it is the model's
    own.

    Attributes
    ----------
    params_ : dict of float
        The parameters by name. Rates and shapes; alpha and beta are in the unit of time of the data.
    unit_days_ : float
        Days in the unit of time: 7 for weeks.
    covariates_ : tuple of str
        Names of the covariates; () where there are none.
    purchase_, lifetime_ : dict of float
        Their coefficients by name: a positive one means more purchases, or leaving faster.
    report_ : retain.fit.Report
        What there is to say about the fit.
    """
