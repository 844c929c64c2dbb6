"""The figure of the product: score against the number of labelled examples, or their cost, one curve per arm."""

import functools
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from explorer.charts.cost_axis import Against, Axis, labels_axis
from explorer.charts.forecast_lines import forecast_traces, forecast_words
from explorer.charts.label_axis import LEFT, RIGHT, Tick
from explorer.charts.placing import shortened, spread, wrapped
from explorer.charts.saving_arrow import Arrow, arrow_traces, arrow_words
from explorer.charts.style import GROUNDS, Look, Mode, faded, heading, layout, looks, plain
from explorer.score_words import PERCENT, interval_shown, score_shown, sure_shown, titled
from explorer.scores import Metric
from explorer.statistics.curves import Curve, CurvePoint
from explorer.statistics.forecasts import Forecast

#: Labels in the right margin, in px: size of their letters, distance from the plot, height of a line and of a gap.
_LETTERS, _SHIFT, _LINE, _GAP = 13, 5, 16, 3
#: Name of the annotations that are labels at the ends of lines.
END_LABEL = "end-label"
#: Most lines of a label, and signs that fit on them in any letters.
_LINES, _LEAST = 3, 16
#: Scores without an upper end are drawn up to so many times that of guessing, unless most curves lie above.
_FAR = 2.0
#: In so much of the score axis from its foot on there is no room for words below an arrow.
_CRAMPED = 0.12
#: The lowest upper end of the score axis.
_SMALL = 0.1
#: Distance of the seeds' points of neighbouring arms, in decades of labelled examples.
_DODGE = 0.012
_NONE: Mapping[str, Forecast] = {}


@dataclass(frozen=True)
class _Label:
    """A text that wants to stand at the height `y` (in the unit of the score) beside the end of a line.

    `whole` is what was cut, for those who move over it; empty where nothing was.
    """

    text: str
    whole: str
    color: str
    y: float
    start: float | None
    lines: int


def label_curves(
    curves: Sequence[Curve],
    *,
    mode: Mode,
    metric: Metric,
    chance: float | None,
    ticks: Sequence[Tick],
    seeds: int,
    height: int = 400,
    revision: str = "",
    arrow: Arrow | None = None,
    axis: Axis | None = None,
    forecasts: Mapping[str, Forecast] = _NONE,
) -> go.Figure:
    """Return the figure of `curves`: seeds as small points, their mean as a line, the 95 % interval as a band.

    chance     score of the metric's guess, drawn as a dotted line; None = not drawn
    ticks      the budgets, on a logarithmic axis that spans all of them from the start
    seeds      planned number of seeds; a mean over fewer is drawn hollow
    revision   zoom and pan survive a redraw while this text stays the same
    arrow      how much is saved, in the unit of the axis; None = not drawn
    axis       what scores are drawn against; None = labelled examples, up to the last budget
    forecasts  what arms may reach with more labels, by arm; the axis has room for them
    """
    drawn = [curve for curve in curves if curve.points]
    chosen = looks(curve.arm for curve in curves)
    axis = axis or labels_axis(ticks)
    made = _layout(mode, height, metric, _top(drawn, metric, chance), axis)
    labels = _placed(_wanted(drawn, chosen, mode, metric, chance, axis), made)
    above = [each for curve in drawn for each in _above(curve, chosen[curve.arm], mode, metric, made, axis)]
    middle = (len(drawn) - 1) / 2
    ahead, foretold = _ahead([each for each in drawn if each.arm in forecasts], forecasts, chosen, mode, metric, axis)
    traces = [
        *ahead,
        *(_band(curve, chosen[curve.arm], mode, axis) for curve in drawn),
        *(
            _points(curve, chosen[curve.arm], mode, metric, (position - middle) * _DODGE, axis)
            for position, curve in enumerate(drawn)
        ),
        *(_line(curve, chosen[curve.arm], mode, metric, seeds, axis) for curve in drawn),
        *above,
        *([] if arrow is None else arrow_traces(arrow, mode)),
        *(_leader(label, at, made, axis) for label, at in labels if _is_led(label.start, axis)),
    ]
    made["annotations"] = [
        *(_annotation(label, at) for label, at in labels),
        *(
            []
            if arrow is None
            else [arrow_words(arrow, mode, above=arrow.score < _CRAMPED * made["yaxis"]["range"][1])]
        ),
        *foretold,
    ]
    made["shapes"] = [] if chance is None else [_chance_line(chance, mode)]
    title = titled(metric) + ("; ▲ above the axis" if above else "") + (_measured(drawn, axis) if ahead else "")
    return go.Figure(traces, made | {"title": heading(title, mode), "uirevision": revision or metric.name})


def _measured(curves: Sequence[Curve], axis: Axis) -> str:
    """Return at how many labels the scores at the ends of lines were measured; the axis goes on behind them."""
    return f"; named scores: measured {axis.end(max((each.points[-1] for each in curves), key=lambda p: p.n_labeled))}"


# ---- axes ------------------------------------------------------------------------------------------------------


def _top(curves: Sequence[Curve], metric: Metric, chance: float | None) -> float:
    """Return the upper end of the score axis: 1 for shares, else a round number above all that is drawn.

    A few curves far above guessing would squeeze all others, so they are cut.
    """
    if metric.percent:
        return 1.0
    highest = max((max(point.high, *point.values) for curve in curves for point in curve.points), default=0.0)
    far = _FAR * chance if chance else math.inf
    cut = sum(max(point.mean for point in curve.points) > far for curve in curves)
    wanted = max(min(highest, far) if 2 * cut <= len(curves) else highest, (chance or 0.0) * 1.2, _SMALL)
    per_unit = 2 if wanted > 0.5 else round(1 / _SMALL)
    return math.ceil(round(wanted * per_unit, 6)) / per_unit


def _layout(mode: Mode, height: int, metric: Metric, top: float, axis: Axis) -> dict[str, Any]:
    made = layout(mode, height)
    made["xaxis"] |= {
        "type": "log",
        "range": axis.ends,
        "tickmode": "array",
        "tickvals": list(axis.marks),
        "ticktext": list(axis.marks.values()),
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 5,
    }
    made["xaxis"]["title"]["text"] = axis.title
    made["yaxis"] |= {"range": (0, top * 1.02), "tickformat": _tick_format(metric, top), "nticks": 6}
    made["margin"] |= {"l": LEFT, "r": RIGHT, "b": 64}
    return made


def _tick_format(metric: Metric, top: float) -> str:
    if metric.percent:
        return ".0%"
    return ".1f" if top > 0.5 else ".2f"


def _chance_line(chance: float, mode: Mode) -> dict[str, Any]:
    line = {"color": GROUNDS[mode].quiet, "width": 1.25, "dash": "dot"}
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": chance,
        "y1": chance,
        "line": line,
        "layer": "below",
    }


# ---- traces ----------------------------------------------------------------------------------------------------


def _x(points: Sequence[CurvePoint], axis: Axis) -> list[float]:
    return [axis.x(point) for point in points]


def _band(curve: Curve, look: Look, mode: Mode, axis: Axis) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": _x([*curve.points, *reversed(curve.points)], axis),
        "y": [point.high for point in curve.points] + [point.low for point in reversed(curve.points)],
        "name": f"{plain(curve.title)}, 95 % interval",
        "meta": "band",
        "mode": "lines",
        "line": {"width": 0, "color": faded(look.hue.line(mode), 0)},
        "fill": "toself",
        "fillcolor": faded(look.hue.line(mode), 0.14),
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _points(curve: Curve, look: Look, mode: Mode, metric: Metric, shift: float, axis: Axis) -> dict[str, Any]:
    title = plain(curve.title)
    trials = [(point, seed, value) for point in curve.points for seed, value in zip(*_seeds(point), strict=True)]
    return {
        "type": "scatter",
        "x": [axis.x(point) * 10**shift for point, _, _ in trials],
        "y": [value for _, _, value in trials],
        "customdata": [[point.n_labeled, seed, score_shown(value, metric), title] for point, seed, value in trials],
        "name": f"{plain(curve.title)}, seeds",
        "meta": "seeds",
        "mode": "markers",
        "marker": {"symbol": "circle", "size": 5, "color": faded(look.hue.line(mode), 0.5), "line": {"width": 0}},
        "hovertemplate": "%{customdata[3]}<br>%{customdata[0]:.0f} labelled examples, seed %{customdata[1]}: "
        "%{customdata[2]}<extra></extra>",
        "showlegend": False,
    }


def _seeds(point: CurvePoint) -> tuple[tuple[int, ...], tuple[float, ...]]:
    return point.seeds, point.values


def _line(curve: Curve, look: Look, mode: Mode, metric: Metric, seeds: int, axis: Axis) -> dict[str, Any]:
    color = look.hue.line(mode)
    whole = [len(point.seeds) >= seeds for point in curve.points]
    fills = [color if each else GROUNDS[mode].paper for each in whole]
    return {
        "type": "scatter",
        "x": _x(curve.points, axis),
        "y": [point.mean for point in curve.points],
        "customdata": [_told(point, metric, axis) for point in curve.points],
        "name": plain(curve.title),
        "meta": "mean",
        "mode": "lines+markers",
        "line": {"color": color, "width": 2.25, "dash": look.dash},
        "marker": {"symbol": look.marker, "size": 9, "color": fills, "line": {"color": color, "width": 1.75}},
        "hovertemplate": _hover(axis),
        "showlegend": True,
    }


def _above(
    curve: Curve, look: Look, mode: Mode, metric: Metric, made: Mapping[str, Any], axis: Axis
) -> list[dict[str, Any]]:
    """Return marks at the upper end of the axis for the means that lie above it, at most one trace of them."""
    high = made["yaxis"]["range"][1]
    cut = [point for point in curve.points if point.mean > high]
    if not cut:
        return []
    color = look.hue.line(mode)
    return [
        {
            "type": "scatter",
            "x": _x(cut, axis),
            "y": [high] * len(cut),
            "customdata": [_told(point, metric, axis) for point in cut],
            "name": f"{plain(curve.title)}, above the axis",
            "meta": "above",
            "mode": "markers",
            "marker": {"symbol": "triangle-up", "size": 10, "color": color, "line": {"width": 0}},
            "cliponaxis": False,
            "hovertemplate": _hover(axis),
            "showlegend": False,
        }
    ]


def _foretold(score: float, low: float, high: float, metric: Metric) -> tuple[str, str]:
    return score_shown(score, metric), interval_shown(low, high, metric)


def _ahead(
    curves: Sequence[Curve],
    forecasts: Mapping[str, Forecast],
    chosen: Mapping[str, Look],
    mode: Mode,
    metric: Metric,
    axis: Axis,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the traces of the forecasts of curves, and their words: above the highest curve, below the others."""
    tell = functools.partial(_foretold, metric=metric)
    highest = max(curves, key=lambda each: each.points[-1].mean, default=None)
    traces, notes = [], []
    for curve in curves:
        found, look = forecasts[curve.arm], chosen[curve.arm]
        traces += forecast_traces(found, curve.title, look, mode, axis, tell)
        notes.append(forecast_words(found, look, mode, axis, tell, above=curve is highest))
    return traces, notes


def _told(point: CurvePoint, metric: Metric, axis: Axis) -> list[str]:
    count, cost = len(point.seeds), axis.cost(point)
    return [
        f"{point.n_labeled:.0f}",
        score_shown(point.mean, metric),
        sure_shown(point.low, point.high, metric),
        f"{count} seed{'s' if count != 1 else ''}",
        *([cost] if cost else []),
    ]


def _hover(axis: Axis) -> str:
    """Return how Plotly puts together what is told of a point."""
    cost = "" if axis.against is Against.LABELS else ", %{customdata[4]}"
    return (
        f"<b>%{{fullData.name}}</b><br>%{{customdata[0]}} labelled examples{cost}<br>%{{customdata[1]}} "
        "%{customdata[2]}<br>%{customdata[3]}<extra></extra>"
    )


# ---- labels at the line ends -----------------------------------------------------------------------------------


def _wanted(
    curves: Sequence[Curve],
    chosen: Mapping[str, Look],
    mode: Mode,
    metric: Metric,
    chance: float | None,
    axis: Axis,
) -> list[_Label]:
    labels = []
    ends = _ends(curves, axis)
    for curve, title, end in zip(curves, _that_fit([curve.title for curve in curves], ends), ends, strict=True):
        last = curve.points[-1]
        text, lines = _lines(title, f"{score_shown(last.mean, metric)}{end}")
        whole = "" if title == curve.title else plain(curve.title)
        labels.append(_Label(text, whole, chosen[curve.arm].hue.ink(mode), last.mean, axis.x(last), lines))
    # A curve that ends there says it as well.
    if chance is not None and all(
        score_shown(curve.points[-1].mean, metric) != score_shown(chance, metric) for curve in curves
    ):
        text, lines = _lines(metric.guess, score_shown(chance, metric))
        labels.append(_Label(text, "", GROUNDS[mode].quiet, chance, None, lines))
    return labels


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


def _placed(labels: Sequence[_Label], made: Mapping[str, Any]) -> list[tuple[_Label, float]]:
    """Return each label with the height, in the unit of the score, at which it overlaps no other.

    No centre lies above the axis, where Plotly would hide the label.
    """
    low, high = made["yaxis"]["range"]
    per_unit = (made["height"] - made["margin"]["t"] - made["margin"]["b"]) / (high - low)
    heights = [label.lines * _LINE + _GAP for label in labels]
    top = high * per_unit + (_LINE + _GAP) / 2
    centres = spread([label.y * per_unit for label in labels], heights, low * per_unit, top)
    return [(label, min(high, centre / per_unit)) for label, centre in zip(labels, centres, strict=True)]


def _is_led(start: float | None, axis: Axis) -> bool:
    """Tell whether a line is led to its label; not from an earlier budget, or it would look like more of the curve."""
    if start is None:
        return False
    if not axis.budgets:
        return axis.against is Against.COMPUTING
    return min(axis.budgets, key=lambda at: abs(math.log(at / start))) == axis.budgets[-1]


def _leader(label: _Label, at: float, made: Mapping[str, Any], axis: Axis) -> dict[str, Any]:
    """Return a leader from the end of a line to its label; dotted where it is long, to be no more of the curve."""
    return {
        "type": "scatter",
        "x": [label.start, 10 ** made["xaxis"]["range"][1]],
        "y": [label.y, min(at, made["yaxis"]["range"][1])],
        "meta": "leader",
        "mode": "lines",
        "line": {"color": faded(label.color, 0.3), "width": 1, "dash": "dot" if axis.open else "solid"},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _annotation(label: _Label, at: float) -> dict[str, Any]:
    return {
        "name": END_LABEL,
        "xref": "paper",
        "x": 1,
        "y": at,
        "xshift": _SHIFT,
        "xanchor": "left",
        "yanchor": "middle",
        "align": "left",
        "showarrow": False,
        "text": label.text,
        "font": {"size": _LETTERS, "color": label.color},
        **({"hovertext": label.whole} if label.whole else {}),
    }
