from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.techniques.base import NOTHING, FixedModel
from explorer.techniques.settings import setting


@dataclass(frozen=True)
class Broken(FixedModel):
    """Fails as it is told to."""

    title: ClassVar[str] = "Broken"
    paper: ClassVar[str] = "none"
    fails: ClassVar[str] = "On purpose."

    above: int = setting(0, label="Above", help="Fails above this number of labelled rows.", low=0, high=10000)
    how: str = setting("fit", label="How", help="Where it fails.", choices=("fit", "features", "shape"), features=True)

    def features(self, inputs, learnt=NOTHING):
        if self.how == "features":
            raise ValueError("no features on purpose")
        return np.zeros((len(inputs), 1), np.float32)

    def fit(self, examples, *, n_classes, seed, monitor, consistency=None):
        if self.how == "fit" and len(examples) > self.above:
            raise ValueError("broken on purpose")
        columns = n_classes - 1 if self.how == "shape" else n_classes
        return lambda given: np.full((len(given), columns), 1 / columns, np.float32)
