"""Images without any content: all black, all white, one colour."""

from collections.abc import Iterator

import numpy as np

from explorer.datasets.checking import Subject
from explorer.datasets.findings import count, names
from explorer.records import Finding


def check(subject: Subject) -> Iterator[Finding]:
    """Yield the images all of whose pixels are the same; they are kept, as the user may know what they mean."""
    rows = np.flatnonzero(subject.measures.flat)
    if not len(rows):
        return
    dark = int((subject.measures.means[rows] == 0).sum())
    items = tuple(subject.dataset.items[row] for row in rows)
    black = f" ({dark:,} of them all black)" if dark else ""
    text = (
        f"{count(len(rows), 'image')} of one colour{black} can only be guessed: {names(items)}. Remove them if they are"
    )
    yield Finding("constant-images", f"{text} failed recordings.", "warning", items, tuple(rows.tolist()))
