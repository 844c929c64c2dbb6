"""Nearest class means against scikit-learn's."""

import numpy as np
from sklearn.neighbors import NearestCentroid

from explorer.techniques.examples import Examples
from explorer.techniques.models.nearest_mean import Means
from tests.unit.techniques.toys import weighted


def _data(n, d=6, seed=0):
    rng = np.random.default_rng(seed)
    labels = (np.arange(n) % 3).astype(np.int64)
    return (rng.normal(size=(n, d)) + labels[:, None]).astype(np.float32), labels


def test_answers_are_those_of_scikit_learn():
    features, labels = _data(10)
    seen = _data(200, seed=1)[0]
    found = Means().fit(Examples.of(features, labels), n_classes=3, seed=0)(seen)
    np.testing.assert_array_equal(found.argmax(axis=1), NearestCentroid().fit(features, labels).predict(seen))


def test_a_row_counts_in_a_mean_as_its_weight_says():
    features, labels = _data(6)
    weights = np.array([2, 1, 1, 1, 3, 1])
    seen = _data(100, seed=1)[0]
    doubled = np.repeat(np.arange(6), weights)
    once = Means().fit(weighted(features, labels, weights.astype(float)), n_classes=3, seed=0)(seen)
    often = Means().fit(Examples.of(features[doubled], labels[doubled]), n_classes=3, seed=0)(seen)
    np.testing.assert_array_equal(once.argmax(axis=1), often.argmax(axis=1))


def test_a_row_of_several_views_is_their_mean():
    views = np.random.default_rng(0).normal(size=(9, 4, 5)).astype(np.float32)
    labels = (np.arange(9) % 3).astype(np.int64)
    of_views = Means().fit(Examples.of(views, labels), n_classes=3, seed=0)
    of_means = Means().fit(Examples.of(views.mean(axis=1), labels), n_classes=3, seed=0)
    np.testing.assert_allclose(of_views(views), of_means(views.mean(axis=1)), atol=1e-6)


def test_one_class_alone_is_the_only_answer():
    features, labels = _data(6)
    found = Means().fit(Examples.of(features, labels * 0 + 1), n_classes=3, seed=0)(features)
    np.testing.assert_array_equal(found, np.tile([0.0, 1.0, 0.0], (6, 1)))


def test_confidence_is_that_of_rows_held_out():
    rng = np.random.default_rng(0)
    labels = (np.arange(60) % 2).astype(np.int64)
    noise = rng.normal(size=(60, 8)).astype(np.float32)
    found = Means().fit(Examples.of(noise, labels), n_classes=2, seed=0)(rng.normal(size=(50, 8)).astype(np.float32))
    assert np.abs(found - 0.5).max() < 0.25, "where nothing can be told apart, nothing is certain"
