"""Where trials run: worker processes of our own, or any Dask scheduler by address.

One thread a worker process. Two threads inside torch were measured 3 to 10 times slower than two such processes.
"""

import dataclasses
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from explorer.engine import worker
from explorer.errors import EngineError
from explorer.records import Dataset
from explorer.workspace import Workspace

#: Seconds in which a scheduler has to answer.
CONNECT = 10.0
#: Seconds to wait for the first worker of a scheduler.
PATIENCE = 30.0
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
#: Part of its share of the memory above which a worker is ended, as in Dask.
GREEDY = 0.95
#: Dask would give up a worker whose place is empty 15 s after an earlier one died in it, even while a nanny is starting
#: the next; and it would spill, pause and terminate by resident memory, in which the pages of mapped files count: those
#: of a large data set or of its features, which the system takes back whenever it needs them. `end_greedy` ends workers
#: by the memory that is theirs alone. Dask would have workers hand every freed block back to the system: each step of
#: a training then asks for its memory anew, which took a third more time and made two workers wait for each other. And
#: it samples the stacks of every worker a hundred times a second, and the delay of every event loop fifty times, for a
#: dashboard that is not there: with a worker on each core they take from the trials.
_SETTINGS = {
    "distributed.deploy.lost-worker-timeout": "365 days",
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "200ms",
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 512 << 20,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 << 20,
}


class Cluster:
    """A connected Dask client and what the engine needs beyond `submit`."""

    def __init__(self, client: Any, own: Any = None) -> None:
        self.client = client
        self._own = own

    @property
    def is_local(self) -> bool:
        """True where workers share this machine's files."""
        return self._own is not None

    def slots(self) -> int:
        """Return how many tasks run at once, at least 1."""
        if self._own is not None:
            return len(self._own.worker_spec)
        return max(1, sum(map(int, self.client.nthreads().values())))

    def check(self) -> None:
        """Raise EngineError when the scheduler is gone."""
        if self.client.status != "running":
            raise EngineError(f"The scheduler {self.client.scheduler.address} is gone. Start it and resume the study.")

    def is_death(self, error: BaseException) -> bool:
        """Tell whether a task failed because the workers it was on died, and not by an error of its own."""
        from distributed.scheduler import KilledWorker

        return isinstance(error, KilledWorker)

    def source(self, dataset: Dataset, workspace: Workspace) -> Any:
        """Return what tasks are given as the data set: where it is saved, or its arrays, sent to every worker."""
        if self.is_local:
            return worker.Saved(workspace.home.absolute(), dataset.fingerprint)
        clean = None if dataset.clean is None else np.array(dataset.clean)
        arrays = dataclasses.replace(dataset, inputs=np.array(dataset.inputs), clean=clean)
        return self.client.scatter(arrays, broadcast=True, hash=False)

    def stop(self, run: str) -> None:
        """Tell all workers to end the tasks of a run at their next step; returns at once."""
        self._beside(lambda: self.client.run(worker.stop, run, on_error="ignore"))

    def load_torch(self) -> None:
        """Tell all workers to import what long work needs; returns at once."""
        self._beside(lambda: self.client.run(worker.load_torch, on_error="ignore"))

    def abandon(self, futures: Sequence[Any]) -> None:
        """Give up tasks whose workers do not answer: end these worker processes; new ones take their place.

        A scheduler may also serve others, whose workers are left alone.
        """
        mine = {future.key for future in futures}
        busy = [address for address, tasks in self.client.processing().items() if not mine.isdisjoint(tasks)]
        self._give_up(futures, busy)

    def abandon_one(self, future: Any, address: str) -> bool:
        """Give up one task and the worker process that is at it; False when it is not, or no longer, with that worker.

        What else waited there goes to other workers.
        """
        if future.key not in self.client.processing().get(address, ()):
            return False
        self._give_up([future], [address])
        return True

    def end_greedy(self) -> None:
        """End the worker processes of our own that hold nearly all their share of memory; new ones take their place.

        The share is Dask's: the machine's memory divided by the workers. Dask hands out their tasks again, and gives
        one up with which several workers died. Workers elsewhere have limits of their own.
        """
        for nanny in list(self._own.workers.values()) if self._own is not None else ():
            limit = nanny.memory_manager.memory_limit
            if limit and nanny.pid and _private_bytes(nanny.pid) > GREEDY * limit:
                _kill(nanny.pid)

    def _give_up(self, futures: Sequence[Any], addresses: Sequence[str]) -> None:
        self.client.cancel(futures, force=True)
        if self._own is None:
            self._beside(lambda: self.client.restart_workers(list(addresses), raise_for_error=False))
            return
        for nanny in list(self._own.workers.values()):
            if nanny.worker_address in addresses and nanny.pid:
                _kill(nanny.pid)

    def _beside(self, call: Callable[[], Any]) -> None:
        """Run a call that may have to wait for a worker that does not answer."""

        def quietly() -> None:
            with suppress(OSError, TimeoutError):
                call()

        threading.Thread(target=quietly, daemon=True).start()


@contextmanager
def connected(scheduler: str | None, workers: int | None, log_level: int = logging.WARNING) -> Iterator[Cluster]:
    """Yield a cluster: that of the scheduler with this address, else `workers` processes here (None = one per core).

    Raises EngineError when the scheduler cannot be reached or has no worker.
    """
    for name in THREADS:
        os.environ[name] = "1"
    import dask
    import distributed

    logging.getLogger("distributed").setLevel(log_level)
    dask.config.set(_SETTINGS)
    opened = _own(distributed, workers, log_level) if scheduler is None else _remote(distributed, scheduler)
    with opened as cluster:
        yield cluster


@contextmanager
def _own(distributed: Any, workers: int | None, log_level: int) -> Iterator[Cluster]:
    with (
        distributed.LocalCluster(
            n_workers=workers or cores(),
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            worker_dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            silence_logs=log_level,
        ) as own,
        distributed.Client(own, set_as_default=False) as client,
    ):
        _register(client, own=True)
        yield Cluster(client, own)


@contextmanager
def _remote(distributed: Any, scheduler: str) -> Iterator[Cluster]:
    try:
        client = distributed.Client(scheduler, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"No scheduler answers at {scheduler}. Check the address, such as tcp://host:8786."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise EngineError(f"The scheduler {scheduler} has no worker. Start one with dask worker.") from error
        _register(client, own=False)
        yield Cluster(client)


def _register(client: Any, *, own: bool) -> None:
    from distributed import WorkerPlugin

    plugin = type("WarmUp", (worker.WarmUp, WorkerPlugin), {})(own=own)
    client.register_plugin(plugin)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _private_bytes(pid: int) -> int:
    """Return the memory that a process holds for itself, without the pages of mapped files; 0 for one that is gone.

    Systems that do not tell the two apart (macOS) count all of it.
    """
    import psutil

    try:
        told = psutil.Process(pid).memory_info()
    except psutil.Error:
        return 0
    return int(told.rss - getattr(told, "shared", 0))


def cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
