"""Data: choose images, then see what they hold and what was noticed."""

import streamlit as st

from explorer.ui import data_view, example_cards, intake, shell, texts
from explorer.ui.context_line import context_line
from explorer.ui.data_open import open_reading

shell.require_router()
with shell.told():
    context_line()
    reading = open_reading()
    if reading is not None:
        data_view.view(reading)
    else:
        st.title(texts.CHOOSE_TITLE, anchor=False)
        st.markdown(texts.CHOOSE_LEAD)
        left, right = st.columns([8, 5], gap="large")
        with left:
            st.subheader(texts.EXAMPLES, anchor=False)
            example_cards.cards()
        with right:
            st.subheader(texts.OWN, anchor=False)
            intake.own_images()
            intake.earlier()
