"""How alike two images are after the shift that fits best, for many pairs at once.

Shifts are found by cross-correlation; pairs of one shift are compared together.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from explorer.datasets.candidates import normalized
from explorer.datasets.measuring import grey_of
from explorer.records import Array, Dataset, Floats, Ints

SIDE = 64
"""Largest side in pixels at which images are compared; larger ones are made smaller."""

MOST = 4
"""Largest shift in pixels, at that side, in either direction."""

_PAIRS = 1000
_SAMPLE = 300


def shifted_likeness(dataset: Dataset, pairs: Ints, least: float) -> Floats:
    """Return the likeness, (m,) in [-1, 1], of pairs of rows (m, 2) after the shift of at most 4 pixels that fits best.

    It is the smaller one of two correlations: of the images and of their fine detail. Where the former is below
    `least` the latter is not computed.
    """
    likeness = np.empty(len(pairs), np.float32)
    if not len(pairs):
        return likeness
    step = max(1, len(dataset) // _SAMPLE)
    common = _views(dataset, np.arange(0, len(dataset), step)).mean(axis=0)
    order = np.argsort(pairs[:, 0], kind="stable")  # so that the pairs of a block share many images
    for first in range(0, len(pairs), _PAIRS):
        block = order[first : first + _PAIRS]
        rows, places = np.unique(pairs[block], return_inverse=True)
        likeness[block] = _compared(_views(dataset, rows), common, places.reshape(-1, 2), least)
    return likeness


def self_likeness(dataset: Dataset, rows: Ints) -> Floats:
    """Return how alike each image of `rows` is to itself elsewhere, (m,) in [-1, 1], by the measure of pairs.

    It is the likeness after the shift of an eighth to half of the side that fits best: near 1 for stripes, lattices
    and other patterns that repeat, which match any image of the same pattern somewhere.
    """
    likeness = np.empty(len(rows), np.float32)
    for first in range(0, len(rows), _PAIRS):
        views = _views(dataset, rows[first : first + _PAIRS])
        for place, (down, across) in enumerate(_repeats(views).tolist()):
            halves = [_halved(part[0])[None] for part in _overlap(views, np.full((1, 2), place), down, across)]
            both = correlation(*halves), correlation(*(fine(each) for each in halves))
            likeness[first + place] = min(both)[0]
    return likeness


def detail_pixels(dataset: Dataset, rows: Ints) -> Floats:
    """Return over how many pixels the fine detail of each image of `rows` is spread, (m,), of at most 32 × 32.

    It is the participation ratio of its squares, (sum of squares)^2 / sum of fourth powers: 1 where one bright pixel
    outweighs all others, their number where all count alike.
    """
    found = np.empty(len(rows), np.float32)
    for first in range(0, len(rows), _PAIRS):
        views = _views(dataset, rows[first : first + _PAIRS])
        detail = fine(np.stack([_halved(view) for view in views]))
        squares = normalized(detail.reshape(len(detail), -1)) ** 2
        found[first : first + _PAIRS] = 1 / np.maximum((squares**2).sum(axis=1), 1 / squares.shape[1])
    return found


def _repeats(views: Floats) -> Ints:
    """Return the shift, (n, 2), of at least an eighth and at most half of the side at which images repeat themselves.

    One of the two halves of all shifts is enough, as the other mirrors it.
    """
    height, width = views.shape[1:]
    spectra = np.fft.rfft2(views)
    fit = np.fft.irfft2(spectra * np.conj(spectra), views.shape[1:])[:, : height // 2 + 1]
    down, across = np.arange(height // 2 + 1)[:, None], (np.arange(width) + width // 2) % width - width // 2
    far = (down >= height / 8) | (np.abs(across) >= width / 8)
    best = np.where(far, fit, -np.inf).reshape(len(views), -1).argmax(axis=1)
    return np.stack([best // width, across[best % width]], axis=1)


def _views(dataset: Dataset, rows: Ints) -> Floats:
    """Return grey images of mean 0 and length 1, (m, h, w), at most 64 pixels wide and high."""
    found = np.stack([_view(np.asarray(dataset.inputs[row])) for row in rows.tolist()])
    return normalized(found.reshape(len(found), -1)).reshape(found.shape)


def _view(image: Array) -> Floats:
    grey = grey_of(image)
    if max(grey.shape) <= SIDE:
        return grey
    return np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA))


def _compared(views: Floats, common: Floats, places: Ints, least: float) -> Floats:
    special = views - common
    likeness = np.empty(len(places), np.float32)
    for (down, across), chosen in _by_shift(special, places):
        left, right = _overlap(views, places[chosen], down, across)
        shared = _overlap(common[None], np.zeros((1, 2), np.int64), down, across)[0]
        halves = [np.stack([_halved(each) for each in part - shared]) for part in (left, right)]
        found = correlation(*halves)
        close = found >= least
        if close.any():
            found[close] = np.minimum(found[close], correlation(*(fine(each[close]) for each in halves)))
        likeness[chosen] = found
    return likeness


def _by_shift(special: Floats, places: Ints) -> Iterator[tuple[tuple[int, int], Ints]]:
    """Yield (down, across) by which left images lie further than right ones, and the numbers of the pairs."""
    spectra = np.fft.rfft2(special)
    product = spectra[places[:, 0]] * np.conj(spectra[places[:, 1]])
    window = 2 * MOST + 1
    best = fits(product, special.shape[2]).reshape(len(places), -1).argmax(axis=1)
    for code in np.unique(best).tolist():
        yield (code // window - MOST, code % window - MOST), np.flatnonzero(best == code)


def fits(spectra: Array, width: int) -> Floats:
    """Return the correlations at the shifts of -4 to 4 pixels, (m, 9, 9), of their spectra (m, height, width // 2 + 1).

    It is a part of what `irfft2` returns; two products of matrices give it sooner than the whole.
    """
    height, columns = spectra.shape[1:]
    shifts = np.arange(-MOST, MOST + 1)
    down = np.exp(2j * np.pi * np.outer(shifts, np.arange(height)) / height) / (height * width)
    across = np.exp(2j * np.pi * np.outer(np.arange(columns), shifts) / width)
    across[1 : (width + 1) // 2] *= 2  # a real image has each of these columns twice
    rows = spectra.reshape(-1, columns) @ across.astype(spectra.dtype)
    return np.asarray((down.astype(spectra.dtype) @ rows.reshape(-1, height, len(shifts))).real)


def _overlap(views: Floats, places: Ints, down: int, across: int) -> tuple[Floats, Floats]:
    """Return the parts of left and right images that lie upon each other after the shift."""
    height, width = views.shape[1:]
    here = np.s_[max(0, down) : height + min(0, down), max(0, across) : width + min(0, across)]
    there = np.s_[max(0, -down) : height + min(0, -down), max(0, -across) : width + min(0, -across)]
    return views[places[:, 0]][:, *here], views[places[:, 1]][:, *there]


def _halved(image: Floats) -> Floats:
    size = (max(8, image.shape[1] // 2), max(8, image.shape[0] // 2))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def fine(images: Floats) -> Floats:
    """Return what a blur of 5 × 5 takes away from images (n, h, w)."""
    return np.stack([image - cv2.blur(image, (5, 5)) for image in images])


def correlation(left: Floats, right: Floats) -> Floats:
    """Return the correlation, (n,), of each image of `left` with that of `right`, both (n, h, w)."""
    both = [normalized(each.reshape(len(each), -1)) for each in (left, right)]
    return np.asarray(np.einsum("ij,ij->i", *both))


def correlated(images: Floats, left: Ints, right: Ints) -> Floats:
    """Return the correlation, (m,), of the images (n, h, w) numbered `left` with those numbered `right`."""
    rows = normalized(images.reshape(len(images), -1))
    return np.asarray(np.einsum("ij,ij->i", rows[left], rows[right]))
