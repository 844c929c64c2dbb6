"""Resizing of images as matrix products: any channel count, no rounding to 8 bits, each image by itself.

The weights follow Pillow: a filter whose support grows with the factor when an image is made smaller (antialiasing),
cut at the border and normalized. Images are (n, height, width, channels), float32.
"""

import functools

import numpy as np
import numpy.typing as npt

from explorer.techniques.base import Float32s


def resized(images: Float32s, height: int, width: int, *, filter: str = "bicubic") -> Float32s:
    """Return images (n, height, width, channels), float32; bicubic values may leave the range of the input a little.

    `filter` is "bicubic" (a = -0.5), "bilinear" or "box" (the mean over the area).
    """
    old_height, old_width = images.shape[1:3]
    if (old_height, old_width) == (height, width):
        return np.asarray(images, np.float32).copy()
    planes = np.ascontiguousarray(np.moveaxis(images, -1, 1), np.float32)
    across = np.matmul(planes, weights(old_width, width, filter).T)
    both: Float32s = np.matmul(weights(old_height, height, filter), across)
    return np.ascontiguousarray(np.moveaxis(both, 1, -1), np.float32)


@functools.lru_cache(maxsize=32)
def weights(old: int, new: int, filter: str) -> Float32s:
    """Return the matrix (new, old) that resizes one axis; rows sum to 1."""
    kernel, reach = _FILTERS[filter]
    factor = old / new
    support = reach * max(factor, 1.0)
    centres = (np.arange(new) + 0.5) * factor
    offsets = (np.arange(old)[None, :] + 0.5 - centres[:, None]) / max(factor, 1.0)
    raw = np.where(np.abs(offsets) * max(factor, 1.0) < support, kernel(np.abs(offsets)), 0.0)
    matrix: Float32s = (raw / raw.sum(axis=1, keepdims=True)).astype(np.float32)
    matrix.setflags(write=False)
    return matrix


_Values = npt.NDArray[np.float64]


def _bicubic(x: _Values) -> _Values:
    near = (1.5 * x - 2.5) * x * x + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return np.where(x < 1.0, near, np.where(x < 2.0, far, 0.0))


def _bilinear(x: _Values) -> _Values:
    return np.maximum(1.0 - x, 0.0)


def _box(x: _Values) -> _Values:
    return np.where(x <= 0.5, 1.0, 0.0)


_FILTERS = {"bicubic": (_bicubic, 2.0), "bilinear": (_bilinear, 1.0), "box": (_box, 0.5)}
