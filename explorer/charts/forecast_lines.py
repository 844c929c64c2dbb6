"""A forecast of a curve, drawn so that nobody takes it for a measurement: dashed, without a mark, and named."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from explorer.charts.cost_axis import Axis
from explorer.charts.style import GROUNDS, Look, Mode, faded, plain
from explorer.statistics.forecasts import FAR, SURE, Forecast

#: Name of the annotation; size of its letters, and how far from the line it stands, in px.
WORDS = "forecast"
_LETTERS, _AWAY = 12, 17
#: Places of each of the two stretches of a line.
_STEPS = 9
#: How strong the band and the line are where the forecast is drawn in full, and where it fades.
_BANDS, _LINES = (0.14, 0.06), (1.0, 0.4)

#: From a score and both ends of its band to both in words.
Tell = Callable[[float, float, float], tuple[str, str]]


def forecast_traces(
    found: Forecast, title: str, look: Look, mode: Mode, axis: Axis, tell: Tell
) -> list[dict[str, Any]]:
    """Return band and line up to `SURE` times the labels, and both once more, faded, up to `FAR` times."""
    last, color = float(found.n[-1]), look.hue.line(mode)
    stretches = [np.geomspace(last * first, last * end, _STEPS) for first, end in ((1.0, SURE), (SURE, FAR))]
    traces = []
    for n, band, line, kind in zip(stretches, _BANDS, _LINES, ("forecast", "forecast-far"), strict=True):
        middle, low, high = (each.tolist() for each in found.at(n.tolist()))
        x = [axis.place(each) for each in n.tolist()]
        told = [[f"{at:,.0f}", *tell(*each)] for at, *each in zip(n.tolist(), middle, low, high, strict=True)]
        traces += [
            _band(x, low, high, title, faded(color, band)),
            _line(x, middle, told, title, kind, faded(color, line) if line < 1 else color),
        ]
    return traces


def forecast_words(found: Forecast, look: Look, mode: Mode, axis: Axis, tell: Tell, *, above: bool) -> dict[str, Any]:
    """Return what is foretold where the line ends in full, as an annotation above or below it."""
    at = SURE * float(found.n[-1])
    score, low, high = (float(each[0]) for each in found.at([at]))
    return {
        "name": WORDS,
        "x": math.log10(axis.place(at)),
        "y": score,
        "yshift": _AWAY if above else -_AWAY,
        "xanchor": "center",
        "yanchor": "middle",
        "showarrow": False,
        "text": "forecast {} ({})".format(*tell(score, low, high)),
        "bgcolor": faded(GROUNDS[mode].paper, 0.85),
        "borderpad": 2,
        "font": {"size": _LETTERS, "color": look.hue.ink(mode)},
    }


def _band(x: list[float], low: list[float], high: list[float], title: str, color: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [*x, *reversed(x)],
        "y": [*high, *reversed(low)],
        "name": f"{plain(title)}, band of the forecast",
        "meta": "band",
        "mode": "lines",
        "line": {"width": 0, "color": color},
        "fill": "toself",
        "fillcolor": color,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _line(x: list[float], y: list[float], told: list[list[str]], title: str, kind: str, color: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "customdata": told,
        "name": f"{plain(title)}, forecast",
        "meta": kind,
        "mode": "lines",
        "line": {"color": color, "width": 2, "dash": "dash"},
        "hovertemplate": "Forecast, no measurement<br><b>%{fullData.name}</b><br>%{customdata[0]} labelled examples: "
        "%{customdata[1]}<br>nominal 90 % band %{customdata[2]}<extra></extra>",
        "showlegend": False,
    }
