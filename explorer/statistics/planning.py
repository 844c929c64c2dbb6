"""Before anything is run: how wide intervals will be with this test set and these seeds, and what can be seen at all.

The variance is that of `spread`, with what is not known yet assumed: a share of right answers, a share of items that
two arms answer differently, how much trainings differ, and how much more alike the items of a group are.

    V = v / e + sigma^2 / S,    e = S m / ((1 + (S-1) o) (1 + (g-1) i))

for S seeds of m test items each, of which the share o judges at any other seed as well (all of them in a fixed test
set), groups of g items with the correlation i (design effect: Kish 1965, Survey Sampling), v = p (1-p) for a share p,
and v = d for the difference of two arms that answer the share d of items differently.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

from explorer.statistics.evidence import ALIKE

#: What is assumed: right answers, items that two arms answer differently, standard deviation of a seed's training (one
#: arm alone, and the difference of two).
RIGHT, DIFFERENT, TRAINING, TRAINING_DIFFERENCE = 0.8, 0.2, 0.03, 0.02
POWER = 0.8


@dataclass(frozen=True)
class Planned:
    """What a study will be able to tell, in the unit of a share.

    half_width   half width of the 95 % interval of a point of a curve
    visible      smallest difference of two arms whose 95 % interval would leave out 0, were it found
    reliable     difference that would be found with the power that was asked for
    answers      independent answers that all seeds together are worth
    """

    half_width: float
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
    right: float = RIGHT,
    different: float = DIFFERENT,
    power: float = POWER,
) -> Planned:
    """Return what so many test items and seeds can tell.

    test_items   items that judge at one seed
    overlap      share of them that judges at any other seed: the test share where tests are drawn anew, 1 where fixed
    group_size   mean items of a test group, 1 = no groups
    right        share of right answers that is expected, in (0, 1)
    different    share of items that two arms are expected to answer differently
    power        chance to find a `reliable` difference, in (0, 1)

    Raises ValueError for less than one item or seed.
    """
    if test_items < 1 or seeds < 1:
        raise ValueError(f"A plan needs test items and seeds, not {test_items} and {seeds}.")
    answers = seeds * test_items / ((1 + (seeds - 1) * overlap) * (1 + (group_size - 1) * ALIKE))
    point = math.sqrt(right * (1 - right) / answers + TRAINING**2 / seeds)
    pair = math.sqrt(different / answers + TRAINING_DIFFERENCE**2 / seeds)
    quantile = NormalDist().inv_cdf
    return Planned(quantile(0.975) * point, quantile(0.975) * pair, (quantile(0.975) + quantile(power)) * pair, answers)
