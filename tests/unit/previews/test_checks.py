"""The checks of a data set against an independent computation, on data where the answer is known."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from explorer.errors import Cancelled, DataError, TechniqueError
from explorer.previews import by_heart, floors, gap, shift
from explorer.previews.making import AtWork
from explorer.records import Arm, Choice, Study
from explorer.splits import labeled_rows, make_split
from explorer.techniques.discovery import ready_arms
from explorer.techniques.models.pixels import Pixels
from explorer.techniques.monitors import Quiet
from explorer.trial import run_trial


@pytest.fixture
def spots(make_dataset):
    """Return three classes of bright spots in noise."""
    labels = np.tile([0, 1, 2], 40)
    inputs = np.random.default_rng(3).integers(0, 170, (120, 12, 12, 1)).astype(np.uint8)
    for row, label in enumerate(labels):
        inputs[row, 4 * label : 4 * label + 4, 3:9] += 80
    return make_dataset(labels, inputs=inputs, fingerprint="spots")


@pytest.fixture
def features(monkeypatch):
    """Let the look at the split see raw pixels instead of features of a network."""
    monkeypatch.setattr(shift, "ARM", "pixels")


def at(cache):
    return AtWork(cache, Quiet())


def test_floors_are_the_trials_of_a_study(spots, tmp_path):
    facts = floors.make(spots, {"budget": 5, "seeds": 3}, at(tmp_path)).facts
    majority, pixels = facts["arms"]
    assert majority["mean"] == pytest.approx(1 / 3)
    study = Study("", "", "spots", (ready_arms()["pixels"],), (5,), seeds=3)
    values = [run_trial(spots, study, each, cache=tmp_path, monitor=Quiet()).scores for each in study.trials()]
    assert pixels["mean"] == pytest.approx(np.mean([each["balanced_accuracy"] for each in values]))
    assert pixels["low"] <= pixels["mean"] <= pixels["high"]
    assert (facts["budget"], facts["seeds"], facts["n"]) == (5, 3, 36)


def test_a_gap_is_of_the_images_learnt_from_and_those_that_judge(spots, tmp_path):
    facts = gap.make(spots, {"arm": "pixels", "budget": 5, "seeds": 2}, at(tmp_path)).facts
    assert (facts["n_labeled"], facts["n"], facts["title"]) == (15, 36, "Pixels + LR")
    assert facts["learnt"] == [1.0, 1.0]
    study = Study("", "", "spots", (ready_arms()["pixels"],), (5,), seeds=2)
    for value, trial in zip(facts["judged"], study.trials(), strict=True):
        outcome = run_trial(spots, study, trial, cache=tmp_path, monitor=Quiet())
        answers = outcome.probabilities.argmax(axis=1)
        assert value == pytest.approx(balanced_accuracy_score(spots.labels[outcome.test], answers))


def test_a_trial_that_fails_is_told_in_one_sentence(spots, tmp_path, monkeypatch):
    def broken(self, inputs, learnt=None):
        raise ValueError("made to fail")

    monkeypatch.setattr(Pixels, "features", broken)
    with pytest.raises(TechniqueError, match=r"^Pixels \+ LR: ValueError: made to fail$"):
        floors.make(spots, {"budget": 5, "seeds": 1}, at(tmp_path))


def test_what_was_learnt_by_heart_is_counted_on_the_images_taught(spots, tmp_path, monkeypatch):
    monkeypatch.setattr(by_heart, "ready_arms", lambda: {"baseline": Arm("mean", "Mean", Choice("intensity"))})
    facts = by_heart.make(spots, {"seed": 1}, at(tmp_path)).facts
    taught = labeled_rows(make_split(spots, 1, 0.3), 32, per_class=False)
    assert facts["n"] == len(taught) == 32
    assert 0 < facts["right"] < 32  # the mean of these images tells nothing


@pytest.mark.slow
def test_the_small_network_learns_the_spots_by_heart(spots, tmp_path):
    facts = by_heart.make(spots, {"seed": 0}, at(tmp_path)).facts
    assert facts == {"title": "Small CNN from scratch", "n": 32, "right": 32}


def test_a_split_drawn_at_random_cannot_be_told(spots, tmp_path, features):
    facts = shift.make(spots, {"seed": 0}, at(tmp_path)).facts
    assert facts["low"] < 0.5
    assert facts["low"] <= facts["auc"] <= facts["high"]
    assert facts["auc"] < 0.65
    assert (facts["pool"], facts["test"], facts["given"]) == (84, 36, False)


def test_brighter_judging_images_are_told(spots, make_dataset, tmp_path, features):
    given = np.arange(120) >= 80
    inputs = np.minimum(spots.inputs.astype(int) + 40 * given[:, None, None, None], 255).astype(np.uint8)
    data = make_dataset(spots.labels, inputs=inputs, fingerprint="brighter", given_test=given)
    facts = shift.make(data, {"seed": 0}, at(tmp_path)).facts
    assert facts["auc"] > 0.9
    assert facts["low"] > 0.7
    assert facts["given"]


def test_the_area_of_drawn_units_is_that_of_repeated_rows():
    random = np.random.default_rng(5)
    answers, side = random.random(30).astype(np.float32), np.repeat([0, 1], 15)
    weights = random.integers(0, 3, 30)
    repeated = np.repeat(np.arange(30), weights)
    assert shift._auc(answers, side, weights) == pytest.approx(roc_auc_score(side[repeated], answers[repeated]))


def test_a_single_group_on_one_side_is_refused(spots, make_dataset, tmp_path, features):
    given = np.arange(120) >= 80
    data = make_dataset(spots.labels, groups=given.astype(np.int64), fingerprint="one", given_test=given)
    with pytest.raises(DataError, match="a single group"):
        shift.make(data, {"seed": 0}, at(tmp_path))


@pytest.mark.parametrize(
    ("preview", "options"),
    [(floors, {"budget": 2, "seeds": 1}), (gap, {"arm": "pixels", "budget": 2, "seeds": 1}), (shift, {"seed": 0})],
)
def test_they_stop_where_nobody_waits(spots, tmp_path, features, preview, options):
    class Unwanted:
        def step(self, done, total):
            raise Cancelled("nobody waits")

    with pytest.raises(Cancelled):
        preview.make(spots, options, AtWork(tmp_path, Unwanted()))
