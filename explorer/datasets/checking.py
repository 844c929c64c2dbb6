"""Runs every check on a data set that has been read."""

from dataclasses import dataclass, replace

from explorer.datasets.discovery import modules
from explorer.datasets.duplicates import Duplicates, duplicates
from explorer.datasets.measuring import Measures
from explorer.records import Dataset, Finding, Ints


@dataclass(frozen=True, eq=False)
class Subject:
    """What a check looks at: the data set, the measures of its images and its duplicates."""

    dataset: Dataset
    measures: Measures
    duplicates: Duplicates

    @property
    def with_copies(self) -> Dataset:
        """The data set with its duplicates, which were found just now and it does not hold yet."""
        every = self.duplicates.every
        return replace(self.dataset, duplicates=every) if (every >= 0).any() else self.dataset


def checked(dataset: Dataset, measures: Measures) -> tuple[Ints | None, tuple[Finding, ...]]:
    """Return the clusters of duplicates, exact, near and turned, as in Dataset, and what all checks found."""
    subject = Subject(dataset, measures, duplicates(dataset, measures))
    findings = tuple(finding for check in modules("checks") for finding in check.check(subject))
    return subject.with_copies.duplicates, findings
