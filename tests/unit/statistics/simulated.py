"""Trials whose answers are drawn, for tests of what is made of them."""

import numpy as np
from scipy.special import ndtr

from explorer.records import Outcome, State, Trial
from explorer.statistics.evidence import judged

LABELS = np.repeat([0, 1, 2], [200, 100, 60])


def outcome(arm, seed, right, budget=5, labels=LABELS, test=None):
    """Return an outcome on judging rows of a seed, of which `right`, (m,), says which are answered right.

    Its scores are left to who asks for one.
    """
    if test is None:
        test = np.sort(np.random.default_rng(seed).choice(len(labels), len(right), replace=False))
    k = int(labels.max()) + 1
    answers = np.where(right, labels[test], (labels[test] + 1) % k)
    probabilities = (0.05 + 0.85 * np.eye(k)[answers]).astype(np.float32)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    trial = Trial(arm, budget, seed)
    return Outcome(trial, State.DONE, budget * k, budget, test, probabilities, {})


def study(shares, budgets=(1, 2, 5, 10), seeds=5, items=120, metric="balanced_accuracy", draw=0, spread=0.0):
    """Return judged trials: `shares` gives for each arm the chance of a right answer at each budget.

    Half of what makes an item hard is its own, and half is drawn anew at each seed.

    spread    standard deviation of that chance between seeds, the same for all arms
    """
    found, own = [], np.random.default_rng([draw]).standard_normal(len(LABELS))
    for seed in range(seeds):
        random = np.random.default_rng([draw, seed])
        moved = spread * random.standard_normal()
        rows = np.sort(np.random.default_rng(seed).choice(len(LABELS), items, replace=False))
        hard = ndtr((own[rows] + random.standard_normal(items)) / np.sqrt(2))
        for arm, chances in shares.items():
            for budget, chance in zip(budgets, chances, strict=True):
                right = hard < chance + moved
                found.append(judged(outcome(arm, seed, right, budget), LABELS, metric))
    return found


def differing(arm, chance, draw, seeds=5, items=120, spread=0.0):
    """Return judged trials of one arm; two of the same draw answer a fifth of all items differently, at every seed.

    chance    chance of a right answer
    spread    standard deviation of that chance between seeds, drawn for each arm
    """
    common = np.random.default_rng([draw]).standard_normal(len(LABELS))
    random = np.random.default_rng([draw, *arm.encode()])
    hard = ndtr(np.sqrt(0.8) * common + np.sqrt(0.2) * random.standard_normal(len(LABELS)))
    found = []
    for seed in range(seeds):
        rows = np.sort(np.random.default_rng(seed).choice(len(LABELS), items, replace=False))
        right = hard[rows] < chance + spread * random.standard_normal()
        found.append(judged(outcome(arm, seed, right, test=rows), LABELS, "accuracy"))
    return found
