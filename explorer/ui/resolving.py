"""Before a study is run: how sure its points will be, and which differences it can find at all."""

from dataclasses import replace

import numpy as np

from explorer.datasets.findings import count
from explorer.datasets.remembering import per_dataset
from explorer.records import UNLABELED, Dataset, Ints, Study
from explorer.scores import METRICS
from explorer.splits import units_of
from explorer.statistics.planning import Planned, planned
from explorer.ui import texts


def resolving_words(study: Study, dataset: Dataset, judging: Ints) -> str:
    """Return in a sentence what so many judging images, (k,) of each class, and seeds will tell; empty for none."""
    if not judging.any() or not METRICS[study.metric].percent:
        return ""
    found, made = resolving(study, dataset, judging), _comparisons(study)
    told = texts.RESOLVING if found.can_see(1.0) else texts.RESOLVING_NONE
    seeds = count(study.seeds, "seed")
    return told.format(
        images=count(int(judging.sum()), "judging image"),
        seeds=seeds if study.until is None else texts.SEEDS_AT_MOST.format(seeds=seeds),
        half=_points(found.half_width),
        reliable=_points(min(found.reliable, 1.0)),
        among=texts.RESOLVING_AMONG.format(n=made) if made > 1 else "",
    )


def _comparisons(study: Study) -> int:
    """Return how many comparisons verdicts will be about: at each budget, and over the whole curve of several."""
    budgets = len(study.budgets)
    return max(1, len(study.arms) - 1) * (budgets + (budgets > 1))


def resolving(study: Study, dataset: Dataset, judging: Ints) -> Planned:
    """Return what the judging images of each class, (k,), can tell at all seeds together.

    A mean over classes is as sure as so many images of equal classes are: the harmonic mean of their numbers, times
    the number of classes.
    """
    held = judging[judging > 0]
    by_class = METRICS[study.metric].answers != "items"
    images = len(held) ** 2 / float((1 / held).sum()) if by_class else float(held.sum())
    overlap = 1.0 if dataset.given_test is not None else study.test_share
    different, group_size = _units(dataset)
    return planned(
        max(1, round(images * different)),
        study.seeds,
        overlap=overlap,
        group_size=group_size,
        shared=_shared(study, dataset, judging, group_size / different),
        comparisons=max(1, len(study.arms) - 1) * len(study.budgets) * min(len(study.budgets), 2),
    )


def _shared(study: Study, dataset: Dataset, judging: Ints, unit_size: float) -> float:
    """Return the share of its labels that a training with the most of them has in common with another seed's.

    unit_size   mean labelled images of a unit, which have their turn one after the other
    """
    held = dataset.class_counts > 0
    every, pool = ((each / unit_size)[held] for each in (dataset.class_counts, dataset.class_counts - judging))
    each_class = max(study.budgets) / (1 if study.per_class else len(every))
    return float((np.minimum(each_class, pool) / (pool if dataset.given_test is not None else every)).mean())


@per_dataset(1)
def _units(dataset: Dataset) -> tuple[float, float]:
    """Return the share of labelled images that are different ones, and the mean number of those in a group.

    All copies of an image count as one, which tells no more; a group of different images tells more than one of them.
    """
    labeled = dataset.labels != UNLABELED
    several, units = (len(np.unique(units_of(each)[labeled])) for each in (replace(dataset, groups=None), dataset))
    return several / labeled.sum(), several / units


def _points(share: float) -> str:
    """Return a share in points, whole ones from two on: nobody can plan to a tenth of them."""
    return f"{100 * share:.0f}" if share >= 0.02 else f"{100 * share:.1f}"
