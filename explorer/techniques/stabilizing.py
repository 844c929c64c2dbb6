"""Makes the noise of counts equally strong everywhere, and back: Anscombe's square root and its exact unbiased inverse.

Values v in [0, 1] are v = gain × (count + camera noise) up to a constant, so that their variance is gain × v + floor
(see `noise_level`). In counts y = v / gain and s = floor / gain², the forward transform is t(y) = 2 √(y + 3/8 + s),
whose noise has a standard deviation of about 1 (Anscombe 1948, doi:10.1093/biomet/35.3-4.246).

A cleaned value of t estimates the mean of t, and the mean of a root is not the root of the mean. The inverse therefore
returns the count whose mean of t is that value: Mäkitalo and Foi 2011, doi:10.1109/TIP.2010.2056693, less s for camera
noise, as in Mäkitalo and Foi 2013, doi:10.1109/TIP.2012.2202675.
"""

import functools

import numpy as np
import numpy.typing as npt

from explorer.techniques.noise_level import CountNoise

Float32s = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

#: Counts up to which the mean of the root is summed; above, y = t² / 4 - 1 / 8 is right to about 1 / (8 y).
LARGEST = 60.0
#: What the root of 3/8 is in Anscombe's transform.
SHIFT = 3 / 8


def stabilized(values: Float32s, noise: CountNoise) -> Float32s:
    """Return values in [0, 1] transformed and scaled so that white stays 1; the same values where gain is 0."""
    if noise.gain <= 0:
        return values
    return (_forward(values.astype(np.float64), noise) / _white(noise)).astype(np.float32)


def restored(transformed: Float32s, noise: CountNoise) -> Float32s:
    """Return the values in [0, 1] that cleaned values of `stabilized` stand for, without bias."""
    if noise.gain <= 0:
        return transformed
    counts = unbiased(transformed.astype(np.float64) * _white(noise)) - noise.floor / noise.gain**2
    return np.clip(noise.gain * counts, 0.0, 1.0).astype(np.float32)


def _forward(values: Floats, noise: CountNoise) -> Floats:
    return np.asarray(2 * np.sqrt(np.maximum(values / noise.gain + SHIFT + noise.floor / noise.gain**2, 0.0)))


def _white(noise: CountNoise) -> float:
    return float(_forward(np.ones(1), noise)[0])


def unbiased(roots: Floats) -> Floats:
    """Return the counts whose expected root is `roots`, any shape; 0 below that of no counts at all."""
    counts, means = _table()
    inside = np.interp(roots, means, counts)
    return np.asarray(np.where(roots <= means[-1], inside, roots**2 / 4 - 1 / 8))


@functools.cache
def _table() -> tuple[Floats, Floats]:
    """Return counts from 0 to LARGEST, close together, and the mean of their root, Σ 2 √(z + 3/8) yᶻ e⁻ʸ / z!."""
    from scipy.stats import poisson

    counts = np.linspace(0.0, np.sqrt(LARGEST), 600) ** 2
    drawn = np.arange(int(LARGEST + 12 * np.sqrt(LARGEST)))
    chances = poisson.pmf(drawn[None, :], counts[:, None])
    return counts, np.asarray(chances @ (2 * np.sqrt(drawn + SHIFT)), np.float64)
