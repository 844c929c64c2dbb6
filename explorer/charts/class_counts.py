"""How many images each class has, as bars."""

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.charts.rows import rows_layout
from explorer.charts.style import GROUNDS, Mode, plain


def class_counts(names: Sequence[str], counts: Sequence[int], *, mode: Mode) -> go.Figure:
    """Return one bar per class, in the given order from the top, with its number beside it."""
    ground = GROUNDS[mode]
    bars = {
        "type": "bar",
        "x": list(counts),
        "y": list(range(len(names))),
        "orientation": "h",
        "marker": {"color": ground.bar, "line": {"width": 0}},
        "text": [f"{count:,}" for count in counts],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"color": ground.ink, "size": 12},
        "width": 0.62,
        "customdata": [plain(name) for name in names],
        "hovertemplate": "%{customdata}: %{x:,}<extra></extra>",
    }
    layout = rows_layout(names, mode)
    layout["xaxis"] |= {"range": [0, max([*counts, 1]) * 1.16], "visible": False}
    return go.Figure([bars], layout)
