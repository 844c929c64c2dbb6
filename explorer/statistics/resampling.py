"""The two-level bootstrap over seeds and test items, from the per-item predictions of every trial.

Notation: R = resamples, m = test items of one seed. Every score is a function of sums over test items
(`explorer.scores`), so a resample is one row of item counts times a table of per-item contributions.
"""

from collections.abc import Sequence

import numpy as np

from explorer.records import Floats, Ints


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
