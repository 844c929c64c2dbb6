import time
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.reading import read
from explorer.records import Arm, Choice, Study
from explorer.store.store import Store

TOYS = Path(__file__).parents[2] / "toys"


@pytest.fixture(scope="module", autouse=True)
def marks(tmp_path_factory):
    """Return the folder in which deadly toys leave their marks; toys are there for us and for worker processes."""
    folder = tmp_path_factory.mktemp("marks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_TECHNIQUES", str(TOYS))
        patch.setenv("EXPLORER_TEST_MARKS", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def _no_marks(marks):
    for mark in marks.iterdir():
        mark.unlink()


@pytest.fixture
def dataset(workspace, tmp_path):
    random = np.random.default_rng(0)
    labels = np.tile([0, 1, 2], 40)
    images = random.integers(0, 120, (120, 8, 8), dtype=np.uint8)
    images[np.arange(120), labels * 2, :] += 60
    np.savez(tmp_path / "toy.npz", images=images, labels=labels)
    return read(tmp_path / "toy.npz", workspace).dataset


@pytest.fixture
def store(workspace):
    return Store(workspace.store)


@pytest.fixture
def add(store, dataset):
    """Return a function that queues a study of toy models, given as name=settings, and returns it."""

    def queue(id="one", budgets=(1, 2), seeds=2, seconds=900.0, until=None, **models):
        arms = tuple(Arm(name, name, Choice(name, settings)) for name, settings in models.items())
        study = Study(id, id, dataset.fingerprint, arms, budgets=budgets, seeds=seeds, seconds=seconds, until=until)
        store.add(study)
        return study

    return queue


@pytest.fixture
def wait_for():
    def wait(condition, seconds=30.0):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.02)

    return wait
