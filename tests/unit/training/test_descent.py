"""Steps of Adam are those of torch's optimizer and schedule, to the bit, without what these import."""

import os
import subprocess
import sys

import pytest
import torch

from explorer.training.descent import Cycle, Descent

STEPS = 40


def _start():
    random = torch.Generator().manual_seed(0)
    shapes = ((5, 3), (5,), (4, 2, 3, 3))
    return [torch.randn(shape, generator=random).requires_grad_() for shape in shapes]


def _loss(parameters, step):
    return sum((each * torch.cos(each + step)).sum() for each in parameters)


def _torchs(make, warm_up):
    parameters = _start()
    optimizer = make(parameters)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.05, total_steps=STEPS, pct_start=warm_up)
    for step in range(STEPS):
        optimizer.zero_grad()
        _loss(parameters, step).backward()
        optimizer.step()
        schedule.step()
    return parameters


def _decaying(parameters):
    matrices, vectors = [each for each in parameters if each.ndim > 1], [each for each in parameters if each.ndim == 1]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=0.05, fused=True)


def _plain(parameters):
    return torch.optim.Adam(parameters, lr=0.05, fused=True)


@pytest.mark.parametrize(("make", "decay"), [(_decaying, 0.1), (_plain, 0.0)])
@pytest.mark.parametrize("warm_up", [0.1, 0.3, 2 / STEPS])
def test_steps_are_those_of_torch_to_the_bit(make, decay, warm_up):
    parameters = _start()
    descent = Descent(parameters, Cycle(0.05, STEPS, warm_up), decay)
    for step in range(STEPS):
        _loss(parameters, step).backward()
        descent.step()
        assert all(each.grad is None for each in parameters)
    for found, wanted in zip(parameters, _torchs(make, warm_up), strict=True):
        assert torch.equal(found, wanted)


def test_training_does_not_import_the_compiler_of_torch():
    code = """
import sys, torch
from explorer.training.descent import Cycle, Descent
from explorer.training.precision import one_thread
weights = [torch.ones(2, 2, requires_grad=True)]
descent = Descent(weights, Cycle(0.1, 3, 2 / 3))
with one_thread():
    for _ in range(3):
        weights[0].sum().backward()
        descent.step()
print(*{name.partition(".")[0] for name in sys.modules} & {"triton"}, *{"torch._dynamo"} & set(sys.modules))
"""
    found = subprocess.run([sys.executable, "-c", code], env=os.environ, check=True, capture_output=True, text=True)
    assert found.stdout.split() == []
