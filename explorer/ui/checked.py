"""What each check found, in words: from a preview that the engine made, a study that has run, or saved findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from explorer.datasets.findings import count
from explorer.records import Dataset, Finding
from explorer.score_words import whole_percent
from explorer.statistics.curves import Curve, CurvePoint
from explorer.ui import texts
from explorer.ui.formats import escaped

#: nothing found, found but no fault, something to look at, not yet run
State = Literal["good", "told", "look", "open"]

#: Area under the curve above which judging images are said to differ, and gap in points above which it is said.
DIFFERS, GAP = 0.7, 15.0
#: Findings that belong to the two checks that look at the data alone.
_COPIES, _CUES = ("duplicates", "copies", "one-scene"), ("shortcut-size", "shortcut-intensity", "shortcut-border")


@dataclass(frozen=True)
class Checked:
    """What a check found: a state and one text in Markdown."""

    state: State
    text: str


def by_heart(facts: Mapping[str, Any]) -> Checked:
    """Return what the preview `by_heart` found."""
    good = facts["right"] == facts["n"]
    words = texts.HEART_GOOD if good else texts.HEART_LOOK
    return Checked("good" if good else "look", words.format(n=facts["n"], right=facts["right"]))


def shift(facts: Mapping[str, Any]) -> Checked:
    """Return what the preview `shift` found."""
    told = texts.SHIFT_TOLD.format(
        auc=f"{facts['auc']:.2f}",
        low=f"{facts['low']:.2f}",
        high=f"{facts['high']:.2f}",
        test=f"{facts['test']:,}",
        pool=f"{facts['pool']:,}",
        split=texts.SHIFT_GIVEN if facts["given"] else texts.SHIFT_DRAWN,
    )
    if facts["low"] <= 0.5:
        return Checked("good", f"{told} {texts.SHIFT_GOOD}")
    differs = facts["auc"] > DIFFERS
    return Checked("look" if differs else "told", f"{told} {texts.SHIFT_LOOK if differs else texts.SHIFT_SLIGHT}")


def floors(facts: Mapping[str, Any], budget: str) -> Checked:
    """Return what the preview `floors` found at a budget of that name."""
    lines = [texts.FLOORS_TOLD.format(title=each["title"], mean=_percent(each["mean"]), sure=_sure(each))
             for each in facts["arms"]]  # fmt: skip
    seeds = count(facts["seeds"], "seed")
    at = texts.FLOORS_AT.format(labels=budget, seeds=seeds, n=f"{facts['n']:,}")
    return Checked("told", "  \n".join([*lines, at]))


def _sure(arm: Mapping[str, Any]) -> str:
    low, high = _percent(arm["low"]), _percent(arm["high"])
    return "" if low == high else texts.FLOORS_SURE.format(low=low, high=high)


def gap(facts: Mapping[str, Any], budget: str) -> Checked:
    """Return what the preview `gap` found at a budget of that name."""
    learnt, judged = (sum(facts[each]) / len(facts[each]) for each in ("learnt", "judged"))
    told = texts.GAP_TOLD.format(
        title=facts["title"],
        labels=budget,
        learnt=_percent(learnt),
        judged=_percent(judged),
        n_labeled=f"{facts['n_labeled']:,}",
        n=f"{facts['n']:,}",
        seeds=facts["seeds"],
        low=_percent(min(facts["judged"])),
        high=_percent(max(facts["judged"])),
        gap=count(whole_percent(learnt - judged), "point"),
    )
    wide = 100 * (learnt - judged) > GAP
    return Checked("look" if wide else "good", f"{told} {texts.GAP_LOOK if wide else texts.GAP_GOOD}")


def seeds(study: str, curves: Sequence[Curve]) -> Checked:
    """Return how far seeds of the best technique are apart, and how far the best two techniques."""
    best, *others = ranked(curves)
    point = best[1]
    if len(point.values) < 2:
        return Checked("open", texts.SEEDS_ONE.format(study=escaped(study)))
    spread = 100 * (max(point.values) - min(point.values))
    told = texts.SEEDS_TOLD.format(
        title=escaped(best[0].title),
        n=point.n_labeled,
        seeds=len(point.values),
        low=_percent(min(point.values)),
        high=_percent(max(point.values)),
        spread=f"{spread:.1f}",
        study=escaped(study),
    )
    if not others:
        return Checked("told", told)
    apart = 100 * (point.mean - others[0][1].mean)
    words = (texts.SEEDS_BELOW if apart <= spread else texts.SEEDS_ABOVE).format(gap=f"{apart:.1f}")
    return Checked("look" if apart <= spread else "good", f"{told} {words}")


def ranked(curves: Sequence[Curve]) -> list[tuple[Curve, CurvePoint]]:
    """Return the curves that reach the largest budget that any reaches, with that point, the best first."""
    largest = max((point.budget for curve in curves for point in curve.points), default=0)
    ends = [(curve, curve.points[-1]) for curve in curves if curve.points and curve.points[-1].budget == largest]
    return sorted(ends, key=lambda each: -each[1].mean)


def copies(data: Dataset, findings: Sequence[Finding]) -> Checked:
    """Return what the saved findings say of copies."""
    return _found(data, [each for each in findings if any(part in each.code for part in _COPIES)], texts.COPIES_GOOD)


def cues(data: Dataset, findings: Sequence[Finding]) -> Checked:
    """Return what the saved findings say of cues that should not count."""
    return _found(data, [each for each in findings if each.code in _CUES], texts.CUES_GOOD)


def _found(data: Dataset, found: Sequence[Finding], none: str) -> Checked:
    if not found:
        return Checked("good", none.format(n=len(data)))
    state: State = "look" if any(each.severity == "warning" for each in found) else "told"
    return Checked(state, "  \n".join([*(escaped(each.message) for each in found[:3]), texts.MORE_FINDINGS]))


def _percent(share: float) -> str:
    return str(whole_percent(share))
