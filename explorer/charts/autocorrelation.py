"""How alike what a denoiser took away is to itself some pixels further, against what noise would leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from explorer.charts.style import BLUE, GROUNDS, VERMILLION, Mode, faded, heading, layout

#: How the two directions are drawn: colour, marker, dash.
_LOOKS = {"columns": (BLUE, "circle", "solid"), "rows": (VERMILLION, "square", "dash")}


@dataclass(frozen=True)
class Alike:
    """What the figure says: its title, its axes, and what the band is."""

    title: str
    distance: str
    value: str
    band: str


def autocorrelation(
    lags: Sequence[int],
    along: Mapping[str, Sequence[float]],
    expected: tuple[float, float],
    *,
    words: Alike,
    names: Mapping[str, str],
    mode: Mode,
    height: int,
) -> go.Figure:
    """Return the figure.

    lags        distances in pixels; `along` holds a correlation for each, in [-1, 1], by direction: columns and rows
    expected    lowest and highest correlation that passes for noise, drawn as a band
    names       what the directions are called
    """
    made = layout(mode, height)
    made["title"] = heading(words.title, mode)
    made["xaxis"] |= {"tickvals": list(lags), "range": [0.6, max(lags) + 0.4], "fixedrange": True, "showgrid": False}
    made["xaxis"]["title"] |= {"text": words.distance}
    made["yaxis"] |= {"range": _span(along, expected), "fixedrange": True, "tickformat": ".1~f", "nticks": 6}
    made["yaxis"]["title"] |= {"text": words.value}
    made["margin"] = {"l": 60, "r": 16, "t": 34, "b": 82}
    made |= {"shapes": [_band(expected, mode), _zero(mode)], "annotations": [_band_words(expected, words.band, mode)]}
    made |= {"showlegend": True, "dragmode": False}
    made["legend"] |= {"orientation": "h", "x": 0, "y": -0.27, "xanchor": "left", "yanchor": "top"}
    return go.Figure([_line(lags, along[name], name, names[name], mode) for name in along], made)


def _span(along: Mapping[str, Sequence[float]], expected: tuple[float, float]) -> list[float]:
    values = [*expected, 0.5, *(value for each in along.values() for value in each)]
    return [min(values) - 0.1, max(values) + 0.1]


def _line(lags: Sequence[int], values: Sequence[float], name: str, title: str, mode: Mode) -> dict[str, Any]:
    hue, marker, dash = _LOOKS[name]
    color = hue.line(mode)
    return {
        "type": "scatter",
        "x": list(lags),
        "y": list(values),
        "name": title,
        "mode": "lines+markers",
        "line": {"color": color, "width": 2.2, "dash": dash},
        "marker": {"color": color, "symbol": marker, "size": 8},
        "hovertemplate": "%{x} px: %{y:.2f}<extra></extra>",
        "cliponaxis": False,
    }


def _band(expected: tuple[float, float], mode: Mode) -> dict[str, Any]:
    fill = faded(GROUNDS[mode].bar, 0.14)
    return {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": expected[0], "y1": expected[1],
            "fillcolor": fill, "line": {"width": 0}, "layer": "below"}  # fmt: skip


def _zero(mode: Mode) -> dict[str, Any]:
    line = {"color": GROUNDS[mode].axis, "width": 1}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": line, "layer": "below"}


def _band_words(expected: tuple[float, float], words: str, mode: Mode) -> dict[str, Any]:
    font = {"size": 12, "color": GROUNDS[mode].quiet}
    return {"text": words, "xref": "paper", "x": 0.99, "xanchor": "right", "y": expected[0], "yanchor": "bottom",
            "showarrow": False, "font": font}  # fmt: skip
