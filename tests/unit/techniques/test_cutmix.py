import numpy as np
import pytest

from explorer.records import Fact
from explorer.techniques.augmentation.cutmix import CutMix


def cut(n=64, side=16, **settings):
    """Return images that had one grey each, their targets, and the greys."""
    greys = (np.arange(n, dtype=np.float32) + 1) / (n + 1)
    images = np.broadcast_to(greys[:, None, None, None], (n, side, side + 3, 2)).copy()
    return *CutMix(**settings).mixer()(images, np.eye(n, dtype=np.float32), np.random.default_rng(0)), greys


def test_targets_sum_to_one_and_are_the_shares_of_the_pixels():
    images, targets, greys = cut(share=1.0)
    assert images.dtype == targets.dtype == np.float32
    np.testing.assert_allclose(targets.sum(axis=1), 1.0, atol=1e-6)
    counted = np.stack([(images[..., 0] == grey).mean(axis=(1, 2)) for grey in greys], axis=1)
    np.testing.assert_allclose(targets, counted, atol=1e-6)


def test_a_patch_is_a_rectangle_at_the_same_place_in_all_channels():
    images, _, greys = cut(share=1.0)
    np.testing.assert_array_equal(images[..., 0], images[..., 1])
    for image, grey in zip(images[..., 0], greys, strict=True):
        rows, columns = np.nonzero(image != grey)
        if len(rows):
            assert len(rows) == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)


def test_areas_of_every_size_occur_and_only_a_share_of_the_images_is_cut():
    _, targets, _ = cut(n=600, share=1.0)
    covered = 1 - targets[np.arange(600), np.arange(600)]
    assert covered.max() > 0.7
    assert 0.15 < covered.mean() < 0.5, "half of the area on average, less what the border cuts off"
    _, targets, _ = cut(n=600, share=0.25)
    assert 0.15 < (targets.max(axis=1) < 1).mean() < 0.3


def test_inputs_are_kept_and_the_same_seed_gives_the_same_bits():
    images, targets = np.random.default_rng(0).random((8, 9, 9, 2), dtype=np.float32), np.eye(8, dtype=np.float32)
    before = images.copy(), targets.copy()
    mixer = CutMix(share=1.0).mixer()
    first, second = (mixer(images, targets, np.random.default_rng(4)) for _ in range(2))
    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, two)
    for one, two in zip((images, targets), before, strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(("under", "makes"), [("none", False), ("gentle", True), ("standard", True)])
def test_views_beneath_are_chosen_by_a_setting(under, makes):
    assert (CutMix(under=under).views((16, 16, 1), frozenset(Fact)) is not None) == makes
