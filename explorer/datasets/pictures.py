"""Inputs as pictures that people see, whatever the number of their channels."""

import numpy as np

from explorer.records import Array


def pictured(pixels: Array) -> Array:
    """Return pixels (h, w, c) in [0, 1] as uint8 grey (h, w) or colour (h, w, 3).

    One channel is grey and three are colour; two become magenta and green; of any other count the mean is shown.
    """
    channels = pixels.shape[-1]
    if channels == 2:
        pixels = pixels[..., [0, 1, 0]]
    elif channels != 3:
        pixels = pixels.mean(axis=-1)
    return np.round(255 * pixels).astype(np.uint8)
