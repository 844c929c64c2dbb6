"""Wavelet scattering: what is left of an image when Morlet wavelets, moduli and local means take turns.

Notation: s = side of a plane, J = number of octaves, L = 8 angles, g = s / 2^J = places along a side. A wavelet of
octave j and angle t covers about 2^j px; the first order is the local mean of |plane * wavelet|, the second order that
of ||plane * wavelet| * wavelet of a higher octave|. Mallat 2012, doi:10.1002/cpa.21413; Bruna and Mallat 2013,
doi:10.1109/TPAMI.2012.230. Widths of filters and the order of angles are those of kymatio (Andreux et al. 2020,
arXiv:1812.11214), whose numbers these are.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.techniques.base import Float32s

ANGLES = 8
#: Width of the finest envelope in px, its shape across against along, and its frequency in radians a pixel.
WIDTH, SLANT, FREQUENCY = 0.8, 4.0 / ANGLES, 0.75 * np.pi

Complexes = npt.NDArray[np.complexfloating]


@dataclass(frozen=True, eq=False)
class Bank:
    """The filters for planes of one side.

    waves     by octave j: the Fourier transforms of the wavelets of all angles, (L, m, m), float32; m is the padded
              side halved j - 1 times, since the wavelets of octave j have next to nothing at higher frequencies
    means     by how often the plane was halved, h in 0 .. J - 1: the matrix (g, m) that takes local means along an axis
    """

    octaves: int
    waves: Sequence[Float32s]
    means: Sequence[Float32s]


@dataclass(frozen=True, eq=False)
class Scattered:
    """The scattering of some planes, float32.

    mean      (p, g, g), the local means of the p planes
    first     (p, J, L, g, g) of at least 0
    second    (p, J × (J - 1) / 2, L, L, g, g) of at least 0, by pairs of octaves (0, 1), (0, 2) .. (1, 2) .., the angle
              of the first wavelet and that of the second; no pairs where it was not asked for
    """

    mean: Float32s
    first: Float32s
    second: Float32s


def scattered(planes: Float32s, octaves: int, order: int) -> Scattered:
    """Return the scattering of planes (p, s, s), s a multiple of 2^J, up to order 1 or 2.

    The planes are mirrored at their border, by 2^J px.
    """
    found = [_one(plane, bank(planes.shape[-1], octaves), order) for plane in planes]
    return Scattered(*(np.stack(part).astype(np.float32) for part in zip(*found, strict=True)))


def _one(plane: Float32s, filters: Bank, order: int) -> tuple[Float32s, Float32s, Float32s]:
    from scipy import fft

    octaves, means = filters.octaves, filters.means
    padded = np.pad(plane, 2**octaves, mode="reflect").astype(np.float32)
    wave = fft.fft2(padded)
    first, second = [], []
    for j in range(octaves):
        modulus = _modulus(wave, filters.waves[j], len(padded) // 2**j)
        first.append(_local(modulus, means[j]))
        if order < 2 or j == octaves - 1:
            continue
        again = fft.fft2(modulus)[:, None]
        for higher in range(j + 1, octaves):
            moduli = _modulus(again, filters.waves[higher], len(padded) // 2**higher)
            second.append(_local(moduli, means[higher]))
    grid = first[0].shape[-1]
    pairs = np.stack(second) if second else np.empty((0, ANGLES, ANGLES, grid, grid), np.float32)
    return _local(padded, means[0]), np.stack(first), pairs


def _modulus(wave: Complexes, filters: Float32s, side: int) -> Float32s:
    """Return |plane * wavelet| as (..., side, side), fewer px than before, of Fourier transforms of planes."""
    from scipy import fft

    product = _low(wave, filters.shape[-1]) * filters
    factor = product.shape[-1] // side
    folded = product.reshape(*product.shape[:-2], factor, side, factor, side).sum(axis=(-4, -2))
    scale = np.float32((side / wave.shape[-1]) ** 2)
    return np.asarray(np.abs(fft.ifft2(folded, overwrite_x=True)) * scale)


def _local(planes: Float32s, means: Float32s) -> Float32s:
    """Return the local means (..., g, g) of planes (..., m, m)."""
    return np.asarray(means @ planes @ means.T)


# ---- filters ---------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4)
def bank(side: int, octaves: int) -> Bank:
    """Return the filters for planes of that side, a multiple of 2^octaves."""
    padded = side + 2 * 2**octaves
    waves = []
    for j in range(octaves):
        angles = [(ANGLES // 2 - 1 - number) * np.pi / ANGLES for number in range(ANGLES)]
        whole = np.stack([_morlet(padded, WIDTH * 2**j, angle, FREQUENCY / 2**j) for angle in angles])
        waves.append(_low(whole, padded // 2 ** max(j - 1, 0)).astype(np.float32))
    means = [_means(padded, octaves, halved) for halved in range(octaves)]
    return Bank(octaves, waves, means)


def _morlet(side: int, width: float, angle: float, frequency: float) -> npt.NDArray[np.float64]:
    """Return the Fourier transform, which is real, of a Morlet wavelet (side, side) of mean 0."""
    wave, envelope = _gabor(side, width, angle, frequency), _gabor(side, width, angle, 0.0)
    return np.fft.fft2(wave - wave.sum() / envelope.sum() * envelope).real


def _gabor(side: int, width: float, angle: float, frequency: float) -> npt.NDArray[np.complex128]:
    """Return a plane wave under a Gaussian of that width along its direction, its centre in the corner, wrapped."""
    steps = np.arange(-side, 2 * side, dtype=np.float64)
    down, right = steps[:, None], steps[None, :]
    along = np.cos(angle) * down + np.sin(angle) * right
    across = np.cos(angle) * right - np.sin(angle) * down
    envelope = np.exp(-(along**2 + (SLANT * across) ** 2) / (2 * width**2)) * SLANT / (2 * np.pi * width**2)
    wave = envelope * np.exp(1j * frequency * along)
    return np.asarray(wave.reshape(3, side, 3, side).sum(axis=(0, 2)))


def _low(waves: npt.NDArray[Any], side: int) -> npt.NDArray[Any]:
    """Return the lowest frequencies, (..., side, side), of Fourier transforms (..., m, m)."""
    if waves.shape[-1] == side:
        return waves
    kept = _lowest(waves.shape[-1], side)
    return waves[..., kept, :][..., kept]


def _lowest(old: int, new: int) -> npt.NDArray[np.int64]:
    return np.concatenate([np.arange(new // 2), np.arange(old - new // 2, old)])


def _means(padded: int, octaves: int, halved: int) -> Float32s:
    """Return the matrix (g, padded / 2^halved) of Gaussian means at every 2^octaves-th px, the border left out."""
    width = WIDTH * 2 ** (octaves - 1)
    steps = np.arange(-padded, 2 * padded, dtype=np.float64)
    gauss = np.exp(-(steps**2) / (2 * width**2)) / (np.sqrt(2 * np.pi) * width)
    wave = np.fft.fft(gauss.reshape(3, padded).sum(axis=0)).real
    side = padded // 2**halved
    kernel = np.fft.ifft(wave[_lowest(padded, side)]).real
    places = np.arange(1, padded // 2**octaves - 1) * 2 ** (octaves - halved)
    return np.asarray(kernel[(places[:, None] - np.arange(side)[None, :]) % side], np.float32)
