"""The Understand page: one technique of a study, looked at closely."""

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import numpy as np
import streamlit as st

from explorer.engine.client import ensure_engine
from explorer.previews.lookable import can_be_looked_into
from explorer.records import Arm, Dataset, Study
from explorer.statistics.answers import Answers
from explorer.ui import (
    alike,
    comparing,
    confidence,
    doubted,
    maps,
    mistakes,
    previewed,
    shell,
    study_read,
    texts,
    trying,
)
from explorer.ui import chosen as choosing
from explorer.ui.chosen import Chosen
from explorer.ui.formats import escaped
from explorer.ui.study_read import Standing

#: What can be looked at, by its name in `texts.LOOKS`.
View: TypeAlias = Callable[[Chosen, Dataset, Answers], None]
VIEWS: Mapping[str, View] = {
    "mistakes": mistakes.view,
    "confidence": confidence.view,
    "labels": doubted.view,
    "maps": maps.view,
    "alike": alike.view,
}
POLL_SECONDS = 1.0
#: Where those of them that look into a fitted model wait for the engine.
PLACES: Mapping[str, str] = {"maps": maps.PLACE, "alike": alike.PLACE}


def view(study: Study, data: Dataset) -> None:
    """Show what can be chosen, and what is looked at."""
    side, main = st.columns([3, 12], gap="medium")
    last = shell.store().last_outcome(study.id)
    with main:  # first, as it says which technique is shown at first
        look = _look() if choosing.finished(study, last) else ""
    with side:
        st.subheader(texts.UNDERSTAND, anchor=False)
        st.caption(escaped(study.name))
        chosen = choosing.choose(study, last, _fitting(look, study, data))
        answers = None if chosen is None else choosing.answers(chosen)
        if answers is not None:
            images = len(np.unique(answers.rows))
            st.caption(texts.LOOKED_AT.format(answers=len(answers), images=images))
    with main:
        if chosen is None or answers is None:
            _none_done(study)
            return
        for name, place in PLACES.items():
            if name != look:  # a fit that nobody looks at any more would keep this one waiting
                previewed.withdraw(place)
        VIEWS[look](chosen, data, answers)


def _fitting(look: str, study: Study, data: Dataset) -> Callable[[Arm], bool] | None:
    """Return what tells of an arm whether a view can show it; None where it can show any."""
    return functools.partial(can_be_looked_into, kind=data.kind, free=study.free) if look in PLACES else None


def nothing_yet(data: Dataset | None) -> None:
    """Say what will be here; of a study that runs or has run, with the button that opens it."""
    latest = trying.latest(data)
    if latest is None:
        comparing.nothing_yet(texts.UNDERSTAND_EMPTY, go=texts.UNDERSTAND_EMPTY_GO, page="compare")
        return
    now = study_read.standing(latest, shell.store())
    with st.container(border=True, horizontal_alignment="center", key="empty"):
        st.space("medium")
        st.markdown(texts.UNDERSTAND_RUNS.format(name=escaped(latest.name), **study_read.standing_words(now)))
        opening = {"study": latest.id, "data": latest.dataset}
        st.button(texts.UNDERSTAND_RUNS_GO, key="open-latest", type="primary", on_click=shell.remember, kwargs=opening)
        st.space("medium")


def _none_done(study: Study) -> None:
    """Say that no trial has finished, and run again when the first one has."""
    now = study_read.standing(study, shell.store())
    poll = now.active or _has_answers(now)  # it may have finished since the page looked
    st.fragment(_awaited, run_every=POLL_SECONDS if poll else None)(previewed.being_drawn(), study)


def _has_answers(now: Standing) -> bool:
    return now.done > now.failed


def _awaited(drawn: Iterator[bool], study: Study) -> None:
    polled = not next(drawn, False)
    with shell.told():
        now = study_read.standing(study, shell.store())
        if not now.active and not _has_answers(now):
            st.info(texts.UNDERSTAND_ENDED)
            return
        above = st.container()
        if st.button(texts.UNDERSTAND_WATCH, key="watch"):  # first: another run would lose the press
            st.switch_page("pages/compare.py", query_params=shell.address())
        if polled and _has_answers(now):
            st.rerun()
        ensure_engine(shell.workspace())
        above.info(texts.UNDERSTAND_NONE_DONE.format(**study_read.standing_words(now)))


def _look() -> str:
    look = st.segmented_control(
        texts.LOOK,
        list(VIEWS),
        default=next(iter(VIEWS)),
        required=True,
        format_func=texts.LOOKS.__getitem__,
        key="look",
        bind="query-params",
        label_visibility="collapsed",
        wrap=True,
        help=texts.LOOK_TIP,
    )
    return look if look in VIEWS else next(iter(VIEWS))
