"""Choices made inside the n labels: folds, the strength of a penalty, the temperature of probabilities.

Notation: n = labelled rows, k = number of classes, logits (n, k) = scores whose softmax is a probability.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from explorer.records import Floats, Ints

Float64s = npt.NDArray[np.float64]

#: Units of the smallest class from which cross-validation is worth more than a fixed value; the usual number of folds.
LEAST = FOLDS = 3
#: Factors on logits that are tried; a wide grid, since kernels and penalties live on different scales.
TEMPERATURES = tuple(2.0 ** (power / 2) for power in range(-8, 13))


def folds(labels: Ints, units: Ints, n_classes: int, seed: int, count: int = FOLDS) -> tuple[tuple[Ints, Ints], ...]:
    """Return (rows to fit, rows held out) of each of `count` folds, 2 or 3, the classes in like shares.

    Rows of one unit stay on one side, and those of a negative unit are in every fit and never held out. Returns ()
    where a class has under three units, or where units of several classes leave a fit without one of them.
    """
    judging = np.flatnonzero(units >= 0)
    pairs = np.unique(np.stack([labels[judging], units[judging]], axis=1), axis=0)
    if np.bincount(pairs[:, 0], minlength=n_classes).min() < LEAST:
        return ()
    parts = [judging[held] for held in _parts(labels[judging], units[judging], seed, count)]
    everything = np.arange(len(labels))
    found = tuple((np.setdiff1d(everything, held), held) for held in parts)
    whole = all(len(np.unique(labels[fitted[units[fitted] >= 0]])) == n_classes for fitted, _ in found)
    return found if whole and all(map(len, parts)) else ()


def _parts(labels: Ints, units: Ints, seed: int, count: int) -> list[Ints]:
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if len(np.unique(units)) == len(units):  # the same by classes alone, and a hundred times faster
        plain = StratifiedKFold(count, shuffle=True, random_state=seed)
        return [held for _, held in plain.split(labels, labels)]
    grouped = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    return [held for _, held in grouped.split(labels, labels, units)]


def balanced(labels: Ints, n_classes: int, weights: Floats) -> Float64s:
    """Return row weights (n,) in proportion to `weights` within each class, every class of the same total.

    The total over all rows is that of `weights`; rows of a class whose weights are all 0 keep 0.
    """
    totals = np.bincount(labels, weights=weights, minlength=n_classes)
    share = totals.sum() / np.count_nonzero(totals)
    return np.asarray(weights * np.where(totals > 0, share / np.where(totals > 0, totals, 1.0), 0.0)[labels])


def softmax(logits: Float64s) -> Float64s:
    """Return probabilities (m, k) of logits (m, k); rows sum to 1."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def loss(logits: Float64s, labels: Ints, weights: Float64s) -> float:
    """Return the weighted mean log loss in nats of logits (n, k), as if one more row had had any class at all.

    The truth counts (n + 1) / (n + 2) and the rest is spread over all classes, after Platt 1999: held-out
    rows without a single error would else ask for endless confidence.
    """
    n = len(logits)
    shifted = logits - logits.max(axis=1, keepdims=True)
    surprise = np.log(np.exp(shifted).sum(axis=1, keepdims=True)) - shifted
    doubt = 1 / (n + 2)
    each = (1 - doubt) * surprise[np.arange(n), labels] + doubt * surprise.mean(axis=1)
    return float(np.average(each, weights=weights))


def best_temperature(logits: Float64s, labels: Ints, weights: Float64s) -> tuple[float, float]:
    """Return the factor on held-out logits (n, k) that gives the least log loss, and this loss in nats."""
    losses = [loss(logits * factor, labels, weights) for factor in TEMPERATURES]
    best = int(np.argmin(losses))
    return TEMPERATURES[best], losses[best]


def best_candidate(held_out: Sequence[Float64s], labels: Ints, weights: Float64s) -> tuple[int, float]:
    """Return which of several held-out logits (n, k) is best at its own best temperature, and that temperature.

    Log loss judges, not accuracy: at few labels accuracy moves in steps of a whole row, and ties decide nothing.
    """
    found = [best_temperature(logits, labels, weights) for logits in held_out]
    best = int(np.argmin([each[1] for each in found]))
    return best, found[best][0]
