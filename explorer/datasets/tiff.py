"""TIFF files by tifffile: 8 and 16 bits, float, any number of channels, channels first or last."""

from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
import tifffile

from explorer.datasets.alpha import without_alpha
from explorer.datasets.drafts import Head, Unusable, as_kind, kind_of
from explorer.datasets.orienting import turned
from explorer.records import Array

TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_ORIENTATION = 274
_OF_A_STACK = "ZT"
_UNNAMED = "IQ"


def opened(file: BinaryIO) -> tifffile.TiffFile:
    """Return a TIFF opened for reading, which never opens another file, though OME-XML may name some.

    Raises what tifffile raises for damaged files.
    """
    return tifffile.TiffFile(file, _multifile=False, is_mmstack=False, is_ndtiff=False)


def tiff_head(file: BinaryIO) -> Head:
    """Return the Head of a TIFF that holds one image. Raises Unusable, or what tifffile raises for damaged files."""
    with opened(file) as tiff:
        page, axes, shape = _layout(tiff)
        sizes = dict(zip(axes, shape, strict=True))
        channels = 3 if _is_palette(page) else sizes.get("C", 1) * (sizes.get("S", 1) - _alpha(page))
        kind = "uint8" if _is_palette(page) or page.bitspersample == 1 else kind_of(page.dtype)
        return Head(sizes["Y"], sizes["X"], channels, kind)


def tiff_pixels(file: BinaryIO) -> tuple[Array, tuple[str, ...]]:
    """Return the pixels (height, width, channels) of a TIFF that holds one image, and what was done on the way.

    Raises Unusable, or what tifffile raises for damaged files.
    """
    with opened(file) as tiff:
        page, axes, shape = _layout(tiff)
        series = tiff.series[0]
        values = np.asarray(series.asarray()).reshape(shape)
        unnamed = any(axis in _UNNAMED and size > 1 for axis, size in zip(series.axes, series.shape, strict=True))
        notes: tuple[str, ...] = ("pages-as-channels",) if unnamed else ()
        notes += ("first-of-several",) if _others(tiff) else ()
    values = _colored(values, page)
    values = _channels_last(values, axes if not _is_palette(page) else axes + "S")
    if _alpha(page):
        values, told = without_alpha(values)
        notes = (*notes, told)
    turn = page.tags.valueof(_ORIENTATION, 1)
    if turn in range(2, 9):
        values, notes = turned(values, int(turn)), (*notes, "rotated-image")
    return np.ascontiguousarray(values), notes


def _layout(tiff: tifffile.TiffFile) -> tuple[Any, str, tuple[int, ...]]:
    """Return the first page, the axes out of C, Y, X, S in their order, and the sizes along them."""
    series, page = tiff.series[0], tiff.pages[0]
    if page.dtype is None:
        raise ValueError("a TIFF of an unknown pixel type")
    kept = [(axis, size) for axis, size in zip(series.axes, series.shape, strict=True) if size > 1 or axis in "YX"]
    axes, shape = "".join(axis for axis, _ in kept), tuple(size for _, size in kept)
    others = [axis for axis in axes if axis not in "YXS"]
    if len(others) > ("S" not in axes) or axes.count("Y") != 1 or axes.count("X") != 1:
        raise _stack(tiff)
    if others and others[0] in _OF_A_STACK:
        raise _stack(tiff)
    if any(each.shape == series.shape for each in _others(tiff)):
        raise _stack(tiff)
    return page, axes.replace(others[0], "C") if others else axes, shape


def _others(tiff: tifffile.TiffFile) -> list[tifffile.TiffPageSeries]:
    """Return the images beside the first one; smaller copies and masks of it are none."""
    pages = [(each, each.keyframe) for each in tiff.series[1:]]
    return [each for each, page in pages if not (page.is_reduced or page.is_mask)]


def _stack(tiff: tifffile.TiffFile) -> Unusable:
    n = len(tiff.pages)
    return Unusable(
        "image-stack",
        f"left out, as a stack of {n} pages and not one image; save one image a file, or give the stack with a CSV",
    )


def _is_palette(page: Any) -> bool:
    return page.photometric == tifffile.PHOTOMETRIC.PALETTE and page.colormap is not None


def _alpha(page: Any) -> int:
    """Return 1 if the last sample of each pixel is its alpha, else 0."""
    extra: Sequence[int] = page.extrasamples
    return int(len(extra) == 1 and extra[0] in (1, 2) and page.samplesperpixel in (2, 4))


def _colored(values: Array, page: Any) -> Array:
    if _is_palette(page):
        return np.moveaxis((page.colormap >> 8).astype(np.uint8)[:, values], 0, -1)
    if page.bitspersample == 1:
        values = values.astype(np.bool_)
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE and values.dtype.kind in "bu":
        top = 1 if values.dtype.kind == "b" else (1 << page.bitspersample) - 1
        values = (top - values.astype(np.int64)).astype(values.dtype)
    return as_kind(values)


def _channels_last(values: Array, axes: str) -> Array:
    order = [axes.index("Y"), axes.index("X"), *(axes.index(axis) for axis in "CS" if axis in axes)]
    moved = values.transpose(order)
    return moved.reshape(*moved.shape[:2], -1)
