"""The light of five kinds of galaxies before any telescope: profiles, arms, bars, discs from the side, mergers.

Units: one length is one pixel of the final image; light is relative, its sum is set by the observation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.special import gammaincinv, i0e, kv

from sample_data.sample import Floats

SIDE = 64
#: Points per pixel along each axis on which light is computed.
OVERSAMPLED = 2


@dataclass(frozen=True)
class Plane:
    """Where every point of the image lies in the plane of a galaxy: x, y (128, 128), in pixels from its centre."""

    x: Floats
    y: Floats

    @classmethod
    def drawn(cls, rng: np.random.Generator, axis_ratio: float) -> "Plane":
        """Return a plane with a random position angle, seen at `axis_ratio` (1 = face-on), about the middle."""
        steps = (np.arange(SIDE * OVERSAMPLED) + 0.5) / OVERSAMPLED - SIDE / 2
        x, y = np.meshgrid(steps, steps)
        return cls(x, y).shifted(*rng.normal(0.0, 1.5, 2)).turned(rng.uniform(0.0, 2 * np.pi)).squeezed(axis_ratio)

    def shifted(self, dx: float, dy: float) -> "Plane":
        """Return the plane about a centre that lies dx, dy away."""
        return Plane(self.x - dx, self.y - dy)

    def turned(self, angle: float) -> "Plane":
        """Return the plane with its axes turned by `angle`, in radians."""
        cos, sin = np.cos(angle), np.sin(angle)
        return Plane(cos * self.x + sin * self.y, cos * self.y - sin * self.x)

    def squeezed(self, axis_ratio: float) -> "Plane":
        """Return the plane in which an ellipse of that axis ratio, long along x, becomes a circle."""
        return Plane(self.x, self.y / axis_ratio)

    @property
    def r(self) -> Floats:
        """Distance from the centre, in pixels."""
        return np.hypot(self.x, self.y)


def sersic(r: Floats, half_light: float, n: float) -> Floats:
    """Return the Sérsic (1963) profile at distances `r`, 1 at the half-light radius; n = 1 disc, 4 elliptical.

    Its b is exact: half of the light lies within `half_light`. Graham & Driver (2005), doi:10.1071/AS05001.
    """
    b = gammaincinv(2 * n, 0.5)
    return np.exp(-b * ((r / half_light) ** (1 / n) - 1))


def _share(*parts: tuple[float, Floats]) -> Floats:
    """Return the sum of parts of light, each scaled to its share of the whole."""
    return sum(share * light / light.sum() for share, light in parts)


def _inclined(rng: np.random.Generator) -> float:
    """Return the axis ratio of a disc of thickness 0.15 whose inclination is random, from face-on to 60 degrees."""
    cos = rng.uniform(0.5, 1.0)
    return float(np.sqrt(cos**2 * (1 - 0.15**2) + 0.15**2))


def elliptical(rng: np.random.Generator) -> Floats:
    """Return a smooth galaxy of Sérsic index 2.5 to 5 and axis ratio 0.5 to 1."""
    plane = Plane.drawn(rng, rng.uniform(0.5, 1.0))
    return sersic(plane.r, rng.uniform(5.5, 10.0), rng.uniform(2.5, 5.0))


def spiral(rng: np.random.Generator) -> Floats:
    """Return an exponential disc with a bulge, two to four logarithmic arms of pitch 14 to 28 degrees, and knots."""
    plane = Plane.drawn(rng, _inclined(rng))
    size = rng.uniform(8.0, 12.0)
    arms = _arms(plane, rng, count=int(rng.choice([2, 2, 2, 3, 4])), start=0.3 * size, angle=rng.uniform(0, 2 * np.pi))
    disc = sersic(plane.r, size, 1.0) * arms
    bulge = sersic(plane.r, rng.uniform(1.2, 2.5), rng.uniform(1.0, 2.5))
    bulge_share = rng.uniform(0.05, 0.3)
    return _share((bulge_share, bulge), (0.93 - bulge_share, disc), (0.07, _knots(disc, rng)))


def barred(rng: np.random.Generator) -> Floats:
    """Return a disc with a bar of axis ratio 0.22 to 0.32, two arms that begin at its ends, and a small bulge."""
    plane = Plane.drawn(rng, _inclined(rng))
    length, angle = rng.uniform(6.5, 10.0), rng.uniform(0.0, 2 * np.pi)
    disc = sersic(plane.r, rng.uniform(8.0, 12.0), 1.0) * _arms(plane, rng, count=2, start=0.9 * length, angle=angle)
    along = plane.turned(angle).squeezed(rng.uniform(0.22, 0.32))
    bar = sersic(along.r, 0.55 * length, 0.5)
    bulge = sersic(plane.r, rng.uniform(1.2, 2.2), rng.uniform(1.0, 2.0))
    bar_share, bulge_share = rng.uniform(0.14, 0.28), rng.uniform(0.04, 0.12)
    knots = (0.05, _knots(disc, rng))
    return _share((bar_share, bar), (bulge_share, bulge), (0.95 - bar_share - bulge_share, disc), knots)


def edge_on(rng: np.random.Generator) -> Floats:
    """Return a disc from the side (van der Kruit & Searle 1981), often with a bulge and a lane of dust."""
    plane = Plane.drawn(rng, 1.0)
    scale, height = rng.uniform(5.0, 7.5), rng.uniform(0.9, 1.7)
    along = np.abs(plane.x) / scale + 1e-3
    disc = along * kv(1, along) / np.cosh(plane.y / height) ** 2
    bulge = sersic(plane.squeezed(rng.uniform(0.6, 0.9)).r, rng.uniform(1.5, 3.0), rng.uniform(1.0, 3.0))
    bulge_share = rng.uniform(0.02, 0.3)
    depth = rng.uniform(0.8, 2.0) if rng.random() < 0.6 else 0.0
    dust = np.exp(-depth * np.exp(-along / 1.4) / np.cosh((plane.y - rng.normal(0.0, 0.3)) / (0.35 * height)) ** 2)
    return _share((bulge_share, bulge), (1 - bulge_share, disc)) * dust


def merger(rng: np.random.Generator) -> Floats:
    """Return two galaxies 5 to 14 pixels apart with light ratio 1 to 1 down to 1 to 4, and tidal tails."""
    middle = Plane.drawn(rng, 1.0)
    second = rng.uniform(0.2, 0.5)
    apart, hand = rng.uniform(5.0, 14.0), rng.choice([-1.0, 1.0])
    sides = [middle.shifted(-second * apart, 0.0), middle.shifted((1 - second) * apart, 0.0)]
    first_light, second_light = (_companion(side, rng) for side in sides)
    first_tail, second_tail = (_tail(side, rng, turn, hand) for side, turn in zip(sides, (np.pi, 0.0), strict=True))
    first_share, second_share = rng.dirichlet([3.0, 3.0]) * rng.uniform(0.06, 0.24)
    rest = 1 - first_share - second_share
    bodies = ((rest * (1 - second), first_light), (rest * second, second_light))
    return _share(*bodies, (first_share, first_tail), (second_share, second_tail))


def _companion(plane: Plane, rng: np.random.Generator) -> Floats:
    own = plane.turned(rng.uniform(0.0, 2 * np.pi)).squeezed(rng.uniform(0.45, 1.0))
    return sersic(own.r, rng.uniform(2.5, 5.5), rng.uniform(1.0, 3.5))


def _tail(plane: Plane, rng: np.random.Generator, turn: float, hand: float) -> Floats:
    """Return a tail that leaves the centre of `plane` in direction `turn` and winds by up to 150 degrees."""
    far, winding = rng.uniform(13.0, 22.0), rng.uniform(1.2, 2.6) * hand
    t = np.linspace(0.12, 1.0, 60)
    angle = turn + winding * (t**0.8 - 0.5)
    x, y = far * t * np.cos(angle), far * t * np.sin(angle)
    width = 1.0 + rng.uniform(0.5, 1.4) * t
    near = [
        np.exp(-((plane.x - a) ** 2 + (plane.y - b) ** 2) / (2 * w**2)) / w for a, b, w in zip(x, y, width, strict=True)
    ]
    return np.tensordot(np.exp(-1.2 * t), np.stack(near), axes=1)


def _arms(plane: Plane, rng: np.random.Generator, *, count: int, start: float, angle: float) -> Floats:
    """Return the factor by which arms change a disc; its mean over a circle is 1, so the profile stays.

    Along an arm, ln(r / start) = winding × tan(pitch); one arm begins at `start` in direction `angle`.
    """
    pitch, hand = np.radians(rng.uniform(14.0, 28.0)), rng.choice([-1.0, 1.0])
    r = np.maximum(plane.r, 0.3)
    phase = count * (np.arctan2(plane.y, plane.x) - angle - hand * np.log(r / start) / np.tan(pitch))
    sharp = rng.uniform(1.5, 3.5)
    crest = np.exp(sharp * (np.cos(phase) - 1)) / i0e(sharp)
    strength = rng.uniform(0.6, 0.9) / (1 + np.exp(-(r - start) / (0.12 * start)))
    ragged = gaussian_filter(rng.normal(0.0, 1.0, r.shape), 3.0)
    return (1 + strength * (crest - 1)) * np.exp(0.2 * ragged / ragged.std())


def _knots(disc: Floats, rng: np.random.Generator) -> Floats:
    """Return star-forming knots: 12 to 30 points, most where the disc is bright, blurred by half a pixel."""
    chance = (disc / disc.sum()).ravel()
    knots = np.zeros(disc.size)
    places = rng.choice(disc.size, rng.integers(12, 31), p=chance)
    np.add.at(knots, places, rng.exponential(1.0, len(places)))
    return gaussian_filter(knots.reshape(disc.shape), 0.5 * OVERSAMPLED)


SHAPES: Mapping[str, Callable[[np.random.Generator], Floats]] = {
    "elliptical": elliptical,
    "spiral": spiral,
    "barred": barred,
    "edge-on": edge_on,
    "merger": merger,
}
