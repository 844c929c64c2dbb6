"""Trying a technique: its cost, a small study that is queued, its curves, and the way into the comparison."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.records import Arm, Choice, Fact, State
from explorer.splits import side_counts
from explorer.store.store import Store
from explorer.techniques.discovery import ready_arms
from explorer.ui import texts
from explorer.ui.trying import BUDGETS, SEEDS, small_study
from tests.pages.states import outcome, said

ARM = Arm("hog-two", "HOG, again", Choice("hog", {"side": 48}))
FREE = (Fact.POSITION,)


def page(fingerprint, name, technique):
    """Let an arm be tried against the majority class."""
    import streamlit as st

    from explorer.records import Arm, Choice, Fact
    from explorer.techniques.discovery import ready_arms
    from explorer.ui import study_read, trying

    data = study_read.dataset(fingerprint)
    arm = Arm(name, "HOG, again", Choice(technique, {"side": 48}))
    trying.trying(data, arm, ready_arms()["majority"], (Fact.POSITION,), place="here")
    st.markdown("below")


@pytest.fixture
def opened_with(saved, workspace, started):
    def open_page(name="hog-two", technique="hog"):
        app = AppTest.from_function(page, default_timeout=30, args=(saved.fingerprint, name, technique)).run()
        assert not app.exception, app.exception
        return app

    return open_page


def button(app, key):
    return app.button(key=key)


def test_the_study_is_small_fair_and_as_far_as_the_labels_reach(saved, make_dataset):
    study = small_study(saved, ARM, ready_arms()["majority"], FREE)
    # 14 images a class, of which 30 % judge: 10 teach.
    assert side_counts(saved, 0.3)[1].tolist() == [10, 10, 10]
    assert study.budgets == BUDGETS == (2, 5, 10)
    assert (study.seeds, study.free, study.dataset) == (SEEDS, FREE, saved.fingerprint)
    assert [arm.name for arm in study.arms] == ["majority", "hog-two"]
    assert small_study(make_dataset([0, 0, 1, 1]), ARM, ready_arms()["majority"], ()).budgets == (1,)


def test_it_says_what_it_compares_and_costs(opened_with):
    app = opened_with()
    assert "HOG, again" in said(app)
    assert "3 label budgets, 3 seeds." in said(app)
    assert button(app, "run-here").label.startswith("Try it (")
    assert "below" in said(app)
    assert "trials" not in said(app)  # nothing runs by itself


def test_one_press_queues_the_study_and_asks_for_the_engine(opened_with, workspace, started):
    app = opened_with()
    before = len(started)
    button(app, "run-here").click().run()
    assert not app.exception
    (row,) = Store(workspace.store).studies()
    study = Store(workspace.store).study(row.id)
    assert row.state is State.QUEUED
    assert [arm.name for arm in study.arms] == ["majority", "hog-two"]
    assert (study.budgets, study.seeds, study.free) == ((2, 5, 10), 3, FREE)
    assert len(started) > before
    assert f"0 of {len(study.trials())} trials" in said(app)


def test_its_curves_come_and_lead_to_the_compare_page(opened_with, workspace, saved):
    app = opened_with()
    button(app, "run-here").click().run()
    store = Store(workspace.store)
    study = store.study(store.studies()[0].id)
    store.start(study.id)
    trials = study.trials()
    shares = {"majority": 1 / 3, "hog-two": 5 / 6}
    store.finish(study.id, *(outcome(saved, each, shares[each.arm]) for each in trials[:4]))
    app.run()
    assert f"4 of {len(trials)} trials" in said(app)
    assert button(app, "cancel-here").label == texts.CANCEL
    store.finish(study.id, *(outcome(saved, each, shares[each.arm]) for each in trials[4:]))
    store.end(study.id, State.DONE)
    app.run()
    assert not app.exception
    assert "labels per class, HOG, again reaches" in said(app).replace("\\", ""), "as on the Compare page"
    assert button(app, "open-here").label == texts.OPEN_STUDY
    assert [each.key for each in app.button if each.key == "cancel-here"] == []


def test_it_can_be_cancelled(opened_with, workspace):
    app = opened_with()
    button(app, "run-here").click().run()
    button(app, "cancel-here").click().run()
    assert not app.exception
    store = Store(workspace.store)
    assert store.state(store.studies()[0].id) is State.CANCELLED


def test_what_went_wrong_with_it_is_told(opened_with, workspace):
    app = opened_with()
    button(app, "run-here").click().run()
    store = Store(workspace.store)
    id = store.studies()[0].id
    store.start(id)
    store.end(id, State.FAILED, "The disk is *full*.")
    app.run()
    assert [each.value for each in app.error] == ["The disk is \\*full\\*."]


def test_the_arm_goes_into_the_comparison(opened_with):
    app = opened_with()
    button(app, "add-here").click().run()
    assert app.session_state["basket"] == {"hog-two": ARM}
    assert "HOG, again" in app.toast[0].value


def test_a_name_that_is_taken_is_told(opened_with):
    app = opened_with(name="hog")
    button(app, "add-here").click().run()
    assert "ready-made arm 'hog'" in app.error[0].value.replace("\\", "")
    assert "basket" not in app.session_state


def test_an_arm_that_cannot_be_run_says_why_and_leaves_the_page_whole(opened_with):
    app = opened_with(technique="nothing")
    assert "There is no model technique 'nothing'" in app.error[0].value.replace("\\", "")
    assert "below" in said(app)
    assert not app.button
