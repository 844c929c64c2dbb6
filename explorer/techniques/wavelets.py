"""The undecimated wavelet transform of images: what is finer than each scale, at every place, and back.

Coifman and Donoho 1995, doi:10.1007/978-1-4612-2544-7_9: without decimation nothing depends on where the grid starts,
and the steps that thresholding leaves are averaged away. Filters: Daubechies 1988, doi:10.1002/cpa.3160410705.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

#: The low-pass filter of four taps with two vanishing moments; the squares sum to 1.
DAUBECHIES: tuple[float, ...] = (
    0.48296291314469025,
    0.836516303737469,
    0.22414386804185735,
    -0.12940952255092145,
)


def high_pass(low: tuple[float, ...]) -> tuple[float, ...]:
    """Return the high-pass filter that belongs to a low-pass one."""
    return tuple(tap * (-1) ** at for at, tap in enumerate(reversed(low)))


def forward(images: Floats, levels: int) -> tuple[Floats, list[Floats]]:
    """Return the coarse rest (m, h, w) and for each scale, finest first, three details (3, m, h, w); periodic.

    White noise of standard deviation 1 has one of 2^-(j + 1) in the details of scale j = 0, 1, ...
    """
    coarse, details = images, []
    high = high_pass(DAUBECHIES)
    for level in range(levels):
        low_rows, high_rows = _along(coarse, DAUBECHIES, level, 1), _along(coarse, high, level, 1)
        finer = [_along(low_rows, high, level, 2), *(_along(high_rows, each, level, 2) for each in (DAUBECHIES, high))]
        details.append(np.stack(finer))
        coarse = _along(low_rows, DAUBECHIES, level, 2)
    return coarse, details


def inverse(coarse: Floats, details: list[Floats]) -> Floats:
    """Return the images (m, h, w) whose `forward` is given; the mean over all that fit where none does exactly."""
    high = high_pass(DAUBECHIES)
    images = coarse
    for level, (low_high, high_low, high_high) in reversed(list(enumerate(details))):
        low_rows = _along(images, DAUBECHIES, level, 2, -1) + _along(low_high, high, level, 2, -1)
        high_rows = _along(high_low, DAUBECHIES, level, 2, -1) + _along(high_high, high, level, 2, -1)
        images = _along(low_rows, DAUBECHIES, level, 1, -1) + _along(high_rows, high, level, 1, -1)
    return images


def _along(values: Floats, taps: tuple[float, ...], level: int, axis: int, sign: int = 1) -> Floats:
    """Return values filtered along an axis with taps 2^level places apart, periodic; `sign` -1 turns the filter."""
    size = values.shape[axis]
    found = np.zeros_like(values)
    for at, tap in enumerate(taps):
        by = (sign * at * 2**level) % size
        split = size - by
        start, rest = (slice(None),) * axis, np.float32(tap / np.sqrt(2))
        found[(*start, slice(None, split))] += rest * values[(*start, slice(by, None))]
        if by:
            found[(*start, slice(split, None))] += rest * values[(*start, slice(None, by))]
    return found
