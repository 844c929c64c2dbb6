"""A frozen probe finds changes that take the class away, is never judged on what it learnt, and says how sure it is."""

import json
import math

import albumentations
import numpy as np
import pytest

from explorer.errors import Cancelled, TechniqueError
from explorer.previews import safety
from explorer.previews.making import AtWork
from explorer.previews.safety import SURE, make, sides, steps
from explorer.splits import make_split
from explorer.techniques.base import FixedModel
from explorer.techniques.logistic import Logistic


class Pixels(FixedModel):
    """Stands for the network: the means of the columns, so that what is seen is known."""

    title = "Pixels"
    head = Logistic(strengths=(30.0, 300.0), fallback=300.0)
    reason = None

    def features(self, inputs, learnt=None):
        return inputs.mean(axis=(1, 3)).astype(np.float32) * 10

    def features_key(self):
        return "pixels"

    def problem(self):
        return self.reason


@pytest.fixture
def probe(monkeypatch):
    """Put a network in the place of the real one that sees in which column an image is bright."""
    real, model = safety.build, Pixels()
    monkeypatch.setattr(safety, "build", lambda slot, choice: model if choice is safety.PROBE else real(slot, choice))
    return model


@pytest.fixture
def bars(make_dataset):
    """Return 90 images of three classes: a bright bar at the left, in the middle or at the right."""
    random = np.random.default_rng(0)
    labels = np.tile([0, 1, 2], 30)
    inputs = random.integers(0, 40, (90, 16, 16, 1), dtype=np.uint8)
    for image, label in zip(inputs, labels, strict=True):
        image[:, label * 5 + 1 : label * 5 + 5] += 180
    return make_dataset(labels, inputs=inputs, class_names=("left", "middle", "right"))


def custom(*transforms):
    return {"pipeline": json.dumps(albumentations.to_dict(albumentations.Compose(list(transforms))))}


# ---- which rows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grouped", [False, True])
def test_the_probe_is_asked_about_other_units_of_the_pool_than_it_learnt_from(make_dataset, grouped):
    labels = np.tile([0, 1], 60)
    groups = np.repeat(np.arange(20), 6) if grouped else None
    data = make_dataset(labels, groups=groups)
    taught, asked = sides(data)
    split = make_split(data, 0, 0.3)
    assert len(taught) > 20
    assert len(asked) > 20
    assert set(taught) | set(asked) <= set(split.order)
    assert not set(split.units[taught]) & set(split.units[asked])
    assert not (set(taught) | set(asked)) & set(split.test)
    for rows in (taught, asked):
        assert abs(np.bincount(labels[rows]) - len(rows) / 2).max() <= 3  # both classes alike


def test_rows_that_judge_by_the_data_set_itself_are_never_touched(make_dataset):
    labels = np.tile([0, 1], 60)
    given = np.arange(120) < 50
    taught, asked = sides(make_dataset(labels, given_test=given))
    assert min(taught.min(), asked.min()) >= 50


def test_it_learns_and_asks_no_more_than_it_takes(make_dataset, monkeypatch):
    monkeypatch.setattr(safety, "TAUGHT", 10)
    monkeypatch.setattr(safety, "ASKED", 7)
    taught, asked = sides(make_dataset(np.tile([0, 1], 60)))
    assert (len(taught), len(asked)) == (10, 7)


# ---- which steps -----------------------------------------------------------------------------------------------


def test_each_change_is_a_step_and_always_made():
    tree = {
        "__class_fullname__": "Compose",
        "transforms": [
            {"__class_fullname__": "HorizontalFlip", "p": 0.1},
            {
                "__class_fullname__": "OneOf",
                "p": 0.5,
                "transforms": [
                    {"__class_fullname__": "NoOp", "p": 1.0},
                    {"__class_fullname__": "InvertImg", "p": 0.2},
                    {"__class_fullname__": "VerticalFlip", "p": 0.2},
                ],
            },
        ],
    }
    found = steps(tree, (8, 8, 1))
    assert [each.name for each in found] == ["HorizontalFlip", "InvertImg", "VerticalFlip"]
    image = np.random.default_rng(0).random((8, 8, 1), dtype=np.float32)
    expected = [image[:, ::-1], 1 - image, image[::-1]]
    for step, changed in zip(found, expected, strict=True):
        for _ in range(5):
            np.testing.assert_allclose(step.pipeline(image=image)["image"], changed, atol=1e-6)
    assert found[0].code == "A.HorizontalFlip(p=1.0)"


def test_what_changes_the_size_is_one_step_with_what_changes_it_back():
    tree = {
        "__class_fullname__": "Compose",
        "transforms": [
            {"__class_fullname__": "Pad", "padding": 2, "p": 1.0},
            {"__class_fullname__": "RandomCrop", "height": 8, "width": 8, "p": 1.0},
            {"__class_fullname__": "D4", "p": 1.0},
        ],
    }
    assert [each.name for each in steps(tree, (8, 8, 1))] == ["Pad + RandomCrop", "D4"]


# ---- what is found ---------------------------------------------------------------------------------------------


def test_mirroring_takes_the_class_away_where_side_is_the_class_and_noise_does_not(bars, told, at_work, probe):
    pipeline = custom(albumentations.HorizontalFlip(p=0.5), albumentations.GaussNoise(std_range=(0.01, 0.02)))
    found = make(bars, told("custom", settings=pipeline), at_work)
    flip, noise = found.facts["steps"]
    sure = found.facts["sure"]
    assert sure >= 20
    assert found.facts["right"] == sure
    taught, asked = sides(bars)
    assert (found.facts["taught"], found.facts["asked"]) == (len(taught), len(asked))
    # Left and right change places, and the middle stays: two of three classes.
    assert flip["changed"] == pytest.approx(2 / 3 * sure, abs=4)
    assert noise["changed"] == 0
    assert {flip["was"], flip["became"]} == {0, 2}
    np.testing.assert_array_equal(found.arrays["after"][0], found.arrays["before"][0][:, ::-1])
    assert noise["was"] == noise["became"]
    assert found.arrays["before"].shape == (2, 16, 16, 1)
    json.dumps(found.facts)


def test_the_interval_is_that_of_wilson(bars, told, at_work, probe):
    found = make(bars, told("custom", settings=custom(albumentations.HorizontalFlip(p=1.0))), at_work)
    (step,), n = found.facts["steps"], found.facts["sure"]
    share, z = step["changed"] / n, 1.959964
    middle, half = share + z**2 / (2 * n), z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    assert step["low"] == pytest.approx((middle - half) / (1 + z**2 / n), abs=1e-4)
    assert step["high"] == pytest.approx((middle + half) / (1 + z**2 / n), abs=1e-4)


def test_only_sure_answers_count(bars, told, at_work, probe, monkeypatch):
    def fit(self, examples, **known):
        def predict(features):
            found = np.full((len(features), 3), (1 - SURE + 0.02) / 2, np.float32)
            found[:, 0] = SURE - 0.02
            return found

        return predict

    monkeypatch.setattr(Pixels, "fit", fit)
    found = make(bars, told("gentle"), at_work)
    assert found.facts["sure"] == found.facts["right"] == 0
    assert found.facts["steps"] == []
    assert found.arrays["before"].shape == (0, 16, 16, 1)


def test_it_learns_from_the_taught_rows_and_their_labels_alone(bars, told, at_work, probe, monkeypatch):
    seen = []
    real = Pixels.fit
    monkeypatch.setattr(Pixels, "fit", lambda self, examples, **known: seen.append(examples) or real(
        self, examples, **known
    ))  # fmt: skip
    make(bars, told("gentle"), at_work)
    (examples,) = seen
    taught, _ = sides(bars)
    np.testing.assert_array_equal(examples.labels, bars.labels[taught])
    np.testing.assert_allclose(examples.rows, probe.features(bars.rows(taught)[:]), rtol=1e-6)


def test_nothing_is_judged_where_nothing_is_changed(bars, told, at_work, probe):
    found = make(bars, told("gentle", ()), at_work)
    assert found.facts["steps"] == []
    assert found.facts["sure"] > 0


def test_images_as_they_are_are_described_once_for_all_pipelines(bars, told, at_work, probe, monkeypatch):
    first = make(bars, told("gentle"), at_work)
    described = []
    real = Pixels.features
    monkeypatch.setattr(Pixels, "features", lambda self, inputs, learnt=None: described.append(len(inputs)) or real(
        self, inputs
    ))  # fmt: skip
    again = make(bars, told("gentle", ("orientation",)), at_work)
    assert sum(described) == again.facts["sure"]  # one step, no image as it is
    assert {**first.facts, "steps": 0} == {**again.facts, "steps": 0}


def test_it_ends_where_it_is_not_wanted_any_more(bars, told, at_work, probe, cancelling):
    make(bars, told("gentle"), at_work)
    with pytest.raises(Cancelled):
        make(bars, told("gentle"), AtWork(at_work.cache, cancelling(2)))


def test_a_network_that_cannot_be_used_is_told(bars, told, at_work, probe):
    probe.reason = "Install torch."
    with pytest.raises(TechniqueError, match=r"Pixels cannot be used here\. Install torch\."):
        make(bars, told("gentle"), at_work)


@pytest.mark.slow
def test_the_real_network_tells_easy_images_apart(data, told, at_work):
    found = make(data, told("gentle", ("orientation",)), at_work)
    (step,) = found.facts["steps"]
    assert step["name"] == "D4"
    assert found.facts["right"] >= 0.9 * found.facts["sure"] > 0


def test_images_are_held_a_few_at_once_and_examples_no_larger_than_shown(
    make_dataset, probe, at_work, told, monkeypatch
):
    random, labels = np.random.default_rng(0), np.tile([0, 1, 2], 30)
    inputs = random.integers(0, 40, (90, 16, 300, 1), dtype=np.uint8)
    for image, label in zip(inputs, labels, strict=True):
        image[:, label * 90 + 10 : label * 90 + 80] += 180
    held, real = [], safety.viewed
    monkeypatch.setattr(
        safety, "viewed", lambda step, images, draw: held.append(len(images)) or real(step, images, draw)
    )
    data = make_dataset(labels, inputs=inputs, class_names=("left", "middle", "right"))
    found = make(data, told("custom", **{"settings": custom(albumentations.HorizontalFlip())}), at_work)
    assert max(held) <= safety.CHUNK
    assert sum(held) == found.facts["sure"] * len(found.facts["steps"]) > safety.CHUNK
    (step,) = found.facts["steps"]
    assert 0 < step["changed"] < found.facts["sure"]  # what stands in the middle stays there
    assert step["was"] != step["became"]
    before, after = found.arrays["before"][0], found.arrays["after"][0]
    assert before.shape == (8, 144, 1)
    np.testing.assert_allclose(after, before[:, ::-1], atol=1e-5)
