"""FixMatch: the threshold against a plain loop, what it tells, and what it hands to the model."""

import numpy as np
import pytest

from explorer.errors import Cancelled
from explorer.records import UNLABELED, Choice, Fact, Slot
from explorer.techniques.base import Learner
from explorer.techniques.discovery import build
from explorer.techniques.examples import Examples
from explorer.techniques.models.small_cnn import CONSISTENT_STEPS, SmallCnn
from explorer.techniques.monitors import Quiet
from explorer.techniques.semi_supervised import fixmatch
from explorer.techniques.semi_supervised.fixmatch import FixMatch, SelfAdaptive, Watched, ramped, told_half
from tests.unit.techniques.toys import digest, toy


class Ear(Quiet):
    """A monitor that keeps what it is told."""

    def __init__(self):
        self.notes, self.records, self.beliefs = [], {}, []

    def note(self, sentence):
        self.notes.append(sentence)

    def record(self, name, value):
        self.records[name] = value

    def believe(self, labels, sure=None):
        self.beliefs.append(labels)


def _batches(steps, b=12, k=4, seed=0):
    random = np.random.default_rng(seed)
    lean = random.normal(0, 1, k)
    for _ in range(steps):
        yield random.dirichlet(np.exp(lean), b).astype(np.float32)


def _plain(batches, k, momentum):
    """FreeMatch's threshold, one number at a time; yields the global one and whether each row is believed."""
    threshold, means = 1 / k, [1 / k] * k
    for batch in batches:
        surest = [max(row) for row in batch]
        threshold = momentum * threshold + (1 - momentum) * sum(surest) / len(surest)
        for c in range(k):
            means[c] = momentum * means[c] + (1 - momentum) * sum(row[c] for row in batch) / len(batch)
        limits = [means[c] / max(means) * threshold for c in range(k)]
        yield threshold, [max(row) >= limits[list(row).index(max(row))] for row in batch]


@pytest.mark.parametrize("momentum", [0.5, 0.98])
def test_the_threshold_is_freematchs(momentum):
    believing = SelfAdaptive(4, momentum, 0.0, 100, None, Quiet())
    plain = _plain([each.astype(float) for each in _batches(60)], 4, momentum)
    seen = set()
    for done, (batch, (threshold, wanted)) in enumerate(zip(_batches(60), plain, strict=True)):
        targets, weights = believing(batch, done, 60)
        assert believing.threshold == pytest.approx(threshold, rel=1e-5)
        np.testing.assert_array_equal(weights > 0, wanted)
        np.testing.assert_array_equal(targets, np.eye(4)[batch.argmax(axis=1)])
        assert targets.dtype == weights.dtype == np.float32
        seen |= set(wanted)
    assert seen == {True, False}


def test_the_weight_rises_over_the_ramp_and_stays():
    assert [ramped(done, 100, 0.4) for done in (0, 10, 20, 40, 41, 99)] == pytest.approx([0, 0.25, 0.5, 1, 1, 1])
    assert ramped(0, 100, 0.0) == 1


def test_classes_that_are_rarely_believed_weigh_more_but_not_without_bound():
    believing = SelfAdaptive(3, 0.9, 0.0, 10, None, Quiet())
    common, rare = [0.9, 0.05, 0.05], [0.1, 0.8, 0.1]
    batch = np.array([common] * 19 + [rare], np.float32)
    for done in range(200):
        _, weights = believing(batch, done, 200)
    assert weights[-1] / weights[0] == pytest.approx(fixmatch.FAIRNESS, rel=0.01)
    assert weights.mean() == pytest.approx(1, rel=0.01)


def test_it_keeps_records_and_tells_what_it_last_believed_of_each_row():
    rows, _ = toy(10)
    watched, ear = Watched(rows.values, rows.scaling), Ear()
    believing = SelfAdaptive(3, 0.9, 0.0, len(rows), watched, ear)
    random = np.random.default_rng(0)
    mirror = np.full(len(rows), UNLABELED)
    told = []
    for done in range(100):
        chosen = random.integers(0, len(rows), 6)
        watched[chosen]
        batch = random.dirichlet([0.3] * 3, 6).astype(np.float32)
        targets, weights = believing(batch, done, 100)
        mirror[chosen] = np.where(weights > 0, targets.argmax(axis=1), UNLABELED)
        if done % 10 == 9 and done < 99:
            told.append(mirror.copy())
    assert [each["step"] for each in believing.history] == [50, 100]
    for each in believing.history:
        assert 0 < each["used"] <= 1
        assert sum(each["classes"]) == pytest.approx(1)
    assert len(ear.beliefs) == fixmatch.ROUNDS - 1
    np.testing.assert_array_equal(ear.beliefs, told)


class Sure:
    """A model on features that shows the pool to what believes, so and so sure of class 0, and answers the same."""

    def __init__(self, sure, answer=0):
        self.row = np.full(3, (1 - sure) / 2, np.float32)
        self.row[answer] = sure

    def __call__(self, examples, consistency=None):
        for done in range(100):
            consistency.believing(np.tile(self.row, (8, 1)), done, 100)
        return lambda inputs: np.tile(self.row, (len(inputs), 1))


def test_guard_rails_are_sentences():
    random = np.random.default_rng(0)
    features, labels = random.random((9, 4)).astype(np.float32), np.arange(9) % 3
    ear = Ear()
    _fitted(Sure(0.9), features, labels, features[:5], ear, fixed=True)
    assert ear.notes == [
        "Class {class:0} is 33\u00a0% of the labelled examples, but is found in 100\u00a0% of the pool;"
        " pseudo-labels mislead where such shares are wrong."
    ]
    ear = Ear()
    _fitted(Sure(0.9), features, labels, -features, ear, fixed=True)
    assert "100\u00a0% of the pool look unlike every labelled example" in ear.notes[-1]
    assert told_half(0.3) == (
        "Only 30\u00a0% of the pool were believed; images that are of none of the classes would look like this."
    )
    assert told_half(0.01) is None
    assert told_half(0.6) is None


def test_a_threshold_that_is_never_reached_is_told(monkeypatch):
    monkeypatch.setattr(SelfAdaptive, "believed", lambda self, probabilities: np.zeros(len(probabilities), bool))
    features = np.random.default_rng(0).random((9, 4)).astype(np.float32)
    ear = Ear()
    _fitted(Sure(0.9), features, np.arange(9) % 3, features, ear, fixed=True)
    assert ear.notes[0] == "No unlabelled example was used: the model was hardly ever sure enough."
    assert (ear.beliefs[-1] == UNLABELED).all()


def _fitted(learner_fit, rows, labels, unlabeled, monitor, *, fixed=False, free=frozenset(), **settings):
    learner = Learner(learner_fit, int(labels.max()) + 1, fixed, consistent=True, free=free)
    technique = build(Slot.SEMI_SUPERVISED, Choice("fixmatch", settings))
    return technique.fit(learner, Examples.of(rows, labels), unlabeled, seed=0, monitor=monitor)


def _network(monitor, steps=20):
    def fit(examples, consistency=None):
        model = SmallCnn(steps=steps, batch=16)
        return model.fit(examples, n_classes=3, seed=1, monitor=monitor, consistency=consistency)

    return fit


def test_it_teaches_the_small_network_the_same_way_twice():
    rows, labels = toy(2)
    unlabeled, truth = toy(15, seed=5)
    seen = toy(8, seed=1)[0][:]
    answers = []
    for _ in range(2):
        ear = Ear()
        free = frozenset({Fact.INTENSITY})
        answers.append(_fitted(_network(ear), rows, labels, unlabeled, ear, free=free)(seen))
    assert digest(answers[0]) == digest(answers[1])
    assert len(ear.beliefs) == fixmatch.ROUNDS
    final = ear.beliefs[-1]
    assert final.shape == truth.shape
    assert (final[final >= 0] == truth[final >= 0]).mean() > 0.6
    assert ear.records["fixmatch"][-1]["step"] == 40
    alone = _network(Quiet())(Examples.of(rows, labels))(seen)
    assert digest(alone) != digest(answers[0])


def test_its_cost_is_that_of_the_steps_it_takes():
    assert CONSISTENT_STEPS * SmallCnn.steps == fixmatch.STEPS


def test_it_stops_where_it_is_told_to():
    rows, labels = toy(2)

    class Stop(Quiet):
        times = 0

        def step(self, done, total):
            self.times += 1
            if self.times > 5:
                raise Cancelled("ended")

    stop = Stop()
    with pytest.raises(Cancelled):
        _fitted(_network(stop, 200), rows, labels, toy(10, seed=5)[0], stop)
    assert stop.times == 6


def test_the_model_is_handed_the_unlabelled_rows_and_two_kinds_of_views():
    rows, labels = toy(2)
    unlabeled, _ = toy(10, seed=5)
    given = []

    def fit(examples, consistency=None):
        given.append((examples, consistency))
        return lambda inputs: np.full((len(inputs), 3), 1 / 3, np.float32)

    ear = Ear()
    _fitted(fit, rows, labels, unlabeled, ear, free=frozenset(Fact), ratio=5)
    (examples, consistency) = given[0]
    np.testing.assert_array_equal(examples.labels, labels)
    assert consistency.ratio == 5
    np.testing.assert_array_equal(consistency.unlabeled.values, unlabeled.values)
    batch = unlabeled[:6]
    for view in (consistency.weak, consistency.strong):
        assert view(batch, np.random.default_rng(0)).shape == batch.shape
    weak, strong = (
        np.abs(view(batch, np.random.default_rng(0))).sum() for view in (consistency.weak, consistency.strong)
    )
    assert weak != strong
    assert not any("safe" in note for note in ear.notes)
    _fitted(fit, rows, labels, unlabeled, ear)
    assert any("No change of these images is said to be safe" in note for note in ear.notes)


def test_a_model_on_features_makes_views_of_its_own():
    features = np.random.default_rng(0).random((6, 4)).astype(np.float32)
    given = []

    def fit(examples, consistency=None):
        given.append(consistency)
        consistency.believing(np.full((4, 3), 1 / 3, np.float32), 0, 10)
        return lambda inputs: np.full((len(inputs), 3), 1 / 3, np.float32)

    _fitted(fit, features, np.array([0, 1, 2, 0, 1, 2]), features[:5], Ear(), fixed=True)
    assert given[0].weak is None
    assert given[0].strong is None
    np.testing.assert_array_equal(given[0].unlabeled, features[:5])


def test_features_in_half_precision_are_told_to_be_foreign():
    """The maps of a network are in half precision, where the squares of so many of them are beyond its range."""
    features = np.full((9, 1, 5000), 40, np.float16)
    ear = Ear()
    _fitted(Sure(0.9), features, np.arange(9) % 3, -features, ear, fixed=True)
    assert "100\u00a0% of the pool look unlike every labelled example" in ear.notes[-1]


def test_without_a_pool_it_is_the_model_alone():
    rows, labels = toy(2)
    given = []

    def fit(examples, consistency=None):
        given.append(consistency)
        return "predictor"

    ear = Ear()
    empty = type(rows)(rows.values[:0], rows.scaling)
    assert _fitted(fit, rows, labels, empty, ear) == "predictor"
    assert given == [None]
    assert ear.notes == ["FixMatch had no unlabelled image to learn from."]


def test_watched_rows_are_the_rows_and_remember():
    rows, _ = toy(4)
    watched = Watched(rows.values, rows.scaling)
    np.testing.assert_array_equal(watched[2:5], rows[2:5])
    np.testing.assert_array_equal(watched.asked[0], [2, 3, 4])
    watched[np.array([7, 1])]
    np.testing.assert_array_equal(watched.asked[0], [7, 1])


def test_it_costs_more_with_more_and_larger_images():
    task = fixmatch.Task(100, (64, 64, 1), 3, 30)
    small = fixmatch.Task(100, (32, 32, 1), 3, 30)
    assert FixMatch().cost(small).fit < FixMatch().cost(task).fit < FixMatch(ratio=7).cost(task).fit
