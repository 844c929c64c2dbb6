import numpy as np

from explorer.records import Fact
from explorer.techniques.augmentation.standard import Standard
from tests.unit.techniques.test_pipelines import made, noise

INTENSITY = frozenset({Fact.INTENSITY})


def test_noise_is_all_it_adds_where_nothing_is_free():
    images = noise(60, 16, 16, 2)
    ratio = made("standard", images, frozenset()) / np.maximum(images, 1e-6)
    assert np.abs(ratio - 1).max() <= 0.1001
    untouched = (ratio == 1).all(axis=(1, 2, 3)).mean()
    assert 0.3 < untouched < 0.7


def test_brightness_changes_by_its_setting_at_most_and_in_shares_of_the_mean():
    dim = 0.1 * noise(200, 12, 12, 1)
    views = Standard(exposure=0.2, noise=0.0).views((12, 12, 1), INTENSITY)(dim, np.random.default_rng(0))
    ratio = views.mean(axis=(1, 2, 3)) / dim.mean(axis=(1, 2, 3))
    assert 0.59 < ratio.min() < 0.75
    assert 1.25 < ratio.max() < 1.41


def test_all_channels_share_one_change_of_brightness():
    grey = np.repeat(noise(40, 12, 12, 1), 3, axis=-1)
    views = Standard(noise=0.0).views((12, 12, 3), INTENSITY)(grey, np.random.default_rng(0))
    np.testing.assert_array_equal(views[..., 0], views[..., 2])
    assert np.abs(views - grey).max() > 0.02
