"""Labels worth a second look: images whose label models that never saw them find unlikely.

The rank is the normalized margin of confident learning (Northcutt et al. 2021, doi:10.1613/jair.1.12125,
arXiv:1911.00068): for an image labelled y with probabilities p it is p(y) - max over j ≠ y of p(j), in [-1, 1].
Where it is below 0, another class is believed more than the label. The probabilities are those of models that had not
the image among their labels, averaged over the seeds at which it judged.

Surer than any rank are copies of one image that have different labels: no model is needed to see that one is wrong.

Notation: k = number of classes.
"""

from dataclasses import dataclass

import numpy as np

from explorer.records import Floats, Ints
from explorer.statistics.answers import Answers


@dataclass(frozen=True)
class Doubt:
    """An image whose label is doubted.

    row               of the data set
    label, believed   its class, and the class that is believed most, in 0 .. k-1
    self_confidence   mean probability of the label, in [0, 1], and `confidence` that of the believed class
    seeds             seeds at which another class was answered, out of `judged` seeds at which it judged
    """

    row: int
    label: int
    believed: int
    self_confidence: float
    confidence: float
    seeds: int
    judged: int

    @property
    def margin(self) -> float:
        """The normalized margin, in [-1, 0)."""
        return self.self_confidence - self.confidence


def margins(probabilities: Floats, labels: Ints) -> Floats:
    """Return the normalized margin of each row, (m,), of probabilities (m, k) and labels (m,); of one class it is 1."""
    places = np.arange(len(labels))
    others = probabilities.copy()
    others[places, labels] = -np.inf
    rival = np.maximum(others.max(axis=1), 0.0)
    return np.asarray(probabilities[places, labels] - rival)


def doubts(answers: Answers) -> tuple[Doubt, ...]:
    """Return the images of a margin below 0, the most doubted first."""
    rows, first, inverse, judged = np.unique(answers.rows, return_index=True, return_inverse=True, return_counts=True)
    labels = answers.labels[first]
    mean = np.zeros((len(rows), answers.probabilities.shape[1]))
    np.add.at(mean, inverse, answers.probabilities / judged[inverse, None])
    wrong = np.bincount(inverse, weights=~answers.right, minlength=len(rows)).astype(np.int64)
    ranks = margins(mean, labels)
    return tuple(
        Doubt(
            row=int(rows[at]),
            label=int(labels[at]),
            believed=int(mean[at].argmax()),
            self_confidence=float(mean[at, labels[at]]),
            confidence=float(mean[at].max()),
            seeds=int(wrong[at]),
            judged=int(judged[at]),
        )
        for at in np.argsort(ranks, kind="stable")
        if ranks[at] < 0
    )


def contradictions(labels: Ints, duplicates: Ints | None) -> tuple[tuple[int, ...], ...]:
    """Return the sets of copies that have different labels, as rows, the smallest sets first.

    labels        (n,) classes, or -1 = not labelled, which contradicts nothing and is left out
    duplicates    (n,) numbers of sets of copies, -1 = in none; None where the data has none

    The rows of a set take turns by class, so that its first rows are of different classes.
    """
    if duplicates is None:
        return ()
    sets: dict[int, list[int]] = {}
    for row in np.flatnonzero((duplicates >= 0) & (labels >= 0)).tolist():
        sets.setdefault(int(duplicates[row]), []).append(row)
    found = [_in_turn(rows, labels) for rows in sets.values() if len(set(labels[rows].tolist())) > 1]
    return tuple(sorted(found, key=len))


def _in_turn(rows: list[int], labels: Ints) -> tuple[int, ...]:
    turns: dict[int, int] = {}
    places = []
    for row in rows:
        label = int(labels[row])
        turns[label] = turns.get(label, -1) + 1
        places.append((turns[label], row))
    return tuple(row for _, row in sorted(places))
