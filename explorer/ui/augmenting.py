"""The Augment page: views of some images beside them, whether they are safe, and what they bring."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.datasets.findings import listed
from explorer.previews.answers import Preview, Wanted
from explorer.records import Arm, Choice, Dataset, Fact, Slot
from explorer.techniques.base import Augmentation
from explorer.techniques.discovery import ready_arms, techniques
from explorer.techniques.settings import idle_settings
from explorer.ui import (
    augment_safety,
    augment_views,
    blind_check,
    composed,
    meaning,
    setting_form,
    texts,
    thumbnails,
    trying,
)
from explorer.ui.changes import changed
from explorer.ui.formats import escaped
from explorer.ui.previewed import is_answered, is_shown, previewed
from explorer.ui.sides import sides

PLACE = "augment"
#: Views of each image; blended ones are shown larger, with their shares.
VIEWS, BLENDED = 12, 6
#: Models on which an augmentation can be tried: one that is trained, and one on fixed features.
MODELS = ("small_cnn", "pretrained")
SIDE = 60
#: Room that is kept for what comes below the first views, in px.
BELOW = 420


@dataclass(frozen=True)
class _Asked:
    """What is looked at: an augmentation, and the facts that carry no meaning."""

    technique: type[Augmentation]
    choice: Choice
    free: tuple[Fact, ...]

    @property
    def blends(self) -> bool:
        """Tell whether images are blended, which fixed models cannot learn from."""
        return not self.technique.works_with_fixed

    def options(self) -> dict[str, Any]:
        """Return what every preview of the augmentation wants to know."""
        settings = dict(self.choice.settings)
        return {"technique": self.choice.technique, "settings": settings, "free": list(self.free), "seed": 0}


def view(data: Dataset) -> None:
    """Show what the chosen augmentation makes of some images, whether that is safe here, and what it brings."""
    side, main = sides()
    with side:
        st.subheader(texts.AUGMENT, anchor=False)
        name = setting_form.choose(Slot.AUGMENTATION, place=PLACE)
        choice = setting_form.form(Slot.AUGMENTATION, name, place=PLACE)
        technique = techniques(Slot.AUGMENTATION)[name]
        assert issubclass(technique, Augmentation)
        model = _model(technique)
    with main:
        free = meaning.questions(data)
        choice = _acting(technique, choice, free)
        asked = _Asked(technique, choice, free)
        _main(data, asked)
        trying.trying(data, arm(asked.technique, choice, model), plain(model), free, place=PLACE)


def _acting(technique: type[Augmentation], choice: Choice, free: tuple[Fact, ...]) -> Choice:
    """Return the choice without settings that do nothing here, and say which these are."""
    idle = idle_settings(technique, choice.settings, free)
    if idle:
        told = listed([f"“{each.label}”" for each in idle])
        st.warning(texts.SETTINGS_IDLE.format(settings=told), icon=":material/info:")
    names = {each.name for each in idle}
    return Choice(choice.technique, {name: each for name, each in choice.settings.items() if name not in names})


def _main(data: Dataset, asked: _Asked) -> None:
    rows = augment_views.shown_rows(data)
    if not rows:
        st.info(texts.AUGMENT_NO_IMAGES)
        return
    _examples(data, list(rows.values()))
    found, ready = _views(data, asked, rows)
    idle = found is not None and found.facts["idle"]
    if found is None or idle:
        return
    safe, eyes, code = st.tabs([texts.SAFETY, texts.BLIND, texts.CODE], key="augment-tabs")
    bare = not found.facts["code"]
    with safe:
        st.caption(texts.SAFETY_BLENDS if asked.blends else texts.SAFETY_LEAD)
        _unless(bare, lambda: augment_safety.safety(data, asked.options(), ready=ready))
    with eyes:
        st.caption(texts.BLIND_BLENDS if asked.blends else texts.BLIND_LEAD.format(n=blind_check.IMAGES))
        _unless(bare and asked.blends, lambda: blind_check.check(data, asked.options()))
    with code:
        st.caption(texts.CODE_BLENDS if asked.blends else texts.CODE_LEAD)
        _unless(bare, lambda: _code(found.facts))


def _unless(bare: bool, show: Callable[[], None]) -> None:
    """Show a part of the page, or say that there is no pipeline that it could be about."""
    if bare:
        st.info(texts.CODE_NONE)
    else:
        show()


def _model(technique: type[Augmentation]) -> str:
    """Show on which model it is tried, and return the model's name."""
    models = MODELS if technique.works_with_fixed else MODELS[:1]
    chosen = st.radio(
        texts.TRY_ON,
        models,
        format_func=lambda name: techniques(Slot.MODEL)[name].title,
        key=f"try-on-{len(models)}",
        persist_state="session",
        help=texts.TRY_ON_TIP if technique.works_with_fixed else texts.TRY_ON_ONE_TIP,
    )
    return str(chosen)


def plain(model: str) -> Arm:
    """Return the ready-made arm that is the model by itself."""
    alone = [(Slot.MODEL, Choice(model))]
    return next(each for each in ready_arms().values() if list(each.choices()) == alone)


def arm(technique: type[Augmentation], choice: Choice, model: str) -> Arm:
    """Return the model with the augmentation; other settings make another arm, with another name."""
    title = composed.titled(f"{plain(model).title} + {technique.title}", choice)
    name = composed.named(f"{model}-{choice.technique}", choice)
    return Arm(name, title, Choice(model), augmentation=choice)


# ---- what is seen ----------------------------------------------------------------------------------------------


def _examples(data: Dataset, rows: Sequence[int]) -> None:
    """Show under each question an image, and what a technique would do to it if the answer is no."""
    with st.container(key="augment-examples"):
        for at, (fact, column) in enumerate(zip(Fact, st.columns(len(Fact), gap="small"), strict=True)):
            image = data.scaling.apply(data.inputs[rows[at % len(rows)]])
            pictures = [thumbnails.picture(each, SIDE) for each in (image, changed(fact, image))]
            column.html(_pair(pictures, texts.CHANGED[fact]))


def _pair(pictures: Sequence[str], words: str) -> str:
    inside = " → ".join(f"<img src='{each}' alt='' style='height:{SIDE}px;border-radius:3px'>" for each in pictures)
    return (
        f"<div role='img' aria-label='{words}' style='display:flex;gap:6px;align-items:center;font-size:13px'>"
        f"{inside}<span style='opacity:.8'>{words}</span></div>"
    )


def _views(data: Dataset, asked: _Asked, rows: Mapping[int, int]) -> tuple[Preview | None, bool]:
    """Show the views; return what was shown, and whether it is what is wanted now."""
    count = BLENDED if asked.blends else VIEWS
    options = {**asked.options(), "rows": list(rows.values()), "count": count, "seed": augment_views.draw()}
    wanted = Wanted("augment", data.fingerprint, {**options, "blend": True})
    head = {"vertical_alignment": "center", "horizontal_alignment": "distribute"}
    with st.container(horizontal=True, key="views-head", **head):
        st.caption(texts.AUGMENT_BLENDED if asked.blends else texts.AUGMENT_VIEWS)
        augment_views.buttons(data, list(rows))
    found = previewed(wanted, place=PLACE, height=augment_views.height_of(len(rows), count))
    if found is None and not is_answered(wanted):
        st.space(BELOW)
    elif found is not None and found.facts["idle"]:
        st.info(texts.AUGMENT_IDLE, icon=":material/info:")
    elif found is not None:
        augment_views.grid(data, found)
    return found, is_shown(wanted, PLACE)


def _code(facts: Mapping[str, Any]) -> None:
    st.code(facts["code"], language="python", wrap_lines=True)
    st.caption(texts.CODE_SERIALISED.format(title=techniques(Slot.AUGMENTATION)["custom"].title))
    st.code(facts["serialised"], language="json", wrap_lines=True)
    if facts["refused"]:
        st.warning(escaped(facts["refused"]))
