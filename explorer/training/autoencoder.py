"""A denoising autoencoder: images in which squares are blanked are to be restored from the last map of the encoder.

Vincent et al. 2008, doi:10.1145/1390156.1390294. Blanked are squares and not single pixels, which the neighbours give
away. Images are (b, channels, height, width), standardized, so that blank is the mean.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch.nn import functional

from explorer.training import small_net
from explorer.training.feed import rows
from explorer.training.loop import Objective, Tensor
from explorer.training.precision import fast_bfloat16
from explorer.training.pretext import Pretext, Source

#: Images in a step.
BATCH = 64
#: Share of the squares that are blanked, and squares along a side.
BLANK, SQUARES = 0.4, 8


def pretext(source: Source, widths: Sequence[int], random: np.random.Generator, seed: int) -> Pretext:
    """Return the task for the small network."""
    heads = decoder(source.images.shape[-1], widths, seed)
    return Pretext(objective(len(heads)), heads, batches(source, random))


def decoder(channels: int, widths: Sequence[int], seed: int) -> list[Tensor]:
    """Return kernel and bias of each convolution from the last map, of widths[-1] channels, back to the image."""
    random = torch.Generator().manual_seed(seed)
    backwards = [*reversed(widths[:-1]), channels]
    found: list[Tensor] = []
    for before, after in zip((widths[-1], *backwards), backwards, strict=False):
        kernel = torch.randn((after, before, 3, 3), generator=random) * (2 / (9 * before)) ** 0.5
        found += [kernel.contiguous(memory_format=torch.channels_last), torch.zeros(after)]
    return [each.requires_grad_() for each in found]


def restored(encoder: Sequence[Tensor], decoding: Sequence[Tensor], images: Tensor) -> Tensor:
    """Return images of the same shape, made from the last map of `images`."""
    maps = small_net.maps(encoder, images)
    sizes = [each.shape[2:] for each in (images, *maps[:-1])]
    found = maps[-1]
    for index, size in enumerate(reversed(sizes)):
        kernel, bias = decoding[2 * index : 2 * index + 2]
        if found.shape[2:] != size:
            found = functional.interpolate(found, size=tuple(size), mode="nearest")
        found = functional.conv2d(found, kernel, bias, padding=1)
        found = found if index == len(sizes) - 1 else functional.relu_(found)
    return found


def objective(heads: int) -> Objective:
    """Return the mean squared error of a batch (blanked, whole); the last `heads` parameters are the decoder's."""

    def found(parameters: Sequence[Tensor], batch: tuple[Tensor, Tensor], done: int) -> Tensor:
        blanked, whole = batch
        with torch.autocast("cpu", torch.bfloat16, enabled=fast_bfloat16()):
            again = restored(parameters[:-heads], parameters[-heads:], blanked)
        return functional.mse_loss(again.float(), whole)

    return found


def batches(source: Source, random: np.random.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield blanked and whole images, (BATCH, channels, height, width) each, without end; no views are made."""
    for chosen in rows(len(source.images), min(BATCH, len(source.images)), random):
        whole = source.ready(source.images[chosen])
        yield whole * kept(len(whole), tuple(whole.shape[2:]), random), whole


def kept(n: int, shape: tuple[int, ...], random: np.random.Generator) -> Tensor:
    """Return masks (n, 1, height, width): 0 in the squares that are blanked, 1 elsewhere."""
    coarse = (random.random((n, 1, SQUARES, SQUARES)) >= BLANK).astype(np.float32)
    return functional.interpolate(torch.from_numpy(coarse), size=shape, mode="nearest")
