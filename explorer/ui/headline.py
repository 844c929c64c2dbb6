"""What a set of curves says in one sentence, computed from them; facts with their interval, no verdict."""

from collections.abc import Sequence

from explorer.charts.label_curves import PERCENT, shown
from explorer.scores import Metric
from explorer.statistics.curves import Curve, CurvePoint
from explorer.ui import texts

#: The plain baseline that everything must beat, by its name in the studies.
BASELINE = "baseline"


def headline(curves: Sequence[Curve], metric: Metric) -> str:
    """Return how many labels the leading arm saved against the baseline, else how far the leading arm came."""
    drawn = [curve for curve in curves if curve.points]
    if not drawn:
        return texts.NOT_YET
    last = max(curve.points[-1].budget for curve in drawn)
    leader = max((curve for curve in drawn if curve.points[-1].budget == last), key=lambda each: _good(each, metric))
    return _saved(drawn, leader, metric) or _ahead(leader, metric)


def _good(curve: Curve, metric: Metric) -> float:
    mean = curve.points[-1].mean
    return mean if metric.best == "high" else -mean


def _saved(drawn: Sequence[Curve], leader: Curve, metric: Metric) -> str:
    """Return the sentence on saved labels; empty where the leader is the baseline, or saved less than half.

    The baseline is taken at its best budget, and both points need as many seeds as an interval can rest on.
    """
    baseline = next((curve for curve in drawn if curve.arm == BASELINE), leader)
    best = max(baseline.points, key=lambda point: point.mean if metric.best == "high" else -point.mean)
    enough = next((point for point in leader.points if _reaches(point, best, metric)), best)
    if baseline is leader or enough.n_labeled > best.n_labeled / 2 or enough.few_seeds or best.few_seeds:
        return ""
    return texts.SAVED.format(
        winner=leader.title,
        few=f"{enough.n_labeled:,.0f}",
        baseline=baseline.title,
        many=f"{best.n_labeled:,.0f}",
        score=shown(best.mean, metric),
        metric=metric.title.lower(),
        seeds=len(best.seeds),
    )


def _reaches(point: CurvePoint, other: CurvePoint, metric: Metric) -> bool:
    return point.mean >= other.mean if metric.best == "high" else point.mean <= other.mean


def _ahead(leader: Curve, metric: Metric) -> str:
    end = leader.points[-1]
    return texts.AHEAD.format(
        n=f"{end.n_labeled:,.0f}",
        winner=leader.title,
        score=shown(end.mean, metric),
        metric=metric.title.lower(),
        low=shown(end.low, metric).removesuffix(PERCENT),
        high=shown(end.high, metric),
    )
