import numpy as np
import pytest

from explorer.records import Fact
from explorer.ui.changes import changed


@pytest.fixture
def image():
    random = np.random.default_rng(0)
    return (0.2 + 0.3 * random.random((20, 20, 1))).astype(np.float32)


@pytest.mark.parametrize("fact", list(Fact))
@pytest.mark.parametrize("shape", [(20, 20, 1), (12, 30, 3)])
def test_every_fact_has_a_change_that_is_seen_and_keeps_shape_and_range(fact, shape):
    image = np.random.default_rng(0).random(shape, dtype=np.float32)
    before = image.copy()
    found = changed(fact, image)
    assert found.shape == shape
    assert found.dtype == np.float32
    assert 0 <= found.min() <= found.max() <= 1
    assert np.abs(found - image).mean() > 0.02
    np.testing.assert_array_equal(image, before)


def test_turning_keeps_every_value(image):
    found = changed(Fact.ORIENTATION, image)
    np.testing.assert_array_equal(found[0, :, 0], image[:, -1, 0])
    np.testing.assert_array_equal(np.sort(found, axis=None), np.sort(image, axis=None))


def test_exposure_keeps_places_and_changes_brightness_and_contrast(image):
    found = changed(Fact.INTENSITY, image)
    assert found.mean() == pytest.approx(1.3 * image.mean(), rel=1e-4)
    assert found.std() == pytest.approx(0.7 * image.std(), rel=1e-4)
    np.testing.assert_array_equal(found.argmax(), image.argmax())


def test_moving_makes_what_is_shown_larger():
    image = np.zeros((20, 20, 1), np.float32)
    image[10:14, 10:14] = 1
    found = changed(Fact.POSITION, image)
    assert found.sum() > 1.3 * image.sum()
    assert not np.array_equal(np.argwhere(found > 0.5)[0], [10, 10])
