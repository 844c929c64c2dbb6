"""A choice that is made in its box or by a press elsewhere, while the browser may tell what the box had before."""

import pytest
from streamlit.testing.v1 import AppTest


def page():
    """Show a box, and a button that chooses in its place."""
    import streamlit as st

    from explorer.ui import either_way

    st.button("c", key="press", on_click=either_way.choose, args=("letter", "c"))
    st.markdown(either_way.box("Letter", ["a", "b", "c"], key="letter", shown=str.upper, help="A letter"))


@pytest.fixture
def app():
    return AppTest.from_function(page, default_timeout=30).run()


def chosen(app):
    assert not app.exception, app.exception
    (box,) = app.selectbox
    assert box.value == app.markdown[0].value
    return box.value


def test_both_ways_choose_and_the_last_one_counts(app):
    assert chosen(app) == "a"
    app.selectbox[0].set_value("b").run()
    assert chosen(app) == "b"
    app.button(key="press").click().run()
    assert chosen(app) == "c"
    app.selectbox[0].set_value("a").run()
    assert chosen(app) == "a"
    app.button(key="press").click().run()
    assert chosen(app) == "c"


def test_a_press_stays_where_the_browser_still_tells_what_the_box_had_before(app):
    before = app.selectbox[0].set_value("b").run()._tree.get_widget_states()
    app.button(key="press").click().run()
    app._run(before)  # a poll that was on its way
    app._run(None)  # the run that it asked for
    assert chosen(app) == "c"


def test_what_is_not_among_the_options_is_not_chosen(app):
    app.session_state["chosen-letter"] = "z"
    app.run()
    assert chosen(app) == "a"
