"""At which sides an image is shown to a network: what it sees of a structure depends on how large that is shown."""

from collections.abc import Mapping

#: Sides by the name of their number, in parts of the side that is set.
SCALES: Mapping[str, tuple[float, ...]] = {"one": (1.0,), "two": (1.0, 0.75)}


def sides(side: int, scales: str) -> tuple[int, ...]:
    """Return the sides, in pixels, at which images are shown; `scales` is one of SCALES."""
    return tuple(round(side * scale) for scale in SCALES[scales])
