"""How an operation runs: keyword arguments that every operation understands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict


class Run(TypedDict, total=False):
    """Keyword arguments that every operation understands.

    Attributes
    ----------
    threads : int
        Worker threads, 0 to 256, 1 by default. Results never depend on it, not by a bit.
    progress : callable
        Told the share done, from 0 to 1, at most twenty times a second. A true answer, or an exception, ends the operation
        (:class:`retain.Cancelled`, or that exception). Ctrl-C works without it. With tqdm, whose ``update`` answers true:
        ``bar = tqdm(total=1); ...(progress=lambda done: bar.update(done - bar.n) and None)``
    memory : int
        Most bytes of scratch memory; an operation that needs more raises MemoryError.
    low_memory : bool
        Read order logs with at most 8 bytes of scratch a row, a part of the customers at a time: slower, and the same results.
    """

    threads: int
    progress: Callable[[float], Any] | None
    memory: int | None
    low_memory: bool


def context(run: Run) -> tuple[Any, ...] | None:
    """The raw layer's context for these keyword arguments."""
    if not run:
        return None
    for name in run:
        if name not in Run.__annotations__:
            raise TypeError(f"unexpected keyword argument {name!r}")
    threads = run.get("threads", 1)
    if isinstance(threads, bool) or not isinstance(threads, int):
        raise TypeError(f"threads must be a whole number, not {threads!r}")
    if not 0 <= threads <= 256:
        from .errors import ArgumentError

        raise ArgumentError(f"threads is {threads}; it must lie in [0, 256]")
    return (threads, run.get("progress"), run.get("memory"), run.get("low_memory", False))
