"""Denoisers with one strength, which is set by the user or chosen on images of the pool without a clean one.

J-invariant calibration (Batson and Royer 2019, arXiv:1901.11365): pixels of a grid are hidden, predicted from the
others by the denoiser, and compared with what was seen there. Noise that is independent from pixel to pixel cannot be
predicted, so that the strength of the smallest loss is about the best one. The plain denoiser is applied afterwards.

Three channels are taken for colours and cleaned together; of any other count each channel is cleaned by itself, with a
strength of its own. Such a part of an image is called a plane here.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.cautions import Caution
from explorer.records import Array, Rows
from explorer.techniques.base import Cost, Denoising, Float32s, Learnt, Task
from explorer.techniques.monitors import Monitor
from explorer.techniques.noise_level import CountNoise, count_noise, noise_variance
from explorer.techniques.settings import setting
from explorer.techniques.stabilizing import restored, stabilized

AUTO = "auto"
#: How the work on calibration is introduced among those of a denoiser.
CALIBRATION = "calibration: "
#: Pixels of each channel that calibration looks at: those of twelve images of 64 px.
PIXELS = 12 * 64 * 64
#: Images that it looks at, at least where there are so many, and at most.
FEWEST, MOST = 8, 64
#: A prediction of hidden pixels must halve the error for anything to be cleaned: the loss, which has the noise in it
#: once more, is then at most this many times the variance of the noise.
WORTH = 1.5
#: Strengths, and the gain of counts, lie this factor apart, so that pools of several seeds mostly agree.
STEP = 2**0.5
#: The floor of counts is rounded to this share of the gain, for the same reason.
OFFSET = 0.05
#: Strength 0: the images are left as they are.
UNTOUCHED = 0.0


def ladder(low: float, high: float, step: float = STEP) -> tuple[float, ...]:
    """Return strengths from `low` to about `high`, each `step` times the one before, to three digits."""
    count = round(np.log(high / low) / np.log(step)) + 1
    return tuple(float(f"{low * step**at:.3g}") for at in range(count))


def strength_setting(strengths: Sequence[float], help: str) -> Any:
    """Declare the setting: chosen automatically, or one of the strengths."""
    return setting(
        AUTO,
        label="Strength",
        help=f"{help} '{AUTO}' chooses it on images of the pool, without labels.",
        choices=(AUTO, *(f"{each:g}" for each in strengths)),
    )


@dataclass(frozen=True)
class Calibrated(Denoising):
    """A denoiser of one strength; a subclass declares its `strengths`, their setting, and how it smooths a plane."""

    #: Strengths to choose from, ascending; in the unit of the denoiser, for values in [0, 1].
    strengths: ClassVar[tuple[float, ...]]
    #: Seconds for 1,000 images of 64 px and one channel.
    seconds: ClassVar[float]

    strength: str = strength_setting((), "How strongly images are smoothed.")

    @abstractmethod
    def smoothed(self, images: Float32s, strength: float) -> Float32s:
        """Return planes (m, height, width, 1 or 3), smoothed at a strength above 0, of planes in [0, 1]."""

    @property
    def stabilizes(self) -> bool:
        """Tell whether the noise is taken for that of counts."""
        return False

    def works(self) -> tuple[str, ...]:
        """Return the works that it follows; nothing is calibrated where the strength is set."""
        return tuple(each for each in super().works() if self.strength == AUTO or not each.startswith(CALIBRATION))

    @property
    def learns_from_pool(self) -> bool:
        """Tell whether a strength or the noise of counts is found out on the pool."""
        return self.stabilizes or self.strength == AUTO

    def learn(self, pool: Rows, *, seed: int, monitor: Monitor) -> Learnt:
        """Return `strengths`, and `gains` and `floors` of counts where these are stabilized, (planes,) each."""
        images = pool[_drawn(pool, np.random.default_rng(seed))]
        planes = [images[..., columns] for columns in planes_of(images.shape[-1])]
        learnt: dict[str, Array] = {}
        noises = [_counts(plane, monitor) if self.stabilizes else None for plane in planes]
        if self.stabilizes:
            learnt["gains"] = np.array([noise.gain for noise in noises if noise is not None])
            learnt["floors"] = np.array([noise.floor for noise in noises if noise is not None])
        ready = [_before(plane, noise) for plane, noise in zip(planes, noises, strict=True)]
        learnt["strengths"] = self._strengths(ready, monitor)
        return learnt

    def _strengths(self, planes: Sequence[Float32s], monitor: Monitor) -> Array:
        """Return the strength of each plane, set or calibrated; every curve is recorded."""
        if self.strength != AUTO:
            return np.full(len(planes), float(self.strength))
        curves = [self._curve(plane, at, len(planes), monitor) for at, plane in enumerate(planes)]
        monitor.record("calibration", [curve.told() for curve in curves])
        if any(curve.best == UNTOUCHED for curve in curves):
            told = (
                "Images were left as they are: hidden pixels could not be predicted from their neighbours well enough"
                " for cleaning to gain anything."
            )
            monitor.note(Caution(told))
        return np.array([curve.best for curve in curves])

    def _curve(self, images: Float32s, at: int, of: int, monitor: Monitor) -> "Curve":
        """Return the self-supervised loss of each strength on the images of one plane, number `at` of `of`."""
        from skimage.restoration import calibrate_denoiser

        def smooth(image: Float32s, strength: float, channel_axis: int) -> Float32s:
            return _cut(self.smoothed(image[None], strength)[0])

        asked = {"strength": list(self.strengths), "channel_axis": [-1]}
        losses = np.zeros(len(self.strengths))
        for number, image in enumerate(images):
            monitor.step(at * len(images) + number, of * len(images))
            _, (_, found) = calibrate_denoiser(image, smooth, asked, extra_output=True)
            losses += np.asarray(found, np.float64) / len(images)
        return Curve(self.strengths, losses, noise_variance(images))

    def clean(self, inputs: Float32s, learnt: Learnt) -> Float32s:
        """Return the inputs smoothed plane by plane at the strength that is set or was learnt."""
        cleaned = np.empty_like(inputs)
        for at, columns in enumerate(planes_of(inputs.shape[-1])):
            strength = float(learnt["strengths"][at] if "strengths" in learnt else self.strength)
            noise = CountNoise(float(learnt["gains"][at]), float(learnt["floors"][at])) if "gains" in learnt else None
            cleaned[..., columns] = self._cleaned(inputs[..., columns], strength, noise)
        return cleaned

    def _cleaned(self, images: Float32s, strength: float, noise: CountNoise | None) -> Float32s:
        if strength == UNTOUCHED:
            return images
        smooth = _cut(self.smoothed(_before(images, noise), strength))
        return smooth if noise is None else restored(smooth, noise)

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds from the values to be cleaned, and those of calibration."""
        height, width, channels = task.shape
        seen = min(max(PIXELS // (height * width), FEWEST), MOST) * len(self.strengths) if self.strength == AUTO else 0
        return Cost(self.seconds * (task.n_items + seen) / 1000 * height * width * channels / 64**2, 0.0)


@dataclass(frozen=True)
class Counted(Calibrated):
    """A denoiser that takes noise for equally strong everywhere, and can be told that it is that of counts."""

    counts: bool = setting(
        False,
        label="Noise of counts",
        help="Takes the noise for that of counted photons or electrons, which grows with the brightness; how many there"
        " are is estimated from the pool.",
    )

    @property
    def stabilizes(self) -> bool:
        """Tell whether the noise is taken for that of counts."""
        return self.counts


def planes_of(channels: int) -> list[slice]:
    """Return the channels of each plane: three are colours of one plane, else each is a plane of its own."""
    return [slice(0, 3)] if channels == 3 else [slice(at, at + 1) for at in range(channels)]


@dataclass(frozen=True)
class Curve:
    """What calibration found: strengths, the mean self-supervised loss of each, and the variance of the noise."""

    strengths: tuple[float, ...]
    losses: Array
    variance: float

    @property
    def best(self) -> float:
        """Return the strength of the smallest loss, the weakest of equals; UNTOUCHED where cleaning gains nothing."""
        least = int(np.argmin(self.losses))
        return self.strengths[least] if self.losses[least] <= WORTH * self.variance else UNTOUCHED

    def told(self) -> dict[str, Any]:
        """Return the curve as plain JSON values."""
        curve = {"strengths": list(self.strengths), "losses": [float(each) for each in self.losses]}
        return {**curve, "chosen": self.best, "noise_variance": self.variance}


def _drawn(pool: Rows, rng: np.random.Generator) -> Array:
    """Return the numbers of the images that calibration looks at: as many as make PIXELS pixels, within bounds."""
    height, width = pool.shape[1:3]
    count = min(max(PIXELS // (height * width), FEWEST), MOST, len(pool))
    return np.sort(rng.choice(len(pool), count, replace=False))


def _counts(images: Float32s, monitor: Monitor) -> CountNoise:
    """Return the noise of counts of a plane (m, height, width, c), rounded so that pools of several seeds agree."""
    found = count_noise(np.concatenate(list(np.moveaxis(images, -1, 0))))
    if found.gain <= 0:
        monitor.note(Caution("The noise does not grow with the brightness, and was not taken for that of counts."))
        return CountNoise(0.0, 0.0)
    gain = float(STEP ** np.round(np.log(found.gain) / np.log(STEP)))
    return CountNoise(gain, float(gain * np.round(found.floor / found.gain / OFFSET) * OFFSET))


def _cut(images: Float32s) -> Float32s:
    return np.asarray(np.clip(images, 0.0, 1.0), np.float32)


def _before(images: Float32s, noise: CountNoise | None) -> Float32s:
    return images if noise is None else stabilized(images, noise)
