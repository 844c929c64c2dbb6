"""Understand: where a technique of a study is wrong, how sure it is, and what it looks at."""

import streamlit as st

from explorer.ui import comparing, earlier, shell, understanding
from explorer.ui.context_line import context_line

shell.require_router()
line = st.container()
with shell.told():
    study = comparing.open_study()
    data = comparing.open_data(study)
    with line:
        context_line()
    if study is None or data is None:
        understanding.nothing_yet(data)
    else:
        understanding.view(study, data)
    earlier.studies()
