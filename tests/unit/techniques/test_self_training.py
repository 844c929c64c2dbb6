"""Self-training by quotas: what is believed, what it counts, and when the pool is left alone."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.cautions import is_caution
from explorer.errors import Cancelled
from explorer.records import UNLABELED
from explorer.techniques import hands
from explorer.techniques.base import Learner
from explorer.techniques.examples import BELIEVED, Examples
from explorer.techniques.logistic import Logistic
from explorer.techniques.monitors import Quiet
from explorer.techniques.semi_supervised import self_training
from explorer.techniques.semi_supervised.self_training import SelfTraining, pool_part

HEAD = Logistic(strengths=(3.0, 30.0), fallback=30.0)
DEPTHS = {"early": slice(0, 6), "last": slice(6, 12)}
ONE_DEPTH = {"all": slice(0, 12)}


class Told(Quiet):
    """A monitor that keeps all it is told, and ends the trial after some steps if asked to."""

    def __init__(self, after=None):
        self.notes, self.records, self.beliefs, self.steps, self.after = [], {}, [], 0, after

    def step(self, done, total):
        self.steps += 1
        if self.after is not None and self.steps > self.after:
            raise Cancelled("ended")

    def note(self, sentence):
        self.notes.append(sentence)

    def record(self, name, value):
        self.records[name] = value

    def believe(self, labels, sure=None):
        self.beliefs.append(labels.copy())


def learner(n_classes=3, depths=DEPTHS, seen=None):
    """Return a learner of a linear head, which keeps the examples of every fit in `seen`."""

    def fit(examples, consistency=None):
        if seen is not None:
            seen.append(examples)
        return HEAD.fit(examples, n_classes=n_classes, seed=0)

    return Learner(fit, n_classes, True, depths)


def clustered(per_class, pool, spread=0.45, seed=0, shares=(1 / 3, 1 / 3, 1 / 3)):
    """Return labelled examples, pool and test rows with their labels: three clusters in both halves of columns."""
    rng = np.random.default_rng(seed)
    middles = np.repeat(np.eye(3), 2, axis=1) * 2
    middles = np.concatenate([middles, np.roll(middles, 2, axis=0)], axis=1)
    labels = [np.tile(np.arange(3), per_class), rng.choice(3, pool, p=shares), np.tile(np.arange(3), 100)]
    rows = [(middles[each] + rng.normal(0, spread, (len(each), 12))).astype(np.float32) for each in labels]
    return SimpleNamespace(labeled=Examples.of(rows[0], labels[0]), pool=rows[1], hidden=labels[1], test=rows[2],
                           truth=labels[2])  # fmt: skip


def unclustered(per_class, pool, seed=0):
    """Return the same of one cloud in which a faint direction, half in each half, tells three ordered classes."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, 1, (pool + 900, 12)).astype(np.float32) + 1
    labels = np.digitize(rows[:, 0] + rows[:, 6] - 2, [-0.6, 0.6])
    chosen = np.concatenate([np.flatnonzero(labels == each)[:per_class] for each in range(3)])
    rest = np.setdiff1d(np.arange(len(rows)), chosen)
    return SimpleNamespace(labeled=Examples.of(rows[chosen], labels[chosen]), pool=rows[rest[:pool]],
                           hidden=labels[rest[:pool]], test=rows[rest[pool:]], truth=labels[rest[pool:]])  # fmt: skip


def fitted(data, monitor=None, seen=None, **settings):
    technique = SelfTraining(**settings)
    return technique.fit(learner(seen=seen), data.labeled, data.pool, seed=0, monitor=monitor or Told())


def accuracy(predictor, data):
    return float((predictor(data.test).argmax(axis=1) == data.truth).mean())


def test_the_pool_helps_where_classes_are_clusters_and_one_label_of_each_is_known():
    gains = []
    for seed in range(8):
        data = clustered(1, 300, spread=0.9, seed=seed)
        plain = learner().fit(data.labeled)
        gains.append(accuracy(fitted(data), data) - accuracy(plain, data))
    assert np.mean(gains) > 0.02
    assert min(gains) > -0.02


def test_the_pool_counts_two_thirds_for_clusters_and_it_is_said_why():
    told = Told()
    fitted(clustered(10, 300), told)
    assert told.records["self_training"]["used"] is True
    assert told.records["self_training"]["part"] == pytest.approx(2 / 3)
    assert told.notes[0].startswith(
        "The pool was used and counts for 67\u00a0% of each answer beside 10 labels a class: early and last layers"
    )
    assert len(told.beliefs) == 5


def test_the_pool_is_left_out_without_clusters_and_the_labels_alone_answer():
    data, told = unclustered(30, 300), Told()
    predictor = fitted(data, told)
    assert told.records["self_training"]["used"] is False
    assert told.records["self_training"]["part"] == 0
    assert told.notes[0].startswith("The pool was not used: ")
    assert is_caution(told.notes[0])
    assert "so that beside 30 labels a class it would count for only " in told.notes[0]
    assert told.beliefs == []
    np.testing.assert_array_equal(predictor(data.test), learner().fit(data.labeled)(data.test))


def test_always_counts_as_much_as_ever_all_the_same():
    told = Told()
    fitted(unclustered(30, 300), told, switch="always")
    assert told.records["self_training"]["part"] == pytest.approx(2 / 3)
    assert told.notes[0].startswith("The pool counts for 67\u00a0% of each answer, as the settings ask for: ")
    assert not is_caution(told.notes[0])


def test_the_pool_counts_less_the_more_labels_there_are_and_the_more_doubt():
    assert pool_part(1, 0.0, ways=1) == 0.5, "one way never has more than the labels"
    assert pool_part(1, 0.0, ways=2) == pytest.approx(2 / 3), "nor has any of two"
    assert pool_part(5, 0.2, ways=1) == 0.5
    assert pool_part(20, 0.2, ways=1) == pytest.approx(0.2)
    assert pool_part(20, 0.2, ways=2) == pytest.approx(4 / 15)
    assert pool_part(20, 0.45, ways=1) == pytest.approx(0.1)
    assert pool_part(10, 1.0, ways=2) < pool_part(10, 0.5, ways=2) < pool_part(5, 0.5, ways=2)


def test_doubt_is_the_larger_of_two():
    told = Told()
    fitted(unclustered(10, 300), told)
    found = told.records["self_training"]
    assert found["part"] == pytest.approx(pool_part(10, max(found["depths"], found["neighbors"]), ways=2))


def test_answers_are_means_by_the_part_of_the_pool():
    data, told = clustered(4, 200, spread=1.2), Told()
    predictor = fitted(data, told)
    assert predictor.weights == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    labels, believed, gaussians = (each(data.test) for each in predictor.predictors)
    trained, vote = (each(data.test) for each in predictor.predictors[1].predictors)
    np.testing.assert_allclose(believed, (trained + vote) / 2, atol=1e-6)
    np.testing.assert_allclose(predictor(data.test), (labels + believed + gaussians) / 3, atol=1e-6)


def test_each_round_believes_a_larger_share_within_its_quotas_and_weights_stay_below_those_of_the_labels():
    data, told, seen = clustered(4, 300), Told(), []
    known = learner(depths=ONE_DEPTH, seen=seen)
    SelfTraining().fit(known, data.labeled, data.pool, seed=0, monitor=told)
    shares = [(labels != UNLABELED).mean() for labels in told.beliefs]
    np.testing.assert_allclose(shares, [0.16, 0.32, 0.48, 0.64, 0.8], atol=0.05)
    assert shares == sorted(shares)
    believed = [each for each in seen if (each.units == BELIEVED).any()]
    assert len(believed) == 5
    for each in believed:
        pseudo = each.weights[each.units == BELIEVED]
        assert 0 < pseudo.sum() <= len(data.labeled) + 1e-9
        assert pseudo.max() <= 1


def test_rows_on_which_depths_disagree_are_not_believed():
    data, told = clustered(4, 300), Told()
    rng = np.random.default_rng(1)
    mixed = rng.permutation(300)[:150]
    data.pool[mixed, 6:] = data.pool[rng.permutation(300)[:150], 6:]
    fitted(data, told)
    torn = np.setdiff1d(mixed, np.flatnonzero(learner().fit(data.labeled)(data.pool).max(axis=1) > 0.9))
    assert (told.beliefs[-1][torn] != UNLABELED).mean() < 0.5 < (told.beliefs[-1] != UNLABELED).mean()


def test_only_the_first_fit_is_tuned():
    data, seen = clustered(4, 200), []
    SelfTraining().fit(learner(depths=ONE_DEPTH, seen=seen), data.labeled, data.pool, seed=0, monitor=Told())
    tuned = [len(np.unique(each.units[each.units >= 0])) > 1 for each in seen]
    assert tuned == [True] + [False] * (len(seen) - 1)


def test_believed_labels_are_far_more_often_right_than_chance():
    data, told = clustered(2, 300), Told()
    fitted(data, told)
    last = told.beliefs[-1]
    assert (last == data.hidden)[last != UNLABELED].mean() > 0.9


def test_views_of_rows_are_averaged():
    data = clustered(3, 200)
    rng = np.random.default_rng(5)

    def viewed(rows):
        shift = rng.normal(0, 0.3, (len(rows), 4, 12)).astype(np.float32)
        return rows[:, None] + shift - shift.mean(axis=1, keepdims=True)

    several = SimpleNamespace(**vars(data))
    several.labeled = Examples.of(viewed(data.labeled.rows), data.labeled.labels)
    several.pool, several.test = viewed(data.pool), viewed(data.test)
    predictor = fitted(several)
    assert predictor(several.test).shape == (300, 3)
    assert accuracy(predictor, several) > 0.9


@pytest.mark.parametrize("fixed", [True, False])
def test_an_empty_pool_leaves_the_labels_and_says_so(fixed):
    data, told = clustered(3, 200), Told()
    known = Learner(learner().fit, 3, fixed, DEPTHS)
    predictor = SelfTraining().fit(known, data.labeled, data.pool[:0], seed=0, monitor=told)
    assert told.notes == ["The pool holds no unlabelled example, so that the labels alone were learnt from."]
    np.testing.assert_array_equal(predictor(data.test), learner().fit(data.labeled)(data.test))


def test_a_class_without_labels_is_never_believed():
    data, told = clustered(4, 200), Told()
    few = data.labeled.subset(np.flatnonzero(data.labeled.labels != 1))
    found = SelfTraining().fit(learner(), few, data.pool, seed=0, monitor=told)(data.test)
    assert found[:, 1].max() == 0
    assert not any((labels == 1).any() for labels in told.beliefs)


def test_a_model_of_one_depth_is_judged_by_neighbours_alone():
    data, told = clustered(10, 200), Told()
    SelfTraining().fit(learner(depths={"all": slice(0, 12)}), data.labeled, data.pool, seed=0, monitor=told)
    assert set(told.records["self_training"]) == {"used", "part", "foreign", "neighbors"}
    assert told.notes[0].startswith(
        "The pool was used and counts for 67\u00a0% of each answer beside 10 labels a class: neighbours look like one"
    )


def test_a_pool_of_other_shares_and_foreign_things_is_told():
    data, told = clustered(10, 300, shares=(0.9, 0.05, 0.05)), Told()
    strange = np.tile(np.array([[-3.0, 3.0] * 6], np.float32), (200, 1))
    data.pool = np.concatenate([data.pool, strange + np.random.default_rng(0).normal(0, 0.3, (200, 12))])
    data.pool = data.pool.astype(np.float32)
    fitted(data, told)
    assert any("of the labelled examples, but is found in" in note for note in told.notes)
    assert any("unlike every labelled example" in note for note in told.notes)


def test_trained_models_get_two_rounds_and_are_judged_by_what_changes():
    data, told, seen = clustered(3, 200), Told(), []
    known = Learner(learner(seen=seen).fit, 3, False)
    predictor = SelfTraining().fit(known, data.labeled, data.pool, seed=0, monitor=told)
    assert len(seen) == 3
    assert len(told.beliefs) == 2
    assert told.records["self_training"]["changed"] < 1 / 3
    assert "the model gives the same answers as before on " in told.notes[0]
    assert accuracy(predictor, data) > 0.9


def test_a_trained_model_that_answers_otherwise_after_believing_is_given_up():
    data, told = clustered(10, 200), Told()
    good = learner().fit

    def fit(examples, consistency=None):
        inner = good(examples)
        return (lambda rows: np.roll(inner(rows), 1, axis=1)) if (examples.units < 0).any() else inner

    predictor = SelfTraining(rounds=1).fit(Learner(fit, 3, False), data.labeled, data.pool, seed=0, monitor=told)
    assert told.notes[0].startswith("The pool was not used: the model gives the same answers as before on 0\u00a0%")
    np.testing.assert_array_equal(predictor(data.test), good(data.labeled)(data.test))


def test_features_that_a_model_makes_its_own_views_of_are_not_narrowed():
    data, seen = clustered(3, 200), []
    known = Learner(learner(seen=seen).fit, 3, True, {"all": slice(0, 12)}, consistent=True)
    SelfTraining().fit(known, data.labeled, data.pool, seed=0, monitor=Told())
    assert len(seen) == 3
    assert all(each.rows.shape[1] == 12 for each in seen)


@pytest.mark.parametrize("after", [0, 2, 5])
def test_cancellation_passes_through(after):
    with pytest.raises(Cancelled):
        fitted(clustered(3, 400), Told(after))


def test_the_same_seed_gives_the_same_bits():
    data = clustered(5, 300)
    np.testing.assert_array_equal(fitted(data)(data.test), fitted(data)(data.test))


def test_what_does_not_need_the_labels_alone_is_made_beside_them_and_nothing_changes(monkeypatch):
    data = clustered(5, 200)
    alone = fitted(data)(data.test)
    meeting, met, real = threading.Barrier(2, timeout=20), [], self_training.Narrowed.of
    labels_alone = learner()

    def fit(examples, consistency=None):
        met.append(meeting.wait())
        return labels_alone.fit(examples)

    def directions(rows, width):
        if width == self_training.WIDTH:
            met.append(meeting.wait())
        return real(rows, width)

    monkeypatch.setattr(self_training.Narrowed, "of", directions)
    monkeypatch.setattr(hands.os, "cpu_count", lambda: 2)
    with hands.all_cores():
        together = SelfTraining().fit(Learner(fit, 3, True, DEPTHS), data.labeled, data.pool, seed=0, monitor=Told())
    assert sorted(met) == [0, 1]
    assert np.array_equal(alone, together(data.test))
