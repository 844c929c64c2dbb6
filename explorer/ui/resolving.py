"""Before a study is run: how sure its points will be, and which differences it can find at all."""

import math
from dataclasses import replace

import numpy as np

from explorer.datasets.findings import count
from explorer.datasets.remembering import per_dataset
from explorer.records import UNLABELED, Dataset, Ints, Study
from explorer.scores import METRICS
from explorer.splits import units_of
from explorer.statistics.contrasts import area_weights
from explorer.statistics.planning import Planned, left_of, planned
from explorer.ui import texts


def resolving_words(study: Study, dataset: Dataset, judging: Ints) -> str:
    """Return in a sentence what so many judging images, (k,) of each class, and seeds will tell; empty for none.

    Whole curves, of which verdicts are shown first, come before single budgets, which are less sure and more.
    """
    if not judging.any() or not METRICS[study.metric].percent:
        return ""
    seeds = count(study.seeds, "seed")
    given = {
        "images": count(int(judging.sum()), "judging image"),
        "seeds": seeds if study.until is None else texts.SEEDS_AT_MOST.format(seeds=seeds),
    }
    single, rivals, budgets = resolving(study, dataset, judging), max(1, len(study.arms) - 1), len(study.budgets)
    if study.seeds == 1:
        return texts.RESOLVING_ONE.format(**given, half=_points(min(single.half_width, 1.0)))
    parts = [_part(single, texts.RESOLVING_BUDGET if budgets > 1 else "", rivals * budgets)]
    if budgets > 1:
        parts.insert(0, _part(resolving(study, dataset, judging, whole=True), texts.RESOLVING_WHOLE, rivals))
    return texts.RESOLVING.format(**given, parts=texts.RESOLVING_AND.join(parts))


def _part(found: Planned, where: str, comparisons: int) -> str:
    """Return how sure differences will be somewhere, and from which size on they will be found."""
    told = texts.RESOLVING_FOUND if found.can_see(1.0) else texts.RESOLVING_NONE
    among = texts.RESOLVING_AMONG.format(n=comparisons) if comparisons > 1 else ""
    return texts.RESOLVING_PART.format(
        apart=_points(min(found.apart, 1.0)),
        where=where,
        told=told.format(reliable=_points(min(found.reliable, 1.0)), among=among),
    )


def resolving(study: Study, dataset: Dataset, judging: Ints, *, whole: bool = False) -> Planned:
    """Return what the judging images of each class, (k,), can tell at all seeds together, at a budget.

    A mean over classes is as sure as so many images of equal classes are: the harmonic mean of their numbers, times
    the number of classes.

    whole   over the whole curve instead, which takes two budgets
    """
    held = judging[judging > 0]
    by_class = METRICS[study.metric].answers != "items"
    images = len(held) ** 2 / float((1 / held).sum()) if by_class else float(held.sum())
    overlap = 1.0 if dataset.given_test is not None else study.test_share
    different, group_size = _units(dataset)
    budgets, rivals = len(study.budgets), max(1, len(study.arms) - 1)
    shares = np.array([_shared(each, study, dataset, judging, group_size / different) for each in study.budgets])
    return planned(
        max(1, round(images * different)),
        study.seeds,
        overlap=overlap,
        group_size=group_size,
        shared=math.sqrt(area_weights(study.budgets) @ shares**2) if whole else float(shares.max()),
        comparisons=rivals * (1 if whole else budgets) * min(budgets, 2),
        left=left_of(study.budgets) if whole else 1.0,
    )


def _shared(budget: int, study: Study, dataset: Dataset, judging: Ints, unit_size: float) -> float:
    """Return the share of its labels that a training at a budget has in common with another seed's.

    unit_size   mean labelled images of a unit, which have their turn one after the other
    """
    held = dataset.class_counts > 0
    every, pool = ((each / unit_size)[held] for each in (dataset.class_counts, dataset.class_counts - judging))
    each_class = budget / (1 if study.per_class else len(every))
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
