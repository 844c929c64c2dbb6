"""How often something is said to make no practical difference that does."""

from collections.abc import Iterator, Mapping

from explorer.export.comparing import Compared, comparing
from explorer.records import Arm, Choice, Study
from explorer.statistics.verdicts import PRACTICAL, Verdict
from tests.calibration.coverage import Tally, Truth
from tests.calibration.populations import EASY, HARD, Design, Population
from tests.calibration.studies import METRIC, Model, nearest_mean, shortsighted, trials, truth

#: Two arms that end close to each other.
CLOSE: Mapping[str, Model] = {"mean": nearest_mean, "shortsighted": shortsighted}
#: Budgets of which the last before the ten labels that a study is summed up at lie about a point from it.
BUDGETS = (2, 4, 6, 7, 8, 9, 10, 20)
#: How far apart the classes of a design lie that is neither easy nor hard.
BETWEEN = (EASY + HARD) / 2
#: Studies in which so many items judge that such small differences can be told.
DESIGNS: Mapping[str, Design] = {
    "600 test items, easy": Design(Population(EASY), 2000, BUDGETS),
    "1,500 test items, easy": Design(Population(EASY), 5000, BUDGETS),
    "1,500 test items": Design(Population(BETWEEN), 5000, BUDGETS),
    "1,500 test items, hard, 15 seeds": Design(Population(HARD), 5000, BUDGETS, seeds=15),
    "1,500 items of a given test": Design(Population(BETWEEN), 5000, BUDGETS, given=True),
    "1,500 test items, patients": Design(Population(EASY, 10, False, 0.5), 5000, BUDGETS),
}


def equivalent(design: Design, studies: int, truths: int) -> Tally:
    """Return how often fewer labels are said to be enough, and how often falsely; and the same of two arms.

    "fewer said" and "fewer false" are of all studies: one says it once at most. "alike said" is of all comparisons at a
    budget; where the arms truly lie further apart than makes no practical difference, "alike false" counts these.
    """
    known, tally = truth(design, CLOSE, truths), Tally()
    arms = tuple(Arm(name, name, Choice(name)) for name in CLOSE)
    study = Study("simulated", "simulated", "", arms, design.budgets, seeds=design.seeds)
    for number in range(studies):
        done, labels, groups = trials(design, CLOSE, number)
        found = comparing(study, done, labels, groups, METRIC, against="mean")
        early = _gain(found, known)
        tally.add("fewer said", early is not None)
        tally.add("fewer false", early is not None and early > PRACTICAL)
        for same, difference in _alike(found, known):
            tally.add("alike said", same)
            if abs(difference) > PRACTICAL:
                tally.add("alike false", same)
    return tally


def _gain(found: Compared, known: Truth) -> float | None:
    """Return what all labels bring beyond the fewer that are said to be enough; None where none are said to be."""
    at = found.stated
    if at is None or at.early is None:
        return None
    return known[at.best, at.budget] - known[at.best, at.early.budget]


def _alike(found: Compared, known: Truth) -> Iterator[tuple[bool, float]]:
    """Yield of each budget whether the arms are said to be alike, and how far they are apart."""
    for each in found.comparisons:
        if each.budget is not None:
            difference = known[each.arm, each.budget] - known[each.against, each.budget]
            yield each.verdict is Verdict.SAME, difference
