"""Wavelet scattering against kymatio, and what its numbers do not depend on."""

import numpy as np
import pytest

from explorer.records import Fact
from explorer.techniques.examples import Examples
from explorer.techniques.models.scattering import Scattering
from explorer.techniques.monitors import Quiet
from explorer.techniques.morlet import ANGLES, bank, scattered


def _planes(side, count=2, seed=0):
    return np.random.default_rng(seed).random((count, side, side)).astype(np.float32)


def _kymatio(planes, octaves, order):
    from kymatio.scattering2d.frontend.numpy_frontend import ScatteringNumPy2D

    transform = ScatteringNumPy2D(octaves, planes.shape[1:], L=ANGLES, max_order=order)
    return transform(planes.astype(np.float64))


def _as_kymatio_orders(found, octaves):
    """Return (p, paths, g, g): the mean, the first order by octave and angle, the second by those of both wavelets."""
    pairs = [(one, two) for one in range(octaves) for two in range(one + 1, octaves)]
    second = [
        found.second[:, pairs.index((one, two)), angle, :]
        for one in range(octaves)
        for angle in range(ANGLES)
        for two in range(one + 1, octaves)
    ]
    first = found.first.reshape(len(found.first), -1, *found.first.shape[-2:])
    return np.concatenate([found.mean[:, None], first, *second], axis=1)


@pytest.mark.parametrize(("side", "octaves"), [(32, 3), (32, 2), (64, 4), (32, 5)])
def test_coefficients_are_those_of_kymatio(side, octaves):
    planes = _planes(side)
    found = _as_kymatio_orders(scattered(planes, octaves, 2), octaves)
    # kymatio takes pi for 3.1415 and folds the tails of wavelets that are cut off here: a thousandth of a coefficient
    np.testing.assert_allclose(found, _kymatio(planes, octaves, 2), rtol=2e-3, atol=5e-5)


def test_the_first_order_alone_is_that_of_both():
    planes = _planes(32)
    one, two = scattered(planes, 3, 1), scattered(planes, 3, 2)
    assert one.second.shape == (2, 0, ANGLES, ANGLES, 4, 4)
    np.testing.assert_array_equal(one.first, two.first)
    np.testing.assert_array_equal(one.mean, two.mean)


def test_a_plane_of_one_value_scatters_to_nothing_but_its_mean():
    found = scattered(np.full((1, 32, 32), 0.6, np.float32), 3, 2)
    np.testing.assert_allclose(found.mean, 0.6, atol=1e-3)
    assert np.abs(found.first).max() < 1e-5
    assert np.abs(found.second).max() < 1e-5


@pytest.mark.parametrize("wavelength", [4, 8, 16])
def test_stripes_are_found_at_their_octave_and_angle(wavelength):
    stripes = 0.5 + 0.5 * np.sin(2 * np.pi * np.arange(64) / wavelength)
    planes = np.stack([np.tile(stripes, (64, 1)), np.tile(stripes, (64, 1)).T]).astype(np.float32)
    strength = scattered(planes, 4, 1).first.mean(axis=(-2, -1))
    found = [np.unravel_index(each.argmax(), each.shape) for each in strength]
    # the finest wavelets have 8 / 3 px a wave, and each octave twice as many
    assert {octave for octave, _ in found} == {round(np.log2(wavelength * 3 / 8))}
    assert (found[0][1] - found[1][1]) % ANGLES == ANGLES // 2, "a quarter turn is half of the angles"


def test_filters_have_mean_zero_and_local_means_add_up_to_one():
    filters = bank(32, 3)
    for waves in filters.waves:
        np.testing.assert_allclose(waves[:, 0, 0], 0, atol=1e-6)
    np.testing.assert_allclose([each.sum(axis=1) for each in (filters.means[0],)], 1, atol=1e-3)


# ---- what images are described by ----


def _blob(down, right, side=64):
    y, x = np.mgrid[:side, :side]
    rings = np.cos(0.8 * np.hypot(y - down, x - right)) * np.exp(-((y - down) ** 2 + (x - right) ** 2) / 100)
    return (0.5 + 0.4 * rings).astype(np.float32)[None, :, :, None]


def _apart(model, one, two):
    first, second = model.features(np.concatenate([one, two]))
    return np.linalg.norm(first - second) / np.linalg.norm(first)


def test_what_is_averaged_over_positions_does_not_change_when_things_shift():
    averaged = Scattering(positions="averaged")
    here, there, far = _blob(32, 32), _blob(32, 34), _blob(26, 39)
    plain = np.linalg.norm(here - far) / np.linalg.norm(here - 0.5)
    assert plain > 1, "the images themselves have nothing in common"
    assert _apart(averaged, here, there) < 0.01
    assert _apart(averaged, here, far) < 0.03
    assert _apart(Scattering(positions="kept"), here, there) < 0.1, "a shift below the size of an area hardly counts"


def test_invariant_angles_do_not_change_when_things_turn():
    stripes = np.cumsum(np.random.default_rng(0).normal(size=(1, 64, 64, 1)), axis=2)
    window = np.sqrt(np.outer(np.hanning(64), np.hanning(64)))[None, :, :, None]
    image = (0.5 + (stripes / np.ptp(stripes)) * window).clip(0, 1).astype(np.float32)
    turned = np.rot90(image, axes=(1, 2)).copy()
    # places are no mirror images of each other: they begin at the border and end 2^J px before the other one
    assert _apart(Scattering(positions="averaged", angles="invariant"), image, turned) < 0.08
    assert _apart(Scattering(positions="averaged", angles="kept"), image, turned) > 0.5


@pytest.mark.parametrize(
    ("free", "positions", "angles"),
    [((), "kept", "kept"), ((Fact.POSITION,), "averaged", "kept"), (tuple(Fact), "averaged", "invariant")],
)
def test_what_carries_no_meaning_is_averaged_unless_it_is_set_otherwise(free, positions, angles):
    found = Scattering().suited(frozenset(free))
    assert (found.positions, found.angles) == (positions, angles)
    assert Scattering(positions="kept", angles="invariant").suited(frozenset(free)).angles == "invariant"
    assert Scattering(positions="kept", angles="invariant").suited(frozenset(free)).positions == "kept"


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("octaves", [2, 3])
@pytest.mark.parametrize(("angles", "first", "second"), [("kept", 8, 64), ("invariant", 5, 40)])
@pytest.mark.parametrize("positions", ["kept", "averaged"])
def test_there_are_as_many_numbers_as_is_said(order, octaves, angles, first, second, positions):
    model = Scattering(octaves=octaves, order=order, side=32, positions=positions, angles=angles)
    pairs = octaves * (octaves - 1) // 2 if order == 2 else 0
    places = 1 if positions == "averaged" else (32 // 2**octaves) ** 2
    found = model.features(np.full((1, 9, 30, 5), 0.3, np.float32))
    assert found.shape == (1, 5 * places * (1 + first * octaves + second * pairs))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[found > 0.01], 0.3, atol=1e-3)


def test_the_penalty_follows_the_size_of_the_numbers():
    features = np.random.default_rng(0).normal(size=(30, 6)).astype(np.float32)
    labels = (np.arange(30) % 3).astype(np.int64)
    features[np.arange(30), labels] += 1
    known = {"n_classes": 3, "seed": 0, "monitor": Quiet()}
    small = Scattering().fit(Examples.of(features, labels), **known)(features)
    large = Scattering().fit(Examples.of(features * 64, labels), **known)(features * 64)
    np.testing.assert_allclose(small, large, atol=1e-3)
    assert (small.argmax(axis=1) == labels).mean() > 0.6
