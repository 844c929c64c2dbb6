"""Outcomes → curves: mean score and 95 % interval at each budget; numbers only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.records import Ints, Outcome, State, Study
from explorer.scores import METRICS
from explorer.statistics.contrasts import Cell
from explorer.statistics.evidence import Judged, cells_of, gathered, judged, numbered
from explorer.statistics.intervals import of_shares, plain
from explorer.statistics.spread import Spread, spread

#: Fewer seeds than this make a rough interval, and it is said.
FEW_SEEDS = 5

INTERVAL_WORDS = (
    "Line: mean over seeds. Band: 95 % interval of what other images and labels of the same kind would give, from how "
    "seeds differ and from the {units} that judged, {how}. It holds for this {test}."
)
IMAGES, WHOLE_GROUPS = "images", "whole groups"
DIFFERENT_IMAGES = "different images, all copies of one together,"
JOINED_GROUPS = "whole groups, joined where copies of one image lie in several,"
DRAWN, SAME_ITEMS = "each counted once", "the same at all seeds, as the data set brings its test split"
FEW_SEEDS_WORDS = "Where fewer than five seeds are done, the band is rough."
ONE_SEED_WORDS = "Where one seed is done, nothing is known of how seeds differ."


@dataclass(frozen=True)
class CurvePoint:
    """One arm at one budget: what its finished trials say.

    budget       in the unit of the study
    n_labeled    mean number of labelled examples that the trials used
    mean         mean score over seeds
    low, high    95 % interval, see INTERVAL_WORDS
    seeds        the finished seeds, ascending, and `values` their scores
    error        standard error of the mean, as it is best estimated
    seconds      median seconds of one fit and its answers on one core, without what was prepared before
    whole        median seconds of these with a share of what was prepared, which the trials of an arm at a seed, one
                 for each budget, share evenly; None where it is not known of every trial
    """

    budget: int
    n_labeled: float
    mean: float
    low: float
    high: float
    seeds: tuple[int, ...]
    values: tuple[float, ...]
    error: float = 0.0
    seconds: float = 0.0
    whole: float | None = None

    @property
    def few_seeds(self) -> bool:
        """Tell whether the interval rests on so few seeds that it is rough."""
        return len(self.seeds) < FEW_SEEDS


@dataclass(frozen=True)
class Curve:
    """What a study says about one arm under one metric; points ascend in labelled examples."""

    arm: str
    title: str
    metric: str
    points: tuple[CurvePoint, ...]


def curves(
    study: Study, outcomes: Sequence[Outcome], labels: Ints, groups: Ints | None = None, metric: str | None = None
) -> tuple[Curve, ...]:
    """Return one curve per arm of the study, in its order, from the trials that are done.

    labels    (n,) int64 of the whole data set, by row; groups likewise, or None
    metric    name of a score; None = the study's own

    An arm without a finished trial has a curve without points.
    """
    name = metric or study.metric
    done = [judged(outcome, labels, name) for outcome in outcomes if outcome.state is State.DONE]
    return curves_of(study, done, name, labels, groups)


def curves_of(
    study: Study, done: Iterable[Judged], metric: str, labels: Ints, groups: Ints | None
) -> tuple[Curve, ...]:
    """Return one curve per arm of the study, in its order, from what is known of the trials that are done."""
    cells = cells_of(list(done))
    known = _spreads(cells, labels, groups)
    return tuple(
        Curve(
            arm=arm.name,
            title=arm.title,
            metric=metric,
            points=tuple(
                _point(cells[arm.name, budget], known[arm.name, budget], metric, len(study.budgets))
                for budget in study.budgets
                if (arm.name, budget) in cells
            ),
        )
        for arm in study.arms
    )


def interval_words(shown: Sequence[Curve], groups: Ints | None, units: Ints | None = None, *, given_test: bool) -> str:
    """Return what the bands of these curves contain, in words, and what cannot be told from few seeds, or at all.

    groups        those of the data set, or None
    units         what was counted once, of each row, as `splits.counted_units` has it; None = the groups
    given_test    whether it brings its test split
    """
    points = [point for curve in shown for point in curve.points]
    band = INTERVAL_WORDS.format(
        units=_judges(groups, units),
        how=SAME_ITEMS if given_test else DRAWN,
        test="test split" if given_test else "test share",
    )
    told = {
        FEW_SEEDS_WORDS: any(point.few_seeds for point in points),
        ONE_SEED_WORDS: any(len(point.seeds) == 1 for point in points),
        **{words: True for curve in shown if (words := METRICS[curve.metric].leaves_out)},
    }
    return " ".join([band, *(words for words, holds in told.items() if holds)])


def _judges(groups: Ints | None, units: Ints | None) -> str:
    """Return in words what judges and is counted once."""
    if groups is None or units is None:
        return WHOLE_GROUPS if groups is not None else IMAGES if units is None else DIFFERENT_IMAGES
    either, whole = (len(np.unique(numbered(each, len(groups)))) for each in (groups, units))
    return JOINED_GROUPS if whole < either else WHOLE_GROUPS


def _spreads(cells: Mapping[Cell, Sequence[Judged]], labels: Ints, groups: Ints | None) -> Mapping[Cell, Spread]:
    """Return what is known of the mean of each cell; those of the same seeds and judges are gathered together."""
    alike: dict[tuple[tuple[int, bytes], ...], list[Cell]] = defaultdict(list)
    for cell, trials in cells.items():
        alike[tuple((each.trial.seed, each.rows.tobytes()) for each in trials)].append(cell)
    found: dict[Cell, Spread] = {}
    for names in alike.values():
        known = spread(gathered([cells[name] for name in names], labels, groups))
        found |= {name: known.column(place) for place, name in enumerate(names)}
    return found


def _point(cell: Sequence[Judged], known: Spread, metric: str, sharing: int) -> CurvePoint:
    """Return the point of a cell; so many trials of a seed share what was prepared for them."""
    whole = [each.seconds + each.prepared / sharing for each in cell if each.prepared is not None]
    mean = float(known.mean[0])
    low, high = (of_shares if METRICS[metric].percent else plain)(known)
    if all(each.certain for each in cell):
        low = high = known.mean
    return CurvePoint(
        budget=cell[0].trial.budget,
        n_labeled=float(np.mean([each.n_labeled for each in cell])),
        mean=mean,
        low=max(0.0, float(low[0])),
        high=float(high[0]),
        seeds=tuple(each.trial.seed for each in cell),
        values=tuple(each.value for each in cell),
        error=float(np.sqrt(known.variance[0])),
        seconds=float(np.median([each.seconds for each in cell])),
        whole=float(np.median(whole)) if len(whole) == len(cell) else None,
    )
