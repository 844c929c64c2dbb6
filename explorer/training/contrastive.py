"""Contrastive learning: two views of one image are to be more alike than views of different images.

Chen et al. 2020 (SimCLR), arXiv:2002.05709. Notation: b images in a batch, each seen in two views; views are described
by `encode` as rows (2b, width), then projected to points on a sphere, where the loss is. The projection is thrown away.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
import torch
from torch.nn import functional

from explorer.training import small_net
from explorer.training.feed import Float32s, rows
from explorer.training.loop import Objective, Tensor
from explorer.training.precision import fast_bfloat16
from explorer.training.pretext import Pretext, Source

#: From parameters and a batch to one description of each row, (b, width).
Encode: TypeAlias = Callable[[Sequence[Tensor], Tensor], Tensor]

#: Images in a step, each in two views.
BATCH = 48
#: Width of the hidden layer of the projection, and dimensions of the sphere.
HIDDEN, SPHERE = 128, 64
#: Parameters of the projection.
PROJECTION = 4
#: By which likenesses, cosines of angles, are divided.
TEMPERATURE = 0.2


def pretext(source: Source, widths: Sequence[int], random: np.random.Generator, seed: int) -> Pretext:
    """Return the task for the small network."""
    return Pretext(objective(small_net.pooled), projection(widths[-1], seed), batches(source, random))


def projection(width: int, seed: int) -> list[Tensor]:
    """Return weights and biases of the two layers that project descriptions of that width."""
    random = torch.Generator().manual_seed(seed)
    hidden = torch.randn((HIDDEN, width), generator=random) * (2 / width) ** 0.5
    out = torch.randn((SPHERE, HIDDEN), generator=random) * (1 / HIDDEN) ** 0.5
    found = [hidden, torch.zeros(HIDDEN), out, torch.zeros(SPHERE)]
    return [each.requires_grad_() for each in found]


def projected(parameters: Sequence[Tensor], described: Tensor) -> Tensor:
    """Return the points on the sphere, (b, SPHERE), of descriptions (b, width).

    Both layers take values standardized over the batch, as SimCLR's do: means of rectified maps point all the same way,
    and from there a network did not find out of equal answers for hundreds of steps.
    """
    first, shift, second, bias = parameters
    hidden = functional.relu(functional.linear(_standardized(described), first, shift))
    return functional.normalize(functional.linear(_standardized(hidden), second, bias), dim=1)


def _standardized(values: Tensor) -> Tensor:
    """Return values (b, d) with mean 0 and variance 1 of each column, or 0 where a column is constant."""
    return (values - values.mean(0)) / (values.var(0, correction=0) + 1e-5).sqrt()


def loss(points: Tensor, temperature: float = TEMPERATURE) -> Tensor:
    """Return the mean NT-Xent loss in nats of unit vectors (2b, d); rows i and b + i are views of one image."""
    n = len(points)
    likeness = points @ points.T / temperature
    likeness = likeness.masked_fill(torch.eye(n, dtype=torch.bool), float("-inf"))
    partners = torch.arange(n).roll(n // 2)
    return functional.cross_entropy(likeness, partners)


def objective(encode: Encode) -> Objective:
    """Return the loss of a batch of views (2b, ...), given the parameters of the encoder and then of the projection."""

    def found(parameters: Sequence[Tensor], views: Tensor, done: int) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16, enabled=fast_bfloat16()):
            described = encode(parameters[:-PROJECTION], views)
        return loss(projected(parameters[-PROJECTION:], described.float()))

    return found


def batches(source: Source, random: np.random.Generator) -> Iterator[Tensor]:
    """Yield two views each of BATCH images, (2 × BATCH, channels, height, width), without end."""
    for chosen in rows(len(source.images), min(BATCH, len(source.images)), random):
        seen = np.concatenate([source.images[chosen]] * 2)
        yield source.ready(seen if source.views is None else source.views(seen, random))


def spread(described: Float32s) -> float:
    """Return how widely descriptions (n, width) point, in [0, 1]: 0 when all are alike, which is called a collapse.

    It is the root mean square distance of the rows, scaled to length 1, from their mean.
    """
    units = described / np.maximum(np.linalg.norm(described, axis=1, keepdims=True), 1e-12)
    return float(np.sqrt(((units - units.mean(axis=0)) ** 2).sum(axis=1).mean()))
