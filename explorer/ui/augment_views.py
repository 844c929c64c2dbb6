"""The views of one image of each class, a row per class: the image and what an augmentation makes of it."""

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.previews.answers import Preview
from explorer.previews.showing import split
from explorer.records import UNLABELED, Array, Dataset, Ints
from explorer.ui import texts, thumbnails
from explorer.ui.formats import escaped

#: Classes that are shown at once.
MOST = 15
#: Height up to which all rows stand, and of a row times its views, in px: the more views, the smaller they are.
TALLEST, ROW = 470, 660
#: Pixels of the pictures that are sent: what a cell has on a wide screen.
SIDE = 96
STYLE = """<style>
.views { display: grid; grid-template-columns: minmax(0, 1fr) 4px repeat(var(--views), minmax(0, 1fr)); gap: 3px; }
.views img { width: 100%; height: auto; display: block; border-radius: 3px; image-rendering: pixelated; }
.views span { display: block; font-size: 12px; line-height: 1.25; padding-top: 2px; overflow-wrap: anywhere; }
[class*="st-key-views-row-"] button, [class*="st-key-views-row-"] button > div { justify-content: flex-start; }
[class*="st-key-views-row-"] button, [class*="st-key-views-row-"] button * { min-width: 0; max-width: 100%; }
[class*="st-key-views-row-"] button p { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
@media (max-width: 640px) {
  .views { grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .views > i { display: none; }
  .views > :first-child { grid-column: 1 / -1; width: calc(25% - 2px); }
}
</style>"""


def shown_rows(data: Dataset) -> dict[int, int]:
    """Show which classes are shown where there are many, and return the row that stands for each, by class."""
    members = {number: teaching_rows(data, number) for number in range(data.n_classes)}
    classes = [number for number, rows in members.items() if len(rows)]
    starts = range(0, len(classes), MOST)
    first = 0
    if len(starts) > 1:
        first = st.selectbox(
            texts.AUGMENT_CLASSES, starts, format_func=lambda start: _range(start, classes), key="augment-classes",
            help=texts.AUGMENT_CLASSES_TIP,
        )  # fmt: skip
    return {
        number: int(members[number][_turn(data, number) % len(members[number])])
        for number in classes[first : first + MOST]
    }


def _range(start: int, classes: Sequence[int]) -> str:
    return texts.AUGMENT_RANGE.format(first=start + 1, last=min(start + MOST, len(classes)), n=len(classes))


def teaching_rows(data: Dataset, number: int | None = None) -> Ints:
    """Return the labelled rows, of one class or of all, that do not judge by the data set's own split or at seed 0."""
    labeled = data.labels != UNLABELED if number is None else data.labels == number
    if data.given_test is not None:
        return np.flatnonzero(labeled & ~data.given_test).astype(np.int64)
    pool = split(data).pool
    return np.asarray(pool[labeled[pool]])


def _key(data: Dataset, number: int) -> str:
    return f"augment-turn-{data.fingerprint}-{number}"


def _turn(data: Dataset, number: int) -> int:
    return int(st.session_state.get(_key(data, number), 0))


def _next(data: Dataset, numbers: Sequence[int]) -> None:
    for number in numbers:
        st.session_state[_key(data, number)] = _turn(data, number) + 1


def buttons(data: Dataset, classes: Sequence[int]) -> None:
    """Show what exchanges all images, and what draws other views of them."""
    with st.container(horizontal=True, gap="small", width="content", key="views-buttons"):
        st.button(
            texts.AUGMENT_IMAGES, key="augment-images", help=texts.AUGMENT_IMAGES_TIP, on_click=_next,
            args=(data, classes),
        )  # fmt: skip
        st.button(texts.AUGMENT_DRAW, key="augment-draw-again", help=texts.AUGMENT_DRAW_TIP, on_click=_draw)


def _draw() -> None:
    st.session_state["augment-draw"] = draw() + 1


def draw() -> int:
    """Return the number of the draw, from 0: the seed of the views."""
    return int(st.session_state.get("augment-draw", 0))


def grid(data: Dataset, found: Preview) -> None:
    """Show a row for each image: its class, whose name takes the next image, the image and its views."""
    st.html(STYLE)
    shares = found.arrays.get("shares")
    count = found.arrays["views"].shape[1]
    numbers = data.labels[found.facts["rows"]].tolist()  # of the images before, while others are drawn
    height = TALLEST if is_tall(len(numbers), count) else "content"
    with st.container(gap="xxsmall", key="views-grid", height=height, border=False):
        for place, number in enumerate(numbers):
            name, strip = st.columns([2, 13], gap="small", vertical_alignment="center")
            with name.container(key=f"views-row-{number}"):
                st.button(
                    escaped(data.class_names[number]), icon=":material/skip_next:", type="tertiary", width="stretch",
                    key=f"next-{number}", on_click=_next, args=(data, [number]),
                    help=texts.AUGMENT_NEXT_TIP.format(name=escaped(data.class_names[number])),
                )  # fmt: skip
            told = [""] * count if shares is None else _told(shares[place], data.class_names)
            strip.html(_strip(found.arrays["images"][place], found.arrays["views"][place], told, number, data))


def is_tall(classes: int, count: int) -> bool:
    """Tell whether rows of so many views, one for each class, are so high together that they scroll by themselves."""
    return classes * ROW / count > TALLEST


def height_of(classes: int, count: int) -> int:
    """Return about the height of all rows, in px."""
    return min(TALLEST, round(classes * ROW / count))


def _told(shares: Array, names: Sequence[str]) -> list[str]:
    """Return the shares (count, k) of the classes of each view in words, the largest first."""
    percents = np.round(100 * shares).astype(int)
    largest = percents.argmax(axis=1)
    percents[np.arange(len(percents)), largest] += 100 - percents.sum(axis=1)  # they sum to 100 as well
    return [
        ", ".join(f"{row[each]} % {names[each]}" for each in np.argsort(-row, kind="stable") if row[each])
        for row in percents
    ]


def _strip(image: Array, views: Array, told: Sequence[str], number: int, data: Dataset) -> str:
    words = [texts.AUGMENT_ORIGINAL if any(told) else "", *told]
    first, *others = (_cell(*each) for each in zip((image, *views), words, strict=True))
    alt = texts.AUGMENT_ALT.format(name=html.escape(data.class_names[number], quote=True), n=len(views))
    label = " ".join([alt, *(html.escape(each, quote=True) for each in told if each)])
    style = f"--views:{len(views)}"
    return f"<div class='views' role='img' aria-label='{label}' style='{style}'>{first}<i></i>{''.join(others)}</div>"


def _cell(image: Array, words: str) -> str:
    told = f"<span>{html.escape(words)}</span>" if words else ""
    side = min(SIDE, max(image.shape[:2]))  # the browser makes small ones larger
    return f"<div><img src='{thumbnails.picture(image, side)}' alt=''>{told}</div>"
