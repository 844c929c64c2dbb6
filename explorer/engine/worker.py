"""What runs on a Dask worker: trials go in, outcomes come back; a worker never opens the store.

The data set is either read from the workspace (workers on this machine) or travels to the worker as arrays.
"""

import ctypes
import functools
import importlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from explorer.datasets import saved
from explorer.errors import Cancelled, TechniqueError
from explorer.records import Arm, Dataset, Outcome, Study, Trial
from explorer.trial import failed, prepare, run_trial
from explorer.workspace import Workspace

TOPIC = "explorer-progress"
#: The data sets that a worker has opened.
_opened = saved.Opened(2)
#: Seconds between two reports of one trial.
REPORT_EVERY = 0.5

_stopped: set[str] = set()


@dataclass(frozen=True)
class Saved:
    """A data set in a workspace that the worker can reach."""

    home: Path
    fingerprint: str


Source: TypeAlias = Saved | Dataset


@dataclass(frozen=True)
class Errand:
    """What every task of a study's run needs: the run's own name, the study, and the folder of the cache.

    Without a folder workers use the one that their variable EXPLORER_CACHE names: those that see the same folder share
    its contents. Without that, each keeps a cache of its own, in the folder that Dask gives it and removes with it.
    """

    run: str
    study: Study
    cache: Path | None


def attempt(source: Source, errand: Errand, trials: Sequence[Trial]) -> list[Outcome]:
    """Run trials one after another and return their outcomes; those left when the run is stopped have none."""
    dataset, cache = _dataset(source), _cache(errand)
    outcomes: list[Outcome] = []
    for trial in trials:
        watch = Watch(errand.run, trial)
        try:
            watch.step(0, 0)
            outcomes.append(run_trial(dataset, errand.study, trial, cache=cache, monitor=watch))
        except TechniqueError as error:
            outcomes.append(failed(trial, error))
        except Cancelled:
            break
        finally:
            give_back()
    return outcomes


def make_ready(source: Source, errand: Errand, arm: Arm, trial: Trial) -> bool:
    """Prepare what the trial's arm needs, together with workers that do the same; False when the run was stopped."""
    watch = Watch(errand.run, trial)
    try:
        watch.step(0, 0)  # a first sign: the engine ends work that gave one and then no more
        prepare(_dataset(source), errand.study, arm, trial.seed, cache=_cache(errand), monitor=watch)
    except Cancelled:
        return False
    return True


def stop(run: str) -> None:
    """Make the tasks of a run on this worker end at their next step; called by the engine, beside running tasks."""
    _stopped.add(run)


class Watch:
    """The monitor of one trial on a worker: sends progress to the engine now and then, and ends a stopped run."""

    def __init__(self, run: str, trial: Trial) -> None:
        self._run = run
        self._trial = trial
        self._next = 0.0

    def step(self, done: int, total: int) -> None:
        """Report `done` of `total` steps. Raises Cancelled once the run is stopped."""
        if self._run in _stopped:
            raise Cancelled("The trial was ended because its study was cancelled. Resume the study to run it again.")
        now = time.monotonic()
        if now >= self._next:
            self._next = now + REPORT_EVERY
            _send({"run": self._run, "trial": list(astuple(self._trial)), "done": done, "total": total})


def give_back() -> None:
    """Hand the memory that a trial has freed back to the system.

    The engine has workers keep it while a trial runs, since a training asks for the same blocks at every step. What is
    kept beyond a trial would add up to the peak of the next one. Takes milliseconds; only glibc needs and knows it.
    """
    trim = _trimming()
    if trim is not None:
        trim(0)


@functools.cache
def _trimming() -> Callable[[int], int] | None:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, TypeError, AttributeError):  # another C library, or a system that has none to open like this
        return None


def _send(message: dict[str, Any]) -> None:
    from distributed import get_worker

    worker = get_worker()
    about = {"worker": str(worker.name), "address": worker.address, "task": worker.get_current_task()}
    worker.log_event(TOPIC, {**message, **about})


def _dataset(source: Source) -> Dataset:
    return _opened(Workspace(source.home), source.fingerprint).dataset if isinstance(source, Saved) else source


def _cache(errand: Errand) -> Path:
    shared = os.environ.get("EXPLORER_CACHE")
    if errand.cache is not None or shared:
        return errand.cache or Path(str(shared))
    from distributed import get_worker

    return Path(get_worker().local_directory) / "explorer-cache"


# ---- the start of a worker -------------------------------------------------------------------------------------


class WarmUp:
    """A Dask worker plugin that imports what the first trials need while the cluster is still being put together.

    Workers of the engine's own cluster leave Ctrl-C to the engine, which then ends them in order.
    """

    name = "explorer-warm-up"

    def __init__(self, *, own: bool) -> None:
        self._own = own

    def setup(self, worker: Any) -> None:
        """Start the imports beside the worker's own start."""
        logging.captureWarnings(True)
        if self._own and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_warm, name="warm-up", daemon=True).start()


def _import_learners() -> None:
    import scipy.stats  # noqa: F401
    import sklearn.linear_model
    import sklearn.metrics.pairwise
    import sklearn.svm  # noqa: F401 - most heads need them, and they take half a second


def _warm() -> None:
    _import_learners()
    from explorer.techniques.discovery import ready_arms

    ready_arms()


def load_torch() -> None:
    """Begin to import torch beside whatever runs: each worker would else spend seconds on it in its first long trial.

    Studies of quick techniques alone do without, and so without its hundreds of megabytes.
    """
    threading.Thread(target=_load_torch, name="load-torch", daemon=True).start()


def _load_torch() -> None:
    """Import torch after what looks for it: parts of SciPy and scikit-learn that find half of it would fail."""
    _import_learners()
    importlib.import_module("torch")
