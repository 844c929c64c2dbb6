"""How alike the layers of two models are: a small square of numbers between 0 and 1."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.charts.cells import LETTER, cell_words, heatmap, ink_of
from explorer.charts.placing import width
from explorer.charts.style import BLUE, Mode, layout, plain
from explorer.records import Floats

#: Height of a row and of what stands around the rows, in px.
ROW, AROUND = 56, 76


def likeness_height(rows: int) -> int:
    """Return the height in px of the figure of so many rows."""
    return AROUND + ROW * rows


def likeness(
    found: Floats, rows: Sequence[str], columns: Sequence[str], *, titles: tuple[str, str], mode: Mode
) -> go.Figure:
    """Return the square of likeness (a, b), a row per layer of the first model; `titles` name the two models."""
    texts = [["–" if np.isnan(value) else f"{value:.2f}" for value in row] for row in found]
    told = [[f"{plain(one)} and {plain(other)}: {text}" for other, text in zip(columns, said, strict=True)]
            for one, said in zip(rows, texts, strict=True)]  # fmt: skip
    inks = [[ink_of(float(np.clip(np.nan_to_num(value), 0, 1)), BLUE, mode) for value in row] for row in found]
    traces = [heatmap(found, told, BLUE, mode), *cell_words(texts, inks, 13)]
    return go.Figure(traces, _layout(rows, columns, titles, mode))


def _layout(rows: Sequence[str], columns: Sequence[str], titles: tuple[str, str], mode: Mode) -> dict[str, Any]:
    made = layout(mode, likeness_height(len(rows)))
    bare = {"showgrid": False, "showline": False, "ticks": "", "fixedrange": True}
    made["xaxis"] |= {**bare, "side": "top", "range": [-0.5, len(columns) - 0.5], "tickangle": 0}
    made["xaxis"] |= {"tickvals": list(range(len(columns))), "ticktext": list(map(plain, columns))}
    made["yaxis"] |= {**bare, "range": [len(rows) - 0.5, -0.5], "ticklabelstandoff": 6}
    made["yaxis"] |= {"tickvals": list(range(len(rows))), "ticktext": list(map(plain, rows))}
    made["yaxis"]["title"] |= {"text": plain(titles[0])}
    made["xaxis"]["title"] |= {"text": plain(titles[1]), "standoff": 4}
    left = 40 + round(LETTER * max(map(width, rows)))
    return made | {"margin": {"l": left, "r": 8, "t": AROUND - 16, "b": 16}, "dragmode": False}
