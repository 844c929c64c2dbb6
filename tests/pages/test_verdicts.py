"""What a finished study says of its techniques, on the Compare page."""

import csv
import io
import json
import zipfile
from dataclasses import asdict, replace

import numpy as np
import pytest

from explorer.export.verdict_words import WHOLE
from explorer.records import Look, Outcome, State, Until
from explorer.scores import METRICS, scores
from explorer.store.store import Store
from explorer.ui import texts
from explorer.ui.downloads import curves_csv, everything_zip
from tests.pages.states import figure, said, study_of


def answered(dataset, trial, share):
    """Return an outcome that is right at that share of the judging images of its seed, the same for all arms."""
    test = np.concatenate([np.flatnonzero(dataset.labels == number)[trial.seed :][:8] for number in range(3)])
    labels = dataset.labels[test]
    right = np.random.default_rng([trial.seed, trial.budget]).random(len(test)) < share
    answers = np.where(right, labels, (labels + 1) % 3)
    probabilities = (0.1 + 0.7 * np.eye(3)[answers]).astype(np.float32)
    told = scores(probabilities, labels)
    return Outcome(trial, State.DONE, 3 * trial.budget, trial.budget, test, probabilities, told)


@pytest.fixture
def judged(saved, workspace):
    """Return a function that puts a study of two arms into the store, of which `hog` is right at these shares."""

    def put(state=State.DONE, budgets=(1, 2, 5), best=(0.7, 0.9, 1.0)):
        made = replace(study_of(saved, "s1"), budgets=budgets)
        store = Store(workspace.store)
        store.add(made)
        store.start("s1")
        shares = dict(zip(budgets, best, strict=True))
        for trial in made.trials():
            share = 1 / 3 if trial.arm == "majority" else shares[trial.budget]
            store.finish("s1", answered(saved, trial, share))
        if state is State.DONE:
            store.end("s1", state)
        return made

    return put


def test_the_verdict_stands_on_top_and_beside_every_other_technique(opened, judged):
    judged()
    app = opened("compare", study="s1")
    assert any(each.value.startswith("With 5 labels per class, HOG") for each in app.subheader)
    assert texts.VERDICTS in [each.value for each in app.subheader]
    drawn, _ = figure(app, "gains")
    (row,) = drawn["data"]
    assert row["name"] == "Majority class"
    assert row["x"][0] < 0
    told = drawn["layout"]["annotations"][0]["text"]
    assert told.endswith("hurts") or "not clear yet" in told
    assert drawn["layout"]["xaxis"]["title"]["text"].startswith("Balanced accuracy less that of HOG")


def test_another_arm_budget_and_region_may_be_chosen(opened, judged):
    judged()
    app = opened("compare", study="s1")
    app.selectbox(key="against-s1").select("majority").run()
    assert not app.exception
    (row,) = figure(app, "gains")[0]["data"]
    whole = row["x"][0]
    assert row["name"].startswith("HOG")
    assert whole > 0
    app.button_group(key="verdict-at-s1").set_value(5).run()
    assert not app.exception
    assert figure(app, "gains")[0]["data"][0]["x"][0] != pytest.approx(whole)
    app.selectbox(key="practical-s1").select(5.0).run()
    strip = figure(app, "gains")[0]["layout"]["shapes"][0]
    assert (strip["x0"], strip["x1"]) == (-5, 5)
    assert "± 5 points" in said(app)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_techniques_are_compared_under_every_score(opened, judged, metric):
    judged()
    app = opened("compare", study="s1")
    app.selectbox(key="metric").select(metric.name).run()
    assert not app.exception
    assert figure(app, "gains")[0]["layout"]["xaxis"]["title"]["text"].startswith(f"{metric.title} less that of HOG")


def test_a_study_at_work_has_curves_and_no_verdicts_yet(opened, judged):
    judged(state=State.RUNNING)
    app = opened("compare", study="s1")
    assert texts.VERDICTS not in [each.value for each in app.subheader]


def test_the_sentence_stays_as_it_is_when_a_study_ends(opened, judged, workspace):
    judged(state=State.RUNNING)
    running = opened("compare", study="s1")
    Store(workspace.store).end("s1", State.DONE)
    first, second = ([each.value for each in app.subheader if "reaches" in each.value]
                     for app in (running, opened("compare", study="s1")))  # fmt: skip
    assert first == second
    assert first[0].startswith("With 5 labels per class, HOG")


def test_forecasts_say_why_there_is_none(opened, judged):
    judged()
    assert "A forecast needs five budgets or more; this curve has 3." in said(opened("compare", study="s1"))


def test_one_budget_is_compared_by_itself(opened, judged):
    judged(budgets=(5,), best=(0.9,))
    app = opened("compare", study="s1")
    assert not app.exception
    assert app.button_group(key="verdict-at-s1").options == ["5 / class"]


def test_a_study_of_one_technique_has_nothing_to_compare(opened, workspace, saved):
    made = replace(study_of(saved, "s1"), arms=study_of(saved, "s1").arms[:1])
    store = Store(workspace.store)
    store.add(made)
    store.start("s1")
    store.finish("s1", *(answered(saved, trial, 0.5) for trial in made.trials()))
    store.end("s1", State.DONE)
    app = opened("compare", study="s1")
    assert texts.VERDICTS not in [each.value for each in app.subheader]
    assert WHOLE not in said(app)
    assert "A forecast needs five budgets or more" in said(app)


# ---- until the verdicts settle ------------------------------------------------------------------------------------


@pytest.fixture
def settling(saved, workspace):
    """Return a function that puts a study into the store that runs until its verdicts settle, with some looks."""

    def put(*looks, seeds=4, state=State.DONE):
        made = replace(study_of(saved, "s1"), seeds=8, until=Until(30.0, "majority"))
        store = Store(workspace.store)
        store.add(made)
        store.start("s1")
        shares = {"majority": 1 / 3, "hog": 0.9}
        store.finish("s1", *(answered(saved, each, shares[each.arm]) for each in made.trials() if each.seed < seeds))
        for look in looks:
            store.keep_look("s1", look)
        if state is State.CANCELLED:
            store.cancel("s1")
        elif state is State.DONE:
            store.end("s1", state)
        return made

    return put


STOPPED = Look(3, 0.02, clear=("hog",), final=True)


def test_a_study_at_work_says_at_which_look_it_is_and_what_is_clear(opened, settling):
    settling(Look(3, 0.02, open=("hog",)), state=State.RUNNING)
    words = said(opened("compare", study="s1"))
    assert "Look 1 of at most 4, after 3 seeds: not clear yet against Majority class: HOG + SVM." in words
    assert "The next look comes after 4 seeds." in words
    assert texts.VERDICTS not in words


def test_a_study_that_waits_for_its_first_look_says_when_it_comes(opened, settling):
    settling(seeds=1, state=State.RUNNING)
    assert "The first look at the verdicts comes after 3 seeds." in said(opened("compare", study="s1"))


def test_the_verdicts_of_a_study_that_stopped_are_those_of_its_look(opened, settling):
    settling(STOPPED)
    app = opened("compare", study="s1")
    words = said(app)
    assert "Stopped after 3 of 8 seeds: every verdict is clear." in words
    assert "Verdicts are those of the look after 3 seeds." in words
    assert "with its 98 % interval" in words
    assert texts.HOLLOW not in words, "no point lacks a seed"
    assert app.selectbox(key="against-s1").value == "majority"
    drawn, _ = figure(app, "curves")
    seeds = [trace for trace in drawn["data"] if trace["meta"] == "seeds"]
    assert {point[1] for trace in seeds for point in trace["customdata"]} == {0, 1, 2}, "seed 3 ran ahead"


def test_a_study_cancelled_before_its_first_look_has_no_verdict(opened, settling):
    settling(seeds=2, state=State.CANCELLED)
    words = said(opened("compare", study="s1"))
    assert "There are no verdicts yet: the first look at the verdicts comes after 3 seeds" in words
    assert texts.VERDICTS_NONE not in words


def test_the_curves_of_a_study_are_drawn_anew_once_it_has_stopped(opened, settling, workspace):
    """The look changes what counts, though no trial has come to those that were finished."""
    settling(state=State.RUNNING)
    opened("compare", study="s1")
    store = Store(workspace.store)
    store.keep_look("s1", STOPPED)
    store.end("s1", State.DONE)
    drawn, _ = figure(opened("compare", study="s1"), "curves")
    seeds = [trace for trace in drawn["data"] if trace["meta"] == "seeds"]
    assert {point[1] for trace in seeds for point in trace["customdata"]} == {0, 1, 2}


def test_a_table_that_is_taken_along_has_the_seeds_of_the_look(opened, settling, workspace):
    settling(STOPPED)
    rows = list(csv.DictReader(io.StringIO(curves_csv(workspace, "s1", "accuracy"))))
    assert {row["seeds"] for row in rows} == {"3"}
    with zipfile.ZipFile(io.BytesIO(everything_zip(workspace, "s1"))) as archive:
        assert "Stopped after 3 of 8 seeds" in archive.read("README.txt").decode().replace("\n", " ")
        assert json.loads(archive.read("study.json"))["looks"] == [{**asdict(STOPPED), "clear": ["hog"], "open": []}]
