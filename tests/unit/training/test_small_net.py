"""The network against the same one written with torch's modules, plainly."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.training import small_net


def plain(parameters, blocks):
    """Return the network as torch modules: convolution, 2 × 2 mean (but for the last), normalization, ReLU."""
    layers = []
    for index in range(blocks):
        kernel, scale, shift = parameters[3 * index : 3 * index + 3]
        convolution = nn.Conv2d(kernel.shape[1], kernel.shape[0], 3, padding=1, bias=False)
        norm = nn.GroupNorm(small_net.GROUPS, kernel.shape[0])
        convolution.weight, norm.weight, norm.bias = (nn.Parameter(each.detach()) for each in (kernel, scale, shift))
        layers += [convolution, *([nn.AvgPool2d(2)] if index < blocks - 1 else []), norm, nn.ReLU()]
    last = nn.Linear(parameters[-1 - 1].shape[1], len(parameters[-1]))
    last.weight, last.bias = (nn.Parameter(each.detach()) for each in parameters[-2:])
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), last)


def _random(channels=2):
    parameters = small_net.initial(channels, (8, 16, 16), 4, seed=3)
    random = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for each in parameters:
            each += 0.1 * torch.randn(each.shape, generator=random)
    return parameters


@pytest.mark.parametrize("side", [16, 17, 20, 31])
def test_it_is_the_plain_network_in_values_and_gradients(side):
    parameters = _random()
    images = torch.randn((5, 2, side, side), generator=torch.Generator().manual_seed(1))
    wanted = plain(parameters, 3)
    found = small_net.logits(parameters, images)
    torch.testing.assert_close(found, wanted(images), atol=1e-5, rtol=1e-4)
    found.square().sum().backward()
    wanted(images).square().sum().backward()
    for mine, theirs in zip(parameters, wanted.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, theirs.grad, atol=1e-3, rtol=1e-3)


def test_an_image_is_judged_without_its_neighbours():
    parameters = _random()
    images = torch.randn((6, 2, 16, 16), generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(small_net.logits(parameters, images)[2:3], small_net.logits(parameters, images[2:3]))


def test_the_seed_draws_the_kernels_and_leaves_the_global_generator_alone():
    state = torch.random.get_rng_state()
    first, again, other = (small_net.initial(1, (8, 16), 3, seed) for seed in (0, 0, 1))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], other[0])


def test_maps_in_bfloat16_are_those_of_single_precision_but_for_its_rounding():
    parameters = small_net.initial(1, (32, 64, 128), 3, seed=0)[:-2]
    images = torch.rand((4, 1, 32, 32), generator=torch.Generator().manual_seed(0))
    images = images.contiguous(memory_format=torch.channels_last)
    with torch.no_grad():
        plain = small_net.maps(parameters, images)
        with torch.autocast("cpu", torch.bfloat16):
            rounded = small_net.maps(parameters, images)
    for each, other in zip(plain, rounded, strict=True):
        assert other.is_contiguous(memory_format=torch.channels_last)
        np.testing.assert_allclose(other.float(), each, atol=0.15)
