"""How images of each class were answered: a square of shares and counts, whose cells can be opened."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.charts.cells import LETTER, cell_words, heatmap, ink_of
from explorer.charts.placing import width
from explorer.charts.rows import short
from explorer.charts.style import BLUE, GROUNDS, VERMILLION, Mode, layout, plain
from explorer.records import Floats, Ints
from explorer.score_words import PERCENT, percent, whole_percent
from explorer.statistics.confusion import shares

#: Height of a row in px, of few classes and of many, and of all rows together as long as they are no lower.
_ROW, _LEAST, _ROWS = 56, 22, 380
#: Room above the rows in px, where names of columns stand level and where they are turned, and below them.
_LEVEL, _TURNED, _BELOW = 54, 104, 8
#: Classes up to which a cell says its count below its share, and up to which it says its share.
_COUNTED, _SAID = 6, 16
#: Width in px of all columns, assumed of a figure of about 480 px.
_COLUMNS = 330


def matrix_height(names: Sequence[str]) -> int:
    """Return the height in px of the figure of these classes."""
    return _above(names) + _BELOW + len(names) * max(_LEAST, min(_ROW, _ROWS // len(names)))


def confusion_matrix(
    names: Sequence[str], counts: Ints, *, mode: Mode, opened: tuple[int, int] | None = None
) -> go.Figure:
    """Return the matrix of counts (k, k): a row per class, a column per answer, each row's shares as colour.

    Right answers are blue and mistakes vermillion, the darker the larger the share of their row. `opened` is the cell
    that is framed, row and column.
    """
    found = shares(counts)
    right = np.eye(len(names), dtype=bool)
    said = [[told(names, counts, i, j) for j in range(len(names))] for i in range(len(names))]
    traces = [
        heatmap(np.where(right, found, np.nan), said, BLUE, mode),
        heatmap(np.where(right, np.nan, found), said, VERMILLION, mode),
        *_words(found, counts, mode),
    ]
    made = _layout(names, counts, mode)
    made["shapes"] = [] if opened is None else [_frame(opened, mode)]
    return go.Figure(traces, made)


def told(names: Sequence[str], counts: Ints, label: int, answered: int) -> str:
    """Return a cell in words: "spiral answered as ring: 12 of 90 answers, 13 %"."""
    n, of = int(counts[label, answered]), int(counts[label].sum())
    words = f"{plain(names[label])} answered as {plain(names[answered])}: {n:,} of {of:,} answers"
    return f"{words}, {percent(n / of)}" if of else words


def _words(found: Floats, counts: Ints, mode: Mode) -> list[dict[str, Any]]:
    """Return the texts of the cells; none where cells are small."""
    k = len(found)
    if k > _SAID:
        return []
    texts = [[_text(float(found[i, j]), int(counts[i, j]), k) for j in range(k)] for i in range(k)]
    inks = [[ink_of(float(found[i, j]), BLUE if i == j else VERMILLION, mode) for j in range(k)] for i in range(k)]
    return cell_words(texts, inks, 13 if k <= _COUNTED else 11)


def _text(share: float, count: int, classes: int) -> str:
    if count == 0:
        return ""
    said = str(whole_percent(share)) if share >= 0.005 else "<1"
    return f"<b>{plain(said)}{PERCENT}</b><br>{count:,}" if classes <= _COUNTED else plain(said)


def _frame(opened: tuple[int, int], mode: Mode) -> dict[str, Any]:
    row, column = opened
    ends = {"x0": column - 0.48, "x1": column + 0.48, "y0": row - 0.48, "y1": row + 0.48}
    return {"type": "rect", **ends, "line": {"color": GROUNDS[mode].ink, "width": 2.5}}


def _layout(names: Sequence[str], counts: Ints, mode: Mode) -> dict[str, Any]:
    k = len(names)
    made = layout(mode, matrix_height(names))
    bare = {"showgrid": False, "showline": False, "ticks": "", "fixedrange": True, "tickvals": list(range(k))}
    rows = [f"{plain(name)}  {n:,}" for name, n in zip(short(names), counts.sum(axis=1), strict=True)]
    columns = [plain(name) for name in short(names)]
    made["xaxis"] |= {**bare, "range": [-0.5, k - 0.5], "side": "top", "ticktext": columns}
    made["xaxis"] |= {"tickangle": 0 if _fits(names) else -40, "ticklabeloverflow": "allow"}
    made["yaxis"] |= {**bare, "range": [k - 0.5, -0.5], "ticktext": rows, "ticklabelstandoff": 6}
    made["xaxis"]["title"] |= {"text": "Answered as", "standoff": 4}
    margin = {
        "l": 8 + round(LETTER * max(map(width, rows))),
        "r": 8 if _fits(names) else 56,
        "t": _above(names),
        "b": _BELOW,
    }
    return made | {"margin": margin, "dragmode": False}


def _above(names: Sequence[str]) -> int:
    return _LEVEL if _fits(names) else _TURNED


def _fits(names: Sequence[str]) -> bool:
    """Tell whether the names stand side by side above their columns."""
    return max(map(width, short(names))) * LETTER < _COLUMNS / len(names)
