"""How much of each class a technique of a finished study recognises, on the Compare page."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from explorer.datasets.saved import load
from explorer.export.class_table import classes_csv
from explorer.records import Outcome, State
from explorer.scores import scores
from explorer.store.store import Store
from explorer.ui import texts
from tests.pages.states import NAMES, figure, outcome, said, study_of


@pytest.fixture
def answered(saved, workspace):
    """Return a function that puts a finished study into the store; HOG always takes the last class for the first."""

    def put(state=State.DONE, failed=()):
        made = study_of(saved, "s1")
        store = Store(workspace.store)
        store.add(made)
        store.start("s1")
        for trial in made.trials():
            if trial.arm in failed:
                store.finish("s1", outcome(saved, trial, 0.5, failed=True))
                continue
            test = np.concatenate([np.flatnonzero(saved.labels == number)[trial.seed :][:8] for number in range(3)])
            labels = saved.labels[test]
            votes = np.eye(3)[np.where((labels == 2) & (trial.arm == "hog"), 0, labels)]
            probabilities = (0.1 + 0.7 * votes).astype(np.float32)
            told = scores(probabilities, labels)
            n = 3 * trial.budget
            store.finish("s1", Outcome(trial, State.DONE, n, trial.budget, test, probabilities, told))
        if state is State.DONE:
            store.end("s1", state)
        return made

    return put


def lines(app):
    drawn, alt = figure(app, "classes")
    return {trace["name"]: trace["y"] for trace in drawn["data"] if trace["meta"] == "mean"}, alt


def test_the_class_that_is_recognised_least_comes_first_and_is_told(opened, answered, saved):
    answered()
    app = opened("compare", study="s1")
    app.selectbox(key="classes-of-s1").select("hog").run()
    assert not app.exception
    assert texts.CLASSES in [each.value for each in app.subheader]
    found, alt = lines(app)
    first, *_ = found
    assert first == saved.class_names[2]
    assert found[first] == [0, 0, 0]
    assert f"recognises “{first}” 0\u00a0%" in said(app)
    assert all(name in alt for name in saved.class_names)
    assert set(saved.class_names) == set(NAMES)


def test_another_technique_may_be_chosen(opened, answered):
    answered()
    app = opened("compare", study="s1")
    assert app.selectbox(key="classes-of-s1").value == "hog", "guessing aside, the one that came furthest"
    app.selectbox(key="classes-of-s1").select("majority").run()
    assert not app.exception
    found, _ = lines(app)
    assert all(values == [1, 1, 1] for values in found.values())
    assert "shows no class that it recognises less: 100\u00a0% of each" in said(app)


def test_figure_and_file_have_the_same_numbers(opened, answered, workspace):
    made = answered()
    store = Store(workspace.store)
    told = classes_csv(made, load(workspace, made.dataset).dataset, store.outcomes("s1"))
    rows = list(csv.DictReader(io.StringIO(told)))
    found, _ = lines(opened("compare", study="s1"))
    for name, values in found.items():
        mine = [float(row["recall"]) for row in rows if (row["class"], row["arm"]) == (name, "hog")]
        assert values == pytest.approx(mine, abs=1e-6)


def test_a_technique_without_a_finished_trial_has_words_in_its_place(opened, answered):
    answered(failed=("hog",))
    app = opened("compare", study="s1")
    assert app.selectbox(key="classes-of-s1").value == "majority"
    app.selectbox(key="classes-of-s1").select("hog").run()
    assert not app.exception
    assert texts.CLASSES_NONE.format(title="HOG + SVM") in said(app)


def test_a_study_at_work_or_without_a_result_has_no_classes_yet(opened, answered, workspace, saved):
    answered(state=State.RUNNING)
    assert texts.CLASSES not in [each.value for each in opened("compare", study="s1").subheader]
    store = Store(workspace.store)
    made = replace(study_of(saved, "s2"))
    store.add(made)
    store.start("s2")
    store.finish("s2", *(outcome(saved, trial, 0, failed=True) for trial in made.trials()))
    store.end("s2", State.DONE)
    app = opened("compare", study="s2")
    assert not app.exception
    assert texts.CLASSES not in [each.value for each in app.subheader]


def test_a_class_that_had_fewer_labels_than_others_says_so(opened, answered, monkeypatch):
    answered()
    monkeypatch.setattr("explorer.ui.class_by_class.pool_of", lambda *_: np.array([9, 9, 2]))
    drawn, _ = figure(opened("compare", study="s1"), "classes")
    said_above = [each["text"] for each in drawn["layout"]["annotations"]]
    assert said_above.count(texts.CLASS_SHORT) == 1
