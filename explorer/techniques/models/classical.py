"""Intensity and texture, and ensembles of decision trees: what was done before networks, and is often enough."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.records import Arm, Choice, Ints
from explorer.techniques import texture
from explorer.techniques.base import NOTHING, Consistency, Cost, FixedModel, Float32s, Learnt, Predictor, Task
from explorer.techniques.examples import Examples
from explorer.techniques.heads import Counted, averaged_views, constant
from explorer.techniques.monitors import Monitor
from explorer.techniques.resizing import resized
from explorer.techniques.settings import setting
from explorer.techniques.tuning import Float64s

#: Trees of a forest, and of those how many are grown between two questions whether to go on.
TREES, AT_ONCE = 300, 50
#: Rounds of boosting, in each of which every class gets one more tree, and how deep such a tree is.
ROUNDS, DEEP = 100, 3

#: Reports that one more of the equal parts of a fit is done; raises what ends the trial.
Tick = Callable[[], None]


@dataclass(frozen=True, eq=False)
class Material:
    """What trees are grown from.

    features    (n, d), the mean of the views where rows have several
    labels      (n,), from 0 to k-1 without gaps
    weights     (n,), above 0; every class has the same total
    """

    features: Float32s
    labels: Ints
    weights: Float64s
    seed: int


def _forest(material: Material, tick: Tick) -> Any:
    """Return a forest of extremely randomized trees: every tree sees all rows, thresholds are drawn at random."""
    from sklearn.ensemble import ExtraTreesClassifier

    forest = ExtraTreesClassifier(0, random_state=material.seed, warm_start=True)
    for _ in range(TREES // AT_ONCE):
        forest.n_estimators += AT_ONCE
        forest.fit(material.features, material.labels, sample_weight=material.weights)
        tick()
    return forest


def _boosting(material: Material, tick: Tick) -> Any:
    """Return boosted trees; each split looks at a random choice of √d features, which makes few rows go further."""
    from sklearn.ensemble import GradientBoostingClassifier

    def ticking(*_: Any) -> bool:
        tick()
        return False

    model = GradientBoostingClassifier(
        n_estimators=ROUNDS, max_depth=DEEP, max_features="sqrt", random_state=material.seed
    )
    return model.fit(material.features, material.labels, sample_weight=material.weights, monitor=ticking)


#: What grows, and how many ticks it takes.
LEARNERS = {"forest": (_forest, TREES // AT_ONCE), "boosting": (_boosting, ROUNDS)}


@dataclass(frozen=True, eq=False)
class Ensemble:
    """What was learnt: features (m, d) or (m, v, d) to probabilities (m, k), float32, rows sum to 1."""

    learners: Sequence[Any]
    present: Ints
    n_classes: int

    def __call__(self, features: Float32s) -> Float32s:
        """Return the mean of the learners' class probabilities, (m, k)."""
        seen = averaged_views(features)
        found = np.zeros((len(seen), self.n_classes), np.float64)
        found[:, self.present] = np.mean([self._doubted(each.predict_proba(seen)) for each in self.learners], axis=0)
        return found.astype(np.float32)

    def _doubted(self, shares: Float64s) -> Float64s:
        """Return probabilities (m, k) as if one tree more, of as many as a forest has, had known nothing."""
        return (TREES * shares + 1 / len(self.present)) / (TREES + 1)


@dataclass(frozen=True)
class Classical(FixedModel):
    """Describes each channel by its intensities and its texture, in numbers that are known since before networks.
    A forest of randomized trees and gradient boosting learn from these numbers, and their answers are averaged.

    The numbers are moments and percentiles, local binary patterns, co-occurrences of grey levels, a granularity
    spectrum and shares of the power spectrum; `explorer.techniques.texture` has them.
    """

    title: ClassVar[str] = "Texture + trees"
    paper: ClassVar[str] = (
        "Haralick et al. 1973, doi:10.1109/TSMC.1973.4309314; Ojala et al. 2002, doi:10.1109/TPAMI.2002.1017623;"
        " Geurts et al. 2006, doi:10.1007/s10994-006-6226-1; Friedman 2001, doi:10.1214/aos/1013203451"
    )
    fails: ClassVar[str] = "When classes differ in shape or in where things are, and not in intensity or texture."
    arms: ClassVar[tuple[Arm, ...]] = (Arm("classical", title, Choice("classical")),)
    first: ClassVar[bool] = True

    learner: str = setting(
        "both",
        label="Learner",
        help="A forest of randomized trees, gradient boosting, or the mean of their answers.",
        choices=("both", *LEARNERS),
    )
    side: int = setting(
        128,
        label="Image side",
        help="Larger images are averaged down to this side; smaller ones stay as they are.",
        unit="px",
        low=32,
        high=256,
        features=True,
    )

    def features(self, inputs: Float32s, learnt: Learnt = NOTHING) -> Float32s:
        """Return the description, (n, c × 119 + c × (c - 1)) for c channels, values in [-1, 1]."""
        height, width = (min(each, self.side) for each in inputs.shape[1:3])
        return np.stack([texture.described(each) for each in resized(inputs, height, width, filter="box")])

    def fit(
        self,
        examples: Examples,
        *,
        n_classes: int,
        seed: int,
        monitor: Monitor,
        consistency: Consistency | None = None,
    ) -> Predictor:
        """Return the predictor fitted on features (n, d) or (n, v, d), classes weighing equally.

        Rows of weight 0 are left out; a class without rows gets probability 0. Raises Cancelled or OutOfTime through
        `monitor`.
        """
        rows = Counted.of(examples)
        if len(rows.present) < 2:
            return constant(rows.present, n_classes)
        seen = np.asarray(averaged_views(rows.features), np.float32)
        material = Material(seen, rows.labels, rows.weights, seed)
        chosen = [each for name, each in LEARNERS.items() if self.learner in ("both", name)]
        tick = _ticking(monitor, sum(ticks for _, ticks in chosen))
        return Ensemble([grown(material, tick) for grown, _ in chosen], rows.present, n_classes)

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds from the number of images, channels, pixels, labels and classes."""
        seen = min(task.shape[0], self.side) * min(task.shape[1], self.side)
        each = task.shape[-1] * (1.5e-3 + 0.6e-6 * seen)
        return Cost(each * task.n_items, 0.3 + 1e-3 * task.n_labeled + 0.04 * task.n_classes)


def _ticking(monitor: Monitor, total: int) -> Tick:
    done = iter(range(1, total + 1))
    return lambda: monitor.step(next(done), total)
