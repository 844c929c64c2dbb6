"""A figure of label curves as an SVG file, drawn without a browser: for folders of results.

It draws what `explorer.charts.label_curves` puts into a figure, and nothing else: lines, markers and bands over a
logarithmic and a linear axis, texts, and level lines. Sizes are in px, as in the figure.
"""

import html
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import plotly.graph_objects as go

from explorer.charts.end_labels import END_LABEL
from explorer.charts.placing import width as width_of
from explorer.charts.placing import wrapped

Outline: TypeAlias = tuple[tuple[float, float], ...]

#: Dashes and gaps of lines, in widths of a line of 3 px at least, as Plotly draws them.
_DASHES: Mapping[str, Sequence[int]] = {
    "solid": (),
    "dot": (1, 1),
    "dash": (3, 3),
    "longdash": (5, 5),
    "dashdot": (3, 1, 1, 1),
    "longdashdot": (5, 2, 1, 2),
}
#: Letters of the words above and below the figure, and height of their lines.
_ABOVE, _BELOW, _LEADING = 17, 12, 1.35
#: How much wider bold letters are than those that widths are measured for.
_BOLD = 1.15
#: Signs that no XML may hold, not even escaped: a pasted title or the name of a folder may have them.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Height of a line of ordinary text, in its letters, and of its middle over its foot.
_LINE, _MIDDLE = 1.3, 0.35


def _star(points: int, outer: float, inner: float | None = None, turn: float = 0.0) -> Outline:
    """Return a star, or a regular polygon where there is no inner radius; the first point is at the top."""
    radii = [outer] if inner is None else [outer, inner]
    steps = points * len(radii)
    angles = [2 * math.pi * step / steps + math.radians(turn) for step in range(steps)]
    return tuple(
        (radii[step % len(radii)] * math.sin(angle), -radii[step % len(radii)] * math.cos(angle))
        for step, angle in enumerate(angles)
    )


def _cross(turn: float) -> Outline:
    """Return a plus sign with arms of 1.2 and half a width of 0.4."""
    far, near = math.hypot(1.2, 0.4), math.hypot(0.4, 0.4)
    lean = math.degrees(math.atan2(0.4, 1.2))
    polar = [
        (90 * side + shift, radius) for side in range(4) for shift, radius in ((-lean, far), (lean, far), (45, near))
    ]
    turned = [(math.radians(angle + turn), radius) for angle, radius in polar]
    return tuple((radius * math.sin(angle), -radius * math.cos(angle)) for angle, radius in turned)


#: Outlines of markers of radius 1; all but the circle.
MARKERS: Mapping[str, Outline] = {
    "square": _star(4, math.sqrt(2), turn=45),
    "diamond": _star(4, 1.3),
    "diamond-tall": ((0.0, -1.4), (0.7, 0.0), (0.0, 1.4), (-0.7, 0.0)),
    "triangle-up": _star(3, 1.15),
    "triangle-right": _star(3, 1.15, turn=90),
    "triangle-down": _star(3, 1.15, turn=180),
    "pentagon": _star(5, 1.0),
    "hexagon": _star(6, 1.0),
    "star": _star(5, 1.4, 0.54),
    "star-diamond": _star(4, 1.4, 0.7),
    "star-triangle-up": _star(3, 1.4, 0.5),
    "cross": _cross(0),
    "x": _cross(45),
}


@dataclass(frozen=True)
class _Frame:
    """Where the plot stands, in px, and how numbers become places in it."""

    left: float
    top: float
    width: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def x(self, value: float) -> float:
        low, high = self.x_range
        return self.left + self.width * (math.log10(value) - low) / (high - low)

    def y(self, value: float) -> float:
        low, high = self.y_range
        return self.top + self.height * (high - value) / (high - low)

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


def svg(figure: go.Figure, *, width: int, above: str, below: str) -> str:
    """Return a figure of label curves as SVG, `width` px wide, with words above and below it."""
    made = figure.to_plotly_json()
    layout, margin = made["layout"], made["layout"]["margin"]
    room = width - margin["l"] - 16
    heads, feet = wrapped(above, room / (_ABOVE * _BOLD)), wrapped(below, room / _BELOW)
    over, under = (_LEADING * size * len(lines) for size, lines in ((_ABOVE, heads), (_BELOW, feet)))
    frame = _Frame(
        left=margin["l"],
        top=over + margin["t"] + 12,
        width=width - margin["l"] - margin["r"],
        height=layout["height"] - margin["t"] - margin["b"],
        x_range=_ends(layout["xaxis"]),
        y_range=_ends(layout["yaxis"]),
    )
    height = round(frame.bottom + margin["b"] + under + 12)
    ink = layout["font"]["color"]
    parts = [
        f'<rect width="{width}" height="{height}" {_paint("fill", layout["paper_bgcolor"])}/>',
        _text(frame.left, 12 + _ABOVE, map(_safe, heads), _ABOVE, ink, leading=_LEADING, weight=600),
        _text(frame.left, frame.top - 9, [layout["title"]["text"]], 13, layout["title"]["font"]["color"]),
        *_axes(layout, frame),
        *(_level(shape, frame) for shape in layout.get("shapes") or ()),
        _clip(frame),
        *(part for trace in made["data"] for part in _trace(trace, frame)),
        *(_note(note, frame) for note in layout.get("annotations") or ()),
        _text(
            frame.left, height - 12 - under + _BELOW, map(_safe, feet), _BELOW,
            layout["xaxis"]["title"]["font"]["color"], leading=_LEADING,
        ),
    ]  # fmt: skip
    family = html.escape(layout["font"]["family"])
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{family}">'
    return _UNWRITABLE.sub("\ufffd", "\n".join([head, f"<title>{_safe(above)}</title>", *parts, "</svg>\n"]))


# ---- axes ------------------------------------------------------------------------------------------------------


def _ends(axis: Mapping[str, Any]) -> tuple[float, float]:
    low, high = axis["range"]
    return float(low), float(high)


def _axes(layout: Mapping[str, Any], frame: _Frame) -> Iterator[str]:
    x, y = layout["xaxis"], layout["yaxis"]
    for value in _marks(*frame.y_range):
        yield _segment(frame.left, frame.y(value), frame.right, frame.y(value), y["gridcolor"], 1)
        told = format(value, y["tickformat"])
        yield _text(frame.left - 6, frame.y(value) + 4, [told], 12, y["tickfont"]["color"], anchor="end")
    yield _segment(frame.left, frame.bottom, frame.right, frame.bottom, x["linecolor"], 1)
    for value, text in zip(x["tickvals"], x["ticktext"], strict=True):
        at = frame.x(value)
        yield _segment(at, frame.bottom, at, frame.bottom + x["ticklen"], x["tickcolor"], 1)
        yield _text(at, frame.bottom + 19, text.split("<br>"), 12, x["tickfont"]["color"], anchor="middle")
    middle, foot = frame.left + frame.width / 2, frame.bottom + layout["margin"]["b"] - 8
    yield _text(middle, foot, [x["title"]["text"]], 13, x["title"]["font"]["color"], anchor="middle")


def _marks(low: float, high: float) -> list[float]:
    """Return about five round numbers between two."""
    rough = (high - low) / 6
    power = 10 ** math.floor(math.log10(rough))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough)
    return [round(step * place, 9) for place in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _level(shape: Mapping[str, Any], frame: _Frame) -> str:
    line = shape["line"]
    y = frame.y(shape["y0"])
    return _segment(frame.left, y, frame.right, y, line["color"], line["width"], line["dash"])


# ---- traces ----------------------------------------------------------------------------------------------------


def _clip(frame: _Frame) -> str:
    place = f'x="{frame.left:.2f}" y="{frame.top:.2f}" width="{frame.width:.2f}" height="{frame.height:.2f}"'
    return f'<clipPath id="plot"><rect {place}/></clipPath>'


def _trace(trace: Mapping[str, Any], frame: _Frame) -> Iterator[str]:
    """Yield the parts of a trace; like Plotly, nothing of it beyond the plot, unless the trace says otherwise."""
    parts = _parts(trace, frame)
    if trace.get("cliponaxis", True):
        yield from ('<g clip-path="url(#plot)">', *parts, "</g>")
    else:
        yield from parts


def _parts(trace: Mapping[str, Any], frame: _Frame) -> Iterator[str]:
    places = [(frame.x(x), frame.y(y)) for x, y in zip(trace["x"], trace["y"], strict=True)]
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in places)
    if trace.get("fill"):
        yield f'<polygon points="{path}" {_paint("fill", trace["fillcolor"])}/>'
    elif "lines" in trace["mode"]:
        line = trace["line"]
        named = f"<title>{trace['name']}</title>" if trace.get("name") else ""
        pen = _pen(line["color"], line["width"], line["dash"])
        yield f'<polyline points="{path}" fill="none" {pen}>{named}</polyline>'
    if "markers" in trace["mode"]:
        yield from _markers(trace["marker"], places)


def _markers(marker: Mapping[str, Any], places: Sequence[tuple[float, float]]) -> Iterator[str]:
    colors = [marker["color"]] * len(places) if isinstance(marker["color"], str) else marker["color"]
    border = marker["line"]
    pen = _pen(border["color"], border["width"]) if border["width"] else ""
    for (x, y), color in zip(places, colors, strict=True):
        yield _marker(marker["symbol"], x, y, marker["size"] / 2, f"{_paint('fill', color)} {pen}")


def _marker(symbol: str, x: float, y: float, radius: float, paint: str) -> str:
    if symbol == "circle":
        return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:g}" {paint}/>'
    outline = " ".join(f"{x + radius * dx:.2f},{y + radius * dy:.2f}" for dx, dy in MARKERS[symbol])
    return f'<polygon points="{outline}" {paint}/>'


def _note(note: Mapping[str, Any], frame: _Frame) -> str:
    """Return an annotation: the label at the end of a line, whose middle is at its place, or words on the plot."""
    if note["name"] != END_LABEL:
        return _words(note, frame)
    lines, size = note["text"].split("<br>"), note["font"]["size"]
    at = note["y"] * (frame.y_range[1] if note.get("yref") == "paper" else 1)  # below a plot that begins at 0
    top = frame.y(at) - size * _LINE * (len(lines) - 1) / 2 + size * _MIDDLE
    return _text(frame.right + note["xshift"], top, lines, size, note["font"]["color"])


def _words(note: Mapping[str, Any], frame: _Frame) -> str:
    """Return words on a ground of their own, in the midst of their place; its place is a power of ten."""
    size, text = note["font"]["size"], note["text"]
    x, y = frame.x(10 ** note["x"]), frame.y(note["y"]) - note["yshift"]
    wide, high = width_of(html.unescape(text)) * size, size * _LINE
    place = f'x="{x - wide / 2:.2f}" y="{y - high / 2:.2f}" width="{wide:.2f}" height="{high:.2f}"'
    ground = f"<rect {place} {_paint('fill', note['bgcolor'])}/>"
    return ground + _text(x, y + size * _MIDDLE, [text], size, note["font"]["color"], anchor="middle")


# ---- pieces ----------------------------------------------------------------------------------------------------


def _safe(text: str) -> str:
    return html.escape(text, quote=False)


def _paint(name: str, color: str) -> str:
    """Return a colour, #rrggbb or rgba(r,g,b,a), as attributes that every program that reads SVG knows."""
    found = re.fullmatch(r"rgba\((\d+),(\d+),(\d+),([\d.]+)\)", color)
    if found is None:
        return f'{name}="{color}"'
    red, green, blue = (int(found[place]) for place in (1, 2, 3))
    return f'{name}="#{red:02X}{green:02X}{blue:02X}" {name}-opacity="{found[4]}"'


def _pen(color: str, width: float, dash: str = "solid") -> str:
    parts = " ".join(f"{each * max(width, 3):g}" for each in _DASHES[dash])
    return f'{_paint("stroke", color)} stroke-width="{width:g}"' + (f' stroke-dasharray="{parts}"' if parts else "")


def _segment(x0: float, y0: float, x1: float, y1: float, color: str, width: float, dash: str = "solid") -> str:
    return f'<line x1="{x0:.2f}" y1="{y0:.2f}" x2="{x1:.2f}" y2="{y1:.2f}" {_pen(color, width, dash)}/>'


def _text(
    x: float,
    y: float,
    lines: Iterable[str],
    size: float,
    color: str,
    *,
    anchor: str = "start",
    leading: float = _LINE,
    weight: int = 400,
) -> str:
    """Return lines of text, escaped already; `y` is the foot of the first."""
    spans = "".join(
        f'<tspan x="{x:.2f}" y="{y + place * size * leading:.2f}">{line}</tspan>' for place, line in enumerate(lines)
    )
    look = f'font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}" {_paint("fill", color)}'
    return f"<text {look}>{spans}</text>"
