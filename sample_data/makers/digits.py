"""Handwritten digits as scikit-learn ships them: real, small, and learnt by simple methods."""

import numpy as np
from sklearn.datasets import load_digits

from sample_data.sample import About, Difficulty, Sample, generator, to_bytes

ABOUT = About(
    title="Handwritten digits",
    one_line="1,797 scanned digits of 8 × 8 pixels, ten classes. Real data.",
    teaches="Simple methods can be enough: pixels and a linear model reach 89 % with ten labels of each digit.",
    source="scikit-learn (load_digits): the test part of Alpaydin & Kaynak (1998), UCI Machine Learning Repository",
    licence="CC BY 4.0 (UCI Machine Learning Repository); shipped with scikit-learn under BSD-3-Clause",
    made_how="Taken as they are; grey levels 0 to 16 are spread over 0 to 255.",
    difficulty=Difficulty(
        name="added noise",
        value=0.0,
        unit="grey levels of 16 (standard deviation)",
        effect="0 leaves the scans as they are; 4 drowns thin strokes.",
    ),
)

_LEVELS = 16.0


def make(per_class: int | None = None, difficulty: float = ABOUT.difficulty.value, seed: int = 0) -> Sample:
    """Return the digits, (n, 8, 8); `per_class` keeps that many of each, `difficulty` is the added noise.

    The untouched scans are the clean images when noise is added; without noise there is nothing to compare with.
    """
    digits = load_digits()
    rows = np.sort(np.concatenate([np.flatnonzero(digits.target == label)[:per_class] for label in range(10)]))
    scans = digits.images[rows] / _LEVELS
    noise = generator(seed).normal(0.0, difficulty / _LEVELS, scans.shape)
    names = tuple(str(name) for name in digits.target_names)
    clean = to_bytes(scans) if difficulty > 0 else None
    return Sample(to_bytes(scans + noise), digits.target[rows].astype(np.int64), names, clean=clean)
