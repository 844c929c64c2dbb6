"""The Share page: what somebody else needs of a study, and nothing that changes while it runs."""

import shlex
from urllib.parse import urlsplit

import pytest

from explorer.commands.run import command
from explorer.datasets.examples import open_example
from explorer.records import State
from explorer.store.store import Store
from explorer.ui import results, sharing, texts
from tests.pages.states import figure, outcome, said, study_of


def codes(app):
    return [each.value for each in app.code]


def test_without_a_study_it_says_what_will_be_here_and_leads_to_compare(opened):
    app = opened("share")
    assert texts.SHARE_EMPTY in said(app)
    assert app.button(key="choose-compare").label == texts.SHARE_EMPTY_GO


def test_a_finished_study_shows_finding_figure_link_and_words(opened, study, saved):
    made = study(done=12, state=State.DONE)
    app = opened("share", study="s1")
    assert not app.error
    drawn, _ = figure(app, "shared-curves")
    assert {"HOG + SVM", "Majority class"} <= {each.get("name") for each in drawn["data"]}
    link, _, told = codes(app)
    assert link.endswith(f"/compare?study={made.id}")
    assert "Dalal and Triggs 2005, doi:10.1109/CVPR.2005.177" in told
    assert saved.fingerprint in said(app)


def test_while_it_runs_there_are_link_and_figure_but_no_files(opened, study):
    study(done=4, state=State.RUNNING)
    app = opened("share", study="s1")
    assert texts.SHARE_NOT_YET in said(app)
    assert len(codes(app)) == 1
    assert texts.SHARE_PAPER not in [each.value for each in app.subheader]


@pytest.mark.parametrize(
    ("mode", "address", "told"),
    [
        ("hosted", "https://curves.example.org/share?study=s1", texts.SHARE_HOSTED),
        ("local", "http://localhost:8501/share?study=s1", texts.SHARE_ITSELF),
        ("local", "http://lab-3.example.org:8501/tools/share?study=s1&data=d", texts.SHARE_NETWORK),
    ],
)
def test_who_can_open_the_link_is_said(opened, study, monkeypatch, mode, address, told):
    monkeypatch.setenv("APP_MODE", mode)
    monkeypatch.setattr(sharing, "here", lambda: urlsplit(address))
    study(done=12, state=State.DONE)
    app = opened("share", study="s1")
    assert {each for each in (texts.SHARE_HOSTED, texts.SHARE_ITSELF, texts.SHARE_NETWORK) if each in said(app)} == {
        told
    }
    assert codes(app)[0] == address.partition("share")[0] + "compare?study=s1"


def test_the_score_that_was_chosen_is_that_of_figure_link_and_words(opened, study):
    study(done=12, state=State.DONE)
    app = opened("share", study="s1", metric="log_loss")
    link, _, told = codes(app)
    assert link.endswith("compare?study=s1&metric=log_loss")
    assert "The score is log loss." in told
    assert texts.SHARE_ZIP_SCORE.format(score="balanced accuracy") in said(app)
    assert figure(app, "shared-curves")[0]["layout"]["title"]["text"].startswith("Log loss")
    assert "The zip is under" not in said(opened("share", study="s1", metric="balanced_accuracy"))


def test_the_page_looks_again_while_the_study_runs_and_shows_the_files_once_it_is_over(opened, study, workspace):
    made = study(done=4, state=State.RUNNING)
    app = opened("share", study="s1")
    assert texts.SHARE_NOT_YET in said(app)
    Store(workspace.store).end("s1", State.DONE)
    app.run()
    assert texts.SHARE_NOT_YET not in said(app)
    assert len(codes(app)) == 3
    assert made.id == "s1"


def test_nothing_is_handed_on_of_a_study_whose_trials_all_failed(opened, study):
    study(done=4, failed=range(4), state=State.DONE)
    app = opened("share", study="s1")
    assert texts.SHARE_NOTHING in said(app)
    assert len(codes(app)) == 1


def test_the_figure_that_is_handed_on_is_that_of_the_page(opened, study, monkeypatch):
    study(done=12, state=State.DONE)
    offered = []
    monkeypatch.setattr(results.Offered, "button", lambda self, width="content": offered.append(self))
    app = opened("share", study="s1")
    (figure,) = [each for each in offered if each.file.endswith(".svg")]
    drawn = figure.made()
    assert drawn.startswith("<svg")
    headline = max((each.value for each in app.subheader), key=len)
    assert all(word in drawn for word in headline.split()[:4])


def test_the_command_of_an_upload_makes_the_same_study_but_for_the_path(opened, study):
    made = study(done=12, state=State.DONE)
    words = shlex.split(codes(opened("share", study="s1"))[1])
    assert words[:5] == ["python", "-m", "explorer", "run", "PATH"]
    read = command.make_context("run", words[4:]).params
    assert (read["per_class"], read["seeds"], read["test_share"]) == (made.budgets, made.seeds, made.test_share)
    assert read["arms"].split(",") == [arm.name for arm in made.arms]


def test_the_command_of_an_example_names_it(opened, workspace):
    example = open_example("ising", workspace).dataset
    made, store = study_of(example, "s2"), Store(workspace.store)
    store.add(made)
    store.start("s2")
    store.finish("s2", outcome(example, made.trials()[0], 0.5))
    store.end("s2", State.CANCELLED)
    assert "run example:ising " in codes(opened("share", study="s2"))[1]
