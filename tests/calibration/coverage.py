"""How often intervals hold the truth, and how often two names of one arm are said to differ."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from explorer.records import Ints, Look
from explorer.statistics.contrasts import area_weights
from explorer.statistics.evidence import Judged, cells_of, gathered
from explorer.statistics.intervals import of_shares
from explorer.statistics.savings import ratios, saving
from explorer.statistics.spread import spread
from explorer.statistics.stopping import at_look, left, planned, settled, within
from explorer.statistics.verdicts import Comparison, Verdict, compared
from tests.calibration.populations import Design
from tests.calibration.studies import DIFFERENT, METRIC, SAME, budgets_of, trials, truth

Truth = Mapping[tuple[str, int], float]


@dataclass
class Tally:
    """Hits and misses by what was held against the truth."""

    hits: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))

    def add(self, what: str, hit: bool) -> None:
        """Count one."""
        self.hits[what].append(bool(hit))

    def shares(self, beginning: str) -> list[float]:
        """Return the share of hits of everything that begins so."""
        return [float(np.mean(hits)) for what, hits in self.hits.items() if what.startswith(beginning)]


def covered(design: Design, studies: int, truths: int) -> Tally:
    """Return how often intervals of points, differences, areas and label savings hold the truth."""
    known, tally = truth(design, DIFFERENT, truths), Tally()
    for number in range(studies):
        found, labels, groups = trials(design, DIFFERENT, number)
        _points(tally, found, labels, groups, known)
        for each in compared(found, "mean", labels, groups, METRIC):
            _difference(tally, each, known, budgets_of(found))
        _saving(tally, found, labels, groups, known)
    return tally


def _points(tally: Tally, found: list[Judged], labels: Ints, groups: Ints | None, known: Truth) -> None:
    cells = cells_of(found)
    low, high = of_shares(spread(gathered(list(cells.values()), labels, groups)))
    for cell, below, above in zip(cells, low, high, strict=True):
        tally.add(f"point {cell[0]} {cell[1]}", below <= known[cell] <= above)


def _difference(tally: Tally, found: Comparison, known: Truth, n_labeled: Mapping[int, float]) -> None:
    differences = np.array([known[found.arm, each] - known[found.against, each] for each in n_labeled])
    if found.budget is None:
        expected = float(area_weights(list(n_labeled.values())) @ differences)
    else:
        expected = float(differences[list(n_labeled).index(found.budget)])
    what = "area" if found.budget is None else f"difference {found.budget}"
    tally.add(what, found.low <= expected <= found.high)


def _saving(tally: Tally, found: list[Judged], labels: Ints, groups: Ints | None, known: Truth) -> None:
    n_labeled = budgets_of(found)
    places = np.array(list(n_labeled.values()))
    curves = {arm: np.array([[known[arm, each] for each in n_labeled]]) for arm in DIFFERENT}
    for arm, against in (("mean", "neighbors"), ("neighbors", "mean")):
        for n in places[2:-1].tolist():
            expected = float(ratios(places, curves[arm], places, curves[against], n)[0])
            said = saving(cells_of(found), arm, against, n, labels, groups, METRIC)
            tally.add(f"saving {arm} {n:g}", said.low <= expected <= said.high)


def false_alarms(design: Design, studies: int) -> Tally:
    """Return how often two names of one arm are said to differ, at any budget, as a whole, or at any look."""
    tally = Tally()
    for number in range(studies):
        found, labels, groups = trials(design, SAME, number)
        said = compared(found, "one", labels, groups, METRIC)
        tally.add("at a budget", any(_claims(each) for each in said if each.budget is not None))
        tally.add("as a whole", any(_claims(each) for each in said if each.budget is None))
        tally.add("any", any(map(_claims, said)))
    return tally


def stopped(design: Design, studies: int, most: int = 10) -> Tally:
    """Return how often a claim is made by whoever looks at some numbers of seeds and stops once all is clear.

    They look as the engine does. Of some the minutes are up between two looks, after any number of seeds from two on.
    """
    tally = Tally()
    for number in range(studies):
        found, labels, groups = trials(replace(design, seeds=most), SAME, number)
        up = 2 + number % (most - 1)
        for what, at in {"with spending": planned(most), "out of minutes": _cut(planned(most), up)}.items():
            claimed = False
            for look in at:
                said = at_look(look, found, "one", labels, groups, METRIC)
                claimed |= any(map(_claims, said))
                if settled(said):
                    break
            tally.add(what, claimed)
        naive = (compared(within(found, look.seeds), "one", labels, groups, METRIC) for look in planned(most))
        tally.add("without", any(_claims(each) for said in naive for each in said))
    return tally


def _cut(at: tuple[Look, ...], seeds: int) -> tuple[Look, ...]:
    """Return the looks of a study that has to end with so many seeds."""
    made = tuple(look for look in at if look.seeds < seeds)
    return (*made, Look(seeds, left(made, seeds)))


def _claims(found: Comparison) -> bool:
    return found.verdict in (Verdict.HELPS, Verdict.HURTS)
