"""How the loss of a network fell while it was taught."""

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.charts.style import BLUE, Mode, layout


def loss_curve(losses: Sequence[float], steps: int, *, mode: Mode, height: int, name: str) -> go.Figure:
    """Return the figure of mean losses over equal parts of so many steps; `name` says what they are, and their unit."""
    part = steps / len(losses)
    made = layout(mode, height)
    made["xaxis"] |= {"range": [0, steps], "nticks": 6, "rangemode": "tozero"}
    made["xaxis"]["title"] = {**made["xaxis"]["title"], "text": "steps"}
    made["yaxis"] |= {"nticks": 5, "fixedrange": True}
    made["xaxis"]["fixedrange"] = True
    made["yaxis"]["title"] = {**made["yaxis"]["title"], "text": name}
    made |= {"margin": {"l": 58, "r": 14, "t": 10, "b": 44}, "dragmode": False}
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": [(at + 0.5) * part for at in range(len(losses))],
        "y": list(losses),
        "line": {"color": BLUE.line(mode), "width": 2.5},
        "hovertemplate": "%{y:.3g} at step %{x:.0f}<extra></extra>",
    }
    return go.Figure([line], made)
