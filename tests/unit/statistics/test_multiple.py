"""Holm's adjustment against its definition, and what it holds."""

import numpy as np
import pytest

from explorer.statistics.multiple import counts, holm


def plain(p_values):
    """Return for each p-value the smallest level at which the step-down test rejects it."""
    found = np.empty(len(p_values))
    order, worst = sorted(range(len(p_values)), key=lambda at: p_values[at]), 0.0
    for step, place in enumerate(order):
        worst = max(worst, (len(p_values) - step) * p_values[place])
        found[place] = min(1.0, worst)
    return found


def test_it_is_the_step_down_test():
    random = np.random.default_rng(0)
    for size in (1, 2, 7, 30):
        p_values = random.random(size) ** 3
        assert holm(p_values) == pytest.approx(plain(p_values))
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])


def test_how_often_each_counts_is_not_cut_off():
    p_values = np.array([0.2, 0.001, 0.5, 0.3])
    assert counts(p_values) == pytest.approx([3, 4, 1.2, 2])
    assert counts(np.array([0.0, 0.9])) == pytest.approx([2, 1])
    random = np.random.default_rng(0).random(30)
    assert np.minimum(counts(random) * random, 1) == pytest.approx(holm(random))


def test_of_true_hypotheses_any_is_rejected_in_one_of_twenty_families_at_most():
    random = np.random.default_rng(1)
    wrong = [(holm(random.random(8)) <= 0.05).any() for _ in range(2000)]
    assert np.mean(wrong) < 0.06
