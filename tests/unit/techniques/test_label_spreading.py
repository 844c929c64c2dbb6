"""Label spreading, against scikit-learn's own on the same graph, and what becomes of nodes that no label reaches."""

import warnings

import numpy as np
import pytest

from explorer.errors import Cancelled
from explorer.records import UNLABELED
from explorer.techniques import believing
from explorer.techniques.believing import unit
from explorer.techniques.examples import Examples
from explorer.techniques.graphs import Vote, alike, nearest, neighbors, spread
from explorer.techniques.monitors import QUIET
from explorer.techniques.semi_supervised.label_spreading import LabelSpreading
from tests.unit.techniques.test_self_training import Told, accuracy, clustered, learner


def adjacency(joined):
    """Return the symmetric table of edges, (n, n), entry by entry."""
    table = np.zeros((len(joined), len(joined)))
    for number, others in enumerate(joined):
        for other in others:
            table[number, other] = table[other, number] = 1.0
    return table


@pytest.mark.parametrize("alpha", [0.2, 0.6])
def test_labels_spread_as_in_scikit_learn(alpha):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.semi_supervised import LabelSpreading as Reference

    data = clustered(3, 150, spread=0.8)
    nodes = unit(np.concatenate([data.labeled.rows, data.pool]))
    joined = neighbors(nodes, 10, QUIET)
    given = np.concatenate([data.labeled.labels, np.full(150, UNLABELED)])
    reference = Reference(kernel=lambda first, second: adjacency(joined), alpha=alpha, max_iter=30, tol=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # without a tolerance it never says that it has converged
        reference.fit(nodes, given)
    found = spread(joined, data.labeled.labels, 3, alpha)
    np.testing.assert_allclose(found, reference.label_distributions_, atol=1e-8)


def test_a_node_that_no_label_reaches_is_unknown_and_has_no_say():
    joined = np.array([[1], [0], [3], [2]])
    found = spread(joined, np.array([1]), 2, 0.2)
    assert found[:2, 1].tolist() == [1.0, 1.0]
    assert found[2:].tolist() == [[0.0, 0.0], [0.0, 0.0]]
    nodes = unit(np.array([[1, 0.0], [1, 0.1], [0, 1], [0.1, 1]]))
    vote = Vote(nodes, found, 2, lambda rows: np.tile(np.float32([0.3, 0.7]), (len(rows), 1)))
    np.testing.assert_allclose(vote(np.float32([[1, 0], [0, 2]])), [[0, 1], [0.3, 0.7]], atol=1e-6)


def test_neighbours_are_those_of_greatest_cosine_similarity():
    rows = np.random.default_rng(0).normal(size=(700, 5)) * np.linspace(0.1, 9, 700)[:, None]
    nodes = unit(rows)
    likeness = (rows @ rows.T) / np.outer(np.linalg.norm(rows, axis=1), np.linalg.norm(rows, axis=1))
    np.fill_diagonal(likeness, -2)
    expected = [set(np.argsort(-row)[:4]) for row in likeness]
    assert sum(set(found) != wanted for found, wanted in zip(neighbors(nodes, 4, QUIET), expected, strict=True)) <= 1
    assert (nearest(nodes, nodes, 1)[:, 0] == np.arange(700)).all()
    assert neighbors(nodes[:3], 10, QUIET).shape == (3, 2)


def test_neighbours_are_the_same_block_by_block_and_each_block_may_be_the_last(monkeypatch):
    nodes = unit(np.random.default_rng(0).normal(size=(100, 5)))
    whole = neighbors(nodes, 4, QUIET)
    monkeypatch.setattr(believing, "AT_ONCE", 100 * 30)
    told = Told()
    np.testing.assert_array_equal(neighbors(nodes, 4, told), whole)
    assert told.steps == 4
    with pytest.raises(Cancelled):
        neighbors(nodes, 4, Told(after=2))


def test_alikeness_is_one_for_clusters_and_nought_by_chance():
    joined = np.array([[1, 2], [0, 2], [0, 1], [4, 5], [3, 5], [3, 4]])
    assert alike(joined, np.array([0, 0, 0, 1, 1, 1]), 2) == 1.0
    assert alike(joined, np.zeros(6, np.int64), 2) == 0.0
    mixed = np.random.default_rng(0).integers(0, 2, 4000)
    others = np.random.default_rng(1).integers(0, 4000, (4000, 10))
    assert abs(alike(others, mixed, 2)) < 0.03


def test_one_label_of_each_class_spreads_over_its_cluster():
    data, told = clustered(1, 300, spread=0.8), Told()
    predictor = LabelSpreading().fit(learner(), data.labeled, data.pool, seed=0, monitor=told)
    assert accuracy(predictor, data) > accuracy(learner().fit(data.labeled), data)
    assert len(told.beliefs) == 1
    assert (told.beliefs[0] == data.hidden).mean() > 0.85
    assert 0 <= told.records["label_spreading"]["foreign"] <= 1


def test_what_speaks_against_the_graph_is_told():
    data, told = clustered(5, 200), Told()
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(215, 12)).astype(np.float32)
    labeled = Examples.of(noise[:15], data.labeled.labels)
    LabelSpreading().fit(learner(), labeled, noise[15:], seed=0, monitor=told)
    assert any("Neighbours in the pool often look like different classes" in note for note in told.notes)


def test_it_is_refused_for_models_that_are_trained_end_to_end():
    assert LabelSpreading.works_with_fixed
    assert not LabelSpreading.works_with_trained
