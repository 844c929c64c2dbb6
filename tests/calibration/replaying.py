"""How often intervals of what an order of labelling is worth hold the truth, in replays on simulated data sets."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from explorer.previews.label_replay import Ran, judged_orders
from explorer.previews.to_label import ASKED, RANDOM, SEEDS
from explorer.records import Dataset, Floats, Ints, Outcome, Split, State, Trial
from explorer.splits import make_split
from explorer.statistics.contrasts import area_weights
from explorer.statistics.labeling import replay_budgets, replayed
from explorer.statistics.verdicts import compared
from tests.calibration.coverage import Tally
from tests.calibration.populations import EASY, HARD, Design, Population, dataset
from tests.calibration.studies import METRIC, SHARE, even, nearest_mean

#: Data sets of which labels are asked for one by one; budgets are those of a replay.
DESIGNS: Mapping[str, Design] = {
    "60 test items": Design(Population(HARD), 200, (), seeds=SEEDS),
    "60 test items, easy": Design(Population(EASY), 200, (), seeds=SEEDS),
    "150 items of a given test": Design(Population(HARD), 500, (), given=True, seeds=SEEDS),
    "200 test items, unequal classes": Design(Population(HARD, shares=(0.6, 0.25, 0.15)), 660, (), seeds=SEEDS),
}

Expected = Mapping[int | None, float]


def orders(data: Dataset, split: Split) -> Iterator[tuple[str, int, Ints]]:
    """Yield for each order and number of labels the rows that are labelled, as the replay of a page asks for them."""
    rows = np.sort(split.order)
    budgets = replay_budgets(len(rows), data.n_classes)

    def fit(taught: Ints, labels: Ints, asked: Ints) -> Floats:
        return answers(data, rows[taught], data.inputs[rows[asked]])

    for name in (ASKED, RANDOM):
        found = replayed(data.inputs[rows], data.labels[rows], budgets, fit, split.seed, random=name == RANDOM)
        yield from ((name, budget, rows[each]) for budget, each in zip(budgets, found, strict=True))


def answers(data: Dataset, taught: Ints, asked: Floats) -> Floats:
    """Return class probabilities (m, k) by the nearest mean of the labelled rows; 0 of a class that has none."""
    kinds, labels = np.unique(data.labels[taught], return_inverse=True)
    found = np.zeros((len(asked), data.n_classes))
    found[:, kinds] = nearest_mean(data.inputs[taught], labels, asked, np.random.default_rng(0))
    return found


def ran(data: Dataset, seeds: int) -> list[Ran]:
    """Return the trials of a replay."""
    found = []
    for seed in range(seeds):
        split = make_split(data, seed, SHARE)
        for name, budget, labeled in orders(data, split):
            probabilities = answers(data, labeled, data.inputs[split.test]).astype(np.float32)
            outcome = Outcome(Trial(name, budget, seed), State.DONE, len(labeled), 0, split.test, probabilities)
            found.append(Ran(outcome, labeled))
    return found


def expected(design: Design, studies: int, asked: int = 3000) -> Expected:
    """Return the mean difference of both orders at each number of labels, and over the whole curve (None).

    It is that over fresh data sets, one replay each, judged by fresh items.
    """
    sums: dict[int | None, float] = {}
    for number in range(studies):
        random = np.random.default_rng([number, 5])
        data = dataset(design, random)
        split = make_split(data, int(random.integers(design.seeds)), SHARE)
        features, labels, _ = replace(design.population, shares=even(design)).draw(asked, random)
        for name, budget, labeled in orders(data, split):
            right = answers(data, labeled, features).argmax(axis=1) == labels
            recall = float((np.bincount(labels, right) / np.bincount(labels)).mean())
            sums[budget] = sums.get(budget, 0.0) + (recall if name == ASKED else -recall) / studies
    budgets = [each for each in sums if each is not None]
    return {**sums, None: float(area_weights(budgets) @ np.array([sums[each] for each in budgets]))}


def replays(design: Design, studies: int, truths: int) -> Tally:
    """Return how often intervals of differences, at each number of labels and over the curve, hold the truth."""
    known, tally = expected(design, truths), Tally()
    for number in range(studies):
        data = dataset(design, np.random.default_rng([number, 6]))
        done = judged_orders(ran(data, design.seeds), data.labels, METRIC)
        for each in compared(done, RANDOM, data.labels, data.groups, METRIC):
            what = "area" if each.budget is None else f"difference {each.budget}"
            tally.add(what, each.low <= known[each.budget] <= each.high)
    return tally
