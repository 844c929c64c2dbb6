"""Choices that a link to a page carries by name: `?metric=log_loss`.

Streamlit can bind a widget to the address by itself, but writes there what people read, such as "Log loss": words that
change from one version to the next, and links with them.
"""

from collections.abc import Mapping

import streamlit as st


def choice(
    label: str, titles: Mapping[str, str], default: str, *, key: str, tip: str, moves_with: object = None
) -> str:
    """Show a choice among `titles`, by name, and return the name of what was chosen.

    moves_with    what the default is of where it is no fixed one, such as the study whose best technique it is: it is
                  taken anew where that is another, and stays as it was though the best be another meanwhile. Such a
                  default is named in the address once it is chosen. None = a fixed one, which is not.

    The address holds the name under the key; one that is none of them is ignored. Who follows a link, or goes back in
    the browser, has chosen what the address says.
    """
    fixed = moves_with is None
    told, of_earlier_links = st.query_params.get(key), {title: name for name, title in titles.items()}
    seen = told, default if fixed else moves_with
    if st.session_state.get(key) not in titles or st.session_state.get(_seen(key)) != seen:
        st.session_state[key] = told if told in titles else of_earlier_links.get(told or "", default)
        st.session_state[_seen(key)] = seen
    chosen = st.selectbox(
        label,
        list(titles),
        format_func=titles.__getitem__,
        key=key,
        help=tip,
        on_change=_keep,
        args=(key, seen[1], default if fixed else None),
    )
    return str(chosen)


def _keep(key: str, moves_with: object, unnamed: str | None) -> None:
    """Put what was just chosen into the address, but for a default that is `unnamed` there."""
    chosen = st.session_state[key]
    if chosen != unnamed:
        st.query_params[key] = chosen
    elif key in st.query_params:
        del st.query_params[key]
    st.session_state[_seen(key)] = st.query_params.get(key), moves_with


def _seen(key: str) -> str:
    """Return where the session keeps what the address said, and what the default was, or was of."""
    return f"{key}-of-address"
