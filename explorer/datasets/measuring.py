"""Measures each image once while it is read, so that checks and pages never touch all pixels again."""

import hashlib
from dataclasses import dataclass

import cv2
import numpy as np

from explorer.datasets.arrayfile import ArrayFile
from explorer.datasets.fitting import resized
from explorer.datasets.turning import orbit_keys
from explorer.records import Array, Floats, Ints

SMALL = 32
"""Side in pixels of the grey miniature that duplicates are looked for in."""

RING = 16
"""Values along each side of a ring of pixels."""

_MEAN = np.full((1, 3), 1 / 3, np.float32)
_TOGETHER = 1_000_000  # bytes of images that are measured at once, so that small images cost few calls


@dataclass(frozen=True, eq=False)
class Measures:
    """What is known of each of the n images, in their stored units.

    sizes      (n, 2) int64, original height and width in pixels
    channels   (n, channels) float32, mean of each channel of the original image
    flat       (n,) bool, all values of the original image are the same in each channel
    prints     (n, 2) uint64, hash of the stored pixels; equal for equal images
    turns      (n,) int64, equal for mirrored and turned versions of one image, and hardly ever for others
    small      (n, 32, 32) float32, grey miniature of the stored image; memory-mapped where n is large
    borders    (n, 64) float32, grey values along the outermost ring of the original image, before any padding
    inners     (n, 128) float32, the same along two rings, a quarter of the way to the centre and half-way: together
               they hold more pixels than the border, so that noise is averaged at least as well
    """

    sizes: Ints
    channels: Floats
    flat: Array
    prints: Array
    turns: Ints
    small: Floats
    borders: Floats
    inners: Floats

    @property
    def means(self) -> Floats:
        """The mean of all values of each original image, (n,) float32."""
        return np.asarray(self.channels.mean(axis=1, dtype=np.float64), np.float32)


class Meter:
    """Takes the measures image by image; what single calls are dear for waits for several images of one size."""

    def __init__(self, miniatures: ArrayFile) -> None:
        self._miniatures = miniatures
        self._sizes: list[tuple[int, int]] = []
        self._channels: list[Floats] = []
        self._prints: list[bytes] = []
        self._flat: list[Array] = []
        self._turns: list[int] = []
        self._borders: list[Array] = []
        self._inners: list[Array] = []
        self._waiting: list[tuple[Array, Floats, Array]] = []

    def add(self, original: Array, stored: Array) -> None:
        """Measure one image, (height, width, channels), as it came and as it is stored."""
        if self._waiting and self._waiting[0][0].shape != original.shape:
            self._measure_together()
        grey = grey_of(original)
        self._sizes.append((grey.shape[0], grey.shape[1]))
        self._channels.append(channel_means(original))
        self._prints.append(hashlib.blake2b(np.ascontiguousarray(stored).data, digest_size=16).digest())
        self._miniatures.append(resized((grey if stored is original else grey_of(stored))[:, :, None], SMALL, SMALL))
        self._waiting.append((original, grey, stored))
        if len(self._waiting) * (original.nbytes + stored.nbytes) > _TOGETHER:
            self._measure_together()

    def _measure_together(self) -> None:
        originals, greys, stored = (np.stack(each) for each in zip(*self._waiting, strict=True))
        self._waiting.clear()
        height, width = greys.shape[1:]
        self._flat.append(_flat(originals))
        self._turns.extend(orbit_keys(stored))
        self._borders.append(rings(greys, 0, 0))
        self._inners.append(np.concatenate([rings(greys, height // part, width // part) for part in (8, 4)], axis=1))

    def measures(self, small: Floats) -> Measures:
        """Return all measures taken; `small` holds the miniatures as they were written, (n, 32, 32)."""
        if self._waiting:
            self._measure_together()
        return Measures(
            np.array(self._sizes, np.int64),
            np.stack(self._channels),
            np.concatenate(self._flat),
            np.frombuffer(b"".join(self._prints), np.uint64).reshape(-1, 2),
            np.array(self._turns, np.int64),
            small,
            np.concatenate(self._borders),
            np.concatenate(self._inners),
        )


def grey_of(pixels: Array) -> Floats:
    """Return the mean over channels, (height, width) float32, of pixels (height, width, channels)."""
    if pixels.shape[2] == 1:
        return np.asarray(pixels[:, :, 0], np.float32)
    if pixels.shape[2] == 3:
        mixed = cv2.transform(np.ascontiguousarray(pixels, np.float32), _MEAN)
        return np.asarray(mixed).reshape(pixels.shape[:2])
    return np.asarray(pixels.mean(axis=2, dtype=np.float32))


def channel_means(pixels: Array) -> Floats:
    """Return the mean of each channel, (channels,) float32, of pixels (height, width, channels)."""
    n = pixels.shape[2]
    few = 4  # channels that OpenCV takes the means of at once
    parts = [np.ascontiguousarray(pixels[:, :, start : start + few]) for start in range(0, n, few)]
    found = [cv2.mean(part)[: part.shape[2]] for part in parts]
    return np.concatenate(found).astype(np.float32)


def _flat(images: Array) -> Array:
    """Tell of each image (n, height, width, channels) whether all its pixels are the same, (n,) bool."""
    flat = (images[:, :1] == images[:, :1, :1]).all(axis=(1, 2, 3))  # hardly any image passes its first row
    flat[flat] = (images[flat] == images[flat, :1, :1]).all(axis=(1, 2, 3))
    return np.asarray(flat)


def rings(greys: Floats, down: int, right: int) -> Floats:
    """Return 64 values along the four sides of the frame that lies `down` and `right` pixels inside each image.

    The images are (n, height, width), the values (n, 64).
    """
    height, width = greys.shape[1:]
    inside = greys[:, down : height - down, right : width - right]
    sides = (inside[:, 0], inside[:, -1], inside[:, :, 0], inside[:, :, -1])
    return np.concatenate([_sampled(side) for side in sides], axis=1)


def _sampled(lines: Floats) -> Floats:
    """Return 16 values along each of the lines (n, length)."""
    lines = np.ascontiguousarray(lines, np.float32)
    method = cv2.INTER_AREA if lines.shape[1] > RING else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(lines, (RING, len(lines)), interpolation=method)).reshape(len(lines), RING)
