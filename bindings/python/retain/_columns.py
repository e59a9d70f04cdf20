"""Columns in and out: whatever a caller holds becomes a typed array, and results become what the caller holds.

Kinds of columns: Series of any frame library that narwhals knows (pandas, Polars, PyArrow, ...), NumPy arrays, anything with the
buffer protocol, lists and tuples, and single numbers.
"""

from __future__ import annotations

import datetime as dt
import decimal
import numbers
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
from narwhals.dependencies import is_pandas_index
from numpy.typing import NDArray

from ._values import wrong as _wrong
from ._values import by_name as by_name
from ._values import choice as choice
from ._values import length as length
from ._values import level as level
from ._values import number as number
from ._values import positive as positive
from ._values import positive_whole as positive_whole
from ._values import shown as shown
from ._values import whole as whole
from ._values import yes_or_no as yes_or_no
from .errors import ArgumentError, DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

# --- what the caller holds ----------------------------------------------------------------------------------------------------


def native_series(column: Any) -> nw.Series[Any] | None:
    """The column as a narwhals Series, or None when it is no Series of a frame library."""
    if isinstance(column, nw.Series):
        return column
    if isinstance(column, (np.ndarray, list, tuple, str, bytes, numbers.Number)):
        return None
    if is_pandas_index(column):  # what pandas.date_range makes
        column = column.to_series(index=range(len(column)))
    series = nw.from_native(column, series_only=True, pass_through=True)
    return series if isinstance(series, nw.Series) else None


def time_zone(series: nw.Series[Any]) -> Any:
    """Name of the time zone that date-times of a Series carry (or a tzinfo), None when they carry none or are none."""
    if series.implementation.is_pandas():  # narwhals does not know zones like America/New_York, Etc/GMT-3
        dtype = series.to_native().dtype
        zone = getattr(dtype, "tz", None) or getattr(getattr(dtype, "pyarrow_dtype", None), "tz", None)
        return getattr(zone, "zone", None) or zone  # those of pytz, which are no ordinary tzinfo, by their names
    return series.dtype.time_zone if isinstance(series.dtype, nw.Datetime) else None


def texts(column: Any) -> list[str | None] | None:
    """The values of a column of texts, missing ones as None; None for a column of anything else."""
    series = native_series(column)
    values: Sequence[Any]
    if series is not None:
        if not isinstance(series.dtype, (nw.String, nw.Object, nw.Categorical, nw.Enum)):
            return None
        values = series.to_list()
    elif isinstance(column, np.ndarray) and column.ndim == 1 and column.dtype.kind in "UO":
        values = column.tolist()
    elif isinstance(column, (list, tuple)):
        values = column
    else:
        return None
    if not isinstance(next((value for value in values if not is_missing(value)), None), str):
        return None
    if not all(isinstance(value, str) or is_missing(value) for value in values):
        return None
    return [value if isinstance(value, str) else None for value in values]


def is_column(value: Any) -> bool:
    """A column, rather than a table or a single value?"""
    if isinstance(value, np.ndarray):
        return value.ndim > 0 and value.dtype.names is None
    return isinstance(value, (list, tuple)) or native_series(value) is not None


class Kind:
    """How a column of results is given back: NumPy arrays unless a subclass says otherwise."""

    def column(self, name: str, values: NDArray[Any]) -> Any:
        return values

    def table(self, columns: Mapping[str, Any]) -> Any:
        return dict(columns)


class ListKind(Kind):
    """Lists of Python numbers."""

    def column(self, name: str, values: NDArray[Any]) -> Any:
        return values.tolist()


class NumberKind(Kind):
    """A single number in, a single number out."""

    def column(self, name: str, values: NDArray[Any]) -> Any:
        return values.item() if values.size == 1 else values


class RecordKind(Kind):
    """NumPy structured arrays."""

    def table(self, columns: Mapping[str, Any]) -> Any:
        arrays = {name: np.asarray(values) for name, values in columns.items()}
        rows = len(next(iter(arrays.values()))) if arrays else 0
        result = np.empty(rows, dtype=[(name, values.dtype, values.shape[1:]) for name, values in arrays.items()])
        for name, values in arrays.items():
            result[name] = values
        return result


class FrameKind(Kind):
    """Columns and tables of a frame library; a pandas index is kept where rows are."""

    def __init__(self, source: nw.Series[Any] | nw.DataFrame[Any]) -> None:
        self.backend = source.implementation
        self.index = nw.maybe_get_index(source)

    def column(self, name: str, values: NDArray[Any]) -> Any:
        series = nw.new_series(name, values, backend=self.backend).to_native()
        if self.index is not None and len(self.index) == len(values):
            series.index = self.index  # narwhals' maybe_set_index asks every entry what it is, and drops the index's names
        return series

    def table(self, columns: Mapping[str, Any]) -> Any:
        return nw.from_dict(dict(columns), backend=self.backend).to_native()


def kind_of(column: Any) -> Kind:
    """The kind in which results about this column are given back."""
    series = native_series(column)
    if series is not None:
        return FrameKind(series)
    if isinstance(column, (list, tuple)):
        return ListKind()
    if isinstance(column, numbers.Number) or getattr(column, "ndim", 1) == 0:
        return NumberKind()
    return Kind()


# --- numbers ------------------------------------------------------------------------------------------------------------------


def _describe(column: Any) -> str:
    if isinstance(column, np.ndarray):
        return f"an array of {column.dtype}"
    return type(column).__name__


def holds_values(column: Any) -> bool:
    """Is it something of which NumPy makes an array without asking each element for its opinion?"""
    if isinstance(column, (str, bytes, bytearray)):
        return False
    if isinstance(column, (np.ndarray, list, tuple, range, numbers.Number)) or hasattr(column, "__array__"):
        return True
    try:
        memoryview(column)
    except TypeError:
        return False
    return True


def asked_for_array(column: Any, name: str, wanted: str = "a table of numbers") -> NDArray[Any]:
    """What an object makes of itself for NumPy."""
    try:
        return np.asarray(column)
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # what an object's own conversion raises can be anything
        raise _wrong(name, wanted, f"{_describe(column)} ({error})") from error


def _plain(column: Any, name: str, wanted: str) -> NDArray[Any]:
    """The column as a one-dimensional NumPy array of whatever dtype it has."""
    series = native_series(column)
    if series is not None:
        if len(series) == 0:
            return np.empty(0, dtype=object)  # a frame without rows often has no types either
        if wanted == "whole numbers" and series.is_null().any():
            raise DataError(f"{name} has missing values; it must be a whole number in every row")
        if (zone := time_zone(series)) is not None:
            raise _wrong(name, wanted, f"a column of date-times in {zone}")
        array = np.asarray(series.to_numpy())
        if array.dtype == object and series.dtype == nw.Boolean:
            raise DataError(f"{name} has missing values; it must be true or false in every row")
        if array.ndim != 1 or (array.dtype == object and not isinstance(series.dtype, (nw.Object, nw.Decimal, nw.Date, nw.Unknown))):
            raise _wrong(name, wanted, f"a column of {series.dtype}")
        return array
    if not holds_values(column):
        raise _wrong(name, wanted, "None" if column is None else type(column).__name__)
    if isinstance(column, (list, tuple)) and not column:
        return np.empty(0, dtype=object)  # of whatever type is wanted
    if isinstance(column, np.ma.MaskedArray):
        raise _wrong(name, wanted, "a masked array (fill it first)")
    array = asked_for_array(column, name, wanted)
    if array.ndim == 0:
        if isinstance(column, numbers.Number) or isinstance(column, np.ndarray):
            return array.reshape(1)
        raise _wrong(name, wanted, _describe(column))
    if array.ndim != 1:
        raise ArgumentError(f"{name} must have one dimension, not {array.ndim}")
    return array if array.size or array.dtype.kind == "M" else np.empty(0, dtype=object)


def floats(column: Any, name: str, *, booleans: bool = False) -> Floats:
    """A column of numbers as float64, contiguous and aligned; missing values become NaN. With `booleans`, True is 1 and False 0."""
    array = _plain(column, name, "numbers")
    if booleans and array.dtype.kind == "b":
        return array.astype(np.float64)
    if array.dtype == object:
        if array.size == 0:
            return np.empty(0)
        array = np.array([_number(value, name, row) for row, value in enumerate(array)], dtype=np.float64)
    elif array.dtype.kind not in "iuf":
        raise _wrong(name, "numbers", f"an array of {array.dtype}")
    return np.require(array, dtype=np.float64, requirements=["C", "A"])


def _number(value: Any, name: str, row: int) -> float:
    if isinstance(value, bool) or isinstance(value, np.bool_):
        raise _wrong(f"{name}[{row}]", "a number", "a bool")
    if isinstance(value, (numbers.Real, decimal.Decimal)) and not isinstance(value, np.timedelta64):
        try:
            return float(value)
        except OverflowError:
            raise DataError(f"{name}[{row}] is too large for a 64-bit number", row) from None
        except ValueError:  # a signalling NaN
            return float("nan")
    if is_missing(value):
        return float("nan")
    raise _wrong(f"{name}[{row}]", "a number", type(value).__name__)


def is_missing(value: Any) -> bool:
    """None, NaN, NaT, pandas.NA."""
    if value is None:
        return True
    try:
        return not (value == value)  # NaN and NaT differ from themselves; pandas.NA refuses to say
    except ArithmeticError:  # and so does a signalling NaN
        return True
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"


def ints(column: Any, name: str) -> Ints:
    """A column of whole numbers as int64, contiguous and aligned. Numbers with a decimal point are refused, even whole ones."""
    array = _plain(column, name, "whole numbers")
    if array.dtype == object:
        values: list[int] = []
        for row, value in enumerate(array):
            if isinstance(value, (bool, np.bool_, np.timedelta64)) or not isinstance(value, numbers.Integral):
                raise _wrong(f"{name}[{row}]", "a whole number", "missing" if is_missing(value) else type(value).__name__)
            values.append(int(value))
            if not -(2**63) <= values[-1] < 2**63:
                raise DataError(f"{name}[{row}] is {shown(values[-1])}; it does not fit in 64 bits", row)
        return np.array(values, dtype=np.int64)
    if array.dtype.kind not in "iu":
        raise _wrong(name, "whole numbers", f"an array of {array.dtype}")
    if array.dtype.kind == "u" and array.dtype.itemsize == 8 and array.size and array.max() > np.uint64(2**63 - 1):
        row = int(np.argmax(array > np.uint64(2**63 - 1)))
        raise DataError(f"{name}[{row}] is {array[row]}; it does not fit in 64 bits", row)
    return np.require(array, dtype=np.int64, requirements=["C", "A"])


def flags(column: Any, name: str) -> Bytes:
    """A column of true and false (or 1 and 0) as bytes."""
    array = _plain(column, name, "true or false")
    if array.dtype == object:
        for row, value in enumerate(array):
            if not isinstance(value, (bool, np.bool_, numbers.Integral)):
                raise _wrong(f"{name}[{row}]", "true or false", "missing" if is_missing(value) else type(value).__name__)
        array = np.array([int(value) if 0 <= value <= 1 else 2 for value in array], dtype=np.int64)
    if array.dtype.kind not in "biu":
        raise _wrong(name, "true or false", f"an array of {array.dtype}")
    if array.dtype.kind != "b":
        bad = (array != 0) & (array != 1)
        if bad.any():
            row = int(np.argmax(bad))
            raise DataError(f"{name}[{row}] is {array[row]}; it must be 0 or 1", row)
    return np.require(array, dtype=np.uint8, requirements=["C", "A"])


# --- dates --------------------------------------------------------------------------------------------------------------------

_UNITS_WITH_DAYS = ("D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as")


def _check_instants(array: NDArray[Any], name: str) -> None:
    unit = np.datetime_data(array.dtype)[0]
    if unit not in _UNITS_WITH_DAYS:
        raise _wrong(name, "dates", f"datetime64 in units of {unit!r}, which have no day")
    missing = np.isnat(array)
    if missing.any():
        row = int(np.argmax(missing))
        raise DataError(f"{name}[{row}] is missing (NaT); every row needs a date", row)


def _from_objects(array: NDArray[Any], name: str) -> tuple[NDArray[Any], bool]:
    """Python dates and datetimes; aware ones become UTC."""
    values: list[dt.date] = []
    aware = 0
    for row, value in enumerate(array):
        if is_missing(value):
            raise DataError(f"{name}[{row}] is missing; every row needs a date", row)
        if isinstance(value, np.datetime64):
            value = value.astype("M8[us]").item()
        if not isinstance(value, dt.date):
            raise _wrong(f"{name}[{row}]", "a date", type(value).__name__)
        if isinstance(value, dt.datetime) and value.tzinfo is not None:
            value = value.astimezone(dt.timezone.utc).replace(tzinfo=None)
            aware += 1
        values.append(value)
    if aware and aware != len(values):
        raise _wrong(name, "dates that all carry a time zone, or none", "a mixture")
    return np.array(values, dtype="M8[us]"), aware > 0


def moments(column: Any, name: str) -> tuple[NDArray[Any], Any]:
    """A column of dates or date-times as datetime64, and its time zone: None for wall-clock times, otherwise the values are in
    UTC and the zone is the column's own name for it (or UTC)."""
    series = native_series(column)
    zone = time_zone(series) if series is not None else None
    if series is not None and zone is not None:
        if isinstance(series.dtype, nw.Datetime):
            series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        else:
            native = series.to_native().dt.tz_convert("UTC").dt.tz_localize(None)
            series = nw.from_native(native, series_only=True)
        array = np.asarray(series.to_numpy())
        _check_instants(array, name)
        return array, zone
    if series is not None and series.dtype == nw.Date:
        array = np.asarray(series.to_numpy())
        if array.dtype == object:
            array = np.array([None if is_missing(value) else value for value in array], dtype="M8[D]")
    else:
        array = _plain(column, name, "dates")
    if array.dtype == object:
        array, aware = _from_objects(array, name)
        return array, ("UTC" if aware else None)
    if array.dtype.kind != "M":
        raise _wrong(name, "dates", f"an array of {array.dtype}")
    _check_instants(array, name)
    return array, None


def is_temporal(column: Any) -> bool:
    """Does the column hold dates (rather than day numbers)?"""
    series = native_series(column)
    if series is not None and series.dtype != nw.Object:
        return bool(series.dtype.is_temporal()) or time_zone(series) is not None
    array = np.asarray(series.to_numpy()) if series is not None else column
    if isinstance(array, np.ndarray) and array.dtype != object:
        return array.dtype.kind == "M"
    if isinstance(array, (np.ndarray, Sequence)) and not isinstance(array, (str, bytes)):
        return any(isinstance(value, (dt.date, np.datetime64)) for value in array[:1])
    return isinstance(array, (dt.date, np.datetime64))


def says_nothing(column: Any) -> bool:
    """Has it no rows, and no type either?"""
    series = native_series(column)
    if series is not None:
        return len(series) == 0 and isinstance(series.dtype, (nw.Object, nw.String, nw.Unknown))
    if isinstance(column, np.ndarray):
        return column.size == 0 and column.dtype == object
    return isinstance(column, (list, tuple)) and not column


def look_like_dates(days: Ints) -> bool:
    """Are all of these day numbers dates written as yyyymmdd, from 1800 to 2299?"""
    if len(days) == 0 or not 18000101 <= days[0] <= 22991231:
        return False
    month, day = days // 100 % 100, days % 100
    inside = (days >= 18000101) & (days <= 22991231) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return bool(inside.all())


_UNITS = (("seconds", "s", 10**11), ("milliseconds", "ms", 10**14), ("microseconds", "us", 10**17), ("nanoseconds", "ns", 2**63))


def unit_of_moments(days: Ints) -> tuple[str, str] | None:
    """The unit, in words and as pandas calls it, in which all of these day numbers look like Unix time: as day numbers they would lie
    beyond the year 275,000."""
    if len(days) == 0 or days.min() < 10**8:
        return None
    return next((words, unit) for words, unit, end in _UNITS if days.min() < end)


def as_dates(days: Ints) -> NDArray[Any]:
    """Day numbers as datetime64[D]."""
    return days.astype("M8[D]")


# --- keys ---------------------------------------------------------------------------------------------------------------------


class Keys:
    """Who or which: 64-bit integers pass as they are, everything else (strings, UUIDs, categories, big integers ...) is
    numbered in ascending order, and given back by :meth:`give`.

    Attributes
    ----------
    codes : ndarray of int64
        One number per row, in the same order as the ids.
    values : ndarray or None
        The id of each number; None when ids are their own numbers.
    """

    def __init__(self, column: Any, name: str) -> None:
        self.name = name  # for sentences
        self.values: NDArray[Any] | None = None
        self._code: dict[Any, int] | None = None  # made when asked for
        series = native_series(column)
        if series is not None:
            missing = series.is_null()
            if missing.any():
                self._refuse(int(np.argmax(np.asarray(missing.to_numpy()))))
            if series.dtype.is_signed_integer() or (series.dtype.is_unsigned_integer() and series.dtype != nw.UInt64):
                self.codes = ints(series, name)
                return
            try:
                self._rank(*_number_series(series))
            except TypeError as error:
                raise _wrong(name, "ids", str(error)) from None
            return
        if isinstance(column, (list, tuple)):
            objects = [value.item() if isinstance(value, np.generic) else value for value in column]
        else:
            array = _plain(column, name, "ids")
            if array.dtype.kind == "i" or (array.dtype.kind == "u" and array.dtype.itemsize < 8):
                self.codes = ints(array, name)
                return
            objects = array.tolist()
        try:
            self._rank(*_number_objects(objects))
        except TypeError as error:
            raise _wrong(name, "ids", str(error)) from None

    def _refuse(self, row: int) -> None:
        raise DataError(f"{self.name}[{row}] is missing; every row needs one", row)

    def _rank(self, codes: Ints, ids: list[Any]) -> None:
        """Takes ids in order of appearance, and puts them in ascending order."""
        gap = next((code for code, value in enumerate(ids) if type(value) is not str and is_missing(value)), None)
        if gap is not None:
            self._refuse(int(np.argmax(codes == gap)))
        if ids and all(type(value) is int and -(2**63) <= value < 2**63 for value in ids):
            self.codes = np.array(ids, dtype=np.int64)[codes]
            return
        texts = _short_texts(ids)
        if texts is not None:
            order = np.argsort(texts, kind="stable")
        else:
            try:
                order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.intp)
            except TypeError:  # ids of several types have no order of their own: that of appearance
                order = np.arange(len(ids))
        rank = np.empty(len(ids), dtype=np.int64)
        rank[order] = np.arange(len(ids))
        self.codes = rank[codes]
        self.values = (np.fromiter(ids, dtype=object, count=len(ids)) if texts is None else texts)[order]

    def refuse_blanks(self, why: str) -> None:
        """Refuses texts that say nothing."""
        blanks = [
            code
            for code, value in enumerate(self.values.tolist() if self.values is not None else ())
            if isinstance(value, str) and not value.strip()
        ]
        if blanks:
            row = int(np.argmax(np.isin(self.codes, blanks)))
            raise DataError(f"{self.name}[{row}] is blank; {why}", row)

    def give(self, codes: Ints, kind: Kind) -> Any:
        """Ids of these codes, as a column that `kind` can put in a table."""
        if self.values is None:
            return kind.column(self.name, codes)
        ids = self.values[codes]
        return ids if type(kind) is Kind or isinstance(kind, RecordKind) else ids.tolist()

    def find(self, column: Any, name: str) -> Ints:
        """Codes of other ids; ids that are unknown get new ones. Ids of another kind are refused: 1 and "1" never meet, and a join
        that finds nobody looks like customers who never came back."""
        other = Keys(column, name)
        if len(self.codes) and len(other.codes):
            mine, theirs = self._kinds(), other._kinds()
            if not mine & theirs:
                wanted = f"the kind of ids that {self.name} has, {' and '.join(sorted(mine))}"
                raise _wrong(name, wanted, " and ".join(sorted(theirs)))
        if self.values is None:
            if other.values is not None and len(other.codes):
                raise _wrong(name, f"whole numbers, as {self.name} is", "other numbers")
            return other.codes
        if self._code is None:
            self._code = {value: code for code, value in enumerate(self.values.tolist())}
        ids, codes = (other.values, other.codes) if other.values is not None else np.unique(other.codes, return_inverse=True)
        fresh = len(self._code)
        known = np.array([self._code.get(value, fresh + i) for i, value in enumerate(ids.tolist())], dtype=np.int64)
        return known[codes]

    def _kinds(self) -> set[str]:
        """What the ids are, in words."""
        if self.values is None:
            return {"numbers"}
        if self.values.dtype.kind == "U":
            return {"texts"}
        types = {type(value) for value in self.values.tolist()}
        return {"texts" if issubclass(t, str) else "numbers" if issubclass(t, numbers.Number) else t.__name__ for t in types}


def _short_texts(ids: list[Any]) -> NDArray[np.str_] | None:
    """Ids as an array of text, which is sorted many times faster than a list, when they are text of moderate length."""
    if not ids or not all(type(value) is str for value in ids) or max(map(len, ids)) > 64:
        return None
    texts = np.array(ids, dtype=np.str_)
    return None if "\0" in "".join(ids) else texts  # NumPy drops zeros at the end


def _number_objects(objects: Sequence[Any]) -> tuple[Ints, list[Any]]:
    """Codes and ids in order of appearance."""
    seen: dict[Any, int] = {}
    codes = np.array([seen.setdefault(value, len(seen)) for value in objects], dtype=np.int64)
    return codes, list(seen)


def _number_series(series: nw.Series[Any]) -> tuple[Ints, list[Any]]:
    """The same for a Series, by its own library where that has a fast way."""
    native = series.to_native()
    if series.implementation.is_pandas():
        codes, ids = series.implementation.to_native_namespace().factorize(native)
        return np.asarray(codes, dtype=np.int64), ids.tolist()
    if series.implementation.is_pyarrow():
        encoded = native.combine_chunks().dictionary_encode()
        return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist()
    return _number_objects(series.to_list())


def once(codes: Ints, name: str) -> tuple[Ints, Ints, Ints]:
    """The codes in ascending order, the row of each, and the place of each row; refuses codes that are there twice."""
    ordered, first, back = np.unique(codes, return_index=True, return_inverse=True)
    if len(ordered) < len(codes):
        row = int(np.setdiff1d(np.arange(len(codes)), first)[0])
        raise ArgumentError(f"{name}[{row}] is there twice; each customer must be given once", row)
    return ordered, first, back
