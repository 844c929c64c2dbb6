"""What the figure of a study needs beside its outcomes, and the figure itself as pages show it."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.charts.label_axis import Tick
from explorer.charts.label_curves import label_curves
from explorer.charts.trial_grid import grid_height, trial_grid
from explorer.records import Ints, State, Study, Trial
from explorer.scores import METRICS, Metric
from explorer.statistics.curves import Curve
from explorer.ui import headline, texts
from explorer.ui.live_plot import Specs, live_plot, specs

HEIGHT = 392


@dataclass(frozen=True)
class View:
    """A study's curves under one score, ready to be drawn."""

    study: Study
    curves: tuple[Curve, ...]
    metric: Metric
    n_classes: int
    ticks: tuple[Tick, ...]


def view(study: Study, curves: tuple[Curve, ...], metric: str, class_counts: Ints) -> View:
    """Return the view; `class_counts`, (k,), are the labelled items of each class of the data set."""
    return View(study, curves, METRICS[metric], len(class_counts), ticks(study, curves, class_counts))


def ticks(study: Study, curves: Sequence[Curve], class_counts: Ints) -> tuple[Tick, ...]:
    """Return the marks of the axis: where budgets were measured there, else where they are expected."""
    measured = {point.budget: point.n_labeled for curve in curves for point in curve.points}
    places = {budget: measured.get(budget) or expected(study, budget, class_counts) for budget in study.budgets}
    return tuple(Tick(at, _mark(study, budget, at)) for budget, at in places.items())


def expected(study: Study, budget: int, class_counts: Ints) -> float:
    """Return how many labelled examples a budget buys when `test_share` of each class judges."""
    pool = class_counts - (class_counts * study.test_share).round().clip(min=1)
    return float(pool.clip(max=budget).sum() if study.per_class else min(budget, pool.sum()))


def _mark(study: Study, budget: int, at: float) -> str:
    total = f"{at:,.0f}"
    return f"{total}<br>{texts.PER_CLASS.format(n=budget)}" if study.per_class else total


def show(shown: View, *, key: str, height: int = HEIGHT) -> None:
    """Show the figure of a view; its zoom survives as long as study and score stay the same."""
    live_plot(
        _curve_specs(shown, height),
        key=key,
        alt=texts.CURVES_ALT.format(headline=headline.headline(shown.curves, shown.metric)),
        height=height,
        name=f"label-curves {shown.study.name}",
    )


@functools.lru_cache(maxsize=32)
def _curve_specs(shown: View, height: int) -> Specs:
    return specs(
        lambda mode: label_curves(
            shown.curves,
            mode=mode,
            metric=shown.metric,
            chance=shown.metric.chance(shown.n_classes),
            ticks=shown.ticks,
            seeds=shown.study.seeds,
            height=height,
            revision=f"{shown.study.id} {shown.metric.name}",
        )
    )


def show_grid(shown: View, states: Mapping[Trial, State], *, alt: str) -> None:
    """Show the grid of trials of a view, its columns under the budgets of the figure."""
    height = grid_height(len(shown.study.arms))
    live_plot(_grid_specs(shown, tuple(states.items())), key="grid", alt=alt, height=height, toolbar=False)


@functools.lru_cache(maxsize=32)
def _grid_specs(shown: View, states: tuple[tuple[Trial, State], ...]) -> Specs:
    return specs(lambda mode: trial_grid(shown.study, dict(states), mode=mode, ticks=shown.ticks))
