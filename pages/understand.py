"""Understand: where a technique of a study is wrong, how sure it is, and what it looks at."""

import streamlit as st

from explorer.ui import comparing, earlier, shell, texts, understanding
from explorer.ui.context_line import context_line

shell.require_router()
line = st.container()
with shell.told():
    study = comparing.open_study()
    data = comparing.open_data(study)
    with line:
        context_line()
    if study is None or data is None:
        comparing.nothing_yet(texts.UNDERSTAND_EMPTY, go=texts.UNDERSTAND_EMPTY_GO, page="compare")
    else:
        understanding.view(study, data)
    earlier.studies()
