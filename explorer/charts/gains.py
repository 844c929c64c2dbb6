"""What each arm gains on another: a row an arm, the difference with its interval, and what is said of it.

A forest plot (Lewis and Clarke 2001, doi:10.1136/bmj.322.7300.1479).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from explorer.charts.placing import shortened
from explorer.charts.style import GROUNDS, Look, Mode, faded, layout, looks, plain

#: Height of a row and of what stands around the rows, in px.
ROW, AROUND = 42, 62
#: Room for titles and for verdicts beside the plot, in px, and longest title in characters.
_LEFT, _RIGHT, _CHARACTERS = 205, 268, 28
#: The least width of a plot that can be read, in px: a narrower page scrolls the figure.
_NARROW = 160
#: Size of the letters of verdicts, in px.
_LETTERS = 12
#: Room beside the outermost interval, as a share of all of them.
_PAD = 0.06


@dataclass(frozen=True)
class Gain:
    """A row: an arm's score less the other's, with its interval, in the unit of the axis.

    told     the numbers in words, and `verdict` what they allow to say
    clear    whether the verdict is one; else the mark is hollow
    """

    arm: str
    title: str
    difference: float
    low: float
    high: float
    told: str
    verdict: str
    clear: bool


def gains_height(rows: int) -> int:
    """Return the height in px of the figure of so many rows."""
    return ROW * rows + AROUND


def gains(rows: Sequence[Gain], *, mode: Mode, axis: str, practical: float) -> go.Figure:
    """Return the figure; `axis` names the unit, and up to `practical` of it a difference is not worth acting on."""
    chosen = looks(row.arm for row in rows)
    made = _layout(rows, mode, axis)
    made["shapes"] = [_indifferent(practical, mode), _nothing(mode)]
    made["annotations"] = [_verdict(row, place, mode) for place, row in enumerate(rows)]
    return go.Figure([_trace(row, place, chosen[row.arm], mode) for place, row in enumerate(rows)], made)


def _layout(rows: Sequence[Gain], mode: Mode, axis: str) -> dict[str, Any]:
    made = layout(mode, gains_height(len(rows)))
    low, high = min(0.0, *(row.low for row in rows)), max(0.0, *(row.high for row in rows))
    pad = _PAD * (high - low)
    made["xaxis"] |= {"range": [low - pad, high + pad], "fixedrange": True, "nticks": 8, "zeroline": False}
    made["xaxis"]["title"]["text"] = axis
    made["yaxis"] |= {
        "range": [len(rows) - 0.5, -0.5],
        "tickvals": list(range(len(rows))),
        "ticktext": [plain(title) for title in shortened([row.title for row in rows], _CHARACTERS)],
        "showgrid": False,
        "showline": False,
        "ticks": "",
        "ticklabelstandoff": 6,
        "fixedrange": True,
    }
    made["meta"] = {"least": _LEFT + _RIGHT + _NARROW}
    return made | {"margin": {"l": _LEFT, "r": _RIGHT, "t": 6, "b": AROUND - 6}, "dragmode": False}


def _trace(row: Gain, place: int, look: Look, mode: Mode) -> dict[str, Any]:
    color = look.hue.line(mode)
    return {
        "type": "scatter",
        "x": [row.difference],
        "y": [place],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [max(0.0, row.high - row.difference)],
            "arrayminus": [max(0.0, row.difference - row.low)],
            "color": color,
            "thickness": 2,
            "width": 5,
        },
        "customdata": [[plain(row.told), plain(row.verdict)]],
        "name": plain(row.title),
        "mode": "markers",
        "marker": {
            "symbol": look.marker,
            "size": 11,
            "color": color if row.clear else GROUNDS[mode].paper,
            "line": {"color": color, "width": 1.75},
        },
        "hovertemplate": "<b>%{fullData.name}</b><br>%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        "showlegend": False,
    }


def _verdict(row: Gain, place: int, mode: Mode) -> dict[str, Any]:
    return {
        "xref": "paper",
        "x": 1,
        "y": place,
        "xshift": 10,
        "xanchor": "left",
        "yanchor": "middle",
        "align": "left",
        "showarrow": False,
        "text": f"{plain(row.told)}<br>{plain(row.verdict)}",
        "font": {"size": _LETTERS, "color": GROUNDS[mode].ink if row.clear else GROUNDS[mode].quiet},
    }


def _indifferent(practical: float, mode: Mode) -> dict[str, Any]:
    """Return the region of differences that are not worth acting on."""
    place = {"type": "rect", "x0": -practical, "x1": practical, "yref": "paper", "y0": 0, "y1": 1}
    return place | {"fillcolor": faded(GROUNDS[mode].quiet, 0.16), "line": {"width": 0}, "layer": "below"}


def _nothing(mode: Mode) -> dict[str, Any]:
    line = {"color": GROUNDS[mode].axis, "width": 1.25}
    return {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1, "line": line, "layer": "below"}
