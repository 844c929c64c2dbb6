"""What every semi-supervised technique must keep, with each kind of model that it works with; found by discovery.

That the same seed gives the same bits in another process is tested with all other techniques (`test_contract`).
"""

import json

import numpy as np
import pytest

from explorer.errors import Cancelled, OutOfTime
from explorer.records import UNLABELED
from explorer.techniques.monitors import Quiet
from tests.unit.techniques.semi_toys import pairs, rows_of, taught
from tests.unit.techniques.toys import digest, toy

PAIRS = pairs()


class Ear(Quiet):
    """A monitor that keeps what it is told, and ends the trial at a step if asked to."""

    def __init__(self, error=None, after=0):
        self.notes, self.records, self.beliefs, self.sure, self.steps = [], {}, [], [], 0
        self.error, self.after = error, after

    def step(self, done, total):
        self.steps += 1
        if self.error is not None and self.steps > self.after:
            raise self.error("ended")

    def note(self, sentence):
        self.notes.append(sentence)

    def record(self, name, value):
        self.records[name] = value

    def believe(self, labels, sure=None):
        self.beliefs.append(labels.copy())
        self.sure.append(np.asarray(sure).copy())


def _is_probabilities(found, rows, classes):
    assert found.shape == (rows, classes)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize(("name", "model"), PAIRS)
def test_what_it_is_given_is_not_changed_and_what_it_tells_is_of_the_pool(name, model):
    (rows, labels), pool, seen, ear = toy(4), toy(10, seed=2)[0], toy(4, seed=1)[0][:], Ear()
    given = (rows.values, labels, pool.values, seen)
    before = [digest(each) for each in given]
    _is_probabilities(taught(name, model, (rows, labels), pool, seen, monitor=ear), 12, 3)
    assert [digest(each) for each in given] == before
    for each in ear.beliefs:
        assert each.shape == (30,)
        assert set(each.tolist()) <= {UNLABELED, 0, 1, 2}
    for labels, sure in zip(ear.beliefs, ear.sure, strict=True):
        assert sure.shape == (30,)
        assert ((sure >= 0) & (sure <= 1 + 1e-6)).all()
        assert (sure[labels != UNLABELED] >= 1 / 3 - 1e-6).all()  # the best of three classes has a third at least
    json.dumps(ear.records)
    assert all(note.endswith(".") for note in ear.notes)


@pytest.mark.parametrize(("name", "model"), PAIRS)
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_one_label_a_class_and_a_pool_of_one_row_suffice(name, model, channels):
    labeled, pool = toy(1, channels=channels, side=8), toy(1, channels=channels, side=8, seed=2)[0]
    seen = toy(3, channels=channels, side=8, seed=1)[0][:]
    _is_probabilities(taught(name, model, labeled, rows_of(pool, [0]), seen), 9, 3)


@pytest.mark.parametrize(("name", "model"), PAIRS)
def test_an_empty_pool_is_told(name, model):
    labeled, pool, ear = toy(4), toy(2, seed=2)[0], Ear()
    _is_probabilities(taught(name, model, labeled, rows_of(pool, []), toy(4, seed=1)[0][:], monitor=ear), 12, 3)
    assert any("no unlabelled" in note for note in ear.notes)


@pytest.mark.parametrize(("name", "model"), PAIRS)
def test_a_class_without_labels_is_an_answer_that_is_not_given(name, model):
    found = taught(name, model, toy(4), toy(8, seed=2)[0], toy(4, seed=1)[0][:], n_classes=5)
    _is_probabilities(found, 12, 5)
    assert found[:, 3:].max() < 0.2


@pytest.mark.parametrize(("name", "model"), PAIRS)
def test_it_beats_chance_on_separable_images(name, model):
    seen, truth = toy(10, seed=1)
    found = taught(name, model, toy(4), toy(20, seed=2)[0], seen[:])
    assert (found.argmax(axis=1) == truth).mean() > 0.6


@pytest.mark.parametrize(("name", "model"), PAIRS)
@pytest.mark.parametrize("error", [Cancelled, OutOfTime])
def test_cancellation_and_time_limit_end_it(name, model, error):
    ear = Ear(error, after=1)
    with pytest.raises(error, match="ended"):
        taught(name, model, toy(4), toy(60, seed=2)[0], toy(1, seed=1)[0][:], monitor=ear)
    assert ear.steps == 2
