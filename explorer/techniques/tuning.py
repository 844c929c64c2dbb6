"""Choices made inside the n labels: folds, the strength of a penalty, the temperature of probabilities.

Notation: n = labelled rows, k = number of classes, logits (n, k) = scores whose softmax is a probability.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from explorer.records import Floats, Ints

Float64s = npt.NDArray[np.float64]

#: Rows of the smallest class from which cross-validation is worth more than a fixed value, and the number of folds.
FOLDS = 3
#: Factors on logits that are tried; a wide grid, since kernels and penalties live on different scales.
TEMPERATURES = tuple(2.0 ** (power / 2) for power in range(-8, 13))


def folds(labels: Ints, n_classes: int, seed: int) -> tuple[tuple[Ints, Ints], ...]:
    """Return (rows to fit, rows held out) of each fold, every class in each; () where a class has under 3 rows."""
    if np.bincount(labels, minlength=n_classes).min() < FOLDS:
        return ()
    number = _fold_numbers(labels, n_classes, seed)
    return tuple((np.flatnonzero(number != fold), np.flatnonzero(number == fold)) for fold in range(FOLDS))


def _fold_numbers(labels: Ints, n_classes: int, seed: int) -> Ints:
    rng = np.random.default_rng(seed)
    number = np.empty(len(labels), np.int64)
    for each in range(n_classes):
        rows = np.flatnonzero(labels == each)
        number[rng.permutation(rows)] = (np.arange(len(rows)) + each) % FOLDS
    return number


def balanced(labels: Ints, n_classes: int, weights: Floats | None = None) -> Float64s:
    """Return row weights (n,) that give every class the same total and sum to n, times `weights` where given."""
    counts = np.bincount(labels, minlength=n_classes)
    each = np.where(counts > 0, len(labels) / np.maximum(counts, 1) / np.count_nonzero(counts), 0.0)[labels]
    return each if weights is None else np.asarray(each * weights, np.float64)


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
