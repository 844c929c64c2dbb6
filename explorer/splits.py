"""Dataset × seed → Split: which rows judge, which form the pool, and the one order in which labels are spent.

What belongs together (groups, duplicates, and whatever these chain together) is a *unit*; a unit never crosses the
split. Budgets are nested: a budget of n is the first n rows of one class-balanced order, so a curve moves because
labels were added and not because they were exchanged. scikit-learn's `learning_curve` takes an unstratified prefix and
its group splitters leave no say over the share of each class, hence this file.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from explorer.errors import DataError, StudyError
from explorer.records import UNLABELED, Dataset, Floats, Ints, Split, Study

#: Random orders of the units that are tried where units hold several rows; the best balanced split is kept.
_ATTEMPTS = 10


def make_split(dataset: Dataset, seed: int, test_share: float) -> Split:
    """Return the split of `dataset` that belongs to `seed`; the same one on every machine.

    Labelled rows are divided class by class, `test_share` of them to judge, whole units only; a test split that the
    data set brings is kept instead, and rows of the pool that share a unit with it are left out. A class whose rows
    form a single unit stays in the pool and is never judged. Unlabelled rows are pool, unless their unit judges.

    Where there are groups, units of several rows lead the draw in turn, one at each seed: each judges at some of as
    many seeds as there are such units, unless it alone would be twice what is wished for. The best balanced draw by
    itself would fall on the same few patients at every seed.

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


def n_judging(class_counts: Ints, share: float) -> Ints:
    """Return how many labelled rows of each class judge, (k,), where no groups or copies tie rows together.

    It is `share` of them, in (0, 1), but at least one and never all; the only row of a class does not judge.
    """
    wished = np.clip(np.round(share * class_counts), 1, np.maximum(class_counts - 1, 1)).astype(np.int64)
    return np.where(class_counts > 1, wished, 0)


def side_counts(dataset: Dataset, test_share: float) -> tuple[Ints, Ints]:
    """Return how many labelled rows of each class judge, and how many form the pool, (k,) each.

    They are those of every seed, except where whole groups are drawn, or copies of one image: there they are those
    of seed 0, and others come near them.
    """
    if dataset.given_test is None and dataset.groups is None and dataset.duplicates is None:
        judging = n_judging(dataset.class_counts, test_share)
        return judging, dataset.class_counts - judging
    test, pool = _sides(dataset, units_of(dataset), test_share, 0, np.random.default_rng([0, 0]))
    return _counts(dataset, test), _counts(dataset, pool)


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
    table = _labels_of_units(labels, units)
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
    turn = None if dataset.groups is None else seed
    judges = _draw_test(dataset.labels, units, test_share, turn, random) if given is None else given
    test = np.flatnonzero(judges & (dataset.labels != UNLABELED))
    return test, np.flatnonzero(~np.isin(units, units[judges]))


def _draw_test(
    labels: Ints, units: Ints, share: float, turn: int | None, random: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Return (n,) bool, True for the rows of the units that judge.

    Units of several rows are chosen first, for their own part of the share, and before any other the one that is the
    first in this turn, if any; single rows then fill every class up to its wished number.
    """
    table = _labels_of_units(labels, units)
    wished = _wished(table, share)
    large = np.flatnonzero(np.bincount(units) > 1)
    chosen = large[_judging_units(table[large], share, wished > 0, _in_turn(len(large), turn), random)]
    single = np.flatnonzero((np.bincount(units) == 1) & (table.sum(axis=1) == 1))
    single = single[random.permutation(len(single))]
    classes = table[single].argmax(axis=1)
    room = wished - table[chosen].sum(axis=0)
    judges = np.concatenate([chosen, single[_count_before(classes[:, None]) < room[classes]]])
    return np.isin(units, judges)


def _judging_units(
    table: Ints, share: float, may_judge: npt.NDArray[np.bool_], lead: list[int], random: np.random.Generator
) -> list[int]:
    """Return the units that judge: `lead` and what fits best beside it, unless that leaves more classes unjudged."""
    target = share * table.sum(axis=0)

    def best(first: list[int]) -> list[int]:
        fillings = [_fill(table, target, may_judge, first, random) for _ in range(_ATTEMPTS)]
        return min(fillings, key=lambda filling: filling[1])[0]

    def judged(units: list[int]) -> int:
        return int((table[units].sum(axis=0) > 0).sum())

    return max(best(lead), best([]), key=judged) if lead else best([])


def _in_turn(n: int, turn: int | None) -> list[int]:
    """Return the number, 0 .. n-1, whose turn it is, in a fixed order in which each comes once; none without a turn."""
    return [] if turn is None or not n else [int(np.random.default_rng([0, n]).permutation(n)[turn % n])]


def _labels_of_units(labels: Ints, units: Ints) -> Ints:
    """Return the labelled rows of each class in each unit, (units, k)."""
    labeled = labels != UNLABELED
    table = np.zeros((int(units.max()) + 1, int(labels.max()) + 1), np.int64)
    np.add.at(table, (units[labeled], labels[labeled]), 1)
    return table


def _wished(table: Ints, share: float) -> Ints:
    """Return the wished number of judging rows of each class: at least one, and none for a class of a single unit."""
    return np.where((table > 0).sum(axis=0) > 1, n_judging(table.sum(axis=0), share), 0)


def _fill(
    table: Ints, target: Floats, may_judge: npt.NDArray[np.bool_], lead: list[int], random: np.random.Generator
) -> tuple[list[int], float]:
    """Take units, `lead` first and the others in random order, while they bring the classes nearer to `target`.

    Returns them and the largest misfit. A class keeps at least one unit that does not judge, and a class that must not
    be judged forbids its units.
    """
    scale = np.maximum(target, 1.0)
    room = target.astype(np.float64)
    left = (table > 0).sum(axis=0)
    chosen: list[int] = []
    others = [unit for unit in random.permutation(len(table)).tolist() if unit not in lead]
    for unit in [*lead, *others]:
        counts = table[unit]
        holds = counts > 0
        gain = ((np.abs(room) - np.abs(room - counts)) / scale).sum()
        if gain > 0 and (left[holds] > 1).all() and may_judge[holds].all():
            chosen.append(unit)
            room -= counts
            left = left - holds
    return chosen, float((np.abs(room) / scale).max(initial=0.0))


# ---- in which order labels are spent ---------------------------------------------------------------------------


def _balanced_order(rows: Ints, labels: Ints, units: Ints, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Return `rows` class-balanced, and each one's rank in its class: one of every class, then a second, and so on.

    Within a class the units take turns, so that early labels come from as many patients, plates or scenes as possible
    and a copy of an image is labelled last.
    """
    shuffled = rows[random.permutation(len(rows))]
    turn = _count_before(np.stack([labels[shuffled], units[shuffled]], axis=1))
    by_turn = shuffled[np.argsort(turn, kind="stable")]
    rank = _count_before(labels[by_turn][:, None])
    final = np.argsort(rank + random.random(len(rank)) * 0.5, kind="stable")
    return by_turn[final], rank[final]


def _count_before(keys: Ints) -> Ints:
    """Return for each row of `keys`, (n, m), how many equal rows stand before it."""
    _, codes = np.unique(keys, axis=0, return_inverse=True)
    codes = codes.reshape(-1)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(codes[order]) != 0]) if len(codes) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[starts, len(codes)])
    before = np.empty(len(codes), np.int64)
    before[order] = np.arange(len(codes)) - np.repeat(starts, sizes)
    return before


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
