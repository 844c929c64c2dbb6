"""What to label next: typical rows, undecided rows, and that asking is held against chance."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from explorer.statistics.labeling import at_random, next_to_label, replayed, typical, undecided

CENTRES = np.array([[0, 0], [10, 0], [0, 10], [10, 10]], float)


@pytest.fixture
def blobs():
    """Return four blobs of unequal sizes, (100, 2), and their numbers."""
    kinds = np.repeat(np.arange(4), [40, 30, 20, 10])
    return CENTRES[kinds] + 0.5 * np.random.default_rng(0).standard_normal((100, 2)), kinds


def test_typical_rows_come_from_each_cluster_the_largest_first(blobs):
    features, kinds = blobs
    found = typical(features, np.full(100, -1), 4)
    assert kinds[found].tolist() == [0, 1, 2, 3]
    away = np.linalg.norm(features[found] - CENTRES[kinds[found]], axis=1)
    assert (away < 0.5).all()


def test_a_cluster_with_a_label_waits_until_the_others_have_one(blobs):
    features, kinds = blobs
    labels = np.full(100, -1)
    labels[np.flatnonzero(kinds == 0)[:1]] = 0
    assert 0 not in kinds[typical(features, labels, 3)]


def test_undecided_rows_lie_between_the_classes_and_apart_from_each_other():
    features = np.linspace(0, 1, 101)[:, None]
    labels = np.full(101, -1)
    labels[[0, 100]] = 0, 1
    probabilities = np.hstack([1 - features, features])
    found = undecided(features, labels, probabilities, 3)
    assert found[0] == 50
    assert (np.abs(features[found, 0] - 0.5) <= 0.16).all()
    assert len(set(found.tolist())) == 3
    alike = undecided(np.zeros((101, 1)), labels, probabilities, 5)
    assert len(set(alike.tolist())) == 5


def test_few_labels_ask_for_typical_rows_and_many_for_undecided_ones(blobs):
    features, kinds = blobs
    probabilities = np.random.default_rng(1).dirichlet(np.ones(4), 100)
    few, many = np.full(100, -1), np.full(100, -1)
    few[:2] = kinds[:2]
    many[np.concatenate([np.flatnonzero(kinds == each)[:10] for each in range(4)])] = np.repeat(np.arange(4), 10)
    assert next_to_label(features, few, probabilities, 5).tolist() == typical(features, few, 5).tolist()
    assert (
        next_to_label(features, many, probabilities, 5).tolist() == undecided(features, many, probabilities, 5).tolist()
    )
    assert next_to_label(features, many, None, 5).tolist() == typical(features, many, 5).tolist()


@pytest.mark.parametrize("chosen", [typical, at_random])
def test_only_unlabelled_rows_each_once_and_no_more_than_there_are(chosen, blobs):
    features, kinds = blobs
    labels = np.where(np.arange(100) < 90, kinds, -1)
    assert sorted(chosen(features, labels, 50).tolist()) == list(range(90, 100))
    assert len(chosen(features, kinds, 5)) == 0
    assert chosen(features, labels, 5).tolist() == chosen(features, labels, 5).tolist()


def fit(features, labels, asked):
    return LogisticRegression().fit(features, labels).predict_proba(asked)


def test_a_replay_is_nested_and_finds_all_classes_sooner_than_chance(blobs):
    features, kinds = blobs
    labels = np.where(np.arange(100) % 10 == 0, -1, kinds)
    asked = replayed(features, labels, (4, 8, 60), fit)
    assert [len(each) for each in asked] == [4, 8, 60]
    assert asked[1][:4].tolist() == asked[0].tolist()
    assert (labels[asked[2]] >= 0).all()
    assert len(set(asked[2].tolist())) == 60
    assert len(np.unique(kinds[asked[0]])) == 4
    by_chance = [len(np.unique(kinds[replayed(features, labels, (4,), fit, s, random=True)[0]])) for s in range(20)]
    assert np.mean(by_chance) < 3.5
