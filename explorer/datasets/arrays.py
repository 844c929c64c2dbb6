"""Arrays of images in .npy form, read row by row out of a file or an archive; pickles are never loaded."""

import lzma
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from explorer.datasets.drafts import Draft, Head, Listed, Unusable, as_kind, kind_of
from explorer.datasets.findings import Notebook
from explorer.datasets.limits import Limits
from explorer.errors import DataError
from explorer.records import Array

_BLOCK = 8_000_000
"""Bytes read at a time."""

CUT_SHORT = (ValueError, EOFError, zlib.error, zipfile.BadZipFile, lzma.LZMAError)
"""What reading the values of a damaged .npy or .npz raises."""

BROKEN_HEADER = (
    *CUT_SHORT,
    OSError,
    SyntaxError,
    tokenize.TokenError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    MemoryError,
)
"""What reading a damaged header raises: numpy takes it for Python source."""


@dataclass(frozen=True)
class Stored:
    """One array in .npy form: its name for the user, how to open it, and what its header says."""

    name: str
    opener: Callable[[], BinaryIO]
    shape: tuple[int, ...]
    dtype: "np.dtype[Any]"
    fortran: bool

    def whole(self) -> Array:
        """Return the array in memory. Raises ValueError or EOFError when the file is cut short."""
        with self.opener() as file:
            return np.lib.format.read_array(file, allow_pickle=False)

    def rows(self) -> Iterator[Array]:
        """Yield row by row; memory holds a few megabytes unless the array is in Fortran order.

        Raises ValueError when the file is cut short.
        """
        if self.fortran:
            yield from self.whole()
            return
        size = int(np.prod(self.shape[1:], dtype=np.int64)) * self.dtype.itemsize
        together = max(1, _BLOCK // max(1, size))
        with self.opener() as file:
            _header(file)
            for first in range(0, self.shape[0], together):
                number = min(together, self.shape[0] - first)
                block = file.read(number * size)
                if len(block) < number * size:
                    raise ValueError("cut short")
                yield from np.frombuffer(block, self.dtype).reshape(number, *self.shape[1:])


def stored(name: str, opener: Callable[[], BinaryIO], limits: Limits) -> Stored:
    """Return the array that a .npy file holds, of which only the header is read.

    Raises DataError for a damaged header, for Python objects and for an array that passes the limits.
    """
    try:
        with opener() as file:
            shape, fortran, dtype = _header(file)
    except BROKEN_HEADER as error:
        raise DataError(
            f"{name} is no readable numpy array, or damaged. Save it again by numpy.save or numpy.savez."
        ) from error
    if min(shape, default=0) < 0:
        raise DataError(f"{name} has shape {shape}, which cannot be. Save it again with numpy.save or numpy.savez.")
    if dtype.hasobject:
        raise DataError(f"{name} holds Python objects, which can run code and are never loaded. Save plain numbers.")
    size = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if size > limits.array_bytes:
        raise DataError(
            f"{name} has shape {shape}, {size / 1e9:,.1f} GB; at most {limits.array_bytes / 1e9:g} are read."
        )
    return Stored(name, opener, shape, dtype, fortran)


def _header(file: BinaryIO) -> tuple[tuple[int, ...], bool, "np.dtype[Any]"]:
    version = np.lib.format.read_magic(file)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"version {version} of the .npy form")
    return readers[version](file)


# ---- images ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Images:
    """An array of n images, whose layout is known."""

    array: Stored
    layout: str
    height: int
    width: int
    channels: int
    kind: str

    def __len__(self) -> int:
        return self.array.shape[0]

    def rows(self) -> Iterator[Array]:
        """Yield images (height, width, channels) as uint8, uint16 or float32. Raises DataError when cut short."""
        try:
            for row in self.array.rows():
                shaped = row[:, :, None] if self.layout == "hw" else np.moveaxis(row, 0, 2) if self._first else row
                yield _as(shaped, self.kind)
        except CUT_SHORT as error:
            raise DataError(f"{self.array.name} is cut short. Copy or download it again.") from error

    @property
    def _first(self) -> bool:
        return self.layout == "chw"


def images_of(array: Stored, notebook: Notebook, limits: Limits) -> Images:
    """Return the images of an array (n, height, width), (n, height, width, channels) or (n, channels, height, width).

    Raises DataError for another shape, for values that are no real numbers and for no image at all.
    """
    shape = array.shape
    if len(shape) not in (3, 4) or 0 in shape:
        raise DataError(
            f"{array.name} has shape {shape}. Images have shape (n, height, width) or (n, height, width, channels)."
        )
    if shape[0] > limits.images:
        raise DataError(
            f"{array.name} holds {shape[0]:,} images; at most {limits.images:,} are read. Give some of them."
        )
    layout = "hw" if len(shape) == 3 else _layout(shape[1:])
    height, width, channels = {
        "hw": (*shape[1:3], 1),
        "hwc": shape[1:],
        "chw": (*shape[2:], shape[1]),
    }[layout]
    if layout == "chw":
        notebook.say("channels-first", f"{array.name} of shape {shape} is read as (n, channels, height, width).")
    if channels > limits.channels:
        raise DataError(
            f"{array.name} has {channels} channels by its shape {shape}; at most {limits.channels} are read."
        )
    return Images(array, layout, height, width, channels, _kind(array))


def _layout(shape: tuple[int, ...]) -> str:
    """Return the layout of (a, b, c): channels are where a usual number of them stands, else the shorter axis."""
    first, last = shape[0], shape[2]
    usual = (1, 3, 4)
    if (last in usual) != (first in usual):
        return "hwc" if last in usual else "chw"
    return "chw" if first < last else "hwc"


def _kind(array: Stored) -> str:
    """Return the smallest kind that holds the values; other whole numbers than 8 and 16 bits are looked through."""
    try:
        kind = kind_of(array.dtype)
        if array.dtype.kind not in "iu" or kind != "float32":
            return kind
        low, high = 0, 0
        for row in array.rows():
            low, high = min(low, int(row.min())), max(high, int(row.max()))
    except Unusable as error:
        raise DataError(f"{array.name} has values of type {array.dtype}, which are no pixels.") from error
    except CUT_SHORT as error:
        raise DataError(f"{array.name} is cut short. Copy or download it again.") from error
    return "float32" if low < 0 or high > 65_535 else "uint8" if high <= 255 else "uint16"


def _as(pixels: Array, kind: str) -> Array:
    return pixels.astype(kind) if pixels.dtype.kind in "iu" else as_kind(pixels)


def stored_images(path: Path, wanted: Iterable[int]) -> Iterator[tuple[int, Array | Unusable]]:
    """Yield number and pixels of the wanted `images` of a .npz, as a Draft does."""
    with np.load(path, allow_pickle=False) as kept:
        images = kept["images"]
    for number in wanted:
        yield number, as_kind(images[number] if images.ndim == 4 else images[number][:, :, None])


def draft_of_arrays(
    parts: list[Images], items: list[Listed], limits: Limits, class_names: tuple[str, ...] = ()
) -> Draft:
    """Return the draft whose items are the images of all parts, one part after the other."""

    def images(wanted: Iterable[int]) -> Iterator[tuple[int, Array | Unusable]]:
        chosen = set(wanted)
        rows = (row for part in parts for row in part.rows())
        yield from ((number, row) for number, row in enumerate(rows) if number in chosen)

    heads = [Head(part.height, part.width, part.channels, part.kind) for part in parts for _ in range(len(part))]
    for part in parts:
        if part.height * part.width > limits.pixels:
            raise DataError(
                f"{part.array.name} holds images of {part.height} × {part.width} pixels; at most "
                f"{limits.pixels / 1e6:g} million are read. Make them smaller."
            )
    return Draft(tuple(items), tuple(heads), images, class_names)
