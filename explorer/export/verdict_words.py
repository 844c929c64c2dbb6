"""The verdicts of a study as people read them: sentences, and rows of a table."""

import math
from collections.abc import Iterator, Sequence

from explorer.charts.cost_axis import Against, Axis, took
from explorer.charts.saving_arrow import Arrow
from explorer.datasets.findings import count, listed
from explorer.export.comparing import Compared, Stated
from explorer.export.headline import BRIGHTNESS, named
from explorer.records import Study
from explorer.score_words import difference_shown, differences_shown, distance_shown, interval_shown, score_shown
from explorer.scores import Metric
from explorer.statistics.curves import Curve
from explorer.statistics.forecasts import SURE, Forecast, Refusal
from explorer.statistics.savings import Saving
from explorer.statistics.verdicts import LEVEL, Comparison, Verdict

REACHES = "With {labels}, {best} reaches {score}\u00a0({interval})"
SHORTCUT = "{reaches}, {brightness} alone {score}\u00a0({interval}): look for a shortcut before trusting any curve."
TIED = ", with no clear difference to {others}"
EARLY = "With {labels} it is there already: {score}\u00a0({interval})."
ALIKE = "With {labels}, no clear difference between {best}, the best there, and {others}."
NEEDS = "{against} needs about {times} times as many labels ({low} to {high}) for that"
NEEDS_MORE, TIMES_MORE = "{against} does not get there with {most} labels", ", {times} times as many"
NEEDS_FEWEST = "{against} is there with its fewest labels, {fewest}"
NEEDS_ALIKE = "How many {against} needs for that is not clear: {low} to {high} times as many"
NEEDS_BEYOND = "How many {against} needs for that is not clear: {low} times as many, or more than were tried"
MORE_THAN, LESS_THAN = "more than {times}", "less than {times}"
ARROW, ARROW_BEYOND = "{times} × the labels", "more than {times} × the labels"
SAVED, SAVED_BEYOND = "{time} saved", "more than {time} saved"
ONE_SEED = "one seed is too few to say"
MORE = "{verdict}: about {seeds} would settle it"
ADJUSTED, ADJUSTED_MORE = "{verdict} (adjusted p {p})", "{verdict}: about {seeds}"
UP_TO = "up to "
WHOLE, PART = "whole curve", "curve from {first} to {last}"
FORECAST = (
    "With {n} labels, twice as many as were tried, {arm} may reach {score} (nominal 90\u00a0% band {band}). "
    "On your own data this rule missed by {miss} one step ahead."
)
NEEDED = "about {n} labels (nominal 90\u00a0% band {fewest} to {most})"
NEEDED_REACHED = "reached with the {n} labels that were tried"
NEEDED_NEVER = "not reached within {n} labels, four times as many as were tried"
NEEDED_PERHAPS = "{never}; at the better end of the band with {fewest}"
#: The largest ratio of labels for which there is an arrow: a shorter one says nothing.
_DRAWN = 0.8
#: So many times as many labels are about as many.
_AS_MANY = 1.05


def verdict_sentence(study: Study, found: Compared, metric: Metric) -> str:
    """Return how far the best technique comes at the budget that sums a study up, and what that takes the baseline.

    Techniques are called as the curves are. Empty where nothing is finished.
    """
    if found.stated is None:
        return ""
    at = found.stated
    reaches = REACHES.format(
        labels=_labels(study, at),
        best=_title(found, at.best),
        score=score_shown(at.point.mean, metric),
        interval=interval_shown(at.point.low, at.point.high, metric, "–"),
    )
    if at.shortcut:
        return SHORTCUT.format(
            reaches=reaches,
            brightness=_title(found, BRIGHTNESS),
            score=score_shown(at.shortcut.mean, metric),
            interval=interval_shown(at.shortcut.low, at.shortcut.high, metric, "–"),
        )
    told = "" if at.needs is None else _needs(found, at.needs)
    alike = [_title(found, arm) for arm in found.alike if not told or arm != found.against]  # of it, more is said
    reaches += TIED.format(others=named(alike)) if alike else ""
    return " ".join(filter(None, [f"{reaches}.", _early(study, at, metric), told]))


def _early(study: Study, at: Stated, metric: Metric) -> str:
    """Return with how few labels the best technique comes as far; empty where that takes as many as are summed up."""
    if at.early is None:
        return ""
    by_class = study.per_class and not at.short
    return EARLY.format(
        labels=f"{count(at.early.budget, 'label')} per class"
        if by_class
        else count(round(at.early.n_labeled), "label"),
        score=score_shown(at.early.mean, metric),
        interval=interval_shown(at.early.low, at.early.high, metric, "–"),
    )


def alike_words(study: Study, found: Compared) -> str:
    """Return which arms may be as good as the best where a study is summed up, every one by its short name.

    The sentence names two of them. Empty where there are none, and where brightness is better than the best.
    """
    if found.stated is None or found.stated.shortcut or not found.alike:
        return ""
    return ALIKE.format(labels=_labels(study, found.stated), best=found.stated.best, others=listed(list(found.alike)))


def _title(found: Compared, arm: str) -> str:
    return next(curve.title for curve in found.curves if curve.arm == arm)


def _labels(study: Study, at: Stated) -> str:
    """Return the budget in words: what it is at most where a class has fewer, what there are where all have."""
    if not study.per_class:
        return count(round(at.point.n_labeled) if at.short else at.budget, "label")
    return f"{UP_TO if at.short else ''}{count(at.budget, 'label')} per class"


def _needs(found: Compared, needs: Saving) -> str:
    """Return how many times as many labels the baseline needs; `Saving` has the ratio the other way round.

    That it never gets there, or does from the start, is said only where the whole interval says so. Empty where its
    interval leaves no doubt that more are needed, but the two are not told apart: then nothing is saved. So it is where
    the baseline may be as good: then it is named beside the best.
    """
    if found.against in (found.tied if _clear(needs) else found.alike):
        return ""
    against = _title(found, found.against)
    if needs.high == 0:
        words = NEEDS_MORE.format(against=against, most=f"{needs.most:,.0f}")
        words += TIMES_MORE.format(times=times(needs.most / needs.n)) if needs.most > _AS_MANY * needs.n else ""
    elif math.isinf(needs.low):
        words = NEEDS_FEWEST.format(against=against, fewest=f"{needs.fewest:,.0f}")
    else:
        low, high = (_times_as_many(needs, each) for each in (needs.high, needs.low))
        told = NEEDS if _clear(needs) else NEEDS_BEYOND if _no_more(needs) else NEEDS_ALIKE
        words = told.format(against=against, times=_times_as_many(needs, needs.ratio), low=low, high=high)
    return f"{words}."


def _clear(needs: Saving) -> bool:
    """Tell whether the baseline is known to need more labels, and how many or that it never gets there."""
    return needs.high < 1 if needs.ratio > 0 else needs.high == 0


def _no_more(needs: Saving) -> bool:
    """Tell whether the baseline may not get there, though it was given hardly more labels than the other."""
    return needs.low == 0 and needs.most <= _AS_MANY * needs.n


def _times_as_many(needs: Saving, ratio: float) -> str:
    """Return a ratio of `Saving` the other way round; what its ends stand for is named by the arm's budgets."""
    if ratio == 0:
        return MORE_THAN.format(times=times(needs.most / needs.n))
    return LESS_THAN.format(times=times(needs.fewest / needs.n)) if math.isinf(ratio) else times(1 / ratio)


def saving_arrow(found: Compared, axis: Axis | None = None) -> Arrow | None:
    """Return the arrow from the best technique's point to where the baseline gets as far; None where it saves little.

    axis    None = labelled examples; on one of labelling time the arrow says how much of it is saved, and there is none
            on one of computing time

    Where the baseline does not get there, the arrow ends with its last budget. What is not clear has no arrow.
    """
    if axis is not None and axis.against is Against.COMPUTING:
        return None
    needs = None if found.stated is None or found.stated.shortcut else found.stated.needs
    if needs is None or needs.ratio > _DRAWN or not _clear(needs) or found.against in found.tied:
        return None
    reached = needs.ratio > 0
    end = needs.needed if reached else needs.most
    if needs.n / end > _DRAWN:
        return None
    if axis is None or axis.against is Against.LABELS:
        text = (ARROW if reached else ARROW_BEYOND).format(times=times(end / needs.n))
        return Arrow(needs.goal, needs.n, end, text, reached)
    text = (SAVED if reached else SAVED_BEYOND).format(time=took((end - needs.n) * axis.seconds))
    return Arrow(needs.goal, axis.place(needs.n), axis.place(end), text, reached)


def times(ratio: float) -> str:
    """Return how many times, with two digits: "3.1", "12", "0.85"."""
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"


def verdict(found: Comparison) -> str:
    """Return what a difference allows to say; one seed does not know how seeds differ."""
    if found.seeds == 1:
        return ONE_SEED
    told, more = str(found.verdict), MORE
    # Alone it would be clear. At one look of several a p below the usual level is not clear either: it would seem odd.
    if found.verdict is Verdict.OPEN and not found.low <= 0 <= found.high and found.adjusted > LEVEL:
        told, more = ADJUSTED.format(verdict=told, p=f"{found.adjusted:.2g}"), ADJUSTED_MORE
    if found.verdict is Verdict.OPEN and found.more_seeds is not None:
        told = more.format(verdict=told, seeds=count(found.more_seeds, "more seed"))
    return told


def budget(study: Study, found: Comparison) -> str:
    """Return where a comparison was made: at a budget, over the whole curve, or over the part that both have."""
    return f"{found.budget:,}" if found.budget is not None else part(study, found) or WHOLE


def part(study: Study, found: Comparison) -> str:
    """Return which part of the curve a comparison is made over; empty where that is the whole one, or one budget."""
    if found.span is None or found.span == (min(study.budgets), max(study.budgets)):
        return ""
    first, last = found.span
    return PART.format(first=f"{first:,}", last=f"{last:,}")


def forecast_sentence(study: Study, arm: str, found: Forecast | Refusal, metric: Metric) -> str:
    """Return what an arm may reach with twice the labels, or why that is not told."""
    if isinstance(found, Refusal):
        return found.reason
    n = SURE * float(found.n[-1])
    score, low, high = (float(each[0]) for each in found.at([n]))
    return FORECAST.format(
        n=f"{n:,.0f}",
        arm=study.arm(arm).title,
        score=score_shown(score, metric),
        band=interval_shown(low, high, metric),
        miss=distance_shown(found.miss, metric),
    )


def needed_words(curve: Curve, found: Forecast | Refusal, target: float, metric: Metric) -> str:
    """Return how many labels a curve needs for a score, measured or foretold, or why that is not told.

    target    in the unit of the score
    """
    sign = 1 if metric.best == "high" else -1
    tried = next((point.n_labeled for point in curve.points if sign * point.mean >= sign * target), None)
    if tried is not None:
        return NEEDED_REACHED.format(n=f"{tried:,.0f}")
    if isinstance(found, Refusal):
        return found.reason
    needed, furthest = found.needed(target), f"{found.furthest:,.0f}"
    fewest, most = (furthest if each is None else f"{each:,.0f}" for each in (needed.fewest, needed.most))
    if needed.labels is None:
        never = NEEDED_NEVER.format(n=furthest)
        return never if needed.fewest is None else NEEDED_PERHAPS.format(never=never, fewest=fewest)
    most = most if needed.most is not None else MORE_THAN.format(times=most)
    return NEEDED.format(n=f"{needed.labels:,.0f}", fewest=fewest, most=most)


def table(study: Study, found: Sequence[Comparison], metric: Metric) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield for each comparison its arm, where it was made, the difference, its interval, and what is said."""
    for each in found:
        gained = difference_shown(each.difference, metric), differences_shown(each.low, each.high, metric)
        yield each.arm, budget(study, each), *gained, verdict(each)
