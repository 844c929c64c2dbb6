"""The one training loop: a forward function, its parameters, batches and a recipe give averaged weights.

Nothing in it draws random numbers, and nothing is stopped early or chosen by looking: the recipe is run to its end.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch.nn import functional

from explorer.errors import StudyError
from explorer.training.precision import fast_bfloat16

Tensor: TypeAlias = Any

#: From parameters and images (b, channels, height, width) to logits (b, k).
Forward: TypeAlias = Callable[[Sequence[Tensor], Tensor], Tensor]


@dataclass(frozen=True)
class Batch:
    """Images (b, channels, height, width), labels (b,) int64 and what each row counts (b,), of mean about 1."""

    images: Tensor
    labels: Tensor
    weights: Tensor


@dataclass(frozen=True)
class Recipe:
    """How to train: AdamW with one cycle of the learning rate, and a running average of the weights.

    learning_rate    at the peak of the cycle, after `warm_up` of the steps
    weight_decay     of matrices and kernels; biases and normalizations have none
    smoothing        share of a label that is spread over all classes
    average          share of the old average that each step keeps
    """

    steps: int
    learning_rate: float
    weight_decay: float
    smoothing: float
    average: float
    warm_up: float = 0.3


def train(
    forward: Forward,
    parameters: Sequence[Tensor],
    batches: Iterable[Batch],
    recipe: Recipe,
    report: Callable[[int, int], None],
) -> list[Tensor]:
    """Return the averaged parameters after training `parameters` in place on one batch for each step.

    `report` is called with (steps made, steps in all) before each step, and may raise to end the training.
    Raises StudyError when the loss is not a finite number.
    """
    optimizer = _optimizer(parameters, recipe)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, total_steps=recipe.steps, pct_start=recipe.warm_up
    )
    averaged = [each.detach().clone() for each in parameters]
    for done, batch in zip(range(recipe.steps), batches, strict=False):
        report(done, recipe.steps)
        _step(forward, parameters, batch, recipe, optimizer)
        schedule.step()
        torch._foreach_lerp_(averaged, [each.detach() for each in parameters], 1 - recipe.average)
    report(recipe.steps, recipe.steps)
    return averaged


def _optimizer(parameters: Sequence[Tensor], recipe: Recipe) -> Any:
    groups = [
        {"params": [each for each in parameters if each.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [each for each in parameters if each.ndim == 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, fused=True)


def _step(forward: Forward, parameters: Sequence[Tensor], batch: Batch, recipe: Recipe, optimizer: Any) -> None:
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", torch.bfloat16, enabled=fast_bfloat16()):
        logits = forward(parameters, batch.images).float()
    each = functional.cross_entropy(logits, batch.labels, reduction="none", label_smoothing=recipe.smoothing)
    loss = (each * batch.weights).mean()
    if not torch.isfinite(loss):
        rate = f"{recipe.learning_rate:g}"
        raise StudyError(f"The training loss became {loss.item()} at a learning rate of {rate}; choose a lower one.")
    loss.backward()
    optimizer.step()
