"""Deleting a data set or a study: named before it goes, refused while it is worked on, and not offered to everybody."""

from pathlib import Path

import pytest

from explorer.datasets.saved import list_saved
from explorer.errors import DataError
from explorer.records import State
from explorer.store.store import Store
from explorer.ui import study_read, texts
from tests.pages.states import said


def keys(app):
    return [str(button.key) for button in app.button]


def test_a_study_goes_from_the_list_once_it_is_confirmed(opened, study, saved, workspace):
    study(done=3, state=State.DONE)
    app = opened("compare", study="s1")
    app.button(key="delete-study-s1").click().run()
    assert "**Shapes** goes for good: 3 finished trials" in said(app)
    app.button(key="delete-no").click().run()
    assert [row.id for row in Store(workspace.store).studies()] == ["s1"]
    app.button(key="delete-study-s1").click().run()
    app.button(key="delete-yes").click().run()
    assert not app.exception
    assert Store(workspace.store).studies() == ()
    assert "study" not in app.query_params
    assert not app.warning  # it is closed, and not told as one that never existed
    assert list_saved(workspace) == (saved.fingerprint,)
    assert texts.NO_EARLIER in said(app)


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_what_is_worked_on_cannot_be_deleted_and_says_so(opened, study, saved, workspace, state):
    study(done=1, state=state)
    words = texts.DELETE_ACTIVE.format(name="Shapes", state=texts.STATE_WORDS[state])
    app = opened("compare", study="s1")
    app.button(key="delete-study-s1").click().run()
    assert [each.value for each in app.warning] == [words]
    assert "delete-yes" not in keys(app)
    app = opened("data", data=saved.fingerprint)
    app.button(key=f"delete-open-{saved.fingerprint}").click().run()
    assert [each.value for each in app.warning] == [words]
    assert "delete-yes" not in keys(app)
    assert list_saved(workspace) == (saved.fingerprint,)


def test_a_study_that_was_begun_meanwhile_is_told_and_stays(opened, study, workspace):
    study(done=1, state=State.CANCELLED)
    app = opened("compare", study="s1")
    app.button(key="delete-study-s1").click().run()
    Store(workspace.store).resume("s1")
    app.button(key="delete-yes").click().run()
    assert "Cancel it before it is deleted" in app.toast[0].value
    assert [row.id for row in Store(workspace.store).studies()] == ["s1"]


def test_the_question_stays_while_the_page_runs_again_by_itself_until_it_is_answered(opened, study, saved):
    study(done=3, state=State.DONE)
    app = opened("compare", data=saved.fingerprint)
    app.button(key="delete-study-s1").click().run()
    app.run()  # what was waited for is there
    assert "delete-yes" in keys(app)
    app.button(key="delete-no").click().run()
    assert "delete-yes" not in keys(app)
    app.run()
    assert "delete-yes" not in keys(app)


def test_each_button_that_deletes_says_what(opened, study, saved):
    for id in ("s1", "s2"):
        study(done=3, state=State.DONE, id=id)
    app = opened("compare", study="s1")
    told = {button.key: button.label for button in app.button}
    for id in ("s1", "s2"):
        assert told[f"delete-study-{id}"] == texts.DELETE.format(name=told[f"study-{id}"])
    app = opened("data")
    labels = [button.label for button in app.button if str(button.key).startswith("delete-")]
    assert labels
    assert all(saved.name in label for label in labels)


def test_a_data_set_goes_with_the_studies_on_it_and_both_are_named(opened, study, saved, workspace):
    study(done=12, state=State.DONE)
    app = opened("data", data=saved.fingerprint, study="s1")
    app.button(key=f"delete-open-{saved.fingerprint}").click().run()
    assert f"copy of its {len(saved)} images, and 1 study on them: “Shapes”" in said(app)
    app.button(key="delete-yes").click().run()
    assert not app.exception
    assert list_saved(workspace) == ()
    assert Store(workspace.store).studies() == ()
    assert not app.query_params
    assert texts.CHOOSE_LEAD in said(app)
    assert not app.warning
    with pytest.raises(DataError):
        study_read.dataset(saved.fingerprint)


def test_a_data_set_on_which_a_study_was_begun_meanwhile_stays_with_all_its_studies(opened, study, saved, workspace):
    study(done=12, state=State.DONE)
    app = opened("data", data=saved.fingerprint)
    app.button(key=f"delete-open-{saved.fingerprint}").click().run()
    study(id="s2")
    app.button(key="delete-yes").click().run()
    assert app.toast[0].value == texts.DELETE_BEGUN
    assert list_saved(workspace) == (saved.fingerprint,)
    assert {row.id for row in Store(workspace.store).studies()} == {"s1", "s2"}


def test_a_study_that_was_deleted_elsewhere_meanwhile_keeps_no_data_set(opened, study, saved, workspace):
    study(done=12, state=State.DONE)
    app = opened("data", data=saved.fingerprint)
    app.button(key=f"delete-open-{saved.fingerprint}").click().run()
    Store(workspace.store).delete("s1")
    app.button(key="delete-yes").click().run()
    assert not app.toast
    assert list_saved(workspace) == ()


def test_where_the_images_cannot_be_deleted_their_studies_stay(opened, study, saved, workspace, monkeypatch):
    study(done=12, state=State.DONE)
    app = opened("data", data=saved.fingerprint)
    app.button(key=f"delete-open-{saved.fingerprint}").click().run()

    def refuse(self, target):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "rename", refuse)
    app.button(key="delete-yes").click().run()
    assert "in use" in app.toast[0].value
    assert [row.id for row in Store(workspace.store).studies()] == ["s1"]


def test_a_data_set_without_studies_goes_from_the_list(opened, saved, workspace):
    app = opened("data")
    app.button(key=f"delete-earlier-{saved.fingerprint}").click().run()
    assert f"copy of its {len(saved)} images. This" in said(app)
    app.button(key="delete-yes").click().run()
    assert not app.exception
    assert list_saved(workspace) == ()


def test_a_study_that_was_tried_and_deleted_is_not_looked_for(opened, saved, workspace):
    app = opened("denoise", data=saved.fingerprint)
    app.button(key="run-denoise").click().run()
    store = Store(workspace.store)
    (row,) = store.studies()
    store.cancel(row.id)
    store.delete(row.id)
    app.run()
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("button", ["cancel", "resume"])
def test_a_press_on_a_study_that_was_deleted_elsewhere_is_told(opened, study, workspace, button):
    study(done=3, state=State.RUNNING if button == "cancel" else State.CANCELLED)
    app = opened("compare", study="s1")
    Store(workspace.store).cancel("s1")
    Store(workspace.store).delete("s1")
    app.button(key=button).click().run()
    assert not app.exception
    assert "There is no study" in app.error[0].value


def test_a_hosted_app_lets_nobody_delete(opened, study, saved, monkeypatch):
    study(done=12, state=State.DONE)
    monkeypatch.setenv("APP_MODE", "hosted")
    for page in ("data", "compare"):
        app = opened(page, data=saved.fingerprint, study="s1")
        assert not [key for key in keys(app) if key.startswith("delete")]
