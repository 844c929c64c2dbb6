"""A few scores with their intervals, one row each: a point on a line from end to end of the interval."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from explorer.charts.rows import rows_layout
from explorer.charts.style import BLUE, GROUNDS, Mode


def scores_by_name(scores: Mapping[str, Mapping[str, float]], *, mode: Mode, chance: float | None = None) -> go.Figure:
    """Return the figure of scores, each with `score`, `low` and `high` in [0, 1], drawn in percent from the top.

    chance    score of guessing, drawn as a dotted line; None = not drawn
    """
    ground = GROUNDS[mode]
    percent = [{end: 100 * value for end, value in each.items()} for each in scores.values()]
    made = rows_layout(list(scores), mode)
    start = 10 * math.floor(min([100 * (chance or 0.0), *(each["low"] for each in percent)]) / 10)
    made["xaxis"] |= {"range": [start, 100 + (100 - start) * 0.12], "dtick": 10 if start >= 50 else 20, "tick0": 0}
    if chance is not None:
        line = {"color": ground.quiet, "dash": "dot", "width": 1.5}
        ends = {"x0": 100 * chance, "x1": 100 * chance, "yref": "paper", "y0": 0, "y1": 1}
        made["shapes"] = [{"type": "line", "line": line, **ends}]
    return go.Figure([_points(percent, BLUE.line(mode)), _words(percent, ground.ink)], made)


def _points(percent: Sequence[Mapping[str, float]], color: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [each["score"] for each in percent],
        "y": list(range(len(percent))),
        "mode": "markers",
        "marker": {"color": color, "size": 9},
        "cliponaxis": False,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [each["high"] - each["score"] for each in percent],
            "arrayminus": [each["score"] - each["low"] for each in percent],
            "color": color,
            "thickness": 3,
            "width": 0,
        },
        "customdata": [[each["low"], each["high"]] for each in percent],
        "hovertemplate": "%{x:.1f} %, 95 % interval %{customdata[0]:.0f} to %{customdata[1]:.0f} %<extra></extra>",
    }


def _words(percent: Sequence[Mapping[str, float]], ink: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [each["high"] for each in percent],
        "y": list(range(len(percent))),
        "mode": "text",
        "text": [f"  {each['score']:.0f}\u00a0%" for each in percent],
        "textposition": "middle right",
        "textfont": {"color": ink, "size": 12},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
