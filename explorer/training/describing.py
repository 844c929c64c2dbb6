"""How a network describes images: block by block, by means and standard deviations over its maps.

Notation: n = images, images are (n, side, side, 3), float32.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from explorer.training.precision import one_thread

#: Images go through a network in blocks of exactly this many, the last one filled up with zeros: the bits of a row
#: depend on the size of its block, but not on its place in it. 16 images keep the maps of most layers in the cache.
BLOCK = 16

Float32s = npt.NDArray[np.float32]


def blockwise(images: Float32s, describe: Callable[[Any], Any]) -> Float32s:
    """Return what `describe` makes of blocks of images, (BLOCK, 3, side, side) channels last, one row for each image.

    Each row depends on its image alone, to the last bit, however many images come at once.
    """
    found = []
    with one_thread(), torch.inference_mode():
        for start in range(0, len(images), BLOCK):
            part = images[start : start + BLOCK]
            block = np.zeros((BLOCK, *images.shape[1:]), np.float32)
            block[: len(part)] = part
            rows = describe(torch.from_numpy(block).permute(0, 3, 1, 2))
            found.append(rows[: len(part)].float().numpy())
    return np.concatenate(found)


def pooled(maps: Any, *, last: bool) -> Any:
    """Return mean and standard deviation of each channel of maps (b, c, height, width), (b, 2 c), in float32.

    The last layer is described by its means alone, (b, c), as it was trained.
    """
    flat = maps.float().flatten(2)
    if last:
        return flat.mean(2)
    return torch.cat([flat.mean(2), flat.std(2, correction=0)], 1)
