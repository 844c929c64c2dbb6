"""Probabilities × labels → named scores, each a function of sums over test items.

A score is written once, as contributions of single items and a function of their sums, so that a point of a curve and
the resampled band around it cannot disagree. Classes without judging rows are left out of averages over classes.
scikit-learn has the same scores; at a thousand trials its checks and its import cost more than the fits of small arms
do, so tests compare the two instead.

Notation: m = test items, k = classes, t = columns of contributions.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from explorer.records import Floats, Ints

#: Smallest probability that counts, the precision in which probabilities are kept.
_TINY = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Metric:
    """A score: its machine name, its title, whether high or low is good, what guessing reaches, and how to compute it.

    percent    it is shown as a percentage
    guess      how the answers are called that take no look at the images
    chance     from the number of judging items of each class, (k,), to the expected score of these answers; None where
               no simple answer is worth a line
    share_of   whether it is the share of right answers among all "items", or the mean of that share over the "classes";
               None where it is neither
    items      from probabilities (m, k), float64 rows summing to 1, and labels (m,) to contributions (m, t)
    of_sums    from sums of contributions (..., t) to the score (...)
    """

    name: str
    title: str
    best: str
    percent: bool
    guess: str
    chance: Callable[[Ints], float | None]
    share_of: Literal["items", "classes"] | None
    items: Callable[[Floats, Ints], Floats]
    of_sums: Callable[[Floats], Floats]

    def contributions(self, probabilities: Floats, labels: Ints) -> Floats:
        """Return what each item adds to the sums, (m, t) float64, for probabilities (m, k) of any precision."""
        exact = probabilities.astype(np.float64)
        return self.items(exact / exact.sum(axis=1, keepdims=True), labels)

    def value(self, probabilities: Floats, labels: Ints) -> float:
        """Return the score of all items together."""
        return float(self.of_sums(self.contributions(probabilities, labels).sum(axis=0)))


def whole_percent(share: float) -> int:
    """Return a share in whole percent, halves to the even number, so that a share and the rest of it add up to 100.

    What two sums of the same shares differ by in their last bits never decides: 81.5 % is 82 % everywhere.
    """
    return round(round(100 * share, 6))


def scores(probabilities: Floats, labels: Ints) -> dict[str, float]:
    """Return every score of class probabilities (m, k) against labels (m,) in 0 .. k-1, by name.

    Balanced accuracy is the mean recall over the classes that occur in `labels` (Brodersen et al. 2010,
    doi:10.1109/ICPR.2010.764); macro F1 the mean of these classes' F1; log loss is in nats, with probabilities of at
    least 1.2e-7, the precision in which they are kept.
    """
    return {name: metric.value(probabilities, labels) for name, metric in METRICS.items()}


# ---- contributions of items, and functions of their sums -------------------------------------------------------


def _one_hot(labels: Ints, k: int) -> Floats:
    return np.eye(k)[labels]


def _right(probabilities: Floats, labels: Ints) -> Floats:
    right = probabilities.argmax(axis=1) == labels
    return np.stack([right, np.ones_like(right)], axis=1).astype(np.float64)


def _surprise(probabilities: Floats, labels: Ints) -> Floats:
    loss = -np.log(np.clip(probabilities[np.arange(len(labels)), labels], _TINY, 1.0))
    return np.stack([loss, np.ones_like(loss)], axis=1)


def _mean(sums: Floats) -> Floats:
    return np.asarray(sums[..., 0] / sums[..., 1])


def _hits(probabilities: Floats, labels: Ints) -> Floats:
    truth = _one_hot(labels, probabilities.shape[1])
    right = probabilities.argmax(axis=1) == labels
    return np.concatenate([truth * right[:, None], truth], axis=1)


def _mean_recall(sums: Floats) -> Floats:
    right, truth = np.split(sums, 2, axis=-1)
    return _mean_over_present(right, truth, truth > 0)


def _confusion(probabilities: Floats, labels: Ints) -> Floats:
    k = probabilities.shape[1]
    predicted = _one_hot(probabilities.argmax(axis=1), k)
    truth = _one_hot(labels, k)
    return np.concatenate([truth * predicted, truth, predicted], axis=1)


def _mean_f1(sums: Floats) -> Floats:
    both, truth, predicted = np.split(sums, 3, axis=-1)
    return _mean_over_present(2 * both, truth + predicted, truth > 0)


def _mean_over_present(part: Floats, whole: Floats, present: npt.NDArray[np.bool_]) -> Floats:
    """Return the mean of part / whole over the classes that are present, (..., k) → (...)."""
    shares = np.divide(part, whole, out=np.zeros_like(part), where=present)
    return np.asarray(shares.sum(axis=-1) / np.maximum(present.sum(axis=-1), 1))


# ---- answers that take no look at the images ------------------------------------------------------------------


def _one_of_the_judged(judging: Ints) -> float:
    """Return the balanced accuracy of any answers that do not depend on the images."""
    return 1 / max(1, int((judging > 0).sum()))


def _most_frequent(judging: Ints) -> float:
    """Return the accuracy of always answering the class that most judging items have."""
    return float(judging.max() / max(1, judging.sum()))


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "balanced_accuracy",
            "Balanced accuracy",
            "high",
            True,
            "guessing",
            _one_of_the_judged,
            "classes",
            _hits,
            _mean_recall,
        ),
        Metric("accuracy", "Accuracy", "high", True, "most frequent class", _most_frequent, "items", _right, _mean),
        Metric("macro_f1", "Macro F1", "high", True, "guessing", lambda _: None, None, _confusion, _mean_f1),
        Metric(
            "log_loss",
            "Log loss",
            "low",
            False,
            "guessing",
            lambda judging: math.log(len(judging)),
            None,
            _surprise,
            _mean,
        ),
    )
}
