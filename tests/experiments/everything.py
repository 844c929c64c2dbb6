"""How the answers of several arms are best combined, with few labels to choose by and with none."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer import trial as trials
from explorer.datasets.examples import open_example
from explorer.preparing import Prepared, prepared
from explorer.recipes import seed_for, split_of
from explorer.records import Arm, Choice, Dataset, Fact, Ints, Trial
from explorer.techniques import tuning
from explorer.techniques.composing import Parts, compose, members
from explorer.techniques.examples import Examples
from explorer.techniques.models.everything import FOLDS, beforehand, pool_weights
from explorer.techniques.monitors import Quiet
from explorer.techniques.tuning import Float64s
from tests.experiments.harness import SHARE, Experiment, home, pool_of

BATCH = 256


@dataclass(frozen=True)
class Answers:
    """What members answer: probabilities (a, m, k) of test rows, and (a, n, k) of labelled rows held out, or None."""

    test: Float64s
    held: Float64s | None
    truth: Ints

    def weights(self) -> Float64s:
        """Return what members count, as the held-out rows ask for."""
        count = len(self.test)
        if self.held is None:
            return beforehand(count)
        return pool_weights(
            self.held, self.truth, tuning.balanced(self.truth, self.held.shape[2], np.ones(len(self.truth)))
        )

    def arithmetic(self, weights: Float64s) -> Float64s:
        """Return the weighted mean of the probabilities, (m, k)."""
        return np.asarray(np.tensordot(weights, self.test, axes=1))

    def geometric(self, weights: Float64s) -> Float64s:
        """Return the product of the probabilities raised to the weights, (m, k), in logarithms."""
        return np.asarray(np.tensordot(weights, np.log(np.maximum(self.test, 1e-4)), axes=1))

    def even(self) -> Float64s:
        """Return equal weights."""
        return np.full(len(self.test), 1 / len(self.test))


def _taken(answers: Answers) -> Float64s:
    combine = answers.arithmetic if answers.held is None else answers.geometric
    return combine(answers.weights())


RULES = {
    "mean, all alike": lambda answers: answers.arithmetic(answers.even()),
    "mean, the first as much as all others": lambda answers: answers.arithmetic(beforehand(len(answers.test))),
    "product, all alike": lambda answers: answers.geometric(answers.even()),
    "mean, weights of held-out labels": lambda answers: answers.arithmetic(answers.weights()),
    "product of held-out weights, mean without any (taken)": _taken,
}


@dataclass(frozen=True)
class Combinations(Experiment):
    """An experiment in which rules are compared that share the fits of their members."""

    def trials(self, name: str, seed: int, budget: int) -> list[dict[str, Any]]:
        """Return the balanced accuracy of every member and every rule."""
        data = pool_of(open_example(name, home()).dataset, name)
        arm = Arm("everything", "Everything", Choice("everything"))
        arms = members(compose(arm, data.kind, self.free.get(name, ())), data.kind)
        answers, truth = _answers(data, arms, seed, budget)
        alone = {parts.model.title: found for parts, found in zip(arms, answers.test, strict=True)}
        given = {**alone, **{rule: combine(answers) for rule, combine in RULES.items()}}
        known = {"set": name, "per_class": budget, "seed": seed, "fit_seconds": np.nan}
        return [{**known, "arm": each, "accuracy": round(_accuracy(found, truth), 2)} for each, found in given.items()]


def _answers(data: Dataset, arms: Sequence[Parts], seed: int, budget: int) -> tuple[Answers, Ints]:
    """Return what the members answer in one trial, and the labels of the test rows."""
    split = split_of(data, seed, SHARE)
    lesson = trials._lesson(data, split, Trial("a", budget, seed), True)
    folds = tuning.folds(lesson.labels, lesson.units, data.n_classes, seed_for(seed, "combination"), FOLDS)
    test, held = [], []
    for parts in arms:
        source = prepared(data, parts, split.pool, seed, cache=home().cache, monitor=Quiet())
        examples = Examples(source.rows(lesson.labeled), lesson.labels, np.ones(len(lesson.labels)), lesson.units)
        fit = functools.partial(trials._fit_arm, parts, source, lesson)
        test.append(_judged(fit(examples, Quiet()), source, split.test))
        held.append([fit(examples.subset(a), Quiet())(examples.subset(b).rows[:]) for a, b in folds])
    rows = np.concatenate([b for _, b in folds]) if folds else np.empty(0, np.int64)
    known = np.stack([np.concatenate(each) for each in held]).astype(np.float64) if folds else None
    return Answers(np.stack(test), known, lesson.labels[rows]), data.labels[split.test]


def _judged(predictor: Any, source: Prepared, test: Ints) -> Float64s:
    parts = [predictor(source.seen(test[start : start + BATCH])) for start in range(0, len(test), BATCH)]
    return np.concatenate(parts).astype(np.float64)


def _accuracy(found: Float64s, truth: Ints) -> float:
    guesses = found.argmax(axis=1)
    return 100 * float(np.mean([(guesses[truth == each] == each).mean() for each in np.unique(truth)]))


TURNED = (Fact.ORIENTATION, Fact.INTENSITY, Fact.POSITION)
FREE: Mapping[str, Sequence[Fact]] = {
    "galaxies": TURNED,
    "cells": TURNED,
    "lattices": TURNED,
    "textures": (Fact.POSITION,),
    "ising": (Fact.ORIENTATION,),
}

EXPERIMENT = Combinations(
    name="everything",
    question="How answers of several arms are combined",
    arms={},
    decision=(
        "Where labels can be held out, probabilities are multiplied, each raised to a weight that these labels choose;"
        " where they cannot, they are averaged, the first arm counting as much as all others. A product follows whoever"
        " is too sure, which costs a point or two while nothing tells who that is. Equal weights are as good on these"
        " sets at one label a class; the first arm counts more for a reason that lies outside them: features of"
        " photographs are what is known to work with so few labels."
    ),
    sets=("galaxies", "cells", "lattices", "textures", "ising", "digits"),
    per_class=(1, 5, 10),
    seeds=1,
    free=FREE,
)
