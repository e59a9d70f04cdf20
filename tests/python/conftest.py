"""What the tests share: golden vectors, the shop in the examples, and the kinds of tables."""

import csv
import gzip
import math
import pathlib

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"


def read_golden(path):
    """Rows of a golden file as dicts of text."""
    with open(GOLDEN / path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows, f"{path} is empty"
    return rows


def number(text):
    """A cell as a double: NaN when blank."""
    return float(text) if text else math.nan


def near(got, want, tolerance):
    """|got - want| <= tolerance; NaN equals only NaN, infinity only itself."""
    if math.isnan(want) or math.isnan(got):
        return math.isnan(want) and math.isnan(got)
    return got == want or abs(got - want) <= tolerance


@pytest.fixture(scope="session")
def cdnow():
    """All purchases of the shop in the examples: dict of customer (text), date (datetime64), value."""
    with gzip.open(ROOT / "examples" / "data" / "cdnow.csv.gz", "rt", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        "customer": np.array([row["customer_id"] for row in rows]),
        "date": np.array([row["date"] for row in rows], dtype="M8[D]"),
        "value": np.array([float(row["dollars"]) for row in rows]),
    }


@pytest.fixture(scope="session")
def cdnow_sample(cdnow):
    """The tenth of it that the literature uses: 2,357 customers."""
    chosen = {int(row["customer_id"]) for row in read_golden("orders/cdnow_sample_ids.csv")}
    ids = cdnow["customer"].astype(np.int64)
    keep = np.isin(ids, sorted(chosen))
    return {"customer": ids[keep], "date": cdnow["date"][keep], "value": cdnow["value"][keep]}


class TableKind:
    """One way to hold a table: how to make it, and how to tell it and its columns from others."""

    def __init__(self, name, make, is_table, is_column):
        self.name, self.make, self.is_table, self.is_column = name, make, is_table, is_column

    def __repr__(self):
        return self.name


def _pandas(columns):
    import pandas as pd

    frame = pd.DataFrame({name: list(values) for name, values in columns.items()})
    frame.index = [f"row{i}" for i in range(len(frame))]
    return frame


def _pandas_nullable(columns):
    return _pandas(columns).convert_dtypes()


def _pandas_arrow(columns):
    return _pandas(columns).convert_dtypes(dtype_backend="pyarrow")


def _polars(columns):
    import polars as pl

    return pl.DataFrame({name: list(values) for name, values in columns.items()})


def _arrow(columns):
    import pyarrow as pa

    return pa.table({name: list(values) for name, values in columns.items()})


def _records(columns):
    arrays = {name: np.array(list(values)) for name, values in columns.items()}
    result = np.empty(len(next(iter(arrays.values()))), dtype=[(name, array.dtype) for name, array in arrays.items()])
    for name, array in arrays.items():
        result[name] = array
    return result


def _is(module, *names):
    """A test for the classes of a package, without importing it when it is not there."""

    def check(value):
        return type(value).__module__.split(".")[0] == module and type(value).__name__ in names

    return check


def _is_dict_of(test):
    return lambda value: isinstance(value, dict) and all(test(column) for column in value.values())


def is_array(value):
    return isinstance(value, np.ndarray) and value.dtype.names is None


def is_list(value):
    return isinstance(value, list)


KINDS = [
    TableKind("pandas", _pandas, _is("pandas", "DataFrame"), _is("pandas", "Series")),
    TableKind("pandas-nullable", _pandas_nullable, _is("pandas", "DataFrame"), _is("pandas", "Series")),
    TableKind("pandas-arrow", _pandas_arrow, _is("pandas", "DataFrame"), _is("pandas", "Series")),
    TableKind("polars", _polars, _is("polars", "DataFrame"), _is("polars", "Series")),
    TableKind("pyarrow", _arrow, _is("pyarrow", "Table"), _is("pyarrow", "ChunkedArray")),
    TableKind("records", _records, lambda v: isinstance(v, np.ndarray) and v.dtype.names is not None, is_array),
    TableKind("arrays", lambda columns: {n: np.array(list(v)) for n, v in columns.items()}, _is_dict_of(is_array), is_array),
    TableKind("lists", lambda columns: {n: list(v) for n, v in columns.items()}, _is_dict_of(is_list), is_list),
]


@pytest.fixture(params=KINDS, ids=repr)
def kind(request):
    """Every kind of table that the package takes and gives."""
    module = request.param.name.split("-")[0]
    if module in ("pandas", "polars", "pyarrow"):
        pytest.importorskip(module)
    if request.param.name == "pandas-arrow":
        pytest.importorskip("pyarrow")
    return request.param


def values(column):
    """A column of any kind as a list of Python values."""
    if hasattr(column, "to_pylist"):
        return column.to_pylist()
    return column.tolist() if hasattr(column, "tolist") else column.to_list() if hasattr(column, "to_list") else list(column)
