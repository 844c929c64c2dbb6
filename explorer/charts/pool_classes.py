"""Class by class: its share among the labelled images, among what is believed of the pool, and in truth."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from explorer.charts.rows import rows_height, rows_layout
from explorer.charts.style import BLUE, GROUNDS, Mode, plain

#: Height of the key above the rows, in px.
_KEY = 30


def classes_height(classes: int) -> int:
    """Return the height in px of the figure of so many classes."""
    return rows_height(classes) + _KEY


def pool_classes(
    names: Sequence[str],
    prior: Sequence[float],
    believed: Sequence[float],
    truth: Sequence[float] | None,
    *,
    mode: Mode,
) -> go.Figure:
    """Return one row per class; all shares are in 0 .. 1 and sum to 1, `truth` is None where it is not known."""
    ground, rows = GROUNDS[mode], list(range(len(names)))
    open_dot = {"symbol": "circle-open", "size": 10, "color": ground.ink, "line": {"color": ground.ink, "width": 1.75}}
    full_dot = {"symbol": "circle", "size": 10, "color": BLUE.line(mode), "line": {"width": 0}}
    tick = {"symbol": "line-ns", "size": 14, "color": ground.quiet, "line": {"color": ground.quiet, "width": 2}}
    traces = [
        _joins(rows, prior, believed, ground.axis),
        *([] if truth is None else [_dots(names, truth, "in truth", tick)]),
        _dots(names, prior, "labelled", open_dot),
        _dots(names, believed, "believed", full_dot),
    ]
    return go.Figure(traces, _layout(names, max([*prior, *believed, *(truth or ())]), mode, truth=truth is not None))


def _layout(names: Sequence[str], highest: float, mode: Mode, *, truth: bool) -> dict[str, Any]:
    made = rows_layout(names, mode)
    made["xaxis"] |= {"range": [-0.01, highest * 1.08 + 0.01], "tickformat": ".0%", "nticks": 6}
    made["annotations"] = [_key(mode, truth=truth)]
    margin = made["margin"] | {"t": _KEY}
    return made | {"height": classes_height(len(names)), "margin": margin}


def _key(mode: Mode, *, truth: bool) -> dict[str, Any]:
    """Return the key: one line over the rows, which a legend of Plotly would break where the figure is narrow."""
    ground = GROUNDS[mode]
    signs = [("○", ground.ink, "labelled"), ("●", BLUE.line(mode), "believed"), ("❙", ground.quiet, "in truth")]
    shown = signs if truth else signs[:2]
    return {
        "xref": "paper",
        "x": 0,
        "xshift": -112,
        "xanchor": "left",
        "yref": "paper",
        "y": 1,
        "yshift": 6,
        "yanchor": "bottom",
        "showarrow": False,
        "text": "\u2003".join(f'<span style="color:{color}">{sign}</span>\u00a0{word}' for sign, color, word in shown),
        "font": {"size": 12, "color": ground.ink},
    }


def _joins(rows: Sequence[int], one: Sequence[float], other: Sequence[float], color: str) -> dict[str, Any]:
    """Return a quiet line between the two shares of each class."""
    return {
        "type": "scatter",
        "x": [x for pair in zip(one, other, strict=True) for x in (*pair, None)],
        "y": [y for row in rows for y in (row, row, None)],
        "meta": "joins",
        "mode": "lines",
        "line": {"color": color, "width": 2},
        "hoverinfo": "skip",
    }


def _dots(names: Sequence[str], shares: Sequence[float], name: str, marker: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": list(shares),
        "y": list(range(len(names))),
        "customdata": [plain(each) for each in names],
        "name": name,
        "mode": "markers",
        "marker": marker,
        "cliponaxis": False,
        "hovertemplate": "%{customdata}, " + name + ": %{x:.1%}<extra></extra>",
    }
