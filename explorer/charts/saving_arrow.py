"""How many labels are saved, as an arrow between two curves: from where one is to where the other gets as far."""

import math
from dataclasses import dataclass
from typing import Any

from explorer.charts.style import GROUNDS, Mode, faded, plain

#: Name of the annotation; size of its letters, and how far from the arrow it stands, in px.
WORDS = "saving"
_LETTERS, _AWAY = 13, 15


@dataclass(frozen=True)
class Arrow:
    """An arrow at the height of a score, from `start` to `end` labelled examples.

    text       what is said of it
    reached    whether the other curve gets there; else it only ends where the arrow does
    """

    score: float
    start: float
    end: float
    text: str
    reached: bool


def arrow_traces(arrow: Arrow, mode: Mode) -> list[dict[str, Any]]:
    """Return the traces of an arrow on a logarithmic axis: shaft and head."""
    ink = GROUNDS[mode].ink
    shaft = {
        "x": [arrow.start, arrow.end],
        "y": [arrow.score] * 2,
        "meta": "saving",
        "mode": "lines",
        "line": {"color": ink, "width": 1.75, "dash": "solid" if arrow.reached else "dash"},
    }
    head = {
        "x": [arrow.end],
        "y": [arrow.score],
        "meta": "saving-head",
        "mode": "markers",
        "marker": {"symbol": "triangle-right", "size": 12, "color": ink, "line": {"width": 0}},
        "cliponaxis": False,
    }
    silent = {"type": "scatter", "hoverinfo": "skip", "showlegend": False}
    return [each | silent for each in (shaft, head)]


def arrow_words(arrow: Arrow, mode: Mode, ends: tuple[float, float], *, above: bool = False) -> dict[str, Any]:
    """Return the words of an arrow as an annotation below it, on a ground that keeps curves away from them.

    They stand at its middle, or where that lies in the right third of the axis, at its head: a narrow figure would cut
    them.

    ends     both ends of the axis, in decades
    above    they stand above it, where it lies so low that they would cover the axis
    """
    ground = GROUNDS[mode]
    start, end = math.log10(arrow.start), math.log10(arrow.end)
    late = (start + end) / 2 > ends[1] - (ends[1] - ends[0]) / 3
    return {
        "name": WORDS,
        "x": end if late else (start + end) / 2,
        "y": arrow.score,
        "yshift": _AWAY if above else -_AWAY,
        "xanchor": "right" if late else "center",
        "yanchor": "middle",
        "showarrow": False,
        "text": plain(arrow.text),
        "bgcolor": faded(ground.paper, 0.85),
        "borderpad": 2,
        "font": {"size": _LETTERS, "color": ground.ink},
    }
