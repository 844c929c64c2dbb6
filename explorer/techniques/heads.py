"""The small learners that stand on fixed features, tuned by cross-validation inside the n labels.

Notation: n = labelled rows, v = views of each row (1 where there is only the image itself), d = features, k = number of
classes. All heads weigh classes equally and choose how confident they are, and most of them how strong their penalty
is, from rows held out of the n labels; they take fixed values for both where a class has under three units. The views
of a row count as much as one row together, and its answer is the mean of theirs. Rows of weight 0 and classes without
rows are left out; such a class gets probability 0.
"""

import copy
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.records import Floats, Ints
from explorer.techniques import tuning
from explorer.techniques.base import Float32s, Predictor
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import QUIET, Steps
from explorer.techniques.tuning import Float64s

#: How soon a margin between two classes counts as a whole vote; measured on digits, cells, textures and Ising phases.
STEEPNESS = 4.0
#: Least probability that has a logarithm.
TINY = 1e-12
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


# ---- logistic regression ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Logistic:
    """Multinomial logistic regression with the penalty |w|² / 2C.

    strengths     values of C to choose from
    fallback      C where a class has under three units
    standardize   divides each feature by its standard deviation over the n rows
    """

    strengths: Sequence[float]
    fallback: float
    standardize: bool = False

    def fit(self, examples: Examples, *, n_classes: int, seed: int, monitor: Steps = QUIET) -> Predictor:
        """Return the predictor fitted on examples of features. Raises what `monitor` raises."""
        rows = Counted.of(examples)
        if len(rows.present) < 2:
            return _constant(rows.present, n_classes)
        project = _projection(_flat(rows.features), self.standardize)
        design = project(rows.features)
        candidates = [_logistic(design, rows, strength) for strength in (*self.strengths, self.fallback)]
        return tuned(candidates, rows, project, n_classes, seed, 1.0, monitor)


@dataclass(frozen=True, eq=False)
class Coordinates:
    """The map from features (..., d) to (given - mean) / scale, or to its coordinates in a basis (d, p)."""

    mean: Float64s
    scale: Float64s
    basis: Float64s | None = None

    def __call__(self, given: Float64s) -> Float64s:
        """Return the coordinates (..., p)."""
        centred = (given - self.mean) / self.scale
        if self.basis is None:
            return np.asarray(centred)
        flat = _flat(centred)  # one product of matrices is many times faster than one for each row
        return np.asarray((flat @ self.basis).reshape(*given.shape[:-1], -1))

    def back(self, layer: "Layer") -> "Layer":
        """Return the layer on features that does what `layer` does on coordinates."""
        wide = layer.weight if self.basis is None else layer.weight @ self.basis.T
        weight = wide / self.scale
        return Layer(weight, layer.bias - weight @ self.mean)


@dataclass(frozen=True, eq=False)
class Layer:
    """A linear layer: logits are features times `weight`, (k, d), plus `bias`, (k,)."""

    weight: Float64s
    bias: Float64s


@dataclass(frozen=True, eq=False)
class Linear:
    """The decision of a logistic regression on a design, the mean over views."""

    model: Any

    def __call__(self, given: Float64s) -> Float64s:
        """Return logits (m, k) of a design (m, v, p)."""
        return _mean_of_views(_columns(self.model.decision_function(_flat(given))), len(given))

    def layer(self) -> Layer:
        """Return it as a layer on the design."""
        weight, bias = self.model.coef_, self.model.intercept_
        if len(bias) == 1:  # of two classes, scikit-learn gives the second one's
            return Layer(np.concatenate([-weight / 2, weight / 2]), np.concatenate([-bias / 2, bias / 2]))
        return Layer(weight, bias)


def _projection(features: Float64s, standardize: bool) -> Coordinates:
    """Return the map to coordinates in the span of the rows: at most n of them, in which the same optimum lies."""
    mean = features.mean(axis=0)
    spread = features.std(axis=0) if standardize else np.ones(features.shape[1])
    scale = np.where(spread > 0, spread, 1.0)
    if len(features) >= features.shape[1]:
        return Coordinates(mean, scale)
    return Coordinates(mean, scale, np.linalg.qr(((features - mean) / scale).T)[0])


def _logistic(design: Float64s, rows: Counted, strength: float) -> Candidate:
    from sklearn.linear_model import LogisticRegression

    def fit(chosen: Ints) -> Decision:
        labels, weights = rows.spread(chosen)
        model = LogisticRegression(C=strength, max_iter=2000)
        model.fit(_flat(design[chosen]), labels, sample_weight=weights)
        return Linear(model)

    return Candidate(fit, design)


# ---- parts by themselves ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Apart:
    """Multinomial logistic regression on each of several parts of the features by itself; probabilities are averaged.

    A part that tells little apart gives nearly even probabilities and thereby counts little, whereas in one regression
    on all parts the many features of one hide the few of another.

    parts         columns of each part
    strengths     C of each, which is not chosen: after averaging, choosing it gained nothing
    """

    parts: Sequence[slice]
    strengths: Sequence[float]

    def fit(self, examples: Examples, *, n_classes: int, seed: int, monitor: Steps = QUIET) -> Predictor:
        """Return the predictor fitted on examples of features. Raises what `monitor` raises."""
        rows = Counted.of(examples)
        if len(rows.present) < 2:
            return _constant(rows.present, n_classes)
        projections = [_projection(_flat(rows.features[..., part]), False) for part in self.parts]
        project = Beside(tuple(self.parts), tuple(projections))
        candidate = self._candidate(project(rows.features), rows)
        return tuned([candidate, candidate], rows, project, n_classes, seed, 1.0, monitor)

    def _candidate(self, design: Float64s, rows: Counted) -> Candidate:
        """Return the way of fitting a design (n, v, p), in which the projected parts stand end to end."""
        n = rows.features.shape[0] * rows.features.shape[1]
        widths = [min(n, part.stop - part.start) for part in self.parts]
        ends = np.cumsum([0, *widths]).tolist()
        columns = [slice(*each) for each in itertools.pairwise(ends)]
        each = [_logistic(design[..., part], rows, C) for part, C in zip(columns, self.strengths, strict=True)]

        def fit(chosen: Ints) -> Decision:
            return Averaged(tuple(columns), tuple(one.fit(chosen) for one in each))

        return Candidate(fit, design)


@dataclass(frozen=True, eq=False)
class Beside:
    """Projections of several parts of the features, whose coordinates stand end to end."""

    parts: tuple[slice, ...]
    projections: tuple[Coordinates, ...]

    def __call__(self, given: Float64s) -> Float64s:
        """Return the coordinates (..., p) of features (..., d)."""
        each = [found(given[..., part]) for found, part in zip(self.projections, self.parts, strict=True)]
        return np.concatenate(each, axis=-1)


@dataclass(frozen=True, eq=False)
class Averaged:
    """The logarithm of the mean probability of decisions on several columns of a design."""

    columns: tuple[slice, ...]
    decisions: tuple[Decision, ...]

    def __call__(self, given: Float64s) -> Float64s:
        """Return logits (m, k) of a design (m, v, p)."""
        parts = [found(given[..., part]) for found, part in zip(self.decisions, self.columns, strict=True)]
        return np.asarray(np.log(np.mean([tuning.softmax(logits) for logits in parts], axis=0) + TINY))


def last_layer(predictor: Predictor, columns: slice) -> Layer | None:
    """Return the layer of a fitted head on exactly these columns of the features; None where it has none.

    Its k are the classes that have labelled rows, `predictor.present`. A head that learns from several parts has a
    layer of each, and answers their average.
    """
    if not isinstance(predictor, Fitted):
        return None
    for part, coordinates, decision in _layers(predictor):
        if part == columns:
            return coordinates.back(decision.layer())
    return None


def _layers(fitted: Fitted) -> Iterator[tuple[slice, Coordinates, Linear]]:
    """Yield columns, coordinates and decision of each linear layer of a head; none of a head of another kind."""
    project, decision = fitted.project, fitted.decision
    if isinstance(project, Coordinates) and isinstance(decision, Linear):
        yield slice(0, len(project.mean)), project, decision
    if isinstance(project, Beside) and isinstance(decision, Averaged):
        for part, coordinates, each in zip(project.parts, project.projections, decision.decisions, strict=True):
            if isinstance(each, Linear):
                yield part, coordinates, each


def forgetting(predictor: Predictor, seed: int) -> Predictor | None:
    """Return a fitted head whose layers are drawn anew, each as wide as it was; None where it has no linear layers."""
    if not isinstance(predictor, Fitted) or not list(_layers(predictor)):
        return None
    random = np.random.default_rng(seed)
    if isinstance(predictor.decision, Averaged):
        anew = tuple(_anew(each, random) for each in predictor.decision.decisions)
        return replace(predictor, decision=replace(predictor.decision, decisions=anew))
    return replace(predictor, decision=_anew(predictor.decision, random))


def _anew(decision: Decision, random: np.random.Generator) -> Decision:
    if not isinstance(decision, Linear):
        return decision
    model = copy.copy(decision.model)
    kept = model.coef_
    model.coef_ = random.normal(kept.mean(), kept.std(), kept.shape)
    return Linear(model)


# ---- support vector machine ------------------------------------------------------------------------------------


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
            return _constant(rows.present, n_classes)
        project = _kernel(rows.features)
        design = project(rows.features)
        candidates = [_machine(design, rows, strength) for strength in (*self.strengths, self.fallback)]
        return tuned(candidates, rows, project, n_classes, seed, self.temperature, monitor)


def _kernel(anchors: Float64s) -> Projection:
    """Return the map to the likeness with every view of every anchor, (m, v, n × v)."""
    from sklearn.metrics.pairwise import rbf_kernel

    flat = _flat(anchors)
    gamma = 1.0 / (flat.shape[1] * max(float(flat.var()), 1e-12))
    return lambda given: rbf_kernel(_flat(given), flat, gamma=gamma).reshape(*given.shape[:2], len(flat))


def _machine(design: Float64s, rows: Counted, strength: float) -> Candidate:
    from sklearn.svm import SVC

    def fit(chosen: Ints) -> Decision:
        labels, weights = rows.spread(chosen)
        v = design.shape[1]
        columns = (chosen[:, None] * v + np.arange(v)).reshape(-1)
        model = SVC(C=strength, kernel="precomputed", decision_function_shape="ovo")
        model.fit(_flat(design[chosen][:, :, columns]), labels, sample_weight=weights)

        def decision(given: Float64s) -> Float64s:
            pairs = model.decision_function(_flat(given[:, :, columns]))
            return _mean_of_views(_margins(pairs, len(rows.present)), len(given))

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


# ---- what both share -------------------------------------------------------------------------------------------


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


def _flat(design: Float64s) -> Float64s:
    """Return (m × v, p) of (m, v, p)."""
    return design.reshape(-1, design.shape[-1])


def _mean_of_views(logits: Float64s, m: int) -> Float64s:
    """Return the mean logits (m, k) of the logits (m × v, k) of all views."""
    return np.asarray(logits.reshape(m, -1, logits.shape[-1]).mean(axis=1))


def _columns(decision: npt.NDArray[np.float64]) -> Float64s:
    """Return logits (m, k) of decision values, which are (m,) where there are two classes."""
    return decision if decision.ndim == 2 else np.stack([-decision / 2, decision / 2], axis=1)


def _constant(present: Ints, n_classes: int) -> Predictor:
    probabilities = np.zeros(n_classes, np.float32)
    probabilities[present] = 1.0
    return Constant(probabilities)
