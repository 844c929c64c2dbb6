"""Estimates of noise against noise that is known."""

import numpy as np
import pytest

from explorer.techniques.noise_level import count_noise, noise_sd, noise_variance


def soft(n=60, side=48, seed=0):
    """Return smooth images (n, side, side) in 0.05 .. 0.75: a blob of any brightness on a slope."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side] / side
    centres, heights = rng.uniform(0.3, 0.7, (2, n, 1, 1)), rng.uniform(0.1, 0.6, (n, 1, 1))
    blobs = heights * np.exp(-((x - centres[0]) ** 2 + (y - centres[1]) ** 2) / 0.05)
    return (0.05 + 0.1 * x + blobs).astype(np.float32)


@pytest.mark.parametrize("sigma", [0.01, 0.05, 0.2])
def test_the_noise_of_each_channel_is_found(sigma):
    rng = np.random.default_rng(0)
    clean = soft()[..., None]
    images = np.concatenate([clean + sigma * rng.standard_normal(clean.shape), clean], axis=-1).astype(np.float32)
    found = noise_sd(images)
    assert found[0] == pytest.approx(sigma, rel=0.05)
    assert found[1] < 0.002
    assert noise_variance(images[..., :1]) == pytest.approx(sigma**2, rel=0.1)


def test_it_agrees_with_the_estimator_of_a_gaussian_image():
    noise = np.random.default_rng(1).normal(0.5, 0.1, (30, 32, 32, 1)).astype(np.float32)
    assert noise_sd(noise)[0] == pytest.approx(noise.std(), rel=0.03)


@pytest.mark.parametrize(("photons", "sigma"), [(8, 0.0), (60, 0.03), (500, 0.02)])
def test_the_gain_of_counts_and_what_a_camera_adds_are_found(photons, sigma):
    rng = np.random.default_rng(0)
    clean = soft(150)
    drawn = rng.poisson(clean * photons) / photons + sigma * rng.standard_normal(clean.shape)
    found = count_noise(drawn.astype(np.float32))
    assert found.gain == pytest.approx(1 / photons, rel=0.2)
    assert found.floor == pytest.approx(sigma**2, abs=0.1 / photons * float(clean.mean()) + 0.15 * sigma**2)


def test_noise_that_does_not_follow_the_brightness_has_no_gain():
    clean = soft(150)
    drawn = clean + 0.05 * np.random.default_rng(0).standard_normal(clean.shape)
    found = count_noise(drawn.astype(np.float32))
    assert found.gain < 0.0005
    assert found.floor == pytest.approx(0.0025, rel=0.15)


@pytest.mark.parametrize("side", [4, 8, 9])
def test_constant_and_tiny_images_have_no_noise(side):
    black = np.zeros((5, side, side, 2), np.float32)
    assert noise_sd(black).tolist() == [0, 0]
    assert count_noise(black[..., 0]).gain == 0
