"""Groups that copies join, groups too few to judge, and data sets that no split can divide into two sides."""

from collections.abc import Iterator

import numpy as np

from explorer.datasets.checking import Subject
from explorer.datasets.clusters import members
from explorer.datasets.findings import count, names
from explorer.errors import DataError
from explorer.records import Finding, Study
from explorer.splits import joined_groups, make_split, units_of

JUDGING_GROUPS = 5
"""Groups that judge below which a band rests on too few things to tell techniques apart, as with as few seeds."""


def check(subject: Subject) -> Iterator[Finding]:
    """Yield a warning where copies join groups, and where few groups judge or a study ends before its first trial."""
    yield from _joined(subject)
    try:
        make_split(subject.with_copies, 0, Study.test_share)
    except DataError as error:
        yield Finding("no-split", f"No comparison can be run on these images as they are. {error}", "warning")
        return
    yield from _few(subject)


def _few(subject: Subject) -> Iterator[Finding]:
    """Yield a warning where so few groups judge that their number, not that of the images, limits what is known."""
    dataset = subject.dataset
    if dataset.groups is None or dataset.given_test is not None:
        return
    labeled = dataset.labels >= 0
    units = len(np.unique(units_of(subject.with_copies)[labeled]))
    if round(units * Study.test_share, 6) >= JUDGING_GROUPS:
        return
    joined = " left after copies joined some" if units < len(np.unique(dataset.groups[labeled])) else ""
    judging = max(1, round(units * Study.test_share))
    judge = "1 of them judges" if judging == 1 else f"{judging} of them judge"
    text = (
        f"There are {count(units, 'group')}{joined}, so that about {judge} at each seed; differences between "
        "techniques are known only roughly. More groups would help more than more images."
    )
    yield Finding("few-groups", text, "warning")


def _joined(subject: Subject) -> Iterator[Finding]:
    dataset = subject.dataset
    groups, units = joined_groups(subject.with_copies)
    if dataset.groups is None or units == groups:
        return
    grouped = np.flatnonzero(dataset.groups >= 0)
    sets = (np.intersect1d(rows, grouped) for rows in members(subject.duplicates.every))
    across = [rows for rows in sets if len(np.unique(dataset.groups[rows])) > 1]
    rows = tuple(int(row) for cluster in across for row in cluster)
    items = tuple(dataset.items[row] for row in rows)
    text = (
        f"{count(len(rows), 'image')} in {count(len(across), 'set')} are copies of each other in different groups. "
        f"Copies stay on one side of the split, so the {groups:,} groups count as {units:,}. Check the "
        f"groups, or remove the copies: {names(items)}."
    )
    yield Finding("joined-groups", text, "warning", items, rows)
