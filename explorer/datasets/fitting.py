"""Brings images of any size to one square size."""

from collections.abc import Sequence

import cv2
import numpy as np

from explorer.datasets.drafts import Head
from explorer.records import Array

LARGEST = 128
"""Side in pixels that the default size never passes: what one core can still train on."""

FITS = ("pad", "stretch")


def target_side(heads: Sequence[Head]) -> int:
    """Return the default side in pixels: the median of the longer sides of the images, at most 128."""
    return int(min(LARGEST, np.median([max(head.height, head.width) for head in heads])))


def fitted(pixels: Array, side: int, fit: str) -> Array:
    """Return pixels (height, width, channels) as (side, side, channels) of the same type.

    "stretch" scales each axis on its own; "pad" keeps the proportions and fills up with the median of the image's own
    outermost pixels. That value sits on a dark sky, a bright slide or a grey background alike, where black would draw
    a frame; reflected edges would double what touches them. Shrinking averages areas, so nothing is aliased.
    """
    if pixels.shape[:2] == (side, side):
        return pixels
    if fit == "stretch":
        return resized(pixels, side, side)
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    inner = resized(pixels, max(1, round(height * scale)), max(1, round(width * scale)))
    return _padded(inner, side, edge_value(pixels))


def resized(pixels: Array, height: int, width: int) -> Array:
    """Return pixels (h, w, channels) as (height, width, channels), averaging areas where the image shrinks."""
    if pixels.shape[:2] == (height, width):
        return pixels
    shrinks = height * width < pixels.shape[0] * pixels.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    planes = [
        cv2.resize(np.ascontiguousarray(pixels[:, :, first : first + 4]), (width, height), interpolation=method)
        for first in range(0, pixels.shape[2], 4)
    ]
    shaped = [np.asarray(each).reshape(height, width, -1) for each in planes]
    return shaped[0] if len(shaped) == 1 else np.concatenate(shaped, axis=2)


def edge_value(pixels: Array) -> Array:
    """Return the median of the outermost pixels of each channel, (channels,), in the type of the pixels."""
    ring = np.concatenate([pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]])
    middle = np.partition(ring, len(ring) // 2, axis=0)[len(ring) // 2]
    return np.asarray(middle, dtype=pixels.dtype)


def _padded(pixels: Array, side: int, value: Array) -> Array:
    height, width, channels = pixels.shape
    canvas = np.empty((side, side, channels), pixels.dtype)
    canvas[:] = value
    top, left = (side - height) // 2, (side - width) // 2
    canvas[top : top + height, left : left + width] = pixels
    return canvas
