"""A preview on a page: what the engine has made, and what stands in its place until it has.

Nothing waits for the engine, but for the moment in which what is quick is made. While a new preview is made the one
before stays, so that nothing jumps under a slider; of one that takes seconds its parts are shown on the way.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import streamlit as st

from explorer.engine.client import engine_running, ensure_engine
from explorer.engine.previewing import CHANGED, ENDED, is_made, is_wanted, progress, waits, want, want_no_more
from explorer.previews.answers import Preview, Wanted, answer, forget, part, part_made
from explorer.ui import shell, texts
from explorer.ui.formats import escaped

#: Seconds between two looks for what takes longer than a moment: a browser works for some hundredths of one at each.
POLL_SECONDS = 0.5
#: Seconds for which a run of a page waits for what it has asked for, when it is drawn and on the way, and between two
#: looks for it meanwhile.
MOMENT, INSTANT, LOOK_EVERY = 1.5, 0.3, 0.01
#: Seconds after which none of it would be ready in a moment if none of it is being made.
BEGUN = 0.25
#: Where the session keeps what the places of the pages have asked for, and what the present run waits for.
_ASKED, _AWAITED = "asked", "awaited"


@dataclass(frozen=True)
class Asked:
    """What a place has asked for; `stays` where it goes on being made when the page is left."""

    key: str
    stays: bool


def previewed(
    wanted: Wanted, *, place: str, height: int, cancelled: Callable[[], None] | None = None, stays: bool = False
) -> Preview | None:
    """Return the preview, or what there is of it, or the one before it at this place; None while there is none to show.

    A place of `height` px is kept for the first one. Why one cannot be made is told in its place. A long preview may be
    cancelled where `cancelled` says what then becomes of the wish for it; one that `stays` goes on being made when its
    page is left. Raises StoreError.
    """
    found = kept(wanted)
    if found is None:
        _ask(wanted, place, stays=stays)
        return _earlier(wanted, place, height, cancelled)
    _withdraw_other(wanted, place)
    st.session_state.get(_AWAITED, {}).pop(place, None)  # asked for ahead, and there by now
    if found.problem:
        _told(found.problem, wanted, place)
        return None
    st.session_state[_shown(place)] = wanted
    # It is empty and not seen. Without it whatever follows would take the place before its own, and jump at the end.
    st.container(key=f"drawing-{place}")
    return found


def kept(wanted: Wanted) -> Preview | None:
    """Return the preview where it was made before; nothing is asked for."""
    return answer(wanted, shell.workspace().cache)


def waited(wanted: Wanted, *, place: str) -> None:
    """Ask for a preview that is not there yet, say in one line that it is being made, and run again when it is there.

    Raises StoreError.
    """
    _ask(wanted, place, stays=True)
    st.fragment(_waiting, run_every=POLL_SECONDS)(being_drawn(), wanted, place, 0, False, None)


def ahead(wanted: Wanted, *, place: str) -> None:
    """Ask for a preview that will be shown at a place once another one is there, so that it need not be waited for.

    Raises StoreError.
    """
    if kept(wanted) is None:
        _ask(wanted, place)


def instant(wanted: Wanted) -> None:
    """Wait an instant for what was asked for `ahead`, so that a page which can have it at once is drawn once.

    It does nothing without an engine.
    """
    end = time.monotonic() + INSTANT
    if engine_running(shell.workspace()):
        while kept(wanted) is None and time.monotonic() < end:
            time.sleep(LOOK_EVERY)
            st.session_state.get(_AWAITED)  # where a run is ended by the next one


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
    if place in _asked() and _asked()[place].key != wanted.key:
        withdraw(place)


def withdraw(place: str) -> None:
    """Want nothing at a place any more, so that the engine is free for another one."""
    if _forget(place):
        want_no_more(shell.workspace(), _place(place))


def leave() -> None:
    """Want nothing any more that the page which is left has asked for by itself: it would keep the next one waiting.

    What somebody has begun goes on.
    """
    for place, asked in list(_asked().items()):
        if not asked.stays:
            withdraw(place)


def arrive() -> None:
    """Begin a run of a page, which has asked for nothing yet."""
    st.session_state[_AWAITED] = {}


def linger() -> None:
    """Wait a moment for what this run has asked for, and run again when some of it is there: earlier than by a poll.

    What somebody does meanwhile ends it, and so does an engine that makes none of it, as it has just been started or
    makes something else first. It is called when the page is drawn, and does nothing without an engine.
    """
    awaited: Mapping[str, Wanted] = st.session_state.get(_AWAITED, {})
    if not awaited or not engine_running(shell.workspace()):
        return
    cache, start = shell.workspace().cache, time.monotonic()
    before = {place: part_made(wanted, cache) for place, wanted in awaited.items()}
    while time.monotonic() < start + MOMENT:
        for place, wanted in awaited.items():
            if part_made(wanted, cache) != before[place] or answer(wanted, cache) is not None:
                st.rerun()
        if time.monotonic() > start + BEGUN and not any(is_made(shell.workspace(), _place(each)) for each in awaited):
            return
        time.sleep(LOOK_EVERY)
        st.session_state.get(_AWAITED)  # where a run is ended by the next one


def before(wanted: Wanted, *, place: str, height: int, words: str) -> Preview | None:
    """Return what was shown at a place before, if it is alike; else None, and `words` in a place of `height` px."""
    shown = _shown_before(wanted, place)
    if shown is None:
        st.container(height=height, border=True, key=f"waiting-{place}").caption(words)
    return shown


def _told(problem: str, wanted: Wanted, place: str) -> None:
    st.warning(escaped(problem), icon=":material/warning:")
    if problem in (ENDED, CHANGED):  # whatever else is wrong would be wrong again
        st.button(texts.PREVIEW_AGAIN, key=f"again-{place}", on_click=again, args=(wanted, place))


def again(wanted: Wanted, place: str) -> None:
    """Let what is wanted be made once more, whatever came of it."""
    forget(wanted, shell.workspace().cache)
    _forget(place)


def _earlier(wanted: Wanted, place: str, height: int, cancelled: Callable[[], None] | None) -> Preview | None:
    cache = shell.workspace().cache
    made = part_made(wanted, cache)
    shown = part(wanted, cache) or _shown_before(wanted, place)
    if shown is None:
        room = st.container(height=height, border=True, key=f"waiting-{place}")
    else:
        room = st.container(key=f"drawing-{place}")  # it stands over what follows, which keeps its place
    with room:
        st.fragment(_waiting, run_every=POLL_SECONDS)(being_drawn(), wanted, place, made, shown is None, cancelled)
    return shown


def _ask(wanted: Wanted, place: str, *, stays: bool = False) -> None:
    """Ask once for each wish, and again where it went with an engine: else that would end what is being made."""
    st.session_state.setdefault(_AWAITED, {})[place] = wanted
    asked = _asked().get(place)
    _asked()[place] = Asked(wanted.key, stays)
    if asked is None or asked.key != wanted.key or not is_wanted(shell.workspace(), _place(place)):
        want(shell.workspace(), wanted, _place(place))


def _asked() -> dict[str, Asked]:
    """Return what each place of this visitor has asked for last."""
    found: dict[str, Asked] = st.session_state.setdefault(_ASKED, {})
    return found


def being_drawn() -> Iterator[bool]:
    """Return what tells a fragment that polls, for its first run alone, that its page is being drawn.

    Then it must not ask for another run: what was pressed is seen further down on the page, and would be lost.
    """
    return iter((True,))


def _waiting(
    drawn: Iterator[bool],
    wanted: Wanted,
    place: str,
    made: int,
    first: bool,
    cancelled: Callable[[], None] | None,
) -> None:
    space, polled = shell.workspace(), not next(drawn, False)
    if polled and (answer(wanted, space.cache) is not None or part_made(wanted, space.cache) != made):
        st.rerun()
    busy = False
    with shell.told():
        busy = ensure_engine(space)
    if not waits(space, _place(place)) and polled:  # an engine that ended took the wish along
        _forget(place)
        st.rerun()
    done = progress(space, _place(place))
    # Over what is shown it takes one line at the right, lest it hides anything.
    with st.container(horizontal=not first, horizontal_alignment="left" if first else "right", gap="small"):
        _how_far(done, first, busy)
        if cancelled is not None:
            st.button(
                texts.CANCEL,
                key=f"stop-{place}",
                help=texts.PREVIEW_CANCEL_TIP,
                type="secondary" if first else "tertiary",
                on_click=_cancel,
                args=(place, cancelled),
            )


def _cancel(place: str, cancelled: Callable[[], None]) -> None:
    """Want nothing any more, before anything is drawn: a run that finds an answer first would lose the press."""
    withdraw(place)
    cancelled()
    st.rerun()  # the whole page


def _how_far(done: float | None, first: bool, busy: bool) -> None:
    told = "" if done is None else texts.PREVIEW_PROGRESS.format(share=100 * done)
    if not first:
        st.caption(told or texts.PREVIEW_WAITING, width="content")
    elif done is None:
        st.caption(texts.PREVIEW_NEXT if busy else texts.PREVIEW_FIRST)
    else:
        st.progress(done, told)


def _forget(place: str) -> bool:
    """Forget what a place has asked for; tell whether it had."""
    st.session_state.get(_AWAITED, {}).pop(place, None)
    return _asked().pop(place, None) is not None


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
    st.fragment(_gathering, run_every=POLL_SECONDS if missing else None)(being_drawn(), missing, place, words)
    return {
        name: Shown(each or _shown_before(wishes[name], f"{place}-{name}"), each is None)
        for name, each in found.items()
    }


def _shown_before(wanted: Wanted, place: str) -> Preview | None:
    """Return the preview that this place showed last, if it is of the same kind and data."""
    before = st.session_state.get(_shown(place))
    alike = before is not None and (before.preview, before.data) == (wanted.preview, wanted.data)
    return answer(before, shell.workspace().cache) if alike else None


def _gathering(drawn: Iterator[bool], missing: Mapping[str, Wanted], place: str, words: str) -> None:
    """Say what is going on, and run the page again once one of the missing is there or was lost."""
    st.caption(f"{texts.PREVIEW_WAITING} {words}" if missing else words)
    if not missing:
        return
    space, polled = shell.workspace(), not next(drawn, False)
    if polled and any(answer(wanted, space.cache) is not None for wanted in missing.values()):
        st.rerun()
    with shell.told():
        ensure_engine(space)
    lost = [name for name in missing if not waits(space, _place(f"{place}-{name}"))]
    if lost and polled:  # an engine that ended took the wish along
        st.rerun()
