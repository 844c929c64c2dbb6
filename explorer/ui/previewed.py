"""A preview on a page: what the engine has made, and what stands in its place until it has.

Nothing waits for the engine. While a new preview is made the one before stays, so that nothing jumps under a slider.
"""

import uuid

import streamlit as st

from explorer.engine.client import ensure_engine
from explorer.engine.previewing import is_wanted, want
from explorer.previews.answers import Preview, Wanted, answer
from explorer.ui import shell, texts
from explorer.ui.formats import escaped

POLL_SECONDS = 0.2


def previewed(wanted: Wanted, *, place: str, height: int) -> Preview | None:
    """Return the preview, or the one before it at this place; None while there is none to show.

    A place of `height` px is kept for the first one. Why one cannot be made is told in its place. Raises StoreError.
    """
    space = shell.workspace()
    found = answer(wanted, space.cache)
    if found is None:
        _ask(wanted, place)
        st.fragment(_waiting, run_every=POLL_SECONDS)(wanted, place)
        return _earlier(wanted, place, height)
    if found.problem:
        st.warning(escaped(found.problem), icon=":material/warning:")
        return None
    st.session_state[_shown(place)] = wanted
    return found


def _earlier(wanted: Wanted, place: str, height: int) -> Preview | None:
    before = st.session_state.get(_shown(place))
    alike = before is not None and (before.preview, before.data) == (wanted.preview, wanted.data)
    kept = answer(before, shell.workspace().cache) if alike else None
    if kept is None:
        st.container(height=height, border=True, key=f"waiting-{place}").caption(texts.PREVIEW_FIRST)
    return kept


def _ask(wanted: Wanted, place: str) -> None:
    """Ask once for each wish: to ask again would end what is being made."""
    asked = f"asked-{place}"
    if st.session_state.get(asked) != wanted.key:
        st.session_state[asked] = wanted.key
        want(shell.workspace(), wanted, _place(place))


def _waiting(wanted: Wanted, place: str) -> None:
    space = shell.workspace()
    if answer(wanted, space.cache) is not None:
        st.rerun()
    with shell.told():
        ensure_engine(space)
    if is_wanted(space, _place(place)):
        st.caption(texts.PREVIEW_WAITING)
    else:  # an engine that ended took the wish along
        st.session_state.pop(f"asked-{place}", None)
        st.rerun()


def _shown(place: str) -> str:
    return f"shown-{place}"


def _place(place: str) -> str:
    """Return the name of a place of this visitor."""
    visitor = st.session_state.setdefault("visitor", uuid.uuid4().hex)
    return f"{visitor}-{place}"
