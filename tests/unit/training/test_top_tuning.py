"""Training of the top of the network: batches, the two number formats, the loss, and what is answered."""

import itertools

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer.techniques.base import Consistency
from explorer.training import lite0, lite0_top, top_tuning
from explorer.training.loop import Recipe, descended
from explorer.training.precision import one_thread

RECIPE = Recipe(steps=20, learning_rate=3e-4, weight_decay=0.01, smoothing=0.05, average=0.0)


def _maps(n, side=4, v=2, seed=0):
    return np.random.default_rng(seed).normal(0, 1, (n, v, side, side, lite0_top.CHANNELS)).astype(np.float16)


def _feed(n=10, size=4, **more):
    return top_tuning.Feed([_maps(n, **more)], np.eye(2)[np.arange(n) % 2], np.linspace(0.5, 1.5, n), size)


def _head(k=2, seed=0):
    random = np.random.default_rng(seed)
    return random.normal(0, 0.02, (k, 1280)), random.normal(0, 0.1, k)


def _surprise(parameters, feed):
    """Return the mean loss in nats on the first view of every row."""
    answers = top_tuning.probabilities(parameters, feed.scales[0][:, 0].astype(np.float32))
    return -np.log((answers * feed.targets).sum(axis=1)).mean()


def _slope(maps):
    """Return gradients of a loss by the parameters of the top, end to end."""
    parameters = lite0_top.initial()
    with top_tuning.products():
        lite0_top.described(parameters, torch.from_numpy(maps)).square().mean().backward()
    return torch.cat([each.grad.flatten() for each in parameters])


# ---- batches ---------------------------------------------------------------------------------------------------


def test_every_row_comes_once_before_any_comes_again_with_its_own_class_and_weight():
    feed = _feed()
    batches = list(itertools.islice(feed.batches(np.random.default_rng(0)), 5))
    weights = np.concatenate([each.weights for each in batches])
    assert all(len(each.images) == 4 for each in batches)
    np.testing.assert_allclose(np.sort(weights[:10]), feed.weights, atol=1e-6)
    rows = np.abs(weights[:, None] - feed.weights).argmin(axis=1)
    np.testing.assert_array_equal(np.concatenate([each.targets for each in batches]), feed.targets[rows])


def test_images_are_views_of_their_row_a_tenth_brighter_or_darker_at_most():
    maps = np.ones((6, 4, 3, 3, 80), np.float16) * np.array([1, 10, 100, 1000], np.float16)[:, None, None, None]
    feed = top_tuning.Feed([maps], np.eye(2)[np.arange(6) % 2], np.ones(6), 6)
    first = [each.images[:, 0, 0, 0].numpy() for each in itertools.islice(feed.batches(np.random.default_rng(0)), 20)]
    levels = np.concatenate(first)
    gains = levels / 10 ** np.round(np.log10(levels))
    assert len(np.unique(np.round(np.log10(levels)))) == 4
    assert 0.9 <= gains.min() < 0.92
    assert 1.08 < gains.max() <= 1.1 + 1e-6


def test_all_maps_of_a_batch_are_of_one_scale_and_each_scale_comes():
    large, small = _maps(6), _maps(6, side=3)
    feed = top_tuning.Feed([large, small], np.eye(2)[np.arange(6) % 2], np.ones(6), 3)
    flat = [maps.reshape(*maps.shape[:2], -1) for maps in feed.scales]
    pool = Consistency(np.concatenate(flat, axis=-1), 2, lambda *_: None)
    batches = list(itertools.islice(feed.batches(np.random.default_rng(0), pool), 20))
    assert {each.images.shape[1] for each in batches} == {3, 4}
    for batch in batches:
        assert batch.images.shape[1:] == batch.weak.shape[1:] == batch.strong.shape[1:]
        known = (large if batch.images.shape[1] == 4 else small).astype(np.float32)
        for weak in batch.weak.numpy():
            assert (known == weak).all(axis=(2, 3, 4)).any()


def test_a_fifth_of_what_is_seen_is_kept_from_the_head_and_the_mean_stays():
    batch = next(_feed(n=40, size=40).batches(np.random.default_rng(0)))
    kept = batch.kept.numpy()
    np.testing.assert_allclose(np.unique(kept), [0, 1.25])
    assert (kept == 0).mean() == pytest.approx(0.2, abs=0.01)
    assert batch.weak is None
    assert batch.strong is None


def test_one_view_teaches_itself_where_there_is_no_other():
    maps = _maps(6, v=1)
    feed = top_tuning.Feed([maps], np.eye(2)[np.arange(6) % 2], np.ones(6), 2)
    pool = Consistency(maps.reshape(6, 1, -1), 3, lambda *_: ())
    batch = next(feed.batches(np.random.default_rng(0), pool))
    assert batch.weak.shape == batch.strong.shape == (6, 4, 4, 80)
    kept = batch.strong.numpy().any(axis=3)
    ratio = np.where(kept[..., None], batch.strong.numpy() / batch.weak.numpy(), np.nan)
    assert (~kept).sum(axis=(1, 2)).tolist() == [4] * 6
    assert np.nanstd(ratio, axis=(1, 2, 3)).max() < 1e-5
    assert 0.7 <= np.nanmin(ratio) < np.nanmax(ratio) <= 1.3 + 1e-5


# ---- the network in two number formats -------------------------------------------------------------------------


@pytest.mark.parametrize("side", [6, 8, 10])
def test_the_gradient_of_fixed_kernels_is_that_of_torch(side):
    """A sum in another order differs by some units in the last place of the largest terms."""
    for step, weight, bias in lite0_top.top():
        if step.depthwise:
            seen = torch.randn((2, side, side, len(weight)), generator=torch.Generator().manual_seed(0))
            seen.requires_grad_()
            found = lite0_top.filtered(seen, step, weight, bias)
            wanted = lite0.convolved(seen.permute(0, 3, 1, 2), step, weight, bias).permute(0, 2, 3, 1)
            torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)
            random = torch.randn(found.shape, generator=torch.Generator().manual_seed(1))
            pair = [torch.autograd.grad((each * random).sum(), seen)[0] for each in (found, wanted)]
            torch.testing.assert_close(*pair, atol=1e-4, rtol=1e-4)


def test_gradients_in_bfloat16_point_where_those_in_float32_do(monkeypatch):
    """Rounding to eight bits in each of 19 layers turns a gradient by some degrees: the cosine of 15 is 0.966."""
    maps = _maps(8, side=8)[:, 0].astype(np.float32)
    found = []
    for bfloat16 in (False, True):
        monkeypatch.setattr(top_tuning, "fast_bfloat16", lambda chosen=bfloat16: chosen)
        found.append(_slope(maps))
    assert found[0].dtype == found[1].dtype == torch.float32
    assert functional.cosine_similarity(*found, dim=0) > 0.966
    assert not torch.equal(*found)


@pytest.mark.parametrize("bfloat16", [False, True])
def test_it_learns_and_gives_the_same_bits_again_in_both_formats(monkeypatch, bfloat16):
    monkeypatch.setattr(top_tuning, "fast_bfloat16", lambda: bfloat16)
    feed, losses = _feed(n=8, size=8), []
    for _ in range(2):
        parameters = top_tuning.initial(*_head())
        batches = feed.batches(np.random.default_rng(0))
        with one_thread():
            trained = descended(top_tuning.objective(RECIPE, None), parameters, batches, RECIPE, lambda *_: None)
        losses.append(_surprise(trained, feed))
    losses.append(_surprise(top_tuning.initial(*_head()), feed))
    assert losses[0] == losses[1] < losses[2] - 0.1


# ---- the head, answers and the loss ----------------------------------------------------------------------------


def test_the_head_is_applied_to_what_is_seen():
    maps = _maps(5)[:, 0].astype(np.float32)
    weight, bias = _head(3)
    found = top_tuning.probabilities(top_tuning.initial(weight, bias), maps)
    wanted = torch.from_numpy(top_tuning.places(maps)[:, -1280:] @ weight.T + bias).softmax(dim=1).numpy()
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_the_loss_is_smoothed_weighted_cross_entropy_and_what_weak_views_teach():
    maps = _maps(6)
    pool = Consistency(maps.reshape(6, 2, -1), 2, lambda *_: ())
    batch = next(top_tuning.Feed([maps], np.eye(2)[[0, 1] * 3], np.ones(6), 3).batches(np.random.default_rng(0), pool))
    parameters = top_tuning.initial(*_head())
    taught = np.eye(2, dtype=np.float32)[[0, 0, 1, 1, 1, 0]], np.arange(6, dtype=np.float32)
    asked = []

    def believing(answers, done, steps):
        asked.append((answers, done, steps))
        return taught

    with torch.no_grad():
        found = float(top_tuning.objective(RECIPE, believing)(parameters, batch, 7))
        labeled = top_tuning.logits(parameters, batch.images, batch.kept[:3])
        strong = top_tuning.logits(parameters, batch.strong, batch.kept[3:])
        targets = batch.targets * 0.95 + 0.05 / 2
        wanted = -(targets * labeled.log_softmax(1)).sum(1).mean()
        each = -(torch.from_numpy(taught[0]) * strong.log_softmax(1)).sum(1)
        wanted = wanted + (each * torch.from_numpy(taught[1])).mean()
    assert found == pytest.approx(float(wanted), rel=0.01), "a batch of another size is rounded otherwise in bfloat16"
    np.testing.assert_allclose(asked[0][0], top_tuning.probabilities(parameters, batch.weak.numpy()), atol=1e-6)
    assert asked[0][1:] == (7, 20)
