"""The adapter of fixed features."""

import itertools

import numpy as np
import torch

from explorer.training import adapter


def test_it_starts_as_nothing_and_is_a_bottleneck_of_two_layers():
    features = torch.randn((4, 10), generator=torch.Generator().manual_seed(0))
    parameters = adapter.initial(10, 0)
    assert torch.equal(adapter.adapted(parameters, features), features)
    with torch.no_grad():
        parameters[2] += 0.1
    narrow, shift, wide, bias = parameters
    wanted = features + (features @ narrow.T + shift).clamp(min=0) @ wide.T + bias
    torch.testing.assert_close(adapter.adapted(parameters, features), wanted)


def test_a_batch_pairs_two_different_views_of_each_row():
    seen = np.arange(30, dtype=np.float32).reshape(10, 3, 1)  # the row is the tens, the view the rest by three
    met = set()
    for batch in itertools.islice(adapter.pairs(seen, np.random.default_rng(0)), 20):
        first, second = np.split(batch.numpy()[:, 0], 2)
        np.testing.assert_array_equal(first // 3, second // 3)
        assert (first % 3 != second % 3).all()
        met |= set(zip(first % 3, second % 3, strict=True))
    assert len(met) == 6
