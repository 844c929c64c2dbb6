"""A denoiser on the pool of seed 0, as the trials of that seed have it: what the previews of denoisers share.

What is learnt from the pool is kept in the file in which trials look for it, so that neither learns it a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from explorer.errors import StudyError, TechniqueError
from explorer.journal import Journal
from explorer.preparing import UNIT, Picked, learnt_file, learnt_once, source_of
from explorer.previews.making import AtWork
from explorer.previews.showing import SEED, split
from explorer.records import Array, Choice, Dataset, Ints, Rows, Slot
from explorer.techniques.base import NOTHING, Denoising, Float32s, Learnt, Task
from explorer.techniques.discovery import build
from explorer.techniques.noise import Noise


def built(choice: Choice) -> Denoising:
    """Return the denoiser that a choice names. Raises TechniqueError, also for one that cannot be used here."""
    technique = build(Slot.DENOISING, choice)
    assert isinstance(technique, Denoising)
    reason = technique.problem()
    if reason is not None:
        raise TechniqueError(f"{technique.title} cannot be used here. {reason}")
    return technique


def pool_rows(dataset: Dataset) -> Ints:
    """Return the rows that a denoiser may learn from and that are shown: the pool of seed 0, without judging rows."""
    return split(dataset).pool


def seconds_to_learn(dataset: Dataset, technique: Denoising, cache: Path) -> float:
    """Return the seconds that it still takes on the reference machine to learn from the pool; 0 once it is learnt."""
    if not technique.learns_from_pool or _file(dataset, technique, cache).exists():
        return 0.0
    return technique.cost(Task(0, dataset.inputs.shape[1:], dataset.n_classes, 0)).prepare


def _file(dataset: Dataset, technique: Denoising, cache: Path) -> Path:
    source = source_of(dataset, technique.noise)
    return learnt_file(technique, source, pool_rows(dataset), SEED, cache)


@dataclass(frozen=True, eq=False)
class Cleaning:
    """A denoiser at work on a data set; `journal` holds what it told while it learnt."""

    dataset: Dataset
    technique: Denoising
    at_work: AtWork
    journal: Journal

    @classmethod
    def of(cls, dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> "Cleaning":
        """Return that of the options `technique` and `settings`. Raises TechniqueError for one that cannot be used."""
        technique = built(Choice(options["technique"], options["settings"]))
        return cls(dataset, technique, at_work, Journal(at_work.monitor, np.inf))

    @cached_property
    def given(self) -> Rows:
        """What is cleaned: the inputs of all rows, with the noise that is added on purpose."""
        noise = self.technique.noise
        if noise is None:
            return Rows(self.dataset.inputs, self.dataset.scaling)
        return Rows(cast(Array, Noisy(Rows(self.dataset.inputs, self.dataset.scaling), noise)), UNIT)

    @cached_property
    def learnt(self) -> Learnt:
        """What is learnt from the pool. Raises Cancelled."""
        if not self.technique.learns_from_pool:
            return NOTHING
        pool = Rows(cast(Array, Picked(self.given.values, pool_rows(self.dataset))), self.given.scaling)
        file = _file(self.dataset, self.technique, self.at_work.cache)
        return learnt_once(self.technique, pool, SEED, file, self.at_work.monitor, self.journal)

    def clean(self, images: Float32s) -> Float32s:
        """Return images (m, ...) cleaned, one by one, so that it can be ended in between. Raises Cancelled."""
        cleaned = np.empty_like(images)
        for at in range(len(images)):
            self.at_work.monitor.step(0, 0)
            cleaned[at : at + 1] = self.technique.clean(images[at : at + 1], self.learnt)
        return cleaned

    def row(self, row: int) -> Ints:
        """Return a row to be shown, (1,). Raises StudyError for one that is not in the pool."""
        if row not in pool_rows(self.dataset):
            raise StudyError(f"Image {row} is not in the pool of the first seed. Choose one that does not judge.")
        return np.array([row], np.int64)


class Noisy:
    """Stands for all inputs (n, ...) with noise that is added when they are indexed along the first axis.

    The noise of a row is that of the file that a trial reads, which is not written while somebody moves a slider.
    """

    def __init__(self, inputs: Rows, noise: Noise) -> None:
        self._inputs, self._noise = inputs, noise
        self.shape = inputs.shape
        self.dtype = np.dtype(np.float32)

    def __len__(self) -> int:
        return len(self._inputs)

    def __getitem__(self, chosen: Any) -> Float32s:
        rows = np.arange(len(self))[chosen]
        many = np.atleast_1d(rows)
        found = [self._noise.added(self._inputs[row : row + 1], int(row)) for row in many]
        noisy = np.concatenate(found) if found else np.empty((0, *self.shape[1:]), np.float32)
        return noisy if np.ndim(rows) else noisy[0]
