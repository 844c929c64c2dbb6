"""Histograms of oriented gradients and a support vector machine: what vision did before networks."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.records import Arm, Choice
from explorer.techniques.base import NOTHING, Cost, FixedModel, Float32s, Head, Learnt, Task
from explorer.techniques.resizing import resized
from explorer.techniques.settings import setting
from explorer.techniques.support_vectors import SupportVectors

CELL = 8
ORIENTATIONS = 9
BINS = 32


@dataclass(frozen=True)
class Hog(FixedModel):
    """Describes an image by the directions of its edges in a grid of cells, and by a histogram of its intensities.
    A support vector machine learns from this description, which needs no pretraining and little time.
    """

    title: ClassVar[str] = "HOG + SVM"
    paper: ClassVar[str] = "Dalal and Triggs 2005, doi:10.1109/CVPR.2005.177"
    fails: ClassVar[str] = "When intensity or fine texture is the signal, and on noisy images, whose edges are noise."
    arms: ClassVar[tuple[Arm, ...]] = (Arm("hog", title, Choice("hog")),)
    head: ClassVar[Head] = SupportVectors(strengths=(1.0, 10.0, 100.0), fallback=10.0)

    side: int = setting(
        64,
        label="Image side",
        help="Every image is resized to this side; cells are 8 px wide.",
        unit="px",
        low=32,
        high=128,
        features=True,
    )

    def features(self, inputs: Float32s, learnt: Learnt = NOTHING) -> Float32s:
        """Return the description, (n, planes × (blocks × 36 + 32)).

        Three channels are seen as one plane of brightness; any other count gives one plane per channel.
        """
        planes = _planes(resized(inputs, self.side, self.side, filter="bilinear"))
        return np.stack([_described(each) for each in planes])

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds from the number of images, channels and labels."""
        planes = 1 if task.shape[-1] == 3 else task.shape[-1]
        return Cost(2e-3 * task.n_items * planes * (self.side / 64) ** 2, 0.03 + 6e-7 * task.n_labeled**2)


def _planes(images: Float32s) -> Float32s:
    if images.shape[-1] != 3:
        return images
    luma = np.array([0.299, 0.587, 0.114], np.float32)
    return np.stack([each @ luma for each in images])[..., None]


def _described(planes: Float32s) -> Float32s:
    """Return HOG and intensity histogram of each plane of one image (side, side, planes), end to end."""
    from skimage.feature import hog

    parts: list[Float32s] = []
    for plane in np.moveaxis(planes, -1, 0):
        edges = hog(plane, ORIENTATIONS, pixels_per_cell=(CELL, CELL), cells_per_block=(2, 2))
        counts = np.histogram(plane, BINS, range=(0.0, 1.0))[0]
        parts += [edges.astype(np.float32), (counts / plane.size).astype(np.float32)]
    return np.concatenate(parts)
