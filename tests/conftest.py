"""What every test stands on: one thread a process, no network, a workspace of its own."""

import os
import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from explorer.records import Dataset, Scaling
from explorer.workspace import Workspace

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # for processes that tests start
threadpool_limits(1)


@pytest.fixture(autouse=True)
def _same_main(monkeypatch):
    """Give `__main__` back after a test: Streamlit's puts the app there, and processes started later would run it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """Return an empty workspace, which is also the default one of this test."""
    home = tmp_path / "workspace"
    monkeypatch.setenv("EXPLORER_HOME", str(home))
    return Workspace(home).make()


@pytest.fixture
def make_dataset():
    """Return a maker of small data sets; keywords override any field of the record."""

    def make(labels, **fields):
        labels = np.asarray(labels, np.int64)
        n = len(labels)
        # Each item carries its own row number in its first pixels, so that a test can tell which rows were seen.
        inputs = np.random.default_rng(0).integers(0, 256, (n, 8, 8, 1), dtype=np.uint8)
        inputs[:, 0, 0, 0], inputs[:, 0, 1, 0] = np.arange(n) // 256, np.arange(n) % 256
        about = {
            "name": "toy",
            "inputs": inputs,
            "labels": labels,
            "class_names": tuple(f"class {each}" for each in range(int(labels.max()) + 1)),
            "items": tuple(f"{row:05}.png" for row in range(n)),
            "scaling": Scaling(0.0, 255.0, "8-bit values divided by 255"),
            "fingerprint": "toy",
        }
        return Dataset(**{**about, **fields})

    return make
