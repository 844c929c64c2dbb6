"""What the trials of some cells say together: scores by seed, and what every test unit moves them by.

A cell is an arm at a budget. All cells of one seed are judged by the same items, so that their scores are one table,
(seeds, cells), and so are the pulls of every unit: an item, or all items of a group. What is linear in scores, such as
the difference of two arms or the area under a curve, has scores and pulls of its own and is evidence again.

A part is what a unit holds of one class: a unit of items of several classes has several. They are kept apart, since a
class that few units judge is known badly, however many there are of the others.

Notation: S = seeds, U = different test units of all seeds, P = different parts, K = classes, J = columns (cells, or
combinations of them), m = test items of a seed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from explorer.records import Floats, Ints, Outcome, Trial
from explorer.scores import METRICS, Metric, score_of
from explorer.statistics.influence import influence

#: Correlation of the items of a group, where it is not known.
ALIKE = 0.1
#: A variance that is none, and the largest correlation that is taken for one.
_NONE, _MOST = 1e-18, 0.81


@dataclass(frozen=True, eq=False)
class Judged:
    """All that statistics need of a finished trial under one metric; small, where its predictions are not.

    value     its score
    rows      (m,) rows of the data set that judged
    pulls     (m,) float32, influence of each of them on the score
    weights   (K,) what the share of right answers of each class counts in the score; 0 where it is no such share
    seconds   what the trial took, as in an `Outcome`
    alike     correlation of its score with another seed's, in [0, 1), as far as their trainings have labelled rows in
              common that were asked for; None = as splits draw them
    prepared  seconds of what was made for it before, as `prepare_seconds` of an `Outcome`
    certain   whether its score is what it is whatever judges: one answer to everything is right about one class
    """

    trial: Trial
    n_labeled: int
    value: float
    rows: Ints
    pulls: Floats
    weights: Floats
    seconds: float
    alike: float | None = None
    prepared: float | None = None
    certain: bool = False


@dataclass(frozen=True, eq=False)
class Classes:
    """How much the units of each class tell, (K,) each; 0 for a class that nobody judges.

    weights   what the share of right answers of the class counts in the score
    answers   independent answers that its different items are worth where nothing tells how alike those of a group are
    freedom   degrees of freedom of a variance that is estimated from its units
    """

    weights: Floats
    answers: Floats
    freedom: Floats

    @property
    def floors(self) -> Floats:
        """Return the smallest variance of the score that each class can tell, (K,), by one more right and wrong answer.

        A share of 1 of a answers becomes one of (a + 1) / (a + 2), Agresti and Min 2005, doi:10.1002/sim.1781.
        """
        return np.where(self.answers > 0, (self.weights / (self.answers + 2)) ** 2, 0.0)


@dataclass(frozen=True, eq=False)
class Evidence:
    """Scores of J columns at S seeds, and what test units move them by.

    seeds      the seeds, ascending
    values     (S, J) score of each seed
    parts      for each seed the numbers, below P, of the parts that judged it, ascending
    pulls      for each seed what each of its parts moves the scores by, (its parts, J); the sum of its items, with the
               mean of their class taken off, scaled so that squares are unbiased
    unit_of    (P,) number of the unit of each part, below U, and `class_of` (P,) its class
    shared     (J,) share of its labelled units, in [0, 1), that a seed's training is expected to have in common with
               another seed's; where they were `asked` for, that share whose square is the correlation of their scores
    classes    how much the units of each class tell
    freedom    degrees of freedom of a variance that is estimated from all units, at most
    items      judging items of all seeds together
    """

    seeds: tuple[int, ...]
    values: Floats
    parts: tuple[Ints, ...]
    pulls: tuple[Floats, ...]
    unit_of: Ints
    class_of: Ints
    shared: Floats
    classes: Classes
    freedom: float
    items: int
    asked: bool = False

    @cached_property
    def n_units(self) -> int:
        """Number of different units that judge, U."""
        return int(self.unit_of.max()) + 1

    def combined(self, weights: Floats) -> "Evidence":
        """Return the evidence of weighted sums of columns; `weights` (J, Q) give Q of them.

        A sum shares as much training as its columns do in the mean, each counting by the size of its weight; where
        labels were asked for, see `_shared_of_sums`.
        """
        sizes = np.abs(weights)
        shared = self._shared_of_sums(weights) if self.asked else (self.shared @ sizes) / sizes.sum(axis=0)
        return replace(
            self,
            values=self.values @ weights,
            pulls=tuple(each @ weights for each in self.pulls),
            shared=shared,
        )

    def _shared_of_sums(self, weights: Floats) -> Floats:
        """Return what weighted sums of columns share, (Q,), where one order may share much and another nothing.

        Of a column with the correlation r between seeds, these show the part 1 - r of its variance, and r of it is
        common to all of them. What is common to columns of one sign, the nested budgets of an order, adds up as one
        thing; that of the other order is another.
        """
        alike = np.minimum(self.shared**2, _MOST)
        common = np.sqrt((self.values.var(axis=0) + _NONE) * alike / (1 - alike))
        both = (common @ np.maximum(weights, 0)) ** 2 + (common @ np.maximum(-weights, 0)) ** 2
        return np.asarray(np.sqrt(both / (both + (self.values @ weights).var(axis=0) + _NONE)))

    def at(self, columns: Sequence[int]) -> "Evidence":
        """Return the evidence of the chosen columns alone."""
        return self.combined(np.eye(self.values.shape[1])[:, list(columns)])


def judged(outcome: Outcome, labels: Ints, metric: str, alike: float | None = None) -> Judged:
    """Return what statistics need of a trial that is done; it depends on no other trial, so it can be kept.

    labels    (n,) int64 of the whole data set, by row
    alike     see `Judged`: of rows that were asked for, which splits have not drawn
    """
    score, judging = METRICS[metric], labels[outcome.test]
    pulls = influence(score, outcome.probabilities, judging).astype(np.float32)
    weights = _weights(score, np.bincount(judging, minlength=int(labels.max()) + 1))
    costs, value = (outcome.fit_seconds, alike, outcome.prepare_seconds), score_of(outcome, labels, score)
    certain = score.answers == "classes" and bool((outcome.probabilities == outcome.probabilities[:1]).all())
    return Judged(outcome.trial, outcome.n_labeled, value, outcome.test, pulls, weights, *costs, certain)


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
    units, every = numbered(groups, len(labels)), np.concatenate(rows)
    many = int(units.max()) + 1
    keys = labels * many + units  # of the part of each row
    raw = [np.stack([each[seed].pulls for each in known], axis=1).astype(np.float64) for seed in seeds]
    means = _class_means(raw, [labels[each] for each in rows])
    holders = np.bincount(_held(labels[every], units[every]), minlength=len(means))
    made = [_by_part(each, keys[at], many, means, holders) for each, at in zip(raw, rows, strict=True)]
    found, places = np.unique(np.concatenate([each for each, _ in made]), return_inverse=True)
    ends = np.cumsum([len(each) for each, _ in made])[:-1]
    counted = [[each[seed] for seed in seeds] for each in known]
    trained = [float(np.mean([each[seed].n_labeled for seed in seeds])) for each in known]
    return Evidence(
        seeds=tuple(seeds),
        values=np.array([[each[seed].value for each in known] for seed in seeds]),
        parts=tuple(np.split(places.astype(np.int64), ends)),
        pulls=tuple(each for _, each in made),
        unit_of=np.unique(found % many, return_inverse=True)[1].astype(np.int64),
        class_of=np.asarray(found // many),
        shared=_counted(counted, _shared(trained, rows, labels, units)),
        classes=_classes(
            every, labels, units, np.mean([each[seed].weights for each in known for seed in seeds], axis=0)
        ),
        freedom=_freedom(every, labels, units),
        items=sum(len(each) for each in rows),
        asked=any(each.alike is not None for cell in counted for each in cell),
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


def numbered(groups: Ints | None, n: int) -> Ints:
    """Return the unit of each of n rows, (n,); -1 is one of its own, and without groups every row is."""
    own = np.arange(n)
    return own if groups is None else np.where(groups >= 0, groups, int(groups.max(initial=-1)) + 1 + own)


# ---- what a unit pulls -----------------------------------------------------------------------------------------


def sums_by_key(table: Floats, keys: Ints) -> tuple[Ints, Floats]:
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
    kinds, sums = sums_by_key(np.concatenate(raw), every)
    means = np.zeros((int(every.max()) + 1, sums.shape[1]))
    means[kinds] = sums / np.bincount(every)[kinds, None]
    return means


def _by_part(raw: Floats, keys: Ints, many: int, means: Floats, all_holders: Ints) -> tuple[Ints, Floats]:
    """Return the parts of a seed, ascending, and what each pulls, given the pulls of its items, (m, J).

    keys          (m,) of the part of each item, its class times `many` and its unit
    means         (K, J) of each class over all seeds
    all_holders   (K,) units that hold each class at any seed

    Of H units that hold a class, the squares of pulls about the mean of that class are too small by (H - 1) / H. Where
    a single unit holds it, its own mean would leave nothing: the mean over all seeds is taken instead, and its units.
    """
    labels = keys // many
    holders = np.bincount(np.unique(keys) // many, minlength=len(means))
    kinds, sums = sums_by_key(raw, labels)
    middle = means.copy()
    several = holders[kinds] > 1
    middle[kinds[several]] = (sums / np.bincount(labels)[kinds, None])[several]
    about = np.where(holders > 1, holders, all_holders)
    widened = np.sqrt(np.where(about > 1, about / np.maximum(about - 1, 1), 1.0))
    return sums_by_key((raw - middle[labels]) * widened[labels, None], keys)


# ---- how much units tell ---------------------------------------------------------------------------------------


def _weights(score: Metric, judging: Ints) -> Floats:
    """Return what the share of right answers of each class counts in a score, (K,), given its judging items, (K,).

    In F1 and areas it counts about as in the mean of the classes; a loss is no share, and its items always differ.
    """
    if score.answers is None:
        return np.zeros(len(judging))
    counts = judging if score.answers == "items" else judging > 0
    return np.asarray(counts / counts.sum(), np.float64)


def _worth(sizes: Ints) -> float:
    """Return as how many equal units those that judge so many items, (U,), count: Kish 1965, Survey Sampling.

    It is the square of the sum of weights by the sum of their squares; a unit's weight is the square of its items.
    """
    weights = sizes.astype(np.float64) ** 2
    return float(weights.sum() ** 2 / (weights**2).sum())


def _freedom(every: Ints, labels: Ints, units: Ints) -> float:
    """Return the degrees of freedom of all units: what they are worth, less the means of the classes.

    every    rows that judge, of all seeds
    """
    found, sizes = np.unique(units[every], return_counts=True)
    held = _held(labels[every], units[every])
    return float(max(1.0, _worth(sizes) - len(np.unique(held)) * len(found) / len(held)))


def _classes(every: Ints, labels: Ints, units: Ints, weights: Floats) -> Classes:
    """Return how much the units of each class tell; the items of a group by its design effect, 1 + (size - 1) ALIKE."""
    answers, freedom = np.zeros(len(weights)), np.zeros(len(weights))
    for kind in np.unique(labels[every]).tolist():
        mine = every[labels[every] == kind]
        _, sizes = np.unique(units[mine], return_counts=True)
        different = len(np.unique(mine))
        answers[kind] = different / (1 + (different / len(sizes) - 1) * ALIKE)
        freedom[kind] = _worth(sizes) + 1
    return Classes(weights, answers, freedom)


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


def _counted(cells: Sequence[Sequence[Judged]], drawn: Floats) -> Floats:
    """Return the share that the trainings of each cell have in common, (J,), as splits draw them, where none is known.

    Where it is known how alike they are, it is the share whose square that is.
    """
    known = [[each.alike for each in cell if each.alike is not None] for cell in cells]
    pairs = zip(cells, known, drawn.tolist(), strict=True)
    return np.array([np.sqrt(np.mean(each)) if len(each) == len(cell) else other for cell, each, other in pairs])


def _units_of_classes(rows: Ints, labels: Ints, units: Ints, kinds: Ints) -> Floats:
    """Return how many different units hold each class among the rows."""
    return np.bincount(_held(labels[rows], units[rows]), minlength=int(kinds.max()) + 1)[kinds].astype(np.float64)
