"""Arms that a visitor composed on the pages of the techniques, to be compared with the ready-made ones."""

import streamlit as st

from explorer.errors import StudyError
from explorer.records import Arm
from explorer.techniques.discovery import ready_arms
from explorer.ui import texts

_KEY, _READY = "basket", "basket-ready"


def arms() -> tuple[Arm, ...]:
    """Return the composed arms, in the order in which they were added."""
    return tuple(st.session_state.get(_KEY, {}).values())


def ready() -> tuple[str, ...]:
    """Return the names of the ready-made arms that were added, so that they are compared without being looked for."""
    names: tuple[str, ...] = st.session_state.get(_READY, ())
    return names


def add(arm: Arm) -> Arm:
    """Add an arm, or put it in the place of an earlier one of its name; return what is compared.

    That is the ready-made arm where one does the same: its curve would be drawn twice. Raises StudyError for another
    one of a ready-made name.
    """
    known = ready_arms()
    alike = next((each for each in known.values() if [*each.choices()] == [*arm.choices()]), None)
    if alike is not None:
        st.session_state[_READY] = (*(name for name in ready() if name != alike.name), alike.name)
        return alike
    if arm.name in known:
        raise StudyError(texts.NAME_TAKEN.format(name=arm.name))
    st.session_state[_KEY] = {**st.session_state.get(_KEY, {}), arm.name: arm}
    return arm


def remove(name: str) -> None:
    """Take an arm out again."""
    st.session_state[_KEY] = {key: arm for key, arm in st.session_state.get(_KEY, {}).items() if key != name}
