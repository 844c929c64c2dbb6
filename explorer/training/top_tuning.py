"""Training the top of EfficientNet-Lite0 and a head on it: batches of maps, the objective, and what is answered.

Parameters are those of the top, as `lite0_top.initial` has them, then weight (k, 1280) and bias (k,) of the head.

Notation: n = images, v = views of each, maps (height, width, 80), k = number of classes, b = rows of a batch.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch

from explorer.training import lite0_top
from explorer.training.feed import rows
from explorer.training.lite0 import WIDTH
from explorer.training.loop import Believing, Objective, Recipe, Tensor, weighted_loss
from explorer.training.precision import fast_bfloat16

Float32s: TypeAlias = npt.NDArray[np.float32]

#: Share of what the network sees that the head does not get in a step.
DROPPED = 0.2
#: By how much maps are multiplied more or less in a step: by a tenth of labelled images and of the strong views.
GAIN, STRONG_GAIN = 0.1, 0.3
#: Side of the square that strong views lack, as a share of that of the map.
LACKING = 0.5


# ---- batches ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Batch:
    """Maps (b, height, width, 80) of labelled images, shares of the classes (b, k) and what each row counts, (b,).

    weak, strong    maps of two views of the same m unlabelled images, or None
    kept            what the head gets of the labelled and then of the strong views, (b + m, 1280): 0 or 1 / 0.8
    """

    images: Tensor
    targets: Tensor
    weights: Tensor
    weak: Tensor | None
    strong: Tensor | None
    kept: Tensor


@dataclass(frozen=True, eq=False)
class Feed:
    """Maps (n, v, height, width, 80) of each scale, class shares (n, k), what each row counts (n,), rows of a batch."""

    scales: Sequence[npt.NDArray[np.floating[Any]]]
    targets: npt.NDArray[np.floating[Any]]
    weights: npt.NDArray[np.floating[Any]]
    size: int

    def batches(self, random: np.random.Generator, consistency: Any = None) -> Iterator[Batch]:
        """Yield batches without end, every row once before any comes again, each time in a view drawn anew.

        All maps of a batch are of one scale, drawn anew. The `unlabeled` rows of `consistency`, (m, v, d), in which
        scales stand end to end, come beside them, `ratio` of them for each labelled one.
        """
        pools = [] if consistency is None else self._unlabeled(consistency)
        others = rows(len(pools[0]), consistency.ratio * self.size, random) if pools else None
        for chosen in rows(len(self.targets), self.size, random):
            scale = int(random.integers(len(self.scales)))
            maps = self.scales[scale]
            images = _gained(maps[chosen, _drawn(maps, chosen, random)], GAIN, random)
            weak, strong = (None, None) if others is None else _pair(pools[scale], next(others), random)
            count = len(images) + (0 if strong is None else len(strong))
            kept = (random.random((count, WIDTH), np.float32) >= DROPPED) / np.float32(1 - DROPPED)
            parts = (images, self.targets[chosen], self.weights[chosen], weak, strong, kept)
            yield Batch(*(None if part is None else torch.from_numpy(part.astype(np.float32)) for part in parts))

    def _unlabeled(self, consistency: Any) -> list[npt.NDArray[np.floating[Any]]]:
        flat = consistency.unlabeled
        ends = np.cumsum([np.prod(maps.shape[2:]) for maps in self.scales])[:-1]
        parts = np.split(flat, ends, axis=-1)
        return [part.reshape(*part.shape[:2], *maps.shape[2:]) for part, maps in zip(parts, self.scales, strict=True)]


def _drawn(maps: Any, chosen: Any, random: np.random.Generator) -> Any:
    """Return the number of a view for each chosen row."""
    return random.integers(maps.shape[1], size=len(chosen))


def _gained(maps: Any, most: float, random: np.random.Generator) -> Float32s:
    """Return maps (b, ...) that are multiplied by 1 and up to `most` more or less, each by a number of its own."""
    gains = random.uniform(1 - most, 1 + most, (len(maps), *[1] * (maps.ndim - 1)))
    return np.asarray(maps * gains.astype(np.float32), np.float32)


def _pair(pool: Any, chosen: Any, random: np.random.Generator) -> tuple[Float32s, Float32s]:
    """Return one view of each chosen row as it is, and another that is brighter or darker and lacks a square."""
    v = pool.shape[1]
    weak = _drawn(pool, chosen, random)
    other = (weak + random.integers(1, max(2, v), size=len(chosen))) % v
    strong = _gained(pool[chosen, other], STRONG_GAIN, random)
    return np.asarray(pool[chosen, weak], np.float32), _lacking(strong, random)


def _lacking(maps: Float32s, random: np.random.Generator) -> Float32s:
    """Return maps (b, height, width, channels) with a square of zeros in each, wherever it fits."""
    height, width = maps.shape[1:3]
    tall, wide = (max(1, round(LACKING * side)) for side in (height, width))
    tops = random.integers(height - tall + 1, size=len(maps))
    lefts = random.integers(width - wide + 1, size=len(maps))
    for each, top, left in zip(maps, tops, lefts, strict=True):
        each[top : top + tall, left : left + wide] = 0
    return maps


# ---- the network -----------------------------------------------------------------------------------------------


def initial(weight: npt.NDArray[np.floating[Any]], bias: npt.NDArray[np.floating[Any]]) -> list[Tensor]:
    """Return parameters to train: the top as learnt on ImageNet, then the head with this weight and bias, copied."""
    head = (torch.from_numpy(np.asarray(each, np.float32)).requires_grad_() for each in (weight, bias))
    return [*lite0_top.initial(), *head]


def places(maps: Float32s) -> Float32s:
    """Return what the network sees at several depths before it is trained, (b, d), of maps (b, height, width, 80).

    The parts stand as in `lite0_top.PLACES`.
    """
    with torch.no_grad(), products():
        found: Float32s = lite0_top.places(_untrained(), torch.from_numpy(maps)).numpy()
    return found


def probabilities(parameters: Sequence[Tensor], maps: Float32s) -> Float32s:
    """Return the class probabilities, (b, k), of maps (b, height, width, 80)."""
    with torch.no_grad():
        found: Float32s = logits(parameters, torch.from_numpy(maps)).softmax(dim=1).numpy()
    return found


def logits(parameters: Sequence[Tensor], maps: Tensor, kept: Tensor | None = None) -> Tensor:
    """Return logits (b, k) of maps; the head gets what the network sees times `kept`, (b, 1280), where it is given."""
    with products():
        seen = lite0_top.described(parameters[:-2], maps)
    seen = seen if kept is None else seen * kept
    return torch.addmm(parameters[-1], seen, parameters[-2].t())


def products() -> Any:
    """Return the context in which products of matrices are in bfloat16 where the processor has units for it."""
    return torch.autocast("cpu", torch.bfloat16, enabled=fast_bfloat16())


@functools.lru_cache(maxsize=1)
def _untrained() -> tuple[Tensor, ...]:
    return tuple(each.detach() for each in lite0_top.initial())


# ---- the objective ---------------------------------------------------------------------------------------------


def objective(recipe: Recipe, believing: Believing | None) -> Objective:
    """Return the loss of a batch in nats: that of its labelled rows, and that of what weak views teach strong ones.

    Batches with unlabelled images need `believing`.
    """
    return functools.partial(_loss, recipe, believing)


def _loss(recipe: Recipe, believing: Believing | None, parameters: Sequence[Tensor], batch: Batch, done: int) -> Tensor:
    labeled = len(batch.images)
    if believing is None or batch.weak is None or batch.strong is None:
        found = logits(parameters, batch.images, batch.kept)
        return weighted_loss(found, batch.targets, batch.weights, recipe.smoothing)
    taught = _taught(parameters, batch.weak, lambda answers: believing(answers, done, recipe.steps))
    found = logits(parameters, torch.cat([batch.images, batch.strong]), batch.kept)
    loss = weighted_loss(found[:labeled], batch.targets, batch.weights, recipe.smoothing)
    return loss + weighted_loss(found[labeled:], *taught, 0.0)


def _taught(parameters: Sequence[Tensor], weak: Tensor, believing: Callable[[Any], Any]) -> tuple[Tensor, Tensor]:
    """Return what the answers on weak views teach: targets (m, k) and weights (m,)."""
    with torch.no_grad():
        targets, weights = believing(logits(parameters, weak).softmax(dim=1).numpy())
    return torch.from_numpy(targets), torch.from_numpy(weights)
