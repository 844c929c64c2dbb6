"""Lists of what was done before in this workspace; a hosted app shows none, since an id there is a key."""

from datetime import datetime

import streamlit as st

from explorer.hosting import hosted
from explorer.ui import deleting, shell, texts
from explorer.ui.first import first_of
from explorer.ui.formats import escaped

_SHOWN = 20


def studies() -> None:
    """Show the studies of the workspace, newest first, each with a button that opens it."""
    if hosted():
        return
    with st.expander(texts.EARLIER_STUDIES, key="earlier-studies"):
        rows = shell.store().studies()
        if not rows:
            st.caption(texts.NO_EARLIER)
        for row in first_of(rows, _SHOWN, "studies"):
            when = datetime.fromtimestamp(row.created).strftime("%d %b %H:%M")
            label = f"{escaped(row.name)} · {texts.STATE_WORDS[row.state]}, {row.finished} of {row.total} · {when}"
            # Not a link: within one page Streamlit opens its query and leaves the address as it was.
            opening = {"on_click": shell.remember, "kwargs": {"study": row.id, "data": row.dataset}}
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.button(label, key=f"study-{row.id}", type="tertiary", help=texts.OPEN_EARLIER_TIP, **opening)
                deleting.study_button(row, label)
