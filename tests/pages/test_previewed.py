"""A preview on a page: waited for, shown, kept under a slider, told where it fails, and withdrawn."""

import os
import threading
import time

import pytest
from streamlit.testing.v1 import AppTest

from explorer.engine.previewing import ENDED, is_wanted
from explorer.previews.answers import Preview, Wanted, answer, keep, keep_part
from explorer.ui import previewed, texts
from tests.pages.states import said


def page():
    """Show a number that the engine makes of another one."""
    import streamlit as st

    from explorer.previews.answers import Wanted
    from explorer.ui import previewed as previewed_module
    from explorer.ui import shell
    from explorer.ui.previewed import is_shown, leave, linger, previewed, withdraw

    previewed_module.arrive()
    number = st.number_input("Number", 0, 99, 1, key="number")
    name = st.selectbox("Preview", ["square", "cube"], key="name")
    wanted = Wanted(name, "data", {"number": int(number)})
    if st.checkbox("Withdraw", key="withdraw"):
        withdraw("one")
        st.stop()
    if st.checkbox("Leave", key="leave"):
        leave()
        st.stop()
    stays = st.checkbox("Stays", key="stays")
    with shell.told():
        found = previewed(wanted, place="one", height=200, stays=stays)
        st.markdown("nothing" if found is None else f"found {found.facts['n']}")
        st.markdown(f"fresh {is_shown(wanted, 'one')}")
        if st.button("Press", key="press"):
            st.markdown("pressed")
        linger()


@pytest.fixture
def app(workspace, started):
    return AppTest.from_function(page, default_timeout=30)


def wish(number, name="square"):
    return Wanted(name, "data", {"number": number})


def wishes(workspace):
    return [Wanted.of(path.read_text()) for path in (workspace.home / "wanted").glob("*.wanted")]


def answered(workspace, number, name="square", **what):
    keep(wish(number, name), Preview(**(what or {"facts": {"n": number}})), workspace.cache)
    for path in (workspace.home / "wanted").glob("*.wanted"):
        path.unlink()


def words(app):
    return [each.value for each in app.markdown]


def test_the_first_one_is_waited_for_in_a_place_of_its_height(app, workspace, started):
    app.run()
    assert not app.exception
    assert words(app) == ["nothing", "fresh False"]
    assert wishes(workspace) == [wish(1)]
    assert texts.PREVIEW_FIRST in said(app)
    assert started
    answered(workspace, 1)
    app.run()
    assert words(app) == ["found 1", "fresh True"]
    assert texts.PREVIEW_FIRST not in said(app)


def test_an_engine_that_runs_is_not_said_to_start(app, monkeypatch):
    monkeypatch.setattr("explorer.ui.previewed.ensure_engine", lambda space: True)
    app.run()
    assert texts.PREVIEW_NEXT in said(app)
    assert texts.PREVIEW_FIRST not in said(app)


def test_what_is_kept_is_shown_at_once_and_not_asked_for(app, workspace, started):
    answered(workspace, 1)
    app.run()
    assert words(app) == ["found 1", "fresh True"]
    assert not (workspace.home / "wanted").exists()
    assert not started


def test_the_one_before_stays_until_the_new_one_is_made(app, workspace):
    answered(workspace, 1)
    app.run()
    app.number_input(key="number").set_value(2).run()
    assert words(app) == ["found 1", "fresh False"]
    assert wishes(workspace) == [wish(2)]
    assert texts.PREVIEW_FIRST not in said(app)
    answered(workspace, 2)
    app.run()
    assert words(app) == ["found 2", "fresh True"]


def test_another_preview_shows_nothing_of_the_one_before(app, workspace):
    answered(workspace, 1)
    app.run()
    app.selectbox(key="name").set_value("cube").run()
    assert words(app) == ["nothing", "fresh False"]
    assert texts.PREVIEW_FIRST in said(app)


def test_a_wish_is_made_once_so_that_asking_does_not_end_what_is_being_made(app, workspace):
    app.run()
    (path,) = (workspace.home / "wanted").glob("*.wanted")
    before = path.stat().st_ino
    path.rename(path.with_suffix(".taken"))  # the engine is at it
    app.run()
    app.run()
    assert wishes(workspace) == []
    assert path.with_suffix(".taken").stat().st_ino == before, "it is touched, and not written anew"


def test_a_wish_that_went_with_an_engine_is_made_again(app, workspace):
    app.run()
    for path in (workspace.home / "wanted").iterdir():
        path.unlink()
    app.run()
    assert wishes(workspace) == [wish(1)]


def test_why_there_is_none_is_told_without_marks(app, workspace):
    answered(workspace, 1, problem="No *stars* here.")
    app.run()
    assert [each.value for each in app.warning] == ["No \\*stars\\* here."]
    assert words(app) == ["nothing", "fresh False"]
    assert not [each for each in app.button if each.key == "again-one"]


def test_what_ended_its_maker_can_be_tried_again(app, workspace):
    answered(workspace, 1, problem=ENDED)
    app.run()
    assert "ended" in app.warning[0].value
    assert wishes(workspace) == []
    app.button(key="again-one").click().run()
    assert answer(wish(1), workspace.cache) is None
    assert wishes(workspace) == [wish(1)]
    answered(workspace, 1)
    app.run()
    assert words(app) == ["found 1", "fresh True"]


def test_what_is_withdrawn_is_not_wanted_and_can_be_wanted_again(app, workspace):
    app.run()
    assert wishes(workspace) == [wish(1)]
    app.checkbox(key="withdraw").check().run()
    assert wishes(workspace) == []
    app.checkbox(key="withdraw").uncheck().run()
    assert wishes(workspace) == [wish(1)]


@pytest.mark.parametrize("begun", [False, True])
def test_a_page_that_is_left_takes_its_wishes_along_but_not_what_somebody_has_begun(app, workspace, begun):
    app.run()
    app.checkbox(key="stays").set_value(begun).run()
    app.checkbox(key="leave").check().run()
    assert not app.exception
    assert wishes(workspace) == [wish(1)] * begun
    app.checkbox(key="leave").uncheck().run()
    assert wishes(workspace) == [wish(1)]


def test_what_there_is_of_it_is_shown_until_all_of_it_is_made(app, workspace):
    answered(workspace, 1)
    app.run()
    app.number_input(key="number").set_value(2).run()
    keep_part(wish(2), Preview(facts={"n": "a part of 2"}), workspace.cache)
    app.run()
    assert words(app) == ["found a part of 2", "fresh False"]
    answered(workspace, 2)
    app.run()
    assert words(app) == ["found 2", "fresh True"]


def test_what_follows_keeps_its_place_when_what_was_made_is_there(app, workspace):
    def place(told):
        return next(number for number, each in app.main.children.items() if getattr(each, "value", None) == told)

    answered(workspace, 1)
    app.run()
    before = place("found 1")
    app.number_input(key="number").set_value(2).run()
    assert (words(app), place("found 1")) == (["found 1", "fresh False"], before)
    answered(workspace, 2)
    app.run()
    assert place("found 2") == before


def test_what_is_made_in_a_moment_is_shown_by_the_same_press(app, workspace, monkeypatch):
    monkeypatch.setattr(previewed, "engine_running", lambda space: True)
    app.run()
    maker = threading.Timer(0.1, answered, (workspace, 2))
    maker.start()
    app.number_input(key="number").set_value(2).run()
    assert words(app) == ["found 2", "fresh True"]
    maker.join()


def test_nothing_is_waited_for_for_longer_than_a_moment_or_without_an_engine(app, workspace, monkeypatch):
    monkeypatch.setattr(previewed, "MOMENT", 60.0)
    app.run()  # which would take longer than it may
    (path,) = (workspace.home / "wanted").glob("*.wanted")
    path.rename(path.with_suffix(".taken"))  # the engine is at it
    monkeypatch.setattr(previewed, "MOMENT", 0.3)
    monkeypatch.setattr(previewed, "engine_running", lambda space: True)
    start = time.monotonic()
    app.run()
    assert time.monotonic() - start >= 0.3
    assert words(app) == ["nothing", "fresh False"]


def test_what_the_engine_has_not_begun_is_not_waited_for(app, workspace, monkeypatch):
    monkeypatch.setattr(previewed, "MOMENT", 60.0)  # longer than the page may take
    monkeypatch.setattr(previewed, "engine_running", lambda space: True)
    app.run()
    assert words(app) == ["nothing", "fresh False"]
    assert wishes(workspace) == [wish(1)]


def test_what_is_pressed_while_an_answer_comes_is_not_lost(app, workspace, monkeypatch):
    app.run()
    real = previewed._ask

    def ask(wanted, place, **known):  # the engine answers between the first look for it and the next
        real(wanted, place, **known)
        answered(workspace, 1)

    monkeypatch.setattr(previewed, "_ask", ask)
    app.button(key="press").click().run()
    assert "pressed" in words(app)


def page_of_a_long_one():
    """Show what takes long to make, and can be cancelled."""
    import streamlit as st

    from explorer.previews.answers import Wanted
    from explorer.ui.previewed import previewed

    previewed(
        Wanted("square", "data", {"number": 1}),
        place="one",
        height=200,
        cancelled=lambda: st.session_state.update(no=1),
    )


def test_a_cancel_that_is_pressed_while_an_answer_comes_is_not_lost(workspace, started, monkeypatch):
    """The button is part of what polls, which runs the page again as soon as it sees the answer."""
    app = AppTest.from_function(page_of_a_long_one, default_timeout=30).run()
    monkeypatch.setattr(previewed, "being_drawn", lambda: iter(()))  # a test runs the page as a whole: so let it poll
    real = previewed._ask

    def ask(wanted, place, **known):
        real(wanted, place, **known)
        answered(workspace, 1)

    monkeypatch.setattr(previewed, "_ask", ask)
    app.button(key="stop-one").click().run()
    assert not app.exception
    assert app.session_state["no"] == 1


def test_every_visitor_has_places_of_their_own(app, workspace, started):
    app.run()
    other = AppTest.from_function(page, default_timeout=30).run()
    assert len(wishes(workspace)) == 2
    assert app.session_state["visitor"] != other.session_state["visitor"]
    assert is_wanted(workspace, f"{app.session_state['visitor']}-one")


def test_a_place_that_cannot_be_written_is_told(app, workspace):
    (workspace.home / "wanted").write_text("a file where the folder should be")
    app.run()
    assert not app.exception
    assert "cannot be written" in app.error[0].value


# ---- several at once -------------------------------------------------------------------------------------------


def page_of_several():
    """Show two numbers that the engine makes of another one."""
    import streamlit as st

    from explorer.previews.answers import Wanted
    from explorer.ui.previewed import gathered

    number = int(st.number_input("Number", 0, 99, 1, key="number"))
    wishes = {name: Wanted(name, "data", {"number": number}) for name in ("square", "cube")}
    for name, shown in gathered(wishes, place="all", words="words").items():
        st.markdown(f"{name} {'nothing' if shown.found is None else shown.found.facts['n']} {shown.stale}")


def test_several_are_waited_for_so_that_none_is_given_up_as_if_nobody_were_there(workspace, started):
    app = AppTest.from_function(page_of_several, default_timeout=30).run()
    paths = list((workspace.home / "wanted").glob("*.wanted"))
    assert len(paths) == 2
    for path in paths:
        os.utime(path.rename(path.with_suffix(".taken")), (1, 1))  # the engine is at them, for long
    app.run()
    assert all(path.with_suffix(".taken").stat().st_atime > 1 for path in paths)
    assert wishes(workspace) == []


def test_of_several_what_was_wanted_before_is_withdrawn(workspace, started):
    for name in ("square", "cube"):
        keep(wish(1, name), Preview(facts={"n": 1}), workspace.cache)
    app = AppTest.from_function(page_of_several, default_timeout=30).run()
    app.number_input(key="number").set_value(2).run()
    assert len(wishes(workspace)) == 2
    app.number_input(key="number").set_value(1).run()
    assert words(app) == ["square 1 False", "cube 1 False"]
    assert wishes(workspace) == []
