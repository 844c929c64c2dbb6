"""The engine as a process: takes queued studies one after another until there have been none for a while.

What pages ask about a data set, and what they want to show, is found beside the studies.
"""

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.datasets import saved
from explorer.datasets.findings import count
from explorer.engine.asking import Answering
from explorer.engine.cluster import Cluster, connected
from explorer.engine.previewing import Previewing
from explorer.engine.run import Run
from explorer.errors import EngineError, ExplorerError, StudyError, UnknownStudy
from explorer.recipes import PROTOCOL
from explorer.records import Outcome, State
from explorer.store.store import Store
from explorer.workspace import Workspace

#: Seconds without a queued study after which the engine ends; the variable EXPLORER_ENGINE_IDLE overrides it.
IDLE = 300.0
#: Seconds between two looks for a queued study.
LOOK_EVERY = 0.2

_log = logging.getLogger(__name__)


def serve(workspace: Workspace, *, scheduler: str | None = None, workers: int | None = None) -> None:
    """Run the queued studies of a workspace, and answer what is asked, until there has been nothing for a while.

    Without `scheduler`, that of the variable EXPLORER_SCHEDULER is used. Returns at once when another engine holds the
    workspace. A scheduler that cannot be reached is kept as the problem of the study that needed it. Raises StoreError.
    """
    workspace.make()
    with holding(workspace.engine_lock) as mine:
        if not mine:
            _log.info("Another engine holds %s.", workspace.home)
            return
        saved.remove_deleted(workspace)
        store = Store(workspace.store)
        for id in store.requeue_running():
            _log.info("Study %s was left running; it goes on.", id)
        named = scheduler or os.environ.get("EXPLORER_SCHEDULER") or None
        with ExitStack() as stack, Answering(workspace) as answering, Previewing(workspace) as previewing:
            _work(store, workspace, Lazy(stack, named, workers), lambda: answering.busy() or previewing.busy())


@contextmanager
def holding(path: Path) -> Iterator[bool]:
    """Hold the lock and yield True, or yield False when another process keeps it; children do not inherit it."""
    lock = FileLock(path)
    try:
        # Pages look whether the lock is free by taking it for a moment, hence the second of patience.
        lock.acquire(timeout=1)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


class Lazy:
    """A cluster that is started when it is first needed, and again when its scheduler was lost."""

    def __init__(self, stack: ExitStack, scheduler: str | None, workers: int | None) -> None:
        self._stack, self._scheduler, self._workers = stack, scheduler, workers
        self._cluster: Cluster | None = None

    def get(self) -> Cluster:
        """Return the running cluster. Raises EngineError when it cannot be had."""
        if self._cluster is None:
            self._cluster = self._stack.enter_context(connected(self._scheduler, self._workers))
        return self._cluster

    def forget(self) -> None:
        """Start anew next time."""
        self._stack.close()
        self._cluster = None


def _work(store: Store, workspace: Workspace, cluster: Lazy, busy: Callable[[], bool]) -> None:
    idle = float(os.environ.get("EXPLORER_ENGINE_IDLE", IDLE))
    last = time.monotonic()
    while time.monotonic() - last < idle:
        id = store.next_queued()
        if id is None:
            last = time.monotonic() if busy() else last
            time.sleep(LOOK_EVERY)
            continue
        run_study(store, workspace, id, cluster.get, lambda _: None, lost=cluster.forget)
        last = time.monotonic()


def run_study(
    store: Store,
    workspace: Workspace,
    id: str,
    cluster: Callable[[], Cluster],
    seen: Callable[[Sequence[Outcome]], None],
    lost: Callable[[], None] = lambda: None,
) -> None:
    """Run a queued study to its end; what keeps it from running is kept with it as its problem.

    `lost` is called when the scheduler is gone, or may still be at work for a study that has failed.
    """
    if not store.start(id):
        return
    _log.info("Study %s starts.", id)
    try:
        study = store.study(id)
        _check_protocol(store.outcomes(id))
        dataset = saved.load(workspace, study.dataset).dataset
        Run(store, cluster(), study, dataset, workspace, seen).execute()
    except ExplorerError as error:
        _log.warning("Study %s cannot go on: %s", id, error)
        store.end(id, State.FAILED, str(error))
        if isinstance(error, EngineError):
            lost()
    except (OSError, ValueError, LookupError, RuntimeError, MemoryError) as error:
        # What damaged files and a broken connection raise must not end the engine, and so all that wait behind it.
        # Anything else is a fault of ours: it ends the engine, and a study that did so three times is given up.
        _log.exception("Study %s cannot go on.", id)
        store.end(id, State.FAILED, _sentence(error))
        lost()  # its tasks may still be out
    _log.info("Study %s is %s.", id, _left(store, id))


def _left(store: Store, id: str) -> str:
    """Return in which state a study was left, in a word."""
    try:
        return store.state(id)
    except UnknownStudy:  # it was cancelled, and then deleted while its last trials ended
        return "deleted"


def _check_protocol(outcomes: Sequence[Outcome]) -> None:
    """Raise StudyError where trials were run by a version that does otherwise: arms would not be compared alike."""
    done = [each for each in outcomes if each.state is State.DONE]
    others = [each for each in done if each.versions.get("protocol") != str(PROTOCOL)]
    if others:
        raise StudyError(
            f"Another version has run {count(len(others), 'trial')} of this study, and draws labels or judging images,"
            " or runs techniques, otherwise. What is done can be read; start the study anew to go on."
        )


def _sentence(error: BaseException) -> str:
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return f"The study stopped with {reason[:200]}. Open its data again, then resume it."
