"""The blind-spot network: what it hides, what it is made of, and that it learns to clean."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from explorer.errors import StudyError
from explorer.training import blind_spot_net as net
from explorer.training.precision import one_thread


def test_one_pixel_of_every_square_is_hidden_by_the_median_of_its_neighbours():
    images = np.random.default_rng(0).normal(size=(3, 16, 12, 2)).astype(np.float32)
    before = images.copy()
    given, wanted, where = net.hidden(images, np.random.default_rng(1))
    assert np.array_equal(images, before)
    assert np.array_equal(wanted, images[where])
    changed = np.zeros(images.shape[:3], bool)
    changed[where] = True
    assert (changed.reshape(3, 4, 4, 3, 4).sum(axis=(2, 4)) == 1).all()
    assert np.array_equal(given[~changed], images[~changed])
    for number, row, column in zip(*where, strict=True):
        rows = [abs(each) if each < 16 else 30 - each for each in (row - 1, row, row + 1)]
        columns = [abs(each) if each < 12 else 22 - each for each in (column - 1, column, column + 1)]
        around = images[number][np.ix_(rows, columns)].reshape(9, 2)
        expected = np.median(np.delete(around, 4, axis=0), axis=0)
        np.testing.assert_allclose(given[number, row, column], expected, atol=1e-6)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_answer_has_the_shape_of_the_image_whatever_its_side(channels):
    parameters = net.initial(channels, 4, 0)
    for side in (4, 7, 8, 18):
        image = np.random.default_rng(side).normal(size=(side, side + 1, channels)).astype(np.float32)
        found = net.cleaned(parameters, image)
        assert found.shape == image.shape
        assert np.isfinite(found).all()


def test_nothing_of_the_noisy_image_is_added_to_the_answer():
    parameters = [torch.zeros_like(each) for each in net.initial(1, 4, 0)]
    assert (net.cleaned(parameters, np.ones((8, 8, 1), np.float32)) == 0).all()


def test_images_do_not_mix():
    parameters = net.initial(1, 4, 0)
    images = torch.randn(3, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    together = net.predicted(parameters, images)
    torch.testing.assert_close(together[1:2], net.predicted(parameters, images[1:2]))
    other = images.clone()
    other[0] = 5
    torch.testing.assert_close(net.predicted(parameters, other)[1:], together[1:])


def test_training_lowers_the_loss_and_is_the_same_again():
    smooth = gaussian_filter(np.random.default_rng(0).normal(size=(8, 16, 16, 1)), (0, 2, 2, 0))
    images = (smooth / smooth.std()).astype(np.float32)
    recipe = net.Recipe(80, 4, 0.01, 8)
    seen = []
    with one_thread():
        first, losses = net.train(images, recipe, 0, lambda done, total: seen.append((done, total)))
        again, _ = net.train(images, recipe, 0, lambda done, total: None)
        other, _ = net.train(images, recipe, 1, lambda done, total: None)
    assert np.mean(losses[-5:]) < 0.6 * np.mean(losses[:5])
    assert len(losses) == net.KEPT
    assert seen == [(done, 80) for done in range(81)]
    assert all(torch.equal(one, two) for one, two in zip(first, again, strict=True))
    assert not torch.equal(first[0], other[0])


def test_a_training_that_diverges_says_so():
    images = np.random.default_rng(0).normal(size=(4, 16, 16, 1)).astype(np.float32)
    with pytest.raises(StudyError, match="choose a lower learning rate"):
        net.train(images * 1e30, net.Recipe(10, 4, 1.0, 4), 0, lambda done, total: None)
