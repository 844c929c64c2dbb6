"""Decodes the images of a draft one by one, brings them to one size and writes them to an array file as they come."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explorer.datasets import scaling
from explorer.datasets.arrayfile import ArrayFile
from explorer.datasets.drafts import KINDS, Draft, Head, Unusable
from explorer.datasets.findings import Notebook
from explorer.datasets.fitting import FITS, fitted, target_side
from explorer.datasets.limits import Limits
from explorer.datasets.measuring import SMALL, Measures, Meter
from explorer.datasets.saved import CLEAN
from explorer.errors import DataError
from explorer.records import Array, Scaling

SMALLEST, LARGEST = 4, 1024
"""Sides in pixels that can be chosen."""


@dataclass(frozen=True, eq=False)
class Ingested:
    """What came out: `kept` numbers the items of the draft that have become rows, in order."""

    kept: tuple[int, ...]
    scaling: Scaling
    measures: Measures
    side: int


def ingest(
    draft: Draft, notebook: Notebook, folder: Path, *, side: int | None, fit: str, values: str, limits: Limits
) -> Ingested:
    """Write the usable images of a draft to `folder`/inputs.npy, (n, side, side, channels), their clean twins beside.

    Values keep their type: uint8, uint16 or float32. Memory holds one image at a time. The miniatures of the measures
    are kept in `folder`/miniatures.npy. Raises DataError when no image can be used, and when the set passes a limit.
    """
    if len(draft.items) > limits.images:
        raise DataError(
            f"There are {len(draft.items):,} images; at most {limits.images:,} are read. Give some of them."
        )
    usable = _usable(draft, notebook)
    plan = _plan(usable, notebook, draft)
    kept = [number for number in usable if number not in plan.odd]
    side = side or target_side([usable[number] for number in kept])
    _check_size(len(kept), side, plan, limits)
    _tell_sizes([usable[number] for number in kept], side, fit, notebook)
    miniatures = folder / "miniatures.npy"
    span = scaling.Range(len(kept)) if plan.kind != "uint8" or values != scaling.LINEAR else None
    rows: list[int] = []
    with (
        ArrayFile(folder / "inputs.npy", (side, side, plan.channels), plan.kind) as out,
        ArrayFile(miniatures, (SMALL, SMALL, 1), "float32") as small,
    ):
        meter = Meter(small)
        for number, pixels in _images(draft, kept, plan, notebook):
            stored = fitted(pixels, side, fit)
            out.append(stored)
            meter.add(pixels, stored)
            if span is not None:
                span.add(stored)
            rows.append(number)
    if not rows:
        raise notebook.nothing_left("The data set", "no image that can be used")
    _write_clean(draft, rows, plan, folder / CLEAN, side, fit, notebook)
    measures = meter.measures(np.load(miniatures, mmap_mode="r")[:, :, :, 0])
    rule = scaling.choose(plan.kind, span, values)
    if span is not None and values == scaling.LINEAR:  # else what it advises is done
        _tell_faint(span.faint(rule), len(rows), notebook)
    return Ingested(tuple(rows), rule, measures, side)


# ---- one kind and one number of channels -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Plan:
    kind: str
    channels: int
    odd: frozenset[int]


def _check_size(n: int, side: int, plan: _Plan, limits: Limits) -> None:
    each = n * plan.channels * np.dtype(plan.kind).itemsize
    if each * side * side <= limits.array_bytes:
        return
    fits = math.isqrt(limits.array_bytes // max(1, each))
    remedy = f"Choose an image size of at most {fits} px" if fits >= SMALLEST else "Give a part of them"
    raise DataError(
        f"{n:,} images of {side} × {side} pixels take {each * side * side / 1e6:,.0f} MB; at most "
        f"{limits.array_bytes / 1e6:,.0f} MB are kept. {remedy}."
    )


def _usable(draft: Draft, notebook: Notebook) -> dict[int, Head]:
    usable: dict[int, Head] = {}
    for number, head in enumerate(draft.heads):
        if isinstance(head, Unusable):
            notebook.add(head.code, draft.items[number].name, head.text, noun="image")
        else:
            usable[number] = head
    if not usable:
        raise notebook.nothing_left("The data set", "no image that can be used")
    return usable


def _plan(usable: dict[int, Head], notebook: Notebook, draft: Draft) -> _Plan:
    """Choose the kind and the channels of the whole set, and find the few images that do not fit.

    Grey and colour mix: grey becomes colour. 8 and 16 bits mix: 8 bits are stretched. Anything else cannot be made
    equal without inventing values, so the smaller part is left out.
    """
    real = _majority({number: head.kind == "float32" for number, head in usable.items()})
    colors = {number: "grey or colour" if head.channels in (1, 3) else head.channels for number, head in usable.items()}
    layout = _majority(colors)
    odd = frozenset(n for n, head in usable.items() if (head.kind == "float32") != real or colors[n] != layout)
    for number in odd:
        text = (
            "left out, as of another kind (channels or pages, or whole numbers against floating point) than the others"
        )
        notebook.add("mixed-kinds", draft.items[number].name, text, noun="image")
    same = [head for number, head in usable.items() if number not in odd]
    kinds = Counter(head.kind for head in same)
    channels = Counter(head.channels for head in same)
    _tell_mixes(kinds, channels, notebook)
    kind = "float32" if real else "uint16" if kinds["uint16"] else "uint8"
    return _Plan(kind, max(channels), odd)


def _majority(values: dict[int, Any]) -> Any:
    return Counter(values.values()).most_common(1)[0][0]


def _tell_sizes(heads: Sequence[Head], side: int, fit: str, notebook: Notebook) -> None:
    """Say how images of several sizes were brought to one: what shows of an object depends on it."""
    sizes = sorted({(head.height * head.width, head.height, head.width) for head in heads})
    if len(sizes) < 2:
        return
    smallest, largest = (f"{height} × {width}" for _, height, width in (sizes[0], sizes[-1]))
    square = all(height == width for _, height, width in sizes)
    how = "resized" if square else "filled up to squares and resized" if fit == "pad" else "stretched"
    notebook.say(
        "mixed-sizes",
        f"The images have {len(sizes):,} sizes, from {smallest} to {largest} pixels; all were {how} to "
        f"{side} × {side}. Make sure that a pixel means the same in all of them where size carries the class.",
    )


def _tell_faint(faint: int, n: int, notebook: Notebook) -> None:
    """Say where most images are nearly black but for bright spots, or beside a few images that are much brighter.

    That may be as it should, as of beads, or hide galaxies around their cores; the images do not tell which.
    """
    if 2 * faint > n:
        notebook.say(
            "faint-images",
            f"In {faint:,} of {n:,} images, 99 of 100 pixels use less than a tenth of the range from 0 to 1, so that "
            "they look nearly black. Where faint things matter, have them read with values spread by asinh: on the "
            "page among the options, on the command line by --values asinh.",
        )


def _tell_mixes(kinds: Counter[str], channels: Counter[int], notebook: Notebook) -> None:
    if len(channels) > 1:
        notebook.say(
            "grey-and-color",
            f"{channels[1]:,} of {channels.total():,} images are grey and the others in colour; grey is kept as colour "
            "with three equal channels. Make sure that colour does not follow the class.",
            severity="warning",
        )
    if len(kinds) > 1:
        notebook.say(
            "mixed-depths",
            f"{kinds['uint8']:,} of {kinds.total():,} images have 8 bits and the others 16; 8-bit values were "
            "multiplied by 257. Make sure that the depth does not follow the class.",
            severity="warning",
        )


# ---- the images ------------------------------------------------------------------------------------------------


def _images(draft: Draft, kept: list[int], plan: _Plan, notebook: Notebook) -> Iterator[tuple[int, Array]]:
    for number, found in draft.images(kept):
        try:
            if isinstance(found, Unusable):
                raise found
            yield number, _conformed(found, plan)
        except Unusable as reason:
            notebook.add(reason.code, draft.items[number].name, reason.text, noun="image")


def _conformed(pixels: Array, plan: _Plan) -> Array:
    """Return the pixels in the kind and channels of the set. Raises Unusable where that cannot be."""
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise Unusable("nan-pixels", "left out for pixels that are NaN or infinite")
    if pixels.shape[2] != plan.channels:
        if pixels.shape[2] != 1:
            raise Unusable("mixed-kinds", "left out, as of another number of channels than their header says")
        pixels = np.repeat(pixels, plan.channels, axis=2)
    if plan.kind == "uint16" and pixels.dtype == np.uint8:
        return pixels.astype(np.uint16) * np.uint16(257)
    return pixels.astype(KINDS[plan.kind], copy=False)


def _write_clean(
    draft: Draft, rows: list[int], plan: _Plan, path: Path, side: int, fit: str, notebook: Notebook
) -> None:
    """Write the clean twins of the rows as these were written; none where one is missing or of another size or kind."""
    if draft.clean is None:
        return
    try:
        with ArrayFile(path, (side, side, plan.channels), plan.kind) as out:
            for number, found in draft.clean(rows):
                out.append(fitted(_twin(found, draft, number, plan), side, fit))
    except Unusable as reason:
        path.unlink()
        notebook.say("clean-left-out", f"The clean images are not used: {reason.text}. Give one for each image.")


def _twin(pixels: Array | Unusable, draft: Draft, number: int, plan: _Plan) -> Array:
    if isinstance(pixels, Unusable):
        raise pixels
    head = draft.heads[number]
    real = pixels.dtype.kind == "f"
    if isinstance(head, Head) and (pixels.shape[:2] != (head.height, head.width) or real != (plan.kind == "float32")):
        raise Unusable("clean-left-out", f"that of {draft.items[number].name} is of another size or kind of values")
    return _conformed(pixels, plan)


def check_side(side: int | None, fit: str) -> None:
    """Raise DataError for a side or a way of fitting that cannot be."""
    if side is not None and not SMALLEST <= side <= LARGEST:
        raise DataError(f"The image size is {side} px. Choose one from {SMALLEST} to {LARGEST}.")
    if fit not in FITS:
        raise DataError(f"The way of fitting is '{fit}'. Choose {' or '.join(FITS)}.")
