"""Logistic regression on fixed features, on all of them or on each of several parts by itself, and the layers it is.

Notation: n = labelled rows, v = views of each row, d = features, p = coordinates of a design, k = number of classes.
"""

import copy
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.records import Ints
from explorer.techniques import tuning
from explorer.techniques.base import Predictor
from explorer.techniques.examples import Examples
from explorer.techniques.heads import Candidate, Counted, Decision, Fitted, constant, mean_of_views, of_all_views, tuned
from explorer.techniques.monitors import QUIET, Steps
from explorer.techniques.tuning import Float64s

#: Least probability that has a logarithm.
TINY = 1e-12


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
            return constant(rows.present, n_classes)
        project = _projection(of_all_views(rows.features), self.standardize)
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
        flat = of_all_views(centred)  # one product of matrices is many times faster than one for each row
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
        return mean_of_views(_columns(self.model.decision_function(of_all_views(given))), len(given))

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
        model.fit(of_all_views(design[chosen]), labels, sample_weight=weights)
        return Linear(model)

    return Candidate(fit, design)


def _columns(decision: npt.NDArray[np.float64]) -> Float64s:
    """Return logits (m, k) of decision values, which are (m,) where there are two classes."""
    return decision if decision.ndim == 2 else np.stack([-decision / 2, decision / 2], axis=1)


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
            return constant(rows.present, n_classes)
        projections = [_projection(of_all_views(rows.features[..., part]), False) for part in self.parts]
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
