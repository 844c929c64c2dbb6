"""Chooses the one rule by which stored values of a data set become numbers in [0, 1]."""

import numpy as np

from explorer.records import Array, Floats, Scaling

LINEAR, ASINH = VALUES = "linear", "asinh"
"""How values between the ends of the range are spread: in proportion, or so that faint things can be seen."""

ROBUST = (0.1, 99.9)
"""Percentiles between which the values count as usual; single hot or dead pixels lie outside."""

_BRIGHT = 0.25

_LEAST = 1e-9
"""The least part of the range that is taken for noise: one hot pixel may make it small."""

SAMPLE = 4_000_000
"""Values looked at for the percentiles, at most."""

FAINT, MOST = 0.1, 99
"""Part of the range that looks black, and percentage of an image's values that count as most of it."""


class Range:
    """Gathers the range of values of a data set, image by image: exact ends, and a sample for the percentiles."""

    def __init__(self, images: int) -> None:
        self.low = np.inf
        self.high = -np.inf
        self._each = max(64, SAMPLE // max(1, images))
        self._samples: list[Array] = []
        self._brightest: list[float] = []
        self._draw = np.random.default_rng(0)

    def add(self, pixels: Array) -> None:
        """Take one image into account."""
        self.low = min(self.low, float(pixels.min()))
        self.high = max(self.high, float(pixels.max()))
        values = pixels.reshape(-1)
        chosen = values if values.size <= self._each else values[self._draw.integers(0, values.size, self._each)]
        self._samples.append(chosen.copy())
        self._brightest.append(float(np.percentile(chosen, MOST)))

    def faint(self, rule: Scaling) -> int:
        """Return of how many images most lies within the lowest `FAINT` of what a rule maps to [0, 1]."""
        return int((rule.apply(np.array(self._brightest)) < FAINT).sum())

    def sample(self) -> Floats:
        """Return the sampled values, float64."""
        return np.concatenate(self._samples).astype(np.float64)


def choose(kind: str, values: Range | None, spread: str = LINEAR) -> Scaling:
    """Return the rule for a data set kept as `kind`; `values` may be None for linear uint8."""
    if spread == ASINH and values is not None:
        return _compressed(values)
    if kind == "uint8" or values is None:
        return Scaling(0.0, 255.0, "8-bit values divided by 255")
    if kind == "float32" and _fills_unit(values):
        return Scaling(0.0, 1.0, "floating-point values taken as they are, as all lie between 0 and 1")
    low, high = _usual(values)
    what = "16-bit" if kind == "uint16" else "floating-point"
    clipped = " Values beyond are clipped." if low > values.low or high < values.high else ""
    rule = f"{what} values: {low:g} becomes 0 and {high:g} becomes 1, for all images and channels alike.{clipped}"
    return Scaling(low, high, rule)


def _compressed(values: Range) -> Scaling:
    """Return the rule by which noise fills about the same part of the range whatever shines above it.

    The knee is the noise of the background, 1.48 median absolute deviations, which a few bright things hardly move. The
    brightest value of all may end the range: what it takes from the others grows as a logarithm.
    """
    sample = values.sample()
    middle = float(np.median(sample))
    noise = 1.4826 * float(np.median(np.abs(sample - middle)))
    low, high = max(values.low, float(np.percentile(sample, ROBUST[0]))), values.high
    if high <= low:
        return Scaling(low, low + 1.0, f"all values are {low:g}")
    knee = min(1.0, max(noise, _LEAST * (high - low)) / (high - low))
    rule = (
        f"values spread by asinh: {low:g} becomes 0 and {high:g} becomes 1, for all images and channels alike; up to"
        f" about {low + knee * (high - low):g} in proportion, beyond as by a logarithm. Values beyond are clipped."
    )
    return Scaling(low, high, rule, knee)


def _fills_unit(values: Range) -> bool:
    """Tell whether values are meant as 0 to 1; one hot pixel among values of up to 0.01 does not make them so."""
    if values.low < 0.0 or not 0.5 < values.high <= 1.0:
        return False
    return float(np.percentile(values.sample(), ROBUST[1])) > _BRIGHT


def _usual(values: Range) -> tuple[float, float]:
    """Return the ends: the range of usual values with half of it added on each side, within what occurs.

    So nothing is clipped in ordinary data (a 12-bit camera in 16-bit files fills [0, 1]), bright objects of up to
    twice the usual range keep their differences, and a hot pixel at 65,535 cannot turn everything else to black.
    """
    low, high = (float(end) for end in np.percentile(values.sample(), ROBUST))
    room = (high - low) / 2
    if room == 0:
        low, high = values.low, values.high
    low, high = max(values.low, low - room), min(values.high, high + room)
    return (low, high) if high > low else (low, low + 1.0)
