"""Where in an image an answer comes from, for any model that can be asked; and whether two such maps agree.

Notation: n = images, k = classes; images (n, height, width, channels) in [0, 1]; maps (n, rows, columns).
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from explorer.records import Floats, Ints


def occlusion(
    answer: Callable[[Floats], Floats],
    images: Floats,
    targets: Ints,
    fill: Floats,
    cells: int,
    step: Callable[[], None],
) -> Floats:
    """Return by how much the target's probability falls where a square is covered, (n, cells, cells), in [-1, 1].

    Occlusion of Zeiler and Fergus 2014, arXiv:1311.2901. Each of cells × cells places is the centre of a square twice
    as wide as a cell, which is covered by the colour `fill`, (channels,). `answer` gives class probabilities (n, k) of
    images. `step` is called before each place, and may raise.
    """
    found = []
    for covered in occluded(images, fill, cells):
        step()
        found.append(answer(covered))
    return falls(answer(images), found, targets)


def occluded(images: Floats, fill: Floats, cells: int) -> Iterator[Floats]:
    """Yield the images with one place covered, row by row, cells × cells times."""
    for row, column in itertools.product(range(cells), repeat=2):
        covered = images.copy()
        down, across = _span(row, cells, images.shape[1]), _span(column, cells, images.shape[2])
        covered[:, down, across] = fill
        yield covered


def falls(whole: Floats, covered: Sequence[Floats], targets: Ints) -> Floats:
    """Return by how much the target's probability falls, (n, cells, cells), from that of whole images, (n, k)."""
    at = np.arange(len(whole))
    cells = math.isqrt(len(covered))
    found = np.stack([whole[at, targets] - each[at, targets] for each in covered], axis=1)
    return found.reshape(len(whole), cells, cells)


def _span(place: int, cells: int, side: int) -> slice:
    """Return the pixels of a square around a cell, cut at the border."""
    width = side / cells
    return slice(max(0, round((place - 0.5) * width)), min(side, round((place + 1.5) * width)))


def rank_correlation(first: Floats, second: Floats) -> float | None:
    """Return Spearman's rank correlation of the absolute values of two maps; None where one of them is constant.

    The absolute values are compared, as in Adebayo et al. 2018, arXiv:1810.03292, section 3: a map that only changes
    its sign looks the same.
    """
    ranks = [_ranks(np.abs(each).ravel()) for each in (first, second)]
    if any(each.std() == 0 for each in ranks):
        return None
    one, other = (each - each.mean() for each in ranks)
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def _ranks(values: Floats) -> Floats:
    """Return the rank of each value, equal ones sharing the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[inverse])
