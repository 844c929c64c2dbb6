"""Before a study is run: how sure its points will be, and which differences it can find at all."""

import numpy as np

from explorer.datasets.findings import count
from explorer.records import Dataset, Ints, Study
from explorer.scores import METRICS
from explorer.splits import units_of
from explorer.statistics.planning import Planned, planned
from explorer.ui import texts


def resolving_words(study: Study, dataset: Dataset, judging: Ints) -> str:
    """Return in a sentence what so many judging images, (k,) of each class, and seeds will tell; empty for none."""
    if not judging.any() or not METRICS[study.metric].percent:
        return ""
    found = resolving(study, dataset, judging)
    return texts.RESOLVING.format(
        images=count(int(judging.sum()), "judging image"),
        seeds=count(study.seeds, "seed"),
        half=_points(found.half_width),
        reliable=_points(found.reliable),
    )


def resolving(study: Study, dataset: Dataset, judging: Ints) -> Planned:
    """Return what the judging images of each class, (k,), can tell at all seeds together.

    A mean over classes is as sure as so many images of equal classes are: the harmonic mean of their numbers, times
    the number of classes.
    """
    held = judging[judging > 0]
    by_class = METRICS[study.metric].answers != "items"
    images = len(held) ** 2 / float((1 / held).sum()) if by_class else float(held.sum())
    overlap = 1.0 if dataset.given_test is not None else study.test_share
    return planned(max(1, round(images)), study.seeds, overlap=overlap, group_size=_group_size(dataset))


def _group_size(dataset: Dataset) -> float:
    """Return the mean number of labelled images of a group; 1 where there are none."""
    if dataset.groups is None:
        return 1.0
    return len(dataset) / len(np.unique(units_of(dataset)))


def _points(share: float) -> str:
    """Return a share in points, whole ones from two on: nobody can plan to a tenth of them."""
    return f"{100 * share:.0f}" if share >= 0.02 else f"{100 * share:.1f}"
