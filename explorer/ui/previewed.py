"""A preview on a page: what the engine has made, and what stands in its place until it has.

Nothing waits for the engine. While a new preview is made the one before stays, so that nothing jumps under a slider.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from explorer.engine.client import ensure_engine
from explorer.engine.previewing import ENDED, progress, waits, want, want_no_more
from explorer.previews.answers import Preview, Wanted, answer, forget
from explorer.ui import shell, texts
from explorer.ui.formats import escaped

POLL_SECONDS = 0.2


def previewed(
    wanted: Wanted, *, place: str, height: int, cancelled: Callable[[], None] | None = None
) -> Preview | None:
    """Return the preview, or the one before it at this place; None while there is none to show.

    A place of `height` px is kept for the first one. Why one cannot be made is told in its place. A long preview may be
    cancelled where `cancelled` says what then becomes of the wish for it. Raises StoreError.
    """
    found = kept(wanted)
    if found is None:
        _ask(wanted, place)
        return _earlier(wanted, place, height, cancelled)
    _withdraw_other(wanted, place)
    if found.problem:
        _told(found.problem, wanted, place)
        return None
    st.session_state[_shown(place)] = wanted
    return found


def kept(wanted: Wanted) -> Preview | None:
    """Return the preview where it was made before; nothing is asked for."""
    return answer(wanted, shell.workspace().cache)


def waited(wanted: Wanted, *, place: str) -> None:
    """Ask for a preview that is not there yet, say in one line that it is being made, and run again when it is there.

    Raises StoreError.
    """
    _ask(wanted, place)
    st.fragment(_waiting, run_every=POLL_SECONDS)(wanted, place, False, None)


def is_shown(wanted: Wanted, place: str) -> bool:
    """Tell whether what `previewed` returned last at a place is what is wanted, and not the one before it."""
    return bool(st.session_state.get(_shown(place)) == wanted)


def is_answered(wanted: Wanted) -> bool:
    """Tell whether the engine has answered, be it with the reason why there is no preview."""
    return answer(wanted, shell.workspace().cache) is not None


def has_ended(wanted: Wanted) -> bool:
    """Tell whether what is wanted ended the process that made it; it is made again where somebody says so."""
    found = kept(wanted)
    return found is not None and found.problem == ENDED


def _withdraw_other(wanted: Wanted, place: str) -> None:
    """Withdraw what was wanted at a place before, if it is another wish: it would keep others waiting."""
    if st.session_state.get(f"asked-{place}") not in (None, wanted.key):
        withdraw(place)


def withdraw(place: str) -> None:
    """Want nothing at a place any more, so that the engine is free for another one."""
    if st.session_state.pop(f"asked-{place}", None) is not None:
        want_no_more(shell.workspace(), _place(place))


def before(wanted: Wanted, *, place: str, height: int, words: str) -> Preview | None:
    """Return what was shown at a place before, if it is alike; else None, and `words` in a place of `height` px."""
    shown = _shown_before(wanted, place)
    if shown is None:
        st.container(height=height, border=True, key=f"waiting-{place}").caption(words)
    return shown


def _told(problem: str, wanted: Wanted, place: str) -> None:
    st.warning(escaped(problem), icon=":material/warning:")
    if problem == ENDED:  # whatever else is wrong would be wrong again
        st.button(texts.PREVIEW_AGAIN, key=f"again-{place}", on_click=again, args=(wanted, place))


def again(wanted: Wanted, place: str) -> None:
    """Let what is wanted be made once more, whatever came of it."""
    forget(wanted, shell.workspace().cache)
    _forget(place)


def _earlier(wanted: Wanted, place: str, height: int, cancelled: Callable[[], None] | None) -> Preview | None:
    shown = _shown_before(wanted, place)
    if shown is None:
        room = st.container(height=height, border=True, key=f"waiting-{place}")
    else:
        room = st.container(key=f"drawing-{place}")  # it stands over what follows, which keeps its place
    with room:
        st.fragment(_waiting, run_every=POLL_SECONDS)(wanted, place, shown is None, cancelled)
    return shown


def _ask(wanted: Wanted, place: str) -> None:
    """Ask once for each wish: to ask again would end what is being made."""
    asked = f"asked-{place}"
    if st.session_state.get(asked) != wanted.key:
        st.session_state[asked] = wanted.key
        want(shell.workspace(), wanted, _place(place))


def _waiting(wanted: Wanted, place: str, first: bool, cancelled: Callable[[], None] | None) -> None:
    space = shell.workspace()
    if answer(wanted, space.cache) is not None:
        st.rerun()
    busy = False
    with shell.told():
        busy = ensure_engine(space)
    if not waits(space, _place(place)):  # an engine that ended took the wish along
        _forget(place)
        st.rerun()
    done = progress(space, _place(place))
    # Over what is shown it takes one line at the right, lest it hides anything.
    with st.container(horizontal=not first, horizontal_alignment="left" if first else "right", gap="small"):
        _how_far(done, first, busy)
        if cancelled is not None and st.button(
            texts.CANCEL, key=f"stop-{place}", help=texts.PREVIEW_CANCEL_TIP, type="secondary" if first else "tertiary"
        ):
            withdraw(place)
            cancelled()
            st.rerun()


def _how_far(done: float | None, first: bool, busy: bool) -> None:
    told = "" if done is None else texts.PREVIEW_PROGRESS.format(share=100 * done)
    if not first:
        st.caption(told or texts.PREVIEW_WAITING, width="content")
    elif done is None:
        st.caption(texts.PREVIEW_NEXT if busy else texts.PREVIEW_FIRST)
    else:
        st.progress(done, told)


def _forget(place: str) -> None:
    st.session_state.pop(f"asked-{place}", None)


def _shown(place: str) -> str:
    return f"shown-{place}"


def _place(place: str) -> str:
    """Return the name of a place of this visitor."""
    visitor = st.session_state.setdefault("visitor", uuid.uuid4().hex)
    return f"{visitor}-{place}"


# ---- several at once -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Shown:
    """What there is to show of a preview: the answer, the one before it while it is `stale`, or nothing yet."""

    found: Preview | None
    stale: bool


def gathered(wishes: Mapping[str, Wanted], *, place: str, words: str) -> Mapping[str, Shown]:
    """Return what there is of several previews that are shown together, by name; the last ones are made first.

    A line says `words`, and whether some are still being made. Raises StoreError.
    """
    cache = shell.workspace().cache
    found = {name: answer(wanted, cache) for name, wanted in wishes.items()}
    missing = {name: wishes[name] for name, each in found.items() if each is None}
    for name, wanted in missing.items():
        _ask(wanted, f"{place}-{name}")
    for name in wishes.keys() - missing.keys():
        _withdraw_other(wishes[name], f"{place}-{name}")
        st.session_state[_shown(f"{place}-{name}")] = wishes[name]
    st.fragment(_gathering, run_every=POLL_SECONDS if missing else None)(missing, place, words)
    return {
        name: Shown(each or _shown_before(wishes[name], f"{place}-{name}"), each is None)
        for name, each in found.items()
    }


def _shown_before(wanted: Wanted, place: str) -> Preview | None:
    """Return the preview that this place showed last, if it is of the same kind and data."""
    before = st.session_state.get(_shown(place))
    alike = before is not None and (before.preview, before.data) == (wanted.preview, wanted.data)
    return answer(before, shell.workspace().cache) if alike else None


def _gathering(missing: Mapping[str, Wanted], place: str, words: str) -> None:
    """Say what is going on, and run the page again once one of the missing is there or was lost."""
    st.caption(f"{texts.PREVIEW_WAITING} {words}" if missing else words)
    if not missing:
        return
    space = shell.workspace()
    if any(answer(wanted, space.cache) is not None for wanted in missing.values()):
        st.rerun()
    with shell.told():
        ensure_engine(space)
    lost = [name for name in missing if not waits(space, _place(f"{place}-{name}"))]
    for name in lost:  # an engine that ended took the wish along
        _forget(f"{place}-{name}")
    if lost:
        st.rerun()
