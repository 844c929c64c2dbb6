"""The example data sets as cards with pictures."""

import html

import streamlit as st

from explorer.datasets.examples import Example, examples, open_example
from explorer.ui import shell, texts
from explorer.ui.thumbnails import embedded

#: Three lines of quiet text, no more and no less, so that cards stand level.
_LINE = (
    "<div style='font-size:13px;line-height:1.5;height:4.5em;opacity:.75;overflow:hidden;"
    "display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3'>{text}</div>"
)
#: The picture stands inside the page: one that is asked for on the way to another page is gone from the server by then.
_PICTURE = "<img src='{source}' alt='Ten images of {title}' style='width:100%;display:block;border-radius:8px'>"


def cards() -> None:
    """Show every example; opening one leads to the Data page."""
    with st.grid(3, min_column_width=210, gap="small"):
        for example in examples().values():
            _card(example)


def _card(example: Example) -> None:
    with st.container(border=True, gap="xsmall", key=f"card-{example.name}"):
        st.html(_PICTURE.format(source=embedded(example.thumbnail.read_bytes()), title=html.escape(example.title)))
        st.markdown(f"**{example.title}**")
        st.html(_LINE.format(text=html.escape(example.one_line)))
        with st.container(horizontal=True, gap="small"):
            tip = texts.OPEN_EXAMPLE_TIP.format(title=example.title, teaches=example.teaches)
            if st.button(texts.OPEN_EXAMPLE, key=f"open-{example.name}", help=tip):
                open_it(example.name, then="pages/data.py")
            tip = texts.ABOUT_TIP.format(title=example.title)
            if st.button(texts.ABOUT_EXAMPLE, key=f"about-{example.name}", type="tertiary", help=tip):
                _about(example)


def open_it(name: str, *, then: str) -> None:
    """Open an example as the chosen data set and go to the page `then`."""
    with shell.told(), st.spinner(texts.READING):
        opened = open_example(name, shell.workspace())
        shell.forget("study")
        shell.remember(data=opened.dataset.fingerprint)
        st.switch_page(then, query_params=shell.address())


def _about(example: Example) -> None:
    title, _, told = example.page.read_text(encoding="utf-8").partition("\n")

    def truth() -> None:
        st.markdown(told if title == f"# {example.title}" else f"{title}\n{told}")

    st.dialog(example.title, width="large")(truth)()
