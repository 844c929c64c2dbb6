"""Arms that were composed on other pages, as the session keeps them."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from explorer.errors import StudyError
from explorer.records import Arm, Choice
from explorer.techniques.discovery import ready_arms
from explorer.ui import basket, texts
from tests.pages.conftest import APP
from tests.pages.states import said


@pytest.fixture
def session(monkeypatch):
    """Return a session outside of any page."""
    monkeypatch.setattr(basket.st, "session_state", kept := {})
    return kept


def arm(name, title="Mine", **settings):
    return Arm(name, title, Choice("small_cnn"), augmentation=Choice("gentle", settings))


def test_arms_come_in_the_order_in_which_they_were_added(session):
    assert basket.arms() == ()
    basket.add(arm("b"))
    basket.add(arm("a"))
    assert [each.name for each in basket.arms()] == ["b", "a"]


def test_a_later_arm_takes_the_place_of_an_earlier_one_of_its_name(session):
    basket.add(arm("b"))
    basket.add(arm("a"))
    basket.add(arm("b", shift=2))
    assert [(each.name, dict(each.augmentation.settings)) for each in basket.arms()] == [("b", {"shift": 2}), ("a", {})]


def test_an_arm_can_be_taken_out_once_or_twice(session):
    basket.add(arm("b"))
    basket.add(arm("a"))
    basket.remove("b")
    basket.remove("b")
    assert [each.name for each in basket.arms()] == ["a"]


def test_the_name_of_a_ready_made_arm_is_refused(session):
    with pytest.raises(StudyError, match="There is a ready-made arm 'baseline'"):
        basket.add(arm("baseline"))
    assert basket.arms() == ()


def test_what_a_ready_made_arm_does_is_compared_once_and_as_that_arm(session):
    same = Arm("mine", "Mine", Choice("small_cnn"), augmentation=Choice("standard"))
    for _ in range(2):
        assert basket.add(same) == ready_arms()["augmentation"]
    assert basket.arms() == ()
    assert basket.ready() == ("augmentation",)


def test_what_is_in_the_session_is_never_changed_in_place(session):
    basket.add(arm("a"))
    kept = session["basket"]
    basket.add(arm("b"))
    basket.remove("a")
    assert list(kept) == ["a"]


def test_the_compare_page_offers_them_ticked_and_lets_them_go(opened, saved):
    app: AppTest = opened("compare", data=saved.fingerprint)
    app.session_state["basket"] = {"a": arm("a", title="My own")}
    app.run()
    (box,) = [each for each in app.checkbox if each.key == "arm-a"]
    assert (box.label, box.value, box.disabled) == ("My own", True, False)
    assert "a=model:small" in box.help.replace("\\", "")
    app.button(key="remove-a").click().run()
    assert not app.exception
    assert not [each for each in app.checkbox if each.key == "arm-a"]
    assert "Composed by you" not in said(app)


def test_a_ready_made_arm_that_was_added_is_ticked_where_it_is_folded_away(opened, saved):
    app: AppTest = opened("compare", data=saved.fingerprint)
    assert not app.checkbox(key="arm-hog").value
    app.switch_page("pages/home.py").run()
    app.session_state["basket-ready"] = ("hog",)
    app.switch_page("pages/compare.py").run()
    assert app.checkbox(key="arm-hog").value
    (more,) = [each for each in app.expander if each.label == texts.MORE_ARMS]
    assert more.proto.expanded


SECTION = APP.read_text().partition("texts.SECTION_TECHNIQUES: [")[2].partition("texts.SECTION_COMPARE")[0]
PAGES = re.findall(r'"pages/(\w+)\.py"', SECTION)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_technique_begins_with_its_ready_made_arm(opened, saved, page):
    app = opened(page, data=saved.fingerprint)
    (add,) = [each for each in app.button if str(each.key).startswith("add-")]
    add.click().run()
    assert not app.exception
    assert not app.error
    assert "basket" not in app.session_state, "a second curve of the same"
    (name,) = app.session_state["basket-ready"]
    app.switch_page("pages/compare.py").run()
    assert app.checkbox(key=f"arm-{name}").value


def test_the_pages_of_the_techniques_are_known():
    assert len(PAGES) >= 5
