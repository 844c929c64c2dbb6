"""Share: what somebody else needs to see, to check and to cite a study."""

import streamlit as st

from explorer.ui import comparing, sharing, shell, texts
from explorer.ui.context_line import context_line

shell.require_router()
line = st.container()
with shell.told():
    study = comparing.open_study()
    data = comparing.open_data(study)
    with line:
        context_line()
    if study is None or data is None:
        comparing.nothing_yet(texts.SHARE_EMPTY, go=texts.SHARE_EMPTY_GO, page="compare")
    else:
        sharing.page(study, data)
