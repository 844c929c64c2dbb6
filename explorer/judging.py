"""Which units judge: whole units of a labelled data set, class by class near a share, and groups in turn.

A unit is what belongs together: the rows of a group, the copies of an image, or a single row (`explorer.splits`).

Notation: n = rows, u = units, k = classes; `table` (u, k) are the labelled rows of each class in each unit.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from explorer.records import UNLABELED, Floats, Ints

#: Random orders of the units that are tried where units hold several rows; the best balanced one is kept.
_ATTEMPTS = 10

Bools = npt.NDArray[np.bool_]


def draw_test(labels: Ints, units: Ints, share: float, turns: Ints, turn: int, random: np.random.Generator) -> Bools:
    """Return (n,) bool, True for the rows of the units that judge.

    labels   (n,) class numbers, -1 = unlabelled, and `units` (n,) the unit of each row
    turns    numbers of the units that lead the draw in turn: that of the `turn`, 0, 1, ..., judges before any other

    Units of several rows are chosen first, for their own part of the share; single rows then fill every class up to its
    wished number.
    """
    table = labels_of_units(labels, units)
    wished = _wished(table, share)
    large = np.flatnonzero(np.bincount(units) > 1)
    lead = _leader(table[large], share, wished > 0, np.flatnonzero(np.isin(large, turns)), turn)
    chosen = large[_judging_units(table[large], share, wished > 0, lead, random)]
    single = np.flatnonzero((np.bincount(units) == 1) & (table.sum(axis=1) == 1))
    single = single[random.permutation(len(single))]
    classes = table[single].argmax(axis=1)
    room = wished - table[chosen].sum(axis=0)
    judges = np.concatenate([chosen, single[count_before(classes[:, None]) < room[classes]]])
    return np.isin(units, judges)


def labels_of_units(labels: Ints, units: Ints) -> Ints:
    """Return the labelled rows of each class in each unit, (u, k)."""
    labeled = labels != UNLABELED
    table = np.zeros((int(units.max()) + 1, int(labels.max()) + 1), np.int64)
    np.add.at(table, (units[labeled], labels[labeled]), 1)
    return table


def n_judging(class_counts: Ints, share: float) -> Ints:
    """Return how many labelled rows of each class judge, (k,), where no groups or copies tie rows together.

    It is `share` of them, in (0, 1), but at least one and never all; the only row of a class does not judge.
    """
    wished = np.clip(np.round(share * class_counts), 1, np.maximum(class_counts - 1, 1)).astype(np.int64)
    return np.where(class_counts > 1, wished, 0)


def count_before(keys: Ints) -> Ints:
    """Return for each row of `keys`, (n, m), how many equal rows stand before it."""
    _, codes = np.unique(keys, axis=0, return_inverse=True)
    codes = codes.reshape(-1)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(codes[order]) != 0]) if len(codes) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[starts, len(codes)])
    before = np.empty(len(codes), np.int64)
    before[order] = np.arange(len(codes)) - np.repeat(starts, sizes)
    return before


def _wished(table: Ints, share: float) -> Ints:
    """Return the wished number of judging rows of each class: at least one, and none for a class of a single unit."""
    return np.where((table > 0).sum(axis=0) > 1, n_judging(table.sum(axis=0), share), 0)


# ---- units of several rows -------------------------------------------------------------------------------------


def _leader(table: Ints, share: float, may_judge: Bools, turns: Ints, turn: int) -> int | None:
    """Return the unit whose turn it is, of those that may take one; as many turns as these are have each once.

    One that would not be taken before all others, such as one without labels or with most of a class, takes no turn.
    """
    target = share * table.sum(axis=0)
    able = [unit for unit in turns.tolist() if _Filling(table, target, may_judge).takes(unit)]
    return int(np.random.default_rng([0, len(able)]).permutation(able)[turn % len(able)]) if able else None


def _judging_units(
    table: Ints, share: float, may_judge: Bools, lead: int | None, random: np.random.Generator
) -> list[int]:
    """Return the units that judge: `lead` and what fits best beside it, unless that leaves classes unjudged."""
    target = share * table.sum(axis=0)
    led = _best(table, target, may_judge, lead, random)
    if lead is None or _judged(table, led) == int((may_judge & (target > 0)).sum()):
        return led
    free = _best(table, target, may_judge, None, random)
    return max(led, free, key=lambda units: _judged(table, units))


def _judged(table: Ints, units: Sequence[int]) -> int:
    return int((table[units].sum(axis=0) > 0).sum())


def _best(table: Ints, target: Floats, may_judge: Bools, lead: int | None, random: np.random.Generator) -> list[int]:
    """Return the units of the best balanced of some random draws."""
    found = []
    for _ in range(_ATTEMPTS):
        filling = _Filling(table, target, may_judge)
        order = random.permutation(len(table)).tolist()
        for unit in order if lead is None else [lead, *(each for each in order if each != lead)]:
            if filling.takes(unit):
                filling.take(unit)
        found.append(filling)
    return min(found, key=lambda each: each.misfit()).chosen


class _Filling:
    """Units that judge, taken one by one while they bring the classes nearer to `target`, (k,).

    A class keeps at least one unit that does not judge, and a class that must not be judged forbids its units.
    """

    def __init__(self, table: Ints, target: Floats, may_judge: Bools) -> None:
        self._table, self._may_judge = table, may_judge
        self._scale = np.maximum(target, 1.0)
        self._room = target.astype(np.float64)
        self._left = (table > 0).sum(axis=0)
        self.chosen: list[int] = []

    def takes(self, unit: int) -> bool:
        """Tell whether a unit brings the classes nearer and leaves all of them what they need."""
        counts = self._table[unit]
        holds = counts > 0
        gain = ((np.abs(self._room) - np.abs(self._room - counts)) / self._scale).sum()
        return bool(gain > 0 and (self._left[holds] > 1).all() and self._may_judge[holds].all())

    def take(self, unit: int) -> None:
        """Let a unit judge."""
        self.chosen.append(unit)
        self._room = self._room - self._table[unit]
        self._left = self._left - (self._table[unit] > 0)

    def misfit(self) -> float:
        """Return the largest share by which a class differs from what was wished for."""
        return float((np.abs(self._room) / self._scale).max(initial=0.0))
