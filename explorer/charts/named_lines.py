"""Shares over the steps of a course: a few lines, each with its name at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from explorer.charts.placing import spread
from explorer.charts.style import Hue, Mode, layout, plain

#: Room on the right for the names, size of their letters and height of a line of them, in px.
_RIGHT, _LETTERS, _LINE = 118, 13, 18
_TOP = 1.04


@dataclass(frozen=True)
class Line:
    """A named line of shares in 0 .. 1; None where there is nothing to show.

    intervals    (low, high) of each share that has one
    told         what is said of each point
    """

    name: str
    hue: Hue
    shares: Sequence[float | None]
    told: Sequence[str]
    marker: str = "circle"
    dash: str = "solid"
    intervals: Sequence[tuple[float, float] | None] = ()


def named_lines(
    lines: Sequence[Line], steps: Sequence[float], *, mode: Mode, height: int, axis: str, every: bool
) -> go.Figure:
    """Return the figure of lines over the same steps; `axis` names these, `every` marks each of them on the axis."""
    made = _layout(steps, mode, height, axis, every)
    made["annotations"] = _names(lines, made, mode)
    return go.Figure([_trace(line, steps, mode) for line in lines], made)


def _layout(steps: Sequence[float], mode: Mode, height: int, axis: str, every: bool) -> dict[str, Any]:
    made = layout(mode, height)
    room = 0.04 * (steps[-1] - steps[0]) if len(steps) > 1 else 0.5
    marks = list(steps) if every else sorted({steps[0], *(steps[len(steps) * part // 4 - 1] for part in (1, 2, 3, 4))})
    made["xaxis"] |= {
        "range": [steps[0] - room, steps[-1] + room],
        "tickvals": marks,
        "ticktext": [f"{each:,g}" for each in marks],
        "showgrid": False,
        "fixedrange": True,
    }
    made["xaxis"]["title"]["text"] = axis
    made["yaxis"] |= {"range": [0, _TOP], "tickformat": ".0%", "nticks": 6, "fixedrange": True}
    margin = {"l": 46, "r": _RIGHT, "t": 10, "b": 46}
    return made | {"margin": margin, "dragmode": False}


def _trace(line: Line, steps: Sequence[float], mode: Mode) -> dict[str, Any]:
    color = line.hue.line(mode)
    return {
        "type": "scatter",
        "x": list(steps),
        "y": list(line.shares),
        "customdata": [plain(each) for each in line.told],
        "name": plain(line.name),
        "mode": "lines+markers",
        "line": {"color": color, "width": 2.25, "dash": line.dash},
        "marker": {"symbol": line.marker, "size": 7, "color": color, "line": {"width": 0}},
        "error_y": _errors(line, color),
        "cliponaxis": False,
        "hovertemplate": "<b>%{fullData.name}</b><br>%{customdata}<extra></extra>",
        "showlegend": False,
    }


def _errors(line: Line, color: str) -> dict[str, Any]:
    """Return the bars of the intervals; a point without one has a bar of no length."""
    ends = [
        (0.0, 0.0) if share is None or interval is None else (share - interval[0], interval[1] - share)
        for share, interval in zip(line.shares, line.intervals, strict=False)
    ]
    below, above = [max(0.0, low) for low, _ in ends], [max(0.0, high) for _, high in ends]
    bars = {"type": "data", "symmetric": False, "array": above, "arrayminus": below}
    return {**bars, "visible": bool(ends), "color": color, "thickness": 1.5, "width": 3}


def _names(lines: Sequence[Line], made: dict[str, Any], mode: Mode) -> list[dict[str, Any]]:
    """Return the names beside the ends of the lines, moved apart where they would overlap."""
    ended = [(line, last) for line in lines if (last := _last(line)) is not None]
    per_unit = (made["height"] - made["margin"]["t"] - made["margin"]["b"]) / _TOP
    wanted = [last * per_unit for _, last in ended]
    centres = spread(wanted, [2 * _LINE] * len(wanted), 0.0, _TOP * per_unit + _LINE)
    return [
        {
            "xref": "paper",
            "x": 1,
            "y": min(_TOP, centre / per_unit),
            "xshift": 8,
            "xanchor": "left",
            "yanchor": "middle",
            "align": "left",
            "showarrow": False,
            "text": f"{plain(line.name)}<br>{last:.0%}".replace("%", "\u00a0%"),
            "font": {"size": _LETTERS, "color": line.hue.ink(mode)},
        }
        for (line, last), centre in zip(ended, centres, strict=True)
    ]


def _last(line: Line) -> float | None:
    return next((share for share in reversed(line.shares) if share is not None), None)
