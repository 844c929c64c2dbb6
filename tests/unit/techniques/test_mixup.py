import numpy as np
import pytest

from explorer.errors import TechniqueError
from explorer.records import Arm, Choice, Fact
from explorer.techniques.augmentation.mixup import Mixup
from explorer.techniques.composing import compose


def one_hot(n):
    return np.eye(n, dtype=np.float32)


def blended(alpha=0.2, n=64, seed=0):
    """Return blends of images whose pixel j of image i is 1 where i = j, so that pixels are the shares of images."""
    images = one_hot(n).reshape(n, n, 1, 1)
    return Mixup(alpha=alpha).mixer()(images, one_hot(n), np.random.default_rng(seed))


def test_targets_sum_to_one_and_are_the_shares_of_the_pixels():
    images, targets = blended()
    assert images.dtype == targets.dtype == np.float32
    np.testing.assert_allclose(targets.sum(axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(images[:, :, 0, 0], targets, atol=1e-6)
    assert ((targets > 0).sum(axis=1) <= 2).all()


def test_every_image_comes_once_as_the_other_one():
    images, _ = blended(alpha=2.0)
    np.testing.assert_allclose(images.sum(), len(images), rtol=1e-5)
    assert ((images[:, :, 0, 0] > 0).sum(axis=0) >= 1).all()


def test_shares_follow_the_beta_distribution_and_differ_within_a_batch():
    _, targets = blended(alpha=0.2, n=2000)
    own = targets[np.arange(2000), np.arange(2000)]
    assert own.mean() == pytest.approx(0.5, abs=0.05)
    assert own.var() == pytest.approx(1 / (4 * (2 * 0.2 + 1)), rel=0.1)


def test_inputs_are_kept_and_the_same_seed_gives_the_same_bits():
    images, targets = np.random.default_rng(0).random((8, 9, 9, 2), dtype=np.float32), one_hot(8)
    before = images.copy(), targets.copy()
    mixer = Mixup().mixer()
    first, second = (mixer(images, targets, np.random.default_rng(4)) for _ in range(2))
    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, two)
    for one, two in zip((images, targets), before, strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_batch_of_one_stays_as_it_is():
    images = np.full((1, 8, 8, 1), 0.3, np.float32)
    found, targets = Mixup().mixer()(images, np.array([[0.0, 1.0]], np.float32), np.random.default_rng(0))
    np.testing.assert_allclose(found, images, rtol=1e-6)
    np.testing.assert_allclose(targets, [[0.0, 1.0]], rtol=1e-6)


def test_views_beneath_are_chosen_by_a_setting():
    everything = frozenset(Fact)
    assert Mixup(under="none").views((16, 16, 1), everything) is None
    assert Mixup().views((16, 16, 1), frozenset()) is None
    assert Mixup(under="standard").views((16, 16, 1), frozenset()) is not None


@pytest.mark.parametrize("name", ["mixup", "cutmix"])
def test_it_is_refused_beside_a_model_of_fixed_features(name):
    with pytest.raises(TechniqueError, match="Choose a model that is trained end to end"):
        compose(Arm("arm", "Arm", Choice("pixels"), augmentation=Choice(name)))
