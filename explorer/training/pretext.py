"""Pretext tasks: what a network can be taught by images without labels, and how it is taught."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from explorer.training.feed import Float32s, Views
from explorer.training.loop import Objective, Recipe, Tensor, averaging, descended, remembering

LEARNING_RATE, WEIGHT_DECAY = 0.002, 0.01


@dataclass(frozen=True, eq=False)
class Pretext:
    """A task whose answers are in the images themselves.

    objective    the loss, given the parameters of the encoder and then `heads`
    heads        parameters beside the encoder's, of no use for anything but the task
    batches      what the objective takes, without end
    """

    objective: Objective
    heads: Sequence[Tensor]
    batches: Iterator[Any]


@dataclass(frozen=True, eq=False)
class Source:
    """Unlabelled images (n, height, width, channels), in [0, 1] when indexed.

    views    makes views of a batch; None where nothing may be changed
    ready    turns images in [0, 1] into the tensor that the network takes
    """

    images: Any
    views: Views | None
    ready: Callable[[Float32s], Tensor]


class Making(Protocol):
    """Makes a task of images."""

    def __call__(self, source: Source, widths: Sequence[int], random: np.random.Generator, seed: int) -> Pretext:
        """Return the task for an encoder of these widths."""


def taught(
    encoder: Sequence[Tensor], pretext: Pretext, steps: int, report: Callable[[int, int], None]
) -> tuple[list[Tensor], list[float]]:
    """Return the averaged parameters after that many steps, the encoder's and then the heads', and each step's loss.

    Raises StudyError when the loss is not a finite number, and what `report` raises.
    """
    losses: list[float] = []
    recipe = Recipe(steps, LEARNING_RATE, WEIGHT_DECAY, 0.0, averaging(steps), warm_up=0.1)
    objective = remembering(pretext.objective, losses)
    return descended(objective, [*encoder, *pretext.heads], pretext.batches, recipe, report), losses
