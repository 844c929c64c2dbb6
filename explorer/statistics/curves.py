"""Outcomes → curves: mean score and 95 % interval at each budget; numbers only."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from explorer.records import Floats, Ints, Outcome, State, Study, Trial
from explorer.scores import METRICS
from explorer.statistics.faultless import Faultless, least_share
from explorer.statistics.resampling import over_seeds, resampled_sums

RESAMPLES = 2000
#: Fewer seeds than this make a rough interval, and it is said.
FEW_SEEDS = 5

INTERVAL_WORDS = (
    "Line: mean over seeds. Band: 95 % bootstrap interval over seeds and test items (both are drawn anew 2,000 "
    "times{how}). It holds for this data set and this {test}."
)
WHOLE_GROUPS, SAME_ITEMS = "whole groups at once", "the same at all seeds, as the data set brings its test split"
FEW_SEEDS_WORDS = "Where fewer than five seeds are done, the band is rough."
ONE_SEED_WORDS = "Where one seed is done, nothing is known of how seeds differ."
NO_WIDTH_WORDS = (
    "A point without an interval is not certain: its seeds and test items all agree, and resampling them cannot tell "
    "how sure that is."
)
BOUND_WORDS = (
    "Where every answer was right, resampling cannot tell how sure that is either: the band then begins at the lowest "
    "score with which so many right answers still come about in 5 % of cases (exact one-sided 95 % bound; it counts "
    "each {unit} once, and takes those of a class for independent)."
)
#: Judging images of a class up to which the band hardly widens for what others of it would do.
FEW_ITEMS = 4
FEW_ITEMS_WORDS = (
    f"A class has at most {FEW_ITEMS} judging images at a seed: the band is too narrow for it, since resampling so few "
    "says little of how others of the class would be answered."
)


class Interval(StrEnum):
    """What the interval of a point is."""

    BOOTSTRAP = "95 % bootstrap over seeds and test items"
    BOUND = "one-sided 95 % bound, as every answer was right"
    NONE = "none, as seeds and test items all agree"


@dataclass(frozen=True)
class CurvePoint:
    """One arm at one budget: what its finished trials say.

    budget       in the unit of the study
    n_labeled    mean number of labelled examples that the trials used
    mean         mean score over seeds
    low, high    95 % interval, see INTERVAL_WORDS and BOUND_WORDS; both the mean where there is none
    seeds        the finished seeds, ascending, and `values` their scores
    one_sided    whether `low` is the bound of trials without a mistake
    fewest       judging items of the smallest class that judges, at the seed that has the fewest; None if not known
    """

    budget: int
    n_labeled: float
    mean: float
    low: float
    high: float
    seeds: tuple[int, ...]
    values: tuple[float, ...]
    one_sided: bool = False
    fewest: int | None = None

    @property
    def few_seeds(self) -> bool:
        """Tell whether the interval rests on so few seeds that it is rough."""
        return len(self.seeds) < FEW_SEEDS

    @property
    def has_width(self) -> bool:
        """Tell whether there is an interval: seeds and test items that all agree leave none."""
        return not math.isclose(self.low, self.high, abs_tol=1e-6)

    @property
    def interval(self) -> Interval:
        """Return what the interval is."""
        if self.one_sided:
            return Interval.BOUND
        return Interval.BOOTSTRAP if self.has_width else Interval.NONE


@dataclass(frozen=True)
class Curve:
    """What a study says about one arm under one metric; points ascend in labelled examples."""

    arm: str
    title: str
    metric: str
    points: tuple[CurvePoint, ...]

    @property
    def is_flat(self) -> bool:
        """Tell whether the arm scored the same, short of all, in every trial, as one that always answers the same."""
        values = {round(value, 6) for point in self.points for value in point.values}
        return len(values) == 1 and values != {1.0}


@dataclass(frozen=True, eq=False)
class Judged:
    """All that curves need of a finished trial under one metric; small, where its predictions are not.

    value         its score
    resampled     (R,) its score with resampled test items
    given_test    whether the data set brings its test split: then resample i has the same items at every seed
    faultless     the items, where the score is a share of right answers and all of them are right
    fewest        judging items of the smallest class that judges
    """

    trial: Trial
    n_labeled: int
    value: float
    resampled: Floats
    given_test: bool
    faultless: Faultless | None
    fewest: int


def curves(
    study: Study,
    outcomes: Sequence[Outcome],
    labels: Ints,
    n_classes: int,
    groups: Ints | None = None,
    metric: str | None = None,
    *,
    given_test: bool = False,
) -> tuple[Curve, ...]:
    """Return one curve per arm of the study, in its order, from the trials that are done.

    labels        (n,) int64 of the whole data set, by row; groups likewise, or None
    metric        name of a score; None = the study's own
    given_test    whether the data set brings its test split

    An arm without a finished trial has a curve without points.
    """
    name = metric or study.metric
    done = (outcome for outcome in outcomes if outcome.state is State.DONE)
    return curves_of(study, (judged(outcome, labels, groups, name, given_test) for outcome in done), name)


def judged(outcome: Outcome, labels: Ints, groups: Ints | None, metric: str, given_test: bool = False) -> Judged:
    """Return what curves need of a trial that is done; it depends on no other trial, so it can be kept.

    labels        (n,) int64 of the whole data set, by row; groups likewise, or None
    given_test    whether the data set brings its test split
    """
    score, test = METRICS[metric], outcome.test
    table = score.contributions(outcome.probabilities, labels[test])
    grouped = None if groups is None else groups[test]
    sums = resampled_sums(table, labels[test], grouped, RESAMPLES, None if given_test else outcome.trial.seed)
    value = outcome.scores[metric]
    faultless = None
    if score.share_of is not None and math.isclose(value, 1.0, abs_tol=1e-9):
        faultless = Faultless(test, labels[test], np.full_like(test, -1) if grouped is None else grouped)
    fewest = int(np.unique(labels[test], return_counts=True)[1].min())
    return Judged(outcome.trial, outcome.n_labeled, value, score.of_sums(sums), given_test, faultless, fewest)


def curves_of(study: Study, done: Iterable[Judged], metric: str) -> tuple[Curve, ...]:
    """Return one curve per arm of the study, in its order, from what is known of the trials that are done."""
    cells: dict[tuple[str, int], list[Judged]] = defaultdict(list)
    for each in sorted(done, key=lambda each: each.trial.seed):
        cells[each.trial.arm, each.trial.budget].append(each)
    return tuple(
        Curve(
            arm=arm.name,
            title=arm.title,
            metric=metric,
            points=tuple(_point(cells[arm.name, each], metric) for each in study.budgets if (arm.name, each) in cells),
        )
        for arm in study.arms
    )


def interval_words(shown: Sequence[Curve], groups: Ints | None, *, given_test: bool) -> str:
    """Return what the bands of these curves contain, in words, and what cannot be told from little to draw.

    groups        those of the data set, or None
    given_test    whether it brings its test split
    """
    grouped = groups is not None
    points = [point for curve in shown for point in curve.points]
    how = [words for words, holds in ((WHOLE_GROUPS, grouped), (SAME_ITEMS, given_test)) if holds]
    band = INTERVAL_WORDS.format(
        how="".join(f"; {words}" for words in how), test="test split" if given_test else "test share"
    )
    told = {
        FEW_SEEDS_WORDS: any(point.few_seeds for point in points),
        ONE_SEED_WORDS: any(len(point.seeds) == 1 for point in points),
        FEW_ITEMS_WORDS: any(point.fewest is not None and point.fewest <= FEW_ITEMS for point in points),
        BOUND_WORDS.format(unit="group" if grouped else "test image"): any(point.one_sided for point in points),
        NO_WIDTH_WORDS: any(not point.has_width for curve in shown if not curve.is_flat for point in curve.points),
    }
    return " ".join([band, *(words for words, holds in told.items() if holds)])


def _point(cell: Sequence[Judged], metric: str) -> CurvePoint:
    values = tuple(each.value for each in cell)
    faultless = [each.faultless for each in cell if each.faultless is not None]
    one_sided = len(faultless) == len(cell)
    if one_sided:
        low, high = least_share(faultless, by_class=METRICS[metric].share_of == "classes"), 1.0
    else:
        drawn = over_seeds([each.resampled for each in cell], same_items=cell[0].given_test)
        low, high = np.quantile(drawn, [0.025, 0.975]).tolist()
    return CurvePoint(
        budget=cell[0].trial.budget,
        n_labeled=float(np.mean([each.n_labeled for each in cell])),
        mean=float(np.mean(values)),
        low=low,
        high=high,
        seeds=tuple(each.trial.seed for each in cell),
        values=values,
        one_sided=one_sided,
        fewest=min(each.fewest for each in cell),
    )
