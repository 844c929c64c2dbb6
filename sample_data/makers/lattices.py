"""Atomic lattices as a scanning transmission electron microscope shows them at a low dose."""

import numpy as np
from scipy.special import erf

from sample_data.sample import About, Difficulty, Floats, Sample, generator, to_bytes

ABOUT = About(
    title="Atomic lattices",
    one_line="1,100 electron-microscope images of 64 × 64 pixels: five plane lattices. Simulated, with exact truth.",
    teaches="Every orientation and every shift is the same class, so pixels and histograms of edges stay at chance; "
    "wavelets and networks see the motif, and turned, mirrored and shifted images are free examples.",
    source="Simulated by this project (sample_data/makers/lattices.py), after Ziatdinov et al. (2017)",
    licence="CC0 (public domain)",
    made_how="Gaussian columns on a turned and shifted lattice, vacancies and thermal shifts; then Poisson counts.",
    difficulty=Difficulty(
        name="dose",
        value=3.0,
        unit="mean electrons per pixel",
        effect="Fewer electrons, more noise: 30 is clear to the eye, 1 is hard even for a network.",
    ),
)

CLASSES = ("square", "rectangular", "hexagonal", "honeycomb", "oblique")
SIDE = 64
_THERMAL = 0.35
_MOST_VACANT = 0.12
_BACKGROUND = 0.25


def make(per_class: int = 220, difficulty: float = ABOUT.difficulty.value, seed: int = 0) -> Sample:
    """Return the images (n, 64, 64), classes in turn; `difficulty` is the dose in mean electrons per pixel, above 0."""
    labels = np.tile(np.arange(len(CLASSES)), per_class).astype(np.int64)
    pairs = [image(CLASSES[label], difficulty, generator(seed, row)) for row, label in enumerate(labels)]
    noisy, clean = (np.stack(each) for each in zip(*pairs, strict=True))
    # The same scale for all images: five times the dose is white, so that a brighter image has more counts.
    return Sample(to_bytes(noisy / (5 * difficulty)), labels, CLASSES, clean=to_bytes(clean / (5 * difficulty)))


def image(name: str, dose: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return electron counts (64, 64) of one specimen of the class, and the expected counts behind them."""
    cell, basis = unit_cell(name, rng.uniform(7.0, 9.5), rng)
    columns = sites(cell, basis, rng)
    columns = columns[rng.random(len(columns)) >= rng.uniform(0.0, _MOST_VACANT)]
    columns = columns + rng.normal(0.0, _THERMAL, columns.shape)
    signal = draw(columns, rng.uniform(1.5, 2.1), rng.normal(1.0, 0.06, len(columns)))
    expected = _BACKGROUND + (1 - _BACKGROUND) * signal / signal.mean()
    expected *= dose * rng.lognormal(0.0, 0.1)
    return rng.poisson(expected).astype(float), expected


def unit_cell(name: str, spacing: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the two edges of the cell as rows (2, 2), in pixels, and the columns in it (m, 2), in parts of the edges.

    The area per column is spacing² in every class, so that neither density nor brightness tells the class.
    """
    basis = np.array([[0.0, 0.0]]) if name != "honeycomb" else np.array([[1.0, 1.0], [2.0, 2.0]]) / 3
    ratio, degrees = 1.0, 90.0
    if name in ("hexagonal", "honeycomb"):
        degrees = 60.0
    if name == "rectangular":
        ratio = rng.uniform(1.25, 1.5)
    if name == "oblique":
        ratio, degrees = rng.uniform(1.2, 1.5), rng.uniform(68.0, 78.0)
    angle = np.radians(degrees)
    cell = np.array([[1.0, 0.0], [ratio * np.cos(angle), ratio * np.sin(angle)]])
    return cell * spacing * np.sqrt(len(basis) / (ratio * np.sin(angle))), basis


def sites(cell: Floats, basis: Floats, rng: np.random.Generator) -> Floats:
    """Return the places (m, 2) in pixels of all columns in and just outside the frame, turned and shifted at random."""
    turn = rng.uniform(0.0, 2 * np.pi)
    turned = cell @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    reach = np.arange(-16, 17)
    corners = np.stack(np.meshgrid(reach, reach), axis=-1).reshape(-1, 1, 2)
    places = (corners + basis + rng.random(2)).reshape(-1, 2) @ turned + SIDE / 2
    return places[np.all((places > -8) & (places < SIDE + 8), axis=1)]


def draw(places: Floats, width: float, heights: Floats) -> Floats:
    """Return the image (64, 64) of Gaussian columns of standard deviation `width`, each integrated over the pixels."""
    edges = np.arange(SIDE + 1) - places[:, :, None]
    steps = np.diff(erf(edges / (np.sqrt(2) * width)), axis=2) / 2
    return np.einsum("m,my,mx->yx", heights, steps[:, 1], steps[:, 0])
