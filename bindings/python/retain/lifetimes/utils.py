"""Tables of transactions under the names of *lifetimes*: from a log to frequency, recency and T.

Every row is a transaction here, also one of value 0 or less, as in *lifetimes*; :func:`retain.orders.summary` knows refunds,
cancellations and time zones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ArgumentError, ConvergenceError, DataError
from .fitters import _pandas

__all__ = [
    "ConvergenceError",
    "calculate_alive_path",
    "calibration_and_holdout_data",
    "expected_cumulative_transactions",
    "summary_data_from_transaction_data",
]

# Days in a unit of time: months and years are means of the Gregorian calendar.
_DAYS = {"D": 1.0, "W": 7.0, "M": 30.436875, "Q": 91.310625, "Y": 365.2425, "h": 1 / 24, "H": 1 / 24, "min": 1 / 1440, "s": 1 / 86400}
_LETTERS = {"H": "h"}


def _unit(freq: str, freq_multiplier: float = 1) -> float:
    """Days in the unit of recency and T."""
    if freq not in _DAYS:
        raise ArgumentError(f"freq is {freq!r}; it must be one of " + ", ".join(_DAYS))
    if not freq_multiplier > 0:
        raise ArgumentError(f"freq_multiplier is {freq_multiplier:g}; it must be positive")
    return _DAYS[freq] * float(freq_multiplier)


def _instants(column: Any, datetime_format: str | None, name: str) -> Any:
    """Dates or times as the clock on the wall shows them."""
    pd = _pandas()
    instants = pd.to_datetime(column, format=datetime_format)
    if instants.dt.tz is not None:
        instants = instants.dt.tz_localize(None)
    missing = np.flatnonzero(instants.isna().to_numpy())
    if len(missing):
        raise DataError(f"{name}[{missing[0]}] is missing; every transaction has a time", int(missing[0]))
    return instants


def _start(instant: Any, freq: str) -> Any:
    """Start of the period that an instant lies in."""
    return _pandas().Timestamp(instant).to_period(_LETTERS.get(freq, freq)).to_timestamp()


def _last_instant(instant: Any) -> Any:
    """A date without a time of day means all of that day."""
    pd = _pandas()
    given = pd.Timestamp(instant)
    return given + pd.Timedelta(days=1) - pd.Timedelta(1, "ns") if given == given.normalize() else given


def _periods(
    transactions: Any,
    customer_id_col: str,
    datetime_col: str,
    monetary_value_col: str | None,
    datetime_format: str | None,
    freq: str,
) -> Any:
    """One row per customer and period with a transaction: `customer`, `start`, `value`; in order of time."""
    pd = _pandas()
    for column in (customer_id_col, datetime_col, monetary_value_col):
        if column is not None and column not in transactions.columns:
            raise ArgumentError(f"transactions has no column {column!r}")
    instants = _instants(transactions[datetime_col], datetime_format, datetime_col)
    frame = pd.DataFrame({"customer": transactions[customer_id_col].to_numpy(), "instant": instants.to_numpy()})
    frame["value"] = 1.0 if monetary_value_col is None else transactions[monetary_value_col].to_numpy()
    frame["start"] = frame["instant"].dt.to_period(_LETTERS.get(freq, freq)).dt.to_timestamp()
    return frame


def summary_data_from_transaction_data(
    transactions: Any,
    customer_id_col: str,
    datetime_col: str,
    monetary_value_col: str | None = None,
    datetime_format: str | None = None,
    observation_period_end: Any = None,
    freq: str = "D",
    freq_multiplier: float = 1,
    include_first_transaction: bool = False,
) -> Any:
    """One row per customer from one row per transaction.

    Parameters
    ----------
    transactions : DataFrame
        One row per transaction.
    customer_id_col, datetime_col, monetary_value_col : str
        Columns of transactions. Without monetary_value_col there are no values.
    datetime_format : str, optional
        Format of the times, where they are text.
    observation_period_end : date, optional
        Transactions after the period of this instant are not read. By default the last transaction, which is a bias: say it.
    freq : str
        Transactions of one customer in one such period count once: "D", "W", "M", "Q", "Y", "h", "min" or "s".
    freq_multiplier : float
        Recency and T are in units of so many periods: freq="D", freq_multiplier=7 are weeks.
    include_first_transaction : bool
        Count the first one in frequency and monetary_value too.

    Returns
    -------
    DataFrame
        ``frequency``, ``recency``, ``T`` and, with values, ``monetary_value`` (mean of the counted periods, 0 where there is none)
        by customer.
    """
    pd = _pandas()
    unit = _unit(freq, freq_multiplier)
    frame = _periods(transactions, customer_id_col, datetime_col, monetary_value_col, datetime_format, freq)
    end = _start(frame["instant"].max() if observation_period_end is None else observation_period_end, freq)
    frame = frame[frame["start"] <= end]
    by_period = frame.groupby(["customer", "start"], sort=True)["value"].sum().reset_index()
    customers = by_period.groupby("customer", sort=True)
    first, last = customers["start"].min(), customers["start"].max()
    skipped = 0 if include_first_transaction else 1
    frequency = customers.size() - skipped
    day = pd.Timedelta(days=1)
    columns = {
        "frequency": frequency.astype(np.float64),
        "recency": (last - first) / day / unit,
        "T": (end - first) / day / unit,
    }
    if monetary_value_col is not None:
        total = customers["value"].sum()
        if not include_first_transaction:
            total -= customers["value"].first()
        columns["monetary_value"] = (total / frequency.where(frequency > 0)).fillna(0.0)
    summary = pd.DataFrame(columns)
    summary.index.name = customer_id_col
    return summary


def calibration_and_holdout_data(
    transactions: Any,
    customer_id_col: str,
    datetime_col: str,
    calibration_period_end: Any,
    observation_period_end: Any = None,
    freq: str = "D",
    freq_multiplier: float = 1,
    datetime_format: str | None = None,
    monetary_value_col: str | None = None,
    include_first_transaction: bool = False,
) -> Any:
    """The table of :func:`summary_data_from_transaction_data` up to one instant, and what came after it.

    Returns
    -------
    DataFrame
        ``frequency_cal``, ``recency_cal``, ``T_cal``, ``frequency_holdout`` (periods with a transaction after
        calibration_period_end, up to observation_period_end), ``duration_holdout`` and, with values, ``monetary_value_cal`` and
        ``monetary_value_holdout`` (mean value of a transaction), of the customers known by then. An end without a time of day
        is all of that day.
    """
    pd = _pandas()
    frame = _periods(transactions, customer_id_col, datetime_col, monetary_value_col, datetime_format, freq)
    split = _last_instant(calibration_period_end)
    end = frame["instant"].max() if observation_period_end is None else _last_instant(observation_period_end)
    if split > end:
        raise ArgumentError(f"calibration_period_end is {split:%Y-%m-%d}; it must not lie after the observation end, {end:%Y-%m-%d}")
    known = frame[frame["instant"] <= split]
    value = None if monetary_value_col is None else "value"
    options: dict[str, Any] = {"freq": freq, "freq_multiplier": freq_multiplier, "include_first_transaction": include_first_transaction}
    table = summary_data_from_transaction_data(known, "customer", "instant", value, None, calibration_period_end, **options)
    table = table.add_suffix("_cal")
    table.index.name = customer_id_col
    later = frame[(frame["instant"] > split) & (frame["instant"] <= end)].groupby("customer")
    table["frequency_holdout"] = later["start"].nunique().reindex(table.index).fillna(0).astype(np.float64)
    if monetary_value_col is not None:
        table["monetary_value_holdout"] = later["value"].mean().reindex(table.index).fillna(0.0)
    unit = _unit(freq, freq_multiplier)
    table["duration_holdout"] = (_start(end, freq) - _start(split, freq)) / pd.Timedelta(days=1) / unit
    return table


def calculate_alive_path(model: Any, transactions: Any, datetime_col: str, t: int, freq: str = "D") -> Any:
    """P(alive) of one customer at each of the t + 1 periods since the first transaction.

    Parameters
    ----------
    model : fitter
        In the unit of freq.
    transactions : DataFrame
        Of one customer.
    datetime_col : str
        Its column of times.
    t : int
        Periods since the first transaction.
    freq : str
        The period.

    Returns
    -------
    ndarray, shape (t + 1,)
    """
    unit = _unit(freq)
    pd = _pandas()
    starts = _instants(transactions[datetime_col], None, datetime_col).dt.to_period(_LETTERS.get(freq, freq)).dt.to_timestamp()
    ages = np.unique(((starts - starts.min()) / pd.Timedelta(days=1) / unit).to_numpy())
    path = np.arange(int(t) + 1, dtype=np.float64)
    made = np.searchsorted(ages, path, side="right") - 1  # repeat transactions by then
    return np.asarray(model.conditional_probability_alive(made, ages[made], path))


def expected_cumulative_transactions(
    model: Any,
    transactions: Any,
    datetime_col: str,
    customer_id_col: str,
    t: int,
    datetime_format: str | None = None,
    freq: str = "D",
    freq_multiplier: float = 1,
    set_index_date: bool = False,
) -> Any:
    """Repeat transactions of all customers, actual and expected, cumulated over t periods in steps of freq_multiplier.

    Parameters
    ----------
    model : fitter
        In units of freq_multiplier periods.
    transactions : DataFrame
        One row per transaction.
    t : int
        Number of periods, from the first transaction of all on; there are t // freq_multiplier rows.
    set_index_date : bool
        Label the rows with the last period of each step instead of its number.

    Returns
    -------
    DataFrame
        ``actual`` and ``predicted``. A customer who came in the middle of a step is expected from that day on.
    """
    pd = _pandas()
    unit = _unit(freq, freq_multiplier)
    frame = _periods(transactions, customer_id_col, datetime_col, None, datetime_format, freq)
    visits = frame[["customer", "start"]].drop_duplicates()
    origin, day = visits["start"].min(), pd.Timedelta(days=1)
    visits["age"] = (visits["start"] - origin) / day / unit
    born = visits.groupby("customer")["age"].min()
    repeats = np.sort(visits["age"].to_numpy()[visits["age"].to_numpy() > born.reindex(visits["customer"]).to_numpy()])
    births, weight = np.unique(born.to_numpy(), return_counts=True)
    ends = np.arange(1, int(t // freq_multiplier) + 1, dtype=np.float64)
    last = 1.0 / float(freq_multiplier)  # a step ends with its last period
    predicted = [
        float(np.dot(weight, model.expected_number_of_purchases_up_to_time(np.maximum(end - births, 0.0)))) for end in ends
    ]
    actual = np.searchsorted(repeats, ends - last, side="right").astype(np.float64)
    index: Any = [origin + day * (_DAYS[freq] * (end * freq_multiplier - 1)) for end in ends] if set_index_date else ends - 1
    return pd.DataFrame({"actual": actual, "predicted": predicted}, index=index)
