"""What all augmentations made of pipelines keep, and the helper they share."""

import itertools
import json
import os
import random
import subprocess
import sys

import numpy as np
import pytest

from explorer.records import Choice, Fact, Slot
from explorer.techniques import pipelines
from explorer.techniques.base import Task
from explorer.techniques.discovery import build, techniques
from explorer.techniques.pipelines import BENEATH, Pipeline, beneath
from explorer.techniques.settings import settings_of
from tests.unit.techniques.toys import digest

RUNGS = [name for name, each in techniques(Slot.AUGMENTATION).items() if issubclass(each, Pipeline)]
ALL = frozenset(Fact)
SUBSETS = [frozenset(each) for size in range(4) for each in itertools.combinations(Fact, size)]


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def made(name, images, free=ALL, seed=0):
    """Return views of images by the technique of that name; the images themselves where it makes none."""
    views = techniques(Slot.AUGMENTATION)[name]().views(images.shape[1:], free)
    return images if views is None else views(images, np.random.default_rng(seed))


def digests():
    return {name: digest(made(name, noise(6, 16, 16, 3))) for name in RUNGS}


@pytest.mark.parametrize("name", RUNGS)
@pytest.mark.parametrize("channels", [1, 2, 3, 5])
@pytest.mark.parametrize("sides", [(8, 8), (8, 11), (33, 20), (64, 64)])
def test_views_have_the_shape_the_type_and_the_range_of_images(name, channels, sides):
    images = noise(4, *sides, channels)
    images[0], images[1] = 0.0, 1.0
    before = images.copy()
    for free in SUBSETS:
        found = made(name, images, free)
        assert found.shape == images.shape
        assert found.dtype == np.float32
        assert 0 <= found.min() <= found.max() <= 1
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("name", RUNGS)
def test_each_image_of_a_batch_and_each_batch_gets_views_of_its_own(name):
    images = np.repeat(noise(1, 24, 24, 1), 12, axis=0)
    views = techniques(Slot.AUGMENTATION)[name]().views(images.shape[1:], ALL)
    generator = np.random.default_rng(0)
    first, second = views(images, generator), views(images, generator)
    assert len({digest(view) for view in first}) > 3
    assert digest(first) != digest(second)


def test_same_generator_same_bits_in_another_process_too():
    code = "import json; from tests.unit.techniques.test_pipelines import digests; print(json.dumps(digests()))"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == digests()


def test_no_state_of_the_process_counts_and_none_is_touched():
    import cv2

    before = digests()
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002 - the state that must not count
    cv2.setRNGSeed(3)
    state = random.getstate(), np.random.get_state()[1].tobytes()  # noqa: NPY002
    assert digests() == before
    assert (random.getstate(), np.random.get_state()[1].tobytes()) == state  # noqa: NPY002


def test_images_of_another_size_than_announced_get_the_pipeline_that_suits_them():
    views = techniques(Slot.AUGMENTATION)["gentle"]().views((64, 64, 1), ALL)
    assert views(noise(2, 20, 12, 1), np.random.default_rng(0)).shape == (2, 20, 12, 1)


def test_a_pipeline_can_be_had_as_albumentations_object_and_written_down():
    import albumentations

    composed = techniques(Slot.AUGMENTATION)["strong"]().composition((32, 32, 3), ALL)
    assert isinstance(composed, albumentations.Compose)
    again = albumentations.from_dict(json.loads(json.dumps(albumentations.to_dict(composed))))
    images = noise(3, 32, 32, 3)
    both = [pipelines.viewed(each, images, np.random.default_rng(1)) for each in (composed, again)]
    np.testing.assert_array_equal(*both)


def test_an_empty_pipeline_is_none():
    assert pipelines.composed([]) is None


@pytest.mark.parametrize("name", BENEATH)
def test_views_beneath_are_those_of_the_technique_of_that_name(name):
    images = noise(5, 16, 16, 1)
    views = beneath(name, images.shape[1:], ALL)
    if name == "none":
        assert views is None
    else:
        np.testing.assert_array_equal(views(images, np.random.default_rng(0)), made(name, images))


def test_cost_is_that_of_one_view_of_each_image():
    technique = techniques(Slot.AUGMENTATION)["gentle"]()
    small, twice = (technique.cost(Task(n, (64, 64, 3), 3, 30)) for n in (500, 1000))
    assert twice.prepare == pytest.approx(2 * small.prepare)
    assert small.fit == 0


NEEDY = [
    (name, each) for name, known in techniques(Slot.AUGMENTATION).items() for each in settings_of(known) if each.needs
]


@pytest.mark.parametrize(("name", "setting"), NEEDY, ids=[f"{name}-{each.name}" for name, each in NEEDY])
def test_a_setting_does_something_where_what_it_needs_is_free_and_nothing_elsewhere(name, setting):
    images = noise(40, 32, 32, 1)

    def views(value, free):
        technique = build(Slot.AUGMENTATION, Choice(name, {setting.name: value}))
        return technique.views(images.shape[1:], free)(images, np.random.default_rng(0))

    low, high = setting.low, setting.high
    assert not np.array_equal(views(low, frozenset(Fact)), views(high, frozenset(Fact)))
    for fact in setting.needs:
        without = frozenset(Fact) - {fact}
        np.testing.assert_array_equal(views(low, without), views(high, without))
