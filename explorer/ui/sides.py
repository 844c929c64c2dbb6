"""A page in two columns: settings at the left, and at the right what they are of."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def sides() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the place of the settings and that of the content.

    The content comes first where a window is narrow, in browsers that then move the focus in the order that is seen.
    """
    side, main = st.columns([4, 11], gap="medium")
    return side, main.container(key="result")
