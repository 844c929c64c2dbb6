"""Influence of items against leaving each out, and against reweighing them."""

import numpy as np
import pytest

from explorer.scores import METRICS
from explorer.statistics.influence import gradient, influence

LABELS = np.repeat([0, 1, 2], [50, 30, 20])


def answers(seed=0):
    random = np.random.default_rng(seed)
    votes = random.dirichlet(np.ones(3), len(LABELS)) + 0.4 * np.eye(3)[LABELS]
    return votes / votes.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_it_is_how_the_score_moves_when_an_item_counts_a_little_more(metric):
    score, found = METRICS[metric], influence(METRICS[metric], answers(), LABELS)
    table = score.contributions(answers(), LABELS)
    for item in (0, 55, 99):
        weights = np.ones(len(LABELS))
        weights[item] += 1e-4
        moved = score.of_sums(weights @ table) - score.of_sums(table.sum(axis=0))
        assert found[item] == pytest.approx(moved / 1e-4, rel=1e-3, abs=1e-7)


@pytest.mark.parametrize("metric", ["balanced_accuracy", "accuracy", "log_loss"])
def test_of_shares_and_means_it_tells_what_any_reweighing_within_classes_does(metric):
    score, table = METRICS[metric], METRICS[metric].contributions(answers(), LABELS)
    weights = np.ones(len(LABELS))
    weights[[1, 3, 60]], weights[[2, 4, 61]] = 2, 0  # every class keeps its size
    moved = score.of_sums(weights @ table) - score.of_sums(table.sum(axis=0))
    assert (weights - 1) @ influence(score, answers(), LABELS) == pytest.approx(float(moved), abs=1e-9)


def test_a_class_that_is_not_judged_moves_nothing():
    score = METRICS["balanced_accuracy"]
    some = LABELS < 2
    found = influence(score, answers()[some], LABELS[some])
    assert np.isfinite(found).all()
    assert gradient(score.of_sums, np.array([3.0, 0, 5, 0, 4, 0]))[2::3] == pytest.approx([0, 0])
