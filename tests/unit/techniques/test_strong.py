import numpy as np
import pytest

from explorer.records import Fact
from explorer.techniques.augmentation.strong import Strong, changes
from tests.unit.techniques.test_pipelines import made, noise

ALL = frozenset(Fact)


def names(shape, free):
    return {type(each).__name__ for each in changes(shape, frozenset(free), 0.3)}


def test_the_changes_are_those_that_the_free_facts_allow():
    plain = {"NoOp", "MultiplicativeNoise"}
    assert names((16, 16, 1), ()) == plain
    assert names((16, 16, 1), {Fact.ORIENTATION}) == {*plain, "Rotate"}
    assert names((16, 16, 1), {Fact.POSITION}) == {*plain, "Affine"}
    assert names((16, 16, 1), {Fact.INTENSITY}) == {*plain, "RandomBrightnessContrast", "RandomGamma"}


def test_colour_is_changed_where_there_are_channels_to_change():
    def count(channels):
        return len(changes((16, 16, channels), frozenset({Fact.INTENSITY}), 0.3))

    assert count(3) == count(2) == count(1) + 1


def test_turns_and_sizes_take_values_that_are_in_the_image():
    images = noise(60, 32, 32, 1)
    views = Strong(strength=0.05).views((32, 32, 1), frozenset({Fact.ORIENTATION, Fact.POSITION}))
    found = views(images, np.random.default_rng(0))
    known = [np.isin(view, image).mean() for view, image in zip(found, images, strict=True)]
    assert np.median(known) == 1.0, "only noise makes new values"


def test_holes_cover_a_quarter_at_most_and_come_in_their_share_of_the_images():
    images = np.full((200, 40, 40, 1), 0.5, np.float32)
    found = made_holes(images, 0.5)
    covered = (found != 0.5).mean(axis=(1, 2, 3))
    assert covered.max() <= 0.2501
    assert 0.35 < (covered > 0).mean() < 0.65


def made_holes(images, share):
    from explorer.techniques.augmentation.strong import holes
    from explorer.techniques.pipelines import composed, viewed

    return viewed(composed(holes(ALL, share)), images, np.random.default_rng(0))


@pytest.mark.parametrize("held", [Fact.POSITION, Fact.INTENSITY])
def test_no_hole_is_cut_where_position_or_intensity_carries_meaning(held):
    images = np.full((200, 24, 24, 1), 0.5, np.float32)
    images[:, ::2] = 0.25
    found = made("strong", images, ALL - {held})
    known = 0.7 * 0.25 - 1e-6 if held is Fact.INTENSITY else 0.0
    assert found.min() >= known
    flat = [np.ptp(view) for view in made("strong", np.full_like(images, 0.5), ALL - {held} - {Fact.INTENSITY})]
    assert max(flat) <= 0.3 + 1e-6, "a hole is another grey than the rest"
