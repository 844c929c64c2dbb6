"""Deleting a study or a data set: what goes is named before it goes, and nothing goes that is being worked on.

A hosted app lists neither, since it does not know whose they are, and so lets nobody delete them.
"""

import functools
from collections.abc import Callable

import streamlit as st

from explorer.datasets import saved
from explorer.datasets.findings import count, listed
from explorer.errors import ExplorerError, StoreError
from explorer.hosting import hosted
from explorer.store.rows import StudyRow
from explorer.ui import shell, study_read, texts
from explorer.ui.formats import escaped

#: Studies that are named before they go with their images.
_NAMED = 5
#: Where the session keeps which button has asked: a page that polls runs again meanwhile, and must ask again.
_ASKING = "asking-to-delete"


def study_button(row: StudyRow, named: str) -> None:
    """Show the button that deletes a study of the list, in which it is `named` so."""
    if _asks(f"delete-study-{row.id}", named, texts.DELETE_STUDY_TIP.format(name=escaped(row.name))):
        trials = count(row.finished, "finished trial")
        words = texts.DELETE_STUDY_WORDS.format(name=escaped(row.name), trials=trials)
        _confirm(texts.DELETE_STUDY, words, _active([row]), lambda: _delete_studies([row]))


def data_button(fingerprint: str, place: str, named: str = "") -> None:
    """Show the button that deletes a data set with the studies on it; `place` tells it from others of this page.

    It says what it deletes as the list has `named` it, else by its name.
    """
    if hosted():
        return
    name = escaped(study_read.dataset(fingerprint).name)
    if _asks(f"delete-{place}-{fingerprint}", named or name, texts.DELETE_DATA_TIP.format(name=name)):
        rows = _on(fingerprint)
        _confirm(texts.DELETE_DATA, _data_words(fingerprint, rows), _active(rows), lambda: _delete(fingerprint, rows))


def _asks(key: str, named: str, tip: str) -> bool:
    """Show a button that asks; tell whether it has asked and nobody has answered yet."""
    asking = {"on_click": st.session_state.update, "args": ({_ASKING: key},)}
    st.button(texts.DELETE.format(name=named), key=key, help=tip, type="tertiary", icon=":material/delete:", **asking)
    return bool(st.session_state.get(_ASKING) == key)


def _data_words(fingerprint: str, rows: list[StudyRow]) -> str:
    data = study_read.dataset(fingerprint)
    names = [f"“{escaped(row.name)}”" for row in rows[:_NAMED]]
    more = [texts.DELETE_MORE.format(n=len(rows) - _NAMED)] if len(rows) > _NAMED else []
    studies = texts.DELETE_WITH.format(studies=count(len(rows), "study"), names=listed([*names, *more]))
    about = {"name": escaped(data.name), "n": len(data), "studies": studies if rows else ""}
    return texts.DELETE_DATA_WORDS.format(**about, cache=escaped(str(shell.workspace().cache)))


def _active(rows: list[StudyRow]) -> str:
    """Return why nothing can be deleted yet; empty where no study waits or runs."""
    working = [row for row in rows if row.state in study_read.ACTIVE]
    if not working:
        return ""
    name, state = escaped(working[0].name), texts.STATE_WORDS[working[0].state]
    return texts.DELETE_ACTIVE.format(name=name, state=state)


def _confirm(title: str, words: str, refused: str, delete: Callable[[], None]) -> None:
    """Ask whether what the words name is to go; `refused` says why it cannot."""

    def asked() -> None:
        if refused:
            st.warning(refused, icon=":material/warning:")
            return
        st.markdown(words)
        with st.container(horizontal=True, gap="small"):
            st.button(texts.DELETE_YES, key="delete-yes", type="primary", on_click=_tell, args=(delete,))
            st.button(texts.DELETE_NO, key="delete-no", on_click=_keep)

    st.dialog(title, on_dismiss=_answered)(asked)()


def _answered() -> None:
    st.session_state.pop(_ASKING, None)


def _keep() -> None:
    _answered()
    st.rerun()  # the whole page, without the question


def _tell(delete: Callable[[], None]) -> None:
    """Delete something; what keeps it is told over the page, since its question is closed."""
    _answered()
    try:
        delete()
    except ExplorerError as error:
        words = escaped(str(error))
        shell.later(functools.partial(st.toast, words, icon=":material/error:", duration="long"))
    st.rerun()


def _delete_studies(rows: list[StudyRow]) -> None:
    shell.store().delete(*(row.id for row in rows))
    if shell.remembered("study") in {row.id for row in rows}:
        shell.forget("study")


def _delete(fingerprint: str, named: list[StudyRow]) -> None:
    """Delete a data set with the studies on it that were named; one that was begun since keeps all of it."""
    rows = _on(fingerprint)
    if {row.id for row in rows} - {row.id for row in named}:
        raise StoreError(texts.DELETE_BEGUN)
    study_read.forget_datasets()  # where a file that is open cannot be deleted, this process must not be what holds it
    with saved.deleting(shell.workspace(), fingerprint):
        _delete_studies(rows)
    if shell.remembered("data") == fingerprint:
        shell.forget("data")


def _on(fingerprint: str) -> list[StudyRow]:
    return [row for row in shell.store().studies() if row.dataset == fingerprint]
