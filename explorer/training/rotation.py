"""Rotation prediction: which of the four quarter turns an image was turned by, which only content can tell.

Gidaris et al. 2018, arXiv:1803.07728.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch.nn import functional

from explorer.training import small_net
from explorer.training.feed import rows
from explorer.training.loop import Tensor
from explorer.training.precision import fast_bfloat16
from explorer.training.pretext import Pretext, Source

#: Images in a step, each in four turns.
BATCH = 24
#: Quarter turns that are told apart.
TURNS = 4


def pretext(source: Source, widths: Sequence[int], random: np.random.Generator, seed: int) -> Pretext:
    """Return the task for the small network, whose last layer tells the turn."""
    heads = [torch.zeros(TURNS, widths[-1]).requires_grad_(), torch.zeros(TURNS).requires_grad_()]
    return Pretext(objective, heads, batches(source, random))


def objective(parameters: Sequence[Tensor], images: Tensor, done: int) -> Tensor:
    """Return the cross-entropy in nats of which turn each of the images (4b, ...) of `batches` shows."""
    with torch.autocast("cpu", torch.bfloat16, enabled=fast_bfloat16()):
        logits = small_net.logits(parameters, images).float()
    return functional.cross_entropy(logits, torch.arange(TURNS).repeat_interleave(len(images) // TURNS))


def batches(source: Source, random: np.random.Generator) -> Iterator[Tensor]:
    """Yield BATCH images turned by 0, 1, 2 and 3 quarters, one turn after the other, (4 × BATCH, ...), without end.

    Of oblong images the square in the middle is taken.
    """
    for chosen in rows(len(source.images), min(BATCH, len(source.images)), random):
        upright = squared(source.ready(source.images[chosen]))
        turned = [torch.rot90(upright, turns, (2, 3)) for turns in range(TURNS)]
        yield torch.cat(turned).contiguous(memory_format=torch.channels_last)


def squared(images: Tensor) -> Tensor:
    """Return the middle of images (b, channels, height, width), as high as wide."""
    height, width = images.shape[2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return images[:, :, top : top + side, left : left + side]
