"""Images that are mirrored or turned copies of each other."""

from collections.abc import Iterable

from explorer.datasets.checking import Subject
from explorer.datasets.clusters import cluster_findings
from explorer.records import Finding


def check(subject: Subject) -> Iterable[Finding]:
    """Yield the mirrored or turned copies across a given split, across classes and within a class."""
    what = "mirrored or turned copies of each other"
    return cluster_findings(subject.duplicates.turned, subject.dataset, "turned-copies", what)
