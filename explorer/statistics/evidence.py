"""What the trials of some cells say together: scores by seed, and what every test unit moves them by.

A cell is an arm at a budget. All cells of one seed are judged by the same items, so that their scores are one table,
(seeds, cells), and so are the pulls of every unit: an item, or all items of a group. What is linear in scores, such as
the difference of two arms or the area under a curve, has scores and pulls of its own and is evidence again.

Notation: S = seeds, U = different test units of all seeds, J = columns (cells, or combinations of them), m = test items
of a seed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from explorer.records import Floats, Ints, Outcome, Trial
from explorer.scores import METRICS
from explorer.statistics.influence import influence

#: Correlation of the items of a group, where it is not known.
ALIKE = 0.1


@dataclass(frozen=True, eq=False)
class Judged:
    """All that statistics need of a finished trial under one metric; small, where its predictions are not.

    value     its score
    rows      (m,) rows of the data set that judged
    pulls     (m,) float32, influence of each of them on the score
    """

    trial: Trial
    n_labeled: int
    value: float
    rows: Ints
    pulls: Floats


@dataclass(frozen=True, eq=False)
class Evidence:
    """Scores of J columns at S seeds, and what test units move them by.

    seeds      the seeds, ascending
    values     (S, J) score of each seed
    units      for each seed the numbers, below U, of the units that judged it, ascending
    pulls      for each seed what each of its units moves the scores by, (its units, J); of a unit the whole, with the
               mean of its class taken off, scaled so that squares are unbiased
    shared     (J,) share of its labelled units, in [0, 1), that a seed's training is expected to have in common with
               another seed's
    freedom    degrees of freedom of a variance that is estimated from the units
    answers    independent answers that the different items are worth where nothing tells how alike those of a group are
    items      judging items of all seeds together
    """

    seeds: tuple[int, ...]
    values: Floats
    units: tuple[Ints, ...]
    pulls: tuple[Floats, ...]
    shared: Floats
    freedom: float
    answers: float
    items: int

    @cached_property
    def n_units(self) -> int:
        """Number of different units that judge, U."""
        return int(max(each.max() for each in self.units)) + 1

    def combined(self, weights: Floats) -> "Evidence":
        """Return the evidence of weighted sums of columns; `weights` (J, Q) give Q of them.

        A sum shares as much training as its columns do in the mean, each counting by the size of its weight.
        """
        sizes = np.abs(weights)
        return replace(
            self,
            values=self.values @ weights,
            pulls=tuple(each @ weights for each in self.pulls),
            shared=(self.shared @ sizes) / sizes.sum(axis=0),
        )

    def at(self, columns: Sequence[int]) -> "Evidence":
        """Return the evidence of the chosen columns alone."""
        return self.combined(np.eye(self.values.shape[1])[:, list(columns)])


def judged(outcome: Outcome, labels: Ints, metric: str) -> Judged:
    """Return what statistics need of a trial that is done; it depends on no other trial, so it can be kept.

    labels    (n,) int64 of the whole data set, by row
    """
    pulls = influence(METRICS[metric], outcome.probabilities, labels[outcome.test]).astype(np.float32)
    return Judged(outcome.trial, outcome.n_labeled, outcome.scores[metric], outcome.test, pulls)


def gathered(cells: Sequence[Sequence[Judged]], labels: Ints, groups: Ints | None) -> Evidence:
    """Return the evidence of J cells, each the trials of one arm at one budget, at the seeds that all of them have.

    labels    (n,) int64 of the whole data set, by row; -1 = unlabelled
    groups    (n,) number of the unit of each row, -1 = a unit of its own; None = every row is one

    Raises ValueError where there is no such seed, or where cells of one seed were judged by different rows.
    """
    known = [{each.trial.seed: each for each in cell} for cell in cells]
    seeds = sorted(set.intersection(*(set(each) for each in known))) if known else []
    if not seeds:
        raise ValueError("There is no seed that all cells have finished.")
    rows = [_rows([each[seed] for each in known]) for seed in seeds]
    units = _numbered(labels, groups)
    raw = [np.stack([each[seed].pulls for each in known], axis=1).astype(np.float64) for seed in seeds]
    means = _class_means(raw, [labels[each] for each in rows])
    made = [_by_unit(each, labels[at], units[at], means) for each, at in zip(raw, rows, strict=True)]
    _, places = np.unique(np.concatenate([each for each, _ in made]), return_inverse=True)
    ends = np.cumsum([len(each) for each, _ in made])[:-1]
    trained = [float(np.mean([each[seed].n_labeled for seed in seeds])) for each in known]
    return Evidence(
        seeds=tuple(seeds),
        values=np.array([[each[seed].value for each in known] for seed in seeds]),
        units=tuple(np.split(places.astype(np.int64), ends)),
        pulls=tuple(each for _, each in made),
        shared=_shared(trained, rows, labels, units),
        freedom=_freedom(rows, labels, units),
        answers=_answers(rows, units),
        items=sum(len(each) for each in rows),
    )


def cells_of(done: Sequence[Judged]) -> Mapping[tuple[str, int], list[Judged]]:
    """Return the trials of each arm and budget, by seed."""
    found: dict[tuple[str, int], list[Judged]] = {}
    for each in sorted(done, key=lambda each: each.trial.seed):
        found.setdefault((each.trial.arm, each.trial.budget), []).append(each)
    return found


def _rows(trials: Sequence[Judged]) -> Ints:
    first = trials[0]
    for each in trials[1:]:
        if each.rows is not first.rows and not np.array_equal(each.rows, first.rows):
            raise ValueError(f"Trials {first.trial} and {each.trial} were judged by different rows.")
    return first.rows


def _numbered(labels: Ints, groups: Ints | None) -> Ints:
    """Return the unit of each row, (n,)."""
    own = np.arange(len(labels))
    return own if groups is None else np.where(groups >= 0, groups, int(groups.max(initial=-1)) + 1 + own)


# ---- what a unit pulls -----------------------------------------------------------------------------------------


def _sums(table: Floats, keys: Ints) -> tuple[Ints, Floats]:
    """Return the different keys, ascending, and the sums of the rows of the table that have each of them."""
    order = np.argsort(keys, kind="stable")
    found, starts = np.unique(keys[order], return_index=True)
    return found, np.add.reduceat(table[order], starts, axis=0)


def _held(labels: Ints, units: Ints) -> Ints:
    """Return the class of each different pair of a class and a unit that holds it."""
    many = int(units.max()) + 1
    return np.asarray(np.unique(labels * many + units) // many)


def _class_means(raw: Sequence[Floats], labels: Sequence[Ints]) -> Floats:
    """Return the mean pull of the items of each class over all seeds, (k, J)."""
    every = np.concatenate(labels)
    kinds, sums = _sums(np.concatenate(raw), every)
    means = np.zeros((int(every.max()) + 1, sums.shape[1]))
    means[kinds] = sums / np.bincount(every)[kinds, None]
    return means


def _by_unit(raw: Floats, labels: Ints, units: Ints, means: Floats) -> tuple[Ints, Floats]:
    """Return the units of a seed, ascending, and what each pulls, given the pulls of its items, (m, J).

    Of H units that hold a class, the squares of pulls about the mean of that class are too small by (H - 1) / H. Where
    a single unit holds it, its own mean would leave nothing: the mean over all seeds, `means`, is taken instead.
    """
    holders = np.bincount(_held(labels, units), minlength=len(means))
    kinds, sums = _sums(raw, labels)
    middle = means.copy()
    several = holders[kinds] > 1
    middle[kinds[several]] = (sums / np.bincount(labels)[kinds, None])[several]
    widened = np.sqrt(np.where(holders > 1, holders / np.maximum(holders - 1, 1), 1.0))
    return _sums((raw - middle[labels]) * widened[labels, None], units)


# ---- how much units tell ---------------------------------------------------------------------------------------


def _freedom(rows: Sequence[Ints], labels: Ints, units: Ints) -> float:
    """Return the degrees of freedom: as many units as would tell as much if all weighed alike, less the class means.

    The number of them is Kish's, the square of the sum of weights by the sum of their squares (Kish 1965, Survey
    Sampling), where a unit's weight is the square of the items that it judges at all seeds.
    """
    every = np.concatenate(rows)
    found, sizes = np.unique(units[every], return_counts=True)
    weights = sizes.astype(np.float64) ** 2
    equal = float(weights.sum() ** 2 / (weights**2).sum())
    held = _held(labels[every], units[every])
    return float(max(1.0, equal - len(np.unique(held)) * len(found) / len(held)))


def _answers(rows: Sequence[Ints], units: Ints) -> float:
    """Return the different items by the design effect of their groups, 1 + (items of a group - 1) ALIKE."""
    different = np.unique(np.concatenate(rows))
    size = len(different) / len(np.unique(units[different]))
    return float(len(different) / (1 + (size - 1) * ALIKE))


def _shared(trained: Sequence[float], rows: Sequence[Ints], labels: Ints, units: Ints) -> Floats:
    """Return the share of its labelled units that a training has in common with another's, (J,), as splits draw them.

    trained    labelled examples of each column

    Of a class with G units, of which a seed's pool holds P, u = min(labels, P) are used, drawn from all G anew, so that
    u / G of them are met again; where all seeds have the same test rows, they are drawn from the P. The mean over
    classes counts.
    """
    fixed = all(np.array_equal(each, rows[0]) for each in rows) and len(rows) > 1
    labeled = np.flatnonzero(labels >= 0)
    kinds = np.unique(labels[labeled])
    pools = [np.setdiff1d(labeled, each) for each in rows]
    in_pool = np.mean([_units_of_classes(each, labels, units, kinds) for each in pools], axis=0)
    whole = in_pool if fixed else _units_of_classes(labeled, labels, units, kinds)
    each_class = np.asarray(trained)[:, None] / len(kinds)
    return np.asarray((np.minimum(each_class, in_pool) / np.maximum(whole, 1)).mean(axis=1))


def _units_of_classes(rows: Ints, labels: Ints, units: Ints, kinds: Ints) -> Floats:
    """Return how many different units hold each class among the rows."""
    return np.bincount(_held(labels[rows], units[rows]), minlength=int(kinds.max()) + 1)[kinds].astype(np.float64)
