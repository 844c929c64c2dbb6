"""Which images were answered as what: those of a cell of the confusion matrix, and the worst mistakes of a class.

An image that judges at several seeds counts once, with its surest such answer.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.records import Ints
from explorer.statistics.answers import Answers


@dataclass(frozen=True)
class Answered:
    """An image and how it was answered.

    row          of the data set
    label        its class, and `answered` the class that was answered, both in 0 .. k-1
    confidence   the highest probability that a seed gave this answer, in [0, 1]
    seeds        seeds at which it was answered so, out of `judged` seeds at which it judged
    """

    row: int
    label: int
    answered: int
    confidence: float
    seeds: int
    judged: int


def in_cell(answers: Answers, label: int, answered: int) -> tuple[Answered, ...]:
    """Return the images labelled and answered so at any seed, the surest answer first."""
    return _ranked(answers, (answers.labels == label) & (answers.answered == answered))


def worst(answers: Answers, label: int) -> tuple[Answered, ...]:
    """Return the images of a class that were answered wrongly at any seed, the surest mistake first."""
    return _ranked(answers, (answers.labels == label) & ~answers.right)


def _ranked(answers: Answers, wanted: npt.NDArray[np.bool_]) -> tuple[Answered, ...]:
    found = np.flatnonzero(wanted)
    order = found[np.argsort(-answers.confidence[found], kind="stable")]
    _, first = np.unique(answers.rows[order], return_index=True)
    chosen = order[np.sort(first)]
    k = answers.probabilities.shape[1]
    alike = _times(answers.rows * k + answers.answered, chosen)
    columns = (answers.rows, answers.labels, answers.answered, answers.confidence)
    return tuple(Answered(*each) for each in zip(
        *(column[chosen].tolist() for column in columns), alike, _times(answers.rows, chosen), strict=True
    ))  # fmt: skip


def _times(keys: Ints, chosen: Ints) -> list[int]:
    """Return how often the key at each chosen place occurs among all keys."""
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    times: list[int] = counts[inverse[chosen]].tolist()
    return times
