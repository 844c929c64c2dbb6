"""More seeds until the verdicts settle, without a larger chance of a false one.

Whoever looks after every seed and stops at the first clear difference finds one too often. The level is therefore
spent: at the k-th look only as much of it may be used as a spending function has released since the look before (Lan
and DeMets 1983, doi:10.1093/biomet/70.3.659). As the sum over looks never passes the level, the chance of a false claim
at any of them does not either, however looks depend on each other (Bonferroni), so that the same holds for seeds that
share test items and training examples.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist

from explorer.statistics.verdicts import LEVEL, Comparison, Verdict

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


def settled(found: Sequence[Comparison]) -> bool:
    """Tell whether every verdict is clear; `found` as `verdicts.compared` gives it at the level of the look."""
    return bool(found) and all(each.verdict is not Verdict.OPEN for each in found)
