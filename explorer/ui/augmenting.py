"""The Augment page: views of some images beside them, settings, and a small study."""

import streamlit as st

from explorer.previews.answers import Wanted
from explorer.records import Arm, Array, Choice, Dataset, Fact, Slot
from explorer.ui import meaning, setting_form, texts, thumbnails, trying
from explorer.ui.previewed import previewed

PLACE = "augment"
VIEWS, SIDE = 12, 72
HEIGHT = 420


def view(data: Dataset) -> None:
    """Show what the chosen augmentation makes of some images."""
    side, main = st.columns([4, 11], gap="medium")
    with side:
        st.subheader(texts.AUGMENT, anchor=False)
        name = setting_form.choose(Slot.AUGMENTATION, place=PLACE)
        choice = setting_form.form(Slot.AUGMENTATION, name, place=PLACE)
    with main:
        free = meaning.questions(data)
        _views(data, choice, free)
    arm = Arm(f"cnn_{name}", f"CNN, {name}", Choice("small_cnn"), augmentation=choice)
    against = Arm("baseline", "Small CNN", Choice("small_cnn"))
    trying.trying(data, arm, against, free, place=PLACE)


def _views(data: Dataset, choice: Choice, free: tuple[Fact, ...]) -> None:
    rows = [int((data.labels == number).nonzero()[0][0]) for number in range(data.n_classes)][:5]
    options = {
        "technique": choice.technique, "settings": dict(choice.settings), "free": list(free), "rows": rows,
        "count": VIEWS, "seed": 0,
    }  # fmt: skip
    found = previewed(Wanted("augment", data.fingerprint, options), place=PLACE, height=HEIGHT)
    if found is not None:
        shown = zip(found.arrays["images"], found.arrays["views"], strict=True)
        st.html("".join(_row(image, views) for image, views in shown))


def _row(image: Array, views: Array) -> str:
    cells = "".join(
        f"<img src='{thumbnails.picture(each, SIDE)}' alt='' style='width:{SIDE}px'>" for each in (image, *views)
    )
    return f"<div style='display:flex;gap:4px'>{cells}</div>"
