"""Simulated studies: the project's own splits, budgets and seeds, with models that cost microseconds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from explorer.records import Floats, Ints, Outcome, State, Trial
from explorer.splits import labeled_rows, make_split
from explorer.statistics.evidence import Judged, judged
from tests.calibration.populations import Design, dataset

METRIC = "balanced_accuracy"
SHARE = 0.3
#: The features that a shortsighted model does not see.
_BLIND = (2, 3)

#: From labelled features and labels, features to answer, and a stream of random numbers, to probabilities.
Model = Callable[[Floats, Ints, Floats, np.random.Generator], Floats]


def nearest_mean(features: Floats, labels: Ints, asked: Floats, random: np.random.Generator) -> Floats:
    """Answer the class whose mean is nearest."""
    kinds = int(labels.max()) + 1
    means = np.stack([features[labels == each].mean(axis=0) for each in range(kinds)])
    return _softmax(asked @ means.T - (means**2).sum(axis=1) / 2)


def half_blind(features: Floats, labels: Ints, asked: Floats, random: np.random.Generator) -> Floats:
    """Answer the nearest mean of a random part of the features: a model whose own dice matter."""
    seen = random.permutation(features.shape[1])[: max(1, 7 * features.shape[1] // 10)]
    return nearest_mean(features[:, seen], labels, asked[:, seen], random)


def shortsighted(features: Floats, labels: Ints, asked: Floats, random: np.random.Generator) -> Floats:
    """Answer the nearest mean of all features but two: a model that is always worse, by one to two points."""
    return nearest_mean(np.delete(features, _BLIND, axis=1), labels, np.delete(asked, _BLIND, axis=1), random)


def neighbors(features: Floats, labels: Ints, asked: Floats, random: np.random.Generator) -> Floats:
    """Answer by the votes of the nearest labelled items in warped features, of more where there are more labels."""
    count = max(1, round(np.sqrt(len(labels)) / 2))
    warped, asked = np.tanh(features), np.tanh(asked)
    away = (warped**2).sum(axis=1) - 2 * asked @ warped.T
    nearest = np.argpartition(away, min(count, len(labels) - 1), axis=1)[:, :count]
    return np.asarray(np.eye(int(labels.max()) + 1)[labels[nearest]].mean(axis=1)) + 1e-3


def discriminant(features: Floats, labels: Ints, asked: Floats, random: np.random.Generator) -> Floats:
    """Answer by linear discriminant analysis, its covariance drawn towards the identity."""
    kinds = int(labels.max()) + 1
    means = np.stack([features[labels == each].mean(axis=0) for each in range(kinds)])
    rest = features - means[labels]
    covariance = (rest.T @ rest + 5 * np.eye(features.shape[1])) / (len(labels) - kinds + 5)
    scaled = np.linalg.solve(covariance, means.T)
    return _softmax(asked @ scaled - (means.T * scaled).sum(axis=0) / 2)


#: Two arms that differ, and one arm under two names.
DIFFERENT: Mapping[str, Model] = {"mean": nearest_mean, "neighbors": neighbors}
SAME: Mapping[str, Model] = {"one": half_blind, "other": half_blind}


def trials(
    design: Design, arms: Mapping[str, Model], number: int, metric: str = METRIC
) -> tuple[list[Judged], Ints, Ints | None]:
    """Return the trials of the simulated study of that number, and labels and groups of its data set."""
    data = dataset(design, np.random.default_rng([number, 1]))
    found = []
    for seed in range(design.seeds):
        split = make_split(data, seed, SHARE)
        asked = data.inputs[split.test]
        for budget in design.budgets:
            rows = labeled_rows(split, budget, per_class=True)
            for place, (arm, model) in enumerate(arms.items()):
                random = np.random.default_rng([number, 2, place, seed, budget])
                probabilities = model(data.inputs[rows], data.labels[rows], asked, random)
                outcome = Outcome(Trial(arm, budget, seed), State.DONE, len(rows), budget, split.test, probabilities)
                found.append(judged(outcome, data.labels, metric))
    return found, data.labels, data.groups


def truth(
    design: Design, arms: Mapping[str, Model], studies: int, asked: int = 3000
) -> Mapping[tuple[str, int], float]:
    """Return the expected score of each arm and budget: fresh data sets, one training each, judged by fresh items."""
    sums: dict[tuple[str, int], float] = {}
    for number in range(studies):
        random = np.random.default_rng([number, 3])
        data = dataset(design, random)
        split = make_split(data, int(random.integers(design.seeds)), SHARE)
        features, labels, _ = replace(design.population, shares=even(design)).draw(asked, random)
        for budget in design.budgets:
            rows = labeled_rows(split, budget, per_class=True)
            for place, (arm, model) in enumerate(arms.items()):
                stream = np.random.default_rng([number, 4, place, budget])
                right = model(data.inputs[rows], data.labels[rows], features, stream).argmax(axis=1) == labels
                recall = np.bincount(labels, right) / np.bincount(labels)
                sums[arm, budget] = sums.get((arm, budget), 0.0) + float(recall.mean())
    return {cell: each / studies for cell, each in sums.items()}


def even(design: Design) -> tuple[float, ...]:
    """Return equal shares: balanced accuracy counts classes alike, so that all are judged by as many items."""
    kinds = len(design.population.shares)
    return tuple([1 / kinds] * kinds)


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def budgets_of(found: Sequence[Judged]) -> Mapping[int, float]:
    """Return the mean number of labelled examples of each budget."""
    return {
        budget: float(np.mean([each.n_labeled for each in found if each.trial.budget == budget]))
        for budget in sorted({each.trial.budget for each in found})
    }
