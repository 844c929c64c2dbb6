"""The traces of label curves: seeds as small points, their mean as a line, the 95 % interval as a band."""

from collections.abc import Iterator, Sequence
from typing import Any

from explorer.charts.cost_axis import Against, Axis
from explorer.charts.drawing import Drawing
from explorer.charts.style import GROUNDS, Mode, faded, plain
from explorer.score_words import score_shown, sure_shown
from explorer.statistics.curves import Curve, CurvePoint

#: Distance of the seeds' points of neighbouring arms, in decades of labelled examples.
_DODGE = 0.012


def curve_traces(drawing: Drawing, mode: Mode) -> list[dict[str, Any]]:
    """Return all traces of all curves: what is less of a finding stands below what is more."""
    middle = (len(drawing.drawn) - 1) / 2
    return [
        *(_band(curve, drawing, mode) for curve in drawing.drawn),
        *(_seeds(curve, drawing, mode, (at - middle) * _DODGE) for at, curve in enumerate(drawing.drawn)),
        *(_line(curve, drawing, mode) for curve in drawing.drawn),
        *(trace for curve in drawing.drawn for trace in _above(curve, drawing, mode)),
    ]


def _color(curve: Curve, drawing: Drawing, mode: Mode) -> str:
    return drawing.looks[curve.arm].hue.line(mode)


def _x(points: Sequence[CurvePoint], axis: Axis) -> list[float]:
    return [axis.x(point) for point in points]


def _band(curve: Curve, drawing: Drawing, mode: Mode) -> dict[str, Any]:
    color = _color(curve, drawing, mode)
    return {
        "type": "scatter",
        "x": _x([*curve.points, *reversed(curve.points)], drawing.axis),
        "y": [point.high for point in curve.points] + [point.low for point in reversed(curve.points)],
        "name": f"{plain(curve.title)}, 95 % interval",
        "meta": "band",
        "mode": "lines",
        "line": {"width": 0, "color": faded(color, 0)},
        "fill": "toself",
        "fillcolor": faded(color, 0.14),
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _seeds(curve: Curve, drawing: Drawing, mode: Mode, shift: float) -> dict[str, Any]:
    """Return the points of the seeds, `shift` decades beside their mean, so that those of neighbours can be seen."""
    title, metric = plain(curve.title), drawing.metric
    trials = [
        (point, seed, value) for point in curve.points for seed, value in zip(point.seeds, point.values, strict=True)
    ]
    color = faded(_color(curve, drawing, mode), 0.5)
    return {
        "type": "scatter",
        "x": [drawing.axis.x(point) * 10**shift for point, _, _ in trials],
        "y": [value for _, _, value in trials],
        "customdata": [[point.n_labeled, seed, score_shown(value, metric), title] for point, seed, value in trials],
        "name": f"{title}, seeds",
        "meta": "seeds",
        "mode": "markers",
        "marker": {"symbol": "circle", "size": 5, "color": color, "line": {"width": 0}},
        "hovertemplate": "%{customdata[3]}<br>%{customdata[0]:.0f} labelled examples, seed %{customdata[1]}: "
        "%{customdata[2]}<extra></extra>",
        "showlegend": False,
    }


def _line(curve: Curve, drawing: Drawing, mode: Mode) -> dict[str, Any]:
    look, color = drawing.looks[curve.arm], _color(curve, drawing, mode)
    fills = [color if len(point.seeds) >= drawing.seeds else GROUNDS[mode].paper for point in curve.points]
    return {
        "type": "scatter",
        "x": _x(curve.points, drawing.axis),
        "y": [point.mean for point in curve.points],
        "customdata": [_told(point, drawing) for point in curve.points],
        "name": plain(curve.title),
        "meta": "mean",
        "mode": "lines+markers",
        "line": {"color": color, "width": 2.25, "dash": look.dash},
        "marker": {"symbol": look.marker, "size": 9, "color": fills, "line": {"color": color, "width": 1.75}},
        "hovertemplate": _hover(drawing.axis),
        "showlegend": True,
    }


def _above(curve: Curve, drawing: Drawing, mode: Mode) -> Iterator[dict[str, Any]]:
    """Yield marks at the upper end of the plot for the means that lie above it, at most one trace of them."""
    cut = [point for point in curve.points if point.mean > drawing.high]
    if cut:
        color = _color(curve, drawing, mode)
        yield {
            "type": "scatter",
            "x": _x(cut, drawing.axis),
            "y": [drawing.high] * len(cut),
            "customdata": [_told(point, drawing) for point in cut],
            "name": f"{plain(curve.title)}, above the axis",
            "meta": "above",
            "mode": "markers",
            "marker": {"symbol": "triangle-up", "size": 10, "color": color, "line": {"width": 0}},
            "cliponaxis": False,
            "hovertemplate": _hover(drawing.axis),
            "showlegend": False,
        }


# ---- what is told of a point to those who move over it ---------------------------------------------------------


def _told(point: CurvePoint, drawing: Drawing) -> list[str]:
    count, cost = len(point.seeds), drawing.axis.cost(point)
    return [
        f"{point.n_labeled:.0f}",
        score_shown(point.mean, drawing.metric),
        sure_shown(point.low, point.high, drawing.metric),
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
