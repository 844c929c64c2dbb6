"""The figure of the product: score against the number of labelled examples, or their cost, one curve per arm."""

import functools
from typing import Any

import plotly.graph_objects as go

from explorer.charts.curve_traces import curve_traces
from explorer.charts.drawing import Drawing
from explorer.charts.end_labels import annotation, end_labels, leaders
from explorer.charts.forecast_lines import forecast_traces, forecast_words
from explorer.charts.label_axis import LEFT, RIGHT
from explorer.charts.saving_arrow import arrow_traces, arrow_words
from explorer.charts.style import GROUNDS, Mode, heading, layout
from explorer.score_words import interval_shown, score_shown, titled
from explorer.scores import Metric

#: In so much of the score axis from its foot on there is no room for words below an arrow.
_CRAMPED = 0.12


def label_curves(drawing: Drawing, *, mode: Mode, height: int = 400, revision: str = "") -> go.Figure:
    """Return the figure of a drawing, `height` px high.

    revision   zoom and pan survive a redraw while this text stays the same
    """
    made = _layout(drawing, mode, height)
    labels = end_labels(drawing, mode, height - made["margin"]["t"] - made["margin"]["b"])
    ahead, foretold = _forecasts(drawing, mode)
    traces = [
        *ahead,
        *curve_traces(drawing, mode),
        *([] if drawing.arrow is None else arrow_traces(drawing.arrow, mode)),
        *leaders(labels, drawing),
    ]
    made["annotations"] = [*(annotation(label, drawing.high) for label in labels), *_saved(drawing, mode), *foretold]
    made["shapes"] = [] if drawing.chance is None else [_chance_line(drawing.chance, mode)]
    title = heading(_title(drawing), mode)
    return go.Figure(traces, made | {"title": title, "uirevision": revision or drawing.metric.name})


def _title(drawing: Drawing) -> str:
    """Return what is drawn; where forecasts go on behind the curves, also where the scores named were measured."""
    title = titled(drawing.metric) + ("; ▲ above the axis" if drawing.is_cut else "")
    if not drawing.foretold:
        return title
    last = max((each.points[-1] for each in drawing.drawn), key=lambda point: point.n_labeled)
    return f"{title}; named scores: measured {drawing.axis.end(last)}"


def _saved(drawing: Drawing, mode: Mode) -> list[dict[str, Any]]:
    """Return the words of the arrow, if there is one."""
    arrow, ends = drawing.arrow, drawing.axis.ends
    return [] if arrow is None else [arrow_words(arrow, mode, ends, above=arrow.score < _CRAMPED * drawing.high)]


def _forecasts(drawing: Drawing, mode: Mode) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the traces of the forecasts of curves, and their words: above the highest curve, below the others."""
    tell = functools.partial(_foretold, metric=drawing.metric)
    highest = max(drawing.foretold, key=lambda each: each.points[-1].mean, default=None)
    traces, notes = [], []
    for curve in drawing.foretold:
        found, look = drawing.forecasts[curve.arm], drawing.looks[curve.arm]
        traces += forecast_traces(found, curve.title, look, mode, drawing.axis, tell)
        notes.append(forecast_words(found, look, mode, drawing.axis, tell, above=curve is highest))
    return traces, notes


def _foretold(score: float, low: float, high: float, metric: Metric) -> tuple[str, str]:
    return score_shown(score, metric), interval_shown(low, high, metric)


# ---- axes ------------------------------------------------------------------------------------------------------


def _layout(drawing: Drawing, mode: Mode, height: int) -> dict[str, Any]:
    made, axis = layout(mode, height), drawing.axis
    made["xaxis"] |= {
        "type": "log",
        "range": axis.ends,
        "tickmode": "array",
        "tickvals": list(axis.marks),
        "ticktext": list(axis.marks.values()),
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 5,
    }
    made["xaxis"]["title"]["text"] = axis.title
    made["yaxis"] |= {"range": (0, drawing.high), "tickformat": _tick_format(drawing), "nticks": 6}
    made["margin"] |= {"l": LEFT, "r": RIGHT, "b": 64}
    return made


def _tick_format(drawing: Drawing) -> str:
    if drawing.metric.percent:
        return ".0%"
    return ".1f" if drawing.top > 0.5 else ".2f"


def _chance_line(chance: float, mode: Mode) -> dict[str, Any]:
    line = {"color": GROUNDS[mode].quiet, "width": 1.25, "dash": "dot"}
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": chance,
        "y1": chance,
        "line": line,
        "layer": "below",
    }
