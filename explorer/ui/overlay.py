"""A map laid over its image as a picture: orange where it speaks for the answer, blue where it speaks against it."""

import numpy as np

from explorer.records import Array, Floats
from explorer.ui.thumbnails import picture

#: Colours of the two directions, (3,), in [0, 1]: the hues of the figures that are told apart by most eyes.
FOR, AGAINST = np.array([0.90, 0.48, 0.0]), np.array([0.34, 0.71, 0.91])
#: How much of the image is left under the strongest place.
_LEFT = 0.15


def overlay(image: Floats, found: Floats, side: int) -> str:
    """Return the address of a picture of an image (h, w, c) in [0, 1] under its map (h, w), of any scale.

    The strongest place of each map is as dark as its colour gets: maps of two images are not of one scale.
    """
    return picture(laid(image, found), side)


def laid(image: Floats, found: Floats) -> Array:
    """Return the image (h, w, 3) in [0, 1], grey, with the map's colour over it as strongly as the map is there."""
    grey = np.repeat(image.mean(axis=-1, keepdims=True), 3, axis=-1)
    most = float(np.abs(found).max())
    strength = (1 - _LEFT) * np.abs(found) / most if most > 0 else np.zeros_like(found)
    colour = np.where(found[..., None] > 0, FOR, AGAINST)
    return np.asarray(grey * (1 - strength[..., None]) + colour * strength[..., None], np.float32)
