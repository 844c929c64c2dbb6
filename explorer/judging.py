"""Which units judge: whole units of a labelled data set, class by class near a share, and groups in turn.

A unit is what belongs together: the rows of a group, the copies of an image, or a single row (`explorer.splits`).

Notation: n = rows, u = units, k = classes; `table` (u, k) are the labelled rows of each class in each unit.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.records import UNLABELED, Floats, Ints

#: Random orders of the units that are tried where units hold several rows; the best balanced one is kept.
_ATTEMPTS = 10
#: Units up to which those that judged at earlier seeds are followed.
MANY = 500

Bools = npt.NDArray[np.bool_]


def draw_test(labels: Ints, units: Ints, share: float, turns: Ints, seed: int, random: np.random.Generator) -> Bools:
    """Return (n,) bool, True for the rows of the units that judge at a seed.

    labels   (n,) class numbers, -1 = unlabelled, and `units` (n,) the unit of each row
    turns    numbers of the units that take turns over the seeds 0, 1, ...: those that judged least come first

    Units of several rows are chosen first, for their own part of the share; single rows then fill every class up to its
    wished number.
    """
    table = labels_of_units(labels, units)
    wished = _wished(table, share)
    large = np.flatnonzero(np.bincount(units) > 1)
    chosen = large[_judging_units(_Wish(table[large], share, wished > 0), np.isin(large, turns), seed)]
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


@dataclass(frozen=True, eq=False)
class _Wish:
    """What is wished of the units that judge: a `share` of each class of `table`, (u, k), if it `may_judge`, (k,)."""

    table: Ints
    share: float
    may_judge: Bools

    @functools.cached_property
    def target(self) -> Floats:
        """Return the wished rows of each class, (k,)."""
        return np.asarray(self.share * self.table.sum(axis=0))

    @functools.cached_property
    def holdings(self) -> list[list[tuple[int, int]]]:
        """Return the classes that each unit holds, and how many rows of them."""
        return [[(kind, row[kind]) for kind in range(len(row)) if row[kind]] for row in self.table.tolist()]

    def judged(self, units: Sequence[int]) -> int:
        """Return how many classes some units judge."""
        return int((self.table[units].sum(axis=0) > 0).sum())

    def fully(self, units: Sequence[int]) -> bool:
        """Tell whether units judge every class that any may judge."""
        return self.judged(units) == int((self.may_judge & (self.target > 0)).sum())


def _judging_units(wish: _Wish, in_turn: Bools, seed: int) -> list[int]:
    """Return the units that judge at a seed; those `in_turn`, (u,) bool, judge about equally often over the seeds.

    What judged at earlier seeds is drawn anew, as a split depends on nothing but its seed. Of many units none is
    followed: there chance itself calls a different part each time, and no test hangs on a few of them.
    """
    used = np.zeros(len(wish.table), np.int64)
    chosen: list[int] = []
    for each in range(seed + 1) if 0 < in_turn.sum() <= MANY else [seed]:
        random = np.random.default_rng([each, 1])
        chosen = _best(wish, used, in_turn, random)
        if not wish.fully(chosen):
            chosen = max(chosen, _best(wish, used, np.zeros_like(in_turn), random), key=wish.judged)
        used[chosen] += 1
    return chosen


def _best(wish: _Wish, used: Ints, in_turn: Bools, random: np.random.Generator) -> list[int]:
    """Return the units of the best balanced of some random draws."""
    found = []
    for _ in range(_ATTEMPTS):
        filling = _Filling(wish)
        for unit in _in_order(wish, used, in_turn, random):
            if filling.takes(unit):
                filling.take(unit)
        found.append(filling)
    return min(found, key=lambda each: each.misfit()).chosen


def _in_order(wish: _Wish, used: Ints, in_turn: Bools, random: np.random.Generator) -> list[int]:
    """Return all units in random order, but of those that take turns the least used first, and one before all others.

    So it is sure to judge, if it can: one without labels, or with most of a class, never would.
    """
    order = random.permutation(len(used))
    places = np.flatnonzero(in_turn[order])
    order[places] = order[places][np.argsort(used[order[places]], kind="stable")]
    empty = _Filling(wish)
    lead = next((place for place in places.tolist() if empty.takes(int(order[place]))), 0)
    return [int(order[lead]), *np.delete(order, lead).tolist()] if len(order) else []


class _Filling:
    """Units that judge, taken one by one while they bring the classes nearer to what is wished.

    A class keeps at least one unit that does not judge, and a class that must not be judged forbids its units. Plain
    numbers, since a unit holds a few classes and many units are asked, one by one.
    """

    def __init__(self, wish: _Wish) -> None:
        self._holdings = wish.holdings
        self._may_judge = wish.may_judge.tolist()
        self._scale = np.maximum(wish.target, 1.0).tolist()
        self._room = wish.target.tolist()
        self._left = (wish.table > 0).sum(axis=0).tolist()
        self.chosen: list[int] = []

    def takes(self, unit: int) -> bool:
        """Tell whether a unit brings the classes nearer and leaves all of them what they need."""
        gain = 0.0
        for kind, count in self._holdings[unit]:
            if self._left[kind] < 2 or not self._may_judge[kind]:
                return False
            gain += (abs(self._room[kind]) - abs(self._room[kind] - count)) / self._scale[kind]
        return gain > 0

    def take(self, unit: int) -> None:
        """Let a unit judge."""
        self.chosen.append(unit)
        for kind, count in self._holdings[unit]:
            self._room[kind] -= count
            self._left[kind] -= 1

    def misfit(self) -> float:
        """Return the largest share by which a class differs from what was wished for."""
        return max((abs(room) / scale for room, scale in zip(self._room, self._scale, strict=True)), default=0.0)
