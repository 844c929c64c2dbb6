"""A small data set with simulated noise and its truth, and somebody for whom previews are made."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from explorer.previews.making import AtWork
from explorer.techniques.monitors import QUIET


@pytest.fixture
def noisy(make_dataset):
    """Return 60 images of 16 px, blobs with noise of 0.1, and the same without noise as their truth."""
    random = np.random.default_rng(3)
    clean = gaussian_filter(random.random((60, 16, 16, 1)), (0, 2, 2, 0))
    clean = 0.2 + 0.6 * (clean - clean.min()) / (clean.max() - clean.min())
    seen = np.clip(clean + 0.1 * random.standard_normal(clean.shape), 0, 1)
    stored = [np.round(255 * each).astype(np.uint8) for each in (seen, clean)]
    return make_dataset(np.tile([0, 1, 2], 20), inputs=stored[0], clean=stored[1], fingerprint="noisy")


@pytest.fixture
def at_work(workspace):
    """Return the place of previews that nobody ends."""
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
