"""An adapter: a small bottleneck added to fixed features, which leaves them as they are until it is trained.

Houlsby et al. 2019, arXiv:1902.00751. Features are (b, d).
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch.nn import functional

from explorer.training.feed import Float32s, rows
from explorer.training.loop import Tensor

#: Rows in a step, each in two views.
BATCH = 256
#: Width of the bottleneck.
WIDTH = 128


def initial(d: int, seed: int) -> list[Tensor]:
    """Return weights and biases of the two layers, the second ones zero."""
    random = torch.Generator().manual_seed(seed)
    narrow = torch.randn((WIDTH, d), generator=random) * (2 / d) ** 0.5
    found = [narrow, torch.zeros(WIDTH), torch.zeros(d, WIDTH), torch.zeros(d)]
    return [each.requires_grad_() for each in found]


def adapted(parameters: Sequence[Tensor], features: Tensor) -> Tensor:
    """Return adapted features of the same shape."""
    narrow, shift, wide, bias = parameters
    return features + functional.linear(functional.relu(functional.linear(features, narrow, shift)), wide, bias)


def pairs(seen: Float32s, random: np.random.Generator) -> Iterator[Tensor]:
    """Yield features of two different views each of BATCH rows, (2 × BATCH, d), without end; `seen` is (n, v, d)."""
    for chosen in rows(len(seen), min(BATCH, len(seen)), random):
        two = random.permuted(np.tile(np.arange(seen.shape[1]), (len(chosen), 1)), axis=1)[:, :2]
        yield torch.from_numpy(np.concatenate([seen[chosen, two[:, 0]], seen[chosen, two[:, 1]]]))
