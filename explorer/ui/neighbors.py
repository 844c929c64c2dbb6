"""The images that a network finds most like one image, which is chosen on the map or by its name."""

from typing import Any

import numpy as np
import streamlit as st

from explorer.previews.answers import Preview, Wanted
from explorer.records import UNLABELED, Dataset
from explorer.ui import either_way, texts, thumbnails
from explorer.ui.picture_map import Pictures
from explorer.ui.previewed import previewed

#: Sides in px of a neighbour and of the image itself, and the height that both rows of neighbours take.
COUNT, SIDE, LARGE, HEIGHT = 8, 68, 96, 250


def pictures(sprite: Preview | None) -> Pictures:
    """Return what a map shows of the preview `sprite`: nothing while there is none, or where it cannot be made."""
    if sprite is None or sprite.problem:
        return Pictures()
    source = thumbnails.embedded(sprite.arrays["jpeg"].tobytes(), "jpeg")
    return Pictures(source, sprite.facts["side"], sprite.facts["columns"])


def choose(data: Dataset, row: int) -> None:
    """Choose an image, before the page is shown."""
    either_way.choose(_key(data), row)


def _key(data: Dataset) -> str:
    return f"neighbor-{data.fingerprint}"


def neighbors(data: Dataset, options: dict[str, Any]) -> None:
    """Show a box of the images of the map, and the nearest neighbours of the chosen one."""
    st.subheader(texts.NEIGHBORS_TITLE, anchor=False)
    sprite = previewed(Wanted("sprite", data.fingerprint), place="sprite-items", height=HEIGHT)
    if sprite is None:
        return
    rows: list[int] = sprite.arrays["rows"].tolist()
    row = either_way.box(
        texts.NEIGHBORS_ITEM,
        rows,
        key=_key(data),
        shown=lambda each: f"{data.items[each]} ({_class(data, each)})",
        help=texts.NEIGHBORS_ITEM_TIP,
    )
    wanted = Wanted("neighbors", data.fingerprint, {**options, "row": row, "count": COUNT})
    found = previewed(wanted, place="neighbors", height=HEIGHT)
    if found is not None:
        _shown(data, row, found)


def _shown(data: Dataset, row: int, found: Preview) -> None:
    rows, cosines = found.arrays["rows"].tolist(), found.arrays["cosines"].tolist()
    chosen = thumbnails.card(data, row, (_class(data, row), texts.NEIGHBORS_SELF), LARGE)
    cards = []
    for each, cosine in zip(rows, cosines, strict=True):
        words = _class(data, each), texts.NEIGHBORS_ALIKE.format(cosine=cosine)
        cards.append(thumbnails.card(data, each, words, SIDE, strong=data.labels[each] == data.labels[row]))
    grid = f"<div style='display:flex;flex-wrap:wrap;gap:8px;max-width:{4 * SIDE + 24}px'>{''.join(cards)}</div>"
    st.html(f"<div style='display:flex;gap:16px'>{chosen}{grid}</div>")
    labels = data.labels[rows]
    note = texts.NEIGHBORS_NO_CLASS
    if data.labels[row] != UNLABELED:
        same, n = int((labels == data.labels[row]).sum()), int((labels != UNLABELED).sum())
        note = texts.NEIGHBORS_NOTE.format(same=same, n=n)
    kin = int(np.sum(found.arrays["kin"]))
    told = texts.NEIGHBORS_ONE_KIN if kin == 1 else texts.NEIGHBORS_KIN.format(n=kin)
    st.caption(f"{note} {told}" if kin else note)


def _class(data: Dataset, row: int) -> str:
    label = int(data.labels[row])
    return data.class_names[label] if label != UNLABELED else texts.MAP_UNLABELED
