"""Majority class: the floor below which no technique may fall."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.records import Arm, Choice
from explorer.techniques.base import NOTHING, Consistency, Cost, FixedModel, Float32s, Learnt, Predictor, Task
from explorer.techniques.examples import Examples
from explorer.techniques.heads import Constant
from explorer.techniques.monitors import Monitor


@dataclass(frozen=True)
class Majority(FixedModel):
    """Ignores the images and answers with the shares of the classes among the labelled examples.
    Anything that does not beat it has learnt nothing.

    Where labels are balanced, as budgets of so many of each class make them, all shares are equal, and the class that
    is answered is the first: a floor does not guess better than that.
    """

    title: ClassVar[str] = "Majority class"
    paper: ClassVar[str] = "Holte 1993, doi:10.1023/A:1022631118932 (simple rules as the first comparison)"
    fails: ClassVar[str] = "Always: it is drawn so that other curves can be judged, not to be used."
    learns: ClassVar[bool] = False
    arms: ClassVar[tuple[Arm, ...]] = (Arm("majority", title, Choice("majority")),)
    first: ClassVar[bool] = True

    def features(self, inputs: Float32s, learnt: Learnt = NOTHING) -> Float32s:
        """Return one column of zeros, (n, 1)."""
        return np.zeros((len(inputs), 1), np.float32)

    def fit(
        self,
        examples: Examples,
        *,
        n_classes: int,
        seed: int,
        monitor: Monitor,
        consistency: Consistency | None = None,
    ) -> Predictor:
        """Return the predictor that gives every row the (weighted) shares of the classes."""
        shares = np.bincount(examples.labels, weights=examples.weights, minlength=n_classes)
        return Constant((shares / shares.sum()).astype(np.float32))

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds: nothing to speak of."""
        return Cost(0.0, 0.0005)
