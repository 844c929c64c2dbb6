"""What a study says of each technique against a declared baseline: verdicts, saved labels, forecasts; numbers only.

Pages, the command line and files show the same (`explorer.export.verdict_words`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.budgets import is_short
from explorer.export.headline import BASELINE, BRIGHTNESS, GUESSING, leading
from explorer.records import Ints, Look, Study
from explorer.scores import METRICS
from explorer.statistics.contrasts import Cell, difference, measured
from explorer.statistics.curves import Curve, CurvePoint, curves_of
from explorer.statistics.evidence import Judged, cells_of
from explorer.statistics.forecasts import Forecast, Refusal, forecast
from explorer.statistics.savings import Saving, saving
from explorer.statistics.stopping import Known, within
from explorer.statistics.verdicts import LEVEL, PRACTICAL, Comparison, compared, same, told_apart

#: Labels of a class, or images in total, at which a study is summed up, if it has them.
STATED_PER_CLASS, STATED_TOTAL = 10, 100
#: Seeds that a verdict and its savings rest on at least.
FEWEST_SEEDS = 2


@dataclass(frozen=True, eq=False)
class Stated:
    """What a study says at one budget: the best technique there, and how many labels the baseline needs for as much.

    budget    in the unit of the study
    short     whether a class, or the data set, has fewer labels than that
    best      the technique that is best there, brightness aside, and `point` its point
    shortcut  point of brightness, where that is clearly better than the best
    early     point of the best with the fewest labels from which on more make no practical difference; None where that
              takes as many, or is not known
    needs     labels that the baseline needs for what the best has there, in `Saving`'s terms; None where the baseline
              is the best, or has no two budgets in common with it
    """

    budget: int
    short: bool
    best: str
    point: CurvePoint
    needs: Saving | None
    shortcut: CurvePoint | None = None
    early: CurvePoint | None = None


@dataclass(frozen=True, eq=False)
class Compared:
    """All that is said of a study's techniques under one score.

    against       the arm that the others are compared with
    practical     differences up to this size, in the unit of the score, are not worth acting on
    comparisons   see `verdicts.compared`
    stated        None where no budget is finished, or no technique was run but guessing and brightness
    forecasts     what each arm may reach with more labels, or why that is not told
    tied          the arms that are not told apart from the best where the study is summed up, whatever `against` is
    alike         those of them that may be as good by their own interval, the nearest score first; no guessing
    level         chance of a false claim; intervals of comparisons and of saved labels are of the level 1 - `level`
    """

    against: str
    practical: float
    curves: tuple[Curve, ...]
    comparisons: tuple[Comparison, ...]
    stated: Stated | None
    forecasts: Mapping[str, Forecast | Refusal]
    tied: frozenset[str] = frozenset()
    alike: tuple[str, ...] = ()
    level: float = LEVEL

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


@dataclass(frozen=True, eq=False)
class _Known:
    """What is known of a study, and what every comparison is made by.

    labels    (n,) int64 of the whole data set, by row; groups likewise, or None
    metric    name of the score
    level     chance of a false claim
    curves    those of all arms
    cells     the trials that the summary rests on; none before the look at which a study stops
    """

    study: Study
    labels: Ints
    groups: Ints | None
    metric: str
    level: float
    curves: Sequence[Curve]
    cells: Mapping[Cell, Sequence[Judged]]

    @property
    def sign(self) -> int:
        """1 where a high score is good, else -1."""
        return 1 if METRICS[self.metric].best == "high" else -1


def comparing(
    study: Study,
    done: Sequence[Judged],
    labels: Ints,
    groups: Ints | None,
    metric: str,
    *,
    against: str | None = None,
    practical: float | None = None,
    looks: Sequence[Look] = (),
    briefly: bool = False,
) -> Compared:
    """Return what the finished trials say of the study's arms.

    labels      (n,) int64 of the whole data set, by row; groups likewise, or None
    against     name of the arm that others are compared with; None = `usual_baseline`
    practical   differences up to this size, in the unit of the score, are not worth acting on; None =
                `usual_practical`
    looks       those at a study that runs until its verdicts settle, few seeds first
    briefly     leave out verdicts and forecasts, which take two thirds of the time: the rest can be told while a study
                runs, on the evidence that counts when it is done

    The verdicts of such a study are those of its last look: from its seeds, at its level, and none before the first. A
    fresh look would be one too many. Once it has stopped, all else rests on the same seeds.

    Where trials of one seed were judged by different rows, as in a study that was put together from two, there are
    curves, but no verdicts and no savings: these compare answers to the same items.
    """
    counted = counting(done, looks)
    chosen = _chosen(study, counted)
    told, other = _told(study, chosen, looks), against or usual_baseline(study)
    curves = curves_of(study, counted, metric, labels, groups)
    known = _Known(study, labels, groups, metric, _level(looks), curves, _cells(chosen, told))
    found = Compared(
        against=other,
        practical=usual_practical(study) if practical is None else practical,
        curves=curves,
        comparisons=(),
        stated=_stated(known, other),
        forecasts={},
        level=known.level,
    )
    found = _ranked(found, known)
    if briefly:
        return found
    comparisons = _comparisons(known, told, other, found.practical)
    return replace(
        found,
        comparisons=comparisons,
        forecasts={curve.arm: _forecast(curve, metric) for curve in curves if curve.points},
    )


def _cells(chosen: Sequence[Judged], told: Sequence[Judged]) -> Mapping[Cell, Sequence[Judged]]:
    """Return the trials that the summary rests on; none before the look at which a study stops.

    What saves labels is a verdict, too, and comes with that look.
    """
    return cells_of(told) if len(told) == len(chosen) else {}


def _ranked(found: Compared, known: _Known) -> Compared:
    """Return what was found, with who is tied with the best where it is summed up, and whether brightness leads."""
    if found.stated is None:
        return found
    tied = _tied(known, found.stated.best, found.stated.budget, found.practical)
    early = _early(known, found.stated, found.practical)
    stated = replace(found.stated, shortcut=_shortcut(known, found.stated, tied), early=early)
    return replace(found, stated=stated, tied=tied, alike=_alike(known, stated, tied))


def counting(known: Sequence[Known], looks: Sequence[Look]) -> Sequence[Known]:
    """Return what counts of that which is known of trials: once a study has stopped at a look, the seeds of that."""
    return within(known, looks[-1].seeds) if looks and looks[-1].final else known


def _told(study: Study, chosen: Sequence[Judged], looks: Sequence[Look]) -> Sequence[Judged]:
    """Return the trials on which verdicts rest: of a study that looks at them, the seeds of its last look."""
    return chosen if study.until is None else within(chosen, looks[-1].seeds if looks else 0)


def _level(looks: Sequence[Look]) -> float:
    return looks[-1].level if looks else LEVEL


def _shortcut(known: _Known, stated: Stated, tied: frozenset[str]) -> CurvePoint | None:
    """Return the point of brightness at the budget of the summary, where it is clearly better than the best there."""
    if BRIGHTNESS in tied:
        return None
    here = (
        point
        for curve in known.curves
        if curve.arm == BRIGHTNESS
        for point in curve.points
        if point.budget == stated.budget
    )
    return next((point for point in here if known.sign * point.mean > known.sign * stated.point.mean), None)


def _early(known: _Known, stated: Stated, practical: float) -> CurvePoint | None:
    """Return the point of the best from which on more labels make no practical difference, by a verdict on each.

    Verdicts are asked for from many labels to few and end with the first that says otherwise, so that none counts
    against another. Like all that saves labels it takes two seeds.
    """
    best, found = next(curve for curve in known.curves if curve.arm == stated.best), None
    for point in reversed([each for each in best.points if each.n_labeled < stated.point.n_labeled]):
        pair = {(stated.best, stated.budget): 1.0, (stated.best, point.budget): -1.0}
        seeds = [{each.trial.seed for each in known.cells.get(cell, ())} for cell in pair]
        if len(set.intersection(*seeds)) < FEWEST_SEEDS:
            break
        (gain,) = measured([pair], known.cells, known.labels, known.groups, 1 - known.level)
        if not same(gain, practical):
            break
        found = point
    return found


def _tied(known: _Known, best: str, budget: int, practical: float) -> frozenset[str]:
    """Return the arms with a point at a budget that are not told apart from the best there; without cells, all."""
    there = {curve.arm for curve in known.curves if any(point.budget == budget for point in curve.points)}
    given = known.labels, known.groups, known.metric
    clear = told_apart(best, budget, known.cells, *given, practical=practical, level=known.level)
    return frozenset(there - {best} - clear)


def _alike(known: _Known, stated: Stated, tied: frozenset[str]) -> tuple[str, ...]:
    """Return the tied arms that may be as good as the best by their own interval, the nearest score first; no guessing.

    Many comparisons count against each other, so that one may be tied that is far behind; and few seeds leave even
    forty points unclear, where the score of neither lies in the other's interval. Of such arms nothing is said.
    """
    points = {curve.arm: point for curve in known.curves for point in curve.points if point.budget == stated.budget}
    there = {arm: known.cells.get((arm, stated.budget), ()) for arm in (*tied, stated.best)}
    seeds = {arm: {each.trial.seed for each in trials} for arm, trials in there.items()}
    asked = [arm for arm in sorted(tied) if len(seeds[arm] & seeds[stated.best]) > 1]
    pairs = [difference(arm, stated.best, stated.budget) for arm in asked]
    found = measured(pairs, known.cells, known.labels, known.groups, 1 - known.level)
    behind = {arm for arm, each in zip(asked, found, strict=True) if each.p <= known.level}
    named = [
        arm
        for arm, point in points.items()
        if arm in tied and arm not in behind and arm != GUESSING and _overlap(point, stated.point)
    ]
    return tuple(sorted(named, key=lambda arm: abs(points[arm].mean - stated.point.mean)))


def _overlap(one: CurvePoint, other: CurvePoint) -> bool:
    return one.low <= other.mean <= one.high or other.low <= one.mean <= other.high


def tied_at_end(
    study: Study,
    curves: Sequence[Curve],
    done: Sequence[Judged],
    labels: Ints,
    groups: Ints | None,
    metric: str,
    looks: Sequence[Look] = (),
) -> frozenset[str]:
    """Return the arms that are not told apart from the one that leads, at the most labels that all have come to.

    looks    as for `comparing`: what is told apart rests on the same seeds as verdicts
    """
    leader = leading(curves, METRICS[metric])
    if leader is None:
        return frozenset()
    cells = cells_of(_told(study, _chosen(study, counting(done, looks)), looks))
    known = _Known(study, labels, groups, metric, _level(looks), curves, cells)
    return _tied(known, *leader, usual_practical(study))


def at_practical(
    found: Compared,
    study: Study,
    done: Sequence[Judged],
    labels: Ints,
    groups: Ints | None,
    metric: str,
    practical: float,
    looks: Sequence[Look] = (),
) -> Compared:
    """Return what `comparing` found with another size of differences that are not worth acting on.

    Nothing but the verdicts, and who is tied with the best, rests on it; savings and forecasts, which take longest,
    are kept.
    """
    chosen = _chosen(study, counting(done, looks))
    told = _told(study, chosen, looks)
    known = _Known(study, labels, groups, metric, found.level, found.curves, _cells(chosen, told))
    ranked = _ranked(replace(found, practical=practical), known)
    return replace(ranked, comparisons=_comparisons(known, told, found.against, practical))


def _chosen(study: Study, done: Sequence[Judged]) -> list[Judged]:
    """Return the trials that are compared; none where those of a seed were judged by different rows."""
    known = {arm.name for arm in study.arms}
    return [each for each in done if each.trial.arm in known] if _judged_alike(done) else []


def _comparisons(known: _Known, chosen: Sequence[Judged], against: str, practical: float) -> tuple[Comparison, ...]:
    """Return the comparisons at budgets, then those of whole curves, each in the order of the study's arms."""
    names, given = [arm.name for arm in known.study.arms], (known.labels, known.groups, known.metric)
    found = compared(chosen, against, *given, practical=practical, level=known.level)
    return tuple(sorted(found, key=lambda each: (each.budget is None, names.index(each.arm))))


def _judged_alike(done: Sequence[Judged]) -> bool:
    """Tell whether all trials of each seed were judged by the same rows."""
    first: dict[int, Ints] = {}
    return all(np.array_equal(first.setdefault(each.trial.seed, each.rows), each.rows) for each in done)


def usual_baseline(study: Study) -> str:
    """Return the arm that others are compared with where nobody says otherwise.

    It is the one that a study has declared which runs until its verdicts settle. Else it is the small network from
    scratch if the study has it, else its first arm that is more than a floor.
    """
    if study.until is not None:
        return study.until.against
    names = [arm.name for arm in study.arms]
    return next((each for each in [BASELINE, *names] if each in names and each not in (GUESSING, BRIGHTNESS)), names[0])


def usual_practical(study: Study) -> float:
    """Return the size of differences that are not worth acting on where nobody says otherwise."""
    return PRACTICAL if study.until is None else study.until.practical


# ---- summed up at one budget -----------------------------------------------------------------------------------


def _stated(known: _Known, against: str) -> Stated | None:
    techniques = [curve for curve in known.curves if curve.arm not in (GUESSING, BRIGHTNESS) and curve.points]
    budgets = set.intersection(*({point.budget for point in each.points} for each in techniques)) if techniques else ()
    if not budgets:
        return None
    wanted = STATED_PER_CLASS if known.study.per_class else STATED_TOTAL
    budget = min(budgets, key=lambda each: (abs(np.log(each / wanted)), each))
    points = {each.arm: next(point for point in each.points if point.budget == budget) for each in techniques}
    best = max(points, key=lambda arm: known.sign * points[arm].mean)
    n = points[best].n_labeled
    needs = None if best == against else _needs(known, against, best, n)
    short = is_short(budget, n, int(known.labels.max()) + 1, per_class=known.study.per_class)
    return Stated(budget, short, best, points[best], needs)


def _needs(known: _Known, arm: str, best: str, n: float) -> Saving | None:
    """Return the labels that an arm needs for what the best has with n; None where too little of both is finished."""
    mine = {cell: trials for cell, trials in known.cells.items() if cell[0] in (arm, best)}
    seeds = [{each.trial.seed for each in trials} for trials in mine.values()]
    if {name for name, _ in mine} != {arm, best} or len(set.intersection(*seeds)) < FEWEST_SEEDS:
        return None
    if min(sum(name == each for name, _ in mine) for each in (arm, best)) < 2:
        return None
    return saving(mine, arm, best, n, known.labels, known.groups, known.metric, level=known.level)


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
