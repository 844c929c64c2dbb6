"""How well a small learner tells the classes from features, by cross-validation inside the pool of seed 0.

Whole units, which are groups and copies of one image, are held out together. Notation: q = labelled rows that are
asked, k = number of classes.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.errors import DataError
from explorer.proportions import wilson
from explorer.records import Dataset, Floats, Ints, Split
from explorer.statistics.resampling import resampled_sums
from explorer.techniques.base import Head
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import Steps

#: Labelled rows that are asked at most, parts that are held out in turn, and resamples for an interval.
ASKED, FOLDS, RESAMPLES = 600, 5, 2000


@dataclass(frozen=True, eq=False)
class Asked:
    """The labelled rows that are asked, (q,), with labels, units and folds; what the other folds teach answers them."""

    rows: Ints
    labels: Ints
    units: Ints
    folds: Ints

    @classmethod
    def of(cls, dataset: Dataset, split: Split, most: int = ASKED) -> "Asked":
        """Return the first rows of the pool's class-balanced order. Raises DataError where none can be held out."""
        rows = np.sort(split.order[:most])
        labels, units = dataset.labels[rows], split.units[rows]
        return cls(rows, labels, units, _folds(labels, units))

    @property
    def size(self) -> Mapping[str, int]:
        """Return how many rows there are, `n`, how many units, and how many folds."""
        return {"n": len(self.rows), "units": len(np.unique(self.units)), "folds": len(np.unique(self.folds))}

    def answers(self, head: Head, features: Floats, n_classes: int, monitor: Steps) -> Ints:
        """Return the class, (q,), that the learner gives each row from features (q, ...) of these rows."""
        examples = Examples(features, self.labels, np.ones(len(self.labels)), self.units)
        found = np.empty(len(self.labels), np.int64)
        for fold in np.unique(self.folds):
            held = self.folds == fold
            taught = examples.subset(np.flatnonzero(~held))
            predictor = head.fit(taught, n_classes=n_classes, seed=0, monitor=Still(monitor))
            found[held] = predictor(features[held]).argmax(axis=1)
        return found

    def score(self, answers: Ints) -> Mapping[str, float]:
        """Return balanced accuracy and the ends of its 95 % interval, all in [0, 1], over resampled units.

        Where all answers are right, or all wrong, resamples are all alike, and the interval is Wilson's for as many
        units of equal classes as tell a mean over the classes as well: their harmonic mean times the number of classes.
        """
        _, classes = np.unique(self.labels, return_inverse=True)
        members = np.eye(classes.max() + 1)[classes]
        table = np.concatenate([members * (answers == self.labels)[:, None], members], axis=1)
        joined = len(np.unique(self.units)) < len(self.units)
        sums = resampled_sums(table, classes, self.units if joined else None, RESAMPLES, 0)
        score, (low, high) = float(_balanced(table.sum(axis=0)[None])[0]), np.quantile(_balanced(sums), (0.025, 0.975))
        if low == high:
            held = np.array([len(np.unique(self.units[classes == each])) for each in range(classes.max() + 1)])
            n = len(held) ** 2 / float((1 / held).sum())
            low, high = wilson(score * n, n)
        return {"score": score, "low": float(low), "high": float(high)}


@dataclass(frozen=True)
class Still:
    """Passes on that work goes on, but not how far one of many fits is."""

    monitor: Steps

    def step(self, done: int, total: int) -> None:
        """Report that something was done. Raises what the one who is told raises."""
        self.monitor.step(0, 0)


def _folds(labels: Ints, units: Ints) -> Ints:
    """Return the number of the part, (q,), in which each row is held out; classes are spread evenly over them."""
    from sklearn.model_selection import StratifiedGroupKFold

    count = min(FOLDS, len(np.unique(units)))
    if count < 2:
        raise DataError("All labelled images of the pool belong together, so that none can be held out. Add groups.")
    found = np.zeros(len(labels), np.int64)
    parts: Any = StratifiedGroupKFold(count, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a class with fewer rows than parts
        for fold, (_, held) in enumerate(parts.split(labels, labels, units)):
            found[held] = fold
    return found


def _balanced(sums: Floats) -> Floats:
    """Return the mean over classes of right ones among all, (r,), given both counts, (r, 2k)."""
    right, all_ = np.split(sums, 2, axis=1)
    with np.errstate(invalid="ignore"):
        shares = np.where(all_ > 0, right / np.maximum(all_, 1), np.nan)
    return np.asarray(np.nanmean(shares, axis=1))
