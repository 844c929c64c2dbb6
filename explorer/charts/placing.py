"""Where labels go when several want the same place."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass
class _Block:
    """Labels that touch: members in order, their total height, and the sum of what each wants of the block's top."""

    members: list[int]
    height: float
    wishes: float

    @property
    def top(self) -> float:
        return self.wishes / len(self.members)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return centres for labels that want the centres `wanted`, so that no two overlap; all in one unit, such as px.

    Order is kept, the sum of squared moves is least (pool adjacent violators), and the whole column is shifted into
    [low, high] where it fits.
    """
    order = sorted(range(len(wanted)), key=lambda each: wanted[each])
    blocks: list[_Block] = []
    for each in order:
        blocks.append(_Block([each], heights[each], wanted[each] - heights[each] / 2))
        while len(blocks) > 1 and blocks[-2].top + blocks[-2].height > blocks[-1].top:
            _merge(blocks)
    tops = _tops(blocks, heights)
    _push_inside(order, tops, heights, low, high)
    return [tops[each] + heights[each] / 2 for each in range(len(wanted))]


def _merge(blocks: list[_Block]) -> None:
    upper = blocks.pop()
    lower = blocks[-1]
    lower.wishes += upper.wishes - lower.height * len(upper.members)
    lower.members += upper.members
    lower.height += upper.height


def _tops(blocks: Sequence[_Block], heights: Sequence[float]) -> dict[int, float]:
    tops: dict[int, float] = {}
    for block in blocks:
        at = block.top
        for each in block.members:
            tops[each] = at
            at += heights[each]
    return tops


def _push_inside(
    order: Sequence[int], tops: dict[int, float], heights: Sequence[float], low: float, high: float
) -> None:
    limit = high
    for each in reversed(order):
        tops[each] = min(tops[each], limit - heights[each])
        limit = tops[each]
    limit = low
    for each in order:
        tops[each] = max(tops[each], limit)
        limit = tops[each] + heights[each]
