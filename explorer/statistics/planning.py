"""Before anything is run: how wide intervals will be with this test set and these seeds, and what can be seen at all.

The variance is that of `spread`, with what is not known yet assumed: a share of right answers, a share of items that
two arms answer differently, how much trainings differ, and how much more alike the items of a group are.

    V = v / e + (1/S + r/(1-r)) sigma^2,    e = S m / ((1 + (S-1) o) (1 + (g-1) i))

for S seeds of m test items each, of which the share o judges at any other seed as well (all of them in a fixed test
set), groups of g items with the correlation i (design effect: Kish 1965, Survey Sampling), v = p (1-p) for a share p,
v = d for the difference of two arms that answer the share d of items differently, and r the squared share of its labels
that a training has in common with another.

A whole curve, the mean of B budgets with the weights w, is surer than one of them: what differs at one is only in part
the same at another, with the correlation c, so that both v and sigma^2 count

    sum of w^2 + (1 - sum of w^2) c

times. What is made of it is what verdicts make of it: intervals of a variance that few seeds know badly (`intervals`),
and for differences the level of the strictest of all comparisons (`multiple.holm`). As few seeds may happen to differ
by more or less than trainings do, what they will make visible varies as well, which the power takes into account. One
seed tells no difference.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.records import Floats
from explorer.statistics.contrasts import area_weights
from explorer.statistics.evidence import ALIKE
from explorer.statistics.intervals import half_widths
from explorer.statistics.spread import Spread, factor
from explorer.statistics.verdicts import LEVEL

#: What is assumed: right answers, items that two arms answer differently, standard deviation of a seed's training (one
#: arm alone, and the difference of two).
RIGHT, DIFFERENT, TRAINING, TRAINING_DIFFERENCE = 0.8, 0.2, 0.03, 0.02
#: Correlation of how far the difference of two arms is off at one budget and at another. Between the seeds of six
#: benchmarks it was 0.0 to 0.3, 0.2 in the mean; the upper end is taken, as the items are the same at all budgets.
ACROSS = 0.3
POWER = 0.8
#: Equally likely values of the variance between seeds that may be found.
_FOUND = 64


@dataclass(frozen=True)
class Planned:
    """What a study will be able to tell, in the unit of a share.

    half_width   half width of the 95 % interval of a point of a curve
    apart        the same of the difference of two arms, of this comparison alone; inf for one seed
    visible      smallest difference of two arms that would be said to help or hurt, were it found; inf for one seed
    reliable     difference that would be found with the power that was asked for; inf for one seed
    answers      independent answers that all seeds together are worth
    """

    half_width: float
    apart: float
    visible: float
    reliable: float
    answers: float

    def can_see(self, difference: float) -> bool:
        """Tell whether a difference of that size, such as 0.02, would be found as a rule."""
        return difference >= self.reliable


def planned(
    test_items: int,
    seeds: int,
    *,
    overlap: float,
    group_size: float = 1.0,
    shared: float = 0.0,
    comparisons: int = 1,
    right: float = RIGHT,
    different: float = DIFFERENT,
    power: float = POWER,
    left: float = 1.0,
) -> Planned:
    """Return what so many test items and seeds can tell.

    test_items    items that judge at one seed
    overlap       share of them that judges at any other seed: the test share where tests are drawn anew, 1 where fixed
    group_size    mean items of a test group, 1 = no groups
    shared        share of its labels that a training has in common with another's, in [0, 1)
    comparisons   how often the strictest comparison of the study counts: their number, by that of the families
    right         share of right answers that is expected, in (0, 1)
    different     share of items that two arms are expected to answer differently
    power         chance to find a `reliable` difference, in (0, 1)
    left          share of the variance of a difference at one budget that what is compared has: `left_of` for whole
                  curves

    Raises ValueError for less than one item or seed.
    """
    if test_items < 1 or seeds < 1:
        raise ValueError(f"A plan needs test items and seeds, not {test_items} and {seeds}.")
    alone = test_items / (1 + (group_size - 1) * ALIKE)
    units = test_items / group_size * sum((1 - overlap) ** seed for seed in range(seeds))
    chances = _chances(seeds)
    point, pair = (
        _known(variance / alone, training, seeds, overlap, shared, units, chances)
        for variance, training in (
            (right * (1 - right), TRAINING),
            (left * different, math.sqrt(left) * TRAINING_DIFFERENCE),
        )
    )
    answers = seeds * alone / (1 + (seeds - 1) * overlap)
    half_width = float(half_widths(point.column(0))[0])
    if seeds == 1:
        return Planned(half_width, math.inf, math.inf, math.inf, answers)
    pair = replace(pair, explained=np.minimum(pair.explained, point.explained))  # as verdicts do
    visible = half_widths(pair, 1 - LEVEL / comparisons)
    reliable = _reliable(visible[1:], math.sqrt(pair.variance[0]), power)
    return Planned(half_width, float(half_widths(pair.column(0))[0]), float(visible[0]), reliable, answers)


def left_of(budgets: Sequence[float]) -> float:
    """Return the share of the variance of a difference at one budget that is left of it over the whole curve.

    budgets   labelled examples, ascending, two at least; ValueError for fewer
    """
    each = float((area_weights(budgets) ** 2).sum())
    return each + (1 - each) * ACROSS


def _chances(seeds: int) -> Floats:
    """Return what the variance between seeds may be found as, by what it is: 1 first, then equally likely values."""
    from scipy.special import gammaincinv

    half = max(seeds - 1, 1) / 2
    return np.asarray(np.r_[1.0, gammaincinv(half, (np.arange(_FOUND) + 0.5) / _FOUND) / half])


def _known(
    one: float, training: float, seeds: int, overlap: float, shared: float, units: float, chances: Floats
) -> Spread:
    """Return what will be known of a mean over seeds, in as many columns as there are chances.

    one     variance of one seed's score that comes from its items
    units   different units that all seeds together are expected to judge by
    """
    same = np.ones(len(chances))
    within = one * (1 - overlap)  # the rest is common to all seeds
    between = (within + training**2) * chances
    return Spread(
        mean=0 * same,
        items=one * (1 + (seeds - 1) * overlap) / seeds * same,
        between=between,
        within=within * same,
        factor=factor(seeds, shared * same),
        explained=np.minimum(within / between, 1.0),
        freedom=max(1.0, units - 1) * same,
        floor=(1 / (seeds * units + 2)) ** 2,
        seeds=seeds,
    )


def _reliable(visible: Floats, deviation: float, power: float) -> float:
    """Return the difference that with that power is found as more than what is visible, equally likely values, (J,)."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    def lacking(difference: float) -> float:
        return float(ndtr((difference - visible) / deviation).mean()) - power

    return float(brentq(lacking, visible.min() - 10 * deviation, visible.max() + 10 * deviation))
