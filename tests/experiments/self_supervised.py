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
        """Return the lines of the tables, one of each budget for the arms that were tried on the same sets."""
        sets = found.arm.map(found.groupby("arm").set.unique().map(tuple))
        return [line for _, part in found.groupby(sets, sort=False) for line in super(WhereItSuits, self).tables(part)]


EXPERIMENT = WhereItSuits(
    name="self_supervised",
    question="Self-supervised learning on the pool",
    arms={
        "small CNN from scratch": _arm("small_cnn"),
        "small CNN from scratch, augmented": _arm("small_cnn", "gentle"),
        "untaught, probe": _arm(steps=10),
        "contrastive, probe": _arm(steps=600),
        "contrastive, fine-tuned": _arm(steps=600, then="finetune"),
        "autoencoder, probe": _arm(method="autoencoder", steps=600),
        "autoencoder, fine-tuned": _arm(method="autoencoder", steps=600, then="finetune"),
        "rotation, probe": _arm(method="rotation", steps=600),
        "rotation, fine-tuned": _arm(method="rotation", steps=600, then="finetune"),
        "contrastive, 1500 steps, probe": _arm(steps=1500),
        "contrastive, 1500 steps, probe, augmented": _arm(augmentation="gentle", steps=1500),
        "contrastive, 1500 steps, fine-tuned": _arm(steps=1500, then="finetune"),
        "contrastive, 1500 steps, fine-tuned, augmented": _arm(augmentation="gentle", steps=1500, then="finetune"),
        "ImageNet features": _arm("pretrained"),
        "contrastive from ImageNet, probe": _arm(start="imagenet", steps=600),
    },
    decision=(
        "The arm teaches contrastively for 1500 steps, then trains the whole network on gentle views of the labelled"
        " images. On galaxies and cells this is 12 points above the same network from random weights on the same views"
        " at 5 labels a class and 5 at 20, and on average 1 and 2 points below ImageNet features. Without views of the"
        " labelled images, further training falls 10 points behind at 5 labels. A probe on views is as good on these"
        " two sets in a tenth of the seconds of a trial, but cannot learn what the task left out: after 600 steps, on"
        " textures at 20 labels, it stays 8 points below the network from scratch, and further training 1. With a probe"
        " at 5 labels, 1500 steps are 6 points above 600. The autoencoder gains 1 point over an untaught network, and"
        " rotation loses 3 with a probe, on textures, the one set of these on which it can be asked for. On Ising"
        " phases all are within 5 points of an untaught network. From ImageNet, a probe on cells is 6 points and 1"
        " below plain ImageNet features, which have better heads and more views: it has one view, one regression."
        " One seed and at most 250 rows that judge; what is augmented, and 1500 steps, were tried on two sets."
        " All of this and the tables are of the time when AdamW trained the small network. Since Muon does, the network"
        " from scratch is as good on gentle views: 68.8 and 88.0 % on galaxies and cells at 5 labels, where the taught"
        " one has 67.2 and 89.2, and 87.6 and 96.4 at 20, against 86.4 and 94.0 (one seed, orientation free)."
    ),
    sets=("galaxies", "cells", "ising", "textures"),
    per_class=(5, 20),
    seeds=1,
    free={"galaxies": tuple(Fact), "cells": tuple(Fact), "ising": (Fact.ORIENTATION,), "textures": (Fact.POSITION,)},
)
