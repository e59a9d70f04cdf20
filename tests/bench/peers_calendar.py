"""On which day of a London shop was each moment? With pandas and Polars.

    python tests/bench/peers_calendar.py FOLDER [--repeat N]
"""

import sys

import numpy as np

from peers import Peer, Task, main, same

ZONE = "Europe/London"


def in_pandas(columns, threads):
    import pandas

    moments = pandas.Series(pandas.to_datetime(columns["seconds"], unit="s", utc=True))
    return lambda: moments.dt.tz_convert(ZONE).dt.tz_localize(None).to_numpy().astype("datetime64[D]")


def in_polars(columns, threads):
    import polars as pl

    moments = pl.Series(columns["seconds"].astype("datetime64[s]").astype("datetime64[ms]")).dt.replace_time_zone("UTC")
    return lambda: moments.dt.convert_time_zone(ZONE).dt.date().to_numpy()


def compare_days(columns, theirs):
    return [same("days", columns["result_days"], theirs.astype(np.int64))]


def tasks(folder):
    del folder
    peers = [Peer("Polars", in_polars, threads=2), Peer("pandas", in_pandas)]
    return [Task(name, name, "seconds", peers, compare_days) for name in ("calendar_days", "calendar_days_shuffled")]


if __name__ == "__main__":
    sys.exit(main(tasks))
