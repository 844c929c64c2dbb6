"""Weighted sums of cells, such as the difference of two arms at a budget, or of the areas under their curves.

Each is measured at the seeds that all of its cells have finished. Those with the same seeds share one table of
evidence, so that a study of thirty comparisons costs little more than one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.records import Floats, Ints
from explorer.statistics.evidence import Judged, gathered
from explorer.statistics.intervals import above, half_widths, tails
from explorer.statistics.spread import Spread, spread

#: An arm and a budget.
Cell = tuple[str, int]
Weights = Mapping[Cell, float]


@dataclass(frozen=True)
class Measure:
    """A weighted sum of cells, in the unit of the score.

    mean        mean over seeds
    half        half width of its interval, at the level that was asked for
    above       probability that the truth is above 0
    p           probability of a mean as far from 0 as this, were the truth 0
    seeds       seeds that all cells have, and `items` judging items of them all
    known       what is known of its variance; one column
    """

    mean: float
    half: float
    above: float
    p: float
    seeds: int
    items: int
    known: Spread


def difference(arm: str, against: str, budget: int) -> Weights:
    """Return the weights of one arm less another at one budget."""
    return {(arm, budget): 1.0, (against, budget): -1.0}


def area_difference(arm: str, against: str, n_labeled: Mapping[int, float]) -> Weights:
    """Return the weights of one arm less another over the whole curve; `n_labeled` by budget, two at least.

    It is the area between the curves, straight between budgets on an axis of log labelled examples, by the length of
    the axis (trapezoids): the mean difference, every doubling of labels counting alike. Raises ValueError for fewer.
    """
    budgets = sorted(n_labeled, key=lambda budget: n_labeled[budget])
    shares = area_weights([n_labeled[budget] for budget in budgets])
    return {
        (name, budget): sign * share
        for name, sign in ((arm, 1.0), (against, -1.0))
        for budget, share in zip(budgets, shares.tolist(), strict=True)
    }


def area_weights(n_labeled: Sequence[float]) -> Floats:
    """Return the weight of each point, (B,), summing to 1, in the mean over a log axis; `n_labeled` ascends strictly.

    Raises ValueError for fewer than two points, or where two have as many labelled examples.
    """
    steps = np.diff(np.log(n_labeled))
    if len(steps) == 0 or (steps <= 0).any():
        raise ValueError(f"An area needs two budgets or more that differ, not {list(n_labeled)}.")
    return np.asarray((np.r_[steps, 0.0] + np.r_[0.0, steps]) / 2 / steps.sum())


def measured(
    wanted: Sequence[Weights],
    cells: Mapping[Cell, Sequence[Judged]],
    labels: Ints,
    groups: Ints | None,
    level: float = 0.95,
) -> tuple[Measure, ...]:
    """Return the measure of each weighted sum of cells, with intervals of that level.

    cells     trials of each arm and budget
    labels    (n,) int64 of the whole data set, by row; groups likewise, or None (see `gathered`)

    Raises ValueError where the cells of a sum have no seed in common, or were judged by different rows.
    """
    at = [frozenset.intersection(*(_seeds(cells[cell]) for cell in each)) for each in wanted]
    found: dict[int, Measure] = {}
    for seeds in dict.fromkeys(at):
        alike = [place for place, each in enumerate(at) if each == seeds]
        found |= dict(
            zip(alike, _together([wanted[place] for place in alike], cells, labels, groups, level), strict=True)
        )
    return tuple(found[place] for place in range(len(wanted)))


def _seeds(trials: Sequence[Judged]) -> frozenset[int]:
    return frozenset(each.trial.seed for each in trials)


def _cautious(known: Spread, of_cells: Spread, weights: Floats) -> Spread:
    """Return what is known of sums of cells, whose units explain no more of it than of any of their cells."""
    least = np.where(weights != 0, of_cells.explained[:, None], 1.0).min(axis=0)
    return replace(known, explained=np.minimum(known.explained, least))


def _together(
    wanted: Sequence[Weights],
    cells: Mapping[Cell, Sequence[Judged]],
    labels: Ints,
    groups: Ints | None,
    level: float,
) -> list[Measure]:
    used = list(dict.fromkeys(cell for each in wanted for cell in each))
    weights = np.array([[each.get(cell, 0.0) for each in wanted] for cell in used])
    evidence = gathered([cells[cell] for cell in used], labels, groups)
    known = _cautious(spread(evidence.combined(weights)), spread(evidence), weights)
    columns = [each.tolist() for each in (known.mean, half_widths(known, level), above(known), tails(known))]
    return [
        Measure(mean, half, chance, p, known.seeds, evidence.items, known.column(place))
        for place, (mean, half, chance, p) in enumerate(zip(*columns, strict=True))
    ]
