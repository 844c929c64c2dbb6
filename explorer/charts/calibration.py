"""How well hidden pixels are predicted at each strength of a denoiser, with the strength that was chosen."""

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from explorer.charts.style import GROUNDS, HUES, Mode, heading, layout

#: Curves that are told apart; those of further channels are left out, and the title says so.
MOST = len(HUES)
#: Characters of a line below the axis, for it must fit a telephone.
LINE = 36
#: Names of curves in a row of the legend, and its height in px.
_IN_A_ROW, _ROW = 3, 20


@dataclass(frozen=True)
class Words:
    """What the figure says: its title, axes, the mark of the choice, and the line that noise alone would reach.

    channel    names a curve where there are several, with {n} for its number
    first      follows the title where curves are left out, with {shown} of {n} channels
    """

    title: str
    strength: str
    loss: str
    chosen: str
    floor: str
    channel: str
    first: str


def calibration(curves: Sequence[Mapping[str, Any]], *, words: Words, mode: Mode, height: int) -> go.Figure:
    """Return the figure of curves as `Curve.told` gives them: strengths, losses, chosen (0 = none), noise_variance."""
    shown = curves[:MOST]
    made = layout(mode, height)
    left_out = words.first.format(shown=len(shown), n=len(curves)) if len(curves) > len(shown) else ""
    made["title"] = heading(f"{words.title}{left_out}", mode)
    strengths = shown[0]["strengths"]
    made["xaxis"] |= {"type": "log", "tickvals": _marks(strengths), "fixedrange": True, "showgrid": False}
    made["xaxis"] |= {"ticktext": [f"{each:.2g}" for each in _marks(strengths)]}
    lines = textwrap.wrap(words.strength, LINE)
    made["xaxis"]["title"] |= {"text": "<br>".join(lines)}
    made["yaxis"] |= {"fixedrange": True, "range": _span(shown), "tickformat": ".2~g", "nticks": 5}
    made["yaxis"]["title"] |= {"text": words.loss}
    rows = math.ceil(((len(shown) if len(shown) > 1 else 0) + 2) / _IN_A_ROW)
    made["margin"] = {"l": 66, "r": 16, "t": 34, "b": 62 + 16 * (len(lines) - 1) + _ROW * rows}
    made |= {"dragmode": False, "showlegend": True}
    made["legend"] |= {"orientation": "h", "x": 0, "y": 0, "yref": "container", "xanchor": "left", "yanchor": "bottom"}
    traces = [trace for number, curve in enumerate(shown) for trace in _traces(curve, number, len(shown), words, mode)]
    return go.Figure(traces, made)


def _span(curves: Sequence[Mapping[str, Any]]) -> list[float]:
    """Return a range that holds all losses and what noise alone would reach, with room for the mark of the choice."""
    values = [value for each in curves for value in (*each["losses"], each["noise_variance"])]
    room = 0.15 * (max(values) - min(values)) or 0.1 * max(values) or 1.0
    return [min(values) - room, max(values) + room]


def _marks(strengths: Sequence[float]) -> list[float]:
    """Return up to six of the strengths, evenly spaced, the first and the last among them."""
    last = len(strengths) - 1
    count = min(6, len(strengths))
    places = {round(at * last / max(1, count - 1)) for at in range(count)}
    return [strengths[place] for place in sorted(places)]


def _traces(curve: Mapping[str, Any], number: int, of: int, words: Words, mode: Mode) -> list[dict[str, Any]]:
    color = HUES[number].line(mode)
    name = words.channel.format(n=number + 1) if of > 1 else words.loss
    line = {
        "type": "scatter",
        "x": list(curve["strengths"]),
        "y": list(curve["losses"]),
        "name": name,
        "mode": "lines+markers",
        "showlegend": of > 1,
        "line": {"color": color, "width": 2.2},
        "marker": {"color": color, "size": 6},
        "hovertemplate": "%{x:g}: %{y:.3g}<extra></extra>",
    }
    floor = _floor(curve, number, color if of > 1 else GROUNDS[mode].quiet, words)
    return [line, floor, *([_chosen(curve, number, words, mode)] if curve["chosen"] else [])]


def _floor(curve: Mapping[str, Any], number: int, color: str, words: Words) -> dict[str, Any]:
    ends = [curve["strengths"][0], curve["strengths"][-1]]
    return {
        "type": "scatter",
        "x": ends,
        "y": [curve["noise_variance"]] * 2,
        "name": words.floor,
        "mode": "lines",
        "line": {"color": color, "width": 1.4, "dash": "dot"},
        "showlegend": number == 0,
        "hovertemplate": "%{y:.3g}<extra></extra>",
    }


def _chosen(curve: Mapping[str, Any], number: int, words: Words, mode: Mode) -> dict[str, Any]:
    at = list(curve["strengths"]).index(curve["chosen"])
    ground = GROUNDS[mode]
    return {
        "type": "scatter",
        "x": [curve["chosen"]],
        "y": [curve["losses"][at]],
        "name": words.chosen,
        "mode": "markers",
        "marker": {"symbol": "circle-open", "size": 15, "color": ground.ink, "line": {"width": 2, "color": ground.ink}},
        "showlegend": number == 0,
        "hoverinfo": "skip",
    }
