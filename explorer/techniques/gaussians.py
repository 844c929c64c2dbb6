"""Classes as clouds of one shape: Gaussians that share a covariance, fitted to labelled and unlabelled rows together.

Notation: n = labelled rows, m = unlabelled rows, k = number of classes, q = features, c = classes with labelled rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import softmax

from explorer.records import Floats
from explorer.techniques.base import Float32s
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import Steps

#: Part of the covariance that is replaced by the same variance in all directions.
SHRINKAGE = 0.3
#: Times that rows are shared out among the classes and the Gaussians are fitted anew.
PASSES = 4
#: Distances are divided by about three: features are no Gaussians, and their many directions are not independent.
TEMPER = 0.3


@dataclass(frozen=True, eq=False)
class Gaussians:
    """The predictor by Gaussians of one covariance, all classes equally likely: linear in the features.

    `weights` (q, k) and `offsets` (k,) give logits; classes without labelled rows have an offset of minus infinity.
    `seen` maps rows as they come to features (m, q).
    """

    weights: Floats
    offsets: Floats
    seen: Callable[[Any], Floats]

    def __call__(self, rows: Any) -> Float32s:
        """Return class probabilities (m, k) of rows (m, ...)."""
        return np.asarray(softmax(self.seen(rows) @ self.weights + self.offsets, axis=1), np.float32)

    @classmethod
    def of(
        cls, labeled: Examples, unlabeled: Floats, beliefs: Floats, seen: Callable[[Any], Floats], monitor: Steps
    ) -> "Gaussians":
        """Return Gaussians of labelled rows (n, q) and of unlabelled ones (m, q), by a few passes of EM.

        The covariance within classes, which a few labels cannot tell, is taken from all rows. An unlabelled row counts
        as much as a labelled one; the first pass shares it out by `beliefs` (m, k), each row of sum 1. Raises what
        `monitor` raises. McLachlan 1975, doi:10.1080/01621459.1975.10479874; Nigam et al. 2000,
        doi:10.1023/A:1007692713085; shrinkage: Friedman 1989, doi:10.1080/01621459.1989.10478752.
        """
        k = beliefs.shape[1]
        known = np.unique(labeled.labels)
        rows = np.concatenate([labeled.rows, unlabeled]).astype(np.float64)
        given = np.eye(k)[labeled.labels][:, known] * labeled.weights[:, None]
        shares = _shared(beliefs[:, known])
        for _ in range(PASSES):
            monitor.step(0, 0)
            slopes, constants = _discriminant(rows, np.concatenate([given, shares]))
            shares = softmax(rows[len(given) :] @ slopes + constants, axis=1)
        weights, offsets = np.zeros((rows.shape[1], k)), np.full(k, -np.inf)
        weights[:, known], offsets[known] = slopes, constants
        return cls(weights.astype(np.float32), offsets, seen)


def _shared(beliefs: Floats) -> Floats:
    """Return beliefs (m, c) with rows of sum 1; where nothing is believed of a row, all classes alike."""
    total = beliefs.sum(axis=1, keepdims=True)
    return np.where(total > 0, beliefs / np.where(total > 0, total, 1), 1 / beliefs.shape[1])


def _discriminant(rows: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Return slopes (q, c) and constants (c,) of tempered logits, given the share (n + m, c) of each row in a class."""
    counts = shares.sum(axis=0)
    means = shares.T @ rows / counts[:, None]
    each = shares.sum(axis=1)
    within = ((rows * each[:, None]).T @ rows - (means * counts[:, None]).T @ means) / counts.sum()
    variance = np.trace(within) / len(within)
    shrunk = (1 - SHRINKAGE) * within + SHRINKAGE * max(variance, 1e-12) * np.eye(len(within))
    slopes = np.linalg.solve(shrunk, means.T)
    return TEMPER * slopes, -TEMPER / 2 * np.einsum("cq,qc->c", means, slopes)
