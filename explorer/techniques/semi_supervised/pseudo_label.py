"""Pseudo-labels in their textbook form: what the model is very sure of counts as labelled, and it learns anew."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.records import UNLABELED
from explorer.techniques.base import Cost, Learner, Predictor, SemiSupervised, Task
from explorer.techniques.believing import (
    answers,
    believing,
    class_shares,
    told_no_pool,
    told_shift,
    told_unused,
)
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import Monitor
from explorer.techniques.settings import setting


@dataclass(frozen=True)
class PseudoLabel(SemiSupervised):
    """Lets the model label the pool, takes the labels of which it is surest for true ones, and fits it anew.
    This is repeated a few times; no class is kept from growing at the cost of the others.

    Believed rows count together as much as the labelled ones do, at most. Kept as the textbook has it, for comparison:
    self-training is the technique to use.
    """

    title: ClassVar[str] = "Pseudo-labels (threshold)"
    paper: ClassVar[str] = "Lee 2013, ICML workshop WREPL; comparison: Oliver et al. 2018, arXiv:1804.09170"
    fails: ClassVar[str] = (
        "When the model is sure of wrong answers, which then confirm themselves, or is never sure enough to begin."
    )

    threshold: float = setting(
        0.95,
        label="Threshold",
        help="Least probability of a label that is believed.",
        low=0.5,
        high=0.999,
    )
    rounds: int = setting(
        3,
        label="Rounds",
        help="Times that the pool is labelled and the model is fitted anew; each costs a whole fit.",
        low=1,
        high=10,
    )

    @property
    def fits(self) -> int:
        """Return how often it fits a model: once, and in each round."""
        return 1 + self.rounds

    def fit(self, learner: Learner, labeled: Examples, unlabeled: Any, *, seed: int, monitor: Monitor) -> Predictor:
        """Return the predictor of the last round."""
        predictor = learner.fit(labeled)
        if not len(unlabeled):
            monitor.note(told_no_pool())
            return predictor
        labels = np.full(len(unlabeled), UNLABELED, np.int64)
        for number in range(self.rounds):
            monitor.step(number, self.rounds)
            probabilities = answers(predictor, unlabeled, monitor)
            before = labels
            sure = probabilities.max(axis=1) >= self.threshold
            labels = np.where(sure, probabilities.argmax(axis=1), UNLABELED)
            monitor.believe(labels, probabilities.max(axis=1))
            if np.array_equal(labels, before):
                break
            predictor = learner.fit(believing(labeled, unlabeled, labels))
        used = float((labels != UNLABELED).mean())
        prior = class_shares(labeled.labels, learner.n_classes, labeled.weights)
        shift = None if used == 0 else told_shift(prior, class_shares(labels, learner.n_classes), len(labels))
        for sentence in filter(None, (told_unused(used), shift)):
            monitor.note(sentence)
        monitor.step(self.rounds, self.rounds)
        return predictor

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds of the further fits of a head; those of a trained model cost as much as its first."""
        return Cost(0.0, self.rounds * (0.3 + 2e-4 * task.n_items))
