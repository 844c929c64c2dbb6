"""Finds images that are mirrored or turned by quarters of a circle, pixel by pixel."""

import functools
import hashlib

import numpy as np

from explorer.records import Array, Ints

LEAST_DETAIL = 32
"""Pixels that must differ from the commonest one: a lone dot has many mirror images that are no copies."""

_POINTS = 16


def orbit_keys(images: Array) -> list[int]:
    """Return a number for each image, (n, side, side, channels), that its 8 mirrored and turned versions share.

    It looks at a few pixels and those that they are moved to; so equal numbers are only a hint.
    """
    rows, columns = _orbits(images.shape[1])
    orbits = np.sort(images[:, rows, columns], axis=2)
    hashes = (hashlib.blake2b(each.tobytes(), digest_size=7) for each in orbits)
    return [int.from_bytes(each.digest(), "little") for each in hashes]


@functools.cache
def _orbits(side: int) -> tuple[Ints, Ints]:
    """Return rows and columns, (points, 8), of points and where the 8 mirrored and turned versions move them to."""
    down, right = np.random.default_rng(side).integers(0, side, (2, _POINTS, 1))
    up, left = side - 1 - down, side - 1 - right
    rows = np.concatenate([down, down, up, up, right, right, left, left], axis=1)
    return rows, np.concatenate([right, left, right, left, down, up, down, up], axis=1)


def turned_keys(inputs: Array, keys: Ints) -> Ints:
    """Return numbers (n,) that are equal for mirrored or turned copies, and their own for every other row."""
    _, inverse, times = np.unique(keys, return_inverse=True, return_counts=True)
    prints: dict[bytes, int] = {}
    found = np.arange(len(keys), dtype=np.int64)
    for row in np.flatnonzero(times[inverse] > 1).tolist():
        image = np.asarray(inputs[row])
        if _detail(image) >= LEAST_DETAIL:
            found[row] = prints.setdefault(_canonical(image), row)
    return found


def _canonical(image: Array) -> bytes:
    turns = [np.rot90(side, quarter) for side in (image, image[:, ::-1]) for quarter in range(4)]
    return min(hashlib.blake2b(np.ascontiguousarray(each).data, digest_size=16).digest() for each in turns)


def _detail(image: Array) -> int:
    _, times = np.unique(image[:, :, 0], return_counts=True)
    return int(image[:, :, 0].size - times.max())
