import numpy as np
import pytest

from explorer.records import Fact
from explorer.techniques.augmentation.gentle import Gentle
from tests.unit.techniques.test_pipelines import made, noise
from tests.unit.techniques.toys import digest

ORIENTATION, POSITION = frozenset({Fact.ORIENTATION}), frozenset({Fact.POSITION})


def turns(image):
    """Return the eight turned and mirrored copies of an image, by numpy."""
    return [copy for k in range(4) for copy in (np.rot90(image, k), np.fliplr(np.rot90(image, k)))]


def shifts(image, most):
    """Return every copy of an image shifted by up to `most` pixels, mirrored at the border, by numpy."""
    height, width = image.shape[:2]
    wide = np.pad(image, ((most, most), (most, most), (0, 0)), mode="reflect")
    return [wide[y : y + height, x : x + width] for y in range(2 * most + 1) for x in range(2 * most + 1)]


@pytest.mark.parametrize("free", [frozenset(), frozenset({Fact.INTENSITY})])
def test_it_makes_no_views_where_neither_orientation_nor_position_is_free(free):
    assert Gentle().views((16, 16, 1), free) is None


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_where_orientation_is_free_views_are_exactly_the_eight_turns_and_flips(channels):
    image = noise(1, 13, 13, channels)
    found = {digest(view) for view in made("gentle", np.repeat(image, 100, axis=0), ORIENTATION)}
    assert found == {digest(each) for each in turns(image[0])}


def test_oblong_images_are_flipped_and_never_turned_by_a_quarter():
    image = noise(1, 9, 14, 1)
    found = {digest(view) for view in made("gentle", np.repeat(image, 60, axis=0), ORIENTATION)}
    assert found == {digest(each) for each in turns(image[0]) if each.shape == image[0].shape}


@pytest.mark.parametrize(("side", "most"), [(64, 4), (32, 3), (8, 1)])
def test_where_position_is_free_views_are_exact_shifts_by_a_tenth_of_the_side_at_most(side, most):
    image = noise(1, side, side, 2)
    found = {digest(view) for view in made("gentle", np.repeat(image, 300, axis=0), POSITION)}
    allowed = {digest(each) for each in shifts(image[0], most)}
    assert found <= allowed
    assert len(found) > 0.8 * len(allowed)


def test_the_shift_can_be_set():
    image = noise(1, 64, 64, 1)
    views = Gentle(shift=1).views((64, 64, 1), POSITION)(np.repeat(image, 80, axis=0), np.random.default_rng(0))
    assert {digest(view) for view in views} == {digest(each) for each in shifts(image[0], 1)}


@pytest.mark.parametrize("name", ["gentle", "standard", "strong"])
def test_an_image_that_says_which_way_is_up_keeps_saying_it(name):
    ramp = np.linspace(0.2, 0.8, 20, dtype=np.float32)
    images = np.repeat((0.8 * ramp[:, None] + 0.2 * ramp[None, :])[None, :, :, None], 60, axis=0)
    found = made(name, images, frozenset(Fact) - ORIENTATION)
    rows, columns = found.mean(axis=(2, 3)), found.mean(axis=(1, 3))
    assert (rows[:, 10:].mean(axis=1) > rows[:, :10].mean(axis=1)).all()
    if name != "strong":  # a hole hides a side of so flat a slope
        assert (columns[:, 10:].mean(axis=1) > columns[:, :10].mean(axis=1)).all()


@pytest.mark.parametrize("name", ["gentle", "standard", "strong"])
def test_a_spot_stays_where_it_is_unless_position_is_free(name):
    images = np.zeros((80, 21, 21, 1), np.float32)
    images[:, 4, 10] = 1.0
    found = made(name, images, frozenset({Fact.INTENSITY}))
    assert (found.reshape(80, -1).argmax(axis=1) == 4 * 21 + 10).all()
    turned = made(name, images, frozenset({Fact.INTENSITY, Fact.ORIENTATION}))
    at = np.array(np.unravel_index(turned.reshape(80, -1).argmax(axis=1), (21, 21)))
    assert np.abs(np.hypot(*(at - 10)) - 6).max() < 1.0, "turns keep the distance from the middle"


@pytest.mark.parametrize("name", ["gentle", "standard", "strong"])
@pytest.mark.parametrize("level", [0.0, 0.05, 0.5])
def test_mean_intensity_is_kept_unless_it_is_free(name, level):
    images = np.full((40, 24, 24, 3), level, np.float32)
    found = made(name, images, frozenset(Fact) - {Fact.INTENSITY})
    np.testing.assert_allclose(found.mean(axis=(1, 2)), level, rtol=0.03)
