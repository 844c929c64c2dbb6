"""How bright the images of each class are: one dot per image, one line per class at the median."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.charts.rows import rows_layout
from explorer.charts.style import GROUNDS, Mode, faded, plain
from explorer.records import Floats

#: Most dots that a row shows; beyond, evenly spaced images stand for all.
DOTS = 150
#: Room at both ends of the axis, as a share of it.
_ROOM = 0.03


def brightness(means: Mapping[str, Floats], *, mode: Mode) -> go.Figure:
    """Return the figure; `means` holds for each class the mean intensity of its images, (m,), in [0, 1]."""
    names = list(means)
    ground = GROUNDS[mode]
    places = [(value, row + shift) for row, name in enumerate(names) for value, shift in _dots(means[name])]
    dots = {
        "type": "scatter",
        "x": [x for x, _ in places],
        "y": [y for _, y in places],
        "meta": "images",
        "mode": "markers",
        "marker": {"size": 4, "color": faded(ground.bar, 0.45), "line": {"width": 0}},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    layout = rows_layout(names, mode)
    layout["xaxis"] |= {"range": _span(means), "tickformat": ".2~f", "nticks": 6}
    return go.Figure([dots, _medians(means, ground.ink)], layout)


def _span(means: Mapping[str, Floats]) -> list[float]:
    """Return the tenths that enclose all values, and a little room so that no dot stands on the edge."""
    values = np.concatenate([np.array([0.5]) if not any(map(len, means.values())) else np.empty(0), *means.values()])
    low, high = math.floor(10 * values.min()) / 10, math.ceil(10 * values.max()) / 10
    room = _ROOM * max(high - low, 0.1)
    return [low - room, high + room]


def medians(means: Mapping[str, Floats]) -> dict[str, float]:
    """Return the median of each class that has images."""
    return {name: float(np.median(values)) for name, values in means.items() if len(values)}


def _dots(values: Floats) -> list[tuple[float, float]]:
    """Return (value, vertical shift) of at most DOTS images; the shifts are spread evenly, the same each time."""
    if not len(values):
        return []
    chosen = np.sort(values)[np.unique(np.linspace(0, len(values) - 1, DOTS).astype(int))]
    shifts = (np.arange(len(chosen)) * 0.618034) % 1.0 - 0.5
    return list(zip(chosen.tolist(), (0.5 * shifts).tolist(), strict=True))


def _medians(means: Mapping[str, Floats], color: str) -> dict[str, Any]:
    found = medians(means)
    rows = [(row, name) for row, name in enumerate(means) if name in found]
    return {
        "type": "scatter",
        "x": [found[name] for _, name in rows],
        "y": [row for row, _ in rows],
        "customdata": [plain(name) for _, name in rows],
        "meta": "medians",
        "mode": "markers",
        "marker": {"symbol": "line-ns", "size": 15, "color": color, "line": {"width": 2, "color": color}},
        "hovertemplate": "%{customdata}: median %{x:.2f}<extra></extra>",
    }
