"""What an arm answered: the class probabilities of every judging image at every seed, one below the other.

Notation: a = answers, one for each judging image of each seed; k = number of classes. An image may judge at several
seeds, so that it has several answers, each of a model that had never seen it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.records import Floats, Ints, Outcome, State


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers of some trials that are done.

    rows            (a,) int64, row of the data set that was judged
    labels          (a,) int64, its class in 0 .. k-1
    seeds           (a,) int64, seed of the trial
    probabilities   (a, k) float64, rows sum to 1
    """

    rows: Ints
    labels: Ints
    seeds: Ints
    probabilities: Floats

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def answered(self) -> Ints:
        """The most probable class of each answer, (a,)."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @property
    def confidence(self) -> Floats:
        """The probability of that class, (a,)."""
        return np.asarray(self.probabilities.max(axis=1))

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether that class is the label, (a,)."""
        return np.asarray(self.answered == self.labels)

    def of(self, chosen: npt.NDArray[np.bool_]) -> "Answers":
        """Return the chosen answers alone."""
        return Answers(self.rows[chosen], self.labels[chosen], self.seeds[chosen], self.probabilities[chosen])


def answers_of(outcomes: Sequence[Outcome], labels: Ints) -> Answers:
    """Return the answers of the trials that are done, ordered by seed; `labels` are those of the data set by row, (n,).

    Raises ValueError where no trial is done: without one the number of classes is not known.
    """
    done = sorted((each for each in outcomes if each.state is State.DONE), key=lambda each: each.trial.seed)
    rows = np.concatenate([each.test for each in done])
    seeds = np.repeat([each.trial.seed for each in done], [len(each.test) for each in done]).astype(np.int64)
    exact = np.concatenate([each.probabilities for each in done]).astype(np.float64)
    return Answers(rows, labels[rows], seeds, exact / exact.sum(axis=1, keepdims=True))
