"""CutMix: a network learns from images with a patch of another one, and to answer with the shares of their areas."""

import functools
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.techniques.base import Float32s, Mixer
from explorer.techniques.blending import Blending
from explorer.techniques.settings import setting


@dataclass(frozen=True)
class CutMix(Blending):
    """Puts a patch of another image of the batch into every other image, and gives each class the share of its pixels.
    A network that learns from such images looks for evidence everywhere and not only at the most telling spot.
    """

    title: ClassVar[str] = "CutMix"
    paper: ClassVar[str] = "Yun et al. 2019, arXiv:1905.04899"
    fails: ClassVar[str] = "Where the class is in a small part of the image, such as a lesion, or in a count."

    alpha: float = setting(
        1.0,
        label="Alpha",
        help="Both parameters of the beta distribution of the area that stays: at 1 every area is as likely as any.",
        low=0.05,
        high=2.0,
    )
    share: float = setting(
        0.5, label="Share", help="Share of the images that get a patch of another one.", low=0.0, high=1.0
    )

    def mixer(self) -> Mixer:
        """Return what puts patches of other images of a batch into its images."""
        return functools.partial(patched, self.alpha, self.share)


def patched(
    alpha: float, share: float, images: Float32s, targets: Float32s, generator: np.random.Generator
) -> tuple[Float32s, Float32s]:
    """Return images (b, height, width, channels), a share of them with a patch of another one, and targets (b, k).

    The patch has the proportions of the image and is cut at its border; targets follow the pixels that are left.
    """
    mixed, shares = images.copy(), targets.copy()
    other = generator.permutation(len(images))
    chosen = np.flatnonzero(generator.random(len(images)) < share)
    for row in chosen.tolist():
        rows, columns = _patch(images.shape[1:3], 1 - generator.beta(alpha, alpha), generator)
        mixed[row, rows, columns] = images[other[row], rows, columns]
        covered = np.float32(mixed[row, rows, columns, 0].size / mixed[row, :, :, 0].size)
        shares[row] = (1 - covered) * targets[row] + covered * targets[other[row]]
    return mixed, shares


def _patch(sides: tuple[int, ...], area: float, generator: np.random.Generator) -> tuple[slice, slice]:
    """Return rows and columns of a patch of about that share of the area around a random place."""
    halves = [round(side * area**0.5 / 2) for side in sides]
    centres = [int(generator.integers(side)) for side in sides]
    found = [slice(max(0, at - half), at + half) for at, half in zip(centres, halves, strict=True)]
    return found[0], found[1]
