"""At which sides an image is shown to a network: what it sees of a structure depends on how large that is shown."""

from collections.abc import Mapping
from typing import Any

from explorer.techniques.settings import setting

#: Sides by the name of their number, in parts of the side that is set.
SCALES: Mapping[str, tuple[float, ...]] = {"one": (1.0,), "two": (1.0, 0.75)}


def sides(side: int, scales: str) -> tuple[int, ...]:
    """Return the sides, in pixels, at which images are shown; `scales` is one of SCALES."""
    return tuple(round(side * scale) for scale in SCALES[scales])


def scales_setting(shown: str, why: str) -> Any:
    """Declare the setting: how images are `shown` at their sides, and `why` at two of them, both in words."""
    return setting(
        "two",
        label="Scales",
        help=f"Whether every image is {shown} at this side alone, or at three quarters of it as well{why}",
        choices=tuple(SCALES),
        features=True,
    )
