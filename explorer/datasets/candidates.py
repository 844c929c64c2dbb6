"""Pairs of images that may be near duplicates: all pairs compared in small sets, hash tables in large ones."""

from collections.abc import Iterator

import numpy as np

from explorer.records import Array, Floats, Ints

EXACT_UP_TO = 5_000
"""Images up to which every pair is compared; beyond, time grows with n and not with its square."""

LIKE = 0.8
"""Correlation of 16 × 16 miniatures from which on a pair is looked at."""

NEIGHBORS = 4
"""Pairs looked at per image, the most alike ones."""

_SIDE = 16
_BLOCK = 1000
_TABLES = 16
_DIRECTIONS = 16
_AHEAD = 6


def candidates(small: Floats) -> Ints:
    """Return pairs (m, 2), smaller row first, each once, of the miniatures (n, 32, 32) that look alike."""
    vectors = unit_vectors(small)
    pairs = _all_pairs(vectors) if len(vectors) <= EXACT_UP_TO else _hashed_pairs(vectors)
    found = np.concatenate([np.empty((0, 2), np.int64), *pairs])
    codes = np.unique(found.min(axis=1) * len(vectors) + found.max(axis=1))  # sorted sooner than rows of two
    return np.stack(np.divmod(codes, len(vectors)), axis=1)


def unit_vectors(small: Floats) -> Floats:
    """Return (n, 256) float32 of length 1: what is special of each image, whatever its brightness and contrast.

    What all images share (a vignette, a scale bar, an object in the middle) is taken off; a flat image becomes 0.
    """
    n = len(small)
    vectors = np.empty((n, _SIDE * _SIDE), np.float32)
    for first in range(0, n, _BLOCK):
        block = np.asarray(small[first : first + _BLOCK])
        halved = block.reshape(len(block), _SIDE, 2, _SIDE, 2).mean(axis=(2, 4))
        vectors[first : first + _BLOCK] = normalized(halved.reshape(len(block), -1))
    flat = ~vectors.any(axis=1)
    vectors -= vectors[~flat].mean(axis=0) if not flat.all() else 0
    vectors[flat] = 0
    return _shortened(vectors)


def normalized(rows: Floats) -> Floats:
    """Return rows (n, d) with mean 0 and length 1; rows without any contrast become 0."""
    return _shortened(rows - rows.mean(axis=1, keepdims=True))


def _shortened(rows: Floats) -> Floats:
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    return np.asarray(rows * np.divide(1, length, out=np.zeros_like(length), where=length > 1e-6))


def _all_pairs(vectors: Floats) -> Iterator[Ints]:
    n = len(vectors)
    few = min(NEIGHBORS, n - 1)
    for first in range(0, n, _BLOCK):
        likeness = vectors[first : first + _BLOCK] @ vectors.T
        rows = np.arange(len(likeness))
        likeness[rows, first + rows] = -1
        for _ in range(few):
            near = likeness.argmax(axis=1)
            good = likeness[rows, near] >= LIKE
            yield np.stack([first + rows[good], near[good]], axis=1)
            likeness[rows, near] = -1


def _hashed_pairs(vectors: Floats) -> Iterator[Ints]:
    """Yield pairs that fall into one bucket of a table of random hyperplanes, and lie next to each other in it.

    The hyperplanes cut the directions along which the images differ most, each given equal weight, so that buckets
    fill evenly (Charikar 2002, doi:10.1145/509907.509965).
    """
    draw = np.random.default_rng(0)
    sample = vectors[draw.permutation(len(vectors))[:EXACT_UP_TO]]
    values, directions = np.linalg.eigh(np.cov(sample.T))
    top = directions[:, -_DIRECTIONS:] / np.sqrt(np.maximum(values[-_DIRECTIONS:], 1e-9))
    placed = (vectors @ top.astype(np.float32)).astype(np.float32)
    bits = max(6, int(np.log2(len(vectors))) - 4)
    for _ in range(_TABLES):
        planes = draw.normal(size=(_DIRECTIONS, bits)).astype(np.float32)
        keys = ((placed @ planes) > 0) @ (1 << np.arange(bits))
        along = placed @ draw.normal(size=_DIRECTIONS).astype(np.float32)
        yield from _in_buckets(vectors, keys, along)


def _in_buckets(vectors: Floats, keys: Array, along: Floats) -> Iterator[Ints]:
    order = np.lexsort((along, keys))
    for ahead in range(1, _AHEAD + 1):
        same = keys[order[:-ahead]] == keys[order[ahead:]]
        left, right = order[:-ahead][same], order[ahead:][same]
        for first in range(0, len(left), 20 * _BLOCK):
            a, b = left[first : first + 20 * _BLOCK], right[first : first + 20 * _BLOCK]
            good = np.einsum("ij,ij->i", vectors[a], vectors[b]) >= LIKE
            yield np.stack([a[good], b[good]], axis=1).astype(np.int64)
