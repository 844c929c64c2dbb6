"""The confusion matrix: how often images of each class were answered as each class.

Notation: a = answers, k = number of classes.
"""

import numpy as np

from explorer.records import Floats, Ints
from explorer.statistics.answers import Answers


def confusion(answers: Answers) -> Ints:
    """Return counts (k, k): in row i and column j the answers j to images labelled i."""
    k = answers.probabilities.shape[1]
    return np.bincount(answers.labels * k + answers.answered, minlength=k * k).reshape(k, k).astype(np.int64)


def shares(counts: Ints) -> Floats:
    """Return each row of counts (k, k) divided by its sum; a class without judging images has a row of zeros."""
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
