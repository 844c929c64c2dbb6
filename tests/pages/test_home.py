"""The start page: the finished example's curves, an honest headline, and the ways in."""

import pytest

from explorer.datasets import examples as room
from explorer.export.folder import write
from explorer.ui import finished as shipped
from explorer.ui import texts
from tests.pages.states import figure, outcome, said, study_of


@pytest.fixture
def example(monkeypatch, tmp_path, saved):
    """Ship one example with a finished study."""
    source = next(iter(room.examples().values()))
    root = tmp_path / "samples"
    root.mkdir()
    (root / source.name).symlink_to(source.folder, target_is_directory=True)
    made = study_of(saved)
    shares = {"majority": 1 / 3, "hog": 5 / 6}
    outcomes = [outcome(saved, trial, shares[trial.arm]) for trial in made.trials()]
    write(root / "finished" / source.name, made, saved, outcomes)
    found = shipped.finished(root)
    monkeypatch.setattr(shipped, "finished", lambda: found)
    return room.examples(root)[source.name]


def test_curves_and_headline_are_of_the_same_numbers(app, example):
    app.run()
    assert not app.exception
    drawn, alt = figure(app, "finished-curves")
    ends = {trace["name"]: trace["y"][-1] for trace in drawn["data"] if trace["meta"] == "mean"}
    best = max(ends, key=ends.get)
    (head,) = [each.value for each in app.subheader if best in each.value]
    assert f"{100 * ends[best]:.0f}\u00a0%" in head
    assert best == "HOG + SVM"
    assert head in alt


def test_the_sentence_says_on_what_it_was_measured_and_which_words_are_names(app, example):
    app.run()
    (head,) = [each.value for each in app.subheader if "Measured on" in each.value]
    assert f"images ({example.title}): " in head
    assert "“HOG + SVM”" in head


def test_one_click_leads_to_a_filled_in_plan(app, example):
    app.run()
    app.button(key="try-example").click().run()
    assert not app.exception
    assert app.query_params["data"]
    assert app.button(key="run").label == texts.RUN


def test_without_a_finished_study_the_page_still_stands(app, monkeypatch):
    monkeypatch.setattr(shipped, "finished", lambda: None)
    app.run()
    assert not app.exception
    assert texts.NO_FINISHED in said(app)


def test_an_unknown_study_is_told_here_too(app):
    app.query_params["study"] = "nothing-here"
    app.run()
    assert [each.value for each in app.warning] == [texts.UNKNOWN_STUDY]
    assert "study" not in app.query_params


def test_a_store_that_cannot_be_read_is_told_and_the_page_still_stands(app, workspace):
    workspace.store.write_bytes(b"no database, but long enough to be taken for one" * 50)
    app.query_params["study"] = "s1"
    app.run()
    assert not app.exception
    (error,) = app.error
    assert "cannot be used" in error.value
    assert app.query_params["study"] == "s1"
    assert texts.MORE_EXAMPLES in said(app)


def test_own_images_lead_to_the_data_page(app):
    app.run()
    app.button(key="use-own").click().run()
    assert not app.exception
    assert texts.CHOOSE_TITLE in said(app)
