"""What to label next: typical rows, undecided rows, and that asking is held against chance."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from explorer.statistics.labeling import (
    at_random,
    is_few,
    next_to_label,
    replay_budgets,
    replay_needs,
    replayed,
    typical,
    undecided,
)

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


def test_of_a_small_pool_the_sure_ones_are_not_asked_for():
    features = np.linspace(0, 1, 42)[:, None]
    labels = np.full(42, -1)
    labels[[0, 41]] = 0, 1
    found = undecided(features, labels, np.hstack([1 - features, features]), 8)
    assert (np.abs(features[found, 0] - 0.5) <= 0.11).all()  # the eight least decided of 40, not half of the 16 least


@pytest.fixture
def doubted():
    """Return 400 rows with features (400, 3), no labels, and probabilities of two classes that few are between."""
    draw = np.random.default_rng(4)
    first = draw.beta(0.2, 0.2, 400)[:, None]
    return draw.standard_normal((400, 3)), np.full(400, -1), np.hstack([first, 1 - first])


def test_a_short_list_is_the_beginning_of_a_long_one(doubted):
    whole = undecided(*doubted, 400)
    assert sorted(whole.tolist()) == list(range(400))
    for count in (1, 5, 8, 13, 100):
        assert undecided(*doubted, count).tolist() == whole[:count].tolist()


def test_the_least_decided_come_first_however_many_are_asked_for(doubted):
    _, _, probabilities = doubted
    least = np.argsort(np.abs(probabilities[:, 0] - 0.5))
    order = undecided(*doubted, 100)
    assert set(order[:24].tolist()) <= set(least[:32].tolist())
    places = [order.tolist().index(row) + 1 for row in least[:10]]
    assert max(places) <= 50
    assert order[0] == least[0]


def test_of_undecided_rows_those_unlike_the_ones_before_come_sooner():
    features = np.zeros((100, 2))
    features[1:16:2] = 9 * np.random.default_rng(0).standard_normal((8, 2))  # of the 16 least decided every other one
    margins = np.linspace(0, 0.9, 100)
    probabilities = np.stack([0.5 + margins / 2, 0.5 - margins / 2], axis=1)
    found = undecided(features, np.full(100, -1), probabilities, 8)
    assert set(found.tolist()) - {0} <= set(range(1, 16, 2))


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


def test_rows_that_are_alike_are_asked_for_all_the_same():
    found = typical(np.zeros((30, 2)), np.where(np.arange(30) < 3, 0, -1), 20)
    assert len(set(found.tolist())) == 20
    assert found.min() == 3


def test_labels_are_few_up_to_ten_a_class():
    assert is_few(np.repeat([0, 1, -1], [10, 9, 50]))
    assert not is_few(np.repeat([0, 1, -1], [10, 10, 50]))
    assert is_few(np.repeat([0, -1], [19, 5]))  # of one class alone nothing is known of the others
    assert is_few(np.full(4, -1))


@pytest.mark.parametrize(
    ("n", "k", "budgets"),
    [
        (31, 3, ()),
        (32, 3, (4, 8, 16)),
        (200, 3, (4, 8, 16, 32, 64)),
        (79, 10, ()),
        (80, 10, (10, 20, 40)),
        (100_000, 3, (4, 8, 16, 32, 64, 128, 256)),
    ],
)
def test_orders_are_compared_up_to_half_of_the_rows(n, k, budgets):
    assert replay_budgets(n, k) == budgets
    assert (n >= replay_needs(k)) == bool(budgets)


def test_even_very_many_classes_are_compared_at_three_numbers_of_labels():
    assert replay_budgets(replay_needs(200), 200) == (200, 400, 800)


def model(features):
    """Return a model of rows of these features."""

    def fit(taught, labels, asked):
        return LogisticRegression().fit(features[taught], labels).predict_proba(features[asked])

    return fit


def test_a_replay_is_nested_and_finds_all_classes_sooner_than_chance(blobs):
    features, kinds = blobs
    labels = np.where(np.arange(100) % 10 == 0, -1, kinds)
    fit = model(features)
    asked = replayed(features, labels, (4, 8, 60), fit)
    assert [len(each) for each in asked] == [4, 8, 60]
    assert asked[1][:4].tolist() == asked[0].tolist()
    assert (labels[asked[2]] >= 0).all()
    assert len(set(asked[2].tolist())) == 60
    assert len(np.unique(kinds[asked[0]])) == 4
    by_chance = [len(np.unique(kinds[replayed(features, labels, (4,), fit, s, random=True)[0]])) for s in range(20)]
    assert np.mean(by_chance) < 3.5


def test_a_replay_shows_its_model_only_labels_that_were_asked_for(blobs):
    features, kinds = blobs
    labels = np.where(np.arange(100) % 10 == 0, -1, kinds)
    shown = []

    def fit(taught, truth, asked):
        assert labels[taught].tolist() == truth.tolist()
        assert not set(taught.tolist()) & set(asked.tolist())
        shown.append(set(taught.tolist()))
        return model(features)(taught, truth, asked)

    found = replayed(features, labels, (4, 8, 45, 60), fit)
    assert shown == [set(found[2].tolist())]  # not before there are ten labels a class
