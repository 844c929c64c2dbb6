import json
import random

import numpy as np
import pytest

from explorer.errors import TechniqueError
from explorer.records import Arm, Choice, Fact, Slot
from explorer.techniques.augmentation.custom import CONTAINERS, TRANSFORMS, Custom
from explorer.techniques.composing import compose
from explorer.techniques.discovery import build
from explorer.techniques.settings import settings_of
from tests.unit.techniques.test_pipelines import noise

ALL = frozenset(Fact)


def written(*transforms, **more):
    """Return the text of a pipeline of these transforms, each a name or a dict."""
    steps = [{"__class_fullname__": each, "p": 1.0} if isinstance(each, str) else each for each in transforms]
    tree = {"__class_fullname__": "Compose", "p": 1.0, "transforms": steps, **more}
    return json.dumps({"__version__": "2.0.8", "transform": tree})


def views(text, shape=(16, 16, 1), free=ALL):
    return Custom(pipeline=text).suited(free).views(shape, free)


# ---- what albumentations writes can be read ----


def test_a_pipeline_that_albumentations_wrote_gives_the_same_views():
    import albumentations
    import cv2

    theirs = albumentations.Compose(
        [
            albumentations.D4(p=1.0),
            albumentations.OneOf([albumentations.RandomGamma(p=1.0), albumentations.GaussNoise(p=1.0)], p=0.7),
            albumentations.Affine(scale=(0.9, 1.1), border_mode=cv2.BORDER_REFLECT_101, p=0.5),
        ]
    )
    images = noise(8, 16, 16, 3)
    ours = views(json.dumps(albumentations.to_dict(theirs)), (16, 16, 3))(images, np.random.default_rng(5))
    generator = np.random.default_rng(5)
    theirs.set_random_state(generator, random.Random(int(generator.integers(2**63))))
    expected = np.stack([theirs(image=image)["image"] for image in images]).clip(0, 1)
    np.testing.assert_array_equal(ours, expected)
    assert np.abs(ours - images).max() > 0.1


def test_a_file_is_read_once_and_then_the_text_counts(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(written("HorizontalFlip"), encoding="utf-8")
    suited = Custom(pipeline=str(path)).suited(ALL)
    assert suited == Custom(pipeline=written("HorizontalFlip"))
    path.unlink()
    images = noise(2, 8, 8, 1)
    np.testing.assert_array_equal(suited.views((8, 8, 1), ALL)(images, np.random.default_rng(0)), images[:, :, ::-1])


def test_a_single_transform_is_a_pipeline_too():
    text = json.dumps({"transform": {"__class_fullname__": "VerticalFlip", "p": 1.0}})
    images = noise(2, 8, 8, 1)
    np.testing.assert_array_equal(views(text, (8, 8, 1))(images, np.random.default_rng(0)), images[:, ::-1])


def test_a_pipeline_with_sizes_in_pixels_serves_a_network_that_takes_smaller_images():
    text = written(
        {"__class_fullname__": "CenterCrop", "p": 1, "height": 48, "width": 48},
        {"__class_fullname__": "Resize", "p": 1, "height": 64, "width": 64},
    )
    ramp = np.linspace(0.1, 0.9, 32, dtype=np.float32)
    images = np.broadcast_to(ramp[None, :, None, None], (2, 32, 32, 1)).copy()
    found = views(text, (64, 64, 1))(images, np.random.default_rng(0))
    assert found.shape == images.shape
    steps = np.diff(found[0, 4:-4, 0, 0]).mean() / np.diff(ramp).mean()
    assert steps == pytest.approx(48 / 64, rel=0.03), "the middle three quarters fill the image"


def test_the_default_suits_data_in_which_nothing_is_free():
    parts = compose(Arm("arm", "Arm", Choice("small_cnn"), augmentation=Choice("custom")))
    images = noise(20, 8, 8, 2)
    found = parts.augmentation.views((8, 8, 2), frozenset())(images, np.random.default_rng(0))
    assert 0 < np.abs(found - images).max() < 0.2


def test_the_setting_is_any_text():
    (only,) = settings_of(Custom)
    assert only.kind == "text"
    text = written("Transpose")
    assert build(Slot.AUGMENTATION, Choice("custom", {"pipeline": text})).pipeline == text


# ---- what is refused, each in one sentence ----


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{broken", "not what albumentations writes .JSONDecodeError"),
        ("[1, 2]", "not what albumentations writes"),
        ("{}", r"not what albumentations writes .KeyError: 'transform'"),
        ('{"transform": {"p": 1}}', "not what albumentations writes .KeyError: '__class_fullname__'"),
        ('{"transform": {"__class_fullname__": "Compose", "transforms": ["D4"]}}', "not what albumentations writes"),
        ('{"transform": {"__class_fullname__": "Compose", "transforms": 3}}', "not what albumentations writes"),
        ("no/such/file.json", "'no/such/file.json' is neither JSON nor a file that can be read"),
        ("", "'' is neither JSON nor a file"),
        (written("Lambda"), "'Lambda' is not among the"),
        (written("FDA"), "'FDA' is not among the"),
        (written("HorizontalFlop"), "such as HorizontalFlip"),
        (written("Normalize"), "'Normalize' is not among the"),
        (written("os.system"), "'os.system' is not among the"),
        (
            written({"__class_fullname__": "OneOf", "p": 1, "transforms": [{"__class_fullname__": "ToTensorV2"}]}),
            "ToTensorV2",
        ),
        (written("D4", bbox_params={"format": "coco"}), "'bbox_params' is for more than images"),
        (written({"__class_fullname__": "D4"}), "has no 'p' parameter"),
        (written({"__class_fullname__": "D4", "p": 1, "angle": 3}), "does not run on images of 16 × 16 .*'angle'"),
        (written({"__class_fullname__": "GaussNoise", "p": 1, "std_range": [3, 4]}), "does not run .*std_range"),
        (written({"__class_fullname__": "RandomCrop", "p": 1, "height": 8, "width": 16}), r"shape \(8, 16, 1\)"),
        (written({"__class_fullname__": "RandomCrop", "p": 0.01, "height": 80, "width": 80}), "does not run on images"),
        (written("HueSaturationValue"), "does not run on images of 16 × 16 pixels with 1 channels"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(text, says):
    with pytest.raises(TechniqueError, match=says) as caught:
        views(text)
    assert str(caught.value).startswith("Custom pipeline: ")
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "works", "fails"), [("HEStain", 3, 1), ("CLAHE", 3, 2), ("ISONoise", 3, 5)])
def test_what_a_transform_can_do_depends_on_the_channels(name, works, fails):
    assert views(written(name), (16, 16, works)) is not None
    with pytest.raises(TechniqueError, match=f"with {fails} channels"):
        views(written(name), (16, 16, fails))


def test_a_crop_that_is_made_up_for_is_accepted():
    text = written(
        {"__class_fullname__": "RandomCrop", "p": 1, "height": 12, "width": 12},
        {"__class_fullname__": "Resize", "p": 1, "height": 16, "width": 16},
    )
    assert views(text)(noise(3, 16, 16, 1), np.random.default_rng(0)).shape == (3, 16, 16, 1)


def test_a_transform_may_change_only_what_is_free():
    text = written({"__class_fullname__": "OneOf", "p": 0.5, "transforms": [{"__class_fullname__": "D4", "p": 1}]})
    assert views(text, free=frozenset({Fact.ORIENTATION})) is not None
    with pytest.raises(TechniqueError, match="'D4' changes orientation, which may carry the class here"):
        views(text, free=ALL - {Fact.ORIENTATION})
    with pytest.raises(TechniqueError, match="'CoarseDropout' changes intensity and position"):
        Custom(pipeline=written("CoarseDropout")).views((16, 16, 1), frozenset())


def test_reading_and_judging_it_needs_no_albumentations():
    import subprocess
    import sys

    code = (
        "import sys; from explorer.records import *; from explorer.techniques.composing import compose\n"
        "compose(Arm('a', 'A', Choice('hog'), augmentation=Choice('custom')))\n"
        "sys.exit('albumentations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# ---- the transforms it knows ----

NEEDS = {
    "CenterCrop": {"height": 24, "width": 24},
    "RandomCrop": {"height": 24, "width": 24},
    "Resize": {"height": 24, "width": 24},
    "RandomResizedCrop": {"size": [24, 24]},
    "RandomSizedCrop": {"size": [24, 24], "min_max_height": [12, 20]},
    "CropAndPad": {"px": 2, "border_mode": 4},
    "PadIfNeeded": {"min_height": 24, "min_width": 24},
    "RandomCropFromBorders": {"crop_left": 0, "crop_right": 0, "crop_top": 0, "crop_bottom": 0},
    "RandomScale": {"scale_limit": 0},
    "SafeRotate": {"border_mode": 4},
    "ThinPlateSpline": {"border_mode": 4},
    "ShotNoise": {"scale_range": [0.01, 0.02]},
}


def alone(name):
    return written({"__class_fullname__": name, "p": 1.0, **NEEDS.get(name, {})})


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_every_transform_runs_on_colour_images_and_repeats_itself(name):
    images = noise(4, 24, 24, 3)
    both = [views(alone(name), (24, 24, 3))(images, np.random.default_rng(3)) for _ in range(2)]
    assert np.isfinite(both[0]).all()
    np.testing.assert_array_equal(*both)


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_every_transform_runs_on_other_channels_or_is_refused(name, channels):
    try:
        found = views(alone(name), (24, 24, channels))(noise(2, 24, 24, channels), np.random.default_rng(0))
    except TechniqueError as error:
        assert "does not run on images" in str(error)  # noqa: PT017 - either is right
    else:
        assert found.shape == (2, 24, 24, channels)


#: Transforms that change values or places so much that a gradient says nothing.
UPSETTING = {"InvertImg", "Solarize", "RandomGridShuffle"}
UPRIGHT = sorted({each for each, facts in TRANSFORMS.items() if Fact.ORIENTATION not in facts} - UPSETTING)


@pytest.mark.parametrize("name", UPRIGHT)
def test_what_is_not_said_to_change_orientation_keeps_a_gradient(name):
    ramp = np.linspace(0.1, 0.9, 24, dtype=np.float32)
    images = np.broadcast_to(ramp[:, None, None], (6, 24, 24, 3)).copy()
    found = views(alone(name), (24, 24, 3))(images, np.random.default_rng(0)).mean(axis=(2, 3))
    assert (found[:, 12:].mean(axis=1) >= found[:, :12].mean(axis=1) - 1e-6).all()


@pytest.mark.parametrize("name", sorted(each for each, facts in TRANSFORMS.items() if Fact.INTENSITY not in facts))
def test_what_is_not_said_to_change_intensity_keeps_the_mean(name):
    images = np.full((10, 24, 24, 3), 0.4, np.float32)
    found = views(alone(name), (24, 24, 3))(images, np.random.default_rng(0))
    assert abs(found.mean() - 0.4) < 0.06


def test_containers_and_transforms_are_those_of_albumentations():
    from albumentations.core.serialization import SERIALIZABLE_REGISTRY

    assert set(TRANSFORMS) | CONTAINERS <= set(SERIALIZABLE_REGISTRY)
