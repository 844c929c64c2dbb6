"""The small learners that stand on fixed features, tuned by cross-validation inside the n labels.

Notation: n = labelled rows, d = features, k = number of classes. Both heads weigh classes equally, choose how strong
their penalty is and how confident they are from rows held out of the n labels, and take fixed values for both where a
class has under three rows. Rows of weight 0 and classes without rows are left out; such a class gets probability 0.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.records import Floats, Ints
from explorer.techniques import tuning
from explorer.techniques.base import Float32s, Predictor
from explorer.techniques.tuning import Float64s

#: How soon a margin between two classes counts as a whole vote; measured on digits, cells, textures and Ising phases.
STEEPNESS = 4.0
#: From a design (m, p) to logits (m, k).
Decision = Callable[[Float64s], Float64s]


@dataclass(frozen=True, eq=False)
class Candidate:
    """A way of fitting the rows of one design: which strength of penalty is a choice between candidates."""

    fit: Callable[[Ints], Decision]
    design: Float64s


@dataclass(frozen=True, eq=False)
class Head:
    """What a head has learnt: features (m, d) to probabilities (m, k), float32, rows sum to 1."""

    project: Callable[[Float64s], Float64s]
    decision: Decision
    temperature: float
    present: Ints
    n_classes: int

    def __call__(self, features: Float32s) -> Float32s:
        """Return class probabilities (m, k) of features (m, d)."""
        logits = self.decision(self.project(features.astype(np.float64)))
        found = np.zeros((len(features), self.n_classes), np.float64)
        found[:, self.present] = tuning.softmax(logits * self.temperature)
        return found.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Constant:
    """The predictor of a single answer: the same probabilities (k,) for every row."""

    probabilities: Float32s

    def __call__(self, features: Float32s) -> Float32s:
        """Return class probabilities (m, k) of features (m, ...)."""
        return np.tile(self.probabilities, (len(features), 1))


@dataclass(frozen=True, eq=False)
class Labeled:
    """Labelled rows that count, their classes renumbered without gaps; `weights` (n,) make all classes equal."""

    features: Float64s
    labels: Ints
    weights: Float64s
    present: Ints

    @classmethod
    def of(cls, features: Float32s, labels: Ints, weights: Floats | None) -> "Labeled":
        """Return the rows of a weight above 0, or all where no weights are given."""
        counted = np.arange(len(labels)) if weights is None else np.flatnonzero(weights > 0)
        present, renumbered = np.unique(labels[counted], return_inverse=True)
        own = None if weights is None else weights[counted] / weights[counted].mean()
        equal = tuning.balanced(renumbered, len(present), own)
        return cls(features[counted].astype(np.float64), renumbered.astype(np.int64), equal, present)


# ---- logistic regression ---------------------------------------------------------------------------------------


def logistic(
    features: Float32s,
    labels: Ints,
    *,
    n_classes: int,
    seed: int,
    weights: Floats | None = None,
    strengths: Sequence[float],
    fallback: float,
    standardize: bool = False,
) -> Predictor:
    """Return a multinomial logistic regression on features (n, d).

    The penalty is |w|² / 2C with C out of `strengths`, or `fallback` where a class has under three rows.
    `standardize` divides each feature by its standard deviation over the n rows.
    """
    rows = Labeled.of(features, labels, weights)
    if len(rows.present) < 2:
        return _constant(rows.present, n_classes)
    project = _projection(rows.features, standardize)
    design = project(rows.features)
    candidates = [_logistic(design, rows, strength) for strength in (*strengths, fallback)]
    return _tuned(candidates, rows, project, n_classes, seed, 1.0)


def _projection(features: Float64s, standardize: bool) -> Callable[[Float64s], Float64s]:
    """Return the map to coordinates in the span of the rows: at most n of them, in which the same optimum lies."""
    mean = features.mean(axis=0)
    spread = features.std(axis=0) if standardize else np.ones(features.shape[1])
    scale = np.where(spread > 0, spread, 1.0)
    if len(features) >= features.shape[1]:
        return lambda given: (given - mean) / scale
    basis = np.linalg.qr(((features - mean) / scale).T)[0]
    return lambda given: np.asarray(((given - mean) / scale) @ basis)


def _logistic(design: Float64s, rows: Labeled, strength: float) -> Candidate:
    from sklearn.linear_model import LogisticRegression

    def fit(chosen: Ints) -> Decision:
        model = LogisticRegression(C=strength, max_iter=2000)
        model.fit(design[chosen], rows.labels[chosen], sample_weight=rows.weights[chosen])
        return lambda given: _columns(model.decision_function(given))

    return Candidate(fit, design)


# ---- support vector machine ------------------------------------------------------------------------------------


def support_vectors(
    features: Float32s,
    labels: Ints,
    *,
    n_classes: int,
    seed: int,
    weights: Floats | None = None,
    strengths: Sequence[float],
    fallback: float,
    temperature: float = 3.0,
) -> Predictor:
    """Return a support vector machine with a Gaussian kernel on features (n, d), of width 1 / (d × variance).

    Its probabilities are the softmax of each class's soft votes against the others times a temperature, which is that
    of the least log loss on rows held out of the n labels, or the given one where a class has under three rows. The
    penalty C comes out of `strengths`, or is `fallback` in that case.
    """
    rows = Labeled.of(features, labels, weights)
    if len(rows.present) < 2:
        return _constant(rows.present, n_classes)
    project = _kernel(rows.features)
    design = project(rows.features)
    candidates = [_machine(design, rows, strength) for strength in (*strengths, fallback)]
    return _tuned(candidates, rows, project, n_classes, seed, temperature)


def _kernel(anchors: Float64s) -> Callable[[Float64s], Float64s]:
    from sklearn.metrics.pairwise import rbf_kernel

    gamma = 1.0 / (anchors.shape[1] * max(float(anchors.var()), 1e-12))
    return lambda given: np.asarray(rbf_kernel(given, anchors, gamma=gamma))


def _machine(design: Float64s, rows: Labeled, strength: float) -> Candidate:
    from sklearn.svm import SVC

    def fit(chosen: Ints) -> Decision:
        model = SVC(C=strength, kernel="precomputed", decision_function_shape="ovo")
        model.fit(design[np.ix_(chosen, chosen)], rows.labels[chosen], sample_weight=rows.weights[chosen])
        return lambda given: _margins(model.decision_function(given[:, chosen]), len(rows.present))

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


# ---- what both share -------------------------------------------------------------------------------------------


def _tuned(
    candidates: Sequence[Candidate],
    rows: Labeled,
    project: Callable[[Float64s], Float64s],
    n_classes: int,
    seed: int,
    temperature: float,
) -> Predictor:
    """Return the head of the best candidate; the last one is for labels too few to choose by."""
    split = tuning.folds(rows.labels, len(rows.present), seed)
    chosen = len(candidates) - 1
    if split:
        held_out = [_held_out(each, split, len(rows.present)) for each in candidates[:-1]]
        chosen, temperature = tuning.best_candidate(held_out, rows.labels, rows.weights)
    decision = candidates[chosen].fit(np.arange(len(rows.labels)))
    return Head(project, decision, temperature, rows.present, n_classes)


def _held_out(candidate: Candidate, split: Sequence[tuple[Ints, Ints]], n_present: int) -> Float64s:
    logits = np.empty((len(candidate.design), n_present))
    for fitted, held in split:
        logits[held] = candidate.fit(fitted)(candidate.design[held])
    return logits


def _columns(decision: npt.NDArray[np.float64]) -> Float64s:
    """Return logits (m, k) of decision values, which are (m,) where there are two classes."""
    return decision if decision.ndim == 2 else np.stack([-decision / 2, decision / 2], axis=1)


def _constant(present: Ints, n_classes: int) -> Predictor:
    probabilities = np.zeros(n_classes, np.float32)
    probabilities[present] = 1.0
    return Constant(probabilities)
