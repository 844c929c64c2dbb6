"""The two-level bootstrap over seeds and test items, from the per-item predictions of every trial.

Notation: R = resamples, m = test items of one seed, k = classes, t = columns of totals. Every score is a function of
sums over test items, so a resample is one row of item counts times a table of per-item contributions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.records import Floats, Ints

#: Smallest probability that counts, as in scikit-learn's log loss for float32.
_TINY = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Totals:
    """A score as a function of sums over items.

    `items` maps probabilities (m, k) and labels (m,) to contributions (m, t); `score` maps sums (..., t) to (...).
    """

    items: Callable[[Floats, Ints], Floats]
    score: Callable[[Floats], Floats]


def _one_hot(labels: Ints, k: int) -> Floats:
    return np.eye(k, dtype=np.float32)[labels]


def _hits(probabilities: Floats, labels: Ints) -> Floats:
    truth = _one_hot(labels, probabilities.shape[1])
    right = probabilities.argmax(axis=1) == labels
    return np.concatenate([truth * right[:, None], truth], axis=1)


def _mean_recall(sums: Floats) -> Floats:
    right, all_ = np.split(sums, 2, axis=-1)
    return _mean_over_present(right, all_)


def _mean_over_present(part: Floats, whole: Floats) -> Floats:
    """Return the mean of part / whole over the classes with a whole, (..., k) → (...)."""
    present = whole > 0
    shares = np.divide(part, whole, out=np.zeros_like(part), where=present)
    return np.asarray(shares.sum(axis=-1) / np.maximum(present.sum(axis=-1), 1))


def _mean(sums: Floats) -> Floats:
    return np.asarray(sums[..., 0] / sums[..., 1])


def _right(probabilities: Floats, labels: Ints) -> Floats:
    right = probabilities.argmax(axis=1) == labels
    return np.stack([right, np.ones_like(right)], axis=1).astype(np.float32)


def _surprise(probabilities: Floats, labels: Ints) -> Floats:
    exact = probabilities.astype(np.float64)
    exact /= exact.sum(axis=1, keepdims=True)
    loss = -np.log(np.clip(exact[np.arange(len(labels)), labels], _TINY, 1.0))
    return np.stack([loss, np.ones_like(loss)], axis=1)


def _confusion(probabilities: Floats, labels: Ints) -> Floats:
    k = probabilities.shape[1]
    predicted = _one_hot(probabilities.argmax(axis=1), k)
    truth = _one_hot(labels, k)
    return np.concatenate([truth * predicted, truth, predicted], axis=1)


def _mean_f1(sums: Floats) -> Floats:
    both, truth, predicted = np.split(sums, 3, axis=-1)
    present = truth > 0
    f1 = np.divide(2 * both, truth + predicted, out=np.zeros_like(both), where=present)
    return np.asarray(f1.sum(axis=-1) / np.maximum(present.sum(axis=-1), 1))


#: Scores by name, as in `explorer.scores`.
TOTALS: Mapping[str, Totals] = {
    "balanced_accuracy": Totals(_hits, _mean_recall),
    "accuracy": Totals(_right, _mean),
    "macro_f1": Totals(_confusion, _mean_f1),
    "log_loss": Totals(_surprise, _mean),
}


def item_counts(labels: Ints, groups: Ints | None, resamples: int, random: np.random.Generator) -> Floats:
    """Return how often each test item is drawn in each resample, (R, m) float32.

    Items are drawn with replacement within their class, so that every class keeps its size; where groups are given,
    whole groups are drawn instead, because items of one group are not independent.
    """
    if groups is None:
        counts = np.zeros((resamples, len(labels)), np.float32)
        for each in np.unique(labels):
            rows = np.flatnonzero(labels == each)
            counts[:, rows] = _draws(len(rows), resamples, random)
        return counts
    _, members = np.unique(groups, return_inverse=True)
    return _draws(int(members.max()) + 1, resamples, random)[:, members.reshape(-1)]


def _draws(n: int, resamples: int, random: np.random.Generator) -> Floats:
    """Return how often each of n things is drawn in n draws with replacement, (R, n) float32."""
    drawn = random.integers(0, n, (resamples, n)) + n * np.arange(resamples)[:, None]
    return np.bincount(drawn.ravel(), minlength=n * resamples).reshape(resamples, n).astype(np.float32)


def over_seeds(by_seed: Sequence[Floats], random: np.random.Generator) -> Floats:
    """Return R means over resampled seeds, (R, ...), given R item resamples of each seed, each (R, ...).

    Each resample draws as many seeds as there are, with replacement, and for each drawn seed one of its item
    resamples: the two levels of the bootstrap (Davison & Hinkley 1997, section 3.8, doi:10.1017/CBO9780511802843).
    """
    stacked = np.stack(by_seed)
    seeds, resamples = stacked.shape[:2]
    which = random.integers(0, seeds, (resamples, seeds))
    item = random.integers(0, resamples, (resamples, seeds))
    return np.asarray(stacked[which, item].mean(axis=1))
