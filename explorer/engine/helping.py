"""Processes beside this one for what needs torch, whose memory goes with them: one thread each, and deaf to Ctrl-C."""

import os
import signal
from collections.abc import Callable
from typing import Any

from explorer.engine.cluster import THREADS


def helper(work: Callable[..., None], *arguments: object) -> Any:
    """Return the started process that does the work; it ends with this one.

    A terminal sends Ctrl-C to every process that it has started. This one has to end in order and to say so; a helper,
    which may be in the middle of an import, would write a traceback over it.
    """
    import multiprocessing
    from multiprocessing import resource_tracker

    for name in THREADS:
        os.environ[name] = "1"  # the process inherits them; two threads in torch are slower than one
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments, daemon=True)
    resource_tracker.ensure_running()  # else the first process would start it, and so lift what is blocked next
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # which the process inherits
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process
