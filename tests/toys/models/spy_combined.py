from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.records import Arm, Choice
from explorer.techniques.base import CombinedModel
from explorer.techniques.monitors import Hushed

SEEN = []


@dataclass(frozen=True)
class SpyCombined(CombinedModel):
    """The mean of two arms, each fitted quietly on half of the rows first, and a record of all it was given."""

    title: ClassVar[str] = "Combined spy"
    paper: ClassVar[str] = "none"
    fails: ClassVar[str] = "Never."

    def members(self):
        return (
            Arm("one", "One", Choice("spy_fixed"), semi_supervised=Choice("spy_semi")),
            Arm("two", "Two", Choice("spy_trained"), denoising=Choice("rule")),
        )

    def fit(self, examples, members, *, n_classes, seed, monitor):
        SEEN.append(([np.array(rows[:]) for rows in examples.rows], examples.labels.copy(), seed))
        half = np.arange(0, len(examples), 2)

        def own(number, chosen=None):
            part = examples if chosen is None else examples.subset(chosen)
            return type(examples)(part.rows[number], part.labels, part.weights, part.units)

        for number, fit in enumerate(members):
            fit(own(number, half), Hushed(monitor))
        predictors = [fit(own(number), monitor) for number, fit in enumerate(members)]
        return lambda seen: sum(each(rows) for each, rows in zip(predictors, seen, strict=True)) / 2
