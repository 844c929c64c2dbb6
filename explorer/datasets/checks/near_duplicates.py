"""Images that are nearly equal: re-encoded, brightened, resized or shifted copies."""

from collections.abc import Iterable

import numpy as np

from explorer.datasets.checking import Subject
from explorer.datasets.clusters import cluster_findings, members
from explorer.records import Finding


def check(subject: Subject) -> Iterable[Finding]:
    """Yield the near duplicates across a given split, across classes and within a class; exact ones are told apart."""
    exact, near = subject.duplicates.exact, subject.duplicates.near.copy()
    for rows in members(near):
        if exact[rows[0]] >= 0 and len(np.unique(exact[rows])) == 1:
            near[rows] = -1
    what = "near copies of each other (re-encoded, brightened, resized or shifted)"
    return cluster_findings(near, subject.dataset, "near-duplicates", what)
