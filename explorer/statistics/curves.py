"""Outcomes → curves: mean score and 95 % interval at each budget; numbers only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.records import Floats, Ints, Outcome, State, Study
from explorer.scores import METRICS
from explorer.statistics.resampling import item_counts, over_seeds

RESAMPLES = 2000
#: Drawn items held in memory at once.
BLOCK = 1_000_000
#: Fewer seeds than this make a rough interval, and it is said.
FEW_SEEDS = 5

INTERVAL_WORDS = (
    "Line: mean over seeds. Band: 95 % bootstrap interval over seeds and test items (both are drawn anew 2,000 times; "
    "whole groups where the data has groups). It holds for this data set and this test share."
)
FEW_SEEDS_WORDS = "Where fewer than five seeds are done, the band is rough."


@dataclass(frozen=True)
class CurvePoint:
    """One arm at one budget: what its finished trials say.

    budget       in the unit of the study
    n_labeled    mean number of labelled examples that the trials used
    mean         mean score over seeds
    low, high    95 % interval, see INTERVAL_WORDS
    seeds        the finished seeds, ascending, and `values` their scores
    """

    budget: int
    n_labeled: float
    mean: float
    low: float
    high: float
    seeds: tuple[int, ...]
    values: tuple[float, ...]

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
    study: Study,
    outcomes: Sequence[Outcome],
    labels: Ints,
    n_classes: int,
    groups: Ints | None = None,
    metric: str | None = None,
) -> tuple[Curve, ...]:
    """Return one curve per arm of the study, in its order, from the trials that are done.

    labels    (n,) int64 of the whole data set, by row; groups likewise, or None
    metric    name of a score; None = the study's own

    An arm without a finished trial has a curve without points. Every arm meets the same resampled items and seeds.
    """
    name = metric or study.metric
    done = [outcome for outcome in outcomes if outcome.state is State.DONE]
    resampled = _resampled(done, labels, groups, name)
    cells: dict[tuple[str, int], list[Outcome]] = defaultdict(list)
    for outcome in sorted(done, key=lambda each: each.trial.seed):
        cells[outcome.trial.arm, outcome.trial.budget].append(outcome)
    return tuple(
        Curve(
            arm=arm.name,
            title=arm.title,
            metric=name,
            points=tuple(
                _point(cells[arm.name, budget], resampled, name)
                for budget in study.budgets
                if (arm.name, budget) in cells
            ),
        )
        for arm in study.arms
    )


def interval_words(shown: Sequence[Curve]) -> str:
    """Return what the bands of these curves contain, in words, and whether few seeds make one of them rough."""
    rough = any(point.few_seeds for curve in shown for point in curve.points)
    return f"{INTERVAL_WORDS} {FEW_SEEDS_WORDS}" if rough else INTERVAL_WORDS


def _resampled(done: Sequence[Outcome], labels: Ints, groups: Ints | None, metric: str) -> Mapping[int, Floats]:
    """Return (R,) scores of resampled items for each outcome, by its id(); one draw of items serves a whole seed."""
    score = METRICS[metric]
    by_seed: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in done:
        by_seed[outcome.trial.seed].append(outcome)
    found: dict[int, Floats] = {}
    for seed in sorted(by_seed):
        test = by_seed[seed][0].test
        tables = np.stack([score.contributions(each.probabilities, labels[test]) for each in by_seed[seed]], axis=1)
        sums = _resampled_sums(tables, labels[test], None if groups is None else groups[test], seed)
        found.update({id(each): score.of_sums(sums[:, place]) for place, each in enumerate(by_seed[seed])})
    return found


def _resampled_sums(tables: Floats, labels: Ints, groups: Ints | None, seed: int) -> Floats:
    """Return sums over resampled items, (R, ...), of contributions (m, ...); in blocks, so that memory stays small."""
    random = np.random.default_rng([0, seed])
    flat = tables.astype(np.float32).reshape(len(tables), -1)
    block = max(1, min(RESAMPLES, BLOCK // len(tables)))
    sizes = [min(block, RESAMPLES - start) for start in range(0, RESAMPLES, block)]
    sums = [item_counts(labels, groups, size, random) @ flat for size in sizes]
    return np.asarray(np.concatenate(sums).reshape(RESAMPLES, *tables.shape[1:]))


def _point(cell: Sequence[Outcome], resampled: Mapping[int, Floats], metric: str) -> CurvePoint:
    values = tuple(outcome.scores[metric] for outcome in cell)
    # One stream for every point: arms then share the drawn seeds, and a redrawn figure is the same figure.
    means = over_seeds([resampled[id(outcome)] for outcome in cell], np.random.default_rng(1))
    low, high = np.quantile(means, [0.025, 0.975])
    return CurvePoint(
        budget=cell[0].trial.budget,
        n_labeled=float(np.mean([outcome.n_labeled for outcome in cell])),
        mean=float(np.mean(values)),
        low=float(low),
        high=float(high),
        seeds=tuple(outcome.trial.seed for outcome in cell),
        values=values,
    )
