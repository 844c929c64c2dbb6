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


@pytest.mark.parametrize("metric", sorted(set(METRICS) - {"calibration_error"}))
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


def weighted_area(probability, inside, weights):
    """Compare all pairs of two classes, each counting by the weights of both."""
    above = (probability[inside, None] > probability[~inside]) + 0.5 * (
        probability[inside, None] == probability[~inside]
    )
    each = weights[inside, None] * weights[~inside]
    return (above * each).sum() / each.sum()


def test_of_areas_it_is_how_all_pairs_move_when_an_item_counts_a_little_more():
    found, votes = influence(METRICS["auroc"], answers(), LABELS), answers()
    for item in range(0, 100, 7):
        weights = np.ones(len(LABELS))
        weights[item] += 1e-5
        moved = np.mean(
            [
                weighted_area(votes[:, kind], kind == LABELS, weights)
                - weighted_area(votes[:, kind], kind == LABELS, np.ones(len(LABELS)))
                for kind in range(3)
            ]
        )
        assert found[item] == pytest.approx(moved / 1e-5, rel=1e-3, abs=1e-7)


def test_of_the_calibration_error_it_has_the_sign_of_the_bin():
    """Of 100 sure answers 60 are right: a wrong one more makes the error larger, a right one smaller."""
    labels, told = np.zeros(100, np.int64), np.repeat([0, 1], [60, 40])
    found = influence(METRICS["calibration_error"], np.where(np.eye(2)[told] > 0, 0.9, 0.1), labels)
    assert found[told == 0] == pytest.approx(np.full(60, (-0.1 - 0.3) / 100))
    assert found[told == 1] == pytest.approx(np.full(40, (0.9 - 0.3) / 100))


def test_of_gaps_that_are_noise_the_calibration_error_moves_less_than_they_do():
    """Of a bin whose true gap is 0, the distance scatters by 1 - 2/pi of the variance of its gap."""
    random, shares = np.random.default_rng(0), []
    for _ in range(200):
        told = (random.random(100) < 0.7).astype(int)
        found = influence(METRICS["calibration_error"], np.tile([0.3, 0.7], (100, 1)), told)
        shares.append((found**2).sum() / (0.7 * 0.3 / 100))
    assert 1 - 2 / np.pi < np.mean(shares) < 0.6
    assert min(shares) == pytest.approx(1 - 2 / np.pi, rel=0.25)


def test_where_all_answers_are_sure_and_right_nothing_is_moved():
    found = influence(METRICS["calibration_error"], np.eye(2)[np.arange(60) % 2], np.arange(60) % 2)
    assert not found.any()


def test_a_class_that_is_not_judged_moves_nothing():
    score = METRICS["balanced_accuracy"]
    some = LABELS < 2
    for each in METRICS.values():
        assert np.isfinite(influence(each, answers()[some], LABELS[some])).all()
    assert gradient(score.of_sums, np.array([3.0, 0, 5, 0, 4, 0]))[2::3] == pytest.approx([0, 0])
