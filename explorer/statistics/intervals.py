"""Intervals and tail areas of means whose variance is known as a set of equally likely values (`spread`).

A mean lies from the truth by sqrt(V) Z, with Z standard normal and V any of the G values: a mixture of normal
distributions that is Student's t where seeds are all that varies, and normal where much is known.

Notation: J = columns, G = values of the variance.
"""

import numpy as np

from explorer.records import Floats
from explorer.statistics.spread import Spread

#: Steps in which the half width is sought; each halves what is left.
_STEPS = 45


def half_widths(known: Spread, level: float = 0.95) -> Floats:
    """Return how far the interval of that level reaches from each mean, (J,), in the unit of the score."""
    from scipy.special import ndtr, ndtri

    deviations = np.sqrt(known.variances)
    low, high = np.zeros(len(known.mean)), deviations.max(axis=0) * float(ndtri((1 + level) / 2))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        enough = (2 * ndtr(-middle / deviations)).mean(axis=0) <= 1 - level
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(high)


def tails(known: Spread, at: float = 0.0) -> Floats:
    """Return the probability that each mean would lie at least as far from `at`, were that the truth, (J,)."""
    from scipy.special import ndtr

    away = np.abs(known.mean - at)
    return np.asarray((2 * ndtr(-away / np.sqrt(known.variances))).mean(axis=0))


def above(known: Spread, at: float = 0.0) -> Floats:
    """Return the probability that the truth of each column is above `at`, (J,)."""
    from scipy.special import ndtr

    return np.asarray(ndtr((known.mean - at) / np.sqrt(known.variances)).mean(axis=0))


def plain(known: Spread, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return both ends of the intervals, (J,) each, as far below the mean as above it."""
    half = half_widths(known, level)
    return known.mean - half, known.mean + half


def of_shares(known: Spread, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return both ends of the intervals of shares, (J,) each, within [0, 1].

    Wilson's interval (doi:10.1080/01621459.1927.10502953) for as many independent answers as have the variance that
    was found, as it is done for clustered surveys (Dean and Pagano 2015, doi:10.1093/jssam/smv024): the p with

        (mean - p)^2 <= h^2 p (1 - p) / (c (1 - c)),

    h the half width and c the mean, taken as one answer off 0 or 1 where it is nearer, so that it has a width where all
    agree.
    """
    mean, least = np.clip(known.mean, 0.0, 1.0), float(np.sqrt(known.floor))
    inner = np.clip(mean, least, 1 - least)
    stretch = half_widths(known, level) ** 2 / (inner * (1 - inner))
    middle = mean + stretch / 2
    half = np.sqrt(stretch * mean * (1 - mean) + stretch**2 / 4)
    low, high = (np.clip(each / (1 + stretch), 0.0, 1.0) for each in (middle - half, middle + half))
    return low, high
