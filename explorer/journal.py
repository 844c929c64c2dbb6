"""The monitor of one trial: passes its steps on, ends it at its time limit, keeps what its techniques tell."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.errors import OutOfTime
from explorer.records import UNLABELED, Floats, Ints
from explorer.techniques.monitors import Steps


@dataclass(frozen=True, eq=False)
class Belief:
    """What was believed of the m unlabelled rows in one round.

    labels    (m,) int64, class number or -1 = nothing
    sure      (m,) float32 in 0 .. 1, how sure the technique was of its best guess; NaN where it does not say
    """

    labels: Ints
    sure: Floats


class Journal:
    """Passes steps on until the seconds are used up; `what` names what is limited.

    `heard` is called with it whenever something was believed, for somebody who looks on.
    """

    def __init__(
        self, steps: Steps, seconds: float, what: str = "trial", heard: "Callable[[Journal], None] | None" = None
    ) -> None:
        self._steps = steps
        self._what = what
        self._heard = heard
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._beliefs: list[Belief] = []
        self.notes: list[str] = []
        self.records: dict[str, Any] = {}

    def step(self, done: int, total: int) -> None:
        """Report progress. Raises OutOfTime after the last second, and what the one who is told raises."""
        self._steps.step(done, total)
        if time.monotonic() > self._end:
            raise OutOfTime(
                f"The {self._what} was stopped after its time limit of {self._seconds:g} s."
                " Choose fewer steps or smaller images, or run it again while the machine does nothing else."
            )

    def note(self, sentence: str) -> None:
        """Keep a sentence for the user, each once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def record(self, name: str, value: Any) -> None:
        """Keep figures under a name."""
        self.records[name] = value

    def take(self, told: Mapping[str, Any]) -> None:
        """Keep what another journal was told: its `records`, and its `notes` each once."""
        self.records.update(told["records"])
        for sentence in told["notes"]:
            self.note(sentence)

    def believe(self, labels: Ints, sure: Floats | None = None) -> None:
        """Keep the labels, (m,), that are believed of the unlabelled rows in this round, and how sure they were."""
        known = np.full(len(labels), np.nan) if sure is None else sure
        self._beliefs.append(Belief(labels.astype(np.int64), known.astype(np.float32)))
        if self._heard is not None:
            self._heard(self)

    @property
    def beliefs(self) -> Sequence[Belief]:
        """What was believed, round by round."""
        return tuple(self._beliefs)

    def rounds(self, truth: Ints, n_classes: int) -> list[dict[str, Any]]:
        """Return what was believed, round by round, judged by the labels `truth`, (m,), that no technique has seen.

        share      of the unlabelled rows whose label was believed
        classes    shares of the classes among them, (k,)
        accuracy   share of right ones among those whose truth is known; None where it is known of none
        """
        return [_judged(belief.labels, truth, n_classes) for belief in self._beliefs]


class Patience:
    """Passes the steps of a preparation on, until none has shown progress for so many seconds.

    A large data set may take longer than any trial, and all trials of its arm wait for it. What counts is that rows get
    ready, here or in a process that shares the work: progress is a step of another number than the last.
    """

    def __init__(self, steps: Steps, seconds: float) -> None:
        self._steps = steps
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._done = 0

    def step(self, done: int, total: int) -> None:
        """Report progress. Raises OutOfTime after too long without any, and what the one who is told raises."""
        self._steps.step(done, total)
        now = time.monotonic()
        if now > self._end:
            raise OutOfTime(
                f"The preparation was stopped after its time limit of {self._seconds:g} s in which no further image was"
                " ready. Choose smaller images, or run it again while the machine does nothing else."
            )
        if total and done != self._done:
            self._done = done
            self._end = now + self._seconds


def _judged(labels: Ints, truth: Ints, n_classes: int) -> dict[str, Any]:
    believed = labels != UNLABELED
    known = believed & (truth != UNLABELED)
    counts = np.bincount(labels[believed], minlength=n_classes)
    return {
        "share": float(believed.mean()) if len(labels) else 0.0,
        "classes": (counts / max(1, counts.sum())).tolist(),
        "accuracy": float((labels[known] == truth[known]).mean()) if known.any() else None,
    }
