"""Resolution times by agent with open tickets censored, repeat contacts within a week, late parcels: with pandas.

    python tests/bench/peers_service.py FOLDER [--repeat N]

pandas has no Kaplan-Meier estimate: it is written here with sorted NumPy arrays, the fastest way there is without leaving Python. Its
limits, which the library computes too, are left out.
"""

import sys

import numpy as np
from peers import Peer, Task, close, main, same

HOUR, END = 3600, 365 * 24 * 3600
DAY, NOT_YET = 24 * HOUR, -(2**63)


def frame_of(columns):
    import pandas

    return pandas.DataFrame({name: columns[name] for name in ("customer", "opened", "resolved", "agent")})


def median_of(wait, ended):
    """First wait by which half have ended; waits ascending, ended ones first where equal."""
    left = len(wait) - np.arange(len(wait))
    survival = np.cumprod(1.0 - ended / left)
    reached = np.nonzero(survival <= 0.5 + 1e-12)[0]
    return wait[reached[0]] / HOUR if len(reached) else np.nan


def times_in_pandas(columns, threads):
    del threads
    frame = frame_of(columns)

    def work():
        ended = (frame["resolved"] != NOT_YET) & (frame["resolved"] <= END)
        wait = np.where(ended, frame["resolved"], END) - frame["opened"]
        table = frame[["agent"]].assign(wait=wait, ended=ended, open=~ended).sort_values(["wait", "open"])
        medians = np.array([median_of(part["wait"].to_numpy(), part["ended"].to_numpy()) for _, part in table.groupby("agent")])
        median_of(table["wait"].to_numpy(), table["ended"].to_numpy())
        due = frame["opened"] + DAY <= END
        met = (due & ended & (wait <= DAY)).groupby(frame["agent"]).sum()
        return {"median": medians, "share": (met / due.groupby(frame["agent"]).sum()).to_numpy()}
    return work


def compare_times(columns, theirs):
    return [close(name, columns[f"result_{name}"], theirs[name], 1e-12) for name in ("median", "share")]


def contacts_in_pandas(columns, threads):
    del threads
    frame = frame_of(columns)

    def work():
        table = frame.sort_values(["customer", "opened"])
        later = table["opened"].shift(-1).where(table["customer"] == table["customer"].shift(-1), np.inf)
        same_instant = later == table["opened"]
        while same_instant.any():
            later = later.where(~same_instant, later.shift(-1).where(table["customer"] == table["customer"].shift(-1), np.inf))
            same_instant = later == table["opened"]
        solved = (table["resolved"] != NOT_YET) & (table["resolved"] + 7 * DAY <= END)
        first = (solved & (later > table["resolved"] + 7 * DAY)).groupby(table["agent"]).sum()
        repeated = ((table["opened"] + 7 * DAY <= END) & (later <= table["opened"] + 7 * DAY)).groupby(table["agent"]).sum()
        return {"first": first.to_numpy(), "repeated": repeated.to_numpy()}
    return work


def compare_contacts(columns, theirs):
    return [same(name, columns[f"result_{name}"], theirs[name]) for name in ("first", "repeated")]


def late_in_pandas(columns, threads):
    del threads
    frame = frame_of(columns)

    def work():
        there = (frame["resolved"] != NOT_YET) & (frame["resolved"] <= frame["opened"])
        return {"late": ((frame["opened"] <= END) & ~there).groupby(frame["agent"]).sum().to_numpy()}
    return work


def compare_late(columns, theirs):
    return [same("late", columns["result_late"], theirs["late"])]


def tasks(folder):
    del folder
    return [Task("service_times", "service", "opened", [Peer("pandas", times_in_pandas)], compare_times),
            Task("service_contacts", "service", "opened", [Peer("pandas", contacts_in_pandas)], compare_contacts),
            Task("service_late", "service", "opened", [Peer("pandas", late_in_pandas)], compare_late)]


if __name__ == "__main__":
    sys.exit(main(tasks))
