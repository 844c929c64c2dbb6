"""A network that learns on the noisy images of the pool alone how a pixel follows from its neighbourhood."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.records import Ints, Rows
from explorer.techniques.base import Cost, Denoising, Float32s, Learnt, Task
from explorer.techniques.monitors import Monitor
from explorer.techniques.settings import setting
from explorer.techniques.tuning import Float64s

#: Images of the pool that are learnt from, at most: more would be seen hardly once.
IMAGES = 2000
#: Images that are measured at once.
CHUNK = 64


@dataclass(frozen=True)
class BlindSpot(Denoising):
    """Trains a small network on the pool to predict pixels that are hidden from it, which it cannot do for noise.
    What it predicts is therefore the image without its noise, in the style of the images it was trained on.
    """

    title: ClassVar[str] = "Blind-spot network"
    paper: ClassVar[str] = "Krull et al. 2019, arXiv:1811.10980; N2V2: Höck et al. 2022, arXiv:2211.08512"
    fails: ClassVar[str] = "When the noise of neighbouring pixels is alike, and when single pixels carry the class."

    steps: int = setting(
        1200, label="Training steps", help="Batches that the network learns from.", unit="steps", low=10, high=10_000
    )
    batch: int = setting(16, label="Batch", help="Pieces of 32 px in one step.", unit="pieces", low=1, high=128)
    width: int = setting(16, label="Width", help="Maps of the network at full size.", unit="maps", low=4, high=64)
    learning_rate: float = setting(
        0.002, label="Learning rate", help="The largest step of the optimizer during its cycle.", low=1e-5, high=0.1
    )

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why networks cannot be trained here; None when they can."""
        from explorer.training.weights import not_installed

        return not_installed("torch", "torch")

    @property
    def learns_from_pool(self) -> bool:
        """Tell that it does: the network is trained on the pool."""
        return True

    def learn(self, pool: Rows, *, seed: int, monitor: Monitor) -> Learnt:
        """Return the parameters of the network in order, and `mean` and `spread` of each channel of the pool."""
        from explorer.training.blind_spot_net import Recipe, train
        from explorer.training.precision import one_thread

        rng = np.random.default_rng(seed)
        chosen = np.sort(rng.choice(len(pool), min(IMAGES, len(pool)), replace=False))
        mean, spread = (each.astype(np.float32) for each in _scale(pool, chosen, monitor))
        recipe = Recipe(self.steps, self.batch, self.learning_rate, self.width)
        with one_thread():
            images = Standardized(pool, chosen, mean, spread)
            parameters, losses = train(images, recipe, seed, monitor.step)
        monitor.record("blind_spot_loss", losses)
        found = {f"layer{at:02}": each.detach().numpy() for at, each in enumerate(parameters)}
        return {**found, "mean": mean, "spread": spread}

    def clean(self, inputs: Float32s, learnt: Learnt) -> Float32s:
        """Return what the network predicts; image by image, so that none depends on its company to the last bit."""
        import torch

        from explorer.training.blind_spot_net import cleaned
        from explorer.training.precision import one_thread

        names = sorted(name for name in learnt if name.startswith("layer"))
        mean, spread = learnt["mean"], learnt["spread"]
        found = np.empty_like(inputs)
        with one_thread():
            parameters = [torch.from_numpy(np.array(learnt[name])) for name in names]
            for at, image in enumerate(inputs):
                found[at] = cleaned(parameters, (image - mean) / spread) * spread + mean
        return np.clip(found, 0.0, 1.0, out=found)

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds of the training, and of its use on all images."""
        height, width, _ = task.shape
        share = (self.width / 16) ** 2
        training = self.steps * self.batch * 0.003 * share
        return Cost(2.0 + training + 0.008 * share * task.n_items * height * width / 64**2, 0.0)


@dataclass(frozen=True, eq=False)
class Standardized:
    """The chosen images of the pool, each standardized when it is asked for: all of them at once may take gigabytes."""

    pool: Rows
    chosen: Ints
    mean: Float32s
    spread: Float32s

    def __getitem__(self, number: int) -> Float32s:
        """Return one of them, (height, width, channels)."""
        return (self.pool[self.chosen[number]] - self.mean) / self.spread

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of all of them: (n, height, width, channels)."""
        return (len(self.chosen), *self.pool.shape[1:])


def _scale(pool: Rows, chosen: Ints, monitor: Monitor) -> tuple[Float64s, Float64s]:
    """Return mean and standard deviation of each channel of the chosen images; 1 for a constant channel."""
    mean = _mean(pool, chosen, monitor, lambda images: images)
    spread = np.sqrt(_mean(pool, chosen, monitor, lambda images: (images - mean) ** 2))
    return mean, np.where(spread > 1e-6, spread, 1.0)


def _mean(pool: Rows, chosen: Ints, monitor: Monitor, of: Callable[[Float64s], Float64s]) -> Float64s:
    """Return the mean of each channel, (channels,), of what is made of the chosen images, some at once."""
    found = []
    for start in range(0, len(chosen), CHUNK):
        monitor.step(0, 0)
        found.append(of(pool[chosen[start : start + CHUNK]].astype(np.float64)).mean(axis=(1, 2)))
    return np.asarray(np.concatenate(found).mean(axis=0))
