"""Muon: its orthogonal steps are those of a singular value decomposition, and of torch's own optimizer."""

import os
import subprocess
import sys

import pytest
import torch

from explorer.training.descent import Cycle, Descent
from explorer.training.muon import Muon, orthogonal


def _random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def _kernel(seed=0, shape=(6, 4, 3, 3)):
    return _random(*shape, seed=seed).contiguous(memory_format=torch.channels_last).requires_grad_()


@pytest.mark.parametrize("shape", [(8, 40), (40, 8), (12, 12), (1, 9)])
def test_singular_vectors_are_kept_and_singular_values_are_about_one(shape):
    matrix = _random(*shape)
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    turned = left.T @ orthogonal(matrix) @ right.T
    assert torch.allclose(turned, torch.diag(turned.diagonal()), atol=1e-4)
    assert ((turned.diagonal() > 0.68) & (turned.diagonal() < 1.21)).all()


def test_orthogonal_is_that_of_torch():
    """torch's is written with the products of the long matrix, and in bfloat16, which has three digits."""
    from torch.optim._muon import DEFAULT_NS_STEPS, EPS, _zeropower_via_newtonschulz

    from explorer.training.muon import ITERATIONS, POLYNOMIAL

    matrix = _random(16, 90)
    wanted = _zeropower_via_newtonschulz(matrix, POLYNOMIAL, DEFAULT_NS_STEPS, EPS).float()
    assert ITERATIONS == DEFAULT_NS_STEPS
    assert torch.allclose(orthogonal(matrix), wanted, atol=0.02)


def test_the_size_of_a_gradient_says_nothing():
    matrix = _random(5, 30)
    assert torch.allclose(orthogonal(matrix), orthogonal(1e-4 * matrix), atol=1e-5)


def test_a_gradient_of_nothing_moves_nothing():
    kernel = _kernel()
    before = kernel.detach().clone()
    kernel.grad = torch.zeros_like(kernel)
    Muon([kernel]).move(0.1)
    assert torch.allclose(kernel.detach(), before)
    assert kernel.grad is None


def test_a_kernel_turns_by_its_share_and_keeps_its_length():
    kernel = _kernel()
    before = kernel.detach().clone()
    gradient = _random(*kernel.shape, seed=1)
    gradient -= before * (gradient * before).sum() / before.square().sum()
    kernel.grad = gradient.clone()
    Muon([kernel]).move(0.1)
    assert torch.isclose(kernel.detach().norm(), before.norm())
    moved = kernel.detach() - before
    assert 0.07 < float(moved.norm() / before.norm()) < 0.11
    assert float((moved * gradient).sum()) < 0


def test_the_step_is_the_orthogonal_mean_of_gradients_with_a_look_ahead():
    kernel, plain = _kernel(), _kernel().detach().clone()
    length, mean, muon = plain.norm(), torch.zeros_like(plain), Muon([kernel])
    for step in range(4):
        gradient = _random(*kernel.shape, seed=step + 2)
        kernel.grad = gradient.clone()
        muon.move(0.05)
        mean = 0.8 * mean + 0.2 * gradient
        ahead = orthogonal((0.8 * mean + 0.2 * gradient).permute(0, 2, 3, 1).reshape(len(plain), -1))
        plain = plain - 0.05 * length * ahead.reshape(6, 3, 3, 4).permute(0, 3, 1, 2) / ahead.norm()
        plain *= length / plain.norm()
    assert torch.allclose(kernel.detach(), plain, atol=1e-6)
    assert kernel.is_contiguous(memory_format=torch.channels_last)


def test_the_step_follows_the_cycle_of_the_rate():
    """It begins at a twenty-fifth of its peak, as the rate does."""
    kernel, first = _kernel(), torch.ones((4, 1, 1, 1), requires_grad=True)
    before, cycle = kernel.detach().clone(), Cycle(0.003, 20, 0.3)
    descent = Descent([first, kernel], cycle, kernel_step=0.1)
    moved = []
    for step in range(20):
        (first.sum() * (kernel * _random(*kernel.shape, seed=step + 10)).sum()).backward()
        descent.step()
        moved.append(float((kernel.detach() - before).norm() / before.norm()))
        before = kernel.detach().clone()
    assert moved[0] == pytest.approx(0.1 / 25, rel=0.1)
    assert max(moved) == pytest.approx(0.1, rel=0.1)
    assert moved[-1] < 1e-5


def test_kernels_after_the_first_turn_and_all_else_is_moved_by_adam():
    start = [_kernel(), _kernel(seed=3), _random(3, 5, seed=1).requires_grad_(), _random(7, seed=2).requires_grad_()]
    plain = [each.detach().clone().requires_grad_() for each in start]
    lengths = [each.detach().norm() for each in start]
    descents = Descent(start, Cycle(0.003, 20, 0.3), 0.05, kernel_step=0.1), Descent(plain, Cycle(0.003, 20, 0.3), 0.05)
    for step in range(20):
        for parameters, descent in zip((start, plain), descents, strict=True):
            sum((each * torch.cos(each + step)).sum() for each in parameters).backward()
            descent.step()
    assert torch.isclose(start[1].detach().norm(), lengths[1])
    assert not torch.allclose(start[1], plain[1], atol=0.1)
    for at in (0, 2, 3):
        assert torch.equal(start[at], plain[at])


def test_the_same_gradients_give_the_same_bits_and_no_compiler_is_imported():
    code = """
import hashlib, sys, torch
from explorer.training.descent import Cycle, Descent
from explorer.training.precision import one_thread
first = torch.ones((64, 1, 1, 1), requires_grad=True)
kernel = torch.linspace(-1, 1, 73728).reshape(128, 64, 3, 3).requires_grad_()
descent = Descent([first, kernel], Cycle(0.1, 5, 0.5), kernel_step=0.1)
with one_thread():
    for step in range(5):
        (first.sum() * (kernel * torch.cos(kernel + step)).sum()).backward()
        descent.step()
print(hashlib.sha256(kernel.detach().numpy().tobytes()).hexdigest(), *{"torch._dynamo", "triton"} & set(sys.modules))
"""
    run = [sys.executable, "-c", code]
    found = [subprocess.run(run, env=os.environ, check=True, capture_output=True, text=True).stdout for _ in range(2)]
    assert found[0] == found[1]
    assert len(found[0].split()) == 1
