"""Long lists that begin with their first few."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import streamlit as st

from explorer.ui import texts

T = TypeVar("T")


def first_of(things: Sequence[T], few: int, key: str) -> Iterator[T]:
    """Yield the first few things to be drawn, then draw a button that shows all; all at once where one more is left."""
    state = f"all-{key}"
    whole = len(things) <= few + 1 or bool(st.session_state.get(state))
    yield from things if whole else things[:few]
    label = texts.SHOW_ALL.format(n=len(things))
    if not whole and st.button(label, key=f"show-{key}", type="tertiary", icon=":material/expand_more:"):
        st.session_state[state] = True
        st.rerun()
