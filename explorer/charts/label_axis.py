"""The logarithmic axis of labelled examples, shared by the curves and the grid of trials below them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Room left of the plot for the numbers of the score axis, and right of it for labels, in px.
LEFT, RIGHT = 52, 178


@dataclass(frozen=True)
class Tick:
    """A mark of the axis: its place in labelled examples, and its text."""

    at: float
    text: str


def log_range(ticks: Sequence[Tick]) -> tuple[float, float]:
    """Return the ends of the axis in decades; it spans all budgets from the start, so nothing moves while they fill."""
    if not ticks:
        return 0.0, 2.0
    first, last = math.log10(ticks[0].at), math.log10(ticks[-1].at)
    pad = max(0.07 * (last - first), 0.08)
    return first - pad, last + pad
