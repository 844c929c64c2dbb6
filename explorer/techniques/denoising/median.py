"""The median of a small square: for pixels that are black or white by accident."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.techniques.base import Float32s
from explorer.techniques.calibrating import Calibrated, strength_setting


@dataclass(frozen=True)
class Median(Calibrated):
    """Replaces every pixel by the median of a square around it.
    Single pixels that are far off vanish without a trace, and straight edges stay sharp.
    """

    title: ClassVar[str] = "Median filter"
    paper: ClassVar[str] = (
        "Huang et al. 1979, doi:10.1109/TASSP.1979.1163188; calibration: Batson and Royer 2019, arXiv:1901.11365"
    )
    fails: ClassVar[str] = "When points, thin lines or corners carry the class, and at few photons, where it is biased."
    strengths: ClassVar[tuple[float, ...]] = (3, 5, 7)
    seconds: ClassVar[float] = 2.0

    strength: str = strength_setting(strengths, "Side of the square in pixels.")

    def smoothed(self, images: Float32s, strength: float) -> Float32s:
        """Return the medians of squares of that side in px, channel by channel, of images (m, height, width, c)."""
        from scipy.ndimage import median_filter

        side = int(strength)
        return np.asarray(median_filter(images, (1, side, side, 1), mode="mirror"), np.float32)
