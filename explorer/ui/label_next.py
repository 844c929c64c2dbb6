"""The Label-next page: the images to label next as pictures, in order, and what that order would have been worth."""

import functools
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st

from explorer.charts.cost_axis import labels_axis
from explorer.charts.drawing import Drawing
from explorer.charts.label_axis import ticks
from explorer.charts.label_curves import label_curves
from explorer.datasets.findings import count
from explorer.export.label_list import Entry, entries, label_list_csv, worth_sentence
from explorer.previews.answers import Preview, Wanted
from explorer.previews.to_label import Replayed, may_be_asked, replay_study
from explorer.records import UNLABELED, Arm, Dataset, Fact, Ints, Study
from explorer.scores import METRICS
from explorer.statistics.curves import interval_words
from explorer.statistics.labeling import FEW, replay_needs
from explorer.techniques.discovery import ready_arms
from explorer.ui import meaning, plan, study_read, texts
from explorer.ui.formats import duration
from explorer.ui.live_plot import HEIGHT, Saved, Specs, live_plot, specs
from explorer.ui.on_demand import on_demand
from explorer.ui.picture_cards import Card, cards
from explorer.ui.previewed import previewed
from explorer.ui.sides import sides
from explorer.ui.supply import pool_of

#: The ready-made arm whose features and learner choose.
ARM = "transfer"
#: How many images may be listed, how many are shown as pictures, and the least width of one, in px.
COUNTS, SHOWN, WIDTH = (24, 50, 100, 200, 500, 1000), 24, 132
USUAL = 100
#: Heights of the rooms that are kept for the list and for the comparison, in px.
LIST_HEIGHT, REPLAY_HEIGHT = 420, 170
#: Seconds up to which the images are described without being asked for, and up to which orders are compared so.
AT_ONCE, REPLAY_AT_ONCE = 180.0, 8.0
#: How many times longer than its trials a comparison takes, as each order is chosen on the way.
CHOOSING = 1.5


def view(data: Dataset) -> None:
    """Show the page for a data set."""
    side, main = sides()
    candidates = len(may_be_asked(data))
    with side:
        st.subheader(texts.LABEL_NEXT, anchor=False)
        st.caption(texts.LABEL_LEAD)
        most = _count(data, candidates) if candidates else 0
        st.caption(texts.LABEL_MODEL.format(few=FEW))
    with main:
        with st.expander(texts.POOL_FACTS, key="label-facts"):
            free = meaning.questions(data)
        arm = ready_arms()[ARM]
        if not candidates:
            with st.container(border=True, key="label-none"):
                st.markdown(texts.LABEL_NONE)
        if _described(data, arm, free):
            if candidates:
                _next(data, arm, free, most)
            _worth(data, arm, free)


def _count(data: Dataset, candidates: int) -> int:
    most = min(candidates, COUNTS[-1])
    offered = [*(each for each in COUNTS if each < most), most]
    usual = max(each for each in offered if each <= max(USUAL, offered[0]))
    chosen = st.selectbox(
        texts.LABEL_COUNT,
        offered,
        index=offered.index(usual),
        format_func=lambda n: count(n, "image"),
        key=f"label-count-{data.fingerprint}",
        help=texts.LABEL_COUNT_TIP,
        persist_state="session",
    )
    return int(chosen)


def _options(arm: Arm, free: tuple[Fact, ...]) -> dict[str, object]:
    return {**asdict(arm.model), "free": list(free)}


def _described(data: Dataset, arm: Arm, free: tuple[Fact, ...]) -> bool:
    """Tell whether the network has described the images; where that takes long, it is begun by a press."""
    seconds = plan.preparation(arm, free, data)
    if seconds == 0:
        return True
    found = on_demand(
        Wanted("features", data.fingerprint, _options(arm, free)),
        place="label-features",
        height=REPLAY_HEIGHT,
        label=texts.MAP_DESCRIBE.format(time=duration(seconds)),
        tip=texts.MAP_DESCRIBE_TIP,
        note=f"{texts.LABEL_DESCRIBING.format(n=len(data))} {texts.MAP_DESCRIBING}",
        at_once=seconds <= AT_ONCE,
    )
    return found is not None


# ---- the list --------------------------------------------------------------------------------------------------


def _next(data: Dataset, arm: Arm, free: tuple[Fact, ...], most: int) -> None:
    wanted = Wanted("label_next", data.fingerprint, {**_options(arm, free), "count": most})
    found = previewed(wanted, place="label-next", height=LIST_HEIGHT)
    if found is None:
        return
    listed = entries(data, found)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(texts.LABEL_TITLE, anchor=False, width="content")
        st.download_button(
            texts.LABEL_CSV,
            functools.partial(label_list_csv, data, found),
            f"label next {data.name}.csv",
            "text/csv",
            key="label-csv",
            help=texts.LABEL_CSV_TIP.format(images=count(len(listed), "image")),
            on_click="ignore",
        )
    st.caption(_chosen_words(found.facts, len(listed)))
    st.html(cards(data, [_card(data, each) for each in listed[:SHOWN]], width=WIDTH))


def _chosen_words(facts: Mapping[str, Any], listed: int) -> str:
    """Return how the list was chosen, and from how many images."""
    ways = texts.LABEL_WAYS[facts["way"]].format(labeled=count(facts["labeled"], "label"))
    shown = texts.LABEL_SHOWN.format(shown=min(SHOWN, listed), listed=listed, unlabeled=facts["unlabeled"])
    words = [ways, shown]
    if facts["candidates"] < facts["unlabeled"]:
        words.append(texts.LABEL_LEFT_OUT.format(n=facts["unlabeled"] - facts["candidates"]))
    if facts["considered"] < facts["candidates"]:
        words.append(texts.LABEL_CONSIDERED.format(considered=facts["considered"]))
    return " ".join(words)


def _card(data: Dataset, entry: Entry) -> Card:
    item = data.items[entry.row]
    lines = (texts.LABEL_CARD.format(place=entry.place, item=item.rpartition("/")[2]), entry.reason)
    return Card(entry.row, lines, texts.LABEL_ALT.format(place=entry.place, item=item, reason=entry.reason))


# ---- what its order is worth -----------------------------------------------------------------------------------


def _worth(data: Dataset, arm: Arm, free: tuple[Fact, ...]) -> None:
    st.subheader(texts.REPLAY_TITLE, anchor=False)
    study = replay_study(data, arm, free)
    if study is None:
        labeled = int((data.labels != UNLABELED).sum())
        st.caption(texts.REPLAY_FEW.format(needs=replay_needs(data.n_classes), labeled=count(labeled, "label")))
        return
    seconds = CHOOSING * sum(plan.price(study, data).by_arm.values())
    found = on_demand(
        Wanted("label_replay", data.fingerprint, {"study": study.to_dict()}),
        place="label-replay",
        height=REPLAY_HEIGHT,
        label=texts.REPLAY_MAKE.format(time=duration(seconds)),
        tip=texts.REPLAY_MAKE_TIP,
        note=texts.REPLAY_NOTE.format(seeds=study.seeds, last=study.budgets[-1]),
        at_once=seconds <= REPLAY_AT_ONCE,
        first=False,
    )
    if found is not None:
        _compared(data, study, found)


def _compared(data: Dataset, study: Study, found: Preview) -> None:
    replayed, done = Replayed.of(found.facts), found.facts["seeds"]
    sentence = worth_sentence(replayed, study.metric) if found.whole else ""
    words = sentence or texts.REPLAY_SO_FAR.format(done=done, seeds=study.seeds)
    st.markdown(words)
    judges = texts.REPLAY_JUDGES.format(n=found.facts["n_judging"], seeds=count(done, "seed"))
    live_plot(
        _curves(replayed, study, np.array(found.facts["judging"]), pool_of(data, study.test_share)),
        key="label-curves",
        alt=texts.REPLAY_ALT.format(sentence=words),
        saved=Saved(f"label order {data.name}", words, f"{data.name}. {judges}"),
    )
    given = data.given_test is not None
    band = interval_words(replayed.curves, data.groups, study_read.units(data), given_test=given)
    st.caption(f"{judges} {band}")
    st.caption(texts.REPLAY_FAIR)


def _curves(replayed: Replayed, study: Study, judging: Ints, pool: Ints) -> Specs:
    """Return the figure of both orders; of each class, `judging` and `pool`, (k,), are as they are at seed 0."""
    metric = METRICS[study.metric]
    axis = labels_axis(ticks(study, replayed.curves, pool))
    drawing = Drawing(replayed.curves, metric, axis, study.seeds, metric.chance(judging))
    return specs(lambda mode: label_curves(drawing, mode=mode, height=HEIGHT))
