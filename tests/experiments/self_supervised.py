"""What a network gains that the unlabelled pool has taught, against none, and against one taught by photographs."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from explorer.errors import TechniqueError
from explorer.records import Arm, Choice, Fact
from explorer.techniques.composing import compose
from tests.experiments.harness import Experiment


def _arm(model: str = "self_supervised", augmentation: str | None = None, **settings: Any) -> Arm:
    chosen = None if augmentation is None else Choice(augmentation)
    return Arm("self_supervised", "Self-supervised", Choice(model, settings), augmentation=chosen)


@dataclass(frozen=True)
class WhereItSuits(Experiment):
    """An experiment whose arms run on those sets alone that they suit: rotation is refused where it means nothing."""

    def trials(self, name: str, seed: int, budget: int) -> list[dict[str, Any]]:
        """Return one row a trial of a set: set, arm, per_class, seed, accuracy, fit_seconds."""
        suiting = {title: arm for title, arm in self.arms.items() if self._suits(arm, name)}
        return Experiment.trials(replace(self, arms=suiting), name, seed, budget)

    def _suits(self, arm: Arm, name: str) -> bool:
        try:
            compose(arm, free=self.free.get(name, ()))
        except TechniqueError:
            return False
        return True

    def tables(self, found: pd.DataFrame) -> list[str]:
        """Return the lines of the tables; a set on which an arm was not tried has a dash, and the arm no mean."""
        complete = found.groupby("arm").set.nunique() == found.set.nunique()
        ...


EXPERIMENT = WhereItSuits(
    name="self_supervised",
    question="Self-supervised learning on the pool",
    arms={
        "small CNN from scratch": _arm("small_cnn"),
        "small CNN from scratch, augmented": _arm("small_cnn", "gentle"),
        "untaught, probe": _arm(steps=10),
        "contrastive, probe": _arm(),
        "contrastive, fine-tuned": _arm(then="finetune"),
        "autoencoder, probe": _arm(method="autoencoder"),
        "autoencoder, fine-tuned": _arm(method="autoencoder", then="finetune"),
        "rotation, probe": _arm(method="rotation"),
        "rotation, fine-tuned": _arm(method="rotation", then="finetune"),
        "contrastive, 1500 steps, probe": _arm(steps=1500),
        "contrastive, 1500 steps, fine-tuned": _arm(steps=1500, then="finetune"),
        "contrastive, 1500 steps, fine-tuned, augmented": _arm(augmentation="gentle", steps=1500, then="finetune"),
        "ImageNet features": _arm("pretrained"),
        "contrastive from ImageNet, probe": _arm(start="imagenet"),
    },
    decision="",
    sets=("galaxies", "cells", "ising", "textures"),
    per_class=(5, 20),
    seeds=1,
    free={"galaxies": tuple(Fact), "cells": tuple(Fact), "ising": (Fact.ORIENTATION,), "textures": (Fact.POSITION,)},
)
