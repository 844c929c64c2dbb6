"""What the address of a page remembers, and what going back in the browser closes."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui import shell

#: Something else in the address: a test of Streamlit does not tell a page that its address is empty.
OTHER = {"other": "1"}


def page():
    """Open what the widgets name, after the address was put back as in every run of the app."""
    import streamlit as st

    from explorer.ui import shell

    shell._put_back()
    if st.checkbox("Open", key="open"):
        shell.remember(study="s", data="d")
    st.markdown(str(shell.address()))


@pytest.fixture
def app():
    found = AppTest.from_function(page, default_timeout=30)
    found.query_params = {**OTHER}
    return found.run()


@pytest.fixture
def visit(app, monkeypatch):
    """Return a function that runs the page at an address, after a click or a step back, and gives what is open."""

    def go(back, **query):
        app.query_params = {**OTHER, **query}
        monkeypatch.setattr(shell, "_went_back", lambda: back)
        app.run()
        assert not app.exception, app.exception
        return eval(app.markdown[0].value)

    return go


def test_one_step_of_the_history_is_made_for_what_is_opened_together(monkeypatch):
    class Params(dict):
        steps = 0

        def update(self, other):
            self.steps += 1
            super().update(other)

    params = Params()
    monkeypatch.setattr(shell.st, "query_params", params)
    monkeypatch.setattr(shell.st, "session_state", {})
    shell.remember(study="s", data="d")
    shell.remember(study="s", data="d")
    shell.remember()
    assert (params.steps, dict(params)) == (1, {"study": "s", "data": "d"})


def test_a_click_in_the_navigation_drops_the_query_and_gets_it_back(app, visit):
    assert visit(False, study="s", data="d") == {"study": "s", "data": "d"}
    assert visit(False) == {"study": "s", "data": "d"}
    assert app.query_params == {**OTHER, "study": "s", "data": "d"}


def test_going_back_closes_what_was_opened_after(app, visit):
    visit(False, data="d")
    app.checkbox(key="open").check().run()
    assert app.query_params["study"] == "s"
    app.checkbox(key="open").uncheck()
    assert visit(True, data="d") == {"data": "d"}
    assert "study" not in app.query_params
    assert visit(False, data="d") == {"data": "d"}, "it stays closed"


def test_going_back_to_a_page_that_was_empty_empties_it(app, visit):
    app.checkbox(key="open").check().run()
    app.checkbox(key="open").uncheck()
    assert visit(True) == {}
    assert app.query_params == OTHER


def test_going_back_to_what_a_click_in_the_navigation_made_closes_nothing(app, visit):
    visit(False, data="d")
    assert visit(False) == {"data": "d"}  # a click in the navigation
    assert visit(True) == {"data": "d"}
