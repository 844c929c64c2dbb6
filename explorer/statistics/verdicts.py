"""What is said of arms that are compared with a baseline: helps, hurts, no practical difference, or not clear yet.

A difference is claimed where the data would hardly look so if there were none, after all comparisons of the study have
been counted (`multiple.holm`): all arms at all budgets are one family, the whole curves of all arms another, and each
family may use half of the level. No practical difference is said where the interval lies within a region that nobody
would act on (equivalence: Schuirmann 1987, doi:10.1007/BF01068419; region of practical equivalence: Kruschke 2018,
doi:10.1177/2515245918771304), even if it leaves out 0. What is left is not clear yet, and how many more seeds would
settle it follows from the variance that was found.

Which arm is best is asked after looking, and of all others at once: what may be said of that is less (`told_apart`).
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from explorer.records import Floats, Ints
from explorer.scores import METRICS
from explorer.statistics.contrasts import Cell, Measure, Weights, area_difference, difference, measured
from explorer.statistics.evidence import Judged, cells_of
from explorer.statistics.intervals import half_widths, tails
from explorer.statistics.multiple import counts, holm
from explorer.statistics.spread import Spread

#: Half the region of practical equivalence: one point.
PRACTICAL = 0.01
#: The chance of a false claim in a study that is allowed.
LEVEL = 0.05
#: More seeds that are tried in thought.
_MORE = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50)

#: What is compared, by arm and budget; None = the whole curve.
Wanted = Mapping[tuple[str, int | None], Weights]


class Verdict(StrEnum):
    """What two curves say about each other."""

    HELPS = "helps"
    HURTS = "hurts"
    SAME = "no practical difference"
    OPEN = "not clear yet"


@dataclass(frozen=True)
class Comparison:
    """An arm less the baseline, at a budget or over the whole curve, in the unit of the score.

    budget        in the unit of the study; None = the mean over the whole curve, on the log axis
    difference    mean over seeds; above 0 where the arm's score is the higher one
    low, high     its 95 % interval, or that of the level that was asked for; of this comparison alone
    better        probability that the arm is the better one, in [0, 1]
    p, adjusted   probability of so large a difference were there none, alone and among all that are compared
    more_seeds    about how many more seeds would settle it, were they like those done; None where it is settled, where
                  fifty would not, or where one seed does not tell
    seeds         seeds that both have finished, and `items` judging items of them all
    span          first and last budget of a curve, which both have finished; None at one budget
    """

    arm: str
    against: str
    budget: int | None
    difference: float
    low: float
    high: float
    better: float
    p: float
    adjusted: float
    verdict: Verdict
    more_seeds: int | None
    seeds: int
    items: int
    span: tuple[int, int] | None = None


def compared(
    done: Sequence[Judged],
    baseline: str,
    labels: Ints,
    groups: Ints | None,
    metric: str,
    *,
    practical: float = PRACTICAL,
    level: float = LEVEL,
) -> tuple[Comparison, ...]:
    """Return each other arm against the baseline: at every budget that both have finished at a seed, then as a whole.

    labels       (n,) int64 of the whole data set, by row; groups likewise, or None (see `gathered`)
    practical    differences up to this size, in the unit of the score, are not worth acting on
    level        chance of any false claim; intervals are of the level 1 - `level`

    There is a comparison as a whole where two budgets or more have a seed in common. Raises ValueError where two trials
    of a seed were judged by different rows.
    """
    cells = cells_of(done)
    wanted, whole = _wanted(baseline, cells)
    families = [family for family in (wanted, whole) if family]
    found = (
        each
        for family in families
        for each in _family(family, len(families), cells, labels, groups, baseline, metric, practical, level)
    )
    found = (_possible(each, metric) for each in found)
    spans = {arm: [budget for name, budget in wanted if name == arm and budget is not None] for arm, _ in whole}
    return tuple(
        replace(each, span=(spans[each.arm][0], spans[each.arm][-1])) if each.budget is None else each for each in found
    )


def told_apart(
    arm: str,
    budget: int,
    cells: Mapping[Cell, Sequence[Judged]],
    labels: Ints,
    groups: Ints | None,
    metric: str,
    *,
    practical: float = PRACTICAL,
    level: float = LEVEL,
) -> frozenset[str]:
    """Return the arms that differ from one at a budget, even if it was picked there and whichever is the baseline.

    cells       trials of each arm and budget; labels, groups, practical and level as for `compared`

    An arm that is looked at because it came out best looks better than it is. So its differences count among those of
    all pairs of arms at that budget (Holm), which holds whichever of them leads (all pairwise comparisons: Hsu 1996,
    Multiple Comparisons, ISBN 978-0-412-98281-1, chapter 5). Of these, only those are told that `compared` calls a
    difference as well, with either of the two as the baseline. Raises ValueError where two trials of a seed were judged
    by different rows.
    """
    here = [name for name, at in cells if at == budget]
    pairs: dict[frozenset[str], Weights] = {
        frozenset(pair): difference(*pair, budget) for pair in itertools.combinations(here, 2)
    }
    pairs = {pair: each for pair, each in pairs.items() if _common(each, cells)}
    found = dict(zip(pairs, measured(list(pairs.values()), cells, labels, groups, 1 - level), strict=True))
    adjusted = dict(zip(pairs, holm(_alone(list(found.values()))).tolist(), strict=True))

    def differs(other: str) -> bool:
        pair = frozenset((arm, other))
        if adjusted.get(pair, 1.0) > level or same(found[pair], practical):
            return False
        each_way = ((arm, other), (other, arm))
        return all(_claimed(found[pair].p, *way, budget, cells, labels, groups, level) for way in each_way)

    return frozenset(other for other in here if other != arm and differs(other))


def _claimed(
    p: float,
    arm: str,
    baseline: str,
    budget: int,
    cells: Mapping[Cell, Sequence[Judged]],
    labels: Ints,
    groups: Ints | None,
    level: float,
) -> bool:
    """Tell whether a difference of that p-value is one among all comparisons with a baseline."""
    wanted, whole = _wanted(baseline, cells)
    families = 1 + bool(whole)
    if families * len(wanted) * p <= level:  # as often as it can count at most, whatever the others are
        return True
    adjusted = families * holm(_alone(measured(list(wanted.values()), cells, labels, groups, 1 - level)))
    return bool(adjusted[list(wanted).index((arm, budget))] <= level)


def _wanted(baseline: str, cells: Mapping[Cell, Sequence[Judged]]) -> tuple[Wanted, Wanted]:
    """Return both families of comparisons of all other arms with the baseline: at budgets, and over whole curves."""
    arms = [arm for arm in dict.fromkeys(arm for arm, _ in cells) if arm != baseline]
    wanted: Wanted = {(arm, budget): each for arm in arms for budget, each in _by_budget(arm, baseline, cells).items()}
    whole: Wanted = {(arm, None): each for arm in arms if (each := _whole(arm, baseline, cells)) is not None}
    return wanted, whole


def _by_budget(arm: str, baseline: str, cells: Mapping[Cell, Sequence[Judged]]) -> dict[int, Weights]:
    budgets = sorted(budget for name, budget in cells if name == arm and (baseline, budget) in cells)
    pairs = {budget: difference(arm, baseline, budget) for budget in budgets}
    return {budget: pair for budget, pair in pairs.items() if _common(pair, cells)}


def _whole(arm: str, baseline: str, cells: Mapping[Cell, Sequence[Judged]]) -> Weights | None:
    """Return the weights of the area between two curves; None where there is none."""
    n_labeled: dict[int, float] = {}
    for budget in _by_budget(arm, baseline, cells):
        n = float(np.mean([each.n_labeled for each in cells[arm, budget]]))
        if n > max(n_labeled.values(), default=0.0):  # a pool that is used up gives the same again
            n_labeled[budget] = n
    if len(n_labeled) < 2:
        return None
    found = area_difference(arm, baseline, n_labeled)
    return found if _common(found, cells) else None


def _common(weights: Weights, cells: Mapping[Cell, Sequence[Judged]]) -> set[int]:
    return set.intersection(*({each.trial.seed for each in cells[cell]} for cell in weights))


def _family(
    wanted: Wanted,
    families: int,
    cells: Mapping[Cell, Sequence[Judged]],
    labels: Ints,
    groups: Ints | None,
    baseline: str,
    metric: str,
    practical: float,
    level: float,
) -> list[Comparison]:
    found = measured(list(wanted.values()), cells, labels, groups, 1 - level)
    alone = _alone(found)
    adjusted = np.minimum(families * holm(alone), 1.0).tolist()
    times = (families * counts(alone)).tolist()
    sign = 1 if METRICS[metric].best == "high" else -1
    return [
        _comparison(each, arm, baseline, budget, sign, among, often, practical, level)
        for (arm, budget), each, among, often in zip(wanted, found, adjusted, times, strict=True)
    ]


def _alone(found: Sequence[Measure]) -> Floats:
    """Return the p-value of each measure, (J,); one seed does not know how seeds differ, and has none."""
    return np.array([each.p if each.seeds > 1 else 1.0 for each in found])


def _comparison(
    found: Measure,
    arm: str,
    against: str,
    budget: int | None,
    sign: int,
    adjusted: float,
    times: float,
    practical: float,
    level: float,
) -> Comparison:
    verdict = _verdict(found, sign, adjusted, practical, level)
    return Comparison(
        arm=arm,
        against=against,
        budget=budget,
        difference=found.mean,
        low=found.mean - found.half,
        high=found.mean + found.half,
        better=found.above if sign > 0 else 1 - found.above,
        p=found.p,
        adjusted=adjusted,
        verdict=verdict,
        more_seeds=_more_seeds(found, times, practical, level) if verdict is Verdict.OPEN else None,
        seeds=found.seeds,
        items=found.items,
    )


def _possible(found: Comparison, metric: str) -> Comparison:
    """Return a comparison whose interval ends where differences of shares do; of few seeds it would go on."""
    if not METRICS[metric].percent:
        return found
    return replace(found, low=max(found.low, -1.0), high=min(found.high, 1.0))


def _verdict(found: Measure, sign: int, adjusted: float, practical: float, level: float) -> Verdict:
    """Return what is said; one seed does not know how seeds differ, so that nothing is clear yet."""
    if found.seeds == 1:
        return Verdict.OPEN
    if same(found, practical):
        return Verdict.SAME
    if adjusted > level:
        return Verdict.OPEN
    return Verdict.HELPS if sign * found.mean > 0 else Verdict.HURTS


def same(found: Measure, practical: float) -> bool:
    """Tell whether all of the interval of a difference lies where nobody would act on it."""
    return abs(found.mean) + found.half <= practical


def _more_seeds(found: Measure, times: float, practical: float, level: float) -> int | None:
    """Return the fewest more seeds with which the same mean would be clear, were it to count `times` as often then."""
    if found.seeds == 1:
        return None
    for more in _MORE:
        known = found.known.with_seeds(found.seeds + more)
        if times * float(tails(known)[0]) <= level or _narrow(found.mean, known, practical, level):
            return more
    return None


def _narrow(mean: float, known: Spread, practical: float, level: float) -> bool:
    return abs(mean) <= practical and abs(mean) + float(half_widths(known, 1 - level)[0]) <= practical
