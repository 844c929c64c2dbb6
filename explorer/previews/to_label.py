"""Which images may be asked for next, and the study that holds an order against chance; imports nothing heavy.

Images that judge reach neither: of a test split that the data brings none is looked at, nor what shares a unit with it,
and where each seed draws its own, the order of that seed is chosen inside its pool.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from explorer.previews.showing import split
from explorer.records import UNLABELED, Arm, Dataset, Fact, Ints, Split, Study
from explorer.statistics.curves import Curve, CurvePoint
from explorer.statistics.labeling import replay_budgets
from explorer.statistics.savings import Saving
from explorer.statistics.verdicts import Comparison, Verdict

#: The two orders that are compared, as arms of a study.
ASKED, RANDOM = "asked", "random"
TITLES = {ASKED: "This order", RANDOM: "Random order"}
#: Seeds of the comparison, and images at most that one list is chosen from.
SEEDS, CONSIDERED = 10, 5000


def learnt_from(dataset: Dataset) -> Ints:
    """Return the labelled rows that say what is known already. Raises DataError where none can judge."""
    rows = _not_judging(dataset)
    return np.asarray(rows[dataset.labels[rows] != UNLABELED], np.int64)


def may_be_asked(dataset: Dataset) -> Ints:
    """Return the unlabelled rows that may be asked for. Raises DataError where none can judge.

    Of copies of one image the first stands for all, and none is asked for where one of them has a label.
    """
    rows = _not_judging(dataset)
    return without_copies(dataset, rows[dataset.labels[rows] == UNLABELED], learnt_from(dataset))


def _not_judging(dataset: Dataset) -> Ints:
    return np.arange(len(dataset)) if dataset.given_test is None else split(dataset).pool


def without_copies(dataset: Dataset, rows: Ints, known: Ints) -> Ints:
    """Return those of the rows that are neither copies of the rows `known` nor of one before them."""
    if dataset.duplicates is None:
        return rows
    clusters = dataset.duplicates[rows]
    first = np.zeros(len(rows), bool)
    first[np.unique(clusters, return_index=True)[1]] = True
    return rows[(clusters < 0) | (first & ~np.isin(clusters, dataset.duplicates[known]))]


# ---- held against chance ---------------------------------------------------------------------------------------


def pool_that_may_be_asked(dataset: Dataset, chosen: Split) -> Ints:
    """Return the labelled rows of a pool that would be asked for, had they no labels yet; of copies the first."""
    return without_copies(dataset, np.sort(chosen.order), np.empty(0, np.int64))


def replay_study(dataset: Dataset, arm: Arm, free: tuple[Fact, ...]) -> Study | None:
    """Return the study of an arm with labels in either order; None where too few labels are there to choose from.

    Raises DataError where no two classes can judge.
    """
    budgets = replay_budgets(len(pool_that_may_be_asked(dataset, split(dataset))), dataset.n_classes)
    if not budgets:
        return None
    arms = tuple(Arm(name, title, arm.model) for name, title in TITLES.items())
    return Study("", "", dataset.fingerprint, arms, budgets, per_class=False, seeds=SEEDS, free=free)


@dataclass(frozen=True, eq=False)
class Replayed:
    """What the comparison found, under the score of its study.

    curves        one of each order
    comparisons   of the order with chance, at each number of labels, then over the whole curve
    saving        labels of the better order for what the other one reaches in the middle of its curve; None where
                  neither is clearly better over the whole curve
    """

    curves: tuple[Curve, ...]
    comparisons: tuple[Comparison, ...]
    saving: Saving | None

    @property
    def whole(self) -> Comparison | None:
        """The comparison over the whole curve; None while too little is done for one."""
        return next((each for each in self.comparisons if each.budget is None), None)

    def to_facts(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return asdict(self)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Replayed":
        """Return what `to_facts` wrote. Raises LookupError or TypeError for anything else."""
        return cls(
            tuple(Curve(**{**each, "points": tuple(map(_point, each["points"]))}) for each in facts["curves"]),
            tuple(map(_comparison, facts["comparisons"])),
            None if facts["saving"] is None else Saving(**facts["saving"]),
        )


def _comparison(values: Mapping[str, Any]) -> Comparison:
    span = values.get("span")
    return Comparison(
        **{**values, "verdict": Verdict(values["verdict"]), "span": None if span is None else tuple(span)}
    )


def _point(values: Mapping[str, Any]) -> CurvePoint:
    return CurvePoint(**{**values, "seeds": tuple(values["seeds"]), "values": tuple(values["values"])})
