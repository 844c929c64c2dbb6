"""What Ctrl-C does to a run: it stops it in order."""

import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

#: Exit status of a command that Ctrl-C has stopped.
INTERRUPTED = 130


@contextmanager
def interruptible(stop: Callable[[], None]) -> Iterator[None]:
    """Turn the first Ctrl-C into `stop`; a second one interrupts as usual.

    A thread calls it: a handler runs in the middle of anything, so also inside a transaction of this very process.
    """
    before = signal.getsignal(signal.SIGINT)
    asked: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def wait() -> None:
        if asked.get():
            stop()

    def interrupted(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        asked.put(True)

    thread = threading.Thread(target=wait, name="interrupt", daemon=True)
    thread.start()
    signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        asked.put(False)
        thread.join()
