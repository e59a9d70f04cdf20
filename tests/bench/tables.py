"""The order log of the benchmark programs as DuckDB, pandas and Polars like it best: days as dates, columns in their own memory."""

import numpy as np

MOST_IN_MEMORY = 50_000_000  # rows that pandas and Polars are given: their intermediate tables take hundreds of bytes a row

def numpy_log(columns):
    return {"customer": columns["customer"], "day": columns["day"].astype("datetime64[D]"), "value": columns["value"]}


def duckdb_log(columns, threads):
    """A connection with the table `log`."""
    import duckdb

    base = duckdb.connect(config={"threads": threads})
    raw = {name: columns[name] for name in ("customer", "day", "value")}
    base.register("raw", raw)
    base.execute("create table log as select customer, date '1970-01-01' + day::int as day, value from raw")
    base.unregister("raw")
    return base


def duckdb_query(sql):
    def prepare(columns, threads):
        base = duckdb_log(columns, threads)
        return lambda: base.execute(sql).fetchnumpy()
    return prepare


def pandas_log(columns):
    import pandas

    return pandas.DataFrame(numpy_log(columns))


def polars_log(columns):
    import polars

    return polars.DataFrame(numpy_log(columns))


def arrays(frame):
    """Columns of a pandas or Polars frame, or of a dictionary of (masked) arrays, as plain NumPy arrays; what is missing becomes NaN."""
    columns = {}
    for name in frame.keys() if isinstance(frame, dict) else frame.columns:
        column = frame[name]
        column = column.to_numpy() if hasattr(column, "to_numpy") else column
        columns[name] = np.ma.filled(column, np.nan) if np.ma.is_masked(column) else np.asarray(column)
    return columns
