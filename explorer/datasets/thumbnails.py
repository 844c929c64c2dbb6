"""Small pictures of data set images for galleries, made from the stored values when they are asked for."""

from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from explorer.records import Array, Dataset

SIDE = 96

COLORS = np.array(
    [[0, 1, 0], [1, 0, 1], [0, 0.6, 1], [1, 0.6, 0], [1, 1, 1], [1, 0, 0], [0, 1, 1], [1, 1, 0]], np.float32
)
"""Colours of the channels of images that are neither grey nor RGB: green, magenta, blue, orange, white, …"""

RULE = "Channels are laid over each other in green, magenta, blue, orange and white, by the scaling of the data set."


def picture(dataset: Dataset, row: int, side: int = SIDE) -> Array:
    """Return the image of a row as (h, w, 3) uint8 for the screen, at most `side` pixels high and wide.

    Values are scaled by the one rule of the data set, so that pictures can be compared. One channel is grey, three are
    RGB, any other number is laid over each other in colours (see RULE).
    """
    values = dataset.scaling.apply(np.asarray(dataset.inputs[row]))
    shown = (_colored(values) * 255 + 0.5).astype(np.uint8)
    largest = max(shown.shape[:2])
    if largest <= side:
        return shown
    size = (max(1, shown.shape[1] * side // largest), max(1, shown.shape[0] * side // largest))
    return np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA))


def _colored(values: Array) -> Array:
    channels = values.shape[2]
    if channels == 1:
        return np.repeat(values, 3, axis=2)
    if channels == 3:
        return values
    mixed = values @ COLORS[np.arange(channels) % len(COLORS)]
    return np.clip(mixed, 0.0, 1.0)


def thumbnail(dataset: Dataset, row: int, side: int = SIDE) -> bytes:
    """Return the picture of a row as a PNG file."""
    with BytesIO() as file:
        Image.fromarray(picture(dataset, row, side)).save(file, "png", compress_level=1)
        return file.getvalue()
