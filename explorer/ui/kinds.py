"""How the images of a map are told apart: by class, by group, or by what a classifier answered; and what each says."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.charts.feature_map import KINDS, Kind
from explorer.datasets.findings import count
from explorer.records import Dataset, Ints
from explorer.ui import texts

#: For a row of the data set that was asked, the class that it was said to be.
Answers = Mapping[int, int]


def by_class(data: Dataset, rows: Ints) -> list[Kind]:
    """Return the classes of the rows (m,); of many, the smallest ones together."""
    return _told_apart(data.labels[rows], data.class_names, texts.MAP_UNLABELED)


def by_group(data: Dataset, rows: Ints) -> list[Kind]:
    """Return the groups of the rows (m,); of many, the smallest ones together."""
    assert data.groups is not None
    names = data.group_names or tuple(str(number) for number in range(int(data.groups.max()) + 1))
    return _told_apart(data.groups[rows], names, texts.MAP_NO_GROUP)


def by_answer(data: Dataset, rows: Ints, answers: Answers) -> list[Kind]:
    """Return which rows (m,) were answered right, which wrong, and which were not asked."""
    said = np.array([answers.get(row, -1) for row in rows.tolist()], np.int64)
    asked, right = said >= 0, said == data.labels[rows]
    found = (
        (texts.MAP_RIGHT, asked & right, False),
        (texts.MAP_WRONG, asked & ~right, False),
        (texts.MAP_UNASKED, ~asked, True),
    )
    return [Kind(name, np.flatnonzero(members), quiet) for name, members, quiet in found if members.any()]


def _told_apart(numbers: Ints, names: Sequence[str], none: str) -> list[Kind]:
    """Return a kind for each number that occurs, in their order; -1 and, of more than KINDS, the rarest are quiet."""
    present, counts = np.unique(numbers[numbers >= 0], return_counts=True)
    most = KINDS if len(present) <= KINDS else KINDS - 1
    loud = np.sort(present[np.argsort(-counts, kind="stable")[:most]])
    kinds = [Kind(names[number], np.flatnonzero(numbers == number)) for number in loud.tolist()]
    others = np.flatnonzero((numbers >= 0) & ~np.isin(numbers, loud))
    if len(others):
        kinds.append(Kind(texts.MAP_OTHERS.format(n=len(present) - len(loud)), others, quiet=True))
    unknown = np.flatnonzero(numbers < 0)
    return [*kinds, Kind(none, unknown, quiet=True)] if len(unknown) else kinds


def words(data: Dataset, rows: Ints, answers: Answers) -> list[list[str]]:
    """Return for each of the rows (m,) its name, its class, and what it was said to be where that is another."""
    return [_words(data, row, answers.get(row)) for row in rows.tolist()]


def _words(data: Dataset, row: int, said: int | None) -> list[str]:
    label = int(data.labels[row])
    found = [data.items[row], data.class_names[label] if label >= 0 else texts.MAP_UNLABELED]
    return found if said is None or said == label else [*found, texts.MAP_SAID.format(name=data.class_names[said])]


def told(kinds: Sequence[Kind]) -> str:
    """Return how many images there are of each kind, in words."""
    return ", ".join(f"{kind.name}: {count(len(kind.members), 'image')}" for kind in kinds)
