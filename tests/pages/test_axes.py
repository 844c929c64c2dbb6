"""What a study's curves are drawn against, and their forecasts, on the Compare page."""

from dataclasses import replace

import pytest

from explorer.export import words
from explorer.records import State
from explorer.store.store import Store
from explorer.ui import texts
from tests.pages.states import figure, said, study_of
from tests.pages.test_verdicts import answered

BUDGETS = (1, 2, 3, 5, 8)
SHARES = dict(zip(BUDGETS, (0.4, 0.55, 0.7, 0.8, 0.85), strict=True))


@pytest.fixture
def rising(saved, workspace):
    """Return a function that puts a study into the store whose curve of `hog` rises; its fits take long and longer."""

    def put(state=State.DONE, budgets=BUDGETS, prepared=None):
        made = replace(study_of(saved, "s1"), budgets=budgets)
        store = Store(workspace.store)
        store.add(made)
        store.start("s1")
        for trial in made.trials():
            share = 1 / 3 if trial.arm == "majority" else SHARES[trial.budget]
            seconds = 0.001 if trial.arm == "majority" else 2.0 * trial.budget + trial.seed
            found = replace(answered(saved, trial, share), fit_seconds=seconds, prepare_seconds=prepared)
            store.finish("s1", found)
        if state is State.DONE:
            store.end("s1", state)
        return made

    return put


def mean(app, title="HOG"):
    drawn, _ = figure(app, "curves")
    return next(each for each in drawn["data"] if each["meta"] == "mean" and each["name"].startswith(title))


def axis(app):
    return figure(app, "curves")[0]["layout"]["xaxis"]


def test_labels_come_first_and_the_words_below_say_so(opened, rising):
    rising()
    app = opened("compare", study="s1")
    assert mean(app)["x"] == [3, 6, 9, 15, 24]
    assert words.AXIS_LABELS in said(app)
    assert not [each for each in app.number_input if each.key == "seconds"]


def test_computing_time_is_that_of_the_trials(opened, rising):
    rising()
    app = opened("compare", study="s1")
    app.selectbox(key="axis").select("computing").run()
    assert not app.exception
    assert mean(app)["x"] == pytest.approx([(2 * budget + 0.5) / 3600 for budget in BUDGETS])
    assert "computing" in axis(app)["title"]["text"]
    assert words.AXIS_COMPUTING_BARE in said(app), "an earlier version did not note what was prepared"
    assert texts.GRID_COLUMNS.format(first="1 / class", last="8 / class") in said(app), "they stand below no mark"
    assert app.toggle(key="forecast").disabled
    assert "the time of computing" in figure(app, "curves")[1]
    assert not [each for each in figure(app, "curves")[0]["data"] if each["meta"] == "saving"]


def test_computing_time_contains_what_was_prepared_where_that_is_known(opened, rising):
    rising(prepared=50.0)
    app = opened("compare", study="s1")
    app.selectbox(key="axis").select("computing").run()
    assert not app.exception
    assert mean(app)["x"] == pytest.approx([(2 * budget + 0.5 + 10) / 3600 for budget in BUDGETS])
    assert words.AXIS_COMPUTING.format(fits="5 fits") in said(app)
    assert "preparation" in axis(app)["title"]["text"]


def test_labelling_time_has_a_rate_that_is_remembered(opened, rising):
    rising()
    app = opened("compare", study="s1")
    app.selectbox(key="axis").select("labelling").run()
    assert mean(app)["x"] == pytest.approx([n * 30 / 3600 for n in (3, 6, 9, 15, 24)])
    app.number_input(key="seconds").set_value(120.0).run()
    assert not app.exception
    assert mean(app)["x"] == pytest.approx([n / 30 for n in (3, 6, 9, 15, 24)])
    assert "120 s per label" in axis(app)["title"]["text"]
    assert words.AXIS_LABELLING.format(seconds=120) in said(app)
    app.selectbox(key="axis").select("labels").run()
    app.selectbox(key="axis").select("labelling").run()
    assert app.number_input(key="seconds").value == 120


def test_forecasts_are_drawn_where_they_are_wanted(opened, rising):
    rising()
    app = opened("compare", study="s1")
    end = axis(app)["range"][1]
    assert not [each for each in figure(app, "curves")[0]["data"] if each["meta"] == "forecast"]
    app.toggle(key="forecast").set_value(True).run()
    assert not app.exception
    drawn, _ = figure(app, "curves")
    named = [each["name"] for each in drawn["data"] if each["meta"] == "forecast"]
    assert len(named) == 1, "the best is the baseline here"
    assert named[0].startswith("HOG")
    assert axis(app)["range"][1] > end
    assert figure(app, "grid")[0]["layout"]["xaxis"]["range"] == axis(app)["range"], "columns stay below their budgets"
    assert words.AXIS_FORECAST in said(app)


def test_why_nothing_is_forecast_is_said_below_the_figure(opened, rising):
    rising(budgets=BUDGETS[:3])
    app = opened("compare", study="s1")
    app.toggle(key="forecast").set_value(True).run()
    assert "A forecast needs five budgets or more; this curve has 3." in said(app)
    told = [each.value for each in app.caption if "No forecast for HOG" in each.value]
    assert len(told) == 1
    assert axis(app)["tickvals"] == [3, 6, 9]


def test_a_study_at_work_may_be_drawn_against_its_cost_and_has_no_forecast(opened, rising):
    rising(state=State.RUNNING)
    app = opened("compare", study="s1")
    app.selectbox(key="axis").select("computing").run()
    assert not app.exception
    assert "computing" in axis(app)["title"]["text"]
    assert not app.toggle


def test_a_score_that_is_needed_is_told_in_labels(opened, rising):
    rising()
    app = opened("compare", study="s1")
    (field,) = [each for each in app.number_input if each.label == texts.SCORE_NEEDED_PERCENT]
    field.set_value(60.0).run()
    assert not app.exception
    assert "reached with the 6 labels that were tried" in said(app)
    (field,) = [each for each in app.number_input if each.label == texts.SCORE_NEEDED_PERCENT]
    field.set_value(100.0).run()
    assert "not reached within 96 labels" in said(app)
    app.selectbox(key="metric").select("log_loss").run()
    assert not app.exception
    assert [each for each in app.number_input if each.label == texts.SCORE_NEEDED]
