"""Labels at the ends of lines, in the right margin: what they say, where they stand, and what leads to them."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.charts.cost_axis import Against, Axis
from explorer.charts.drawing import Drawing
from explorer.charts.label_axis import RIGHT
from explorer.charts.placing import shortened, spread, wrapped
from explorer.charts.style import GROUNDS, Mode, faded, plain
from explorer.score_words import PERCENT, score_shown
from explorer.statistics.curves import Curve

#: In px: size of letters, distance from the plot, height of a line and of a gap.
_LETTERS, _SHIFT, _LINE, _GAP = 13, 5, 16, 3
#: Room below the plot, beside the names of its axis, for labels that find none above, in px.
_BELOW = 56
#: Name of the annotations that are labels at the ends of lines.
END_LABEL = "end-label"
#: Most lines of a label, and signs that fit on them in any letters.
_LINES, _LEAST = 3, 16


@dataclass(frozen=True)
class EndLabel:
    """A text that wants to stand at the height `y` (in the unit of the score) beside the end of a line.

    whole    what was cut, for those who move over it; empty where nothing was
    start    where the line ends, in the unit of the axis; None where it goes on to the margin
    """

    text: str
    whole: str
    color: str
    y: float
    start: float | None
    lines: int


#: A label, and the height at which it stands.
Placed = tuple[EndLabel, float]


def end_labels(drawing: Drawing, mode: Mode, room: float) -> list[Placed]:
    """Return the labels of the curves and of guessing, none over another, beside a plot that is `room` px high."""
    return _placed(list(_wanted(drawing, mode)), drawing.high, room)


# ---- what they say ---------------------------------------------------------------------------------------------


def _wanted(drawing: Drawing, mode: Mode) -> Iterator[EndLabel]:
    curves, metric = drawing.drawn, drawing.metric
    ends = _ends(curves, drawing.axis)
    for curve, title, end in zip(curves, _that_fit([curve.title for curve in curves], ends), ends, strict=True):
        last = curve.points[-1]
        text, lines = _lines(title, f"{score_shown(last.mean, metric)}{end}")
        whole = "" if title == curve.title else plain(curve.title)
        ink = drawing.looks[curve.arm].hue.ink(mode)
        yield EndLabel(text, whole, ink, last.mean, drawing.axis.x(last), lines)
    # A curve that ends there says it as well.
    said = {score_shown(curve.points[-1].mean, metric) for curve in curves}
    if drawing.chance is not None and (told := score_shown(drawing.chance, metric)) not in said:
        text, lines = _lines(metric.guess, told)
        yield EndLabel(text, "", GROUNDS[mode].quiet, drawing.chance, None, lines)


def _ends(curves: Sequence[Curve], axis: Axis) -> list[str]:
    """Return what follows the score of each curve: where it ended, if another one has come to a larger budget."""
    most = max((curve.points[-1].budget for curve in curves), default=0)
    lasts = [curve.points[-1] for curve in curves]
    told = [f" {axis.end(last)}".replace(" ", "\u00a0") for last in lasts]
    return ["" if last.budget == most else end for last, end in zip(lasts, told, strict=True)]


def _lines(title: str, score: str) -> tuple[str, int]:
    """Return a label as the right margin holds it, and its number of lines."""
    lines = wrapped(f"{title} {score}", (RIGHT - _SHIFT) / _LETTERS)
    return "<br>".join(map(plain, lines)), len(lines)


def _that_fit(titles: Sequence[str], ends: Sequence[str]) -> list[str]:
    """Return titles that leave room for a score, and what follows it, in the last line; the long ones are cut."""
    widest = max(ends, key=len, default="")

    def too_long(title: str) -> bool:
        return _lines(title, f"100{PERCENT}{widest}")[1] > _LINES

    long = [title for title in titles if too_long(title)]
    if not long:
        return list(titles)
    lengths = range(_LEAST, max(map(len, long)))
    fitting = bisect_right(lengths, False, key=lambda n: any(map(too_long, shortened(long, n))))
    most = lengths[max(0, fitting - 1)]
    cut = dict(zip(long, shortened(long, most), strict=True))
    return [cut.get(title, title) for title in titles]


# ---- where they stand ------------------------------------------------------------------------------------------


def _placed(labels: Sequence[EndLabel], high: float, room: float) -> list[Placed]:
    """Return each label with the height, in the unit of the score, at which it overlaps no other.

    No centre lies above the plot, where Plotly would hide the label; where there are too many, some lie below it.
    """
    per_unit = room / high
    heights = [label.lines * _LINE + _GAP for label in labels]
    top = high * per_unit + (_LINE + _GAP) / 2
    low = -min(_BELOW, max(0.0, sum(heights) - top))
    centres = spread([label.y * per_unit for label in labels], heights, low, top)
    return [(label, min(high, centre / per_unit)) for label, centre in zip(labels, centres, strict=True)]


def annotation(placed: Placed, high: float) -> dict[str, Any]:
    """Return a label as an annotation; beside the plot, which goes from 0 to `high`, it moves with the curves."""
    label, at = placed
    return {
        "name": END_LABEL,
        "xref": "paper",
        "x": 1,
        **({"y": at} if at >= 0 else {"yref": "paper", "y": at / high}),
        "xshift": _SHIFT,
        "xanchor": "left",
        "yanchor": "middle",
        "align": "left",
        "showarrow": False,
        "text": label.text,
        "font": {"size": _LETTERS, "color": label.color},
        **({"hovertext": label.whole} if label.whole else {}),
    }


# ---- what leads to them ----------------------------------------------------------------------------------------


def leaders(labels: Sequence[Placed], drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Yield the leader from the end of each line to its label; dotted where it is long, to be no more of the curve."""
    for label, at in labels:
        if _is_led(label.start, drawing.axis):
            yield {
                "type": "scatter",
                "x": [label.start, 10 ** drawing.axis.ends[1]],
                "y": [label.y, min(at, drawing.high)],
                "meta": "leader",
                "mode": "lines",
                "line": {
                    "color": faded(label.color, 0.3),
                    "width": 1,
                    "dash": "dot" if drawing.axis.open else "solid",
                },
                "hoverinfo": "skip",
                "showlegend": False,
            }


def _is_led(start: float | None, axis: Axis) -> bool:
    """Tell whether a line is led to its label; not from an earlier budget, or it would look like more of the curve."""
    if start is None:
        return False
    if not axis.budgets:
        return axis.against is Against.COMPUTING
    return min(axis.budgets, key=lambda at: abs(math.log(at / start))) == axis.budgets[-1]
