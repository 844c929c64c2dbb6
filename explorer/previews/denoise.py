"""One image of the pool before and after a denoiser.

options   technique, settings: the denoiser with the noise that is added on purpose; row: an image of the pool of seed 0

arrays    given, cleaned and, where somebody knows it, clean (1, height, width, channels), uint8 from black to white;
          residual of the same shape, float16: what was taken away, given - cleaned, in parts of white
facts     compared_with: what the clean image is, empty where there is none; psnr_before, psnr_after: dB against it for
          this one image, or None
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.denoising_report import psnr
from explorer.preparing import truth
from explorer.previews.answers import Preview
from explorer.previews.cleaning import Cleaning
from explorer.previews.making import AtWork
from explorer.records import Array, Dataset


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the image. Raises TechniqueError, StudyError for a row that judges, and Cancelled."""
    cleaning = Cleaning.of(dataset, options, at_work)
    rows = cleaning.row(int(options["row"]))
    given = cleaning.given[rows]
    cleaned = cleaning.clean(given)
    clean, compared_with = truth(dataset, rows, cleaning.technique.noise)
    arrays = {"given": _bytes(given), "cleaned": _bytes(cleaned), "residual": (given - cleaned).astype(np.float16)}
    facts: dict[str, Any] = {"compared_with": compared_with, "psnr_before": None, "psnr_after": None}
    if clean is not None:
        arrays["clean"] = _bytes(clean)
        facts |= {"psnr_before": psnr(given, clean), "psnr_after": psnr(cleaned, clean)}
    return Preview(arrays, facts)


def _bytes(images: Array) -> Array:
    return np.round(255 * np.clip(images, 0.0, 1.0)).astype(np.uint8)
