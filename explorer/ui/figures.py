"""The figure of a study and the grid of its trials, as pages show them."""

import functools
from collections.abc import Mapping

from explorer.charts.label_curves import label_curves
from explorer.charts.trial_grid import grid_height, trial_grid
from explorer.export.view import View
from explorer.records import State, Trial
from explorer.ui import texts
from explorer.ui.live_plot import HEIGHT, Saved, Specs, live_plot, specs


def show(shown: View, *, key: str, height: int = HEIGHT) -> None:
    """Show the figure of a view; its zoom survives as long as study and score stay the same."""
    live_plot(
        curve_specs(shown, height),
        key=key,
        alt=texts.CURVES_ALTS[shown.against].format(headline=shown.headline),
        height=height,
        saved=Saved(f"label-curves {shown.study.name}", shown.headline, shown.footing),
    )


@functools.lru_cache(maxsize=32)
def curve_specs(shown: View, height: int = HEIGHT) -> Specs:
    """Return the figure of a view."""
    drawing, revision = shown.drawing, _revision(shown)
    return specs(lambda mode: label_curves(drawing, mode=mode, height=height, revision=revision))


def _revision(shown: View) -> str:
    """Return a name of what is drawn whose zoom may be kept: other axes are other figures."""
    axis = "" if shown.as_usual else f" {shown.against} {shown.seconds:g} {shown.furthest}"
    return f"{shown.study.id} {shown.metric.name}{axis}"


def show_grid(shown: View, states: Mapping[Trial, State], *, alt: str) -> None:
    """Show the grid of trials of a view, its columns under the budgets of the figure."""
    height = grid_height(len(shown.study.arms))
    live_plot(_grid_specs(shown, tuple(states.items())), key="grid", alt=alt, height=height)


@functools.lru_cache(maxsize=32)
def _grid_specs(shown: View, states: tuple[tuple[Trial, State], ...]) -> Specs:
    return specs(
        lambda mode: trial_grid(shown.study, dict(states), mode=mode, ticks=shown.ticks, furthest=shown.furthest)
    )
