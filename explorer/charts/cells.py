"""Cells that are coloured by a share: the colour, and the ink that is read best on it."""

from explorer.charts.style import GROUNDS, Mode


def blended(low: str, high: str, share: float) -> str:
    """Return the colour, #rrggbb, that lies between two at a share in [0, 1], as Plotly's colour scales do."""
    pairs = zip(_channels(low), _channels(high), strict=True)
    return "#" + "".join(f"{round(start + (end - start) * share):02X}" for start, end in pairs)


def ink_on(color: str, mode: Mode) -> str:
    """Return ink or paper of a mode, whichever stands out more from a colour, #rrggbb."""
    ground = GROUNDS[mode]
    return max((ground.ink, ground.paper), key=lambda each: contrast(each, color))


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
