"""Dataset × seed → Split: which rows judge, which form the pool, and the one order in which labels are spent.

What belongs together (groups, duplicates, and whatever these chain together) is a *unit*; a unit never crosses the
split. Budgets are nested: a budget of n is the first n rows of one class-balanced order, so a curve moves because
labels were added and not because they were exchanged. scikit-learn's `learning_curve` takes an unstratified prefix and
its group splitters leave no say over the share of each class, hence this file.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from explorer.errors import DataError, StudyError
from explorer.judging import MANY, count_before, draw_test, labels_of_units, n_judging
from explorer.records import UNLABELED, Dataset, Ints, Split, Study

#: Seeds at which the sides are looked at where their sizes depend on it.
_SEEDS = 5


def make_split(dataset: Dataset, seed: int, test_share: float) -> Split:
    """Return the split of `dataset` that belongs to `seed`; the same one on every machine.

    Labelled rows are divided class by class, `test_share` of them to judge, whole units only; a test split that the
    data set brings is kept instead, and rows of the pool that share a unit with it are left out. A class whose rows
    form a single unit stays in the pool and is never judged. Unlabelled rows are pool, unless their unit judges.

    Groups take turns in judging: at each seed those come first that judged least before. So all judge about equally
    often, but for a group that holds too much of a class to be taken, or a single labelled row. The best balanced draw
    by itself would fall on the same few patients at every seed.

    Raises StudyError for a share outside (0, 1), DataError when fewer than two classes can be judged or learnt.
    """
    if not 0 < test_share < 1:
        raise StudyError(f"The test share is {test_share:g}. Choose a share between 0 and 1, such as 0.3.")
    units = units_of(dataset)
    random = np.random.default_rng([seed, 0])
    test, pool = _sides(dataset, units, test_share, seed, random)
    order, rank = _balanced_order(pool[dataset.labels[pool] != UNLABELED], dataset.labels, units, random)
    _check_sides(dataset, (test, pool), test_share)
    return Split(seed=seed, test=test, pool=pool, order=order, rank=rank, units=units)


def labeled_rows(split: Split, budget: int, per_class: bool) -> Ints:
    """Return the rows whose labels a budget buys: `budget` of each class, or `budget` in total, int64.

    A class, or a pool, that has fewer gives what it has. Raises StudyError for a total that cannot hold every class.
    """
    if per_class:
        return split.order[split.rank < budget]
    classes = int((split.rank == 0).sum())
    if budget < classes:
        raise StudyError(
            f"A budget of {budget} cannot hold one label of each of {classes} classes. Choose a larger one."
        )
    return split.order[:budget]


def side_counts(dataset: Dataset, test_share: float) -> tuple[Ints, Ints]:
    """Return how many labelled rows of each class judge, and how many form the pool, (k,) each.

    They are those of every seed, except where whole groups are drawn, or copies of one image: there they are the
    fewest of the first seeds, or those of seed 0 where groups are so many that seeds hardly differ.
    """
    if dataset.given_test is None and dataset.groups is None and dataset.duplicates is None:
        judging = n_judging(dataset.class_counts, test_share)
        return judging, dataset.class_counts - judging
    units = units_of(dataset)
    drawn = dataset.given_test is None and dataset.groups is not None and int(units.max(initial=0)) < MANY
    seeds = range(_SEEDS if drawn else 1)
    each = [_sides(dataset, units, test_share, seed, np.random.default_rng([seed, 0])) for seed in seeds]
    test, pool = (np.min([_counts(dataset, sides[side]) for sides in each], axis=0) for side in (0, 1))
    return test, pool


def _counts(dataset: Dataset, rows: Ints) -> Ints:
    labels = dataset.labels[rows]
    return np.bincount(labels[labels != UNLABELED], minlength=dataset.n_classes).astype(np.int64)


def check_study(dataset: Dataset, study: Study) -> None:
    """Raise the StudyError or DataError that a trial of the study would end in, before any of them is run.

    Every seed is tried: where groups are few, it depends on the draw whether two classes are judged.
    """
    split = make_split(dataset, 0, study.test_share)
    labeled_rows(split, min(study.budgets), study.per_class)
    if dataset.given_test is None and not _judge_at_any_seed(dataset.labels, split.units):
        for seed in range(1, study.seeds):
            sides = _sides(dataset, split.units, study.test_share, seed, np.random.default_rng([seed, 0]))
            _check_sides(dataset, sides, study.test_share)


def _judge_at_any_seed(labels: Ints, units: Ints) -> bool:
    """Tell whether two classes have a row that is a unit of its own: what whole groups leave open, such rows fill."""
    table = labels_of_units(labels, units)
    loose = (np.bincount(units) == 1) & (table.sum(axis=1) == 1)
    several = (table > 0).sum(axis=0) > 1
    return int((table[loose].any(axis=0) & several).sum()) > 1


def units_of(dataset: Dataset) -> Ints:
    """Return the unit number of each row, (n,): rows joined by a group or by a cluster of duplicates share one."""
    n = len(dataset)
    if dataset.groups is None and dataset.duplicates is None:
        return np.arange(n, dtype=np.int64)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = [np.flatnonzero(keys >= 0) for keys in _keys(dataset)]
    ends = [keys[rows] for keys, rows in zip(_keys(dataset), links, strict=True)]
    starts = np.concatenate([np.empty(0, np.int64), *links])
    stops = np.concatenate([np.empty(0, np.int64), *ends])
    size = max(n, int(stops.max(initial=0)) + 1)
    graph = coo_array((np.ones(len(starts), np.int8), (starts, stops)), shape=(size, size))
    _, numbers = connected_components(graph, directed=False)
    return np.unique(numbers[:n], return_inverse=True)[1].astype(np.int64)


def counted_units(dataset: Dataset) -> Ints | None:
    """Return the unit of each row as statistics count them, (n,), -1 = one of its own; None where every row is one.

    These are the units that splits keep whole: what always judges together is evidence only once.
    """
    if dataset.duplicates is None or not (dataset.duplicates >= 0).any():
        return dataset.groups
    return units_of(dataset)


def _keys(dataset: Dataset) -> Iterator[Ints]:
    """Yield one node number per row for each way of belonging together, above the rows' own numbers; -1 = alone."""
    offset = len(dataset)
    for numbers in (dataset.groups, dataset.duplicates):
        if numbers is not None:
            yield np.where(numbers >= 0, numbers + offset, -1)
            offset += int(numbers.max(initial=-1)) + 1


# ---- who judges ------------------------------------------------------------------------------------------------


def _sides(
    dataset: Dataset, units: Ints, test_share: float, seed: int, random: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return the rows that judge, all labelled, and those of the pool, labelled or not; both ascending."""
    given = dataset.given_test
    grouped = np.empty(0, np.int64) if dataset.groups is None else np.unique(units[dataset.groups >= 0])
    judges = draw_test(dataset.labels, units, test_share, grouped, seed, random) if given is None else given
    test = np.flatnonzero(judges & (dataset.labels != UNLABELED))
    return test, np.flatnonzero(~np.isin(units, units[judges]))


# ---- in which order labels are spent ---------------------------------------------------------------------------


def _balanced_order(rows: Ints, labels: Ints, units: Ints, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Return `rows` class-balanced, and each one's rank in its class: one of every class, then a second, and so on.

    Within a class the units take turns, so that early labels come from as many patients, plates or scenes as possible
    and a copy of an image is labelled last.
    """
    shuffled = rows[random.permutation(len(rows))]
    turn = count_before(np.stack([labels[shuffled], units[shuffled]], axis=1))
    by_turn = shuffled[np.argsort(turn, kind="stable")]
    rank = count_before(labels[by_turn][:, None])
    final = np.argsort(rank + random.random(len(rank)) * 0.5, kind="stable")
    return by_turn[final], rank[final]


def _check_sides(dataset: Dataset, sides: tuple[Ints, Ints], test_share: float) -> None:
    for rows, purpose in zip(sides, ("judge", "learn from"), strict=True):
        present = np.flatnonzero(_counts(dataset, rows))
        if len(present) < 2:
            named = f"only the class '{dataset.class_names[present[0]]}' has" if len(present) else "no class has"
            division, remedy = _division(dataset, test_share)
            raise DataError(f"{division}, {named} examples to {purpose}. {remedy}")


def joined_groups(dataset: Dataset) -> tuple[int, int]:
    """Return how many groups there are, and as how many units they are left when copies in several groups join them."""
    if dataset.groups is None:
        return 0, 0
    grouped = dataset.groups >= 0
    return len(np.unique(dataset.groups[grouped])), len(np.unique(units_of(dataset)[grouped]))


def _joined_by_copies(dataset: Dataset, test_share: float) -> bool:
    """Tell whether copies join groups that by themselves leave two classes on either side."""
    groups, units = joined_groups(dataset)
    alone = replace(dataset, duplicates=None)
    return units < groups and all((counts > 0).sum() > 1 for counts in side_counts(alone, test_share))


def _division(dataset: Dataset, test_share: float) -> tuple[str, str]:
    """Return how the two sides come about, and what gives a side more classes."""
    if dataset.given_test is not None:
        return "With the test split that the data brings", "Label more images of that side, or leave the split out."
    if _joined_by_copies(dataset, test_share):
        together = "As copies of images in different groups join {} groups into {}, which stay whole on one side"
        remedy = "Remove the copies, which the findings list, or leave the groups out."
        return together.format(*joined_groups(dataset)), remedy
    if dataset.groups is not None:
        together = "When whole groups and duplicates stay on one side"
        return together, "Add examples from further groups, or leave the groups out."
    if dataset.duplicates is not None:
        return "When copies of an image stay on one side", "Add images of each class that are no copies."
    return "When each class is divided in two", "Label at least two images of each class."
