"""Noise that is added on purpose, to ask how much worse everything is with it; the same for all arms and seeds.

Inputs are (m, height, width, channels) in [0, 1]. The noise of a row depends on its number and on the setting alone;
stronger Gaussian noise, and more flipped pixels, come from the same random numbers as weaker ones. What passes black or
white is cut there, as a camera does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.records import digest

Float32s = npt.NDArray[np.float32]

#: Raised when the code changes what it draws, so that nothing stale is read from a cache.
VERSION = 1
#: Keeps these random numbers apart from those that anything else draws for a row of that number.
STREAM = 6_840_217


@dataclass(frozen=True)
class Noise:
    """A kind of noise and how strong it is: see `KINDS` for what the level means."""

    kind: str
    level: float

    def key(self) -> str:
        """Return a name of the noise, for caches."""
        return digest("noise", str(VERSION), self.kind, repr(self.level))

    def added(self, inputs: Float32s, first: int) -> Float32s:
        """Return inputs (m, ...) in [0, 1] with their noise; `first` is the row number of the first of them."""
        draw = KINDS[self.kind]
        each = [draw(image, self.level, np.random.default_rng([STREAM, first + at])) for at, image in enumerate(inputs)]
        return np.clip(np.asarray(each, np.float32).reshape(inputs.shape), 0.0, 1.0)


def _gaussian(image: Float32s, sigma: float, rng: np.random.Generator) -> Float32s:
    """Add to every value a normal number of standard deviation `sigma`, a share of the range from black to white."""
    return image + np.float32(sigma) * rng.standard_normal(image.shape, np.float32)


def _poisson(image: Float32s, photons: float, rng: np.random.Generator) -> Float32s:
    """Count photons, of which `photons` are expected where the image is white; the scale stays the same."""
    return (rng.poisson(image.astype(np.float64) * photons) / photons).astype(np.float32)


def _salt_and_pepper(image: Float32s, flipped: float, rng: np.random.Generator) -> Float32s:
    """Turn the share `flipped` of the pixels black or white in all channels, either by an even chance."""
    hit, white = rng.random(image.shape[:2]) < flipped, rng.random(image.shape[:2]) < 0.5
    return np.where(hit[..., None], white[..., None], image).astype(np.float32)


#: The kinds by name; the level is the standard deviation, the photons at white, and the share of pixels.
KINDS: Mapping[str, Callable[[Float32s, float, np.random.Generator], Float32s]] = {
    "gaussian": _gaussian,
    "poisson": _poisson,
    "salt_and_pepper": _salt_and_pepper,
}
