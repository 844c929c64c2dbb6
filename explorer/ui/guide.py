"""The Guide page: statements with their sources, the order of work, checks of one's images, and collections."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.ui import checks, guide_texts, shell, texts
from explorer.ui.cards import Card, cards
from explorer.ui.guide_texts import ADVICE, COLLECTIONS, Advice, Collection, Stage

PLACE = "guide"


def view() -> None:
    """Show the chosen part of the guide."""
    st.title(texts.GUIDE_TITLE, anchor=False)
    part = st.segmented_control(
        texts.GUIDE_PART,
        list(texts.GUIDE_PARTS),
        format_func=texts.GUIDE_PARTS.__getitem__,
        default="which",
        required=True,
        key="guide-part",
        bind="query-params",
        help=texts.GUIDE_PART_TIP,
    )
    _PARTS.get(str(part), _which)()


# ---- which technique -------------------------------------------------------------------------------------------


def _which() -> None:
    left, right = st.columns([3, 8], gap="medium")
    words = left.text_input(
        texts.GUIDE_SEARCH, key="guide-search", placeholder=texts.GUIDE_SEARCH_EXAMPLE, help=texts.GUIDE_SEARCH_TIP
    )
    topics = right.pills(
        texts.GUIDE_TOPICS,
        guide_texts.TOPICS,
        selection_mode="multi",
        key="guide-topics",
        wrap=True,
        help=texts.GUIDE_TOPICS_TIP,
    )
    measured = st.toggle(texts.GUIDE_MEASURED, key="guide-measured", help=texts.GUIDE_MEASURED_TIP)
    found = advice(str(words), topics, measured=measured)
    st.caption(texts.GUIDE_COUNT.format(n=len(found), total=len(ADVICE)))
    if found:
        st.html(cards(_advice_card(each) for each in found))
    else:
        st.markdown(texts.GUIDE_NONE)


def advice(words: str, topics: Sequence[str], *, measured: bool) -> list[Advice]:
    """Return the statements on any of the topics (all where there is none) that hold every one of the words."""
    wanted = words.casefold().split()
    return [
        each
        for each in ADVICE
        if (not topics or set(topics) & set(each.topics))
        and (each.measured or not measured)
        and all(word in _words(each) for word in wanted)
    ]


def _words(each: Advice) -> str:
    return " ".join([*each.topics, each.situation, each.text, each.source]).casefold()


def _advice_card(each: Advice) -> Card:
    return Card(each.situation, " · ".join(each.topics), each.text, texts.GUIDE_SOURCE.format(source=each.source))


# ---- order of work ---------------------------------------------------------------------------------------------


def _order() -> None:
    st.markdown(texts.GUIDE_ORDER_LEAD)
    with st.grid(3, min_column_width=260, gap="small"):
        for number, (stage, sections) in enumerate(stages(shell.pages())):
            with st.container(border=True, gap="xsmall", key=f"stage-{number}"):
                st.markdown(f"**{stage.title}**  \n{stage.text}")
                for page in sections:
                    _link(page)


def stages(pages: Mapping[str, Sequence[Any]]) -> list[tuple[Stage, list[Any]]]:
    """Return the stages of the loop with the pages of the navigation that serve them."""
    parts = (
        (guide_texts.DATA_STAGE, (texts.SECTION_DATA,)),
        (guide_texts.LEARNING_STAGE, (texts.SECTION_TECHNIQUES,)),
        (guide_texts.VALIDATION_STAGE, (texts.SECTION_COMPARE, texts.SECTION_SHARE)),
    )
    return [(stage, [page for name in names for page in pages.get(name, ())]) for stage, names in parts]


def _link(page: Any) -> None:
    st.page_link(page, label=page.title, query_params=shell.address())
    st.caption(page.help or "")


# ---- data sets, models, tutorials ------------------------------------------------------------------------------


def _more() -> None:
    left, right = st.columns([4, 7], gap="medium")
    kinds = left.pills(
        texts.GUIDE_KIND,
        guide_texts.KINDS,
        selection_mode="multi",
        key="guide-kinds",
        wrap=True,
        help=texts.GUIDE_KIND_TIP,
    )
    fields = right.pills(
        texts.GUIDE_FIELD,
        guide_texts.FIELDS,
        selection_mode="multi",
        key="guide-fields",
        wrap=True,
        help=texts.GUIDE_FIELD_TIP,
    )
    found = collections(kinds, fields)
    st.caption(texts.GUIDE_MORE_COUNT.format(n=len(found), total=len(COLLECTIONS)))
    st.html(cards(Card(each.name, f"{each.kind} · {each.field}", each.use, each.where) for each in found))


def collections(kinds: Sequence[str], fields: Sequence[str]) -> list[Collection]:
    """Return the collections of these kinds and fields; where none is named, of any."""
    return [each for each in COLLECTIONS if (not kinds or each.kind in kinds) and (not fields or each.field in fields)]


_PARTS: Mapping[str, Callable[[], None]] = {"which": _which, "order": _order, "checks": checks.view, "more": _more}
