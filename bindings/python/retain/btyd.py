"""How often will each customer still buy, and is the customer still there at all?

In a shop nobody resigns: a customer who has not bought for a year may have left, or may be slow. Buy-till-you-die models tell
how likely each is from three numbers per customer: x repeat occasions, the last of them at age t_x, observed until age T
(:func:`retain.orders.summary` makes them). While alive a customer buys at random at a personal rate lambda ~ Gamma(r, alpha);
families differ in how customers leave:

=================  ==========================================================  =================  ==========================
class              leaving                                                     parameters         source
=================  ==========================================================  =================  ==========================
:class:`ParetoNBD`  at any time, at a personal rate mu ~ Gamma(s, beta)        r, alpha, s, beta  Schmittlein, Morrison &
                                                                                                  Colombo 1987
:class:`BGNBD`      after a repeat purchase, with probability p ~ Beta(a, b)   r, alpha, a, b     Fader, Hardie & Lee 2005
:class:`MBGNBD`     the same, also right after the first purchase              r, alpha, a, b     Batislam, Denizel &
                                                                                                  Filiztekin 2007
:class:`GGNBD`      at any time, with a risk of leaving that rises with age    r, alpha, b, s,    Bemmaor & Glady 2012
                                                                               beta
:class:`NBD`        never: what the others are judged against                  r, alpha           Ehrenberg 1959
:class:`BGBB`       before an opportunity, with probability theta ~            alpha, beta,       Fader, Hardie & Shang 2010
                    Beta(gamma, delta); purchases at discrete opportunities    gamma, delta
:class:`BGCNBD`,    as BGNBD and MBGNBD, of customers who buy regularly        r, alpha, a, b; k  Platzer & Reutterer 2016
:class:`MBGCNBD`
=================  ==========================================================  =================  ==========================

>>> from retain import ParetoNBD
>>> model = ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67, unit_days=7)
>>> customer = {"frequency": 26, "t_x": 30.86, "T": 31.0}
>>> f"{model.alive(customer):.4f} {model.orders(customer, days=90):.2f}"
'0.9979 7.54'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from . import _columns
from ._btyd_model import Model
from ._btyd_terms import Prior
from ._columns import Floats
from ._draws import Drawn, Draws, DrawsReport
from ._estimator import restored
from ._forecasts import Total
from ._stored import Stored
from .errors import ArgumentError

__all__ = [
    "BGBB",
    "BGCNBD",
    "BGNBD",
    "GGNBD",
    "MBGCNBD",
    "MBGNBD",
    "NBD",
    "Drawn",
    "Draws",
    "DrawsReport",
    "Model",
    "ParetoNBD",
    "Prior",
    "RegularModel",
    "Total",
    "from_dict",
]

_MOST_K = 64  # RETAIN_BTYD_MOST_K


class ParetoNBD(Model):
    """Pareto/NBD: customers may leave at any time.

    Lifetime ~ Exp(mu), mu ~ Gamma(s, rate beta); parameters r, alpha, s, beta.

    Notes
    -----
    Source: D. C. Schmittlein, D. G. Morrison, R. Colombo, "Counting your customers", Management Science 33(1) (1987); likelihood by
    P. Fader, B. Hardie, "A note on deriving the Pareto/NBD model" (2005), eqs. 18-20.
    """

    _family = 1
    _name = "Pareto/NBD"
    _parameters = ("r", "alpha", "s", "beta")


class BGNBD(Model):
    """BG/NBD: customers may leave after each repeat purchase, with probability p ~ Beta(a, b); parameters r, alpha, a, b.

    Whoever never came back is alive for certain in this model, so its P(alive) must not be read as a churn risk.

    Notes
    -----
    Source: P. Fader, B. Hardie, K. L. Lee, "Counting your customers the easy way", Marketing Science 24(2) (2005), eq. 6.
    """

    _family = 2
    _name = "BG/NBD"
    _parameters = ("r", "alpha", "a", "b")


class MBGNBD(Model):
    """MBG/NBD: as BG/NBD, and customers may also leave right after the first purchase; parameters r, alpha, a, b.

    Notes
    -----
    Source: E. P. Batislam, M. Denizel, A. Filiztekin, "Empirical validation and comparison of models for customer base analysis",
    International Journal of Research in Marketing 24(3) (2007), eq. 5.
    """

    _family = 3
    _name = "MBG/NBD"
    _parameters = ("r", "alpha", "a", "b")


class GGNBD(Model):
    """Gamma-Gompertz/NBD: as Pareto/NBD, but customers age: the risk of leaving rises; parameters r, alpha, b, s, beta.

    The risk at age u is b eta e^(b u) with eta ~ Gamma(s, rate beta), so S(u) = (beta / (beta - 1 + e^(b u)))^s. With b and beta
    going to 0 together it is Pareto/NBD, whose beta is beta / b: where customers do not age the fit ends there, and says so.

    Notes
    -----
    Source: A. C. Bemmaor, N. Glady, "Modeling purchasing behavior with sudden death: a flexible customer lifetime model",
    Management Science 58(5) (2012); conditional expectation as corrected by J. Adler (2022).

    Examples
    --------
    >>> model = GGNBD.from_params(r=0.9, alpha=8.0, b=0.1, s=0.8, beta=20.0, unit_days=7)
    >>> customer = {"frequency": 2, "t_x": 30.43, "T": 38.86}
    >>> f"{model.alive(customer):.4f} {model.orders(customer, days=90):.2f}"
    '0.5862 0.32'
    """

    _family = 7
    _name = "Gamma-Gompertz/NBD"
    _parameters = ("r", "alpha", "b", "s", "beta")


class NBD(Model):
    """NBD: nobody ever leaves; parameters r, alpha.

    Everyone is alive for ever, so P(alive) is 1 and discounted orders for ever without discount are infinite. Wrong for a shop, and
    useful: what another family gains over it is what there is to be known about leaving.

    Notes
    -----
    Source: A. S. C. Ehrenberg, "The pattern of consumer purchases", Applied Statistics 8(1) (1959).
    """

    _family = 4
    _name = "NBD"
    _leaves = False
    _parameters = ("r", "alpha")


class BGBB(Model):
    """BG/BB: purchases at discrete opportunities, such as one appeal for a donation a year; parameters alpha, beta, gamma, delta.

    Before each opportunity a customer leaves with probability theta ~ Beta(gamma, delta), and else uses it with probability p ~
    Beta(alpha, beta). ``unit_days`` is the length of one opportunity. ``T`` is the number of opportunities after the one that made
    someone a customer, ``t_x`` the last one used, ``frequency`` how many: whole numbers, frequency ≤ t_x ≤ T ≤ 1,000,000. Days
    must make whole opportunities. P(alive) is the probability to be there when the next opportunity comes.

    Examples
    --------
    >>> model = BGBB.from_params(alpha=1.2035, beta=0.7497, gamma=0.6567, delta=2.7834, unit_days=365.25)
    >>> donor = {"frequency": 4, "t_x": 5, "T": 6}
    >>> f"{model.alive(donor):.3f} {model.orders(donor, days=10 * 365.25):.3f}"
    '0.697 3.628'

    Notes
    -----
    Source: P. Fader, B. Hardie, J. Shang, "Customer-base analysis in a discrete-time noncontractual setting", Marketing Science
    29(6) (2010), eqs. 5-14.
    """

    _family = 8
    _by_opportunity = True
    _name = "BG/BB"
    _parameters = ("alpha", "beta", "gamma", "delta")


class RegularModel(Model):
    """Customers who buy regularly: what :class:`BGCNBD` and :class:`MBGCNBD` have in common.

    A purchase happens at every k-th tick of a hidden clock of the personal rate lambda: gaps are Erlang-k, k / lambda on average,
    and the more even the larger k is. The fit reads a column ``log_gaps``, the sum of the logarithms of a customer's gaps, which
    ``retain.orders.summary(..., log_gaps=True)`` makes; forecasts do not. As gaps have a memory, a customer's future depends on how
    long the last purchase is ago.

    Parameters
    ----------
    k : int
        Stages of a gap, 1 to 64; 0, the default, chooses the most likely of 1 to 12 (:attr:`k_` says which, and so does the
        report). k is not counted as a parameter of the fit.
    iterations : int, optional
        Most Newton steps for each k; 200 by default.
    level : float
        Two-sided level of the intervals in the report, in (0, 1).

    Attributes
    ----------
    k_ : int
        Stages of a gap.

    Notes
    -----
    Source: M. Platzer, T. Reutterer, "Ticking away the moments: timing regularity helps to better predict customer activity",
    Marketing Science 35(5) (2016). Conditional expectations are exact here, and approximate there.

    Examples
    --------
    >>> model = MBGCNBD.from_params(r=0.9, alpha=1.5, a=0.6, b=3.0, k=3, unit_days=7)
    >>> customers = {"frequency": [9, 9], "t_x": [30.0, 30.0], "T": [31.0, 52.0]}
    >>> [round(p, 3) for p in model.alive(customers)]
    [0.949, 0.001]
    """

    k_: int

    def __init__(self, *, k: int = 0, iterations: int = 200, level: float = 0.95) -> None:
        super().__init__(iterations=iterations, level=level)
        self.k = k

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options of the fit (not the fitted parameters: those are in ``params_``, and ``k_``)."""
        return {"k": self.k, **super().get_params(deep)}

    def _unit(self) -> str:
        return f", k={self.k_}{super()._unit()}"

    def _stages(self) -> int:
        k = _columns.whole(self.k, "k")
        if not 0 <= k <= _MOST_K:
            raise ArgumentError(f"k is {k}; it must lie in [0, {_MOST_K}] (0 means the most likely)")
        return k

    def _extra(self) -> list[float]:
        return [float(getattr(self, "k_", 0))]

    def _beside(self, model: Floats) -> dict[str, Any]:
        return {"k_": int(model[-1])}

    @classmethod
    def from_params(
        cls, *, unit_days: float, covariates: Mapping[str, Mapping[str, float]] | None = None, **parameters: float
    ) -> Self:
        """A model with known parameters, k among them, from a publication or a database.

        Parameters
        ----------
        unit_days : float
            Days in the unit of time of alpha: 7 for weeks.
        covariates : mapping, optional
            Coefficients, as for other families.
        **parameters : float
            r, alpha, a and b, positive and finite, and k, a whole number in [1, 64].
        """
        if "k" not in parameters:
            raise TypeError(f"{cls.__name__} has a k, a whole number, beside its parameters; 'k' is missing")
        k = _columns.whole(parameters.pop("k"), "k")
        if not 1 <= k <= _MOST_K:
            raise ArgumentError(f"k is {k}; it must lie in [1, {_MOST_K}]")
        model = super().from_params(unit_days=unit_days, covariates=covariates, **parameters)
        model.k_ = k
        return model

    def _said(self) -> dict[str, Any]:
        return {**super()._said(), "k": self.k_}

    @classmethod
    def _restored_beside(cls, stored: Stored) -> dict[str, Any]:
        return {"k": stored.whole("k")}


class BGCNBD(RegularModel):
    """BG/CNBD-k: BG/NBD for customers who buy regularly; parameters r, alpha, a, b, and a whole number k.

    With k = 1 it is :class:`BGNBD`. Options, attributes and source: see :class:`RegularModel`.
    """

    _family = 5
    _name = "BG/CNBD-k"
    _parameters = ("r", "alpha", "a", "b")


class MBGCNBD(RegularModel):
    """MBG/CNBD-k: MBG/NBD for customers who buy regularly; parameters r, alpha, a, b, and a whole number k.

    With k = 1 it is :class:`MBGNBD`. Options, attributes and source: see :class:`RegularModel`.
    """

    _family = 6
    _name = "MBG/CNBD-k"
    _parameters = ("r", "alpha", "a", "b")


def from_dict(stored: Mapping[str, Any]) -> Model:
    """The model that :meth:`Model.to_dict` wrote, or PHP's ``toArray``.

    Raises
    ------
    ArgumentError
        For what is missing, unknown or wrong in it, by name.

    Examples
    --------
    >>> stored = BGNBD.from_params(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7).to_dict()
    >>> {key: stored[key] for key in ("format", "version", "family", "unit_days")}
    {'format': 'libretain model', 'version': 1, 'family': 'BG/NBD', 'unit_days': 7.0}
    >>> from_dict(stored)
    BGNBD(r=0.25, alpha=4.4, a=0.8, b=2.4, unit_days=7)
    """
    return restored(stored, (ParetoNBD, BGNBD, MBGNBD, NBD, BGCNBD, MBGCNBD, GGNBD, BGBB))
