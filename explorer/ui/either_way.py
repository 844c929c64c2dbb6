"""A choice that is made in its box, or elsewhere on the page by a press on what it is about.

While a page polls, the browser may tell the value that a box had before another one was set for it, and that would win:
the press would be lost. So what is chosen elsewhere begins a new box, of which the browser has nothing to tell.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def choose(key: str, value: object) -> None:
    """Choose a value elsewhere, before the box of that key is shown."""
    st.session_state[f"chosen-{key}"] = value
    st.session_state[_turns(key)] = st.session_state.get(_turns(key), 0) + 1


def box(label: str, options: Sequence[T], *, key: str, shown: Callable[[T], str], **known: Any) -> T:
    """Show the box and return what is chosen, the first of at least one option before anything is.

    `shown` puts an option into words; `known` goes to the box.
    """
    begun, turns = st.session_state.get(f"chosen-{key}"), st.session_state.get(_turns(key), 0)
    index = options.index(begun) if begun in options else 0
    found: T = st.selectbox(label, options, index, format_func=shown, key=f"{key}-{turns}" if turns else key, **known)
    return found


def _turns(key: str) -> str:
    return f"turns-{key}"
