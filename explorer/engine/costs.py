"""What an arm costs before anything has run: the sum over its techniques, in seconds on the reference machine."""

from explorer.records import Dataset, Study
from explorer.techniques.base import CombinedModel, Cost, Task
from explorer.techniques.composing import Parts, members


def task(dataset: Dataset, study: Study, budget: int) -> Task:
    """Return the size of the work of a trial at `budget`."""
    wanted = budget * dataset.n_classes if study.per_class else budget
    labeled = min(wanted, int((1 - study.test_share) * dataset.class_counts.sum()))
    return Task(len(dataset), dataset.inputs.shape[1:], dataset.n_classes, labeled)


def cost(parts: Parts, size: Task) -> Cost:
    """Return the seconds to prepare an arm once and to fit one trial of it.

    A model made of arms costs what they cost together, as often as it fits them.
    """
    if isinstance(parts.model, CombinedModel):
        each = [cost(member, size) for member in members(parts)]
        return Cost(sum(one.prepare for one in each), parts.model.fits * sum(one.fit for one in each))
    costs = [technique.cost(size) for technique in parts.all()]
    return Cost(sum(each.prepare for each in costs), sum(each.fit for each in costs))
