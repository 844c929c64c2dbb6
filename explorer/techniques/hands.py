"""Parts of one fit that threads may make side by side: what comes out is the same to the bit, whoever makes it.

A worker of a study has one core and uses one thread. Who waits for a single fit is served earlier by all cores.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_THREADS: ContextVar[int] = ContextVar("threads", default=1)


@contextmanager
def all_cores() -> Iterator[None]:
    """Let what is made side by side within the block use a thread for each core."""
    before = _THREADS.set(os.cpu_count() or 1)
    try:
        yield
    finally:
        _THREADS.reset(before)


def side_by_side(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Return what the calls return, in their order; none may change what another one reads. Raises what they raise."""
    threads = min(_THREADS.get(), len(calls))
    if threads < 2:
        return [call() for call in calls]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda call: call(), calls))
