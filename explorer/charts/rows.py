"""Figures that have one row per class."""

from collections.abc import Sequence
from typing import Any

from explorer.charts.placing import shortened
from explorer.charts.style import Mode, layout, plain

#: Height of a row and of what stands around the rows, in px.
ROW, AROUND = 26, 34
_CHARACTERS = 16


def rows_height(classes: int) -> int:
    """Return the height in px of a figure with so many rows."""
    return ROW * classes + AROUND


def rows_layout(names: Sequence[str], mode: Mode) -> dict[str, Any]:
    """Return the layout of a figure with a named row per class, the first at the top, that nobody can move."""
    made = layout(mode, rows_height(len(names)))
    made["yaxis"] |= {
        "range": [len(names) - 0.5, -0.5],
        "tickvals": list(range(len(names))),
        "ticktext": [plain(name) for name in short(names)],
        "showgrid": False,
        "showline": False,
        "ticks": "",
        "ticklabelstandoff": 6,
        "fixedrange": True,
    }
    made["xaxis"]["fixedrange"] = True
    return made | {"margin": {"l": 118, "r": 26, "t": 6, "b": AROUND - 6}, "dragmode": False}


def short(names: Sequence[str]) -> list[str]:
    """Return names that fit beside their rows, different ones still different."""
    return shortened(names, _CHARACTERS)
