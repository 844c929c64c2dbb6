"""Photographs of three materials cut into patches, with a split in space: train left, test right."""

import numpy as np
from skimage import data

from sample_data.sample import About, Array, Difficulty, Sample

ABOUT = About(
    title="Material textures",
    one_line="768 patches of brick, grass and gravel, 32 × 32 pixels; train and test from different halves. Real data.",
    teaches="Single pixels say little about a texture; features that know edges and orientations are what helps. "
    "Train and test patches come from different places, as they must.",
    source="scikit-image (data.brick, data.grass, data.gravel): photographs of 512 × 512 pixels",
    licence="CC0 (public domain)",
    made_how="Cut into patches that do not overlap; left halves of the photographs train, right halves test.",
    difficulty=Difficulty(
        name="patch side",
        value=32,
        unit="pixels",
        effect="Smaller patches show less of the texture: 64 is easy, 16 is hard. 8 to 128.",
    ),
)

CLASSES = ("brick", "grass", "gravel")


def make(per_class: int | None = None, difficulty: float = ABOUT.difficulty.value, seed: int = 0) -> Sample:
    """Return the patches, (n, side, side), train before test in each class; `difficulty` is the side in pixels.

    `per_class` keeps that many patches of each class, half of them for training. Nothing is drawn by chance, so
    `seed` changes nothing. Raises ValueError for a side that is not a whole number from 8 to 128.
    """
    side = int(difficulty)
    if side != difficulty or not 8 <= side <= 128:
        raise ValueError(f"The patch side is {difficulty:g}. Choose a whole number of pixels from 8 to 128.")
    halves = [half for name in CLASSES for half in np.split(getattr(data, name)(), 2, axis=1)]
    keep = None if per_class is None else -(-per_class // 2)
    patches = [cut(half, side)[:keep] for half in halves]
    counts = [len(each) for each in patches]
    labels = np.repeat(np.repeat(np.arange(len(CLASSES)), 2), counts).astype(np.int64)
    split = np.repeat(np.tile(["train", "test"], len(CLASSES)), counts)
    return Sample(np.concatenate(patches), labels, CLASSES, split=split)


def cut(picture: Array, side: int) -> Array:
    """Return the patches (m, side, side) of a picture (height, width), row by row, without overlap or remainder."""
    rows, columns = picture.shape[0] // side, picture.shape[1] // side
    whole = picture[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return whole.swapaxes(1, 2).reshape(-1, side, side)
