"""The beliefs that a page shows are those of the trial, and no test row is looked at."""

import threading

import numpy as np
import pytest

from explorer import trial as trials
from explorer.errors import Cancelled
from explorer.previews import pseudo_label
from explorer.previews.making import AtWork
from explorer.previews.pseudo_label import make
from explorer.records import UNLABELED, Arm, Choice, Study, Trial
from explorer.splits import labeled_rows, make_split
from explorer.techniques import hands
from explorer.techniques.hands import side_by_side
from explorer.techniques.monitors import Quiet
from explorer.trial import run_trial

TECHNIQUES = ("self_training", "pseudo_label", "label_spreading")


@pytest.fixture
def blobs(make_dataset):
    """Return three classes of bright spots in noise, most of them labelled."""
    labels = np.tile([0, 1, 2], 40)
    inputs = np.random.default_rng(3).integers(0, 170, (120, 12, 12, 1)).astype(np.uint8)
    for row, label in enumerate(labels):
        inputs[row, 4 * label : 4 * label + 4, 3:9] += 80
    hidden = labels.copy()
    hidden[-15:] = UNLABELED
    return make_dataset(hidden, inputs=inputs, fingerprint="blobs")


def study_of(technique, model="pixels", **settings):
    arm = Arm("semi", "Semi", Choice(model), semi_supervised=Choice(technique, settings))
    return Study("s", "s", "blobs", (arm,), (2,), seeds=1)


def made(dataset, study, cache, seed=1, monitor=None):
    options = {"study": study.to_dict(), "budget": 2, "seed": seed}
    return make(dataset, options, AtWork(cache, monitor or Quiet()))


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_what_is_shown_is_what_the_trial_reports(blobs, tmp_path, technique):
    study = study_of(technique)
    outcome = run_trial(blobs, study, Trial("semi", 2, 1), cache=tmp_path, monitor=Quiet())
    found = made(blobs, study, tmp_path)
    assert found.facts["reports"] == outcome.reports
    assert tuple(found.facts["notes"]) == outcome.notes
    assert found.facts["n_labeled"] == outcome.n_labeled == 6
    assert found.facts["prior"] == pytest.approx([1 / 3] * 3)
    for labels, told in zip(found.arrays["labels"], outcome.reports["rounds"], strict=True):
        believed = [(label, true) for label, true in zip(labels, found.arrays["truth"], strict=True) if label >= 0]
        known = [label == true for label, true in believed if true >= 0]
        assert told["share"] == pytest.approx(len(believed) / len(labels))
        assert told["accuracy"] == (pytest.approx(sum(known) / len(known)) if known else None)


def test_rounds_are_shown_as_they_come_before_any_hidden_label_is_opened(blobs, tmp_path):
    study, parts = study_of("self_training"), []
    options = {"study": study.to_dict(), "budget": 2, "seed": 1}
    found = make(blobs, options, AtWork(tmp_path, Quiet(), parts.append))
    rounds = len(found.arrays["labels"])
    assert [len(each.arrays["labels"]) for each in parts] == list(range(1, rounds + 1))
    for each in parts:
        n = len(each.arrays["labels"])
        assert (each.arrays["truth"] == UNLABELED).all()
        assert np.array_equal(each.arrays["labels"], found.arrays["labels"][:n])
        told = each.facts["reports"]["rounds"]
        assert [one["accuracy"] for one in told] == [None] * n
        assert [one["share"] for one in told] == [one["share"] for one in found.facts["reports"]["rounds"]][:n]
    assert (found.arrays["truth"] != UNLABELED).any()


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_a_pool_without_an_unlabelled_image_is_no_error(make_dataset, tmp_path, technique):
    data = make_dataset(np.tile([0, 1, 2], 3), fingerprint="few")  # two of each class teach
    study = study_of(technique)
    outcome = run_trial(data, study, Trial("semi", 2, 1), cache=tmp_path, monitor=Quiet())
    assert not outcome.error
    found = made(data, study, tmp_path)
    assert found.arrays["rows"].tolist() == []
    assert found.arrays["labels"].shape == (len(outcome.reports.get("rounds", ())), 0)


def test_rows_are_the_rest_of_the_pool_and_none_that_judges(blobs, tmp_path):
    found = made(blobs, study_of("self_training"), tmp_path)
    split = make_split(blobs, 1, 0.3)
    rest = sorted(set(split.pool.tolist()) - set(labeled_rows(split, 2, per_class=True).tolist()))
    assert found.arrays["rows"].tolist() == rest
    assert not set(rest) & set(split.test.tolist())
    assert found.arrays["truth"].tolist() == blobs.labels[rest].tolist()
    assert (found.arrays["truth"] == UNLABELED).sum() == 15


def test_test_rows_change_nothing(blobs, make_dataset, tmp_path):
    test = make_split(blobs, 1, 0.3).test
    inputs, labels = blobs.inputs.copy(), blobs.labels.copy()
    inputs[test] = 255 - inputs[test]
    other = make_dataset(labels, inputs=inputs, fingerprint="other")
    one, two = (made(each, study_of("self_training"), tmp_path) for each in (blobs, other))
    for name in ("rows", "labels", "sure"):
        assert np.array_equal(one.arrays[name], two.arrays[name])


def test_a_threshold_is_what_those_believed_are_over(blobs, tmp_path):
    found = made(blobs, study_of("pseudo_label", threshold=0.6), tmp_path)
    labels, sure = found.arrays["labels"], found.arrays["sure"]
    assert (labels >= 0).any()
    assert np.array_equal(labels >= 0, sure >= np.float32(0.6))


def test_it_stops_where_nobody_wants_it(blobs, tmp_path):
    class Unwanted:
        def step(self, done, total):
            raise Cancelled("nobody looks")

    with pytest.raises(Cancelled):
        made(blobs, study_of("self_training"), tmp_path, monitor=Unwanted())


def test_hidden_labels_reach_nothing_but_the_display(blobs, make_dataset, tmp_path, monkeypatch):
    split = make_split(blobs, 1, 0.3)
    monkeypatch.setattr(trials, "split_of", lambda dataset, seed, share: split)
    found = made(blobs, study_of("self_training"), tmp_path)
    hidden, labels = found.arrays["rows"], blobs.labels.copy()
    labels[hidden] = np.random.default_rng(0).permutation(labels[hidden])
    changed = made(make_dataset(labels, inputs=blobs.inputs, fingerprint="hid"), study_of("self_training"), tmp_path)
    assert np.array_equal(found.arrays["labels"], changed.arrays["labels"])
    assert not np.array_equal(found.arrays["truth"], changed.arrays["truth"])


def test_somebody_who_waits_is_served_by_all_cores(blobs, tmp_path, monkeypatch):
    meeting, met, real = threading.Barrier(2, timeout=20), [], pseudo_label.rehearsed

    def watched(*args, **known):
        met.extend(side_by_side([meeting.wait, meeting.wait]))
        return real(*args, **known)

    monkeypatch.setattr(hands.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(pseudo_label, "rehearsed", watched)
    made(blobs, study_of("self_training"), tmp_path)
    assert sorted(met) == [0, 1]
