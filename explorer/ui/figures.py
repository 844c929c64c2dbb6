"""What the figure of a study needs beside its outcomes, and the figure itself as pages show it."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.charts.label_axis import Tick
from explorer.charts.label_curves import label_curves
from explorer.charts.trial_grid import grid_height, trial_grid
from explorer.datasets.findings import count
from explorer.records import Ints, State, Study, Trial
from explorer.scores import METRICS, Metric
from explorer.statistics.curves import Curve
from explorer.ui import texts
from explorer.ui.headline import caution, headline
from explorer.ui.live_plot import HEIGHT, Saved, Specs, live_plot, specs
from explorer.ui.supply import expected, is_short


@dataclass(frozen=True)
class View:
    """A study's curves under one score, ready to be drawn, and how far the study had come with them.

    chance    what the score's guess reaches with these judging images; None where that is not drawn
    """

    study: Study
    curves: tuple[Curve, ...]
    metric: Metric
    n_classes: int
    chance: float | None
    ticks: tuple[Tick, ...]
    state: State

    @property
    def headline(self) -> str:
        """Return the one sentence that the curves allow."""
        return headline(self.curves, self.metric, self.state, self.chance) if self.curves else texts.PLAN_HEADLINE

    @property
    def footing(self) -> str:
        """Return what the curves are of: data set, score, and how many seeds there are at most."""
        done = max((len(point.seeds) for curve in self.curves for point in curve.points), default=0)
        seeds = count(self.study.seeds, "seed")
        return texts.FOOTING.format(
            name=self.study.name,
            metric=self.metric.title,
            seeds=seeds if done == self.study.seeds else texts.SEEDS_SO_FAR.format(done=done, seeds=seeds),
        )

    @property
    def caution(self) -> str:
        """Return the warning that brightness may explain these curves; empty where it does not."""
        return caution(self.curves, self.metric, self.state, self.chance)


def view(
    study: Study, curves: tuple[Curve, ...], metric: str, pool: Ints, judging: Ints, state: State = State.DONE
) -> View:
    """Return the view; of each class, `pool`, (k,), are the labels it can give, `judging`, (k,), the images that judge.

    Both as they are at seed 0.
    """
    score = METRICS[metric]
    return View(study, curves, score, len(pool), score.chance(judging), ticks(study, curves, pool), state)


def ticks(study: Study, curves: Sequence[Curve], pool: Ints) -> tuple[Tick, ...]:
    """Return the marks of the axis: where budgets were measured there, else where they are expected."""
    measured = {point.budget: point.n_labeled for curve in curves for point in curve.points}
    places = {budget: measured.get(budget) or max(expected(study, budget, pool), 1.0) for budget in study.budgets}
    return tuple(Tick(at, _mark(study, budget, at, len(pool))) for budget, at in places.items())


def _mark(study: Study, budget: int, at: float, n_classes: int) -> str:
    if not study.per_class:
        return f"{at:,.0f}"
    words = texts.AT_MOST_PER_CLASS if is_short(study, budget, at, n_classes) else texts.PER_CLASS
    return f"{at:,.0f}<br>{words.format(n=budget)}"


def show(shown: View, *, key: str, height: int = HEIGHT) -> None:
    """Show the figure of a view; its zoom survives as long as study and score stay the same."""
    live_plot(
        curve_specs(shown, height),
        key=key,
        alt=texts.CURVES_ALT.format(headline=shown.headline),
        height=height,
        saved=Saved(f"label-curves {shown.study.name}", shown.headline, shown.footing),
    )


@functools.lru_cache(maxsize=32)
def curve_specs(shown: View, height: int = HEIGHT) -> Specs:
    """Return the figure of a view."""
    return specs(
        lambda mode: label_curves(
            shown.curves,
            mode=mode,
            metric=shown.metric,
            chance=shown.chance,
            ticks=shown.ticks,
            seeds=shown.study.seeds,
            height=height,
            revision=f"{shown.study.id} {shown.metric.name}",
        )
    )


def show_grid(shown: View, states: Mapping[Trial, State], *, alt: str) -> None:
    """Show the grid of trials of a view, its columns under the budgets of the figure."""
    height = grid_height(len(shown.study.arms))
    live_plot(_grid_specs(shown, tuple(states.items())), key="grid", alt=alt, height=height)


@functools.lru_cache(maxsize=32)
def _grid_specs(shown: View, states: tuple[tuple[Trial, State], ...]) -> Specs:
    return specs(lambda mode: trial_grid(shown.study, dict(states), mode=mode, ticks=shown.ticks))
