"""Rotation prediction: the turns, their answers, and the task being solved where there is an up."""

import numpy as np
import torch
from torch.nn import functional

from explorer.training import rotation, small_net
from explorer.training.pretext import Source, taught

WIDTHS = (8, 16)


def _ready(batch):
    return torch.from_numpy(np.ascontiguousarray(batch.transpose(0, 3, 1, 2)))


def _upright(n=24, height=16, width=16):
    """Images whose upper part is bright."""
    images = np.random.default_rng(0).normal(0, 0.3, (n, height, width, 1)).astype(np.float32)
    images[:, : height // 3] += 1
    return images


def test_each_image_comes_in_its_four_turns():
    images = _upright(5)
    batch = next(rotation.batches(Source(images, None, _ready), np.random.default_rng(0)))
    assert batch.shape == (20, 1, 16, 16)
    for turns in range(4):
        turned = batch[5 * turns : 5 * turns + 5, 0].numpy()
        np.testing.assert_array_equal(np.rot90(turned, -turns, (1, 2)), batch[:5, 0].numpy())


def test_of_oblong_images_the_middle_is_taken():
    images = _ready(_upright(2, 12, 20))
    assert torch.equal(rotation.squared(images), images[:, :, :, 4:16])
    assert rotation.squared(images.transpose(2, 3)).shape == (2, 1, 12, 12)


def test_the_loss_is_the_cross_entropy_of_the_turns():
    parameters = small_net.initial(1, WIDTHS, 4, 0)
    with torch.no_grad():
        parameters[-2] += torch.randn(4, 16, generator=torch.Generator().manual_seed(0))
    batch = next(rotation.batches(Source(_upright(3), None, _ready), np.random.default_rng(0)))
    answers = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    wanted = functional.cross_entropy(small_net.logits(parameters, batch), answers)
    torch.testing.assert_close(rotation.objective(parameters, batch, 0), wanted, atol=1e-2, rtol=1e-2)


def test_the_task_is_learnt_where_images_have_an_up():
    random = np.random.default_rng(0)
    pretext = rotation.pretext(Source(_upright(), None, _ready), WIDTHS, random, 0)
    start = small_net.initial(1, WIDTHS, 1, 0)[:-2]
    trained, losses = taught(start, pretext, 200, lambda done, total: None)
    assert len(trained) == len(start) + len(pretext.heads)
    assert len(losses) == 200
    assert losses[0] > 1.2
    assert np.mean(losses[-5:]) < 0.5
