"""Probabilities × labels → named scores. Classes without judging rows are left out of averages over classes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.records import Floats, Ints


@dataclass(frozen=True)
class Metric:
    """A score: its machine name, its title, whether high or low is good, and what guessing reaches.

    `percent` tells that it is shown as a percentage. `chance` maps the number of classes to the expected score of
    uniform guessing, or to None where that depends on the data.
    """

    name: str
    title: str
    best: str
    percent: bool
    chance: Callable[[int], float | None]


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("balanced_accuracy", "Balanced accuracy", "high", True, lambda k: 1 / k),
        Metric("accuracy", "Accuracy", "high", True, lambda _: None),
        Metric("macro_f1", "Macro F1", "high", True, lambda _: None),
        Metric("log_loss", "Log loss", "low", False, math.log),
    )
}


def scores(probabilities: Floats, labels: Ints, n_classes: int) -> dict[str, float]:
    """Return every score of class probabilities (m, k), rows summing to 1, against labels (m,) in 0 .. k-1.

    Balanced accuracy is the mean recall over the classes that occur in `labels` (Brodersen et al. 2010,
    doi:10.1109/ICPR.2010.764); macro F1 the mean of the classes' F1; log loss is in nats.
    """
    # Pages import this module for the metrics' names; scikit-learn costs them 1.5 s and 150 MB.
    from sklearn.metrics import accuracy_score, f1_score, log_loss, recall_score

    predicted = probabilities.argmax(axis=1)
    present = np.unique(labels)
    return {
        "balanced_accuracy": float(recall_score(labels, predicted, labels=present, average="macro", zero_division=0.0)),
        "accuracy": float(accuracy_score(labels, predicted)),
        "macro_f1": float(f1_score(labels, predicted, labels=present, average="macro", zero_division=0.0)),
        "log_loss": float(log_loss(labels, normalised(probabilities), labels=np.arange(n_classes))),
    }


def normalised(probabilities: Floats) -> Floats:
    """Return probabilities (m, k) as float64 whose rows sum to 1 to the last digit."""
    exact: Floats = probabilities.astype(np.float64)
    return np.asarray(exact / exact.sum(axis=1, keepdims=True))
