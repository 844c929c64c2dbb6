"""Curves that never fall: what a noisy curve says if more labels cannot harm.

Notation: R = curves, B = points of each, ascending in labelled examples.
"""

import numpy as np

from explorer.records import Floats


def rising(curves: Floats) -> Floats:
    """Return the nearest curves that never fall, (R, B), in squares, all points counting alike.

    Point i is the largest over a <= i of the smallest over b >= i of the mean of points a .. b (min-max formula of
    isotonic regression: Robertson, Wright and Dykstra 1988, Order Restricted Statistical Inference, theorem 1.4.4).
    """
    size = curves.shape[1]
    sums = np.concatenate([np.zeros((len(curves), 1)), np.cumsum(curves, axis=1)], axis=1)
    found = np.full(curves.shape, -np.inf)
    for first in range(size):
        means = (sums[:, first + 1 :] - sums[:, [first]]) / np.arange(1, size - first + 1)
        smallest = np.minimum.accumulate(means[:, ::-1], axis=1)[:, ::-1]
        found[:, first:] = np.maximum(found[:, first:], smallest)
    return found


def at(places: Floats, curves: Floats, place: float) -> Floats:
    """Return the height of each curve, (R,), straight between its `places` (B,), at a place within them."""
    right = int(np.clip(np.searchsorted(places, place), 1, len(places) - 1)) if len(places) > 1 else 0
    if right == 0:
        return curves[:, 0]
    share = (place - places[right - 1]) / (places[right] - places[right - 1])
    return np.asarray(curves[:, right - 1] + share * (curves[:, right] - curves[:, right - 1]))


def first_at(places: Floats, curves: Floats, heights: Floats) -> Floats:
    """Return the first place at which each rising curve has its height, (R,); -inf and inf where it has before or not.

    places     (B,), ascending; a curve is straight between them
    heights    (R,)
    """
    reached = curves >= heights[:, None]
    first = reached.argmax(axis=1)
    rows = np.arange(len(curves))
    right, left = curves[rows, first], curves[rows, np.maximum(first - 1, 0)]
    share = np.divide(heights - left, right - left, out=np.ones(len(curves)), where=right > left)
    found = places[first - 1] + share * (places[first] - places[first - 1])
    found = np.where(curves[:, 0] > heights, -np.inf, np.where(first == 0, places[0], found))
    return np.asarray(np.where(reached.any(axis=1), found, np.inf))
