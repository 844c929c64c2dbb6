"""Rising curves against scikit-learn's, and where they reach a height."""

import numpy as np
import pytest
from sklearn.isotonic import isotonic_regression

from explorer.statistics.isotonic import at, first_at, rising


@pytest.mark.parametrize("size", [1, 2, 6, 11])
def test_they_are_those_of_the_pool_of_adjacent_violators(size):
    curves = np.random.default_rng(size).standard_normal((50, size)) + np.linspace(0, 1, size)
    expected = [isotonic_regression(each) for each in curves]
    np.testing.assert_allclose(rising(curves), expected, atol=1e-12)


def test_heights_are_straight_between_points():
    places, curves = np.array([0.0, 1.0, 3.0]), np.array([[1.0, 2.0, 6.0], [0.0, 0.0, 1.0]])
    assert at(places, curves, 2.0).tolist() == [4.0, 0.5]
    assert at(places, curves, 0.0).tolist() == [1.0, 0.0]
    assert at(places, curves, 3.0).tolist() == [6.0, 1.0]
    assert at(places[:1], curves[:, :1], 0.0).tolist() == [1.0, 0.0]


def test_the_first_place_with_a_height():
    places = np.array([0.0, 1.0, 3.0])
    curves = np.tile([1.0, 2.0, 6.0], (5, 1))
    heights = np.array([0.5, 1.0, 1.5, 4.0, 7.0])
    assert first_at(places, curves, heights).tolist() == [-np.inf, 0.0, 0.5, 2.0, np.inf]
    flat = np.array([[1.0, 2.0, 2.0]])
    assert first_at(places, flat, np.array([2.0])).tolist() == [1.0]
