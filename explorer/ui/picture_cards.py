"""Images with a few words under each, one beside the other, as HTML."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.records import Dataset
from explorer.ui import thumbnails

#: Least width of a card, and side of its picture, in px.
WIDTH, SIDE = 82, 96


@dataclass(frozen=True)
class Card:
    """An image of the data set by its row, lines of plain text, and what is read out for it."""

    row: int
    lines: tuple[str, ...]
    alt: str


def cards(
    dataset: Dataset, shown: Sequence[Card], *, label: str = "", height: int | None = None, width: int = WIDTH
) -> str:
    """Return the cards, each `width` px wide at least.

    Those of more than `height` px scroll, also by keys, as a region called `label`.
    """
    inside = "".join(_card(dataset, each) for each in shown)
    columns = f"repeat(auto-fill,minmax({width}px,1fr))"
    flow = f"<div style='display:grid;grid-template-columns:{columns};gap:10px 10px'>{inside}</div>"
    if height is None:
        return flow
    name = html.escape(label, quote=True)
    return f"<div tabindex='0' role='region' aria-label='{name}' style='height:{height}px;overflow-y:auto'>{flow}</div>"


def row(dataset: Dataset, head: str, note: str, shown: Sequence[Card]) -> str:
    """Return a named row of cards that stands beside its name, and below it where there is little room."""
    named = (
        f"<div style='width:112px;flex:none;font-size:14px;line-height:1.3;overflow-wrap:anywhere'>"
        f"<strong>{html.escape(head)}</strong><br><span style='opacity:.75'>{html.escape(note)}</span></div>"
    )
    return (
        f"<div style='display:flex;flex-wrap:wrap;gap:8px;padding-bottom:12px'>{named}"
        f"<div style='flex:1 1 220px;min-width:0'>{cards(dataset, shown)}</div></div>"
    )


def _card(dataset: Dataset, shown: Card) -> str:
    pixels = dataset.scaling.apply(np.asarray(dataset.inputs[shown.row]))
    alt = html.escape(shown.alt, quote=True)
    words = "".join(_line(line, place) for place, line in enumerate(shown.lines))
    return (
        f"<figure style='margin:0;min-width:0'>"
        f"<img src='{thumbnails.picture(pixels, SIDE)}' alt='{alt}' title='{alt}' "
        f"style='width:100%;max-width:{SIDE + 24}px;aspect-ratio:1;object-fit:contain;border-radius:3px;display:block'>"
        f"<figcaption style='font-size:12px;line-height:1.35;padding-top:2px'>{words}</figcaption></figure>"
    )


def _line(line: str, place: int) -> str:
    quiet = "opacity:.75" if place else "font-weight:600"
    return f"<div style='{quiet};overflow-wrap:anywhere'>{html.escape(line)}</div>"
