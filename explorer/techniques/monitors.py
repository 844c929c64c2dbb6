"""How the work of a trial tells where it stands and what it found, and where it learns that it has to stop.

Notation: m = unlabelled rows. Labels (m,) are class numbers, -1 where nothing is believed.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from explorer.records import UNLABELED, Floats, Ints

#: Name under which a technique records whose weights it rests on, as `explorer.training.networks.provenance` tells it.
WEIGHTS = "weights"


class Steps(Protocol):
    """Where somebody learns how far a trial is, and where the trial learns that it has to stop."""

    def step(self, done: int, total: int) -> None:
        """Report that `done` of `total` steps are made. Raises Cancelled or OutOfTime when the trial has to end."""


class Monitor(Steps, Protocol):
    """How a technique tells where it stands and what it found, and learns that it has to stop."""

    def note(self, sentence: str) -> None:
        """Tell the user something in one plain sentence, such as why the pool was not used.

        One that warns is a `explorer.cautions.Caution`. A class is written as {class:0}, its number in braces; its name
        is put there.
        """

    def record(self, name: str, value: Any) -> None:
        """Keep figures of this trial under a name; plain JSON values."""

    def believe(self, labels: Ints, sure: Floats | None = None) -> None:
        """Tell which labels, (m,), are believed of the m unlabelled rows in this round; -1 = none.

        `sure` (m,), in 0 .. 1, is how sure the technique was of its best guess for each row, where it can say so. How
        many labels are right is found out elsewhere, for display only.
        """


class Quiet:
    """A monitor that nobody watches, for scripts and tests."""

    def step(self, done: int, total: int) -> None:
        """Accept the report and go on."""

    def note(self, sentence: str) -> None:
        """Forget the sentence."""

    def record(self, name: str, value: Any) -> None:
        """Forget the figures."""

    def believe(self, labels: Ints, sure: Floats | None = None) -> None:
        """Forget the labels."""


#: The monitor of whatever nobody watches.
QUIET = Quiet()


@dataclass(frozen=True)
class Hushed:
    """Passes steps on and forgets what is told, for fits whose only use is to choose by."""

    steps: Steps

    def step(self, done: int, total: int) -> None:
        """Report progress; raises what the one who is told raises."""
        self.steps.step(done, total)

    def note(self, sentence: str) -> None:
        """Forget the sentence."""

    def record(self, name: str, value: Any) -> None:
        """Forget the figures."""

    def believe(self, labels: Ints, sure: Floats | None = None) -> None:
        """Forget the labels."""


@dataclass(frozen=True, eq=False)
class Passing:
    """Passes on what it is told; a subclass changes some of it on the way."""

    monitor: Monitor

    def step(self, done: int, total: int) -> None:
        """Report progress; raises what the one who is told raises."""
        self.monitor.step(done, total)

    def note(self, sentence: str) -> None:
        """Pass the sentence on."""
        self.monitor.note(sentence)

    def record(self, name: str, value: Any) -> None:
        """Pass the figures on."""
        self.monitor.record(name, value)

    def believe(self, labels: Ints, sure: Floats | None = None) -> None:
        """Pass the labels on."""
        self.monitor.believe(labels, sure)


@dataclass(frozen=True, eq=False)
class Joining(Passing):
    """A monitor of several fits that may rest on weights each: those of one do not take the place of another's.

    Under WEIGHTS stands what a fit has told, and the list of all where they differ.
    """

    weights: list[Any] = field(default_factory=list)

    def record(self, name: str, value: Any) -> None:
        """Pass the figures on; of weights, all that were told so far, each once."""
        if name != WEIGHTS:
            self.monitor.record(name, value)
            return
        if value not in self.weights:
            self.weights.append(value)
        self.monitor.record(WEIGHTS, self.weights[0] if len(self.weights) == 1 else list(self.weights))


@dataclass(frozen=True, eq=False)
class Telling(Passing):
    """A monitor of a part of the pool: what is believed of the rows `chosen` is told of all m rows."""

    chosen: Ints
    m: int

    def believe(self, labels: Ints, sure: Floats | None = None) -> None:
        """Tell the labels of the chosen rows, and that nothing is believed of the others."""
        found = np.full(self.m, UNLABELED, np.int64)
        found[self.chosen] = labels
        if sure is None:
            self.monitor.believe(found)
            return
        spread = np.zeros(self.m, np.float32)
        spread[self.chosen] = sure
        self.monitor.believe(found, spread)
