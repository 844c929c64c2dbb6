"""Choices that a link to a page carries by name: `?metric=log_loss`.

Streamlit can bind a widget to the address by itself, but writes there what people read, such as "Log loss": words that
change from one version to the next, and links with them.
"""

from collections.abc import Mapping

import streamlit as st


def choice(label: str, titles: Mapping[str, str], default: str, *, key: str, tip: str) -> str:
    """Show a choice among `titles`, by name, and return the name of what was chosen.

    The address holds it under the key, and nothing while it is the default; a name that is none of them is ignored. Who
    follows a link, or goes back in the browser, has chosen what the address says.
    """
    told, of_earlier_links = st.query_params.get(key), {title: name for name, title in titles.items()}
    if key not in st.session_state or st.session_state.get(_seen(key)) != (told, default):
        st.session_state[key] = told if told in titles else of_earlier_links.get(told or "", default)
        st.session_state[_seen(key)] = told, default
    chosen = st.selectbox(
        label,
        list(titles),
        format_func=titles.__getitem__,
        key=key,
        help=tip,
        on_change=_keep,
        args=(key, default),
    )
    return str(chosen)


def _keep(key: str, default: str) -> None:
    """Put what was just chosen into the address."""
    chosen = st.session_state[key]
    if chosen != default:
        st.query_params[key] = chosen
    elif key in st.query_params:
        del st.query_params[key]
    st.session_state[_seen(key)] = st.query_params.get(key), default


def _seen(key: str) -> str:
    """Return where the session keeps what the address said, and what the default was."""
    return f"{key}-of-address"
