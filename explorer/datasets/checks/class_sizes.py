"""Classes that are too small to be tested, or to be tested well."""

from collections.abc import Iterator

import numpy as np

from explorer.datasets.checking import Subject
from explorer.datasets.findings import count, names
from explorer.proportions import wilson
from explorer.records import Dataset, Finding, Ints, Study
from explorer.score_words import percent
from explorer.splits import side_counts

TEST_ITEMS = 30
"""Test images of a class below which its accuracy is uncertain by more than about ± 17 points (95 %, at one half)."""

TEST_SHARE = Study.test_share
"""That of a study for which nobody chose another."""


def check(subject: Subject) -> Iterator[Finding]:
    """Yield the classes that can never be tested and those with fewer than some 30 test images."""
    dataset = subject.dataset
    tested, _ = side_counts(subject.with_copies, TEST_SHARE)
    lonely = np.flatnonzero((dataset.class_counts < 2) if dataset.given_test is None else (tested == 0))
    if len(lonely):
        why = "with a single image" if dataset.given_test is None else "without an image in the given test split"
        what = f"{count(len(lonely), 'class')} {why} can be learnt but never tested"
        yield _finding("untested-class", f"{what}: {_named(dataset, lonely, dataset.class_counts)}.", dataset, lonely)
    few = np.flatnonzero((tested > 0) & (tested < TEST_ITEMS))
    few = few[np.argsort(tested[few], kind="stable")]  # of many, the first are named
    if len(few):
        share = (
            "in the given test split" if dataset.given_test is not None else f"at a test share of {percent(TEST_SHARE)}"
        )
        what = f"{count(len(few), 'class')} will have fewer than {TEST_ITEMS} test images {share}"
        least = int(tested[few].min())
        low, high = wilson(least / 2, least)
        points = f"{50 * (high - low):.0f} points"
        advice = (
            "With a single one, a class is all right or all wrong"
            if least == 1
            else f"With {least} test images, an accuracy of one half is uncertain by ± {points}"
        )
        text = f"{what}: {_named(dataset, few, tested)}. {advice}; the intervals of the curves cannot show all of it."
        yield _finding("few-test-images", text, dataset, few)


def _named(dataset: Dataset, classes: Ints, numbers: Ints) -> str:
    return names(f"'{dataset.class_names[each]}' ({numbers[each]:,})" for each in classes)


def _finding(code: str, message: str, dataset: Dataset, classes: Ints) -> Finding:
    rows = tuple(np.flatnonzero(np.isin(dataset.labels, classes)).tolist()) if code == "untested-class" else ()
    return Finding(code, message, "warning", tuple(dataset.class_names[each] for each in classes), rows)
