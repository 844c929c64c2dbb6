"""Maps of gradients against plain loops and hooks, and networks that forget."""

import numpy as np
import pytest
import torch

from explorer.training import lite0_top
from explorer.training.attribution import forgotten, grad_cam, smooth_gradients
from explorer.training.precision import fast_bfloat16

TARGETS = torch.tensor([0, 2, 1])


def network():
    """Return a small network of two parts, with bent answers, so that gradients differ from place to place."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        first = torch.nn.Sequential(torch.nn.Conv2d(2, 6, 3, padding=1), torch.nn.Tanh())
        rest = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(), torch.nn.Linear(24, 3))
    return first, rest


def images():
    return torch.randn((3, 2, 8, 8), generator=torch.Generator().manual_seed(1))


def test_smooth_gradients_are_those_of_a_plain_loop():
    first, rest = network()
    model = torch.nn.Sequential(first, rest)
    steps = []
    found = smooth_gradients(
        model, images(), TARGETS, noise=0.2, samples=4, seed=3, step=lambda: steps.append(1)
    )  # fmt: skip
    random, total = torch.Generator().manual_seed(3), torch.zeros(3, 2, 8, 8)
    noises = [torch.randn(3, 2, 8, 8, generator=random) for _ in range(4)]
    for place, target in enumerate(TARGETS.tolist()):
        image = images()[place]
        spread = 0.2 * (image.max() - image.min())
        for noise in noises:
            seen = (image + spread * noise[place])[None].requires_grad_()
            model(seen)[0, target].backward()
            total[place] += seen.grad[0] / 4
    assert np.allclose(found, total.abs().sum(1), atol=1e-6)
    assert len(steps) == 4


def test_without_noise_a_linear_model_gives_its_weights():
    weight = torch.randn((3, 2 * 64), generator=torch.Generator().manual_seed(5))
    found = smooth_gradients(
        lambda seen: seen.flatten(1) @ weight.T, images(), TARGETS, noise=0.0, samples=2, seed=0, step=lambda: None
    )
    assert np.allclose(found, weight[TARGETS].view(3, 2, 8, 8).abs().sum(1), atol=1e-6)


def test_grad_cam_is_that_of_hooks_in_a_plain_loop():
    first, rest = network()
    found = grad_cam(rest, first(images()), TARGETS)
    for place, target in enumerate(TARGETS.tolist()):
        maps, gradients = [], []
        forward = first.register_forward_hook(lambda _module, _given, out, kept=maps: kept.append(out))
        backward = first.register_full_backward_hook(lambda _module, _in, out, kept=gradients: kept.append(out[0]))
        torch.nn.Sequential(first, rest)(images()[place : place + 1].requires_grad_())[0, target].backward()
        forward.remove()
        backward.remove()
        weight = gradients[0][0].mean((1, 2))
        wanted = torch.relu((weight[:, None, None] * maps[0][0]).sum(0)).detach()
        assert np.allclose(found[place], wanted, atol=1e-6)
    assert found.max() > 0


def test_only_what_is_named_is_forgotten_and_stays_as_wide():
    random = torch.Generator().manual_seed(0)
    parameters = [torch.randn((40, 50), generator=random) * 3 + 1, torch.ones(7), torch.randn(2000, generator=random)]
    found = forgotten(parameters, (0, -1), seed=4)
    assert torch.equal(found[1], parameters[1])
    for place in (0, 2):
        assert abs(np.corrcoef(found[place].ravel(), parameters[place].ravel())[0, 1]) < 0.1
        assert abs(found[place].std() / parameters[place].std() - 1) < 0.1
    assert torch.equal(forgotten(parameters, (0,), seed=4)[0], found[0])


def test_gradients_pass_the_lower_half_which_sees_what_it_sees_without_them():
    images = np.random.default_rng(0).uniform(-1, 1, (2, 96, 96, 3)).astype(np.float32)
    leaf = torch.from_numpy(images).permute(0, 3, 1, 2).requires_grad_()
    maps = lite0_top.differentiable_below(leaf)
    plain = lite0_top.below(images).astype(np.float32).reshape(maps.shape)
    error = np.abs(maps.detach().numpy() - plain).max() / np.abs(plain).max()
    assert error < (0.05 if fast_bfloat16() else 0.002)  # below rounds to half precision
    maps[0].sum().backward()
    assert leaf.grad[0].abs().sum() > 0
    assert leaf.grad[1].abs().sum() == 0
    assert not any(part.grad for _, weight, bias in lite0_top.top() for part in (weight, bias))


def test_the_gradient_of_both_halves_is_that_of_small_steps():
    generator = torch.Generator().manual_seed(0)
    image = torch.rand((1, 3, 96, 96), generator=generator) * 2 - 1
    parameters = [each.detach() for each in lite0_top.initial()]

    def told(images):
        return lite0_top.described(parameters, lite0_top.differentiable_below(images))[:, :10].sum()

    leaf = image.clone().requires_grad_()
    gradient = torch.autograd.grad(told(leaf), leaf)[0]
    length = float(gradient.norm())
    step = 0.01 * gradient / length  # along it: across the many kinks of ReLU6, other ways need far smaller steps
    assert float(told(image + step) - told(image - step)) / 0.02 == pytest.approx(length, rel=0.01)
