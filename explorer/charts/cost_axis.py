"""What curves are drawn against: labelled examples, the time of labelling them, or that of computing one fit.

A fit of computing counts with its share of what was prepared for it, or without where that is not known of all points.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from explorer.charts.label_axis import Tick, log_range
from explorer.statistics.curves import Curve, CurvePoint
from explorer.statistics.forecasts import FAR, SURE

_MINUTE, _HOUR = 60, 3600
#: Seconds of computing that are drawn as the least: nobody chooses by less, and it would squeeze all else.
LEAST = 0.1
#: Marks of an axis of computing time, in seconds: those that stand far apart, and what is between.
_FAR_APART = (0.1, 1, 10, _MINUTE, 10 * _MINUTE, _HOUR, 10 * _HOUR, 100 * _HOUR)
_BETWEEN = (0.2, 0.5, 2, 5, 20, *(_MINUTE * each for each in (2, 5, 20)), *(_HOUR * each for each in (2, 5, 20, 50)))
#: Marks of such an axis at least, and the least of its length, in decades.
_MARKS, _DECADES = 3, 1.0


class Against(StrEnum):
    """What scores are drawn against."""

    LABELS = "labels"
    LABELLING = "labelling"
    COMPUTING = "computing"


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis: of labelled examples, or of hours.

    marks      texts of its marks, by place, ascending
    ends       both ends, in decades
    budgets    places of the budgets, ascending; none where each curve has its own
    seconds    that labelling one example takes, on an axis of labelling time
    open       whether it goes on behind the last budget
    prepared   whether computing contains what was prepared for a fit
    """

    against: Against
    title: str
    marks: Mapping[float, str]
    ends: tuple[float, float]
    budgets: tuple[float, ...] = ()
    seconds: float = _HOUR
    open: bool = False
    prepared: bool = False

    def x(self, point: CurvePoint) -> float:
        """Return the place of a point."""
        if self.against is Against.COMPUTING:
            return max(_seconds(point, self.prepared), LEAST) / _HOUR
        return self.place(point.n_labeled)

    def place(self, n: float) -> float:
        """Return the place of so many labelled examples; on an axis of computing time they have none."""
        return n if self.against is Against.LABELS else n * self.seconds / _HOUR

    def end(self, point: CurvePoint) -> str:
        """Return in a few words at how many labels a curve ends whose last point this is."""
        return {
            Against.LABELS: f"at {point.n_labeled:,.0f}",
            Against.LABELLING: f"at {took(point.n_labeled * self.seconds)}",
            Against.COMPUTING: f"at {point.n_labeled:,.0f} labels",
        }[self.against]

    def cost(self, point: CurvePoint) -> str:
        """Return what a point costs, for those who move over it; empty where labelled examples say so already."""
        return {
            Against.LABELS: "",
            Against.LABELLING: f"labelled in {took(point.n_labeled * self.seconds)}",
            Against.COMPUTING: f"one fit in {took(point.seconds)}{self._with_preparation(point)}",
        }[self.against]

    def _with_preparation(self, point: CurvePoint) -> str:
        """Return what a fit takes with its preparation, where that is more; empty where it is not."""
        whole = _seconds(point, self.prepared)
        return f", with preparation {took(whole)}" if took(whole) != took(point.seconds) else ""


def _seconds(point: CurvePoint, prepared: bool) -> float:
    """Return the seconds of computing a point, with or without what was prepared for it."""
    return point.whole if prepared and point.whole is not None else point.seconds


def took(seconds: float) -> str:
    """Return a time with two digits: "12 s", "2.5 min", "120 h"."""
    if seconds < LEAST:
        return f"under {LEAST:g} s"
    unit, name = (1, "s") if seconds < _MINUTE else (_MINUTE, "min") if seconds < _HOUR else (_HOUR, "h")
    return f"{float(f'{seconds / unit:.2g}'):,g} {name}"


def labels_axis(ticks: Sequence[Tick], furthest: float | None = None) -> Axis:
    """Return the axis of labelled examples, with its marks at the budgets.

    furthest    labels up to which there are forecasts, with a mark there and where they fade; None = there are none
    """
    marks = _marks(ticks, furthest, 1.0, lambda tick: tick.text, lambda at: f"{at:,.0f}")
    places = tuple(tick.at for tick in ticks)
    title, open_ = "Labelled examples (logarithmic)", furthest is not None
    return Axis(Against.LABELS, title, marks, log_range(ticks, furthest), places, open=open_)


def labelling_axis(ticks: Sequence[Tick], seconds: float, furthest: float | None = None) -> Axis:
    """Return the axis of hours of labelling, `seconds` an example; its marks stand at the budgets, as above."""
    hours = seconds / _HOUR
    marks = _marks(
        ticks,
        furthest,
        hours,
        lambda tick: f"{took(tick.at * seconds)}<br>{tick.budget}",
        lambda at: took(at * seconds),
    )
    low, high = (end + math.log10(hours) for end in log_range(ticks, furthest))
    title, open_ = f"Time of labelling at {seconds:g} s per label (logarithmic)", furthest is not None
    return Axis(Against.LABELLING, title, marks, (low, high), tuple(tick.at * hours for tick in ticks), seconds, open_)


def computing_axis(curves: Sequence[Curve]) -> Axis:
    """Return the axis of hours of computing one fit, as far as the curves' points need it.

    What was prepared is contained where it is known of every point, so that all curves are of the same kind of time.
    """
    points = [point for curve in curves for point in curve.points]
    prepared = bool(points) and all(point.whole is not None for point in points)
    seconds = [max(_seconds(point, prepared), LEAST) for point in points] or [LEAST, _MINUTE]
    first, last = math.log10(min(seconds)), math.log10(max(seconds))
    pad = max(0.07 * (last - first), 0.08) + max(0.0, _DECADES - (last - first)) / 2
    ends = first - pad - math.log10(_HOUR), last + pad - math.log10(_HOUR)
    marks = _within(_FAR_APART, ends)
    if len(marks) < _MARKS:
        marks = _within((*_FAR_APART, *_BETWEEN), ends)
    title = f"Time of computing one fit{' and its preparation' if prepared else ''} on one core (logarithmic)"
    return Axis(Against.COMPUTING, title, marks, ends, open=True, prepared=prepared)


def _marks(
    ticks: Sequence[Tick],
    furthest: float | None,
    unit: float,
    budget: Callable[[Tick], str],
    number: Callable[[float], str],
) -> Mapping[float, str]:
    """Return the texts of marks by place, `unit` of the axis an example: those of the budgets, and of forecasts."""
    found: dict[float, str] = {}
    for tick in ticks:  # budgets that no class can pay end at one place, and the first says what it is
        found.setdefault(tick.at * unit, budget(tick))
    beyond = () if furthest is None else (furthest * SURE / FAR, furthest)
    return found | {at * unit: f"{number(at)}<br>forecast" for at in beyond}


def _within(seconds: Sequence[float], ends: tuple[float, float]) -> Mapping[float, str]:
    """Return those times that lie within an axis of hours, with their texts, ascending."""
    low, high = ends
    return {each / _HOUR: took(each) for each in sorted(seconds) if low <= math.log10(each / _HOUR) <= high}
