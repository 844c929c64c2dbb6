"""Links to the Compare page name a score and an axis by names that stay, and not by what people read."""

from dataclasses import replace

import pytest

from explorer.records import State
from explorer.scores import METRICS
from explorer.store.store import Store
from tests.pages.states import figure, outcome, study_of


@pytest.fixture
def done(study):
    return study(done=12, state=State.DONE)


def address(app, key):
    found = app.query_params.get(key)
    return found[0] if isinstance(found, list) else found


def title(app):
    return figure(app, "curves")[0]["layout"]["title"]["text"]


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_a_link_names_a_score_by_its_name_or_by_its_title_as_earlier_ones_did(opened, done, metric):
    for told in (metric.name, metric.title):
        app = opened("compare", study="s1", metric=told)
        assert app.selectbox(key="metric").value == metric.name
        assert title(app).startswith(metric.title)


@pytest.mark.parametrize("told", ["f1", "", "log_loss ", "{}", "Balanced"])
def test_an_unknown_score_is_ignored(opened, done, told):
    app = opened("compare", study="s1", metric=told, axis="money")
    assert app.selectbox(key="metric").value == "balanced_accuracy"
    assert app.selectbox(key="axis").value == "labels"


def test_what_is_chosen_is_named_in_the_address_and_the_default_is_not(opened, done):
    app = opened("compare", study="s1")
    app.selectbox(key="metric").select("log_loss").run()
    app.selectbox(key="axis").select("labelling").run()
    assert not app.exception
    assert (address(app, "metric"), address(app, "axis")) == ("log_loss", "labelling")
    assert title(app).startswith("Log loss")
    app.selectbox(key="metric").select("balanced_accuracy").run()
    assert address(app, "metric") is None
    assert title(app).startswith("Balanced accuracy")


def test_whoever_goes_back_chooses_what_the_address_says(opened, done):
    app = opened("compare", study="s1")
    app.selectbox(key="metric").select("log_loss").run()
    app.query_params["metric"] = "auroc"
    app.run()
    assert app.selectbox(key="metric").value == "auroc"
    app.run()
    app.selectbox(key="metric").select("accuracy").run()
    assert title(app).startswith("Accuracy"), "a choice is not undone by the address of before"


def test_another_study_shows_its_own_score_unless_one_was_chosen(opened, done, saved, workspace):
    store, other = Store(workspace.store), replace(study_of(saved, "s2"), metric="macro_f1")
    store.add(other)
    store.start("s2")
    store.finish("s2", *(outcome(saved, each, 0.5) for each in other.trials()))
    store.end("s2", store.state("s1"))
    app = opened("compare", study="s1")
    app.query_params["study"] = "s2"
    app.run()
    assert app.selectbox(key="metric").value == "macro_f1"
    app.selectbox(key="metric").select("auroc").run()
    app.query_params["study"] = "s1"
    app.run()
    assert app.selectbox(key="metric").value == "auroc"
