"""A small data set with simulated noise and its truth, and somebody for whom previews are made."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from explorer.previews.making import AtWork
from explorer.techniques.monitors import QUIET
from tests.unit.techniques.toys import toy


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


@pytest.fixture
def data(make_dataset):
    """Return 90 easy images of three classes, 16 × 16, in turn."""
    rows, labels = toy(30)
    return make_dataset(labels, inputs=rows.values, class_names=("left", "middle", "right"))


@pytest.fixture
def told():
    """Return a function that makes the options of a preview of an augmentation."""

    def options(technique, free=("orientation", "intensity", "position"), **more):
        about = {"technique": technique, "settings": {}, "free": list(free), "seed": 0}
        return {**about, "rows": [0, 1, 2], "count": 4, "blend": True, **more}

    return options


@pytest.fixture
def cancelling():
    """Return a monitor that cancels at its n-th step."""
    from explorer.errors import Cancelled

    class After:
        def __init__(self, n):
            self.left = n

        def step(self, done, total):
            self.left -= 1
            if self.left < 0:
                raise Cancelled("enough")

    return After


@pytest.fixture
def random():
    return np.random.default_rng(0)
