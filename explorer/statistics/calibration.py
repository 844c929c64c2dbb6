"""How far an arm's confidence can be believed: the reliability diagram and the expected calibration error.

Answers are sorted by confidence into the bins of the score (`explorer.scores.bins_of`). Of each bin the share of right
answers is set against the mean confidence. The expected calibration error (Guo et al. 2017, arXiv:1706.04599) is the
mean of their distance, each bin counting by its answers:

    ECE = sum over bins b of n_b / a * |right_b / n_b - confidence_b / n_b|

Intervals are the house's bootstrap over seeds and judging images (`explorer.statistics.resampling`); the bins stay as
they are. Of a bin that was answered all right, or all wrong, resampling draws nothing else: its interval is Wilson's
(`explorer.proportions`), for as many images or groups as are in it.

Even confidences that are exactly right give an ECE above 0, since few answers scatter: how much, is told by answers
that are drawn anew with the probability that was stated (consistency resampling, Bröcker and Smith 2007,
doi:10.1175/WAF993.1). An image that was asked at several seeds is hard at all of them or at none: that they agree as
far as their confidences let them is the widest that chance can be. The ECE itself has no interval: a bootstrap adds
the scatter once more that is in it already, and lies above the truth.

Notation: a = answers, b = bins, R = resamples.
"""

import math
from dataclasses import dataclass

import numpy as np

from explorer.proportions import wilson
from explorer.records import Floats, Ints
from explorer.scores import binned, bins_of, calibration_error
from explorer.statistics.answers import Answers
from explorer.statistics.resampling import over_seeds, resampled_sums

RESAMPLES = 2000
#: Answers that are drawn anew as they were stated, so often.
CHANCES = 1000
#: Equal parts of [0, 1] in which answers are counted.
SPREAD = 50


@dataclass(frozen=True)
class Measured:
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence: how many, their mean confidence, and the share of right ones, in [0, 1]."""

    n: int
    confidence: float
    right: Measured


@dataclass(frozen=True)
class Calibration:
    """How confidence and right answers agree; all but counts in [0, 1].

    bins          from the least confident on
    error         expected calibration error
    by_chance     mean error of as many answers whose confidences are exactly right, and `at_most` what 95 % of them
                  do not pass
    gap           mean confidence less the share of right answers, in [-1, 1]
    confidence    mean confidence, and `right` the share of right answers
    spread        (SPREAD,) answers whose confidence lies in each of as many equal parts of [0, 1]
    answers       number of answers, `images` of different images among them, and `seeds` of seeds
    """

    bins: tuple[Bin, ...]
    error: float
    by_chance: float
    at_most: float
    gap: Measured
    confidence: float
    right: float
    spread: tuple[int, ...]
    answers: int
    images: int
    seeds: int


def calibration(answers: Answers, groups: Ints | None = None, *, given_test: bool = False) -> Calibration:
    """Return the calibration of answers; `groups`, (n,), are those of the data set by row, or None.

    Where there are groups, whole groups are drawn anew instead of images; where the data set brings its test split, the
    same ones for all seeds.
    """
    place = bins_of(answers.confidence)
    table = binned(answers.confidence, answers.right, place)
    whole, drawn = table.sum(axis=0), _resampled(answers, table, groups, given_test)
    chance = _by_chance(answers, place)
    return Calibration(
        bins=_bins(whole, drawn, _units_inside(answers, place, groups)),
        error=float(calibration_error(whole)),
        by_chance=float(chance.mean()),
        at_most=float(np.quantile(chance, 0.95)),
        gap=_measured(gaps(whole), gaps(drawn)),
        confidence=float(answers.confidence.mean()),
        right=float(answers.right.mean()),
        spread=tuple(np.histogram(answers.confidence, SPREAD, (0, 1))[0].tolist()),
        answers=len(answers),
        images=len(np.unique(answers.rows)),
        seeds=len(np.unique(answers.seeds)),
    )


def gaps(sums: Floats) -> Floats:
    """Return mean confidence less the share of right answers, (...), of sums of `binned`."""
    counts, confidences, rights = np.split(sums, 3, axis=-1)
    return np.asarray((confidences - rights).sum(axis=-1) / counts.sum(axis=-1))


def _bins(whole: Floats, drawn: Floats, units: Ints) -> tuple[Bin, ...]:
    """Return the bins of the sums of all answers, (3 b,), with intervals of those drawn anew, (R, 3 b).

    units    (b,) images, or groups, that each bin holds
    """
    counts, confidences, rights = np.split(whole, 3)
    n, _, right = np.split(drawn, 3, axis=1)
    shares = np.divide(right, n, out=np.full_like(n, np.nan), where=n > 0)  # a bin may be empty in some of them
    return tuple(
        Bin(round(count), float(confidence / count), _share(hits / count, each[np.isfinite(each)], inside))
        for count, confidence, hits, each, inside in zip(
            counts, confidences, rights, shares.T, units.tolist(), strict=True
        )
    )


def _share(value: float, drawn: Floats, units: int) -> Measured:
    """Return a share with the interval of those drawn anew, or Wilson's where they all agree."""
    found = _measured(value, drawn)
    if not math.isclose(found.low, found.high, abs_tol=1e-6):
        return found
    return Measured(found.value, *wilson(round(value * units), units))


def _units_inside(answers: Answers, place: Ints, groups: Ints | None) -> Ints:
    """Return how many different images, or groups where the data has them, have answers in each bin, (b,)."""
    of_rows = np.full(len(answers), -1) if groups is None else groups[answers.rows]
    pairs = np.unique(np.stack([place, _units(answers.rows, of_rows)]), axis=1)
    return np.bincount(pairs[0])


def _units(rows: Ints, groups: Ints) -> Ints:
    """Return the number of the unit of each item, (m,): of its group, or its own where that is -1."""
    return np.where(groups >= 0, groups, int(groups.max(initial=-1)) + 1 + rows)


def _measured(value: Floats | float, drawn: Floats) -> Measured:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Measured(float(value), float(low), float(high))


def _resampled(answers: Answers, table: Floats, groups: Ints | None, given_test: bool) -> Floats:
    """Return R means over resampled seeds of the sums over resampled images, (R, 3 b)."""
    by_seed = []
    for seed in np.unique(answers.seeds).tolist():
        here = answers.seeds == seed
        grouped = None if groups is None else groups[answers.rows[here]]
        stream = None if given_test else seed
        by_seed.append(resampled_sums(table[here], answers.labels[here], grouped, RESAMPLES, stream))
    columns = zip(*(sums.T for sums in by_seed), strict=True)
    return np.stack([over_seeds(each, same_items=given_test) for each in columns], axis=1)


def _by_chance(answers: Answers, place: Ints) -> Floats:
    """Return the errors, (CHANCES,), of answers that are right with the probability that was stated."""
    random, confidence = np.random.default_rng(0), answers.confidence
    bins = int(place.max()) + 1
    stated = np.bincount(place, weights=confidence, minlength=bins)
    images, image = np.unique(answers.rows, return_inverse=True)
    found = np.empty(CHANCES)
    for each in range(CHANCES):
        right = random.random(len(images))[image] < confidence
        found[each] = np.abs(np.bincount(place, weights=right, minlength=bins) - stated).sum() / len(confidence)
    return found
