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
#: Dask would give up a worker whose place is empty 15 s after an earlier one died in it, even while a nanny is starting
#: the next; and it would spill or pause when memory-mapped data fills the cache of the system.
_SETTINGS = {
    "distributed.deploy.lost-worker-timeout": "365 days",
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
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
        arrays = dataclasses.replace(dataset, inputs=np.array(dataset.inputs))
        return self.client.scatter(arrays, broadcast=True, hash=False)

    def stop(self, run: str) -> None:
        """Tell all workers to end the tasks of a run at their next step; returns at once."""
        self._beside(lambda: self.client.run(worker.stop, run, on_error="ignore"))

    def abandon(self, futures: Sequence[Any]) -> None:
        """Give up tasks whose workers do not answer: end these worker processes; new ones take their place."""
        busy = [address for address, tasks in self.client.processing().items() if tasks]
        self._give_up(futures, busy)

    def abandon_one(self, future: Any, address: str) -> bool:
        """Give up one task and the worker process that is at it; False when it is not, or no longer, with that worker.

        What else waited there goes to other workers.
        """
        if future.key not in self.client.processing().get(address, ()):
            return False
        self._give_up([future], [address])
        return True

    def _give_up(self, futures: Sequence[Any], addresses: Sequence[str]) -> None:
        self.client.cancel(futures, force=True)
        if self._own is None:
            self._beside(lambda: self.client.restart_workers(list(addresses), raise_for_error=False))
            return
        for nanny in list(self._own.workers.values()):
            if nanny.worker_address in addresses and nanny.pid:
                with suppress(ProcessLookupError):
                    os.kill(nanny.pid, signal.SIGKILL)

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


def cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
