"""Single cells in a fluorescence microscope: a marker in one of five places of the cell, at few photons."""

import numpy as np
from scipy.ndimage import gaussian_filter

from sample_data.cell_parts import CLASSES, OVERSAMPLED, SIDE, Cell, marker
from sample_data.sample import About, Difficulty, Floats, Sample, generator, to_bytes

ABOUT = About(
    title="Fluorescent cells",
    one_line="1,200 micrographs of 64 × 64 pixels: where in the cell a marker sits. Simulated, with exact truth.",
    teaches="Denoising helps hand-made features, and features that a network learnt from photographs help more. "
    "The clean images allow an honest measure of any denoiser.",
    source="Simulated by this project (sample_data/makers/cells.py), after SIMCEP (Lehmussola et al. 2007) "
    "and 2D HeLa (Boland & Murphy 2001)",
    licence="CC0 (public domain)",
    made_how="Random outlines of cell and nucleus, texture, spots or fibres; blur, background, photon and read noise.",
    difficulty=Difficulty(
        name="photons",
        value=2.0,
        unit="photons per pixel where the marker is (mean over its light)",
        effect="Fewer photons, more noise: 20 is a good image, 1 is hard.",
    ),
)

FIELD = 10
_BLUR = 1.1
_READ_NOISE = 0.04
_FIELD_SPREAD, _CELL_SPREAD = 0.25, 0.25
# White is this many times the photon number: the brightest spots reach it.
_WHITE = 3.0


def make(per_class: int = 240, difficulty: float = ABOUT.difficulty.value, seed: int = 0) -> Sample:
    """Return the images (n, 64, 64); `difficulty` is the number of photons, above 0.

    Ten cells, two of each class, come from one field of view, which is a group: they share lamp and background.
    """
    labels = np.tile(np.arange(len(CLASSES)), per_class).astype(np.int64)
    groups = np.arange(len(labels), dtype=np.int64) // FIELD
    pairs = [image(CLASSES[label], difficulty, seed, row) for row, label in enumerate(labels)]
    noisy, clean = (
        np.stack([to_bytes(each / (_WHITE * difficulty)) for each in side]) for side in zip(*pairs, strict=True)
    )
    return Sample(noisy, labels, CLASSES, groups=groups, clean=clean)


def image(name: str, photons: float, seed: int, row: int) -> tuple[Floats, Floats]:
    """Return one image (64, 64) in photons as the camera gives it, and the expected photons behind it."""
    rng, field = generator(seed, 0, row), generator(seed, 1, row // FIELD)
    lamp, background = field.lognormal(0.0, _FIELD_SPREAD), gradient(field)
    light = observe(marker(name, Cell.drawn(rng), rng))
    # The mean over the light, Σ I² / Σ I, is the level at which a photon of the marker is typically found.
    signal = light * light.sum() / (light**2).sum()
    expected = photons * lamp * (signal * rng.lognormal(0.0, _CELL_SPREAD) + background)
    return rng.poisson(expected) + rng.normal(0.0, _READ_NOISE * photons, expected.shape), expected


def gradient(rng: np.random.Generator) -> Floats:
    """Return the background (64, 64) relative to the signal: 0.05 to 0.2 in the middle, rising to one side."""
    level, slope, angle = rng.uniform(0.05, 0.2), rng.uniform(0.0, 0.8), rng.uniform(0.0, 2 * np.pi)
    steps = np.linspace(-1.0, 1.0, SIDE)
    x, y = np.meshgrid(steps, steps)
    return level * (1 + slope * (np.cos(angle) * x + np.sin(angle) * y) / np.sqrt(2))


def observe(light: Floats) -> Floats:
    """Return the light (128, 128) blurred by the microscope (σ 1.1 pixels) and collected in its pixels (64, 64)."""
    blurred = gaussian_filter(light, _BLUR * OVERSAMPLED, mode="constant")
    return blurred.reshape(SIDE, OVERSAMPLED, SIDE, OVERSAMPLED).sum(axis=(1, 3))
