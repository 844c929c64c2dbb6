"""How many labels one arm needs for what another reaches with n: the label savings.

    ratio = n / n_arm,    n_arm the smallest number with which the arm reaches the other's score at n,

both curves made to never fall (`isotonic`) and straight between budgets on the axis of log labelled examples. Nothing
is extrapolated: an arm that is already there at its fewest labels has the ratio inf, "at least n / fewest"; one that
never gets there has the ratio 0, "not reached by most". The interval holds the middle 95 % of the ratios of resampled
pairs of curves (`spread.resampled`), in which both move together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.records import Floats, Ints
from explorer.scores import METRICS
from explorer.statistics.contrasts import Cell
from explorer.statistics.evidence import Judged, gathered
from explorer.statistics.isotonic import at, first_at, rising
from explorer.statistics.spread import resampled
from explorer.statistics.verdicts import LEVEL

RESAMPLES = 2000


@dataclass(frozen=True)
class Saving:
    """How many times fewer labels an arm needs than another for the same score.

    n              labelled examples of the other, and `goal` its score there
    ratio          n by the labels that the arm needs; 0 = it does not get there, inf = it is there from the start
    low, high      95 % interval of the ratio, or that of the level that was asked for; 0 and inf mean the same there
    fewest, most   labelled examples of the arm's first and last budget: what 0 and inf stand for
    seeds          seeds that all points of both curves have
    """

    n: float
    goal: float
    ratio: float
    low: float
    high: float
    fewest: float
    most: float
    seeds: int

    @property
    def needed(self) -> float:
        """Labelled examples that the arm needs; 0 = fewer than its fewest, inf = more than its most."""
        return self.n / self.ratio if self.ratio else np.inf


def saving(
    cells: Mapping[Cell, Sequence[Judged]],
    arm: str,
    against: str,
    n: float,
    labels: Ints,
    groups: Ints | None,
    metric: str,
    *,
    level: float = LEVEL,
) -> Saving:
    """Return the label savings of an arm against another at n labelled examples, within the other's budgets.

    cells     trials of each arm and budget; those of both arms are used
    labels    (n,) int64 of the whole data set, by row; groups likewise, or None (see `gathered`)
    level     the interval is of the level 1 - `level`

    Raises ValueError where n lies outside the other's budgets, or where all points of both have no seed in common.
    """
    budgets = {name: _ascending(name, cells) for name in (arm, against)}
    places = {name: np.array([_n_labeled(cells[name, each]) for each in budgets[name]]) for name in budgets}
    if not places[against][0] <= n <= places[against][-1]:
        raise ValueError(f"{n:g} labels lie outside those of {against}, {places[against][[0, -1]].tolist()}.")
    evidence = gathered([cells[name, each] for name in (arm, against) for each in budgets[name]], labels, groups)
    sign = 1.0 if METRICS[metric].best == "high" else -1.0
    drawn = sign * np.concatenate([[evidence.values.mean(axis=0)], resampled(evidence, RESAMPLES)])
    one, other = np.split(drawn, [len(places[arm])], axis=1)
    found = ratios(places[arm], one, places[against], other, n)
    low, high = np.quantile(found[1:], [level / 2, 1 - level / 2], method="nearest")
    return Saving(
        n=n,
        goal=sign * float(at(np.log(places[against]), rising(other[:1]), float(np.log(n)))[0]),
        ratio=float(found[0]),
        low=float(low),
        high=float(high),
        fewest=float(places[arm][0]),
        most=float(places[arm][-1]),
        seeds=len(evidence.seeds),
    )


def ratios(n_arm: Floats, arm: Floats, n_other: Floats, other: Floats, n: float) -> Floats:
    """Return the ratio of each pair of curves, (R,).

    n_arm, n_other   labelled examples of the points, ascending, (A,) and (B,)
    arm, other       curves, high is good, (R, A) and (R, B)
    """
    goals = at(np.log(n_other), rising(other), float(np.log(n)))
    needed = first_at(np.log(n_arm), rising(arm), goals)
    return np.asarray(np.exp(np.log(n) - needed))


def _ascending(arm: str, cells: Mapping[Cell, Sequence[Judged]]) -> list[int]:
    """Return the budgets of an arm that have more labelled examples than the one before."""
    found: list[int] = []
    for budget in sorted(budget for name, budget in cells if name == arm):
        if not found or _n_labeled(cells[arm, budget]) > _n_labeled(cells[arm, found[-1]]):
            found.append(budget)
    return found


def _n_labeled(cell: Sequence[Judged]) -> float:
    return float(np.mean([each.n_labeled for each in cell]))
