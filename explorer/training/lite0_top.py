"""EfficientNet-Lite0 cut in two: its lower half describes images once, its top half is a function of its parameters.

Training all of the network takes minutes on a processor. The top alone learns most of what can be learnt, and the maps
that it starts from stay the same. Normalizations are folded into the weights before them and so stay as they were
learnt, convolutions of 1 × 1 are matrix products over all places of all images, and depthwise kernels, whose gradients
run far below the speed of the processor, stay fixed.

Under torch's autocast to bfloat16, maps inside a block are bfloat16; sums of blocks and means are float32 always.

Maps are (b, height, width, channels), float32; the top takes 80 channels, and at 128 px maps of 8 × 8.
"""

import functools
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from explorer.training.describing import blockwise, pooled
from explorer.training.lite0 import LAST, STAGES, TAPPED, Lite0, Step, folded, lite0, padding, read_weights
from explorer.training.networks import NETWORKS
from explorer.training.weights import weights_file

Tensor: TypeAlias = Any

#: The last stage of the lower half.
BELOW = 3
#: Channels of the maps between the halves.
CHANNELS = STAGES[BELOW][3]
#: Widths of what `places` tells: of the maps between the halves and of the tapped stages after them.
PLACES = tuple(tap.width for tap in NETWORKS["lite0"].taps if int(tap.module) >= BELOW)


# ---- the lower half --------------------------------------------------------------------------------------------


def below(images: npt.NDArray[np.float32]) -> npt.NDArray[np.float16]:
    """Return the maps between the halves, (n, height × width × 80), of images (n, side, side, 3) in [-1, 1].

    Half precision keeps three digits of them. Each row depends on its image alone, to the last bit.
    """
    return blockwise(images, _below).astype(np.float16)


def _below(images: Tensor) -> Tensor:
    network = lite0()
    maps = next(each for stage, each in network.stages(images.to(network.dtype)) if stage == BELOW)
    return maps.permute(0, 2, 3, 1).flatten(1)


def differentiable_below(images: Tensor) -> Tensor:
    """Return the maps between the halves, (n, height, width, 80), of images (n, 3, side, side) in [-1, 1], float32.

    Gradients pass through it, which they do not through `below`.
    """
    maps = next(each for stage, each in _whole().stages(images) if stage == BELOW)
    return maps.permute(0, 2, 3, 1)


@functools.lru_cache(maxsize=1)
def _whole() -> Lite0:
    """Return the network in single precision, whatever the processor has, outside of what forbids gradients."""
    with torch.inference_mode(mode=False):
        return folded(read_weights(weights_file()), bfloat16=False)


# ---- the top ---------------------------------------------------------------------------------------------------


def initial() -> list[Tensor]:
    """Return a matrix (out, in) and a bias (out,) of each convolution of 1 × 1, as learnt on ImageNet, copied."""
    return [part.clone().requires_grad_() for step, *parts in top() if not step.depthwise for part in parts]


def described(parameters: Sequence[Tensor], maps: Tensor) -> Tensor:
    """Return the last layer averaged over the map, (b, 1280), of maps (b, height, width, 80)."""
    return functools.reduce(lambda _, each: each, stages(parameters, maps)).float().mean((1, 2))


def places(parameters: Sequence[Tensor], maps: Tensor) -> Tensor:
    """Return what `Lite0.features` tells from the maps between the halves on, (b, sum of PLACES)."""
    ends = (step.ends for step, *_ in top() if step.ends is not None)
    passed = [(BELOW, maps), *zip(ends, stages(parameters, maps), strict=True)]
    return torch.cat([pooled(each.permute(0, 3, 1, 2), last=at == LAST) for at, each in passed if at in TAPPED], 1)


def stages(parameters: Sequence[Tensor], maps: Tensor) -> Iterator[Tensor]:
    """Yield the maps (b, height, width, channels) after each stage of the top, those of the last layer last."""
    given = iter(parameters)
    kept = maps
    for step, weight, bias in top():
        kept = maps if step.keeps else kept
        if step.depthwise:
            maps = filtered(maps, step, weight, bias)
        else:
            maps = _dense(maps, next(given), next(given), step.active)
        maps = maps + kept if step.joins else maps
        if step.ends is not None:
            yield maps


def _dense(maps: Tensor, weight: Tensor, bias: Tensor, active: bool) -> Tensor:
    """Return the maps after a convolution of 1 × 1 and, where it is active, ReLU6: one product over all places.

    Maps that are not active end a block and are float32.
    """
    found = torch.addmm(bias, maps.reshape(-1, maps.shape[-1]), weight.t())
    found = functional.hardtanh(found, 0.0, 6.0) if active else found.float()
    return found.view(*maps.shape[:-1], len(weight))


def filtered(maps: Tensor, step: Step, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the maps after a depthwise convolution with a fixed kernel, and ReLU6.

    A stride skips places of the result without one, which costs less here than the gradient of a convolution with it.
    """
    found = _Filter.apply(maps.permute(0, 3, 1, 2), weight, bias)
    if step.stride > 1:
        first = step.kernel // 2 - padding(maps.shape[1], step.kernel, step.stride)[0]
        found = found[:, :, first :: step.stride, first :: step.stride]
    return functional.hardtanh(found, 0.0, 6.0).permute(0, 2, 3, 1)


class _Filter(torch.autograd.Function):  # type: ignore[misc] # torch does not say what it is
    """A depthwise convolution of stride 1 with a fixed kernel: its gradient is one too, with the kernel turned.

    Torch's own gradient is some times slower, above all in bfloat16.
    """

    @staticmethod
    def forward(context: Any, maps: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        context.save_for_backward(weight)
        return functional.conv2d(maps, weight, bias, padding=weight.shape[-1] // 2, groups=len(weight))

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (weight,) = context.saved_tensors
        turned = weight.flip(2, 3).to(gradient.dtype)
        return functional.conv2d(gradient, turned, padding=weight.shape[-1] // 2, groups=len(weight)), None, None


@functools.lru_cache(maxsize=1)
def top() -> tuple[tuple[Step, Tensor, Tensor], ...]:
    """Return each convolution of the top with its weight, a matrix where it is one of 1 × 1, and bias; float32.

    They are in single precision, whatever products round them to: small steps of training would else be lost.
    """
    with torch.inference_mode(mode=False):  # what is made in this mode can never be trained
        whole = _whole()
        start = 1 + max(index for index, step in enumerate(whole.steps) if step.ends == BELOW)
        return tuple(
            (step, weight if step.depthwise else weight.flatten(1).contiguous(), bias)
            for step, (weight, bias) in zip(whole.steps[start:], whole.folded[start:], strict=True)
        )
