"""Noise that is added on purpose: its moments, and that it is the same for all who ask."""

import numpy as np
import pytest

from explorer.techniques.noise import KINDS, Noise
from tests.unit.techniques.toys import digest

N = 300


def grey(value, channels=1):
    return np.full((N, 16, 16, channels), value, np.float32)


def test_gaussian_noise_has_the_standard_deviation_that_is_set():
    change = Noise("gaussian", 0.07).added(grey(0.5), 0) - 0.5
    assert change.mean() == pytest.approx(0, abs=0.07 * 4 / np.sqrt(change.size))
    assert change.std() == pytest.approx(0.07, rel=0.02)


@pytest.mark.parametrize("value", [0.1, 0.4])
def test_poisson_noise_is_that_of_counted_photons(value):
    photons = 20.0
    found = Noise("poisson", photons).added(grey(value), 0)
    counts = found * photons
    np.testing.assert_allclose(counts, np.round(counts), atol=1e-4)
    assert found.mean() == pytest.approx(value, rel=0.02)
    assert found.var() == pytest.approx(value / photons, rel=0.05)


def test_salt_and_pepper_turns_that_share_of_pixels_black_or_white_in_all_channels():
    found = Noise("salt_and_pepper", 0.2).added(grey(0.5, channels=3), 0)
    assert ((found == found[..., :1]).all(axis=-1)).all()
    assert (found == 0).mean() == pytest.approx(0.1, rel=0.05)
    assert (found == 1).mean() == pytest.approx(0.1, rel=0.05)
    assert (found == 0.5).mean() == pytest.approx(0.8, rel=0.02)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", [0.01, 0.5])
def test_noise_stays_between_black_and_white_and_is_not_the_same_in_two_rows(kind, level):
    found = Noise(kind, level).added(np.random.default_rng(0).random((4, 8, 8, 2), np.float32), 0)
    assert found.dtype == np.float32
    assert found.min() >= 0
    assert found.max() <= 1
    same = Noise(kind, 0.5).added(np.full((2, 8, 8, 1), 0.5, np.float32), 0)
    assert not np.array_equal(same[0], same[1])


@pytest.mark.parametrize("kind", KINDS)
def test_the_noise_of_a_row_depends_on_its_number_alone(kind):
    images = np.random.default_rng(0).random((7, 8, 8, 1), np.float32)
    noise = Noise(kind, 0.3)
    whole = noise.added(images, 10)
    assert digest(noise.added(images[4:6], 14)) == digest(whole[4:6])
    assert digest(noise.added(images, 11)) != digest(whole)


def test_stronger_gaussian_noise_is_the_same_noise_stronger():
    weak, strong = (Noise("gaussian", sigma).added(grey(0.5), 0) - 0.5 for sigma in (0.02, 0.04))
    np.testing.assert_allclose(strong, 2 * weak, atol=1e-6)


def test_the_key_tells_kind_and_level_apart():
    keys = {Noise(kind, level).key() for kind in KINDS for level in (0.1, 0.2)}
    assert len(keys) == 2 * len(KINDS)
