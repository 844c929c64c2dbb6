"""Cells that are coloured by a share: their traces, the colour, and the ink that is read best on it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.charts.style import GROUNDS, Hue, Mode
from explorer.records import Floats

#: Width in px of a letter of the usual width: the typeface of the page is narrower than what widths are measured for.
LETTER = 10.4
#: Black and white: of every colour, one of them stands out by 4.5:1 and more, which no other pair can promise.
INKS = ("#000000", "#FFFFFF")


def heatmap(found: Floats, told: Sequence[Sequence[str]], hue: Hue, mode: Mode) -> dict[str, Any]:
    """Return cells (r, c) of shares in [0, 1], the darker the larger, NaN = no cell; `told` says what each is."""
    return {
        "type": "heatmap",
        "z": [[None if np.isnan(value) else round(float(value), 4) for value in row] for row in found],
        "customdata": [list(row) for row in told],
        "zmin": 0.0,
        "zmax": 1.0,
        "colorscale": [[0.0, GROUNDS[mode].panel], [1.0, hue.line(mode)]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def cell_words(texts: Sequence[Sequence[str]], inks: Sequence[Sequence[str]], size: int) -> list[dict[str, Any]]:
    """Return the texts (r, c) of cells, `size` px high, each in its ink, one of `INKS`."""
    places = [(i, j) for i, row in enumerate(texts) for j in range(len(row))]
    return [_written([place for place in places if inks[place[0]][place[1]] == ink], texts, ink, size) for ink in INKS]


def _written(places: Sequence[tuple[int, int]], texts: Sequence[Sequence[str]], ink: str, size: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [j for _, j in places],
        "y": [i for i, _ in places],
        "mode": "text",
        "text": [texts[i][j] for i, j in places],
        "textfont": {"color": ink, "size": size},
        "hoverinfo": "skip",
    }


def ink_of(share: float, hue: Hue, mode: Mode) -> str:
    """Return the ink that is read best on a cell of `heatmap`."""
    return ink_on(blended(GROUNDS[mode].panel, hue.line(mode), share))


def blended(low: str, high: str, share: float) -> str:
    """Return the colour, #rrggbb, that lies between two at a share in [0, 1], as Plotly's colour scales do."""
    pairs = zip(_channels(low), _channels(high), strict=True)
    return "#" + "".join(f"{round(start + (end - start) * share):02X}" for start, end in pairs)


def ink_on(color: str) -> str:
    """Return the one of `INKS` that stands out more from a colour, #rrggbb."""
    return max(INKS, key=lambda each: contrast(each, color))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (each / 255 for each in _channels(color))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue
