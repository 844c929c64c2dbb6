"""What a budget really buys: the labels that each class can give, and where a class gives less than is asked."""

import functools
from collections.abc import Sequence

from explorer.records import Dataset, Ints, Study
from explorer.splits import n_judging, side_counts
from explorer.ui import texts
from explorer.ui.formats import escaped, listed


# A page that is polled asks every second, and the split of thousands of groups takes half a second.
@functools.lru_cache(maxsize=8)
def pool_of(dataset: Dataset, share: float) -> Ints:
    """Return how many labels each class can give, (k,), when its other labelled images judge; read-only.

    share   share of each class that judges, in (0, 1); unused where the data set brings a test split
    """
    _, pool = side_counts(dataset, share)
    pool.setflags(write=False)
    return pool


def drawn_pool(class_counts: Ints, share: float) -> Ints:
    """Return how many labels each class can give, (k,), when `share` of each is drawn to judge, image by image."""
    return class_counts - n_judging(class_counts, share)


def expected(study: Study, budget: int, pool: Ints) -> float:
    """Return how many labelled examples a budget buys from a pool of (k,) labels of each class."""
    return float(pool.clip(max=budget).sum() if study.per_class else min(budget, pool.sum()))


def is_short(study: Study, budget: int, n_labeled: float, n_classes: int) -> bool:
    """Tell whether `n_labeled` examples are fewer than the budget asks for, half an example aside."""
    return n_labeled < budget * (n_classes if study.per_class else 1) - 0.5


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
