"""Groups that hold one class only, and classes that lie in one group."""

from collections.abc import Iterator

import numpy as np

from explorer.datasets.checking import Subject
from explorer.datasets.findings import count, names
from explorer.records import Finding


def check(subject: Subject) -> Iterator[Finding]:
    """Yield a warning where every group of several images holds one class, and one for classes of a single group."""
    dataset = subject.dataset
    if dataset.groups is None:
        return
    labeled = dataset.labels >= 0
    pairs = np.unique(np.stack([dataset.groups[labeled], dataset.labels[labeled]], axis=1), axis=0)
    groups, classes = np.unique(pairs[:, 0], return_counts=True)
    if (np.bincount(dataset.groups[labeled])[groups] > 1).any() and (classes == 1).all():
        yield Finding(
            "one-class-groups",
            f"Each of the {count(len(groups), 'group')} holds images of one class only. What is common to a group "
            "(patient, plate, slide, scanner) can then pass for the class, and no split can tell the two "
            "apart; test on groups from another source if you can.",
            "warning",
        )
    alone = np.flatnonzero(np.bincount(pairs[:, 1], minlength=dataset.n_classes) == 1)
    if len(alone) and dataset.given_test is None:
        which = tuple(dataset.class_names[each] for each in alone)
        text = f"{count(len(alone), 'class')} with a single group cannot be tested, as groups are never split"
        yield Finding("one-group-class", f"{text}: {names(which)}.", "warning", which)
