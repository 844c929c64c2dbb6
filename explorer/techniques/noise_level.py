"""How strong the noise of images is, without clean ones; each channel by itself.

Images are (m, height, width, channels) in [0, 1], sides from 4 px.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.techniques.wavelets import DAUBECHIES, high_pass

Float32s = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

#: The median of the absolute value of a standard normal number.
MEDIAN = 0.6744897501960817
#: Side in pixels of the patches of one brightness from which the noise of counts is read off.
PATCH = 8
#: Bins of brightness, of equally many patches each.
BINS = 16


def noise_sd(images: Float32s) -> Floats:
    """Return the standard deviation of the noise of each channel, (channels,), in the unit of the images.

    From the median of the finest diagonal wavelet coefficients, which hold little but noise, of each image; then the
    mean over images. Fine texture is taken for noise. Donoho and Johnstone 1994, doi:10.1093/biomet/81.3.425.
    """
    details = np.abs(_diagonal(images))
    return np.asarray(np.median(details, axis=(1, 2)).mean(axis=0) / MEDIAN, np.float64)


def noise_variance(images: Float32s) -> float:
    """Return the mean variance of the noise over all places, images and channels.

    Fine structure adds to it, so that it is rather too large; where noise follows brightness it is the mean of all.
    """
    return float((_diagonal(images) ** 2).mean())


def _diagonal(images: Float32s) -> Floats:
    """Return the finest diagonal wavelet coefficients, (m, height - 3, width - 3, channels), of noise's own variance.

    Places whose filter would reach over the border are left out.
    """
    taps = np.array(high_pass(DAUBECHIES))
    down = np.lib.stride_tricks.sliding_window_view(images.astype(np.float64), len(taps), axis=1) @ taps
    return np.asarray(np.lib.stride_tricks.sliding_window_view(down, len(taps), axis=2) @ taps)


@dataclass(frozen=True)
class CountNoise:
    """Noise whose variance is `gain` × value + `floor`: photons that are counted, and whatever a camera adds.

    Values are in [0, 1], so that 1 / gain photons make white where the floor is 0. `floor` is below 0 where black
    stands for some light; the noise of a value is never less than none.
    """

    gain: float
    floor: float


def count_noise(images: Float32s) -> CountNoise:
    """Return the line that fits variance against brightness in small patches of one channel, (m, height, width).

    In each bin of brightness stands the median over patches, which edges in some of them do not move; gain 0 where the
    noise does not grow with the brightness. After Foi et al. 2008, doi:10.1109/TIP.2008.2001399.
    """
    brightness, variance = _patches(images)
    order = np.argsort(brightness, kind="stable")
    bins = [each for each in np.array_split(order, BINS) if len(each)]
    x, y = (np.array([np.median(values[each]) for each in bins]) for values in (brightness, variance))
    return _line(x, y)


def _patches(images: Float32s) -> tuple[Floats, Floats]:
    """Return mean and noise variance of every patch that does not overlap another."""
    details = _diagonal(images[..., None])[..., 0] ** 2
    side = min(PATCH, *details.shape[1:])
    rows, columns = (each // side for each in details.shape[1:])

    def means(values: npt.NDArray[np.floating]) -> Floats:
        cut = values[:, : rows * side, : columns * side].astype(np.float64)
        return np.asarray(cut.reshape(len(values), rows, side, columns, side).mean(axis=(2, 4)).ravel())

    return means(images[:, 1:-2, 1:-2]), means(details)


def _line(x: Floats, y: Floats) -> CountNoise:
    """Return the line through (x, y) that keeps relative errors small; flat where it would fall."""
    weights = 1 / np.maximum(y, 1e-3 * max(float(y.max()), 1e-12))
    middle = np.average(x, weights=weights**2)
    spread = float((weights**2 * (x - middle) ** 2).sum())
    level = float(np.average(y, weights=weights**2))
    slope = float((weights**2 * (x - middle) * (y - level)).sum()) / spread if spread > 0 else 0.0
    return CountNoise(slope, level - slope * float(middle)) if slope > 0 else CountNoise(0.0, level)
