import numpy as np
import pytest

from explorer.previews.making import AtWork
from explorer.techniques.monitors import QUIET


@pytest.fixture
def at_work(workspace):
    return AtWork(workspace.cache, QUIET)


@pytest.fixture
def striped(make_dataset):
    """Return 60 images of 16 px: one class with stripes across, one with stripes along, in 20 groups of three."""
    random = np.random.default_rng(0)
    labels = np.tile([0, 1], 30)
    images = random.integers(0, 60, (60, 16, 16, 1), dtype=np.uint8)
    for row, label in enumerate(labels):
        stripes = images[row, ::4] if label else images[row, :, ::4]
        stripes += random.integers(60, 180, dtype=np.uint8)
    return make_dataset(labels, inputs=images, groups=np.repeat(np.arange(20), 3), fingerprint="striped")
