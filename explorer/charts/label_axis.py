"""The logarithmic axis of labelled examples, shared by the curves and the grid of trials below them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.budgets import IN_ALL, budget_words, expected
from explorer.records import Ints, Study
from explorer.statistics.curves import Curve

#: Room left of the plot for the numbers of the score axis, and right of it for labels, in px.
LEFT, RIGHT = 52, 178


@dataclass(frozen=True)
class Tick:
    """A mark of the axis: its place in labelled examples, and what the budget is called."""

    at: float
    budget: str

    @property
    def text(self) -> str:
        """The number of examples, and what the budget is called where that says more."""
        number = f"{self.at:,.0f}"
        return number if self.budget == f"{number}{IN_ALL}" else f"{number}<br>{self.budget}"


def log_range(ticks: Sequence[Tick], furthest: float | None = None) -> tuple[float, float]:
    """Return the ends of the axis in decades; it spans all budgets from the start, so nothing moves while they fill.

    furthest    labels up to which something is drawn behind the last budget; None = nothing is
    """
    if not ticks:
        return 0.0, 2.0
    first, last = math.log10(ticks[0].at), math.log10(max(ticks[-1].at, furthest or 0.0))
    pad = max(0.07 * (last - first), 0.08)
    return first - pad, last + pad


def ticks(study: Study, curves: Sequence[Curve], pool: Ints) -> tuple[Tick, ...]:
    """Return the marks of the axis: where budgets were measured there, else where they are expected.

    pool    labels that each class can give, (k,)
    """
    measured = {point.budget: point.n_labeled for curve in curves for point in curve.points}
    places = {budget: measured.get(budget) or max(expected(study, budget, pool), 1.0) for budget in study.budgets}
    return tuple(
        Tick(at, budget_words(budget, at, len(pool), per_class=study.per_class)) for budget, at in places.items()
    )
