"""What a finished study says of its techniques, on the Compare page."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.export.verdict_words import WHOLE
from explorer.records import Outcome, State
from explorer.scores import METRICS, scores
from explorer.store.store import Store
from explorer.ui import texts
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
