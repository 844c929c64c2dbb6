"""A small convolutional network as a function of its parameters: blocks of convolution, halving, normalization, ReLU.

Images are (b, channels, height, width) in channels-last memory, in which convolutions are fastest. Each block but the
last halves its map by the mean of 2 × 2 places. Convolution and halving are both linear, so that a kernel of 4 × 4
with a stride of 2 does the work of both in under half the multiplications, and the large map is never written.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
from torch.nn import functional

Tensor: TypeAlias = Any

#: Groups of channels that share one mean and variance: GroupNorm of Wu and He 2018, arXiv:1803.08494, does not mix
#: images. Two and four groups in the first maps instead would be fast, but cost 3 points on galaxies and lattices.
GROUPS = 8
#: Channels of a group below which torch's normalization of bfloat16 in channels-last memory takes ten times as long as
#: in the other order, and half of a whole training.
FEW = 16


def initial(channels: int, widths: Sequence[int], n_classes: int, seed: int) -> list[Tensor]:
    """Return parameters: kernel, scale and shift of each block, then weight and bias of the last layer, all zero.

    Kernels are drawn after He et al. 2015, arXiv:1502.01852, with a generator of their own.
    """
    random = torch.Generator().manual_seed(seed)
    found: list[Tensor] = []
    for before, width in zip((channels, *widths[:-1]), widths, strict=True):
        kernel = torch.randn((width, before, 3, 3), generator=random) * (2 / (9 * width)) ** 0.5
        found += [kernel.contiguous(memory_format=torch.channels_last), torch.ones(width), torch.zeros(width)]
    found += [torch.zeros(n_classes, widths[-1]), torch.zeros(n_classes)]
    return [each.requires_grad_() for each in found]


def logits(parameters: Sequence[Tensor], images: Tensor) -> Tensor:
    """Return logits (b, k) of images (b, channels, height, width)."""
    return functional.linear(pooled(parameters[:-2], images), parameters[-2], parameters[-1])


def pooled(encoder: Sequence[Tensor], images: Tensor) -> Tensor:
    """Return the last map averaged over its places, (b, width), given all parameters but those of the last layer."""
    return maps(encoder, images)[-1].mean((2, 3))


def described(encoder: Sequence[Tensor], images: Tensor) -> Tensor:
    """Return mean and standard deviation of each channel of each map, (b, 2 × all widths), each map's of length 1."""
    each = [torch.cat([found.mean((2, 3)), found.std((2, 3), correction=0)], 1) for found in maps(encoder, images)]
    return torch.cat([functional.normalize(part, dim=1) for part in each], 1)


def maps(encoder: Sequence[Tensor], images: Tensor) -> list[Tensor]:
    """Return the map of each block, (b, width, rows, columns), given all parameters but those of the last layer."""
    found: list[Tensor] = [images]
    blocks = len(encoder) // 3
    for index in range(blocks):
        kernel, scale, shift = encoder[3 * index : 3 * index + 3]
        if index < blocks - 1:
            plain = functional.conv2d(found[-1], halving(kernel), stride=2, padding=1)
        else:
            plain = functional.conv2d(found[-1], kernel, padding=1)
        found.append(functional.relu_(_normalized(plain, scale, shift)))
    return found[1:]


def _normalized(plain: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Return maps (b, width, rows, columns), normalized in each group, in channels-last memory."""
    slow = plain.dtype == torch.bfloat16 and len(scale) < FEW * GROUPS
    given = plain.contiguous() if slow else plain
    return functional.group_norm(given, GROUPS, scale, shift).contiguous(memory_format=torch.channels_last)


def halving(kernel: Tensor) -> Tensor:
    """Return the kernel (out, in, 4, 4) that does at stride 2 what `kernel` (out, in, 3, 3) and a 2 × 2 mean do."""
    return functional.avg_pool2d(functional.pad(kernel, (1, 1, 1, 1)), 2, stride=1)
