"""Cells before any microscope: rough outlines of cell and nucleus, and a marker in one of five places.

Units: one length is one pixel of the final image. Light is relative; the microscope sets the number of photons.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from sample_data.sample import Array, Floats

SIDE = 64
#: Points per pixel along each axis on which light is computed.
OVERSAMPLED = 2
_POINTS = SIDE * OVERSAMPLED

CLASSES = ("nuclear", "cytosolic", "puncta", "filaments", "membrane")


@dataclass(frozen=True)
class Outline:
    """A closed rough curve about a centre: an ellipse whose radius is changed by a few Fourier terms.

    Notation: s is the distance of a point from the centre as a share of the outline's radius in that direction.
    """

    x: float
    y: float
    radius: float
    ratio: float
    turn: float
    waves: Floats
    phases: Floats

    @classmethod
    def drawn(cls, rng: np.random.Generator, centre: tuple[float, float], radius: float, rough: float) -> "Outline":
        """Return a random outline; term k = 2 .. 6 has an amplitude of about rough / k."""
        order = np.arange(2, 7)
        waves = rng.normal(0.0, rough, len(order)) / order
        return cls(
            *centre, radius, rng.uniform(0.72, 1.0), rng.uniform(0, 2 * np.pi), waves, rng.uniform(0, 2 * np.pi, 5)
        )

    def reach(self, angle: Floats) -> Floats:
        """Return the radius in pixels in each direction, in radians."""
        own = angle - self.turn
        ellipse = self.ratio / np.hypot(self.ratio * np.cos(own), np.sin(own))
        terms = np.cos(np.arange(2, 7) * own[..., None] + self.phases) @ self.waves
        return self.radius * ellipse * np.exp(terms)

    def relative(self, x: Floats, y: Floats) -> Floats:
        """Return s of points x, y in pixels: below 1 inside, above 1 outside."""
        dx, dy = x - self.x, y - self.y
        return np.hypot(dx, dy) / self.reach(np.arctan2(dy, dx))

    def inside(self, x: Floats, y: Floats) -> Floats:
        """Return 1 inside and 0 outside, with an edge as soft as the computing grid is fine."""
        s = self.relative(x, y)
        return np.clip((1 - s) * self.radius * OVERSAMPLED + 0.5, 0.0, 1.0)

    def points(self, rng: np.random.Generator, count: int, low: float, high: float) -> tuple[Floats, Floats]:
        """Return x, y of random points whose s lies between `low` and `high`, evenly over the area."""
        angle, s = rng.uniform(0, 2 * np.pi, count), np.sqrt(rng.uniform(low**2, high**2, count))
        r = s * self.reach(angle)
        return self.x + r * np.cos(angle), self.y + r * np.sin(angle)


@dataclass(frozen=True)
class Cell:
    """The outlines of one cell, and of its nucleus that lies well inside."""

    body: Outline
    nucleus: Outline

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Cell":
        """Return a random cell 40 to 54 pixels wide, about the middle of the frame."""
        size = rng.uniform(20.0, 27.0)
        x, y = SIDE / 2 + rng.normal(0.0, 1.5, 2)
        aside = rng.normal(0.0, 0.1 * size, 2)
        body = Outline.drawn(rng, (x, y), size, 0.16)
        nucleus = Outline.drawn(rng, (x + aside[0], y + aside[1]), size * rng.uniform(0.36, 0.48), 0.05)
        return cls(body, nucleus)


def grid() -> tuple[Floats, Floats]:
    """Return x, y of every point of the computing grid, (128, 128), in pixels."""
    steps = (np.arange(_POINTS) + 0.5) / OVERSAMPLED
    x, y = np.meshgrid(steps, steps)
    return x, y


def marker(name: str, cell: Cell, rng: np.random.Generator) -> Floats:
    """Return the light (128, 128) of a marker of that class; a little of it is spread through the whole cell."""
    x, y = grid()
    body, nucleus = cell.body.inside(x, y), cell.nucleus.inside(x, y)
    cytosol = body * (1 - nucleus) * texture(rng, 1.6, 0.22)
    haze = rng.uniform(0.06, 0.16)
    light = _PARTS[name](cell, body, nucleus, rng)
    return light / light.sum() + haze * (cytosol + 0.5 * nucleus) / body.sum()


def texture(rng: np.random.Generator, length: float, contrast: float) -> Floats:
    """Return a positive random field (128, 128) with mean about 1, correlated over `length` pixels."""
    noise = gaussian_filter(rng.normal(0.0, 1.0, (_POINTS, _POINTS)), length * OVERSAMPLED)
    return np.exp(contrast * noise / noise.std())


def _nuclear(cell: Cell, body: Floats, nucleus: Floats, rng: np.random.Generator) -> Floats:
    """Chromatin texture with one to three dark nucleoli."""
    x, y = grid()
    light = nucleus * texture(rng, 0.9, 0.25)
    for a, b in zip(*cell.nucleus.points(rng, int(rng.integers(1, 4)), 0.0, 0.6), strict=True):
        light = light * (1 - 0.6 * np.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * rng.uniform(1.0, 1.8) ** 2)))
    return light


def _cytosolic(cell: Cell, body: Floats, nucleus: Floats, rng: np.random.Generator) -> Floats:
    """Diffuse light outside the nucleus, less where the cell is flat near its edge."""
    x, y = grid()
    height = np.sqrt(np.clip(1.08 - cell.body.relative(x, y) ** 2, 0.05, None))
    return body * (1 - 0.85 * nucleus) * height * texture(rng, 1.2, 0.25)


def _puncta(cell: Cell, body: Floats, nucleus: Floats, rng: np.random.Generator) -> Floats:
    """18 to 50 spots of different brightness between nucleus and edge."""
    count = int(rng.integers(18, 51))
    x, y = cell.body.points(rng, 3 * count, 0.3, 0.9)
    free = cell.nucleus.relative(x, y) > 1.1
    x, y = x[free][:count], y[free][:count]
    spots = _splat(x, y, rng.lognormal(0.0, 0.5, len(x)))
    return gaussian_filter(spots, rng.uniform(0.5, 0.9) * OVERSAMPLED)


def _filaments(cell: Cell, body: Floats, nucleus: Floats, rng: np.random.Generator) -> Floats:
    """22 to 34 fibres that leave the surroundings of the nucleus and walk outward with a slowly turning direction."""
    count, steps, length = int(rng.integers(22, 35)), 90, 0.35
    x, y = cell.nucleus.points(rng, count, 1.0, 1.3)
    outward = np.arctan2(y - cell.nucleus.y, x - cell.nucleus.x)
    turns = np.cumsum(rng.normal(0.0, 0.09, (steps, count)), axis=0)
    angle = outward + rng.normal(0.0, 0.5, count) + turns
    path_x, path_y = x + np.cumsum(length * np.cos(angle), axis=0), y + np.cumsum(length * np.sin(angle), axis=0)
    kept = np.minimum.accumulate(cell.body.relative(path_x, path_y) < 0.96, axis=0)
    weights = kept * rng.lognormal(0.0, 0.3, count)
    return gaussian_filter(_splat(path_x.ravel(), path_y.ravel(), weights.ravel()), 0.35 * OVERSAMPLED)


def _membrane(cell: Cell, body: Floats, nucleus: Floats, rng: np.random.Generator) -> Floats:
    """A rim about a pixel thick, uneven along the edge, over the faint upper and lower membrane."""
    x, y = grid()
    depth = (1 - cell.body.relative(x, y)) * cell.body.radius
    rim = np.exp(-(((depth - 0.6) / rng.uniform(0.6, 1.0)) ** 2) / 2)
    return (rim + 0.1 * body) * texture(rng, 2.5, 0.35)


def _splat(x: Floats, y: Floats, weights: Floats) -> Floats:
    """Return the sum of points on the computing grid (128, 128); points outside the frame are left out."""
    columns, rows = (np.floor(each * OVERSAMPLED).astype(int) for each in (x, y))
    seen: Array = (columns >= 0) & (rows >= 0) & (columns < _POINTS) & (rows < _POINTS)
    light = np.zeros((_POINTS, _POINTS))
    np.add.at(light, (rows[seen], columns[seen]), weights[seen])
    return light


_PARTS = {
    "nuclear": _nuclear,
    "cytosolic": _cytosolic,
    "puncta": _puncta,
    "filaments": _filaments,
    "membrane": _membrane,
}
