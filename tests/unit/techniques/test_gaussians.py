"""Gaussians of one covariance, against scikit-learn's discriminant and against what clouds of rows ask for."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from explorer.errors import Cancelled
from explorer.techniques import gaussians
from explorer.techniques.examples import Examples
from explorer.techniques.gaussians import SHRINKAGE, TEMPER, Gaussians
from explorer.techniques.monitors import Quiet


def same(rows):
    return rows


def stretched(per_class, pool, seed=0, q=8, apart=1.2):
    """Return labelled examples, pool and its labels: two clouds that lie side by side, each far longer than wide."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.tile([0, 1], per_class), rng.permutation(np.tile([0, 1], pool // 2))])
    rows = rng.normal(0, 1, (len(labels), q)) * np.array([5.0, 0.5] + [0.5] * (q - 2))
    rows[:, 1] += apart * labels
    turn = np.linalg.qr(rng.normal(size=(q, q)))[0]
    rows = (rows @ turn).astype(np.float32)
    n = 2 * per_class
    return Examples.of(rows[:n], labels[:n]), rows[n:], labels[n:]


def fitted(labeled, pool, beliefs):
    return Gaussians.of(labeled, pool, beliefs, same, Quiet())


def test_it_is_the_discriminant_of_scikit_learn_where_every_row_is_known(monkeypatch):
    monkeypatch.setattr(gaussians, "PASSES", 1)
    labeled, pool, truth = stretched(20, 400)
    found = fitted(labeled, pool, np.eye(2)[truth])
    rows, labels = np.concatenate([labeled.rows, pool]).astype(float), np.concatenate([labeled.labels, truth])
    peer = LinearDiscriminantAnalysis("lsqr", shrinkage=SHRINKAGE, priors=[0.5, 0.5]).fit(rows, labels)
    logits = rows @ peer.coef_.T + peer.intercept_
    expected = softmax(np.column_stack([np.zeros(len(rows)), TEMPER * logits[:, 0]]), axis=1)
    np.testing.assert_allclose(found(rows), expected, atol=1e-4)


def test_weights_of_labelled_rows_count_as_so_many_rows(monkeypatch):
    monkeypatch.setattr(gaussians, "PASSES", 1)
    labeled, pool, truth = stretched(10, 100)
    twice = labeled.subset(np.repeat(np.arange(len(labeled)), 2))
    heavy = Examples(labeled.rows, labeled.labels, labeled.weights * 2, labeled.units)
    beliefs = np.eye(2)[truth]
    np.testing.assert_allclose(fitted(heavy, pool, beliefs)(pool), fitted(twice, pool, beliefs)(pool), atol=1e-5)


def test_beliefs_that_are_wrong_at_random_are_mended_by_the_shape_of_all_rows():
    labeled, pool, truth = stretched(3, 600, apart=2.0)
    wrong = np.random.default_rng(1).random(600) < 0.3
    beliefs = np.where(np.eye(2)[truth ^ wrong] > 0, 0.8, 0.2)
    answered = fitted(labeled, pool, beliefs)(pool).argmax(axis=1)
    assert (answered == truth).mean() > 0.9 > 0.75 > (beliefs.argmax(axis=1) == truth).mean()


def test_a_class_without_labels_is_never_answered_and_beliefs_in_it_are_shared_out():
    labeled, pool, _ = stretched(5, 60)
    beliefs = np.zeros((60, 3))
    beliefs[:, 2] = 1
    found = fitted(labeled, pool, beliefs)(pool)
    assert found.shape == (60, 3)
    assert (found[:, 2] == 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


def test_answers_do_not_depend_on_the_unit_of_the_features():
    labeled, pool, truth = stretched(5, 100)
    small = Examples(labeled.rows * 1e-3, labeled.labels, labeled.weights, labeled.units)
    beliefs = np.eye(2)[truth]
    found = fitted(small, pool * np.float32(1e-3), beliefs)
    np.testing.assert_allclose(found(pool * 1e-3), fitted(labeled, pool, beliefs)(pool), atol=1e-3)


def test_rows_that_are_all_alike_give_even_answers():
    labeled = Examples.of(np.ones((4, 3), np.float32), np.array([0, 0, 1, 1]))
    found = fitted(labeled, np.ones((6, 3), np.float32), np.full((6, 2), 0.5))
    np.testing.assert_allclose(found(np.ones((2, 3))), 0.5, atol=1e-3)


def test_it_ends_when_it_is_told_to():
    class Ended(Quiet):
        def step(self, done, total):
            raise Cancelled("ended")

    labeled, pool, truth = stretched(5, 100)
    with pytest.raises(Cancelled):
        Gaussians.of(labeled, pool, np.eye(2)[truth], same, Ended())
