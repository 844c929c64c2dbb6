"""A long preview on a page: begun by a button or at once, cancelled, and begun again; what is kept is shown unasked."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from explorer.previews.answers import Preview, Wanted, answer
from explorer.ui import shell
from explorer.ui.previewed import previewed, withdraw


def on_demand(
    wanted: Wanted,
    *,
    place: str,
    height: int,
    label: str,
    tip: str,
    note: str = "",
    at_once: bool = False,
    first: bool = True,
) -> Preview | None:
    """Return the preview, or the one before it at this place; None while there is none to show.

    label, tip    of the button that begins it, in a place of `height` px with `note` above it
    first         whether it is what the page asks for first, and its button stands out
    at_once       whether it is begun without the button, until somebody cancels it or leaves the page

    Raises StoreError.
    """
    decided = f"decided-{place}"

    def decide(begin: bool) -> Callable[[], None]:
        return lambda: st.session_state.update({decided: (wanted.key, begin)})

    key, begun = st.session_state.get(decided, ("", at_once))
    if (begun if key == wanted.key else at_once) or answer(wanted, shell.workspace().cache) is not None:
        begun_by_hand = key == wanted.key and begun
        return previewed(wanted, place=place, height=height, cancelled=decide(False), stays=begun_by_hand)
    withdraw(place)  # what was wanted here before would keep others waiting
    with st.container(height=height, border=True, key=f"begin-{place}"):
        if note:
            st.caption(note)
        kind: Literal["primary", "secondary"] = "primary" if first else "secondary"
        st.button(label, key=f"begin-button-{place}", on_click=decide(True), help=tip, type=kind)
    return None
