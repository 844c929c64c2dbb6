"""Where in some images a technique found its answers: maps that the engine makes of the trial fitted again."""

import html

import numpy as np
import streamlit as st

from explorer.previews.answers import Preview, Wanted, named
from explorer.records import Array, Dataset, Floats
from explorer.statistics.answers import Answers
from explorer.ui import chosen as choosing
from explorer.ui import linked, texts
from explorer.ui.chosen import Chosen
from explorer.ui.formats import duration
from explorer.ui.overlay import overlay
from explorer.ui.previewed import previewed
from explorer.ui.thumbnails import picture

PLACE = "maps"
#: Images that are looked into, and side of each picture in px.
IMAGES, SIDE = 6, 132
HEIGHT = 460
#: Rank correlation with a model that has forgotten, up to which a map depends on what was learnt, and from which not.
SANE, VAIN = 0.3, 0.7


def view(chosen: Chosen, data: Dataset, answers: Answers) -> None:
    """Show which maps can be drawn of which images, and the maps."""
    title = st.container()
    left, right = st.columns(2, gap="small")
    with left:
        titles, tip = texts.MAPS_METHODS, texts.MAPS_METHOD_TIP
        method = linked.choice(texts.MAPS_METHOD, titles, next(iter(titles)), key="map", tip=tip)
    with right:
        seed = chosen.seeds[0] if chosen.seed is None else chosen.seed
        of_seed = answers.of(answers.seeds == seed)
        held = {name: words for name, words in texts.MAPS_SETS.items() if _rows(of_seed, name)}
        titles, tip = {**held, **texts.MAPS_SETS}, texts.MAPS_IMAGES_TIP
        first, of_this = next(iter(titles)), chosen.study.id
        images = linked.choice(texts.MAPS_IMAGES, titles, first, key="map-images", tip=tip, moves_with=of_this)
    rows = _rows(of_seed, images)
    if not rows:
        st.info(texts.MAPS_NO_IMAGES.format(seed=seed))
        return
    outcome = choosing.outcome(chosen, chosen.arm, seed)
    options = {
        "study": chosen.study.to_dict(), "arm": chosen.arm, "budget": chosen.budget, "seed": seed, "rows": rows,
        "method": method, "answers": named(outcome.test, outcome.probabilities),
    }  # fmt: skip
    about = st.container()
    found = previewed(Wanted("attribution", data.fingerprint, options), place=PLACE, height=HEIGHT)
    with title:
        st.subheader(texts.MAPS_TITLE if found is None else _headline(found), anchor=False)
    with about:
        waiting = texts.MAPS_WAIT.format(seconds=duration(outcome.fit_seconds))
        st.caption(waiting if found is None else _about(method, found.facts["method"]))
    if found is not None:
        st.html(_pairs(found, data))
        same = texts.MAPS_SAME.format(n=len(outcome.test))
        st.caption(f"{texts.MAPS_SEED.format(seed=seed)} {same} {texts.MAPS_HOW}")


def _rows(answers: Answers, images: str) -> list[int]:
    """Return some judging rows of one seed, the surest or the least sure answer first."""
    wanted = {"wrong": ~answers.right, "right": answers.right}.get(images, np.ones(len(answers), bool))
    places = np.flatnonzero(wanted)
    sign = 1 if images == "unsure" else -1
    order = places[np.argsort(sign * answers.confidence[places], kind="stable")]
    return [int(row) for row in answers.rows[order][:IMAGES]]


# ---- what was found --------------------------------------------------------------------------------------------


def _about(wanted: str, shown: str) -> str:
    """Return how the map was made, and that the technique has not the one that was wanted."""
    names = texts.MAPS_METHODS
    other = texts.MAPS_OTHER.format(wanted=names[wanted], shown=names[shown]) if wanted != shown else ""
    return f"{other} {texts.MAPS_ABOUT[shown]}".strip()


def _headline(found: Preview) -> str:
    alike = found.arrays["checks"][:, 0]
    if not np.isfinite(alike).any():
        return texts.MAPS_UNCHECKED
    mean = float(np.nanmean(alike))
    words = texts.MAPS_SANE if mean < SANE else texts.MAPS_VAIN if mean > VAIN else texts.MAPS_HALF
    return words.format(head=_signed(mean))


def _pairs(found: Preview, data: Dataset) -> str:
    each = zip(*(found.arrays[name] for name in ("images", "maps", "targets", "checks")), strict=True)
    cards = [_pair(data, row, *parts) for row, parts in zip(found.facts["rows"], each, strict=True)]
    columns = f"repeat(auto-fill,minmax({2 * SIDE + 4}px,1fr))"
    return f"<div style='display:grid;grid-template-columns:{columns};gap:14px 16px'>{''.join(cards)}</div>"


def _pair(data: Dataset, row: int, image: Floats, found: Floats, target: int, checks: Array) -> str:
    answered, label = data.class_names[target], data.class_names[data.labels[row]]
    alt = html.escape(texts.MAPS_ALT.format(item=data.items[row], answered=answered), quote=True)
    style = f"width:{SIDE}px;max-width:calc(50% - 2px);aspect-ratio:1;object-fit:contain;border-radius:3px"
    pictures = (
        f"<img src='{picture(image, SIDE)}' alt='' style='{style}'>"
        f"<img src='{overlay(image, found, SIDE)}' alt='{alt}' title='{alt}' style='{style}'>"
    )
    head, block = (_signed(value) for value in checks.tolist())
    words = (
        f"<strong>{html.escape(texts.MAPS_ANSWER.format(answered=answered))}</strong>, "
        f"{html.escape(texts.MAPS_TRUE.format(label=label))}"
        f"<br><span style='opacity:.75'>{texts.MAPS_CHECK.format(head=head, block=block)}</span>"
    )
    return (
        f"<figure style='margin:0'><div style='display:flex;gap:4px'>{pictures}</div>"
        f"<figcaption style='font-size:13px;line-height:1.4;padding-top:2px'>{words}</figcaption></figure>"
    )


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−") if np.isfinite(value) else texts.MAPS_NONE
