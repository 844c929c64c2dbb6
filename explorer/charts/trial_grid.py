"""The grid of trials: arms × budgets, one small cell per seed, told apart by shade and by shape.

Its columns stand under the budgets of the curves' axis.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from explorer.charts.label_axis import LEFT, RIGHT, Tick, log_range
from explorer.charts.placing import shortened
from explorer.charts.style import GROUNDS, VERMILLION, Look, Mode, layout, looks, plain
from explorer.records import State, Study, Trial

#: Height of a row and of what stands around the rows, in px.
ROW, AROUND = 19, 10
#: Longest arm title that stands in full beside its row, in characters.
_CHARACTERS = 26
#: Width in px for which cells are sized; columns closer than the second number are spaced evenly instead.
_WIDTH, _CLOSEST = 560, 24
_SYMBOLS: Mapping[State, str] = {
    State.QUEUED: "square-open",
    State.RUNNING: "diamond",
    State.DONE: "square",
    State.CANCELLED: "line-ne-open",
    State.FAILED: "x",
}


@dataclass(frozen=True)
class _Columns:
    """Where the budgets stand, in decades; the ends of the axis; distance between cells; size of a cell in px."""

    places: Mapping[int, float]
    ends: tuple[float, float]
    pitch: float
    size: float


def grid_height(arms: int) -> int:
    """Return the height in px that the grid of so many arms needs."""
    return ROW * arms + AROUND


def trial_grid(
    study: Study,
    states: Mapping[Trial, State],
    *,
    mode: Mode,
    ticks: Sequence[Tick],
    furthest: float | None = None,
) -> go.Figure:
    """Return the grid; `states` may lack trials, which are queued.

    ticks       the budgets' marks, in their order
    furthest    labels to which the axis of the curves above goes; None = the last budget
    """
    columns = _columns(study, ticks, furthest)
    called = dict(zip(study.budgets, (tick.budget for tick in ticks), strict=True))
    by_state = {state: [each for each in study.trials() if states.get(each, State.QUEUED) is state] for state in State}
    cells = [_cells(study, trials, state, columns, called, mode) for state, trials in by_state.items() if trials]
    return go.Figure(cells, _layout(study, columns, mode))


def _layout(study: Study, columns: _Columns, mode: Mode) -> dict[str, Any]:
    made = layout(mode, grid_height(len(study.arms)))
    plain = {"showgrid": False, "showline": False, "ticks": "", "fixedrange": True}
    made["xaxis"] |= {"range": columns.ends, "showticklabels": False, **plain}
    chosen = looks(arm.name for arm in study.arms)
    short = shortened([arm.title for arm in study.arms], _CHARACTERS)
    titles = [_named(title, chosen[arm.name], mode) for arm, title in zip(study.arms, short, strict=True)]
    rows = list(range(len(titles)))
    made["yaxis"] |= {"range": [len(rows) - 0.5, -0.5], "tickvals": rows, "ticktext": titles, "side": "right", **plain}
    margin = {"l": LEFT, "r": RIGHT, "t": AROUND // 2, "b": AROUND // 2}
    return made | {"margin": margin, "uirevision": study.id, "dragmode": False}


def _columns(study: Study, ticks: Sequence[Tick], furthest: float | None) -> _Columns:
    low, high = log_range(ticks, furthest)
    places = [math.log10(tick.at) for tick in ticks]
    gap = min((right - left for left, right in itertools.pairwise(places)), default=high - low)
    per_px = (high - low) / _WIDTH
    if gap / per_px < _CLOSEST:
        gap = (high - low) / len(places)
        places = [low + gap * (number + 0.5) for number in range(len(places))]
    edge = min(places[0] - low, high - places[-1])  # cells of the first and the last budget stay on the axis, too
    pitch = min(0.8 * gap / study.seeds, 2 * edge / study.seeds, 12.5 * per_px)
    size = min(max(pitch / per_px - 3, 3.0), 9.0)
    return _Columns(dict(zip(study.budgets, places, strict=True)), (low, high), pitch, round(size, 1))


def _cells(
    study: Study, trials: Sequence[Trial], state: State, columns: _Columns, called: Mapping[int, str], mode: Mode
) -> dict[str, Any]:
    rows = {arm.name: position for position, arm in enumerate(study.arms)}
    titles = {arm.name: plain(arm.title) for arm in study.arms}
    middle = (study.seeds - 1) / 2
    color = _color(state, mode)
    return {
        "type": "scatter",
        "x": [columns.places[trial.budget] + (trial.seed - middle) * columns.pitch for trial in trials],
        "y": [rows[trial.arm] for trial in trials],
        "customdata": [[titles[trial.arm], called[trial.budget], trial.seed] for trial in trials],
        "name": state.value,
        "meta": "cells",
        "mode": "markers",
        "marker": {
            "symbol": _SYMBOLS[state],
            "size": columns.size,
            "color": color,
            "line": {"color": color, "width": 1},
        },
        "hovertemplate": "%{customdata[0]}, %{customdata[1]}, seed %{customdata[2]}: %{fullData.name}<extra></extra>",
    }


def _color(state: State, mode: Mode) -> str:
    ground = GROUNDS[mode]
    return {
        State.QUEUED: ground.axis,
        State.RUNNING: ground.ink,
        State.DONE: ground.bar,
        State.CANCELLED: ground.axis,
        State.FAILED: VERMILLION.line(mode),
    }[state]


def _named(title: str, look: Look, mode: Mode) -> str:
    return f'<span style="color:{look.hue.ink(mode)}"> {plain(title)}</span>'
