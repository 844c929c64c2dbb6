"""How alike the layers of two models are: a small square of numbers between 0 and 1."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from explorer.charts.cells import blended, ink_on
from explorer.charts.placing import width
from explorer.charts.style import BLUE, GROUNDS, Mode, layout, plain
from explorer.records import Floats

#: Height of a row and of what stands around the rows, in px.
ROW, AROUND = 56, 76
#: Width of a letter in px.
_LETTER = 10.4


def likeness_height(rows: int) -> int:
    """Return the height in px of the figure of so many rows."""
    return AROUND + ROW * rows


def likeness(
    found: Floats, rows: Sequence[str], columns: Sequence[str], *, titles: tuple[str, str], mode: Mode
) -> go.Figure:
    """Return the square of likeness (a, b), a row per layer of the first model; `titles` name the two models."""
    texts = [["–" if value != value else f"{value:.2f}" for value in row] for row in found]
    told = [[f"{plain(one)} and {plain(other)}: {text}" for other, text in zip(columns, said, strict=True)]
            for one, said in zip(rows, texts, strict=True)]  # fmt: skip
    cells = {
        "type": "heatmap",
        "z": [[None if value != value else round(float(value), 4) for value in row] for row in found],
        "zmin": 0.0,
        "zmax": 1.0,
        "colorscale": [[0.0, GROUNDS[mode].panel], [1.0, BLUE.line(mode)]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "customdata": told,
        "hoverongaps": False,
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    return go.Figure([cells, *_words(found, texts, mode)], _layout(rows, columns, titles, mode))


def _words(found: Floats, texts: Sequence[Sequence[str]], mode: Mode) -> list[dict[str, Any]]:
    """Return the texts of the cells, each in the ink that is read best on it."""
    ground, blue = GROUNDS[mode], BLUE.line(mode)
    inks = {
        (i, j): ink_on(blended(ground.panel, blue, min(max(value, 0.0), 1.0) if value == value else 0.0), mode)
        for i, row in enumerate(found.tolist())
        for j, value in enumerate(row)
    }
    return [
        _texts([cell for cell, ink in inks.items() if ink == color], texts, color)
        for color in (ground.ink, ground.paper)
    ]


def _texts(cells: Sequence[tuple[int, int]], texts: Sequence[Sequence[str]], color: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [j for _, j in cells],
        "y": [i for i, _ in cells],
        "mode": "text",
        "text": [texts[i][j] for i, j in cells],
        "textfont": {"color": color, "size": 13},
        "hoverinfo": "skip",
    }


def _layout(rows: Sequence[str], columns: Sequence[str], titles: tuple[str, str], mode: Mode) -> dict[str, Any]:
    made = layout(mode, likeness_height(len(rows)))
    bare = {"showgrid": False, "showline": False, "ticks": "", "fixedrange": True}
    made["xaxis"] |= {**bare, "side": "top", "range": [-0.5, len(columns) - 0.5], "tickangle": 0}
    made["xaxis"] |= {"tickvals": list(range(len(columns))), "ticktext": list(map(plain, columns))}
    made["yaxis"] |= {**bare, "range": [len(rows) - 0.5, -0.5], "ticklabelstandoff": 6}
    made["yaxis"] |= {"tickvals": list(range(len(rows))), "ticktext": list(map(plain, rows))}
    made["yaxis"]["title"] |= {"text": plain(titles[0])}
    made["xaxis"]["title"] |= {"text": plain(titles[1]), "standoff": 4}
    left = 40 + round(_LETTER * max(map(width, rows)))
    return made | {"margin": {"l": left, "r": 8, "t": AROUND - 16, "b": 16}, "dragmode": False}
