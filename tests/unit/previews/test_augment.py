"""Views that are shown are those that a network in training would see."""

import itertools
import json

import numpy as np
import pytest

from explorer.errors import Cancelled, TechniqueError
from explorer.previews.augment import SHOWN, make
from explorer.previews.making import AtWork

SOME = [4, 30, 80]


def turns(image):
    return [np.rot90(each, times) for each in (image, image[:, ::-1]) for times in range(4)]


def test_the_images_come_with_their_views(data, told, at_work):
    found = make(data, told("gentle", ("orientation",), rows=SOME, count=5), at_work)
    images, views = found.arrays["images"], found.arrays["views"]
    np.testing.assert_array_equal(images, data.inputs[SOME].astype(np.float32) / 255)
    assert views.shape == (3, 5, 16, 16, 1)
    assert set(found.arrays) == {"images", "views"}
    for image, of_image in zip(images, views, strict=True):
        assert all(any(np.array_equal(view, turn) for turn in turns(image)) for view in of_image)
    assert len({view.tobytes() for view in views[0]}) > 1
    json.dumps(found.facts)


def test_the_same_wish_gives_the_same_views_and_another_seed_others(data, told, at_work):
    first, again, other = (
        make(data, told("strong", seed=seed, count=6), at_work).arrays["views"] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("free", "idle"), [((), True), (("position",), False), (("intensity",), True)])
def test_it_says_whether_it_changes_nothing(data, told, at_work, free, idle):
    found = make(data, told("gentle", free), at_work)
    assert found.facts["idle"] is idle
    unchanged = all(np.array_equal(view, found.arrays["images"]) for view in np.moveaxis(found.arrays["views"], 1, 0))
    assert unchanged is idle


def test_mixup_shows_each_blend_with_its_shares(data, told, at_work):
    found = make(data, told("mixup", settings={"alpha": 1.0, "under": "none"}, count=8), at_work)
    images, views, shares = (found.arrays[name] for name in ("images", "views", "shares"))
    assert shares.shape == (3, 8, 3)
    np.testing.assert_allclose(shares.sum(axis=-1), 1, atol=1e-6)
    # The rows are one of each class, so that the shares say which images were blended and how.
    assert data.labels[[0, 1, 2]].tolist() == [0, 1, 2]
    expected = np.einsum("nck,khwd->nchwd", shares, images)
    np.testing.assert_allclose(views, expected, atol=1e-5)
    assert ((shares > 0.05).sum(axis=-1) == 2).any()
    assert found.facts["idle"] is False


def test_cutmix_shares_are_the_areas_of_its_patches(data, told, at_work):
    found = make(data, told("cutmix", settings={"share": 1.0, "under": "none"}, count=10), at_work)
    images, views, shares = (found.arrays[name] for name in ("images", "views", "shares"))
    for own, at in itertools.product(range(3), range(10)):
        kept = np.mean(np.isclose(views[own, at], images[own]))
        assert kept >= shares[own, at, own] - 1e-6
        for other in np.flatnonzero(shares[own, at]):
            assert np.isclose(views[own, at], images[other]).mean() >= shares[own, at, other] - 1e-6


def test_blends_can_be_left_out_so_that_one_class_is_right(data, told, at_work):
    found = make(data, told("mixup", settings={"alpha": 1.0, "under": "none"}, blend=False), at_work)
    assert "shares" not in found.arrays
    assert found.facts["idle"] is True
    np.testing.assert_array_equal(found.arrays["views"][:, 0], found.arrays["images"])


def test_large_images_come_as_large_as_they_are_shown(make_dataset, told, at_work):
    inputs = np.zeros((3, 300, 600, 3), np.uint8)
    inputs[:, :, 300:] = 255
    found = make(make_dataset([0, 1, 2], inputs=inputs), told("gentle"), at_work)
    assert found.arrays["images"].shape == (3, SHOWN // 2, SHOWN, 3)
    assert found.arrays["views"].shape == (3, 4, SHOWN // 2, SHOWN, 3)
    assert found.arrays["images"][:, :, :90].max() == 0
    assert found.arrays["images"][:, :, 110:].min() > 0.99
    assert found.facts["rows"] == [0, 1, 2]


def test_unlabelled_and_hidden_things_do_not_matter(make_dataset, told, at_work):
    data = make_dataset([0, 1, 2, -1])
    assert make(data, told("gentle"), at_work).arrays["views"].shape == (3, 4, 8, 8, 1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"technique": "nothing"}, "no augmentation technique 'nothing'"),
        ({"technique": "gentle", "settings": {"shift": 99}}, "'shift' is 99"),
        ({"technique": "custom", "settings": {"pipeline": "{}"}}, "this is not what albumentations writes"),
    ],
)
def test_what_cannot_be_had_is_told(data, told, at_work, options, said):
    with pytest.raises(TechniqueError, match=said):
        make(data, {**told("gentle"), **options}, at_work)


def test_it_ends_where_it_is_not_wanted_any_more(data, told, at_work, cancelling):
    with pytest.raises(Cancelled):
        make(data, told("gentle", count=10), AtWork(at_work.cache, cancelling(3)))
