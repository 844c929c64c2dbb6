"""Where labels go when several want the same place, and how much of them fits on a line."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Widths of characters in parts of the font size, from above: those of DejaVu Sans, the widest of the usual typefaces.
#: A saved picture has not the typeface of the page, so this is what it may be drawn in.
_WIDTHS = (
    ("ijlIJ'", 0.3),
    (" \u00a0,.:;/\\|", 0.34),
    ("frt()[]-!", 0.42),
    ("cszL?*_", 0.56),
    ("kvxyF", 0.6),
    ("aeoPTY", 0.62),
    ("ABCKRSUVXZ", 0.74),
    ("DGHNOQ&", 0.8),
    ("w#+<=>~^×≤≥", 0.85),
    ("mMW%@…", 1.0),
)
_WIDTH_OF = {sign: each for signs, each in _WIDTHS for sign in signs}
_USUAL, _WIDEST = 0.64, 1.0


def width(text: str) -> float:
    """Return how wide a line of text is at most, in parts of the font size."""
    return sum(_WIDTH_OF.get(sign, _WIDEST if unicodedata.east_asian_width(sign) in "WF" else _USUAL) for sign in text)


def wrapped(text: str, room: float) -> list[str]:
    """Return the lines of `text` where `room`, in parts of the font size, is what a line may take.

    Lines end between words; a word that is wider than a line is broken.
    """
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer) > room:
            lines += [line] if line else []
            *whole, longer = _broken(word, room)
            lines += whole
        line = longer
    return [*lines, line]


def _broken(word: str, room: float) -> list[str]:
    pieces = [""]
    for sign in word:
        if pieces[-1] and width(pieces[-1] + sign) > room:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def shortened(texts: Sequence[str], most: int) -> list[str]:
    """Return texts of at most `most` signs, 8 or more, cut in the middle; different texts stay different.

    Where a cut makes some alike, they are cut around the first sign in which they differ; what is then still alike is
    numbered.
    """
    cut = {text: _without_middle(text, most) for text in texts}
    for alike in _alike(cut):
        at = next((at for at, signs in enumerate(zip(*alike, strict=False)) if len(set(signs)) > 1), 0)
        cut |= {text: _around(text, at, most) for text in alike}
    for alike in _alike(cut):
        marks = {text: f"…{number}" for number, text in enumerate(alike, 1)}
        cut |= {text: cut[text][: most - len(mark)] + mark for text, mark in marks.items()}
    return [cut[text] for text in texts]


def _alike(cut: Mapping[str, str]) -> list[list[str]]:
    """Return those sets of different texts that are cut alike."""
    sets: dict[str, list[str]] = {}
    for text, short in cut.items():
        sets.setdefault(short, []).append(text)
    return [each for each in sets.values() if len(each) > 1]


def _without_middle(text: str, most: int) -> str:
    tail = (most - 1) // 2
    return text if len(text) <= most else f"{text[: most - 1 - tail].rstrip()}…{text[-tail:].lstrip()}"


def _around(text: str, at: int, most: int) -> str:
    """Return the beginning of a text and what follows from the place `at` on."""
    head = most // 4
    end = at + most - head - 2
    return f"{text[:head].rstrip()}…{text[at:end]}{'…' if end < len(text) else ''}"


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
