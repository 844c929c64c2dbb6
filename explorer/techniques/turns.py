"""Views of images by flips and quarter turns, for models that average or learn over several views of each image."""

from collections.abc import Iterator

import numpy as np

from explorer.records import Fact, Floats
from explorer.techniques.base import Float32s


def suited_views(views: str, free: frozenset[Fact]) -> str:
    """Return the setting `views` as it suits data in which the facts `free` carry no meaning.

    "auto" becomes "eight" where orientation carries no meaning and "one" elsewhere; anything else stays as it is.
    """
    if views != "auto":
        return views
    return "eight" if Fact.ORIENTATION in free else "one"


def unturned(maps: Floats, number: int) -> Floats:
    """Return square maps (n, rows, columns) of the view of that number, as `turns` counts them, as the image lies."""
    straight = np.rot90(maps, -(number % 4), axes=(1, 2))
    return straight if number < 4 else straight[:, :, ::-1]


def turns(images: Float32s, count: int) -> Iterator[Float32s]:
    """Yield the first `count` of the eight views of square images (n, side, side, channels), themselves first.

    They are quarter turns, and then those of the mirrored images.
    """
    for number in range(count):
        seen = images if number < 4 else images[:, :, ::-1]
        yield np.rot90(seen, number % 4, axes=(1, 2))
