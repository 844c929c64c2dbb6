"""The one training loop: an objective, parameters, batches and a recipe give averaged weights.

Nothing in it draws random numbers, and nothing is stopped early or chosen by looking: the recipe is run to its end.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch.nn import functional

from explorer.errors import StudyError
from explorer.training.descent import Cycle, Descent
from explorer.training.precision import fast_bfloat16

Tensor: TypeAlias = Any

#: From parameters and images (b, channels, height, width) to logits (b, k).
Forward: TypeAlias = Callable[[Sequence[Tensor], Tensor], Tensor]

#: From parameters, a batch and the number of steps made to the loss, a tensor of one number.
Objective: TypeAlias = Callable[[Sequence[Tensor], Any, int], Tensor]

#: From class probabilities (m, k) of weak views, steps made and steps in all to targets (m, k) of the strong views of
#: the same images, and what each counts, (m,); arrays, not tensors.
Believing: TypeAlias = Callable[[Any, int, int], tuple[Any, Any]]


@dataclass(frozen=True)
class Batch:
    """Images (b, channels, height, width), shares of the classes (b, k) and what each row counts (b,), about 1.

    `weak` and `strong` are two views of the same unlabelled images, (m, channels, height, width), or None.
    """

    images: Tensor
    targets: Tensor
    weights: Tensor
    weak: Tensor | None = None
    strong: Tensor | None = None


@dataclass(frozen=True)
class Recipe:
    """How to train: AdamW with one cycle of the learning rate, Muon for kernels, and a running average of the weights.

    steps            three at least
    learning_rate    at the peak of the cycle, after `warm_up` of the steps
    weight_decay     of matrices and kernels that AdamW moves; biases and normalizations have none
    smoothing        share of a label that is spread over all classes
    average          share of the old average that each step keeps
    kernel_step      share of its length by which Muon moves a kernel after the first at the peak, see `Descent`; 0:
                     AdamW moves kernels, too
    """

    steps: int
    learning_rate: float
    weight_decay: float
    smoothing: float
    average: float
    warm_up: float = 0.3
    kernel_step: float = 0.0


def averaging(steps: int) -> float:
    """Return the share of the old average that suits a run of that many steps: it remembers a twentieth of them."""
    return 1 - 1 / max(10, 0.05 * steps)


def train(
    forward: Forward,
    parameters: Sequence[Tensor],
    batches: Iterable[Batch],
    recipe: Recipe,
    report: Callable[[int, int], None],
    believing: Believing | None = None,
) -> list[Tensor]:
    """Return the averaged parameters after training a classifier's `parameters` in place, as `descended` does.

    Batches with unlabelled images need `believing`.
    """
    objective = functools.partial(_classified, forward, believing, recipe)
    return descended(objective, parameters, batches, recipe, report)


def descended(
    objective: Objective,
    parameters: Sequence[Tensor],
    batches: Iterable[Any],
    recipe: Recipe,
    report: Callable[[int, int], None],
) -> list[Tensor]:
    """Return the averaged parameters after training `parameters` in place on one batch for each step.

    `report` is called with (steps made, steps in all) before each step, and may raise to end the training. Raises
    StudyError when the loss is not a finite number.
    """
    cycle = Cycle(recipe.learning_rate, recipe.steps, _warm_up(recipe))
    descent = Descent(parameters, cycle, recipe.weight_decay, recipe.kernel_step)
    averaged = [each.detach().clone() for each in parameters]
    for done, batch in zip(range(recipe.steps), batches, strict=False):
        report(done, recipe.steps)
        _finite(objective(parameters, batch, done), recipe).backward()
        descent.step()
        torch._foreach_lerp_(averaged, [each.detach() for each in parameters], 1 - recipe.average)
    report(recipe.steps, recipe.steps)
    return averaged


def remembering(objective: Objective, losses: list[float]) -> Objective:
    """Return the objective that puts every loss into `losses`."""

    def found(parameters: Sequence[Tensor], batch: Any, done: int) -> Tensor:
        loss = objective(parameters, batch, done)
        losses.append(float(loss.detach()))
        return loss

    return found


def _warm_up(recipe: Recipe) -> float:
    """Return the share of the steps that warm up, two steps at least, as a cycle needs."""
    return max(recipe.warm_up, 2 / recipe.steps)


def _finite(loss: Tensor, recipe: Recipe) -> Tensor:
    if not torch.isfinite(loss):
        rate = f"{recipe.learning_rate:g}"
        raise StudyError(f"The training loss became {loss.item()} at a learning rate of {rate}; choose a lower one.")
    return loss


# ---- classification --------------------------------------------------------------------------------------------


def _classified(
    forward: Forward, believing: Believing | None, recipe: Recipe, parameters: Sequence[Tensor], batch: Batch, done: int
) -> Tensor:
    """Return the loss of a batch: that of the labelled images, and that of what weak views teach strong ones."""
    taught = _taught(forward, parameters, batch, believing, done, recipe.steps)
    images = batch.images if taught is None else torch.cat([batch.images, batch.strong])
    with torch.autocast("cpu", torch.bfloat16, enabled=fast_bfloat16()):
        logits = forward(parameters, images).float()
    labeled = len(batch.images)
    loss = weighted_loss(logits[:labeled], batch.targets, batch.weights, recipe.smoothing)
    return loss if taught is None else loss + weighted_loss(logits[labeled:], *taught, 0.0)


def _taught(
    forward: Forward, parameters: Sequence[Tensor], batch: Batch, believing: Believing | None, done: int, steps: int
) -> tuple[Tensor, Tensor] | None:
    """Return what the weak views teach: targets (m, k) and weights (m,); None where a batch has none."""
    if batch.weak is None or believing is None:
        return None
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=fast_bfloat16()):
        probabilities = forward(parameters, batch.weak).float().softmax(dim=1)
    targets, weights = believing(probabilities.numpy(), done, steps)
    return torch.from_numpy(targets), torch.from_numpy(weights)


def weighted_loss(logits: Tensor, targets: Tensor, weights: Tensor, smoothing: float) -> Tensor:
    """Return the weighted mean cross-entropy in nats; rows of weight 0 count, so that a few sure ones weigh little."""
    each = functional.cross_entropy(logits, targets, reduction="none", label_smoothing=smoothing)
    return (each * weights).mean()
