import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from explorer.errors import Cancelled, StudyError
from explorer.training import loop
from explorer.training.loop import Batch, Recipe, train

RECIPE = Recipe(steps=12, learning_rate=0.05, weight_decay=0.1, smoothing=0.1, average=0.9)


def _linear(parameters, images):
    return images @ parameters[0].T + parameters[1]


def _start():
    random = torch.Generator().manual_seed(0)
    return [torch.randn((3, 4), generator=random).requires_grad_(), torch.zeros(3).requires_grad_()]


def _batches(weights=None):
    random = torch.Generator().manual_seed(1)
    for _ in itertools.count():
        images = torch.randn((6, 4), generator=random)
        shares = functional.one_hot(images[:, :3].argmax(dim=1), 3).float()
        yield Batch(images, shares, torch.ones(6) if weights is None else weights)


def _quiet(done, total):
    pass


def _plain():
    """The same recipe written out with torch's own parts, one parameter at a time."""
    parameters = [nn.Parameter(each.detach().clone()) for each in _start()]
    groups = [{"params": parameters[:1], "weight_decay": 0.1}, {"params": parameters[1:], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.05, foreach=False, fused=False)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.05, total_steps=12, pct_start=0.3)
    averaged = [each.detach().clone() for each in parameters]
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)
    for batch in itertools.islice(_batches(), 12):
        optimizer.zero_grad()
        loss(_linear(parameters, batch.images), batch.targets.argmax(dim=1)).backward()
        optimizer.step()
        cycle.step()
        averaged = [0.9 * old + 0.1 * new.detach() for old, new in zip(averaged, parameters, strict=True)]
    return averaged


@pytest.fixture
def float32(monkeypatch):
    """The number format of processors without units for bfloat16, in which sums agree to many digits."""
    monkeypatch.setattr(loop, "fast_bfloat16", lambda: False)


def test_it_is_the_plain_loop(float32):
    for found, wanted in zip(train(_linear, _start(), _batches(), RECIPE, _quiet), _plain(), strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)


def test_bfloat16_learns_the_same_within_its_rounding(monkeypatch):
    learnt = []
    for fast in (False, True):
        monkeypatch.setattr(loop, "fast_bfloat16", lambda fast=fast: fast)
        learnt.append(train(_linear, _start(), _batches(), RECIPE, _quiet))
    for plain, rounded in zip(*learnt, strict=True):
        assert 0 < (plain - rounded).abs().max() < 0.02 * plain.abs().max()


def test_weights_of_rows_change_what_is_learnt():
    heavy = torch.tensor([6.0, 0, 0, 0, 0, 0])
    even = train(_linear, _start(), _batches(), RECIPE, _quiet)
    assert not torch.equal(train(_linear, _start(), _batches(heavy), RECIPE, _quiet)[0], even[0])


def test_weak_views_teach_strong_ones_as_a_plain_sum_of_losses_does(float32):
    random = torch.Generator().manual_seed(2)
    labeled, weak, strong = (torch.randn((size, 4), generator=random) for size in (6, 8, 8))
    shares = functional.one_hot(labeled[:, :3].argmax(dim=1), 3).float()
    asked = []

    def believing(probabilities, done, steps):
        asked.append((done, steps))
        believed = np.eye(3, dtype=np.float32)[probabilities.argmax(axis=1)]
        return believed, 0.5 * (probabilities.max(axis=1) > 0.5).astype(np.float32)

    batch = Batch(labeled, shares, torch.ones(6), weak, strong)
    found = _start()
    train(_linear, found, [batch], RECIPE, _quiet, believing)
    parameters = [nn.Parameter(each.detach().clone()) for each in _start()]
    chances = _linear(parameters, weak).softmax(dim=1).detach()
    each = functional.cross_entropy(_linear(parameters, strong), chances.argmax(dim=1), reduction="none")
    taught = (0.5 * each * (chances.max(dim=1).values > 0.5)).mean()
    smoothed = nn.CrossEntropyLoss(label_smoothing=0.1)(_linear(parameters, labeled), shares.argmax(dim=1))
    (smoothed + taught).backward()
    groups = [{"params": parameters[:1], "weight_decay": 0.1}, {"params": parameters[1:], "weight_decay": 0.0}]
    torch.optim.AdamW(groups, lr=0.05 / 25).step()
    assert asked == [(0, 12)]
    for kept, wanted in zip(found, parameters, strict=True):
        torch.testing.assert_close(kept.detach(), wanted.detach(), atol=1e-5, rtol=1e-4)


def test_every_step_is_reported_and_a_report_can_end_it():
    told = []

    def report(done, total):
        told.append((done, total))
        if done == 5:
            raise Cancelled("The study was cancelled.")

    with pytest.raises(Cancelled):
        train(_linear, _start(), _batches(), RECIPE, report)
    assert told == [(done, 12) for done in range(6)]
    told.clear()
    train(_linear, _start(), _batches(), RECIPE, lambda done, total: told.append((done, total)))
    assert told == [(done, 12) for done in range(13)]


@pytest.mark.parametrize("steps", [3, 10])
def test_a_run_may_be_so_short_that_one_step_would_warm_up(steps):
    found = train(_linear, _start(), _batches(), replace(RECIPE, steps=steps, warm_up=0.1), _quiet)
    assert all(torch.isfinite(each).all() for each in found)


def test_a_loss_that_is_no_number_is_told_with_the_remedy():
    def broken(parameters, images):
        return _linear(parameters, images) * float("nan")

    with pytest.raises(
        StudyError, match=r"The training loss became nan at a learning rate of 0.05; choose a lower one"
    ):
        train(broken, _start(), _batches(), RECIPE, _quiet)
