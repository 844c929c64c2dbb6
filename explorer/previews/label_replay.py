"""What the order of `label_next` would have been worth: labels that are known, as if they were asked for one by one.

At each seed the order is chosen inside the pool, of labelled images alone, by what is known up to then. Trials learn
from its first labels, and from as many at random, and are judged by images that no order was chosen by.

options   study: a Study as plain JSON, `to_label.replay_study`

facts     those of `to_label.Replayed`; judging: images of each class that judge at seed 0; n_judging: different images
          that judge at any seed done; seeds: how many are done
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from explorer.previews.answers import Preview
from explorer.previews.label_next import learner_answers, space
from explorer.previews.making import AtWork
from explorer.previews.network_features import Described, described
from explorer.previews.probing import Still
from explorer.previews.showing import evenly
from explorer.previews.to_label import ASKED, CONSIDERED, RANDOM, Replayed, pool_that_may_be_asked
from explorer.recipes import split_of
from explorer.records import Dataset, Floats, Ints, Outcome, Study, Trial
from explorer.splits import counted_units
from explorer.statistics.contrasts import Cell
from explorer.statistics.curves import curves_of
from explorer.statistics.evidence import Judged, cells_of, judged
from explorer.statistics.labeling import replayed
from explorer.statistics.savings import Saving, saving
from explorer.statistics.verdicts import Comparison, Verdict, compared
from explorer.trial import asked_trial

LONG = True


@dataclass(frozen=True, eq=False)
class Ran:
    """The outcome of a trial, and the rows whose labels it was given."""

    outcome: Outcome
    labeled: Ints


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the comparison; on the way what it is after each seed. Raises DataError, TechniqueError or Cancelled."""
    study = Study.from_dict(options["study"])
    seen = {"settings": study.arms[0].model.settings, "free": study.free}
    found = described(dataset, seen, at_work)
    ran: list[Ran] = []
    for seed in range(study.seeds):
        ran += _of_seed(dataset, study, found, seed, at_work)
        if seed + 1 < study.seeds:
            at_work.show(_told(dataset, study, ran))
    return _told(dataset, study, ran)


def _of_seed(dataset: Dataset, study: Study, found: Described, seed: int, at_work: AtWork) -> Iterator[Ran]:
    each_seed = len(study.arms) * len(study.budgets)
    for place, (name, order) in enumerate(orders(dataset, study, found, seed, at_work).items()):
        for at, labeled in enumerate(order):
            done = seed * each_seed + place * len(study.budgets) + at
            at_work.monitor.step(done, study.seeds * each_seed)
            trial = Trial(name, study.budgets[at], seed)
            still = Still(at_work.monitor)
            yield Ran(asked_trial(dataset, study, trial, labeled, cache=at_work.cache, monitor=still), labeled)


def orders(
    dataset: Dataset, study: Study, found: Described, seed: int, at_work: AtWork
) -> Mapping[str, tuple[Ints, ...]]:
    """Return by the name of its arm the rows that are labelled at each budget, in the order asked for and at random."""
    chosen = split_of(dataset, seed, study.test_share)
    rows = evenly(pool_that_may_be_asked(dataset, chosen), CONSIDERED)

    def fit(taught: Ints, labels: Ints, asked: Ints) -> Floats:
        at_work.monitor.step(0, 0)
        return learner_answers(dataset, found, rows[taught], chosen.units, rows[asked], seed, at_work.monitor)

    places = space(found, rows)
    return {
        name: tuple(
            rows[each]
            for each in replayed(places, dataset.labels[rows], study.budgets, fit, seed, random=name == RANDOM)
        )
        for name in (ASKED, RANDOM)
    }


# ---- what it says ----------------------------------------------------------------------------------------------


def _told(dataset: Dataset, study: Study, ran: Sequence[Ran]) -> Preview:
    labels, groups, metric = dataset.labels, counted_units(dataset), study.metric
    done = judged_orders(ran, labels, metric)
    comparisons = compared(done, RANDOM, labels, groups, metric)
    found = Replayed(
        curves_of(study, done, metric, labels, groups),
        comparisons,
        _saved(comparisons, cells_of(done), labels, groups, metric),
    )
    first, every = ran[0].outcome.test, np.concatenate([each.outcome.test for each in ran])
    facts = {
        "judging": np.bincount(labels[first], minlength=dataset.n_classes).tolist(),
        "n_judging": len(np.unique(every)),
        "seeds": len({each.outcome.trial.seed for each in ran}),
    }
    return Preview(facts={**found.to_facts(), **facts})


def judged_orders(ran: Sequence[Ran], labels: Ints, metric: str) -> list[Judged]:
    """Return what statistics need of trials; `labels`, (n,), are those of the data set.

    Orders that ask for the same images at several seeds differ less than they seem.
    """
    by_cell: dict[Cell, list[Ints]] = {}
    for each in ran:
        by_cell.setdefault((each.outcome.trial.arm, each.outcome.trial.budget), []).append(each.labeled)
    shared = {cell: overlap(rows) for cell, rows in by_cell.items()}
    by_chance = {budget: shared.get((RANDOM, budget)) for _, budget in by_cell}
    trials = [each.outcome.trial for each in ran]
    return [
        judged(each.outcome, labels, metric, alike(shared[trial.arm, trial.budget], by_chance[trial.budget]))
        for each, trial in zip(ran, trials, strict=True)
    ]


def overlap(rows: Sequence[Ints]) -> float | None:
    """Return the share of its rows that one has in common with another, in the mean over pairs; None for a single."""
    pairs = [len(np.intersect1d(*pair)) / max(map(len, pair)) for pair in combinations(rows, 2)]
    return float(np.mean(pairs)) if pairs else None


def alike(shared: float | None, by_chance: float | None) -> float | None:
    """Return how scores of two seeds correlate whose trainings share so much of their rows; None where that is unknown.

    shared       of an order, and `by_chance` of rows at random

    Rows that are met again by chance count as those of splits do, by the square of their share. Those that an order
    asks for at every seed bring with them all that they teach, which is linear in rows while they are few: they count
    by their share itself. In simulated replays intervals would else be too narrow (docs/calibration.md).
    """
    if shared is None:
        return None
    return max(shared**2, shared - (by_chance or 0.0))


def _saved(
    comparisons: Sequence[Comparison],
    cells: Mapping[Cell, list[Judged]],
    labels: Ints,
    groups: Ints | None,
    metric: str,
) -> Saving | None:
    whole = next((each for each in comparisons if each.budget is None), None)
    if whole is None or whole.verdict not in (Verdict.HELPS, Verdict.HURTS):
        return None
    better, other = (ASKED, RANDOM) if whole.verdict is Verdict.HELPS else (RANDOM, ASKED)
    budgets = sorted(budget for name, budget in cells if name == other)
    n = float(np.mean([each.n_labeled for each in cells[other, budgets[len(budgets) // 2]]]))
    return saving(cells, better, other, n, labels, groups, metric)
