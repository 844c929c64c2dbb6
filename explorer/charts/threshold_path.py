"""How sure a network had to be of an unlabelled image while it was trained, and how many images were believed."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from explorer.charts.named_lines import Line, named_lines
from explorer.charts.style import SLATE, VERMILLION, Hue, Mode


def threshold_path(history: Sequence[Mapping[str, float]], *, mode: Mode, height: int) -> go.Figure:
    """Return the figure; each record of the history has a `step`, the `threshold` there and the share `used`."""
    steps = [each["step"] for each in history]
    lines = [
        _line("threshold", history, "threshold", VERMILLION, "diamond", "solid"),
        _line("images over it", history, "used", SLATE, "square", "dot"),
    ]
    return named_lines(lines, steps, mode=mode, height=height, axis="Training step", every=False)


def _line(name: str, history: Sequence[Mapping[str, float]], key: str, hue: Hue, marker: str, dash: str) -> Line:
    told = [f"Step {each['step']:,}: {each[key]:.1%}" for each in history]
    return Line(name, hue, [each[key] for each in history], told, marker, dash)
