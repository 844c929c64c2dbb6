"""Non-local means: the mean over places of the image that look alike."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.techniques.base import Float32s
from explorer.techniques.calibrating import Counted, ladder, strength_setting

#: Side in pixels of the patches that are compared, and how far away they are looked for.
PATCH, DISTANCE = 5, 6


@dataclass(frozen=True)
class Nlm(Counted):
    """Replaces every pixel by a mean over pixels near it whose surroundings look alike.
    Patterns that repeat, such as textures and lattices, keep their detail while the noise averages out.
    """

    title: ClassVar[str] = "Non-local means"
    paper: ClassVar[str] = (
        "Buades et al. 2005, doi:10.1109/CVPR.2005.38; calibration: Batson and Royer 2019, arXiv:1901.11365"
    )
    fails: ClassVar[str] = (
        "When what is rare carries the class: details that nothing else resembles stay noisy or fade."
    )
    strengths: ClassVar[tuple[float, ...]] = ladder(0.005, 0.9)
    seconds: ClassVar[float] = 6.0

    strength: str = strength_setting(strengths, "Difference of two surroundings up to which they are taken for alike.")

    def smoothed(self, images: Float32s, strength: float) -> Float32s:
        """Return the means over places that look alike, in all channels of images (m, height, width, c) together."""
        from skimage.restoration import denoise_nl_means

        found = [
            denoise_nl_means(image, PATCH, DISTANCE, h=strength, fast_mode=True, channel_axis=-1) for image in images
        ]
        return np.asarray(found, np.float32).reshape(images.shape)
