"""What pages read of a study: a new outcome costs its own judging, and predictions are not kept."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.records import Arm, Choice, Outcome, State, Study, Trial
from explorer.scores import scores
from explorer.statistics.curves import curves
from explorer.store.store import Store
from explorer.ui import study_read

LABELS = np.tile([0, 1, 2], 40)


@pytest.fixture
def study():
    return Study("one", "one", "toy", (Arm("a", "A", Choice("majority")),), budgets=(1, 2), seeds=3)


@pytest.fixture
def store(workspace, study):
    store = Store(workspace.store)
    store.add(study)
    return store


@pytest.fixture
def judging(monkeypatch, make_dataset):
    """Return the trials that were judged, in order; the data set of every study is the toy."""
    seen, real, data = [], study_read.judged, make_dataset(LABELS)
    monkeypatch.setattr(study_read, "dataset", lambda _: data)
    monkeypatch.setattr(study_read, "judged", lambda outcome, *more: seen.append(outcome.trial) or real(outcome, *more))
    return seen


def outcome(trial):
    random = np.random.default_rng([trial.budget, trial.seed])
    test = np.sort(random.choice(len(LABELS), 30, replace=False))
    probabilities = random.dirichlet(np.ones(3), 30).astype(np.float32)
    return Outcome(trial, State.DONE, 3, 1, test, probabilities, scores(probabilities, LABELS[test]))


def test_each_outcome_is_judged_once_a_score_and_its_predictions_go(study, store, judging):
    trials = study.trials()
    store.finish("one", *map(outcome, trials[:2]))
    for count in (2, 3, 3, 6):
        store.finish("one", *map(outcome, trials[:count]))
        last = store.last_outcome("one")
        drawn = study_read.drawn(study, last, "accuracy")
        assert drawn == curves(study, store.outcomes("one"), LABELS, metric="accuracy")
        assert judging == list(trials[:count])
    kept = study_read.outcomes(study, last)
    assert [each.trial for each in kept] == list(trials)
    assert all(each.probabilities.size == 0 and each.scores for each in kept)
    judging.clear()
    assert study_read.drawn(study, last, "log_loss") == curves(study, store.outcomes("one"), LABELS, metric="log_loss")
    assert judging == list(trials)


def test_a_trial_that_is_run_again_counts_once_it_is_done(study, store, judging):
    trial = Trial("a", 1, 0)
    store.finish("one", Outcome(trial, State.FAILED, error="ValueError: no", notes=("old",)))
    assert study_read.drawn(study, store.last_outcome("one"), "accuracy")[0].points == ()
    store.cancel("one")
    store.resume("one")
    store.finish("one", outcome(trial))
    last = store.last_outcome("one")
    assert len(study_read.drawn(study, last, "accuracy")[0].points) == 1
    (kept,) = study_read.outcomes(study, last)
    assert kept.state is State.DONE
    assert judging == [trial]


def test_an_older_reader_reads_nothing_again(study, store, judging, monkeypatch):
    store.finish("one", *map(outcome, study.trials()))
    last = store.last_outcome("one")
    assert len(study_read.outcomes(study, last)) == 6
    monkeypatch.setattr(study_read.shell, "store", lambda: SimpleNamespace())
    assert len(study_read.outcomes(study, last - 1)) == 6
    assert judging == []


def test_what_is_compared_is_computed_once_whoever_names_the_baseline(study, store, judging, monkeypatch):
    pair = replace(study, id="two", arms=(*study.arms, Arm("b", "B", Choice("hog"))), budgets=(1,))
    store.add(pair)
    store.finish("two", *map(outcome, pair.trials()))
    last, calls, real = store.last_outcome("two"), [], study_read.comparing
    monkeypatch.setattr(study_read, "comparing", lambda *known, **more: calls.append(more) or real(*known, **more))
    found = study_read.compared(pair, last, "accuracy")
    assert study_read.compared(pair, last, "accuracy", "a") is found
    assert study_read.compared(pair, last, "accuracy", "b") is not found
    other = study_read.compared(pair, last, "accuracy", practical=0.9)
    assert len(calls) == 2
    assert {each.verdict for each in other.comparisons} != {each.verdict for each in found.comparisons}
    assert other.curves is found.curves
    assert other.forecasts is found.forecasts
    assert other.practical == 0.9
