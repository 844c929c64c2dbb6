"""Finds images that are mirrored or turned by quarters of a circle, pixel by pixel."""

import hashlib

import numpy as np

from explorer.records import Array, Ints

LEAST_DETAIL = 32
"""Pixels that must differ from the commonest one: a lone dot has many mirror images that are no copies."""

_POINTS = 16


def orbit_key(stored: Array) -> int:
    """Return a number that the 8 mirrored and turned versions of an image (side, side, channels) share.

    It looks at a few pixels and those that they are moved to; so equal numbers are only a hint.
    """
    side = len(stored)
    down, right = np.random.default_rng(side).integers(0, side, (2, _POINTS, 1))
    up, left = side - 1 - down, side - 1 - right
    rows = np.concatenate([down, down, up, up, right, right, left, left], axis=1)
    columns = np.concatenate([right, left, right, left, down, up, down, up], axis=1)
    orbits = np.sort(stored[rows, columns], axis=1)
    return int.from_bytes(hashlib.blake2b(orbits.tobytes(), digest_size=7).digest(), "little")


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
