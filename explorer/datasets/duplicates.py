"""Finds images that are there twice: exactly, or re-encoded, brightened, resized or shifted by about a pixel.

Two images are near duplicates when, after the shift that fits best, both correlate: the images as they are and their
fine detail (what a blur takes away). Independent images of one kind share the former but not the latter, as noise and
texture do not repeat. Where a set holds little detail (digits of 8 × 8 pixels), different images come close in both;
so the bar is set by the set itself: a pair counts only if it lies five times closer than the usual nearest neighbours.
Stripes and lattices fit any image of the same pattern after some shift, as they fit themselves; so a pair must also
lie five times closer than its images lie to themselves elsewhere. And one bright spot fits any other: where the fine
detail of an image lies in a few pixels, as in galaxies on a linear scale, it shows nothing that another could repeat.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.datasets.candidates import candidates, normalized
from explorer.datasets.clusters import members
from explorer.datasets.measuring import Measures
from explorer.datasets.shifts import SIDE, correlated, detail_pixels, fine, self_likeness, shifted_likeness
from explorer.datasets.turning import turned_keys
from explorer.records import Dataset, Floats, Ints

SURE = 0.985
"""Likeness from which on a pair is a near duplicate whatever the set is like."""

LEAST = 0.93
"""Likeness below which no pair is a near duplicate."""

LEAST_SHIFTED = 0.975
"""The same for pairs that had to be shifted first, which bricks and stripes of different images fit well, too."""

CLOSER = 5.0
"""How many times closer than usual nearest neighbours, and than each image to itself elsewhere, a pair must be."""

DETAIL = 8.0
"""Pixels over which the fine detail of an image must be spread, at least; copies of images with less are not told."""

CHECKED = 60_000
"""Pairs whose fine detail is compared, at most; the most alike ones where there are more."""

_WORTH = 0.3
_BLOCK = 4000


@dataclass(frozen=True, eq=False)
class Duplicates:
    """Numbers of the clusters, (n,) int64, -1 = in none.

    exact   images whose stored pixels are equal
    near    near duplicates, exact ones among them
    turned  mirrored or turned copies that are not all equal
    every   clusters of `near` and `turned`, joined where they share an image
    scenes  clusters of more than 20 images and a tenth of the set, as they were found; `near` may hold them in parts
    """

    exact: Ints
    near: Ints
    scenes: Ints
    turned: Ints
    every: Ints


def duplicates(dataset: Dataset, measures: Measures) -> Duplicates:
    """Return the clusters of duplicates of a data set."""
    _, same = np.unique(measures.prints, axis=0, return_inverse=True)
    exact = _numbered(same.reshape(-1).astype(np.int64))
    first = np.unique(same.reshape(-1), return_index=True)[1]
    pairs, likeness = _near_pairs(dataset, measures, np.sort(first))
    near, scenes = _clusters(exact, pairs, likeness, dataset)
    turned = _turned(dataset, measures, exact)
    links = [np.stack([rows[:-1], rows[1:]], axis=1) for rows in members(turned)]
    every = _joined(near, np.concatenate(links)) if links else near
    return Duplicates(exact, near, scenes, turned, every)


def _turned(dataset: Dataset, measures: Measures, exact: Ints) -> Ints:
    turned = _numbered(turned_keys(dataset.inputs, measures.turns))
    for rows in members(turned):
        if exact[rows[0]] >= 0 and len(np.unique(exact[rows])) == 1:
            turned[rows] = -1
    return turned


def _numbered(keys: Ints) -> Ints:
    """Return cluster numbers 0, 1, … of rows with equal keys, -1 for keys that occur once."""
    _, inverse, times = np.unique(keys, return_inverse=True, return_counts=True)
    several = times > 1
    numbers = np.where(several, np.cumsum(several) - 1, -1)
    return numbers[inverse].astype(np.int64)


# ---- likeness of pairs -----------------------------------------------------------------------------------------


def _near_pairs(dataset: Dataset, measures: Measures, rows: Ints) -> tuple[Ints, Floats]:
    """Return pairs of `rows`, which differ in their pixels, with the likeness of each pair."""
    if len(rows) < 2:
        return np.empty((0, 2), np.int64), np.empty(0, np.float32)
    small = measures.small if len(rows) == len(measures.small) else measures.small[rows]
    found = candidates(small)
    likeness = _upright_likeness(small, found)
    bar = _bar(len(rows), found, likeness)
    worth = np.flatnonzero((likeness > _WORTH) & (likeness < bar))
    worth = worth[np.argsort(-likeness[worth], kind="stable")][:CHECKED]
    if dataset.inputs.shape[1] >= SIDE // 2 and len(worth):
        shifted = shifted_likeness(dataset, rows[found[worth]], LEAST_SHIFTED)
        likeness[worth] = np.where(shifted >= LEAST_SHIFTED, np.maximum(shifted, likeness[worth]), likeness[worth])
    good = np.flatnonzero(likeness >= bar)
    good = good[_telling(dataset, rows[found[good]])]
    good = good[~_repeated(dataset, rows[found[good]], likeness[good])]
    return rows[found[good]], likeness[good]


def _telling(dataset: Dataset, pairs: Ints) -> npt.NDArray[np.bool_]:
    """Tell of each pair, (m,), whether both images have detail enough to be known again."""
    rows, places = np.unique(pairs, return_inverse=True)
    return np.asarray((detail_pixels(dataset, rows) >= DETAIL)[places.reshape(-1, 2)].all(axis=1))


def _repeated(dataset: Dataset, pairs: Ints, likeness: Floats) -> npt.NDArray[np.bool_]:
    """Tell of each pair, (m,), whether it fits hardly better than its images fit themselves elsewhere."""
    rows, places = np.unique(pairs, return_inverse=True)
    nearest = self_likeness(dataset, rows)[places.reshape(-1, 2)].max(axis=1)
    return np.asarray(CLOSER * (1 - likeness) > 1 - nearest)


def _bar(n: int, pairs: Ints, likeness: Floats) -> float:
    """Return the likeness that counts in this set, from the nearest neighbours that are no sure duplicates."""
    nearest = np.zeros(n, np.float32)
    usual = likeness < SURE
    for side in (0, 1):
        np.maximum.at(nearest, pairs[usual, side], likeness[usual])
    return float(np.clip(1 - (1 - np.median(nearest)) / CLOSER, LEAST, SURE))


def _upright_likeness(small: Floats, pairs: Ints) -> Floats:
    """Return the smaller one of the two correlations of each pair, of miniatures that are not shifted."""
    common = _common(small)
    likeness = np.empty(len(pairs), np.float32)
    for first in range(0, len(pairs), _BLOCK):
        rows, places = np.unique(pairs[first : first + _BLOCK], return_inverse=True)
        images = _standard(np.asarray(small[rows])) - common
        left, right = places.reshape(-1, 2).T
        found = (correlated(each, left, right) for each in (images, fine(images)))
        likeness[first : first + _BLOCK] = np.minimum(*found)
    return likeness


def _common(images: Floats) -> Floats:
    """Return what all images share, (1, h, w), from at most 2,000 of them."""
    step = max(1, len(images) // 2000)
    return np.asarray(_standard(np.asarray(images[::step])).mean(axis=0, keepdims=True))


def _standard(images: Floats) -> Floats:
    flat = images.reshape(len(images), -1)
    return normalized(flat).reshape(images.shape)


# ---- clusters --------------------------------------------------------------------------------------------------


def _clusters(exact: Ints, pairs: Ints, likeness: Floats, dataset: Dataset) -> tuple[Ints, Ints]:
    """Return the clusters that exact duplicates and pairs form together, and those of them that are large, uncut.

    A large cluster stays whole, as frames of one scene on both sides of a split would leak. Only where it holds all
    of a class, which then could never be tested, it is cut at its weakest pairs into parts that are not large.
    """
    most = max(20, len(exact) // 10)
    joined = _joined(exact, pairs)
    large = [rows for rows in members(joined) if len(rows) > most]
    cut = [rows for rows in large if _holds_a_class(rows, dataset)]
    scenes = np.full(len(exact), -1, np.int64)
    for number, rows in enumerate(large):
        scenes[rows] = number
    if not cut:
        return joined, scenes
    weak = np.isin(pairs[:, 0], np.concatenate(cut))
    order = np.argsort(-likeness, kind="stable")
    kept = [pairs[~weak], pairs[order[weak[order]]]]
    return _joined(exact, np.concatenate(kept), {int(row) for rows in cut for row in rows}, most), scenes


def _holds_a_class(rows: Ints, dataset: Dataset) -> bool:
    """Tell whether a class with several images has none in another group than those of `rows`."""
    outside = np.ones(len(dataset), np.bool_)
    outside[rows] = False
    if dataset.groups is not None:
        outside &= ~np.isin(dataset.groups, dataset.groups[rows])
    held = np.setdiff1d(dataset.labels[rows], dataset.labels[outside])
    return bool((dataset.class_counts[held[held >= 0]] > 1).any())


def _joined(exact: Ints, pairs: Ints, bounded: Collection[int] = (), most: int = 0) -> Ints:
    """Return the clusters; pairs of the rows `bounded` join only what then has at most `most` rows."""
    parent = np.arange(len(exact))
    in_cluster = np.flatnonzero(exact >= 0)
    _, first = np.unique(exact[in_cluster], return_index=True)
    parent[in_cluster] = in_cluster[first][exact[in_cluster]]
    size = np.bincount(parent, minlength=len(exact))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = int(parent[row])
        return row

    for left, right in pairs.tolist():
        one, other = root(left), root(right)
        if one != other and not (left in bounded and size[one] + size[other] > most):
            parent[one] = other
            size[other] += size[one]
    return _numbered(np.array([root(row) for row in range(len(exact))], np.int64))
