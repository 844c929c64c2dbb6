"""Whether confidence can be believed: the share of right answers against the confidence that was stated, and how
often each confidence was."""

import math
from typing import Any

import plotly.graph_objects as go

from explorer.charts.style import BLUE, GROUNDS, Mode, faded, layout
from explorer.score_words import PERCENT
from explorer.statistics.calibration import SPREAD, Calibration

HEIGHT = 400
#: Share of the height that the bars take below the diagram.
_BARS = 0.14


def reliability(found: Calibration, *, mode: Mode) -> go.Figure:
    """Return a point per bin with its 95 % interval, the diagonal of honest confidence, and bars of all answers.

    What lies below the diagonal was stated too confidently. Both axes begin a little below what there is.
    """
    color = BLUE.line(mode)
    made = layout(mode, HEIGHT)
    left = _below(min(each.confidence for each in found.bins))
    bottom = _below(min(left, *(each.right.low for each in found.bins)))
    made["xaxis"] |= {"range": [left, 1.012], "tickformat": ".0%", "fixedrange": True, "nticks": 7, "anchor": "y2"}
    made["xaxis"] |= {"showgrid": False}
    made["xaxis"]["title"]["text"] = "Stated confidence"
    made["yaxis"] |= {"range": [bottom, 1.03], "tickformat": ".0%", "fixedrange": True, "domain": [_BARS + 0.05, 1]}
    made["yaxis"]["title"]["text"] = "Right answers"
    made["yaxis2"] = {"domain": [0, _BARS], "range": [0, max(found.spread)], "visible": False, "fixedrange": True}
    made["shapes"] = [_diagonal(max(left, bottom), mode)]
    words = (
        _said(0.03, 0.98, "less sure than it could be", "left", mode),
        _said(0.985, 0.3, "too sure", "right", mode),
    )
    made |= {"annotations": list(words), "margin": {"l": 60, "t": 14, "r": 14, "b": 50}, "dragmode": False}
    return go.Figure([_points(found, color), _bars(found, GROUNDS[mode].bar)], made)


def _below(value: float) -> float:
    """Return the next twentieth below a share, and a little less, so that a mark there is whole; not below 0."""
    return max(0.0, math.floor(value * 20 - 0.2) / 20) - 0.012


def _points(found: Calibration, color: str) -> dict[str, Any]:
    bins = found.bins
    return {
        "type": "scatter",
        "x": [each.confidence for each in bins],
        "y": [each.right.value for each in bins],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [max(0.0, each.right.high - each.right.value) for each in bins],
            "arrayminus": [max(0.0, each.right.value - each.right.low) for each in bins],
            "color": faded(color, 0.75),
            "thickness": 1.5,
            "width": 5,
        },
        "customdata": [
            [each.n, f"{100 * each.right.low:.0f} to {100 * each.right.high:.0f}{PERCENT}"] for each in bins
        ],
        "mode": "lines+markers",
        "line": {"color": color, "width": 2},
        "marker": {"size": 9, "color": color},
        "hovertemplate": "%{customdata[0]:,} answers, stated %{x:.0%}:<br>%{y:.0%} right "
        "(95 % interval %{customdata[1]})<extra></extra>",
    }


def _bars(found: Calibration, color: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [(place + 0.5) / SPREAD for place in range(SPREAD)],
        "y": list(found.spread),
        "yaxis": "y2",
        "width": 0.9 / SPREAD,
        "marker": {"color": color, "line": {"width": 0}},
        "customdata": [f"{100 * at // SPREAD} to {100 * (at + 1) // SPREAD}{PERCENT}" for at in range(SPREAD)],
        "hovertemplate": "stated %{customdata}:<br>%{y:,} answers<extra></extra>",
    }


def _diagonal(low: float, mode: Mode) -> dict[str, Any]:
    line = {"color": GROUNDS[mode].quiet, "width": 1.25, "dash": "dot"}
    return {"type": "line", "x0": low, "x1": 1, "y0": low, "y1": 1, "line": line, "layer": "below"}


def _said(x: float, y: float, text: str, side: str, mode: Mode) -> dict[str, Any]:
    font = {"size": 12, "color": GROUNDS[mode].quiet}
    return {
        "xref": "paper",
        "yref": "paper",
        "x": x,
        "y": y,
        "text": text,
        "showarrow": False,
        "xanchor": side,
        "font": font,
    }
