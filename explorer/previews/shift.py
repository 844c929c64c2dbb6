"""Whether judging images look other than those of the pool: how well a classifier tells the two apart.

options   seed: of the split

facts     auc, low, high: area under the curve of out-of-fold answers, 0.5 = guessing, and its 95 % interval when
          images are drawn anew, whole units of them (groups, copies); pool, test: images looked at on either side;
          given: whether the data set brings this test split

No label is used, and nothing of this reaches a technique: it is a look at the split (Lopez-Paz and Oquab 2017,
arXiv:1610.06545). The features are those of the arm ImageNet features, so that they are shared with its trials.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from explorer.errors import DataError
from explorer.preparing import prepared
from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.recipes import split_of
from explorer.records import Array, Dataset, Floats, Ints, Study
from explorer.techniques.base import Float32s
from explorer.techniques.composing import compose
from explorer.techniques.discovery import ready_arms
from explorer.techniques.heads import averaged_views
from explorer.techniques.monitors import Steps

#: It may have to describe all images first.
LONG = True
ARM = "transfer"
#: Images of each side that are looked at, at most.
MOST = 1000
#: Directions of the features at most, and rows for each of them: with more directions, answers on a split that was
#: drawn at random fell below guessing.
WIDTH, ROWS_EACH = 64, 10
#: Parts of the cross-validation, inverse penalty of the classifier, and resamples of the interval.
FOLDS, STRENGTH, RESAMPLES = 5, 0.1, 400


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return how well they are told apart. Raises DataError where either side has too few units to hold some out."""
    split = split_of(dataset, options["seed"], Study.test_share)
    sides = [_some(rows, options["seed"]) for rows in (split.pool, split.test)]
    rows = np.concatenate(sides)
    side = np.repeat([0, 1], [len(each) for each in sides])
    units = split.units[rows]
    folds = min(FOLDS, *(len(np.unique(units[side == each])) for each in (0, 1)))
    if folds < 2:
        raise DataError("One side of the split is a single group, so that a difference cannot be told from chance.")
    parts = compose(ready_arms()[ARM], dataset.kind)
    seen = prepared(dataset, parts, split.pool, options["seed"], cache=at_work.cache, monitor=at_work.monitor)
    answers = _held_out(averaged_views(seen.seen(rows)), side, units, folds, at_work.monitor)
    low, high = np.quantile(list(_resampled(answers, side, units, at_work.monitor)), [0.025, 0.975])
    sizes = {"pool": len(sides[0]), "test": len(sides[1]), "given": dataset.given_test is not None}
    return Preview(facts={"auc": _auc(answers, side), "low": float(low), "high": float(high), **sizes})


def _some(rows: Ints, seed: int) -> Ints:
    return np.sort(np.random.default_rng(seed).permutation(rows)[:MOST])


def _held_out(features: Floats, side: Ints, units: Ints, folds: int, monitor: Steps) -> Float32s:
    """Return how much each row looks like the judging side, (n,), by a classifier that has not seen its unit."""
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    answers = np.empty(len(side), np.float32)
    width = max(1, min(WIDTH, features.shape[1], len(side) // ROWS_EACH))
    for learnt, held in StratifiedGroupKFold(folds, shuffle=True, random_state=0).split(features, side, units):
        monitor.step(0, 0)
        telling = make_pipeline(
            PCA(width, random_state=0), StandardScaler(), LogisticRegression(C=STRENGTH, class_weight="balanced")
        )
        telling.fit(features[learnt], side[learnt])
        answers[held] = telling.predict_proba(features[held])[:, 1]
    return answers


def _resampled(answers: Float32s, side: Ints, units: Ints, monitor: Steps) -> Iterator[float]:
    """Yield the area when the units of either side are drawn anew, with replacement."""
    _, units = np.unique(units, return_inverse=True)
    random = np.random.default_rng(0)
    of_side = [np.unique(units[side == each]) for each in (0, 1)]
    for _ in range(RESAMPLES):
        monitor.step(0, 0)
        drawn = [random.choice(each, len(each)) for each in of_side]
        yield _auc(answers, side, np.bincount(np.concatenate(drawn), minlength=units.max() + 1)[units])


def _auc(answers: Float32s, side: Ints, weights: Array | None = None) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(side, answers, sample_weight=weights))
