"""Turns an image as its camera says it should be seen."""

import numpy as np

from explorer.records import Array


def turned(pixels: Array, orientation: int) -> Array:
    """Return pixels (height, width, channels) turned by an EXIF or TIFF orientation, 1 .. 8 (EXIF 2.32, tag 0x0112).

    1 means upright; 2 and 4 mirror, 3 is half a turn, 5 and 7 transpose, 6 and 8 are quarter turns.
    """
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
