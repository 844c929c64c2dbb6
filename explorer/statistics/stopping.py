"""More seeds until the verdicts settle, without a larger chance of a false one.

Whoever looks after every seed and stops at the first clear difference finds one too often. The level is therefore
spent: at the k-th look only as much of it may be used as a spending function has released since the look before (Lan
and DeMets 1983, doi:10.1093/biomet/70.3.659). As the sum over looks never passes the level, the chance of a false claim
at any of them does not either, however looks depend on each other (Bonferroni), so that the same holds for seeds that
share test items and training examples. It holds for any score and any arm that is declared beforehand, and for all
budgets, since what a look may say does not depend on what made it the last.

A study that must end before its last look, as its time is up, has one more at the seeds that are done, which may use
all that is left: when the time is up does not depend on who is ahead.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import Protocol, TypeVar

from explorer.records import Ints, Look, Trial
from explorer.statistics.evidence import Judged
from explorer.statistics.verdicts import LEVEL, PRACTICAL, Comparison, Verdict, compared

#: Fewest seeds at a look, and how many times as many there are at the next.
_FIRST, _TIMES = 3, 1.5


def looks(most: int) -> tuple[int, ...]:
    """Return the numbers of seeds at which verdicts may be looked at, ascending; the last is `most`, two at least.

    They are far apart, since every look costs some of the level. Raises ValueError for fewer than two seeds.
    """
    if most < 2:
        raise ValueError(f"Verdicts need two seeds or more, not {most}.")
    found, seeds = [], float(min(_FIRST, most))
    while round(seeds) < most:
        found.append(round(seeds))
        seeds *= _TIMES
    return (*found, most)


def evenly(share: float, level: float) -> float:
    """Return the level that is released when a share of all seeds is done: about the same at every seed.

    level · ln(1 + (e - 1) · share), the function of Lan and DeMets that is near Pocock's bounds.
    """
    return level * math.log1p((math.e - 1) * share)


def late(share: float, level: float) -> float:
    """Return the level that is released when a share of all seeds is done: hardly any before the end.

    2 - 2 Phi(z / sqrt(share)) with z the normal quantile of the level, near the bounds of O'Brien and Fleming.
    """
    normal = NormalDist()
    return 2 * normal.cdf(normal.inv_cdf(level / 2) / math.sqrt(share)) if share > 0 else 0.0


SPENDING: Mapping[str, Callable[[float, float], float]] = {"evenly": evenly, "late": late}


def levels(seeds: Sequence[int], level: float = LEVEL, spending: str = "evenly") -> tuple[float, ...]:
    """Return the level of each look, summing to `level`.

    seeds       numbers of seeds at the looks, ascending; they must be fixed before the first
    spending    "evenly" or "late"

    Raises ValueError where they do not ascend.
    """
    if not seeds or any(after <= before for before, after in zip((0, *seeds), seeds, strict=False)):
        raise ValueError(f"The seeds of the looks must ascend, not {list(seeds)}.")
    released = [SPENDING[spending](each / seeds[-1], level) for each in seeds]
    return tuple(after - before for before, after in zip((0.0, *released), released, strict=False))


class _OfTrial(Protocol):
    """Something that is known of a trial."""

    @property
    def trial(self) -> Trial: ...


#: Anything that is known of a trial, such as its outcome.
Known = TypeVar("Known", bound=_OfTrial)


def planned(most: int, spending: str = "evenly", level: float = LEVEL) -> tuple[Look, ...]:
    """Return the looks at a study of at most so many seeds, few first; nothing is known of their verdicts yet.

    Raises ValueError for fewer than two seeds.
    """
    at = looks(most)
    return tuple(Look(*each) for each in zip(at, levels(at, level, spending), strict=True))


def left(made: Sequence[Look], seeds: int, level: float = LEVEL) -> float:
    """Return the level of a look at which a study ends with so many seeds: all that looks at fewer have not used."""
    return level - sum(look.level for look in made if look.seeds < seeds)


def within(known: Sequence[Known], seeds: int) -> list[Known]:
    """Return what is known of the seeds below a number: what a look rests on, however far other seeds have come."""
    return [each for each in known if each.trial.seed < seeds]


def at_look(
    look: Look,
    done: Sequence[Judged],
    against: str,
    labels: Ints,
    groups: Ints | None,
    metric: str,
    *,
    practical: float = PRACTICAL,
) -> tuple[Comparison, ...]:
    """Return the verdicts of a look, at its level and from its seeds alone; arguments as for `verdicts.compared`."""
    mine = within(done, look.seeds)
    return compared(mine, against, labels, groups, metric, practical=practical, level=look.level)


def decisive(found: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Return the comparisons that must be clear before a study stops: of each arm that over the whole curve.

    Where an arm has none, those at its budgets count. All budgets of all arms would hardly ever be clear at once.
    """
    whole = {each.arm for each in found if each.budget is None}
    return tuple(each for each in found if each.budget is None or each.arm not in whole)


def standing(found: Sequence[Comparison]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the arms whose verdict is clear, and those for which it is not yet, in the order of their comparisons."""
    unclear = {each.arm for each in decisive(found) if each.verdict is Verdict.OPEN}
    arms = dict.fromkeys(each.arm for each in found)
    return tuple(arm for arm in arms if arm not in unclear), tuple(arm for arm in arms if arm in unclear)


def settled(found: Sequence[Comparison]) -> bool:
    """Tell whether there are verdicts, and each arm's is clear; `found` as `at_look` gives it."""
    clear, still_open = standing(found)
    return bool(clear) and not still_open
