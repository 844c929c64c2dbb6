"""The support vector machine on fixed features.

Notation: n = labelled rows, v = views of each row, d = features, k = number of classes.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.records import Ints
from explorer.techniques.base import Predictor
from explorer.techniques.examples import Examples
from explorer.techniques.heads import (
    Candidate,
    Counted,
    Decision,
    Projection,
    constant,
    mean_of_views,
    of_all_views,
    tuned,
)
from explorer.techniques.monitors import QUIET, Steps
from explorer.techniques.tuning import Float64s

#: How soon a margin between two classes counts as a whole vote; measured on digits, cells, textures and Ising phases.
STEEPNESS = 4.0


@dataclass(frozen=True)
class SupportVectors:
    """Support vector machine with a Gaussian kernel of width 1 / (d × variance).

    Its probabilities are the softmax of each class's soft votes against the others times a temperature, which is that
    of the least log loss on rows held out of the n labels.

    strengths     values of the penalty C to choose from
    fallback      C where a class has under three units, and `temperature` is the temperature then
    """

    strengths: Sequence[float]
    fallback: float
    temperature: float = 3.0

    def fit(self, examples: Examples, *, n_classes: int, seed: int, monitor: Steps = QUIET) -> Predictor:
        """Return the predictor fitted on examples of features. Raises what `monitor` raises."""
        rows = Counted.of(examples)
        if len(rows.present) < 2:
            return constant(rows.present, n_classes)
        project = _kernel(rows.features)
        design = project(rows.features)
        candidates = [_machine(design, rows, strength) for strength in (*self.strengths, self.fallback)]
        return tuned(candidates, rows, project, n_classes, seed, self.temperature, monitor)


def _kernel(anchors: Float64s) -> Projection:
    """Return the map to the likeness with every view of every anchor, (m, v, n × v)."""
    from sklearn.metrics.pairwise import rbf_kernel

    flat = of_all_views(anchors)
    gamma = 1.0 / (flat.shape[1] * max(float(flat.var()), 1e-12))
    return lambda given: rbf_kernel(of_all_views(given), flat, gamma=gamma).reshape(*given.shape[:2], len(flat))


def _machine(design: Float64s, rows: Counted, strength: float) -> Candidate:
    from sklearn.svm import SVC

    def fit(chosen: Ints) -> Decision:
        labels, weights = rows.spread(chosen)
        v = design.shape[1]
        columns = (chosen[:, None] * v + np.arange(v)).reshape(-1)
        model = SVC(C=strength, kernel="precomputed", decision_function_shape="ovo")
        model.fit(of_all_views(design[chosen][:, :, columns]), labels, sample_weight=weights)

        def decision(given: Float64s) -> Float64s:
            pairs = model.decision_function(of_all_views(given[:, :, columns]))
            return mean_of_views(_margins(pairs, len(rows.present)), len(given))

        return decision

    return Candidate(fit, design)


def _margins(pairs: npt.NDArray[np.float64], n_present: int) -> Float64s:
    """Return the mean of each class's soft votes against the others, (m, k), of the margins of all pairs of classes.

    Whole votes, which scikit-learn counts, rank a little better but jump, and make poor probabilities; plain margins
    make the best probabilities but rank worse. Squashed margins have nearly both.
    """
    if pairs.ndim == 1:
        pairs = -pairs[:, None]  # with two classes, scikit-learn gives the margin of the second
    total = np.zeros((len(pairs), n_present))
    for votes, (first, second) in zip(
        np.tanh(STEEPNESS * pairs.T), itertools.combinations(range(n_present), 2), strict=True
    ):
        total[:, first] += votes
        total[:, second] -= votes
    return total / (n_present - 1)
