"""Names and values in two quiet columns."""

import html
from collections.abc import Mapping

import streamlit as st

_GRID = "display:grid;grid-template-columns:max-content 1fr;gap:5px 20px;margin:0;font-size:14px;line-height:1.4"


def facts(told: Mapping[str, str]) -> None:
    """Show the facts that have a value; both are plain text."""
    rows = "".join(
        f"<span style='opacity:.75'>{html.escape(name)}</span>"
        f"<span style='overflow-wrap:anywhere'>{html.escape(value)}</span>"
        for name, value in told.items()
        if value
    )
    st.html(f"<div style='{_GRID}'>{rows}</div>")
