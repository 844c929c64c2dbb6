"""The data set that the address names."""

import streamlit as st

from explorer.datasets.saved import Reading, load
from explorer.errors import DataError
from explorer.ui import shell, texts


def open_reading() -> Reading | None:
    """Return the chosen data set with its findings; an unknown one is told in one sentence and forgotten."""
    fingerprint = shell.remembered("data")
    if fingerprint is None:
        return None
    try:
        return load(shell.workspace(), fingerprint)
    except DataError:
        shell.forget("data")
        st.warning(texts.UNKNOWN_DATA)
        return None
