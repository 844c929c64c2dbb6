"""How much every single test item moves a score: its influence, the ground on which intervals stand.

Every score is a function f of sums over test items (`explorer.scores`). If item i counted 1 + w_i times instead of
once, the score would change, to first order, by the sum of w_i d_i with

    d_i = contributions_i · grad f(sums),

the influence of the item (infinitesimal jackknife: Jaeckel 1972; Efron 1982, doi:10.1137/1.9781611970319). For shares
and means this is exact. Of an area under the ROC curve it is DeLong's placement value. Of a calibration error it would
be the gap of the item with the sign of that of its bin, whose edges stay; where that sign is noise, the error scatters
less, and the gap is damped (`Metric.pulls`). A resample of items is then a weighted sum of numbers that are known,
whatever the score.

Notation: m = test items, k = classes, t = columns of contributions.
"""

from collections.abc import Callable

import numpy as np

from explorer.records import Floats, Ints
from explorer.scores import Metric, exact

#: Step of the derivative as a share of a sum: its square, and the rounding that it meets, are both about 1e-10.
_STEP = 1e-5


def influence(metric: Metric, probabilities: Floats, labels: Ints) -> Floats:
    """Return the influence of each item, (m,), in the unit of the score; `probabilities` (m, k), `labels` (m,)."""
    if metric.pulls is not None:
        return metric.pulls(exact(probabilities), labels)
    table = metric.contributions(probabilities, labels)
    return np.asarray(table @ gradient(metric.of_sums, table.sum(axis=0)))


def gradient(of_sums: Callable[[Floats], Floats], sums: Floats) -> Floats:
    """Return the derivative of a score by each of the sums, (t,), as central differences.

    It is taken as 0 where a sum is 0: no item contributes there, and of a class that is not judged the score does not
    know.
    """
    steps = np.where(sums != 0, _STEP * np.abs(sums), 0.0)
    moves = np.diag(steps)
    ahead, behind = of_sums(sums + moves), of_sums(sums - moves)
    return np.asarray(np.divide(ahead - behind, 2 * steps, out=np.zeros_like(sums), where=steps > 0))
