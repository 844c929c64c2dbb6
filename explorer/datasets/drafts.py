"""What a reader hands over: the items it found with their labels, and their pixels one after the other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from explorer.records import Array


class Unusable(Exception):
    """One image that cannot be used; a Finding tells the user.

    `code` names the Finding, `text` continues "3 images …".
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True)
class Head:
    """What is known of an image before it is decoded: its size in pixels, its channels and its stored type.

    `kind` is uint8, uint16 or float32, what the pixels will be kept as; `channels` is 1 or 3 for grey and colour
    without their alpha channel, else the number of channels.
    """

    height: int
    width: int
    channels: int
    kind: str


@dataclass(frozen=True)
class Listed:
    """One item as its reader found it. An empty label means unlabelled, an empty group or split that none is given."""

    name: str
    label: str = ""
    group: str = ""
    split: str = ""


Pixels: TypeAlias = Callable[[Iterable[int]], Iterator[tuple[int, "Array | Unusable"]]]
"""From numbers of items, ascending, to (number, pixels (height, width, channels) or why not), in the same order."""


@dataclass(frozen=True, eq=False)
class Draft:
    """What a reader found.

    items        the items, names unique, in the order of their rows
    heads        for each item its Head, or why it cannot be used
    images       yields (number of item, pixels (height, width, channels) or why not) for the wanted items, in
                 ascending order
    class_names  the classes in the order that the data set itself gives; empty = those met, in natural order
    clean        as `images`, for the same items without noise; None where none are known
    """

    items: tuple[Listed, ...]
    heads: tuple[Head | Unusable, ...]
    images: Pixels
    class_names: tuple[str, ...] = ()
    clean: Pixels | None = None


KINDS = {"uint8": np.uint8, "uint16": np.uint16, "float32": np.float32}
"""The types in which pixels are kept."""


def kind_of(dtype: np.dtype[np.generic]) -> str:
    """Return the kind in which pixels of that type are kept. Raises Unusable for types that are no real numbers."""
    if dtype == np.uint8 or dtype == np.bool_:
        return "uint8"
    if dtype == np.uint16:
        return "uint16"
    if dtype.kind in "iuf":
        return "float32"
    raise Unusable("not-an-image", f"left out, as values of type {dtype} are no pixels")


def as_kind(pixels: Array) -> Array:
    """Return pixels of any real type in the kind they are kept as; black and white become 0 and 255."""
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * np.uint8(255)
    with np.errstate(over="ignore"):
        return pixels.astype(KINDS[kind_of(pixels.dtype)], copy=False)
