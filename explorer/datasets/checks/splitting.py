"""Groups that copies join, and data sets that no split can divide into a side that learns and one that judges."""

from collections.abc import Iterator

import numpy as np

from explorer.datasets.checking import Subject
from explorer.datasets.clusters import members
from explorer.datasets.findings import count, names
from explorer.errors import DataError
from explorer.records import Finding, Study
from explorer.splits import joined_groups, make_split


def check(subject: Subject) -> Iterator[Finding]:
    """Yield a warning where copies join groups, and one where a study would end before its first trial."""
    yield from _joined(subject)
    try:
        make_split(subject.with_copies, 0, Study.test_share)
    except DataError as error:
        yield Finding("no-split", f"No comparison can be run on these images as they are. {error}", "warning")


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
