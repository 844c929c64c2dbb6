"""Links to a page name what is chosen on it by names that stay, and not by what people read."""

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


# ---- what is looked at in a study --------------------------------------------------------------------------------


def looked_at(app):
    assert not app.exception, app.exception
    return {key: app.selectbox(key=key).value for key in ("arm", "budget", "seed")}


@pytest.mark.parametrize(
    "told",
    [
        {"arm": "majority", "budget": "1", "seed": "1"},
        {"arm": "Majority class", "budget": "1 / class", "seed": "seed 1"},  # as earlier links have it
    ],
)
def test_a_link_names_technique_labels_and_seed_by_names_or_by_titles_as_earlier_ones_did(opened, done, told):
    assert looked_at(opened("understand", study="s1", **told)) == {"arm": "majority", "budget": "1", "seed": "1"}


def test_a_link_to_all_seeds_of_a_study_is_one_by_name_or_by_words(opened, done):
    for told in ("all", "all 2 together", "all 9 together", "seed 9", "nothing"):
        assert looked_at(opened("understand", study="s1", seed=told))["seed"] == "all"
    unknown = looked_at(opened("understand", study="s1", arm="nobody", budget="7"))
    assert unknown == looked_at(opened("understand", study="s1"))


def test_what_is_looked_at_is_named_in_the_address(opened, done):
    app = opened("understand", study="s1")
    assert [address(app, key) for key in ("arm", "budget", "seed")] == [None] * 3
    for key, name in (("arm", "majority"), ("budget", "1"), ("seed", "1")):
        app.selectbox(key=key).select(name).run()
    assert [address(app, key) for key in ("arm", "budget", "seed")] == ["majority", "1", "1"]
    assert looked_at(app) == {"arm": "majority", "budget": "1", "seed": "1"}


def test_what_is_looked_at_stays_though_a_study_goes_on_and_is_named_once_it_was_chosen(
    opened, study, saved, workspace
):
    made, store = study(state=State.RUNNING), Store(workspace.store)
    small = [each for each in made.trials() if each.budget == 1]
    store.finish("s1", *(outcome(saved, each, 0.9 if each.arm == "majority" else 0.3) for each in small))
    app = opened("understand", study="s1")
    before = looked_at(app)
    assert (before["arm"], before["budget"]) == ("majority", "1")
    others = [each for each in made.trials() if each.budget != 1]
    store.finish("s1", *(outcome(saved, each, 0.9 if each.arm == "hog" else 0.3) for each in others))
    assert looked_at(app.run()) == before
    app.selectbox(key="arm").select("hog").run()
    app.selectbox(key="arm").select("majority").run()
    assert address(app, "arm") == "majority", "another one is the best by now"
