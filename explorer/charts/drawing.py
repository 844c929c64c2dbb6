"""What a figure of label curves shows, whatever its ground and its size."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from explorer.charts.cost_axis import Axis
from explorer.charts.saving_arrow import Arrow
from explorer.charts.style import Look, looks
from explorer.scores import Metric
from explorer.statistics.curves import Curve
from explorer.statistics.forecasts import Forecast

#: Scores without an upper end are drawn up to so many times that of guessing, unless most curves lie above.
_FAR = 2.0
#: The lowest upper end of the score axis, and how much further the plot goes.
_SMALL, _ABOVE = 0.1, 1.02


@dataclass(frozen=True)
class Drawing:
    """Label curves under one score, and all that is drawn with them.

    curves     those without points are not drawn, but keep the looks of the others as they are
    axis       what scores are drawn against
    seeds      planned number of seeds; a mean over fewer is drawn hollow
    chance     score of the metric's guess, drawn as a dotted line; None = not drawn
    arrow      how much is saved, in the unit of the axis; None = not drawn
    forecasts  what arms may reach with more labels, by arm; the axis has room for them
    """

    curves: Sequence[Curve]
    metric: Metric
    axis: Axis
    seeds: int
    chance: float | None = None
    arrow: Arrow | None = None
    forecasts: Mapping[str, Forecast] = field(default_factory=dict)

    @cached_property
    def drawn(self) -> Sequence[Curve]:
        """The curves that have points."""
        return [curve for curve in self.curves if curve.points]

    @cached_property
    def foretold(self) -> Sequence[Curve]:
        """Those of them that have a forecast."""
        return [curve for curve in self.drawn if curve.arm in self.forecasts]

    @cached_property
    def looks(self) -> Mapping[str, Look]:
        """The look of each arm."""
        return looks(curve.arm for curve in self.curves)

    @cached_property
    def top(self) -> float:
        """The last mark of the score axis, which begins at 0: 1 for shares, else a round number above all curves.

        A few curves far above guessing would squeeze all others, so they are cut.
        """
        if self.metric.percent:
            return 1.0
        points = [point for curve in self.drawn for point in curve.points]
        highest = max((max(point.high, *point.values) for point in points), default=0.0)
        far = _FAR * self.chance if self.chance else math.inf
        cut = sum(max(point.mean for point in curve.points) > far for curve in self.drawn)
        most = min(highest, far) if 2 * cut <= len(self.drawn) else highest
        wanted = max(most, (self.chance or 0.0) * 1.2, _SMALL)
        per_unit = 2 if wanted > 0.5 else round(1 / _SMALL)
        return math.ceil(round(wanted * per_unit, 6)) / per_unit

    @property
    def high(self) -> float:
        """The upper end of the plot, in the unit of the score."""
        return self.top * _ABOVE

    @property
    def is_cut(self) -> bool:
        """Tell whether a mean lies above the plot."""
        return any(point.mean > self.high for curve in self.drawn for point in curve.points)
