"""The looks at a study that runs more seeds until its verdicts settle: when one is due, what it finds, and the end.

Workers do not wait for the last trials before a look: those of the look after it are begun when a worker is free. That
biases nothing, as a look rests on the seeds that it was planned for and on no other, whatever else is finished. When a
look ends the study, what ran ahead stays in the store but counts nowhere: verdicts, curves and forecasts rest on the
same seeds.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

from explorer.records import Dataset, Look, Outcome, State, Study, Trial, Until
from explorer.splits import counted_units
from explorer.statistics.evidence import judged
from explorer.statistics.stopping import at_look, left, planned, standing, within
from explorer.store.store import Store


class Looking:
    """What is known of the looks at a study whose `until` is given; `took` must be told of every outcome stored.

    It begins with what the store has, so that no look is made anew after a cancel or the death of an engine.
    """

    def __init__(self, store: Store, study: Study, until: Until, dataset: Dataset) -> None:
        self._store, self._study, self._until, self._dataset = store, study, until, dataset
        self._made = list(store.looks(study.id))
        self._missing: dict[int, set[Trial]] = {}
        for trial in store.remaining(study.id):
            self._missing.setdefault(trial.seed, set()).add(trial)
        self._began = time.monotonic() - store.elapsed(study.id)
        self._stale = False

    def took(self, outcomes: Sequence[Outcome]) -> None:
        """Learn which trials are over."""
        for trial in (outcome.trial for outcome in outcomes):
            missing = self._missing.get(trial.seed, set())
            missing.discard(trial)
            if not missing:
                self._missing.pop(trial.seed, None)
            self._stale |= self._is_final and trial.seed < self._made[-1].seeds

    def is_over(self) -> bool:
        """Make the looks whose seeds are all done, in their order; tell whether the study has come to its end.

        It has when every verdict is clear at a look, or no seed is left, or its minutes are used up. What is missing
        within the seeds of one that had stopped before is run again, as somebody asked for it.
        """
        if self._is_final:
            return False
        for look in planned(self._study.seeds, self._until.spending):
            if self._last < look.seeds <= self._complete and not self._is_final:
                found = self._seen(look)
                self._keep(replace(found, final=found.is_settled or look.seeds == self._study.seeds))
        return self._is_final or time.monotonic() - self._began >= 60 * self._until.minutes

    def conclude(self) -> None:
        """Make the look at which the study ends, where its minutes ended it; look again where trials were run again.

        It rests on the seeds that are all done, at least on seed 0, from which alone nothing is claimed.
        """
        if not self._is_final:
            self.is_over()
        if not self._is_final:
            seeds = max(1, self._complete)
            self._keep(replace(self._seen(Look(seeds, left(self._made, seeds))), final=True))
        elif self._stale:
            self._keep(self._seen(self._made[-1]))

    @property
    def ahead(self) -> int:
        """Number of seeds whose trials may be begun: those of the next look, and of the one after it."""
        coming = [look.seeds for look in planned(self._study.seeds, self._until.spending) if look.seeds > self._last]
        return self._study.seeds if self._is_final else [*coming, self._study.seeds][1]

    @property
    def _is_final(self) -> bool:
        return bool(self._made) and self._made[-1].final

    @property
    def _last(self) -> int:
        return self._made[-1].seeds if self._made else 0

    @property
    def _complete(self) -> int:
        """Number of seeds of which, and of all before them, every trial is over."""
        return min(self._missing, default=self._study.seeds)

    def _seen(self, look: Look) -> Look:
        """Return the look with what its verdicts are."""
        metric, labels = self._study.metric, self._dataset.labels
        done = [each for each in self._store.outcomes(self._study.id) if each.state is State.DONE]
        known = [judged(each, labels, metric) for each in within(done, look.seeds)]
        units = counted_units(self._dataset)
        found = at_look(look, known, self._until.against, labels, units, metric, practical=self._until.practical)
        clear, still_open = standing(found)
        return replace(look, clear=clear, open=still_open)

    def _keep(self, look: Look) -> None:
        self._store.keep_look(self._study.id, look)
        self._made = [*(each for each in self._made if each.seeds < look.seeds), look]
        self._stale = False


def conclude(store: Store, study: Study, dataset: Dataset) -> None:
    """Make the looks that are still due at a study that ends, where it is one that runs until its verdicts settle."""
    if study.until is not None:
        Looking(store, study, study.until, dataset).conclude()
