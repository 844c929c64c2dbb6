"""What a maker yields and what it says about itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """A data set as a maker yields it; n = number of images, h × w = their size in pixels.

    images       (n, h, w) uint8
    labels       (n,) int64, class number in 0 .. k-1
    class_names  k names
    groups       (n,) int64 group number, or None where every image stands alone
    split        (n,) text "train" or "test", or None where the split is drawn anew with each seed
    clean        (n, h, w) uint8, the same images without noise, or None where there is no known truth
    """

    images: Array
    labels: Array
    class_names: tuple[str, ...]
    groups: Array | None = None
    split: Array | None = None
    clean: Array | None = None


@dataclass(frozen=True)
class Difficulty:
    """The one setting of a maker that makes its data set harder or easier."""

    name: str
    value: float
    unit: str
    effect: str


@dataclass(frozen=True)
class About:
    """The facts of a data set that its card shows; the page of truth tells the rest."""

    title: str
    one_line: str
    teaches: str
    source: str
    licence: str
    made_how: str
    difficulty: Difficulty


@dataclass(frozen=True)
class Maker:
    """A data set that can be made: its name, its facts, its page of truth in Markdown, and the function that makes it.

    `make(per_class=..., difficulty=..., seed=...)` yields the same Sample for the same arguments.
    """

    name: str
    about: About
    page: str
    make: Callable[..., Sample]


def generator(seed: int, *numbers: int) -> np.random.Generator:
    """Return the generator that belongs to `seed` and to one thing, such as image number `numbers`, and to no other."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=numbers))


def to_bytes(values: Floats) -> Array:
    """Return values in [0, 1], any shape, as uint8; what lies beyond is clipped."""
    return np.round(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8)
