"""The contrastive loss against a slow one written from the paper, and what is made around it."""

import itertools

import numpy as np
import pytest
import torch

from explorer.training import contrastive
from explorer.training.pretext import Source


def _slow(points, temperature):
    """NT-Xent as equation 1 of Chen et al. 2020 has it: one ordered pair of views at a time, in float64."""
    points = points.double()
    n = len(points)
    total = 0.0
    for i in range(n):
        j = (i + n // 2) % n
        above = np.exp(float(points[i] @ points[j]) / temperature)
        below = sum(np.exp(float(points[i] @ points[k]) / temperature) for k in range(n) if k != i)
        total += -np.log(above / below)
    return total / n


def _points(n, d=5):
    random = torch.Generator().manual_seed(n)
    return torch.nn.functional.normalize(torch.randn((n, d), generator=random), dim=1)


@pytest.mark.parametrize("n", [2, 6, 16])
@pytest.mark.parametrize("temperature", [0.1, 0.5])
def test_the_loss_is_that_of_the_paper(n, temperature):
    assert float(contrastive.loss(_points(n), temperature)) == pytest.approx(_slow(_points(n), temperature), abs=1e-5)


def test_alike_views_of_unlike_images_cost_less_than_unlike_views():
    points = _points(8)
    alike = torch.cat([points[:4], points[:4]])
    assert contrastive.loss(alike) < contrastive.loss(points)


def test_projections_lie_on_the_sphere_and_depend_on_the_seed():
    described = torch.randn((7, 12), generator=torch.Generator().manual_seed(0))
    found = contrastive.projected(contrastive.projection(12, 3), described)
    assert found.shape == (7, contrastive.SPHERE)
    torch.testing.assert_close(found.norm(dim=1), torch.ones(7))
    assert not torch.equal(found, contrastive.projected(contrastive.projection(12, 4), described))


def test_a_batch_holds_two_views_of_each_image_one_after_the_other():
    images = np.arange(5, dtype=np.float32)[:, None, None, None] * np.ones((1, 4, 4, 1), np.float32)

    def views(batch, random):
        return batch + random.random((len(batch), 1, 1, 1)).astype(np.float32) / 2

    source = Source(images, views, torch.from_numpy)
    for batch in itertools.islice(contrastive.batches(source, np.random.default_rng(0)), 3):
        first, second = np.split(batch.numpy()[:, 0, 0, 0], 2)
        np.testing.assert_array_equal(first.astype(int), second.astype(int))
        assert sorted(first.astype(int)) == [0, 1, 2, 3, 4]
        assert (first != second).all()


def test_without_views_an_image_is_its_own_view():
    images = np.random.default_rng(0).random((4, 4, 4, 1)).astype(np.float32)
    batch = next(contrastive.batches(Source(images, None, torch.from_numpy), np.random.default_rng(0)))
    assert torch.equal(batch[:4], batch[4:])


def test_spread_is_none_when_all_are_alike_and_full_when_they_point_everywhere():
    random = np.random.default_rng(0)
    assert contrastive.spread(np.ones((9, 4), np.float32) * random.random((9, 1)).astype(np.float32)) < 1e-3
    assert contrastive.spread(random.normal(size=(2000, 50)).astype(np.float32)) == pytest.approx(1, abs=0.01)
    assert contrastive.spread(np.zeros((3, 4), np.float32)) == 0
