"""Heads against scikit-learn's own, fitted plainly."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from explorer.errors import Cancelled
from explorer.techniques.examples import Examples
from explorer.techniques.logistic import Apart, Logistic
from explorer.techniques.models.nearest_mean import Means
from explorer.techniques.monitors import Quiet
from explorer.techniques.support_vectors import SupportVectors
from tests.unit.techniques.toys import quick, weighted

HALVES = Apart((slice(0, 12), slice(12, 30)), (2.0, 1.0))


def _data(n_classes, per_class, d=30, seed=0, skew=0):
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.full(per_class + skew * each, each) for each in range(n_classes)])
    features = rng.normal(size=(len(labels), d)) + 1.2 * np.random.default_rng(9).normal(size=(n_classes, d))[labels]
    return features.astype(np.float32), labels.astype(np.int64)


def _logistic(features, labels, n_classes, weights=None, **more):
    more = {"strengths": (2.0,), "fallback": 2.0, **more}
    return Logistic(**more).fit(weighted(features, labels, weights), n_classes=n_classes, seed=0)


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("d", [5, 300])
def test_two_rows_a_class_give_plain_logistic_regression(n_classes, d):
    features, labels = _data(n_classes, 2, d)
    seen = _data(n_classes, 5, d, seed=1)[0]
    plain = LogisticRegression(C=2.0, class_weight="balanced", max_iter=5000, tol=1e-8).fit(features, labels)
    np.testing.assert_allclose(_logistic(features, labels, n_classes)(seen), plain.predict_proba(seen), atol=4e-3)


def test_an_imbalanced_set_is_fitted_as_if_classes_were_equal():
    features, labels = _data(3, 1, skew=20)
    seen = _data(3, 30, seed=1)[0]
    plain = LogisticRegression(C=2.0, class_weight="balanced", max_iter=5000, tol=1e-8).fit(features, labels)
    found = _logistic(features, labels, 3)
    assert (found(seen).argmax(axis=1) == plain.predict(seen)).mean() > 0.97


def test_weights_are_those_of_scikit_learn_and_only_their_ratios_count():
    features, labels = _data(2, 2)
    weights = np.array([1.0, 3.0, 2.0, 0.5])
    balanced = 4 / 2 * weights / np.array([weights[labels == each].sum() for each in labels])
    plain = LogisticRegression(C=2.0, max_iter=5000, tol=1e-8).fit(features, labels, sample_weight=balanced)
    for scale in (1.0, 10.0):
        found = _logistic(features, labels, 2, weights=weights * scale)
        np.testing.assert_allclose(found(features), plain.predict_proba(features), atol=4e-3)


@pytest.mark.parametrize("learner", [Logistic, SupportVectors])
def test_the_strength_is_chosen_by_rows_held_out(learner):
    rng = np.random.default_rng(0)
    labels = np.arange(60, dtype=np.int64) % 2
    features = rng.normal(size=(60, 40)).astype(np.float32)
    features[:, 0] += 1.5 * (2 * labels - 1)
    seen, truth = rng.normal(size=(2000, 40)).astype(np.float32), np.arange(2000) % 2
    seen[:, 0] += 1.5 * (2 * truth - 1)

    def loss(strengths):
        found = learner(strengths, 1.0).fit(Examples.of(features, labels), n_classes=2, seed=0)(seen)
        return -np.log(found[np.arange(2000), truth] + 1e-9).mean()

    each = [loss((strength,)) for strength in (1e-4, 0.1, 100.0)]
    assert loss((1e-4, 0.1, 100.0)) <= min(each) + 0.05
    assert max(each) > min(each) + 0.1


def test_support_vectors_answer_as_scikit_learn_does():
    features, labels = _data(4, 6)
    seen = _data(4, 30, seed=1)[0]
    found = SupportVectors((10.0,), 10.0).fit(Examples.of(features, labels), n_classes=4, seed=0)(seen)
    plain = SVC(C=10.0, gamma="scale", class_weight="balanced").fit(features, labels)
    assert (found.argmax(axis=1) == plain.predict(seen)).mean() > 0.97


def test_probabilities_of_support_vectors_are_better_than_certainty():
    features, labels = _data(3, 10, d=8)
    seen, truth = _data(3, 200, d=8, seed=1)
    found = SupportVectors((1.0, 10.0), 10.0).fit(Examples.of(features, labels), n_classes=3, seed=0)(seen)
    loss = -np.log(found[np.arange(len(truth)), truth]).mean()
    error = (found.argmax(axis=1) != truth).mean()
    assert loss < 3 * error + 0.05
    assert loss < np.log(3) / 2


@pytest.mark.parametrize("n_classes", [2, 4])
def test_parts_by_themselves_are_the_mean_of_plain_logistic_regressions(n_classes):
    parts, strengths = (slice(0, 5), slice(5, 60)), (3.0, 0.5)
    features, labels = _data(n_classes, 2, 60)
    seen = _data(n_classes, 5, 60, seed=1)[0]
    each = [
        LogisticRegression(C=C, class_weight="balanced", max_iter=5000, tol=1e-8)
        .fit(features[:, part], labels)
        .predict_proba(seen[:, part])
        for part, C in zip(parts, strengths, strict=True)
    ]
    found = Apart(parts, strengths).fit(Examples.of(features, labels), n_classes=n_classes, seed=0)(seen)
    np.testing.assert_allclose(found, np.mean(each, axis=0), atol=4e-3)


def test_a_part_that_tells_nothing_apart_changes_no_answer():
    features, labels = _data(3, 10)
    seen = _data(3, 50, seed=1)[0]
    features[:, 12:] = seen[:, 12:] = 1.0
    first = Apart(HALVES.parts[:1], HALVES.strengths[:1])
    alone, both = (head.fit(Examples.of(features, labels), n_classes=3, seed=0)(seen) for head in (first, HALVES))
    np.testing.assert_array_equal(both.argmax(axis=1), alone.argmax(axis=1))


def test_one_class_in_parts_gives_that_class():
    features, _ = _data(2, 3)
    found = HALVES.fit(Examples.of(features, np.full(6, 1)), n_classes=3, seed=0)(features)
    np.testing.assert_array_equal(found, np.tile([0, 1, 0], (6, 1)))


@pytest.mark.parametrize("learner", [Logistic, SupportVectors])
def test_labels_of_one_class_give_that_class(learner):
    features, _ = _data(2, 3)
    found = learner((1.0,), 1.0).fit(Examples.of(features, np.full(6, 1)), n_classes=3, seed=0)(features)
    np.testing.assert_array_equal(found, np.tile([0, 1, 0], (6, 1)))


def test_standardizing_makes_units_irrelevant():
    features, labels = _data(3, 5, d=4)
    scales = np.array([1, 1e-3, 1e3, 10], np.float32)
    wanted = _logistic(features, labels, 3, standardize=True)(features)
    found = _logistic(features * scales, labels, 3, standardize=True)(features * scales)
    np.testing.assert_allclose(found, wanted, atol=1e-3)


@pytest.mark.parametrize("head", [Logistic((2.0,), 2.0), SupportVectors((10.0,), 10.0), HALVES])
@pytest.mark.parametrize("per_class", [2, 5])
def test_equal_views_of_a_row_count_as_the_row_alone(head, per_class):
    features, labels = _data(3, per_class)
    seen = _data(3, 20, seed=1)[0]
    alone = head.fit(Examples.of(features, labels), n_classes=3, seed=0)(seen)
    twice = np.stack([features, features], axis=1)
    found = head.fit(Examples.of(twice, labels), n_classes=3, seed=0)(np.stack([seen, seen], axis=1))
    np.testing.assert_allclose(found, alone, atol=4e-3)


def test_views_that_help_are_learnt_from_and_answers_are_the_mean_of_theirs():
    features, labels = _data(2, 8, d=6)
    seen = _data(2, 40, d=6, seed=1)[0]
    views, other = np.stack([features, -features], axis=1), np.stack([seen, -seen], axis=1)
    found = Logistic((2.0,), 2.0).fit(Examples.of(views, labels), n_classes=2, seed=0)(other)
    assert np.abs(found - 0.5).max() < 0.02  # a view and its opposite contradict each other


class Counting(Quiet):
    """A monitor that counts its steps, and ends the trial after so many."""

    def __init__(self, after=1000):
        self.steps, self.after = 0, after

    def step(self, done, total):
        self.steps += 1
        if self.steps > self.after:
            raise Cancelled("ended")


@pytest.mark.parametrize(("head", "fits"), [
    (Logistic((1.0, 2.0), 2.0), 7),
    (SupportVectors((1.0, 10.0), 10.0), 7),
    (HALVES, 4),
    (Means(), 4),
])  # fmt: skip
def test_the_monitor_is_asked_before_each_fit_of_a_fold_and_may_end_it(head, fits):
    features, labels = _data(3, 5)
    counting = Counting()
    head.fit(Examples.of(features, labels), n_classes=3, seed=0, monitor=counting)
    assert counting.steps == fits
    with pytest.raises(Cancelled):
        head.fit(Examples.of(features, labels), n_classes=3, seed=0, monitor=Counting(after=2))


@pytest.mark.parametrize("name", ["pretrained", "nearest_mean", "hog", "scattering"])
def test_models_hand_their_monitor_on_to_the_head(name):
    features, labels = _data(3, 5, d=quick("pretrained").features(np.zeros((1, 16, 16, 1), np.float32)).shape[1])
    with pytest.raises(Cancelled):
        quick(name).fit(Examples.of(features, labels), n_classes=3, seed=0, monitor=Counting(after=2))


def test_believed_labels_are_fitted_but_choose_nothing():
    features, labels = _data(2, 10, d=10)
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(200, 10)).astype(np.float32)
    wrong = Examples.of(features, labels).believing(noise, rng.integers(0, 2, 200), np.full(200, 1e-6))
    head = Logistic((1e-4, 0.1, 100.0), 1.0)
    alone = head.fit(Examples.of(features, labels), n_classes=2, seed=0)(features)
    np.testing.assert_allclose(head.fit(wrong, n_classes=2, seed=0)(features), alone, atol=0.02)
