"""Arms that a visitor composed on the pages of the techniques, to be compared with the ready-made ones."""

import streamlit as st

from explorer.errors import StudyError
from explorer.records import Arm
from explorer.techniques.discovery import ready_arms
from explorer.ui import texts

_KEY = "basket"


def arms() -> tuple[Arm, ...]:
    """Return the composed arms, in the order in which they were added."""
    return tuple(st.session_state.get(_KEY, {}).values())


def add(arm: Arm) -> None:
    """Add an arm, or put it in the place of an earlier one of its name. Raises StudyError for a ready-made name."""
    if ready_arms().get(arm.name) == arm:
        return  # it is among them
    if arm.name in ready_arms():
        raise StudyError(texts.NAME_TAKEN.format(name=arm.name))
    st.session_state[_KEY] = {**st.session_state.get(_KEY, {}), arm.name: arm}


def remove(name: str) -> None:
    """Take an arm out again."""
    st.session_state[_KEY] = {key: arm for key, arm in st.session_state.get(_KEY, {}).items() if key != name}
