"""What a set of curves says in one sentence, computed from them; facts with their interval, no verdict."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from explorer.charts.label_curves import interval_shown, shown
from explorer.records import State
from explorer.scores import Metric
from explorer.statistics.curves import Curve, CurvePoint
from explorer.ui import texts
from explorer.ui.formats import listed

#: The plain baseline that everything must beat, and the two arms of the floor, by their names in the studies.
BASELINE, GUESSING, BRIGHTNESS = "baseline", "majority", "intensity"
#: More labels that bring less than this, one point, have stopped paying.
_POINT = 0.01
#: Within so much of the best other arm, brightness comes near it; so far above guessing, it is more than luck.
_NEAR, _CLEAR = 0.05, 0.10
#: Brightness explains most of what can be told where it comes more than so far on the way from guessing to the best.
_MOST = 0.5
#: Leaders that are named; of more, the number is.
_NAMED = 2
_UNFINISHED = (State.QUEUED, State.RUNNING)


def headline(curves: Sequence[Curve], metric: Metric, state: State = State.DONE, chance: float | None = None) -> str:
    """Return what labels the leading arm saved, else how many are enough, else how far it came.

    Arms are compared at the budgets that all of them have finished; nothing is claimed before there is one. Where the
    study, in `state`, is done, an arm without a single finished trial no longer counts. Guessing is never the leader,
    nor praised is what does not pass `chance`, the score of the metric's guess. Arms whose end is shown as the same
    score lead together, as far as the same is told of them.
    """
    if state in _UNFINISHED and not any(curve.points for curve in curves):
        return texts.NOT_STARTED if state is State.QUEUED else texts.JUST_STARTED
    alike = _comparable(curves, keep_empty=state is not State.DONE)
    if not alike:
        return texts.NOT_YET if state in _UNFINISHED else texts.TOO_FEW
    techniques = [curve for curve in alike if curve.arm != GUESSING]
    if not techniques:
        return texts.ONLY_GUESSING
    leaders = _leaders(techniques, metric)
    leader = leaders[0]
    floor = next((curve for curve in alike if curve.arm == GUESSING), None)
    if floor and _reaches(floor.points[-1], leader.points[-1], metric):
        return _ahead(texts.NOT_ABOVE_GUESSING, [floor], metric)
    if chance is not None and not _passes(leader.points[-1], chance, metric):
        words = texts.NOT_ABOVE_FREQUENT if metric.name == "accuracy" else texts.NOT_ABOVE_GUESSING
        n = f"{leader.points[-1].n_labeled:,.0f}"
        return words.format(n=n, score=shown(chance, metric), metric=metric.title.lower())
    if leader.arm == BRIGHTNESS:
        return _ahead(texts.SHORTCUT, [leader], metric)
    return _saved(alike, leaders, metric) or _enough(leaders, metric) or _reached(leaders, metric)


def caution(curves: Sequence[Curve], metric: Metric, state: State = State.DONE, chance: float | None = None) -> str:
    """Return a warning where brightness, the mean of each channel, comes near the best other arm; else nothing.

    Arms are compared as for the headline, once the study is over, at the most labels where brightness is near and
    clearly above guessing. With a label or two all arms may be alike, so it must also have come more than half the way
    from guessing to the best mean of all: else most of what can be learnt is not brightness. Where brightness leads,
    the headline itself says so. Points are what the rule is about, so that log loss is left out, and macro F1 without
    an arm that guesses.
    """
    alike = [] if state in _UNFINISHED else _comparable(curves, keep_empty=state is not State.DONE)
    bright = next((curve for curve in alike if curve.arm == BRIGHTNESS), None)
    others = [curve for curve in alike if curve.arm not in (BRIGHTNESS, GUESSING)]
    guessing = [point.mean for curve in alike if curve.arm == GUESSING for point in curve.points]
    floor = max(guessing if chance is None else [*guessing, chance], default=None)
    if not metric.percent or bright is None or not others or floor is None:
        return ""
    if _leaders([bright, *others], metric)[0] is bright:
        return ""
    most = max(point.mean for curve in (bright, *others) for point in curve.points)
    for point, *rest in reversed(list(zip(bright.points, *(curve.points for curve in others), strict=True))):
        best, gained = max(each.mean for each in rest), point.mean - floor
        if best - point.mean <= _NEAR and gained >= _CLEAR and gained > _MOST * (most - floor):
            return texts.CAUTION.format(
                n=f"{point.n_labeled:,.0f}",
                winner=bright.title,
                score=shown(point.mean, metric),
                metric=metric.title.lower(),
                best=shown(best, metric),
            )
    return ""


def _leaders(techniques: Sequence[Curve], metric: Metric) -> list[Curve]:
    """Return the curves that end best, the best first, with those whose end is shown as the same score.

    Equally good brightness comes before all, as a curve that it explains is not praised.
    """
    ranked = sorted(techniques, key=lambda each: _good(each.points[-1], metric), reverse=True)
    best = shown(ranked[0].points[-1].mean, metric)
    equal = [each for each in ranked if shown(each.points[-1].mean, metric) == best]
    return sorted(equal, key=lambda each: each.arm != BRIGHTNESS)


def _together(leaders: Sequence[Curve], told: Callable[[Curve], object]) -> list[Curve]:
    """Return the leaders of which the same is told as of the first."""
    return [each for each in leaders if told(each) == told(leaders[0])]


def _names(curves: Sequence[Curve]) -> str:
    more = [texts.MORE_LEADERS.format(n=len(curves) - _NAMED)] if len(curves) > _NAMED else []
    return listed([curve.title for curve in curves[:_NAMED]] + more)


def _comparable(curves: Sequence[Curve], keep_empty: bool) -> list[Curve]:
    """Return the curves at the budgets that all of them have; none where there is no such budget."""
    counted = [curve for curve in curves if curve.points or keep_empty]
    budgets = [{point.budget for point in curve.points} for curve in counted]
    common = set.intersection(*budgets) if budgets else set()
    if not common:
        return []
    return [replace(curve, points=tuple(each for each in curve.points if each.budget in common)) for curve in counted]


def _good(point: CurvePoint, metric: Metric) -> float:
    return point.mean if metric.best == "high" else -point.mean


def _reaches(point: CurvePoint, other: CurvePoint, metric: Metric) -> bool:
    return _good(point, metric) >= _good(other, metric)


def _passes(point: CurvePoint, chance: float, metric: Metric) -> bool:
    return point.mean > chance if metric.best == "high" else point.mean < chance


def _saved(drawn: Sequence[Curve], leaders: Sequence[Curve], metric: Metric) -> str:
    """Return the sentence on saved labels; empty where the leader is the baseline, or saved less than half.

    The baseline is taken at its best budget, and both points need as many seeds as an interval can rest on.
    """
    leader = leaders[0]
    baseline = next((curve for curve in drawn if curve.arm == BASELINE), leader)
    best = max(baseline.points, key=lambda point: _good(point, metric))
    enough = _first(leader, best, metric)
    if baseline is leader or enough.n_labeled > best.n_labeled / 2 or enough.few_seeds or best.few_seeds:
        return ""
    return texts.SAVED.format(
        winner=_names(_together(leaders, lambda each: _first(each, best, metric).budget)),
        few=f"{enough.n_labeled:,.0f}",
        baseline=baseline.title,
        many=f"{best.n_labeled:,.0f}",
        score=shown(best.mean, metric),
        metric=metric.title.lower(),
        seeds=len(best.seeds),
    )


def _first(curve: Curve, goal: CurvePoint, metric: Metric) -> CurvePoint:
    """Return the first point of a curve that reaches the goal; the goal itself where none does."""
    return next((point for point in curve.points if _reaches(point, goal, metric)), goal)


def _enough(leaders: Sequence[Curve], metric: Metric) -> str:
    """Return from how many labels on more bring less than a point; empty where they pay, or seeds are few."""
    enough, end = _pays_no_more(leaders[0]), leaders[0].points[-1]
    if not metric.percent or enough.n_labeled >= end.n_labeled or enough.few_seeds or end.few_seeds:
        return ""
    equal = _together(leaders, lambda each: (_pays_no_more(each).budget, shown(_pays_no_more(each).mean, metric)))
    return texts.ENOUGH.format(
        n=f"{enough.n_labeled:,.0f}",
        winner=_names(equal),
        score=shown(enough.mean, metric),
        metric=metric.title.lower(),
        most=f"{end.n_labeled:,.0f}",
    )


def _pays_no_more(curve: Curve) -> CurvePoint:
    """Return the first point to which all later ones add less than a point of the score."""
    top = max(point.mean for point in curve.points)
    return next(point for point in curve.points if point.mean > top - _POINT)


def _reached(leaders: Sequence[Curve], metric: Metric) -> str:
    """Return how far the leaders came, at the fewest labels with which the first of them came so far."""
    place = leaders[0].points.index(_first(leaders[0], leaders[0].points[-1], metric))
    there = [replace(each, points=each.points[: place + 1]) for each in leaders]
    return _ahead(texts.AHEAD, _together(there, lambda each: shown(each.points[-1].mean, metric)), metric)


def _ahead(words: str, equal: Sequence[Curve], metric: Metric) -> str:
    """Return what is told of the ends of curves that are shown as equal."""
    end = equal[0].points[-1]
    return words.format(
        n=f"{end.n_labeled:,.0f}",
        winner=_names(equal),
        score=shown(end.mean, metric),
        metric=metric.title.lower(),
        sure=_sure([each.points[-1] for each in equal], metric),
    )


def _sure(points: Sequence[CurvePoint], metric: Metric) -> str:
    """Return how sure the first of the points is, or what holds the intervals of all of them."""
    low, high = min(point.low for point in points), max(point.high for point in points)
    interval = interval_shown(replace(points[0], low=low, high=high), metric)
    if interval:
        words = texts.SURE_INTERVAL if len(points) == 1 else texts.SURE_INTERVALS
        return words.format(interval=interval)
    return texts.SURE_ALL if metric.percent and points[0].mean >= 1 - 1e-6 else ""
