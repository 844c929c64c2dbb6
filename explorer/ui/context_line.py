"""The one quiet line that says on every page which data set and which study are open."""

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import shell, study_read, texts
from explorer.ui.formats import escaped


def context_line(*, study: bool = True) -> None:
    """Show the chosen data set, and with `study` the open study, in one line."""
    parts = [part for part in (_data(), study and _study()) if part] or [texts.LINE_NO_DATA]
    with st.container(key="context"):
        st.caption("  ·  ".join(parts))


def _data() -> str:
    fingerprint = shell.remembered("data")
    try:
        data = study_read.dataset(fingerprint) if fingerprint else None
    except ExplorerError:
        return ""
    return texts.LINE_DATA.format(name=escaped(data.name), n=len(data), k=data.n_classes) if data else ""


def _study() -> str:
    id = shell.remembered("study")
    try:
        store = shell.store()
        now = study_read.standing(store.study(id), store) if id else None
    except ExplorerError:
        return ""
    if now is None:
        return ""
    return texts.LINE_STUDY.format(**study_read.standing_words(now))
