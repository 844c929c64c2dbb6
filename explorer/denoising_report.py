"""What cleaning did to some images of the pool: how much noise is left, and whether structure went with it.

Without a clean image nobody can tell how good a cleaned one is. What can be told: the noise that a robust estimator
finds before and after; how well hidden pixels are predicted (the self-supervised loss of Batson and Royer 2019,
arXiv:1901.11365); and what was taken away. Noise of single pixels leaves a residual without correlation; structure in
it was signal, or the noise was not of single pixels. PSNR and SSIM are told only beside what they compare with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.cautions import Caution
from explorer.records import Ints
from explorer.techniques.noise_level import noise_sd

Float32s = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

#: From images (m, height, width, channels) in [0, 1] to cleaned ones of the same shape.
Cleaner = Callable[[Float32s], Float32s]

#: Rows of the pool that are looked at.
ROWS = 64
#: Distances in pixels at which the residual is compared with itself.
LAGS = (1, 2, 3, 4, 5)
#: One pixel in every square of this side is hidden.
STRIDE = 4
#: Correlation from which the residual is called correlated. Below 0 it takes more: cleaning takes away the fine part of
#: noise whose pixels are independent, in which neighbours have down to -0.4: the residual of the lightest blur.
CORRELATED, OPPOSED = 0.2, -0.45
#: Range of the values that PSNR and SSIM refer to.
DATA_RANGE = 1.0
#: Side of the window of SSIM, in smaller images the largest odd one that fits.
WINDOW = 7

CLEAN = "the clean images beside the data"
BEFORE = "the images before noise was added"


@dataclass(frozen=True, eq=False)
class Seen:
    """Some images of the pool (m, height, width, channels) in [0, 1]: before and after cleaning, and without noise.

    `clean` is None where nobody knows it; `compared_with` says in words what it is.
    """

    noisy: Float32s
    cleaned: Float32s
    clean: Float32s | None = None
    compared_with: str = ""


def rows_of(pool: Ints, seed: int) -> Ints:
    """Return the rows of the pool that are looked at, drawn by the seed."""
    drawn = np.random.default_rng(seed).choice(len(pool), min(ROWS, len(pool)), replace=False)
    return pool[np.sort(drawn)]


def report(seen: Seen, clean: Cleaner) -> dict[str, Any]:
    """Return the figures as plain JSON values; lists hold one value for each channel.

    noise_before, noise_after     estimated standard deviation of the noise
    loss, loss_of_neighbours      mean squared error at hidden pixels: of the cleaner, and of their neighbours' mean
    residual                      standard deviation of what was taken away
    autocorrelation               of the residual, along `columns` and `rows` of the image at each of `lags`, and the
                                  strongest of all, measured by CORRELATED or OPPOSED: its direction, lag and value
    truth                         PSNR in dB and SSIM before and after, data_range, and what they compare with; or None
    """
    residual = seen.noisy.astype(np.float64) - seen.cleaned
    predicted, neighbours = losses(seen.noisy, clean)
    return {
        "rows": len(seen.noisy),
        "noise_before": noise_sd(seen.noisy).tolist(),
        "noise_after": noise_sd(seen.cleaned).tolist(),
        "loss": predicted,
        "loss_of_neighbours": neighbours,
        "residual": residual.std(axis=(0, 1, 2)).tolist(),
        "autocorrelation": autocorrelation(residual),
        "truth": _truth(seen),
    }


def sentence(found: dict[str, Any]) -> Caution | None:
    """Return what the user should know of a report; None where the residual looks like noise."""
    strongest = found["autocorrelation"]["strongest"]
    if _excess(strongest["value"]) < 1:
        return None
    how = "alike" if strongest["value"] > 0 else "opposite"
    return Caution(
        f"What cleaning took away is {how} at pixels {strongest['lag']} px apart along the {strongest['direction']}"
        f" (correlation {strongest['value']:.2f}): either the noise is, or structure was taken away with it."
    )


def _excess(correlation: float) -> float:
    """Return a correlation as a multiple of that from which it is told."""
    return correlation / (CORRELATED if correlation > 0 else OPPOSED)


def losses(images: Float32s, clean: Cleaner) -> tuple[float, float]:
    """Return the mean squared error at hidden pixels of what the cleaner predicts, and of their neighbours' mean.

    The error holds the variance of the noise, too, which nothing can predict.
    """
    from scipy.ndimage import correlate

    cross = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32)[None, :, :, None] / 4
    around = correlate(images, cross, mode="mirror")
    place = (slice(None), slice(STRIDE // 2, None, STRIDE), slice(STRIDE // 2, None, STRIDE))
    given = images.copy()
    given[place] = around[place]
    wanted = images[place].astype(np.float64)
    errors = [((found[place] - wanted) ** 2).mean() for found in (clean(given), around)]
    return float(errors[0]), float(errors[1])


def autocorrelation(residual: Floats) -> dict[str, Any]:
    """Return how alike a residual (m, height, width, channels) is to itself some pixels further, mean over channels.

    A channel from which nothing was taken away has a correlation of 0. Lags that do not fit into an image are left out.
    """
    centred = residual - residual.mean(axis=(0, 1, 2))
    lags = [lag for lag in LAGS if lag < min(residual.shape[1:3])]
    along = {
        "columns": [_alike(centred[:, :-lag], centred[:, lag:], centred) for lag in lags],
        "rows": [_alike(centred[:, :, :-lag], centred[:, :, lag:], centred) for lag in lags],
    }
    every = [(values[at], name, lag) for name, values in along.items() for at, lag in enumerate(lags)]
    value, direction, lag = max(every, key=lambda each: _excess(each[0]))
    return {"lags": lags, **along, "strongest": {"direction": direction, "lag": lag, "value": value}}


def _alike(one: Floats, other: Floats, whole: Floats) -> float:
    power = (whole**2).mean(axis=(0, 1, 2))
    found = np.divide((one * other).mean(axis=(0, 1, 2)), power, out=np.zeros_like(power), where=power > 1e-12)
    return float(found.mean())


def _truth(seen: Seen) -> dict[str, Any] | None:
    if seen.clean is None:
        return None
    return {
        "compared_with": seen.compared_with,
        "data_range": DATA_RANGE,
        "psnr_before": psnr(seen.noisy, seen.clean),
        "psnr_after": psnr(seen.cleaned, seen.clean),
        "ssim_before": ssim(seen.noisy, seen.clean),
        "ssim_after": ssim(seen.cleaned, seen.clean),
    }


def psnr(images: Float32s, clean: Float32s) -> float | None:
    """Return the peak signal-to-noise ratio in dB over all images; None where they are equal."""
    error = float(((images.astype(np.float64) - clean) ** 2).mean())
    return float(10 * np.log10(DATA_RANGE**2 / error)) if error > 0 else None


def ssim(images: Float32s, clean: Float32s) -> float:
    """Return the mean structural similarity of the images, 1 for equal ones: Wang 2004, doi:10.1109/TIP.2003.819861."""
    from skimage.metrics import structural_similarity

    side = min(WINDOW, *images.shape[1:3])
    window = side - 1 + side % 2
    pairs = zip(images, clean, strict=True)
    each = [structural_similarity(*pair, win_size=window, data_range=DATA_RANGE, channel_axis=-1) for pair in pairs]
    return float(np.mean(each))
