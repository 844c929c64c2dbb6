"""Total variation: the closest image that rises and falls little."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.techniques.base import Float32s
from explorer.techniques.calibrating import Counted, ladder, strength_setting


@dataclass(frozen=True)
class Tv(Counted):
    """Looks for the image near the noisy one whose brightness rises and falls least in all.
    Areas become flat while their edges stay sharp, which suits objects with clear outlines.
    """

    title: ClassVar[str] = "Total variation"
    paper: ClassVar[str] = (
        "Rudin et al. 1992, doi:10.1016/0167-2789(92)90242-F; Chambolle 2004, doi:10.1023/B:JMIV.0000011325.36760.1e;"
        " calibration: Batson and Royer 2019, arXiv:1901.11365"
    )
    fails: ClassVar[str] = "When soft shading or fine texture carries the class, which becomes flat patches."
    strengths: ClassVar[tuple[float, ...]] = ladder(0.005, 0.9)
    seconds: ClassVar[float] = 2.5

    strength: str = strength_setting(strengths, "Weight of smoothness against likeness to the noisy image.")

    def smoothed(self, images: Float32s, strength: float) -> Float32s:
        """Return the images (m, height, width, c) of least total variation; the edges of colours are found together."""
        from skimage.restoration import denoise_tv_chambolle

        found = [denoise_tv_chambolle(image, weight=strength, channel_axis=-1) for image in images]
        return np.asarray(found, np.float32).reshape(images.shape)
