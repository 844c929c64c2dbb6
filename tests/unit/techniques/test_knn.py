"""Nearest neighbours against scikit-learn's."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from explorer.techniques.examples import Examples
from explorer.techniques.models.knn import Neighbours
from tests.unit.techniques.toys import weighted


def _data(per_class, d=6, seed=0):
    rng = np.random.default_rng(seed)
    labels = (np.arange(3 * per_class) % 3).astype(np.int64)
    return (rng.normal(size=(len(labels), d)) + np.eye(3, d)[labels]).astype(np.float32), labels


@pytest.mark.parametrize(("per_class", "k"), [(1, 1), (4, 1), (5, 5), (30, 5)])
def test_answers_are_those_of_scikit_learn(per_class, k):
    features, labels = _data(per_class)
    seen = _data(100, seed=1)[0]
    found = Neighbours().fit(Examples.of(features, labels), n_classes=3, seed=0)(seen)
    plain = KNeighborsClassifier(k, metric="cosine", algorithm="brute").fit(features, labels)
    shares = plain.predict_proba(seen)
    np.testing.assert_allclose(found, (shares * k + 1 / 3) / (k + 1), atol=1e-6)


def test_a_vote_counts_as_its_row_does_and_classes_equally():
    features = np.array([[1, 0], [1, 0.1], [1, 0.2], [1, 0.3], [1, 0.4]] * 2, np.float32)
    labels = np.array([0] * 5 + [1] * 5)
    weights = np.array([1.0, 1, 1, 1, 1, 9, 1, 1, 1, 1])
    equal = Neighbours().fit(Examples.of(features, labels), n_classes=2, seed=0)(features[:1])
    weighing = Neighbours().fit(weighted(features, labels, weights), n_classes=2, seed=0)(features[:1])
    assert equal[0, 0] > 0.5, "three of the five nearest are of class 0"
    votes = np.array([3, 5 * (9 + 1) / 13])
    np.testing.assert_allclose(weighing[0], (votes + 0.5) / (votes.sum() + 1), atol=1e-6)


def test_few_rows_of_one_class_let_the_nearest_decide():
    features, labels = _data(20)
    few = np.concatenate([np.flatnonzero(labels < 2), np.flatnonzero(labels == 2)[:4]])
    found = Neighbours().fit(Examples.of(features[few], labels[few]), n_classes=3, seed=0)(features[few])
    np.testing.assert_array_equal(found.argmax(axis=1), labels[few])


def test_a_row_of_several_views_is_their_mean():
    views = np.random.default_rng(0).normal(size=(9, 4, 5)).astype(np.float32)
    labels = (np.arange(9) % 3).astype(np.int64)
    of_views = Neighbours().fit(Examples.of(views, labels), n_classes=3, seed=0)(views)
    of_means = Neighbours().fit(Examples.of(views.mean(axis=1), labels), n_classes=3, seed=0)(views.mean(axis=1))
    np.testing.assert_allclose(of_views, of_means, atol=1e-6)


def test_a_class_without_rows_is_no_answer():
    features, labels = _data(2)
    found = Neighbours().fit(Examples.of(features, labels), n_classes=5, seed=0)(features)
    assert found[:, 3:].max() == 0
