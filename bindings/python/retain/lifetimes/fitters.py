"""Fitters under the names of *lifetimes*: thin clothes over :mod:`retain.btyd` and :mod:`retain.spend`."""

from __future__ import annotations

import json
import pathlib
import warnings
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from .. import btyd, spend
from .._columns import Floats
from .._estimator import Estimator
from ..errors import ArgumentError, ConvergenceError, NotFitted
from ..spend import GammaGamma

__all__ = [
    "BaseFitter",
    "BetaGeoFitter",
    "ConvergenceWarning",
    "GammaGammaFitter",
    "ModifiedBetaGeoFitter",
    "ParetoNBDFitter",
]


class ConvergenceWarning(UserWarning):
    """The fit is not an interior maximum that the data identify: the message says what it is."""


def _pandas() -> Any:
    try:
        import pandas  # type: ignore[import-untyped]
    except ImportError as error:
        raise ImportError("retain.lifetimes gives and takes pandas objects: pip install pandas") from error
    return pandas


def _index(column: Any) -> Any:
    """Index of a pandas column; None for anything else."""
    return column.index if hasattr(column, "index") and hasattr(column, "to_numpy") else None


def _columns(*given: Any) -> tuple[list[Floats], Any]:
    """Columns of one length, and what turns a result into the caller's kind."""
    arrays = np.broadcast_arrays(*(np.asarray(column, dtype=np.float64) for column in given))
    index = next((found for found in map(_index, given) if found is not None), None)
    shape = arrays[0].shape

    def back(values: Floats) -> Any:
        if index is not None and len(index) == values.size:
            return _pandas().Series(values, index=index)
        return values.reshape(shape) if shape else float(values[0])

    return [np.ascontiguousarray(array, dtype=np.float64).ravel() for array in arrays], back


class BaseFitter:
    """What all fitters have in common.

    Parameters
    ----------
    penalizer_coef : float
        0: see the module for why there is no other.
    """

    _name: ClassVar[str] = ""
    _letters: ClassVar[dict[str, str]] = {}
    model_: Any
    data: Any

    def __init__(self, penalizer_coef: float = 0.0) -> None:
        if penalizer_coef != 0.0:
            raise ArgumentError(
                f"penalizer_coef is {penalizer_coef:g}; it must be 0: a penalty on raw parameters depends on the unit of time"
            )
        self.penalizer_coef = 0.0

    def _keep(self, empty: Estimator, customers: dict[str, Floats], **options: Any) -> None:
        """Fits; a doubtful optimum is kept, and told."""
        try:
            self.model_ = empty.fit(customers, **options)  # type: ignore[attr-defined]
        except ConvergenceError as error:
            if not all(np.isfinite(list(error.model.params_.values()))):
                raise
            self.model_ = error.model
            warnings.warn(str(error), ConvergenceWarning, stacklevel=3)

    def _frame(self, columns: dict[str, Any], index: Any) -> Any:
        return _pandas().DataFrame({name: np.asarray(column, dtype=np.float64) for name, column in columns.items()}, index=index)

    def _fitted(self) -> Any:
        if not hasattr(self, "model_"):
            raise NotFitted(f"this {type(self).__name__} has no parameters yet; call fit first")
        return self.model_

    @property
    def params_(self) -> Any:
        """The parameters, a Series."""
        values = self._fitted().params_
        return _pandas().Series({self._letters.get(name, name): value for name, value in values.items()}, name="coef")

    @property
    def standard_errors_(self) -> Any:
        """Standard errors of the parameters, NaN where the data give none."""
        return self.summary["se(coef)"].rename("standard_errors")

    @property
    def summary(self) -> Any:
        """Parameters with standard errors and 95 % limits, which are normal on the log scale."""
        model = self._fitted()
        report = getattr(model, "report_", None)
        none = [float("nan")] * len(model.params_)
        return _pandas().DataFrame(
            {
                "coef": list(model.params_.values()),
                "se(coef)": report.standard_error if report else none,
                "lower 95% bound": report.low if report else none,
                "upper 95% bound": report.high if report else none,
            },
            index=[self._letters.get(name, name) for name in model.params_],
        )

    def print_summary(self) -> None:
        """Prints the fit as text."""
        print(self._fitted().summary())

    def __repr__(self) -> str:
        if not hasattr(self, "model_"):
            return f"<retain.lifetimes.{type(self).__name__}>"
        words = ", ".join(f"{name}: {value:.2f}" for name, value in sorted(self.params_.items()))
        subjects = f" fitted with {len(self.data):,} subjects," if hasattr(self, "data") else ""
        return f"<retain.lifetimes.{type(self).__name__}:{subjects} {words}>"

    def save_model(self, path: str | pathlib.Path, **ignored: Any) -> None:
        """Writes the parameters to a JSON file."""
        pathlib.Path(path).write_text(json.dumps(self._fitted().to_dict()) + "\n", encoding="utf-8")

    def load_model(self, path: str | pathlib.Path) -> Self:
        """Reads what save_model wrote."""
        stored = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        if not isinstance(stored, dict) or stored.get("family") != self._name:
            raise ArgumentError(f"{path} does not hold the parameters of a {type(self).__name__}")
        self.model_ = self._restore(stored)
        return self

    def _restore(self, stored: dict[str, Any]) -> Any:
        return btyd.from_dict(stored)


class _OrdersFitter(BaseFitter):
    """Frequency, recency and T: repeat purchases, age at the last of them, age at the observation end."""

    _family: ClassVar[type[btyd.Model]] = btyd.Model

    def fit(
        self,
        frequency: Any,
        recency: Any,
        T: Any,
        weights: Any = None,
        initial_params: Any = None,
        verbose: bool = False,
        tol: float | None = None,
        index: Any = None,
        **ignored: Any,
    ) -> Self:
        """Fits the model by maximum likelihood.

        Parameters
        ----------
        frequency, recency, T : array_like
            Repeat purchases, age at the last of them (0 where there is none), and age at the observation end, in any one unit
            of time.
        weights : array_like, optional
            Customers per row.
        index : array_like, optional
            Index of ``data``, by default that of frequency.
        initial_params, verbose, tol, **ignored
            Accepted, without effect.
        """
        (x, t_x, age), _ = _columns(frequency, recency, T)
        customers = {"frequency": x, "t_x": t_x, "T": age}
        weight = None if weights is None else np.ascontiguousarray(weights, dtype=np.float64)
        if weight is not None:
            customers["weight"] = weight
        self._keep(self._family(), customers, unit_days=1.0)
        index = _index(frequency) if index is None else index
        weight = np.ones(len(x)) if weight is None else weight
        self.data = self._frame({"frequency": x, "recency": t_x, "T": age, "weights": weight}, index)
        return self

    def conditional_expected_number_of_purchases_up_to_time(self, t: Any, frequency: Any, recency: Any, T: Any) -> Any:
        """Expected repeat purchases of known customers in (T, T + t]."""
        model = self._fitted()
        (until, x, t_x, age), back = _columns(t, frequency, recency, T)
        result = np.empty(len(x))
        for value in np.unique(until):
            rows = until == value
            result[rows] = model.orders({"frequency": x[rows], "t_x": t_x[rows], "T": age[rows]}, days=float(value))
        return back(result)

    def predict(self, t: Any, frequency: Any, recency: Any, T: Any) -> Any:
        """The same as conditional_expected_number_of_purchases_up_to_time."""
        return self.conditional_expected_number_of_purchases_up_to_time(t, frequency, recency, T)

    def conditional_probability_alive(self, frequency: Any, recency: Any, T: Any) -> Any:
        """P(alive) of known customers at T."""
        model = self._fitted()
        (x, t_x, age), back = _columns(frequency, recency, T)
        return back(np.asarray(model.alive({"frequency": x, "t_x": t_x, "T": age})))

    def conditional_probability_alive_matrix(
        self, max_frequency: int | None = None, max_recency: int | None = None
    ) -> NDArray[np.float64]:
        """P(alive) at T = max_recency by recency (rows, 0 to max_recency) and frequency (columns, 0 to max_frequency).

        Customers without a repeat purchase have recency 0: the first column is the same in all rows.
        """
        most_x = int(self.data["frequency"].max()) if max_frequency is None else int(max_frequency)
        most_t = int(self.data["recency"].max()) if max_recency is None else int(max_recency)
        t_x, x = np.mgrid[0 : most_t + 1, 0 : most_x + 1].astype(np.float64)
        return np.asarray(self.conditional_probability_alive(x, np.where(x > 0, t_x, 0.0), float(most_t)))

    def expected_number_of_purchases_up_to_time(self, t: Any) -> Any:
        """Expected repeat purchases of a new customer by age t."""
        model = self._fitted()
        (ages,), back = _columns(t)
        return back(np.asarray(model.expected(days=ages)))

    def probability_of_n_purchases_up_to_time(self, t: float, n: Any) -> Any:
        """P(X(t) = n): probability that a new customer makes n repeat purchases by age t."""
        model = self._fitted()
        (counts,), back = _columns(n)
        return back(np.asarray(model.pmf(counts, days=float(t))))

    def generate_new_data(self, size: int = 1, seed: int = 0) -> Any:
        """Customers drawn from the model, observed for as long as those it was fitted to (drawn with replacement)."""
        model = self._fitted()
        ages = np.random.default_rng(seed).choice(self.data["T"].to_numpy(), size=size)
        drawn = model.simulate(ages, seed=seed)
        columns = {"T": ages, "frequency": drawn["frequency"], "recency": drawn["t_x"], "alive": drawn["alive"]}
        return self._frame(columns, None)


class BetaGeoFitter(_OrdersFitter):
    """BG/NBD: :class:`retain.BGNBD` under its name in *lifetimes*. Parameters r, alpha, a, b."""

    _name = "BG/NBD"
    _family = btyd.BGNBD


class ModifiedBetaGeoFitter(_OrdersFitter):
    """MBG/NBD: :class:`retain.MBGNBD` under its name in *lifetimes*. Parameters r, alpha, a, b."""

    _name = "MBG/NBD"
    _family = btyd.MBGNBD


class ParetoNBDFitter(_OrdersFitter):
    """Pareto/NBD: :class:`retain.ParetoNBD` under its name in *lifetimes*. Parameters r, alpha, s, beta."""

    _name = "Pareto/NBD"
    _family = btyd.ParetoNBD


class GammaGammaFitter(BaseFitter):
    """Gamma-Gamma: :class:`retain.GammaGamma` under its name in *lifetimes*. Parameters p, q, v."""

    _name = "Gamma-Gamma"
    _letters = {"gamma": "v"}

    def fit(
        self,
        frequency: Any,
        monetary_value: Any,
        weights: Any = None,
        initial_params: Any = None,
        verbose: bool = False,
        tol: float | None = None,
        index: Any = None,
        q_constraint: bool = False,
        **ignored: Any,
    ) -> Self:
        """Fits the model by maximum likelihood to customers with repeat purchases.

        Parameters
        ----------
        frequency, monetary_value : array_like
            Repeat purchases and their mean value; both must be positive.
        weights : array_like, optional
            Customers per row.
        initial_params, verbose, tol, q_constraint, **ignored
            Accepted, without effect: where q ≤ 1 the population mean is NaN, never negative.
        """
        (x, z), _ = _columns(frequency, monetary_value)
        if not (x > 0).all():
            row = int(np.flatnonzero(~(x > 0))[0])
            raise ArgumentError(f"frequency[{row}] is {x[row]:g}; it must be positive: fit to customers with repeat purchases")
        customers = {"frequency": x, "spend": z}
        if weights is not None:
            customers["weight"] = np.ascontiguousarray(weights, dtype=np.float64)
        self._keep(GammaGamma(), customers)
        index = _index(frequency) if index is None else index
        self.data = self._frame({"frequency": x, "monetary_value": z}, index)
        return self

    def conditional_expected_average_profit(self, frequency: Any = None, monetary_value: Any = None) -> Any:
        """Expected value of a customer's next purchase; the population mean where frequency is 0."""
        model = self._fitted()
        if frequency is None:
            frequency = self.data["frequency"]
        if monetary_value is None:
            monetary_value = self.data["monetary_value"]
        (x, z), back = _columns(frequency, monetary_value)
        return back(np.asarray(model.expected({"frequency": x, "spend": np.where(x > 0, z, np.nan)})))

    def customer_lifetime_value(
        self,
        transaction_prediction_model: Any,
        frequency: Any,
        recency: Any,
        T: Any,
        monetary_value: Any,
        time: int = 12,
        discount_rate: float = 0.01,
        freq: str = "D",
    ) -> Any:
        """Discounted value of the next `time` months, as *lifetimes* counts it: month by month, each at its end.

        Parameters
        ----------
        transaction_prediction_model : fitter
            Of orders, with ``predict``.
        frequency, recency, T, monetary_value : array_like
            Of each customer.
        time : int
            Months of 30 days (4.345 weeks).
        discount_rate : float
            Per **month**: 0.01 is 12.7 % a year. :func:`retain.clv.residual` takes an annual rate.
        freq : str
            Unit of recency and T: "D", "W", "M" or "h".
        """
        steps = {"D": 30.0, "W": 4.345, "M": 1.0, "h": 720.0, "H": 720.0}
        if freq not in steps:
            raise ArgumentError(f"freq is {freq!r}; it must be one of " + ", ".join(steps))
        (x, t_x, age, z), back = _columns(frequency, recency, T, monetary_value)
        value = np.asarray(self.conditional_expected_average_profit(x, z))
        total, before = np.zeros(len(x)), np.zeros(len(x))
        for month in range(1, int(time) + 1):
            until = np.asarray(transaction_prediction_model.predict(month * steps[freq], x, t_x, age))
            total += value * (until - before) / (1.0 + discount_rate) ** month
            before = until
        result = back(total)
        return result.rename("clv") if hasattr(result, "rename") else result

    def _restore(self, stored: dict[str, Any]) -> Any:
        return spend.from_dict(stored)
