"""What a fit of a buy-till-you-die model is told: priors, covariates, what is held, and how it is checked."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from . import _columns
from ._columns import Floats
from ._run import Run
from .btyd_dynamic import Histories
from .errors import ArgumentError, RetainError


@dataclasses.dataclass(frozen=True)
class Prior:
    """A normal prior: what is known before the customers are looked at. It counts like a fixed number of customers.

    Attributes
    ----------
    parameters : float
        Standard deviation of the logarithms of the parameters, in (0, 10]; 0 for none. 1 to 2 say: within a factor of about 50 of
        the centre. With covariates these are the parameters of the average customer.
    coefficients : float
        Standard deviation of the coefficients, whose mean is 0, times the scale of their covariate: the difference of its two
        values, or two standard deviations where it has more (Gelman et al. 2008); 0 for none.
    centre : mapping, optional
        Centre of the parameters by name; all of them, or none. By default 1 for shapes, and the mean age T for rates in units of
        time.
    """

    parameters: float = 0.0
    coefficients: float = 0.0
    centre: Mapping[str, float] | None = None

    def _centre(self, parameters: tuple[str, ...]) -> Floats | None:
        if self.centre is None:
            return None
        if set(self.centre) != set(parameters):
            raise ArgumentError(f"prior.centre must name {', '.join(parameters)}")
        return np.array([_columns.positive(self.centre[name], f"prior.centre[{name}]") for name in parameters], dtype=np.float64)


class Terms(Run, total=False):
    """Keyword arguments of :meth:`Model.fit`, where their meaning is told, and of :meth:`Model.posterior` and :meth:`Model.bootstrap`."""

    unit_days: float | None
    covariates: Sequence[str]
    purchase: Sequence[str] | None
    lifetime: Sequence[str] | None
    equal: Sequence[str]
    fixed: Mapping[str, float] | None
    prior: Prior | None


class Asked:
    """These arguments, checked, for a family with these parameters.

    Attributes
    ----------
    covariates, entries : tuple of str
        Names of the covariates, and of the numbers that are fitted.
    raw : tuple
        What a fit is told beside the customers, as the raw layer takes it.
    run : Run
        How to run.
    """

    def __init__(self, terms: Terms, parameters: tuple[str, ...], customers: Any) -> None:
        self.run = cast(Run, {name: value for name, value in terms.items() if name not in _OWN})
        if isinstance(customers, Histories):
            if terms.get("covariates") or terms.get("unit_days") is not None:
                raise ArgumentError("covariates and unit_days are those of the histories; they cannot be given here")
            self.covariates = customers.names
        else:
            self.covariates = names_of(terms.get("covariates", ()), "covariates")
        self.entries = entries_of(parameters, self.covariates)
        purchase, lifetime, equal = (terms.get(what) for what in ("purchase", "lifetime", "equal"))
        given = terms.get("prior")
        prior = Prior() if given is None else given
        if not isinstance(prior, Prior):
            raise TypeError(f"prior must be a Prior, not {type(prior).__name__}")
        self.raw: tuple[Any, ...] = (
            None if purchase is None else _flags(purchase, "purchase", self.covariates),
            None if lifetime is None else _flags(lifetime, "lifetime", self.covariates),
            _flags(equal, "equal", self.covariates) if equal else None,
            _held(terms.get("fixed"), self.entries),
            _deviation(prior.parameters, "prior.parameters"),
            _deviation(prior.coefficients, "prior.coefficients"),
            prior._centre(parameters),
        )


    @contextlib.contextmanager
    def naming(self) -> Iterator[None]:
        """Sentences of the library, which knows entries and covariates by their number, with their names."""
        try:
            yield
        except RetainError as error:
            sentence = re.sub(r"^fixed\[(\d+)\]", lambda at: f"fixed[{self.entries[int(at[1])]}]", str(error))
            sentence = re.sub(r"^prior_centre\[(\d+)\]", lambda at: f"prior.centre[{self.entries[int(at[1])]}]", sentence)
            sentence = re.sub(
                r"^equal\[(\d+)\] is 1; covariate \d+", lambda at: f"equal names {self.covariates[int(at[1])]!r}, which", sentence
            )
            sentence = re.sub(r"\bcovariate (\d+)\b", lambda at: repr(self.covariates[int(at[1])]), sentence)
            sentence = re.sub(r"\bcustomers\.covariates\[(\d+)\]", lambda at: f"customers.{self.covariates[int(at[1])]}", sentence)
            raise type(error)(sentence, error.row) from None


_OWN = frozenset(Terms.__annotations__) - frozenset(Run.__annotations__)


def entries_of(parameters: tuple[str, ...], covariates: tuple[str, ...]) -> tuple[str, ...]:
    """Names of what is fitted, in the order of reports and gradients."""
    return (*parameters, *(f"purchase[{name}]" for name in covariates), *(f"lifetime[{name}]" for name in covariates))


def _deviation(given: Any, what: str) -> float:
    value = _columns.number(given, what)
    if not 0.0 <= value <= 10.0:
        raise ArgumentError(f"{what} is {value:g}; it must lie in [0, 10] (0: no prior)")
    return value

def seed_of(given: Any) -> int:
    chosen = _columns.whole(given, "seed")
    if not 0 <= chosen < 2**64:
        raise ArgumentError(f"seed is {chosen}; it must lie in [0, 2^64 - 1]")
    return chosen


def names_of(given: Any, what: str) -> tuple[str, ...]:
    """Names of covariates, each once."""
    if isinstance(given, str):
        raise TypeError(f"{what} must be a list of names, not a string")
    names = tuple(given)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"{what} must be names, not {type(name).__name__}")
    if len(set(names)) < len(names):
        raise ArgumentError(f"{what} names a covariate twice")
    if len(names) > 16:
        raise ArgumentError(f"{what} has {len(names)} names; a model has at most 16")
    return names


def coefficients_of(given: Any) -> dict[str, tuple[float, float]]:
    """Coefficients as given by a user: of the purchase process and of the lifetime process, by covariate."""
    if not isinstance(given or {}, Mapping):
        raise TypeError('covariates must be a mapping such as {"channel": {"purchase": 0.3, "lifetime": -0.1}}')
    found = {}
    for name, both in (given or {}).items():
        if not isinstance(both, Mapping):
            raise TypeError(f'covariates[{name!r}] must be a mapping such as {{"purchase": 0.3, "lifetime": -0.1}}')
        unknown = [key for key in both if key not in ("purchase", "lifetime")]
        if unknown:
            raise ArgumentError(f"covariates[{name!r}] has {unknown[0]!r}; it may have 'purchase' and 'lifetime'")
        purchase, lifetime = (_columns.number(both.get(key, 0.0), f"{key}[{name}]") for key in ("purchase", "lifetime"))
        found[name] = (purchase, lifetime)
    return found


def _flags(given: Any, what: str, covariates: tuple[str, ...]) -> NDArray[np.uint8]:
    names = names_of(given, what)
    for name in names:
        if name not in covariates:
            raise ArgumentError(f"{what} names {name!r}, which is none of the covariates ({', '.join(covariates) or 'there are none'})")
    return np.array([name in names for name in covariates], dtype=np.uint8)


def _held(fixed: Mapping[str, float] | None, entries: tuple[str, ...]) -> Floats | None:
    if not fixed:
        return None
    for name in fixed:
        if name not in entries:
            raise ArgumentError(f"fixed names {name!r}; the entries are {', '.join(entries)}")
    values = {name: _columns.number(value, f"fixed[{name}]") for name, value in fixed.items()}
    return np.array([values.get(name, math.nan) for name in entries], dtype=np.float64)
