"""Large sets of images that are alike, as frames of a film or exposures of one scene are."""

from collections.abc import Iterable

import numpy as np

from explorer.datasets.checking import Subject
from explorer.datasets.clusters import members
from explorer.datasets.findings import count, names
from explorer.records import Finding, Ints


def check(subject: Subject) -> Iterable[Finding]:
    """Yield a warning for each large cluster of near duplicates that are not all equal."""
    for rows in members(subject.duplicates.scenes):
        if subject.duplicates.exact[rows[0]] < 0 or len(np.unique(subject.duplicates.exact[rows])) > 1:
            yield _finding(subject, rows)


def _finding(subject: Subject, rows: Ints) -> Finding:
    items = tuple(subject.dataset.items[row] for row in rows)
    parts = len(np.unique(subject.duplicates.near[rows]))
    if parts == 1:
        text = "they are kept on one side of the split; give a group column if they show different ones"
    else:
        text = (
            "but hold all images of a class, so they were cut where they are least alike and may leak across the "
            "split; give a group column, or images of other scenes"
        )
    message = f"{count(len(rows), 'image')} look like frames of one scene; {text}. They are {names(items)}."
    return Finding("one-scene", message, "warning", items, tuple(rows.tolist()))
