"""What pages read of a study, cached by the number of its last outcome; the caches serve all visitors."""

import functools
from dataclasses import dataclass

from explorer.datasets.saved import load
from explorer.records import Dataset, Outcome, State, Study
from explorer.statistics.curves import Curve, curves
from explorer.store.store import Store
from explorer.ui import shell

ACTIVE = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Standing:
    """How far a study is: its state, finished and all trials, and the id of its last outcome."""

    study: Study
    state: State
    done: int
    failed: int
    total: int
    last: int

    @property
    def active(self) -> bool:
        """Tell whether the engine still has work with it."""
        return self.state in ACTIVE


def standing(study: Study, store: Store) -> Standing:
    """Return how far the study is; a few short reads. Raises StoreError."""
    states = list(store.trial_states(study.id).values())
    failed = states.count(State.FAILED)
    done = states.count(State.DONE) + failed
    return Standing(study, store.state(study.id), done, failed, len(states), store.last_outcome(study.id))


def dataset(fingerprint: str) -> Dataset:
    """Return a saved data set, its arrays memory-mapped. Raises DataError when there is none."""
    return _opened(str(shell.workspace().home), fingerprint)


@functools.lru_cache(maxsize=8)
def _opened(home: str, fingerprint: str) -> Dataset:
    return load(shell.workspace(), fingerprint).dataset


def outcomes(study: Study, last: int) -> tuple[Outcome, ...]:
    """Return the outcomes of the study up to the present; `last` is the id of its last one."""
    return _outcomes(str(shell.workspace().home), study.id, last)


@functools.lru_cache(maxsize=4)
def _outcomes(home: str, id: str, last: int) -> tuple[Outcome, ...]:
    return shell.store().outcomes(id)


def drawn(study: Study, last: int, metric: str) -> tuple[Curve, ...]:
    """Return the curves of the study under one score."""
    return _drawn(str(shell.workspace().home), study.id, last, metric)


@functools.lru_cache(maxsize=32)
def _drawn(home: str, id: str, last: int, metric: str) -> tuple[Curve, ...]:
    study = shell.store().study(id)
    data = dataset(study.dataset)
    return curves(study, _outcomes(home, id, last), data.labels, data.n_classes, data.groups, metric)
