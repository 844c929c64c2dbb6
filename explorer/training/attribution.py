"""Where in an image a network finds its answer: gradients and activations, and networks that have forgotten.

Notation: n = images, c = channels, k = classes; images (n, c, height, width); targets (n,) are classes in 0 .. k-1.
All of it is computed on one thread, so that the same network gives the same maps.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch

from explorer.training.precision import one_thread

Tensor: TypeAlias = Any
Float32s: TypeAlias = npt.NDArray[np.float32]

#: From images or maps to logits (n, k).
Logits: TypeAlias = Callable[[Tensor], Tensor]


def smooth_gradients(
    logits: Logits, images: Tensor, targets: Tensor, *, noise: float, samples: int, seed: int, step: Callable[[], None]
) -> Float32s:
    """Return SmoothGrad (Smilkov et al. 2017, arXiv:1706.03825), (n, height, width), not negative.

    It is the gradient of the logit of the target by the image, averaged over `samples` images with Gaussian noise of a
    standard deviation of `noise` times the range of each image; of its absolute values the channels are summed.
    `step` is called before each sample, and may raise.
    """
    random = torch.Generator().manual_seed(seed)
    spread = noise * (images.amax((1, 2, 3), keepdim=True) - images.amin((1, 2, 3), keepdim=True))
    total = torch.zeros_like(images)
    with one_thread():
        for _ in range(samples):
            step()
            seen = images + spread * torch.randn(images.shape, generator=random)
            total += _gradient(logits, seen, targets)
    found: Float32s = (total / samples).abs().sum(1).numpy()
    return found


def grad_cam(logits: Logits, maps: Tensor, targets: Tensor) -> Float32s:
    """Return Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391), (n, rows, columns), not negative.

    `maps` (n, channels, rows, columns) are those of a layer, and `logits` what follows it. Each channel weighs as the
    mean of the gradient of the target's logit over its places; of their sum what speaks for the target is kept.
    """
    with one_thread():
        weight = _gradient(logits, maps, targets).mean((2, 3), keepdim=True)
        found: Float32s = (weight * maps.detach()).sum(1).relu().numpy()
    return found


def _gradient(logits: Logits, seen: Tensor, targets: Tensor) -> Tensor:
    leaf = seen.detach().clone().requires_grad_()
    chosen = logits(leaf).gather(1, targets[:, None]).sum()  # each image's logit depends on that image alone
    return torch.autograd.grad(chosen, leaf)[0]


def forgotten(parameters: Sequence[Tensor], places: Sequence[int], seed: int) -> list[Tensor]:
    """Return parameters of which those at `places` are drawn anew, from a normal distribution as wide as they were.

    It is the randomisation of Adebayo et al. 2018, arXiv:1810.03292: a map that stays as it is when the network forgets
    does not depend on what was learnt.
    """
    random = torch.Generator().manual_seed(seed)
    found = [each.detach().clone() for each in parameters]
    for place in places:
        kept = found[place]
        spread = kept.float().std(correction=0)
        middle = kept.float().mean()
        found[place] = (middle + spread * torch.randn(kept.shape, generator=random)).to(kept.dtype)
    return found
