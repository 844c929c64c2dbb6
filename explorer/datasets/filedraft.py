"""Drafts of items that are one image file each."""

from collections.abc import Iterable, Iterator, Sequence

from explorer.datasets.decoding import head, pixels
from explorer.datasets.drafts import Draft, Head, Listed, Unusable
from explorer.datasets.findings import Notebook
from explorer.datasets.limits import Limits
from explorer.datasets.listings import Entry
from explorer.records import Array

TREATED = {
    "rotated-image": "turned upright as their camera says",
    "pages-as-channels": "of several pages, which were taken for channels; if they are a stack, save one image a file",
    "first-of-several": "with several images inside, of which the first is used; save one image a file to use the rest",
    "transparent-image": "laid over white, as partly transparent",
    "opaque-alpha": "read without their alpha channel, which is the same everywhere",
    "animated-image": "with several frames, of which the first is used",
}
"""What was done to single images, in the words of the findings."""


def draft_of_files(
    entries: Sequence[Entry],
    items: Sequence[Listed],
    limits: Limits,
    notebook: Notebook,
    class_names: tuple[str, ...] = (),
    clean: Sequence[Entry | None] = (),
) -> Draft:
    """Return the draft whose item i is the image file `entries[i]`, and `clean[i]` the same without noise."""

    def images(wanted: Iterable[int]) -> Iterator[tuple[int, Array | Unusable]]:
        for number in wanted:
            yield number, _pixels(entries[number], items[number].name, limits, notebook)

    def twins(wanted: Iterable[int]) -> Iterator[tuple[int, Array | Unusable]]:
        for number in wanted:
            entry = clean[number]
            missing = Unusable("clean-left-out", f"{items[number].name} has none")
            yield number, missing if entry is None else _pixels(entry, entry.name, limits, notebook)

    heads = tuple(_head(entry, limits) for entry in entries)
    return Draft(tuple(items), heads, images, class_names, twins if any(clean) else None)


def _head(entry: Entry, limits: Limits) -> Head | Unusable:
    try:
        return head(entry, limits)
    except Unusable as reason:
        return reason


def _pixels(entry: Entry, name: str, limits: Limits, notebook: Notebook) -> Array | Unusable:
    try:
        found, treated = pixels(entry, limits)
    except Unusable as reason:
        return reason
    for each in treated:
        notebook.add(each, name, TREATED[each], noun="image", severity="note")
    return found
