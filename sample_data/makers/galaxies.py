"""Galaxies of five shapes as a telescope sees them: inclined, blurred by the air, over a bright sky."""

import numpy as np
from scipy.ndimage import gaussian_filter

from sample_data.galaxy_shapes import OVERSAMPLED, SHAPES, SIDE
from sample_data.sample import About, Difficulty, Floats, Sample, generator, to_bytes

ABOUT = About(
    title="Galaxies",
    one_line="1,200 telescope images of 64 × 64 pixels: five shapes of galaxies. Simulated, with exact truth.",
    teaches="Features learnt from photographs lie far above a network from scratch, denoising lifts hand-made "
    "features, and turns and flips are free examples.",
    source="Simulated by this project (sample_data/makers/galaxies.py), after Dieleman et al. (2015) "
    "and Walmsley et al. (2022)",
    licence="CC0 (public domain)",
    made_how="Sérsic profiles, logarithmic arms, bars and tidal tails; seeing, sky and photon noise; asinh stretch.",
    difficulty=Difficulty(
        name="signal to noise",
        value=8.0,
        unit="mean signal to noise of the brightest pixels that hold half of the light",
        effect="30 shows faint arms and tails; at 4 most of them drown in the sky.",
    ),
)

CLASSES = tuple(SHAPES)
FIELD = 10
# Black is 3 σ of the sky's noise below the sky, white 80 σ above; the stretch is linear up to about 4 σ.
_BLACK, _WHITE, _SOFTENING = -3.0, 80.0, 4.0


def make(per_class: int = 240, difficulty: float = ABOUT.difficulty.value, seed: int = 0) -> Sample:
    """Return the images (n, 64, 64); `difficulty` is the signal to noise, above 0.

    Ten galaxies, two of each class, lie in one field, which is a group: they share the seeing and the sky.
    """
    labels = np.tile(np.arange(len(CLASSES)), per_class).astype(np.int64)
    groups = np.arange(len(labels), dtype=np.int64) // FIELD
    pairs = [image(CLASSES[label], difficulty, seed, row) for row, label in enumerate(labels)]
    noisy, clean = (np.stack([to_bytes(each) for each in side]) for side in zip(*pairs, strict=True))
    return Sample(noisy, labels, CLASSES, groups=groups, clean=clean)


def image(name: str, snr: float, seed: int, row: int) -> tuple[Floats, Floats]:
    """Return one stretched image (64, 64), about 0 to 1, and the same without noise."""
    rng, field = generator(seed, 0, row), generator(seed, 1, row // FIELD)
    seeing, sky = field.uniform(1.0, 1.5), field.uniform(80.0, 160.0)
    light = observe(SHAPES[name](rng), seeing)
    expected = light * flux(light, sky, snr * rng.lognormal(0.0, 0.1))
    counted = rng.poisson(expected + sky) - sky
    return stretch(counted, sky), stretch(expected, sky)


def observe(light: Floats, seeing: float) -> Floats:
    """Return the light (128, 128) as it falls on the pixels (64, 64): blurred by `seeing` (σ in pixels), sum 1."""
    blurred = gaussian_filter(light, seeing * OVERSAMPLED, mode="constant")
    binned = blurred.reshape(SIDE, OVERSAMPLED, SIDE, OVERSAMPLED).sum(axis=(1, 3))
    return binned / binned.sum()


def flux(light: Floats, sky: float, snr: float) -> float:
    """Return how many electrons a galaxy must give so that its bright half has that signal to noise per pixel.

    The bright half are the brightest pixels that hold half of the light (sum 1). With their mean signal S and the
    sky B, both in electrons per pixel, the signal to noise is S / √(S + B), solved here for S.
    """
    signal = (snr**2 + snr * np.sqrt(snr**2 + 4 * sky)) / 2
    return float(signal / light[bright_half(light)].mean())


def bright_half(light: Floats) -> Floats:
    """Return which pixels are the brightest that together hold half of the light, bool, same shape."""
    falling = np.sort(light, axis=None)[::-1]
    limit = falling[np.searchsorted(np.cumsum(falling), light.sum() / 2)]
    return light >= limit


def stretch(electrons: Floats, sky: float) -> Floats:
    """Return the asinh stretch of electrons above the sky: 0 at −3 σ and 1 at 80 σ of the sky's noise.

    Linear for faint light, logarithmic for bright. Lupton et al. (2004), doi:10.1086/382245.
    """
    low, value, high = (np.arcsinh(each / _SOFTENING) for each in (_BLACK, electrons / np.sqrt(sky), _WHITE))
    return (value - low) / (high - low)
