"""What an arm costs before anything has run: the sum over its techniques, in seconds on the reference machine."""

import math
from collections.abc import Iterable
from typing import TypeAlias

from explorer.errors import TechniqueError
from explorer.recipes import VIEWS
from explorer.records import Arm, Dataset, Study
from explorer.techniques.base import CombinedModel, Cost, FixedModel, Task, Technique
from explorer.techniques.composing import Parts, compose, members

#: How often techniques do what they cost, where that is not once.
Times: TypeAlias = dict[Technique | None, int]
#: A usual trial, by which arms are put in order.
USUAL = Task(n_items=1000, shape=(64, 64, 1), n_classes=5, n_labeled=100)


def task(dataset: Dataset, study: Study, budget: int) -> Task:
    """Return the size of the work of a trial at `budget`."""
    wanted = budget * dataset.n_classes if study.per_class else budget
    labeled = min(wanted, int((1 - study.test_share) * dataset.class_counts.sum()))
    return Task(len(dataset), dataset.inputs.shape[1:], dataset.n_classes, labeled)


def cost(parts: Parts, size: Task) -> Cost:
    """Return the seconds to prepare an arm once and to fit one trial of it.

    A model made of arms costs what they cost together, as often as it fits them. A fixed model describes every view of
    an augmentation, and one that is trained long is trained as often as a semi-supervised technique fits it.
    """
    if isinstance(parts.model, CombinedModel):
        each = [cost(member, size) for member in members(parts)]
        return Cost(sum(one.prepare for one in each), parts.model.fits * sum(one.fit for one in each))
    views = _views(parts)
    prepared: Times = {parts.model: 1 + views, parts.augmentation: views}
    fitted: Times = {parts.model: _fits(parts)}
    costs = [(technique, technique.cost(size)) for technique in parts.all()]
    return Cost(
        sum(prepared.get(technique, 1) * each.prepare for technique, each in costs),
        sum(fitted.get(technique, 1) * each.fit for technique, each in costs),
    )


def from_cheap_to_dear(arms: Iterable[Arm]) -> list[Arm]:
    """Return arms by what a usual trial costs with all that it needs; those that cannot be run come last."""
    return sorted(arms, key=_usual_seconds)


def _usual_seconds(arm: Arm) -> float:
    try:
        found = cost(compose(arm), USUAL)
    except TechniqueError:
        return math.inf
    return found.prepare + found.fit


def _views(parts: Parts) -> int:
    """Return how many views of each input are made and described before any trial."""
    makes_views = parts.augmentation is not None and not parts.is_idle
    return VIEWS if makes_views and isinstance(parts.model, FixedModel) else 0


def _fits(parts: Parts) -> int:
    """Return how often a model is fitted in a trial; the fits of a small head are part of what goes on beside it."""
    small = isinstance(parts.model, FixedModel) and not parts.model.can_be_consistent
    return 1 if small or parts.semi_supervised is None else parts.semi_supervised.fits
