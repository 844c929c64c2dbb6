"""What a budget really buys: the labels that each class can give, and where a class gives less than is asked."""

import functools
from collections.abc import Sequence

from explorer.budgets import budget_words
from explorer.datasets.findings import count, listed
from explorer.previews.showing import split
from explorer.records import Dataset, Ints, Study
from explorer.splits import side_counts
from explorer.ui import texts
from explorer.ui.formats import escaped


def judging_of(dataset: Dataset, share: float) -> Ints:
    """Return how many labelled images of each class judge, (k,); `share` as for `pool_of`."""
    return _sides(dataset, share)[0]


def pool_of(dataset: Dataset, share: float) -> Ints:
    """Return how many labels each class can give, (k,), when its other labelled images judge; read-only.

    share   share of each class that judges, in (0, 1); unused where the data set brings a test split
    """
    return _sides(dataset, share)[1]


def called(dataset: Dataset, budget: int) -> str:
    """Return what a budget of each class is called where no study has bought it yet, with the usual judging images."""
    pool = pool_of(dataset, Study.test_share)
    return budget_words(budget, float(pool.clip(max=budget).sum()), len(pool), per_class=True)


def of_all_classes(dataset: Dataset, n: int) -> Ints:
    """Return n rows of the pool of seed 0 to look at, in turn of each class, with the usual share of judging images."""
    return split(dataset).order[:n]


def units_words(dataset: Dataset, n: int, units: int) -> str:
    """Return what n images are counted as where those of a group, and copies, are `units`: one each."""
    if units == n:
        return count(n, "image")
    return texts.UNITS_COPIES.format(n=units) if dataset.groups is None else count(units, "group")


# A page that is polled asks every second, and the split of thousands of groups takes half a second.
@functools.lru_cache(maxsize=8)
def _sides(dataset: Dataset, share: float) -> tuple[Ints, Ints]:
    found = side_counts(dataset, share)
    for counts in found:
        counts.setflags(write=False)
    return found


def short_words(study: Study, pool: Ints, class_names: Sequence[str]) -> str:
    """Return the one line that says before a run which class gives less than is asked; empty where none does."""
    least = int(pool.argmin())
    unpaid = [str(budget) for budget in study.budgets if budget > pool[least]]
    if not study.per_class or not unpaid:
        return ""
    others = int((pool < study.budgets[-1]).sum()) - 1
    words = texts.SHORT_CLASS.format(
        name=escaped(class_names[least]),
        labels="1 label" if pool[least] == 1 else f"{pool[least]:,} labels",
        budgets=listed(unpaid),
    )
    more = texts.SHORT_OTHERS.format(n="1 other class" if others == 1 else f"{others} other classes")
    return f"{words} {more}" if others else words
