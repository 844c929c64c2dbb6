"""What a change of each fact does to an image, in a strength that a strong augmentation has; for the eye alone."""

from collections.abc import Callable, Mapping

import numpy as np

from explorer.records import Fact
from explorer.techniques.base import Float32s
from explorer.techniques.pipelines import REACH
from explorer.techniques.resizing import resized

#: Contrast and brightness of a changed image, as shares of what they were.
_CONTRAST, _BRIGHTNESS = 0.7, 1.3


def changed(fact: Fact, image: Float32s) -> Float32s:
    """Return the image (height, width, channels) in [0, 1] with that fact changed; same shape and range."""
    return np.clip(_CHANGES[fact](image), 0.0, 1.0)


def _turned(image: Float32s) -> Float32s:
    """Return the image after a quarter turn; an oblong one is mirrored top to bottom."""
    return np.rot90(image) if image.shape[0] == image.shape[1] else image[::-1]


def _exposed(image: Float32s) -> Float32s:
    mean = image.mean(axis=(0, 1), keepdims=True)
    return np.asarray(_CONTRAST * (image - mean) + _BRIGHTNESS * mean, np.float32)


def _moved(image: Float32s) -> Float32s:
    """Return the image without its upper and left border, which makes what it shows larger and shifts it."""
    height, width = image.shape[:2]
    part = image[max(1, round(2 * REACH * height)) :, max(1, round(2 * REACH * width)) :]
    return np.asarray(resized(part[None], height, width, filter="bilinear")[0])


_CHANGES: Mapping[Fact, Callable[[Float32s], Float32s]] = {
    Fact.ORIENTATION: _turned,
    Fact.INTENSITY: _exposed,
    Fact.POSITION: _moved,
}
