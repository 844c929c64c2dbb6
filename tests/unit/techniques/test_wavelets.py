"""The undecimated transform against the filters applied one place at a time."""

import numpy as np
import pytest

from explorer.techniques.wavelets import DAUBECHIES, forward, high_pass, inverse


def images(shape=(3, 24, 32)):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def plainly(image, rows, columns, level):
    """Return one image filtered along both axes, place by place, periodic."""
    step, (height, width) = 2**level, image.shape
    found = np.zeros(image.shape)
    for y in range(height):
        for x in range(width):
            for i, row in enumerate(rows):
                for j, column in enumerate(columns):
                    found[y, x] += row * column / 2 * image[(y + i * step) % height, (x + j * step) % width]
    return found


@pytest.mark.parametrize("levels", [1, 3])
def test_nothing_is_lost(levels):
    given = images()
    coarse, details = forward(given, levels)
    assert len(details) == levels
    np.testing.assert_allclose(inverse(coarse, details), given, atol=2e-6)


def test_details_are_those_of_the_filters():
    given = images((1, 12, 8))
    low, high = DAUBECHIES, high_pass(DAUBECHIES)
    _, (first, second) = forward(given, 2)
    for found, filters in zip(first, [(low, high), (high, low), (high, high)], strict=True):
        np.testing.assert_allclose(found[0], plainly(given[0], *filters, 0), atol=1e-5)
    smooth = plainly(given[0], low, low, 0)
    np.testing.assert_allclose(second[2, 0], plainly(smooth, high, high, 1), atol=1e-5)


def test_filters_are_orthonormal_and_blind_to_straight_lines():
    low, high = np.array(DAUBECHIES), np.array(high_pass(DAUBECHIES))
    assert (low**2).sum() == pytest.approx(1)
    assert low @ high == pytest.approx(0, abs=1e-12)
    assert high.sum() == pytest.approx(0, abs=1e-10)
    assert high @ np.arange(4) == pytest.approx(0, abs=1e-10)


def test_the_noise_of_each_scale_is_as_said():
    _, details = forward(images((60, 64, 64)), 3)
    for level, each in enumerate(details):
        assert each.std() == pytest.approx(2.0 ** -(level + 1), rel=0.03)
