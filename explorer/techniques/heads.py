"""What the small learners on fixed features share: rows that count, and the choice of a candidate inside the n labels.

The learners are in `logistic` and `support_vectors`, and beside the models that alone have them.

Notation: n = labelled rows, v = views of each row (1 where there is only the image itself), d = features, k = number of
classes. All heads weigh classes equally and choose how confident they are, and most of them how strong their penalty
is, from rows held out of the n labels; they take fixed values for both where a class has under three units. The views
of a row count as much as one row together, and its answer is the mean of theirs. Rows of weight 0 and classes without
rows are left out; such a class gets probability 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.records import Floats, Ints
from explorer.techniques import tuning
from explorer.techniques.base import Float32s, Predictor
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import QUIET, Steps
from explorer.techniques.tuning import Float64s

#: From a design (m, v, p) to logits (m, k).
Decision = Callable[[Float64s], Float64s]
#: From features (m, v, d) to a design (m, v, p).
Projection = Callable[[Float64s], Float64s]


@dataclass(frozen=True, eq=False)
class Candidate:
    """A way of fitting some rows of one design (n, v, p): which penalty is a choice between candidates."""

    fit: Callable[[Ints], Decision]
    design: Float64s


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a head has learnt: features (m, d) or (m, v, d) to probabilities (m, k), float32, rows sum to 1."""

    project: Projection
    decision: Decision
    temperature: float
    present: Ints
    n_classes: int

    def __call__(self, features: Float32s) -> Float32s:
        """Return class probabilities (m, k) of features (m, d) or (m, v, d)."""
        logits = self.decision(self.project(_with_views(features)))
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
class Counted:
    """The rows that count, features (n, v, d), their classes renumbered without gaps; `weights` balance the classes."""

    features: Float64s
    labels: Ints
    weights: Float64s
    units: Ints
    present: Ints

    @classmethod
    def of(cls, examples: Examples) -> "Counted":
        """Return the rows of a weight above 0; those that judge choices, or else all, weigh 1 on average."""
        rows = examples.subset(np.flatnonzero(examples.weights > 0))
        present, renumbered = np.unique(rows.labels, return_inverse=True)
        labels = renumbered.astype(np.int64)
        judging = rows.units >= 0
        unit = rows.weights[judging].mean() if judging.any() else rows.weights.mean()
        weights = tuning.balanced(labels, len(present), rows.weights / unit)
        return cls(_with_views(rows.rows), labels, weights, rows.units, present)

    def spread(self, chosen: Ints) -> tuple[Ints, Float64s]:
        """Return labels and weights, (m × v,), of all views of the chosen rows."""
        v = self.features.shape[1]
        return np.repeat(self.labels[chosen], v), np.repeat(self.weights[chosen] / v, v)


def _with_views(features: Float32s) -> Float64s:
    return np.asarray(features.reshape(len(features), -1, features.shape[-1]), np.float64)


def averaged_views(features: Floats) -> Floats:
    """Return features (m, d) of features (m, d) or (m, v, d) of v views; single precision at least, for what follows.

    Squares of values in half precision, such as the maps of a network, are beyond its range.
    """
    kind = np.result_type(features.dtype, np.float32)
    return np.asarray(features if features.ndim == 2 else features.mean(axis=1, dtype=kind), kind)


def constant(present: Ints, n_classes: int) -> Predictor:
    """Return the predictor that is sure of the only class that has labelled rows, `present` (1,)."""
    probabilities = np.zeros(n_classes, np.float32)
    probabilities[present] = 1.0
    return Constant(probabilities)


# ---- choosing ---------------------------------------------------------------------------------------------------


def tuned(
    candidates: Sequence[Candidate],
    rows: Counted,
    project: Projection,
    n_classes: int,
    seed: int,
    temperature: float,
    monitor: Steps = QUIET,
) -> Predictor:
    """Return the head of the best candidate; the last one is for labels too few to choose by.

    `monitor` is asked before each fit whether to go on; raises what it raises.
    """
    split = tuning.folds(rows.labels, rows.units, len(rows.present), seed)
    chosen = len(candidates) - 1
    if split:
        judges = np.concatenate([held for _, held in split])
        held_out = [_held_out(each, split, monitor) for each in candidates[:-1]]
        chosen, temperature = tuning.best_candidate(held_out, rows.labels[judges], rows.weights[judges])
    monitor.step(0, 0)
    decision = candidates[chosen].fit(np.arange(len(rows.labels)))
    return Fitted(project, decision, temperature, rows.present, n_classes)


def _held_out(candidate: Candidate, split: Sequence[tuple[Ints, Ints]], monitor: Steps) -> Float64s:
    """Return logits of the rows that are held out of each fold, one fold after the other."""
    found = []
    for fitted, held in split:
        monitor.step(0, 0)
        found.append(candidate.fit(fitted)(candidate.design[held]))
    return np.concatenate(found)


def of_all_views(design: Float64s) -> Float64s:
    """Return (m × v, p) of (m, v, p)."""
    return design.reshape(-1, design.shape[-1])


def mean_of_views(logits: Float64s, m: int) -> Float64s:
    """Return the mean logits (m, k) of the logits (m × v, k) of all views."""
    return np.asarray(logits.reshape(m, -1, logits.shape[-1]).mean(axis=1))
