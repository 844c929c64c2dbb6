"""What a set of curves says in one sentence, computed from them; facts with their interval, no verdict."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from explorer.datasets.findings import count, listed
from explorer.export import words
from explorer.records import State, Study
from explorer.score_words import PERFECT, interval_shown, score_shown, spoken, sure_shown
from explorer.scores import Metric
from explorer.statistics.curves import Curve, CurvePoint

#: The plain baseline that everything must beat, and the two arms of the floor, by their names in the studies.
BASELINE, GUESSING, BRIGHTNESS = "baseline", "majority", "intensity"
#: Within so much of the best other arm, brightness comes near it; so far above guessing, it is more than luck.
_NEAR, _CLEAR = 0.05, 0.10
#: Brightness explains most of what can be told where it comes more than so far on the way from guessing to the best.
_MOST = 0.5
#: Leaders that are named; of more, the number is.
_NAMED = 2
#: States in which results are still to come.
UNFINISHED = (State.QUEUED, State.RUNNING)


def headline(
    curves: Sequence[Curve],
    metric: Metric,
    state: State = State.DONE,
    chance: float | None = None,
    verdict: str = "",
    tied: Collection[str] = (),
) -> str:
    """Return the refusal, else the verdict, else how far it came.

    The last full stop is left to whoever puts it into a sentence.

    Arms lead together whose end is shown as the same score as the best, or which are `tied` with it there, by
    `comparing.tied_at_end`: the one is named that needs the fewest labels, with the others that need no more, and the
    rest as tied with it.
    """
    refused = refusal(curves, metric, state, chance, tied)
    if refused or verdict:
        return (refused or verdict).removesuffix(".")
    alike = _comparable(curves, keep_empty=state is not State.DONE)
    leaders = _leaders([curve for curve in alike if curve.arm != GUESSING], metric, tied)
    return _reached(leaders, metric)


def leading(curves: Sequence[Curve], metric: Metric) -> tuple[str, int] | None:
    """Return the technique that ends best and at which budget, of those that all have finished; None without any."""
    techniques = [curve for curve in _comparable(curves, keep_empty=False) if curve.arm != GUESSING]
    best = max(techniques, key=lambda each: _good(each.points[-1], metric), default=None)
    return None if best is None else (best.arm, best.points[-1].budget)


def refusal(
    curves: Sequence[Curve],
    metric: Metric,
    state: State = State.DONE,
    chance: float | None = None,
    tied: Collection[str] = (),
) -> str:
    """Return why nothing is praised; empty where the curves allow it.

    Arms are compared at the budgets that all of them have finished; nothing is claimed before there is one. Where the
    study, in `state`, is done, an arm without a single finished trial no longer counts. Guessing is never the leader,
    nor praised is what does not pass `chance`, the score of the metric's guess, or is not sure to; of a metric by which
    guessing may be perfect no arm has to pass it, nor does it tell of a shortcut.
    """
    if state in UNFINISHED and not any(curve.points for curve in curves):
        return words.NOT_STARTED if state is State.QUEUED else words.JUST_STARTED
    alike = _comparable(curves, keep_empty=state is not State.DONE)
    if not alike:
        return words.NOT_YET if state in UNFINISHED else words.TOO_FEW
    techniques = [curve for curve in alike if curve.arm != GUESSING]
    if not techniques:
        return words.ONLY_GUESSING
    leaders = _leaders(techniques, metric, tied)
    leader = leaders[0]
    floor = next((curve for curve in alike if curve.arm == GUESSING), None)
    if metric.guess and floor and _reaches(floor.points[-1], leader.points[-1], metric):
        return _told(words.NOT_ABOVE_GUESSING, [floor], metric)
    if chance is not None and not _passes(leader.points[-1], chance, metric):
        told = words.NOT_ABOVE_FREQUENT if metric.name == "accuracy" else words.NOT_ABOVE_GUESSING
        n = f"{leader.points[-1].n_labeled:,.0f}"
        return told.format(n=n, score=score_shown(chance, metric), metric=spoken(metric))
    if chance is not None and all(_holds(each.points[-1], chance) for each in leaders):
        return _told(words.NOT_CLEARLY_ABOVE, leaders, metric, chance=score_shown(chance, metric))
    if metric.guess and leader.arm == BRIGHTNESS and (chance is None or abs(leader.points[-1].mean - chance) >= _CLEAR):
        return _told(words.SHORTCUT, [leader], metric)
    return ""


def caution(curves: Sequence[Curve], metric: Metric, state: State = State.DONE, chance: float | None = None) -> str:
    """Return a warning where brightness, the mean of each channel, comes near the best other arm; else nothing.

    Arms are compared as for the headline, once the study is over, at the most labels where brightness is near, or
    its interval holds what is best, and it is clearly above guessing. With a label or two all arms may be alike, so
    it must also have come more than half the way from guessing to the best mean of all: else most of what can be
    learnt is not brightness. Where brightness leads, the headline itself says so. Points are what the rule is
    about, so that log loss is left out, and macro F1 without an arm that guesses.
    """
    alike = [] if state in UNFINISHED else _comparable(curves, keep_empty=state is not State.DONE)
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
        if (best - point.mean <= _NEAR or point.high >= best) and gained >= _CLEAR and gained > _MOST * (most - floor):
            return words.CAUTION.format(
                n=f"{point.n_labeled:,.0f}",
                winner=bright.title,
                score=score_shown(point.mean, metric),
                metric=spoken(metric),
                best=score_shown(best, metric),
            )
    return ""


def footing(study: Study, curves: Sequence[Curve], metric: Metric) -> str:
    """Return what curves are of: data set, score, and how many seeds there are at most."""
    done = max((len(point.seeds) for curve in curves for point in curve.points), default=0)
    seeds = count(study.seeds, "seed")
    return words.FOOTING.format(
        name=study.name,
        metric=metric.title,
        seeds=seeds if done == study.seeds else words.SEEDS_SO_FAR.format(done=done, seeds=seeds),
    )


def _leaders(techniques: Sequence[Curve], metric: Metric, tied: Collection[str] = ()) -> list[Curve]:
    """Return the curves that end best, the best first, with those that end alike: shown as the same score, or tied.

    Equally good brightness comes before all, as a curve that it explains is not praised. It is not merely tied: how
    near it comes, the caution tells.
    """
    best, *others = sorted(techniques, key=lambda each: _good(each.points[-1], metric), reverse=True)
    alike = [each for each in others if _ends_like(each, best, metric, tied)]
    return sorted([best, *alike], key=lambda each: each.arm != BRIGHTNESS)


def _ends_like(curve: Curve, best: Curve, metric: Metric, tied: Collection[str]) -> bool:
    same = score_shown(curve.points[-1].mean, metric) == score_shown(best.points[-1].mean, metric)
    return same or (BRIGHTNESS not in (curve.arm, best.arm) and curve.arm in tied)


def _cheapest(curves: Sequence[Curve], metric: Metric, enough: Callable[[CurvePoint], bool]) -> list[Curve]:
    """Return the curves that needed the fewest labels for a point that is enough, up to it, the best there first."""
    ends = [next((place for place, point in enumerate(each.points) if enough(point)), None) for each in curves]
    there = [
        replace(each, points=each.points[: end + 1]) for each, end in zip(curves, ends, strict=True) if end is not None
    ]
    fewest = min((each.points[-1].n_labeled for each in there), default=0.0)
    found = [each for each in there if each.points[-1].n_labeled == fewest]
    return sorted(found, key=lambda each: _good(each.points[-1], metric), reverse=True)


def _alike(curves: Sequence[Curve], metric: Metric) -> list[Curve]:
    """Return those of the curves whose end is shown as the same score as that of the first."""
    score = score_shown(curves[0].points[-1].mean, metric)
    return [each for each in curves if score_shown(each.points[-1].mean, metric) == score]


def _names(curves: Sequence[Curve]) -> str:
    return named([curve.title for curve in curves])


def named(titles: Sequence[str]) -> str:
    """Return the first titles in words, and how many more there are; empty for none."""
    more = [words.MORE_LEADERS.format(n=len(titles) - _NAMED)] if len(titles) > _NAMED else []
    return listed([*map(_quoted, titles[:_NAMED]), *more])


def _quoted(title: str) -> str:
    """Return a title in quotation marks where a list of several could not be read with it."""
    return f"“{title}”" if "," in title else title


def _rest(leaders: Sequence[Curve], named: Sequence[Curve]) -> str:
    """Return in words which leaders are tied with those that are named; empty where there are no others."""
    arms = {each.arm for each in named}
    others = [each for each in leaders if each.arm not in arms]
    n = f"{leaders[0].points[-1].n_labeled:,.0f}"
    return words.TIED.format(others=_names(others), n=n) if others else ""


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


def _holds(point: CurvePoint, chance: float) -> bool:
    """Tell whether the interval of a point holds the score of guessing, so that it may be no better."""
    return point.low <= chance <= point.high


def _reached(leaders: Sequence[Curve], metric: Metric) -> str:
    """Return how far the leaders came, at the fewest labels with which one of them came as far as the best."""
    goal = leaders[0].points[-1]

    def far(point: CurvePoint) -> bool:
        return _reaches(point, goal, metric) or score_shown(point.mean, metric) == score_shown(goal.mean, metric)

    there = _alike(_cheapest(leaders, metric, far), metric)
    return _told(words.AHEAD, there, metric, _rest(leaders, there))


def _told(sentence: str, equal: Sequence[Curve], metric: Metric, rest: str = "", **more: str) -> str:
    """Return what is told of the ends of curves that are shown as equal; `more` is what else the sentence names."""
    end = equal[0].points[-1]
    return sentence.format(
        n=f"{end.n_labeled:,.0f}",
        winner=_names(equal),
        score=score_shown(end.mean, metric),
        metric=spoken(metric),
        sure=_sure([each.points[-1] for each in equal], metric),
        tied=rest,
        **more,
    )


def _sure(points: Sequence[CurvePoint], metric: Metric) -> str:
    """Return how sure the first of the points is, or what holds the intervals of all of them."""
    if metric.percent and all(point.mean >= PERFECT for point in points):
        least = min(points, key=lambda point: point.low)
        return words.SURE_ALL.format(sure=sure_shown(least.low, least.high, metric))
    interval = interval_shown(min(point.low for point in points), max(point.high for point in points), metric)
    told = words.SURE_INTERVAL if len(points) == 1 else words.SURE_INTERVALS
    return told.format(interval=interval)
