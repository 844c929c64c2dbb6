"""What a study says of each technique against a declared baseline: verdicts, saved labels, forecasts; numbers only.

Pages, the command line and files show the same (`explorer.export.verdict_words`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.budgets import is_short
from explorer.export.headline import BASELINE, BRIGHTNESS, GUESSING
from explorer.records import Ints, Study
from explorer.scores import METRICS
from explorer.statistics.contrasts import Cell
from explorer.statistics.curves import Curve, CurvePoint, curves_of
from explorer.statistics.evidence import Judged, cells_of
from explorer.statistics.forecasts import Forecast, Refusal, forecast
from explorer.statistics.savings import Saving, saving
from explorer.statistics.verdicts import PRACTICAL, Comparison, compared

#: Labels of a class, or images in total, at which a study is summed up, if it has them.
STATED_PER_CLASS, STATED_TOTAL = 10, 100
#: Seeds that a verdict and its savings rest on at least.
FEWEST_SEEDS = 2


@dataclass(frozen=True, eq=False)
class Stated:
    """What a study says at one budget: the best technique there, and how many labels the baseline needs for as much.

    budget    in the unit of the study
    short     whether a class, or the data set, has fewer labels than that
    best      the arm that is best there, and `point` its point
    needs     labels that the baseline needs for what the best has there, in `Saving`'s terms; None where the baseline
              is the best, or has no two budgets in common with it
    """

    budget: int
    short: bool
    best: str
    point: CurvePoint
    needs: Saving | None


@dataclass(frozen=True, eq=False)
class Compared:
    """All that is said of a study's techniques under one score.

    against       the arm that the others are compared with
    practical     differences up to this size, in the unit of the score, are not worth acting on
    comparisons   see `verdicts.compared`
    stated        None where no budget is finished, or only guessing was run
    forecasts     what each arm may reach with more labels, or why that is not told
    """

    against: str
    practical: float
    curves: tuple[Curve, ...]
    comparisons: tuple[Comparison, ...]
    stated: Stated | None
    forecasts: Mapping[str, Forecast | Refusal]

    @property
    def ahead(self) -> tuple[str, ...]:
        """The arms whose forecasts matter most: the one that ends best, and the one that others are compared with."""
        ends = [curve for curve in self.curves if curve.points and curve.arm != GUESSING]
        most = max((curve.points[-1].budget for curve in ends), default=0)
        last = {curve.arm: curve.points[-1].mean for curve in ends if curve.points[-1].budget == most}
        sign = 1 if ends and METRICS[ends[0].metric].best == "high" else -1
        best = sorted(last, key=lambda arm: -sign * last[arm])[:1]
        return tuple(dict.fromkeys(arm for arm in (*best, self.against) if arm in self.forecasts))

    def at(self, arm: str, budget: int | None) -> Comparison | None:
        """Return the comparison of an arm at a budget, None = the whole curve; None where there is none."""
        found = (each for each in self.comparisons if (each.arm, each.budget) == (arm, budget))
        return next(found, None)


def comparing(
    study: Study,
    done: Sequence[Judged],
    labels: Ints,
    groups: Ints | None,
    metric: str,
    *,
    against: str | None = None,
    practical: float = PRACTICAL,
) -> Compared:
    """Return what the finished trials say of the study's arms.

    labels      (n,) int64 of the whole data set, by row; groups likewise, or None
    against     name of the arm that others are compared with; None = `usual_baseline`
    practical   differences up to this size, in the unit of the score, are not worth acting on

    Where trials of one seed were judged by different rows, as in a study that was put together from two, there are
    curves, but no verdicts and no savings: these compare answers to the same items.
    """
    known = [arm.name for arm in study.arms]
    other = against or usual_baseline(study)
    drawn = curves_of(study, done, metric, labels, groups)
    chosen = [each for each in done if each.trial.arm in known] if _judged_alike(done) else []
    return Compared(
        against=other,
        practical=practical,
        curves=drawn,
        comparisons=compared(chosen, other, labels, groups, metric, practical=practical),
        stated=_stated(study, drawn, cells_of(chosen), other, labels, groups, metric),
        forecasts={curve.arm: _forecast(curve, metric) for curve in drawn if curve.points},
    )


def _judged_alike(done: Sequence[Judged]) -> bool:
    """Tell whether all trials of each seed were judged by the same rows."""
    first: dict[int, Ints] = {}
    return all(np.array_equal(first.setdefault(each.trial.seed, each.rows), each.rows) for each in done)


def usual_baseline(study: Study) -> str:
    """Return the arm that others are compared with where nobody says otherwise.

    It is the small network from scratch if the study has it, else its first arm that is more than a floor.
    """
    names = [arm.name for arm in study.arms]
    return next((each for each in [BASELINE, *names] if each in names and each not in (GUESSING, BRIGHTNESS)), names[0])


# ---- summed up at one budget -----------------------------------------------------------------------------------


def _stated(
    study: Study,
    curves: Sequence[Curve],
    cells: Mapping[Cell, Sequence[Judged]],
    against: str,
    labels: Ints,
    groups: Ints | None,
    metric: str,
) -> Stated | None:
    techniques = [curve for curve in curves if curve.arm != GUESSING and curve.points]
    budgets = set.intersection(*({point.budget for point in each.points} for each in techniques)) if techniques else ()
    if not budgets:
        return None
    wanted = STATED_PER_CLASS if study.per_class else STATED_TOTAL
    budget = min(budgets, key=lambda each: (abs(np.log(each / wanted)), each))
    points = {each.arm: next(point for point in each.points if point.budget == budget) for each in techniques}
    sign = 1 if METRICS[metric].best == "high" else -1
    best = max(points, key=lambda arm: sign * points[arm].mean)
    needs = None
    if best != against:
        needs = _needs(cells, against, best, points[best].n_labeled, labels, groups, metric)
    short = is_short(budget, points[best].n_labeled, int(labels.max()) + 1, per_class=study.per_class)
    return Stated(budget, short, best, points[best], needs)


def _needs(
    cells: Mapping[Cell, Sequence[Judged]],
    arm: str,
    best: str,
    n: float,
    labels: Ints,
    groups: Ints | None,
    metric: str,
) -> Saving | None:
    """Return the labels that an arm needs for what the best has with n; None where too little of both is finished."""
    mine = {cell: trials for cell, trials in cells.items() if cell[0] in (arm, best)}
    seeds = [{each.trial.seed for each in trials} for trials in mine.values()]
    if {name for name, _ in mine} != {arm, best} or len(set.intersection(*seeds)) < FEWEST_SEEDS:
        return None
    if min(sum(name == each for name, _ in mine) for each in (arm, best)) < 2:
        return None
    return saving(mine, arm, best, n, labels, groups, metric)


# ---- with more labels ------------------------------------------------------------------------------------------


def _forecast(curve: Curve, metric: str) -> Forecast | Refusal:
    """Return the forecast of a curve, from those of its points that bought more labels than the one before."""
    score = METRICS[metric]
    points: list[CurvePoint] = []
    for point in curve.points:
        if not points or point.n_labeled > points[-1].n_labeled:
            points.append(point)
    n, means, errors = zip(*((each.n_labeled, each.mean, each.error) for each in points), strict=True)
    best = 1.0 if score.best == "high" else 0.0
    return forecast(n, means, errors, high=score.best == "high", best=best)
