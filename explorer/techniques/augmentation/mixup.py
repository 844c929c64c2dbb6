"""Mixup: a network learns from blends of two images, and to answer with the same blend of their classes."""

import functools
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.techniques.base import Float32s, Mixer
from explorer.techniques.blending import Blending
from explorer.techniques.settings import setting


@dataclass(frozen=True)
class Mixup(Blending):
    """Blends every image of a batch with another one in a random ratio, and their classes in the same ratio.
    A network that learns from blends is less sure of what it has seen once, and its answers change evenly.
    """

    title: ClassVar[str] = "Mixup"
    paper: ClassVar[str] = "Zhang et al. 2018, arXiv:1710.09412"
    fails: ClassVar[str] = (
        "With very few labels, rare classes or classes in an order, where a blend looks like a third one."
    )

    alpha: float = setting(
        0.2,
        label="Alpha",
        help="Both parameters of the beta distribution of the ratio: small values leave most images nearly whole.",
        low=0.05,
        high=2.0,
    )

    def mixer(self) -> Mixer:
        """Return what blends each image of a batch with another one of it."""
        return functools.partial(blended, self.alpha)


def blended(
    alpha: float, images: Float32s, targets: Float32s, generator: np.random.Generator
) -> tuple[Float32s, Float32s]:
    """Return images (b, ...) blended with a permutation of themselves, each in its own ratio, and so targets (b, k)."""
    other = generator.permutation(len(images))
    share = generator.beta(alpha, alpha, len(images)).astype(np.float32)
    both = [_between(each, each[other], share) for each in (images, targets)]
    return both[0], both[1]


def _between(first: Float32s, second: Float32s, share: Float32s) -> Float32s:
    own = share.reshape(-1, *[1] * (first.ndim - 1))
    mixed: Float32s = own * first + (1 - own) * second
    return mixed
