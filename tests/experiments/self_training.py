"""When the unlabelled pool may answer beside the labels: rules of self-training, on easy sets and on hard ones.

Hard sets are made of the examples' pools, after what real ones are like: rare classes, classes that are steps of a
continuous property, classes that are many things, labels that are disputed, things of none of the classes.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from explorer.datasets.examples import open_example
from explorer.preparing import prepared
from explorer.records import UNLABELED, Arm, Choice, Dataset, Fact, Floats, Ints
from explorer.splits import labeled_rows, make_split
from explorer.techniques.base import Float32s, Predictor
from explorer.techniques.believing import Averaged, Narrowed, agreement, believing, class_shares, quotas, surest, unit
from explorer.techniques.composing import compose
from explorer.techniques.examples import Examples
from explorer.techniques.gaussians import Gaussians
from explorer.techniques.graphs import Vote, alike, neighbors, spread
from explorer.techniques.models.pretrained import Pretrained
from explorer.techniques.monitors import Quiet
from explorer.techniques.semi_supervised.self_training import STRENGTH, STRENGTH_LAST, WIDTH, View, pool_part
from explorer.techniques.tuning import folds
from tests.experiments.harness import SHARE, Experiment, home, pool_of

TURNED = (Fact.ORIENTATION, Fact.INTENSITY, Fact.POSITION)
FREE = {
    "galaxies": TURNED,
    "cells": TURNED,
    "lattices": TURNED,
    "textures": (Fact.POSITION,),
    "ising": (Fact.ORIENTATION,),
}
ROUNDS, BELIEVED, LIGHT = 5, 0.8, 0.3


# ---- sets --------------------------------------------------------------------------------------------------------


def _rare(data: Dataset, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Return all labels and rows of which the last class has an eighth of the first one's, the others between."""
    k = data.n_classes
    kept = [random.permutation(np.flatnonzero(data.labels == each)) for each in range(k)]
    rows = [each[: round(len(each) * 8 ** (-number / (k - 1)))] for number, each in enumerate(kept)]
    return data.labels, np.sort(np.concatenate(rows))


def _foreign(data: Dataset, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Return labels in which nobody knows the last class, of which the pool is a mix all the same."""
    return np.where(data.labels == data.n_classes - 1, UNLABELED, data.labels), np.arange(len(data))


def _steps(shares: Sequence[float], data: Dataset, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the steps of mean brightness, with these shares."""
    brightness = np.asarray(data.inputs, np.float64).reshape(len(data), -1).mean(axis=1)
    return np.digitize(brightness, np.quantile(brightness, np.cumsum(shares)[:-1])), np.arange(len(data))


def _merged(data: Dataset, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Return two classes, of every second one each."""
    return np.where(data.labels >= 0, data.labels % 2, UNLABELED), np.arange(len(data))


def _disputed(data: Dataset, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Return labels of which a fifth are drawn at random."""
    drawn = random.integers(0, data.n_classes, len(data))
    return np.where(random.random(len(data)) < 0.2, drawn, data.labels), np.arange(len(data))


KINDS: Mapping[str, Callable[[Dataset, np.random.Generator], tuple[Ints, Ints]]] = {
    "rare": _rare,
    "foreign": _foreign,
    "brightness": functools.partial(_steps, (1 / 3, 1 / 3, 1 / 3)),
    "severity": functools.partial(_steps, (0.7, 0.2, 0.1)),
    "merged": _merged,
    "disputed": _disputed,
}
SETS = (
    *("cells", "galaxies", "lattices", "textures", "ising", "digits"),
    *("cells rare", "galaxies rare", "lattices rare", "ising rare", "digits rare"),
    *("cells foreign", "galaxies foreign", "galaxies brightness", "cells brightness", "cells severity"),
    *("digits merged", "lattices disputed"),
)


@functools.cache
def _described(name: str) -> tuple[Dataset, Floats, Mapping[str, slice]]:
    """Return the pool of an example, its features and their depths."""
    space = home()
    data = pool_of(open_example(name, space).dataset, name)
    parts = compose(Arm("features", "features", Choice("pretrained")), data.kind, frozenset(FREE.get(name, ())))
    everything = np.arange(len(data))
    features = prepared(data, parts, everything, 0, cache=space.cache, monitor=Quiet()).seen(everything)
    return data, features, Pretrained().depths(features.shape[1])


@functools.cache
def _made(name: str) -> tuple[Dataset, Floats, Mapping[str, slice]]:
    """Return a set by its name: an example's, or that and what became of it."""
    example, _, kind = name.partition(" ")
    data, features, depths = _described(example)
    if not kind:
        return data, features, depths
    labels, rows = KINDS[kind](data, np.random.default_rng(0))
    made = replace(
        data,
        inputs=data.inputs[rows],
        labels=labels[rows].astype(np.int64),
        class_names=tuple(str(number) for number in range(labels.max() + 1)),
        items=tuple(data.items[row] for row in rows),
        groups=None if data.groups is None else data.groups[rows],
        duplicates=None if data.duplicates is None else data.duplicates[rows],
        clean=None,
    )
    return made, features[rows], depths


# ---- rules -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Parts:
    """What one trial gives to rules: answers for test rows (m, k) by name, doubts, labels of a class."""

    answers: Mapping[str, Float32s]
    doubts: Mapping[str, float]
    per_class: float
    gain: float | None

    def mean(self, *names: str) -> Floats:
        """Return the mean of some answers."""
        return np.asarray(np.mean([self.answers[name] for name in names], axis=0))

    def halved(self) -> Floats:
        """Return the rule that was taken before: the pool counts by doubt, without Gaussians, and half at most."""
        part = pool_part(self.per_class, max(self.doubts.values()), ways=1)
        return (1 - part) * self.mean("labels") + part * self.mean("agreed", "vote")

    def counted(self, factor: float) -> Floats:
        """Return the rule that was taken, with its doubt divided by a factor."""
        part = pool_part(self.per_class, max(self.doubts.values()) / factor, ways=2)
        pool = (self.mean("agreed", "vote") + self.mean("gaussians")) / 2
        return (1 - part) * self.mean("labels") + part * pool

    def switched(self, factor: float) -> Floats:
        """Return the mean of three where doubts are below 2 and 4 divided by the labels of a class."""
        small = [self.doubts[name] <= factor * limit / self.per_class for name, limit in (("depths", 2), ("graph", 4))]
        return self.mean("labels", "agreed", "vote") if all(small) else self.mean("labels")


RULES: Mapping[str, Callable[[_Parts], Floats]] = {
    "labels only": lambda parts: parts.mean("labels"),
    "half quota, always": lambda parts: parts.mean("half"),
    "half quota, weight x 0.3": lambda parts: parts.mean("light"),
    "half quota, depths agree": lambda parts: parts.mean("agreed"),
    "half quota, cross-validated switch": lambda parts: parts.mean("half" if (parts.gain or 0) > 0 else "labels"),
    "Gaussians alone": lambda parts: parts.mean("gaussians"),
    "graph alone": lambda parts: parts.mean("vote"),
    "mean of three, switched by doubt": lambda parts: parts.switched(1.0),
    "the same, half the doubt allowed": lambda parts: parts.switched(0.5),
    "the same, twice the doubt allowed": lambda parts: parts.switched(2.0),
    "pool counts by doubt, without Gaussians": lambda parts: parts.halved(),
    "pool counts by doubt, with Gaussians (taken)": lambda parts: parts.counted(1.0),
    "the same, twice the doubt": lambda parts: parts.counted(0.5),
    "the same, half the doubt": lambda parts: parts.counted(2.0),
    "pool always counts two thirds": lambda parts: parts.counted(1e9),
}


def _trained(views: Sequence[View], k: int, weight: float = 1.0, agree: bool = True) -> list[Predictor]:
    """Return what the heads of all depths become in five rounds; if `agree`, only what all say is believed."""
    heads = [view.fit(view.labeled) for view in views]
    prior = class_shares(views[0].labeled.labels, k)
    for number in range(1, ROUNDS + 1):
        found = [head(view.unlabeled) for head, view in zip(heads, views, strict=True)]
        mean = np.mean(found, axis=0)
        guesses = mean.argmax(axis=1)
        eligible = np.all([each.argmax(axis=1) == guesses for each in found], axis=0) | (not agree)
        counts = quotas(prior, class_shares(guesses, k), BELIEVED * number / ROUNDS * len(mean))
        labels = surest(mean, counts, eligible)
        heads = [view.fit(_lighter(view, labels, weight)) for view in views]
    return heads


def _lighter(view: View, labels: Ints, weight: float) -> Examples:
    examples = believing(view.labeled, view.unlabeled, labels)
    return replace(examples, weights=np.where(examples.units < 0, weight, 1.0) * examples.weights)


def _gain(views: Sequence[View], labeled: Examples, k: int, seed: int) -> float | None:
    """Return by how much self-training gains on held-out labels beyond its standard error; None if they are few."""
    gains: list[float] = []
    for fitted, held in folds(labeled.labels, labeled.units, k, seed):
        parts = [replace(view, labeled=view.labeled.subset(fitted)) for view in views]
        before, after = [part.fit(part.labeled) for part in parts], _trained(parts, k, agree=False)
        right = []
        for heads in (before, after):
            found = np.mean([head(v.labeled.rows[held]) for head, v in zip(heads, views, strict=True)], axis=0)
            right.append((found.argmax(axis=1) == labeled.labels[held]).astype(float))
        gains += (right[1] - right[0]).tolist()
    return float(np.mean(gains) - np.std(gains) / np.sqrt(len(gains))) if gains else None


def _parts(name: str, seed: int, budget: int) -> tuple[_Parts, Ints]:
    """Return what rules are made of, and the labels of the test rows."""
    data, features, depths = _made(name)
    split = make_split(data, seed, SHARE)
    rows, k = labeled_rows(split, budget, True), data.n_classes
    labeled = Examples(features[rows], data.labels[rows], np.ones(len(rows)), split.units[rows])
    pool, seen = features[np.setdiff1d(split.pool, rows)], features[split.test]
    strengths = (STRENGTH, STRENGTH, STRENGTH_LAST)
    views = [View.of(labeled, pool, columns, C, k) for columns, C in zip(depths.values(), strengths, strict=True)]
    plain = Pretrained().learner(features.shape[1]).fit(labeled, n_classes=k, seed=seed)
    narrowed = Narrowed.of(np.concatenate([labeled.rows, pool]), WIDTH)
    nodes = unit(narrowed(np.concatenate([labeled.rows, pool])))
    joined = neighbors(nodes, 10, Quiet())

    def whole(heads: Sequence[Predictor]) -> Predictor:
        return Averaged([view.predictor(head) for view, head in zip(views, heads, strict=True)])

    agreed = whole(_trained(views, k))
    beliefs = (plain(pool) + agreed(pool)) / 2
    reduced = replace(labeled, rows=narrowed(labeled.rows))
    found: dict[str, Predictor] = {
        "labels": plain,
        "half": whole(_trained(views, k, agree=False)),
        "light": whole(_trained(views, k, LIGHT, agree=False)),
        "agreed": agreed,
        "gaussians": Gaussians.of(reduced, narrowed(pool), beliefs, narrowed, Quiet()),
        "vote": Vote(nodes, spread(joined, labeled.labels, k, 0.2), 10, plain, narrowed),
    }
    each = [view.fit(view.labeled)(view.unlabeled) for view in views]
    first, second = np.mean(each[:-1], axis=0).argmax(axis=1), each[-1].argmax(axis=1)
    predicted = np.concatenate([labeled.labels, plain(pool).argmax(axis=1)])
    doubts = {"depths": 1 - agreement(first, second, k), "graph": 1 - alike(joined, predicted, k)}
    answers = {name: predictor(seen) for name, predictor in found.items()}
    return _Parts(answers, doubts, len(rows) / k, _gain(views, labeled, k, seed)), data.labels[split.test]


# ---- the experiment ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rules(Experiment):
    """An experiment in which rules are compared that share all their fits."""

    def trials(self, name: str, seed: int, budget: int) -> list[dict[str, Any]]:
        """Return the balanced accuracy of every rule."""
        parts, truth = _parts(name, seed, budget)
        known = {"set": name, "per_class": budget, "seed": seed, "fit_seconds": np.nan}
        rows = []
        for rule, answer in RULES.items():
            guesses = answer(parts).argmax(axis=1)
            accuracy = np.mean([(guesses[truth == each] == each).mean() for each in np.unique(truth)])
            rows.append({**known, "arm": rule, "accuracy": round(100 * float(accuracy), 2)})
        return rows

    def tables(self, found: pd.DataFrame) -> list[str]:
        """Return the table of rules and budgets, and that of sets for the rule that was taken."""
        means = found.pivot_table(index=["per_class", "set"], columns="arm", values="accuracy", sort=False)
        gains = means.sub(means["labels only"], axis=0)
        budgets = list(found.per_class.unique())
        lines = [
            f"Points of balanced accuracy against the labels alone, of {found.set.nunique()} sets and"
            f" {found.seed.nunique()} seeds: mean gain / mean of the losses / worst set:",
            "",
            "| rule | " + " | ".join(f"{each} a class" for each in budgets) + " |",
            "|---|" + "--:|" * len(budgets),
        ]
        for rule in RULES:
            each = [gains.loc[budget, rule] for budget in budgets]
            cells = [f"{gain.mean():+.1f} / {gain.clip(upper=0).mean():.1f} / {gain.min():+.1f}" for gain in each]
            lines.append(f"| {rule} | " + " | ".join(cells) + " |")
        taken = next(rule for rule in RULES if rule.endswith("(taken)"))
        lines += ["", "The rule that was taken, set by set: labels alone, and gain:", ""]
        lines += ["| set | " + " | ".join(f"{each} a class" for each in budgets) + " |"]
        lines += ["|---|" + "--:|" * len(budgets)]
        for name in found.set.unique():
            pairs = [(means.loc[(each, name), "labels only"], gains.loc[(each, name), taken]) for each in budgets]
            lines.append(f"| {name} | " + " | ".join(f"{plain:.1f} {gain:+.1f}" for plain, gain in pairs) + " |")
        return [*lines, ""]


EXPERIMENT = Rules(
    name="self_training",
    question="When the unlabelled pool may answer beside the labels",
    arms={},
    decision=(
        "Two ways of learning from the pool answer beside the labels: self-training with a graph, and Gaussians of one"
        " covariance. The pool counts by doubt and for two thirds of an answer at most, so that no way counts more than"
        " the labels. Always believing the pool costs most where classes are rare or steps of a continuous property;"
        " averaging bounds that loss, and takes from the gain where classes are clusters. Gaussians are what gains from"
        " five labels of a class on, the graph with one. A doubt of half or twice the size changes little, so that"
        " nothing hangs on a threshold."
    ),
    sets=SETS,
    seeds=5,
)
