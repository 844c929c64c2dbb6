"""What pages read of a study, cached by the number of its last outcome; the caches serve all visitors."""

import functools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.budgets import budget_words, expected
from explorer.datasets.findings import count
from explorer.datasets.remembering import per_dataset
from explorer.datasets.saved import Opened
from explorer.export.comparing import (
    Compared,
    at_practical,
    comparing,
    counting,
    tied_at_end,
    usual_baseline,
    usual_practical,
)
from explorer.records import Dataset, Finding, Ints, Look, Outcome, State, Study, Trial
from explorer.splits import counted_units
from explorer.statistics.class_curves import class_curves
from explorer.statistics.curves import Curve, curves_of
from explorer.statistics.evidence import Judged, judged
from explorer.store.store import Store
from explorer.ui import shell, texts
from explorer.ui.supply import pool_of

ACTIVE = (State.QUEUED, State.RUNNING)
_opened = Opened(8)
_NONE = np.empty((0, 0), np.float32)


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


def standing_words(now: Standing) -> dict[str, str]:
    """Return how far a study is, as the fields of a sentence: its state, finished trials, and all trials."""
    return {"state": texts.STATE_WORDS[now.state], "done": str(now.done), "trials": count(now.total, "trial")}


def dataset(fingerprint: str) -> Dataset:
    """Return a saved data set, its arrays memory-mapped. Raises DataError when there is none."""
    return _opened(shell.workspace(), fingerprint).dataset


def forget_datasets() -> None:
    """Open data sets anew where they are wanted again: one of them is to be deleted."""
    _opened.let_go(of_all=True)


def warnings(fingerprint: str) -> tuple[Finding, ...]:
    """Return what was found about a saved data set and may change conclusions. Raises DataError when there is none."""
    findings = _opened(shell.workspace(), fingerprint).findings
    return tuple(each for each in findings if each.severity == "warning")


@per_dataset(1)
def units(data: Dataset) -> Ints | None:
    """Return what statistics count once, see `counted_units`; kept, as a page that is polled asks every second."""
    return counted_units(data)


def outcomes(study: Study, last: int) -> tuple[Outcome, ...]:
    """Return the outcomes of the study up to the present, without predictions; `last` is the id of its last one."""
    return _followed(str(shell.workspace().home), study.id).outcomes(last)


def called(study: Study, last: int) -> Mapping[int, str]:
    """Return what each budget of the study is called, as the axis of its figure says it; `last` as for `outcomes`."""
    pool = pool_of(dataset(study.dataset), study.test_share)
    bought: dict[int, list[int]] = {budget: [] for budget in study.budgets}
    for outcome in outcomes(study, last):
        if outcome.state is State.DONE:
            bought[outcome.trial.budget].append(outcome.n_labeled)
    means = {budget: np.mean(n) if n else expected(study, budget, pool) for budget, n in bought.items()}
    return {
        budget: budget_words(budget, float(mean), len(pool), per_class=study.per_class)
        for budget, mean in means.items()
    }


def judges(study: Study, last: int) -> Mapping[int, Ints]:
    """Return the rows that judged at each seed of which a trial is done."""
    return _followed(str(shell.workspace().home), study.id).judges(last)


def looks(study: Study) -> tuple[Look, ...]:
    """Return the looks at the verdicts of a study that runs until they settle, few seeds first; none of another."""
    return () if study.until is None else shell.store().looks(study.id)


def drawn(study: Study, last: int, metric: str) -> tuple[Curve, ...]:
    """Return the curves of the study under one score, of the seeds that count."""
    return _drawn(str(shell.workspace().home), study.id, last, metric, looks(study))


@functools.lru_cache(maxsize=32)
def _drawn(home: str, id: str, last: int, metric: str, made: tuple[Look, ...]) -> tuple[Curve, ...]:
    study = shell.store().study(id)
    data = dataset(study.dataset)
    known = counting(_followed(home, id).judged(last, metric), made)
    return curves_of(study, known, metric, data.labels, units(data))


def tied(study: Study, last: int, metric: str) -> frozenset[str]:
    """Return the arms that are not told apart from the one that leads, as `comparing.tied_at_end` has it."""
    return _tied(str(shell.workspace().home), study.id, last, metric, looks(study))


@functools.lru_cache(maxsize=32)
def _tied(home: str, id: str, last: int, metric: str, made: tuple[Look, ...]) -> frozenset[str]:
    study = shell.store().study(id)
    data = dataset(study.dataset)
    done = _followed(home, id).judged(last, metric)
    return tied_at_end(study, _drawn(home, id, last, metric, made), done, data.labels, units(data), metric, made)


def classes(study: Study, last: int, arm: str) -> tuple[Curve, ...]:
    """Return the curve of the recall of each class, (k,), for an arm, of seeds that count; `last` as for `outcomes`."""
    return _classes(str(shell.workspace().home), study.id, last, arm, looks(study))


@functools.lru_cache(maxsize=32)
def _classes(home: str, id: str, last: int, arm: str, made: tuple[Look, ...]) -> tuple[Curve, ...]:
    store = shell.store()
    study = store.study(id)
    data = dataset(study.dataset)
    alone = replace(study, arms=(study.arm(arm),))
    done = [outcome for budget in study.budgets for outcome in store.cell(id, arm, budget)]
    found = class_curves(alone, counting(done, made), data.labels, units(data), data.n_classes)
    return tuple(curve for (curve,) in found)


def compared(
    study: Study, last: int, metric: str, against: str | None = None, practical: float | None = None
) -> Compared:
    """Return what the finished trials say of techniques against another.

    against     name of an arm; None = the usual baseline
    practical   see `comparing.comparing`
    """
    home, other, made = str(shell.workspace().home), against or usual_baseline(study), looks(study)
    if practical is None or practical == usual_practical(study):
        return _compared(home, study.id, last, metric, other, made)
    return _compared_at(home, study.id, last, metric, other, made, practical)


@functools.lru_cache(maxsize=32)
def _compared(home: str, id: str, last: int, metric: str, against: str, made: tuple[Look, ...]) -> Compared:
    study = shell.store().study(id)
    data = dataset(study.dataset)
    done = _followed(home, id).judged(last, metric)
    return comparing(study, done, data.labels, units(data), metric, against=against, looks=made)


@functools.lru_cache(maxsize=32)
def _compared_at(
    home: str, id: str, last: int, metric: str, against: str, made: tuple[Look, ...], practical: float
) -> Compared:
    study = shell.store().study(id)
    data = dataset(study.dataset)
    done = _followed(home, id).judged(last, metric)
    found = _compared(home, id, last, metric, against, made)
    return at_practical(found, study, done, data.labels, units(data), metric, practical, made)


def summed_up(study: Study, last: int, metric: str) -> Compared:
    """Return what the finished trials say as far as it is told while a study runs, as `comparing` has it briefly."""
    return _summed_up(str(shell.workspace().home), study.id, last, metric, looks(study))


@functools.lru_cache(maxsize=32)
def _summed_up(home: str, id: str, last: int, metric: str, made: tuple[Look, ...]) -> Compared:
    study = shell.store().study(id)
    data = dataset(study.dataset)
    done = _followed(home, id).judged(last, metric)
    return comparing(study, done, data.labels, units(data), metric, looks=made, briefly=True)


class Followed:
    """What is known of a study's finished trials; a new one costs its own reading and judging, no other's.

    Predictions, the bulk of an outcome, are let go once they are judged, and read again for another score.
    """

    def __init__(self, id: str) -> None:
        self._id = id
        self._guard = threading.Lock()
        self._last = 0
        self._outcomes: dict[Trial, Outcome] = {}
        self._judges: dict[int, Ints] = {}
        self._judged: dict[str, dict[Trial, Judged]] = {}

    def outcomes(self, last: int) -> tuple[Outcome, ...]:
        """Return the outcomes up to the present, without predictions, oldest first."""
        with self._guard:
            self._read_on(last)
            return tuple(self._outcomes.values())

    def judges(self, last: int) -> Mapping[int, Ints]:
        """Return the rows that judged at each seed; all trials of one seed have the same."""
        with self._guard:
            self._read_on(last)
            return dict(self._judges)

    def judged(self, last: int, metric: str) -> tuple[Judged, ...]:
        """Return what the trials that are done say under one score."""
        with self._guard:
            if metric not in self._judged:
                self._judged[metric] = {}
                self._last = 0
            self._read_on(last)
            return tuple(self._judged[metric].values())

    def _read_on(self, last: int) -> None:
        if last <= self._last:
            return
        data = dataset(shell.store().study(self._id).dataset)
        for outcome in shell.store().outcomes(self._id, self._last):
            self._outcomes.pop(outcome.trial, None)  # one that was run again is the latest
            if outcome.state is State.DONE:
                self._judges.setdefault(outcome.trial.seed, outcome.test)
            self._outcomes[outcome.trial] = replace(outcome, test=outcome.test[:0], probabilities=_NONE)
            for metric, known in self._judged.items():
                if outcome.state is State.DONE and outcome.trial not in known:
                    known[outcome.trial] = judged(outcome, data.labels, metric)
        self._last = last


@functools.lru_cache(maxsize=8)
def _followed(home: str, id: str) -> Followed:
    return Followed(id)
