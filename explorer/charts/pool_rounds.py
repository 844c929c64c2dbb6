"""Round by round, how much of the pool was believed and how much of that was right."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from explorer.charts.named_lines import Line, named_lines
from explorer.charts.style import BLUE, SLATE, Mode


@dataclass(frozen=True)
class Round:
    """One round: the share of the pool that was believed, and of those whose truth is known the share of right ones.

    n           how many these are, and `interval` the 95 % interval of `accuracy`; None where their number is not known
    """

    share: float
    accuracy: float | None
    n: int | None = None
    interval: tuple[float, float] | None = None


def pool_rounds(rounds: Sequence[Round], *, mode: Mode, height: int) -> go.Figure:
    """Return the figure of at least one round; both lines are shares, on one axis from 0 to 100 %."""
    used = Line(
        "believed",
        SLATE,
        [each.share for each in rounds],
        [f"Round {number}: {each.share:.1%} of the pool" for number, each in enumerate(rounds, 1)],
        marker="square",
        dash="dot",
    )
    right = Line(
        "of these right",
        BLUE,
        [each.accuracy for each in rounds],
        [_told(number, each) for number, each in enumerate(rounds, 1)],
        intervals=[each.interval for each in rounds],
    )
    steps = list(range(1, len(rounds) + 1))
    return named_lines([used, right], steps, mode=mode, height=height, axis="Round", every=True)


def _told(number: int, each: Round) -> str:
    if each.accuracy is None:
        return f"Round {number}: truth known of none"
    sure = "" if each.interval is None else " (95 % interval {:.0%} to {:.0%})".format(*each.interval)
    among = "" if each.n is None else f" of {each.n:,}"
    return f"Round {number}: {each.accuracy:.1%}{among} right{sure}"
