"""One TIFF of many images (pages, time points) with one table (CSV) of their labels, a row per image in order."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from explorer.datasets.decoding import BROKEN
from explorer.datasets.drafts import Draft, Head, Unusable, as_kind, kind_of
from explorer.datasets.findings import Notebook
from explorer.datasets.limits import Limits
from explorer.datasets.listings import Listing
from explorer.datasets.names import STACKS
from explorer.datasets.rowtables import row_table
from explorer.datasets.tiff import opened
from explorer.errors import DataError
from explorer.records import Array


def recognises(listing: Listing) -> int:
    """Return the number of images in the stack, if one TIFF with several pages is the only image there is."""
    if len(listing.images) != 1 or not listing.having(STACKS):
        return 0
    try:
        with listing.images[0].open() as file, opened(file) as tiff:
            pages = len(tiff.pages)
            return pages + 1 if pages > 1 or len(tiff.series[0].shape) > 3 else 0
    except BROKEN:
        return 1


def read(listing: Listing, limits: Limits, notebook: Notebook) -> Draft:
    """Return the images of the stack. Raises DataError when it is damaged or the table does not fit."""
    entry = listing.images[0]
    table = row_table(listing, entry.name, limits, notebook)
    try:
        tiff = listing.closing.enter_context(opened(listing.keep(entry)))
        stack = _Stack(tiff, len(table), limits)
    except BROKEN as error:
        raise DataError(f"{entry.name} is no readable TIFF. Copy it again, or save it uncompressed.") from error
    except Unusable as reason:
        raise DataError(f"{entry.name} cannot be read: {reason.text}.") from reason
    return Draft(tuple(table.items(stack.images, entry.name)), (stack.head,) * stack.images, stack.read)


class _Stack:
    """The images of a TIFF: along its first axis where that has a row each, else its pages."""

    def __init__(self, tiff: Any, rows: int, limits: Limits) -> None:
        series = tiff.series[0]
        self._tiff = tiff
        self._pages = len(tiff.series) > 1 or series.shape[0] != rows
        self.images = len(tiff.pages) if self._pages else int(series.shape[0])
        shape = tiff.pages[0].shape if self._pages else series.shape[1:]
        self._axes = tiff.pages[0].axes if self._pages else series.axes[1:]
        self.head = self._head(tuple(shape), tiff.pages[0].dtype, limits)
        size = int(np.prod(series.shape, dtype=np.int64)) * series.dtype.itemsize
        if size > limits.array_bytes:
            raise Unusable("large-stack", f"larger than {limits.array_bytes / 1e9:g} GB in memory")

    def _head(self, shape: tuple[int, ...], dtype: Any, limits: Limits) -> Head:
        sizes = dict(zip(self._axes, shape, strict=True))
        height, width = sizes.pop("Y"), sizes.pop("X")
        channels = int(np.prod(list(sizes.values()), dtype=np.int64))
        if height * width > limits.pixels or channels > limits.channels:
            raise Unusable("large-image", f"images of {height} × {width} pixels and {channels} channels are too large")
        return Head(height, width, channels, kind_of(dtype))

    def read(self, wanted: Iterable[int]) -> Iterator[tuple[int, Array | Unusable]]:
        """Yield the wanted images, each with its channels last."""
        for number in wanted:
            try:
                yield number, as_kind(self._last(self._image(number)))
            except BROKEN:
                yield number, Unusable("damaged-image", "left out, as damaged, cut short or not readable")

    def _image(self, number: int) -> Array:
        if self._pages:
            return np.asarray(self._tiff.pages[number].asarray())
        each, rest = divmod(len(self._tiff.pages), self.images)
        if rest or not each:
            return np.asarray(self._whole()[number])
        pages = [self._tiff.pages[number * each + page].asarray() for page in range(each)]
        return np.stack(pages).reshape(self._tiff.series[0].shape[1:])

    def _whole(self) -> Array:
        if not hasattr(self, "_values"):
            self._values = np.asarray(self._tiff.series[0].asarray())
        return self._values

    def _last(self, image: Array) -> Array:
        if image.ndim != len(self._axes):
            raise ValueError("a page of another shape than the first")
        others = [axis for axis in range(image.ndim) if self._axes[axis] not in "YX"]
        moved = image.transpose([self._axes.index("Y"), self._axes.index("X"), *others])
        return np.ascontiguousarray(moved.reshape(*moved.shape[:2], -1))
