"""What models are fitted on: rows with their labels, how much each counts, and which of them belong together.

Notation: n = rows, v = views of a row, d = features, k = number of classes.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explorer.records import Floats, Ints, Rows

#: Unit of a row whose label is only believed: no choice is judged by it.
BELIEVED = -1


@dataclass(frozen=True, eq=False)
class Examples:
    """What a model is fitted on.

    rows      features (n, d), or (n, v, d) of v views of each row, for a fixed model; `Rows` (n, ...) for a trained
              one; for a model made of arms a tuple of these, one for each arm
    labels    (n,) int64, class numbers in 0 .. k-1
    weights   (n,) not negative: how much each row counts, beside the balance of the classes
    units     (n,) int64; rows of one unit (a group, copies of one image) are never on both sides of a choice that is
              made by cross-validation, and those of the unit BELIEVED (-1) never judge one
    """

    rows: Any
    labels: Ints
    weights: Floats
    units: Ints

    @classmethod
    def of(cls, rows: Any, labels: Ints) -> "Examples":
        """Return rows that count equally, each a unit of its own."""
        return cls(rows, labels, np.ones(len(labels)), np.arange(len(labels)))

    def __len__(self) -> int:
        return len(self.labels)

    def subset(self, chosen: Ints) -> "Examples":
        """Return the examples of these numbers, each in 0 .. n-1."""
        return Examples(taken(self.rows, chosen), self.labels[chosen], self.weights[chosen], self.units[chosen])

    def believing(self, rows: Any, labels: Ints, weights: Floats) -> "Examples":
        """Return these examples and further rows whose labels are only believed, each with its weight."""
        return Examples(
            joined(self.rows, rows),
            np.concatenate([self.labels, labels]),
            np.concatenate([self.weights, weights]),
            np.concatenate([self.units, np.full(len(labels), BELIEVED)]),
        )


def taken(rows: Any, chosen: Ints) -> Any:
    """Return the chosen rows of features, of `Rows`, or of a tuple of those, copied."""
    if isinstance(rows, tuple):
        return tuple(taken(each, chosen) for each in rows)
    return replace(rows, values=rows.values[chosen]) if isinstance(rows, Rows) else rows[chosen]


def joined(first: Any, second: Any) -> Any:
    """Return all rows of two features arrays, of two `Rows` of one scaling, or of two tuples of those."""
    if isinstance(first, tuple):
        return tuple(joined(one, two) for one, two in zip(first, second, strict=True))
    if isinstance(first, Rows):
        return replace(first, values=np.concatenate([first.values, second.values]))
    return np.concatenate([first, second])
