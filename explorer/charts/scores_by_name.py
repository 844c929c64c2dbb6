"""A few scores with their intervals, one row each: a point on a line from end to end of the interval."""

import math
from collections.abc import Mapping

import plotly.graph_objects as go

from explorer.charts.rows import rows_layout
from explorer.charts.style import BLUE, GROUNDS, Mode


def scores_by_name(scores: Mapping[str, Mapping[str, float]], *, mode: Mode, chance: float | None = None) -> go.Figure:
    """Return the figure of scores, each with `score`, `low` and `high` in [0, 1], drawn in percent from the top.

    chance    score of guessing, drawn as a dotted line; None = not drawn
    """
    ground, color = GROUNDS[mode], BLUE.line(mode)
    rows = list(range(len(scores)))
    values = [100 * each["score"] for each in scores.values()]
    lows, highs = ([100 * each[end] for each in scores.values()] for end in ("low", "high"))
    points = {
        "type": "scatter",
        "x": values,
        "y": rows,
        "mode": "markers",
        "marker": {"color": color, "size": 9},
        "cliponaxis": False,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - value for high, value in zip(highs, values, strict=True)],
            "arrayminus": [value - low for low, value in zip(lows, values, strict=True)],
            "color": color,
            "thickness": 3,
            "width": 0,
        },
        "customdata": list(zip(lows, highs, strict=True)),
        "hovertemplate": "%{x:.1f} %, 95 % interval %{customdata[0]:.0f} to %{customdata[1]:.0f} %<extra></extra>",
    }
    words = {
        "type": "scatter",
        "x": highs,
        "y": rows,
        "mode": "text",
        "text": [f"  {value:.0f}\u00a0%" for value in values],
        "textposition": "middle right",
        "textfont": {"color": ground.ink, "size": 12},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    layout = rows_layout(list(scores), mode)
    start = 10 * math.floor(min([100 * (chance or 0.0), *lows]) / 10)
    layout["xaxis"] |= {"range": [start, 100 + (100 - start) * 0.12], "dtick": 10 if start >= 50 else 20, "tick0": 0}
    if chance is not None:
        layout["shapes"] = [{"type": "line", "x0": 100 * chance, "x1": 100 * chance, "yref": "paper", "y0": 0, "y1": 1,
                             "line": {"color": ground.quiet, "dash": "dot", "width": 1.5}}]  # fmt: skip
    return go.Figure([points, words], layout)
