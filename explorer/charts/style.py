"""How figures look: grounds and inks of both modes, and one fixed look per arm.

Line colours are the Okabe–Ito palette (Okabe & Ito 2008, Color Universal Design), per mode those with a contrast of at
least 3:1 to the ground; inks are the same hues at 4.5:1, for text. An arm is told apart by colour, marker and dash.
"""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, TypeAlias

from explorer.records import digest

Mode: TypeAlias = Literal["light", "dark"]

FONT = '"Source Sans", "Source Sans Pro", "Segoe UI", Helvetica, Arial, sans-serif'


@dataclass(frozen=True)
class Ground:
    """Colours of a mode that do not depend on an arm, as #rrggbb."""

    paper: str
    ink: str
    quiet: str
    grid: str
    axis: str
    bar: str
    panel: str


GROUNDS: Mapping[Mode, Ground] = {
    "light": Ground("#FFFFFF", "#1B1F24", "#59626C", "#E9ECEF", "#AAB2BA", "#5B7F9F", "#F3F5F7"),
    "dark": Ground("#14171A", "#E7EAED", "#A5AEB7", "#272C31", "#5B646D", "#7FA3C2", "#1E2226"),
}


@dataclass(frozen=True)
class Hue:
    """A colour in both modes: for lines and for text."""

    light: str
    dark: str
    light_ink: str
    dark_ink: str

    def line(self, mode: Mode) -> str:
        """Return the colour of lines and markers, #rrggbb."""
        return self.light if mode == "light" else self.dark

    def ink(self, mode: Mode) -> str:
        """Return the colour of text, #rrggbb."""
        return self.light_ink if mode == "light" else self.dark_ink


@dataclass(frozen=True)
class Look:
    """How one arm is drawn in every figure."""

    hue: Hue
    marker: str
    dash: str


BLUE = Hue("#0072B2", "#56B4E9", "#0072B2", "#56B4E9")
VERMILLION = Hue("#D55E00", "#E69F00", "#B04A00", "#E69F00")
GREEN = Hue("#009E73", "#009E73", "#007A58", "#2DB892")
PURPLE = Hue("#CC79A7", "#CC79A7", "#A34C7C", "#D68DB7")
BLACK = Hue("#1B1F24", "#F0E442", "#1B1F24", "#F0E442")
SLATE = Hue("#59626C", "#C3CAD1", "#59626C", "#C3CAD1")
SILVER = Hue("#88929B", "#77818B", "#6B747D", "#8F99A2")
#: Those that tell series of one figure apart, in their order.
HUES: tuple[Hue, ...] = (BLUE, VERMILLION, GREEN, PURPLE, BLACK)

#: Looks that stay with an arm for good: what is added to a model has its colour and another dash, the floor is grey.
_FIXED: Mapping[str, Look] = {
    "transfer": Look(BLUE, "circle", "solid"),
    "baseline": Look(VERMILLION, "square", "solid"),
    "pseudo_labels": Look(BLUE, "triangle-up", "dash"),
    "denoising": Look(VERMILLION, "triangle-down", "dash"),
    "augmentation": Look(PURPLE, "hexagon", "solid"),
    "everything": Look(BLACK, "diamond", "solid"),
    "scattering": Look(GREEN, "pentagon", "solid"),
    "classical": Look(GREEN, "star", "dot"),
    "hog": Look(GREEN, "diamond", "dash"),
    "pixels": Look(PURPLE, "triangle-up", "dashdot"),
    "intensity": Look(SLATE, "x", "dot"),
    "majority": Look(SILVER, "cross", "longdash"),
    "finetune": Look(BLUE, "star-diamond", "longdashdot"),
    "self_supervised": Look(VERMILLION, "star-triangle-up", "longdashdot"),
    "fixmatch": Look(PURPLE, "diamond-tall", "dash"),
}
_SPARE: tuple[Look, ...] = tuple(
    Look(hue, marker, dash)
    for (marker, dash), hue in product(
        (("star", "solid"), ("pentagon", "dash"), ("hexagon", "longdashdot"), ("triangle-down", "dot")),
        (BLACK, GREEN, PURPLE, BLUE, VERMILLION),
    )
)


def looks(arms: Iterable[str]) -> Mapping[str, Look]:
    """Return the look of each arm, all different for up to twenty arms beside the fixed ones.

    An arm without a fixed look gets one from its name alone; only where two names of one figure meet does the later
    in the alphabet move on to the next free look.
    """
    chosen: dict[str, Look] = {}
    for arm in sorted(set(arms)):
        chosen[arm] = _FIXED.get(arm) or _spare(arm, chosen)
    return chosen


def _spare(arm: str, taken: Mapping[str, Look]) -> Look:
    start = int(digest(arm), 16) % len(_SPARE)
    turned = _SPARE[start:] + _SPARE[:start]
    return next((look for look in turned if look not in taken.values()), turned[0])


def plain(text: str) -> str:
    """Return text that Plotly, which reads tags in every label, shows as it stands."""
    return html.escape(text, quote=False)


def faded(color: str, opacity: float) -> str:
    """Return #rrggbb as rgba(...) of the given opacity in [0, 1]."""
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def layout(mode: Mode, height: int) -> dict[str, Any]:
    """Return the layout of the product's own look, `height` in px, to be refined; every colour in it is explicit."""
    ground = GROUNDS[mode]
    return {
        "template": {"layout": {"colorway": [hue.line(mode) for hue in (BLUE, VERMILLION, GREEN, PURPLE)]}},
        "height": height,
        "paper_bgcolor": ground.paper,
        "plot_bgcolor": ground.paper,
        "font": {"family": FONT, "size": 13, "color": ground.ink},
        "margin": {"l": 52, "r": 16, "t": 34, "b": 48},
        "xaxis": _axis(ground),
        "yaxis": _axis(ground),
        "hoverlabel": {"bgcolor": ground.panel, "bordercolor": ground.axis, "font": {"color": ground.ink}},
        "modebar": {"bgcolor": faded(ground.paper, 0), "color": ground.quiet, "activecolor": ground.ink},
        "showlegend": False,
        "legend": {"font": {"color": ground.ink, "size": 12}, "bgcolor": faded(ground.paper, 0)},
        "hovermode": "closest",
        "dragmode": "zoom",
    }


def _axis(ground: Ground) -> dict[str, Any]:
    return {
        "showgrid": True,
        "gridcolor": ground.grid,
        "zeroline": False,
        "linecolor": ground.axis,
        "tickcolor": ground.axis,
        "tickfont": {"color": ground.quiet, "size": 12},
        "title": {"font": {"color": ground.quiet, "size": 13}, "standoff": 8},
        "automargin": False,
    }


def heading(text: str, mode: Mode) -> dict[str, Any]:
    """Return a layout title that stands quietly above the left end of the plot."""
    font = {"size": 13, "color": GROUNDS[mode].quiet}
    return {"text": text, "x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "paper", "yanchor": "bottom",
            "pad": {"b": 9}, "font": font}  # fmt: skip
