"""Wavelet scattering and logistic regression: a convolutional network whose filters are known and not learnt."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from explorer.records import Arm, Choice, Fact
from explorer.techniques.base import NOTHING, Consistency, Cost, FixedModel, Float32s, Learnt, Predictor, Task
from explorer.techniques.examples import Examples
from explorer.techniques.logistic import Logistic
from explorer.techniques.monitors import Monitor
from explorer.techniques.morlet import ANGLES, scattered
from explorer.techniques.resizing import resized
from explorer.techniques.settings import setting

#: A coefficient of this size is told from nothing: what is smaller counts as it is, what is larger by its logarithm.
FAINT = 1e-3
#: C of the logistic regression for descriptions whose variance, summed over all numbers, is 1 among the labelled rows.
STRENGTHS, FALLBACK = (1.0, 10.0, 100.0, 1000.0), 100.0


@dataclass(frozen=True)
class Scattering(FixedModel):
    """Sends each channel through two layers of fixed wavelets of all sizes and angles, and averages what comes out.
    Logistic regression learns from the logarithms of these averages, which hardly change when things shift or bend.
    """

    title: ClassVar[str] = "Scattering + LR"
    paper: ClassVar[str] = "Mallat 2012, doi:10.1002/cpa.21413; Bruna and Mallat 2013, doi:10.1109/TPAMI.2012.230"
    fails: ClassVar[str] = "When parts and their arrangement tell the class, which takes more than two layers."
    arms: ClassVar[tuple[Arm, ...]] = (Arm("scattering", title, Choice("scattering")),)
    first: ClassVar[bool] = True

    octaves: int = setting(
        4,
        label="Octaves",
        help="The largest wavelets, and the areas that are averaged, are 2 to this power pixels wide.",
        low=2,
        high=5,
        features=True,
    )
    order: int = setting(
        2,
        label="Layers",
        help="One layer tells how much there is of each size and angle, two also how these go together.",
        choices=(2, 1),
        features=True,
    )
    side: int = setting(
        64,
        label="Image side",
        help="Every image is resized to this side.",
        unit="px",
        choices=(32, 64, 128),
        features=True,
    )
    positions: str = setting(
        "auto",
        label="Positions",
        help="Whether averages over areas are kept or averaged over the whole image; auto: averaged where position"
        " carries no meaning.",
        choices=("auto", "kept", "averaged"),
        features=True,
    )
    angles: str = setting(
        "auto",
        label="Angles",
        help="Whether angles are kept, or only what stays the same when an image turns; auto: the latter where"
        " orientation carries no meaning.",
        choices=("auto", "kept", "invariant"),
        features=True,
    )

    def suited(self, free: frozenset[Fact]) -> Self:
        """Return the model that keeps of positions and angles what may carry meaning in the data."""
        positions = "averaged" if Fact.POSITION in free else "kept"
        angles = "invariant" if Fact.ORIENTATION in free else "kept"
        return replace(
            self,
            positions=positions if self.positions == "auto" else self.positions,
            angles=angles if self.angles == "auto" else self.angles,
        )

    def features(self, inputs: Float32s, learnt: Learnt = NOTHING) -> Float32s:
        """Return the description, (n, channels × numbers), of means in [0, 1] and logarithms of at least 0.

        With J octaves the numbers are 1 + 8 J + 32 J (J - 1), or 1 + 5 J + 20 J (J - 1) where angles are invariant,
        for each of (side / 2^J)² areas or for the whole image; at order 1 the last term is left out.
        """
        images = resized(inputs, self.side, self.side, filter="bilinear")
        return np.stack([self._described(np.moveaxis(each, -1, 0)) for each in images])

    def _described(self, planes: Float32s) -> Float32s:
        found = scattered(planes, self.octaves, self.order)
        parts = (found.mean, found.first, _by_difference(found.second))
        if self.positions == "averaged":
            parts = tuple(each.mean(axis=(-2, -1)) for each in parts)
        mean, first, second = parts
        logs = [np.log1p(np.maximum(each, 0) / np.float32(FAINT)) for each in (first, second)]
        if self.angles == "invariant":
            logs = [_strengths(each) for each in logs]
        return np.concatenate([each.reshape(len(planes), -1) for each in (mean, *logs)], axis=1).ravel()

    def fit(
        self,
        examples: Examples,
        *,
        n_classes: int,
        seed: int,
        monitor: Monitor,
        consistency: Consistency | None = None,
    ) -> Predictor:
        """Return the predictor fitted on features (n, d) or (n, v, d)."""
        rows = examples.rows[examples.weights > 0].reshape(-1, examples.rows.shape[-1])
        variance = max(float(rows.var(axis=0, dtype=np.float64).sum()), 1e-6)
        head = Logistic([each / variance for each in STRENGTHS], FALLBACK / variance)
        return head.fit(examples, n_classes=n_classes, seed=seed, monitor=monitor)

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds from the number of images, channels and labels."""
        each = 4e-3 * (self.side / 64) ** 2 * task.shape[-1]
        return Cost(0.5 + each * task.n_items, 0.05 + 2e-4 * task.n_labeled * task.n_classes)


def _by_difference(second: Float32s) -> Float32s:
    """Return (p, pairs, L, L, ...) by the angle of the first wavelet and by how far the second is turned against it."""
    turned = (np.arange(ANGLES)[:, None] + np.arange(ANGLES)[None, :]) % ANGLES
    return second[:, :, np.arange(ANGLES)[:, None], turned]


def _strengths(by_angle: Float32s) -> Float32s:
    """Return the magnitudes of the Fourier coefficients over the angles of the first wavelet: (p, m, L / 2 + 1, ...).

    When an image turns by one of the angles, numbers (p, m, L, ...) move along their third axis and magnitudes stay.
    The first is the mean over all angles, the others tell how many-fold what is seen is.
    """
    return np.asarray(np.abs(np.fft.rfft(by_angle, axis=2)) / ANGLES, np.float32)
