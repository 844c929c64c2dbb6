"""Images whose stored pixels are equal."""

from collections.abc import Iterable

from explorer.datasets.checking import Subject
from explorer.datasets.clusters import cluster_findings
from explorer.records import Finding


def check(subject: Subject) -> Iterable[Finding]:
    """Yield the exact duplicates across a given split, across classes and within a class."""
    what = "exact copies of each other"
    return cluster_findings(subject.duplicates.exact, subject.dataset, "exact-duplicates", what)
