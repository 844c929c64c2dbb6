"""Whether two points of curves are told apart by the seeds that both have."""

import math

import numpy as np

from explorer.statistics.curves import CurvePoint


def tied(one: CurvePoint, other: CurvePoint) -> bool:
    """Tell whether there is no clear difference between two arms at one budget.

    At a seed both learnt from the same labels and were judged by the same items, so the seeds are taken in pairs: the
    two are tied where the 95 % interval of their mean difference (Student's t) holds 0. They are not where their own
    intervals lie apart. With fewer than two common seeds, these decide alone.
    """
    if max(one.low, other.low) > min(one.high, other.high):
        return False
    values = dict(zip(other.seeds, other.values, strict=True))
    pairs = zip(one.seeds, one.values, strict=True)
    differences = np.array([value - values[seed] for seed, value in pairs if seed in values])
    if len(differences) < 2:
        return True
    from scipy.special import stdtrit  # a tenth of a second, which no page without a tie needs

    half = float(stdtrit(len(differences) - 1, 0.975)) * differences.std(ddof=1) / math.sqrt(len(differences))
    return bool(abs(differences.mean()) <= half + 1e-9)
