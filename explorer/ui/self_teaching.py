"""The Self-supervised page: the task that the pool sets, what a network is taught by it, and a small study."""

import functools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.charts.feature_map import Kind, feature_map
from explorer.charts.loss_curve import loss_curve
from explorer.previews.answers import Preview, Wanted
from explorer.records import Arm, Array, Choice, Dataset, Fact, Slot
from explorer.techniques.composing import compose
from explorer.techniques.discovery import ready_arms, techniques
from explorer.ui import composed, kinds, meaning, neighbors, plan, setting_form, texts, thumbnails, trying
from explorer.ui.formats import duration, escaped
from explorer.ui.live_plot import Specs, live_plot, specs
from explorer.ui.on_demand import on_demand
from explorer.ui.picture_map import picture_map
from explorer.ui.previewed import previewed
from explorer.ui.sides import sides
from explorer.ui.supply import of_all_classes, units_words

PLACE = "self_supervised"
MODEL = "self_supervised"
#: Images of the task, examples of each, and their side in px.
ROWS, EXAMPLES, SIDE = 4, 6, 76
TASK_HEIGHT, LOSS_HEIGHT, MAP_HEIGHT, TEACH_HEIGHT = 420, 250, 320, 170
#: Steps of a first look.
LOOKS = (100, 300)


def view(data: Dataset) -> None:
    """Show what the pool could teach, and what it has taught."""
    side, main = sides()
    with side:
        st.subheader(texts.SELF, anchor=False)
        technique = techniques(Slot.MODEL)[MODEL]
        st.caption(f"{technique.summary()} {texts.FAILS.format(when=technique.fails)}")
        choice = setting_form.form(Slot.MODEL, MODEL, place=PLACE)
    ready = ready_arms()["self_supervised"]
    arm = composed.arm(ready, replace(ready, model=choice))
    with main:
        free = meaning.questions(data)
        compose(arm, data.kind, free)  # what cannot work says why, in place of all that follows
        _task(data, choice, free)
        _teaching(data, choice, free)
    trying.trying(data, arm, ready_arms()["baseline"], free, place=PLACE)


# ---- the task --------------------------------------------------------------------------------------------------


def _task(data: Dataset, choice: Choice, free: tuple[Fact, ...]) -> None:
    method = str(setting_form.value_of(Slot.MODEL, choice, "method"))
    st.subheader(texts.SELF_TASKS[method], anchor=False)
    rows = of_all_classes(data, ROWS).tolist()
    settings = {name: value for name, value in choice.settings.items() if name == "method"}
    options = {
        "technique": choice.technique,
        "settings": settings,
        "free": list(free),
        "rows": rows,
        "count": 4 if method == "rotation" else EXAMPLES,
        "seed": 0,
    }
    found = previewed(Wanted("pretext", data.fingerprint, options), place="pretext", height=TASK_HEIGHT)
    if found is None:
        return
    shown, method = found.arrays["shown"], found.facts["method"]  # of the task before, while this one is drawn
    heads = [texts.SELF_SHOWN[method].format(number=number) for number in range(1, shown.shape[1] + 1)]
    table = [[image, *each] for image, each in zip(found.arrays["images"], shown, strict=True)]
    if method == "rotation":  # the first turn is the image itself
        heads, table = ["0°", "90°", "180°", "270°"], [row[1:] for row in table]
    else:
        heads = [texts.SELF_IMAGE, *heads]
    st.html(thumbnails.table(texts.SELF_TASKS[method], heads, table, SIDE))
    height, width = shown.shape[2:4]
    st.caption(f"{texts.SELF_TASK_NOTES[method]} {texts.SELF_SIZE.format(height=height, width=width)}")


# ---- what was taught -------------------------------------------------------------------------------------------


def _teaching(data: Dataset, choice: Choice, free: tuple[Fact, ...]) -> None:
    st.subheader(texts.SELF_TEACH_TITLE, anchor=False)
    every = int(setting_form.value_of(Slot.MODEL, choice, "steps"))
    prices = {n: _seconds(data, choice, free, n) for n in (*(few for few in LOOKS if few < every), every)}
    steps = st.selectbox(
        texts.SELF_STEPS,
        list(prices),
        format_func=lambda n: _offer(n, n == every, prices[n]),
        key=f"steps-{PLACE}",
        help=texts.SELF_STEPS_TIP,
        width=440,
    )
    taught = {name: value for name, value in choice.settings.items() if name != "then"} | {"steps": int(steps)}
    options = {"technique": choice.technique, "settings": taught, "free": list(free)}
    found = on_demand(
        Wanted("teaching", data.fingerprint, options),
        place="teaching",
        height=TEACH_HEIGHT,
        label=texts.SELF_TEACH.format(time=_time(prices[steps])),
        tip=texts.SELF_TEACH_TIP,
        note=texts.SELF_TEACH_NOTE.format(time=_time(prices[every])),
    )
    if found is not None:
        _taught(data, found)


def _offer(steps: int, all_: bool, seconds: float) -> str:
    words = texts.SELF_STEPS_ALL if all_ else texts.SELF_STEPS_FEW
    return words.format(steps=f"{steps:,}", time=_time(seconds))


def _time(seconds: float) -> str:
    return duration(seconds) if seconds else texts.SELF_KEPT


def _seconds(data: Dataset, choice: Choice, free: tuple[Fact, ...], steps: int) -> float:
    """Return how long teaching of one seed takes on this machine; 0 where that is kept from before."""
    return plan.preparation(Arm(MODEL, MODEL, Choice(MODEL, {**choice.settings, "steps": steps})), free, data)


def _taught(data: Dataset, found: Preview) -> None:
    facts, method = found.facts, found.facts["method"]  # of what was taught before, while this is taught
    for note in facts["notes"]:
        st.warning(escaped(note), icon=":material/warning:")
    left, right = st.columns([6, 5], gap="medium")
    with left:
        _loss(facts, method)
    with right:
        st.caption(f"{texts.SELF_LOSS_NOTES[method]} {texts.SELF_SPREAD.format(spread=100 * facts['spread'])}")
        if "restored" in found.arrays:
            _restored(found)
    _maps(data, found)


def _loss(facts: Mapping[str, Any], method: str) -> None:
    losses, steps = facts["loss"], facts["steps"]
    st.markdown(f"**{texts.SELF_LOSS_TITLE.format(task=texts.SELF_NAMES[method], steps=steps)}**")
    draw = functools.partial(loss_curve, losses, steps, height=LOSS_HEIGHT, name=texts.SELF_LOSS[method])
    live_plot(
        specs(lambda mode: draw(mode=mode)),
        key=f"loss-{PLACE}",
        alt=texts.SELF_LOSS_ALT.format(first=losses[0], last=losses[-1], steps=steps),
        height=LOSS_HEIGHT,
    )


def _restored(found: Preview) -> None:
    st.markdown(f"**{texts.SELF_RESTORED}**")
    names = ("whole", "blanked", "restored")
    table = [list(found.arrays[name]) for name in names]
    st.html(thumbnails.table(texts.SELF_RESTORED, [], table, 64))
    st.caption(texts.SELF_RESTORED_NOTE)


def _map_specs(points: Array, told: list[Kind]) -> Specs:
    return specs(lambda mode: feature_map(points, told, mode=mode, height=MAP_HEIGHT))


def _maps(data: Dataset, found: Preview) -> None:
    sprite = previewed(Wanted("sprite", data.fingerprint), place="sprite-self", height=MAP_HEIGHT)
    if sprite is None:
        return
    rows = found.arrays["rows"]
    told, words = kinds.by_class(data, rows), kinds.words(data, rows, {})
    for name, column in zip(texts.SELF_MAPS, st.columns(2, gap="medium"), strict=True):
        with column:
            title = texts.SELF_MAPS[name]
            st.markdown(f"**{title}**")
            picture_map(
                _map_specs(found.arrays[name], told),
                neighbors.pictures(sprite),
                words,
                key=f"map-{name}-{PLACE}",
                alt=texts.SELF_MAP_ALT.format(title=title, n=len(rows), told=kinds.told(told)),
                height=MAP_HEIGHT,
            )
            score = {end: 100 * value for end, value in found.facts["scores"][name].items()}
            st.caption(texts.SELF_MAP_SCORE.format(**score, share=100 * found.facts["shares"][name]))
    facts = found.facts
    units = units_words(data, facts["n"], facts["units"])
    note = texts.SELF_MAP_NOTE.format(n=facts["n"], folds=facts["folds"], units=units)
    st.caption(f"{note} {texts.SELF_LABELS_NOTE}")
