"""Occlusion against a plain loop, and rank correlation against scipy."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from explorer.statistics.looking import occlusion, rank_correlation


def test_occlusion_is_the_fall_of_the_answer_where_a_square_is_covered():
    random = np.random.default_rng(0)
    images, weight = random.random((3, 12, 8, 2)), random.normal(size=(12 * 8 * 2, 4))

    def answer(seen):
        logits = seen.reshape(len(seen), -1) @ weight
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    targets, fill, steps = np.array([0, 3, 1]), np.array([0.2, 0.7]), []
    before = images.copy()
    found = occlusion(answer, images, targets, fill, 4, lambda: steps.append(1))
    assert found.shape == (3, 4, 4)
    assert len(steps) == 16
    assert np.array_equal(images, before)
    for place, (row, column) in ((0, (0, 0)), (1, (2, 3)), (2, (3, 1))):
        covered = images[place].copy()
        # cells of 3 × 2 pixels; the square is twice as wide and keeps its centre, cut at the border
        top, bottom = max(0, round(3 * (row - 0.5))), min(12, round(3 * (row + 1.5)))
        covered[top:bottom, max(0, 2 * column - 1) : min(8, 2 * column + 3)] = fill
        fall = answer(images[place : place + 1]) - answer(covered[None])
        assert found[place, row, column] == pytest.approx(fall[0, targets[place]])


def test_what_is_covered_alone_counts():
    images = np.zeros((1, 16, 16, 1))
    images[0, 4:8, 8:12] = 1.0
    found = occlusion(
        lambda seen: seen.sum(axis=(1, 2, 3))[:, None], images, np.array([0]), np.zeros(1), 4, lambda: None
    )
    assert found[0].argmax() == 1 * 4 + 2
    assert found[0, 3, 0] == 0


def test_rank_correlation_is_that_of_scipy_for_absolute_values_with_ties():
    random = np.random.default_rng(1)
    for _ in range(5):
        first, second = random.integers(-6, 6, (2, 9, 9)).astype(float)
        wanted = spearmanr(np.abs(first).ravel(), np.abs(second).ravel()).statistic
        assert rank_correlation(first, second) == pytest.approx(wanted)
    assert rank_correlation(first, -first) == pytest.approx(1.0)
    assert rank_correlation(first, np.ones((9, 9))) is None
