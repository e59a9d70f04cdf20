"""What the scripts peers_MODULE.py share: they do the tasks of bench_MODULE with other software, on the same numbers.

A task names its data, the peers that do it, and what is compared. Each peer runs in a process of its own, so that neither memory nor
threads nor a warmed-up cache of one helps or harms another. Only the task itself is timed: the peer has its data in its own tables before the
clock starts, in the types that suit it best. Its result is then compared with the library's, and the largest difference is printed beside
the tolerance. One line of JSON a task and peer.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import resource
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

PATIENCE = 6.0  # seconds after which a task is not repeated any more
TYPES = {".i64": np.int64, ".f64": np.float64}


@dataclass
class Peer:
    name: str
    prepare: Callable  # (columns, threads) -> function without arguments that does the task and returns what `tidy` understands
    tidy: Callable = lambda result: result  # -> dict of arrays, outside the clock
    threads: int = 1
    most_rows: float = float("inf")  # slower, or larger in memory, than anyone would wait for beyond that
    in_r: str = ""  # the name of the task in peers.R, which does it, and times itself, in the place of `prepare`


def r_peer(name, task, **others):
    """A peer of R's survival."""
    return Peer(name, None, in_r=task, **others)


@dataclass
class Task:
    name: str
    folder: str  # of its columns
    rows: str  # the column whose length is the size of the task
    peers: list
    compare: Callable  # (columns, result) -> list of Comparison


@dataclass
class Comparison:
    what: str
    difference: float
    tolerance: float
    explanation: str = ""  # where a difference comes from that is larger than rounding

    def as_dict(self):
        agrees = bool(self.difference <= self.tolerance)
        line = {"what": self.what, "difference": float(self.difference), "tolerance": self.tolerance, "agrees": agrees}
        return line | ({"explanation": self.explanation} if self.explanation else {})


def same(what, ours, theirs):
    """Numbers that have to be equal: how many are not, or infinity when there are more of one kind."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    different = np.count_nonzero(ours != theirs) if ours.shape == theirs.shape else np.inf
    return Comparison(f"{what}: {ours.size} numbers", different, 0.0)


def close(what, ours, theirs, tolerance, explanation=""):
    """Largest relative difference; numbers below 1 are compared absolutely. NaN is equal to NaN only."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    if ours.shape != theirs.shape or np.any(np.isnan(ours) != np.isnan(theirs)):
        return Comparison(f"{what}: {ours.size} numbers", np.inf, tolerance, explanation)
    difference = np.nanmax(np.abs(ours - theirs) / np.maximum(1.0, np.abs(ours)), initial=0.0)
    return Comparison(f"{what}: {ours.size} numbers, relative", difference, tolerance, explanation)


@dataclass
class Columns:
    """The columns of a folder, read when they are asked for."""

    folder: pathlib.Path
    read: dict = field(default_factory=dict)

    def __getitem__(self, name):
        if name not in self.read:
            path, = self.folder.glob(f"{name}.?64")
            self.read[name] = np.fromfile(path, TYPES[path.suffix])
        return self.read[name]


def best_of(task, repeats):
    best, spent = (float("inf"), float("inf")), 0.0
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        result = task()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        best = (min(best[0], wall), min(best[1], cpu))
        spent += wall
        if spent > PATIENCE:
            break
    return best, result


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def ask_r(peer, columns, repeats):
    """Seconds on the wall and of the processor, what was found, and the size of the process."""
    script = pathlib.Path(__file__).with_name("peers.R")
    with tempfile.TemporaryDirectory() as results:
        done = subprocess.run(["Rscript", str(script), str(columns.folder), peer.in_r, str(repeats), results],
                              stdout=subprocess.PIPE, text=True, check=True)
        seconds, cpu_seconds, mib = map(float, done.stdout.split())
        found = {path.stem: np.fromfile(path) for path in pathlib.Path(results).iterdir()}
    return (seconds, cpu_seconds), found, round(mib)


def ask_python(peer, columns, repeats):
    work = peer.prepare(columns, peer.threads)
    times, result = best_of(work, repeats)
    return times, peer.tidy(result), peak_mib()


def measure(task, peer, columns, repeats):
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    rows = len(columns[task.rows])
    line = {"task": task.name, "by": peer.name, "rows": rows, "threads": peer.threads}
    if rows > peer.most_rows:
        print(json.dumps(line | {"skipped": f"not tried beyond {peer.most_rows:.0f} rows"}), flush=True)
        return
    (seconds, cpu_seconds), result, mib = (ask_r if peer.in_r else ask_python)(peer, columns, repeats)
    line |= {"seconds": round(seconds, 6), "cpu_seconds": round(cpu_seconds, 6), "peak_mib": mib}
    compared = task.compare(columns, result)
    print(json.dumps(line | {"compared": [comparison.as_dict() for comparison in compared]}), flush=True)


def main(tasks):
    """Does the tasks whose folders exist. `tasks` is called with nothing, here and again in the process of each peer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path, help="where the benchmark program wrote its data")
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    processes = multiprocessing.get_context("spawn")
    failed = False
    for task_index, task in enumerate(tasks(arguments.folder)):
        for peer_index, peer in enumerate(task.peers):
            os.environ["POLARS_MAX_THREADS"] = str(peer.threads)
            process = processes.Process(target=run_one, args=(tasks, arguments.folder, task_index, peer_index, arguments.repeat))
            process.start()
            process.join()
            failed |= process.exitcode != 0
    return 1 if failed else 0


def run_one(tasks, folder, task_index, peer_index, repeats):
    task = tasks(folder)[task_index]
    measure(task, task.peers[peer_index], Columns(folder / task.folder), repeats)
