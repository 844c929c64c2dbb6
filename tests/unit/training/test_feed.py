"""Batches of labelled images, of views of them and of unlabelled ones beside them."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from explorer.training.feed import ECHOES, TOGETHER, Feed, rows

SIZE = 4


def feed(n, **more):
    """Return a feed of n images that are told apart by their value, each a class of its own."""
    images = np.broadcast_to(np.arange(n, dtype=np.float32)[:, None, None, None] / n, (n, 2, 2, 1)).copy()
    return Feed(images, np.eye(n, dtype=np.float32), np.ones(n), SIZE, **more)


def taken(batches, count):
    return list(itertools.islice(batches, count))


def marked(images, generator):
    """Return views that are told apart by a small number of their own."""
    return images + generator.uniform(0, 1e-3, (len(images), 1, 1, 1)).astype(np.float32)


def numbers(batches):
    return [int(row.argmax()) for batch in batches for row in batch.targets]


def test_every_row_comes_once_before_any_comes_again():
    found = [each for part in itertools.islice(rows(6, 4, np.random.default_rng(0)), 6) for each in part.tolist()]
    assert all(sorted(found[start : start + 6]) == list(range(6)) for start in range(0, 24, 6))


@pytest.mark.parametrize("views", [None, marked])
def test_images_stay_with_their_labels_and_rows_come_equally_often(views):
    batches = taken(feed(8).batches(torch.from_numpy, np.random.default_rng(1), views), 6 * TOGETHER)
    assert {len(each.images) for each in batches} == {SIZE}
    for batch in batches:
        near = (8 * batch.images.mean((1, 2, 3))).round().long()
        assert torch.equal(near, batch.targets.argmax(1))
    assert set(np.bincount(numbers(batches)).tolist()) == {6 * TOGETHER * SIZE // 8}


def test_each_view_is_seen_echoes_times_in_other_company_and_then_never_again():
    batches = taken(feed(8).batches(torch.from_numpy, np.random.default_rng(1), marked), 2 * ECHOES * TOGETHER)
    seen = [float(image.mean()) for batch in batches for image in batch.images]
    half = len(seen) // 2
    for part in (seen[:half], seen[half:]):
        assert set(np.unique(part, return_counts=True)[1].tolist()) == {ECHOES}
    assert not set(seen[:half]) & set(seen[half:])
    company = [frozenset(float(image.mean()) for image in batch.images) for batch in batches]
    assert len(set(company)) > 0.9 * len(company)


def test_without_views_a_batch_holds_no_image_twice():
    (batch,) = taken(feed(3).batches(torch.from_numpy, np.random.default_rng(0)), 1)
    assert sorted(numbers([batch])) == [0, 1, 2]


def test_blends_are_made_of_views_and_anew_each_time():
    def mixer(images, targets, generator):
        share = np.float32(generator.random())
        return share * images, share * targets

    batches = taken(feed(8).batches(torch.from_numpy, np.random.default_rng(0), marked, mixer), TOGETHER)
    shares = [float(batch.targets.max()) for batch in batches]
    assert len(set(shares)) == TOGETHER
    assert all(float(batch.images.max()) <= share + 1e-3 for batch, share in zip(batches, shares, strict=True))


def test_unlabelled_images_are_reduced_before_views_are_made_of_them():
    sizes = []

    def view(images, generator):
        sizes.append(images.shape)
        return images

    pool = SimpleNamespace(unlabeled=np.zeros((9, 6, 6, 1), np.float32), ratio=2, weak=None, strong=view)
    made = feed(8, reduced=lambda images: images[:, ::3, ::3]).batches(
        torch.from_numpy, np.random.default_rng(0), None, None, pool
    )
    (batch,) = taken(made, 1)
    assert batch.weak.shape == batch.strong.shape == (2 * SIZE, 2, 2, 1)
    assert sizes == [(2 * SIZE, 2, 2, 1)]


def test_same_generator_same_batches():
    first, again, other = (
        taken(feed(8).batches(torch.from_numpy, np.random.default_rng(seed), marked), 9) for seed in (0, 0, 1)
    )
    assert all(torch.equal(a.images, b.images) for a, b in zip(first, again, strict=True))
    assert numbers(first) != numbers(other)
