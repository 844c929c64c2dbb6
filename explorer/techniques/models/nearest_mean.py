"""Features of a pretrained network and the nearest class mean: the simplest learner there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.records import Ints
from explorer.techniques.backbone import Backbone
from explorer.techniques.base import Head, Predictor
from explorer.techniques.examples import Examples
from explorer.techniques.heads import Candidate, Counted, Decision, averaged_views, tuned
from explorer.techniques.monitors import QUIET, Steps
from explorer.techniques.tuning import Float64s

#: Factor on distances where labels are too few to choose it by rows held out.
TEMPERATURE = 8.0


@dataclass(frozen=True)
class Means:
    """Nearest mean: the score of a class is minus half the squared distance to the mean of its rows.

    A row with several views is the mean of them. Rows count in a mean as their weights say. There is no penalty to
    choose; only how confident it is is chosen by rows held out of the n labels.
    """

    def fit(self, examples: Examples, *, n_classes: int, seed: int, monitor: Steps = QUIET) -> Predictor:
        """Return the predictor fitted on examples of features. Raises what `monitor` raises."""
        rows = Counted.of(examples)
        design = _one_view(rows.features)
        candidate = Candidate(lambda chosen: _nearest(design, rows, chosen), design)
        return tuned([candidate, candidate], rows, _one_view, n_classes, seed, TEMPERATURE, monitor)


def _one_view(features: Float64s) -> Float64s:
    """Return the mean of the views, (m, 1, d), of features (m, v, d)."""
    return np.asarray(averaged_views(features)[:, None])


def _nearest(design: Float64s, rows: Counted, chosen: Ints) -> Decision:
    means = _means(design[chosen, 0], rows.labels[chosen], rows.weights[chosen], len(rows.present))
    return lambda given: np.asarray(given[:, 0] @ means.T - (means**2).sum(axis=1) / 2)


def _means(features: Float64s, labels: Ints, weights: Float64s, n_classes: int) -> Float64s:
    """Return the weighted mean of each class, (k, d)."""
    shares: Sequence[Float64s] = [np.where(labels == each, weights, 0.0) for each in range(n_classes)]
    return np.stack([share @ features / share.sum() for share in shares])


@dataclass(frozen=True)
class NearestMean(Backbone):
    """Describes images as the pretrained network does and averages the descriptions of each class.
    An image belongs to the class whose mean is nearest, so that nothing is fitted that few labels could mislead.
    """

    title: ClassVar[str] = "ImageNet features + means"
    paper: ClassVar[str] = "Snell et al. 2017, arXiv:1703.05175; Wang et al. 2019, arXiv:1911.04623"
    fails: ClassVar[str] = "From about five labels of each class, where classes lie in several clusters or overlap."
    head: ClassVar[Head] = Means()
