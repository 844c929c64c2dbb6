"""Features of a pretrained network and its nearest labelled neighbours: what looks alike is alike."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.records import Ints
from explorer.techniques.backbone import Backbone
from explorer.techniques.base import Float32s, Head, Predictor
from explorer.techniques.examples import Examples
from explorer.techniques.heads import Counted, averaged_views
from explorer.techniques.monitors import QUIET, Steps
from explorer.techniques.tuning import Float64s

#: Neighbours that vote, and labels of the smallest class from which they do; below, the nearest one decides.
MANY = 5


@dataclass(frozen=True)
class Neighbours:
    """Nearest neighbours by cosine: one where a class has under five rows, else five.

    A vote counts as its row does, classes as much as each other; every class has one vote beforehand, shared among all.
    A row with several views is the mean of them.
    """

    def fit(self, examples: Examples, *, n_classes: int, seed: int, monitor: Steps = QUIET) -> Predictor:
        """Return the predictor fitted on examples of features, in a moment: `monitor` is not asked."""
        rows = Counted.of(examples)
        return Voters(_directions(rows.features), rows.labels, rows.weights, rows.present, n_classes)


@dataclass(frozen=True, eq=False)
class Voters:
    """What the head has learnt: features (m, d) or (m, v, d) to probabilities (m, k), float32, rows sum to 1."""

    directions: Float64s
    labels: Ints
    weights: Float64s
    present: Ints
    n_classes: int

    def __call__(self, features: Float32s) -> Float32s:
        """Return class probabilities (m, k)."""
        cosines = _directions(np.asarray(features, np.float64))
        nearest = np.argsort(-cosines @ self.directions.T, axis=1, kind="stable")[:, : self.count]
        votes = np.zeros((len(features), len(self.present)))
        for column in nearest.T:
            np.add.at(votes, (np.arange(len(features)), self.labels[column]), self.weights[column])
        found = np.zeros((len(features), self.n_classes))
        found[:, self.present] = (votes + 1 / len(self.present)) / (votes.sum(axis=1, keepdims=True) + 1)
        return found.astype(np.float32)

    @property
    def count(self) -> int:
        """Number of neighbours that vote."""
        return MANY if np.bincount(self.labels).min() >= MANY else 1


def _directions(features: Float64s) -> Float64s:
    """Return features (m, d), or the mean of the views of features (m, v, d), scaled to length 1, (m, d)."""
    mean = averaged_views(features)
    return np.asarray(mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12))


@dataclass(frozen=True)
class Knn(Backbone):
    """Describes images as the pretrained network does and compares each with the labelled ones.
    The class of the nearest one decides, or the vote of the five nearest where every class has five labels.
    """

    title: ClassVar[str] = "ImageNet features + kNN"
    paper: ClassVar[str] = "Cover and Hart 1967, doi:10.1109/TIT.1967.1053964"
    fails: ClassVar[str] = "At few labels, and where likeness is made by background or brightness and not by the class."
    head: ClassVar[Head] = Neighbours()
