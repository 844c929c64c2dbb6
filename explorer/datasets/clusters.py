"""What clusters of duplicates mean for labels and splits, as findings."""

from collections.abc import Iterator

import numpy as np

from explorer.datasets.findings import count, names
from explorer.records import Dataset, Finding, Ints

KEPT = "Copies are always kept on one side of the split, so none can leak."


def cluster_findings(clusters: Ints, dataset: Dataset, code: str, what: str) -> Iterator[Finding]:
    """Yield the findings on clusters (n,), -1 = in none, sorted by harm: across the split, across classes, within.

    `code` opens the code of each finding, `what` says what the images are, such as "exact copies of each other".
    """
    across: list[Ints] = []
    within: list[Ints] = []
    split: list[Ints] = []
    for rows in members(clusters):
        labels = dataset.labels[rows]
        several = len(np.unique(labels[labels >= 0])) > 1
        (across if several else within).append(rows)
        if dataset.given_test is not None and len(np.unique(dataset.given_test[rows])) > 1:
            split.append(rows)
    leak = "on both sides of the given split; those on the training side are never learnt from"
    yield from _finding(f"{code}-across-split", f"{what}, {leak}.", "warning", split, dataset)
    wrong = "though of different classes, so that at least one label of each set is wrong or the image holds no answer"
    yield from _finding(f"{code}-across-classes", f"{what}, {wrong}.", "warning", across, dataset)
    yield from _finding(f"{code}-within-class", f"{what}. {KEPT}", "note", within, dataset)


def members(clusters: Ints) -> list[Ints]:
    """Return the rows of each cluster, ascending."""
    inside = np.flatnonzero(clusters >= 0)
    if not len(inside):
        return []
    order = inside[np.argsort(clusters[inside], kind="stable")]
    ends = np.flatnonzero(np.diff(clusters[order])) + 1
    return [rows.astype(np.int64) for rows in np.split(order, ends)]


def _finding(code: str, text: str, severity: str, sets: list[Ints], dataset: Dataset) -> Iterator[Finding]:
    if not sets:
        return
    rows = tuple(int(row) for cluster in sets for row in cluster)
    items = tuple(dataset.items[row] for row in rows)
    message = f"{count(len(rows), 'image')} in {count(len(sets), 'set')} are {text} They are {names(items)}."
    yield Finding(code, message, severity, items, rows)
