"""Smoothing by a Gaussian: the simplest denoiser, which every other has to beat."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.techniques.base import Float32s
from explorer.techniques.calibrating import Calibrated, ladder, strength_setting


@dataclass(frozen=True)
class Gaussian(Calibrated):
    """Replaces every pixel by a mean of its neighbourhood in which near pixels count more.
    Noise averages out, and everything finer than the width is blurred with it.
    """

    title: ClassVar[str] = "Gaussian smoothing"
    paper: ClassVar[str] = "Lindeberg 1994, doi:10.1080/757582976; calibration: Batson and Royer 2019, arXiv:1901.11365"
    fails: ClassVar[str] = "When edges or fine texture carry the class, since they are blurred as much as the noise."
    strengths: ClassVar[tuple[float, ...]] = ladder(0.35, 4.0)
    seconds: ClassVar[float] = 0.1

    strength: str = strength_setting(strengths, "Standard deviation of the Gaussian in pixels.")

    def smoothed(self, images: Float32s, strength: float) -> Float32s:
        """Return images (m, height, width, c) smoothed by a Gaussian of that standard deviation in px, mirrored."""
        from scipy.ndimage import gaussian_filter

        return np.asarray(gaussian_filter(images, (0, strength, strength, 0), mode="mirror"), np.float32)
