"""Wavelet shrinkage: what is small at its scale is taken for noise."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.records import Arm, Choice
from explorer.techniques.base import Float32s
from explorer.techniques.calibrating import Counted, ladder, strength_setting
from explorer.techniques.wavelets import DAUBECHIES, forward, inverse

#: Scales, fewer in images too small for them.
LEVELS = 3
#: Images transformed at once, which bounds memory.
TOGETHER = 64


@dataclass(frozen=True)
class Wavelet(Counted):
    """Splits an image into details of several scales and directions, and shrinks those that are as small as noise.
    How much it shrinks follows from how much each scale of an image holds beside the noise.
    """

    title: ClassVar[str] = "Wavelet shrinkage"
    paper: ClassVar[str] = (
        "Chang et al. 2000, doi:10.1109/83.862633; Coifman and Donoho 1995, doi:10.1007/978-1-4612-2544-7_9;"
        " calibration: Batson and Royer 2019, arXiv:1901.11365"
    )
    fails: ClassVar[str] = "When the noise of neighbouring pixels is alike, which it takes for structure."
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm("denoising", "Small CNN + denoising", Choice("small_cnn"), denoising=Choice("wavelet")),
    )
    first: ClassVar[bool] = True
    strengths: ClassVar[tuple[float, ...]] = ladder(0.005, 0.9)
    seconds: ClassVar[float] = 5.0

    strength: str = strength_setting(strengths, "Standard deviation of the noise, for values from 0 to 1.")

    def smoothed(self, images: Float32s, strength: float) -> Float32s:
        """Return images (m, height, width, c) whose details are shrunk, channel by channel."""
        smooth = np.empty_like(images)
        for start in range(0, len(images), TOGETHER):
            for channel in range(images.shape[-1]):
                part = images[start : start + TOGETHER, ..., channel]
                smooth[start : start + TOGETHER, ..., channel] = _shrunk(part, strength)
        return smooth


def _shrunk(images: Float32s, sigma: float) -> Float32s:
    """Return images (m, height, width) without details that are as small as noise of standard deviation `sigma`.

    Images are continued by their mirror image, so that opposite borders do not meet.
    """
    levels = max(1, min(LEVELS, int(np.log2(min(images.shape[1:]))) - 1))
    edge = min(2**levels * len(DAUBECHIES) // 2, *images.shape[1:])
    inner = (slice(None), slice(edge, -edge), slice(edge, -edge))
    wide = np.pad(images, ((0, 0), (edge, edge), (edge, edge)), mode="symmetric")
    coarse, details = forward(wide, levels)
    shrunk = [_soft(each, inner, sigma / 2 ** (level + 1)) for level, each in enumerate(details)]
    return np.ascontiguousarray(inverse(coarse, shrunk)[inner])


def _soft(details: Float32s, inner: tuple[slice, ...], sigma: float) -> Float32s:
    """Return details (3, m, h, w) drawn to zero by BayesShrink's threshold, sigma² over the spread beside the noise.

    Where a direction of an image holds nothing beside the noise, everything goes.
    """
    seen = details[(slice(None), *inner)].reshape(*details.shape[:2], -1)
    beside = (seen**2).mean(axis=2)[..., None, None] - np.float32(sigma**2)
    everything = np.abs(details).max(axis=(2, 3), keepdims=True)
    spread = np.sqrt(np.maximum(beside, np.float32(1e-12)))
    threshold = np.where(beside > 0, np.minimum(np.float32(sigma**2) / spread, everything), everything)
    return np.asarray(np.sign(details) * np.maximum(np.abs(details) - threshold, 0), np.float32)
