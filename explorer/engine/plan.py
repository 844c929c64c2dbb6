"""Which work comes next. Knows no Dask and no store; the engine asks it, and tells it what became of the work.

Seeds are outermost, then cheap trials, then small budgets, so that whole curves exist early and a study that is stopped
early leaves balanced ones. Trials whose features are there go first, unless one of them takes longer than preparing
features. Features are prepared by all free workers together, and very short trials travel in small groups.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from explorer.records import Trial
from explorer.techniques.base import Cost

#: Seconds from which a preparation is a task of its own and not the first part of a trial, and a trial a long one.
LONG = 0.5
#: Seconds of work that trials which travel together add up to.
GROUP = 0.25


@dataclass(frozen=True)
class Preparation:
    """Compute what is cached under `key`; `trial` is one that waits for it."""

    key: str
    trial: Trial


@dataclass(frozen=True)
class Batch:
    """Trials that one worker runs one after another; `seconds` is what they are expected to take, None = unknown."""

    trials: tuple[Trial, ...]
    seconds: float | None


Job = Preparation | Batch


class Plan:
    """The trials of a study that are still to be run, in the order in which they should be."""

    def __init__(
        self,
        trials: Sequence[Trial],
        costs: Callable[[Trial], Cost],
        key: Callable[[Trial], str | None],
        ready: Callable[[str], bool],
    ) -> None:
        self._costs = {trial: costs(trial) for trial in trials}
        self._waiting = sorted(trials, key=self._turn(trials))
        self._keys = {trial: key(trial) for trial in trials}
        prepare = {name: self._costs[trial].prepare for trial, name in self._keys.items() if name is not None}
        self._missing = {name: 0 for name, seconds in prepare.items() if seconds >= LONG and not ready(name)}
        self._held: list[Trial] = []
        self._taken: dict[tuple[str, int], float] = {}
        self._alone: set[Trial] = set()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._held)

    @property
    def has_long_work(self) -> bool:
        """Whether any trial is a long one, or needs a preparation that is."""
        return any(max(cost.prepare, cost.fit) >= LONG for cost in self._costs.values())

    def _turn(self, trials: Sequence[Trial]) -> Callable[[Trial], tuple[float, ...]]:
        """Return the order: seed by seed, short trials first, then the long ones with small budgets first.

        So every curve can soon be read. The last of several seeds goes the other way round: its short trials fill the
        time in which other workers are still at a long one.
        """
        first, last = min((each.seed for each in trials), default=0), max((each.seed for each in trials), default=0)

        def turn(trial: Trial) -> tuple[float, ...]:
            sign = -1 if trial.seed == last > first else 1
            return trial.seed, *(sign * each for each in _place(trial, self._costs[trial].fit))

        return turn

    def next(self, workers: int) -> Job | None:
        """Hand out the next work, or None while all that is left waits for features that are being prepared."""
        if not self._waiting:
            return None
        ready = [trial for trial in self._waiting if self._keys[trial] not in self._missing]
        if ready and ready[0].seed == self._waiting[0].seed and self._is_cheaper(ready[0], workers):
            return self._batch(ready, workers)
        return self._preparation(workers) or self._batch(ready, workers)

    def _is_cheaper(self, trial: Trial, workers: int) -> bool:
        """Tell whether a trial comes before any preparation that a worker could join.

        A preparation has the place of the first trial that waits for it: no larger budget of another arm comes before.
        """
        wanted = self._wanted(workers)
        if not wanted:
            return True
        waits = wanted[0][1]
        return _place(trial, self._costs[trial].fit) <= _place(waits, self._costs[waits].prepare)

    def hold(self, seeds: int) -> None:
        """Hand out no trials but those of seeds below a number, until another one is told."""
        every = [*self._waiting, *self._held]
        self._waiting = [trial for trial in every if trial.seed < seeds]
        self._held = [trial for trial in every if trial.seed >= seeds]

    def took(self, trial: Trial, seconds: float) -> None:
        """Learn what a trial took on its worker."""
        self._taken[trial.arm, trial.budget] = seconds

    def prepared(self, key: str) -> None:
        """Learn that a preparation is there."""
        self._missing.pop(key, None)

    def leave(self, key: str) -> None:
        """Hand out no more of a preparation: it will be tried with nothing beside it."""
        if key in self._missing:
            self._missing[key] = sys.maxsize

    def drop(self, key: str) -> tuple[Trial, ...]:
        """Give up the trials that wait for a preparation that failed, and return them."""
        dropped = tuple(trial for trial in (*self._waiting, *self._held) if self._keys[trial] == key)
        self._waiting = [trial for trial in self._waiting if self._keys[trial] != key]
        self._held = [trial for trial in self._held if self._keys[trial] != key]
        self.prepared(key)
        return dropped

    def again(self, job: Job) -> None:
        """Take back work that was lost; its trials will travel alone."""
        if isinstance(job, Preparation):
            if job.key in self._missing:
                self._missing[job.key] -= 1
            return
        self._alone.update(job.trials)
        self._waiting = [*job.trials, *self._waiting]

    def _preparation(self, workers: int) -> Preparation | None:
        for key, trial in self._wanted(workers):
            self._missing[key] += 1
            return Preparation(key, trial)
        return None

    def _wanted(self, workers: int) -> Sequence[tuple[str, Trial]]:
        """Return the preparations of the first seed that not all workers are at yet, cheap ones first."""
        seed = self._waiting[0].seed
        waiting = {self._keys[trial]: trial for trial in reversed(self._waiting) if trial.seed == seed}
        left = [(key, trial) for key, trial in waiting.items() if key and self._missing.get(key, workers) < workers]
        return sorted(left, key=lambda each: self._costs[each[1]].prepare)

    def _batch(self, trials: Sequence[Trial], workers: int) -> Batch | None:
        if not trials:
            return None
        chosen, total = [trials[0]], self._expected(trials[0])
        share = len(self._waiting) // (2 * workers)
        for trial in trials[1:share]:
            seconds = self._expected(trial)
            if total is None or seconds is None or total + seconds > GROUP:
                break
            chosen.append(trial)
            total += seconds
        self._waiting = [trial for trial in self._waiting if trial not in chosen]
        return Batch(tuple(chosen), total)

    def _expected(self, trial: Trial) -> float | None:
        """Return the seconds that a trial should take, judged by others of its arm; None = nothing known."""
        if trial in self._alone:
            return None
        known: Mapping[int, float] = {budget: s for (arm, budget), s in self._taken.items() if arm == trial.arm}
        if not known:
            return None
        nearest = min(known, key=lambda budget: abs(budget - trial.budget))
        return known[nearest] * max(1.0, trial.budget / nearest)


def _place(trial: Trial, seconds: float) -> tuple[int, float, float]:
    """Return the place within a seed of work of some seconds: by its length, long work by its budget first."""
    return (1, trial.budget, seconds) if seconds >= LONG else (0, seconds, trial.budget)
