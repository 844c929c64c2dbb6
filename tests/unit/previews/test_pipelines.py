"""The code that is shown builds the pipeline that is used, and its serialised form is one that can be brought back."""

import json
import warnings

import albumentations
import numpy as np
import pytest

from explorer.previews.pipelines import pipeline_of, python_code, told, tree_of
from explorer.records import Choice, Fact, Slot
from explorer.techniques.augmentation.custom import TRANSFORMS
from explorer.techniques.discovery import build, techniques

FREE = frozenset(Fact)
SHAPE = (32, 32, 1)


def executed(code):
    names = {}
    exec(code, names)
    return names["transform"]


def plain(pipeline):
    return json.loads(json.dumps(albumentations.to_dict(pipeline)))


@pytest.mark.parametrize("name", techniques(Slot.AUGMENTATION))
@pytest.mark.parametrize("shape", [SHAPE, (24, 40, 3)])
@pytest.mark.parametrize("free", [FREE, frozenset({Fact.ORIENTATION}), frozenset()])
def test_the_code_builds_the_very_pipeline(name, shape, free):
    pipeline = pipeline_of(build(Slot.AUGMENTATION, Choice(name)).suited(free), shape, free)
    if pipeline is None:
        assert told(pipeline, shape, free) == {"code": "", "serialised": "", "refused": ""}
        return
    built = executed(told(pipeline, shape, free)["code"])
    assert plain(built) == plain(pipeline)
    image = np.random.default_rng(0).random(shape, dtype=np.float32)
    for each in (built, pipeline):
        each.set_random_seed(3)
    np.testing.assert_array_equal(built(image=image)["image"], pipeline(image=image)["image"])


#: What transforms must be given that have no defaults.
NEEDS = {
    "CenterCrop": {"height": 8, "width": 8},
    "CropAndPad": {"px": 2},
    "RandomCrop": {"height": 8, "width": 8},
    "RandomResizedCrop": {"size": (8, 8)},
    "RandomSizedCrop": {"min_max_height": (4, 8), "size": (8, 8)},
    "Resize": {"height": 8, "width": 8},
}


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_the_code_of_every_transform_that_may_be_brought_builds_it(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of them advise against their own defaults
        transform = getattr(albumentations, name)(**NEEDS.get(name, {}))
        pipeline = albumentations.Compose([albumentations.OneOf([transform], p=0.3)])
        assert plain(executed(python_code(pipeline))) == plain(pipeline)


def test_the_serialised_form_is_taken_as_a_pipeline_of_ones_own():
    pipeline = pipeline_of(build(Slot.AUGMENTATION, Choice("strong")), SHAPE, FREE)
    found = told(pipeline, SHAPE, FREE)
    assert found["refused"] == ""
    own = build(Slot.AUGMENTATION, Choice("custom", {"pipeline": found["serialised"]}))
    assert plain(own.composition(SHAPE, FREE)) == plain(pipeline)


def test_where_it_would_be_refused_the_reason_is_told():
    free = frozenset({Fact.ORIENTATION})
    found = told(pipeline_of(build(Slot.AUGMENTATION, Choice("standard")), SHAPE, free), SHAPE, free)
    assert "'MultiplicativeNoise' changes intensity" in found["refused"]


def test_of_blends_it_is_the_views_beneath():
    blended = pipeline_of(build(Slot.AUGMENTATION, Choice("mixup", {"under": "standard"})), SHAPE, FREE)
    assert plain(blended) == plain(pipeline_of(build(Slot.AUGMENTATION, Choice("standard")), SHAPE, FREE))
    assert pipeline_of(build(Slot.AUGMENTATION, Choice("cutmix", {"under": "none"})), SHAPE, FREE) is None


def test_code_is_short_where_everything_is_as_usual():
    pipeline = albumentations.Compose([albumentations.HorizontalFlip(p=0.5), albumentations.Rotate(45, p=1.0)])
    lines = python_code(pipeline).splitlines()
    assert "    A.HorizontalFlip(p=0.5)," in lines
    assert "    A.Rotate(p=1.0, limit=(-45.0, 45.0))," in lines
    assert [each["__class_fullname__"] for each in tree_of(pipeline)["transforms"]] == ["HorizontalFlip", "Rotate"]
