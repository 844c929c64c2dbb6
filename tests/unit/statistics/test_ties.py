"""Two arms are tied where the paired t-test of scipy sees no difference and their intervals meet."""

import numpy as np
import pytest
from scipy.stats import ttest_rel

from explorer.statistics.curves import CurvePoint
from explorer.statistics.ties import tied


def point(values, low=0.0, high=1.0):
    return CurvePoint(5, 25.0, float(np.mean(values)), low, high, tuple(range(len(values))), tuple(values))


@pytest.mark.parametrize("seeds", [2, 5, 12])
def test_it_is_the_paired_test(seeds):
    random, met = np.random.default_rng(seeds), set()
    for _ in range(60):
        hard = random.normal(0.8, 0.05, seeds)  # the images of a seed are hard for both
        one, other = hard + random.normal(0.01, 0.01, seeds), hard + random.normal(0, 0.01, seeds)
        expected = ttest_rel(one, other).pvalue > 0.05
        met.add(bool(expected))
        assert tied(point(one), point(other)) == tied(point(other), point(one)) == expected
    assert met == {True, False}


def test_equal_seeds_are_tied_and_a_steady_difference_is_none():
    assert tied(point([0.9] * 5), point([0.9] * 5))
    assert not tied(point([0.9] * 5), point([0.89] * 5))


def test_intervals_that_lie_apart_tell_two_arms_apart_and_decide_where_there_is_one_seed():
    one, other = [0.9, 0.7, 0.95], [0.8, 0.85, 0.7]
    assert tied(point(one), point(other))
    assert not tied(point(one, 0.84, 0.9), point(other, 0.7, 0.83))
    assert tied(point([0.9], 0.8, 0.95), point([0.8], 0.7, 0.85))
    assert not tied(point([0.9], 0.86, 0.95), point([0.8], 0.7, 0.85))


def test_only_seeds_that_both_have_are_compared():
    more = CurvePoint(5, 25.0, 0.85, 0.0, 1.0, (1, 2, 3, 4), (0.91, 0.89, 0.9, 0.7))
    assert not tied(more, point([0.5, 0.81, 0.79, 0.8]))
