"""A map of images: one point each, coloured by the kind that it is of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from explorer.charts.rows import short
from explorer.charts.style import GROUNDS, HUES, Mode, faded, heading, layout, plain
from explorer.records import Floats, Ints

#: Markers, and how much larger than a circle each is drawn to look as large.
_MARKERS = {"circle": 1.0, "square": 0.95, "diamond": 1.15, "triangle-up": 1.35, "cross": 1.15, "triangle-down": 1.35}
#: Kinds that are told apart; of more, the smallest ones together are grey.
KINDS = 10
#: Room at each side of the points, as a share of their extent.
_ROOM = 0.04


@dataclass(frozen=True, eq=False)
class Kind:
    """The points, (m,) of their numbers, of one kind; `quiet` ones are grey and lie below all others."""

    name: str
    members: Ints
    quiet: bool = False


def feature_map(
    points: Floats, kinds: Sequence[Kind], *, mode: Mode, height: int, axes: tuple[str, str] = ("", ""), title: str = ""
) -> go.Figure:
    """Return the figure of points (n, 2).

    axes    what the two directions are; empty where they mean nothing by themselves

    Every point knows its number, as `customdata`, by which a picture of it is found.
    """
    made = layout(mode, height)
    made["margin"] = {"l": 30 if axes[1] else 12, "r": 12, "t": 34 if title else 10, "b": 34 if axes[0] else 12}
    for axis, name, column in (("xaxis", axes[0], 0), ("yaxis", axes[1], 1)):
        made[axis] |= {"showticklabels": False, "showgrid": False, "ticks": "", "range": _span(points, column)}
        made[axis]["showline"] = bool(name)
        made[axis]["title"] = {**made[axis]["title"], "text": name}
    made |= {"showlegend": True, "title": heading(title, mode)}
    made["legend"] |= {"x": 1.01, "y": 1, "xanchor": "left", "yanchor": "top", "itemsizing": "constant"}
    named = enumerate(zip(kinds, short([kind.name for kind in kinds]), strict=True))
    ordered = sorted(named, key=lambda each: not each[1][0].quiet)
    traces = [_points(points, kind, name, place, mode) for place, (kind, name) in ordered]
    return go.Figure(traces, made)


def _points(points: Floats, kind: Kind, name: str, place: int, mode: Mode) -> dict[str, Any]:
    ground = GROUNDS[mode]
    color = faded(ground.quiet, 0.45) if kind.quiet else HUES[place % len(HUES)].line(mode)
    marker = "circle" if kind.quiet else list(_MARKERS)[(place % len(HUES) + place // len(HUES)) % len(_MARKERS)]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [round(float(x), 4) for x in points[kind.members, 0]],
        "y": [round(float(y), 4) for y in points[kind.members, 1]],
        "customdata": kind.members.tolist(),
        "name": plain(f"{name} · {len(kind.members):,}"),
        "marker": {"color": color, "symbol": marker, "size": _size(len(points)) * _MARKERS[marker],
                   "line": {"width": 0.5, "color": ground.paper}},
        "hoverinfo": "none",
        "legendrank": 1000 + place + (1000 if kind.quiet else 0),
    }  # fmt: skip


def _size(n: int) -> float:
    """Return the size of a point in px: smaller where there are many."""
    return 9.0 if n <= 300 else 7.0 if n <= 1000 else 5.5


def _span(points: Floats, column: int) -> list[float]:
    low, high = float(points[:, column].min()), float(points[:, column].max())
    room = _ROOM * max(high - low, 1e-6)
    return [low - room, high + room]
