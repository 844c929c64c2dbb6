"""Anscombe's transform against drawn counts, and its inverse against the closed form in print."""

import numpy as np
import pytest

from explorer.techniques.noise_level import CountNoise
from explorer.techniques.stabilizing import restored, stabilized, unbiased


def closed_form(roots):
    """Return the approximation of Mäkitalo and Foi 2011, doi:10.1109/TIP.2011.2121085, right to 0.02 counts."""
    terms = np.sqrt(3 / 2) / 4 / roots - 11 / 8 / roots**2 + 5 / 8 * np.sqrt(3 / 2) / roots**3
    return roots**2 / 4 + terms - 1 / 8


def test_the_inverse_agrees_with_the_closed_form_of_the_paper():
    roots = np.linspace(2 * np.sqrt(3 / 8), 60, 500)
    np.testing.assert_allclose(unbiased(roots), closed_form(roots), atol=0.025)


@pytest.mark.parametrize("mean", [0.2, 1.0, 4.0, 30.0, 58.0, 63.0, 300.0])
def test_the_inverse_of_a_mean_root_is_the_mean_count(mean):
    drawn = np.random.default_rng(0).poisson(mean, 200_000)
    roots = 2 * np.sqrt(drawn + 3 / 8)
    assert unbiased(np.array([roots.mean()]))[0] == pytest.approx(mean, abs=4 * np.sqrt(mean / 200_000) + 0.002)


def test_fewer_than_no_counts_are_none_and_the_inverse_rises():
    roots = np.linspace(0, 40, 1000)
    found = unbiased(roots)
    assert found[0] == 0
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("noise", [CountNoise(1 / 60, 0.0), CountNoise(1 / 100, 0.0004)])
def test_noise_of_counts_becomes_equally_strong_everywhere_and_the_mean_comes_back(noise):
    rng = np.random.default_rng(0)
    spread, means = [], []
    for value in (0.1, 0.3, 0.6):
        drawn = noise.gain * rng.poisson(value / noise.gain, 100_000) + np.sqrt(noise.floor) * rng.standard_normal(
            100_000
        )
        found = stabilized(drawn.astype(np.float32), noise)
        spread.append(found.std())
        means.append(restored(np.array([found.mean()]), noise)[0])
    assert max(spread) / min(spread) < 1.06
    np.testing.assert_allclose(means, [0.1, 0.3, 0.6], rtol=0.01)


def test_without_noise_of_counts_nothing_changes():
    values = np.linspace(0, 1, 11, dtype=np.float32)
    flat = CountNoise(0.0, 0.01)
    assert np.array_equal(stabilized(values, flat), values)
    assert np.array_equal(restored(values, flat), values)


@pytest.mark.parametrize("floor", [-0.002, 0.0, 0.02])
def test_black_and_white_stay_in_range(floor):
    noise = CountNoise(0.05, floor)
    found = stabilized(np.array([0.0, 1.0], np.float32), noise)
    assert np.isfinite(found).all()
    assert found[0] >= 0
    assert found[1] == pytest.approx(1)
    assert restored(found, noise).min() >= 0
    assert restored(found, noise).max() <= 1
