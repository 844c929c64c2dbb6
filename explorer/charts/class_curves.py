"""Class by class: a small plot each, all with the same axes, of how much of the class one arm recognises.

Small multiples (Tufte 1983, The Visual Display of Quantitative Information): a class that lags behind, or still rises,
is found at a glance, and no line has to be looked up.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from explorer.charts.label_axis import Tick, log_range
from explorer.charts.placing import shortened, width
from explorer.charts.style import GROUNDS, Look, Mode, faded, heading, layout, plain
from explorer.statistics.curves import Curve

#: Most plots in a row, and the width of a row in px for which names and numbers are fitted.
_MOST, _ROW = 5, 1040
#: Height of a plot in px, in a single row and in one of several, and of the words above it.
_TALL, _LOW, _HEAD = 190, 112, 44
#: Room around all plots, and between two beside each other, in px.
_TOP, _BOTTOM, _LEFT, _RIGHT, _BETWEEN = 30, 56, 46, 14, 22
#: The least width of a plot that can be read, in px: a narrower page scrolls the figure.
_NARROW = 150
#: Letters of names and scores, of what stands below them, and of the numbers of axes, in px.
_NAME, _MORE, _NUMBERS = 13, 11, 11
#: Upper end of the axes: marks at 1 are whole.
_END = 1.05
#: Fewest signs of a name.
_LEAST = 8


@dataclass(frozen=True)
class Panel:
    """The plot of one class.

    curve    its recall; without points where nobody judged it
    score    the last recall in words, and `sure` its interval
    note     what else is to be known of the class, in a few words; empty where nothing
    told     what is said of each point
    """

    name: str
    curve: Curve
    score: str
    sure: str
    note: str
    told: tuple[str, ...]


@dataclass(frozen=True)
class _Place:
    """Where a plot stands: its ends in parts of the whole, and whether it is the first of its row, or has none below.

    name    what its axes are called, after "x" or "y"
    """

    name: str
    left: float
    right: float
    bottom: float
    top: float
    first: bool
    lowest: bool


def class_curves_height(classes: int) -> int:
    """Return the height in px of the figure of so many classes."""
    rows, _ = _shape(classes)
    return _TOP + _BOTTOM + rows * (_HEAD + _plot_height(rows))


def class_curves(
    panels: Sequence[Panel], mean: Curve, *, mode: Mode, look: Look, ticks: Sequence[Tick], seeds: int, title: str
) -> go.Figure:
    """Return the figure of one panel or more, row by row in their order.

    mean     curve of the mean over the classes, dotted in every plot
    look     of the arm
    ticks    the budgets, on a logarithmic axis that all plots share
    seeds    planned number of seeds; a mean over fewer is drawn hollow
    title    what is drawn
    """
    places = _places(len(panels))
    made = layout(mode, class_curves_height(len(panels)))
    numbers = _numbers(ticks, _wide(places[0]))
    axes = {axis: each for place in places for axis, each in _axes(place, ticks, numbers, made).items()}
    names = shortened([panel.name for panel in panels], _fitting(panels, _wide(places[0])))
    made["annotations"] = [
        _axis_title(mode),
        *(
            words
            for panel, name, place in zip(panels, names, places, strict=True)
            for words in _words(panel, name, place, mode)
        ),
    ]
    traces = [
        trace
        for panel, place in zip(panels, places, strict=True)
        for trace in (*_reference(mean, place, mode), *_curve(panel, place, look, mode, seeds))
    ]
    made["margin"] = {"l": _LEFT, "r": _RIGHT, "t": _TOP, "b": _BOTTOM}
    made["meta"] = {"least": _LEFT + _RIGHT + _NARROW * _shape(len(panels))[1]}
    return go.Figure(traces, made | axes | {"title": heading(title, mode), "dragmode": False})


# ---- places ----------------------------------------------------------------------------------------------------


def _shape(classes: int) -> tuple[int, int]:
    """Return in how many rows and columns so many plots stand, the rows as equal as can be."""
    rows = math.ceil(classes / _MOST)
    return rows, math.ceil(classes / rows)


def _plot_height(rows: int) -> int:
    return _TALL if rows == 1 else _LOW


def _places(classes: int) -> list[_Place]:
    rows, columns = _shape(classes)
    whole = rows * (_HEAD + _plot_height(rows))
    gap = _BETWEEN / _ROW
    wide, high = (1 - gap * (columns - 1)) / columns, _plot_height(rows) / whole
    found = []
    for number in range(classes):
        row, column = divmod(number, columns)
        left, top = column * (wide + gap), 1 - (row * (_HEAD + _plot_height(rows)) + _HEAD) / whole
        name = str(number + 1) if number else ""
        ends = (left, left + wide, max(0.0, top - high), top)
        found.append(_Place(name, *ends, first=column == 0, lowest=number + columns >= classes))
    return found


def _wide(place: _Place) -> float:
    """Return how wide a plot is, in px."""
    return (place.right - place.left) * _ROW


def _axes(place: _Place, ticks: Sequence[Tick], numbers: Sequence[str], made: Mapping[str, Any]) -> dict[str, Any]:
    quiet = made["xaxis"] | {"tickfont": made["xaxis"]["tickfont"] | {"size": _NUMBERS}, "fixedrange": True}
    across = quiet | {
        "type": "log",
        "range": log_range(ticks),
        "tickmode": "array",
        "tickvals": [tick.at for tick in ticks],
        "ticktext": list(numbers),
        "tickangle": 0,
        "showgrid": False,
        "showticklabels": place.lowest,
        "ticks": "outside",
        "ticklen": 4,
        "domain": [place.left, place.right],
        "anchor": f"y{place.name}",
    }
    up = quiet | {
        "range": [0, _END],
        "tickvals": [0, 0.5, 1],
        "tickformat": ".0%",
        "showticklabels": place.first,
        "domain": [place.bottom, place.top],
        "anchor": f"x{place.name}",
    }
    return {f"xaxis{place.name}": across, f"yaxis{place.name}": up}


def _numbers(ticks: Sequence[Tick], room: float) -> list[str]:
    """Return the numbers of the budgets, empty where one would meet the number before it, or the last one."""
    low, high = log_range(ticks)
    texts = [f"{tick.at:,.0f}" for tick in ticks]
    halves = [(width(text) + 0.8) * _NUMBERS / 2 for text in texts]
    at = [(math.log10(tick.at) - low) / (high - low) * room for tick in ticks]
    free = -math.inf
    shown: list[str] = []
    for text, place, half in zip(texts[:-1], at, halves, strict=False):
        fits = place - half >= free and place + half <= at[-1] - halves[-1]
        shown.append(text if fits else "")
        free = place + half if fits else free
    return [*shown, *texts[-1:]]


# ---- words -----------------------------------------------------------------------------------------------------


def _fitting(panels: Sequence[Panel], room: float) -> int:
    """Return how many signs of a name stand beside the widest score."""
    score = max(width(panel.score) for panel in panels)
    each = max(width(panel.name) / max(1, len(panel.name)) for panel in panels)
    return max(_LEAST, math.floor((room / _NAME - score - 1) / each))


def _axis_title(mode: Mode) -> dict[str, Any]:
    font = {"size": _NAME, "color": GROUNDS[mode].quiet}
    place = {"xref": "paper", "x": 0.5, "yref": "paper", "y": 0, "yanchor": "top", "yshift": -26}
    return {"text": "Labelled examples (logarithmic)", "font": font, "showarrow": False, **place}


def _words(panel: Panel, name: str, place: _Place, mode: Mode) -> Iterator[dict[str, Any]]:
    """Yield what stands above a plot: name and score, and below them what else is known and how sure the score is."""
    ground = GROUNDS[mode]
    upper, lower = {"size": _NAME, "color": ground.ink}, {"size": _MORE, "color": ground.quiet}
    left, right = {"x": place.left, "xanchor": "left"}, {"x": place.right, "xanchor": "right"}
    whole = {} if name == panel.name else {"hovertext": plain(panel.name)}
    for text, side, font, up, more in (
        (f"<b>{plain(name)}</b>", left, upper, _MORE + 8, whole),
        (plain(panel.score), right, upper, _MORE + 8, {}),
        (plain(panel.note), left, lower, 3, {}),
        (plain(panel.sure), right, lower, 3, {}),
    ):
        if text:
            where = {"xref": "paper", "yref": "paper", "y": place.top, "yanchor": "bottom", "yshift": up}
            yield {"text": text, "font": font, "showarrow": False, **side, **where, **more}


# ---- traces ----------------------------------------------------------------------------------------------------


def _on(place: _Place) -> dict[str, Any]:
    return {"type": "scatter", "xaxis": f"x{place.name}", "yaxis": f"y{place.name}", "showlegend": False}


def _reference(mean: Curve, place: _Place, mode: Mode) -> Iterator[dict[str, Any]]:
    yield {
        **_on(place),
        "x": [point.n_labeled for point in mean.points],
        "y": [point.mean for point in mean.points],
        "name": "mean over the classes",
        "meta": "reference",
        "mode": "lines",
        "line": {"color": GROUNDS[mode].quiet, "width": 1.25, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _curve(panel: Panel, place: _Place, look: Look, mode: Mode, seeds: int) -> Iterator[dict[str, Any]]:
    """Yield band and line of a class; nothing where it has no points."""
    points, color = panel.curve.points, look.hue.line(mode)
    if not points:
        return
    x = [point.n_labeled for point in points]
    yield {
        **_on(place),
        "x": [*x, *reversed(x)],
        "y": [point.high for point in points] + [point.low for point in reversed(points)],
        "name": f"{plain(panel.name)}, 95 % interval",
        "meta": "band",
        "mode": "lines",
        "line": {"width": 0, "color": faded(color, 0)},
        "fill": "toself",
        "fillcolor": faded(color, 0.18),
        "hoverinfo": "skip",
    }
    fills = [color if len(point.seeds) >= seeds else GROUNDS[mode].paper for point in points]
    yield {
        **_on(place),
        "x": x,
        "y": [point.mean for point in points],
        "customdata": [plain(each) for each in panel.told],
        "name": plain(panel.name),
        "meta": "mean",
        "mode": "lines+markers",
        "line": {"color": color, "width": 2, "dash": look.dash},
        "marker": {"symbol": look.marker, "size": 7, "color": fills, "line": {"color": color, "width": 1.5}},
        "cliponaxis": False,
        "hovertemplate": "<b>%{fullData.name}</b><br>%{customdata}<extra></extra>",
    }
