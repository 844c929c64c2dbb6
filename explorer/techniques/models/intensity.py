"""Mean intensity and logistic regression: how far brightness alone carries."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.records import Arm, Choice
from explorer.techniques.base import NOTHING, Cost, FixedModel, Float32s, Head, Learnt, Task
from explorer.techniques.logistic import Logistic


@dataclass(frozen=True)
class Intensity(FixedModel):
    """Sees nothing of an image but the mean of each channel and fits logistic regression to these few numbers.
    When its curve comes near the best one, brightness alone explains most of the labels.
    """

    title: ClassVar[str] = "Mean intensity"
    paper: ClassVar[str] = "Geirhos et al. 2020, arXiv:2004.07780 (shortcut learning: why trivial cues must be tested)"
    fails: ClassVar[str] = "Whenever classes differ in shape or texture and not in brightness or colour."
    arms: ClassVar[tuple[Arm, ...]] = (Arm("intensity", title, Choice("intensity")),)
    #: The penalty is weak: a shortcut must show at one label a class, where C=1 left 15 clean levels at 20 %.
    head: ClassVar[Head] = Logistic(strengths=(1.0, 30.0, 1000.0), fallback=100.0, standardize=True)
    first: ClassVar[bool] = True

    def features(self, inputs: Float32s, learnt: Learnt = NOTHING) -> Float32s:
        """Return the mean of each channel, (n, channels)."""
        flat = inputs.reshape(len(inputs), -1, inputs.shape[-1])
        return np.stack([each.mean(axis=0, dtype=np.float64) for each in flat]).astype(np.float32)

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds from the number of pixels and labels."""
        return Cost(2e-9 * task.n_items * float(np.prod(task.shape)), 0.06 + 2e-6 * task.n_labeled * task.n_classes)
