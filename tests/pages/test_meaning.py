"""The three questions of a plan: asked of the engine, answered by the images, and by the user in the end."""

import json
from dataclasses import asdict

import pytest

from explorer.engine.asking import is_asked
from explorer.facts import _file
from explorer.records import Fact, Finding, State
from explorer.store.store import Store
from explorer.suggesting import Suggestion, unjudged
from explorer.ui import study_read, texts
from tests.pages.states import question, said

NAMES = ("turned", "mirrored", "shifted")
FOUND = Suggestion((Fact.ORIENTATION,), {fact: f"The reason for {fact}." for fact in Fact}, dict.fromkeys(NAMES, 0.5))


@pytest.fixture
def answer(workspace, saved):
    """Return a function that answers as the engine does."""

    def put(found=FOUND):
        _file(saved.fingerprint, workspace.cache).write_text(json.dumps(asdict(found)))
        (workspace.home / "asked" / saved.fingerprint).unlink(missing_ok=True)

    return put


def answers(app):
    return {radio.key.split("-")[1]: radio.value for radio in app.radio}


def run_two_quick_arms(app, workspace):
    for box in app.checkbox:
        if not box.disabled:
            box.set_value(box.key in ("arm-majority", "arm-hog"))
    app.button(key="run").click().run()
    assert not app.exception
    (row,) = Store(workspace.store).studies()
    return Store(workspace.store).study(row.id)


def test_a_plan_asks_the_engine_and_does_not_wait(opened, saved, workspace, started):
    app = opened("compare", data=saved.fingerprint)
    assert [radio.label for radio in app.radio] == list(texts.MEANING.values())
    assert answers(app) == dict.fromkeys(("orientation", "intensity", "position"), "unsure")
    assert texts.MEANING_LOOKING in said(app)
    assert is_asked(workspace, saved.fingerprint)
    assert started
    assert run_two_quick_arms(app, workspace).free == ()


def test_the_answer_of_the_images_is_put_in_with_its_reason(opened, saved, answer, workspace):
    app = opened("compare", data=saved.fingerprint)
    answer()
    app.run()
    assert answers(app) == {"orientation": "no", "intensity": "unsure", "position": "yes"}
    assert texts.MEANING_FOUND in said(app)
    assert question(app, "orientation").help.endswith("The reason for orientation.")
    assert run_two_quick_arms(app, workspace).free == (Fact.ORIENTATION,)


def test_the_user_has_the_last_word(opened, saved, answer, workspace):
    app = opened("compare", data=saved.fingerprint)
    question(app, "orientation").set_value("yes").run()
    answer()
    app.run()
    assert answers(app) == {"orientation": "yes", "intensity": "unsure", "position": "yes"}
    question(app, "position").set_value("unsure")
    question(app, "intensity").set_value("no").run()
    assert answers(app) == {"orientation": "yes", "intensity": "no", "position": "unsure"}
    assert run_two_quick_arms(app, workspace).free == (Fact.INTENSITY,)


def test_an_answer_that_a_check_of_the_data_contradicts_is_warned_of(opened, saved, answer, monkeypatch):
    told = Finding("shortcut-intensity", "The mean intensity alone tells the class. Look at it.", "warning")
    monkeypatch.setattr(study_read, "warnings", lambda fingerprint: (told,))
    answer()
    app = opened("compare", data=saved.fingerprint)
    assert not app.warning
    assert texts.MEANING_FOUND in said(app)
    question(app, "intensity").set_value("no").run()
    (warning,) = app.warning
    assert warning.value.endswith("The mean intensity alone tells the class. Look at it.")
    assert texts.MEANING_CORRECTED in said(app)


def test_an_answer_against_the_probe_is_doubted_in_one_quiet_sentence(opened, saved, answer):
    answer()
    app = opened("compare", data=saved.fingerprint)
    assert not any(words in said(app) for words in texts.MEANING_DOUBTED.values())
    question(app, "position").set_value("no").run()
    assert texts.MEANING_DOUBTED["position"] in said(app)
    assert texts.MEANING_DOUBTED["orientation"] not in said(app)
    assert not app.warning
    question(app, "position").set_value("unsure").run()
    assert texts.MEANING_DOUBTED["position"] not in said(app)


def test_nothing_is_said_to_be_answered_from_the_images_where_the_user_answered_all(opened, saved, answer):
    answer()
    app = opened("compare", data=saved.fingerprint)
    question(app, "orientation").set_value("yes").run()
    assert texts.MEANING_CORRECTED in said(app)  # position is still answered by the images
    question(app, "position").set_value("unsure").run()
    assert texts.MEANING_CORRECTED not in said(app)
    assert texts.MEANING_SAID in said(app)


def test_what_the_user_said_is_still_said_after_another_page(opened, saved, answer, workspace):
    answer()
    app = opened("compare", data=saved.fingerprint)
    question(app, "orientation").set_value("yes")
    question(app, "intensity").set_value("no").run()
    opened("data", data=saved.fingerprint)
    assert not app.radio or "meaning" not in app.radio[0].key
    opened("compare", data=saved.fingerprint)
    assert answers(app) == {"orientation": "yes", "intensity": "no", "position": "yes"}


def test_what_is_known_is_not_asked_again(opened, saved, answer, workspace):
    answer()
    app = opened("compare", data=saved.fingerprint)
    assert answers(app)["orientation"] == "no"
    assert not is_asked(workspace, saved.fingerprint)


@pytest.mark.parametrize("kept", [True, False])
def test_images_that_could_not_be_judged_leave_the_questions_open(opened, saved, answer, workspace, kept):
    app = opened("compare", data=saved.fingerprint)
    answer(unjudged("There are 3 images."))
    if not kept:
        _file(saved.fingerprint, workspace.cache).unlink()  # the engine took the question and found nothing
    app.run()
    assert answers(app) == dict.fromkeys(("orientation", "intensity", "position"), "unsure")
    assert texts.MEANING_UNJUDGED in said(app)
    app.run()
    assert not is_asked(workspace, saved.fingerprint)


def test_what_was_taken_for_meaningless_stands_with_the_study(opened, study):
    study(done=12, state=State.DONE)
    assert texts.FACT_FREE_NONE in said(opened("compare", study="s1"))


def test_a_later_suggestion_comes_by_a_question_that_begins_with_it(opened, saved, answer):
    """A value that is set in the session of a widget that stands is lost where the page runs again at once."""
    app = opened("compare", data=saved.fingerprint)
    before = question(app, Fact.ORIENTATION)
    assert before.value == "unsure"
    answer()
    app.run()
    after = question(app, Fact.ORIENTATION)
    assert after.key != before.key
    assert after.proto.default == after.options.index(texts.MEANING_ANSWERS["no"])
    assert not after.proto.set_value
