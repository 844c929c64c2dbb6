"""Compare: plan a study, watch it run, read what it found."""

import streamlit as st

from explorer.ui import comparing, earlier, panel, shell
from explorer.ui.context_line import context_line

shell.require_router()
line = st.container()
with shell.told():
    study = comparing.open_study()
    data = comparing.open_data(study)
    with line:
        context_line(study=False)
    if data is None:
        comparing.nothing_yet()
    elif study is None:
        comparing.plan_page(data)
    else:
        panel.panel(study, data)
    earlier.studies()
