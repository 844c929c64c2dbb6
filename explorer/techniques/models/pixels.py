"""Pixels and logistic regression: the simplest learner that sees the whole image."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.records import Arm, Choice
from explorer.techniques.base import NOTHING, Cost, FixedModel, Float32s, Head, Learnt, Task
from explorer.techniques.logistic import Logistic
from explorer.techniques.resizing import resized
from explorer.techniques.settings import setting


@dataclass(frozen=True)
class Pixels(FixedModel):
    """Makes each image small and fits logistic regression to its raw pixels, all channels.
    On centred objects of one size it can be all that is needed.
    """

    title: ClassVar[str] = "Pixels + LR"
    paper: ClassVar[str] = "Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x (logistic regression)"
    fails: ClassVar[str] = "When objects shift, turn or stand before changing backgrounds."
    arms: ClassVar[tuple[Arm, ...]] = (Arm("pixels", title, Choice("pixels")),)
    #: C is per the whole image.
    head: ClassVar[Head] = Logistic(strengths=(0.01, 0.1, 1.0), fallback=1.0)

    side: int = setting(
        32,
        label="Image side",
        help="Larger images are averaged down to this side; smaller ones stay as they are.",
        unit="px",
        low=8,
        high=64,
        features=True,
    )

    def features(self, inputs: Float32s, learnt: Learnt = NOTHING) -> Float32s:
        """Return the pixels of the small image in [0, 1], (n, side × side × channels)."""
        height, width = (min(each, self.side) for each in inputs.shape[1:3])
        return resized(inputs, height, width, filter="box").reshape(len(inputs), -1)

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds from the number of pixels and labels."""
        return Cost(5e-9 * task.n_items * float(np.prod(task.shape)), 0.02 + 5e-5 * task.n_labeled * task.n_classes)
