"""The network that learns from noisy images alone makes them cleaner, and says how it learnt."""

import numpy as np
import pytest

from explorer.records import Choice, Rows, Scaling, Slot
from explorer.techniques.base import Task
from explorer.techniques.denoising.blind_spot import CHUNK
from explorer.techniques.discovery import build
from explorer.techniques.monitors import Quiet
from tests.unit.techniques.test_calibrating import Ear, error, scene


@pytest.mark.parametrize("channels", [1, 2])
def test_it_makes_noisy_images_cleaner_without_having_seen_a_clean_one(channels):
    clean, noisy = (np.concatenate([each] * channels, axis=-1) for each in scene(0.15, n=60))
    unseen_clean, unseen = (np.concatenate([each] * channels, axis=-1) for each in scene(0.15, n=10, seed=1))
    chosen = build(Slot.DENOISING, Choice("blind_spot", {"steps": 150, "batch": 8, "width": 8, "learning_rate": 0.005}))
    ear = Ear()
    learnt = chosen.learn(Rows(noisy, Scaling(0.0, 1.0, "")), seed=0, monitor=ear)
    assert error(chosen.clean(noisy[:8], learnt), clean[:8]) < error(noisy[:8], clean[:8]) / 4
    assert error(chosen.clean(unseen, learnt), unseen_clean) < error(unseen, unseen_clean) / 4, "6 dB"
    losses = ear.records["blind_spot_loss"]
    assert losses[-1] < losses[0]


def test_a_pool_is_never_in_memory_as_a_whole_and_its_scale_is_that_of_all_of_it():
    stored = np.random.default_rng(0).integers(0, 200, (3 * CHUNK, 16, 12, 2)).astype(np.uint8)
    stored[..., 1] //= 4
    asked = []

    class Counting(Rows):
        def __getitem__(self, chosen):
            asked.append(np.size(chosen))
            return super().__getitem__(chosen)

    chosen = build(Slot.DENOISING, Choice("blind_spot", {"steps": 10, "batch": 4}))
    learnt = chosen.learn(Counting(stored, Scaling(0.0, 255.0, "")), seed=0, monitor=Quiet())
    assert max(asked) == CHUNK
    inputs = stored.astype(np.float64) / 255
    np.testing.assert_allclose(learnt["mean"], inputs.mean(axis=(0, 1, 2)), rtol=1e-5)
    np.testing.assert_allclose(learnt["spread"], inputs.std(axis=(0, 1, 2)), rtol=1e-5)


def test_its_cost_grows_with_steps_and_images():
    few, more = (build(Slot.DENOISING, Choice("blind_spot", {"steps": steps})) for steps in (100, 1000))
    task = Task(1000, (64, 64, 1), 5, 50)
    assert few.cost(task).prepare < more.cost(task).prepare
    assert more.cost(task).prepare < more.cost(Task(2000, (64, 64, 1), 5, 50)).prepare < 240
