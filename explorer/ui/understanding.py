"""The Understand page: one technique of a study, looked at closely."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import streamlit as st

from explorer.records import Dataset, Study
from explorer.statistics.answers import Answers
from explorer.ui import alike, confidence, doubted, maps, mistakes, previewed, shell, texts
from explorer.ui import chosen as choosing
from explorer.ui.chosen import Chosen
from explorer.ui.formats import escaped

#: What can be looked at, by its name in `texts.LOOKS`.
View: TypeAlias = Callable[[Chosen, Dataset, Answers], None]
VIEWS: Mapping[str, View] = {
    "mistakes": mistakes.view,
    "confidence": confidence.view,
    "labels": doubted.view,
    "maps": maps.view,
    "alike": alike.view,
}
#: Where those of them that wait for the engine do so.
PLACES: Mapping[str, str] = {"maps": maps.PLACE, "alike": alike.PLACE}


def view(study: Study, data: Dataset) -> None:
    """Show what can be chosen, and what is looked at."""
    side, main = st.columns([3, 12], gap="medium")
    with side:
        st.subheader(texts.UNDERSTAND, anchor=False)
        st.caption(escaped(study.name))
        chosen = choosing.choose(study, shell.store().last_outcome(study.id))
        if chosen is None:
            st.info(texts.UNDERSTAND_NONE_DONE)
            return
        answers = choosing.answers(chosen, data)
        images = len(np.unique(answers.rows))
        st.caption(texts.LOOKED_AT.format(answers=len(answers), images=images))
    with main:
        look = _look()
        for name, place in PLACES.items():
            if name != look:  # a fit that nobody looks at any more would keep this one waiting
                previewed.withdraw(place)
        VIEWS[look](chosen, data, answers)


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
