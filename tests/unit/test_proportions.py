"""The interval of a share is that of the textbook."""

import pytest
from scipy.stats import binomtest

from explorer.proportions import wilson


@pytest.mark.parametrize(("right", "n"), [(0, 5), (5, 5), (3, 7), (31, 32), (500, 800)])
def test_it_is_wilsons(right, n):
    found = binomtest(right, n).proportion_ci(0.95, method="wilson")
    assert wilson(right, n) == pytest.approx((found.low, found.high), abs=1e-6)


def test_nothing_counted_tells_nothing():
    assert wilson(0, 0) == (0.0, 1.0)
