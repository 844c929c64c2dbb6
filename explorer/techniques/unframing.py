"""Takes off the bars that fill up an image which is not square; they would betray how it was turned or shifted.

Notation: values are images as they are stored, (n, height, width, channels); a line is a row or a column of one.
"""

import numpy as np

from explorer.records import Array, Rows
from explorer.techniques.base import Float32s
from explorer.techniques.resizing import resized

#: Share of a line that may be of the colour of the bar beside it where the bar ends in an edge.
MOSTLY = 0.5
#: Side of what is left between bars, at least, in pixels.
SMALLEST = 4


def unframed(images: Rows) -> Float32s:
    """Return the squares in the middle of images (n, height, width, channels), without bars, all of one size.

    Images that are not square are filled up with bars, which would betray every quarter turn and every shift. Where
    all images are of one size, all have the same bars; where sizes are mixed, each has its own.
    """
    common = _side(images.values)
    sides = [_own_side(images.values[at : at + 1]) or common for at in range(len(images))]
    target = int(np.median(sides))
    squares = (_middle(images[at : at + 1], side) for at, side in enumerate(sides))
    return np.concatenate([resized(square, target, target) for square in squares])


def _side(values: Array) -> int:
    """Return the side of the largest square between the bars of images; that of all there is where it is too small."""
    height, width = values.shape[1:3]
    down, right = _bars(values), _bars(values.swapaxes(1, 2))
    side = min(height - 2 * down, width - 2 * right)
    return int(side if side >= SMALLEST else min(height, width))


def _own_side(values: Array) -> int | None:
    """Return `_side` of one image (1, height, width, channels) that was filled up; None for any other.

    One that was filled up has bars along one axis alone, and an edge where the image begins. The plain ground around
    an object has neither. One line more goes with the bars, since an odd number of lines is divided unequally.
    """
    down, right = _bars(values), _bars(values.swapaxes(1, 2))
    if (down > 0) == (right > 0) or not _has_edge(values if down else values.swapaxes(1, 2), max(down, right)):
        return None
    side = int(min(values.shape[1:3])) - 2 * (max(down, right) + 1)
    return side if side >= SMALLEST else None


def _has_edge(values: Array, bars: int) -> bool:
    """Tell whether bars of so many lines of an image (1, lines, ...) end in lines that are mostly of another colour."""
    ends = [(values[0, line] == values[0, -1 if line < 0 else 0, :1]).all(axis=-1) for line in (bars + 1, -2 - bars)]
    return all(np.mean(same) < MOSTLY for same in ends)


def _middle(images: Float32s, side: int) -> Float32s:
    """Return the square of that side in the middle of images."""
    top, left = ((across - side) // 2 for across in images.shape[1:3])
    return images[:, top : top + side, left : left + side]


def _bars(values: Array) -> int:
    """Return how many outermost lines at both ends of the second axis are of one colour in every image."""
    lines = values.shape[1]
    plain = ((values[:, [line, -1 - line]] == values[:, [line, -1 - line], :1]).all() for line in range(lines // 2))
    return next((line for line, is_plain in enumerate(plain) if not is_plain), lines // 2)
